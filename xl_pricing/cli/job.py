"""What the planning commands have in common: the job that they plan, and how it is said."""

from dataclasses import dataclass, field
from fractions import Fraction

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.drawing import show_figure, show_part
from xl_pricing.cli.image import REST, GivenTieredImage, Spec, spec_of
from xl_pricing.estimation.budget import Budget
from xl_pricing.planning.job import Job, read_job
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card

JOB = ("size", "quality", "finals")
OPTIONS = ("retries", "buffer", *REST)


@dataclass(frozen=True, slots=True)
class Planned:
    """A job that is planned; ``prompt_tokens`` are ``None`` where no prompt is counted."""

    spec: Spec = field(metadata=SPREAD)
    n: int
    prompt_tokens: int | None
    references: int
    tier: str
    finals: Fraction
    retries: Fraction
    buffer: Fraction
    generations_with_buffer: Fraction


def read_today(image: GivenTieredImage) -> Job:
    """Read a job that is priced today by the card in force."""
    return read_job(active_card(), today(), **image)


def planned(job: Job, budget: Budget) -> Planned:
    """Return what there is to say of a job."""
    image = job.image
    return Planned(
        spec_of(job.model, image),
        image.n,
        image.prompt_tokens,
        len(image.references),
        image.tier,
        budget.finals,
        budget.retries,
        budget.buffer,
        budget.generations_with_buffer,
    )


def job_lines(job: Planned) -> list[str]:
    """Say which job is planned: the image, then how many."""
    said = [f"{job.spec.model} {job.spec}"]
    said += [f"{job.n} images per call"] if job.n > 1 else []
    said += [] if job.prompt_tokens is None else [f"prompt of {job.prompt_tokens} tokens"]
    plural = "s" if job.references > 1 else ""
    said += [f"{job.references} reference image{plural}"] if job.references else []
    return [", ".join([*said, f"tier {job.tier}"]), _amount(job)]


def _amount(job: Planned) -> str:
    retries, generations = map(show_figure, (job.retries, job.generations_with_buffer))
    buffer = show_part(job.buffer)
    return (
        f"{finals_words(job.finals)}, retries {retries}, buffer {buffer}: {generations} generations"
    )


def finals_words(count: Fraction | int) -> str:
    """Say how many finals."""
    return f"{show_figure(count)} final{'' if count == 1 else 's'}"
