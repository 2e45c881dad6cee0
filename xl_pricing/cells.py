"""Cell values in and out: numbers, words and blanks; error cells; ranges of any shape."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
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
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)
_MEMO_ROWS = 4096

Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Logical:
    """TRUE or FALSE, kept apart from 1 and 0, which Python would take for equal."""

    value: bool

    def __repr__(self) -> str:
        """Write it as the cell shows it."""
        return str(self.value).upper()


def is_blank(value: object) -> bool:
    """Tell whether a value stands for an omitted argument: ``None`` or empty text."""
    return value is None or (isinstance(value, str) and not value.strip())


def error_in(value: object) -> str | None:
    """Return the name of an error cell's error, or ``None``."""
    if isinstance(value, str):
        return value if value in _ERRORS else None
    if isinstance(value, int) and value in _COM_ERRORS:
        return ERROR_NAMES.get(value - _COM_ERROR, "#VALUE!")
    return None


def is_number(text: str) -> bool:
    """Tell whether text is a number, as Excel would take it."""
    return _NUMBER.fullmatch(text.strip()) is not None


def read_number(value: object, name: str) -> Fraction:
    """Read a number, or text that is one, as the decimal it shows; TRUE and FALSE are not numbers.

    Raises `InvalidValueError` for what is not a number, `OutOfRangeError` for NaN and infinity.
    """
    if isinstance(value, Fraction):
        return value
    number: object = value
    if isinstance(value, str) and is_number(value):
        number = float(value)
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise InvalidValueError(f"{name} {shown(value)} is not a number; accepted: a number")
    if not isfinite(number):
        raise OutOfRangeError(f"{name} {shown(value)} is out of range; accepted: a finite number")
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


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
    if is_blank(value):
        raise InvalidValueError(f"{name} is missing; accepted: text")
    if not isinstance(value, str):
        raise InvalidValueError(f"{name} {shown(value)} is not text; accepted: text")
    return value.strip()


def shown(value: object) -> str:
    """Write a value for an error sentence, cut to 60 characters."""
    text = repr(Logical(value) if isinstance(value, bool) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_grid(value: object) -> bool:
    """Tell whether a value is a range rather than one cell."""
    return isinstance(value, list | tuple)


def as_grid(value: object) -> Grid:
    """Return rows of cells for a range, a row, or one cell."""
    if not isinstance(value, list | tuple):
        return ((value,),)
    return value if all(map(is_grid, value)) else (value,)


def read_range(value: object, name: str) -> Any:  # noqa: ANN401 - a range, or what replaces it
    """Return a range without error cells, or ``None`` for a blank cell."""
    cells = list(chain.from_iterable(as_grid(value)))
    for cell in cells:
        _refuse_error(cell, name)
    return None if all(map(is_blank, cells)) else value


def read_only_cell(value: object, name: str) -> object:
    """Return the cell of a 1 x 1 range; raise `CellError` where it holds an error."""
    cells = list(chain.from_iterable(as_grid(value)))
    if len(cells) != 1:
        raise InvalidValueError(f"{name} has {len(cells)} cells; accepted: one cell")
    _refuse_error(cells[0], name)
    return _clean(cells[0])


def map_cells(function: Callable[..., Any], arguments: Sequence[Any], *, blank_row: bool) -> Any:  # noqa: ANN401 - a cell or a range of cells
    """Call ``function`` for every cell of the arguments' common shape.

    Ranges broadcast as in Excel: one row or column is repeated, and cells beyond the end of a
    shorter range are #N/A. An error cell comes out as that error and an error raised as its Excel
    name, each in its own cell only. With ``blank_row`` a row whose first two arguments are blank
    answers empty text. Equal rows are computed once.
    """
    answers = _Answers(function, blank_row=blank_row)
    if not any(map(is_grid, arguments)):
        return answers[tuple(map(_clean, arguments))]
    grids = [as_grid(argument) for argument in arguments]
    height = max(map(len, grids))
    width = max(max(map(len, grid), default=0) for grid in grids)
    columns = [map(_clean, _stretch(grid, height, width)) for grid in grids]
    flat = map(answers.__getitem__, zip(*columns, strict=False))
    if all(as_grid(argument) is not argument for argument in arguments):
        return list(islice(flat, width))  # every range was a plain row
    return [list(islice(flat, width)) for _ in range(height)]


class _Answers(dict[tuple[Any, ...], Any]):
    """Answers by row of arguments; forgets all when it grows, so memory stays bounded."""

    def __init__(self, function: Callable[..., Any], *, blank_row: bool) -> None:
        super().__init__()
        self._function, self._blank_row = function, blank_row

    def __missing__(self, row: tuple[Any, ...]) -> object:
        if len(self) >= _MEMO_ROWS:
            self.clear()
        answer = self[row] = self._answer(row)
        return answer

    def _answer(self, row: tuple[Any, ...]) -> object:
        if not _ERRORS.isdisjoint(row):
            return next(value for value in row if value in _ERRORS)
        if self._blank_row and row[0] is None and row[1] is None:
            return ""
        try:
            return self._function(*row)
        except XlPricingError as error:
            return error.cell_error


def _refuse_error(value: object, name: str) -> None:
    error = error_in(value)
    if error:
        raise CellError(error, name)


def _clean(value: object) -> object:
    """Turn blanks into ``None``, logicals into `Logical`, error numbers into error names."""
    if type(value) is str:
        return value or None
    if type(value) is bool:
        return Logical(value)
    if type(value) is int and value in _COM_ERRORS:
        return error_in(value)
    return value


def _stretch(grid: Grid, height: int, width: int) -> Iterable[Any]:
    """Yield ``height`` x ``width`` cells of a range, row by row."""
    if len(grid) == 1 and len(grid[0]) == 1:
        return repeat(grid[0][0], height * width)
    rows: Iterator[Sequence[Any]] = repeat(grid[0], height) if len(grid) == 1 else iter(grid)
    short = [NOT_AVAILABLE] * width
    padded = islice(chain(rows, repeat(short)), height)
    return chain.from_iterable(_stretch_row(row, width) for row in padded)


def _stretch_row(row: Sequence[Any], width: int) -> Iterable[Any]:
    if len(row) == width:
        return row
    return repeat(row[0], width) if len(row) == 1 else (*row, *repeat(NOT_AVAILABLE, width - len(row)))
