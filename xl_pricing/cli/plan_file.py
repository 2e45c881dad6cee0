"""Which plan a bill is compared with: a workbook, lines of a campaign as CSV, or JSON."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_pricing.bills.plan import Plan, PlanLine
from xl_pricing.bills.plan_file import plan_line, read_plan
from xl_pricing.cli.plan_rates import plan_rates
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.files import read_bounded
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today

if TYPE_CHECKING:
    from workbook_templates.carry_over.carry import Carried

MOST_BYTES = 50_000_000
_ZIP, _JSON = b"PK\x03\x04", (b"{", b"[")
_ACCEPTED = "accepted: a workbook, lines of a campaign as CSV, or JSON of budget --json"
_NAMES = {"prompt_tokens": "prompt", "reference_images": "references", "images_per_call": "n"}
_SPEC = ("model", "tier", "quality", "images_per_call", "prompt_tokens")


def read_plan_file(path: Path, card: RateCard) -> Plan:
    """Read a plan, known by what the file holds.

    Raises `InvalidValueError` for what cannot be read or is no plan, with the line that is wrong.
    """
    try:
        content = read_bounded(path, MOST_BYTES)
    except OSError as error:
        raise InvalidValueError(f"the plan {path.name} cannot be read: {error.strerror}") from None
    if content.startswith(_ZIP):
        return _of_workbook(path, card)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in _JSON:
        return read_plan(path, card)
    return _of_csv(path, card)


def _of_csv(path: Path, card: RateCard) -> Plan:
    from workbook_templates.csv_rows import read_rows  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.csv_shapes import CAMPAIGN  # noqa: PLC0415

    rows, day = read_rows(path, CAMPAIGN.shape), today()
    if not any(row.get("finals") for row in rows.rows):
        raise InvalidValueError(f"{path.name} tells no finals, so it is no plan; {_ACCEPTED}")
    lines = _lines(path.name, rows.rows, card, day)
    return Plan(lines, day, [*rows.notes, f"{path.name} is priced by the rates of {day}"])


def _of_workbook(path: Path, card: RateCard) -> Plan:
    from workbook_templates.carry_over.carry import carry  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.sheets.campaign.lines import TABLE  # noqa: PLC0415

    carried = carry(path, "en", card)
    rates = plan_rates(path, card)
    rows = [row for row in carried.rows.get(TABLE, ()) if row]
    sheet, lines = ("Campaign", rows) if rows else ("Worksheet", [_job(carried)])
    priced = _lines(f"{path.name}, {sheet}", lines, rates.card, rates.day)
    return Plan(priced, rates.day, [*_notes(carried, rows), *rates.notes])


def _notes(carried: "Carried", rows: Sequence[object]) -> list[str]:
    lines = f"the plan is the {len(rows):,} lines of Campaign; the job of the Worksheet is left out"
    notes = [lines] if rows else ["the plan is the job of the Worksheet"]
    if not rows and carried.inputs.get("use_measured") == "yes":
        notes.append("the plan is what is typed, without the measured values")
    return notes


def _job(carried: "Carried") -> Mapping[str, Any]:
    """Return the job of the Worksheet as a line."""
    typed = carried.inputs
    ratio, custom = typed.get("ratio"), (typed.get("custom_width"), typed.get("custom_height"))
    count = typed.get("reference_images") or 0
    if not isinstance(count, int | float) or not 0 <= count <= 16:
        raise InvalidValueError("the Worksheet's reference images are no count; accepted: 0 to 16")
    reference = f"{typed.get('reference_width')}x{typed.get('reference_height')}"
    return {
        **{name: typed.get(name) for name in (*_SPEC, "finals", "retries", "buffer")},
        "size": ratio if ratio != "custom" else "x".join(map(str, custom)),
        "quality": typed.get("measured_tokens") or typed.get("quality"),
        "reference_images": "; ".join([reference] * int(count)) or None,
    }


def _lines(
    name: str, rows: Sequence[Mapping[str, Any]], card: RateCard, day: date
) -> Sequence[PlanLine]:
    lines = []
    for i, row in enumerate(rows, 1):
        try:
            lines.append(plan_line({_NAMES.get(k, k): v for k, v in row.items()}, card, day))
        except XlPricingError as error:
            raise InvalidValueError(f"{name}, line {i}: {error}") from None
    return lines
