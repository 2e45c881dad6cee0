"""What a sheet must say: a sentence is known by its figures and by a few of its English words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

NA = "#N/A"
EPOCH = date(1899, 12, 30)
MARKS = ("✔", "✘", "▲")
_DECIMALS = 9
_CLOSE = 1e-9
_ALONE = r"(?<![\d-])(?<!\d[.,]){}(?!\d|[.,]\d)"
"""A figure, and no part of another one."""


class Said(NamedTuple):
    """A sentence: what is found in its English text (a regular expression), and its figures.

    In another language the figures, in any order, and the mark at its beginning must be there.
    """

    english: str
    figures: tuple[str, ...] = ()


def says(text: object, words: str) -> bool:
    """Tell whether a cell's text begins with words; capitals are no difference to a sheet."""
    return isinstance(text, str) and text.lower().startswith(words.lower())


def shown_in_text(typed: object) -> str:
    """Write what is typed in a cell as a formula does that joins it to words."""
    if typed is None or isinstance(typed, str):
        return typed or ""
    return f"{typed:.15g}"  # type: ignore[str-bytes-safe]  # a number


class Own(str):
    """A text of the user's own, which is the same in every language."""

    __slots__ = ()


Outcome = float | Fraction | date | str | Said
"""What a cell must hold; a text is the English one, or an error's name."""


@dataclass(frozen=True)
class Reader:
    """Tells whether what a cell shows is an outcome, in one language."""

    translate: Callable[[str], str] | None = None
    """Gives the translation of a whole text, or the text itself; none for English."""

    def agrees(self, outcome: Outcome, shown: object) -> bool:
        """Tell whether a cell holds an outcome, figures to 1e-9 of the larger one."""
        if isinstance(outcome, Said):
            return isinstance(shown, str) and self._says(outcome, shown)
        if isinstance(outcome, Own):
            return shown == outcome
        if isinstance(outcome, str):
            return shown == (self.translate(outcome) if self.translate else outcome)
        if isinstance(outcome, date):
            outcome = (outcome - EPOCH).days
        if isinstance(shown, date):
            shown = (shown - EPOCH).days
        return isinstance(shown, int | float) and is_close(float(outcome), shown)

    def _says(self, outcome: Said, shown: str) -> bool:
        figures = [_ALONE.format(re.escape(figure)) for figure in outcome.figures]
        if self.translate:
            mark = outcome.english.lstrip("^")[:1]
            marked = shown.startswith(mark) if mark in MARKS else not shown.startswith(MARKS)
            return marked and all(re.search(figure, shown) for figure in figures)
        return bool(re.search(outcome.english, shown) and re.search(".*".join(figures), shown))


def is_close(one: float, other: float) -> bool:
    """Tell whether two figures are the same but for the noise of floats."""
    return one == other or abs(one - other) <= _CLOSE * max(abs(one), abs(other))


def rounded(number: Fraction, digits: int) -> Fraction:
    """Round as a sheet does: halves away from 0."""
    shifted = abs(number) * 10**digits + Fraction(1, 2)
    exact = Fraction(shifted.numerator // shifted.denominator, 10**digits)
    return exact if number >= 0 else -exact


def up(count: Fraction) -> int:
    """Round images up, as a sheet does: the noise of floats is cut before."""
    return ceil(rounded(count, _DECIMALS))


def fixed(number: float | Fraction, digits: int = 2) -> str:
    """Write a number as sentences do: halves away from 0, thousands parted, the noise cut."""
    exact = rounded(Fraction(number), _DECIMALS)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    return f"{decimal.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0:,}"


def percent(share: Fraction) -> str:
    """Write a share in whole percent."""
    return f"{fixed(100 * rounded(share, _DECIMALS), 0)}%".replace(",", "")


def usd(amount: Fraction) -> str:
    """Write an amount of USD; what is less than half a cent is not nothing."""
    return "< $0.01" if fixed(amount) == "0.00" else f"${fixed(amount)}"
