"""What to generate for a delivered size, and what is cut or scaled then."""

from fractions import Fraction

import oracle
import pytest
from exhaustive import many
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_pricing.errors import OutOfRangeError
from xl_pricing.estimation.delivery import Fit, fits
from xl_pricing.estimation.size import Size
from xl_pricing.rates.card import bundled_card

FREE = bundled_card().model("gpt-image-2").sizes
THREE = bundled_card().model("gpt-image-1").sizes
edges = st.integers(1, 5000)


def test_a_size_that_is_not_legal_is_cropped_from_above_or_enlarged_from_below() -> None:
    above, below = fits(Size(1920, 1080), FREE)
    assert above == Fit(Size(1920, 1088), Fraction(1), 0, 8)
    # 1904x1072 enlarged to 1920 px of width is 1081.01 px high
    assert below == Fit(Size(1904, 1072), Fraction(1920, 1904), 0, 1)


def test_a_legal_size_is_made_as_it_is() -> None:
    assert fits(Size(1280, 720), FREE) == [Fit(Size(1280, 720), Fraction(1), 0, 0)]


def test_a_step_or_more_is_not_cut_off_but_scaled_first() -> None:
    (above,) = fits(Size(100, 100), FREE)
    assert above == Fit(Size(816, 816), Fraction(100, 816), 0, 0)
    above, _ = fits(Size(1200, 628), FREE)
    assert above == Fit(Size(1216, 640), Fraction(1200, 1216), 0, 4)  # 631.58 px high


def test_a_page_that_is_too_large_is_enlarged() -> None:
    (below,) = fits(Size(2480, 3508), FREE)
    assert below == Fit(Size(2416, 3424), Fraction(2480, 2416), 0, 7)


@pytest.mark.parametrize(
    ("delivered", "made", "crop"),
    [
        ((1080, 1080), (1024, 1024), (0, 0)),
        ((1080, 1350), (1024, 1536), (0, 270)),
        ((1920, 1080), (1536, 1024), (0, 200)),
        ((1024, 1536), (1024, 1536), (0, 0)),
    ],
)
def test_of_fixed_sizes_the_one_nearest_in_ratio_is_taken(
    delivered: tuple[int, int], made: tuple[int, int], crop: tuple[int, int]
) -> None:
    (fit,) = fits(Size(*delivered), THREE)
    assert (fit.size, fit[2:]) == (made, crop)


@pytest.mark.parametrize("size", [(0, 10), (100_001, 10)])
def test_edges_out_of_range_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(OutOfRangeError, match="accepted: edges of 1 to 100,000 px"):
        fits(Size(*size), FREE)


@settings(max_examples=many(50, 2000))
@given(edges, edges, st.sampled_from([FREE, THREE]))
def test_what_is_made_is_legal_and_ends_as_what_is_delivered(
    width: int, height: int, legal: object
) -> None:
    delivered = Size(width, height)
    for fit in fits(delivered, FREE if legal is FREE else THREE):
        assert oracle.is_legal(*fit.size)
        made = [edge * fit.scale for edge in fit.size]
        cut = [fit.crop_width_px, fit.crop_height_px]
        assert all(crop >= 0 for crop in cut)
        for edge, crop, wanted in zip(made, cut, delivered, strict=True):
            assert abs(edge - crop - wanted) <= Fraction(1, 2)
