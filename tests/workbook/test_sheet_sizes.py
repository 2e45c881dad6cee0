"""The Sizes sheet: what to generate for what is delivered, as the core and the command say."""

import json
import random
import shlex
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from exhaustive import many
from hosts.libreoffice import LibreOffice
from random_inputs import CARD, random_job
from shown import recalculated, sheet_cells, values_of
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build
from workbook_templates.sheets.sizes import sheet as sizes
from xl_pricing.cli.main import main
from xl_pricing.estimation.delivery import fits
from xl_pricing.estimation.size import Size
from xl_pricing.rates.destinations import Destination

FREE = CARD.model("gpt-image-2").sizes
BARE = {"prompt_tokens": None, "reference_images": None}
"""Output only, as the command prices."""


def answer(line: str) -> Any:
    """Return what the command answers as JSON."""
    told = CliRunner().invoke(main, [*shlex.split(line), "--json"])
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)


def lines(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the choices that the sheet shows, by field."""
    fields = ("made", "tokens_shown", "usd", "then", "mark")
    shown = [{field: values[f"choice_{field}_{k}"] for field in fields} for k in (1, 2)]
    return [line for line in shown if line["made"]]


@pytest.mark.parametrize("place", ["story, reel", "link preview", "A4 page", "video cover"])
@pytest.mark.parametrize(
    ("model", "quality"),
    [("gpt-image-2", "high"), ("gpt-image-2.5-flare", "max"), ("gpt-image-1.5", "low")],
)
def test_sheet_and_command_name_the_same_sizes_prices_and_crops(
    place: str, model: str, quality: str
) -> None:
    told = answer(f"size '{place}' --model {model} --quality {quality}")["choices"]
    shown = lines(values_of(model=model, quality=quality, delivery_place=place, **BARE))
    assert [line["made"] for line in shown] == [choice["size"] for choice in told]
    for line, choice in zip(shown, told, strict=True):
        assert line["tokens_shown"] == choice["output_tokens_per_image"]
        assert line["usd"] == pytest.approx(choice["usd_per_image"])
        assert line["then"] == choice["then"]
        assert (line["mark"] == sizes.CHEAPER) == choice["is_cheaper"]


def test_a_size_of_one_s_own_takes_the_place_of_the_place() -> None:
    values = values_of(delivery_place="story, reel", delivery_size="1920 × 1080")
    assert values["delivery_shown"] == "1920x1080"
    assert [line["made"] for line in lines(values)] == ["1920x1088", "1904x1072"]
    assert values["delivery_use"].endswith("width 1920, height 1088.")


def test_what_cannot_be_read_is_told_beside_its_cell() -> None:
    values = values_of(delivery_size="huge")
    assert values["delivery_size_says"].startswith("✘ not readable")
    assert lines(values) == []
    assert values["note_delivery"] == 0
    values = values_of(delivery_place="stroy")
    assert values["delivery_place_says"].startswith("✘ not a place of the list")
    assert values["note_delivery"] == 0


def test_measured_tokens_do_not_blur_the_sizes() -> None:
    """They are of one size; the others are counted by the rule."""
    assert lines(values_of(measured_tokens=300)) == lines(values_of())


@pytest.mark.parametrize("seed", range(many(2, 40)))
def test_the_search_of_the_list_finds_what_the_core_finds(seed: int) -> None:
    """Sizes from 200 to 8,000 px, of ratios under 3:1; beyond that the list names none."""
    rng = random.Random(f"places {seed}")
    wanted = [random_size(rng) for _ in range(sizes.ROOM)]
    places = tuple(
        Destination(
            destination=f"place {i}", ratio="1:1", width_px=size.width, height_px=size.height
        )
        for i, size in enumerate(wanted)
    )
    values = build("en", replace(CARD, destinations=places)).values
    for i, size in enumerate(wanted):
        made = next((str(fit.size) for fit in fits(size, FREE)), "")
        assert values[f"tblDelivered.made.{i}"] == made, size


def random_size(rng: random.Random) -> Size:
    most = rng.choice([700, 1500, 4000, 8000])
    while True:
        size = Size(rng.randint(200, most), rng.randint(200, most))
        if Fraction(100, 297) <= Fraction(*size) <= Fraction(297, 100):
            return size


def test_a_place_that_no_legal_size_is_near_says_so_and_one_out_of_range_is_blank() -> None:
    first = CARD.destinations[0]
    strip = replace(first, destination="strip", width_px=3000, height_px=600)
    values = build("en", replace(CARD, destinations=(strip, first))).values
    assert (values["tblDelivered.made.0"], values["tblDelivered.usd.0"]) == ("", "")
    assert values["tblDelivered.then.0"] == sizes.NONE
    assert values["tblDelivered.made.1"] == "1600x2000"
    assert values["tblDelivered.place.2"] == values["tblDelivered.then.2"] == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_libreoffice_computes_the_same(lang: str, libreoffice: LibreOffice, tmp_path: Path) -> None:
    rng = random.Random(f"sizes {lang}")
    built = built_in(lang)
    names = ("model", "quality", "tier", "delivery_size", "images_per_call")
    jobs = [random_job(rng) for _ in range(many(5, 40))]
    changes = [{name: job[name] for name in names} for job in jobs]
    changes.append({"delivery_size": "728x90"})
    cells = sheet_cells(built, Words(lang)("Sizes"))
    assert recalculated(libreoffice, built, changes, cells, tmp_path) == []
