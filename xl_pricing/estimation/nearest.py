"""What is said of a size that is refused: what was meant, and the legal sizes nearest to it.

A cell shows only that a size is refused, so the sizes are looked for when the sentence is read.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING

from xl_pricing.errors import InvalidValueError, OutOfRangeError, XlPricingError
from xl_pricing.words import LONGEST_SENTENCE, shortened

if TYPE_CHECKING:
    from xl_pricing.estimation.size import LegalSizes, Size

RATIO_TOLERANCE = Fraction(1, 100)
NAMED_SIZES = {
    "8k": (7680, 4320),
    "5k": (5120, 2880),
    "4k": (3840, 2160),
    "uhd": (3840, 2160),
    "2160p": (3840, 2160),
    "2k": (2560, 1440),
    "qhd": (2560, 1440),
    "1440p": (2560, 1440),
    "1080p": (1920, 1080),
    "1080i": (1920, 1080),
    "1080": (1920, 1080),
    "fhd": (1920, 1080),
    "fullhd": (1920, 1080),
    "720p": (1280, 720),
    "720": (1280, 720),
    "hd": (1280, 720),
    "1k": (1024, 1024),
}
NAMED_RATIOS = {
    "square": (1, 1),
    "portrait": (2, 3),
    "vertical": (2, 3),
    "landscape": (3, 2),
    "horizontal": (3, 2),
    "wide": (16, 9),
    "widescreen": (16, 9),
    "story": (9, 16),
    "stories": (9, 16),
    "reel": (9, 16),
    "shorts": (9, 16),
    "tiktok": (9, 16),
    "post": (4, 5),
    "feed": (4, 5),
    "banner": (21, 9),
    "thumbnail": (16, 9),
    "正方形": (1, 1),
    "方形": (1, 1),
    "方图": (1, 1),
    "竖版": (2, 3),
    "竖图": (2, 3),
    "横版": (3, 2),
    "横图": (3, 2),
    "竖屏": (9, 16),
    "横屏": (16, 9),
}
"""What people call sizes and ratios; they are never taken for them, only named in the answer."""

_MOST_PARTS_OF_A_RATIO = 64
_TWO_NUMBERS = re.compile(r"(\d{1,5})[^\d.]{1,5}(\d{1,5})\D{0,10}")


class SizeError(XlPricingError):
    """An error that names the sizes that are accepted instead."""

    def __init__(self, said: str, leading: str, sizes: Callable[[], "list[Size]"]) -> None:
        """Keep what is wrong, and how to find what is right; ``leading`` leads on to the sizes."""
        super().__init__(said)
        self.leading, self.sizes = leading, sizes
        self.usd: Callable[[Size], float] | None = None
        """USD per image of a size, where it is known."""

    def __str__(self) -> str:
        """Say what is wrong and which sizes are right, with their prices where they fit."""
        said, sizes = str(self.args[0]), self.sizes()
        priced = ", ".join(f"{size}{self._price(size)}" for size in sizes)
        if len(said) + len(self.leading) + len(priced) > LONGEST_SENTENCE:
            priced = ", ".join(map(str, sizes))
        return shortened(f"{said}{self.leading if sizes else ''}{priced}")

    def _price(self, size: "Size") -> str:
        try:
            return f" ({self.usd(size):.3g} USD)" if self.usd else ""
        except XlPricingError:
            return ""


class IllegalSizeError(SizeError, OutOfRangeError):
    """A size that a model does not take."""


class UnreadableSizeError(SizeError, InvalidValueError):
    """Text that is no size, though it may be clear what is meant."""


def nearest_sizes(size: "Size", legal: "LegalSizes") -> "list[Size]":
    """Return the legal sizes nearest to one: the one that covers it first, then one inside it.

    The first can be cropped to the size, the second enlarged: it has nearly the same ratio.
    """
    if not size.short:
        return []
    ratio = Fraction(*size)
    return [*_covering(size, ratio, legal), *_inside(size, ratio, legal)]


def _covering(size: "Size", ratio: Fraction, legal: "LegalSizes") -> "Iterator[Size]":
    for tolerance in (RATIO_TOLERANCE, Fraction(1)):
        found = [
            each
            for each in legal.between(*_around(ratio, tolerance), size.short)
            if each.width >= size.width and each.height >= size.height
        ]
        if found:
            fewest = min(each.pixels for each in found)
            smallest = [each for each in found if each.pixels == fewest]
            yield min(smallest, key=lambda each: _off(each, ratio))
            return


def _inside(size: "Size", ratio: Fraction, legal: "LegalSizes") -> "Iterator[Size]":
    """Yield the size that loses least: in its ratio, and in its edges on average."""
    for tolerance in (5 * RATIO_TOLERANCE, Fraction(1)):
        found = [
            each
            for each in legal.between(*_around(ratio, tolerance))
            if each.width <= size.width and each.height <= size.height
        ]
        if found:
            yield min(found, key=lambda e: _off(e, ratio) + log(size.pixels / e.pixels) / 2)
            return


def _around(ratio: Fraction, tolerance: Fraction) -> tuple[Fraction, Fraction]:
    """Return the ratios around one, all of them where the tolerance is 1."""
    if tolerance == 1:
        return Fraction(0), Fraction(1_000_000)
    return ratio * (1 - tolerance), ratio * (1 + tolerance)


def _off(size: "Size", ratio: Fraction) -> float:
    return abs(log(Fraction(*size) / ratio))


def meant_by(text: str) -> tuple[int, int] | Fraction | None:
    """Return the size or ratio that text may stand for which is neither; ``None`` for no idea."""
    words = text.lower().split()
    numbers = _TWO_NUMBERS.fullmatch(" ".join(words))
    if numbers:
        return _size_or_ratio(int(numbers[1]), int(numbers[2]))
    # The last word names the shape, as in "instagram story".
    for word in ("".join(words), *reversed(words)):
        if word in NAMED_SIZES:
            return NAMED_SIZES[word]
        if word in NAMED_RATIOS:
            return Fraction(*NAMED_RATIOS[word])
    return None


def _size_or_ratio(width: int, height: int) -> tuple[int, int] | Fraction | None:
    if not width or not height:
        return None
    small = max(width, height) <= _MOST_PARTS_OF_A_RATIO
    return Fraction(width, height) if small else (width, height)
