"""What the Actuals must answer: which rows count, what they measure, and why the bill differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil

from outcomes import strict
from outcomes.campaign import Campaign
from outcomes.job import YES, Job
from outcomes.said import EPOCH, Outcome, Said
from outcomes.strict import Cell, cell
from xl_pricing.estimation.actuals import Totals, Variance, buffer_used, retries_interval, variance
from xl_pricing.estimation.levers import QUALITIES
from xl_pricing.estimation.size import Size
from xl_pricing.rates.rows import Model

TABLE = "tblActuals"
FIRST_ROW = 42
PERIODS = 12
JOB, CAMPAIGN = "the job", "the campaign"
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
    "more accepted than generated",
    "tokens",
    "billed is not a number",
    "billed is negative",
)
"""What is said of a row, by the first thing that is wrong with it."""
_DIGITS = 9


@dataclass(frozen=True, eq=False)
class Bill:
    """A row of the table; what is wrong with it raises the core's errors."""

    typed: Mapping[str, Cell]
    row: int
    job: Job

    def __getitem__(self, name: str) -> Cell:
        """Return what is typed in a column."""
        return self.typed.get(name)

    @cached_property
    def filled(self) -> bool:
        """Whether anything but a note and spaces is typed."""
        return any(str("" if self[name] is None else self[name]).strip(" ") for name in FILLED)

    @property
    def model(self) -> Model:
        """The model."""
        return strict.model(self["model"], self.job.card)

    @property
    def size(self) -> Size:
        """The size in px."""
        return strict.size(self["size"], self.job.card)

    @property
    def quality(self) -> str:
        """The quality, a word."""
        typed = self["quality"]
        word = typed.strip(" ").lower() if isinstance(typed, str) else ""
        strict.need(word in QUALITIES)
        return word

    @property
    def day(self) -> int:
        """The day as Excel counts it."""
        return (strict.day(self["date"]) - EPOCH).days

    @property
    def totals(self) -> Totals:
        """Generations, finals and USD."""
        counts = (strict.whole(self[name]) for name in ("generations", "accepted"))
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
            lambda: self.size,
            lambda: self.quality,
            lambda: strict.whole(made),
            lambda: strict.whole(kept),
            lambda: strict.need(kept <= made),
            lambda: (self.tokens("input_tokens"), self.tokens("output_tokens")),
            lambda: strict.figure(self["billed"], low, Fraction(strict.MOST_OF_A_ROW)),
            lambda: strict.figure(self["billed"]),
        )
        wrong = (code for code, test in enumerate(tests, start=1) if not strict.holds(test))
        return next(wrong, 0)

    @cached_property
    def counts(self) -> bool:
        """Whether the row is summed up."""
        return self.filled and self.fault == 0

    @cached_property
    def is_like_job(self) -> bool:
        """Whether the row is of the job's model, size and quality."""
        job = self.job
        return (
            self.counts
            and self.model.id == job.model.id
            and self.size == job.edges
            and self.quality == job["quality"].lower()
        )


@dataclass(frozen=True, eq=False)
class Bills:
    """All rows of the table."""

    job: Job

    @cached_property
    def rows(self) -> list[Bill]:
        """The rows, in their order."""
        typed = enumerate(self.job[TABLE], start=FIRST_ROW)
        return [Bill(row, number, self.job) for number, row in typed]

    @cached_property
    def filled(self) -> list[Bill]:
        """The rows that are not blank."""
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
    def is_comparable(self) -> bool:
        """Whether there are rows, and all count."""
        whole = len(self.rows) <= strict.MOST_ROWS
        return bool(self.counted) and not self.wrong and whole

    def measured_retries(self) -> Fraction | None:
        """Return measured retries, if any final was accepted."""
        return self.actual.retries if self.actual.finals else None

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


def outcomes(bills: Bills, campaign: Campaign) -> dict[str, Outcome]:
    """Return what a person reads on the sheet, and what the chart draws."""
    return {
        **_rows(bills),
        **_counts(bills),
        **_measured(bills),
        **Comparison(bills, campaign).outcomes(),
        **_periods(bills),
    }


def _rows(bills: Bills) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for i, bill in enumerate(bills.rows):

        def of(figure: Callable[[Totals], Fraction], bill: Bill = bill) -> Outcome:
            if not bill.filled:
                return ""
            return cell(lambda: figure(totals([bill] if bill.counts else [])))

        found |= {
            f"{TABLE}.check.{i}": SAYS[bill.fault] if bill.filled else "",
            f"{TABLE}.retries.{i}": of(lambda one: one.retries),
            f"{TABLE}.usd_per_image.{i}": of(lambda one: one.cost_per_image),
        }
    return found


def _counts(bills: Bills) -> dict[str, Outcome]:
    counted, filled = len(bills.counted), len(bills.filled)
    days = [bill.day for bill in bills.counted]

    def known(day: Callable[[], int]) -> Outcome:
        return day() if days else "#N/A"

    return {
        "actuals_rows": filled,
        "actuals_counted": counted,
        "actuals_rows_below": 0,
        "actuals_comparable": int(bills.is_comparable),
        "actuals_of_rows": Said("^Rows that count", (str(counted), str(filled))),
        "actuals_switched_on": int(bills.job["use_measured"] == YES),
        "actuals_status": _status(bills),
        "actuals_first_day": known(lambda: min(days)),
        "actuals_last_day": known(lambda: max(days)),
        "actuals_period_days": known(lambda: _period_days(days)),
    }


def _status(bills: Bills) -> Said:
    if bills.wrong:
        first = bills.wrong[0]
        return Said(f"^✘ Mend row {first.row}: {SAYS[first.fault]}$", (str(first.row),))
    return Said("^✔ all rows count" if bills.counted else "^▲ Nothing is counted")


def _measured(bills: Bills) -> dict[str, Outcome]:
    actual = bills.actual
    images = (int(actual.generations), int(actual.finals))
    like = bills.measured_cost()
    return {
        "actuals_generations": actual.generations,
        "actuals_finals": actual.finals,
        "actuals_billed": actual.usd,
        "actuals_cost_per_image": cell(lambda: actual.cost_per_image),
        "actuals_cost_per_final": cell(lambda: actual.cost_per_final),
        "measured_retries": cell(lambda: actual.retries),
        "measured_retries_low": cell(lambda: retries_interval(*images).low),
        "measured_retries_high": cell(lambda: retries_interval(*images).high),
        "measured_words": "" if actual.finals else Said("^no final was accepted"),
        "measured_cost": "#N/A" if like is None else like,
        "measured_output_tokens": cell(bills.measured_output_tokens),
    }


@dataclass(frozen=True, eq=False)
class Comparison:
    """What was planned, as it was typed and never as it was measured, beside what happened."""

    bills: Bills
    campaign: Campaign

    @cached_property
    def job(self) -> Job:
        """The job."""
        return self.bills.job

    @cached_property
    def of_job(self) -> bool:
        """Whether the plan is the job's."""
        return str(self.job["compare_with"]).lower() == JOB

    def _typed(self) -> tuple[Fraction, Fraction]:
        return strict.figure(self.job["finals"]), strict.figure(self.job["retries"], 1)

    def finals(self) -> Fraction:
        """Return planned finals."""
        return self._typed()[0] if self.of_job else self.campaign.finals()

    def generations(self) -> Fraction:
        """Return planned generations, before the buffer."""
        if not self.of_job:
            return self.campaign.generations()
        finals, retries = self._typed()
        return finals * retries

    def usd(self) -> Fraction:
        """Return the planned cost, before the buffer."""
        if not self.of_job:
            return self.campaign.expected_cost()
        return self.generations() * self.job.token_cost()

    def buffer(self) -> Fraction:
        """Return the planned reserve as a share of the planned cost."""
        if self.of_job:
            return strict.figure(self.job["buffer"], 0, Fraction(1))
        cost = self.campaign.expected_cost()
        strict.need(cost)
        return round(self.campaign.total() / cost - 1, _DIGITS)

    def plan(self) -> Totals:
        """Return the plan."""
        return Totals(self.generations(), self.finals(), self.usd())

    def images(self) -> Totals:
        """Return the plan in images; it may have no price."""
        return Totals(self.generations(), self.finals(), Fraction(0))

    def _need(self) -> None:
        strict.need(self.bills.is_comparable)

    def _difference(
        self, planned: Callable[[], Fraction], happened: Callable[[], Fraction]
    ) -> Outcome:
        def less() -> Fraction:
            self._need()
            return round(happened() - planned(), _DIGITS)

        return cell(less)

    def _part(self, of: Callable[[Variance], Fraction]) -> Outcome:
        def part() -> Fraction:
            self._need()
            return of(variance(self.plan(), self.bills.actual).in_cents())

        return cell(part)

    def used(self) -> Fraction:
        """Return the buffer that was really used."""
        self._need()
        return round(buffer_used(self.images(), self.bills.actual), _DIGITS)

    def used_share(self) -> Fraction:
        """Return the part of the planned buffer that was used."""
        strict.need(self.buffer() > 0)
        return self.used() / self.buffer()

    def outcomes(self) -> dict[str, Outcome]:
        """Return plan, differences, and the parts of the difference between the costs."""
        bills, actual = self.bills, self.bills.actual

        def like() -> Fraction:
            found = bills.measured_cost()
            strict.need(found is not None)
            return found or Fraction(0)

        def tokens() -> Fraction:
            return Fraction(self.job.usage().image_out) / self.job.images_per_call

        compared: dict[str, tuple[Callable[[], Fraction], Callable[[], Fraction]]] = {
            "finals": (self.finals, lambda: actual.finals),
            "generations": (self.generations, lambda: actual.generations),
            "retries": (lambda: self.images().retries, lambda: actual.retries),
            "cost": (self.usd, lambda: actual.usd),
            "cost_per_image": (lambda: self.plan().cost_per_image, lambda: actual.cost_per_image),
            "cost_per_final": (lambda: self.plan().cost_per_final, lambda: actual.cost_per_final),
        }
        planned = {f"actuals_plan_{name}": cell(of) for name, (of, _) in compared.items()}
        compared |= {"job_cost": (self.job.token_cost, like)}
        compared |= {"job_tokens": (tokens, bills.measured_output_tokens)}
        return {
            **planned,
            **{f"actuals_diff_{n}": self._difference(*both) for n, both in compared.items()},
            "variance_volume": self._part(lambda parts: parts.volume),
            "variance_retries": self._part(lambda parts: parts.retries),
            "variance_price": self._part(lambda parts: parts.price),
            "variance_total": self._part(lambda parts: parts.total),
            "actuals_plan_buffer": cell(self.buffer),
            "actuals_buffer_used": cell(self.used),
            "actuals_buffer_share": cell(self.used_share),
            "actuals_compared": Said(f"^compared with {self.job['compare_with']}$"),
        }


def _period_days(days: Sequence[int]) -> int:
    return max(1, ceil(Fraction(max(days) - min(days) + 1, PERIODS)))


def _periods(bills: Bills) -> dict[str, Outcome]:
    """Return twelve equal periods: what fell into each, and into it and all before."""
    found: dict[str, Outcome] = {}
    days = [bill.day for bill in bills.counted]
    for k in range(1, PERIODS + 1):
        start = min(days) + (k - 1) * _period_days(days) if days else 0
        is_used = bool(days) and start <= max(days)
        end = start + _period_days(days) if days else 0
        within = totals(b for b in bills.counted if is_used and start <= b.day < end)
        so_far = totals(b for b in bills.counted if is_used and b.day < end)
        found |= {
            f"drift_start_{k}": start if is_used else "",
            f"drift_generations_{k}": within.generations if is_used else "",
            f"drift_finals_{k}": within.finals if is_used else "",
            f"drift_retries_{k}": cell(lambda within=within: within.retries),
            f"drift_so_far_{k}": cell(lambda so_far=so_far: so_far.retries),
        }
    return found
