"""``xl-pricing stage``: all at full quality, or cheap drafts first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Unpack

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given, command, option, takes
from xl_pricing.cli.drawing import note_lines, show_figure, show_money, show_percent, table
from xl_pricing.cli.image import REST, GivenTieredImage, notes_of, spec_of
from xl_pricing.cli.job import JOB, Planned, job_lines, planned, read_today
from xl_pricing.estimation.stages import DEFAULT_DRAFTS, DEFAULT_FINISH_RETRIES
from xl_pricing.functions.arguments import read_budget
from xl_pricing.planning.stages import DEFAULT_DRAFT_QUALITY, read_draft, stages_of

_FIGURES = ("generations", "USD per image", "budget USD")


@dataclass(frozen=True, slots=True)
class Staged:
    """A job in one stage and in two."""

    job: Planned = field(metadata=SPREAD)
    usd_per_image: Fraction
    budget_usd: Fraction
    draft: str
    drafts_per_final: Fraction
    finish_retries: Fraction
    usd_per_draft: Fraction
    drafts: Fraction
    drafts_usd: Fraction
    finish_generations: Fraction
    finish_usd: Fraction
    staged_usd: Fraction
    saving_usd: Fraction
    saving_share: Fraction
    saved_retries: Fraction
    break_even_retries: Fraction
    notes: list[str]


def _draw_stage(staged: Staged) -> str:
    """Draw the job in one stage and in two, and what the drafts must save."""
    return "\n".join(
        [
            *job_lines(staged.job),
            "",
            table([*_rows(staged)], _FIGURES),
            f"\n{_verdict(staged)}",
            _break_even(staged),
            *note_lines(staged.notes),
        ]
    )


def _rows(staged: Staged) -> Iterator[dict[str, str]]:
    job, each, draft = staged.job, staged.usd_per_image, staged.usd_per_draft
    drafts, retries = show_figure(staged.drafts_per_final), show_figure(staged.finish_retries)
    first, then = staged.drafts, staged.finish_generations
    final = str(job.spec)
    whole = job.generations_with_buffer
    yield _row("all at full quality", final, whole, each, staged.budget_usd)
    yield _row(f"drafts, {drafts} per final", staged.draft, first, draft, staged.drafts_usd)
    yield _row(f"finals, retries {retries}", final, then, each, staged.finish_usd)
    yield _row("both stages", "", first + then, None, staged.staged_usd)


def _row(
    stage_: str, image: str, generations: Fraction, usd: Fraction | None, budget: Fraction
) -> dict[str, str]:
    return {
        "stage": stage_,
        "image": image,
        "generations": show_figure(generations),
        "USD per image": show_figure(usd),
        "budget USD": show_money(budget),
    }


def _verdict(staged: Staged) -> str:
    saving = staged.saving_usd
    money, share = show_money(abs(saving)), show_percent(abs(staged.saving_share))
    if saving > 0:
        return f"staging pays off: it saves {money} USD ({share})"
    return f"staging does not pay off: it costs {money} USD ({share}) more"


def _break_even(staged: Staged) -> str:
    retries, finish = show_figure(staged.job.retries), show_figure(staged.finish_retries)
    saved = staged.saved_retries
    return (
        f"the drafts pay for themselves once they save {_short(staged.break_even_retries)} "
        f"retries per final; from {retries} to {finish} they {'add' if saved < 0 else 'save'} "
        f"{_short(abs(saved))}"
    )


def _short(figure: Fraction) -> str:
    """Write up to three decimals, more only where these would be 0."""
    return show_figure(round(float(figure), 3) or figure)


@command("xl-pricing stage 4:5 high 120 --retries 2 --draft-size 768x960", _draw_stage)
@takes(JOB)
@option("retries", "Generations per final on average, 1 or more.", required=True)
@option("drafts", f"Drafts for each final. If omitted, {show_figure(DEFAULT_DRAFTS)}.")
@option("draft_size", "Size or ratio of a draft. If omitted, that of the final.")
@option("draft_quality", f"Quality of a draft. If omitted, {DEFAULT_DRAFT_QUALITY}.")
@option(
    "finish_retries",
    "Full-quality generations per final after the drafts. If omitted, "
    f"{show_figure(DEFAULT_FINISH_RETRIES)}.",
)
@takes(options=["buffer", *REST])
def stage(
    finals: Given,
    retries: Given,
    buffer: Given,
    drafts: Given,
    draft_size: Given,
    draft_quality: Given,
    finish_retries: Given,
    **image: Unpack[GivenTieredImage],
) -> Staged:
    """Compare all at full quality with cheap drafts first.

    Drafts are made and chosen from, then the finals at full quality take fewer tries. Prompt,
    reference images, tier and buffer are the same for both.
    """
    job = read_today(image)
    draft = read_draft(job, draft_size, draft_quality)
    all_high = read_budget(job.usd(job.image), finals, retries, buffer)
    stages = stages_of(all_high, draft, job, drafts, finish_retries)
    return Staged(
        planned(job, all_high),
        usd_per_image=all_high.cost_per_image,
        budget_usd=all_high.total,
        draft=str(spec_of(job.model, draft)),
        drafts_per_final=stages.drafts_per_final,
        finish_retries=stages.finish_retries,
        usd_per_draft=stages.draft_cost,
        drafts=stages.drafts.generations_with_buffer,
        drafts_usd=stages.drafts.total,
        finish_generations=stages.finish.generations_with_buffer,
        finish_usd=stages.finish.total,
        staged_usd=stages.total,
        saving_usd=stages.saving,
        saving_share=stages.saving_share,
        saved_retries=stages.saved_retries,
        break_even_retries=stages.break_even_retries,
        notes=notes_of(job.model, job.image, image["prompt"]),
    )
