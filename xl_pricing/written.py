"""Figures as people write them: with a decimal point or comma, thousands in groups, a percent sign.

Text is read by both conventions. Where they disagree, as on ``1.000``, nothing in the text itself
tells which one is meant, but other figures of the same file may.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from xl_pricing.errors import InvalidValueError
from xl_pricing.words import READ_AS, quoted

POINT, COMMA = ".", ","
CONVENTIONS = (POINT, COMMA)
"""The decimal mark, by which a convention is named."""

_LONGEST = 1_000
_GROUPS = {POINT: r",", COMMA: r"\."}
# Whole groups of three, all parted alike; a group of zeros alone is no thousands.
_WRITTEN = {
    mark: re.compile(
        rf"([+-]?)(?:([1-9]\d{{0,2}}(?:(?P<part>[{_GROUPS[mark]} '])\d{{3}}(?:(?P=part)\d{{3}})*))"
        rf"|(\d+)|(?=\{mark}\d))(?:\{mark}(\d*))?\s*(%?)"
    )
    for mark in CONVENTIONS
}
# What other keyboards type. No other forms of digits: a raised 2 is no digit of a figure.
_PLAIN = str.maketrans("０１２３４５６７８９，．％＋－−’\u00a0\u202f\u2009", "0123456789,.%+--'   ")


def readings(text: str) -> Mapping[str, Decimal]:
    """Return the figure that text is by each convention which can read it: ``{".": 1, ",": 1000}``.

    No convention reads what is no figure; a text that both read alike is in no doubt.
    """
    text = text.translate(_PLAIN).strip()
    if len(text) > _LONGEST or not text.isascii():
        return {}
    found = {mark: _WRITTEN[mark].fullmatch(text) for mark in CONVENTIONS}
    return {mark: _figure(written) for mark, written in found.items() if written}


def _figure(written: re.Match[str]) -> Decimal:
    sign, grouped, plain, decimals, percent = written.group(1, 2, 4, 5, 6)
    whole = re.sub(r"\D", "", grouped) if grouped else plain or "0"
    figure = Decimal(f"{sign}{whole}.{decimals or 0}")
    return figure.scaleb(-2) if percent else figure


def plainly(figure: Decimal) -> str:
    """Write a figure as every door reads it, in one way only: no groups, a point, 1.5250."""
    text = f"{figure:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if in_doubt(readings(text)) else text


def in_doubt(found: Mapping[str, Decimal]) -> bool:
    """Tell whether the conventions read different figures."""
    return len(set(found.values())) > 1


def marks_proven(texts: Iterable[str], delimiter: str) -> frozenset[str]:
    """Return the decimal marks that some figure of a file can only have.

    Where commas part the cells, the point is proven: no program writes both with one mark.
    """
    proven = {POINT} if delimiter == COMMA else set()
    for found in map(readings, texts):
        if len(found) == 1:
            proven |= found.keys()
    return frozenset(proven)


def figure_in(text: str, marks: Collection[str]) -> Decimal | None:
    """Return the figure of a text, ``None`` where it is none; ``marks`` are those proven.

    Raises `InvalidValueError` where the text has two readings, and none or both marks are proven.
    """
    found = readings(text)
    if in_doubt(found) and len(marks) != 1:
        ways = " or ".join(map(plainly, found.values()))
        raise InvalidValueError(f"{quoted(text)} {READ_AS} {ways}")
    if in_doubt(found):
        return found[next(iter(marks))]
    return next(iter(found.values()), None)
