"""The rows of a rate card and their validation: models, rates, plans, ratios (pydantic).

Rows come from the bundled files or from a table in a sheet; either way what does not fit is
refused with one sentence that names the row, the column and what is accepted.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from xl_pricing.errors import CardError, InvalidValueError, OutOfRangeError
from xl_pricing.estimation.cost import Evidence
from xl_pricing.estimation.credits import Terms
from xl_pricing.estimation.image import Counting
from xl_pricing.estimation.size import FixedSizes, FreeSizes, Size, parse_ratio, ratio_text
from xl_pricing.estimation.tokens import REFERENCE_RULES, OutputRule
from xl_pricing.words import quoted

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
    """Read a day: ISO text, a date, or the serial number that Excel keeps for one.

    Raises `InvalidValueError` for what is no date, `OutOfRangeError` for a number that is none.
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
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise InvalidValueError(
        f"date {quoted(value)} is not readable; accepted: an Excel date or text such as 2026-05-01"
    )


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


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must have no control characters")
    return text


def _size_tier(text: str) -> str:
    if ":" in text and text != (ratio := ratio_text(parse_ratio(text))):
        raise ValueError(f"a ratio must be in lowest terms: {ratio}")
    return text


def bounded_usd(amount: Decimal) -> Decimal:
    """Return an amount that can be computed with: 1e-99999999 as a fraction would take for ever."""
    if not LEAST_USD <= amount <= MOST_USD:
        raise ValueError(f"it must be from {LEAST_USD:f} to {MOST_USD:,} USD")
    if len(amount.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"it must have {MOST_DIGITS} digits at most")
    return amount


Day = Annotated[date, BeforeValidator(read_date)]
Word = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_plain)]
Money = Annotated[Decimal, AfterValidator(bounded_usd)]
Amount = Annotated[Money | None, BeforeValidator(blank_is_none)]


class Sourced(BaseModel):
    """A row that says where it comes from, when that was checked, and how sure it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    source: Word
    checked: Day
    basis: Literal["official", "quoted", "measured", "estimate"]

    @property
    def evidence(self) -> Evidence:
        """Source, day checked and basis, as estimates carry them."""
        return Evidence(self.source, self.checked.isoformat(), self.basis)


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


class Plan(Sourced):
    """What a plan charges for one image; the word ``any`` stands for every value of a column.

    A size tier that is a ratio in lowest terms, such as ``3:2``, holds images of that ratio alone.
    """

    plan: Word
    shape: Literal[
        "flat", "size tier", "size x quality", "multiplier", "credit table", "credit price"
    ]
    model: Word
    size_tier: Annotated[Word, AfterValidator(_size_tier)]
    max_long_edge_px: Annotated[int, Field(gt=0)]
    quality: Word
    credits: Amount = None
    usd: Amount = None
    usd_per_credit: Amount = None
    multiplier: Amount = None
    note: Annotated[str, Field(max_length=255), BeforeValidator(lambda v: v or "")] = ""

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


class Counted(Sourced):
    """A rule for counting output tokens."""

    rule: OutputRule


class References(Sourced):
    """The rule for counting the tokens of reference images."""

    rule: Literal["patch", "tile"]


class Text(Sourced):
    """Text tokens that a call adds to those of its prompt."""

    per_call: int
    per_reference: int


class Model(BaseModel):
    """What a model takes and how it counts. The rules are names in the file, objects here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Word
    aliases: tuple[Word, ...]
    released: Day
    shuts_down: Day | None
    sizes: FreeSizes | FixedSizes
    output: Counted
    references: References
    text: Text
    notes: tuple[str, ...]

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


class Ratio(BaseModel):
    """A ratio that the sizes table offers, and what it is used for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ratio: Word
    use: Word


KnownRow = TypeVar("KnownRow", bound=BaseModel)


def read_rows(
    kind: type[KnownRow], rows: Sequence[Mapping[str, Any]], where: str
) -> list[KnownRow]:
    """Validate rows of one kind; raise `CardError` with the first fault as a sentence."""
    return [read_row(kind, row, f"{where}, row {i}") for i, row in enumerate(rows, start=1)]


def read_row(kind: type[KnownRow], row: Mapping[str, Any], where: str) -> KnownRow:
    """Validate one row; raise `CardError` with its first fault as a sentence."""
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
    column = ".".join(map(str, fault["loc"])) or "row"
    given = fault["input"]
    known = str(given) if isinstance(given, Decimal) else quoted(given)
    shown = "" if fault["type"] == "missing" else f" {known:.60}"
    said = fault["msg"].removeprefix("Value error, ")
    raise CardError(f"{where}: {column}{shown} is not accepted: {said[0].lower()}{said[1:]}")
