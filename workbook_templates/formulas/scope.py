"""What a formula may name, and what that refers to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from openpyxl.utils.cell import range_boundaries

from workbook_templates.formulas.parse import Cells, Name, Node, Part
from workbook_templates.formulas.references import Block, Cell, Column, Known, Table
from workbook_templates.formulas.values import Array, CellValue, FormulaError

Value: TypeAlias = Callable[[Known, int], CellValue]
"""Gives a single value, of what is known and the row in the formula's table, from 0 on."""
Given: TypeAlias = Callable[[Known, int], Array | CellValue]
"""Gives the cells of a range, or a value."""
Shared: TypeAlias = dict[tuple[str, str, Node], Given]
"""Functions of expressions by sheet, table and expression."""
_BOTTOM = 1_048_576


@dataclass(frozen=True)
class Names:
    """What formulas may name: cells, tables; which cells compute; each sheet's last row.

    ``values`` and ``arrays`` keep the functions of expressions that formulas have in common, by
    sheet, table and expression.
    """

    cells: Mapping[str, Cell]
    tables: Mapping[str, Table]
    formulas: Mapping[Cell, str]
    last_rows: Mapping[str, int]
    values: Shared = field(default_factory=dict)
    arrays: Shared = field(default_factory=dict)

    def table_of(self, block: Block) -> Table | None:
        """Return the table that holds a range, if one does."""
        sheet, top, left, bottom, right = block
        corners = (sheet, top, left), (sheet, bottom, right)
        tables = self.tables.values()
        return next((table for table in tables if all(map(table.column_at, corners))), None)


class Scope:
    """The place of one formula: what its references mean there, and what it reads of its own row.

    ``here`` is its cell, ``table`` the table whose column it fills. ``asks`` are the columns which
    it reads in its own row; ``placed`` tells whether it also depends on which row that is;
    ``reads`` counts both.
    """

    def __init__(self, names: Names, here: Cell, table: Table | None = None) -> None:
        """Take what the formula may name and where it stands."""
        self.names, self.here, self.table = names, here, table
        self.asks: dict[Column, None] = {}
        self.placed = False
        self.reads = 0

    def key(self, node: Node) -> tuple[str, str, Node]:
        """Return what an expression is known by among those that mean the same here."""
        return self.here[0], self.table.name if self.table else "", node

    def own_row(self) -> int:
        """Return the row of the formula; in a table that of its first row."""
        self.placed = True
        self.reads += 1
        return self.table.top if self.table else self.here[1]

    def own_fields(self, part: Part) -> tuple[str, ...]:
        """Return the fields of the own row that a part names."""
        if self.table is None or part.table != self.table.name:
            raise FormulaError(f"a row of {part.table} is asked for outside of that table")
        fields = self.table.fields(part.first, part.last)
        self.reads += 1
        self.asks |= dict.fromkeys((part.table, field) for field in fields)
        return fields

    def reference(self, node: Node) -> Block:
        """Return what a name, a range or a table's part refers to."""
        if isinstance(node, Name):
            if node.name not in self.names.cells:
                raise FormulaError(f"the name {node.name!r} is not known")
            sheet, row, column = self.names.cells[node.name]
            return Block(sheet, row, column, row, column)
        if isinstance(node, Part) and node.of != "#This Row":
            return self._part(node)
        if isinstance(node, Cells):
            return self._range(node)
        raise FormulaError("a reference is needed, which this is not")

    def _part(self, part: Part) -> Block:
        if part.table not in self.names.tables:
            raise FormulaError(f"the table {part.table!r} is not known")
        table = self.names.tables[part.table]
        fields = table.fields(part.first, part.last)
        left, right = table.columns[fields[0]], table.columns[fields[-1]]
        if part.of == "#Headers":
            return Block(table.sheet, table.top - 1, left, table.top - 1, right)
        return Block(table.sheet, table.top, left, table.top + table.rows - 1, right)

    def _range(self, cells: Cells) -> Block:
        """Return a range; one down to the bottom of the sheet ends where its cells do."""
        if self.table and "$" not in cells.address:
            raise FormulaError(f"{cells.address} moves with the row; accepted: [@field]")
        sheet = cells.sheet or self.here[0]
        left, top, right, bottom = (edge or 1 for edge in range_boundaries(cells.address))
        if bottom == _BOTTOM:
            bottom = max(top, self.names.last_rows.get(sheet, top))
        return Block(sheet, top, left, bottom, right)
