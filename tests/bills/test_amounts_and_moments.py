"""Amounts are exact, times are days in UTC; what is neither is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from xl_pricing.bills.amounts import exact_text, read_amount
from xl_pricing.bills.moments import read_moment
from xl_pricing.errors import InvalidValueError


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        (3, "3"),
        (-3, "-3"),
        (Decimal("0.0001050000000000000000000000000000000"), "0.000105"),
        (Decimal("0E-6176"), "0"),
        ("0.1001050000000000000000000000000000001", "0.1001050000000000000000000000000000001"),
        ("$5.80", "5.8"),
        ("-$5.80", "-5.8"),
        ("5.80 USD", "5.8"),
        ("1e-7", "0.0000001"),
        ("1200", "1200"),
    ],
)
def test_an_amount_keeps_its_digits(told: object, amount: str) -> None:
    read = read_amount(told)
    assert read is not None
    assert exact_text(read) == amount
    assert Fraction(exact_text(read)) == read


@pytest.mark.parametrize("told", [None, "", "$", " "])
def test_no_amount_is_none(told: object) -> None:
    assert read_amount(told) is None


@pytest.mark.parametrize(
    "told",
    [
        *("five", "1,5", "nan", "Infinity", "1e50", "1e-50", "1" * 61, "1" * 200, [1], {}, True),
        *(1.5, Decimal("NaN"), Decimal("1e999999999999"), 10**70),
    ],
)
def test_what_is_no_amount_is_refused(told: object) -> None:
    with pytest.raises(InvalidValueError, match="accepted"):
        read_amount(told)


def test_an_amount_without_an_end_is_written_with_34_decimals() -> None:
    assert exact_text(Fraction(1, 3)) == f"0.{'3' * 34}"
    assert exact_text(Fraction(-2, 3)) == f"-0.{'6' * 33}7"


@pytest.mark.parametrize(
    ("told", "day", "zoned"),
    [
        (1793606405, 2, True),
        (1793606405123, 2, True),
        (1793606405123456, 2, True),
        (1793606405123456789, 2, True),
        (Decimal("1793606405.9"), 2, True),
        ("1793606405.0", 2, True),
        ("2026-11-02T23:59:59.999999Z", 2, True),
        ("2026-11-02T23:59:59-00:01", 3, True),
        ("20261102", 2, False),
        ("2026-11-02", 2, False),
        ("02.11.2026 08:00", 2, False),
        ("2 Nov 2026", 2, False),
        ("11/25/2026", 25, False),
    ],
)
def test_a_time_is_a_day_in_utc(told: object, day: int, zoned: bool) -> None:
    assert read_moment(told) == (date(2026, 11, day), zoned)
    assert read_moment(told) == (date(2026, 11, day), zoned)


@pytest.mark.parametrize(
    "told",
    [
        *("soon", "", 5, -1, 10**25, True, 1.5, None, [], "2014-12-31", "2101-01-01", "05/11/2026"),
        *("9999-12-31", "0001-01-01T00:00:00+14:00", "2026-02-30", "x" * 100, Decimal("NaN")),
        *(Decimal("1e30"), 4_200_000_000),
    ],
)
def test_what_is_no_time_is_refused(told: object) -> None:
    with pytest.raises(InvalidValueError, match=r"accepted|can be read as"):
        read_moment(told)


def test_no_more_than_some_times_are_kept() -> None:
    from xl_pricing.bills.kept import LONGEST_KEPT, MOST_KEPT, Kept
    from xl_pricing.bills.moments import _kept

    for second in range(MOST_KEPT + 10):
        read_moment(f"{1_793_606_405 + second}")
    assert 0 < len(_kept) <= MOST_KEPT
    lengths = Kept(len)
    longest, longer = "x" * LONGEST_KEPT, "x" * (LONGEST_KEPT + 1)
    assert (lengths[longest], lengths[longer]) == (LONGEST_KEPT, LONGEST_KEPT + 1)
    assert [*lengths] == [longest]
