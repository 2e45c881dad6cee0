"""The functions that look at references, or choose what is computed at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbook_templates.formulas.parse import Call, Constant
from workbook_templates.formulas.references import Block, Known
from workbook_templates.formulas.scope import Given
from workbook_templates.formulas.values import (
    REF,
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


def always(found: Array | CellValue) -> Given:
    """Return the function of what is the same in every calculation."""
    return lambda _known, _row: found


def caught(operand: Given) -> Given:
    """Return the function that gives an error of its operand as a value."""

    def compute(known: Known, row: int) -> Array | CellValue:
        try:
            return operand(known, row)
        except RaisedError as raised:
            return raised.error

    return compute


def _if(compiler: "Compiler", call: Call, *, by_cell: bool) -> Given:
    """Return IF of one condition: only the branch that is taken is computed."""
    test, *nodes = call.given
    condition, branch = compiler.value(test), compiler.array if by_cell else compiler.value
    yes, no = map(branch, (*nodes, Call("FALSE", ()))[:2])

    def compute(known: Known, row: int) -> Array | CellValue:
        found = condition(known, row)
        if found is True or (found is not False and number(found)):
            return yes(known, row)
        return no(known, row)

    return compute


def _if_error(compiler: "Compiler", call: Call, **_by_cell: bool) -> Given:
    tried, other = map(compiler.value, call.given)

    def compute(known: Known, row: int) -> CellValue:
        try:
            found = tried(known, row)
        except RaisedError:
            return other(known, row)
        return other(known, row) if type(found) is Error else found

    return compute


def _choose(compiler: "Compiler", call: Call, **_by_cell: bool) -> Given:
    which, *choices = map(compiler.value, call.given)

    def compute(known: Known, row: int) -> CellValue:
        place = int(number(which(known, row)))
        if not 1 <= place <= len(choices):
            raise RaisedError(VALUE)
        return choices[place - 1](known, row)

    return compute


def _index(compiler: "Compiler", call: Call, **_by_cell: bool) -> Given:
    """Return INDEX of one cell."""
    found = _indexed(compiler, call)

    def compute(known: Known, row: int) -> CellValue:
        block = found(known, row)
        if block.is_range:
            raise RaisedError(VALUE)
        return known.cells[block[:3]]

    return compute


def index_range(compiler: "Compiler", call: Call) -> Given:
    """Return INDEX as a range: of one cell, or with 0 a whole column or row."""
    _check(call)
    found = _indexed(compiler, call)
    return lambda known, row: known.array(found(known, row))


def _indexed(compiler: "Compiler", call: Call) -> Callable[[Known, int], Block]:
    block, places = compiler.scope.reference(call.given[0]), call.given[1:]
    if len(places) == 1 and block.rows > 1 and block.width > 1:
        raise FormulaError("INDEX of several rows and columns needs the place in both")
    if len(places) == 1:
        one = Constant(1.0)
        places = (one, *places) if block.width > 1 else (*places, one)
    down, across = map(compiler.value, places)

    def compute(known: Known, row: int) -> Block:
        at, beside = int(number(down(known, row))) - 1, int(number(across(known, row))) - 1
        if not (-1 <= at < block.rows and -1 <= beside < block.width):
            raise RaisedError(REF)
        return block.part(at, beside)

    return compute


def _row(compiler: "Compiler", call: Call, *, by_cell: bool) -> Given:
    if not call.given:
        first = compiler.scope.own_row()
        return lambda _known, row: float(first + row)
    block = _reference(compiler, call)
    return _of_cells(
        call, block, [float(block.top + row) for row in range(block.rows)], by_cell=by_cell
    )


def _is_formula(compiler: "Compiler", call: Call, *, by_cell: bool) -> Given:
    block, names = _reference(compiler, call), compiler.scope.names
    sheet, top, left, bottom, right = block
    table, across = names.table_of(block), range(left, right + 1)
    if table:
        fields = [field for field, number_ in table.columns.items() if number_ in across]
        cells = [field in table.formulas for field in fields] * block.rows
    else:
        cells = [(sheet, y, x) in names.formulas for y in range(top, bottom + 1) for x in across]
    return _of_cells(call, block, cells, by_cell=by_cell)


def _of_cells(call: Call, block: Block, cells: Sequence[CellValue], *, by_cell: bool) -> Given:
    """Return what a function tells of each cell of a reference, which is no range for a value."""
    if len(cells) == 1:
        return always(cells[0])
    if not by_cell:
        raise FormulaError(f"{call.function} of a range stands where one value is needed")
    return always(Array(cells, len(cells) // block.rows))


def _reference(compiler: "Compiler", call: Call) -> Block:
    return compiler.scope.reference(call.given[0])


class Special(NamedTuple):
    """A function: what compiles its call, and how many values that is given at least and most."""

    compile: Callable[..., Given]
    least: int
    most: int


FUNCTIONS: Mapping[str, Special] = {
    "CHOOSE": Special(_choose, 2, 255),
    "COLUMNS": Special(lambda *call, **_: always(float(_reference(*call).width)), 1, 1),
    "IF": Special(_if, 2, 3),
    "IFERROR": Special(_if_error, 2, 2),
    "INDEX": Special(_index, 2, 3),
    "ISFORMULA": Special(_is_formula, 1, 1),
    "ROW": Special(_row, 0, 1),
    "ROWS": Special(lambda *call, **_: always(float(_reference(*call).rows)), 1, 1),
    "TODAY": Special(lambda *_call, **_: lambda known, _row: known.day, 0, 0),
}
"""All give a single value inside of SUMPRODUCT too, but for IF, ISFORMULA and ROW."""


def compiled(compiler: "Compiler", call: Call, *, by_cell: bool) -> Given:
    """Return the function of a call of one of them."""
    _check(call)
    return FUNCTIONS[call.function].compile(compiler, call, by_cell=by_cell)


def _check(call: Call) -> None:
    special, count = FUNCTIONS[call.function], len(call.given)
    if not special.least <= count <= special.most:
        raise FormulaError(f"{call.function} is given {count} values")
