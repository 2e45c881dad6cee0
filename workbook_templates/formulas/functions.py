"""Operators and functions of single values, by Excel's rules; over arrays they go cell by cell."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import floor, gcd, sqrt

from workbook_templates.formulas import text_functions as words
from workbook_templates.formulas.values import (
    DIV,
    NA,
    NUM,
    CellValue,
    Error,
    FormulaError,
    RaisedError,
    number,
    rank,
    text,
)
from xl_pricing.estimation.chance import chance_of_enough

_CLOSE = 2.0**-48
"""Numbers that differ by less than this part of themselves are equal: 15 digits are compared."""
_PLAIN = 1e15
_PLAIN_NUMBERS = (float, bool)
_NEAR_HALF = 1e-4


def add(a: CellValue, b: CellValue) -> float:
    """Add; what is left of two numbers that cancel out to 15 digits is 0."""
    x, y = number(a), number(b)
    total = x + y
    return total if abs(total) > abs(x) * _CLOSE else total if not x else 0.0


def subtract(a: CellValue, b: CellValue) -> float:
    """Subtract; what is left of two numbers that are equal to 15 digits is 0."""
    x, y = number(a), number(b)
    total = x - y
    return total if abs(total) > abs(x) * _CLOSE else total if not x else 0.0


def multiply(a: CellValue, b: CellValue) -> float:
    """Multiply; TRUE is 1."""
    if type(a) in _PLAIN_NUMBERS and type(b) in _PLAIN_NUMBERS:  # most, by the million
        return 1.0 * a * b  # type: ignore[operator]
    return number(a) * number(b)


def divide(a: CellValue, b: CellValue) -> float:
    """Divide; #DIV/0! by 0."""
    above, below = number(a), number(b)
    if below == 0:
        raise RaisedError(DIV)
    return above / below


def power(a: CellValue, b: CellValue) -> float:
    """Raise to a power; #NUM! where there is no real one."""
    base, exponent = number(a), number(b)
    try:
        if base or exponent:
            return float(base**exponent)
    except ZeroDivisionError:
        raise RaisedError(DIV) from None
    except (OverflowError, TypeError):
        pass
    raise RaisedError(NUM)


def join(a: CellValue, b: CellValue) -> str:
    """Join texts."""
    return text(a) + text(b)


def compare(a: CellValue, b: CellValue) -> int:
    """Return -1, 0 or 1: numbers come before text, text before FALSE and TRUE.

    A blank is 0 beside a number, "" beside text, FALSE beside TRUE; text has no case.
    """
    if type(a) is float and type(b) is float:
        if a == b or abs(a - b) < abs(a) * _CLOSE:
            return 0
        return -1 if a < b else 1
    if type(a) is str and type(b) is str:
        x_text, y_text = a.lower(), b.lower()
        return (x_text > y_text) - (x_text < y_text)
    x, y = rank(_blank_beside(a, b)), rank(_blank_beside(b, a))
    if x[0] == y[0] == 0:
        return compare(x[1], y[1])
    return (x > y) - (x < y)


def equal(a: CellValue, b: CellValue) -> bool:
    """Tell whether two values are equal, as `compare` does."""
    return (type(a) is type(b) is not Error and a == b) or compare(a, b) == 0


def _blank_beside(value: CellValue, other: CellValue) -> CellValue:
    if value is not None:
        return value
    return "" if type(other) is str else False if isinstance(other, bool) else 0.0


def _decimal(value: float, digits: int, way: str) -> float:
    """Round what a cell shows of a number: 15 digits, so that 1.005 is 1.005."""
    step = Decimal(1).scaleb(-digits)
    return float((Decimal(f"{value:.15g}") / step).quantize(Decimal(1), way) * step) + 0.0


def round_(value: CellValue, digits: CellValue) -> float:
    """Round to so many decimals, halves away from 0."""
    found, places = number(value), int(number(digits))
    if places >= 0:
        scaled = abs(found) * 10.0**places
        if scaled < _PLAIN / 1e5 and abs(scaled % 1 - 0.5) > _NEAR_HALF:
            return round(found, places) + 0.0
    return _decimal(found, places, ROUND_HALF_UP)


def round_up(value: CellValue, digits: CellValue) -> float:
    """Round to so many decimals, away from 0."""
    found = number(value)
    return _decimal(found, int(number(digits)), ROUND_CEILING if found >= 0 else ROUND_FLOOR)


def modulo(a: CellValue, b: CellValue) -> float:
    """Return the rest of a division, with the sign of the divisor."""
    whole, by = number(a), number(b)
    if by == 0:
        raise RaisedError(DIV)
    return subtract(whole, by * floor(whole / by))


def root(value: CellValue) -> float:
    """Return the square root."""
    found = number(value)
    if found < 0:
        raise RaisedError(NUM)
    return sqrt(found)


def sign(value: CellValue) -> float:
    """Return -1, 0 or 1."""
    found = number(value)
    return float((found > 0) - (found < 0))


def only_number(value: CellValue) -> float:
    """Return a number or TRUE as a number, 0 for text; what N does."""
    return 0.0 if type(value) is str else number(value)


def common_divisor(a: CellValue, b: CellValue) -> float:
    """Return the greatest common divisor of two whole numbers."""
    if number(a) < 0 or number(b) < 0:
        raise RaisedError(NUM)
    return float(gcd(int(number(a)), int(number(b))))


def binomial(most: CellValue, trials: CellValue, chance: CellValue, cumulated: CellValue) -> float:
    """Return the chance of at most so many successes."""
    if not number(cumulated):
        raise FormulaError("BINOMDIST of one count; accepted: cumulated, TRUE")
    count, of, share = floor(number(most)), floor(number(trials)), number(chance)
    if not (0 <= count <= of and 0 <= share <= 1):
        raise RaisedError(NUM)
    return 1 - chance_of_enough(of, count + 1, 1 / share) if share else 1.0


def not_available() -> CellValue:
    """Return #N/A."""
    raise RaisedError(NA)


FUNCTIONS: dict[str, Callable[..., CellValue]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "&": join,
    "=": equal,
    "<>": lambda a, b: not equal(a, b),
    "<": lambda a, b: compare(a, b) < 0,
    ">": lambda a, b: compare(a, b) > 0,
    "<=": lambda a, b: compare(a, b) <= 0,
    ">=": lambda a, b: compare(a, b) >= 0,
    "ABS": lambda a: abs(number(a)),
    "BINOMDIST": binomial,
    "FALSE": lambda: False,
    "GCD": common_divisor,
    "ISBLANK": lambda a: a is None,
    "ISERROR": lambda a: type(a) is Error,
    "ISLOGICAL": lambda a: type(a) is bool,
    "ISNUMBER": lambda a: type(a) is float,
    "INT": lambda a: float(floor(number(a))),
    "MOD": modulo,
    "N": only_number,
    "NA": not_available,
    "NOT": lambda a: not number(a),
    "ROUND": round_,
    "ROUNDUP": round_up,
    "SIGN": sign,
    "SQRT": root,
    "TRUE": lambda: True,
    **words.FUNCTIONS,
}
"""What computes a single value of single values; an error among them comes out."""
LOOK_AT_ERRORS = frozenset({"ISBLANK", "ISERROR", "ISLOGICAL", "ISNUMBER"})
"""But these look at it."""
