"""The published rules once more, from the facts, in exact fractions: what tests compare with.

Nothing here calls xl_pricing. Where its code works in integers, this works in fractions or by
search; where its code walks outward from the likeliest count, this sums the definition.
"""

from fractions import Fraction
from functools import cache
from math import ceil, comb, floor, sqrt

GRIDS_2 = {"low": 16, "medium": 48, "high": 96}
GRIDS_2_5 = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}

FIXED_TOKENS = {
    "low": {(1024, 1024): 272, (1024, 1536): 408, (1536, 1024): 400},
    "medium": {(1024, 1024): 1056, (1024, 1536): 1584, (1536, 1024): 1568},
    "high": {(1024, 1024): 4160, (1024, 1536): 6240, (1536, 1024): 6208},
}

METERS = ("text_in", "text_cached", "text_out", "image_in", "image_cached", "image_out")
LIST_PRICES = {
    "gpt-image-2": ("5", "1.25", None, "8", "2", "30"),
    "gpt-image-2.5-flare": ("5", "1.25", None, "8", "2", "30"),
    "gpt-image-2.5-sunburst": ("5", "1.25", None, "8", "2", "30"),
    "gpt-image-2.6-flare": ("5", "1.25", None, "8", "2", "30"),
    "gpt-image-2.6-sunburst": ("5", "1.25", None, "8", "2", "30"),
    "gpt-image-1.5": ("5", "1.25", "10", "8", "2", "32"),
    "chatgpt-image-latest": ("5", "1.25", "10", "8", "2", "32"),
    "gpt-image-1": ("5", "1.25", None, "10", "2.5", "40"),
    "gpt-image-1-mini": ("2", "0.20", None, "2.5", "0.25", "8"),
}
"""USD per 1M tokens, in the order of METERS; ``None`` where the official table has a dash."""

TOKENS_PER_CHARACTER = {
    "English": 0.214,
    "German": 0.263,
    "French": 0.237,
    "Spanish": 0.232,
    "Portuguese": 0.241,
    "Russian": 0.298,
    "Arabic": 0.394,
    "Hindi": 0.399,
    "Simplified Chinese": 1.0,
    "Traditional Chinese": 1.115,
    "Japanese": 0.844,
    "Korean": 0.709,
}
"""Measured on parallel prompts, o200k_base."""


def list_price(model: str, meter: str, tier: str = "standard") -> Fraction | None:
    """USD per 1M tokens; batch is half."""
    price = LIST_PRICES[model][METERS.index(meter)]
    return price and Fraction(price) / (2 if tier == "batch" else 1)


def is_legal(width: int, height: int) -> bool:
    """Tell whether gpt-image-2 draws such an image."""
    return (
        width % 16 == height % 16 == 0
        and max(width, height) <= 3840
        and max(width, height) <= 3 * min(width, height)
        and 655_360 <= width * height <= 8_294_400
    )


@cache
def legal_sizes() -> tuple[tuple[int, int], ...]:
    """All sizes that gpt-image-2 draws."""
    edges = range(16, 3841, 16)
    return tuple((w, h) for w in edges for h in edges if is_legal(w, h))


def grid_tokens(grid: int, width: int, height: int, n: int = 1) -> int:
    """Output tokens of one call with ``n`` images."""
    u = round(Fraction(grid * min(width, height), max(width, height)))  # exact halves to even
    return ceil(n * Fraction(grid * u * (2_000_000 + width * height), 4_000_000))


def patch_tokens(width: int, height: int) -> int:
    """Tokens of one reference image for gpt-image-2 and 2.5."""
    scale = min(max(Fraction(512, max(width, height)), Fraction(1, 2)), Fraction(1))
    w, h = width * scale, height * scale
    w, h = max(w, h / 3), max(h, w / 3)
    patches = ceil(w / 16) * ceil(h / 16)
    if patches > 1536:
        # w * k / 16 with k = sqrt(1536 * 256 / (w * h)) is the root of 1536 * w / h.
        patches = _floor_root(1536 * w / h) * _floor_root(1536 * h / w)
    return max(1, patches)


def tile_tokens(width: int, height: int) -> int:
    """Tokens of one reference image for the gpt-image-1 family, low input fidelity.

    Scaled edges are whole px, rounded down, at least 1: 1024x1025 becomes 512x512.
    """
    fit = min(Fraction(1), Fraction(2048, max(width, height)))
    w, h = (max(1, floor(edge * fit)) for edge in (width, height))
    shrink = min(Fraction(1), Fraction(512, min(w, h)))
    across, down = (ceil(Fraction(floor(edge * shrink), 512)) for edge in (w, h))
    return 65 + 129 * across * down


def cheapest_tokens(ratio: Fraction, short_side: int, grid: int) -> int:
    """Output tokens of the cheapest legal size within 1 % of a ratio of width to height."""
    return min(grid_tokens(grid, w, h) for w, h in _sizes_near(ratio) if min(w, h) >= short_side)


@cache
def _sizes_near(ratio: Fraction) -> list[tuple[int, int]]:
    one_percent = Fraction(1, 100)
    return [(w, h) for w, h in legal_sizes() if abs(Fraction(w, h) / ratio - 1) <= one_percent]


def chance_of_enough(generations: int, finals: int, accepted: Fraction) -> Fraction:
    """Sum the negative binomial term by term: the last final falls on generation ``k``."""
    return sum(
        (
            comb(k - 1, finals - 1) * accepted**finals * (1 - accepted) ** (k - finals)
            for k in range(finals, generations + 1)
        ),
        Fraction(0),
    )


def generations_needed(finals: int, accepted: Fraction, confidence: Fraction) -> int:
    """Count upwards to the fewest generations that are enough with that confidence."""
    k, term = finals, accepted**finals
    total = term
    while total < confidence:
        term *= Fraction(k, k - finals + 1) * (1 - accepted)
        total += term
        k += 1
    return k


def _floor_root(x: Fraction) -> int:
    root = floor(sqrt(x))
    while root**2 > x:
        root -= 1
    while (root + 1) ** 2 <= x:
        root += 1
    return root
