"""Plans: the same image billed in credits, or at a reseller's price per image."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple


class Terms(NamedTuple):
    """What a plan says of one image; ``None`` where it says nothing.

    Five shapes are read from it: flat, size tier and size x quality give ``usd`` (USD per image);
    a credit table gives ``credits`` per image; a multiplier on the token cost gives ``multiplier``.
    With ``usd_per_credit`` credits and USD turn into each other.
    """

    credits: Fraction | None = None
    usd: Fraction | None = None
    usd_per_credit: Fraction | None = None
    multiplier: Fraction | None = None


class Charge(NamedTuple):
    """Credits and USD per image; ``None`` where the plan does not tell."""

    credits: Fraction | None
    usd: Fraction | None


def charge(terms: Terms, token_usd: Callable[[], Fraction]) -> Charge:
    """Return what a plan charges per image; ``token_usd`` is asked only by a multiplier."""
    credits_, usd, usd_per_credit, multiplier = terms
    if usd is None and multiplier is not None:
        usd = multiplier * token_usd()
    if usd is None and credits_ is not None and usd_per_credit is not None:
        usd = credits_ * usd_per_credit
    if credits_ is None and usd is not None and usd_per_credit is not None:
        credits_ = usd / usd_per_credit
    return Charge(credits_, usd)
