"""The levers of a job: what each change of the output spec, the retries or the tier would save."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.size import REFERENCE_SIZE, LegalSizes, Size

QUALITY_STEPS = ("low", "medium", "high", "xhigh", "max")
IMAGES_PER_CALL = (1, 4, 10)
RETRIES_STEP = Fraction(1, 2)
MAX_REFERENCES = 16
LEVERS = ("size", "ratio", "quality", "retries", "images per call", "prompt", "references", "tier")

# Savings that differ by less are the same: floats of a sheet and exact fractions must agree.
_SAVING_DIGITS = 9
# 2:3 and 3:2 are equally far from 1:1.
_DISTANCE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Spec:
    """The spec of one image, in tokens and px; ``quality`` may be measured output tokens.

    ``references`` counts the reference images of ``reference_size``, which are those that a move
    takes away or adds to; ``other_references`` are more, each of its own size.
    """

    size: Size
    quality: str | int | Fraction
    n: int = 1
    prompt_tokens: int | None = None
    references: int = 0
    reference_size: Size = REFERENCE_SIZE
    tier: str = "standard"
    other_references: tuple[Size, ...] = ()

    @property
    def reference_sizes(self) -> tuple[Size, ...]:
        """The sizes of all reference images."""
        return (*self.other_references, *(self.reference_size,) * self.references)


class Move(NamedTuple):
    """One change: the lever, its name, and the spec and retries after it.

    ``spec`` is ``None`` where the move is not there: no cheaper size, no higher quality.
    """

    lever: str
    name: str
    spec: Spec | None
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
    spec: Spec,
    retries: Fraction,
    legal: LegalSizes,
    presets: Sequence[Size],
    tokens: Callable[[Size], int],
) -> Iterator[Move]:
    """Yield every move around a job, in the order of `LEVERS`.

    ``presets`` are the sizes of other ratios; ``tokens`` counts the output tokens of a size at the
    job's quality. With measured output tokens there is no move of size or quality.
    """
    same, other = SizeMoves(), RatioMoves()
    if isinstance(spec.quality, str):
        same = size_moves(spec.size, legal, tokens)
        other = ratio_moves(spec.size, legal, presets, tokens)
    for lever, sizes in (("size", same._asdict()), ("ratio", other._asdict())):
        for name, size in sizes.items():
            yield Move(lever, name, size and replace(spec, size=size), retries)
    for name, step in (("quality_down", -1), ("quality_up", 1)):
        yield Move("quality", name, _with_quality(spec, step), retries)
    for name, change in (("retries_less", -RETRIES_STEP), ("retries_more", RETRIES_STEP)):
        possible = retries + change >= 1
        yield Move("retries", name, spec if possible else None, retries + change)
    for n in IMAGES_PER_CALL:
        yield Move("images per call", f"images_per_call_{n}", replace(spec, n=n), retries)
    longer = replace(spec, prompt_tokens=2 * spec.prompt_tokens) if spec.prompt_tokens else None
    yield Move("prompt", "prompt_twice", longer, retries)
    for name, change_ in (("references_less", -1), ("references_more", 1)):
        count = spec.references + change_
        possible = count >= 0 and len(spec.reference_sizes) + change_ <= MAX_REFERENCES
        changed = replace(spec, references=count) if possible else None
        yield Move("references", name, changed, retries)
    other_tier = {"standard": "batch", "batch": "standard"}[spec.tier]
    yield Move("tier", "other_tier", replace(spec, tier=other_tier), retries)


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


def weigh(moves_: Sequence[Move], plan: Budget, price: Callable[[Spec], Fraction]) -> list[Effect]:
    """Return each move's effect on the budget of ``plan``; ``price`` is USD per image of a spec."""
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


def _effect(move: Move, plan: Budget, price: Callable[[Spec], Fraction]) -> Effect:
    if move.spec is None:
        return Effect(move)
    try:
        cost = price(move.spec)
    except XlPricingError:
        return Effect(move)
    budget = replace(plan, cost_per_image=cost, retries=move.retries).total
    saving = plan.total - budget
    return Effect(move, cost, budget, saving, saving / plan.total if plan.total else Fraction(0))


def _with_quality(spec: Spec, step: int) -> Spec | None:
    """Return the spec one quality step away, ``None`` past the ends or for measured tokens."""
    if spec.quality not in QUALITY_STEPS:
        return None
    position = QUALITY_STEPS.index(str(spec.quality)) + step
    if not 0 <= position < len(QUALITY_STEPS):
        return None
    return replace(spec, quality=QUALITY_STEPS[position])
