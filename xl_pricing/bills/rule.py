"""The rule by which a row of a log or a bill is priced, in one place.

1. Tokens are whole numbers from 0 on; anything else makes a row unreadable (`whole_tokens`).
2. Input that its details leave open is text; details over their total count (`read_usage`).
3. Cached tokens are part of the input but in sums of an organization (`read_grouped_usage`).
4. Output that its details leave open is image.
5. Tokens without a rate, an unknown model, a day before the first rate, no usage: not priced.
6. A model is named without provider and trailing date. After its end its last rates hold.
7. The day is the UTC day of the time (`moments`).
8. Batch rates where the row says so.
9. Conversation model, SVG author and other products are no image cost.
10. The same id twice counts once.
11. A refund is an amount like any other.

Points 1 to 4 stand in `xl_pricing.estimation.usage`, which IMGBILL reads by too.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.cost import Tariff
from xl_pricing.estimation.image import DEFAULT_TIER, TIERS
from xl_pricing.estimation.usage import METER_NAMES, Metered
from xl_pricing.rates.card import OTHER_MODELS, RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.rows import Model
from xl_pricing.words import hint_for

_DATED = re.compile(r"-[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_MOST_SERIES = 500_000


class Given(NamedTuple):
    """Model and tier of rows that tell none, from the person who asks."""

    model: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What rows of one day, model and tier cost; or why they are not priced."""

    day: date | None
    model: str
    """The id of the rates, or the name as told."""
    tier: str
    tariff: Tariff | None = None
    unrated: tuple[int, ...] = ()
    """Which meters have no rate, by their place in `Metered`."""
    assumed: int = 0
    reason: Reason | None = None
    detail: str = ""


class Verdict(NamedTuple):
    """What the rule says of a row: its series, and why it is not priced, if so."""

    series: Series
    reason: Reason | None = None
    detail: str = ""


class Rule:
    """The rule, by the rates of one card."""

    def __init__(self, card: RateCard, given: Given | None = None) -> None:
        """Take the rates, and what goes for rows that tell no model or tier."""
        self._card = card
        self._given = given or Given()
        self._series: dict[tuple[date | None, str | None, str | None], Series] = {}

    def judge(self, row: Row) -> Verdict:
        """Say by which series a row is priced, or why it is not."""
        series = self.series(row.day, row.model, row.tier)
        tokens = row.tokens
        if row.reason is not None and not _is_of_no_matter(row, series):
            return Verdict(series, row.reason, row.detail)
        if tokens is None:
            return Verdict(series, *self._without_tokens(row, series))
        if series.reason is not None:
            return Verdict(series, _reason(row, series), series.detail)
        for i in series.unrated:
            if tokens[i]:
                return Verdict(series, *_unrated(series, i))
        if row.images and not any(tokens):
            return Verdict(series, Reason.NO_TOKENS)
        return Verdict(series)

    def series(self, day: date | None, model: str | None, tier: str | None) -> Series:
        """Return what rows of a day, model and tier, as they are told, are priced by."""
        key = (day, model, tier)
        series = self._series.get(key)
        if series is None:
            if len(self._series) >= _MOST_SERIES:
                self._series.clear()
            series = self._series[key] = self._read_series(*key)
        return series

    def model(self, name: str) -> Model | None:
        """Find a model by a name as logs and bills write it, ``None`` where the card has none."""
        return self._card.find(name) or self._card.find(bare_name(name))

    def _without_tokens(self, row: Row, series: Series) -> tuple[Reason | None, str]:
        if series.reason is Reason.OTHER_PRODUCT:
            return _reason(row, series), series.detail
        return Reason.AMOUNT_ALONE if row.billed_side else Reason.NO_USAGE, ""

    def _read_series(self, day: date | None, told: str | None, told_tier: str | None) -> Series:
        name, tier, assumed = told, told_tier, 0
        if name is None and self._given.model:
            name, assumed = self._given.model, int(Assumed.MODEL_GIVEN)
        if tier is None and self._given.tier:
            tier, assumed = self._given.tier, assumed | int(Assumed.TIER_GIVEN)
        tier = tier or DEFAULT_TIER
        if name is None:
            return Series(day, "", tier, reason=Reason.NO_MODEL)
        model = self.model(name)
        if model is None:
            bare = bare_name(name)
            images = "image" in bare and not hint_for(bare, OTHER_MODELS)
            reason = Reason.UNKNOWN_MODEL if images else Reason.OTHER_PRODUCT
            return Series(day, bare, tier, reason=reason, detail=bare)
        if tier not in TIERS:
            return Series(day, model.id, tier, reason=Reason.NO_TIER, detail=tier)
        if day is None:
            assumed |= Assumed.NO_DAY
        elif model.shuts_down and model.shuts_down <= day:
            assumed |= Assumed.SHUT_DOWN
        tariff = self._card.tariff(model, tier, day or today())
        unrated = tuple(i for i, meter in enumerate(METER_NAMES) if meter not in tariff.prices)
        return Series(day, model.id, tier, tariff, unrated, int(assumed))


def _is_of_no_matter(row: Row, series: Series) -> bool:
    """Tell whether an unreadable time is that of another product's amount, which stays one."""
    is_amount = row.reason is Reason.NO_DAY and row.tokens is None
    return is_amount and series.reason is Reason.OTHER_PRODUCT


def usd(series: Series, tokens: Metered) -> Fraction:
    """Return the exact USD of tokens whose meters all have a rate."""
    if series.tariff is None:
        raise InvalidValueError(f"{series.model} has no rates; accepted: a series that is priced")
    return tokens.usd(series.tariff)


def bare_name(name: str) -> str:
    """Return a model's name in lower case, without provider and trailing date."""
    return _DATED.sub("", name.strip().lower().rpartition("/")[2])


def _reason(row: Row, series: Series) -> Reason | None:
    """Return why a series is not priced; an image call of an unknown name is no other product."""
    if series.reason is Reason.OTHER_PRODUCT and row.image_call:
        return series.reason if hint_for(series.model, OTHER_MODELS) else Reason.UNKNOWN_MODEL
    return series.reason


def _unrated(series: Series, i: int) -> tuple[Reason, str]:
    if len(series.unrated) == len(METER_NAMES) and series.tier == DEFAULT_TIER:
        return Reason.BEFORE_FIRST_RATE, series.model
    return Reason.NO_RATE, f"{METER_NAMES[i]} of {series.model}, {series.tier}"
