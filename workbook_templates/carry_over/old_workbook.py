"""An older workbook as it is found: its language, named cells, tables, and sheets of its own.

Cells are found by their names and tables by theirs, never by position; a table whose part a program
left out when it saved the file is found by its header.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from workbook_templates.book.words import LANGUAGES
from workbook_templates.carry_over.cells import (
    Held,
    Place,
    Wanted,
    read_cells,
    shared_texts,
)
from workbook_templates.carry_over.earlier import ever_said
from workbook_templates.carry_over.package import Package
from workbook_templates.carry_over.structure import (
    Outline,
    Sheet,
    find_lost_tables,
    outlines,
    sheets_of,
)
from workbook_templates.formulas.constants import MOST_ROWS
from workbook_templates.formulas.values import CellValue
from xl_pricing.errors import InvalidValueError

SHEETS = (
    *("Worksheet", "Campaign", "Stages", "Levers", "Plans", "Risk", "Actuals", "Bill"),
    *("Rates", "Checks", "Help", "Functions"),
)
MOST_READ_ROWS = 2 * MOST_ROWS
"""Rows of a table that are read at most, blank ones among them."""
_SURE = ("finals", "retries", "price_date")
"""Cells by which a workbook of ours is known: every release has had them."""


class OldTable(NamedTuple):
    """A table: where its header stands, its fields by column number, and what its rows hold."""

    name: str
    sheet: str
    header_row: int
    fields: Mapping[int, str]
    rows: Sequence[Mapping[str, Held]]

    def at(self, row: int, name: str) -> str:
        """Return sheet and address of a field in a row, from 0; of the first one where it lacks."""
        found = (number for number, field_ in self.fields.items() if field_ == name)
        column = next(found, min(self.fields))
        return f"{self.sheet}!{get_column_letter(column)}{self.header_row + 1 + row}"


class OldCell(NamedTuple):
    """A named cell: where it stands, what it holds, and whether it is there to type in."""

    at: str
    held: Held
    is_unlocked: bool


@dataclass(frozen=True, slots=True)
class OldWorkbook:
    """What was found, by name."""

    file: str
    lang: str
    cells: Mapping[str, OldCell]
    lost: Sequence[str]
    """Names that name no single cell any more."""
    tables: Mapping[str, OldTable]
    others: Sequence[str]
    """Sheets that are none of ours."""


def read_workbook(path: Path, tables: Mapping[str, Sequence[str]]) -> OldWorkbook:
    """Read the cells and tables of an older workbook; ``tables`` are some fields of each by name.

    Raises `InvalidValueError` for a file that is none, is damaged, or is too large.
    """
    package = Package(path)
    sheets, lost = sheets_of(package)
    if not all(any(name in sheet.named for sheet in sheets) for name in _SURE):
        raise InvalidValueError(
            f"{package.name} is no workbook of xl-pricing: it has no cells named "
            f"{', '.join(_SURE)}; accepted: one that xl-pricing template wrote"
        )
    texts = shared_texts(package, "xl/sharedStrings.xml")
    for sheet in sheets:
        sheet.tables += outlines(package, sheet)
    find_lost_tables(package, sheets, tables, texts)
    unlocked = _unlocked_looks(package)
    cells: dict[str, OldCell] = {}
    found: dict[str, OldTable] = {}
    for sheet in sheets:
        sheet.tables = [table for table in sheet.tables if table.name in tables]
        if sheet.named or sheet.tables:
            held = read_cells(package, sheet.part, texts, _wanted(sheet))
            cells |= _named_cells(sheet, held, unlocked)
            found |= {table.name: _table(sheet.title, table, held) for table in sheet.tables}
    lang = _language(sheet.title for sheet in sheets)
    return OldWorkbook(package.name, lang, cells, lost, found, _others(sheets, lang))


def _wanted(sheet: Sheet) -> Wanted:
    """Return which cells of a sheet are read: named ones, and the columns of tables."""
    singles = {*sheet.named.values()}
    tops = {column: table.header_row for table in sheet.tables for column in table.fields}

    def wanted(row: int, column: int) -> bool:
        top = tops.get(column, row)
        return top < row <= top + MOST_READ_ROWS or (row, column) in singles

    return wanted


def _unlocked_looks(package: Package) -> set[int]:
    """Return the numbers of the looks of cells that are not locked."""
    unlocked: set[int] = set()
    inside, number = False, -1

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside, number
        if name == "cellXfs":
            inside = True
        elif inside and name == "xf":
            number += 1
        elif inside and name == "protection" and attributes.get("locked") in {"0", "false"}:
            unlocked.add(number)

    def end(name: str, _text: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if "xl/styles.xml" in package:
        package.parse("xl/styles.xml", start, end)
    return unlocked


def _named_cells(
    sheet: Sheet, held: Mapping[Place, Held], unlocked: set[int]
) -> Iterator[tuple[str, OldCell]]:
    for name, place in sheet.named.items():
        cell = held.get(place, Held(None))
        at = f"{sheet.title}!{get_column_letter(place[1])}{place[0]}"
        yield name, OldCell(at, cell, cell.look in unlocked)


def _table(sheet: str, outline: Outline, held: Mapping[Place, Held]) -> OldTable:
    """Return a table with the rows below its last one too, up to a blank one: none may be lost."""
    rows: list[dict[str, Held]] = []
    first = outline.header_row + 1
    for row in range(first, first + MOST_READ_ROWS):
        cells = {
            name: held[row, column]
            for column, name in outline.fields.items()
            if (row, column) in held
        }
        if row > outline.last_row and all(_is_blank(cell.value) for cell in cells.values()):
            break
        rows.append(cells)
    return OldTable(outline.name, sheet, outline.header_row, outline.fields, rows)


def _is_blank(value: CellValue) -> bool:
    return value is None or value == ""


def _language(titles: Iterable[str]) -> str:
    """Return the language whose titles most sheets have."""
    found = {*titles}
    titled = {lang: len(found & _titles(lang)) for lang in LANGUAGES}
    return max(titled, key=titled.__getitem__)


def _titles(lang: str) -> set[str]:
    return {said for sheet in SHEETS for said in ever_said(sheet, lang)}


def _others(sheets: Iterable[Sheet], lang: str) -> list[str]:
    """Return the titles of the sheets that are none of ours."""
    ours = _titles(lang)
    return [s.title for s in sheets if not (s.named or s.tables or s.title in ours)]
