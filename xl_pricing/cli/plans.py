"""``xl-pricing plans``: a job billed by official tokens, by every plan, and from a prepaid pack."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Unpack

import click

from xl_pricing.cli.answers import SPREAD, facts
from xl_pricing.cli.console import Given, command, option, takes
from xl_pricing.cli.drawing import heading, note_lines, show, show_percent, table
from xl_pricing.cli.elsewhere import Elsewhere, elsewhere, elsewhere_lines
from xl_pricing.cli.image import CHECK_PRICES, GivenImage, notes_of
from xl_pricing.cli.job import JOB, OPTIONS, Planned, job_lines, planned, read_today
from xl_pricing.cli.known import plan_list
from xl_pricing.cli.packs import PackBeside, pack_lines, weigh_pack
from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.cost import BASES
from xl_pricing.estimation.credits import Charge, markup
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.catalogue import ARGUMENTS
from xl_pricing.functions.explaining import Estimate, explain
from xl_pricing.functions.values import is_blank
from xl_pricing.planning.elsewhere import bills_elsewhere
from xl_pricing.planning.plans import PlanBill, plan_bills

OFFICIAL = "official tokens"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is charged for an image, an accepted final and the whole job; ``None`` is not told."""

    credits_per_image: Fraction | None
    usd_per_image: Fraction | None
    usd_per_final: Fraction | None
    bill_credits: Fraction | None
    bill_usd: Fraction | None
    markup: Fraction | None


@dataclass(frozen=True, slots=True)
class Billed:
    """One way to pay for a job; ``reason`` says why there is no price at all."""

    plan: str
    amounts: Amounts = field(metadata=SPREAD)
    takes: str = ""
    refuses: str = ""
    source: str | None = None
    checked: str | None = None
    basis: str | None = None
    note: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plans:
    """A job and its bills; those of other models stand apart, for they make another picture."""

    job: Planned = field(metadata=SPREAD)
    plans: list[Billed]
    elsewhere: list[Elsewhere]
    pack: PackBeside | None
    note: str
    notes: list[str]


def _draw_plans(answer: Plans) -> str:
    """Draw prices as a table, their sources as another, and what has no price line by line."""
    priced = [bill for bill in answer.plans if bill.reason is None]
    drawn = [*job_lines(answer.job), ""]
    if priced:
        prices = [*map(_price_row, priced)]
        drawn += [table(prices, {*prices[0]} - {"billed by"}), ""]
        drawn += [table([*map(_source_row, priced)], ()), ""]
    return "\n".join(
        [
            *drawn,
            *(_refusal(bill) for bill in answer.plans if bill.reason),
            "",
            *elsewhere_lines(answer.elsewhere),
            *(pack_lines(answer.pack) if answer.pack else []),
            *note_lines([answer.note, *answer.notes]),
        ]
    )


def _price_row(bill: Billed) -> dict[str, str]:
    figures = {heading(name): show(name, value) for name, value in facts(bill.amounts).items()}
    return {"billed by": bill.plan, **figures, "markup": show_percent(bill.amounts.markup, "+")}


def _source_row(bill: Billed) -> dict[str, str]:
    return {
        "billed by": bill.plan,
        "refuses": bill.refuses or "none",
        "source": bill.source or "",
        "seen on": bill.checked or "",
        "basis": bill.basis or "",
        "note": bill.note,
    }


def _refusal(bill: Billed) -> str:
    return bill.reason or ""


@command(
    "xl-pricing plans 4:5 high 120 --plan PixAPI --pack-usd 10 --pack-credits 1000", _draw_plans
)
@click.option("--list", is_flag=True, expose_value=False, help="List the plans, and no job.")
@takes(JOB, OPTIONS)
@option("pack_usd", "What a prepaid pack costs in USD.")
@option("pack_credits", "How many credits a prepaid pack holds.")
@option("plan", f"Whose pack it is. {ARGUMENTS['plan']}")
def plans(
    finals: Given,
    retries: Given,
    buffer: Given,
    pack_usd: Given,
    pack_credits: Given,
    plan: Given,
    tier: Given,
    **image: Unpack[GivenImage],
) -> Plans:
    """Bill a job by official tokens and by every plan.

    The markup is over the official token price at the standard tier. Below stands the same job on
    other models, which make another picture and have no markup. With --pack-usd, --pack-credits
    and --plan: whether a prepaid pack pays off.
    """
    job = read_today({**image, "tier": tier})
    images = read_budget(Fraction(0), finals, retries, buffer)
    bills = plan_bills(job)
    (official, refusal), (listed, _) = _estimate(image, tier), _estimate(image, None)
    by_plans = [_by_plan(bill, listed, images) for bill in bills]
    pack = None
    if not all(map(is_blank, (plan, pack_usd, pack_credits))):
        by_tokens = replace(images, cost_per_image=job.usd(job.image))
        pack = weigh_pack(plan, pack_usd, pack_credits, image, by_tokens)
    return Plans(
        planned(job, images),
        [_by_tokens(official, refusal, listed, images), *by_plans],
        [elsewhere(bill, images) for bill in bills_elsewhere(job)],
        pack,
        CHECK_PRICES,
        notes_of(job.model, job.image, image["prompt"]),
    )


def _by_tokens(
    official: Estimate | None, refusal: str | None, listed: Estimate | None, images: Budget
) -> Billed:
    """Return the bill by official tokens, or why there is none; ``listed`` is the list price."""
    if not official:
        nothing = _amounts(Charge(None, None), None, images)
        return Billed(OFFICIAL, nothing, reason=f"{OFFICIAL}: {refusal}")
    over = listed and markup(official.usd, listed.usd)
    evidence = official.lines[-1].evidence._replace(basis=official.basis)
    return Billed(OFFICIAL, _amounts(Charge(None, official.usd), over, images), "", "", *evidence)


def _estimate(image: GivenImage, tier: Given) -> tuple[Estimate | None, str | None]:
    """Return the estimate by tokens, or why there is none."""
    try:
        return explain(**image, tier=tier), None
    except NotAvailableError as error:
        return None, str(error)


def _by_plan(bill: PlanBill, listed: Estimate | None, images: Budget) -> Billed:
    """Return the bill of a plan; what multiplies tokens is known no better than they are."""
    amounts = _amounts(bill.charge, bill.markup, images)
    takes, refuses = ", ".join(bill.takes), ", ".join(bill.refuses)
    row = bill.row
    if not row:
        return Billed(bill.plan, amounts, takes, refuses, reason=bill.refusal)
    by_tokens = listed if row.multiplier and not row.usd else None
    basis = max(row.basis, by_tokens.basis if by_tokens else row.basis, key=BASES.index)
    evidence = row.evidence._replace(basis=basis)
    reason = bill.refusal and f"{bill.plan}: {bill.refusal}"
    return Billed(bill.plan, amounts, takes, refuses, *evidence, row.note, reason)


def _amounts(charged: Charge, over: Fraction | None, images: Budget) -> Amounts:
    """Return what a job of so many images costs where each is charged like this."""
    in_credits, in_usd = (
        None if cost is None else replace(images, cost_per_image=cost) for cost in charged
    )
    return Amounts(
        *charged,
        in_usd.cost_per_final if in_usd else None,
        in_credits.total if in_credits else None,
        in_usd.total if in_usd else None,
        over,
    )


LISTED = {"--list": plan_list}
plans.instead = LISTED  # type: ignore[attr-defined]
