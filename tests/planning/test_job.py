"""A job is read and priced as the cells read and price it."""

from fractions import Fraction
from itertools import product
from typing import Any

import oracle
import pytest
from read_jobs import CARD, INPUTS, MODELS, QUALITIES, answer_or_error, read

from xl_pricing.errors import (
    XlPricingError,
)
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.size import Size
from xl_pricing.functions import pricing
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.explaining import explain

F = Fraction


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_a_job_costs_what_the_cell_function_says(model: str, quality: Any) -> None:
    for (n, prompt, references), tier in product(INPUTS, (None, "standard", "Batch")):
        rest = {"n": n, "prompt": prompt, "references": references, "tier": tier}

        def by_planning(rest: dict[str, Any] = rest) -> Fraction:
            job = read(model, quality=quality, **rest)
            return job.usd(job.image)

        def by_function(rest: dict[str, Any] = rest) -> Fraction:
            return explain("1024x1024", quality, model, rates=CARD, **rest).usd

        ours, told = answer_or_error(by_planning), answer_or_error(by_function)
        if isinstance(told, tuple):  # of two faults either may be told
            assert ours[0] is told[0]
        else:
            assert ours == told


def test_a_job_of_a_fixed_size_costs_what_the_tables_say() -> None:
    job = read("gpt-image-1", "1024x1536", "low", n=3, prompt=100, references="1024x1024; 800x600")
    image_in = oracle.tile_tokens(1024, 1024) + oracle.tile_tokens(800, 600)
    tokens = {"image_out": 408, "image_in": image_in, "text_in": 106}
    prices = {meter: oracle.list_price("gpt-image-1", meter) or 0 for meter in tokens}
    usd = sum(tokens[meter] * prices[meter] for meter in tokens) / 1_000_000
    assert job.usd(job.image) == usd


def test_an_image_is_read_as_cells_are() -> None:
    job = read("gpt-image-2", " 4:5 ", "HIGH", n=4.0, prompt="12", references=2, tier="BATCH")
    two = (Size(1024, 1024), Size(1024, 1024))
    assert job.image == Image(Size(1024, 1280), "high", 4, 12, two, "batch")
    job = read("gpt-image-2", "1024×1280", 5488.25)
    assert job.image == Image(Size(1024, 1280), F("5488.25"))
    job = read("gpt-image-2", prompt="0", references="512x512; 64x64; 512x512")
    assert job.image.prompt_tokens == 0
    assert job.image.references == ((512, 512), (64, 64), (512, 512))


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"size": "4000x4000"}, "not legal for this model"),
        ({"size": "#N/A"}, "size holds the error #N/A"),
        ({"n": 11}, "accepted: whole numbers, 1 to 10"),
        ({"prompt": "#REF!"}, "prompt holds the error #REF!"),
        ({"references": 17}, "accepted: whole numbers, 0 to 16"),
        ({"tier": "flex"}, "accepted: standard, batch"),
        ({"quality": None}, "quality is missing"),
    ],
)
def test_what_a_cell_refuses_is_refused(rest: dict[str, Any], told: str) -> None:
    with pytest.raises(XlPricingError, match=told):
        read("gpt-image-2", **rest)


@pytest.mark.parametrize(
    ("size", "quality", "told"),
    [
        (Size(1000, 1000), "high", "multiples of 16"),
        (Size(1024, 1024), "huge", "quality 'huge' is not known"),
    ],
)
def test_an_image_that_was_not_read_is_checked_when_it_is_priced(
    size: Size, quality: str, told: str
) -> None:
    with pytest.raises(XlPricingError, match=told):
        CARD.model("gpt-image-2").counting.usage(Image(size, quality))


def test_a_budget_is_read_with_the_defaults_of_the_cell_function() -> None:
    assert read_budget(F(2), "10") == Budget(F(2), F(10), F(1), F(1, 5))
    assert read_budget(F(2), 10, "", " ") == Budget(F(2), F(10), F(1), F(1, 5))
    assert read_budget(F(2), 10, "1.5", 0.1) == Budget(F(2), F(10), F(3, 2), F(1, 10))
    told = answer_or_error(lambda: pricing.IMGBUDGET(2, 10, 0.5))
    assert answer_or_error(lambda: read_budget(F(2), 10, 0.5)) == told
