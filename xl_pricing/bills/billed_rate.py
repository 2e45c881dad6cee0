"""Why an amount is another one than its tokens cost: amount / quantity is the billed rate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from xl_pricing.bills.charges import Key, Lot, price
from xl_pricing.bills.parts import Part
from xl_pricing.bills.rule import Rule
from xl_pricing.estimation.image import TIERS

RESIDENCY = Fraction(11, 10)
"""Data residency and data zones cost a tenth more."""
RESIDENCY_SINCE = date(2026, 3, 5)
"""Release of the first models that it holds for."""
LEAST_LINES = 3
"""So many lines of a model have to show one ratio before it is a negotiated price."""


class Why(NamedTuple):
    """What an amount is; ``sure`` where the figures leave nothing for a person to confirm."""

    part: Part
    sure: bool = True


class Ratios(NamedTuple):
    """What ratios of the billed to the listed rate show: see `Terms`."""

    ratios: Mapping[str, Fraction]
    since: Mapping[tuple[str, date | None], Fraction]
    uneven: frozenset[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Terms:
    """By what lines are judged: the rule, and in USD what a line may be off by rounding.

    ``uplift`` is what a person says that all rates are multiplied by.
    """

    rule: Rule
    rounding_usd: Fraction
    uplift: Fraction | None = None
    ratios: Mapping[str, Fraction] = field(default_factory=dict)
    """Ratios of the billed to the listed rate that all lines of a model show."""
    since: Mapping[tuple[str, date | None], Fraction] = field(default_factory=dict)
    """Ratios that all lines of a model show from a day on, by the days."""
    uneven: frozenset[tuple[object, ...]] = frozenset()
    """Days, projects and models whose meters show several ratios."""


class _Paid(NamedTuple):
    """What lines came to, what they are listed at, and by what they may be rounded, in USD."""

    amount: Fraction
    listed: Fraction
    off: Fraction

    def is_at(self, ratio: Fraction) -> bool:
        """Tell whether they are at a ratio to the listed price."""
        return abs(self.amount - self.listed * ratio) <= self.off


def ratios_of(lots: Mapping[Key, Lot], rounding_usd: Fraction) -> Ratios:
    """Return the ratios that models show on all lines or from a day on, and where are several."""
    by_model: dict[str, dict[date | None, list[_Paid]]] = {}
    by_day: dict[tuple[object, ...], set[Fraction]] = {}
    for key, lot in lots.items():
        if key.meter and lot.used_usd and lot.used and lot.quantity:
            listed = lot.used_usd * lot.quantity / lot.used
            paid = _Paid(lot.amount, listed, rounding_usd * lot.lines)
            by_model.setdefault(key.model, {}).setdefault(key.day, []).append(paid)
            by_day.setdefault(key[:3], set()).add(lot.amount / listed)
    whole: dict[str, Fraction] = {}
    since: dict[tuple[str, date | None], Fraction] = {}
    for model, days in by_model.items():
        alike, ratio = _last_alike(days)
        if len(alike) == len(days):
            whole[model] = ratio
        since |= {(model, day): ratio for day in alike}
    return Ratios(whole, since, frozenset(day for day, found in by_day.items() if len(found) > 1))


def _last_alike(days: Mapping[date | None, list[_Paid]]) -> tuple[list[date | None], Fraction]:
    """Return the last days whose lines all show one ratio, if they are enough lines, and it."""
    ordered = sorted(days, key=lambda day: day or date.min, reverse=True)
    largest = max(days[ordered[0]], key=lambda paid: paid.listed)
    ratio = largest.amount / largest.listed
    alike = [*takewhile(lambda day: all(paid.is_at(ratio) for paid in days[day]), ordered)]
    lines = sum(len(days[day]) for day in alike)
    return (alike if lines >= LEAST_LINES else []), ratio


def why(key: Key, lot: Lot, listed: Fraction, terms: Terms) -> Why:
    """Say why an amount is another one than the ``listed`` USD of its tokens."""
    found = (said for said, holds in _tried(key, lot, listed, terms) if holds)
    return next(found, Why(Part.UNEXPLAINED))


def _tried(key: Key, lot: Lot, listed: Fraction, terms: Terms) -> Iterator[tuple[Why, bool]]:
    """Yield what an amount can be, and whether it is that, the first one first."""
    amount, off = lot.amount, terms.rounding_usd * lot.lines
    yield Why(Part.ROUNDING), abs(amount - listed) <= off
    yield Why(Part.UNEXPLAINED), not lot.quantity or not listed or amount < 0
    yield Why(Part.FREE), not amount
    if terms.uplift is not None:
        yield Why(Part.AGREED), abs(amount - listed * terms.uplift) <= off
    yield Why(Part.RESIDENCY, lot.zoned == lot.lines), _is_resident(key, lot, listed, terms)
    yield Why(Part.BATCH), lot.listed < listed and abs(amount - lot.listed) <= off
    standard, batch = (_listed_at(tier, key, lot, terms.rule) for tier in TIERS)
    yield Why(Part.BATCH), amount == batch
    yield Why(Part.NOT_HALVED), amount == standard
    paid = _Paid(amount, listed, off)
    for part, ratio in (
        (Part.NEGOTIATED, terms.ratios.get(key.model)),
        (Part.CHANGED, terms.since.get((key.model, key.day))),
    ):
        yield Why(part, sure=False), ratio is not None and paid.is_at(ratio)
    paid_tokens = amount * lot.quantity / listed
    part_is_free = amount < listed and paid_tokens.denominator == 1
    yield Why(Part.UNDER, sure=key[:3] in terms.uneven), part_is_free


def _is_resident(key: Key, lot: Lot, listed: Fraction, terms: Terms) -> bool:
    model = terms.rule.model(key.model)
    eligible = model is not None and model.released >= RESIDENCY_SINCE
    return (eligible or bool(lot.zoned)) and lot.amount == listed * RESIDENCY


def _listed_at(tier: str, key: Key, lot: Lot, rule: Rule) -> Fraction:
    return price(rule.series(key.day, key.model, tier), key.meter, lot.quantity)
