"""The Levers sheet: the core's moves, the square root behind the sizes, edges, sentences."""

import random
import re
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from outcomes.said import fixed as fixed_text
from outcomes.said import percent as percent_text
from outcomes.said import usd as usd_text
from random_inputs import CARD, in_words, job
from shown import judged, recalculated, sheet_cells, values_of
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.formulas.constants import RULES
from workbook_templates.formulas.sentence import fixed, percent, usd
from workbook_templates.sheets.levers.moves import ASKS
from workbook_templates.sheets.levers.sizes import WORKINGS
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import LEVERS as CORE_LEVERS
from xl_pricing.estimation.levers import size_moves
from xl_pricing.estimation.size import FreeSizes, Size, all_sizes
from xl_pricing.functions import IMGBUDGET, IMGCOST
from xl_pricing.planning.job import Job
from xl_pricing.planning.moves import LEVERS, MOVES, moves_of
from xl_pricing.rates.day import today

ROW = {name: i for i, name in enumerate(ASKS)}
CUSTOM_SIZES = [(1008, 1536), (3840, 1280), (1280, 3840), (2880, 2880), (640, 1024), (816, 816)]
# Halves of the last digit, alone and with the noise of a sum.
TIES = [0.285, 0.145, 0.575, 0.565, 1.005, 0.125, 20.805, 20.80499999999999, 1234.565, 0.005, 1e-12]


def row(values: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the cells of a move by column."""
    end = f".{ROW[name]}"
    return {
        key.removeprefix("tblLevers.").removesuffix(end): value
        for key, value in values.items()
        if key.startswith("tblLevers.") and key.endswith(end)
    }


def test_the_rows_are_the_moves_of_the_core() -> None:
    image = Image(Size(1024, 1024), "high", 1, 180, (Size(1024, 1024),))
    moves = moves_of(Job(image, CARD.model("gpt-image-2"), CARD, today()), Fraction(3, 2))
    assert [(row.name, row.lever) for row in MOVES] == [(m.name, m.lever) for m in moves]
    assert tuple(LEVERS) == CORE_LEVERS
    assert list(ASKS) == [row.name for row in MOVES]


def test_the_prefilled_job_as_the_functions_price_it() -> None:
    values = values_of()
    now = IMGBUDGET(IMGCOST("4:5", "high", None, 1, 180, 1), 120, 1.5, 0.2)
    assert values["lever_before"] == pytest.approx(now, rel=1e-12)
    for name, size, quality, n, references, retries in (
        ("size_next", "960x1200", "high", 1, 1, 1.5),
        ("size_smallest", "768x960", "high", 1, 1, 1.5),
        ("ratio_larger", "1008x1344", "high", 1, 1, 1.5),
        ("quality_down", "4:5", "medium", 1, 1, 1.5),
        ("retries_less", "4:5", "high", 1, 1, 1),
        ("images_per_call_10", "4:5", "high", 10, 1, 1.5),
        ("references_less", "4:5", "high", 1, 0, 1.5),
    ):
        cost = IMGCOST(size, quality, None, n, 180, references)
        got = row(values, name)
        assert got["cost_per_image"] == pytest.approx(cost, rel=1e-12)
        then = IMGBUDGET(cost, 120, retries, 0.2)
        assert got["budget"] == pytest.approx(then, rel=1e-12)
        assert got["saving"] == pytest.approx(now - then, rel=1e-9)
        assert got["saving_share"] == pytest.approx((now - then) / now, rel=1e-9)


def test_the_three_best_in_words() -> None:
    values = values_of()
    saved = (
        "1   Quality: medium instead of high saves $29.87 (72%): ",
        "2   Price tier: batch instead of standard saves $20.81 (50%): ",
        "3   Retries: 1.00 instead of 1.50 saves $13.87 (33%): ",
    )
    costs = (
        "coarser detail and small text: try a sample first",
        "answers come within a day, not at once",
        "a saved baseline, and one change at a time",
    )
    for place, said in enumerate(zip(saved, costs, strict=True), start=1):
        assert values[f"lever_best_{place}"] == "".join(said)


def test_the_surprise_in_words() -> None:
    """4:5 takes 96 x 77 cells, 1008x1344 but 96 x 72."""
    now, then = (
        -(-96 * c * (2_000_000 + p) // 4_000_000) for c, p in ((77, 1310720), (72, 1354752))
    )
    assert (now, then) == (6119, 5798)
    assert values_of()["lever_surprise"] == (
        "1008x1344 has 3% more pixels than 1024x1280 and yet costs less: 5,798 output tokens "
        "instead of 6,119, 5% fewer."
    )


@pytest.mark.parametrize("ratio", [row.ratio for row in CARD.ratios][:: many(3, 1)])
@pytest.mark.parametrize("quality", ["low", "medium", "high"])
def test_a_surprise_is_larger_and_costs_less(ratio: str, quality: str) -> None:
    values = values_of(ratio=ratio, quality=quality)
    found = row(values, "ratio_larger")
    if found["there"]:
        assert prod((found["width"], found["height"])) > values["pixels"]
        assert found["cost_per_image"] < values["token_cost_per_image"]
        assert " more pixels than " in values["lever_surprise"]
    else:
        assert values["lever_surprise"] == "Here no larger size of another ratio costs less."


def test_what_is_left_to_save_runs_out_in_words() -> None:
    """The cheapest image of a model of fixed sizes, all of whose images are kept."""
    least = {"model": "gpt-image-1", "ratio": "1:1", "quality": "low", "retries": 1}
    least |= {"reference_images": None, "prompt_tokens": None}

    def best(**changes: Any) -> list[str]:
        values = values_of(**least, **changes)
        return [values[f"lever_best_{place}"] for place in (1, 2, 3)]

    first, *others = best()
    assert first.startswith("1   Price tier: batch instead of standard saves $0.78 (50%)")
    assert others == ["No other move saves money.", ""]
    assert best(tier="batch") == ["No move saves money: this job is as cheap as it gets.", "", ""]


def test_a_job_without_a_price_says_so_and_has_no_figures() -> None:
    for changes in ({"finals": "many"}, {"quality": "max"}, {"buffer": 2}, {"images_per_call": 0}):
        values = values_of(**changes)
        assert values["lever_best_1"] == "No answer: the job has no price; see Checks."
        for name in ROW:
            found = row(values, name)
            assert {found[c] for c in ("cost_per_image", "budget", "saving")} == {"#N/A"}
            assert found["change"] == "not available"
            assert found["costs"] == "the job has no price: see Checks"


def test_no_size_is_listed_twice_and_what_is_not_there_is_blank() -> None:
    """Of the prefilled job the nearest cheaper ratio is a larger size, and no quality is higher."""
    values = values_of()
    for name, says in (
        ("ratio_nearest", "the same size as in the row below"),
        ("quality_up", "none is higher, or its tokens are not known"),
    ):
        found = row(values, name)
        assert found["costs"] == says
        assert {found[field] for field in ("cost_per_image", "budget", "saving")} == {""}
    changes = [values[f"tblLevers.change.{i}"] for i in range(15)]
    there = [change for change in changes if change != "not available"]
    assert len(there) == len(set(there)) == 13


def test_measured_tokens_have_no_other_size_and_quality() -> None:
    values = values_of(measured_tokens=5000)
    for name in ("size_next", "size_smallest", "ratio_nearest", "ratio_larger", "quality_down"):
        found = row(values, name)
        assert found["saving"] == ""
        assert "measured" in found["costs"]
    assert "measured" in values["lever_surprise"]
    assert row(values, "retries_less")["saving"] > 0


def test_a_model_of_fixed_sizes_has_no_other_size_of_the_ratio() -> None:
    values = values_of(model="gpt-image-1.5", ratio="2:3")
    assert row(values, "size_next")["costs"] == "no legal size of this ratio costs less"
    assert row(values, "ratio_nearest")["change"] == "1024x1536 → 1024x1024"


def test_nothing_changes_by_noise() -> None:
    """Moves to what the job is already save exactly nothing, whatever the sums."""
    for n in (1, 4, 10):
        values = values_of(images_per_call=n, retries=1.3, buffer=0.1, finals=7)
        found = row(values, f"images_per_call_{n}")
        assert found["saving"] == 0
        assert found["change"] == f"{n}, as now"


HARD: list[dict[str, Any]] = [
    *(
        {"ratio": "custom", "custom_width": width, "custom_height": height}
        | {"quality": quality, "images_per_call": 3}
        for width, height in CUSTOM_SIZES
        for quality in ("low", "high")
    ),
    *({"model": "gpt-image-1.5", "ratio": ratio} for ratio in ("1:1", "2:3", "3:2")),
    *({"retries": retries, "finals": 1} for retries in (1.4999, 1.5, 20)),
    *({"reference_images": count, "prompt_tokens": 0} for count in (None, 16)),
    {"tier": "batch", "quality": "xhigh", "model": "gpt-image-2.5-flare"},
    {"model": "gpt-image-2.6-flare", "quality": "high"},
    {"model": "gpt-image-2.6-flare", "quality": "xhigh", "tier": "batch"},
    {"finals": 0},
    {"measured_tokens": 663.5, "images_per_call": 3},
][:: many(3, 1)]


@pytest.mark.parametrize("changes", HARD, ids=str)
def test_hard_jobs_show_what_the_core_says(changes: dict[str, Any]) -> None:
    assert judged(job(**changes)) == []


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES))
def test_hard_jobs_recalculate(libreoffice: LibreOffice, lang: str, tmp_path: Path) -> None:
    words, built = Words(lang), built_in(lang)
    every = {name: None for one in HARD for name in one}
    before = {name: value for name, value in job().items() if name in every}
    changes = [in_words({**before, **one}, words) for one in HARD]
    cells = sheet_cells(built, words("Levers"))
    assert "\n".join(recalculated(libreoffice, built, changes, cells, tmp_path)) == ""


def size_formula(name: str, cells: dict[str, str]) -> str:
    """Return a formula of the workings with its names put into cells."""
    formula = next(working.formula for working in WORKINGS if working.name == name)
    formula = formula.replace("INDEX(tblModels[step_px],model_row)", "16")
    formula = formula.replace("INDEX(tblModels[min_pixels],model_row)", "655360")
    values = {rule.name: f"{rule.value:.0f}" for rule in RULES}
    return "=" + re.sub(r"[a-z][a-z_]+", lambda m: {**values, **cells}[m[0]], formula)


def test_the_square_root_finds_the_sizes_of_the_core(libreoffice: LibreOffice) -> None:
    """A sample of all legal sizes, and each size whose next cheaper one is no step below it."""
    legal = CARD.model("gpt-image-2").sizes
    assert isinstance(legal, FreeSizes)
    rng = random.Random(5)
    sizes = [
        *rng.sample(list(all_sizes(legal)), many(300, 1500)),
        *(Size(*size) for size in CUSTOM_SIZES),
    ]
    rule = CARD.model("gpt-image-2.5-flare").output.rule
    names = ("unit_width", "unit_height", "k_smallest", "k_cheaper", "k_next")
    rows: list[list[float | str]] = []
    expected = []
    for i, size in enumerate(sizes, start=1):
        quality = rng.choice(("low", "medium", "high", "xhigh", "max"))
        tokens = rule.counter(quality)
        grid = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}[quality]
        cells = {"size_width": f"A{i}", "size_height": f"B{i}", "grid": f"C{i}"}
        cells |= {"lever_grid": f"C{i}", "short_cells": f"D{i}", "lever_now": f"E{i}"}
        cells |= {
            f"lever_{name}": f"{column}{i}" for name, column in zip(names, "FGHIJ", strict=True)
        }
        short = round(Fraction(grid * size.short, size.long))
        formulas = [size_formula(f"lever_{name}", cells) for name in names]
        rows.append([*size, grid, short, tokens(size), *formulas])
        moves = size_moves(size, legal, tokens)
        expected.append((moves.size_next, moves.size_smallest))
    assert len({found for found in expected if found == (None, None)}) == 1
    libreoffice.fill(libreoffice.sheet_names()[0], rows, formulas=True)
    libreoffice.recalculate()
    block = libreoffice.read_block(f"{libreoffice.sheet_names()[0]}!F1:J{len(rows)}")
    for size, found, (width, height, smallest, _, following) in zip(
        sizes, expected, block, strict=True
    ):
        ks = (following, smallest) if following else ()
        got = tuple(Size(int(k * width), int(k * height)) for k in ks) or (None, None)
        assert got == found, size


def test_numbers_in_words_are_those_of_the_host(libreoffice: LibreOffice) -> None:
    sheet = libreoffice.sheet_names()[0]
    formulas = (fixed("CELL"), fixed("CELL", 0), percent("CELL"), usd("CELL"))
    rows: list[list[float | str]] = [
        [
            tie,
            *("=" + f.replace("compared_decimals", "9").replace("CELL", f"A{i}") for f in formulas),
        ]
        for i, tie in enumerate(TIES, start=1)
    ]
    libreoffice.fill(sheet, rows, formulas=True)
    libreoffice.recalculate()
    got = libreoffice.read_block(f"{sheet}!B1:E{len(rows)}")
    exact = [Fraction(repr(tie)) for tie in TIES]
    assert got == [[fixed_text(x), fixed_text(x, 0), percent_text(x), usd_text(x)] for x in exact]
    assert usd_text(exact[-1]) == "< $0.01"
    assert fixed_text(Fraction(-1, 1000)) == "0.00"
