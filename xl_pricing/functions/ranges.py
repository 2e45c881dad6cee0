"""Ranges of any shape: how they broadcast, and a function called for every cell."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, islice, repeat
from typing import Any

from xl_pricing.collector import collector_paused
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.estimation.usage import Metered
from xl_pricing.functions.values import NOT_AVAILABLE, is_blank, refuse_error

_SAMPLE_ROWS = 1024

Grid = Sequence[Sequence[Any]]


def is_grid(value: object) -> bool:
    """Tell whether a value is a range rather than one cell; a usage that was read is one value."""
    return isinstance(value, list | tuple) and not isinstance(value, Metered)


def as_grid(value: object) -> Grid:
    """Return rows of cells for a range, a row, or one cell."""
    if not isinstance(value, list | tuple):
        return ((value,),)
    return value if value and is_grid(value[0]) else (value,)


def read_range(value: object, name: str) -> Any:  # noqa: ANN401 - a range, or what replaces it
    """Return a range without error cells, or ``None`` for a blank cell."""
    cells = list(chain.from_iterable(as_grid(value)))
    for cell in cells:
        refuse_error(cell, name)
    return None if all(map(is_blank, cells)) else value


def read_only_cell(value: object, name: str) -> object:
    """Return the cell of a 1 x 1 range; raise `CellError` where it holds an error."""
    cells = list(chain.from_iterable(as_grid(value)))
    if len(cells) != 1:
        raise InvalidValueError(f"{name} has {len(cells)} cells; accepted: one cell")
    refuse_error(cells[0], name)
    return cells[0]


def map_cells(
    pricer: Callable[..., Callable[..., Any]], arguments: Sequence[Any], *, blank: bool = False
) -> Any:  # noqa: ANN401 - a cell or a range of cells
    """Answer every cell of the arguments' common shape by ``pricer(*rest)(first, second)``.

    Where the rest is the same for all cells, the pricer reads it once.

    Ranges broadcast as in Excel: one row or column is repeated, and cells beyond the end of a
    shorter range are #N/A. An error cell comes out as that error and an error raised as its Excel
    name, each in its own cell only. With ``blank`` a row whose first two arguments are blank
    answers empty text.
    """
    if not any(map(is_grid, arguments)):
        return _answer_one(pricer, arguments, blank=blank)
    grids = [as_grid(argument) for argument in arguments]
    height = max(map(len, grids))
    width = max(max(map(len, grid), default=0) for grid in grids)
    if all(len(grid) == 1 == len(grid[0]) for grid in grids[2:]):
        function, grids = _bound(pricer, [grid[0][0] for grid in grids[2:]]), grids[:2]
    else:
        function = partial(_price, pricer)
    with collector_paused():
        answers = _answer_all(
            function, lambda: [_stretch(grid, height, width) for grid in grids], blank=blank
        )
        if all(as_grid(argument) is not argument for argument in arguments):
            return answers  # every range was a plain row
        if width == 1:
            return [[answer] for answer in answers]
        return list(_rows(iter(answers), width))


def _answer_one(
    pricer: Callable[..., Callable[..., Any]], cells: Sequence[Any], *, blank: bool
) -> Any:  # noqa: ANN401 - a cell
    """Answer for one cell each, without what only ranges need."""
    first = cells[:2]
    try:
        return pricer(*cells[2:])(*first)
    except XlPricingError as error:
        return "" if blank and all(map(is_blank, first)) else error.cell_error


def _answer_all(
    function: Callable[..., Any], columns: Callable[[], Sequence[Iterable[Any]]], *, blank: bool
) -> list[Any]:
    """Return the answer to each row of arguments; answers are remembered where rows repeat."""
    sample = list(islice(zip(*columns(), strict=False), _SAMPLE_ROWS))
    if 2 * len(set(sample)) <= len(sample):
        function = lru_cache(maxsize=_SAMPLE_ROWS, typed=True)(function)
    answers: list[Any] = []
    rows = enumerate(zip(*columns(), strict=False))
    coming = map(function, *columns())  # a row that raises ends neither it nor what came before
    while True:
        try:
            answers.extend(coming)
        except XlPricingError as error:
            row = next(row for i, row in rows if i == len(answers))
            skipped = blank and is_blank(row[0]) and is_blank(row[1])
            answers.append("" if skipped else error.cell_error)
        else:
            return answers


def _price(
    pricer: Callable[..., Callable[..., Any]],
    first: object,
    second: object,
    *rest: object,
) -> Any:  # noqa: ANN401 - a cell
    return pricer(*rest)(first, second)


def _bound(pricer: Callable[..., Callable[..., Any]], rest: Sequence[Any]) -> Callable[..., Any]:
    """Read what is the same in every row; what cannot be read raises in every row."""
    try:
        return pricer(*rest)
    except XlPricingError as error:
        return partial(_raise, error)


def _raise(error: XlPricingError, *_row: object) -> None:
    raise error


def _rows(answers: Iterator[Any], width: int) -> Iterator[list[Any]]:
    while row := list(islice(answers, width)):
        yield row


def _stretch(grid: Grid, height: int, width: int) -> Iterable[Any]:
    """Yield ``height`` x ``width`` cells of a range, row by row."""
    if len(grid) == height and set(map(len, grid)) == {width}:
        return chain.from_iterable(grid)
    if len(grid) == 1 == len(grid[0]):
        return repeat(grid[0][0], height * width)
    rows = repeat(grid[0], height) if len(grid) == 1 else iter(grid)
    beyond = [NOT_AVAILABLE] * width
    padded = islice(chain(rows, repeat(beyond)), height)
    return chain.from_iterable(_stretch_row(row, width) for row in padded)


def _stretch_row(row: Sequence[Any], width: int) -> Iterable[Any]:
    if len(row) == 1:
        return repeat(row[0], width)
    return chain(row, repeat(NOT_AVAILABLE, width - len(row)))
