"""Cell values in and out: numbers, words, blanks and error cells."""

import re
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from xl_pricing.errors import CellError, InvalidValueError, OutOfRangeError

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
# One way to match any digits, lest a cell full of them takes a minute.
_DECIMAL = r"(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = re.compile(rf"[+-]?{_DECIMAL}(e[+-]?\d{{1,4}})?", re.IGNORECASE)
# Whole groups of three only: 1,5 and 0,500 have a decimal comma, as many countries write it.
_GROUPED = r"[1-9１-９]\d{0,2}(?:[,，]\d{3})+(?:\.\d*)?"
_WRITTEN = re.compile(rf"([+-]?(?:{_DECIMAL}|{_GROUPED}))\s*([%％]?)")


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


def refuse_error(value: object, name: str) -> None:
    """Raise `CellError` where a cell holds an error."""
    error = error_in(value)
    if error:
        raise CellError(error, name)
