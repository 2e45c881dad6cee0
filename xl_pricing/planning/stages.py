"""A job in two stages: the drafts that come before its finals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.stages import DEFAULT_DRAFTS, DEFAULT_FINISH_RETRIES, Stages
from xl_pricing.functions.arguments import read_quality
from xl_pricing.functions.sizes import Cell, read_pixels
from xl_pricing.functions.values import is_blank, read_number
from xl_pricing.planning.job import Job

DEFAULT_DRAFT_QUALITY = "low"


def read_draft(job: Job, size: Cell = None, quality: Cell = None) -> Image:
    """Read a draft of a job; where omitted, the final's size and low quality.

    Prompt, reference images and tier are those of the final. An error says that it is the draft's.
    """
    final = job.image
    with _of_the_draft():
        return replace(
            final,
            size=final.size if is_blank(size) else read_pixels(size, job.model),
            quality=read_quality(DEFAULT_DRAFT_QUALITY if is_blank(quality) else quality),
        )


def stages_of(
    all_high: Budget, draft: Image, job: Job, drafts: Cell = None, finish_retries: Cell = None
) -> Stages:
    """Return a job in two stages; ``all_high`` is its budget in one."""
    with _of_the_draft():
        draft_cost = job.usd(draft)
    return Stages(
        all_high,
        draft_cost,
        DEFAULT_DRAFTS if is_blank(drafts) else read_number(drafts, "drafts"),
        DEFAULT_FINISH_RETRIES
        if is_blank(finish_retries)
        else read_number(finish_retries, "finish_retries"),
    )


@contextmanager
def _of_the_draft() -> Iterator[None]:
    try:
        yield
    except XlPricingError as error:
        error.args = (f"draft {error.args[0]}",)
        raise
