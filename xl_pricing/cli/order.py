"""Arguments in another order: which one of them fits where, so that they can be told as swapped."""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

from xl_pricing.estimation.image import QUALITIES
from xl_pricing.estimation.size import is_auto, size_in
from xl_pricing.functions.arguments import CHINESE_QUALITIES
from xl_pricing.functions.values import is_number
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.words import any_of, quoted


def _is_size(word: str) -> bool:
    return size_in(word) is not None or is_auto(word)


def _is_quality(word: str) -> bool:
    return word.strip().lower() in {*QUALITIES, *CHINESE_QUALITIES} or is_number(word)


def _is_plan(word: str) -> bool:
    names = {plan.plan.lower() for plan in active_card().plans}
    return word.strip().lower() in names or is_number(word)


_FITS: Mapping[str, Callable[[str], bool]] = {
    "size": _is_size,
    "quality": _is_quality,
    "plan": _is_plan,
    "finals": is_number,
}
"""Tells a value of an argument by its look."""


def swapped(given: Mapping[str, str]) -> str | None:
    """Say which arguments are swapped, and their right order; ``None`` where that is not it."""
    names = [*given]
    if not _FITS.keys() >= given.keys() or _fit(names, [*given.values()]):
        return None
    for words in permutations(given.values()):
        if _fit(names, words):
            moved = [quoted(was) for was, word in zip(given.values(), words, strict=True)
                     if was != word]  # fmt: skip
            return (
                f"{any_of(moved).replace(' or ', ' and ')} are swapped; accepted: {' '.join(words)}"
            )
    return None


def _fit(names: Sequence[str], words: Sequence[str]) -> bool:
    return all(_FITS[name](word) for name, word in zip(names, words, strict=True))
