"""What a prepaid pack of the chosen plan must answer."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from outcomes import strict
from outcomes.job import Job
from outcomes.offers import rounded
from outcomes.said import Outcome, Said, usd
from outcomes.strict import cell, holds
from xl_pricing.estimation.credits import Pack


@dataclass(frozen=True, eq=False)
class JobPack:
    """The pack that is typed on the Plans sheet, for the job."""

    job: Job

    def pack(self) -> Pack:
        """Return the pack."""
        return Pack(strict.figure(self.job["pack_usd"]), strict.figure(self.job["pack_credits"]))

    def is_sound(self) -> int:
        """Return 1 for a pack that is typed wholly, and for none."""
        none = strict.blank(self.job["pack_usd"]) and strict.blank(self.job["pack_credits"])
        return 1 if none else holds(self.pack)

    def needed(self) -> int:
        """Return the packs that the job takes."""
        total = self.job.credits() * self.job.plan().generations_with_buffer
        return ceil(rounded(total / self.pack().credits))

    def cost(self) -> Fraction:
        """Return the cost of these packs in USD."""
        return self.needed() * self.pack().usd

    def tokens(self) -> Fraction:
        """Return what the same images cost by tokens in USD."""
        return self.job.list_cost() * self.job.plan().generations_with_buffer

    def images(self) -> Fraction:
        """Return how many images a pack pays for."""
        return self.pack().images(self.job.credits())

    def usd_per_image(self) -> Fraction:
        """Return USD per image of a pack that is used up."""
        return self.pack().usd / self.images()

    def break_even(self) -> int:
        """Return from how many whole images on a pack is cheaper."""
        return ceil(rounded(self.pack().break_even_images(self.job.list_cost())))

    def outcomes(self) -> dict[str, Outcome]:
        """Return what a person reads."""
        return {
            "pack_plan_credits": self._of_plan(self.job.credits),
            "pack_images": self._of_plan(self.images),
            "pack_usd_per_image": self._of_plan(self.usd_per_image),
            "pack_break_even": cell(self.break_even),
            "pack_needed": self._of_plan(self.needed),
            "pack_cost": self._of_plan(self.cost),
            "pack_tokens_usd": cell(self.tokens),
            "pack_says": self._says(),
        }

    def _of_plan(self, figure: Callable[[], Outcome]) -> Outcome:
        return cell(figure) if self.job.has_plan else "–"

    def _says(self) -> Said:
        lacks = (
            (self.pack, "^Type the price"),
            (lambda: strict.need(self.job.has_plan), "^Choose a plan on"),
            (self.job.credits, "^The chosen plan has no credits"),
            (self.job.plan, "^Fix finals"),
            (self.tokens, "^The token price is not known"),
        )
        for figure, said in lacks:
            if not holds(figure):
                return Said(said)
        if not self.needed():
            return Said("^The job needs no images")
        figures = (usd(self.cost()), usd(self.tokens()))
        if rounded(self.cost()) < rounded(self.tokens()):
            return Said("^The pack pays off", figures)
        if rounded(self.usd_per_image()) >= rounded(self.job.list_cost()):
            return Said("^The pack never pays off")
        return Said("^The pack does not pay off", figures)
