"""A product is the exact one of the decimals shown, rounded once to the nearest float."""

from fractions import Fraction
from math import inf, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.functions.products import times

FACTORS = [
    *map(Fraction, ("216", "0", "1", "215.7252", "0.000001", "1e12", "1e300", "1e-300")),
    Fraction(1, 3),
    Fraction(10**15 + 1, 7),
]
costs = (
    st.floats(0, allow_infinity=False)
    | st.integers(0, 10**15).map(lambda billionths: billionths / 1e9)
    | st.integers(0, 10**9).map(lambda millionths: millionths / 1e6)
    | st.sampled_from(
        [0.0, -0.0, 5e-324, 999_999.0, 999_999.5, 1e6, 2**53 / 1e9, 4503599.627370496]
    )
)
factors = st.sampled_from(FACTORS) | st.fractions(0, 10**9, max_denominator=10**6)


def refuse(_number: object) -> float:
    raise AssertionError


def exact(number: float, factor: Fraction) -> float:
    try:
        return float(Fraction(repr(number)) * factor)
    except OverflowError:
        return inf


def product(number: float, factor: Fraction) -> float:
    try:
        return times(factor, lambda given: exact(given, factor))(number)
    except OverflowError:
        return inf


@given(costs, factors)
def test_a_product_is_rounded_once(number: float, factor: Fraction) -> None:
    assert product(number, factor) == exact(number, factor)


@pytest.mark.parametrize("factor", FACTORS)
def test_many_costs_and_their_neighbours_are_exact(factor: Fraction) -> None:
    random = Random(7)
    for _ in range(3000):
        billionths = random.randrange(10 ** random.randrange(1, 16))
        for number in (billionths / 1e9, (billionths + 0.5) / 1e9, random.random()):
            assert product(number, factor) == exact(number, factor), number


@pytest.mark.parametrize("value", [-1.0, inf, nan, 1, True, "1", None])
def test_what_is_no_float_of_0_or_more_is_left_to_others(value: object) -> None:
    assert times(Fraction(2), lambda given: (given, "other"))(value) == (value, "other")  # type: ignore[arg-type, return-value, comparison-overlap]
