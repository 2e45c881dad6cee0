"""An image as it is delivered: the legal sizes to generate, and what is cut or scaled then."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import NamedTuple

from xl_pricing.errors import OutOfRangeError
from xl_pricing.estimation.nearest import nearest_sizes
from xl_pricing.estimation.size import FixedSizes, LegalSizes, Size

MOST_DELIVERED_PX = 100_000
"""An edge of a delivered image at most."""
CROPPED_PX = 16
"""Less than this is cut off an edge as it is; from here on the image is scaled first."""


class Fit(NamedTuple):
    """A legal size to generate, and how it becomes the delivered one.

    It is scaled by ``scale``, then so many px of its width and of its height are cut off.
    """

    size: Size
    scale: Fraction
    crop_width_px: int
    crop_height_px: int


def fits(delivered: Size, legal: LegalSizes) -> list[Fit]:
    """Return the ways to make a delivered size: the nearest legal size around it, and one inside.

    A legal size is made as it is. Of fixed sizes the one nearest in ratio is taken, for it loses
    least. Raises `OutOfRangeError` for an edge of 0 or over `MOST_DELIVERED_PX`.
    """
    if not (delivered.short >= 1 and delivered.long <= MOST_DELIVERED_PX):
        raise OutOfRangeError(
            f"size {delivered} is out of range; accepted: edges of 1 to {MOST_DELIVERED_PX:,} px"
        )
    return [_fit(size, delivered) for size in _sizes(delivered, legal)]


def _sizes(delivered: Size, legal: LegalSizes) -> Iterator[Size]:
    if isinstance(legal, FixedSizes):
        yield min(legal.sizes, key=lambda size: _off(size, delivered))
    elif legal.fault(delivered) is None:
        yield delivered
    else:
        yield from nearest_sizes(delivered, legal)


def _off(size: Size, delivered: Size) -> Fraction:
    """Return by what factor the ratios of two sizes differ, 1 or more."""
    times = Fraction(*size) / Fraction(*delivered)
    return max(times, 1 / times)


def _fit(size: Size, delivered: Size) -> Fit:
    over = (size.width - delivered.width, size.height - delivered.height)
    if all(0 <= px < CROPPED_PX for px in over):
        return Fit(size, Fraction(1), *over)
    scale = max(Fraction(delivered.width, size.width), Fraction(delivered.height, size.height))
    return Fit(
        size,
        scale,
        _rounded(size.width * scale - delivered.width),
        _rounded(size.height * scale - delivered.height),
    )


def _rounded(px: Fraction) -> int:
    """Round to whole px, halves up."""
    return floor(px + Fraction(1, 2))
