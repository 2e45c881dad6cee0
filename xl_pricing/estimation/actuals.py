"""What really happened: measured retries with their uncertainty, and the variance to the plan."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError, OutOfRangeError

INTERVAL_CONFIDENCE = 0.9
INTERVAL_Z = NormalDist().inv_cdf((1 + INTERVAL_CONFIDENCE) / 2)
"""Standard deviations on either side of the mean that hold with `INTERVAL_CONFIDENCE`."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Generations, the finals among them, and their cost in USD; planned or actual.

    Raises `OutOfRangeError` where one is negative.
    """

    generations: Fraction
    finals: Fraction
    usd: Fraction

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("generations", "finals", "usd"):
            if getattr(self, name) < 0:
                raise OutOfRangeError(
                    f"{name} {float(getattr(self, name)):.10g} is out of range; accepted: 0 or more"
                )

    @property
    def retries(self) -> Fraction:
        """Generations per accepted final; raises `NotAvailableError` where none was accepted."""
        if not self.finals:
            raise NotAvailableError("no final was accepted yet, so retries cannot be measured")
        return self.generations / self.finals

    @property
    def cost_per_image(self) -> Fraction:
        """USD per generation; raises `NotAvailableError` where there is none."""
        if not self.generations:
            raise NotAvailableError("nothing was generated yet, so there is no cost per image")
        return self.usd / self.generations

    @property
    def cost_per_final(self) -> Fraction:
        """USD per accepted final; raises `NotAvailableError` where none was accepted."""
        return self.retries * self.cost_per_image


class Interval(NamedTuple):
    """Bounds of a measured figure."""

    low: float
    high: float


def retries_interval(generations: int, accepted: int) -> Interval:
    """Return between what the true retries lie with 90 % confidence.

    Wilson's interval of the chance that a generation is accepted, turned over. Raises
    `NotAvailableError` where no final was accepted, `OutOfRangeError` for more finals than
    generations.
    """
    if not 0 <= accepted <= generations:
        raise OutOfRangeError(
            f"{accepted} finals of {generations} generations are out of range; "
            "accepted: 0 or more, at most one final each"
        )
    if not accepted:
        raise NotAvailableError("no final was accepted yet, so retries cannot be measured")
    z2 = INTERVAL_Z**2
    middle = accepted + z2 / 2
    reach = INTERVAL_Z * sqrt(accepted * (generations - accepted) / generations + z2 / 4)
    whole = generations + z2
    return Interval(max(1.0, whole / (middle + reach)), whole / (middle - reach))


class Variance(NamedTuple):
    """Actual cost less planned cost in USD, in three parts that add up exactly."""

    volume: Fraction
    """More or fewer finals than planned, at the planned retries and price."""
    retries: Fraction
    """More or fewer generations per final, at the planned price."""
    price: Fraction
    """Another price per generation."""

    @property
    def total(self) -> Fraction:
        """Actual less planned cost."""
        return sum(self, Fraction(0))

    def in_cents(self) -> "Variance":
        """Return the parts in whole cents that add up to the whole in cents.

        Volume and retries are rounded half away from zero; the price part takes the rest.
        """
        volume, retries, total = map(_cents, (self.volume, self.retries, self.total))
        return Variance(volume, retries, total - volume - retries)


def variance(plan: Totals, actual: Totals) -> Variance:
    """Split actual less planned cost.

    Where no final was accepted yet, every generation counts as retries. Raises `NotAvailableError`
    for a plan without finals or without generations, which leaves nothing to compare with.
    """
    _check_plan(plan)
    return Variance(
        volume=(actual.finals - plan.finals) * plan.cost_per_final,
        retries=(actual.generations - actual.finals * plan.retries) * plan.cost_per_image,
        price=actual.usd - actual.generations * plan.cost_per_image,
    )


def buffer_used(plan: Totals, actual: Totals) -> Fraction:
    """Return the part by which generations went over the planned ones for the finals accepted.

    Negative where fewer sufficed. Raises `NotAvailableError` where no final was accepted, or for a
    plan without finals or without generations.
    """
    _check_plan(plan)
    return actual.retries / plan.retries - 1


def _check_plan(plan: Totals) -> None:
    if not plan.finals or not plan.generations:
        raise NotAvailableError("the plan has no finals or no generations to compare with")


def _cents(usd: Fraction) -> Fraction:
    """Round to cents, halves away from zero, as a sheet's ROUND does."""
    scaled = usd * 100
    whole, half = divmod(abs(scaled), 1)
    cents = whole + (half >= Fraction(1, 2))
    return Fraction(int(cents) if scaled >= 0 else -int(cents), 100)
