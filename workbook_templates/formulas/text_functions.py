"""The functions of text, of text as numbers, and of numbers as text."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from workbook_templates.formulas.values import (
    NUM,
    VALUE,
    CellValue,
    FormulaError,
    RaisedError,
    number,
    read_number,
    text,
)

_SPACES = re.compile(" +")
_DAY = 86_400
_EPOCH = date(1899, 12, 30).toordinal()


def trim(value: CellValue) -> str:
    """Cut the spaces around, and all but one of those between words."""
    return _SPACES.sub(" ", text(value)).strip(" ")


def left(value: CellValue, count: CellValue = 1.0) -> str:
    """Return the first characters."""
    if number(count) < 0:
        raise RaisedError(VALUE)
    return text(value)[: int(number(count))]


def middle(value: CellValue, start: CellValue, count: CellValue) -> str:
    """Return so many characters from ``start`` on, which is 1 for the first."""
    first, length = int(number(start)), int(number(count))
    if first < 1 or length < 0:
        raise RaisedError(VALUE)
    return text(value)[first - 1 : first - 1 + length]


def find(part: CellValue, whole: CellValue, start: CellValue = 1.0) -> float:
    """Return where a part begins, from 1 on; #VALUE! where it does not."""
    first = int(number(start))
    at = text(whole).find(text(part), first - 1) if first > 0 else -1
    if at < 0:
        raise RaisedError(VALUE)
    return at + 1.0


def substitute(whole: CellValue, old: CellValue, new: CellValue) -> str:
    """Put a text in the place of another, wherever it stands."""
    return text(whole).replace(text(old), text(new)) if text(old) else text(whole)


def repeat(value: CellValue, count: CellValue) -> str:
    """Repeat a text."""
    if number(count) < 0:
        raise RaisedError(VALUE)
    return text(value) * int(number(count))


def value_of(value: CellValue) -> float:
    """Return the number that a text is."""
    found = read_number(text(value))
    if found is None:
        raise RaisedError(VALUE)
    return found


def fixed(value: CellValue, digits: CellValue = 2.0) -> str:
    """Return a number in words: so many decimals, thousands parted, halves away from 0."""
    places = int(number(digits))
    exact = Decimal(f"{number(value):.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{exact + 0:,.{max(places, 0)}f}"


def as_text(value: CellValue, pattern: CellValue) -> str:
    """Return a whole percentage in words, the only format that reads alike in every locale."""
    if pattern != "0%":
        raise FormulaError(f"TEXT with the format {pattern!r}; accepted: 0%")
    return value if type(value) is str else f"{fixed(100 * number(value), 0.0).replace(',', '')}%"


def _minutes(value: CellValue) -> int:
    """Return the minutes of a day's time, to the nearest second."""
    if number(value) < 0:
        raise RaisedError(NUM)
    return round(number(value) % 1 * _DAY) % _DAY // 60


def _day(value: CellValue) -> date:
    """Return the day that a number is."""
    if number(value) < 1:
        raise RaisedError(NUM)
    return date.fromordinal(_EPOCH + int(number(value)))


FUNCTIONS: dict[str, Callable[..., CellValue]] = {
    "DAY": lambda value: float(_day(value).day),
    "FIND": find,
    "FIXED": fixed,
    "HOUR": lambda value: float(_minutes(value) // 60),
    "LEFT": left,
    "LEN": lambda value: float(len(text(value))),
    "LOWER": lambda value: text(value).lower(),
    "MID": middle,
    "MINUTE": lambda value: float(_minutes(value) % 60),
    "MONTH": lambda value: float(_day(value).month),
    "REPT": repeat,
    "SUBSTITUTE": substitute,
    "TEXT": as_text,
    "TRIM": trim,
    "VALUE": value_of,
    "YEAR": lambda value: float(_day(value).year),
}
