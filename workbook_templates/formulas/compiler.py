"""Formulas made into Python functions, once: a cell's own, and one for all rows of a column.

`Compiler.value` makes one that gives a single value; `given` one for the functions of ranges,
where cells stay a range; `array` one that goes cell by cell, as inside of SUMPRODUCT.
"""

from collections.abc import Callable, Sequence
from functools import cache
from inspect import signature
from typing import TypeGuard, cast

from workbook_templates.formulas import functions, lookup, special
from workbook_templates.formulas.by_cell import spread
from workbook_templates.formulas.parse import Call, Cells, Constant, Name, Node, Part
from workbook_templates.formulas.references import Known
from workbook_templates.formulas.scope import Given, Scope, Value, is_range
from workbook_templates.formulas.values import Array, CellValue, FormulaError


class Compiler:
    """Makes the function of one formula; ``scope`` is what that may name."""

    def __init__(self, scope: Scope) -> None:
        """Compile where ``scope`` is."""
        self.scope = scope

    def value(self, node: Node) -> Value:
        """Return the function that gives a single value; a range of several is refused."""
        key, known, reads = self.scope.key(node), self.scope.names.values, self.scope.reads
        compute = known.get(key)
        if compute is None:
            compute = self._value(node)
            if self.scope.reads == reads:
                known[key] = compute
        return compute

    def _value(self, node: Node) -> Value:
        if isinstance(node, Constant):
            constant = node.value
            return lambda _known, _row: constant
        if isinstance(node, Call):
            return self._call(node)
        if _is_own_cell(node):
            column = (node.table, self.scope.own_fields(node)[0])
            return lambda known, row: known.columns[column][row]
        return self.scope.read(node)

    def given(self, node: Node, *, by_cell: bool = False) -> Given:
        """Return the function that gives a range's cells, or a value."""
        if isinstance(node, Part) and node.of == "#This Row":
            columns = [(node.table, field) for field in self.scope.own_fields(node)]
            return lambda known, row: Array([known.columns[c][row] for c in columns], len(columns))
        if isinstance(node, Name | Cells | Part):
            reference = self.scope.reference(node)
            return lambda known, _row: known.array(reference)
        if isinstance(node, Call) and node.function == "INDEX":
            return special.indexed(self, node)
        return self.array(node) if by_cell else self.value(node)

    def array(self, node: Node) -> Given:
        """Return the function that goes cell by cell through the ranges in an expression.

        What reads nothing of its own row is computed once, for all formulas of a sheet.
        """
        key, known, reads = self.scope.key(node), self.scope.names.arrays, self.scope.reads
        compute = known.get(key)
        if compute is None:
            compute = self._array(node)
            if self.scope.reads == reads:
                known[key] = compute = _once(compute, len(known))
        return compute

    def _array(self, node: Node) -> Given:
        if isinstance(node, Call) and node.function not in special.OF_ONE_VALUE:
            return self._array_call(node)
        if isinstance(node, Call | Constant) or _is_own_cell(node):
            return self.value(node)
        reference = self.scope.reference(node)
        if is_range(reference):
            return lambda known, _row: known.array(reference)
        return self.value(node)

    def _array_call(self, call: Call) -> Given:
        name = call.function
        if name == "IF":
            return self._if(call, self.array)
        if name in special.OF_REFERENCES:
            return special.OF_REFERENCES[name](self, call)
        if name in lookup.FUNCTIONS:
            return self._of_ranges(call, by_cell=True)
        parts = [self.array(node) for node in call.given]
        if name in special.LOOKS_AT_ERRORS:
            look, (part,) = special.LOOKS_AT_ERRORS[name], parts
            return lambda known, row: spread(look, [special.caught(part, known, row)])
        function = _function(name, len(parts))
        return lambda known, row: spread(function, [each(known, row) for each in parts])

    def _call(self, call: Call) -> Value:
        name = call.function
        if name == "IF":
            return cast("Value", self._if(call, self.value))
        if name in special.OF_ONE_VALUE:
            return special.OF_ONE_VALUE[name](self, call)
        if name in special.OF_REFERENCES:
            if any(is_range(self.scope.reference(node)) for node in call.given):
                raise FormulaError(f"{name} of a range stands where one value is needed")
            return cast("Value", special.OF_REFERENCES[name](self, call))
        if name in lookup.FUNCTIONS:
            return self._of_ranges(call, by_cell=name == "SUMPRODUCT")
        if name in special.LOOKS_AT_ERRORS:
            look, (part,) = special.LOOKS_AT_ERRORS[name], special.operands(self, call, 1, 1)
            return lambda known, row: look(cast("CellValue", special.caught(part, known, row)))
        function = _function(name, len(call.given))
        return _applied(function, [self.value(node) for node in call.given])

    def _if(self, call: Call, branch: Callable[[Node], Given]) -> Given:
        if not 2 <= len(call.given) <= 3:
            raise FormulaError(f"IF is given {len(call.given)} values")
        yes, no = (*call.given[1:], Call("FALSE", ()))[:2]
        return special.choice(self.value(call.given[0]), branch(yes), branch(no))

    def _of_ranges(self, call: Call, *, by_cell: bool) -> Value:
        """Return a call of a function that takes ranges."""
        function = _function(call.function, len(call.given))
        given = [self.given(node, by_cell=by_cell) for node in call.given]
        if len(given) == 1:
            (only,) = given
            return lambda known, row: function(only(known, row))
        return lambda known, row: function(*[each(known, row) for each in given])


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


@cache
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


def _applied(function: Callable[..., CellValue], operands: Sequence[Value]) -> Value:
    """Return a function of functions; one or two operands, most of all, go without a list."""
    if len(operands) == 1:
        (only,) = operands
        return lambda known, row: function(only(known, row))
    if len(operands) == 2:
        left, right = operands
        return lambda known, row: function(left(known, row), right(known, row))
    return lambda known, row: function(*[each(known, row) for each in operands])
