"""Functions of single values, applied cell by cell to ranges."""

from collections.abc import Callable, Iterable, Sequence

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
    columns = [each.cells if isinstance(each, Array) else [each] * count for each in given]
    try:
        return Array(list(map(function, *columns)), width)
    except RaisedError:
        return Array([_answer(function, row) for row in zip(*columns, strict=True)], width)


def _answer(function: Callable[..., CellValue], values: Iterable[CellValue]) -> CellValue:
    try:
        return function(*values)
    except RaisedError as raised:
        return raised.error
