"""Functions of single values, applied cell by cell to ranges."""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

from workbook_templates.formulas.values import Array, CellValue, FormulaError, RaisedError


def spread(
    function: Callable[..., CellValue], given: Sequence[Array | CellValue]
) -> Array | CellValue:
    """Apply a function cell by cell; a value, a row or a column goes with all of the others."""
    arrays = [each for each in given if isinstance(each, Array)]
    if not arrays:
        return function(*given)
    width = max(array.width for array in arrays)
    height = max(len(array.cells) // array.width for array in arrays)
    try:
        cells = map(function, *[_stretched(each, height, width) for each in given])
        return Array(list(cells), width)
    except RaisedError:
        rows = zip(*[_stretched(each, height, width) for each in given], strict=False)
        return Array([_answer(function, row) for row in rows], width)


def _stretched(each: Array | CellValue, height: int, width: int) -> Iterable[CellValue]:
    """Return the cells of a range, or a value again and again, in the shape of the widest."""
    if not isinstance(each, Array):
        return repeat(each, height * width)
    if each.width == width and len(each.cells) == height * width:
        return each.cells
    if each.width not in {1, width} or len(each.cells) // each.width not in {1, height}:
        raise FormulaError("ranges of other shapes are computed with each other")
    tall = len(each.cells) > each.width
    return [
        each.cells[(row if tall else 0) * each.width + (column if each.width > 1 else 0)]
        for row in range(height)
        for column in range(width)
    ]


def _answer(function: Callable[..., CellValue], values: Iterable[CellValue]) -> CellValue:
    try:
        return function(*values)
    except RaisedError as raised:
        return raised.error
