"""Amounts of money as bills write them: exact, in digits that can be computed with."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from xl_pricing.errors import InvalidValueError
from xl_pricing.words import unread

MOST_DIGITS = 60
MOST_EXPONENT = 40

_SIGNED = re.compile(r"^(-?)\s*(?:US)?\$\s*|\s*(?:USD|US\$|\$)$", re.IGNORECASE)


def read_amount(told: object) -> Fraction | None:
    """Return an exact amount, ``None`` where there is none; raise `InvalidValueError`."""
    if told is None or told == "":
        return None
    if type(told) is int:
        return Fraction(_bounded(Decimal(told), told))
    if isinstance(told, Decimal):
        return Fraction(_bounded(told, told))
    if not isinstance(told, str) or len(told) > 2 * MOST_DIGITS:
        raise _unreadable(told)
    text = _SIGNED.sub(r"\1", told.strip())
    if not text:
        return None
    try:
        return Fraction(_bounded(Decimal(text), told))
    except InvalidOperation:
        raise _unreadable(told) from None


def _bounded(number: Decimal, told: object) -> Decimal:
    """Refuse what would take for ever as a fraction; a zero has any exponent: 0E-6176."""
    if not number.is_finite():
        raise _unreadable(told)
    if not number:
        return Decimal(0)
    digits = len(number.as_tuple().digits)
    if digits > MOST_DIGITS or not -MOST_EXPONENT <= number.adjusted() <= MOST_EXPONENT:
        raise _unreadable(told)
    return number


def _unreadable(told: object) -> InvalidValueError:
    return InvalidValueError(f"the amount {unread(told)}; accepted: 0.0117 and such")


def exact_text(amount: Fraction) -> str:
    """Write an amount with all its digits, without zeros behind; what has no end with 34 digits."""
    rest, digits = amount.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        digits = max(digits, count)
    digits = digits if rest == 1 else 34
    scaled = amount * 10**digits
    whole = round(scaled) if rest != 1 else scaled.numerator
    text = f"{abs(whole):0{digits + 1}d}"
    text = f"{text[: len(text) - digits]}.{text[len(text) - digits :]}".rstrip("0").rstrip(".")
    return f"-{text}" if whole < 0 else text
