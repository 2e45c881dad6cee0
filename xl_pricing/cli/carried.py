"""What ``xl-pricing template --from`` carries over from an older workbook, and says of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_pricing.rates.card import RateCard

if TYPE_CHECKING:
    from workbook_templates.build import Built
    from workbook_templates.carry_over.carry import Carried

_MOST_TOLD = 40
_CALLED = {
    "tblCampaign": "lines of the campaign",
    "tblActuals": "rows of the actuals",
    "tblRates": "rates of your own",
    "tblModels": "models of your own",
    "tblFixed": "fixed sizes of your own",
    "tblSizes": "ratios of your own",
    "tblPlans": "plan rows of your own",
    "tblOtherModels": "other image models of your own",
    "tblDestinations": "places of your own",
}


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What came from an older workbook: how many cells, how many rows by table, and what not."""

    file: str
    cells: int
    rows: dict[str, int]
    notes: list[str]


def read_old(path: Path, lang: str, card: RateCard) -> "Carried":
    """Read an older workbook, for a new one in a language or, if that is empty, in its own."""
    from workbook_templates.carry_over.carry import carry  # noqa: PLC0415 - loads openpyxl

    return carry(path, lang or None, card)


def carried_over(
    path: Path, carried: "Carried", built: "Built", card: RateCard, replaced: Collection[str]
) -> CarriedOver:
    """Return what is told; tables in ``replaced`` came from a CSV file instead."""
    from workbook_templates.carry_over.carry import counted  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.carry_over.wrong_today import wrong_today  # noqa: PLC0415 - the same

    rows = {name: counted(own) for name, own in carried.rows.items() if name not in replaced}
    given = [
        f"{name}: not carried over, for the CSV file has the rows; "
        f"{_CALLED[name]}: {counted(carried.rows[name])}"
        for name in replaced
        if name in carried.rows
    ]
    notes = [*carried.lines, *given, *wrong_today(carried, built, card, replaced)]
    return CarriedOver(path.name, len(carried.inputs), {n: c for n, c in rows.items() if c}, notes)


def draw_carried(carried: CarriedOver | None) -> Iterator[str]:
    """Draw what was carried over, and a line for each cell that was not, or otherwise."""
    if carried is None:
        return
    parts = [f"cells {carried.cells}"]
    parts += [f"{_CALLED[name]} {count:,}" for name, count in carried.rows.items()]
    yield f"Carried over from {carried.file}: {', '.join(parts)}."
    yield from (f"  {note}" for note in carried.notes[:_MOST_TOLD])
    more = len(carried.notes) - _MOST_TOLD
    if more > 0:
        yield f"  and {more:,} more, see --json"
