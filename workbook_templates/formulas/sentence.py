"""Sentences that hold figures: the formulas that make them.

FIXED writes a figure with the reader's own separators. TEXT with a format such as ``0.00`` is read
by the reader's locale, where a point may part thousands: a German Excel would show another price.
"""

_UNDER_A_CENT = "< $0.01"


def sentence(text: str, **cells: str) -> str:
    """Return the formula of a sentence; ``{name}`` stands for the formula of that name.

    The language is chosen when the formula is written, see `Words.fill`.
    """
    if not cells:
        return f'"«{text}»"'
    return f"«{text}{''.join(f'⟨{name}:{cell}⟩' for name, cell in cells.items())}»"


def fixed(number: str, digits: int = 2) -> str:
    """Return the formula of a number in words; the noise of floats is cut before it is rounded."""
    return f"FIXED({_tidy(number, digits)},{digits})"


def up(count: str) -> str:
    """Return the formula of a count of images rounded up; the noise of floats is cut before."""
    return f"ROUNDUP(ROUND({count},compared_decimals),0)"


def is_whole(count: str) -> str:
    """Return the condition that nothing of a count is rounded."""
    return f"{up(count)}=ROUND({count},compared_decimals)"


def day(date: str) -> str:
    """Return the formula of a day in words, as 2026-11-23 in every locale."""
    month, of_month = (f"MID(100+{part}({date}),2,2)" for part in ("MONTH", "DAY"))
    return f'YEAR({date})&"-"&{month}&"-"&{of_month}'


def percent(share: str) -> str:
    """Return the formula of a whole percentage in words."""
    return f'TEXT({_tidy(share, 2)},"0%")'


def usd(amount: str) -> str:
    """Return the formula of an amount of USD above 0 in words."""
    return f'IF({_tidy(amount, 2)}=0,"{_UNDER_A_CENT}","$"&{fixed(amount)})'


def _tidy(number: str, digits: int) -> str:
    return f"ROUND(ROUND({number},compared_decimals),{digits})"
