"""Plans: five shapes in which one image is billed, turned into credits and USD; packs, markups."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import NotAvailableError, OutOfRangeError
from xl_pricing.estimation.credits import Charge, Pack, Terms, charge, markup

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


def test_a_pack_as_a_hand_computes() -> None:
    pack = Pack(usd=F(10), credits=F(1000))
    assert pack.images(F(14)) == F(1000, 14)
    assert pack.break_even_images(F("0.16464")) == F(10) / F("0.16464")  # the 61st image
    assert 60 < pack.break_even_images(F("0.16464")) < 61


@given(amounts, amounts, amounts, amounts)
def test_a_pack_pays_off_within_itself_just_where_its_image_is_no_dearer(
    usd: Fraction, held: Fraction, per_image: Fraction, token_cost: Fraction
) -> None:
    pack = Pack(usd, held)
    images = pack.images(per_image)
    assert images * per_image == held
    assert pack.break_even_images(token_cost) * token_cost == usd
    assert (pack.break_even_images(token_cost) <= images) == (usd / images <= token_cost)


@given(amounts, amounts, amounts, st.integers(1, 50))
def test_k_packs_hold_k_times_the_images_and_pay_off_k_times_as_late(
    usd: Fraction, held: Fraction, each: Fraction, k: int
) -> None:
    one, many = Pack(usd, held), Pack(k * usd, k * held)
    assert many.images(each) == k * one.images(each)
    assert many.break_even_images(each) == k * one.break_even_images(each)


@pytest.mark.parametrize(
    ("usd", "held", "message"),
    [
        ("0", "1000", "pack usd 0 is out of range; accepted: more than 0"),
        ("-10", "1000", "pack usd -10 is out of range; accepted: more than 0"),
        ("10", "0", "pack credits 0 is out of range; accepted: more than 0"),
        ("10", "-0.5", "pack credits -0.5 is out of range; accepted: more than 0"),
    ],
)
def test_an_empty_or_free_pack_is_refused(usd: str, held: str, message: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        Pack(F(usd), F(held))
    assert str(caught.value) == message


@pytest.mark.parametrize("per_image", ["0", "-1.5"])
def test_images_that_take_no_credits_are_refused(per_image: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        Pack(F(10), F(1000)).images(F(per_image))
    assert str(caught.value) == (
        f"credits per image {per_image} is out of range; accepted: more than 0"
    )


@pytest.mark.parametrize(
    ("usd", "part"), [("0.24696", "0.5"), ("0.16464", "0"), ("0.12348", "-0.25"), ("0", "-1")]
)
def test_a_markup_is_the_part_over_the_token_price(usd: str, part: str) -> None:
    assert markup(F(usd), token_usd()) == F(part)


@given(amounts, amounts)
def test_a_multiplier_is_one_more_than_its_markup(multiplier: Fraction, cost: Fraction) -> None:
    charged = charge(Terms(multiplier=multiplier), lambda: cost)
    assert charged.usd is not None
    assert markup(charged.usd, cost) == multiplier - 1


@given(amounts, amounts)
def test_a_markup_put_on_the_token_price_is_the_price(usd: Fraction, cost: Fraction) -> None:
    over = markup(usd, cost)
    assert cost * (1 + over) == usd
    assert (over > 0) == (usd > cost)
    assert (over < 0) == (usd < cost)


def test_what_costs_no_tokens_has_neither_break_even_nor_markup() -> None:
    with pytest.raises(NotAvailableError, match="tokens cost nothing here, so no pack pays off"):
        Pack(F(10), F(1000)).break_even_images(F(0))
    with pytest.raises(NotAvailableError, match="tokens cost nothing here, so there is no markup"):
        markup(F(1), F(0))
