"""Where things stand on the Plans sheet, and the words and looks that its parts share."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbook_templates.book import theme

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


def heights(held: Iterable[object], first: int, last: int, lines: int = 2) -> dict[int, float]:
    """Return the heights of a table's rows: room for a note where a name is ``held``, in points.

    Such a note has so many ``lines`` at most.

    Lines for names to come are lower, so that the book prints on few pages.
    """
    used = first + len({*held} - {None})
    return {row: lines * _LINE_PT if row < used else _UNUSED_PT for row in range(first, last + 1)}


PRICE, MARKUP = '"$"0.0000', "+0.0%;-0.0%;0.0%"
PRICED = replace(theme.NUMBER, number=PRICE)
