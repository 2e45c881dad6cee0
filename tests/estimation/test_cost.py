"""Tokens times rates: USD per image, exact, and line by line."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.cost import BASES, Evidence, Price, Tariff, Usage

OFFICIAL = Evidence("price page", "2026-11-23", "official")
COUNTED = {
    "text_in": Evidence("prompts", "2026-09-16", "measured"),
    "image_in": Evidence("patches", "2026-09-16", "measured"),
    "image_out": Evidence("calculator", "2026-11-23", "quoted"),
}

counts = st.integers(0, 1_000_000)
images = st.integers(1, 10)
rates = st.decimals("0.0001", "1000", places=4).map(Fraction)


def tariff(**usd_per_mtok: Fraction | str) -> Tariff:
    prices = {meter: Price(Fraction(usd), OFFICIAL) for meter, usd in usd_per_mtok.items()}
    return Tariff.of(prices, "gpt-image-2, tier standard, on 2026-11-23")


LIST = tariff(text_in="5", image_in="8", image_out="30")


def test_usd_is_tokens_times_rate_over_a_million() -> None:
    assert LIST.exact_usd_per_image(Usage(0, 0, 7024)) == Fraction("0.21072")


@given(counts, counts, counts, images, rates, rates, rates)
def test_usd_per_image_is_exact(
    text: int,
    image: int,
    out: int,
    n: int,
    text_rate: Fraction,
    image_rate: Fraction,
    rate: Fraction,
) -> None:
    prices = tariff(text_in=text_rate, image_in=image_rate, image_out=rate)
    expected = (text * text_rate + image * image_rate + Fraction(out, n) * rate) / 1_000_000
    assert prices.exact_usd_per_image(Usage(text, image, out, n)) == expected
    assert prices.pricer(text, image, n)(out) == float(expected)


@given(counts, counts, counts, images)
def test_the_lines_add_up_to_usd_per_image(text: int, image: int, out: int, n: int) -> None:
    usage = Usage(text, image, out, n)
    lines = LIST.lines(usage, COUNTED)
    assert sum(line.usd for line in lines) == LIST.exact_usd_per_image(usage)
    assert all(line.usd == line.tokens * line.usd_per_mtok / 1_000_000 for line in lines)


def test_measured_tokens_may_be_a_fraction() -> None:
    usage = Usage(0, 0, Fraction(459, 2))
    assert LIST.exact_usd_per_image(usage) == Fraction("0.006885")
    assert LIST.pricer(0, 0, 1)(usage.image_out) == 0.006885


def test_inputs_that_are_not_used_have_no_line() -> None:
    assert [line.meter for line in LIST.lines(Usage(0, 0, 196), COUNTED)] == ["image_out"]
    assert [line.meter for line in LIST.lines(Usage(8, 0, 196), COUNTED)] == [
        "text_in",
        "image_out",
    ]


def test_a_line_is_per_image() -> None:
    out = LIST.lines(Usage(8, 1024, 391, 2), COUNTED)
    assert [line.tokens for line in out] == [8, 1024, Fraction(391, 2)]


def test_a_line_says_where_rate_and_count_come_from() -> None:
    (line,) = LIST.lines(Usage(0, 0, 196), COUNTED)
    assert line.evidence.source == "price page; tokens: calculator"
    assert line.evidence.checked == "2026-11-23"


@pytest.mark.parametrize("of_rate", BASES)
@pytest.mark.parametrize("of_count", BASES)
def test_a_line_is_as_sure_as_the_weaker_of_rate_and_count(of_rate: str, of_count: str) -> None:
    rate = Price(Fraction(30), OFFICIAL._replace(basis=of_rate))
    counted = {"image_out": OFFICIAL._replace(basis=of_count)}
    (line,) = Tariff.of({"image_out": rate}, "x").lines(Usage(0, 0, 196), counted)
    weakness = ["official", "quoted", "measured", "estimate"].index
    assert weakness(line.evidence.basis) == max(weakness(of_rate), weakness(of_count))


@pytest.mark.parametrize(
    ("usage", "meter"),
    [
        (Usage(8, 0, 196), "text_in"),
        (Usage(0, 1024, 196), "image_in"),
        (Usage(0, 0, 196), "image_out"),
    ],
)
def test_a_missing_rate_is_an_error_where_it_is_needed(usage: Usage, meter: str) -> None:
    prices = {"text_in": "5", "image_in": "8", "image_out": "30"}
    del prices[meter]
    with pytest.raises(NotAvailableError) as caught:
        tariff(**prices).exact_usd_per_image(usage)
    assert str(caught.value) == f"no rate for {meter} of gpt-image-2, tier standard, on 2026-11-23"


def test_a_missing_rate_that_is_not_needed_is_none() -> None:
    assert tariff(image_out="30").exact_usd_per_image(Usage(0, 0, 196)) == Fraction("0.00588")


def test_a_tariff_without_prices_prices_nothing() -> None:
    with pytest.raises(NotAvailableError, match="no rate for image_out"):
        tariff().pricer(0, 0, 1)
