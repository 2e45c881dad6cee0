"""Excel tables: rows of fields, typed or computed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableFormula, TableStyleInfo

from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Grown, Page
from workbook_templates.book.theme import FIELD, HEADER, RED, RED_FILL

_FIELD_HEIGHT = 13.5
"""Of the row of field names, in points: a filter's arrow fits in it."""
_SAME_ROW = re.compile(r"\[@(\w+)\]")


def write_table(
    page: Page,
    name: str,
    at: tuple[int, int],
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Write an Excel table at (row, column) of its first caption; ``rows`` map field to value.

    People read the captions; below them Excel's own header holds the field names, small, with the
    filters: formulas, macros and ranges find columns by them. Columns with a formula are computed,
    in new rows too; rows of such a table are `Grown` from the first.
    """
    top, left = at
    at_ = letters(columns, left)
    computed = {c.name: _this_row(page.words.fill(c.formula), name) for c in columns if c.formula}
    for column in columns:
        page.head(f"{at_[column.name]}{top}", column.caption, HEADER)
        page.put(f"{at_[column.name]}{top + 1}", column.name, FIELD)
    page.heights({top + 1: _FIELD_HEIGHT})
    for column in columns:
        if column.formula:
            cell = page.put(f"{at_[column.name]}{top + 2}", None, column.look)
            cell.value = "=" + computed[column.name]
    for row, values in enumerate(rows[:1] if computed else rows, start=top + 2):
        for column in columns:
            if not column.formula:
                page.put(f"{at_[column.name]}{row}", values.get(column.name), column.look)
    if computed:
        typed = [[row.get(column.name) for column in columns] for row in rows]
        held = at_.keys() - computed.keys()
        page.book.grown.append(Grown(page.sheet.title, name, top + 2, at_, held, typed))
    last_row = top + 1 + max(len(rows), 1)
    for number, field in enumerate(at_, start=left):
        page.book.columns[name, field] = page.absolute(top + 2, last_row, number)
    ref = f"{page.at(top + 1, left)}:{page.at(last_row, left + len(columns) - 1)}"
    _add(page, Table(displayName=name, name=name, ref=ref), computed, at_)


def _this_row(formula: str, table: str) -> str:
    """Write ``[@field]`` as the file wants it: the cell of a field in the formula's own row.

    Not as ``$F24``, though LibreOffice opens 5,000 lines of that in half the time: Excel flags
    cells that differ from the formula of their column, and the file would be 6 MB. Shared formulas
    would be small and ten times as quick, but Excel takes none with parts of tables in them.
    """
    return _SAME_ROW.sub(rf"{table}[[#This Row],[\1]]", formula)


def _add(page: Page, table: Table, computed: Mapping[str, str], fields: Iterable[str]) -> None:
    table.tableColumns = [TableColumn(id=i, name=name) for i, name in enumerate(fields, 1)]
    for column in table.tableColumns:
        if column.name in computed:
            column.calculatedColumnFormula = TableFormula(attr_text=computed[column.name])
    table.autoFilter = AutoFilter(ref=table.ref)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    page.sheet.add_table(table)


def letters(columns: Iterable[Column], left: int = 2) -> dict[str, str]:
    """Return the column letter of each field of a table that begins in the column ``left``."""
    return {column.name: get_column_letter(i) for i, column in enumerate(columns, start=left)}


def mark_wrong_cells(
    page: Page,
    columns: Mapping[str, str],
    places: Mapping[str, Iterable[int]],
    rows: tuple[int, int],
) -> None:
    """Make cells red whose field is in ``places`` with the code of the row's fault.

    ``columns`` are the letters of the fields, ``rows`` the first and the last row of the sheet.
    """
    code = f"${columns['fault']}{rows[0]}"
    for field, codes in places.items():
        cells = f"{columns[field]}{rows[0]}:{columns[field]}{rows[1]}"
        page.mark(cells, f"OR({','.join(f'{code}={i}' for i in codes)})", RED, RED_FILL)


def widths(columns: Iterable[Column], usual: float) -> tuple[float, ...]:
    """Return the widths of a sheet that is one table, with a margin on either side."""
    return (2, *(column.width or usual for column in columns), 2)


def explain_columns(
    page: Page, columns: Sequence[Column], first: tuple[int, int], last_row: int
) -> None:
    """Attach message and rule to every typed column from (row, column) ``first`` on."""
    row, left = first
    for number, column in enumerate(columns, start=left):
        if column.message:
            cells = f"{page.at(row, number)}:{page.at(last_row, number)}"
            page.validate(cells, column.caption, column.message, **column.rule)
