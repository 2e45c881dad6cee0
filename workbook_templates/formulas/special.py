"""The functions that look at references, or choose what is computed at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbook_templates.formulas.parse import Call, Constant
from workbook_templates.formulas.references import Body, Known, Reference, inside
from workbook_templates.formulas.scope import Given, Value
from workbook_templates.formulas.values import (
    VALUE,
    Array,
    CellValue,
    Error,
    FormulaError,
    RaisedError,
    number,
)

if TYPE_CHECKING:
    from workbook_templates.formulas.compiler import Compiler

_MOST_CHOICES = 254
LOOKS_AT_ERRORS: Mapping[str, Callable[[CellValue], CellValue]] = {
    "ISBLANK": lambda value: value is None,
    "ISERROR": lambda value: type(value) is Error,
    "ISNUMBER": lambda value: type(value) is float,
}


def caught(operand: Given, known: Known, row: int) -> Array | CellValue:
    """Return what an operand gives, an error too."""
    try:
        return operand(known, row)
    except RaisedError as raised:
        return raised.error


def operands(compiler: "Compiler", call: Call, least: int, most: int) -> list[Value]:
    """Return the functions of what a call is given."""
    if not least <= len(call.given) <= most:
        raise FormulaError(f"{call.function} is given {len(call.given)} values")
    return [compiler.value(node) for node in call.given]


def choice(test: Value, yes: Given, no: Given) -> Given:
    """Return IF: only the branch that is taken is computed."""

    def compute(known: Known, row: int) -> Array | CellValue:
        found = test(known, row)
        if found is True or (found is not False and number(found)):
            return yes(known, row)
        return no(known, row)

    return compute


def _if_error(compiler: "Compiler", call: Call) -> Value:
    tried, other = operands(compiler, call, 2, 2)

    def compute(known: Known, row: int) -> CellValue:
        try:
            found = tried(known, row)
        except RaisedError:
            return other(known, row)
        return other(known, row) if type(found) is Error else found

    return compute


def _choose(compiler: "Compiler", call: Call) -> Value:
    which, *choices = operands(compiler, call, 2, 1 + _MOST_CHOICES)

    def compute(known: Known, row: int) -> CellValue:
        place = int(number(which(known, row)))
        if not 1 <= place <= len(choices):
            raise RaisedError(VALUE)
        return choices[place - 1](known, row)

    return compute


def _index(compiler: "Compiler", call: Call) -> Value:
    """Return INDEX of one cell."""
    reference, down, across = _index_parts(compiler, call)

    def compute(known: Known, row: int) -> CellValue:
        at, beside = int(number(down(known, row))) - 1, int(number(across(known, row))) - 1
        inside(reference, at, beside)
        if at < 0 or beside < 0:
            raise RaisedError(VALUE)
        return reference.at(known, at, beside)

    return compute


def indexed(compiler: "Compiler", call: Call) -> Given:
    """Return INDEX as a range: of one cell, or with 0 a whole column or row."""
    reference, down, across = _index_parts(compiler, call)

    def compute(known: Known, row: int) -> Array:
        at, beside = int(number(down(known, row))) - 1, int(number(across(known, row))) - 1
        inside(reference, at, beside)
        found = reference if beside < 0 else reference.column(beside)
        return known.array(found if at < 0 else found.row(at))

    return compute


def _index_parts(compiler: "Compiler", call: Call) -> tuple[Reference, Value, Value]:
    if not 2 <= len(call.given) <= 3:
        raise FormulaError(f"INDEX is given {len(call.given)} values")
    first, *places = call.given
    reference, one = compiler.scope.reference(first), Constant(1.0)
    if len(places) == 1 and reference.rows > 1 and reference.width > 1:
        raise FormulaError("INDEX of several rows and columns needs the place in both")
    if len(places) == 1:
        places = [one, *places] if reference.width > 1 else [*places, one]
    down, across = (compiler.value(place) for place in places)
    return reference, down, across


def _row(compiler: "Compiler", call: Call) -> Given:
    if not call.given:
        first = compiler.scope.own_row()
        return lambda _known, row: float(first + row)
    reference = _only_reference(compiler, call)
    rows = [float(reference.top + row) for row in range(reference.rows)]
    found = rows[0] if len(rows) == 1 else Array(rows)
    return lambda _known, _row: found


def _is_formula(compiler: "Compiler", call: Call) -> Given:
    reference, names = _only_reference(compiler, call), compiler.scope.names
    cells: Sequence[CellValue]
    if isinstance(reference, Body):
        computed = names.tables[reference.table].formulas
        cells = [field in computed for field in reference.fields] * reference.rows
    else:
        sheet, top, left, bottom, right = reference
        places = ((sheet, y, x) for y in range(top, bottom + 1) for x in range(left, right + 1))
        cells = [place in names.formulas for place in places]
    found = Array(cells, reference.width) if len(cells) > 1 else cells[0]
    return lambda _known, _row: found


def _only_reference(compiler: "Compiler", call: Call) -> Reference:
    if len(call.given) != 1:
        raise FormulaError(f"{call.function} is given {len(call.given)} values")
    return compiler.scope.reference(call.given[0])


def _rows(compiler: "Compiler", call: Call) -> Value:
    count = float(_only_reference(compiler, call).rows)
    return lambda _known, _row: count


def _columns(compiler: "Compiler", call: Call) -> Value:
    count = float(_only_reference(compiler, call).width)
    return lambda _known, _row: count


def _today(compiler: "Compiler", call: Call) -> Value:
    operands(compiler, call, 0, 0)
    return lambda known, _row: known.day


OF_ONE_VALUE: Mapping[str, Callable[["Compiler", Call], Value]] = {
    "CHOOSE": _choose,
    "COLUMNS": _columns,
    "IFERROR": _if_error,
    "INDEX": _index,
    "ROWS": _rows,
    "TODAY": _today,
}
"""They give a single value, inside of SUMPRODUCT too."""
OF_REFERENCES: Mapping[str, Callable[["Compiler", Call], Given]] = {
    "ISFORMULA": _is_formula,
    "ROW": _row,
}
"""They give a value for each cell of a reference."""
