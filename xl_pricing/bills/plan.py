"""A plan beside its bill: its lines as they are priced, and what made the bill another amount."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from xl_pricing.bills.parts import Part
from xl_pricing.bills.reconcile import Explained
from xl_pricing.bills.total import Side, Sum
from xl_pricing.bills.usual import rates_of, usual_tokens
from xl_pricing.estimation.bridge import Planned, Rates, Step, Used, bridge, planned_usd
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.planning.job import Job
from xl_pricing.rates.card import RateCard

SPLIT = ("size", "quality")
"""By what sums have to be split to be laid beside a plan."""
NAMES = {
    Part.FREE: "credits: free of charge",
    Part.UNDER: "credits: billed under the rate in force",
    Part.REFUND: "credits: taken back",
}
"""What parts of a bill are called in the way from a plan, where that is not their own name."""


class PlanLine(NamedTuple):
    """A line of a plan: an image with the card and day that price it, how many, what is compared.

    ``planned`` is made of the other two by `plan_of`.
    """

    job: Job
    budget: Budget
    planned: Planned


def plan_of(job: Job, budget: Budget) -> PlanLine:
    """Make a line of a plan; raise the project's errors for what has no count or no rate."""
    image, model = job.image, job.model
    usage = model.counting.usage(image)
    tokens = {
        "text_in": Fraction(usage.text_in),
        "image_in": Fraction(usage.image_in),
        "image_out": Fraction(usage.image_out) / usage.n,
    }
    tariffs = (job.card.tariff(model, tier, job.day) for tier in (image.tier, DEFAULT_TIER))
    planned = Planned(budget.finals, budget.total_generations, tokens, *map(rates_of, tariffs))
    job.usd(image)
    return PlanLine(job, budget, planned)


class Plan(NamedTuple):
    """The lines of a plan, the day whose rates it was made by, and what was assumed of it."""

    lines: Sequence[PlanLine]
    day: date
    notes: Sequence[str] = ()

    @property
    def expected_usd(self) -> Fraction:
        """Exact USD of what is expected, before the buffer."""
        return planned_usd(line.planned for line in self.lines)

    @property
    def budget_usd(self) -> Fraction:
        """Exact USD with the buffer."""
        return sum((line.planned.usd * (1 + line.budget.buffer) for line in self.lines), _NONE)


_NONE = Fraction(0)


class PlanPart(NamedTuple):
    """What one factor adds in USD; its figures where it has some, and what it is about.

    ``planned`` and ``actual`` are those of `Step`.
    """

    name: str
    usd: Fraction
    planned: Fraction | None = None
    actual: Fraction | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgainstPlan:
    """The way from a plan to its bill in exact USD: expected + the parts = actual."""

    day: date
    expected_usd: Fraction
    budget_usd: Fraction
    """With the buffer."""
    parts: tuple[PlanPart, ...]
    actual_usd: Fraction
    """What was billed; where that is not told, what was used at the rates in force."""

    @property
    def difference_usd(self) -> Fraction:
        """Actual less expected, which is the sum of the parts."""
        return self.actual_usd - self.expected_usd


def against_plan(
    plan: Plan,
    side: Side,
    explained: Mapping[Part, Explained] | None = None,
    *,
    finals: Fraction | None = None,
    generations: Fraction | None = None,
) -> AgainstPlan:
    """Say what made a bill another amount than its plan, one factor at a time.

    ``side`` is what was used, split by size and quality; ``explained`` the parts by which the bill
    differs from it. ``finals`` are those accepted, ``generations`` those made where not all rows
    tell. Rates changed where they are not those of the card that priced the plan. Raises
    `NotAvailableError` for a plan with nothing in it or without a rate.
    """
    planned = [line.planned for line in plan.lines]
    groups = side.sums.values()
    own = next((line.job.card for line in plan.lines), None)
    used = used_of(groups, side.split, own, plan.day) if own else []
    steps = bridge(planned, used, finals=finals, generations=generations)
    parts = [*map(_of_step, steps), *_of_bill(explained or {})]
    expected = planned_usd(planned)
    actual = expected + sum((part.usd for part in parts), _NONE)
    return AgainstPlan(plan.day, expected, plan.budget_usd, tuple(parts), actual)


def used_of(
    sums: Iterable[Sum], split: Sequence[str], card: RateCard, planned_on: date
) -> list[Used]:
    """Return sums of priced rows as they are compared with a plan."""
    price, size_at, quality_at = _Prices(card, planned_on), *map(split.index, SPLIT)
    return [
        price.used(each, each.split[size_at], each.split[quality_at])
        for each in sums
        if each.series.tariff is not None
    ]


class _Prices:
    """Rates by model and tier on the day of a plan, and usual tokens; each is looked up once."""

    def __init__(self, card: RateCard, day: date) -> None:
        self._card, self._day = card, day
        self._rates = lru_cache(maxsize=256)(self._rates_on_the_day)
        self._usual = lru_cache(maxsize=4096)(self._usual_tokens)

    def used(self, each: Sum, size: str, quality: str) -> Used:
        """Lay out a sum; rates that its model did not have on the day of the plan are its own."""
        series = each.series
        in_force = rates_of(series.tariff) if series.tariff else {}
        standard = {**in_force, **self._rates(series.model, DEFAULT_TIER)}
        as_planned = {**standard, **in_force, **self._rates(series.model, series.tier)}
        usual = self._usual(series.model, size, quality)
        return Used(each.tokens, in_force, as_planned, standard, each.images, usual)

    def _rates_on_the_day(self, model: str, tier: str) -> Rates:
        return rates_of(self._card.tariff(self._card.model(model), tier, self._day))

    def _usual_tokens(self, model: str, size: str, quality: str) -> Fraction | None:
        return usual_tokens(self._card.model(model), size, quality)


def _of_step(step: Step) -> PlanPart:
    return PlanPart(step.factor, step.usd, step.planned, step.actual)


def _of_bill(explained: Mapping[Part, Explained]) -> Iterable[PlanPart]:
    for part, each in explained.items():
        yield PlanPart(NAMES.get(part, part), each.usd, about=tuple(each.about))
