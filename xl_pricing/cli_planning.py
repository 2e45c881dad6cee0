"""The planning commands: ``levers``, ``plans``, ``risk`` and ``stage`` of a job."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.arguments import card_with, read_model
from xl_pricing.cells import is_blank, read_number, read_whole
from xl_pricing.cli_planning_draw import draw_levers, draw_plans, draw_risk, draw_stage
from xl_pricing.console import Document, Given, takes
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation import stages
from xl_pricing.estimation.budget import (
    CONFIDENCES,
    DEFAULT_BUFFER,
    MAX_PLANNED_FINALS,
    Budget,
    chance_that_buffer_lasts,
    generations_needed,
)
from xl_pricing.estimation.credits import Pack
from xl_pricing.estimation.levers import Effect, Spec, best, weigh
from xl_pricing.planning import (
    Bill,
    bills,
    list_price,
    moves_of,
    price_of,
    read_budget,
    read_spec,
)
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.clock import today
from xl_pricing.rates.rows import Model

DRAFT_QUALITY = "low"
CHECK_PRICES = "prices of plans and resellers change often: check them at their source before use"
COSTS = {
    "size_next": "fewer pixels",
    "size_smallest": "the fewest pixels of this ratio",
    "ratio_nearest": "another picture, composed anew",
    "ratio_larger": "another picture, composed anew, though a larger one",
    "quality_down": "coarser detail and small text: try a sample",
    "quality_up": "dearer, finer detail",
    "retries_less": "a saved baseline, and one change at a time",
    "retries_more": "what drift and rerolls would cost",
    "images_per_call_1": "each image is rounded up by itself",
    "images_per_call_4": "variants of one prompt, rounded up once",
    "images_per_call_10": "variants of one prompt, rounded up once",
    "prompt_twice": "a longer prompt is not a steadier one",
    "references_less": "less to hold on to: drift may cost retries",
    "references_more": "a steadier picture may save retries",
    "other_tier": "batch answers within a day, standard at once",
}
"""What each move costs in quality or time, by its name."""


class _Planned(NamedTuple):
    """A job as it was read."""

    spec: Spec
    model: Model
    card: RateCard
    plan: Budget


def _read(finals: Given, retries: Given, buffer: Given, model: Given, **spec: Given) -> _Planned:
    card = card_with(RateCard.with_rates, None)
    known = read_model(model, card)
    read = read_spec(known, **spec)
    cost = price_of(known, card, today())(read)
    return _Planned(read, known, card, read_budget(cost, finals, retries, buffer))


def _job(job: _Planned) -> Document:
    """Say what was planned, with omitted arguments resolved."""
    spec, plan = job.spec, job.plan
    quality = spec.quality if isinstance(spec.quality, str) else float(spec.quality)
    return {
        "model": job.model.id,
        "size": str(spec.size),
        "quality": quality,
        "tier": spec.tier,
        "finals": float(plan.finals),
        "retries": float(plan.retries),
        "buffer": float(plan.buffer),
        "usd_per_image": float(plan.cost_per_image),
        "budget_usd": float(plan.total),
    }


def _float(figure: Fraction | None) -> float | None:
    return None if figure is None else float(figure)


def levers(finals: Given, retries: Given, buffer: Given, model: Given, **spec: Given) -> Document:
    """Show what each change of a job would save, and the best three.

    Compared at today's token prices; the best are one move of each lever, never another ratio.
    """
    job = _read(finals, retries, buffer, model, **spec)
    moves = moves_of(job.spec, job.plan.retries, job.model, job.card)
    effects = weigh(moves, job.plan, price_of(job.model, job.card, today()))
    rows = [_effect_row(job, effect) for effect in effects]
    names = [effect.move.name for effect in best(effects)]
    return {**_job(job), "moves": rows, "best": [r for n in names for r in rows if r["move"] == n]}


def _effect_row(job: _Planned, effect: Effect) -> Document:
    move = effect.move
    change = "not available"
    if move.spec is not None:
        before, after = (
            _setting(move.lever, job.spec, job.plan.retries),
            _setting(move.lever, move.spec, move.retries),
        )
        change = f"{before} -> {after}"
    return {
        "lever": move.lever,
        "move": move.name,
        "change": change,
        "usd_per_image": _float(effect.cost_per_image),
        "budget_usd": _float(effect.budget),
        "saving_usd": _float(effect.saving),
        "saving_share": _float(effect.share),
        "costs": COSTS[move.name],
    }


def _setting(lever: str, spec: Spec, retries: Fraction) -> str:
    """Say how a lever is set."""
    settings: dict[str, object] = {
        **dict.fromkeys(("size", "ratio"), spec.size),
        "quality": spec.quality,
        "retries": f"{float(retries):g}",
        "images per call": spec.n,
        "prompt": f"{spec.prompt_tokens or 0} tokens",
        "references": spec.references,
        "tier": spec.tier,
    }
    return str(settings[lever])


def plans(
    finals: Given,
    retries: Given,
    buffer: Given,
    model: Given,
    pack_usd: Given,
    pack_credits: Given,
    plan: Given,
    **spec: Given,
) -> Document:
    """Show the same job billed by official tokens, and by each plan.

    A prepaid pack of a plan, --pack-usd and --pack-credits, shows from which volume it pays off.
    """
    job = _read(finals, retries, buffer, model, **spec)
    known = bills(job.spec, job.model, job.card, today())
    price = list_price(job.spec, job.model, job.card, today())
    official = {
        "plan": "official tokens",
        **dict.fromkeys(("credits_per_image",)),
        **_billed(job, job.plan.cost_per_image),
        "markup": float(job.plan.cost_per_image / price - 1) if price else None,
        "refuses": "",
        "source": "the rate card",
        "checked": str(job.card.checked),
        "basis": "official",
    }
    rows = [official, *(_bill_row(job, bill) for bill in known)]
    pack = _pack(job, known, price, pack_usd, pack_credits, plan)
    return {**_job(job), "plans": rows, "pack": pack, "note": CHECK_PRICES}


def _billed(job: _Planned, usd: Fraction | None) -> Document:
    """Return what a price per image makes of an accepted final, and of the whole job."""
    plan = job.plan
    return {
        "usd_per_image": _float(usd),
        "usd_per_final": None if usd is None else float(usd * plan.retries),
        "bill_usd": None if usd is None else float(usd * plan.generations_with_buffer),
    }


def _bill_row(job: _Planned, bill: Bill) -> Document:
    row = bill.row
    return {
        "plan": bill.plan,
        "credits_per_image": _float(bill.charge.credits),
        **_billed(job, bill.charge.usd),
        "markup": _float(bill.markup),
        "refuses": ", ".join(bill.refuses),
        "source": row.source if row else "no price for this image",
        "checked": str(row.checked) if row else "",
        "basis": row.basis if row else "",
    }


def _pack(
    job: _Planned, known: list[Bill], price: Fraction, usd: Given, credits_: Given, plan: Given
) -> Document:
    """Return when a prepaid pack pays off; ``None`` where none is given."""
    told = [value for value in (usd, credits_, plan) if not is_blank(value)]
    if not told:
        return None
    if len(told) < 3:
        raise InvalidValueError(
            "a pack is told in part; accepted: --pack-usd, --pack-credits and --plan together"
        )
    name = str(plan).strip().lower()
    charged = next((bill.charge.credits for bill in known if bill.plan.lower() == name), None)
    if not charged:
        raise InvalidValueError(
            f"plan {plan!r} names no credits for this image; accepted: a plan with credits"
        )
    pack = Pack(read_number(usd, "pack_usd"), read_number(credits_, "pack_credits"))
    needed, holds = pack.break_even_images(price), pack.images(charged)
    packs = -(-job.plan.generations_with_buffer // holds)
    return {
        "plan": plan,
        "images_in_pack": float(holds),
        "break_even_images": float(needed),
        "packs_for_the_job": int(packs),
        "packs_usd": float(packs * pack.usd),
        "pays_off": bool(packs * pack.usd < job.plan.generations_with_buffer * price),
    }


def risk(finals: Given, retries: Given, buffer: Given) -> Document:
    """Show how big a buffer must be for how sure you want to be.

    Each generation is accepted with chance 1 in RETRIES: the generations that FINALS need are
    negative binomial, counted exactly.
    """
    images = read_whole(finals, "finals", 0, MAX_PLANNED_FINALS)
    share = DEFAULT_BUFFER if is_blank(buffer) else read_number(buffer, "buffer")
    plan = Budget(Fraction(0), Fraction(images), read_number(retries, "retries"), share)
    rows = []
    for confidence in CONFIDENCES:
        needed = generations_needed(images, float(plan.retries), confidence)
        over = needed / plan.total_generations - 1 if plan.total_generations else Fraction(0)
        rows.append(
            {
                "confidence": confidence,
                "generations_needed": needed,
                "buffer": float(max(over, Fraction(0))),
                "covered": needed <= plan.generations_with_buffer,
            }
        )
    return {
        "finals": images,
        "retries": float(plan.retries),
        "total_generations": float(plan.total_generations),
        "buffer": float(share),
        "chance_that_it_lasts": chance_that_buffer_lasts(plan),
        "buffers": rows,
    }


def stage(
    finals: Given,
    retries: Given,
    buffer: Given,
    model: Given,
    drafts: Given,
    draft_size: Given,
    draft_quality: Given,
    finish_retries: Given,
    **spec: Given,
) -> Document:
    """Show what drafts save: explore cheaply, then finish at full quality.

    Break-even is how many full-quality generations per final the drafts must save.
    """
    job = _read(finals, retries, buffer, model, **spec)
    draft_spec = {
        **spec,
        "size": str(job.spec.size) if is_blank(draft_size) else draft_size,
        "quality": DRAFT_QUALITY if is_blank(draft_quality) else draft_quality,
    }
    draft = read_spec(job.model, **draft_spec)
    staged = stages.Stages(
        job.plan,
        price_of(job.model, job.card, today())(draft),
        stages.DEFAULT_DRAFTS if is_blank(drafts) else read_number(drafts, "drafts"),
        stages.DEFAULT_FINISH_RETRIES
        if is_blank(finish_retries)
        else read_number(finish_retries, "finish_retries"),
    )
    return {
        **_job(job),
        "draft": f"{draft.size} {draft.quality}",
        "drafts_per_final": float(staged.drafts_per_final),
        "finish_retries": float(staged.finish_retries),
        "drafts_usd": float(staged.drafts.total),
        "finish_usd": float(staged.finish.total),
        "staged_usd": float(staged.total),
        "saving_usd": float(staged.saving),
        "saving_share": float(staged.saving_share),
        "break_even_retries": float(staged.break_even_retries),
        "saved_retries": float(staged.saved_retries),
    }


class Planned(NamedTuple):
    """A command: its example, how its document is drawn, and what answers it."""

    example: str
    draw: Callable[[Document], str]
    answer: Callable[..., Document]


_JOB = ("size", "quality", "finals")
_MORE = ("retries", "buffer", "model", "n", "prompt", "references", "tier")
_PACK = ("pack_usd", "pack_credits", "plan")
_DRAFT = ("drafts", "draft_size", "draft_quality", "finish_retries")
PLANNED = (
    Planned(
        "xl-pricing levers 4:5 high 120 --retries 1.5", draw_levers, takes(_JOB, _MORE)(levers)
    ),
    Planned(
        "xl-pricing plans 4:5 high 120 --retries 1.5",
        draw_plans,
        takes(_JOB, (*_MORE, *_PACK))(plans),
    ),
    Planned(
        "xl-pricing risk 12 2 --buffer 20%",
        draw_risk,
        takes(("finals", "retries"), ("buffer",))(risk),
    ),
    Planned(
        "xl-pricing stage 4:5 high 120 --retries 1.5 --draft-size 768x960",
        draw_stage,
        takes(_JOB, (*_MORE, *_DRAFT))(stage),
    ),
)
