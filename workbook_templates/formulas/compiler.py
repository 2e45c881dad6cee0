"""Formulas made into Python functions, once: a cell's own, and one for all rows of a column.

`Compiler.value` makes one that gives a single value; `given` one for the functions of ranges,
where cells stay a range; `array` one that goes cell by cell, as inside of SUMPRODUCT.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from inspect import signature
from typing import TypeGuard, cast

from workbook_templates.formulas import functions, lookup, special
from workbook_templates.formulas.by_cell import spread
from workbook_templates.formulas.parse import Call, Cells, Constant, Name, Node, Part
from workbook_templates.formulas.references import Known
from workbook_templates.formulas.scope import Given, Scope, Value
from workbook_templates.formulas.values import Array, CellValue, FormulaError


class Compiler:
    """Makes the function of one formula; ``scope`` is what that may name."""

    def __init__(self, scope: Scope) -> None:
        """Compile where ``scope`` is."""
        self.scope = scope

    def value(self, node: Node) -> Value:
        """Return the function that gives a single value; a range of several is refused."""
        return cast("Value", self._shared(node, by_cell=False))

    def array(self, node: Node) -> Given:
        """Return the function that goes cell by cell through the ranges in an expression."""
        return self._shared(node, by_cell=True)

    def given(self, node: Node, *, by_cell: bool) -> Given:
        """Return the function that gives a range's cells, or a value."""
        if isinstance(node, Part) and node.of == "#This Row":
            columns = [(node.table, field) for field in self.scope.own_fields(node)]
            return lambda known, row: Array([known.columns[c][row] for c in columns], len(columns))
        if isinstance(node, Name | Cells | Part):
            block = self.scope.reference(node)
            return lambda known, _row: known.array(block)
        if isinstance(node, Call) and node.function == "INDEX":
            return special.index_range(self, node)
        return self._shared(node, by_cell=by_cell)

    def _shared(self, node: Node, *, by_cell: bool) -> Given:
        """Compile what reads nothing of its own row once, for all formulas of a sheet.

        What goes cell by cell is computed once, too.
        """
        names, reads, key = self.scope.names, self.scope.reads, self.scope.key(node)
        known = names.arrays if by_cell else names.values
        compute = known.get(key)
        if compute is None:
            compute = self._compiled(node, by_cell=by_cell)
            if self.scope.reads == reads:
                known[key] = compute = _once(compute, len(known)) if by_cell else compute
        return compute

    def _compiled(self, node: Node, *, by_cell: bool) -> Given:
        if isinstance(node, Constant):
            return special.always(node.value)
        if isinstance(node, Call):
            return self._call(node, by_cell=by_cell)
        if _is_own_cell(node):
            column = (node.table, self.scope.own_fields(node)[0])
            return lambda known, row: known.columns[column][row]
        block = self.scope.reference(node)
        if not block.is_range:
            cell = block[:3]
            return lambda known, _row: known.cells[cell]
        if not by_cell:
            raise FormulaError("a range stands where one value is needed")
        return lambda known, _row: known.array(block)

    def _call(self, call: Call, *, by_cell: bool) -> Given:
        name = call.function
        if name in special.FUNCTIONS:
            return special.compiled(self, call, by_cell=by_cell)
        function = _function(name, len(call.given))
        if name in lookup.FUNCTIONS:
            each_cell = by_cell or name == "SUMPRODUCT"
            operands = [self.given(node, by_cell=each_cell) for node in call.given]
            if by_cell and name in lookup.BY_CELL:
                answer = lookup.BY_CELL[name]
                return lambda known, row: answer(*(each(known, row) for each in operands))
            return _applied(function, operands)
        operands = [self._shared(node, by_cell=by_cell) for node in call.given]
        if name in functions.LOOK_AT_ERRORS:
            operands = [special.caught(operand) for operand in operands]
        if by_cell:
            return lambda known, row: spread(function, [each(known, row) for each in operands])
        return _applied(function, operands)


def _is_own_cell(node: Node) -> TypeGuard[Part]:
    """Tell whether a node is the cell of a field in the formula's own row."""
    return isinstance(node, Part) and node.of == "#This Row" and node.first == node.last


def _once(compute: Given, number: int) -> Given:
    """Compute at first only; ``number`` is that of the expression."""

    def shared(known: Known, row: int) -> Array | CellValue:
        found = known.shared.get(number)
        if found is None:
            found = known.shared[number] = compute(known, row)
        return found

    return shared


@lru_cache(maxsize=1024)
def _function(name: str, count: int) -> Callable[..., CellValue]:
    """Return a function that takes so many values."""
    function = functions.FUNCTIONS.get(name) or lookup.FUNCTIONS.get(name)
    if function is None:
        raise FormulaError(f"the function {name} is not known")
    try:
        signature(function).bind(*range(count))
    except TypeError:
        raise FormulaError(f"{name} is given {count} values") from None
    return function


def _applied(function: Callable[..., CellValue], operands: Sequence[Given]) -> Value:
    """Return a function of functions; one or two operands, most of all, go without a list."""
    if len(operands) == 1:
        (only,) = operands
        return lambda known, row: function(only(known, row))
    if len(operands) == 2:
        left, right = operands
        return lambda known, row: function(left(known, row), right(known, row))
    return lambda known, row: function(*[each(known, row) for each in operands])
