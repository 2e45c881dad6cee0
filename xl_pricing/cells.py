"""Cell values in and out: numbers, words and blanks; error cells; ranges of any shape."""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain, islice, repeat
from math import isfinite
from typing import Any

from xl_pricing.errors import CellError, InvalidValueError, OutOfRangeError, XlPricingError

# CVErr numbers and the names that cells show for them.
ERROR_NAMES = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}
NOT_AVAILABLE = ERROR_NAMES[2042]

_ERRORS = frozenset(ERROR_NAMES.values())
# COM delivers an error cell as this number plus its CVErr number.
_COM_ERROR = -2_146_828_288
_COM_ERRORS = range(-2_146_826_300, -2_146_826_199)
_SAMPLE_ROWS = 1024
# One way to match any digits, lest a cell full of them takes a minute.
_DECIMAL = r"(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = re.compile(rf"[+-]?{_DECIMAL}(e[+-]?\d{{1,4}})?", re.IGNORECASE)
# Whole groups of three only: 1,5 and 0,500 have a decimal comma, as many countries write it.
_GROUPED = r"[1-9１-９]\d{0,2}(?:[,，]\d{3})+(?:\.\d*)?"
_WRITTEN = re.compile(rf"([+-]?(?:{_DECIMAL}|{_GROUPED}))\s*([%％]?)")

Grid = Sequence[Sequence[Any]]


def is_blank(value: object) -> bool:
    """Tell whether a value stands for an omitted argument: ``None`` or empty text."""
    return value is None or (isinstance(value, str) and not value.strip())


def error_in(value: object) -> str | None:
    """Return the name of an error cell's error, or ``None``."""
    if isinstance(value, str):
        return value if value in _ERRORS else None
    if type(value) is int and value in _COM_ERRORS:
        return ERROR_NAMES.get(value - _COM_ERROR, "#VALUE!")
    return None


def is_number(text: str) -> bool:
    """Tell whether text is a bare number: neither 1,000 nor 20%, which may be words."""
    return _NUMBER.fullmatch(text.strip()) is not None


def read_number(value: object, name: str) -> Fraction:
    """Read a number, or text that is one, as the decimal it shows; TRUE and FALSE are not numbers.

    Text may have thousands separators and a percent sign: ``1,234.5``, ``20%``. Raises
    `InvalidValueError` for what is not a number, `OutOfRangeError` for NaN and infinity.
    """
    refuse_error(value, name)
    number = _number_in(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal | Fraction):
        raise InvalidValueError(f"{name} {shown(value)} is not a number; accepted: a number")
    if not _fits_a_cell(number):
        raise OutOfRangeError(f"{name} {shown(value)} is out of range; accepted: a finite number")
    # By way of a Decimal, which parses faster than a Fraction.
    return Fraction(Decimal(str(number)) if isinstance(number, float) else number)


def _number_in(text: str) -> float | None:
    """Return the number that text is, ``None`` where it is none or a decimal comma leaves doubt."""
    if is_number(text):
        return float(text)
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        return None
    digits = written[1].replace(",", "").replace("，", "")
    return float(f"{digits}e-2" if written[2] else digits)


def _fits_a_cell(number: float | Decimal | Fraction) -> bool:
    try:
        return isfinite(number)
    except (OverflowError, ValueError):  # an integer over 1e308, a signalling NaN
        return False


def read_whole(value: object, name: str, low: int, high: int) -> int:
    """Read a whole number from ``low`` to ``high``; raise `OutOfRangeError` for any other."""
    number = read_number(value, name)
    if number.denominator != 1 or not low <= number <= high:
        raise OutOfRangeError(
            f"{name} {shown(value)} is out of range; accepted: whole numbers, {low:,} to {high:,}"
        )
    return int(number)


def read_word(value: object, name: str) -> str:
    """Read a word; raise `InvalidValueError` where it is missing or not text."""
    word = value.strip() if isinstance(value, str) else value
    if word is None or word == "":
        raise InvalidValueError(f"{name} is missing; accepted: text")
    if not isinstance(word, str):
        refuse_error(value, name)
        raise InvalidValueError(f"{name} {shown(value)} is not text; accepted: text")
    if word in _ERRORS:
        raise CellError(word, name)
    return word


def shown(value: object) -> str:
    """Write a value for an error sentence, cut to 60 characters."""
    text = str(value).upper() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_grid(value: object) -> bool:
    """Tell whether a value is a range rather than one cell."""
    return isinstance(value, list | tuple)


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
    function: Callable[..., Any],
    arguments: Sequence[Any],
    *,
    bind: Callable[..., Callable[[Any, Any], Any]] | None = None,
    blank: bool = False,
) -> Any:  # noqa: ANN401 - a cell or a range of cells
    """Call ``function`` for every cell of the arguments' common shape.

    Ranges broadcast as in Excel: one row or column is repeated, and cells beyond the end of a
    shorter range are #N/A. An error cell comes out as that error and an error raised as its Excel
    name, each in its own cell only. With ``blank`` a row whose first two arguments are blank
    answers empty text.
    """
    grids = [as_grid(argument) for argument in arguments]
    height = max(map(len, grids))
    width = max(max(map(len, grid), default=0) for grid in grids)
    if bind and all(len(grid) == 1 == len(grid[0]) for grid in grids[2:]):
        function, grids = _bound(bind, [grid[0][0] for grid in grids[2:]]), grids[:2]
    answers = _answer_all(function, [_stretch(grid, height, width) for grid in grids], blank=blank)
    if not any(map(is_grid, arguments)):
        return next(answers)
    if all(as_grid(argument) is not argument for argument in arguments):
        return list(answers)  # every range was a plain row
    with _collector_paused():
        return [[answer] for answer in answers] if width == 1 else list(_rows(answers, width))


def _answer_all(
    function: Callable[..., Any], columns: Sequence[Iterable[Any]], *, blank: bool
) -> Iterator[Any]:
    """Yield the answer to each row of arguments; answers are remembered where rows repeat."""
    rows = zip(*columns, strict=False)
    sample = list(islice(rows, _SAMPLE_ROWS))
    if 2 * len(set(sample)) <= len(sample):
        function = lru_cache(maxsize=_SAMPLE_ROWS, typed=True)(function)
    for row in chain(sample, rows):
        try:
            yield function(*row)
        except XlPricingError as error:
            skipped = blank and is_blank(row[0]) and is_blank(row[1])
            yield "" if skipped else error.cell_error


def _bound(bind: Callable[..., Callable[..., Any]], rest: Sequence[Any]) -> Callable[..., Any]:
    """Bind what is the same in every row; what cannot be bound raises in every row."""
    try:
        return bind(*rest)
    except XlPricingError as error:
        return partial(_raise, error)


def _raise(error: XlPricingError, *_row: object) -> None:
    raise error


def refuse_error(value: object, name: str) -> None:
    """Raise `CellError` where a cell holds an error."""
    error = error_in(value)
    if error:
        raise CellError(error, name)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the collector: a long range makes many lists and no cycles, and takes half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
