"""Pixels: reading sizes and ratios, which sizes are legal, presets, and the cheapest legal size."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from math import ceil
from typing import NamedTuple

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.nearest import (
    RATIO_TOLERANCE,
    IllegalSizeError,
    UnreadableSizeError,
    meant_by,
    nearest_sizes,
)
from xl_pricing.estimation.tokens import grid_tokens
from xl_pricing.words import quoted

PRESET_SHORT_SIDE_PX = 1024
"""The shorter side of presets, nearest to it, and of the cheapest size, at least."""
_FINEST_GRID = 96
"""That of gpt-image-2 at high, and of all later models at their best."""

_SIZE = re.compile(r"(\d{1,9})\s*[x×*]\s*(\d{1,9})", re.IGNORECASE)
_RATIO = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*:\s*(\d{1,4}(?:\.\d{1,4})?)")


_ACCEPTED = "accepted: 1024x1536, 1024*1536 or a ratio such as 4:5"


class Size(NamedTuple):
    """Width and height in px."""

    width: int
    height: int

    @property
    def long(self) -> int:
        """The long edge in px."""
        return max(self)

    @property
    def short(self) -> int:
        """The short edge in px."""
        return min(self)

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height

    def __str__(self) -> str:
        """Write the size as Excel users type it: ``1024x1536``."""
        return f"{self.width}x{self.height}"


REFERENCE_SIZE = Size(1024, 1024)
"""A reference image of which only the number is told."""


class _ChosenByTheModel(Size):
    __slots__ = ()

    def __str__(self) -> str:
        return AUTO


AUTO = "auto"
AUTO_PIXELS = 1_572_864
AUTO_SIZE = _ChosenByTheModel(1254, 1254)
"""The size of an image made with size auto: about `AUTO_PIXELS` at a ratio that the model chooses.

Its edges are those of a square, the dearest of the shapes that it may take.
"""


@dataclass(frozen=True, slots=True)
class FreeSizes:
    """Every size within limits is legal (gpt-image-2 and later)."""

    step_px: int
    max_edge_px: int
    max_aspect: int
    min_pixels: int
    max_pixels: int
    experimental_pixels: int

    def fault(self, size: Size) -> str | None:
        """Say what makes ``size`` illegal, or ``None``."""
        return next(self.faults(size), None)

    def faults(self, size: Size) -> Iterator[str]:
        """Yield every rule that ``size`` breaks."""
        width, height = size
        long, short = (width, height) if width >= height else (height, width)
        if width % self.step_px or height % self.step_px or not short:
            yield f"both edges must be multiples of {self.step_px} px"
        if long > self.max_edge_px:
            yield f"an edge may have at most {self.max_edge_px} px"
        if long > self.max_aspect * short:
            yield f"the long edge may be at most {self.max_aspect} times the short one"
        if not self.min_pixels <= width * height <= self.max_pixels:
            yield f"{self.min_pixels:,} to {self.max_pixels:,} pixels are accepted"

    def between(
        self, low: Fraction, high: Fraction, short_px: int | Fraction = 0
    ) -> Iterator[Size]:
        """Yield every legal size whose width is ``low`` to ``high`` times its height.

        Its shorter side is at least ``short_px``. In integers: thousands are asked for at once.
        """
        step, longest, aspect = self.step_px, self.max_edge_px, self.max_aspect
        fewest, most = self.min_pixels, self.max_pixels
        least = max(step, ceil(short_px / step) * step)
        low_by, low_of = low.numerator, low.denominator * step
        high_by, high_of = high.numerator, high.denominator
        for height in range(least, longest + 1, step):
            first = max(-(-low_by * height // low_of) * step, least)
            last = min(high_by * height // high_of, longest, most // height, aspect * height)
            for width in range(first, last + 1, step):
                if width * height >= fewest and height <= aspect * width:
                    yield Size(width, height)


@dataclass(frozen=True, slots=True)
class FixedSizes:
    """Only the listed sizes are legal (the gpt-image-1 family)."""

    sizes: tuple[Size, ...]

    def fault(self, size: Size) -> str | None:
        """Say what makes ``size`` illegal, or ``None``."""
        return next(self.faults(size), None)

    def faults(self, size: Size) -> Iterator[str]:
        """Yield what makes ``size`` illegal."""
        if size not in self.sizes:
            yield "accepted: " + ", ".join(map(str, self.sizes))

    def between(
        self, low: Fraction, high: Fraction, short_px: int | Fraction = 0
    ) -> Iterator[Size]:
        """Yield every legal size of such a width over height and with such a shorter side."""
        fitting = (size for size in self.sizes if size.short >= short_px)
        return (size for size in fitting if low <= Fraction(*size) <= high)


LegalSizes = FreeSizes | FixedSizes


def is_auto(text: str) -> bool:
    """Tell whether the size is left to the model."""
    return plain(text).lower() == AUTO


def parse_size(text: str) -> Size:
    """Read ``1024x1536``, ``1024 × 1536`` or ``1024*1536``; any pixels, legal or not."""
    match = _SIZE.fullmatch(text) or _SIZE.fullmatch(plain(text))
    if match is None:
        if is_auto(text):
            raise NotAvailableError(
                "size 'auto' is chosen by the model; accepted: 1024x1536 or 4:5"
            )
        raise InvalidValueError(f"size {quoted(text)} is not readable; {_ACCEPTED}")
    return Size(int(match[1]), int(match[2]))


def parse_ratio(text: str) -> Fraction:
    """Read ``4:5`` or ``1.91:1`` as width over height."""
    match = _RATIO.fullmatch(plain(text))
    if match is None:
        raise InvalidValueError(
            f"ratio {quoted(text)} is not readable; accepted: 4:5, 16:9 or 1.91:1"
        )
    width, height = Fraction(match[1]), Fraction(match[2])
    if not width or not height:
        raise OutOfRangeError(
            f"ratio {quoted(text)} has a side of 0; accepted: 4:5, 16:9 or 1.91:1"
        )
    return width / height


def size_in(text: str) -> Size | Fraction | None:
    """Return the size or ratio that text is, any pixels; ``None`` where it is neither."""
    for read in (parse_size, parse_ratio):
        with suppress(InvalidValueError, NotAvailableError, OutOfRangeError):
            return read(text)
    return None


def read_label(text: str, legal: LegalSizes) -> Size:
    """Read the size of an image that was made: auto, pixels legal or not, or a ratio's preset."""
    if is_auto(text):
        return AUTO_SIZE
    if ":" in text or "\uff1a" in text:
        return preset(parse_ratio(text), legal)
    size = parse_size(text)
    if not size.short:
        raise OutOfRangeError(f"size {size} has a side of 0; accepted: 1 px or more")
    return size


def resolve_size(text: str, legal: LegalSizes) -> Size:
    """Read a size or the preset of a ratio, and raise `OutOfRangeError` unless it is legal."""
    if ":" in text or "\uff1a" in text:
        return preset(parse_ratio(text), legal)
    try:
        return check_size(parse_size(text), legal)
    except InvalidValueError:
        raise _unreadable(text, legal) from None


def _unreadable(text: str, legal: LegalSizes) -> InvalidValueError:
    """Return the error for text that is no size, with the sizes that it may stand for."""
    said = f"size {quoted(text)} is not readable"
    meant = meant_by(plain(text))
    if isinstance(legal, FixedSizes):
        return UnreadableSizeError(said, "; accepted: ", lambda: [*legal.sizes])
    if isinstance(meant, Fraction):
        with suppress(OutOfRangeError):
            size = preset(meant, legal)
            leading = f"; accepted: {ratio_text(meant)}, which stands for "
            return UnreadableSizeError(said, leading, lambda: [size])
    if not isinstance(meant, tuple):
        return InvalidValueError(f"{said}; {_ACCEPTED}")
    size = Size(*meant)
    if legal.fault(size) is None:
        return UnreadableSizeError(said, "; accepted: ", lambda: [size])
    leading = f"; {size} is not legal for this model, accepted: "
    return UnreadableSizeError(said, leading, lambda: nearest_sizes(size, legal))


def check_size(size: Size, legal: LegalSizes) -> Size:
    """Return ``size``, or raise `OutOfRangeError` that says which rules it breaks."""
    if legal.fault(size):
        raise _illegal(f"size {size} is", size, legal)
    return size


def _illegal(said: str, size: Size, legal: LegalSizes) -> IllegalSizeError:
    """Return the error that names every rule that a size breaks, and the sizes nearest to it."""
    said = f"{said} not legal for this model: {'; '.join(legal.faults(size))}"
    if isinstance(legal, FixedSizes):
        return IllegalSizeError(said, "", list)
    return IllegalSizeError(said, "; nearest legal: ", lambda: nearest_sizes(size, legal))


@lru_cache(maxsize=256)
def preset(ratio: Fraction, legal: LegalSizes) -> Size:
    """Return the size that a ratio stands for: exact, multiples of 16, short side nearest 1024.

    Both edges are ``16 * k`` times the ratio in lowest terms; of two ``k`` equally near, the
    smaller. Where that is over a step of 16 px away from 1024, as for 1.91:1, no such size is of
    use: the ratio then stands for the cheapest size within 1 % whose shorter side is at least
    1024. Raises `OutOfRangeError` where that size is not legal.
    """
    unit = 16 * min(ratio.numerator, ratio.denominator)
    k = max(1, (2 * PRESET_SHORT_SIDE_PX + unit - 1) // (2 * unit))
    size = Size(16 * k * ratio.numerator, 16 * k * ratio.denominator)
    if isinstance(legal, FreeSizes) and abs(size.short - PRESET_SHORT_SIDE_PX) > legal.step_px:
        size = _cheapest(ratio, legal) or size
    if legal.fault(size):
        raise _illegal(f"ratio {ratio_text(ratio)} stands for {size},", size, legal)
    return size


def _cheapest(ratio: Fraction, legal: LegalSizes) -> Size | None:
    """Return the size that IMGSIZE finds where neither a side nor a quality is named."""
    with suppress(OutOfRangeError):
        return cheapest_size(
            ratio, PRESET_SHORT_SIDE_PX, legal, partial(grid_tokens, _FINEST_GRID, 1)
        )
    return None


def ratio_text(ratio: Fraction) -> str:
    """Write a ratio in lowest terms: ``4:5``."""
    return f"{ratio.numerator}:{ratio.denominator}"


def all_sizes(legal: FreeSizes) -> Iterator[Size]:
    """Yield every legal size, by width, then height (29,146 for gpt-image-2)."""
    edges = range(legal.step_px, legal.max_edge_px + 1, legal.step_px)
    sizes = (Size(width, height) for width in edges for height in edges)
    return (size for size in sizes if legal.fault(size) is None)


def cheapest_size(
    ratio: Fraction, short_side_px: int | Fraction, legal: LegalSizes, tokens: Callable[[Size], int]
) -> Size:
    """Return the cheapest legal size within 1 % of ``ratio`` with at least that shorter side.

    Searches the whole legal domain. ``tokens`` counts the output tokens of a size. Of equally
    cheap sizes the one nearest to the ratio wins, then the one with fewer pixels. Raises
    `OutOfRangeError` where there is none.
    """
    low, high = ratio * (1 - RATIO_TOLERANCE), ratio * (1 + RATIO_TOLERANCE)
    counted = [(tokens(size), size) for size in legal.between(low, high, short_side_px)]
    if not counted:
        raise OutOfRangeError(
            f"no legal size has ratio {ratio_text(ratio)} within 1 % and a shorter side of "
            f"at least {float(short_side_px):.10g} px; accepted: "
            f"{_to_be_had([*legal.between(low, high)], legal)}"
        )
    fewest = min(count for count, _ in counted)
    cheapest = (size for count, size in counted if count == fewest)
    return min(cheapest, key=lambda size: (abs(Fraction(*size) / ratio - 1), size.pixels))


def _to_be_had(near: Sequence[Size], legal: LegalSizes) -> str:
    """Say which sides a ratio has, or which ratios there are."""
    if isinstance(legal, FixedSizes):
        return ", ".join(map(str, legal.sizes))
    ratios = f"up to {legal.max_aspect}:1"
    longest = max((size.short for size in near), default=None)
    return f"{ratios}, here up to {longest:,} px" if longest else ratios


def plain(text: str) -> str:
    """Fold full-width digits and signs to plain ones, as Chinese keyboards type them."""
    return unicodedata.normalize("NFKC", text).strip()
