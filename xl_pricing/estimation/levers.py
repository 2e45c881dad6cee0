"""The levers of a job: what each change of the output spec, the retries or the tier would save."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.image import MAX_REFERENCES, QUALITIES, TIERS, Counting, Image
from xl_pricing.estimation.size import REFERENCE_SIZE, LegalSizes, Size

IMAGES_PER_CALL = (1, 4, 10)
RETRIES_STEP = Fraction(1, 2)
LEVERS = ("size", "ratio", "quality", "retries", "images per call", "prompt", "references", "tier")

# Savings that differ by less are the same: floats of a sheet and exact fractions must agree.
_SAVING_DIGITS = 9
# 2:3 and 3:2 are equally far from 1:1.
_DISTANCE_DIGITS = 9


class Move(NamedTuple):
    """One change: the lever, its name, and the image and retries after it.

    ``image`` is ``None`` where the move is not there: no cheaper size, no higher quality.
    """

    lever: str
    name: str
    image: Image | None
    retries: Fraction


class Effect(NamedTuple):
    """What a move does: USD per image, budget, saving (negative: it costs more) and its share.

    All but the move are ``None`` where the move is not there or has no price.
    """

    move: Move
    cost_per_image: Fraction | None = None
    budget: Fraction | None = None
    saving: Fraction | None = None
    share: Fraction | None = None


def moves(
    image: Image, retries: Fraction, counting: Counting, presets: Sequence[Size]
) -> Iterator[Move]:
    """Yield every move around a job, in the order of `LEVERS`.

    ``presets`` are the sizes of other ratios. With measured output tokens there is no move of size
    or quality.
    """
    same, other = SizeMoves(), RatioMoves()
    if isinstance(image.quality, str):
        legal, tokens = counting.sizes, counting.output.counter(image.quality)
        same = size_moves(image.size, legal, tokens)
        other = ratio_moves(image.size, legal, presets, tokens)
    for lever, sizes in (("size", same._asdict()), ("ratio", other._asdict())):
        for name, size in sizes.items():
            yield Move(lever, name, size and replace(image, size=size), retries)
    for name, step in (("quality_down", -1), ("quality_up", 1)):
        yield Move("quality", name, _with_quality(image, step), retries)
    for name, change in (("retries_less", -RETRIES_STEP), ("retries_more", RETRIES_STEP)):
        possible = retries + change >= 1
        yield Move("retries", name, image if possible else None, retries + change)
    for n in IMAGES_PER_CALL:
        yield Move("images per call", f"images_per_call_{n}", replace(image, n=n), retries)
    longer = replace(image, prompt_tokens=2 * image.prompt_tokens) if image.prompt_tokens else None
    yield Move("prompt", "prompt_twice", longer, retries)
    fewer = replace(image, references=image.references[:-1]) if image.references else None
    yield Move("references", "references_less", fewer, retries)
    yield Move("references", "references_more", _with_one_more_reference(image), retries)
    (other_tier,) = {*TIERS} - {image.tier}
    yield Move("tier", "other_tier", replace(image, tier=other_tier), retries)


class SizeMoves(NamedTuple):
    """Cheaper sizes of the same ratio, each ``None`` where there is none."""

    size_next: Size | None = None
    """The largest one that is cheaper."""
    size_smallest: Size | None = None
    """The smallest legal one, where that is cheaper."""


class RatioMoves(NamedTuple):
    """Cheaper presets of other ratios, each ``None`` where there is none: another picture."""

    ratio_nearest: Size | None = None
    """The cheaper one nearest in ratio."""
    ratio_larger: Size | None = None
    """The nearest one with more pixels that is cheaper all the same."""


def size_moves(size: Size, legal: LegalSizes, tokens: Callable[[Size], int]) -> SizeMoves:
    """Find the cheaper sizes of exactly the same ratio."""
    ratio, now = Fraction(*size), tokens(size)
    cheaper = sorted(
        (s for s in legal.between(ratio, ratio) if tokens(s) < now), key=lambda s: s.pixels
    )
    return SizeMoves(cheaper[-1], cheaper[0]) if cheaper else SizeMoves()


def ratio_moves(
    size: Size, legal: LegalSizes, presets: Sequence[Size], tokens: Callable[[Size], int]
) -> RatioMoves:
    """Find the cheaper presets of other ratios nearest to this one; of equally near the earlier."""
    ratio, now = Fraction(*size), tokens(size)

    def distance(preset: Size) -> float:
        times = Fraction(*preset) / ratio
        return round(float(max(times, 1 / times)), _DISTANCE_DIGITS)

    others = [s for s in presets if legal.fault(s) is None and Fraction(*s) != ratio]
    cheaper = [s for s in others if tokens(s) < now]
    larger = [s for s in cheaper if s.pixels > size.pixels]
    return RatioMoves(
        min(cheaper, key=distance, default=None), min(larger, key=distance, default=None)
    )


def weigh(moves_: Sequence[Move], plan: Budget, price: Callable[[Image], Fraction]) -> list[Effect]:
    """Return each move's effect on the budget of ``plan``; ``price`` is USD per image."""
    return [_effect(move, plan, price) for move in moves_]


def best(effects: Sequence[Effect], count: int = 3) -> list[Effect]:
    """Return the moves that save most: one per lever, the best first, earlier ones at a tie.

    Another ratio is another picture, so it is shown but never advised.
    """
    champions: dict[str, Effect] = {}
    for effect in effects:
        if effect.move.lever == "ratio":
            continue
        champion = champions.setdefault(effect.move.lever, effect)
        if rounded_saving(effect) > rounded_saving(champion):
            champions[effect.move.lever] = effect
    ranked = sorted(champions.values(), key=rounded_saving, reverse=True)
    return [effect for effect in ranked if rounded_saving(effect) > 0][:count]


def rounded_saving(effect: Effect) -> Fraction:
    """Return the saving by which moves are ranked; 0 where there is none."""
    return Fraction(0) if effect.saving is None else round(effect.saving, _SAVING_DIGITS)


def _effect(move: Move, plan: Budget, price: Callable[[Image], Fraction]) -> Effect:
    if move.image is None:
        return Effect(move)
    try:
        cost = price(move.image)
    except XlPricingError:
        return Effect(move)
    budget = replace(plan, cost_per_image=cost, retries=move.retries).total
    saving = plan.total - budget
    return Effect(move, cost, budget, saving, saving / plan.total if plan.total else Fraction(0))


def _with_one_more_reference(image: Image) -> Image | None:
    """Return the image with one more reference image like the last, ``None`` past the most."""
    if len(image.references) >= MAX_REFERENCES:
        return None
    more = image.references[-1:] or (REFERENCE_SIZE,)
    return replace(image, references=image.references + more)


def _with_quality(image: Image, step: int) -> Image | None:
    """Return the image one quality step away, ``None`` past the ends or for measured tokens."""
    if image.quality not in QUALITIES:
        return None
    position = QUALITIES.index(str(image.quality)) + step
    if not 0 <= position < len(QUALITIES):
        return None
    return replace(image, quality=QUALITIES[position])
