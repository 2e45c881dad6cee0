"""The same job on other image models, by the prices that were found."""

from dataclasses import asdict, replace
from fractions import Fraction

import pytest
from read_jobs import CARD, read

from xl_pricing.errors import CardError, InvalidValueError
from xl_pricing.planning.elsewhere import OtherBill, bills_elsewhere
from xl_pricing.rates.other_models import OtherModel
from xl_pricing.rates.records import read_row

FREE = "gpt-image-2.5-flare"


def bill(model: str, size: str, quality: str = "high", references: int = 0) -> OtherBill:
    job = read(FREE, size, quality, references=references)
    (found,) = [each for each in bills_elsewhere(job) if each.model == model]
    return found


@pytest.mark.parametrize(
    ("model", "size", "quality", "references", "usd"),
    [
        ("Ideogram 4.5", "3840x2160", "low", 0, "0.03"),
        ("Ideogram 4.5", "1024x1024", "high", 0, "0.10"),
        ("Recraft V4.1", "1024x1280", "max", 0, "0.035"),
        ("Recraft V4.1 Pro", "1024x1280", "low", 0, "0.21"),
        ("Grok Imagine 2.0", "1024x1536", "low", 0, "0.04"),
        ("Grok Imagine 2.0", "1024x1536", "high", 0, "0.06"),
        ("Grok Imagine 2.0", "1024x1552", "high", 0, "0.08"),
        ("Gemini Nano Banana 2.1", "1536x1024", "medium", 0, "0.0336"),
        ("Gemini Nano Banana 2.1", "2064x1024", "medium", 0, "0.114"),
        ("Gemini 3 Pro Image", "2048x2048", "medium", 0, "0.134"),
        ("Seedream 5.5", "1616x1600", "high", 0, "0.020"),
        ("Seedream 5.5", "1616x1616", "high", 3, "0.059"),
        ("FLUX.2 pro", "1024x1024", "high", 0, "0.03"),
        ("FLUX.2 pro", "1040x1024", "high", 1, "0.06"),
        ("FLUX.2 pro", "2048x2048", "high", 0, "0.075"),
    ],
)
def test_another_model_charges_what_was_found(
    model: str, size: str, quality: str, references: int, usd: str
) -> None:
    found = bill(model, size, quality, references)
    assert found.usd == Fraction(usd)
    assert found.refusal is None


@pytest.mark.parametrize(
    ("model", "size", "quality", "said"),
    [
        ("Ideogram 4.5", "1024x1024", "max", "Ideogram 4.5 has no price for 1024x1024 at max"),
        ("Grok Imagine 2.0", "3840x2160", "low", "has no price for 3840x2160 at low"),
        ("Gemini Nano Banana 2.1", "2048x1152", "low", "charges for 2048x1152 is not known"),
        ("FLUX.2 pro", "2064x2048", "low", "has no price for 2064x2048 at low"),
    ],
)
def test_what_is_not_known_has_no_price_and_says_why(
    model: str, size: str, quality: str, said: str
) -> None:
    found = bill(model, size, quality)
    assert found.usd is None
    assert said in (found.refusal or "")


def test_reference_images_without_a_price_are_told() -> None:
    told = {each.model: each.is_partial for each in bills_elsewhere(read(FREE, "1:1", "high"))}
    assert not any(told.values())
    job = read(FREE, "1:1", "high", references=2)
    counted = {each.model for each in bills_elsewhere(job) if not each.is_partial}
    assert counted == {"Seedream 5.5", "FLUX.2 pro"}


def test_the_first_row_that_fits_counts_wherever_a_model_s_rows_stand() -> None:
    ours = replace(CARD.other_models[0], model="IDEOGRAM 4.5", usd=None)
    job = read(FREE, "1:1", "low")
    before = replace(CARD, other_models=(ours, *CARD.other_models))
    after = replace(CARD, other_models=(*CARD.other_models, ours))
    assert bills_elsewhere(job._replace(card=before))[0].usd is None
    assert bills_elsewhere(job._replace(card=after))[0].usd == Fraction("0.03")
    assert len(bills_elsewhere(job)) == len(bills_elsewhere(job._replace(card=after)))


def test_a_quality_that_the_job_s_model_does_not_know_is_refused() -> None:
    job = read("gpt-image-2", "1:1", "high")
    with pytest.raises(InvalidValueError, match="max"):
        bills_elsewhere(job._replace(image=replace(job.image, quality="max")))


@pytest.mark.parametrize("column", ["max_long_edge_px", "max_pixels", "usd"])
def test_a_limit_or_a_price_of_0_is_refused(column: str) -> None:
    row = asdict(CARD.other_models[0]) | {column: 0}
    with pytest.raises(CardError, match=column):
        read_row(OtherModel, row, "other models")
