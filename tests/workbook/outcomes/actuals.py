"""What the Actuals must answer: which rows count, what they measure, and why the bill differs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil

from outcomes import strict
from outcomes.bills import SAYS, TABLE, Bill, Bills, totals
from outcomes.campaign import Campaign
from outcomes.examples import check, told
from outcomes.job import YES, Job
from outcomes.said import Outcome, Said, fixed, rounded
from outcomes.strict import cell
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.actuals import Totals, Variance, buffer_used, retries_interval, variance
from xl_pricing.estimation.causes import Cause, Finding

PERIODS = 12
JOB = "the job"
_DIGITS = 9


def outcomes(bills: Bills, campaign: Campaign, today: date) -> dict[str, Outcome]:
    """Return what a person reads on the sheet, and what the chart draws."""
    return {
        **_rows(bills, today),
        **_counts(bills),
        **_measured(bills),
        **Comparison(bills, campaign).outcomes(),
        **_periods(bills),
    }


def _rows(bills: Bills, today: date) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for i, bill in enumerate(bills.rows):

        def of(figure: Callable[[Totals], Fraction], told: bool, bill: Bill = bill) -> Outcome:
            if not bill.filled or (bill.counts and not told):
                return ""
            return cell(lambda: figure(totals([bill] if bill.counts else [])))

        found |= {
            f"{TABLE}.check.{i}": "▲ a day to come" if bill.is_after(today) else check(bill, SAYS),
            f"{TABLE}.retries.{i}": of(lambda one: one.retries, bill.is_told),
            f"{TABLE}.usd_per_image.{i}": of(
                lambda one: one.cost_per_image, bill["generations"] is not None
            ),
            f"{TABLE}.expected_usd.{i}": _expected(bill),
            f"{TABLE}.why.{i}": _why(bill),
        }
    return found


def _expected(bill: Bill) -> Outcome:
    """Return what the tokens cost in their cheapest reading; blank where they are not known."""
    return cell(lambda: bill.billed.expected if bill.billed else "")


def _why(bill: Bill) -> Outcome:
    """Return the first known cause of the amount, with its figure."""
    try:
        finding = bill.finding
    except XlPricingError:
        return "▲ no rate on its day"
    if finding is None:
        return ""
    cause, figure = finding
    said = f"{'✔' if cause.is_agreement else '▲'} {cause}"
    if figure is None:
        return said
    if cause is Cause.DIFFERS:
        return Said(f"^{said} .*%$", (f"{fixed(100 * figure, 1)}%",))
    digits = 2 if cause is Cause.MULTIPLE else 0
    return Said(f"^{said} ", (fixed(figure, digits),))


def _as_told(bills: Bills) -> Outcome:
    differing = [bill for bill in bills.counted if bill.differs]
    if not differing:
        return "of all rows that count"
    return Said("^▲ .* differ", (str(len(differing)), str(_not_billed(bills))))


def _differing(bills: Bills) -> Outcome:
    count = sum(bill.differs for bill in bills.counted)
    figures = (str(count), str(_not_billed(bills))) if count else ()
    return Said("rows are billed other" if count else "^The rows marked ▲", figures)


def _not_billed(bills: Bills) -> int:
    found = (cell(lambda bill=bill: bill.finding) for bill in bills.counted)
    return sum(isinstance(one, Finding) and one.cause is Cause.NOTHING_BILLED for one in found)


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
        "actuals_untold": len(bills.untold),
        "actuals_of_told": bills.told.generations,
        "actuals_differ": sum(bill.differs for bill in bills.counted),
        "actuals_not_billed": _not_billed(bills),
        "actuals_as_told": _as_told(bills),
        "note_billed_says": _differing(bills),
        "actuals_of_rows": Said("^Rows that count", (str(counted), str(filled))),
        "actuals_switched_on": int(bills.job["use_measured"] == YES),
        "actuals_status": _status(bills),
        "actuals_told": told(bills),
        "actuals_first_day": known(lambda: min(days)),
        "actuals_last_day": known(lambda: max(days)),
        "actuals_period_days": known(lambda: _period_days(days)),
    }


def _status(bills: Bills) -> Said:
    if bills.wrong:
        first = bills.wrong[0]
        return Said(f"^✘ Fix row {first.row}: {SAYS[first.fault]}$", (str(first.row),))
    if not bills.counted:
        return Said("^▲ Nothing is counted")
    if bills.untold and not told(bills):
        return Said("^▲ Rows without accepted finals", (str(len(bills.untold)),))
    return told(bills) or Said("^✔ all rows count")


def _measured(bills: Bills) -> dict[str, Outcome]:
    actual = bills.actual
    told, of_images = bills.told, bills.of_images
    images = (int(told.generations), int(told.finals))
    like = bills.measured_cost()
    return {
        "actuals_generations": actual.generations,
        "actuals_finals": told.finals,
        "actuals_billed": actual.usd,
        "actuals_cost_per_image": cell(lambda: of_images.cost_per_image),
        "actuals_cost_per_final": cell(lambda: told.cost_per_final),
        "measured_retries": cell(lambda: told.retries),
        "measured_retries_low": cell(lambda: retries_interval(*images).low),
        "measured_retries_high": cell(lambda: retries_interval(*images).high),
        "measured_words": "" if told.finals else Said("^no final was accepted"),
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
        return rounded(self.campaign.total() / cost - 1, _DIGITS)

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
            return rounded(happened() - planned(), _DIGITS)

        return cell(less)

    def _part(self, of: Callable[[Variance], Fraction]) -> Outcome:
        def part() -> Fraction:
            self._need()
            return of(variance(self.plan(), self.bills.actual).in_cents())

        return cell(part)

    def used(self) -> Fraction:
        """Return the buffer that was really used."""
        self._need()
        return rounded(buffer_used(self.images(), self.bills.actual), _DIGITS)

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
        told = [bill for bill in bills.counted if is_used and bill.is_told]
        within = totals(bill for bill in told if start <= bill.day < end)
        so_far = totals(bill for bill in told if bill.day < end)
        found |= {
            f"drift_start_{k}": start if is_used else "",
            f"drift_generations_{k}": within.generations if is_used else "",
            f"drift_finals_{k}": within.finals if is_used else "",
            f"drift_retries_{k}": cell(lambda within=within: within.retries),
            f"drift_so_far_{k}": cell(lambda so_far=so_far: so_far.retries),
        }
    return found
