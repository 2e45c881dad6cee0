"""Cell values in and out: numbers, words, blanks and error cells."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isfinite
from sys import float_info

from xl_pricing.errors import CellError, InvalidValueError, OutOfRangeError
from xl_pricing.words import quoted
from xl_pricing.written import POINT, in_doubt, plainly, readings

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
_MOST_DIGITS, _MOST_BITS = 330, 1200
_WHOLE_AS_TYPED = 1e15
# One way to match any digits, lest a cell full of them takes a minute.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)


# 1.000 is one, or the thousand of half the world; 1,000 is the thousand of our own sentences.
_IN_DOUBT = re.compile(r"(?<!\d)[1-9]\d{0,2}\.\d{3}$")
# Thousands are parted by commas alone in cells; for a space or an apostrophe the way is told.
_PARTED = re.compile(r"\d[^\d.,，]\d")


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


class Typed(str):
    """Text that was typed outside of a sheet, where a comma may be a decimal mark."""

    __slots__ = ()


def is_number(text: str) -> bool:
    """Tell whether text is a bare number: neither 1,000 nor 20%, which may be words."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_figure(text: str) -> bool:
    """Tell whether text is meant as a number, however it is written: 1,000, 20%, 0,16."""
    return is_number(text) or bool(readings(text))


def read_number(
    value: object,
    name: str,
    fits: Callable[[Decimal | Fraction], bool] = lambda _figure: True,
    accepted: str = "a number",
) -> Fraction:
    """Read a number, or text that is one, as the decimal it shows; TRUE and FALSE are not numbers.

    Text may have commas between thousands and a percent sign: ``1,234.5``, ``20%``. Raises
    `InvalidValueError` for what is not a number or can be read as two (``1.000``),
    `OutOfRangeError` for NaN and infinity. No way to write it is named that ``fits`` refuses.
    """
    refuse_error(value, name)
    number = _number_in(value, name, fits) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal | Fraction):
        raise InvalidValueError(f"{name} {shown(value)} is not a number; accepted: {accepted}")
    if not _fits_a_cell(number):
        raise OutOfRangeError(f"{name} {shown(value)} is out of range; accepted: a finite number")
    # By way of a Decimal, which parses faster than a Fraction.
    return Fraction(Decimal(str(number)) if isinstance(number, float) else number)


def _number_in(
    text: str, name: str, fits: Callable[[Decimal | Fraction], bool]
) -> float | Decimal | None:
    """Return the number that text is, ``None`` where it is none.

    Text of no reading that ``fits`` is a number for its caller to refuse.
    """
    if is_number(text) and not _IN_DOUBT.search(text):
        return float(text)
    found = readings(text)
    doubt = in_doubt(found) and (POINT in text or isinstance(text, Typed))
    if doubt or (found and (POINT not in found or _PARTED.search(text))):
        ways = dict.fromkeys(map(plainly, filter(fits, found.values())))
        if not ways:
            return next(iter(found.values()))
        said = "can be read in two ways" if doubt else "is not a number"
        raise InvalidValueError(f"{name} {shown(text)} {said}; accepted: {' or '.join(ways)}")
    return float(found[POINT]) if found else None


def _fits_a_cell(number: float | Decimal | Fraction) -> bool:
    """Tell whether a number is finite, and of a size and length that can be computed with."""
    if isinstance(number, Decimal):
        return number.is_finite() and (
            not number or (abs(number.adjusted()) < _MOST_DIGITS > len(number.as_tuple().digits))
        )
    if isinstance(number, Fraction) and number.denominator.bit_length() > _MOST_BITS:
        return False
    try:
        return isfinite(number)
    except OverflowError:  # an integer over 1e308
        return False


def to_cell(value: Fraction, name: str) -> float:
    """Return the nearest float; raise `OutOfRangeError` where there is none near."""
    try:
        number = float(value)
    except OverflowError:
        raise OutOfRangeError(f"the {name} is over 1e308; accepted: smaller numbers") from None
    if value and abs(number) < float_info.min:
        raise OutOfRangeError(f"the {name} is under 1e-307; accepted: larger numbers")
    return number


def read_whole(value: object, name: str, low: int, high: int) -> int:
    """Read a whole number from ``low`` to ``high``; raise `OutOfRangeError` for any other.

    Raises `InvalidValueError` for what is no number, or not written as one.
    """
    accepted, whole = f"whole numbers, {low:,} to {high:,}", range(low, high + 1)
    number = read_number(value, name, whole.__contains__, accepted)
    if not low <= number <= high:
        raise OutOfRangeError(f"{name} {shown(value)} is out of range; accepted: {accepted}")
    if number.denominator != 1:
        raise OutOfRangeError(
            f"{name} {shown(value)} is not a whole number; accepted: {accepted}, "
            f"such as {floor(number)} or {ceil(number)}"
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
    """Write a value for an error sentence, cut to 60 characters; a cell's 17.0 is 17."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE_AS_TYPED:
        return str(int(value))
    return str(value).upper() if isinstance(value, bool) else quoted(value)


def refuse_error(value: object, name: str) -> None:
    """Raise `CellError` where a cell holds an error."""
    error = error_in(value)
    if error:
        raise CellError(error, name)
