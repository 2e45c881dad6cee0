"""Plans: the same image billed in credits, or at a reseller's price per image."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError, OutOfRangeError


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


@dataclass(frozen=True, slots=True)
class Pack:
    """A prepaid pack: what it costs in USD, and how many credits it holds.

    Raises `OutOfRangeError` unless both are above 0.
    """

    usd: Fraction
    credits: Fraction

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("usd", "credits"):
            if getattr(self, name) <= 0:
                raise OutOfRangeError(
                    f"pack {name} {float(getattr(self, name)):.10g} is out of range; "
                    "accepted: more than 0"
                )

    def images(self, credits_per_image: Fraction) -> Fraction:
        """Return how many images the pack pays for.

        Raises `OutOfRangeError` unless an image costs more than 0 credits.
        """
        if credits_per_image <= 0:
            raise OutOfRangeError(
                f"credits per image {float(credits_per_image):.10g} is out of range; "
                "accepted: more than 0"
            )
        return self.credits / credits_per_image

    def break_even_images(self, token_usd: Fraction) -> Fraction:
        """Return the volume from which the pack is cheaper than tokens at ``token_usd`` an image.

        Where that is more than the pack holds, it never pays off. Raises `NotAvailableError` where
        tokens cost nothing.
        """
        if not token_usd:
            raise NotAvailableError("tokens cost nothing here, so no pack pays off")
        return self.usd / token_usd


def markup(usd: Fraction, token_usd: Fraction) -> Fraction:
    """Return by what part a price is over the token price; negative where it is under.

    Raises `NotAvailableError` where tokens cost nothing.
    """
    if not token_usd:
        raise NotAvailableError("tokens cost nothing here, so there is no markup on them")
    return usd / token_usd - 1
