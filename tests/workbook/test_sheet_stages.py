"""The Stages sheet: what drafts cost and save, break-even, how a size is read, sentences."""

from pathlib import Path
from typing import Any

import pytest
from former import answer
from hosts.libreoffice import LibreOffice
from random_inputs import CARD, job
from recalculation import differs

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build
from workbook_templates.sheets.stages import DEFAULTS
from xl_pricing.functions import IMGBUDGET, IMGCOST

EN = Words("en")
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


def stages(**changes: Any) -> dict[str, Any]:
    """Return what the workbook must hold for the prefilled job, changed."""
    return answer(job(**changes), CARD, EN)


def test_the_prefilled_job_as_the_functions_price_it() -> None:
    values = stages()
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
    values = stages()
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
    values = stages(**even, stage_finish_retries=1)
    assert (values["stage_saving"], values["stage_saving_share"]) == (0, 0)
    assert values["stage_break_even"] == pytest.approx(0.5)
    assert values["stage_verdict"].startswith("Breaks even: the drafts must save 0.50 ")
    values = stages(**even, stage_finish_retries=1.01)
    assert values["stage_saving"] < 0
    assert values["stage_verdict"].startswith("▲ Does not pay off: the drafts must save 0.50 ")


def test_retries_that_drafts_do_not_lower_cost_more() -> None:
    values = stages(retries=1)
    assert values["stage_saved_retries"] == pytest.approx(-0.1)
    assert "expected to save only -0.10 (from 1.00 to 1.10)" in values["stage_verdict"]


def test_a_blank_size_is_that_of_the_job_and_measured_tokens_price_a_draft() -> None:
    assert stages(stage_size=None)["stage_size_used"] == "1024x1280"
    assert stages(stage_size="9:16")["stage_size_used"] == stages(ratio="9:16")["size_used"]
    measured = stages(model="gpt-image-2.6-flare", stage_quality=400)
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
    values = stages(**changes)
    assert values["note_stage"] == 0
    assert values["stage_total"] == values["stage_saving"] == "#N/A"
    assert values["stage_verdict"].startswith("No answer")
    assert values["stage_high_total"] == stages()["stage_high_total"]


def test_an_invalid_job_does_not_blame_the_drafts() -> None:
    values = stages(finals="many", images_per_call="one")
    assert values["note_stage"] == 1
    assert values["stage_total"] == values["stage_high_total"] == "#N/A"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hard_inputs_recalculate_to_the_core(
    libreoffice: LibreOffice, lang: str, tmp_path: Path
) -> None:
    words, built = Words(lang), build(lang)
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built.data)
    libreoffice.open(path)
    changes = [*({"stage_size": size} for size in SIZES), *STAGES]
    changes = [{k: words(v) if v == "custom" else v for k, v in one.items()} for one in changes]
    at = {name: f"'{sheet}'!{cell}" for name, (sheet, cell) in built.inputs.items()}
    mine = {
        name: f"'{sheet}'!{cell}"
        for (sheet, cell), name in built.formulas.items()
        if sheet == words("Stages") or name == "note_stage"
    }
    cases = [{at[name]: value for name, value in one.items()} for one in changes]
    wrong = []
    for one, got in zip(changes, libreoffice.run(cases, list(mine.values())), strict=True):
        expected = answer(job(words, **one), CARD, words)
        wrong += [
            f"{name}: core {expected[name]!r}, sheet {value!r}, for {one}"
            for name, value in zip(mine, got, strict=True)
            if differs(expected[name], value)
        ]
    assert "\n".join(wrong) == ""


def test_the_inputs_are_prefilled_explained_and_unlocked(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    built = build("en")
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built.data)
    sheet = load_workbook(path)["Stages"]
    explained = {str(v.sqref) for v in sheet.data_validations.dataValidation if v.prompt}
    for name, value in DEFAULTS.items():
        title, at = built.inputs[name]
        assert (title, sheet[at].value) == ("Stages", value)
        assert not sheet[at].protection.locked
        assert at in explained
