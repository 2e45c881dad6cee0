"""The rules of the sheets: one mistake is told once, where it was typed, and never priced."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hosts.libreoffice import LibreOffice
from openpyxl import load_workbook
from random_inputs import job
from shown import recalculated, shown, values_of
from templates import built_in, computed_addresses

MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"model": "gpt-image-2?"}, "ok_model"),
    ({"model": "gpt*"}, "ok_model"),
    ({"model": True}, "ok_model"),
    ({"ratio": "custom", "custom_width": 1000, "custom_height": 1000}, "ok_size"),
    ({"ratio": "custom", "custom_width": True}, "ok_size"),
    ({"ratio": "*:*"}, "ok_ratio"),
    ({"ratio": "4*"}, "ok_ratio"),
    ({"ratio": "4:?"}, "ok_ratio"),
    ({"ratio": "~4:5"}, "ok_ratio"),
    ({"ratio": "1.91:1"}, "ok_ratio"),
    ({"quality": "*"}, "ok_quality_word"),
    ({"quality": "h*"}, "ok_quality_word"),
    ({"quality": "高?"}, "ok_quality_word"),
    ({"quality": None}, "ok_quality_word"),
    ({"tier": "b*"}, "ok_tier"),
    ({"tier": "flex"}, "ok_tier"),
    ({"plan": "Comfy*"}, "ok_plan"),
    ({"price_date": "hello"}, "ok_day"),
    ({"price_date": "01.01.2010"}, "ok_day"),
    ({"price_date": "2026-11-23T10:00:00Z"}, "ok_day"),
    ({"price_date": None}, "ok_day"),
    ({"price_date": True}, "ok_day"),
    ({"price_date": date(2010, 1, 1)}, "ok_day"),
    ({"finals": True}, "ok_finals"),
    ({"retries": True}, "ok_retries"),
    ({"buffer": True}, "ok_buffer"),
    ({"images_per_call": True}, "ok_images"),
    ({"measured_tokens": True}, "ok_measured"),
    ({"prompt_tokens": True}, "ok_prompt"),
    ({"reference_images": True}, "ok_references"),
    ({"units_per_usd": True}, "ok_exchange"),
    ({"pack_usd": True}, "ok_pack"),
]


def rules(values: Mapping[str, Any], result: int) -> list[str]:
    """Return the rules of a result: 1 holds, 0 does not, 2 is left unjudged."""
    names = (name for name in values if name.startswith(("ok_", "note_")))
    return [name for name in names if values[name] == result]


@pytest.mark.parametrize(("typed", "rule"), MISTAKES)
def test_one_mistake_is_told_once_and_named(typed: dict[str, Any], rule: str) -> None:
    values = built_in("en").calculate(typed)
    assert rules(values, 0) == [rule]
    assert (values["errors_found"], values["notes_found"]) == (1, 0)


@pytest.mark.parametrize(("typed", "rule"), MISTAKES)
def test_what_is_wrong_is_never_priced(typed: dict[str, Any], rule: str) -> None:
    values = built_in("en").calculate(typed)
    answer = {
        "ok_exchange": "budget_currency",
        "ok_plan": "budget_credits",
        "ok_pack": "pack_images",
    }.get(rule, "budget_usd")
    assert str(values[answer]).startswith("#")


def test_two_mistakes_are_told_as_two() -> None:
    values = built_in("en").calculate({"price_date": "hello", "ratio": "*:*", "finals": True})
    assert rules(values, 0) == ["ok_ratio", "ok_day", "ok_finals"]


READ = {
    "model": ("gpt-image-2 ", " GPT-image-2", "openai/gpt-image-2", "gpt-image-2-2026-04-21"),
    "quality": ("high ", "高", " 高 "),
    "tier": ("standard ", " Standard"),
    "ratio": (" 4:5", "4:5 "),
    "plan": ("ComfyUI ", " comfyui"),
    "use_measured": ("no ",),
}
ECHOES = ("plan_caption", "campaign_plan")


@pytest.mark.parametrize(
    ("name", "typed"), [(n, typed) for n, all_ in READ.items() for typed in all_]
)
def test_stray_blanks_and_other_names_are_read(name: str, typed: str) -> None:
    """All answers are those of the word as it is listed; only what repeats it may differ."""
    built, listed = built_in("en"), built_in("en").values
    values = built.calculate({name: typed})
    differ = {one for one in listed if str(values[one]).lower() != str(listed[one]).lower()}
    assert differ <= {*ECHOES, name, "plan_used", "quality_used", "tier_used"} | _marks(name)
    assert (values["errors_found"], values["notes_found"]) == (0, 0)


def _marks(name: str) -> set[str]:
    """Return what else repeats a word as it was typed."""
    return {"plans_chosen_name"} if name == "plan" else set()


@pytest.mark.parametrize("quality", [" high", "高", "High"])
@pytest.mark.parametrize("size", ["4:5 ", "1024-x-1280", "1024 x 1280"])
def test_a_line_and_a_row_read_what_people_paste(quality: str, size: str) -> None:
    words = {"quality": quality, "size": size, "model": "openai/gpt-image-2"}
    default = job()
    lines = [{**default["tblCampaign"][0], **words, "tier": "standard "}]
    bills = [{**default["tblActuals"][0], **words}]
    values = shown(job(tblCampaign=lines, tblActuals=bills))
    assert values["tblCampaign.check.0"] == "✔ priced"
    assert values["tblActuals.check.0"] == "✔ counted"
    assert values["tblActuals.matches_job.0"] == 1


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("finals", True, "finals"),
        ("retries", True, "retries"),
        ("buffer", False, "buffer"),
        ("quality", True, "quality has no token count"),
        ("quality", "*", "quality has no token count"),
        ("size", "4:*", "size not readable"),
        ("model", "gpt*", "model unknown"),
        ("tier", "b*", "tier unknown"),
        ("prompt_tokens", True, "prompt tokens"),
        ("reference_images", True, "reference images"),
    ],
)
def test_a_line_with_a_truth_or_a_wildcard_is_not_priced(field: str, typed: Any, says: str) -> None:
    lines = [{**job()["tblCampaign"][0], field: typed}]
    values = shown(job(tblCampaign=lines))
    assert values["tblCampaign.check.0"] == says
    assert values["tblCampaign.budget.0"] == "#N/A"


def test_the_campaign_is_not_judged_on_a_day_that_is_none() -> None:
    values = values_of(price_date="hello")
    assert values["ok_campaign_rows"] == values["note_campaign_cap"] == 2
    assert values["campaign_total"] == "#N/A"


@pytest.mark.parametrize("size", ["auto", "1672x941", "as it came", None])
def test_where_tokens_are_measured_the_size_is_a_label(size: str | None) -> None:
    """1,158 tokens at 30 USD per million are 0.03474 USD, with the prompt and reference 0.04386."""
    default = job(measured_tokens=1158, ratio="custom", custom_width=1672, custom_height=941)
    lines = [{**default["tblCampaign"][1], "size": size, "quality": 1158}]
    bills = [
        {**default["tblActuals"][0], "size": size, "output_tokens": 5000},
        {**default["tblActuals"][0], "size": size, "output_tokens": None, "quality": 1158},
    ]
    values = shown({**default, "tblCampaign": lines, "tblActuals": bills})
    assert values["usd_image_out"] == pytest.approx(0.03474)
    assert values["tblCampaign.check.0"] == "✔ priced"
    assert values["tblCampaign.cost_per_image.0"] == pytest.approx(values["cost_per_image"])
    assert values["tblActuals.check.0"] == values["tblActuals.check.1"] == "✔ counted"
    assert rules(values, 0) == []


def test_where_tokens_are_computed_the_size_is_none() -> None:
    default = job()
    lines = [{**default["tblCampaign"][0], "size": "auto"}]
    bills = [{**default["tblActuals"][0], "size": "auto", "output_tokens": None}]
    values = shown({**default, "tblCampaign": lines, "tblActuals": bills})
    assert values["tblCampaign.check.0"] == values["tblActuals.check.0"] == "size not readable"


def test_libreoffice_judges_likewise(libreoffice: LibreOffice, tmp_path: Path) -> None:
    built = built_in("en")
    changes = [typed for typed, _ in MISTAKES if True not in typed.values()]
    changes += [{name: typed[-1]} for name, typed in READ.items()]
    names = [*rules(built.values, 1), "budget_usd", "budget_credits", "status"]
    addresses = computed_addresses(built)
    cells = {name: addresses[name] for name in names}
    assert recalculated(libreoffice, built, changes, cells, tmp_path) == []


def test_libreoffice_takes_true_for_no_number(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """In a cell with a number format of its own TRUE becomes 1 there, and is shown as 1."""
    built = built_in("en")
    book = load_workbook(BytesIO(built.data))
    typed = {
        "tblCampaign.quality.1": "quality has no token count",
        "tblCampaign.reference_images.2": "reference images",
        "tblCampaign.tier.3": "tier unknown",
    }
    for name in typed:
        sheet, at = built.inputs[name]
        book[sheet][at] = True
    path = tmp_path / "true.xlsx"
    book.save(path)
    libreoffice.open(path)
    addresses = computed_addresses(built)
    checks = [f"tblCampaign.check.{name[-1]}" for name in typed]
    assert libreoffice.read([addresses[name] for name in checks]) == [*typed.values()]
    values = built.calculate(dict.fromkeys(typed, True))
    assert [values[name] for name in checks] == [*typed.values()]
