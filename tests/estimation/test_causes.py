"""Why a row is billed as it is: each known cause explains its amount, in exact arithmetic."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.causes import (
    Billed,
    Cause,
    _multiple,
    find_cause,
    readings,
    rounding,
)
from xl_pricing.estimation.usage import Metered
from xl_pricing.rates.card import bundled_card

CARD = bundled_card()
TIERS = ("standard", "batch")
USUAL = 7024
"""Output tokens of a 1024x1024 at high by gpt-image-2."""


def rates(model: str = "gpt-image-2") -> dict[str, dict[str, Fraction]]:
    """Return the rates of a model by tier and meter, as they are today."""
    found = {}
    for tier in TIERS:
        prices = CARD.tariff(CARD.model(model), tier, CARD.checked).prices
        found[tier] = {meter: price.usd_per_mtok for meter, price in prices.items()}
    return found


def row(
    usd: str, tokens: Metered, tier: str | None = "standard", model: str = "gpt-image-2"
) -> Billed:
    """Return a row whose tokens are all told."""
    return Billed(Fraction(usd), tokens, tokens, rates(model), tier)


ONE = Metered(text_in=20, image_out=USUAL)
EDIT = Metered(text_in=19, image_in=352, image_out=439)
WRITTEN = Metered(text_in=169, text_out=439, image_out=4160)
CACHED = Metered(text_in=1000, text_cached=2000, image_in=3000, image_cached=4000, image_out=USUAL)


@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (row("0.21082", ONE), Cause.AGREES),
        (row("0.21", ONE), Cause.AGREES),
        (row("0.07034", ONE), Cause.OUTPUT_AS_TEXT),
        (row("0", ONE), Cause.NOTHING_BILLED),
        (row("0.016081", EDIT), Cause.AGREES),
        (row("0.015025", EDIT), Cause.INPUT_AS_TEXT),
        (row("0.24222", CACHED._replace(image_cached=0)), Cause.AGREES),
        (row("0.2817200", CACHED), Cause.CACHE_IGNORED),
        (row("0.105410", ONE, "batch"), Cause.AGREES),
        (row("0.21082", ONE, "batch"), Cause.BATCH_NOT_HALVED),
        (row("0.105410", ONE), Cause.BILLED_AS_BATCH),
        (row("0.105410", ONE, None), Cause.AGREES_BATCH),
        (row("0.25", Metered()), Cause.NO_TOKENS),
        (row("0", Metered()), Cause.AGREES),
        (row("0.3", ONE), Cause.DIFFERS),
        (row("0.138355", WRITTEN, model="gpt-image-1.5"), Cause.AGREES),
        (row("0.046835", WRITTEN, model="gpt-image-1.5"), Cause.OUTPUT_AS_TEXT),
    ],
)  # fmt: skip
def test_a_known_cause_is_named(one: Billed, cause: Cause) -> None:
    assert find_cause(one).cause == cause


@pytest.mark.parametrize("multiple", ["1.1", "1.2", "2", "0.9", "1.05"])
def test_a_round_multiple_is_a_resellers(multiple: str) -> None:
    usd = Fraction(multiple) * Fraction("0.21082")
    assert find_cause(row(str(usd), ONE)) == (Cause.MULTIPLE, Fraction(multiple))
    assert find_cause(row(str(usd + Fraction("0.0001")), ONE)).cause == Cause.DIFFERS


def test_where_the_rounding_leaves_every_multiple_open_none_is_named() -> None:
    small = Metered(text_in=20, image_out=196)
    assert find_cause(row("0.02", small)).cause == Cause.DIFFERS


def test_what_differs_is_told_as_a_share_of_the_nearest_reading() -> None:
    assert find_cause(row("0.2635250", ONE)).figure == Fraction(5, 4)
    found = find_cause(replace(row("0.26", ONE), usd=Fraction("0.263"), tolerance=Fraction(0)))
    assert found == (Cause.DIFFERS, Fraction("0.263") / Fraction("0.21082") - 1)


@pytest.mark.parametrize(
    ("tokens", "images", "is_usual"),
    [
        (717, 1, False),
        (USUAL, 1, True),
        (USUAL + 300, 1, True),  # three partial images
        (USUAL + 640, 1, True),
        (USUAL + 641, 1, False),
        (30 * USUAL - 29, 30, True),  # one ceiling over the images of a call
        (2 * USUAL, 1, False),
        (6883, 1, False),
        (6884, 1, True),
    ],
)
def test_a_count_that_is_not_of_the_size_and_quality_is_told_though_it_is_priced_right(
    tokens: int, images: int, is_usual: bool
) -> None:
    one = Billed(Fraction(30 * tokens, 10**6), *[Metered(image_out=tokens)] * 2, rates())
    told = replace(one, images=images, usual_tokens=USUAL)
    wrong = (Cause.OTHER_TOKENS, images * USUAL)
    assert find_cause(one).cause == Cause.AGREES
    assert find_cause(told) == ((Cause.AGREES, None) if is_usual else wrong)


def test_an_amount_that_is_explained_tells_more_than_an_unusual_count() -> None:
    one = Billed(Fraction("0.00717"), *[Metered(image_out=717)] * 2, rates())
    assert find_cause(replace(one, images=1, usual_tokens=USUAL)).cause == Cause.OUTPUT_AS_TEXT


def both(usd: str, text_or_image: int | None, output: int, model: str = "gpt-image-2") -> Cause:
    """Return the cause of a row of one image that tells two sums of tokens."""
    usual = {"gpt-image-2": USUAL, "gpt-image-1.5": 4160}[model]
    by_tier = rates(model)
    may_write = "text_out" in by_tier["standard"]
    least, most = readings(text_or_image, output, 1, usual, may_write=may_write)
    one = Billed(Fraction(usd), least, most, by_tier, images=1, usual_tokens=usual)
    return find_cause(one).cause


@pytest.mark.parametrize(
    ("cause", "cases"),
    [
        (Cause.AGREES, [("0.21677", 1210, USUAL), ("0.21072", None, USUAL)]),
        (
            Cause.AGREES_AS_TOLD,
            [("0.21984", 1210, USUAL), ("0.2204", 1210, USUAL), ("0.2204", None, USUAL)],
        ),
        (Cause.OUTPUT_AS_TEXT, [("0.07034", None, USUAL), ("0.07034", 20, USUAL)]),
        (Cause.NOTHING_BILLED, [("0", None, USUAL)]),
        (Cause.OTHER_TOKENS, [("0.21", None, 717), ("0.02151", None, 717)]),
        (Cause.AGREES_BATCH, [("0.1084", 1210, USUAL)]),
        (Cause.DIFFERS, [("0.2205", 1210, USUAL), ("0.2268", None, USUAL)]),
    ],
)
def test_a_row_of_two_sums_agrees_with_any_reading_of_them(
    cause: Cause, cases: list[tuple[str, int | None, int]]
) -> None:
    assert [both(*case) for case in cases] == [cause] * len(cases)


def test_output_over_the_usual_may_be_text_that_the_model_wrote() -> None:
    assert both("0.138355", 169, 4599, "gpt-image-1.5") == Cause.AGREES
    assert both("0.148013", 169, 4599, "gpt-image-1.5") == Cause.AGREES_AS_TOLD


def test_what_has_no_rate_is_no_cause() -> None:
    for tokens in (Metered(text_out=1), ONE):
        with pytest.raises(NotAvailableError, match="no rate"):
            find_cause(Billed(Fraction(1), tokens, tokens, rates() if tokens.text_out else {}))


@pytest.mark.parametrize(
    ("usd", "off"),
    [("5.8", "0.005"), ("5.803", "0.0005"), ("0.07034", "0.000005"), ("1e-9", "0.0000005")],
)
def test_an_amount_is_rounded_to_its_last_decimal(usd: str, off: str) -> None:
    assert rounding(Fraction(usd)) == Fraction(off)


counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts, st.sampled_from(TIERS))
def test_what_is_billed_to_the_nano_dollar_agrees(
    text: int, text_cached: int, image: int, image_cached: int, out: int, tier: str
) -> None:
    tokens = Metered(text, text_cached, 0, image, image_cached, out)
    one = Billed(Fraction(0), tokens, tokens, rates(), tier, tolerance=Fraction(0))
    exact = replace(one, usd=one.expected)
    assert find_cause(exact).cause == Cause.AGREES
    off = replace(one, usd=one.expected + Fraction(1, 10**9))
    assert find_cause(off).cause != Cause.AGREES


def test_nothing_is_a_multiple_of_nothing() -> None:
    free = (Fraction(0), Fraction(0))
    assert _multiple(Fraction(1), free, Fraction(0)) is None
