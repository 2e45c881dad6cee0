"""The same job on another model: what it charges for an image, by image, megapixel, reference."""

from fractions import Fraction
from typing import NamedTuple

MEGAPIXEL_PX = 1024 * 1024
"""Pixels of a megapixel, as those count who sell by it; a started one is a whole one."""


class ImagePrice(NamedTuple):
    """What another model charges, in USD; ``None`` where it does not tell.

    ``usd`` is for an image, or for its first megapixel where further ones have a price.
    """

    usd: Fraction | None = None
    per_further_megapixel: Fraction | None = None
    per_reference: Fraction | None = None


def further_megapixels(pixels: int) -> int:
    """Return the megapixels after the first one; a started one is a whole one."""
    return max(0, -(-pixels // MEGAPIXEL_PX) - 1)


def image_usd(price: ImagePrice, pixels: int, references: int) -> Fraction | None:
    """Return USD per image with so many reference images; those without a price are left out."""
    if price.usd is None:
        return None
    further = (price.per_further_megapixel or 0) * further_megapixels(pixels)
    return price.usd + further + (price.per_reference or 0) * references
