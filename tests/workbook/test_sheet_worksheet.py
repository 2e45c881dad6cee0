"""The Worksheet's look-ups: what is typed is what is looked up, nothing else."""

import pytest
from templates import built_in

from workbook_templates.build import Built

NOT_AVAILABLE = "#N/A"


@pytest.fixture(scope="module")
def built() -> Built:
    return built_in("en")


@pytest.mark.parametrize("ratio", ["*:*", "4*", "4:?", "~4:5"])
def test_a_ratio_with_a_wildcard_is_no_ratio(built: Built, ratio: str) -> None:
    values = built.calculate({"ratio": ratio})
    assert values["size_width"] == values["size_height"] == values["budget_usd"] == NOT_AVAILABLE
    assert values["ok_size"] != 1
    assert values["status"].startswith("✘")


@pytest.mark.parametrize("quality", ["*", "h*", "hig?", "~high"])
def test_a_quality_with_a_wildcard_is_no_quality(built: Built, quality: str) -> None:
    values = built.calculate({"quality": quality})
    assert values["tokens_image_out"] == values["budget_usd"] == NOT_AVAILABLE
    assert values["ok_quality_word"] == 0


@pytest.mark.parametrize("model", ["gpt-image-*", "gpt-image-?", "*"])
def test_a_model_with_a_wildcard_is_no_model(built: Built, model: str) -> None:
    values = built.calculate({"model": model})
    assert values["model_row"] == values["budget_usd"] == NOT_AVAILABLE
    assert values["ok_model"] == 0


def test_the_cost_of_a_call_is_rounded_up_once(built: Built) -> None:
    one, four = (built.calculate({"images_per_call": n}) for n in (1, 4))
    assert four["tokens_per_call"] == 4 * four["tokens_image_out"]
    assert four["tokens_image_out"] < one["tokens_image_out"]
