"""A spec typed in a row of a table, read as the sheet reads it and priced by the core."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from former.values import LIMITS, NOT_AVAILABLE, MissingError, Value, require
from workbook_templates.formulas.image import METERS
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.cost import TOKENS_PER_MTOK, Tariff
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.size import Size, parse_ratio, preset
from xl_pricing.estimation.tokens import REFERENCE_RULES, GridRule, TableRule
from xl_pricing.functions.values import read_number
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.rows import Model

_SECONDS_PER_DAY = 86_400
_PIXELS = re.compile(r"([1-9]\d*)x([1-9]\d{0,8})")
_NOWHERE = Size(0, 0)

Number = int | Fraction


def attempt(compute: Callable[[], Any]) -> Value:
    """Return a value, #N/A where it is missing."""
    try:
        return compute()
    except (XlPricingError, MissingError):
        return NOT_AVAILABLE


def blank(value: object) -> bool:
    """Tell whether a cell is empty."""
    return value is None or value == ""


def number(value: object) -> Fraction:
    """Return the number in a cell; text is none, even where it looks like one."""
    if isinstance(value, str) or value is None:
        raise MissingError
    return read_number(value, "a number")


def noticeable(saving: Fraction, budget: Fraction) -> Fraction:
    """Return a saving, 0 where it is too small a part of the budget to be one."""
    return saving if abs(saving) > budget * LIMITS["negligible_share"] else Fraction(0)


def whole(value: object, most: Fraction) -> int:
    """Return a whole number from 0 to ``most``."""
    found = number(value)
    require(0 <= found <= most and found.denominator == 1)
    return int(found)


class ReadSize(NamedTuple):
    """A size as the sheet reads it: its text, and px; 0 where it cannot be read."""

    text: str
    size: Size


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads sizes and models of rows; what depends on the card only is looked up once."""

    card: RateCard

    @cached_property
    def _presets(self) -> Mapping[str, Size]:
        legal = self.card.model(DEFAULT_MODEL).sizes
        return {row.ratio: preset(parse_ratio(row.ratio), legal) for row in self.card.ratios}

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        ids = {model.id: row for row, model in enumerate(self.card.models, start=1)}
        other = {
            m.aliases[0]: row
            for m, row in zip(self.card.models, ids.values(), strict=True)
            if m.aliases
        }
        return other | ids

    @cached_property
    def _tariffs(self) -> dict[tuple[str, str, date], Tariff]:
        return {}

    def tariff(self, model: Model, tier: str, day: date) -> Tariff:
        """Return a tariff, made once."""
        key = (model.id, tier, day)
        if key not in self._tariffs:
            self._tariffs[key] = self.card.tariff(model, tier, day)
        return self._tariffs[key]

    def model_row(self, typed: object) -> int:
        """Return a model's row in the models table, 0 where nobody knows it."""
        name = " ".join(typed.split()).lower() if isinstance(typed, str) else ""
        return self._rows.get(name, 0)

    def size(self, typed: object) -> ReadSize:
        """Read a ratio or px; a number is a ratio that Excel took for a time of day."""
        if isinstance(typed, str | None):
            text = (typed or "").lower().replace(" ", "").translate(str.maketrans("×*?~", "xx!!"))
        else:
            minutes = round(number(typed) % 1 * _SECONDS_PER_DAY) % _SECONDS_PER_DAY // 60
            text = "{}:{}".format(*divmod(minutes, 60))
        if text in self._presets:
            return ReadSize(text, self._presets[text])
        match = _PIXELS.fullmatch(text)
        return ReadSize(text, Size(int(match[1]), int(match[2])) if match else _NOWHERE)


@dataclass(frozen=True, eq=False)
class Spec:
    """A size and a quality for a model: what the row's workings show of them."""

    model: Model | None
    size: Size
    quality: object

    @cached_property
    def legal(self) -> int:
        """1 where the model takes the size."""
        if self.model is None or not min(self.size):
            return 0
        return int(self.model.sizes.fault(self.size) is None)

    @cached_property
    def word(self) -> str:
        """The quality as a word; empty where it is a number."""
        return self.quality.lower() if isinstance(self.quality, str) else ""

    @cached_property
    def grid(self) -> int:
        """Grid cells along the long edge; 0 without a grid."""
        rule = self.model.output.rule if self.model and self.legal else None
        return rule.grids.get(self.word, 0) if isinstance(rule, GridRule) else 0

    @cached_property
    def cells(self) -> int:
        """Grid cells along the short edge; Python rounds fractions half to even."""
        if not self.grid:
            return 0
        return round(Fraction(self.grid * self.size.short, self.size.long))

    @cached_property
    def listed(self) -> int:
        """Output tokens of a fixed size; 0 without a table of them."""
        rule = self.model.output.rule if self.model and self.legal else None
        if not isinstance(rule, TableRule):
            return 0
        return rule.table[str(self.size)].get(self.word, 0)

    @cached_property
    def output_tokens(self) -> Value:
        """Output tokens per image, or #N/A."""
        return attempt(self._count)

    def _count(self) -> Number:
        require(self.legal)
        assert self.model is not None
        if blank(self.quality) or isinstance(self.quality, str):
            return self.model.output.rule.counter(self.word)(self.size)
        tokens = number(self.quality)
        require(0 < tokens <= LIMITS["max_measured_tokens"])
        return tokens


def tier_column(tier: object) -> int:
    """Return the column before a tier's rates in force, -1 for an unknown tier."""
    word = tier.lower() if isinstance(tier, str) else ""
    return TIERS.index(word) * len(METERS) if word in TIERS else -1


def text_tokens(model: Model | None, prompt: object, references: object) -> Value:
    """Return the text tokens of a prompt with its overhead, 0 for a blank, or #N/A."""

    def count() -> int:
        require(model)
        assert model is not None
        images = whole(references, LIMITS["max_references"]) if not blank(references) else 0
        overhead = model.text.per_call + model.text.per_reference * images
        return whole(prompt, LIMITS["max_prompt_tokens"]) + overhead

    return 0 if blank(prompt) else attempt(count)


def image_tokens(model: Model | None, references: object) -> Value:
    """Return the tokens of a row's reference images, 0 for a blank, or #N/A."""

    def count() -> int:
        require(model)
        assert model is not None
        return whole(references, LIMITS["max_references"]) * reference_tokens(model)

    return 0 if blank(references) else attempt(count)


def reference_tokens(model: Model) -> int:
    """Return the tokens of one reference image of a row."""
    edge = int(LIMITS["reference_px"])
    return REFERENCE_RULES[model.references.rule](Size(edge, edge))


def usd(tariff: Tariff, tokens: Mapping[str, Any]) -> Fraction:
    """Return exact USD per image; a meter without tokens needs no rate."""
    total = Fraction(0)
    for meter, count in tokens.items():
        require(count != NOT_AVAILABLE)
        if count:
            require(meter in tariff.prices)
            total += count * tariff.prices[meter].usd_per_mtok
    return total / TOKENS_PER_MTOK
