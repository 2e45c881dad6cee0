"""Products of decimals that cells show, exact until they are rounded once, to the nearest float."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import inf
from sys import float_info
from typing import Any

_SCALE = 1e9
"""Billionths: what IMGCOST answers for one image a call is a whole number of them."""
_MOST = 999_999.0
# Added and taken away again, it rounds a float below 2^51 to a whole number.
_ROUNDING = 1.5 * 2**52
_EXACT = 2**52


def times(factor: Fraction, otherwise: Callable[[Any], float]) -> Callable[[Any], float]:
    """Return the product of ``factor``, 0 or more, and the decimal that a float shows.

    ``otherwise`` answers for what is no finite float of 0 or more, and where the product is not
    near one.

    A float below a million that is the nearest one to a whole number of billionths shows just that
    decimal, of 15 digits at most, for no two of those share a float. Then numerator and denominator
    of the product are floats without an error, and their quotient is rounded once. Other floats, a
    few times slower, go by way of their digits and of integers.
    """
    numerator, denominator = factor.as_integer_ratio()
    top, bottom, most = 0.0, 1.0, -1.0
    if max(numerator, denominator * int(_SCALE)) <= _EXACT:
        top, bottom = float(numerator), denominator * _SCALE
        most = min(_MOST, _EXACT / _SCALE / max(numerator, 1))

    def product(number: Any) -> float:  # noqa: ANN401 - a cell's value
        if type(number) is not float or not 0.0 <= number < inf:
            return otherwise(number)
        if number <= most:
            billionths = number * _SCALE + _ROUNDING - _ROUNDING
            if billionths / _SCALE == number:
                return billionths * top / bottom
        over, under = Decimal(repr(number)).as_integer_ratio()
        try:
            found = over * numerator / (under * denominator)
        except OverflowError:
            return otherwise(number)
        return found if found >= float_info.min else otherwise(number)

    return product
