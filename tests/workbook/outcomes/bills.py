"""The rows of the Actuals: which of them count, and what they add up to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from outcomes import strict
from outcomes.said import EPOCH, says, shown_in_text
from outcomes.strict import Cell
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.estimation.actuals import Totals
from xl_pricing.estimation.causes import Billed, Finding, find_cause, readings
from xl_pricing.estimation.image import TIERS, Image
from xl_pricing.estimation.levers import QUALITIES
from xl_pricing.estimation.size import Size, check_size
from xl_pricing.rates.rows import Model

if TYPE_CHECKING:
    from outcomes.job import Job  # by which rows are judged, and which reads what they measure

TABLE = "tblActuals"
FIRST_ROW = 42
FILLED = (
    *("date", "model", "size", "quality", "generations", "accepted"),
    *("input_tokens", "output_tokens", "billed"),
)
SAYS = (
    "✔ counted",
    "more than 5,000 rows",
    "date",
    "model unknown",
    "size not readable",
    "quality unknown",
    "generations",
    "accepted finals",
    "more accepted than made",
    "input tokens",
    "output tokens",
    "billed is not a number",
    "billed is negative",
)
"""What is said of a row, by the first thing that is wrong with it."""
_METER = re.compile(r" (text|image), (cached input|input|output)$")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?((\.\d+)?(Z|[+-]\d\d:\d\d))?", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Bill:
    """A row of the table; what is wrong with it raises the core's errors."""

    typed: Mapping[str, Cell]
    row: int
    job: "Job"
    beside_own: bool = False
    """Whether the table has rows of the user's own, so that an example is left out."""

    def __getitem__(self, name: str) -> Cell:
        """Return what is typed in a column."""
        return self.typed.get(name)

    @cached_property
    def is_typed(self) -> bool:
        """Whether anything but a note and spaces is typed."""
        return any(str("" if self[name] is None else self[name]).strip(" ") for name in FILLED)

    @cached_property
    def is_example(self) -> bool:
        """Whether the note says that the row is an example, and of how many images."""
        images = "({} → {})".format(*(shown_in_text(self[n]) for n in ("generations", "accepted")))
        return self.is_typed and says(self["note"], f"EXAMPLE: overwrite {images}")

    @cached_property
    def filled(self) -> bool:
        """Whether the row counts as one: an example does not beside rows of the user's own."""
        return self.is_typed and not (self.is_example and self.beside_own)

    @property
    def model(self) -> Model:
        """The model; a provider before it, a day and a meter behind it are left out."""
        if not isinstance(self["model"], str):
            raise InvalidValueError("no model")
        name = _METER.sub("", " ".join(self["model"].split()).lower()).split("/", 1)[-1]
        try:
            return strict.model(name, self.job.card)
        except InvalidValueError:
            return strict.model(re.sub(r"-\d{4}-\d\d-\d\d$", "", name), self.job.card)

    @property
    def size(self) -> Size:
        """The size in px."""
        return strict.size(self["size"], self.job.card)

    @property
    def quality(self) -> str:
        """The quality, a word."""
        if strict.is_measured(self["quality"]):
            return str(strict.quality(self["quality"]))
        word = strict.word(self["quality"])
        told = strict.is_measured(self["output_tokens"]) and self["output_tokens"] > 0
        strict.need(word in QUALITIES or (told and word in {"", "auto"}))
        return word

    @property
    def is_measured(self) -> bool:
        """Whether output tokens are typed: the size is a label."""
        tokens = self["output_tokens"]
        if strict.is_measured(tokens) and tokens > 0:
            return True
        return strict.is_measured(self["quality"]) and bool(strict.holds(lambda: self.quality))

    @property
    def day(self) -> int:
        """The day as Excel counts it; of a time it is the one in UTC."""
        typed = self["date"]
        if isinstance(typed, str) and _TIME.fullmatch(typed.strip()):
            with suppress(ValueError):
                moment = datetime.fromisoformat(typed.strip())
                typed = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
        return (strict.day(typed) - EPOCH).days

    @property
    def is_tokens_only(self) -> bool:
        """Whether it says that it tells no images."""
        return str(self["size"]).strip(" ").lower() == "tokens only"

    @property
    def is_told(self) -> bool:
        """Whether it tells what was made and accepted."""
        return self["generations"] is not None and self["accepted"] is not None

    @property
    def totals(self) -> Totals:
        """Generations, finals and USD."""
        told = (self[name] for name in ("generations", "accepted"))
        counts = (0 if cell is None else strict.whole(cell) for cell in told)
        return Totals(*map(Fraction, counts), strict.figure(self["billed"]))

    def tokens(self, name: str) -> Fraction | None:
        """Return tokens that may be left out."""
        typed = self[name]
        return None if typed is None else Fraction(strict.whole(typed, 0, float("1e300")))

    @cached_property
    def fault(self) -> int:
        """The place in `SAYS` of the first thing that is wrong."""
        made, kept = self["generations"], self["accepted"]
        low = -strict.ANY
        tests: Sequence[Callable[[], object]] = (
            lambda: strict.need(self.row < FIRST_ROW + strict.MOST_ROWS),
            lambda: self.day,
            lambda: self.model,
            lambda: self.is_tokens_only or self.is_measured or self.size,
            lambda: self.is_tokens_only or self.quality,
            lambda: (self.is_tokens_only and made is None) or strict.whole(made),
            lambda: kept is None or strict.whole(kept),
            lambda: strict.need((kept or 0) <= (made or 0)),
            lambda: self.tokens("input_tokens"),
            lambda: self.tokens("output_tokens"),
            lambda: strict.figure(self["billed"], low, Fraction(strict.MOST_OF_A_ROW)),
            lambda: strict.figure(self["billed"]),
        )
        wrong = (code for code, test in enumerate(tests, start=1) if not strict.holds(test))
        return next(wrong, 0)

    @property
    def usual_tokens(self) -> Fraction | int | None:
        """Output tokens of an image of its size and quality, where they are known."""
        try:
            quality = strict.quality(self["quality"])
            is_word = isinstance(quality, str)
            size = check_size(self.size, self.model.sizes) if is_word else strict.ANY_SIZE
            return self.model.counting.usage(Image(size, quality)).image_out
        except XlPricingError:
            return None

    @cached_property
    def billed(self) -> Billed | None:
        """The row as it is compared with its tokens; none where none are typed."""
        if not self.counts or self["output_tokens"] is None:
            return None
        output, input_ = (self.tokens(f"{way}_tokens") or 0 for way in ("output", "input"))
        rates = {tier: self._rates(tier) for tier in TIERS}
        images, usual = int(self.totals.generations), self.usual_tokens
        least, most = readings(
            None if self["input_tokens"] is None else int(input_),
            int(output),
            images,
            usual,
            may_write="text_out" in rates["standard"],
        )
        usd = self.totals.usd
        return Billed(usd, least, most, rates, images=images, usual_tokens=usual)

    def _rates(self, tier: str) -> dict[str, Fraction]:
        day = EPOCH + timedelta(days=self.day)
        prices = self.job.card.tariff(self.model, tier, day).prices
        return {meter: price.usd_per_mtok for meter, price in prices.items()}

    @cached_property
    def finding(self) -> Finding | None:
        """Why it is billed as it is; raises where there is no rate."""
        return find_cause(self.billed) if self.billed else None

    @property
    def differs(self) -> bool:
        """Whether it is billed other than its tokens say, or cannot be compared with them."""
        try:
            return self.finding is not None and not self.finding.cause.is_agreement
        except XlPricingError:
            return True

    @cached_property
    def counts(self) -> bool:
        """Whether the row is summed up."""
        return self.filled and self.fault == 0

    def is_after(self, today: date) -> bool:
        """Whether the row counts and is dated after today."""
        return self.counts and self.day > (max(today, self.job.made_on) - EPOCH).days

    @cached_property
    def is_like_job(self) -> bool:
        """Whether the row is of the job's model, size and quality."""
        job = self.job
        return (
            self.counts
            and self.model.id == job.model.id
            and strict.holds(lambda: self.size)
            and self.size == job.edges
            and self.quality == job["quality"].lower()
        )


@dataclass(frozen=True, eq=False)
class Bills:
    """All rows of the table."""

    job: "Job"

    @cached_property
    def rows(self) -> list[Bill]:
        """The rows, in their order."""
        typed = enumerate(self.job[TABLE], start=FIRST_ROW)
        rows = [Bill(row, number, self.job) for number, row in typed]
        has_own = any(bill.is_typed and not bill.is_example for bill in rows)
        return [replace(bill, beside_own=has_own) for bill in rows]

    @cached_property
    def own(self) -> list[Bill]:
        """The rows that are neither blank nor examples."""
        return [bill for bill in self.rows if bill.is_typed and not bill.is_example]

    @cached_property
    def examples(self) -> list[Bill]:
        """The rows that are marked as examples."""
        return [bill for bill in self.rows if bill.is_example]

    @cached_property
    def filled(self) -> list[Bill]:
        """The rows that are not blank, and no examples that are left out."""
        return [bill for bill in self.rows if bill.filled]

    @cached_property
    def counted(self) -> list[Bill]:
        """The rows without a fault."""
        return [bill for bill in self.rows if bill.counts]

    @cached_property
    def wrong(self) -> list[Bill]:
        """The rows with a fault."""
        return [bill for bill in self.filled if not bill.counts]

    @cached_property
    def actual(self) -> Totals:
        """What happened, over the rows that count."""
        return totals(self.counted)

    @cached_property
    def untold(self) -> list[Bill]:
        """The rows that count and do not tell what was made or accepted."""
        return [bill for bill in self.counted if not bill.is_told]

    @cached_property
    def told(self) -> Totals:
        """What happened, over the rows that tell it."""
        return totals(bill for bill in self.counted if bill.is_told)

    @cached_property
    def of_images(self) -> Totals:
        """What happened, over the rows that tell their images."""
        return totals(bill for bill in self.counted if bill["generations"] is not None)

    @cached_property
    def is_comparable(self) -> bool:
        """Whether there are rows, and all count and tell what was made and accepted."""
        whole = len(self.rows) <= strict.MOST_ROWS
        return bool(self.counted) and not self.wrong and whole and not self.untold

    def measured_retries(self) -> Fraction | None:
        """Return measured retries, if any final was accepted."""
        return self.told.retries if self.told.finals else None

    def measured_cost(self) -> Fraction | None:
        """Return measured USD per image of rows like the job, if there are any."""
        like = totals(bill for bill in self.counted if bill.is_like_job)
        return like.cost_per_image if like.generations else None

    def measured_output_tokens(self) -> Fraction:
        """Return output tokens per image of rows like the job that tell them."""
        told = [b for b in self.counted if b.is_like_job and b["output_tokens"] is not None]
        tokens = strict.total([bill.tokens("output_tokens") or Fraction(0) for bill in told])
        generations = totals(told).generations
        strict.need(generations)
        return tokens / generations


def totals(bills: Iterable[Bill]) -> Totals:
    """Add up rows that count."""
    parts = [(t.generations, t.finals, t.usd) for t in (bill.totals for bill in bills)]
    return (
        Totals(*(strict.total(list(column)) for column in zip(*parts, strict=True)))
        if parts
        else Totals(Fraction(0), Fraction(0), Fraction(0))
    )
