"""Which computed cells and columns of a workbook depend on which."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from workbook_templates.formulas.calculation import Sheets
from workbook_templates.formulas.parse import Call, Constant, Node, Part, parse
from workbook_templates.formulas.references import Block, Cell, Column
from workbook_templates.formulas.scope import Scope

Place: TypeAlias = Cell | Column
"""Where a formula stands: in a cell, or in all rows of a table's column."""


@dataclass
class Dependence:
    """The places of a workbook, by what their formulas read."""

    sheets: Sheets
    _of_place: dict[Place, frozenset[Place]] = field(default_factory=dict)
    _of_block: dict[Block, frozenset[Place]] = field(default_factory=dict)
    _of_shared: dict[tuple[str, str, Node], frozenset[Place]] = field(default_factory=dict)

    def tree(self, place: Place) -> Node:
        """Return the formula of a place."""
        names = self.sheets.names
        if len(place) == 2:
            return parse(names.tables[place[0]].formulas[place[1]])
        return parse(names.formulas[place])

    @cached_property
    def _readers(self) -> Mapping[Place, set[Place]]:
        """Which formulas read a place themselves."""
        found: dict[Place, set[Place]] = defaultdict(set)
        names = self.sheets.names
        columns = ((table.name, name) for table in names.tables.values() for name in table.formulas)
        places: list[Place] = [*names.formulas, *columns]
        for place in places:
            for read in self.reads(place):
                found[read].add(place)
        return found

    def reads(self, place: Place) -> frozenset[Place]:
        """Return the places that the formula of a place reads itself, remembered."""
        if place not in self._of_place:
            self._of_place[place] = frozenset(self._read_at(place))
        return self._of_place[place]

    def _read_at(self, place: Place) -> Iterator[Place]:
        names = self.sheets.names
        if len(place) == 3:
            return self.read_by(self.tree(place), Scope(names, place))
        table = names.tables[place[0]]
        scope = Scope(names, (table.sheet, table.top, table.columns[place[1]]), table)
        return self.read_by(self.tree(place), scope)

    def read_by(self, node: Node, scope: Scope) -> Iterator[Place]:
        """Yield the places that a formula reads."""
        if isinstance(node, Call):
            for part in node.given:
                yield from self.read_by(part, scope)
        elif isinstance(node, Part) and node.of == "#This Row":
            yield from ((node.table, name) for name in scope.own_fields(node))
        elif not isinstance(node, Constant):
            yield from self.within(scope.reference(node))

    def within(self, block: Block) -> Iterator[Place]:
        """Yield the computed places of a range."""
        for column in range(block.left, block.right + 1):
            for row in range(block.top, block.bottom + 1):
                yield self.place_at((block.sheet, row, column))

    def block_reads(self, block: Block) -> frozenset[Place]:
        """Return the computed places of a range, remembered."""
        if block not in self._of_block:
            self._of_block[block] = frozenset(self.within(block))
        return self._of_block[block]

    def shared_reads(self, key: tuple[str, str, Node]) -> frozenset[Place]:
        """Return what an expression reads that formulas share, remembered."""
        if key not in self._of_shared:
            sheet, table, node = key
            scope = Scope(self.sheets.names, (sheet, 1, 1), self.sheets.names.tables.get(table))
            self._of_shared[key] = frozenset(self.read_by(node, scope))
        return self._of_shared[key]

    def place_at(self, cell: Cell) -> Place:
        """Return a cell, or the column of the table that it is in."""
        for table in self.sheets.names.tables.values():
            column = table.column_at(cell)
            if column is not None:
                return column
        return cell

    def dependents(self, place: Place) -> dict[Place, int]:
        """Return a place and all that depends on it, the nearest first."""
        found, todo = {place: 0}, [place]
        for at in todo:
            for reader in self._readers.get(at, ()):
                if reader not in found:
                    found[reader] = len(found)
                    todo.append(reader)
        return found
