"""The rules of the sheets: one mistake is told once, where it was typed, and never priced."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from openpyxl import load_workbook
from random_inputs import CARD, job
from shown import recalculated, shown, values_of
from templates import built_in, computed_addresses, input_addresses

from workbook_templates.build import CHECKS, build
from xl_pricing.estimation.nearest import nearest_sizes
from xl_pricing.estimation.size import Size
from xl_pricing.functions import IMGSIZE, IMGTOKENS

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
    ({"ratio": "1.85:1"}, "ok_ratio"),
    ({"ratio": "4/5"}, "ok_ratio"),
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
    ({"images_per_call": True}, "ok_images_per_call"),
    ({"measured_tokens": True}, "ok_measured_tokens"),
    ({"measured_tokens": 0.0009}, "ok_measured_tokens"),
    ({"prompt_tokens": True}, "ok_prompt_tokens"),
    ({"reference_images": True}, "ok_reference_images"),
    ({"reference_width": 0.5}, "ok_reference_width"),
    ({"reference_height": "tall"}, "ok_reference_height"),
    ({"use_measured": "perhaps"}, "ok_use_measured"),
    ({"currency": "CNY", "units_per_usd": True, "rate_currency": "CNY"}, "ok_exchange"),
    ({"model": "gpt-image-1"}, "ok_size"),
    ({"model": "gpt-image-2.6-flare", "quality": "low"}, "ok_quality"),
    ({"model": "gpt-image-2.6-flare", "tier": "batch"}, "ok_rates"),
    ({"model": "gpt-image-2.6-flare", "price_date": date(2026, 5, 1)}, "ok_rates"),
    ({"pack_usd": True}, "ok_pack"),
]


def rules(values: Mapping[str, Any], result: int) -> list[str]:
    """Return the rules of a result: 1 holds, 0 does not, 2 is left unjudged."""
    names = (name for name in values if name.startswith(("ok_", "note_")))
    return [name for name in names if values[name] == result]


@pytest.mark.parametrize(("typed", "rule"), MISTAKES)
def test_one_mistake_is_told_once_and_named(typed: dict[str, Any], rule: str) -> None:
    values = built_in("en").calculate(typed)
    errors = [name for name in rules(values, 0) if name.startswith("ok_")]
    assert errors == [rule]
    assert values["errors_found"] == 1


@pytest.mark.parametrize(("typed", "rule"), MISTAKES)
def test_one_mistake_turns_one_cell_red_that_was_typed(typed: dict[str, Any], rule: str) -> None:
    values = built_in("en").calculate(typed)
    red = [name for name in values if name.startswith("says_") and str(values[name])[0] == "✘"]
    assert len(red) == values["red_cells"] == (rule != "ok_pack")
    beside = {"custom_height"} if rule == "ok_size" and "ratio" in typed else set()
    beside |= {"ratio"} if rule == "ok_size" and "model" in typed else set()
    assert {name.removeprefix("says_") for name in red} <= typed.keys() | beside


@pytest.mark.parametrize(("typed", "rule"), MISTAKES)
def test_what_is_wrong_is_never_priced(typed: dict[str, Any], rule: str) -> None:
    values = built_in("en").calculate(typed)
    answer = {
        "ok_exchange": "budget_currency",
        "ok_plan": "budget_credits",
        "ok_pack": "pack_images",
    }.get(rule, "budget_usd")
    # Without a plan nobody asks for its pack.
    assert str(values[answer]).startswith("–" if rule == "ok_pack" else "#")


def test_two_mistakes_are_two_red_cells_and_two_sentences_with_what_is_right() -> None:
    typed = {"ratio": "custom", "custom_width": 1920, "custom_height": 1080, "retries": 0.5}
    values = built_in("en").calculate(typed)
    assert values["says_custom_height"] == "✘ 1920x1080 is not legal: 1920x1088 or 1904x1072"
    assert values["says_retries"] == "✘ a number, 1 or more; nearest 1"
    assert values["budget_says"] == "fix 2 cells, in red"
    assert values["status"] == "✘ 2 to fix, see Checks"
    chinese = built_in("zh-CN").calculate({**typed, "ratio": "自定义"})
    assert chinese["says_custom_height"] == "✘ 不接受 1920x1080：可用 1920x1088 或 1904x1072"
    assert chinese["red_cells"] == 2


NEAREST = [
    ({"model": "gpt image 2"}, "says_model", "✘ unknown: such as gpt-image-2"),
    ({"model": "gptimage15"}, "says_model", "✘ unknown: such as gpt-image-2"),
    ({"model": "gpt-image-2.5"}, "says_model", "✘ unknown: such as gpt-image-2.5-flare"),
    ({"ratio": "1.85:1"}, "says_ratio", "✘ not in the list: 1.91:1 is nearest"),
    ({"ratio": "4/5"}, "says_ratio", "✘ not in the list: 4:5 is nearest"),
    ({"ratio": "1080x1920"}, "says_ratio", "✘ not in the list: 9:16 is nearest"),
    ({"ratio": "square"}, "says_ratio", "✘ a ratio of the list, or custom"),
    ({"quality": "best"}, "says_quality", "✘ unknown: low, medium, high"),
    (
        {"model": "gpt-image-2.6-flare", "quality": "low"},
        "says_quality",
        "✘ no count is known for it: high, xhigh, max",
    ),
    ({"model": "gpt-image-1"}, "says_ratio", "✘ this model takes 1:1, 2:3, 3:2 alone"),
    ({"images_per_call": 12}, "says_images_per_call", "✘ a whole number, 1 to 10; nearest 10"),
    ({"buffer": 20}, "says_buffer", "✘ 0% to 100%; nearest 20%"),
    (
        {"price_date": date(2010, 1, 1)},
        "says_price_date",
        "✘ a day from 2025-04-23 on",
    ),
    (
        {"model": "gpt-image-2.6-flare", "price_date": date(2026, 5, 1)},
        "says_price_date",
        "✘ the first rates of this model: 2026-11-04",
    ),
]


@pytest.mark.parametrize(("typed", "name", "says"), NEAREST)
def test_what_is_right_stands_beside_what_is_wrong(
    typed: dict[str, Any], name: str, says: str
) -> None:
    assert built_in("en").calculate(typed)[name] == says


def test_the_nearest_sizes_are_those_of_the_core() -> None:
    """Of sizes over the whole range, and of those just beside a legal one."""
    rng, legal = random.Random("nearest"), CARD.model("gpt-image-2").sizes
    pairs = [(1, 60), (1, 5000), (600, 4000), (1, 20_000)]
    sizes = [Size(rng.randint(*of), rng.randint(*of)) for of in pairs for _ in range(many(10, 500))]
    for size in (size for size in sizes if legal.fault(size)):
        custom = {"custom_width": size.width, "custom_height": size.height}
        values = built_in("en").calculate({"ratio": "custom", **custom})
        assert values["near_sizes"] == " or ".join(map(str, nearest_sizes(size, legal)))


def test_the_ratio_of_link_previews_is_the_size_that_the_functions_find() -> None:
    lines = [{**job()["tblCampaign"][0], "size": size} for size in ("1.91:1", "1.91：1")]
    values = shown(job(ratio="1.91:1", tblCampaign=lines))
    assert values["size_used"] == IMGSIZE("1.91:1") == "1952x1024"
    assert values["tokens_image_out"] == IMGTOKENS("1.91:1", "high")
    assert values["tblCampaign.width.0"] == values["tblCampaign.width.1"] == 1952


HINTS = [
    ({}, "says_custom_width", "px, not used: the ratio is 4:5"),
    ({"ratio": "custom"}, "says_custom_width", "px, a multiple of 16, up to 3,840"),
    ({}, "says_quality", "this model: low, medium, high"),
    ({"model": "gpt-image-2.5-flare"}, "says_quality", "this model: low, medium, high, xhigh, max"),
    ({"ratio": "9:16"}, "says_ratio", "story, short video cover"),
    ({"reference_images": 0}, "says_reference_width", "px, not used: no reference images"),
    ({"price_date": date(2026, 12, 1)}, "says_price_date", "day on which the images are made"),
]


@pytest.mark.parametrize(("typed", "name", "says"), HINTS)
def test_a_hint_goes_with_the_other_inputs(typed: dict[str, Any], name: str, says: str) -> None:
    assert built_in("en").calculate(typed)[name] == says


@pytest.mark.parametrize(
    ("model", "quality"), [("gpt-image-2.6-flare", "high"), ("gpt-image-1", "high")]
)
def test_a_plan_without_a_price_is_a_note_and_none_is_none(model: str, quality: str) -> None:
    typed = {"model": model, "quality": quality, "ratio": "1:1"}
    built = built_in("en")
    none, priced = built.calculate(typed), built.calculate({**typed, "plan": "Apiframe"})
    assert none["errors_found"] == priced["errors_found"] == 0
    assert priced["notes_found"] == none["notes_found"] + 1
    assert none["budget_usd"] == priced["budget_usd"] > 0
    assert (none["budget_credits"], priced["budget_credits"]) == ("–", "#N/A")
    assert priced["plan_says"] == "no price for this image"


def test_a_click_leads_from_the_light_to_checks_and_from_a_rule_to_its_cell() -> None:
    built = built_in("en")
    book = load_workbook(BytesIO(built.data))
    lights = [place for place, name in built.formulas.items() if name == "status"]
    for sheet in ("Summary", "Worksheet"):
        light = next(at for title, at in lights if title == sheet)
        assert book[sheet][light].hyperlink.location == "'Checks'!B7"
    at = {name: place for place, name in built.formulas.items()}
    cells = computed_addresses(built) | input_addresses(built)
    linked = [check for check in (*CHECKS.errors, *CHECKS.notes) if check.at in cells]
    assert len(linked) > 25
    for check in linked:
        sheet, cell = at[check.name]
        assert book[sheet][f"B{cell[1:]}"].hyperlink.location == cells[check.at]


def test_a_cell_is_red_or_amber_where_what_stands_beside_it_says_so() -> None:
    sheet = load_workbook(BytesIO(built_in("en").data))["Worksheet"]
    marked = {str(area.sqref): [r.formula[0] for r in rules_] for area, rules_ in
              sheet.conditional_formatting._cf_rules.items()}  # fmt: skip
    inputs = [at for sheet_, at in built_in("en").inputs.values() if sheet_ == "Worksheet"]
    rows = sorted(int(at[1:]) for at in inputs)
    assert marked[f"C{rows[0]}:D{rows[-1]}"] == [
        f'LEFT($D{rows[0]},1)="{mark}"' for mark in ("✘", "▲")
    ]
    assert 'NOT(ratio_used="custom")' in marked["C12"]


def test_an_estimate_is_told_at_the_answer_whatever_else_is_wrong() -> None:
    typed = {"model": "gpt-image-2.6-flare", "pack_usd": "x"}
    values = built_in("en").calculate(typed)
    assert values["status"].startswith("✘ 1 to fix")
    assert values["budget_says"] == "▲ estimate: measure a few images"


def test_an_amount_in_a_currency_needs_that_currency_s_own_rate() -> None:
    euro = {"currency": "EUR", "units_per_usd": 0.9, "rate_currency": "EUR"}
    built = built_in("en")
    shown_ = built.calculate(euro)
    assert shown_["budget_currency"] == pytest.approx(0.9 * shown_["budget_usd"])
    assert shown_["currency_says"] == "1 USD = 0.9000 EUR"
    yuan, dollar = (built.calculate({**euro, "currency": code}) for code in ("CNY", "USD"))
    assert (yuan["budget_currency"], dollar["budget_currency"]) == ("–", dollar["budget_usd"])
    assert rules(yuan, 0) == ["note_exchange"]
    assert rules(dollar, 0) == []
    assert dollar["says_units_per_usd"] == "not used: 1 USD is 1 USD"


def test_the_chinese_workbook_begins_with_its_own_currency_and_asks_for_the_rate() -> None:
    built = built_in("zh-CN")
    assert rules(built.values, 0) == []
    assert (built.values["currency_caption"], built.values["budget_currency"]) == ("折合 CNY", "–")
    assert built.values["currency_says"] == "请在下方填写汇率"
    values = built.calculate({"units_per_usd": 7.12})
    assert values["budget_currency"] == pytest.approx(7.12 * values["budget_usd"])


def test_images_that_people_read_are_whole_and_say_so() -> None:
    values = built_in("en").calculate({"finals": 409.25, "retries": 1.6})
    assert values["total_generations"] == pytest.approx(654.8)
    assert values["generations"] == 655
    assert values["generations_say"] == "of 654.8; with buffer 786"
    parts = [values[f"whole_{part}"] for part in ("finals", "retries", "buffer")]
    assert sum(parts) == values["images_total"] == 786
    noise = built_in("en").calculate({"finals": 120, "retries": 1.1})
    assert noise["generations"] == 132


def test_two_rates_of_one_series_and_day_are_told_and_not_priced() -> None:
    rate = next(r for r in CARD.rates if r.series == ("gpt-image-2", "image_out", "standard"))
    twice = replace(rate, usd_per_mtok=Decimal(31))
    values = build("en", replace(CARD, rates=(twice, *CARD.rates))).values
    assert [n for n in rules(values, 0) if n.startswith("ok_")][:1] == ["ok_rates_once"]
    series = f"gpt-image-2 image_out standard has two rates from {rate.effective_from}"
    assert values["rates_once_says"].startswith(series)
    assert values["rate_image_out"] == values["budget_usd"] == "#N/A"


def test_two_mistakes_are_told_as_two() -> None:
    values = built_in("en").calculate({"price_date": "hello", "ratio": "*:*", "finals": True})
    assert rules(values, 0) == ["ok_ratio", "ok_day", "ok_finals"]


READ = {
    "model": ("gpt-image-2 ", " GPT-image-2", "openai/gpt-image-2", "gpt-image-2-2026-04-21"),
    "quality": ("high ", "高", " 高 "),
    "tier": ("standard ", " Standard"),
    "ratio": (" 4:5", "4:5 ", "4：5", 245 / 1440),
    "plan": ("none ",),
    "use_measured": ("no ",),
}
ECHOES = ("plan_caption",)


@pytest.mark.parametrize(
    ("name", "typed"), [(n, typed) for n, all_ in READ.items() for typed in all_]
)
def test_stray_blanks_and_other_names_are_read(name: str, typed: str) -> None:
    """All answers are those of the word as it is listed; only what repeats it may differ."""
    built, listed = built_in("en"), built_in("en").values
    values = built.calculate({name: typed})
    differ = {one for one in listed if str(values[one]).lower() != str(listed[one]).lower()}
    assert differ <= {*ECHOES, name, "plan_used", "quality_used", "tier_used"}
    assert (values["errors_found"], values["notes_found"]) == (0, 0)


def test_the_name_of_a_plan_is_read_in_any_case_and_with_blanks() -> None:
    listed, typed = (built_in("en").calculate({"plan": one}) for one in ("ComfyUI", " comfyui "))
    assert typed["budget_credits"] == listed["budget_credits"] > 0
    assert rules(typed, 0) == rules(listed, 0) == []


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
        {**default["tblActuals"][0], "size": size, "output_tokens": 5000, "billed": 0.34},
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
