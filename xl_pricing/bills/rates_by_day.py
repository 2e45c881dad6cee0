"""The rates of a card laid out for one join: a row a model, tier and span of days."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from xl_pricing.bills.moments import EPOCH
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.usage import METER_NAMES
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model

_MOST_DIGITS = 18
"""Digits of USD per token behind the point at most, so that sums stay within 38."""
_PER_MTOK_DIGITS = 6


class Span(NamedTuple):
    """The rates of a model and tier from a day on, until the next; days since 1970.

    ``units`` are those of `METER_NAMES`, ``None`` where a meter has no rate.
    """

    model: str
    tier: str
    since: int
    until: int
    units: tuple[int | None, ...]


class Prices(NamedTuple):
    """All rates of a card: units per token, of which 10 to the power of ``digits`` are a USD."""

    names: dict[str, str]
    """The id of each name that a model has, in lower case."""
    spans: tuple[Span, ...]
    digits: int


def prices_of(card: RateCard) -> Prices:
    """Lay out a card's rates; raise `InvalidValueError` for one of too many digits."""
    digits = max(
        (-int(rate.usd_per_mtok.normalize().as_tuple().exponent) for rate in card.rates), default=0
    )
    digits = max(digits, 0) + _PER_MTOK_DIGITS
    if digits > _MOST_DIGITS:
        raise InvalidValueError(
            f"a rate has {digits - _PER_MTOK_DIGITS} digits behind the point; "
            f"accepted: {_MOST_DIGITS - _PER_MTOK_DIGITS}"
        )
    names = {name: model.id for model in card.models for name in (model.id, *model.aliases)}
    spans = (
        span
        for model in card.models
        for tier in TIERS
        for span in _spans(card, model, tier, digits)
    )
    return Prices(names, tuple(spans), digits)


def _spans(card: RateCard, model: Model, tier: str, digits: int) -> Iterator[Span]:
    begins = sorted(
        {rate.effective_from for rate in card.rates if (rate.model, rate.tier) == (model.id, tier)}
    )
    for since, until in pairwise([*begins, date.max]):
        tariff = card.tariff(model, tier, since)
        units = tuple(
            _units(price.usd_per_mtok, digits) if (price := tariff.prices.get(name)) else None
            for name in METER_NAMES
        )
        yield Span(model.id, tier, (since - EPOCH).days, (until - EPOCH).days, units)


def _units(usd_per_mtok: Fraction, digits: int) -> int:
    return int(usd_per_mtok * 10 ** (digits - _PER_MTOK_DIGITS))
