"""Where things stand on the Plans sheet, and the words and looks that its parts share."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.formulas.conditions import first_of
from xl_pricing.estimation.cost import BASES

ROOM = 20
"""Lines for plans; Checks says when there are more."""
BARS = 10
"""Plans that have a bar, the cheapest first."""
OTHER_ROOM = 12
"""Lines for other models; Checks says when there are more."""
MARKS = "✘?✔"
"""No price; a price that cannot be computed; a price."""
KINDS: Mapping[str, str] = {
    "flat": "one price per image",
    "size tier": "by size",
    "size x quality": "by size and quality",
    "multiplier": "times the token price",
    "credit table": "credits per image",
    "credit price": "token price in credits",
}
"""Kinds of price in words, by the shape that the plans table names."""

ASSUMED = BASES[-1]
"""What stands in the place of the basis where a part of a price is assumed."""

BLOCK_ROW, TABLE_ROW = 12, 27
OFFICIAL_ROW = TABLE_ROW + 3
FIRST_ROW = OFFICIAL_ROW + 1
LAST_ROW = FIRST_ROW + ROOM - 1
OTHER_ROW = LAST_ROW + 3
FIRST_OTHER = OTHER_ROW + 3
LAST_OTHER = FIRST_OTHER + OTHER_ROOM - 1
WORK_ROW = LAST_OTHER + 3
FIRST_WORK, LAST_WORK = WORK_ROW + 2, WORK_ROW + ROOM + 1
KIND_ROW = LAST_WORK + 4
LAST_KIND = KIND_ROW + len(KINDS) - 1
OTHER_WORK_ROW = LAST_KIND + 3
LAST_WORKING = OTHER_WORK_ROW + OTHER_ROOM

_LINE_PT, _UNUSED_PT = 12, 11
_SPARE = 2


def last_printed(held: Iterable[object], first: int, last: int) -> int:
    """Return the last row of a table that is printed: names, and a few lines for names to come.

    All such lines would be a blank band on a page of their own.
    """
    return min(last, _after(held, first) + _SPARE - 1)


def _after(held: Iterable[object], first: int) -> int:
    return first + len({*held} - {None})


def heights(held: Iterable[object], first: int, last: int, lines: int = 2) -> dict[int, float]:
    """Return the heights of a table's rows: room for a note where a name is ``held``, in points.

    Such a note has so many ``lines`` at most.

    Lines for names to come are lower, so that the book prints on few pages.
    """
    used = _after(held, first)
    return {row: lines * _LINE_PT if row < used else _UNUSED_PT for row in range(first, last + 1)}


def in_words(basis: str) -> str:
    """Return the formula of a basis in the sheet's language."""
    return first_of([(f'{basis}="{one}"', f'"«{one}»"') for one in BASES], f'{basis}&""')


PRICE, MARKUP = '"$"0.0000', "+0.0%;-0.0%;0.0%"
PRICED = replace(theme.NUMBER, number=PRICE)
