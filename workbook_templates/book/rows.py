"""Rows of a computed table: all are alike, so each is written from the first as text.

Cell by cell through openpyxl, 5,000 lines of a campaign would take a minute.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import column_index_from_string

from workbook_templates.book.page import Grown

_EPOCH = date(1899, 12, 30)
_ROW = re.compile(r'<row r="(\d+)"([^>]*)>(.*?)</row>', re.DOTALL)
_ROW_OR_ADDRESS = re.compile(r'<row |(?<=<c )r="([A-Z]+)\d+" ?')
_CELL = re.compile(r'<c r="([A-Z]+)\d+"( s="\d+")?[^>]*>(<f>.*?</f>)?.*?</c>', re.DOTALL)
_STEP = 100


class _Part(NamedTuple):
    """A cell of the first row: column, style, formula (empty: a typed cell), field."""

    column: str
    style: str
    formula: str
    field: str


def grow(
    xml: str,
    tables: Sequence[Grown],
    columns: Mapping[tuple[str, str], Sequence[Any]],
    progress: Callable[[int], None],
) -> str:
    """Return a sheet's XML with all rows of its growing tables; tells of typed rows done."""
    for table in tables:
        last = table.first_row + len(table.rows) - 1
        inside = [row for row in _ROW.finditer(xml) if table.first_row <= int(row[1]) <= last]
        beside = {int(row[1]): _cells_beside(table, row[3]) for row in inside}
        rows = _rows(table, _parts(table, inside[0][3]), beside, inside[0][2], columns)
        written = []
        for i, row in enumerate(rows, start=1):
            written.append(row)
            if table.held and (i % _STEP == 0 or i == len(table.rows)):
                progress((i - 1) % _STEP + 1)
        xml = xml[: inside[0].start()] + "".join(written) + xml[inside[-1].end() :]
        xml = re.sub(r'(<dimension ref="\w+:[A-Z]+)(\d+)', _at_least(last), xml, count=1)
    return xml


def leave_out_addresses(xml: str) -> str:
    """Leave out of a sheet's XML the address of every cell that stands right of the one before.

    The format asks for no other; they were an eighth of the file.
    """
    before = 0

    def short(found: re.Match[str]) -> str:
        nonlocal before
        column = column_index_from_string(found[1]) if found[1] else 0
        follows, before = column == before + 1, column
        return "" if follows else found[0]

    return _ROW_OR_ADDRESS.sub(short, xml)


def _cells_beside(table: Grown, row: str) -> dict[int, str]:
    """Return the cells of a row that are not the table's, by column number."""
    mine = set(table.columns.values())
    return {
        column_index_from_string(cell[1]): cell[0]
        for cell in _CELL.finditer(row)
        if cell[1] not in mine
    }


def computed_cell(attributes: str, formula: str, value: Any) -> str:  # noqa: ANN401 - a cell's value
    """Write a cell with a formula and what it gives, a number with the 15 digits that are shown."""
    if isinstance(value, str):
        kind = "e" if value in ERROR_CODES else "str"
        return f'<c{attributes} t="{kind}">{formula}<v>{escape(value, quote=False)}</v></c>'
    if isinstance(value, bool):
        return f'<c{attributes} t="b">{formula}<v>{int(value)}</v></c>'
    return f"<c{attributes}>{formula}<v>{value:.15g}</v></c>"


def _parts(table: Grown, row: str) -> list[_Part]:
    fields = {column: field for field, column in table.columns.items()}
    return [
        _Part(cell[1], cell[2] or "", cell[3] or "", fields[cell[1]])
        for cell in _CELL.finditer(row)
        if cell[1] in fields
    ]


def _rows(
    table: Grown,
    parts: Sequence[_Part],
    beside: Mapping[int, Mapping[int, str]],
    attributes: str,
    columns: Mapping[tuple[str, str], Sequence[Any]],
) -> Iterator[str]:
    """Yield each row: the cells beside the table, and the table's own."""
    left = column_index_from_string(parts[0].column)
    order = {field: i for i, field in enumerate(table.columns)}
    for i, typed in enumerate(table.rows):
        row = table.first_row + i
        cells = []
        for part in parts:
            place = f' r="{part.column}{row}"'
            if part.formula:
                value = columns[table.name, part.field][i]
                cells.append(computed_cell(place + part.style, part.formula, value))
            else:
                cells.append(_typed_cell(place + part.style, typed[order[part.field]]))
        others = sorted(beside.get(row, {}).items())
        before = "".join(cell for column, cell in others if column < left)
        after = "".join(cell for column, cell in others if column > left)
        yield f'<row r="{row}"{attributes}>{before}{"".join(cells)}{after}</row>'


def _typed_cell(attributes: str, value: Any) -> str:  # noqa: ANN401 - a cell's value
    """Write a cell with a value; text stays text, whatever it starts with."""
    if value is None:
        return f"<c{attributes}></c>"
    if isinstance(value, str):
        text = f'<t xml:space="preserve">{escape(value, quote=False)}</t>'
        return f'<c{attributes} t="inlineStr"><is>{text}</is></c>'
    if isinstance(value, bool):
        return f'<c{attributes} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        value = (value - _EPOCH).days
    return f"<c{attributes}><v>{value!r}</v></c>"


def _at_least(last: int) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}{max(last, int(found[2]))}"
