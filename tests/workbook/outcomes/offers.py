"""What the job costs by official tokens, and by each plan of the plans table."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from math import floor

from outcomes import strict
from outcomes.job import Job
from outcomes.said import Outcome, Said
from outcomes.strict import cell, holds
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.credits import Charge, Terms, charge, markup
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import QUALITIES
from xl_pricing.rates.rows import Plan, read_date

REFUSED, UNKNOWN, PRICED = "✘", "?", "✔"
OLD_AFTER = timedelta(days=45)
KINDS = {
    "flat": "^one price per image$",
    "size tier": "^by size$",
    "size x quality": "^by size and quality$",
    "multiplier": "^times the token price$",
    "credit table": "^credits per image$",
    "credit price": "^token price in credits$",
}
COLUMNS = (
    *("name", "kind", "credits", "usd", "final", "bill", "markup", *QUALITIES),
    *("basis", "checked", "source", "note"),
)
BAD_SIZE, BAD_QUALITY = "^the size is not legal", "^the model does not have this quality"
BAD_PLAN = "^finals, retries or buffer are out"
_DECIMALS = 10**9


def rounded(value: Fraction) -> Fraction:
    """Round halves up, as prices are compared."""
    return Fraction(floor(value * _DECIMALS + Fraction(1, 2)), _DECIMALS)


@dataclass(frozen=True, eq=False)
class Official:
    """The job by official tokens."""

    job: Job

    @cached_property
    def taken(self) -> bool:
        """Whether the model has the chosen quality."""
        chosen = self.job["quality"].lower()
        return self.is_counted or bool(self.mark(chosen))

    @cached_property
    def is_counted(self) -> bool:
        """Whether the job's output tokens are known."""
        return bool(holds(self.job.usage))

    def mark(self, quality: str) -> str:
        """Return whether official tokens have a price for a quality; blank for one not taken."""
        model = self.job.model
        if not holds(lambda: self.job.size) or quality not in model.output.rule.qualities:
            return ""
        if quality == self.job["quality"].lower() and self.is_counted:
            return PRICED
        known = holds(lambda: model.counting.usage(Image(self.job.size, quality)))
        return PRICED if known else UNKNOWN

    @cached_property
    def is_estimate(self) -> bool:
        """Whether the output tokens that are used are an estimate."""
        measured = not strict.blank(self.job["measured_tokens"])
        return not measured and self.job.model.output.basis == "estimate"

    def note(self) -> Outcome:
        """Return why there is no price, or how sure it is."""
        job = self.job
        if holds(job.token_cost):
            if not holds(job.plan):
                return Said(BAD_PLAN)
            return Said("^the token count is an estimate") if self.is_estimate else ""
        if not holds(lambda: job.size):
            return Said(BAD_SIZE)
        if not holds(job.inputs):
            return Said("^the inputs of one image")
        if not self.taken:
            return Said(BAD_QUALITY)
        return Said("^no rate for" if self.is_counted else "^the output tokens are not known")

    def outcomes(self) -> dict[str, Outcome]:
        """Return the line of official tokens."""
        job = self.job
        rates = (job.model, "image_out", job["tier"].lower(), read_date(job["price_date"]))
        basis = "estimate" if self.is_estimate else cell(lambda: job.card.rate(*rates).basis)
        values: dict[str, Outcome] = {
            "kind": Said("^tokens, tier ", (job["tier"],)),
            "final": cell(lambda: job.plan(job.token_cost()).cost_per_final),
            "bill": cell(lambda: job.token_cost() * job.plan().generations_with_buffer),
            "markup": cell(lambda: markup(job.token_cost(), job.list_cost())),
            "basis": basis,
            "note": self.note(),
            **{quality: self.mark(quality) for quality in QUALITIES},
        }
        return {f"plans_official_{name}": value for name, value in values.items()}


@dataclass(frozen=True, eq=False)
class Offer:
    """A plan of the plans table, and the row by which it bills the job, if there is one."""

    name: str
    official: Official

    @property
    def job(self) -> Job:
        """The job."""
        return self.official.job

    @cached_property
    def rows(self) -> list[Plan]:
        """The rows of the plan."""
        return [row for row in self.job.card.plans if row.plan.lower() == self.name]

    def row_for(self, quality: str) -> Plan | None:
        """Return the row for a quality."""
        try:
            return self.job.card.offer(self.name, self.job.model, self.job.size, quality)
        except XlPricingError:
            return None

    @cached_property
    def row(self) -> Plan | None:
        """The row for the job."""
        return self.row_for(self.job["quality"].lower()) if self.official.taken else None

    @property
    def shown(self) -> Plan:
        """The row whose source is shown: the plan's first one where none fits."""
        return self.row or self.rows[0]

    def charged(self) -> Charge:
        """Return what the plan charges."""
        return charge(self.row.terms if self.row else Terms(), self.job.list_cost)

    @cached_property
    def is_offered(self) -> bool:
        """Whether the plan names a price in USD for the job, or is not asked: a fault is ahead."""
        asked = self.official.taken and holds(lambda: self.job.size)
        terms = self.row.terms if self.row else Terms()
        told = terms.usd or terms.multiplier or (terms.credits and terms.usd_per_credit)
        return bool(told) or not asked

    def figure(self, of: Callable[[], Outcome]) -> Outcome:
        """Return a figure that rests on the price; a dash where there is none, by no fault."""
        return cell(of) if self.is_offered else "–"

    def usd(self) -> Fraction:
        """Return USD per image."""
        found = self.charged().usd
        strict.need(found is not None)
        return Fraction(found or 0)

    def credits(self) -> Outcome:
        """Return credits per image; blank where the plan has a price, but no credits."""
        listed = self.row.terms.credits if self.row else None
        if listed:
            return listed
        if not self.is_offered:
            return "–"
        self.usd()
        return self.charged().credits or ""

    def final(self) -> Fraction:
        """Return USD per accepted final."""
        return self.usd() * self.job.plan().retries

    @cached_property
    def compared(self) -> Fraction | None:
        """The price by which plans are put into an order."""
        return rounded(self.final()) if holds(self.final) else None

    def mark(self, quality: str) -> str:
        """Return whether the plan has a price for a quality of the model."""
        official = self.official.mark(quality)
        row = self.row_for(quality) if official else None
        if not official or row is None:
            return REFUSED if official else ""
        terms = row.terms
        told = terms.usd or terms.credits or (terms.multiplier and official == PRICED)
        return PRICED if told else UNKNOWN

    def note(self) -> Outcome:
        """Return why the plan has no price, or what its row says."""
        if not holds(self.usd):
            return Said(self._fault())
        if not holds(self.job.plan):
            return Said(BAD_PLAN)
        note = self.shown.note
        if read_date(self.job["price_date"]) - self.shown.checked > OLD_AFTER:
            return Said(f"^{re.escape(note + '; ' if note else '')}over 45 days old", ("45",))
        return note

    def _fault(self) -> str:
        if not holds(lambda: self.job.size):
            return BAD_SIZE
        if not self.official.taken:
            return BAD_QUALITY
        if self.row is None:
            return "^no price for this model"
        if self.row.terms.multiplier:
            return "^the token price that it multiplies"
        return "^the price of a credit" if self.row.terms.credits else "^its row"

    def outcomes(self) -> dict[str, Outcome]:
        """Return the plan's line."""
        shown = self.shown
        return {
            "name": self.rows[0].plan,
            "kind": Said(KINDS[shown.shape]),
            "credits": cell(self.credits),
            "usd": self.figure(self.usd),
            "final": self.figure(self.final),
            "bill": self.figure(lambda: self.usd() * self.job.plan().generations_with_buffer),
            "markup": self.figure(lambda: markup(self.usd(), self.job.list_cost())),
            **{quality: self.mark(quality) for quality in QUALITIES},
            "basis": shown.basis,
            "checked": shown.checked,
            "source": shown.source,
            "note": self.note(),
        }
