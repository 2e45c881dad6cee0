"""What the Stages sheet must answer: the job in two stages, what that saves, and the verdict."""

from collections.abc import Callable
from fractions import Fraction

from outcomes import strict
from outcomes.job import Job
from outcomes.said import Outcome, Said, fixed, up
from outcomes.strict import cell
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.stages import Stages


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet."""

    def figure(of: Callable[[Stages], Fraction]) -> Outcome:
        return cell(lambda: of(stages_of(job)))

    def both(of: Callable[[Budget], Fraction]) -> Outcome:
        return figure(lambda stages: of(stages.drafts) + of(stages.finish))

    return {
        "stage_size_used": _size_used(job),
        "stage_draft_cost": cell(lambda: job.price(job.draft())),
        "stage_total": figure(lambda stages: stages.total),
        "stage_saving": figure(_saving),
        "stage_saving_share": figure(lambda s: strict.share(_saving(s), s.all_high.total)),
        "stage_break_even": figure(lambda stages: stages.break_even_retries),
        "stage_saved_retries": figure(lambda stages: stages.saved_retries),
        "stage_draft_generations": figure(lambda stages: stages.drafts.total_generations),
        "stage_finish_generations": figure(lambda stages: stages.finish.total_generations),
        "stage_buffer_generations": both(lambda one: one.total_generations * one.buffer),
        "stage_total_generations": both(lambda one: one.generations_with_buffer),
        **_whole(job),
        "stage_draft_usd": figure(lambda stages: stages.drafts.expected_cost),
        "stage_finish_usd": figure(lambda stages: stages.finish.expected_cost),
        "stage_buffer": both(lambda one: one.buffer_amount),
        **_all_high(job),
        "stage_verdict": _verdict(job),
    }


def stages_of(job: Job) -> Stages:
    """Return the job in two stages, at token prices."""
    all_high = job.plan(job.token_cost())
    draft, drafts, finish = job.price(job.draft()), job.stage_drafts(), job.finish_retries()
    return Stages(all_high, draft, drafts, finish)


def drafts_can_be_made(job: Job) -> int:
    """Return 1 where drafts are in range and have tokens, whatever else is wrong with the job."""

    def made() -> None:
        job.stage_drafts()
        job.finish_retries()
        calls = job.images_per_call if strict.holds(lambda: job.images_per_call) else 1
        quality = strict.quality(job["stage_quality"])
        size = job.draft_size() if isinstance(quality, str) else strict.ANY_SIZE
        draft = Image(size, quality, calls)
        job.model.counting.usage(draft)

    return strict.holds(made)


def _size_used(job: Job) -> str:
    typed = job["stage_size"]
    if strict.blank(typed):
        return "{:.15g}x{:.15g}".format(*job.edges)
    try:
        return str(strict.size(typed, job.card, wide=True))
    except XlPricingError:
        return "0x0"


def _whole(job: Job) -> dict[str, Outcome]:
    """Return whole images: rounded up, so that the parts add up to the sum."""

    def staged() -> tuple[int, int, int]:
        stages = stages_of(job)
        drafts, finish = stages.drafts.total_generations, stages.finish.total_generations
        return up(drafts), up(drafts + finish), up((drafts + finish) * (1 + stages.drafts.buffer))

    def all_high() -> tuple[int, int]:
        return up(job.plan().total_generations), up(job.plan().generations_with_buffer)

    return {
        "stage_draft_images": cell(lambda: staged()[0]),
        "stage_finish_images": cell(lambda: staged()[1] - staged()[0]),
        "stage_buffer_images": cell(lambda: staged()[2] - staged()[1]),
        "stage_total_images": cell(lambda: staged()[2]),
        "stage_high_images": cell(lambda: all_high()[0]),
        "stage_high_buffer_images": cell(lambda: all_high()[1] - all_high()[0]),
        "stage_high_total_images": cell(lambda: all_high()[1]),
    }


def _all_high(job: Job) -> dict[str, Outcome]:
    """Return the job with every generation at full quality."""

    def images(of: Callable[[Budget], Fraction]) -> Outcome:
        return cell(lambda: of(job.plan()))

    def usd(of: Callable[[Budget], Fraction]) -> Outcome:
        return cell(lambda: of(job.plan(job.token_cost())))

    return {
        "stage_high_generations": images(lambda plan: plan.total_generations),
        "stage_high_buffer_generations": images(lambda plan: plan.total_generations * plan.buffer),
        "stage_high_total_generations": images(lambda plan: plan.generations_with_buffer),
        "stage_high_usd": usd(lambda plan: plan.expected_cost),
        "stage_high_buffer": usd(lambda plan: plan.buffer_amount),
        "stage_high_total": usd(lambda plan: plan.total),
    }


def _saved_per_final(stages: Stages) -> Fraction:
    """Return USD saved per final before the buffer, which finals of 0 do not hide."""
    high = stages.all_high.cost_per_final
    staged = stages.drafts_per_final * stages.draft_cost
    staged += stages.finish_retries * stages.all_high.cost_per_image
    return strict.noticeable(high - staged, high)


def _saving(stages: Stages) -> Fraction:
    return stages.saving if _saved_per_final(stages) else Fraction(0)


def _verdict(job: Job) -> Said:
    try:
        stages = stages_of(job)
        must = fixed(stages.break_even_retries)
    except XlPricingError:
        return Said("^No answer")
    saved, finish = fixed(stages.saved_retries), fixed(stages.finish_retries)
    span = (fixed(stages.all_high.retries), finish)
    per_final = _saved_per_final(stages)
    if not per_final:
        return Said(r"^Breaks even.*\)\.$", (must, *span))
    return Said(
        r"^✔ Pays off.*\)\.$" if per_final > 0 else r"^▲ Does not pay off.*\)\.$",
        (must, saved, *span),
    )
