"""Where things stand on the Plans sheet: rows, columns, and what the columns hold."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.theme import Style
from workbook_templates.sheets.rates.sheet import QUALITIES

ROOM = 20
"""Lines for plans; Checks says when there are more."""
BARS = 10
"""Plans in the chart, the cheapest first."""
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
WORK_ROW = LAST_ROW + 3
FIRST_WORK, LAST_WORK = WORK_ROW + 2, WORK_ROW + ROOM + 1
KIND_ROW = LAST_WORK + 4
LAST_KIND = KIND_ROW + len(KINDS) - 1

PRICE, MARKUP = '"$"0.0000', "+0.0%;-0.0%;0.0%"
WHOLE = replace(theme.NUMBER, number=theme.COUNT)
_SMALL = replace(theme.WRAPPED_CELL, size=8)
_MARK = replace(theme.CELL, align="center", indent=0)
_LISTED = replace(theme.NUMBER, number=f"{theme.RATE};;–")


class Column(NamedTuple):
    """A column: field, letter, caption, look."""

    field: str
    letter: str
    caption: str
    style: Style


COLUMNS = (
    Column("name", "B", "Plan", replace(theme.WRAPPED_CELL, bold=True)),
    Column("kind", "C", "Kind of price", theme.CELL),
    Column("credits", "D", "Credits per image", replace(theme.NUMBER, number=theme.MONEY)),
    Column("usd", "E", "USD per image", replace(theme.NUMBER, number=PRICE)),
    Column("final", "F", "USD per accepted final", replace(theme.NUMBER, number=PRICE)),
    Column("bill", "G", "The job's bill, USD", replace(theme.NUMBER, number=theme.USD)),
    Column("markup", "H", "Over the token list price", replace(theme.NUMBER, number=MARKUP)),
    *(
        Column(quality, letter, quality, _MARK)
        for quality, letter in zip(QUALITIES, "IJKLM", strict=True)
    ),
    Column("basis", "N", "Basis", theme.CELL),
    Column("checked", "O", "Seen on", replace(theme.NUMBER, number=theme.DATE)),
    Column("source", "P", "Source", _SMALL),
    Column("note", "Q", "What to know", _SMALL),
)
"""The comparison."""
WORKINGS = (
    Column("compared", "C", "USD per accepted final, compared", replace(_LISTED, number=PRICE)),
    Column("row", "D", "Row for this job", WHOLE),
    Column("listed_credits", "E", "Listed credits", _LISTED),
    Column("listed_usd", "F", "Listed USD", _LISTED),
    Column("listed_usd_per_credit", "G", "Listed USD per credit", _LISTED),
    Column("listed_multiplier", "H", "Listed multiplier", _LISTED),
    Column("at", "I", "First row", WHOLE),
    Column("order", "J", "Order", WHOLE),
)
"""The workings of a plan's line."""

_LETTERS = {column.field: column.letter for column in COLUMNS}
_WORK_LETTERS = {column.field: column.letter for column in WORKINGS}


def lines(field: str) -> str:
    """Return the cells of a column of the comparison, official tokens left out."""
    return f"${_LETTERS[field]}${FIRST_ROW}:${_LETTERS[field]}${LAST_ROW}"


def worked(field: str) -> str:
    """Return the cells of a column of the workings."""
    return f"${_WORK_LETTERS[field]}${FIRST_WORK}:${_WORK_LETTERS[field]}${LAST_WORK}"
