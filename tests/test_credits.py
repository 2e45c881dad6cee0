"""Plans: five shapes in which one image is billed, turned into credits and USD."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.estimation.credits import Charge, Terms, charge

amounts = st.fractions("1/1000", 1000)
F = Fraction


def never() -> Fraction:
    pytest.fail("this plan does not ask for the token cost")


def token_usd() -> Fraction:
    return F("0.16464")


def test_a_flat_price_is_in_usd() -> None:
    assert charge(Terms(usd=F("0.03")), never) == Charge(None, F("0.03"))


def test_a_credit_table_is_in_credits() -> None:
    assert charge(Terms(credits=F(14)), never) == Charge(F(14), None)


def test_a_credit_table_with_a_price_is_in_both() -> None:
    assert charge(Terms(credits=F(23), usd_per_credit=F("0.01")), never) == Charge(F(23), F("0.23"))


def test_a_multiplier_is_in_usd() -> None:
    assert charge(Terms(multiplier=F("0.75")), token_usd) == Charge(None, F("0.12348"))


def test_a_credit_price_on_the_token_cost_is_in_both() -> None:
    charged = charge(Terms(usd_per_credit=F("0.01"), multiplier=F(1)), token_usd)
    assert charged == Charge(F("16.464"), F("0.16464"))


def test_a_price_in_usd_with_a_price_per_credit_is_in_both() -> None:
    assert charge(Terms(usd=F("0.03"), usd_per_credit=F("0.006")), never) == Charge(F(5), F("0.03"))


def test_a_plan_that_says_nothing_charges_nothing_that_is_known() -> None:
    assert charge(Terms(), never) == Charge(None, None)
    assert charge(Terms(usd_per_credit=F("0.01")), never) == Charge(None, None)


@given(amounts, amounts)
def test_a_price_in_usd_wins_over_a_multiplier(usd: Fraction, multiplier: Fraction) -> None:
    assert charge(Terms(usd=usd, multiplier=multiplier), never).usd == usd


@given(amounts, amounts)
def test_credits_times_their_price_is_usd(usd: Fraction, usd_per_credit: Fraction) -> None:
    charged = charge(Terms(usd=usd, usd_per_credit=usd_per_credit), never)
    assert charged.credits is not None
    assert charged.credits * usd_per_credit == charged.usd == usd
