"""Sentences that hold figures: the formula that makes one, and the text that it must show.

FIXED writes a figure with the reader's own separators. TEXT with a format such as ``0.00`` is read
by the reader's locale, where a point may part thousands: a German Excel would show another price.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from workbook_templates.book.words import Words

_FIELD = re.compile(r"\{(\w+)\}")
_DECIMALS = 9
_UNDER_A_CENT = "< $0.01"


def sentence(text: str, **cells: str) -> str:
    """Return the formula of a sentence; ``{name}`` stands for the formula of that name.

    The language is chosen when the formula is written, see `Words.fill`.
    """
    if not cells:
        return f'"«{text}»"'
    return f"«{text}{''.join(f'⟨{name}:{cell}⟩' for name, cell in cells.items())}»"


def formula(words: Words, sentence: str, **cells: str) -> str:
    """Return the formula of a translated sentence; ``{name}`` stands for the part of that name."""
    parts = _FIELD.split(words(sentence))
    pieces = (cells[part] if i % 2 else _quoted(part) for i, part in enumerate(parts))
    return "&".join(piece for piece in pieces if piece != '""')


def shown(words: Words, sentence: str, **parts: object) -> str:
    """Return the translated sentence that the formula shows."""
    return words(sentence.strip("«»").split("⟨")[0]).format(**parts)


def fixed(number: str, digits: int = 2) -> str:
    """Return the formula of a number in words; the noise of floats is cut before it is rounded."""
    return f"FIXED({_tidy(number, digits)},{digits})"


def fixed_text(number: Fraction, digits: int = 2) -> str:
    """Return a number as `fixed` shows it: halves away from 0, thousands parted."""
    return f"{_rounded(round(number, _DECIMALS), digits):,}"


def percent(share: str) -> str:
    """Return the formula of a whole percentage in words."""
    return f'TEXT({_tidy(share, 2)},"0%")'


def percent_text(share: Fraction) -> str:
    """Return a whole percentage as `percent` shows it."""
    return f"{_rounded(100 * round(share, _DECIMALS), 0)}%"


def usd(amount: str) -> str:
    """Return the formula of an amount of USD above 0 in words."""
    return f'IF({_tidy(amount, 2)}=0,"{_UNDER_A_CENT}","$"&{fixed(amount)})'


def usd_text(amount: Fraction) -> str:
    """Return an amount as `usd` shows it; what is less than half a cent is not nothing."""
    cents = fixed_text(amount)
    return _UNDER_A_CENT if cents == "0.00" else f"${cents}"


def _tidy(number: str, digits: int) -> str:
    return f"ROUND(ROUND({number},compared_decimals),{digits})"


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def _rounded(number: Fraction, digits: int) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never -0.00
