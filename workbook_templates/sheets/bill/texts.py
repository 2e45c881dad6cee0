"""Texts of files as cells may hold them."""

import re
from collections.abc import Sequence

from workbook_templates.book.words import Words, breadth
from workbook_templates.csv_rows import NO_CHARACTER

LONGEST = 1_000
"""Letters of a text; the rest is cut, with a mark."""
_PLACE = re.compile(r", (line|row|record) (\d+)$")


def plain(text: str) -> str:
    """Return a text without characters that no cell can hold, not longer than is read."""
    clean = NO_CHARACTER.sub(" ", text)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 1]}…"


def place(text: str, words: Words) -> str:
    """Return a place in a file, such as ``usage.csv, row 12``, in the language."""

    def said(found: re.Match[str]) -> str:
        return f", {words(f'{found[1]} {{n}}').format(n=found[2])}"

    return plain(_PLACE.sub(said, text))


def clipped(text: str, room: int) -> str:
    """Return a text that is so many letters wide at most; a Chinese one is as wide as two."""
    text = plain(text)
    if breadth(text) <= room:
        return text
    while breadth(text) >= room:
        text = text[:-1]
    return f"{text}…"


def some_of(texts: Sequence[str], count: int, room: int, words: Words) -> str:
    """Return as many of the texts as there is room for, and how many more there are."""
    for shown in range(len(texts), 0, -1):
        more = count - shown
        tail = f"; {words('and {n} more').format(n=f'{more:,}')}" if more > 0 else ""
        said = f"{plain('; '.join(texts[:shown]))}{tail}"
        if breadth(said) <= room:
            return said
        if shown == 1:
            return f"{clipped(texts[0], room - breadth(tail))}{tail}"
    return ""
