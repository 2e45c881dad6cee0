"""A made-up workbook of xlwings: a real file of ours behind the objects that the macros use.

It stands in for Excel where it must: text is entered as if typed (an apostrophe is taken off, a
formula is one, a date becomes one), a currency cell gives a `Decimal` cut to four places, a table
may be resized but not over another, and a protected sheet refuses to be written.
"""

import re
from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from xl_pricing.rates.rows import EXCEL_EPOCH

FORMULA_RESULT = 27.0


class Refusal(Exception):  # noqa: N818 - as pywintypes.com_error, no XlPricingError
    """What Excel raises."""


class Range:
    """Cells of a sheet."""

    def __init__(self, sheet: "Sheet", row: int, column: int, height: int, width: int) -> None:
        """Stand for a part of a file."""
        self.sheet, self.row, self.column = sheet, row, column
        self.shape = (height, width)
        self._ndim: int | None = None

    def options(self, ndim: int) -> "Range":
        """Ask for rows, or one row, whatever the shape."""
        self._ndim = ndim
        return self

    def resize(self, row_size: int, column_size: int) -> "Range":
        """Return as many cells from the same first one."""
        return Range(self.sheet, self.row, self.column, row_size, column_size)

    def offset(self, row_offset: int, column_offset: int) -> "Range":
        """Return as many cells elsewhere."""
        at = (self.row + row_offset, self.column + column_offset)
        return Range(self.sheet, *at, *self.shape)

    def autofill(self, destination: "Range", type_: str) -> None:
        """Copy the formats of the first row down."""
        assert type_ == "fill_formats"
        assert (destination.row, destination.column) == (self.row, self.column)
        for row in list(destination.cells())[1:]:
            for source, target in zip(next(self.cells()), row, strict=True):
                target._style = copy(source._style)

    def cells(self) -> Iterator[list[Any]]:
        """Yield the rows of cells."""
        height, width = self.shape
        for row in range(self.row, self.row + height):
            columns = range(self.column, self.column + width)
            yield [self.sheet.ws.cell(row, column) for column in columns]

    @property
    def value(self) -> Any:
        """What the cells hold, as xlwings gives it."""
        rows = [list(map(_value, row)) for row in self.cells()]
        if self._ndim == 2:
            return rows
        return rows[0] if self._ndim == 1 or len(rows[0]) > 1 else rows[0][0]

    @value.setter
    def value(self, value: Any) -> None:
        self.sheet.before_write(self)
        rows = value if isinstance(value, list) else [[value]]
        for cells, contents in zip(self.cells(), rows, strict=True):
            for cell, content in zip(cells, contents, strict=True):
                _enter(cell, content)

    @property
    def formula(self) -> Any:
        """What is typed in the cells."""
        rows = tuple(tuple(map(_formula, row)) for row in self.cells())
        return rows[0][0] if self.shape == (1, 1) else rows


class Table:
    """A table of the file."""

    show_totals = False

    def __init__(self, sheet: "Sheet", table: Any) -> None:
        """Stand for a part of a file."""
        self.sheet, self._table, self.name = sheet, table, table.name
        self.filters_dropped = 0

    @property
    def range(self) -> Range:
        """The table with its header."""
        left, top, right, bottom = range_boundaries(self._table.ref)
        return Range(self.sheet, top, left, bottom - top + 1, right - left + 1)

    @property
    def header_row_range(self) -> Range:
        """The header."""
        whole = self.range
        return whole.resize(1, whole.shape[1])

    @property
    def show_autofilter(self) -> bool:
        """Whether the header has its arrows."""
        return True

    @show_autofilter.setter
    def show_autofilter(self, shown: bool) -> None:
        self.filters_dropped += not shown

    def resize(self, range: Range) -> None:  # noqa: A002 - xlwings calls it so
        """Let the table end elsewhere."""
        height, width = range.shape
        assert (range.row, range.column) == (self.range.row, self.range.column)
        first, last = get_column_letter(range.column), get_column_letter(range.column + width - 1)
        self._table.ref = f"{first}{range.row}:{last}{range.row + height - 1}"
        self._table.autoFilter.ref = self._table.ref


class Sheet:
    """A sheet of the file."""

    def __init__(self, book: "Book", ws: Any) -> None:
        """Stand for a part of a file."""
        self.book, self.ws, self.name = book, ws, ws.title
        self.tables = [Table(self, table) for table in ws.tables.values()]

    @property
    def api(self) -> Any:
        """What Windows and what Mac say of protection."""
        protected = self.ws.protection.sheet
        return SimpleNamespace(
            ProtectContents=protected, protect_contents=SimpleNamespace(get=lambda: protected)
        )

    def before_write(self, cells: Range) -> None:
        """Refuse what Excel would refuse."""
        self.book.writes += 1
        self.book.refuse(self.book.writes)
        if self.ws.protection.sheet and any(c.protection.locked for r in cells.cells() for c in r):
            raise Refusal("the sheet is protected")


class Book:
    """A workbook from a file's bytes; ``refuse`` may raise at the nth write."""

    def __init__(self, data: bytes, name: str = "budget.xlsx") -> None:
        """Open a file."""
        self.name, self.writes = name, 0
        self.refuse: Callable[[int], None] = lambda _nth: None
        self.workbook = load_workbook(BytesIO(data))
        self.sheets = [Sheet(self, ws) for ws in self.workbook.worksheets]
        self.alerts: list[str] = []
        self.app = SimpleNamespace(alert=lambda text, _title: self.alerts.append(text))

    @property
    def names(self) -> list[Any]:
        """The names of single cells."""
        return [
            SimpleNamespace(
                name=name, refers_to_range=self._cell(*next(iter(defined.destinations)))
            )
            for name, defined in self.workbook.defined_names.items()
            if ":" not in defined.attr_text
        ]

    def table(self, name: str) -> Table:
        """Return a table, wherever it is."""
        return next(t for sheet in self.sheets for t in sheet.tables if t.name == name)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return what the file itself would hold of a table."""
        header, *rows = ([cell.value for cell in row] for row in self.table(name).range.cells())
        return [dict(zip(header, row, strict=True)) for row in rows]

    def dump(self) -> dict[str, Any]:
        """Return every cell and every table's place."""
        cells = {
            (ws.title, cell.coordinate): cell.value
            for ws in self.workbook.worksheets
            for row in ws.iter_rows()
            for cell in row
            if cell.value is not None
        }
        tables = {t.name: t._table.ref for sheet in self.sheets for t in sheet.tables}
        return {"cells": cells, "tables": tables}

    def _cell(self, title: str, address: str) -> Range:
        sheet = next(sheet for sheet in self.sheets if sheet.ws.title == title)
        column, row, _, _ = range_boundaries(address.replace("$", ""))
        return Range(sheet, row, column, 1, 1)


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return FORMULA_RESULT
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        if "$" in cell.number_format:
            return Decimal(str(cell.value)).quantize(Decimal("0.0001"), ROUND_DOWN)
        return float(cell.value)
    return cell.value


def _formula(cell: Any) -> str:
    if isinstance(cell.value, datetime):
        return str((cell.value - EXCEL_EPOCH).days)
    return "" if cell.value is None else f"{cell.value}"


def _enter(cell: Any, content: Any) -> None:
    cell.value = None if content == "" else content
    if isinstance(content, str) and content.startswith("'"):
        cell.value = content[1:]
        cell.data_type = "s"
    elif isinstance(content, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", content):
        cell.value = datetime.fromisoformat(content)
    elif isinstance(content, str) and re.fullmatch(r"\d+", content):
        cell.value = float(content)
    elif isinstance(content, str) and not content.startswith("="):
        cell.data_type = "s"
