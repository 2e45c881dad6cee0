"""The moves around a job, and their words, once for the command line and for the Levers sheet.

`LEVERS` says what each lever is called and which figure tells its state; `MOVES` says for each move
of `estimation.levers`, in its order, what it costs in quality or time and why it may not be there.
Words stand in templates: the command line fills them with figures (`tell`), a sheet with formulas.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import Effect, Move, moves, weigh
from xl_pricing.estimation.size import Size, parse_ratio, preset
from xl_pricing.planning.job import Job
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard


class Lever(NamedTuple):
    """A lever: its name as shown, the figure that a move of it changes, and what that takes.

    ``by_rule`` levers move output tokens that are counted; measured ones they cannot move.
    """

    title: str
    shows: str
    by_rule: bool = False


LEVERS: Mapping[str, Lever] = {
    "size": Lever("Size", "size", by_rule=True),
    "ratio": Lever("Ratio", "size", by_rule=True),
    "quality": Lever("Quality", "quality", by_rule=True),
    "retries": Lever("Retries", "retries"),
    "images per call": Lever("Images per call", "n"),
    "prompt": Lever("Prompt tokens", "prompt"),
    "references": Lever("Reference images", "references"),
    "tier": Lever("Price tier", "tier"),
}
"""The levers of the core by their keys, in its order."""


class MoveWords(NamedTuple):
    """A move: its key, its lever's key, what it costs in quality or time, and why it is not there.

    ``costs`` may name {fewer} or {more}, the change of pixels in whole percent, and {speed}, of the
    tier it moves to. ``absent`` is empty for a move that is always there, unless it has no price.
    """

    name: str
    lever: str
    costs: str
    absent: str = ""


_NO_SIZE = "no legal size of this ratio costs less"
_VARIANTS = "variants of one prompt, not {} different images; rounded up once"
MOVES = (
    MoveWords(
        "size_next", "size", "{fewer} fewer pixels: look at fine detail and small text", _NO_SIZE
    ),
    MoveWords(
        "size_smallest",
        "size",
        "{fewer} fewer pixels: enough for drafts and small places",
        _NO_SIZE,
    ),
    MoveWords(
        "ratio_nearest",
        "ratio",
        "another picture: it must be composed anew",
        "no other ratio of the sizes table costs less",
    ),
    MoveWords(
        "ratio_larger",
        "ratio",
        "another picture: it must be composed anew; {more} more pixels",
        "no larger size of the sizes table costs less",
    ),
    MoveWords(
        "quality_down",
        "quality",
        "coarser detail and small text: try a sample first",
        "none is lower, or its tokens are not known",
    ),
    MoveWords(
        "quality_up",
        "quality",
        "finer detail and small text",
        "none is higher, or its tokens are not known",
    ),
    MoveWords(
        "retries_less",
        "retries",
        "a saved baseline, and one change at a time",
        "a final takes at least one generation",
    ),
    MoveWords("retries_more", "retries", "what drift and rerolls would cost"),
    MoveWords("images_per_call_1", "images per call", "each image is rounded up by itself"),
    MoveWords("images_per_call_4", "images per call", _VARIANTS.format("four")),
    MoveWords("images_per_call_10", "images per call", _VARIANTS.format("ten")),
    MoveWords(
        "prompt_twice",
        "prompt",
        "a longer prompt is not a steadier one",
        "no prompt tokens are typed",
    ),
    MoveWords(
        "references_less",
        "references",
        "less to hold on to: drift may cost retries",
        "there is none to leave out",
    ),
    MoveWords(
        "references_more",
        "references",
        "a steadier picture may save retries",
        "there cannot be more, or they have no rate",
    ),
    MoveWords("other_tier", "tier", "{speed}", "no rate for that tier on the price date"),
)
"""The moves of the core, in its order."""
SPEED = {"standard": "answers come at once", "batch": "answers come within a day, not at once"}
MEASURED = "output tokens are measured: only this size and quality are known"
"""Why the levers ``by_rule`` have no move where output tokens are measured."""
AS_NOW = "{now}, as now"
"""A move that changes nothing."""

_WORDS = {move.name: move for move in MOVES}


def presets_of(card: RateCard) -> Sequence[Size]:
    """Return the sizes that the card's ratios stand for, in its order."""
    legal = card.model(DEFAULT_MODEL).sizes
    return [preset(parse_ratio(row.ratio), legal) for row in card.ratios]


def moves_of(job: Job, retries: Fraction) -> list[Move]:
    """Return every move around a job; presets are those of the card's ratios."""
    return list(moves(job.image, retries, job.model.counting, presets_of(job.card)))


def effects_of(job: Job, plan: Budget) -> list[Effect]:
    """Return what every move around a job does to its budget."""
    return weigh(moves_of(job, plan.retries), plan, job.usd)


def refusal_of(effect: Effect, job: Job) -> str | None:
    """Say why a move that is there has no price; ``None`` where it has one, or is not there."""
    if effect.move.image is None:
        return None
    try:
        job.usd(effect.move.image)
    except XlPricingError as error:
        return str(error)
    return None


class Told(NamedTuple):
    """A move in words: what it changes, what that costs; or the reason why it is not there.

    A move that is refused has both a change and a reason.
    """

    change: str | None
    costs: str | None
    reason: str | None


def tell(move: Move, now: Image, retries: Fraction, refusal: str | None) -> Told:
    """Tell a move around a job of ``now`` and ``retries``; no change at all is no move either.

    ``refusal`` is why the move has no price.
    """
    words, lever = _WORDS[move.name], LEVERS[move.lever]
    before = _figures(now, retries)[lever.shows]
    if move.image is None:
        by_measure = lever.by_rule and not isinstance(now.quality, str)
        return Told(None, None, MEASURED if by_measure else words.absent)
    after = _figures(move.image, move.retries)[lever.shows]
    if before == after:
        return Told(None, None, AS_NOW.format(now=before))
    change = f"{before} -> {after}"
    if refusal:
        return Told(change, None, refusal)
    return Told(change, words.costs.format(**_costs(now, move.image)), None)


def _figures(image: Image, retries: Fraction) -> dict[str, str]:
    """Return what tells the state of the levers."""
    return {
        "size": str(image.size),
        "quality": str(image.quality),
        "retries": f"{float(retries):.10g}",
        "n": str(image.n),
        "prompt": str(image.prompt_tokens),
        "references": str(len(image.references)),
        "tier": image.tier,
    }


def _costs(now: Image, then: Image) -> dict[str, str]:
    """Return what the templates of costs name."""
    more = Fraction(then.size.pixels, now.size.pixels) - 1
    return {"fewer": _percent(-more), "more": _percent(more), "speed": SPEED[then.tier]}


def _percent(share: Fraction) -> str:
    """Write a share as the sheets do: whole percent, halves up."""
    return f"{floor(100 * share + Fraction(1, 2))}%"
