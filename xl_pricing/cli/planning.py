"""The planning commands: the levers of a job, plans side by side, risk, explore then finish."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import click

from xl_pricing.cli.console import Document, Given, show_money, takes
from xl_pricing.cli.drawing import (
    draw_levers,
    draw_plans,
    draw_risk,
    draw_stage,
    image_words,
    show_percent,
)
from xl_pricing.cli.plans import bill_documents, pack_document
from xl_pricing.estimation.budget import (
    DEFAULT_CONFIDENCE,
    USUAL_BUFFERS,
    Budget,
    chance_that_buffer_lasts,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import Effect, best
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.catalogue import ARGUMENTS
from xl_pricing.functions.values import is_blank
from xl_pricing.planning.job import Job, read_job
from xl_pricing.planning.moves import effects_of, refusal_of, tell
from xl_pricing.planning.plans import plan_bills
from xl_pricing.planning.reserves import read_risk, reserves_of
from xl_pricing.planning.stages import read_draft, stages_of
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card

CHECK_PRICES = "prices of plans and resellers change often: check them at their source before use"

_LEAST_SHARE = Fraction(1, 1000)
_OPTIONS = ["retries", "buffer", "model", "n", "prompt", "references", "tier"]


def _read_job(given: Given) -> Job:
    return read_job(active_card(), today(), **given)


def _job_document(job: Job, plan: Budget) -> Document:
    return {
        "model": job.model.id,
        **_image(job.image),
        "n": job.image.n,
        "prompt_tokens": job.image.prompt_tokens,
        "references": len(job.image.references),
        "tier": job.image.tier,
        "finals": float(plan.finals),
        "retries": float(plan.retries),
        "buffer": float(plan.buffer),
        "generations_with_buffer": float(plan.generations_with_buffer),
    }


def _notes(job: Job) -> list[str]:
    return [*job.model.remarks(job.image.size, job.day)]


def _image(image: Image) -> Document:
    quality = image.quality if isinstance(image.quality, str) else float(image.quality)
    return {"size": str(image.size), "quality": quality}


def _float(amount: Fraction | None) -> float | None:
    return None if amount is None else float(amount)


@takes(["size", "quality", "finals"], _OPTIONS)
def levers(finals: Given, retries: Given, buffer: Given, **given: Given) -> Document:
    """Show what each change to a job would save, and the best three.

    The best are one a lever. Another ratio is another picture: it is shown, but never advised.
    """
    job = _read_job(given)
    usd = job.usd(job.image)
    plan = read_budget(usd, finals, retries, buffer)
    effects = effects_of(job, plan)
    return {
        **_job_document(job, plan),
        "usd_per_image": float(usd),
        "budget_usd": float(plan.total),
        "moves": [_move(effect, job, plan) for effect in effects],
        "best": [_best(effect, job, plan) for effect in best(effects) if _is_worth(effect)],
        "notes": _notes(job),
    }


def _move(effect: Effect, job: Job, plan: Budget) -> Document:
    refusal = refusal_of(effect, job)
    said = tell(effect.move, job.image, plan.retries, refusal)
    figures = effect if said.reason is None else Effect(effect.move)
    return {
        "lever": effect.move.lever,
        "move": effect.move.name,
        "change": said.change,
        "usd_per_image": _float(figures.cost_per_image),
        "budget_usd": _float(figures.budget),
        "saving_usd": _float(figures.saving),
        "saving_share": _float(figures.share),
        "costs": said.costs,
        "reason": said.reason,
    }


def _is_worth(effect: Effect) -> bool:
    """Tell whether a saving is large enough to be named: a thousandth of the budget."""
    return effect.share is not None and effect.share >= _LEAST_SHARE


def _best(effect: Effect, job: Job, plan: Budget) -> Document:
    move = _move(effect, job, plan)
    saving, share = show_money(move["saving_usd"]), show_percent(move["saving_share"])
    words = f"{move['lever']} {move['change']} saves {saving} USD ({share}): {move['costs']}"
    return {**move, "words": words}


@takes(["size", "quality", "finals"], [*_OPTIONS, "pack_usd", "pack_credits"])
@click.option("--plan", metavar="PLAN", help=f"Whose pack it is. {ARGUMENTS['plan']}")
def plans(
    finals: Given,
    retries: Given,
    buffer: Given,
    pack_usd: Given,
    pack_credits: Given,
    plan: Given,
    **given: Given,
) -> Document:
    """Bill a job by official tokens and by every plan.

    The markup is over the official token price at the standard tier. With --pack-usd,
    --pack-credits and --plan: whether a prepaid pack pays off.
    """
    job = _read_job(given)
    images = read_budget(Fraction(0), finals, retries, buffer)
    bills = plan_bills(job)
    pack = None
    if not all(map(is_blank, (plan, pack_usd, pack_credits))):
        by_tokens = replace(images, cost_per_image=job.usd(job.image))
        pack = pack_document(plan, pack_usd, pack_credits, given, by_tokens)
    return {
        **_job_document(job, images),
        "plans": [*bill_documents(bills, images, given)],
        "pack": pack,
        "note": CHECK_PRICES,
        "notes": _notes(job),
    }


@takes(["finals", "retries"], ["buffer"])
def risk(finals: Given, retries: Given, buffer: Given) -> Document:
    """Show what buffer lasts with which confidence.

    Each generation is accepted with chance 1 / retries. Generations needed give the finals with
    that confidence.
    """
    plan = read_risk(finals, retries, buffer)
    usual = replace(plan, buffer=USUAL_BUFFERS[1])
    lasts = {reserve.confidence: reserve for reserve in reserves_of(plan)}
    return {
        "finals": int(plan.finals),
        "retries": float(plan.retries),
        "total_generations": float(plan.total_generations),
        "buffers": [
            {
                **reserve._asdict(),
                "covered": reserve.generations_needed <= plan.generations_paid_for,
            }
            for reserve in lasts.values()
        ],
        "buffer": float(plan.buffer),
        "generations_paid_for": plan.generations_paid_for,
        "chance_that_it_lasts": chance_that_buffer_lasts(plan),
        "usual_buffer": float(usual.buffer),
        "usual_chance": chance_that_buffer_lasts(usual),
        "usual_is_enough": lasts[DEFAULT_CONFIDENCE].generations_needed
        <= usual.generations_paid_for,
    }


@takes(["size", "quality", "finals"], [])
@click.option("--retries", metavar="RETRIES", required=True, help=ARGUMENTS["retries"])
@takes([], ["drafts", "draft_size", "draft_quality", "finish_retries"])
@takes([], ["buffer", "model", "n", "prompt", "references", "tier"])
def stage(
    finals: Given,
    retries: Given,
    buffer: Given,
    drafts: Given,
    draft_size: Given,
    draft_quality: Given,
    finish_retries: Given,
    **given: Given,
) -> Document:
    """Compare all at full quality with cheap drafts first.

    Drafts are made and chosen from, then the finals at full quality take fewer tries. Prompt,
    reference images, tier and buffer are the same for both.
    """
    job = _read_job(given)
    draft = read_draft(job, draft_size, draft_quality)
    all_high = read_budget(job.usd(job.image), finals, retries, buffer)
    staged = stages_of(all_high, draft, job, drafts, finish_retries)
    return {
        **_job_document(job, all_high),
        "usd_per_image": float(all_high.cost_per_image),
        "budget_usd": float(all_high.total),
        "draft": image_words(**_image(draft)),
        "drafts_per_final": float(staged.drafts_per_final),
        "finish_retries": float(staged.finish_retries),
        "usd_per_draft": float(staged.draft_cost),
        "drafts": float(staged.drafts.generations_with_buffer),
        "drafts_usd": float(staged.drafts.total),
        "finish_generations": float(staged.finish.generations_with_buffer),
        "finish_usd": float(staged.finish.total),
        "staged_usd": float(staged.total),
        "saving_usd": float(staged.saving),
        "saving_share": float(staged.saving_share),
        "saved_retries": float(staged.saved_retries),
        "break_even_retries": float(staged.break_even_retries),
        "notes": _notes(job),
    }


class Planned(NamedTuple):
    """A command: its example, how its document is drawn, and what answers it."""

    example: str
    draw: Callable[[Document], str]
    answer: Callable[..., Document]


PLANNED = (
    Planned("xl-pricing levers 4:5 high 120 --retries 1.5 --references 1", draw_levers, levers),
    Planned(
        "xl-pricing plans 4:5 high 120 --plan PixAPI --pack-usd 10 --pack-credits 1000",
        draw_plans,
        plans,
    ),
    Planned("xl-pricing risk 12 2 --buffer 20%", draw_risk, risk),
    Planned("xl-pricing stage 4:5 high 120 --retries 2 --draft-size 768x960", draw_stage, stage),
)
