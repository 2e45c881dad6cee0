"""Rows of the table of other image models, by which the same job elsewhere is priced.

Another model makes another picture: no plan, no markup, and never among the answers for ours.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from xl_pricing.estimation.elsewhere import ImagePrice
from xl_pricing.estimation.size import Size
from xl_pricing.rates.records import whole
from xl_pricing.rates.rows import ANY, Amount, Note, Sourced, Word, or_none

Limit = Annotated[int | None, or_none(whole(1))]
"""The most that a row is for; ``None`` where it does not say."""


@dataclass(frozen=True, kw_only=True)
class OtherModel(Sourced):
    """What another model charges for an image of a quality, up to a size.

    ``quality`` is ours, or ``any``; ``their_quality`` is the one that stands for it, chosen by
    hand. Of the rows that fit, a model's first one counts.
    """

    model: Word
    quality: Word
    their_quality: Word
    size_tier: Word
    max_long_edge_px: Limit = None
    max_pixels: Limit = None
    usd: Amount = None
    usd_per_further_mp: Amount = None
    usd_per_reference: Amount = None
    note: Note = ""

    def fits(self, size: Size, quality: str) -> bool:
        """Tell whether the row is for such an image."""
        return (
            self.quality in {quality, ANY}
            and size.long <= (self.max_long_edge_px or size.long)
            and size.pixels <= (self.max_pixels or size.pixels)
        )

    @property
    def price(self) -> ImagePrice:
        """The amounts as exact fractions."""
        amounts = (self.usd, self.usd_per_further_mp, self.usd_per_reference)
        return ImagePrice(*(None if amount is None else Fraction(amount) for amount in amounts))
