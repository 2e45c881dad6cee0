"""A job with cheap drafts first costs what the cell functions say."""

from fractions import Fraction
from typing import Any

import pytest
from read_jobs import CARD, read

from xl_pricing.errors import (
    CellError,
    InvalidValueError,
    NotAvailableError,
    OutOfRangeError,
    XlPricingError,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.size import Size
from xl_pricing.estimation.stages import Stages
from xl_pricing.functions import pricing
from xl_pricing.functions.arguments import read_budget
from xl_pricing.planning.job import Job
from xl_pricing.planning.stages import read_draft, stages_of

F = Fraction


def test_a_draft_is_the_final_at_low_quality_if_not_said() -> None:
    job = read("gpt-image-2", "4:5", prompt=10, references=1, tier="batch")
    one = (Size(1024, 1024),)
    assert read_draft(job) == Image(Size(1024, 1280), "low", 1, 10, one, "batch")
    draft = read_draft(job, "768x960", "Medium")
    assert draft == Image(Size(768, 960), "medium", 1, 10, one, "batch")
    assert read_draft(job, quality=200).quality == 200


def stage(job: Job, size: Any = None, quality: Any = None, **rest: Any) -> Stages:
    all_high = read_budget(job.usd(job.image), 100, 2, 0.1)
    return stages_of(all_high, read_draft(job, size, quality), job, **rest)


def test_stages_cost_what_the_cell_functions_say() -> None:
    job = read("gpt-image-2", "4:5")
    staged = stage(job, "768x960", "medium", drafts="4", finish_retries="1.2")
    high = pricing.IMGCOST("4:5", "high", rates=CARD)
    draft = pricing.IMGCOST("768x960", "medium", rates=CARD)
    drafts, finish = 100 * 4 * draft * 1.1, pricing.IMGBUDGET(high, 100, 1.2, 0.1)
    assert float(staged.total) == pytest.approx(drafts + finish)
    assert float(staged.saving) == pytest.approx(
        pricing.IMGBUDGET(high, 100, 2, 0.1) - drafts - finish
    )
    standard = stage(job)
    assert (standard.drafts_per_final, standard.finish_retries) == (3, F(11, 10))


@pytest.mark.parametrize(
    ("model", "arguments", "error", "told"),
    [
        ("gpt-image-2", {"size": "100x100"}, OutOfRangeError, "draft size 100x100 is not legal"),
        ("gpt-image-2", {"size": "big"}, InvalidValueError, "draft size 'big' is not readable"),
        ("gpt-image-2", {"size": "#N/A"}, CellError, "draft size holds the error #N/A"),
        ("gpt-image-2", {"quality": "max"}, InvalidValueError, "draft quality 'max' is not known"),
        ("gpt-image-2.6-flare", {}, NotAvailableError, "draft quality 'low': no formula"),
        ("gpt-image-2", {"drafts": "few"}, InvalidValueError, "drafts 'few' is not a number"),
        ("gpt-image-2", {"drafts": -1}, OutOfRangeError, "drafts per final -1 is out of range"),
        ("gpt-image-2", {"finish_retries": 0}, OutOfRangeError, "finish retries 0 is out of range"),
    ],
)
def test_an_error_of_the_draft_says_so(
    model: str, arguments: Any, error: type[XlPricingError], told: str
) -> None:
    job = read(model, "4:5")
    with pytest.raises(error) as caught:
        stage(job, **arguments)
    assert str(caught.value).startswith(told)
