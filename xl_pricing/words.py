"""Words that people type: how they are quoted back, and which right one is nearest.

Sentences of errors may reach a cell of an array, which takes 255 characters.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from difflib import SequenceMatcher

LONGEST_SENTENCE = 247
"""Characters of an error's sentence at most; a cell shows ``#VALUE! `` before it."""
LONGEST_QUOTE = 60
READ_AS = "can be read as"
"""What a text is told by that has several readings."""

_LIKE = 0.7
_SHORTEST_PART = 2
_MOST_MEANT = 2
_DIGITS = re.compile(r"\D+")
_FOLDED = re.compile(r"[\W_]+")


def quoted(value: object, most: int = LONGEST_QUOTE) -> str:
    """Write a value for a sentence, cut where it is long."""
    # Cut before it is written out: a cell holds up to 32,767 characters.
    try:
        text = repr(_in_letters(value[: most + 1]) if isinstance(value, str) else value)
    except Exception:  # noqa: BLE001 - of an object that raises, or an integer of 5,000 digits
        text = f"<{type(value).__name__}>"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def unread(value: object) -> str:
    """Say that a value is not readable; one that says itself how it can be read stays as it is."""
    if isinstance(value, str) and READ_AS in value and value.isprintable():
        return value[: 2 * LONGEST_QUOTE]
    return f"{quoted(str(value) if isinstance(value, Decimal) else value)} is not readable"


def _in_letters(text: str) -> str:
    """Return a name of a file in letters, where the code page in use has none for its bytes."""
    with suppress(UnicodeError):
        return text.encode("utf-8", "surrogateescape").decode()
    return text


def unknown(
    kind: str,
    word: str,
    accepted: Collection[str],
    *,
    hints: Mapping[str, str] | None = None,
    others: str = "",
) -> str:
    """Say that a word is unknown: the right one that is nearest to it first, then all of them.

    ``hints`` say what is meant by words of other products, by their beginning; ``others`` is what
    else is accepted.
    """
    said = f"{kind} {quoted(word)} is unknown"
    hint = hint_for(word, hints or {})
    meant = nearest(word, accepted)
    if hint:
        said += f": {hint}"
    elif meant:
        said += f"; did you mean {any_of(meant)}?"
    mark = "" if said.endswith("?") else ";"
    return fitted(f"{said}{mark} accepted: ", list(accepted), others)


def hint_for(word: str, hints: Mapping[str, str]) -> str | None:
    """Return what is said of words that begin so, the longest beginning first."""
    folded = _fold(word)
    begun = [key for key in hints if folded.startswith(_fold(key))]
    return hints[max(begun, key=len)] if begun else None


def nearest(word: str, accepted: Iterable[str]) -> list[str]:
    """Return the right word that one may stand for, or the two that it is a part of; else none.

    Case, blanks, dashes and dots do not count. Another number is another thing: gpt-image-9 is no
    slip for gpt-image-2.
    """
    folded, known = _fold(word), {_fold(each): each for each in accepted}
    if not folded or len(folded) > LONGEST_QUOTE:
        return []
    if folded in known:
        return [known[folded]]
    begun = [each for key, each in known.items() if key.startswith(folded)]
    held = [each for key, each in known.items() if folded in key]
    if len(folded) >= _SHORTEST_PART and (begun or held):
        meant = begun or held
        return meant if len(meant) <= _MOST_MEANT else []
    return _most_alike(folded, known)


def _most_alike(folded: str, known: Mapping[str, str]) -> list[str]:
    same = [key for key in known if _DIGITS.sub("", key) == _DIGITS.sub("", folded)]
    like = {key: SequenceMatcher(None, folded, key).ratio() for key in same}
    best = max(like, key=lambda key: like[key], default="")
    return [known[best]] if best and like[best] >= _LIKE else []


def fitted(said: str, accepted: Sequence[str], others: str = "") -> str:
    """End a sentence with as many of the accepted words as a cell takes."""
    rest = f", {others}" if others else ""
    shown = list(accepted)
    while shown:
        cut = "" if len(shown) == len(accepted) else f" and {len(accepted) - len(shown)} more"
        sentence = f"{said}{', '.join(shown)}{cut}{rest}"
        if len(sentence) <= LONGEST_SENTENCE:
            return sentence
        shown.pop()
    return shortened(said.rstrip() + rest)


def shortened(sentence: str) -> str:
    """Cut a sentence to what a cell takes."""
    fits = len(sentence) <= LONGEST_SENTENCE
    return sentence if fits else f"{sentence[: LONGEST_SENTENCE - 3]}..."


def any_of(words: Sequence[str]) -> str:
    """Write words as a choice: ``a, b or c``."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _fold(word: str) -> str:
    return _FOLDED.sub("", word.lower())
