"""Values of cells, and how one kind is read as another."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

_EPOCH = date(1899, 12, 30)
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[+-]?\d+)?(%?)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
_MOST_PLAIN = 1e21
_LEAST_PLAIN = 1e-19


class Error(str):
    """An error cell: ``#N/A``."""

    __slots__ = ()


CellValue: TypeAlias = float | str | bool | Error | None
"""What a cell holds or shows; `None` is blank. A day is the number of days since 1899-12-30."""

NA, VALUE, DIV, NUM, REF = map(Error, ("#N/A", "#VALUE!", "#DIV/0!", "#NUM!", "#REF!"))


class FormulaError(ValueError):
    """A formula that is not computed: a function, a name or a grammar that is not known."""

    placed = False
    """Whether the sentence begins with the formula's cell."""

    def at(self, place: str) -> "FormulaError":
        """Return the error with the place of its formula."""
        found = FormulaError(f"{place}: {self}")
        found.placed = True
        return found


class RaisedError(Exception):
    """An error on its way through a formula."""

    def __init__(self, error: Error) -> None:
        """Keep the error that the cell shows."""
        super().__init__(error)
        self.error = error


class Array:
    """Cells in rows of ``width``, left to right; never changed once it is made."""

    def __init__(self, cells: Sequence[CellValue], width: int = 1) -> None:
        """Keep the cells."""
        self.cells, self.width = cells, width

    @cached_property
    def first(self) -> dict[tuple[int, float | str | bool], int]:
        """The first position, from 1, of each value that is not blank and no error."""
        found: dict[tuple[int, float | str | bool], int] = {}
        for position, cell in enumerate(self.cells, start=1):
            if cell is not None and type(cell) is not Error:
                found.setdefault(rank(cell), position)
        return found

    @cached_property
    def places(self) -> dict[float | str, list[int]]:
        """The positions, from 0, of each number and each text in any case.

        A text that is a number stands under both, as COUNTIFS and its sisters count it.
        """
        found: dict[float | str, list[int]] = {}
        for position, cell in enumerate(self.cells):
            if type(cell) is float:
                found.setdefault(cell, []).append(position)
            elif type(cell) is str:
                found.setdefault(cell.lower(), []).append(position)
                if (figure := read_number(cell)) is not None:
                    found.setdefault(figure, []).append(position)
        return found


def days(day: date) -> float:
    """Return a day as a cell holds it."""
    return float((date(day.year, day.month, day.day) - _EPOCH).days)


def typed_value(value: date | CellValue) -> CellValue:
    """Return what a formula sees of a typed value."""
    if type(value) is int:
        return float(value)
    if isinstance(value, date):
        return days(value)
    return value


def read_number(typed: str) -> float | None:
    """Return the number, day or time that a text is; `None` for other text."""
    word = typed.strip()
    if (found := _NUMBER.fullmatch(word)) and (found[1] or len(found[3] or "") > 1):
        return float(word.rstrip("%").replace(",", "")) / (100 if found[5] else 1)
    if found := _DAY.fullmatch(word):
        try:
            return days(date(*map(int, found.groups())))
        except ValueError:
            return None
    if found := _TIME.fullmatch(word):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return (hours * 3600 + minutes * 60 + seconds) / 86_400
    return None


def number(value: CellValue) -> float:
    """Return a number for arithmetic: blank is 0, text that is a number is one."""
    if type(value) is float:
        return value
    if value is None:
        return 0.0
    if isinstance(value, Error):
        raise RaisedError(value)
    if isinstance(value, str):
        found = read_number(value)
        if found is None:
            raise RaisedError(VALUE)
        return found
    return float(value)


def text(value: CellValue) -> str:
    """Return a value as text: a number with 15 digits, blank as none."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, Error):
        raise RaisedError(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    figure = f"{value:.15g}"
    if "e" not in figure:
        return figure
    if _LEAST_PLAIN < abs(float(value)) < _MOST_PLAIN:
        return f"{Decimal(figure):f}"
    return f"{Decimal(figure):E}"


def rank(value: CellValue) -> tuple[int, float | str | bool]:
    """Return a key by which values compare: numbers, text in any case, then FALSE and TRUE."""
    if type(value) is float:
        return 0, value
    if isinstance(value, Error):
        raise RaisedError(value)
    if isinstance(value, str):
        return 1, value.lower()
    return (0, 0.0) if value is None else (2, value)


def cells_of(*given: "Array | CellValue") -> Iterator[CellValue]:
    """Yield the cells of arrays, and values."""
    for each in given:
        if isinstance(each, Array):
            yield from each.cells
        else:
            yield each


def numbers(*given: "Array | CellValue") -> Iterator[float]:
    """Yield the numbers in arrays and values: in an array only numbers are, not text nor TRUE."""
    for each in given:
        if not isinstance(each, Array):
            yield number(each)
            continue
        for cell in each.cells:
            if type(cell) is float:
                yield cell
            elif isinstance(cell, Error):
                raise RaisedError(cell)
