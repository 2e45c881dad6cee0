"""Workings that reach no answer of their own: grid cells, fixed sizes, reference edges, bases."""

from typing import Any

import pytest
from random_inputs import LINE, job
from shown import shown, values_of

CUSTOM = {"ratio": "custom", "quality": "low"}
LINE_1 = ("Shop", "1:1", "high", "gpt-image-2", 10, 2, 180, 1, "standard", 0.2)


def lines(*changes: dict[str, Any]) -> Any:
    """Return what the workbook shows for lines of the campaign, each with something changed."""
    good = dict(zip(LINE, LINE_1, strict=False))
    return shown(job(tblCampaign=[{**good, **one} for one in changes]))


@pytest.mark.parametrize(
    ("width", "height", "cells"),
    [
        (1024, 928, 14),  # 14.5: halves go to the even one
        (1024, 992, 16),  # 15.5
        (928, 1024, 14),
        (1024, 944, 15),  # 14.75
        (3840, 1280, 5),  # 5.33
    ],
)
def test_the_short_edge_has_its_part_of_the_grid(width: int, height: int, cells: int) -> None:
    """The grid of low is 16 cells along the long edge."""
    values = values_of(**CUSTOM, custom_width=width, custom_height=height)
    assert (values["grid"], values["short_cells"]) == (16, cells)
    drafts = values_of(stage_quality="low", stage_size=f"{width}x{height}")
    assert (drafts["stage_grid"], drafts["stage_cells"]) == (16, cells)
    priced = lines({"quality": "low", "size": f"{width}x{height}"})
    assert (priced["tblCampaign.grid.0"], priced["tblCampaign.cells.0"]) == (16, cells)


def test_a_model_of_fixed_sizes_is_looked_up_and_has_no_grid() -> None:
    """1,584 tokens: 1024x1536 at medium in the official table."""
    values = values_of(model="gpt-image-1", ratio="2:3", quality="medium")
    assert (values["counting"], values["grid"], values["short_cells"]) == ("table", 0, 0)
    assert values["table_tokens"] == values["tokens_per_call"] == 1584
    priced = lines({"model": "gpt-image-1", "size": "2:3", "quality": "medium"})
    assert priced["tblCampaign.listed.0"] == priced["tblCampaign.output_tokens.0"] == 1584


@pytest.mark.parametrize(
    ("model", "width", "height", "tokens"),
    [
        ("gpt-image-2", 512, 512, 32 * 32),
        ("gpt-image-2", 513, 512, 32 * 32),  # 512 / 513 of both edges
        ("gpt-image-2", 3000, 800, 67 * 22),  # 94 x 32 patches are over the 1,536
        ("gpt-image-2", 16, 1600, 50 * 17),  # halved to 800; the short edge raised to a third
        ("gpt-image-1", 512, 512, 65 + 129),
        ("gpt-image-1", 513, 512, 65 + 2 * 129),
        ("gpt-image-1", 2049, 300, 65 + 4 * 129),  # fitted into 2048
    ],
)
def test_a_reference_image_is_counted_by_its_edges(
    model: str, width: int, height: int, tokens: int
) -> None:
    values = values_of(model=model, ratio="1:1", reference_width=width, reference_height=height)
    assert (values["reference_long"], values["reference_short"]) == (
        max(width, height),
        min(width, height),
    )
    assert values["reference_tokens"] == tokens


def test_the_steps_of_the_chart_stand_on_each_other() -> None:
    values = values_of()
    bases = [values[f"chart_base_{part}"] for part in ("finals", "retries", "buffer", "budget")]
    finals, retries, buffer = (values[f"{part}_cost"] for part in ("finals", "retries", "buffer"))
    assert bases == pytest.approx([0, finals, finals + retries, 0])
    assert bases[2] + buffer == pytest.approx(values["budget_usd"])


def test_a_use_case_begins_in_its_first_line_in_any_case() -> None:
    values = lines(*({"use_case": name} for name in ("Shop", "Ads", "shop", None, "Ads*")))
    begins = [values[f"tblCampaign.use_row.{i}"] for i in range(5)]
    assert begins == [1, 2, 1, 0, 5]
    assert [values[f"tblCampaign.use_first.{i}"] for i in range(5)] == [1, 2, "", "", 5]


def test_of_equal_prices_the_earlier_plan_has_the_lower_place() -> None:
    """LaoZhang VIP, APIYI all and kie.ai take 0.03 USD for a small image."""
    values = values_of(quality="high")
    lines_ = range(1, 21)
    tied = [k for k in lines_ if values[f"plans_compared_{k}"] == pytest.approx(0.045)]
    assert len(tied) == 3
    assert [values[f"plans_order_{k}"] for k in tied] == [1, 2, 3]


def test_the_levers_are_placed_by_what_they_move() -> None:
    values = values_of()
    placed = sorted(range(8), key=lambda i: values[f"tblSwings.place.{i}"])
    swings = [values[f"tblSwings.swing.{i}"] for i in placed]
    assert swings == sorted(swings, reverse=True)
    for i in range(8):
        saves, adds = values[f"tblSwings.saves.{i}"], values[f"tblSwings.adds.{i}"]
        assert saves <= 0 <= adds
        assert values[f"tblSwings.swing.{i}"] == pytest.approx(adds - saves)


def test_the_search_for_generations_ends_one_below_what_is_needed() -> None:
    values = values_of()
    steps = [values[f"risk_search.90.{i}"] for i in range(60) if f"risk_search.90.{i}" in values]
    assert steps == sorted(steps)
    assert values["risk_search.90.start"] == 119
    assert steps[-1] + 1 == values["risk_needed_90"] == 192
