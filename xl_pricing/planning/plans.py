"""A job billed by plans: what each of them charges for its image, and prepaid packs."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.credits import Charge, Pack, charge, markup
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.functions.arguments import billed_quality
from xl_pricing.planning.job import Job
from xl_pricing.rates.rows import Plan


class PlanBill(NamedTuple):
    """What a plan charges for an image, and how far that is over the token price.

    ``row`` is ``None`` where the plan has no price for it; a figure that it does not tell is
    ``None``. ``refuses`` are the model's qualities for which it has none, ``takes`` the others;
    ``refusal`` says why there is no price at all.
    """

    plan: str
    row: Plan | None
    charge: Charge
    markup: Fraction | None
    refuses: tuple[str, ...]
    takes: tuple[str, ...] = ()
    refusal: str | None = None


def plan_bills(job: Job) -> list[PlanBill]:
    """Return the bill of every plan, in the card's order; markups are over the list price.

    Raises `InvalidValueError` for a quality that the model does not know; one without a token
    count, such as auto, a plan may bill all the same.
    """
    quality = billed_quality(job.model, job.image.quality)
    names = dict.fromkeys(plan.plan for plan in job.card.plans)
    return [_plan_bill(name, quality, job) for name in names]


def list_price(job: Job) -> Fraction:
    """Return USD per image at the standard tier, which plans are compared with."""
    return job.usd(replace(job.image, tier=DEFAULT_TIER))


def _plan_bill(name: str, quality: str, job: Job) -> PlanBill:
    row, told, over, refusal = None, Charge(None, None), None, None
    try:
        row = job.card.offer(name, job.model, job.image.size, quality)
        told = charge(row.terms, lambda: list_price(job))
    except NotAvailableError as error:
        refusal = str(error)
    with suppress(NotAvailableError):
        over = None if told.usd is None else markup(told.usd, list_price(job))
    refuses = [*_refused(name, job)]
    takes = tuple(q for q in job.model.output.rule.qualities if q not in refuses)
    return PlanBill(name, row, told, over, tuple(refuses), takes, refusal)


def _refused(plan: str, job: Job) -> Iterator[str]:
    for quality in job.model.output.rule.qualities:
        try:
            job.card.offer(plan, job.model, job.image.size, quality)
        except NotAvailableError:
            yield quality


class PackBill(NamedTuple):
    """A job paid from prepaid packs, beside the same job paid by tokens; money in USD."""

    images: Fraction
    """How many images one pack pays for."""
    break_even_images: Fraction
    """The volume from which one pack is cheaper than tokens; never, where it holds fewer."""
    packs: int
    """Whole packs that the job takes, buffer included."""
    usd: Fraction
    token_usd: Fraction

    @property
    def saving(self) -> Fraction:
        """What the packs save against tokens; negative where they cost more."""
        return self.token_usd - self.usd


def pack_bill(pack: Pack, credits_per_image: Fraction, plan: Budget) -> PackBill:
    """Weigh a pack for a job; ``plan`` holds the token price per image.

    Raises `NotAvailableError` where tokens cost nothing.
    """
    packs = ceil(plan.generations_with_buffer / pack.images(credits_per_image))
    return PackBill(
        pack.images(credits_per_image),
        pack.break_even_images(plan.cost_per_image),
        packs,
        packs * pack.usd,
        plan.total,
    )
