"""Every point that others published or measured, one test each (tests/cases/golden.csv)."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import ceil, sqrt

import pytest
from cases import read_points

from xl_pricing.estimation.size import Size
from xl_pricing.estimation.tokens import (
    PATCH_BUDGET,
    REFERENCE_RULES,
    GridRule,
    full_patches,
    grid_tokens,
)
from xl_pricing.functions import IMGCOST, IMGTOKENS
from xl_pricing.functions.explaining import explain
from xl_pricing.rates.card import bundled_card

pytestmark = pytest.mark.usefixtures("that_day")

Point = dict[str, str]
POINTS = read_points("golden")
PARTIAL_IMAGE_TOKENS = 100
MINI_EXTRA_TOKENS = 3 * PARTIAL_IMAGE_TOKENS
"""What the official prices of gpt-image-1-mini count on top; bills do not have it."""
PRINTED_OTHERWISE = {("gpt-image-1", "1024", "1024", "high"): Fraction("0.0006")}
"""The official table is above tokens x rate by more than its rounding."""


def title(point: Point) -> str:
    return "-".join(
        [point["model"], f"{point['width']}x{point['height']}", point["quality"], point["kind"]]
    )


def is_legal(point: Point) -> bool:
    sizes = bundled_card().model(point["model"]).sizes
    return sizes.fault(Size(int(point["width"]), int(point["height"]))) is None


def tokens(point: Point, n: int = 1) -> Fraction:
    """Output tokens of a call: of IMGTOKENS, or of the rule for 1920x1080, which nothing draws."""
    size = Size(int(point["width"]), int(point["height"]))
    if is_legal(point):
        return n * Fraction(IMGTOKENS(str(size), point["quality"], point["model"], n))
    rule = bundled_card().model(point["model"]).output.rule
    assert isinstance(rule, GridRule)
    return Fraction(grid_tokens(rule.grids[point["quality"]], n, size))


def usd(point: Point) -> Fraction:
    """Output USD: of IMGCOST, as the decimal that it shows, or of the rule for 1920x1080."""
    if is_legal(point):
        size = f"{point['width']}x{point['height']}"
        return Fraction(str(IMGCOST(size, point["quality"], point["model"])))
    return tokens(point) * 30 / 1_000_000


def reference_tokens(point: Point) -> int:
    rule = REFERENCE_RULES[bundled_card().model(point["model"]).references.rule]
    return rule(Size(int(point["width"]), int(point["height"])))


def reference_tokens_of_fal(point: Point) -> int:
    """Count as OpenAI's usage does, but round up where it rounds down: 53x30 patches for 16:9."""
    width, height = int(point["width"]), int(point["height"])
    if full_patches(Size(width, height)) <= PATCH_BUDGET:
        return reference_tokens(point)
    return ceil(sqrt(PATCH_BUDGET * width / height)) * ceil(sqrt(PATCH_BUDGET * height / width))


def half_of_the_last_digit(printed: str) -> Fraction:
    return Fraction(1, 2 * 10 ** len(printed.partition(".")[2]))


def check_usd_output(point: Point) -> None:
    printed, rounding = Fraction(point["value"]), half_of_the_last_digit(point["value"])
    above = printed - usd(point)
    if point["model"] == "gpt-image-1-mini":
        assert printed == round(usd(point) + Fraction(8 * MINI_EXTRA_TOKENS, 1_000_000), 3)
    elif "fal bills tokens" in point["note"]:
        assert above == 0
    else:
        assert abs(above - PRINTED_OTHERWISE.get(key(point), 0)) <= rounding


def key(point: Point) -> tuple[str, ...]:
    return tuple(point[name] for name in ("model", "width", "height", "quality"))


def check_usd_output_fal(point: Point) -> None:
    assert Fraction(ceil(1000 * usd(point)), 1000) == Fraction(point["value"])


def check_usd_edit_fal(point: Point) -> None:
    edit = usd(point) + Fraction(8 * reference_tokens_of_fal(point), 1_000_000)
    assert Fraction(ceil(1000 * edit), 1000) == Fraction(point["value"])


def check_output_tokens(point: Point) -> None:
    assert tokens(point) == int(point["value"])


def check_output_tokens_total_n2(point: Point) -> None:
    assert tokens(point, 2) == int(point["value"])


def check_output_tokens_3_partials(point: Point) -> None:
    assert tokens(point) + 3 * PARTIAL_IMAGE_TOKENS == int(point["value"])


def check_input_image_tokens(point: Point) -> None:
    assert reference_tokens(point) == int(point["value"])


def check_text_input_tokens(point: Point) -> None:
    """Take the prompt's own tokens from the note, the reference images from the kind."""
    prompt = re.search(r"o200k prompt tokens=(\d+)", point["note"])
    images = re.search(r"edits_(\d+)img", point["kind"])
    assert prompt
    estimate = explain(
        "1024x1024", "high", point["model"], 1, int(prompt[1]), int(images[1]) if images else None
    )
    assert estimate.lines[0].meter == "text_in"
    assert estimate.lines[0].tokens == int(point["value"])


def check_auto_output_tokens(point: Point) -> None:
    """With size auto no edge is a multiple of 16; the grid rule holds for it all the same."""
    assert not is_legal(point)
    rule = bundled_card().model(point["model"]).output.rule
    assert rule.counter(point["quality"])((int(point["width"]), int(point["height"]))) == int(
        point["value"]
    )


def check_usd_billed(point: Point) -> None:
    """Multiply the tokens of a bill, which the note holds, with the rates of its day."""
    billed = dict(part.split("=") for part in point["note"].split("; ") if "=" in part)
    card, day = bundled_card(), date.fromisoformat(billed.pop("day"))
    tariff = card.tariff(card.model(point["model"]), billed.pop("tier"), day)
    per_mtok = sum(int(n) * tariff.prices[meter].usd_per_mtok for meter, n in billed.items())
    assert billed
    assert per_mtok / 1_000_000 == Fraction(point["value"])


CHECKS: dict[str, Callable[[Point], None]] = {
    "usd_output": check_usd_output,
    "usd_output_fal": check_usd_output_fal,
    "usd_edit_fal": check_usd_edit_fal,
    "output_tokens": check_output_tokens,
    "output_tokens_total_n2": check_output_tokens_total_n2,
    "output_tokens_3_partials": check_output_tokens_3_partials,
    "auto_output_tokens": check_auto_output_tokens,
    "usd_billed": check_usd_billed,
    "input_image_tokens": check_input_image_tokens,
    "text_input_tokens_generations": check_text_input_tokens,
    "text_input_tokens_edits_1img": check_text_input_tokens,
    "text_input_tokens_edits_2img": check_text_input_tokens,
}


@pytest.mark.parametrize("point", POINTS, ids=title)
def test_a_published_point_is_met(point: Point) -> None:
    CHECKS[point["kind"]](point)


def test_there_are_234_points() -> None:
    assert len(POINTS) == 234


def test_only_1920x1080_is_priced_by_others_and_drawn_by_nobody() -> None:
    outputs = [p for p in POINTS if p["kind"].startswith(("usd_output", "output"))]
    assert {(p["width"], p["height"]) for p in outputs if not is_legal(p)} == {("1920", "1080")}


def test_300_tokens_on_top_explain_all_nine_prices_of_mini() -> None:
    """So would 291 to 322; 300 are three partial images, which is why they are taken for it."""
    mini = [p for p in POINTS if p["model"] == "gpt-image-1-mini" and p["kind"] == "usd_output"]
    assert len(mini) == 9
    fitting = [
        extra
        for extra in range(1000)
        if all(
            round(usd(p) + Fraction(8 * extra, 1_000_000), 3) == Fraction(p["value"]) for p in mini
        )
    ]
    assert fitting == [*range(291, 323)]
    assert MINI_EXTRA_TOKENS in fitting
