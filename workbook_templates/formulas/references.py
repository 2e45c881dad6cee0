"""What a formula may refer to: cells, tables and their parts; and what is known of their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol, TypeAlias

from workbook_templates.formulas.values import REF, Array, CellValue, FormulaError, RaisedError

Cell: TypeAlias = tuple[str, int, int]
"""A cell's sheet, row and column, from 1 on."""
Column: TypeAlias = tuple[str, str]
"""A table's name and a field of it."""


class Known(Protocol):
    """The values of a calculation; what is not known yet is computed when it is asked for."""

    day: float
    """What TODAY() gives."""
    shared: dict[int, Array | CellValue]
    """The values of expressions that formulas have in common, by number."""

    @property
    def cells(self) -> Mapping[Cell, CellValue]:
        """The values of cells that are in no table."""

    @property
    def columns(self) -> Mapping[Column, Sequence[CellValue]]:
        """The values of the tables' columns."""

    def array(self, reference: "Reference") -> Array:
        """Return the values of a range; the same array for the same reference."""


@dataclass(frozen=True)
class Table:
    """A table: where its rows begin, and what each column holds, by field in their order.

    ``columns`` are the columns' numbers, ``typed`` what is typed, ``formulas`` the formula of all
    rows of a computed column.
    """

    name: str
    sheet: str
    top: int
    rows: int
    columns: Mapping[str, int]
    typed: Mapping[str, Sequence[CellValue]]
    formulas: Mapping[str, str]

    def fields(self, first: str, last: str) -> tuple[str, ...]:
        """Return the fields from one to another."""
        names = list(self.columns)
        if first not in self.columns or last not in self.columns:
            raise FormulaError(f"{self.name} has no column {first!r} to {last!r}")
        return tuple(names[names.index(first) : names.index(last) + 1])

    def column_at(self, cell: Cell) -> Column | None:
        """Return the column that a cell of the body is in."""
        sheet, row, number = cell
        if sheet == self.sheet and 0 <= row - self.top < self.rows:
            return self._by_number.get(number)
        return None

    @cached_property
    def _by_number(self) -> Mapping[int, Column]:
        return {number: (self.name, field) for field, number in self.columns.items()}


class Block(NamedTuple):
    """A rectangle of cells."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """Its height."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Its width."""
        return self.right - self.left + 1

    def at(self, known: Known, row: int, column: int) -> CellValue:
        """Return the value of a cell, by its row and column in the block from 0 on."""
        return known.cells[self.sheet, self.top + row, self.left + column]

    def read(self, known: Known) -> Array:
        """Return the values."""
        sheet, cells = self.sheet, known.cells
        across = range(self.left, self.right + 1)
        down = range(self.top, self.bottom + 1)
        return Array([cells[sheet, row, column] for row in down for column in across], self.width)

    def row(self, row: int) -> "Block":
        """Return one row, from 0 on."""
        return self._replace(top=self.top + row, bottom=self.top + row)

    def column(self, column: int) -> "Block":
        """Return one column, from 0 on."""
        return self._replace(left=self.left + column, right=self.left + column)


class Body(NamedTuple):
    """Columns of a table's body; all its rows, or some: ``rows`` from ``first`` on, which is 0."""

    table: str
    sheet: str
    top: int
    rows: int
    fields: tuple[str, ...]
    first: int = 0

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.fields)

    def at(self, known: Known, row: int, column: int) -> CellValue:
        """Return the value of a cell, by its row and column in the body from 0 on."""
        return known.columns[self.table, self.fields[column]][self.first + row]

    def read(self, known: Known) -> Array:
        """Return the values."""
        some = slice(self.first, self.first + self.rows)
        columns = [known.columns[self.table, field][some] for field in self.fields]
        if len(columns) == 1:
            return Array(columns[0])
        return Array([cell for row in zip(*columns, strict=True) for cell in row], len(columns))

    def row(self, row: int) -> "Body":
        """Return one row, from 0 on."""
        return self._replace(first=self.first + row, top=self.top + row, rows=1)

    def column(self, column: int) -> "Body":
        """Return one column, from 0 on."""
        return self._replace(fields=(self.fields[column],))


Reference: TypeAlias = Block | Body


def inside(reference: Reference, row: int, column: int) -> None:
    """Raise #REF! for a place that a reference does not have, from 0 on; -1 is all of them."""
    if not (-1 <= row < reference.rows and -1 <= column < reference.width):
        raise RaisedError(REF)
