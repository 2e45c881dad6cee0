"""What was used, by meter: how the details of a usage object are read, and what it costs."""

from fractions import Fraction
from typing import Any

import pytest

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.usage import METER_NAMES, Metered, read_grouped_usage, read_usage
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.rows import METERS

CARD = bundled_card()


def test_the_meters_are_those_of_the_rates() -> None:
    assert METER_NAMES == METERS


@pytest.mark.parametrize(
    ("usage", "metered"),
    [
        ({"input_tokens": 19, "output_tokens": 439}, Metered(text_in=19, image_out=439)),
        (
            {"input_tokens": 371, "input_tokens_details": {"text_tokens": 19, "image_tokens": 352}},
            Metered(text_in=19, image_in=352),
        ),
        ({"input_tokens": 10, "input_tokens_details": {"image_tokens": 4}}, Metered(6, image_in=4)),
        (
            {"input_tokens": 1, "input_tokens_details": {"text_tokens": 3, "image_tokens": 4}},
            Metered(text_in=3, image_in=4),
        ),
        (
            {"output_tokens": 4599, "output_tokens_details": {"text_tokens": 439}},
            Metered(text_out=439, image_out=4160),
        ),
        (
            {"input_tokens": 9, "input_tokens_details": {"text_tokens": 9, "cached_tokens": 4}},
            Metered(text_in=5, text_cached=4),
        ),
        (
            {
                "input_tokens": 9,
                "input_tokens_details": {"text_tokens": 3, "image_tokens": 6, "cached_tokens": 5},
            },
            Metered(text_cached=3, image_in=4, image_cached=2),
        ),
        (
            {
                "input_tokens": 9,
                "input_tokens_details": {"text_tokens": 3, "image_tokens": 6},
                "cached_tokens_details": {"cached_text_tokens": 1, "cached_image_tokens": 2},
            },
            Metered(text_in=2, text_cached=1, image_in=4, image_cached=2),
        ),
        ({"input_tokens": "40", "output_tokens": 7.0}, Metered(text_in=40, image_out=7)),
    ],
)
def test_details_are_read_and_what_they_leave_open_is_told_apart(
    usage: dict[str, Any], metered: Metered
) -> None:
    assert read_usage(usage).tokens == metered


@pytest.mark.parametrize(
    ("usage", "error"),
    [
        ({}, InvalidValueError),
        ({"total_tokens": 4}, InvalidValueError),
        ({"input_tokens": -1}, OutOfRangeError),
        ({"input_tokens": 1.5}, OutOfRangeError),
        ({"input_tokens": True}, OutOfRangeError),
        ({"input_tokens": [4]}, OutOfRangeError),
        ({"input_tokens": "4 tokens"}, OutOfRangeError),
        ({"output_tokens": 10**13}, OutOfRangeError),
        ({"input_tokens": 4, "input_tokens_details": {"cached_tokens": 5}}, OutOfRangeError),
    ],
)
def test_what_is_no_count_is_refused(usage: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        read_usage(usage)


def test_a_part_that_is_no_object_tells_nothing() -> None:
    usage = {"input_tokens": 4, "input_tokens_details": None}
    assert read_usage(usage).tokens == Metered(text_in=4)


def test_the_price_is_exact_and_a_meter_without_a_rate_has_none() -> None:
    day = CARD.checked
    tariff = CARD.tariff(CARD.model("gpt-image-2"), "standard", day)
    assert Metered(text_in=19, image_in=352, image_out=439).usd(tariff) == Fraction("0.016081")
    assert Metered().usd(tariff) == 0
    with pytest.raises(NotAvailableError, match="no rate for text_out of gpt-image-2"):
        Metered(text_out=1).usd(tariff)


def test_a_sum_of_usage_excludes_what_was_cached_and_needs_tokens() -> None:
    usage = {"input_tokens": 9, "input_text_tokens": 2, "input_cached_text_tokens": 3}
    assert read_grouped_usage(usage).tokens == Metered(text_in=6, text_cached=3)
    over = {"input_tokens": 4, "input_text_tokens": 2, "input_cached_text_tokens": 3}
    assert read_grouped_usage(over).tokens == Metered(text_in=2, text_cached=3)
    with pytest.raises(InvalidValueError, match="names no tokens"):
        read_grouped_usage({"num_model_requests": 3})
