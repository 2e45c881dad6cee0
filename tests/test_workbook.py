"""The workbook: LibreOffice's recalculation against the core, the file itself, both languages."""

import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hosts.libreoffice import LibreOffice
from hosts.programs import SOFFICE, UNO_PYTHON, VALIDATOR, require
from hosts.workbook_file import SHARED_FUNCTIONS, findings, sdk_findings

from workbook_templates.answers import answer
from workbook_templates.build import JOB, Built, build, write_template
from workbook_templates.rules import RULES
from workbook_templates.sheets.inputs import CURRENCIES
from workbook_templates.sheets.rates import CUSTOM, QUALITIES
from workbook_templates.sheets.workings import OUTPUT_WORKINGS
from workbook_templates.words import LANGUAGES, Words
from xl_pricing.estimation.size import FreeSizes, all_sizes
from xl_pricing.estimation.tokens import grid_tokens
from xl_pricing.rates.card import bundled_card

EXCEL_EPOCH = date(1899, 12, 30)
CARD = bundled_card()
RANDOM_INPUT_SETS = 250


@pytest.fixture(scope="module")
def libreoffice() -> Iterator[LibreOffice]:
    require(SOFFICE)
    require(UNO_PYTHON)
    with LibreOffice() as running:
        yield running


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def built(lang: str) -> Built:
    return build(lang)


@pytest.fixture
def template(built: Built, tmp_path: Path) -> Path:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built.data)
    return path


def job(**changes: Any) -> dict[str, Any]:
    return {**JOB, "price_date": CARD.checked, **changes}


def as_cell(value: Any) -> Any:
    return (value - EXCEL_EPOCH).days if isinstance(value, date) else value


def differs(expected: Any, got: Any) -> bool:
    expected = as_cell(expected)
    if isinstance(expected, str) or isinstance(got, str) or got is None:
        return bool(expected != got)
    return abs(expected - got) > 1e-9 * max(abs(expected), abs(got), 1e-300) and expected != got


def random_job(rng: random.Random, words: Words) -> dict[str, Any]:
    """Return inputs over the whole range of the dropdowns; about one in three has a fault."""

    def pick(good: Sequence[Any], bad: Sequence[Any] = ()) -> Any:
        return rng.choice(bad if bad and rng.random() < 0.03 else good)

    ratios = [row.ratio for row in CARD.ratios]
    edges = [16 * k for k in range(40, 160)]
    pixels = [1, 341, 400, 768, 1024, 1179, 2048, 6000, rng.randint(1, 9999)]
    return job(
        model=pick([model.id for model in CARD.models[:3]] * 4 + [m.id for m in CARD.models]),
        tier=pick(["standard", "batch"]),
        ratio=pick([*ratios, *[words(CUSTOM)] * 20, *["1:1", "2:3", "3:2"] * 4]),
        custom_width=pick(edges, [0, 1, 1000, 1024.5, 3856]),
        custom_height=pick(edges, [0, 16, 4096, None, -1024]),
        quality=pick(["low", "medium", "high"] * 3 + list(QUALITIES)),
        measured_tokens=pick([None, None, None, 229, 663.5], [0, "many", 1e7]),
        images_per_call=pick([1, 1, 2, 3, 10], [0, 11, 1.5, "one", None]),
        prompt_tokens=pick([None, 0, 31, 636], [-1, 2.5, "long", 100_001]),
        reference_images=pick([None, 0, 1, 2, 16], [17, -1, 0.5, "two"]),
        reference_width=pick(pixels, [0, -5, 10.5, "wide"]),
        reference_height=pick(pixels, [0, -5, 10.5, None]),
        finals=pick([0, 1, 7, 120, 5000, 2.5], [-1, "all", None]),
        retries=pick([1, 1.3, 1.5, 2, 8], [0.5, 0, None, "few"]),
        buffer=pick([0, 0.1, 0.2, 0.3, 1], [1.5, -0.1, None, "some"]),
        plan=pick(list(dict.fromkeys(plan.plan for plan in CARD.plans))),
        currency=pick(CURRENCIES),
        units_per_usd=pick([1, 0.9, 7.12, 155], [0, "rate", None]),
        price_date=pick([CARD.checked, date(2027, 1, 1)], [date(2025, 5, 1), date(2026, 4, 20)]),
    )


def wrong_cells(
    libreoffice: LibreOffice, built: Built, words: Words, jobs: list[dict[str, Any]]
) -> list[str]:
    """Return what LibreOffice computes otherwise than the core."""
    addresses = [f"'{sheet}'!{at}" for sheet, at in built.formulas]
    inputs = {name: f"'{sheet}'!{at}" for name, (sheet, at) in built.inputs.items()}
    cases = [{inputs[name]: as_cell(value) for name, value in one.items()} for one in jobs]
    wrong = []
    for one, got in zip(jobs, libreoffice.run(cases, addresses), strict=True):
        expected = answer(one, CARD, words, date.today())  # noqa: DTZ011 - as LibreOffice does
        for name, value in zip(built.formulas.values(), got, strict=True):
            if differs(expected[name], value):
                wrong.append(f"{name}: core {expected[name]!r}, sheet {value!r}, for {one}")
    return wrong


def test_every_computed_cell_of_the_shipped_template_recalculates_to_the_core(
    libreoffice: LibreOffice, built: Built, lang: str, template: Path
) -> None:
    libreoffice.open(template)
    assert wrong_cells(libreoffice, built, Words(lang), [job()]) == []


def test_every_computed_cell_recalculates_to_the_core_for_random_inputs(
    libreoffice: LibreOffice, built: Built, lang: str, template: Path
) -> None:
    rng, words = random.Random(lang), Words(lang)
    jobs = [random_job(rng, words) for _ in range(RANDOM_INPUT_SETS)]
    assert any(answer(one, CARD, words)["status"].startswith("✘") for one in jobs)
    assert (
        sum(answer(one, CARD, words)["budget_usd"] != "#N/A" for one in jobs)
        > RANDOM_INPUT_SETS / 4
    )
    libreoffice.open(template)
    assert "\n".join(wrong_cells(libreoffice, built, words, jobs)) == ""


def test_the_budget_formula_agrees_with_the_functions() -> None:
    from xl_pricing.functions import IMGBUDGET, IMGCOST, IMGCREDITS

    cost = IMGCOST("4:5", "high", None, 1, 180, 1)
    values = answer(job(), CARD, Words("en"))
    assert values["budget_usd"] == pytest.approx(IMGBUDGET(cost, 120, 1.5, 0.2), rel=1e-12)
    credits_ = IMGCREDITS("4:5", "high", "Apiframe")
    assert values["budget_credits"] == IMGBUDGET(credits_, 120, 1.5, 0.2)


def sheet_formula(name: str, cells: dict[str, str]) -> str:
    """Return a formula of the worksheet with its names put into cells."""
    formula = next(working.formula for working in OUTPUT_WORKINGS if working.name == name)
    values = {rule.name: f"{rule.value:.0f}" for rule in RULES}
    return "=" + re.sub(r"[a-z][a-z_]+", lambda m: ({**values, **cells})[m[0]], formula)


def test_the_grid_formula_equals_the_core_on_every_exact_half_and_5000_other_sizes(
    libreoffice: LibreOffice,
) -> None:
    sizes = list(all_sizes(legal_sizes()))
    pairs = [(size, grid) for size in sizes for grid in (16, 24, 48, 64, 96)]
    halves = [(s, g) for s, g in pairs if 2 * g * min(s) % (2 * max(s)) == max(s)]
    assert len(halves) > 200
    sample = halves + random.Random(1).sample(pairs, 6000)
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
    assert template.stat().st_size < 100_000


def test_the_bytes_do_not_depend_on_the_run(lang: str, tmp_path: Path) -> None:
    """Hash seed, time zone, locale and lxml's presence change nothing."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from pathlib import Path; from workbook_templates.build import write_template;"
        "write_template(Path(sys.argv[2]), sys.argv[3])"
    )
    root = str(Path(__file__).parents[1])
    written = []
    for i, settings in enumerate(
        (
            {"PYTHONHASHSEED": "1", "TZ": "UTC", "OPENPYXL_LXML": "False"},
            {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "OPENPYXL_LXML": "True"},
        )
    ):
        path = tmp_path / f"{i}.xlsx"
        command = [sys.executable, "-c", script, root, str(path), lang]
        subprocess.run(command, env={"PATH": "", **settings}, check=True, timeout=60)
        written.append(path.read_bytes())
    write_template(tmp_path / "here.xlsx", lang)
    assert written == [(tmp_path / "here.xlsx").read_bytes()] * 2


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="accepted: en, zh-CN"):
        write_template(tmp_path / "budget.xlsx", "fr")


def test_cached_values_are_what_a_viewer_shows(template: Path) -> None:
    from openpyxl import load_workbook

    front = load_workbook(template, data_only=True).worksheets[0]
    assert front["B5"].value == pytest.approx(41.621472)
    assert front["C8"].value == "1024x1280"


def test_inputs_are_unlocked_and_explained_and_the_rest_is_locked(
    built: Built, template: Path
) -> None:
    from openpyxl import load_workbook

    front = load_workbook(template).worksheets[0]
    inputs = {at for _, at in built.inputs.values()}
    unlocked = {c.coordinate for row in front.iter_rows() for c in row if not c.protection.locked}
    assert unlocked == inputs
    assert front.protection.sheet
    explained = {str(v.sqref) for v in front.data_validations.dataValidation if v.prompt}
    assert explained == inputs


def test_text_in_the_tables_never_becomes_a_formula() -> None:
    from dataclasses import replace
    from io import BytesIO

    from openpyxl import load_workbook

    evil = CARD.plans[0].model_copy(update={"note": "=1+1", "source": "+cmd"})
    data = build("en", replace(CARD, plans=(evil, *CARD.plans[1:]))).data
    sheet = load_workbook(BytesIO(data)).worksheets[1]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in {"=1+1", "+cmd"}]
    assert [cell.data_type for cell in cells] == ["s", "s"]
