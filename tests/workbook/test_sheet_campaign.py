"""The Campaign sheet: what is pasted badly is told by row, and no total hides it."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from hosts.workbook_file import WorkbookFile
from openpyxl import load_workbook
from shown import values_of
from templates import built_in, open_in

from workbook_templates.build import Built
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.actuals import rows as bill_rows
from workbook_templates.sheets.campaign import lines as campaign_lines
from xl_pricing.functions import IMGBUDGET, IMGCOST, IMGCREDITS
from xl_pricing.rates.card import bundled_card

BUILT = built_in("en")
LAST_ROW = campaign_lines.FIRST_ROW + len(campaign_lines.LINES) - 1


@pytest.fixture(scope="module")
def office(libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory) -> LibreOffice:
    open_in(libreoffice, BUILT, tmp_path_factory.mktemp("campaign"))
    return libreoffice


def at(field: str, line: int) -> str:
    sheet, cell = BUILT.inputs[f"tblCampaign.{field}.{line}"]
    return f"'{sheet}'!{cell}"


def computed(name: str, built: Built = BUILT) -> str:
    sheet, cell = next(place for place, known in built.formulas.items() if known == name)
    return f"'{sheet}'!{cell}"


def after(office: LibreOffice, pasted: dict[str, Any], *names: str) -> list[Any]:
    return office.run([pasted], [computed(name) for name in names])[0]


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ({"finals": "120"}, "finals"),
        ({"finals": -1}, "finals"),
        ({"finals": None}, "finals"),
        ({"retries": 0.5}, "retries"),
        ({"retries": "1,5"}, "retries"),
        ({"buffer": 20}, "buffer"),
        ({"model": "dall-e-3"}, "model unknown"),
        ({"model": "gpt*"}, "model unknown"),
        ({"size": "4:5?"}, "size not readable"),
        ({"size": "big"}, "size not readable"),
        ({"size": 0.8}, "size not readable"),
        ({"size": "1000x1000"}, "size not legal"),
        ({"quality": "best"}, "quality has no token count"),
        ({"quality": "xhigh"}, "quality has no token count"),
        ({"quality": 0}, "quality has no token count"),
        ({"tier": "flex"}, "tier unknown"),
        ({"prompt_tokens": "a prompt"}, "prompt tokens"),
        ({"reference_images": 17}, "reference images"),
        ({"model": "gpt-image-2.6-flare", "quality": "high"}, "no rate on that day"),
        ({"drafts_per_final": -1}, campaign_lines.FAULTS[campaign_lines.DRAFTS_FAULT].says),
        ({"draft_quality": "none"}, campaign_lines.FAULTS[campaign_lines.DRAFTS_FAULT].says),
    ],
    ids=str,
)
def test_a_bad_cell_is_told_by_its_row(
    office: LibreOffice, pasted: dict[str, Any], says: str
) -> None:
    cells = {at(field, 3): value for field, value in pasted.items()}
    names = ("campaign_to_fix_1", "campaign_to_fix_1_says", "campaign_to_fix_2")
    row, told, rest = after(office, cells, *names)
    assert (row, rest) == (campaign_lines.FIRST_ROW + 3, "")
    (fix,) = (fault.fix for fault in campaign_lines.FAULTS if fault.says == says)
    assert told == f"{says}: {fix}"


def test_every_fault_turns_the_cell_red_that_it_is_in() -> None:
    for fault in (*campaign_lines.FAULTS[1:], *bill_rows.FAULTS[2:]):
        assert fault.is_note or fault.fields, fault
    sheet = load_workbook(BytesIO(BUILT.data))["Campaign"]
    (rule,) = (
        rule.formula[0]
        for cells in sheet.conditional_formatting
        if str(cells.sqref).startswith("C24:")
        for rule in cells.rules
    )
    assert rule == "OR($BG24=2,$BG24=3)"


def test_a_total_over_a_fault_is_missing_and_what_is_priced_stands_beside_it(
    office: LibreOffice,
) -> None:
    names = ("campaign_total", "campaign_priced", "campaign_rows", "campaign_status")
    total, priced, rows, status = after(office, {at("model", 0): "dall-e-3"}, *names)
    assert (total, priced, rows) == ("#N/A", 11, 12)
    assert str(status).startswith("✘ incomplete")
    (whole,) = after(office, {}, "campaign_total")
    (rest, first) = after(
        office, {at("model", 0): "dall-e-3"}, "campaign_priced_usd", "ok_campaign_rows"
    )
    assert first == 0
    assert rest == pytest.approx(whole - IMGBUDGET(line_cost(0), 120, 1.5, 0.2))


def line_cost(i: int) -> float:
    line = campaign_lines.LINES[i]
    return IMGCOST(
        line.size,
        line.quality,
        line.model,
        None,
        line.prompt_tokens,
        line.reference_images,
        line.tier,
    )


@pytest.mark.parametrize("i", range(len(campaign_lines.LINES)))
def test_a_line_agrees_with_the_cell_functions(i: int) -> None:
    line, values = campaign_lines.LINES[i], values_of(plan="ComfyUI")
    assert values[f"tblCampaign.cost_per_image.{i}"] == pytest.approx(line_cost(i), rel=1e-12)
    budget = IMGBUDGET(line_cost(i), line.finals, line.retries, line.buffer)
    assert values[f"tblCampaign.budget.{i}"] == pytest.approx(budget, rel=1e-12)
    credits_ = IMGCREDITS(
        line.size, line.quality, "ComfyUI", line.model, 1, line.prompt_tokens, line.reference_images
    )
    billed = IMGBUDGET(credits_, line.finals, line.retries, line.buffer)
    assert values[f"tblCampaign.credits.{i}"] == pytest.approx(billed, rel=1e-12)


def test_a_blank_row_in_the_middle_does_no_harm(office: LibreOffice) -> None:
    blank = {at(field, 4): None for field in campaign_lines.INPUTS}
    names = ("campaign_rows", "campaign_priced", "ok_campaign_rows", "tblCampaign.budget.4")
    assert after(office, blank, *names) == [11, 11, 1, ""]


def test_a_ratio_that_excel_took_for_a_time_is_a_ratio(office: LibreOffice) -> None:
    names = ("tblCampaign.size_text.0", "tblCampaign.budget.0")
    time = after(office, {at("size", 0): (4 * 60 + 5) / 1440}, *names)
    assert time == after(office, {}, *names)


@pytest.mark.parametrize("rows", [1, many(60, 6000)])
def test_rows_below_the_table_make_the_totals_incomplete(office: LibreOffice, rows: int) -> None:
    """In LibreOffice a table does not grow with what is pasted below it."""
    pasted = {f"'Campaign'!F{LAST_ROW + 1 + i}": 10 for i in range(rows)}
    names = ("campaign_rows_below", "campaign_rows", "campaign_total", "ok_campaign_rows")
    assert after(office, pasted, *names) == [rows, rows + 12, "#N/A", 0]


def test_a_formula_that_was_pasted_over_is_told(office: LibreOffice) -> None:
    assert after(office, {computed("tblCampaign.budget.2"): 1}, "ok_campaign_table") == [0]


def test_more_rows_than_a_campaign_may_have_are_told(office: LibreOffice) -> None:
    at_rule = campaign_rule("most_rows")
    assert after(office, {at_rule: 12}, "ok_campaign_table") == [1]
    assert after(office, {at_rule: 11}, "ok_campaign_table") == [0]


def campaign_rule(name: str) -> str:
    """Return the address of a constant, from the workbook's own name for it."""
    from io import BytesIO

    from openpyxl import load_workbook

    assert name in {rule.name for rule in RULES}
    return str(load_workbook(BytesIO(BUILT.data)).defined_names[name].attr_text).replace("$", "")


@pytest.mark.parametrize(
    ("cap", "left", "holds"), [(500, True, 1), (1, False, 0), (None, "", 1), ("no", "", 1)]
)
def test_the_cap_is_checked_where_there_is_one(
    office: LibreOffice, cap: Any, left: Any, holds: int
) -> None:
    sheet, cell = BUILT.inputs["campaign_cap"]
    got, note = after(office, {f"'{sheet}'!{cell}": cap}, "campaign_left", "note_campaign_cap")
    assert note == holds
    assert (got == left) if left == "" else ((got > 0) == left)


def test_lines_of_a_model_that_leaves_are_told(office: LibreOffice) -> None:
    cells = {at("model", 0): "gpt-image-1", at("size", 0): "1:1"}
    assert after(office, cells, "note_campaign_service", "ok_campaign_rows") == [0, 1]


def test_nothing_stands_below_the_table_or_it_could_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(BUILT.data)
    sheet = next(sheet for sheet in WorkbookFile(path).sheets if sheet.name == "Campaign")
    rows = [int(row.get("r", "")) for row in sheet.root.iterfind("{*}sheetData/{*}row")]
    assert max(rows) == LAST_ROW


def test_a_models_other_name_is_one_at_most() -> None:
    """The sheet looks up the first only."""
    assert all(len(model.aliases) <= 1 for model in bundled_card().models)
