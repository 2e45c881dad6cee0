"""Token counts: output images, reference images and prompts. Exact integers, no floats."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import isqrt
from typing import TYPE_CHECKING

from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.words import any_of, hint_for, nearest, quoted

if TYPE_CHECKING:
    from xl_pricing.estimation.size import Size

GRID_BASE_PX = 2_000_000
GRID_DIVISOR_PX = 4_000_000
PATCH_PX = 16
PATCH_FULL_PX = 512
PATCH_BUDGET = 1536
TILE_PX = 512
TILE_FIT_PX = 2048
TILE_BASE_TOKENS = 65
TILE_TOKENS = 129

# Tokens per 1,000 characters in the o200k_base vocabulary, measured on parallel prompts. Blanks,
# digits and signs belong to the script before them, as in Unicode's script runs. Japanese is told
# by its kana; "other" (emoji, rare scripts) is not measured and set to the dearest measured one.
_TOKENS_PER_1000 = {
    "japanese": 844,
    "han": 1000,
    "hangul": 709,
    "cyrillic": 298,
    "arabic": 394,
    "devanagari": 399,
    "latin": 214,
    "other": 1115,
}
_COMMON = r"\s\d_!-/:-@\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff20"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SCRIPTS = {
    "japanese": r"\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "han": _HAN,
    "hangul": r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "cyrillic": r"\u0400-\u052f",
    "arabic": r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "devanagari": r"\u0900-\u097f",
    "latin": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_RUN = re.compile(
    "|".join(f"(?P<{name}>[{range_}][{range_}{_COMMON}]*)" for name, range_ in _SCRIPTS.items())
    + f"|(?P<common>[{_COMMON}]+)|(?P<other>.)",
    re.DOTALL,
)
_KANA = re.compile(f"[{_SCRIPTS['japanese']}]")


OTHER_QUALITIES = {
    "hd": "dall-e-3 has it, here high is nearest",
    "standard": "dall-e-3 has it, here medium is nearest",
    "batch": "it is a tier",
    "ultra": "other makers have it, here the best is nearest",
}
"""What is said of words that are no qualities here, by how they begin."""
LATER_QUALITIES = ("xhigh", "max")
"""No slips for other words: gpt-image-2.5 and later have them."""
OR_MEASURED = "a measured token count"
"""What stands in place of a quality's word, but for a size that is still to be found."""

Counter = Callable[[tuple[int, int]], int]
"""Counts the output tokens of one call from width and height in px."""


@dataclass(frozen=True, slots=True)
class GridRule:
    """Output tokens from a grid per quality (gpt-image-2 and later)."""

    grids: Mapping[str, int]
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def qualities(self) -> tuple[str, ...]:
        """The quality words that the model takes, in rising order."""
        return (*self.unknown, *self.grids)

    def counter(self, quality: str, n: int = 1, others: str = OR_MEASURED) -> Counter:
        """Return the counter for a call with ``n`` images; ``others`` than words are accepted."""
        if quality not in self.grids:
            raise _refusal(quality, self.grids, self.unknown, others)
        return partial(grid_tokens, self.grids[quality], n)


@dataclass(frozen=True, slots=True)
class TableRule:
    """Output tokens from a published table of sizes and qualities (the gpt-image-1 family)."""

    table: Mapping[str, Mapping[str, int]]

    @property
    def qualities(self) -> tuple[str, ...]:
        """The quality words that the model takes, in rising order."""
        return tuple(next(iter(self.table.values())))

    def counter(self, quality: str, n: int = 1, others: str = OR_MEASURED) -> Counter:
        """Return the counter for a call with ``n`` images; ``others`` than words are accepted."""
        if quality not in self.qualities:
            raise _refusal(quality, self.qualities, {}, others)
        return lambda size: n * self.table["{}x{}".format(*size)][quality]


OutputRule = GridRule | TableRule


def grid_tokens(grid: int, n: int, size: tuple[int, int]) -> int:
    """Count output tokens of ``n`` images by the grid rule, with one ceiling over their sum.

    An exact half rounds to even, as the calculator of the official guide does:
    ``cells = round_half_even(grid * short / long)``,
    ``tokens = ceil(n * grid * cells * (2_000_000 + width * height) / 4_000_000)``.
    No published count separates even from up.
    """
    width, height = size
    long, short = (width, height) if width >= height else (height, width)
    raised = 2 * grid * short + long
    cells = raised // (2 * long)
    if cells & 1 and not raised % (2 * long):
        cells -= 1
    return -(-n * grid * cells * (GRID_BASE_PX + width * height) // GRID_DIVISOR_PX)


def patch_tokens(size: "Size") -> int:
    """Count the tokens of one reference image by 16-px patches (gpt-image-2 and 2.5).

    The image is scaled by ``clamp(512 / long, 1/2, 1)`` and its short side raised to a third of
    the long one; over 1,536 patches the grid shrinks to the same shape within that budget.
    Exact on all 33 published points; none of them is over 2:1 above the budget.
    """
    # Three times the short side, raised, stays an integer.
    long, short3 = size.long, max(3 * size.short, size.long)
    patches = full_patches(size)
    if patches > PATCH_BUDGET:
        along = isqrt(PATCH_BUDGET * 3 * long // short3)
        across = isqrt(PATCH_BUDGET * short3 // (3 * long))
        return along * across
    return patches


def full_patches(size: "Size") -> int:
    """Count the 16-px patches of a reference image before the budget of 1,536."""
    up, down = PATCH_FULL_PX, min(max(size.long, PATCH_FULL_PX), 2 * PATCH_FULL_PX)
    along = _ceil(size.long * up, PATCH_PX * down)
    return along * _ceil(max(3 * size.short, size.long) * up, 3 * PATCH_PX * down)


def tile_tokens(size: "Size") -> int:
    """Count the tokens of one reference image by 512-px tiles, low input fidelity.

    gpt-image-1 (official), 1.5 and 1-mini (the community's reading): the image is fitted into
    2048x2048, its short side brought down to 512, the other edge rounded down each time; 65 tokens
    and 129 a tile.
    """
    long, short = size.long, size.short
    if long > TILE_FIT_PX:
        long, short = TILE_FIT_PX, short * TILE_FIT_PX // long
    if short > TILE_PX:
        long = long * TILE_PX // short
    return TILE_BASE_TOKENS + TILE_TOKENS * _ceil(long, TILE_PX)


REFERENCE_RULES = {"patch": patch_tokens, "tile": tile_tokens}


def text_tokens(prompt: str) -> int:
    """Estimate the o200k_base tokens of a prompt from its characters, by script; rounded up."""
    spoken = {"common": "latin", "han": "japanese" if _KANA.search(prompt) else "han"}
    total = 0
    for run in _RUN.finditer(prompt):
        script = str(run.lastgroup)
        total += len(run[0]) * _TOKENS_PER_1000[spoken.get(script, script)]
    return _ceil(total, 1000)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _refusal(
    quality: str, priced: Iterable[str], unknown_: Mapping[str, str], others: str
) -> InvalidValueError | NotAvailableError:
    """Return the error that tells why ``quality`` has no token count."""
    accepted = [*priced]
    known = f"accepted: {', or '.join(filter(None, [', '.join(accepted), others]))}"
    if quality in unknown_:
        return NotAvailableError(f"quality {quality!r}: {unknown_[quality]}; {known}")
    if quality == "auto":
        return NotAvailableError(
            f"quality 'auto' is chosen by the model, not known before; {known}"
        )
    said = f"quality {quoted(quality)} is not known to this model"
    if hint := hint_for(quality, OTHER_QUALITIES):
        return InvalidValueError(f"{said}: {hint}; {known}")
    meant = [] if quality in LATER_QUALITIES else nearest(quality, (*unknown_, *accepted))
    return InvalidValueError(f"{said}; {f'did you mean {any_of(meant)}? ' if meant else ''}{known}")
