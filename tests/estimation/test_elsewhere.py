"""What another model charges for an image: exact, by image, megapixel and reference."""

from fractions import Fraction

import pytest

from xl_pricing.estimation.elsewhere import (
    MEGAPIXEL_PX,
    ImagePrice,
    further_megapixels,
    image_usd,
)


@pytest.mark.parametrize(
    ("pixels", "further"),
    [
        (1, 0),
        (MEGAPIXEL_PX, 0),
        (MEGAPIXEL_PX + 1, 1),
        (2 * MEGAPIXEL_PX, 1),
        (1024 * 1280, 1),
        (1920 * 1088, 1),
        (3840 * 2160, 7),
    ],
)
def test_a_started_megapixel_is_a_whole_one(pixels: int, further: int) -> None:
    assert further_megapixels(pixels) == further


def test_an_image_costs_its_price_its_further_megapixels_and_its_references() -> None:
    price = ImagePrice(Fraction(3, 100), Fraction(15, 1000), Fraction(8, 1000))
    assert image_usd(price, MEGAPIXEL_PX, 0) == Fraction(3, 100)
    assert image_usd(price, 3840 * 2160, 2) == Fraction(30 + 7 * 15 + 2 * 8, 1000)


def test_references_without_a_price_are_left_out() -> None:
    assert image_usd(ImagePrice(Fraction(1, 10)), 4 * MEGAPIXEL_PX, 16) == Fraction(1, 10)


def test_what_is_not_known_is_no_price() -> None:
    assert image_usd(ImagePrice(None, Fraction(1), Fraction(1)), MEGAPIXEL_PX, 1) is None
