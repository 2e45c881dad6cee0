"""The tables that CSV files may fill: their columns by every name, and what a missing one means."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workbook_templates.book.blocks import Column
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.csv_cells import Cell
from workbook_templates.csv_heads import hints
from workbook_templates.csv_rows import Shape
from workbook_templates.formulas.faults import Fault
from workbook_templates.sheets.actuals import rows as bills
from workbook_templates.sheets.campaign import lines
from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.rates.card import DEFAULT_MODEL

_OMITTED: Mapping[str, Cell] = {
    "model": DEFAULT_MODEL,
    "tier": DEFAULT_TIER,
    "retries": int(DEFAULT_RETRIES),
    "buffer": float(DEFAULT_BUFFER),
}
"""What the cell functions take where an argument is omitted."""


class CsvTable(NamedTuple):
    """A table of the workbook, the shape of a file for it, and what can be wrong with its rows.

    Without the columns ``needed`` no row holds; they may still be typed in the workbook.
    """

    table: str
    shape: Shape
    needed: tuple[str, ...]
    faults: tuple[Fault, ...]


def _captions(columns: Iterable[Column], fields: Iterable[str]) -> dict[str, str]:
    """Return the captions of typed columns, in every language and lower case."""
    typed = {*fields}
    languages = [Words(lang) for lang in LANGUAGES]
    return {
        words(column.caption).lower(): column.name
        for column in columns
        if column.name in typed
        for words in languages
    }


def _table(
    table: str,
    columns: Iterable[Column],
    fields: tuple[str, ...],
    needed: tuple[str, ...],
    faults: tuple[Fault, ...],
    rows: str,
) -> CsvTable:
    defaults = {name: value for name, value in _OMITTED.items() if name in fields}
    captions = _captions(columns, fields)
    shape = Shape(fields, captions=captions, hints=hints(fields), defaults=defaults, rows=rows)
    return CsvTable(table, shape, needed, faults)


CAMPAIGN = _table(
    lines.TABLE, lines.COLUMNS, lines.INPUTS, ("size", "quality", "finals"), lines.FAULTS, "lines"
)
ACTUALS = _table(
    bills.TABLE,
    bills.COLUMNS,
    bills.TYPED,
    ("date", "generations", "accepted", "billed"),
    bills.FAULTS,
    "rows",
)
