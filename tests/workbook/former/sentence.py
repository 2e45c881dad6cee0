"""The texts that the formulas of `workbook_templates.formulas.sentence` must show."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from workbook_templates.book.words import Words

_DECIMALS = 9
_UNDER_A_CENT = "< $0.01"


def shown(words: Words, sentence: str, **parts: object) -> str:
    """Return the translated sentence that the formula shows."""
    return words(sentence.strip("«»").split("⟨")[0]).format(**parts)


def fixed_text(number: Fraction, digits: int = 2) -> str:
    """Return a number as `fixed` shows it: halves away from 0, thousands parted."""
    return f"{_rounded(round(number, _DECIMALS), digits):,}"


def percent_text(share: Fraction) -> str:
    """Return a whole percentage as `percent` shows it."""
    return f"{_rounded(100 * round(share, _DECIMALS), 0)}%"


def usd_text(amount: Fraction) -> str:
    """Return an amount as `usd` shows it; what is less than half a cent is not nothing."""
    cents = fixed_text(amount)
    return _UNDER_A_CENT if cents == "0.00" else f"${cents}"


def _rounded(number: Fraction, digits: int) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never -0.00
