"""Rows that tell tokens and an amount: the first known cause that explains each amount."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache

from xl_pricing.bills.parts import MOST_ABOUT, Part, Piece
from xl_pricing.bills.row import Row
from xl_pricing.bills.rule import Rule, Series, usd
from xl_pricing.bills.usual import rates_of, usual_tokens
from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.causes import Billed, Cause, Finding, Rates, find_cause, readings
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.usage import Metered

PARTS: Mapping[Cause, Part] = {
    Cause.NOTHING_BILLED: Part.NOTHING_LOGGED,
    Cause.AGREES: Part.ROUNDING,
    Cause.AGREES_AS_TOLD: Part.ROUNDING,
    Cause.AGREES_BATCH: Part.BATCH,
    Cause.OUTPUT_AS_TEXT: Part.OUTPUT_AS_TEXT,
    Cause.INPUT_AS_TEXT: Part.INPUT_AS_TEXT,
    Cause.CACHE_IGNORED: Part.CACHE_IGNORED,
    Cause.BATCH_NOT_HALVED: Part.NOT_HALVED,
    Cause.BILLED_AS_BATCH: Part.BATCH,
    Cause.OTHER_TOKENS: Part.OTHER_TOKENS,
    Cause.MULTIPLE: Part.MULTIPLE,
}
"""The part of the difference that a cause makes; of others it is unexplained."""


MOST_KEPT = 20_000
"""Rows whose cause is remembered for those that are alike."""


@dataclass(slots=True)
class Caused:
    """Rows of one cause: how many, by how much in USD they differ, three places."""

    rows: int = 0
    usd: Fraction = Fraction(0)
    places: list[str] = field(default_factory=list)


class RowCauses:
    """The causes of rows that were added."""

    def __init__(self, rule: Rule) -> None:
        """Begin with none; rates and models are those of the rule."""
        self._rule = rule
        self._rates = lru_cache(maxsize=4096)(self._rates_by_tier)
        self._usual = lru_cache(maxsize=4096)(self._usual_tokens)
        self._known: dict[tuple[object, ...], tuple[Part, str]] = {}
        self.found: dict[Part, Caused] = {}
        self.priced_usd = Fraction(0)
        """Exact USD of the tokens of all rows that tell an amount."""

    def add(self, row: Row, series: Series, place: str) -> None:
        """Add a priced row with an amount in USD."""
        tokens, amount = row.tokens or Metered(), row.billed or Fraction(0)
        listed = usd(series, tokens)
        self.priced_usd += listed
        if amount == listed:
            return
        alike = (series, row.tier, tokens, amount, row.images, row.size, row.quality, row.assumed)
        if alike not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[alike] = self._cause(row, series, tokens, amount)
        part, figure = self._known[alike]
        caused = self.found.setdefault(part, Caused())
        caused.rows += row.rows
        caused.usd += amount - listed
        if len(caused.places) < MOST_ABOUT:
            caused.places.append(place + figure)

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of the difference that the rows make."""
        for part, each in self.found.items():
            sure = part is not Part.MULTIPLE
            rows = f"{each.rows:,} row{'' if each.rows == 1 else 's'}"
            about = f"{rows} ({'; '.join(each.places)})" if part is not Part.ROUNDING else ""
            yield Piece(part, each.usd, about, sure)

    def _cause(
        self, row: Row, series: Series, tokens: Metered, amount: Fraction
    ) -> tuple[Part, str]:
        usual = self._usual(series.model, row.size, row.quality)
        rates = self._rates(row.day, row.model)
        least = most = tokens
        images = row.images or 0
        if row.assumed & Assumed.ALL_TEXT:
            may_write = "text_out" in rates[series.tier]
            sent, made = tokens.text_in, tokens.image_out
            least, most = readings(sent, made, images, usual, may_write=may_write)
        try:
            found = find_cause(Billed(amount, least, most, rates, row.tier, images, usual))
        except NotAvailableError:
            return Part.UNEXPLAINED, ""
        return PARTS.get(found.cause, Part.UNEXPLAINED), _figure(found)

    def _rates_by_tier(self, day: date | None, model: str | None) -> Mapping[str, Rates]:
        tariffs = {tier: self._rule.series(day, model, tier).tariff for tier in TIERS}
        return {tier: rates_of(tariff) if tariff else {} for tier, tariff in tariffs.items()}

    def _usual_tokens(self, model: str, size: str | None, quality: str | None) -> Fraction | None:
        known = self._rule.model(model)
        return usual_tokens(known, size, quality) if known else None


def _figure(found: Finding) -> str:
    """Say the figure of a cause: a multiple of the price, or the usual tokens."""
    if found.figure is None:
        return ""
    if found.cause is Cause.MULTIPLE:
        return f" x {float(found.figure):g}"
    if found.cause is Cause.OTHER_TOKENS:
        return f", usual: {float(found.figure):,.0f}"
    return f", {float(100 * found.figure):+.1f} %"
