"""What a formula may refer to: cells, tables and their parts; and what is known of their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol, TypeAlias

from workbook_templates.formulas.values import Array, CellValue, FormulaError

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
        """The values of cells."""

    @property
    def columns(self) -> Mapping[Column, Sequence[CellValue]]:
        """The values of the tables' columns."""

    def array(self, block: "Block") -> Array:
        """Return the values of a range; the same array for the same range."""


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

    @property
    def is_range(self) -> bool:
        """Whether it has several cells."""
        return self[1:3] != self[3:]

    def part(self, row: int, column: int) -> "Block":
        """Return a cell, by row and column from 0 on; with -1 a whole column, or row."""
        top, bottom = (self.top + row,) * 2 if row >= 0 else (self.top, self.bottom)
        left, right = (self.left + column,) * 2 if column >= 0 else (self.left, self.right)
        return Block(self.sheet, top, left, bottom, right)
