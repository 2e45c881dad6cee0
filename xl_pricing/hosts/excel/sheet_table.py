"""An Excel table through xlwings, read and written whole, on Windows and on Mac alike.

Of xlwings only what both systems have is used. A number in a currency format comes back cut to
four decimals, so it is read from its formula; text that Excel would take for something else (a
formula, a date) is written behind an apostrophe, which Excel takes off.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xl_pricing.errors import InvalidValueError
from xl_pricing.rates.kept_rows import Row

_MISREAD = re.compile(
    r"\W.*|\d.*|true|false|[^\W\d_]+[ ./-]?\d+([ ,./-]+\d+)*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Formula:
    """A formula, or an error constant, as Excel writes it. Text that looks like one is text."""

    text: str

    def __str__(self) -> str:
        """Return it as Excel writes it."""
        return self.text


class SheetTable:
    """One table, and the rows that it held when it was read."""

    def __init__(self, sheet: Any, table: Any) -> None:  # noqa: ANN401 - xlwings objects
        """Read the whole table, a row being a mapping of column to content."""
        self.sheet, self.name, self._table = sheet, str(table.name), table
        self._header = [str(name) for name in table.header_row_range.options(ndim=1).value]
        self._height = table.range.shape[0] - 1
        self._written = False
        if table.show_totals:
            raise InvalidValueError(
                f"the table {self.name} has a totals row; accepted: a table without one"
            )
        self.rows: list[Row] = self._read()

    def require_columns(self, columns: Iterable[str]) -> None:
        """Raise `InvalidValueError` where a column is missing."""
        absent = [column for column in columns if column not in self._header]
        if absent:
            raise InvalidValueError(
                f"the table {self.name} has no column {absent[0]}; accepted: all columns of the "
                "template, in any order"
            )

    def require_room(self, count: int) -> None:
        """Raise `InvalidValueError` where cells in the way of new rows hold something."""
        extra = count - self._height
        if extra > 0 and any(
            cell not in {"", None}
            for row in _rows(self._block(self._height, extra).formula)
            for cell in row
        ):
            raise InvalidValueError(
                f"the table {self.name} needs {extra} rows more and the cells below it are not "
                "empty; accepted: empty cells there"
            )

    def write(self, rows: Sequence[Row]) -> None:
        """Replace all rows by one write, and let the table end with them.

        Raises `InvalidValueError` where Excel keeps something else than was written.
        """
        self._written = True
        self._show_all_rows()
        self._put(rows)
        if self._read() != [self._whole(row) for row in rows]:
            raise InvalidValueError(f"the table {self.name} did not keep what was written")

    def restore(self) -> None:
        """Put back what the table held when it was read."""
        if self._written:
            self._put(self.rows, self._height)

    def _put(self, rows: Sequence[Row], least: int = 1) -> None:
        standing, wanted = self._table.range.shape[0] - 1, max(len(rows), least)
        if wanted > standing:
            self._resize(wanted)
            self._block(standing - 1, 1).autofill(
                self._block(standing - 1, 1 + wanted - standing), "fill_formats"
            )
        blank = [[None] * len(self._header)] * (max(standing, wanted) - len(rows))
        cells = [[_entry(row.get(name)) for name in self._header] for row in rows]
        self._block(0, max(standing, wanted)).value = [*cells, *blank]
        if wanted < standing:
            self._resize(wanted)

    def _resize(self, height: int) -> None:
        self._table.resize(self._table.header_row_range.resize(1 + height, len(self._header)))

    def _block(self, first: int, height: int) -> Any:  # noqa: ANN401 - a range of xlwings
        """Return the cells of rows in and below the table, the first being 0."""
        header = self._table.header_row_range
        return header.offset(1 + first, 0).resize(height, len(self._header))

    def _show_all_rows(self) -> None:
        """Drop filters: Excel writes rows into the visible cells only."""
        if self._table.show_autofilter:
            self._table.show_autofilter = False
            self._table.show_autofilter = True

    def _read(self) -> list[Row]:
        block = self._block(0, self._table.range.shape[0] - 1)
        values, formulas = block.options(ndim=2).value, _rows(block.formula)
        rows = [list(map(_content, *pair)) for pair in zip(values, formulas, strict=True)]
        return [
            dict(zip(self._header, row, strict=True))
            for row in rows
            if any(cell is not None for cell in row)
        ]

    def _whole(self, row: Row) -> Row:
        return {name: row.get(name) for name in self._header}


def _rows(cells: Any) -> Any:  # noqa: ANN401 - what xlwings gives
    """Return rows also where xlwings gives one row flat, as on Mac."""
    return cells if isinstance(cells[0], list | tuple) else [cells]


def _content(value: Any, formula: Any) -> Any:  # noqa: ANN401 - a cell
    """Return what a cell holds, exactly: a formula, or its value."""
    if isinstance(formula, str) and formula.startswith("=") and formula != value:
        return Formula(formula)
    if value is None and formula:
        return Formula(formula)
    return float(formula) if isinstance(value, Decimal) else value


def _entry(content: Any) -> Any:  # noqa: ANN401 - a cell
    """Return what must be written so that the cell holds the content."""
    if isinstance(content, Formula):
        return content.text
    if isinstance(content, str) and _MISREAD.fullmatch(content):
        return f"'{content}"
    return content
