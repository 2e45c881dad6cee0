"""The Stages sheet: what drafts cost and save, break-even, how a size is read, sentences."""

from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from random_inputs import in_words, job
from shown import judged, recalculated, sheet_cells, values_of
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.sheets.stages import DEFAULTS
from xl_pricing.functions import IMGBUDGET, IMGCOST

FIVE_PAST_FOUR = 245 / 1440
"""What Excel makes of a typed 4:05, and of 4:5."""
SIZES: tuple[Any, ...] = (
    *("768x960", "768 × 960", "768X960", "1024*1024", "4:5", " 9:16 ", None, FIVE_PAST_FOUR),
    *("1000x1000", "0768x960", "768x960x2", "10x", "x960", "big", "4:7", "0x0", "4:?", "custom"),
)
STAGES: tuple[dict[str, Any], ...] = (
    *({"stage_quality": q} for q in ("medium", "high", "HIGH", "max", "lo*", 229, 663.5, 0, None)),
    *({"stage_drafts": count} for count in (0, 2.5, 1e6, -1, "three", None)),
    *({"stage_finish_retries": retries} for retries in (1, 1.5, 3, 0.9, "one", None)),
    *({"model": "gpt-image-1.5", "ratio": "1:1", "stage_size": s} for s in ("1:1", None, "2:3")),
    {"images_per_call": "one"},
    {"images_per_call": 3},
    {"finals": 0},
    {"retries": 1},
    {"tier": "batch", "model": "gpt-image-2.6-flare"},
    {"ratio": "custom", "custom_width": 1000.5, "stage_size": None},
)


def test_the_prefilled_job_as_the_functions_price_it() -> None:
    values = values_of()
    draft = IMGCOST("768x960", "low", None, 1, 180, 1)
    final = IMGCOST("4:5", "high", None, 1, 180, 1)
    high = IMGBUDGET(final, 120, 1.5, 0.2)
    staged = IMGBUDGET(draft, 120, 3, 0.2) + IMGBUDGET(final, 120, 1.1, 0.2)
    assert values["stage_draft_cost"] == pytest.approx(draft, rel=1e-12)
    assert values["stage_high_total"] == pytest.approx(high, rel=1e-12)
    assert values["stage_total"] == pytest.approx(staged, rel=1e-12)
    assert values["stage_saving"] == pytest.approx(high - staged, rel=1e-9)
    assert values["stage_saving_share"] == pytest.approx((high - staged) / high, rel=1e-9)
    assert values["stage_break_even"] == pytest.approx(3 * draft / final, rel=1e-12)
    assert values["stage_verdict"] == (
        "✔ Pays off: the drafts must save 0.21 full-quality generations per final, and are "
        "expected to save 0.40 (from 1.50 down to 1.10)."
    )


def test_the_parts_add_up() -> None:
    values = values_of()
    for way, first in (("high_", "high"), ("", "draft")):
        parts = [values[f"stage_{first}_usd"], values[f"stage_{way}buffer"]]
        parts += [values["stage_finish_usd"]] if first == "draft" else []
        assert sum(parts) == pytest.approx(values[f"stage_{way}total"], rel=1e-12)
    assert values["stage_total_generations"] == pytest.approx(120 * (3 + 1.1) * 1.2)
    assert values["stage_high_total"] - values["stage_total"] == pytest.approx(
        values["stage_saving"]
    )


def test_drafts_as_dear_as_finals_break_even_where_they_save_as_many() -> None:
    """Half a draft of full quality for half a retry: neither more nor less."""
    even = {"stage_quality": "high", "stage_size": None, "stage_drafts": 0.5}
    values = values_of(**even, stage_finish_retries=1)
    assert (values["stage_saving"], values["stage_saving_share"]) == (0, 0)
    assert values["stage_break_even"] == pytest.approx(0.5)
    assert values["stage_verdict"].startswith("Breaks even: the drafts must save 0.50 ")
    values = values_of(**even, stage_finish_retries=1.01)
    assert values["stage_saving"] < 0
    assert values["stage_verdict"].startswith("▲ Does not pay off: the drafts must save 0.50 ")


def test_retries_that_drafts_do_not_lower_cost_more() -> None:
    values = values_of(retries=1)
    assert values["stage_saved_retries"] == pytest.approx(-0.1)
    assert "expected to save only -0.10 (from 1.00 to 1.10)" in values["stage_verdict"]


def test_a_blank_size_is_that_of_the_job_and_measured_tokens_price_a_draft() -> None:
    assert values_of(stage_size=None)["stage_size_used"] == "1024x1280"
    assert values_of(stage_size="9:16")["stage_size_used"] == values_of(ratio="9:16")["size_used"]
    measured = values_of(model="gpt-image-2.6-flare", stage_quality=400)
    assert measured["stage_tokens"] == 400
    assert measured["note_stage"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"stage_drafts": -1},
        {"stage_drafts": None},
        {"stage_finish_retries": 0.99},
        {"stage_quality": "max"},
        {"stage_quality": None},
        {"stage_size": "1000x1000"},
        {"stage_size": "big"},
    ],
)
def test_drafts_that_cannot_be_made_are_flagged_and_have_no_answer(changes: dict[str, Any]) -> None:
    values = values_of(**changes)
    assert values["note_stage"] == 0
    assert values["stage_total"] == values["stage_saving"] == "#N/A"
    assert values["stage_verdict"].startswith("No answer")
    assert values["stage_high_total"] == values_of()["stage_high_total"]


def test_an_invalid_job_does_not_blame_the_drafts() -> None:
    values = values_of(finals="many", images_per_call="one")
    assert values["note_stage"] != 0
    assert values["stage_total"] == values["stage_high_total"] == "#N/A"


HARD = [*({"stage_size": size} for size in SIZES), *STAGES][:: many(3, 1)]


@pytest.mark.parametrize("changes", HARD, ids=str)
def test_hard_inputs_show_what_the_core_says(changes: dict[str, Any]) -> None:
    assert judged(job(**changes)) == []


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES))
def test_hard_inputs_recalculate(libreoffice: LibreOffice, lang: str, tmp_path: Path) -> None:
    words, built = Words(lang), built_in(lang)
    changes = [in_words(one, words) for one in HARD]
    cells = sheet_cells(built, words("Stages"), "note_stage")
    assert "\n".join(recalculated(libreoffice, built, changes, cells, tmp_path)) == ""


def test_the_inputs_are_prefilled_explained_and_unlocked(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    built = built_in("en")
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built.data)
    sheet = load_workbook(path)["Stages"]
    explained = {str(v.sqref) for v in sheet.data_validations.dataValidation if v.prompt}
    for name, value in DEFAULTS.items():
        title, at = built.inputs[name]
        assert (title, sheet[at].value) == ("Stages", value)
        assert not sheet[at].protection.locked
        assert at in explained
