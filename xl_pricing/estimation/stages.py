"""Explore, then finish: cheap drafts first, then finals at full quality.

All-high makes every generation at full quality: ``retries`` generations for each final. Staged
makes ``drafts_per_final`` cheap drafts for each final, chooses, and then needs only
``finish_retries`` generations at full quality.
"""

from dataclasses import dataclass
from fractions import Fraction

from xl_pricing.errors import NotAvailableError, OutOfRangeError
from xl_pricing.estimation.budget import Budget

DEFAULT_DRAFTS = Fraction(3)
DEFAULT_FINISH_RETRIES = Fraction(11, 10)


@dataclass(frozen=True, slots=True)
class Stages:
    """A job in two stages; ``all_high`` is the plan that it replaces, ``draft_cost`` per draft.

    Raises `OutOfRangeError` for a draft cost or drafts < 0, or finish retries < 1.
    """

    all_high: Budget
    draft_cost: Fraction
    drafts_per_final: Fraction = DEFAULT_DRAFTS
    finish_retries: Fraction = DEFAULT_FINISH_RETRIES

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, value, low in (
            ("draft cost", self.draft_cost, 0),
            ("drafts per final", self.drafts_per_final, 0),
            ("finish retries", self.finish_retries, 1),
        ):
            if value < low:
                raise OutOfRangeError(
                    f"{name} {float(value):.10g} is out of range; accepted: {low} or more"
                )

    @property
    def drafts(self) -> Budget:
        """The first stage: finals x drafts per final, with the same buffer."""
        return self._stage(self.draft_cost, self.all_high.finals * self.drafts_per_final)

    @property
    def finish(self) -> Budget:
        """The second stage: finals x finish retries at full quality, with the same buffer."""
        return self._stage(self.all_high.cost_per_image, self.all_high.finals * self.finish_retries)

    @property
    def total(self) -> Fraction:
        """The budget of both stages."""
        return self.drafts.total + self.finish.total

    @property
    def saving(self) -> Fraction:
        """What staging saves against all-high; negative where it costs more."""
        return self.all_high.total - self.total

    @property
    def saving_share(self) -> Fraction:
        """The saving as a part of the all-high budget, 0 of nothing."""
        whole = self.all_high.total
        return self.saving / whole if whole else Fraction(0)

    @property
    def saved_retries(self) -> Fraction:
        """Full-quality generations per final that the drafts are expected to save."""
        return self.all_high.retries - self.finish_retries

    @property
    def break_even_retries(self) -> Fraction:
        """Full-quality generations per final that the drafts must save to pay for themselves.

        Raises `NotAvailableError` where finals cost nothing.
        """
        if not self.all_high.cost_per_image:
            raise NotAvailableError("a final costs nothing, so drafts cannot pay for themselves")
        return self.drafts_per_final * self.draft_cost / self.all_high.cost_per_image

    def _stage(self, cost: Fraction, generations: Fraction) -> Budget:
        return Budget(cost, generations, Fraction(1), self.all_high.buffer)
