"""The audit: every official per-image price against its tokens x rate."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Annotated

from xl_pricing.estimation.cost import TOKENS_PER_MTOK
from xl_pricing.estimation.size import parse_size
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.records import read_row, whole
from xl_pricing.rates.rows import Money, Sourced, Word

PRINTED_USD = Decimal("0.001")
"""What the official table rounds to; it drops zeros at the end."""


@dataclass(frozen=True, kw_only=True)
class _Listed:
    model: Word
    quality: Word
    usd: tuple[Money, ...]


@dataclass(frozen=True, kw_only=True)
class OfficialPrices(Sourced):
    """The official table of prices per image, as it was printed on a day."""

    format: Annotated[int, whole(1)]
    counts: Word
    sizes: tuple[Word, ...]
    prices: tuple[_Listed, ...]


@dataclass(frozen=True)
class Finding:
    """One official price, and what tokens x rate come to; both in USD per image, output only."""

    model: str
    size: str
    quality: str
    official: Decimal
    computed: Fraction

    @property
    def off(self) -> Fraction:
        """What the official price is above the computed one."""
        return Fraction(self.official) - self.computed

    @property
    def agrees(self) -> bool:
        """Whether the computed price is the official one when rounded as that is."""
        exact = Decimal(self.computed.numerator) / Decimal(self.computed.denominator)
        return exact.quantize(PRINTED_USD, ROUND_HALF_UP) == self.official


def official_prices() -> OfficialPrices:
    """Load the official prices that ship with the package."""
    path = files("xl_pricing.rates").joinpath("data", "official_prices.json")
    return read_row(OfficialPrices, json.loads(path.read_bytes()), "official_prices.json")


def audit(card: RateCard, table: OfficialPrices) -> Iterator[Finding]:
    """Yield all official prices, at the rates of the day on which they were read."""
    for listed in table.prices:
        for size, usd in zip(table.sizes, listed.usd, strict=True):
            computed = _computed(card, listed.model, size, listed.quality, table.checked)
            yield Finding(listed.model, size, listed.quality, usd, computed)


def _computed(card: RateCard, model: str, size: str, quality: str, day: date) -> Fraction:
    known = card.model(model)
    tokens = known.output.rule.counter(quality)(parse_size(size))
    rate = card.rate(known, "image_out", "standard", day)
    return tokens * Fraction(rate.usd_per_mtok) / TOKENS_PER_MTOK
