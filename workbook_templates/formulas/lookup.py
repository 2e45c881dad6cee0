"""The functions of ranges: sums, counts and searches; a range of thousands of rows is indexed."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from operator import ge, gt, le, lt
from typing import NamedTuple, TypeAlias

from workbook_templates.formulas.values import (
    NA,
    NUM,
    VALUE,
    Array,
    CellValue,
    Error,
    FormulaError,
    RaisedError,
    cells_of,
    number,
    numbers,
    rank,
    read_number,
)

Given: TypeAlias = Array | CellValue
_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_ORDERS: dict[str, Callable[[float, float], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}
_CACHED = 4096


class Pattern(NamedTuple):
    """Text that is sought: plain, or with wildcards, ``*`` and ``?``; ``~`` makes them plain."""

    plain: str | None
    regex: re.Pattern[str]

    def fits(self, cell: CellValue) -> bool:
        """Tell whether a cell is such a text, in any case."""
        return type(cell) is str and self.regex.fullmatch(cell.lower()) is not None


@lru_cache(_CACHED)
def pattern(sought: str) -> Pattern:
    """Read text that is sought."""
    parts = re.findall(r"~[*?~]|.", sought.lower(), re.DOTALL)
    plain = None if {"*", "?"} & set(parts) else "".join(part[-1] for part in parts)
    wild = {"*": ".*", "?": "."}
    regex = "".join(wild.get(part, re.escape(part[-1])) for part in parts)
    return Pattern(plain, re.compile(regex, re.DOTALL))


class Criterion(NamedTuple):
    """A criterion of COUNTIFS and its sisters: a test, and the value that alone passes it."""

    fits: Callable[[CellValue], bool]
    exactly: float | str | None = None


def criterion(sought: CellValue) -> Criterion:
    """Read a criterion: a number, text with wildcards, or ``<>``, ``>=`` … before either."""
    if isinstance(sought, Error):
        raise RaisedError(sought)
    if isinstance(sought, bool):
        return Criterion(lambda cell: cell is sought)
    return _criterion(0.0 if sought is None else sought)


@lru_cache(_CACHED)
def _criterion(sought: float | str) -> Criterion:
    mark, word = "=", sought
    if isinstance(sought, str):
        mark, word = _CRITERION.fullmatch(sought).groups("")  # type: ignore[union-attr]  # fits all
        figure = read_number(word)
        word = word if figure is None else figure
        if word == "":
            return _blank(mark)
    if isinstance(word, float):
        return _of_number(mark, word)
    if mark in _ORDERS:
        raise FormulaError(f"the criterion {sought!r}; accepted: a number after {mark}")
    sought_text = pattern(word)
    if mark == "<>":
        return Criterion(lambda cell: not sought_text.fits(cell))
    return Criterion(sought_text.fits, sought_text.plain)


def _blank(mark: str) -> Criterion:
    if mark == "<>":
        return Criterion(lambda cell: cell is not None)
    if mark == "=":
        return Criterion(lambda cell: cell is None)
    return Criterion(lambda cell: cell is None or cell == "")


def _of_number(mark: str, figure: float) -> Criterion:
    def equals(cell: CellValue) -> bool:
        return (
            cell == figure
            if type(cell) is float
            else (type(cell) is str and read_number(cell) == figure)
        )

    if mark == "<>":
        return Criterion(lambda cell: not equals(cell))
    if mark in _ORDERS:
        test = _ORDERS[mark]
        return Criterion(lambda cell: type(cell) is float and test(cell, figure))
    return Criterion(equals, figure)


def _where(pairs: Sequence[Given]) -> Sequence[int]:
    """Return the positions of the rows that meet all criteria."""
    if len(pairs) % 2:
        raise FormulaError("a range has no criterion")
    found: Sequence[int] | None = None
    for i in range(0, len(pairs), 2):
        array, test = _array(pairs[i]), criterion(_value(pairs[i + 1]))
        if found is None and test.exactly is not None:
            found = array.places.get(test.exactly, ())
            size = len(array.cells)
            continue
        if found is None:
            found, size = range(len(array.cells)), len(array.cells)
        if len(array.cells) != size:
            raise RaisedError(VALUE)
        found = [at for at in found if test.fits(array.cells[at])]
    return found or ()


def _array(given: Given) -> Array:
    return given if isinstance(given, Array) else Array([given])


def _value(given: Given) -> CellValue:
    if not isinstance(given, Array):
        return given
    if len(given.cells) > 1:
        raise FormulaError("a range stands where one value is needed")
    return given.cells[0]


def count_ifs(*pairs: Given) -> float:
    """Count the rows that meet all criteria."""
    return float(len(_where(pairs)))


def count_ifs_each(*pairs: Given) -> Given:
    """Count the rows that meet all criteria, once for each row of ranges of criteria."""
    sought = [each.cells for each in pairs[1::2] if isinstance(each, Array) and len(each.cells) > 1]
    if not sought:
        return count_ifs(*pairs)
    if len({len(cells) for cells in sought}) > 1:
        raise RaisedError(VALUE)
    return Array([count_ifs(*_of_row(pairs, row)) for row in range(len(sought[0]))])


def _of_row(pairs: Sequence[Given], row: int) -> list[Given]:
    """Return ranges and criteria with those of one row in the place of ranges of criteria."""
    return [
        each.cells[row] if i % 2 and isinstance(each, Array) and len(each.cells) > 1 else each
        for i, each in enumerate(pairs)
    ]


def count_if(tested: Given, sought: Given) -> float:
    """Count the cells that meet a criterion."""
    return count_ifs(tested, sought)


def sum_ifs(summed: Given, *pairs: Given) -> float:
    """Sum a range where others meet their criteria."""
    cells = _array(summed).cells
    return float(sum(numbers(Array([cells[at] for at in _where(pairs)]))))


def sum_if(tested: Given, sought: Given, summed: Given = None) -> float:
    """Sum a range where it, or another, meets a criterion."""
    return sum_ifs(tested if summed is None else summed, tested, sought)


def match(sought: Given, cells: Given, kind: Given) -> float:
    """Return the position of a value, the first of several; #N/A where there is none."""
    if _value(kind) != 0:
        raise FormulaError("MATCH by order; accepted: an exact match, 0")
    array, value = _array(cells), _value(sought)
    if type(value) is str:
        wanted = pattern(value)
        if wanted.plain is None:
            value = next((cell for cell in array.cells if wanted.fits(cell)), NA)
        else:
            value = wanted.plain
    position = array.first.get(rank(value))
    if position is None:
        raise RaisedError(NA)
    return float(position)


def small(cells: Given, k: Given) -> float:
    """Return the k-th smallest number."""
    found, place = sorted(numbers(_array(cells))), int(number(_value(k)))
    if not 1 <= place <= len(found):
        raise RaisedError(NUM)
    return found[place - 1]


def sum_product(*given: Given) -> float:
    """Sum the products of the cells at one place of arrays of one shape; only numbers count."""
    arrays = [_array(each) for each in given]
    if len({(len(array.cells), array.width) for array in arrays}) > 1:
        raise RaisedError(VALUE)
    for cell in cells_of(*arrays):
        if type(cell) is Error:
            raise RaisedError(cell)
    rows = zip(*(array.cells for array in arrays), strict=True)
    return float(sum(prod(c if type(c) is float else 0.0 for c in row) for row in rows))


def _logical(*given: Given) -> list[bool]:
    """Return what AND and OR look at; text in a range is nothing to them."""
    found = [
        bool(number(cell))
        for each in given
        for cell in cells_of(each)
        if not isinstance(each, Array) or (cell is not None and type(cell) is not str)
    ]
    if not found:
        raise RaisedError(VALUE)
    return found


FUNCTIONS: dict[str, Callable[..., CellValue]] = {
    "AND": lambda *given: all(_logical(*given)),
    "COUNT": lambda *given: float(sum(type(cell) is float for cell in cells_of(*given))),
    "COUNTA": lambda *given: float(sum(cell is not None for cell in cells_of(*given))),
    "COUNTIF": count_if,
    "COUNTIFS": count_ifs,
    "MATCH": match,
    "MAX": lambda *given: max(numbers(*given), default=0.0),
    "MIN": lambda *given: min(numbers(*given), default=0.0),
    "OR": lambda *given: any(_logical(*given)),
    "SMALL": small,
    "SUM": lambda *given: float(sum(numbers(*given))),
    "SUMIF": sum_if,
    "SUMIFS": sum_ifs,
    "SUMPRODUCT": sum_product,
}
"""What computes a single value of arrays and values."""
BY_CELL: dict[str, Callable[..., Given]] = {"COUNTIFS": count_ifs_each}
"""What answers with an array where arrays are computed cell by cell."""
