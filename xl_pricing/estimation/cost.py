"""Tokens times rates: USD, exact, line by line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError

TOKENS_PER_MTOK = 1_000_000
BASES = ("official", "quoted", "measured", "estimate")
"""How well a figure is known, best first."""


class Usage(NamedTuple):
    """Tokens of one call with ``n`` images; inputs are per image and billed ``n`` times.

    ``image_out`` is the sum over the ``n`` images; it may be a fraction where it was measured.
    """

    text_in: int
    image_in: int
    image_out: int | Fraction
    n: int = 1


class Evidence(NamedTuple):
    """Where a figure comes from; ``checked`` is an ISO date."""

    source: str
    checked: str
    basis: str


class Price(NamedTuple):
    """One meter's rate in USD per 1M tokens, and its evidence."""

    usd_per_mtok: Fraction
    evidence: Evidence


class MeterCost(NamedTuple):
    """What a meter adds to an image: tokens, USD per 1M tokens, USD."""

    meter: str
    tokens: Fraction
    usd_per_mtok: Fraction
    usd: Fraction
    evidence: Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """The prices of one model, tier and day by meter; integers over one denominator."""

    prices: Mapping[str, Price]
    missing: str
    usd: Mapping[str, int]
    per_tokens: int

    @classmethod
    def of(cls, prices: Mapping[str, Price], missing: str) -> "Tariff":
        """Build from prices by meter; ``missing`` completes the sentence for an absent meter."""
        scale = lcm(*(price.usd_per_mtok.denominator for price in prices.values()))
        usd = {meter: int(price.usd_per_mtok * scale) for meter, price in prices.items()}
        return cls(prices, missing, usd, scale * TOKENS_PER_MTOK)

    def pricer(self, text_in: int, image_in: int, n: int) -> Callable[[int | Fraction], float]:
        """Return USD per image as a function of the output tokens of a call.

        USD is rounded once, to the nearest float. Raises `NotAvailableError` where a meter in use
        has no rate.
        """
        rate, inputs, count = self._weights(text_in, image_in, n)
        return lambda image_out: float((image_out * rate + inputs) / count)

    def exact_usd_per_image(self, usage: Usage) -> Fraction:
        """Return USD per image as an exact fraction."""
        rate, inputs, count = self._weights(usage.text_in, usage.image_in, usage.n)
        return Fraction(usage.image_out * rate + inputs, count)

    def lines(self, usage: Usage, counted: Mapping[str, Evidence]) -> list[MeterCost]:
        """Itemise per image: text in, image in, image out; ``counted`` says how tokens are known.

        A line's basis is the weaker one of its rate and its token count.
        """
        per_image = {
            "text_in": Fraction(usage.text_in),
            "image_in": Fraction(usage.image_in),
            "image_out": Fraction(usage.image_out) / usage.n,
        }
        return [
            self._line(meter, tokens, counted[meter])
            for meter, tokens in per_image.items()
            if tokens or meter == "image_out"
        ]

    def _weights(self, text_in: int, image_in: int, n: int) -> tuple[int, int, int]:
        """Return rate, inputs, count: USD per image is (output tokens x rate + inputs) / count."""
        inputs = text_in and text_in * self._usd("text_in")
        inputs += image_in and image_in * self._usd("image_in")
        return self._usd("image_out"), n * inputs, n * self.per_tokens

    def _usd(self, meter: str) -> int:
        if meter not in self.usd:
            raise NotAvailableError(f"no rate for {meter} of {self.missing}")
        return self.usd[meter]

    def _line(self, meter: str, tokens: Fraction, counted: Evidence) -> MeterCost:
        rate, known = self.prices[meter]
        basis = max(known.basis, counted.basis, key=BASES.index)
        source = f"{known.source}; tokens: {counted.source}"
        usd = tokens * rate / TOKENS_PER_MTOK
        return MeterCost(meter, tokens, rate, usd, Evidence(source, known.checked, basis))
