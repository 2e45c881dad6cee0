"""The rate card: what a model counts and what a token costs, since when, says who."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from xl_pricing.errors import CardError, InvalidValueError, NotAvailableError
from xl_pricing.estimation.cost import Price, Tariff
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.size import Size
from xl_pricing.estimation.tokens import GridRule
from xl_pricing.rates.destinations import Destination
from xl_pricing.rates.other_models import OtherModel
from xl_pricing.rates.records import read_rows
from xl_pricing.rates.rows import ANY, METERS, Model, Plan, Rate, Ratio, Series
from xl_pricing.words import shortened, unknown

DEFAULT_MODEL = "gpt-image-2"
OTHER_MODELS = {
    "dall-e": "it was billed per image, not by tokens",
    "gpt-4": "it writes text, its images are made by the models here",
    "gpt-5": "it writes text, its images are made by the models here",
    "sora": "it makes videos, not images",
    "imagen": "it is Google's",
    "gemini": "it is Google's",
    "nano banana": "it is Google's",
    "midjourney": "it is another maker's",
    "flux": "it is another maker's",
    "stable-diffusion": "it is another maker's",
    "sdxl": "it is another maker's",
    "seedream": "it is another maker's",
}
"""What is said of models that are not priced here, by how their names begin."""
DOCUMENTS = ("models", "rates", "plans", "ratios", "other_models", "destinations")
"""What a card is made of: the names of its documents."""
FORMAT = 1
RATES_AGE_DAYS = 45
"""Rates that were checked longer ago are flagged."""


@dataclass(frozen=True, eq=False)
class RateCard:
    """Models and prices, with look-ups. Two cards are equal only if they are one."""

    models: tuple[Model, ...]
    rates: tuple[Rate, ...]
    plans: tuple[Plan, ...]
    ratios: tuple[Ratio, ...]
    other_models: tuple[OtherModel, ...]
    destinations: tuple[Destination, ...]

    @property
    def checked(self) -> date:
        """The latest day on which a rate was checked."""
        return max(rate.checked for rate in self.rates)

    def as_of(self, day: date) -> date:
        """Return the day as of which a sheet of ``day`` prices: never before the last check."""
        return max(self.checked, day)

    def find(self, name: str) -> Model | None:
        """Find a model by id, alias or dated snapshot, in any case; ``None`` for no model."""
        return self._models.get(name.strip().lower())

    def model(self, name: str) -> Model:
        """Find a model by id, alias or dated snapshot, in any case.

        Raises `InvalidValueError` for a name that nobody knows.
        """
        found = self.find(name)
        if found is None:
            known = [model.id for model in self.models]
            raise InvalidValueError(unknown("model", name, known, hints=OTHER_MODELS))
        return found

    def rate(self, model: Model, meter: str, tier: str, day: date) -> Rate:
        """Return the rate in force on ``day``; raise `NotAvailableError` where there is none."""
        found = self._in_force(model, meter, tier, day)
        if found is None:
            raise NotAvailableError(f"no rate for {meter} of {_sold(model, tier, day)}")
        return found

    def tariff(self, model: Model, tier: str, day: date) -> Tariff:
        """Return the prices of all meters of a model that have a rate on ``day``."""
        rates = [self._in_force(model, meter, tier, day) for meter in METERS]
        prices: dict[str, Price] = {
            rate.meter: Price(Fraction(rate.usd_per_mtok), rate.evidence) for rate in rates if rate
        }
        return Tariff.of(prices, _sold(model, tier, day))

    def offer(self, plan: str, model: Model, size: Size, quality: str) -> Plan:
        """Return the row by which ``plan`` bills such an image.

        Of the rows that fit, the smallest size tier wins, then a named model and quality over
        ``any``. Raises `InvalidValueError` for an unknown plan, `NotAvailableError` where a known
        plan has no row for the image.
        """
        rows = self._plans.get(plan.strip().lower())
        if rows is None:
            known = dict.fromkeys(row.plan for row in self.plans)
            others = "or a number: USD per credit"
            raise InvalidValueError(unknown("plan", plan, known, others=others))
        fitting = [row for row in rows if row.fits(model.id, size, quality)]
        if not fitting:
            raise NotAvailableError(_no_price(rows, model, size, quality))
        return min(fitting, key=lambda r: (r.max_long_edge_px, r.model == ANY, r.quality == ANY))

    def newcomer(self, name: str, released: date) -> Model:
        """Return a model of which only prices are known; it is taken to be like the default one.

        Its tokens are not counted, so it has a price for measured tokens only.
        """
        like = self.model(DEFAULT_MODEL)
        said = f"no token count is known for {name}"
        unknown = GridRule({}, dict.fromkeys(like.output.rule.qualities, said))
        source = f"taken over from {like.id}"
        return replace(
            like,
            id=name,
            aliases=(),
            released=released,
            shuts_down=None,
            output=replace(like.output, rule=unknown, source=source, basis="estimate"),
            references=replace(like.references, source=source, basis="estimate"),
            text=replace(like.text, source=source, basis="estimate"),
            notes=(f"First seen on {released}; its sizes are taken over from {like.id}.",),
        )

    def _in_force(self, model: Model, meter: str, tier: str, day: date) -> Rate | None:
        history = self._history.get((model.id, meter, tier), ())
        newer = bisect_right(history, day, key=lambda rate: rate.effective_from)
        return history[newer - 1] if newer else None

    @cached_property
    def _models(self) -> Mapping[str, Model]:
        names = {model.id: model for model in self.models}
        return names | {alias: model for model in self.models for alias in model.aliases}

    @cached_property
    def _plans(self) -> Mapping[str, list[Plan]]:
        plans: dict[str, list[Plan]] = {}
        for row in self.plans:
            plans.setdefault(row.plan.lower(), []).append(row)
        return plans

    @cached_property
    def _history(self) -> Mapping[Series, list[Rate]]:
        history: dict[Series, list[Rate]] = {}
        for rate in sorted(self.rates, key=lambda rate: rate.effective_from):
            rates = history.setdefault(rate.series, [])
            if rates and rates[-1].effective_from == rate.effective_from:
                raise CardError(
                    f"{rate.model} {rate.meter} {rate.tier} has two rates from "
                    f"{rate.effective_from}; accepted: one rate a day"
                )
            rates.append(rate)
        return history


@lru_cache(maxsize=1)
def bundled_card() -> RateCard:
    """Load the card that ships with the package."""
    return read_card(**{name: _bundled(name) for name in DOCUMENTS})


def read_card(
    models: Mapping[str, Any],
    rates: Mapping[str, Any],
    plans: Mapping[str, Any],
    ratios: Mapping[str, Any],
    other_models: Mapping[str, Any],
    destinations: Mapping[str, Any],
) -> RateCard:
    """Validate the documents of a card; raise `CardError` with the first fault."""
    return RateCard(
        tuple(read_rows(Model, list(_with_rules(models)), "models")),
        tuple(read_rows(Rate, rows_of(rates, "rates"), "rates")),
        tuple(read_rows(Plan, rows_of(plans, "plans"), "plans")),
        tuple(read_rows(Ratio, rows_of(ratios, "ratios"), "ratios")),
        tuple(read_rows(OtherModel, rows_of(other_models, "other_models"), "other_models")),
        tuple(read_rows(Destination, rows_of(destinations, "destinations"), "destinations")),
    )


def read_tier(word: str) -> str:
    """Read a tier's name; raise `InvalidValueError` for an unknown one."""
    tier = word.strip().lower()
    if tier not in TIERS:
        raise InvalidValueError(unknown("tier", word, TIERS))
    return tier


def read_meter(word: str) -> str:
    """Read a meter's name; raise `InvalidValueError` for an unknown one."""
    meter = word.strip().lower()
    if meter not in METERS:
        raise InvalidValueError(unknown("meter", word, METERS))
    return meter


def _with_rules(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Put the named size and output rules into the models that name them."""
    for model in rows_of(document, "models"):
        yield {
            **model,
            "sizes": document.get("size_rules", {}).get(model.get("sizes")),
            "output": document.get("output_rules", {}).get(model.get("output")),
        }


def rows_of(document: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a document; raise `CardError` for another format or none."""
    if document.get("format") != FORMAT:
        raise CardError(f"{name} have format {document.get('format')!r}; accepted: {FORMAT}")
    if not isinstance(document.get(name), list):
        raise CardError(f"the file has no list of {name}; accepted: a file as it ships")
    rows: Sequence[Mapping[str, Any]] = document[name]
    return rows


def _no_price(rows: Sequence[Plan], model: Model, size: Size, quality: str) -> str:
    """Say that a plan has no row for an image, and for which it has one."""
    said = f"plan {rows[0].plan} has no price for {model.id} {size} at quality {quality}"
    note = next((f" ({row.note})" for row in rows if model.id in row.note), "")
    sold = [row for row in rows if row.model in {model.id, ANY}]
    if not sold:
        return shortened(f"{said}; it is known for {_names(row.model for row in rows)}{note}")
    sized = [row for row in sold if row.quality != ANY and row.fits(model.id, size, row.quality)]
    if sized:
        return f"{said}; it takes {_names(row.quality for row in sized)}"
    tiers = _names(row.size_tier for row in sold if row.size_tier != ANY)
    longest = max(row.max_long_edge_px for row in sold)
    return f"{said}; it takes {tiers or 'sizes'}, up to {longest:,} px"


def _names(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _sold(model: Model, tier: str, day: date) -> str:
    return f"{model.id}, tier {tier}, on {day}"


def _bundled(name: str) -> Any:  # noqa: ANN401 - JSON, validated by the caller
    return json.loads(files("xl_pricing.rates").joinpath("data", f"{name}.json").read_bytes())
