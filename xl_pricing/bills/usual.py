"""What is looked up of a model beside a bill: its rates by meter, and usual output tokens."""

from collections.abc import Mapping
from fractions import Fraction

from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.cost import Tariff
from xl_pricing.functions.arguments import read_image
from xl_pricing.rates.rows import Model


def rates_of(tariff: Tariff) -> Mapping[str, Fraction]:
    """Return USD per 1M tokens by meter."""
    return {meter: price.usd_per_mtok for meter, price in tariff.prices.items()}


def usual_tokens(model: Model, size: str | None, quality: str | None) -> Fraction | None:
    """Return output tokens of an image by the formula, ``None`` where they are not known."""
    if not (size and quality):
        return None
    try:
        return Fraction(model.counting.usage(read_image(model, size, quality)).image_out)
    except XlPricingError:
        return None
