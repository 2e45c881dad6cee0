"""The rows of a rate card and their limits: models, rates, plans, ratios.

Rows come from the bundled files or from a table in a sheet; either way what does not fit is
refused with one sentence that names the row, the column and what is accepted.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from xl_pricing.errors import InvalidValueError, OutOfRangeError
from xl_pricing.estimation.cost import Evidence
from xl_pricing.estimation.credits import Terms
from xl_pricing.estimation.image import Counting
from xl_pricing.estimation.size import FixedSizes, FreeSizes, Size, parse_ratio, ratio_text
from xl_pricing.estimation.tokens import REFERENCE_RULES, GridRule, OutputRule, TableRule
from xl_pricing.rates.records import Reads, amount, text, whole
from xl_pricing.words import quoted
from xl_pricing.written_days import day_in

ANY = "any"
"""What stands for every value of a column of the plans."""
METERS = ("text_in", "text_cached", "text_out", "image_in", "image_cached", "image_out")
LEAST_USD, MOST_USD = Decimal("1e-9"), Decimal(1_000_000)
"""What 1M tokens, an image or a credit can cost."""
MOST_DIGITS = 24

Series = tuple[str, str, str]
"""What has a price of its own: model, meter, tier."""

EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no time zone
MINUTES_PER_DAY = 1440
_LAST_SERIAL = 2_958_465


def read_date(value: object) -> date:
    """Read a day: text in any usual form, a date, or the serial number that Excel keeps for one.

    Raises `InvalidValueError` for what is no date or can be two, `OutOfRangeError` for a number
    that is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if _is_nan(value) or not 1 <= value <= _LAST_SERIAL:
            raise OutOfRangeError(
                f"date {quoted(value)} is out of range; "
                f"accepted: 1 to {_LAST_SERIAL:,}, as Excel counts"
            )
        return (EXCEL_EPOCH + timedelta(days=int(value))).date()
    if isinstance(value, str) and (day := _day_in(value)):
        return day
    raise InvalidValueError(
        f"date {quoted(value)} is not readable; accepted: an Excel date or text such as 2026-05-01"
    )


def _day_in(text: str) -> date | None:
    try:
        return day_in(text)
    except InvalidValueError as error:
        raise InvalidValueError(
            f"date {error}; accepted: the one that is meant, written so"
        ) from None


def read_minutes(days: object) -> int | None:
    """Read a time in minutes: a time, a date, or the part of a day that Excel keeps for one.

    ``None`` for what is none: other values, three days or more, and parts of a minute.
    """
    if isinstance(days, time):
        return 60 * days.hour + days.minute
    if isinstance(days, datetime):
        days = (days.replace(tzinfo=None) - EXCEL_EPOCH) / timedelta(days=1)
    if isinstance(days, bool) or not isinstance(days, int | float | Decimal):
        return None
    if _is_nan(days) or not 0 < days < 3:
        return None
    minutes = round(float(days) * MINUTES_PER_DAY, 6)
    return int(minutes) if minutes.is_integer() else None


def _is_nan(number: float | Decimal) -> bool:
    """Tell whether a number is none; a decimal of that kind cannot be compared."""
    return number.is_nan() if isinstance(number, Decimal) else number != number  # noqa: PLR0124


def blank_is_none(value: object) -> object:
    """Return ``None`` for a cell of blank text, any other value as it is."""
    return None if isinstance(value, str) and not value.strip() else value


WORD, MONEY = text(255, least=1), amount(LEAST_USD, MOST_USD, MOST_DIGITS)
Day = Annotated[date, Reads(read_date)]
Word = Annotated[str, WORD]
Money = Annotated[Decimal, MONEY]


def or_none(reads: Reads) -> Reads:
    """Read a field that may be blank."""
    return Reads(lambda value: None if blank_is_none(value) is None else reads.reader(value))


Amount = Annotated[Decimal | None, or_none(MONEY)]
LastDay = Annotated[date | None, or_none(Reads(read_date))]
"""The day of a shutdown, where one is known."""


def _size_tier(value: object) -> object:
    word = WORD.reader(value)
    if isinstance(word, str) and ":" in word and word != (r := ratio_text(parse_ratio(word))):
        raise ValueError(f"a ratio must be in lowest terms: {r}")
    return word


def _note(value: object) -> object:
    return text(255).reader(value or "")


Note = Annotated[str, Reads(_note)]


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A row that says where it comes from, when that was checked, and how sure it is."""

    source: Word
    checked: Day
    basis: Literal["official", "quoted", "measured", "estimate"]

    @property
    def evidence(self) -> Evidence:
        """Source, day checked and basis, as estimates carry them."""
        return Evidence(self.source, self.checked.isoformat(), self.basis)


@dataclass(frozen=True, kw_only=True)
class Rate(Sourced):
    """What 1M tokens cost on a meter, from a day on."""

    model: Word
    meter: Literal["text_in", "text_cached", "text_out", "image_in", "image_cached", "image_out"]
    tier: Literal["standard", "batch"]
    usd_per_mtok: Money
    effective_from: Day

    @property
    def series(self) -> Series:
        """What this is the price of."""
        return self.model, self.meter, self.tier


@dataclass(frozen=True, kw_only=True)
class Plan(Sourced):
    """What a plan charges for one image; the word ``any`` stands for every value of a column.

    A size tier that is a ratio in lowest terms, such as ``3:2``, holds images of that ratio alone.
    """

    plan: Word
    shape: Literal[
        "flat", "size tier", "size x quality", "multiplier", "credit table", "credit price"
    ]
    model: Word
    size_tier: Annotated[str, Reads(_size_tier)]
    max_long_edge_px: Annotated[int, whole(1)]
    quality: Word
    credits: Amount = None
    usd: Amount = None
    usd_per_credit: Amount = None
    multiplier: Amount = None
    note: Note = ""

    def fits(self, model: str, size: Size, quality: str) -> bool:
        """Tell whether the row is for such an image."""
        return (
            self.model in {model, ANY}
            and self.quality in {quality, ANY}
            and size.long <= self.max_long_edge_px
            and (":" not in self.size_tier or self.size_tier == ratio_text(Fraction(*size)))
        )

    @property
    def terms(self) -> Terms:
        """The four amounts as exact fractions."""
        amounts = (self.credits, self.usd, self.usd_per_credit, self.multiplier)
        return Terms(*(None if amount is None else Fraction(amount) for amount in amounts))


def _sizes(rule: object) -> FreeSizes | FixedSizes:
    """Read a size rule of the file: limits, or a list of sizes."""
    if isinstance(rule, FreeSizes | FixedSizes):
        return rule
    with _as_it_ships("size rule"):
        named = _counts(rule)
        if "sizes" in named:
            return FixedSizes(tuple(Size(*map(int, edges)) for edges in named["sizes"]))
        return FreeSizes(**{name: int(limit) for name, limit in named.items()})


def _output_rule(rule: object) -> OutputRule:
    """Read an output rule of the file: a grid a quality, or a table of sizes and qualities."""
    if isinstance(rule, GridRule | TableRule):
        return rule
    with _as_it_ships("output rule"):
        named = _counts(rule)
        return TableRule(**named) if "table" in named else GridRule(**named)


def _counts(rule: object) -> Mapping[str, Any]:
    if not isinstance(rule, Mapping):
        raise TypeError
    return rule


@contextmanager
def _as_it_ships(what: str) -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError):
        raise ValueError(f"it must be a {what} as it ships") from None


@dataclass(frozen=True, kw_only=True)
class Counted(Sourced):
    """A rule for counting output tokens."""

    rule: Annotated[OutputRule, Reads(_output_rule)]


@dataclass(frozen=True, kw_only=True)
class References(Sourced):
    """The rule for counting the tokens of reference images."""

    rule: Literal["patch", "tile"]


@dataclass(frozen=True, kw_only=True)
class Text(Sourced):
    """Text tokens that a call adds to those of its prompt."""

    per_call: Annotated[int, whole(0)]
    per_reference: Annotated[int, whole(0)]


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a model takes and how it counts. The rules are names in the file, objects here."""

    id: Word
    aliases: tuple[Word, ...]
    released: Day
    shuts_down: LastDay
    sizes: Annotated[FreeSizes | FixedSizes, Reads(_sizes)]
    output: Counted
    references: References
    text: Text
    notes: tuple[Annotated[str, text(1000)], ...]

    def __hash__(self) -> int:
        """Hash by id alone: models key the memos of every cell."""
        return hash(self.id)

    @property
    def counting(self) -> Counting:
        """How it counts an image's tokens."""
        text, reference_tokens = self.text, REFERENCE_RULES[self.references.rule]
        return Counting(
            self.sizes, self.output.rule, reference_tokens, text.per_call, text.per_reference
        )

    def remarks(self, size: Size, day: date) -> Iterator[str]:
        """Yield what a planner should know: its end of life, experimental sizes, open questions."""
        if self.shuts_down:
            ended = self.shuts_down <= day
            yield (
                f"{self.id} was shut down on {self.shuts_down}; its prices stand for old bills."
                if ended
                else f"{self.id} shuts down on {self.shuts_down}."
            )
        if isinstance(self.sizes, FreeSizes) and size.pixels > self.sizes.experimental_pixels:
            yield f"Sizes over {self.sizes.experimental_pixels:,} pixels are called experimental."
        yield from self.notes


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio that the sizes table offers, and what it is used for."""

    ratio: Word
    use: Word
