"""The workbook: LibreOffice against the evaluator, the file itself, both languages."""

import random
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from hosts.programs import VALIDATOR, require
from hosts.workbook_file import SHARED_FUNCTIONS, findings, sdk_findings
from random_inputs import CARD, random_bill, random_inputs, random_line
from recalculation import wrong_cells, wrong_of_file
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build, write_template
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.actuals import rows as actuals
from workbook_templates.sheets.worksheet.workings import IMAGE
from xl_pricing.estimation.size import FreeSizes, all_sizes
from xl_pricing.estimation.tokens import grid_tokens


def test_every_computed_cell_of_the_shipped_template_recalculates(
    libreoffice: LibreOffice, built: Built, template: Path
) -> None:
    libreoffice.open(template)
    assert "\n".join(wrong_of_file(libreoffice, built)) == ""


@pytest.mark.parametrize(
    ("lang", "macros", "sets"),
    [
        ("en", False, many(4, 200)),
        *many([], [("zh-CN", False, 200), ("en", True, 50), ("zh-CN", True, 50)]),
    ],
    indirect=["lang"],
)
def test_every_computed_cell_recalculates_for_random_inputs(
    libreoffice: LibreOffice, lang: str, macros: bool, sets: int, tmp_path: Path
) -> None:
    """Tables of 12 rows; about every second set has faults."""
    rng, words = random.Random(f"{lang} {macros}"), Words(lang)
    jobs = [random_inputs(rng, words, 12) for _ in range(sets)]
    built = opened_with(libreoffice, jobs[0], lang, tmp_path, macros=macros)
    assert first_of(wrong_cells(libreoffice, built, jobs)) == ""


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES), indirect=True)
def test_tables_of_one_row_recalculate(libreoffice: LibreOffice, lang: str, tmp_path: Path) -> None:
    rng, words = random.Random(f"{lang} 1"), Words(lang)
    jobs = [random_inputs(rng, words, 1) for _ in range(many(1, 20))]
    built = opened_with(libreoffice, jobs[0], lang, tmp_path)
    assert first_of(wrong_cells(libreoffice, built, jobs)) == ""


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES), indirect=True)
def test_long_tables_recalculate(lang: str, tmp_path: Path) -> None:
    """In a LibreOffice that ends with the test, for it takes 4 GB."""
    rows = many(100, 5000)
    job = random_inputs(random.Random(f"{lang} 5000"), Words(lang), rows, faults=2.5 / rows)
    with LibreOffice() as libreoffice:
        built = opened_with(libreoffice, tables_of(job), lang, tmp_path)
        assert first_of(wrong_of_file(libreoffice, built)) == ""


def opened_with(
    libreoffice: LibreOffice,
    job: Mapping[str, Any],
    lang: str,
    folder: Path,
    *,
    macros: bool = False,
) -> Built:
    """Build a workbook with the tables of a job and open it."""
    built = build(lang, macros=macros, rows=tables_of(job))
    path = folder / ("budget.xlsm" if macros else "budget.xlsx")
    path.write_bytes(built.data)
    libreoffice.open(path)
    return built


def tables_of(job: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: typed for name, typed in job.items() if isinstance(typed, list)}


def first_of(wrong: Iterable[str]) -> str:
    return "\n".join(islice(wrong, 20))


def test_the_budget_formula_agrees_with_the_functions() -> None:
    from xl_pricing.functions import IMGBUDGET, IMGCOST, IMGCREDITS

    cost = IMGCOST("4:5", "high", None, 1, 180, 1)
    values = built_in("en").calculate({"plan": "ComfyUI"})
    assert values["budget_usd"] == pytest.approx(IMGBUDGET(cost, 120, 1.5, 0.2), rel=1e-12)
    credits_ = IMGCREDITS("4:5", "high", "ComfyUI", None, 1, 180, 1)
    assert values["budget_credits"] == pytest.approx(IMGBUDGET(credits_, 120, 1.5, 0.2), rel=1e-12)


def sheet_formula(name: str, cells: dict[str, str]) -> str:
    """Return a formula of the worksheet with its names put into cells."""
    formula = next(working.formula for working in IMAGE if working.name == name)
    values = {rule.name: f"{rule.value:.0f}" for rule in RULES}
    return "=" + re.sub(r"[a-z][a-z_]+", lambda m: ({**values, **cells})[m[0]], formula)


def test_the_grid_formula_equals_the_core_on_every_exact_half_and_many_other_sizes(
    libreoffice: LibreOffice,
) -> None:
    sizes = list(all_sizes(legal_sizes()))
    pairs = [(size, grid) for size in sizes for grid in (16, 24, 48, 64, 96)]
    halves = [(s, g) for s, g in pairs if 2 * g * min(s) % (2 * max(s)) == max(s)]
    assert len(halves) > 200
    sample = halves + random.Random(1).sample(pairs, many(1000, 6000))
    rows: list[list[float | str]] = []
    for row, (size, grid) in enumerate(sample, start=1):
        n = 1 + row % 10
        cells = {
            "grid": f"C{row}",
            "size_legal": "1",
            "spec_valid": "1",
            "short_edge": f"MIN(A{row}:B{row})",
            "long_edge": f"MAX(A{row}:B{row})",
            "pixels": f"(A{row}*B{row})",
            "short_cells": f"E{row}",
            "images_per_call": f"D{row}",
            "measured_tokens": f"F{row}",
            "table_tokens": "0",
        }
        short, tokens = (sheet_formula(name, cells) for name in ("short_cells", "tokens_per_call"))
        rows.append([*size, grid, n, short, "", tokens])
    libreoffice.fill("Sizes", rows, formulas=True)
    computed = libreoffice.read_block(f"Sizes!G1:G{len(rows)}")
    expected = [
        grid_tokens(int(row[2]), int(row[3]), s) for row, (s, _) in zip(rows, sample, strict=True)
    ]
    assert [row[0] for row in computed] == expected


def legal_sizes() -> FreeSizes:
    sizes = CARD.model("gpt-image-2").sizes
    assert isinstance(sizes, FreeSizes)
    return sizes


def test_the_open_xml_sdk_has_no_findings(template: Path) -> None:
    require(VALIDATOR)
    assert sdk_findings(template) == []


def test_our_own_checks_of_the_file_have_no_findings(template: Path) -> None:
    assert findings(template, SHARED_FUNCTIONS | {"TODAY"}) == []  # TODAY ages the rates


def test_the_file_is_small(template: Path) -> None:
    assert template.stat().st_size < 220_000


@pytest.mark.parametrize(("rows", "limit"), [many((500, 500_000), (5000, 2_200_000))])
def test_a_long_campaign_is_a_small_file_and_its_making_is_told(rows: int, limit: int) -> None:
    """5,000 lines are under 2.2 MB; each carries its own rules, in its formulas."""
    rng, told = random.Random(5000), []
    lines = [random_line(rng) for _ in range(rows)]
    built = build("en", rows={"tblCampaign": lines}, progress=told.append)
    assert len(built.data) < limit
    assert sum(told) == rows + len(actuals.ROWS)


@pytest.mark.parametrize(("rows", "limit"), [many((500, 450_000), (5000, 2_200_000))])
def test_long_actuals_are_a_small_file(rows: int, limit: int) -> None:
    """Each row carries what its tokens cost and why its bill is another."""
    rng = random.Random(5000)
    bills = [random_bill(rng) for _ in range(rows)]
    assert len(build("en", rows={"tblActuals": bills}).data) < limit


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES), indirect=True)
def test_the_bytes_do_not_depend_on_the_run(lang: str, tmp_path: Path) -> None:
    """Hash seed, time zone, locale and lxml's presence change nothing."""
    script = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']\n"
        "import xl_pricing.rates.day; from that_day import stop_the_clock\n"
        "stop_the_clock(lambda _, day: setattr(xl_pricing.rates.day, 'system_day', day))\n"
        "from pathlib import Path; from workbook_templates.build import write_template\n"
        "write_template(Path(sys.argv[2]), sys.argv[3])"
    )
    root = str(Path(__file__).parents[2])
    written = []
    for i, settings in enumerate(
        (
            {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "OPENPYXL_LXML": "True"},
            *many([], [{"PYTHONHASHSEED": "1", "TZ": "UTC", "OPENPYXL_LXML": "False"}]),
        )
    ):
        path = tmp_path / f"{i}.xlsx"
        command = [sys.executable, "-c", script, root, str(path), lang]
        subprocess.run(command, env={"PATH": "", **settings}, check=True, timeout=60)
        written.append(path.read_bytes())
    write_template(tmp_path / "here.xlsx", lang)
    assert written == [(tmp_path / "here.xlsx").read_bytes()] * many(1, 2)


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="accepted: en, zh-CN"):
        write_template(tmp_path / "budget.xlsx", "fr")


def test_cached_values_are_what_a_viewer_shows(template: Path) -> None:
    from openpyxl import load_workbook

    front = load_workbook(template, data_only=True).worksheets[1]
    assert front["B5"].value == pytest.approx(41.621472)
    assert front["C8"].value == "1024x1280"


def test_inputs_are_explained_and_what_is_locked_is_all_else(built: Built, template: Path) -> None:
    """Where a table grows a sheet cannot be locked."""
    from openpyxl import load_workbook

    open_sheets = 0
    for sheet in load_workbook(template).worksheets:
        inputs = {at for title, at in built.inputs.values() if title == sheet.title}
        ranges = [rule.sqref for rule in sheet.data_validations.dataValidation if rule.prompt]
        assert {at for at in inputs if not any(at in cells for cells in ranges)} == set()
        if sheet.protection.sheet:
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert {c.coordinate for c in cells if not c.protection.locked} == inputs
        else:
            open_sheets += 1
    assert open_sheets == 3  # Campaign, Actuals, Rates


def test_text_in_the_tables_never_becomes_a_formula() -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    evil = replace(CARD.plans[0], note="=1+1", source="+cmd")
    data = build("en", replace(CARD, plans=(evil, *CARD.plans[1:]))).data
    sheet = load_workbook(BytesIO(data))["Rates"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in {"=1+1", "+cmd"}]
    assert [cell.data_type for cell in cells] == ["s", "s"]
