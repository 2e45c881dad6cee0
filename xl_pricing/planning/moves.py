"""The moves around a job in words: what changes, what it costs in quality or time, why not."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.cli.console import show_figure
from xl_pricing.cli.drawing import show_percent
from xl_pricing.estimation.levers import IMAGES_PER_CALL, MAX_REFERENCES, Move, Spec
from xl_pricing.estimation.size import ratio_text


class MoveWords(NamedTuple):
    """What a move changes and what it costs in quality or time; or the reason why it is not there.

    A move that is refused has both a change and a reason.
    """

    change: str | None
    costs: str | None
    reason: str | None


class _Template(NamedTuple):
    change: str
    costs: str
    absent: str = ""


_TO_SIZE = "{old_size} -> {size}"
_TO_RATIO = "{old_size} -> {size}, {ratio}"
_TO_QUALITY = "{old_quality} -> {quality}"
_TO_RETRIES = "{old_retries} -> {retries}"
_TO_COUNT = "{old_n} -> {n}"
_TO_REFERENCES = "{old_references} -> {references}"
_NO_SIZE = "no legal size of this ratio costs less"
_TEMPLATES = {
    "size_next": _Template(_TO_SIZE, "{pixels}: look at small text", _NO_SIZE),
    "size_smallest": _Template(_TO_SIZE, "{pixels}: enough for drafts", _NO_SIZE),
    "ratio_nearest": _Template(
        _TO_RATIO, "another picture, {pixels}", "no other ratio's preset costs less"
    ),
    "ratio_larger": _Template(
        _TO_RATIO,
        "another picture, {pixels}",
        "no other ratio's preset with more pixels costs less",
    ),
    "quality_down": _Template(
        _TO_QUALITY,
        "coarser detail and text: try a sample first",
        "{old_quality} is the lowest quality",
    ),
    "quality_up": _Template(
        _TO_QUALITY, "finer detail and text", "{old_quality} is the highest quality"
    ),
    "retries_less": _Template(
        _TO_RETRIES,
        "a saved baseline, one change at a time",
        "a final takes at least one generation",
    ),
    "retries_more": _Template(_TO_RETRIES, "what drift and rerolls would cost"),
    **{
        f"images_per_call_{n}": _Template(_TO_COUNT, "{together}", "a call makes {n} already")
        for n in IMAGES_PER_CALL
    },
    "prompt_twice": _Template(
        "{old_prompt} -> {prompt} tokens",
        "a longer prompt is not a steadier one",
        "{no_prompt}",
    ),
    "references_less": _Template(
        _TO_REFERENCES, "less to hold on to: drift may cost retries", "there is none to leave out"
    ),
    "references_more": _Template(
        _TO_REFERENCES,
        "a steadier picture may save retries",
        f"a call takes {MAX_REFERENCES} reference images at most",
    ),
    "other_tier": _Template("{old_tier} -> {tier}", "{speed}"),
}
_SPEED = {"batch": "answers come within a day, not at once", "standard": "answers come at once"}
_MEASURED = "the output tokens are measured, for this size and quality only"


def move_words(move: Move, now: Spec, retries: Fraction, refusal: str | None) -> MoveWords:
    """Tell a move around a job of ``now`` and ``retries``; no change at all is no move either.

    ``refusal`` is why the move has no price.
    """
    template, facts = _TEMPLATES[move.name], _facts(move, now, retries)
    if move.spec is None or (move.spec, move.retries) == (now, retries):
        measured = not isinstance(now.quality, str) and move.lever in {"size", "ratio", "quality"}
        return MoveWords(None, None, _MEASURED if measured else template.absent.format(**facts))
    change = template.change.format(**facts)
    if refusal:
        return MoveWords(change, None, refusal)
    return MoveWords(change, template.costs.format(**facts), None)


def _facts(move: Move, now: Spec, retries: Fraction) -> Mapping[str, object]:
    """Return what the templates name: figures of the job before a move (old) and after it."""
    then = move.spec or now
    more = Fraction(then.size.pixels, now.size.pixels) - 1
    return {
        **{f"old_{name}": figure for name, figure in _figures(now, retries).items()},
        **_figures(then, move.retries),
        "pixels": f"{show_percent(abs(more))} {'more' if more > 0 else 'fewer'} pixels",
        "together": "variants of one prompt" if then.n > 1 else "each image by itself",
        "no_prompt": "no prompt is counted" if now.prompt_tokens is None else "the prompt is empty",
        "speed": _SPEED[then.tier],
    }


def _figures(spec: Spec, retries: Fraction) -> dict[str, object]:
    return {
        "size": spec.size,
        "ratio": ratio_text(Fraction(*spec.size)),
        "quality": spec.quality,
        "retries": show_figure("retries", float(retries)),
        "n": spec.n,
        "prompt": spec.prompt_tokens,
        "references": len(spec.reference_sizes),
        "tier": spec.tier,
    }
