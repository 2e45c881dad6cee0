"""What came over from an older workbook and is wrong in the new one: its cell, and why.

Of a cell the new workbook says it beside it, of a row of a table the core does; each names the
nearest right value where there is one.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workbook_templates.build import CHECKS, Built
from workbook_templates.carry_over.carry import Carried
from workbook_templates.csv_reasons import reasons
from workbook_templates.csv_shapes import ACTUALS, CAMPAIGN, CsvTable
from xl_pricing.rates.card import RateCard
from xl_pricing.words import quoted

_WRONG = "✘ "
_OF_ROWS = {CAMPAIGN.table: "ok_campaign_rows", ACTUALS.table: "ok_actuals_rows"}


def wrong_today(
    carried: Carried, built: Built, card: RateCard, replaced: Collection[str]
) -> list[str]:
    """Return a line for each cell that came over and is wrong; ``replaced`` tables did not."""
    of_cells = {name: line for name in carried.inputs for line in _of_cell(name, carried, built)}
    of_rows = {
        of.table: [*_of_rows(of, carried.rows[of.table], built, card)]
        for of in (CAMPAIGN, ACTUALS)
        if of.table in carried.rows and of.table not in replaced
    }
    told = {_OF_ROWS[table] for table, lines in of_rows.items() if lines}
    if of_cells:  # every rule of an input turns one red
        told |= {check.name for check in CHECKS.errors if check.at in built.inputs}
    lines = [*of_cells.values(), *(line for lines in of_rows.values() for line in lines)]
    return [*lines, *_of_rules(carried, built, told)]


def _of_cell(name: str, carried: Carried, built: Built) -> Iterator[str]:
    """Yield what stands beside a cell that is wrong."""
    said = built.values.get(f"says_{name}")
    if isinstance(said, str) and said.startswith(_WRONG):
        yield f"{_at(name, built)} {name} {quoted(carried.inputs[name])}: {said[len(_WRONG) :]}"


def _of_rows(
    of: CsvTable, rows: Collection[Mapping[str, Any]], built: Built, card: RateCard
) -> Iterator[str]:
    """Yield the cells of a table's rows that are wrong, in the core's words."""
    for i, row in enumerate(rows):
        code = built.values[f"{of.table}.fault.{i}"]
        if isinstance(code, int | float) and code > 0:
            for field, said in reasons(row, of.needed, of.faults[int(code)], card):
                yield f"{_at(f'{of.table}.{field}.{i}', built)}: {said}"


def _of_rules(carried: Carried, built: Built, told: Collection[str]) -> Iterator[str]:
    """Yield the rules that the old workbook kept and the new one breaks, where no cell is told."""
    for check in CHECKS.errors:
        is_new = built.values[check.name] == 0 and check.name not in carried.broken
        if is_new and check.name not in told:
            yield f"Checks, {check.says!r}: not any more. {check.fix}"


def _at(name: str, built: Built) -> str:
    return "{}!{}".format(*built.inputs[name])
