"""Functions of single values, applied cell by cell to ranges."""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

from workbook_templates.formulas.values import Array, CellValue, FormulaError, RaisedError


def spread(
    function: Callable[..., CellValue], given: Sequence[Array | CellValue]
) -> Array | CellValue:
    """Apply a function cell by cell; a value goes with every cell."""
    arrays = [each for each in given if isinstance(each, Array)]
    if not arrays:
        return function(*given)
    if len({(array.width, len(array.cells)) for array in arrays}) > 1:
        raise FormulaError("ranges of other shapes are computed with each other")
    width, count = arrays[0].width, len(arrays[0].cells)
    try:
        return Array(list(map(function, *_columns(given, count))), width)
    except RaisedError:
        rows = zip(*_columns(given, count), strict=True)
        return Array([_answer(function, row) for row in rows], width)


def _columns(given: Sequence[Array | CellValue], count: int) -> list[Iterable[CellValue]]:
    return [each.cells if isinstance(each, Array) else repeat(each, count) for each in given]


def _answer(function: Callable[..., CellValue], values: Iterable[CellValue]) -> CellValue:
    try:
        return function(*values)
    except RaisedError as raised:
        return raised.error
