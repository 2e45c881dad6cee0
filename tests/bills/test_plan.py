"""Plan against bill: from what was planned to what was billed, whatever the plan came in."""

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bill_document import ROOM, read, refused, run, write
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from xl_pricing.cli.main import main
from xl_pricing.cli.plan_file import read_plan_file
from xl_pricing.errors import InvalidValueError
from xl_pricing.rates.card import bundled_card

USAGE = ROOM / "organization_usage_completions.json"
COSTS = ROOM / "organization_costs.json"
LOG = ROOM / "app_log.jsonl"
ORDER = ("4:5", "high", "20", "--retries", "1.5", "--prompt", "180", "--references", "1")


def budgeted(tmp_path: Path, *order: str) -> Path:
    result = CliRunner().invoke(main, ["budget", *(order or ORDER), "--json"])
    assert result.exit_code == 0, result.output
    return write(tmp_path / "plan", result.stdout)


def factors(bill: Any) -> dict[str, Fraction]:
    return {each["factor"]: Fraction(each["usd"]) for each in bill["plan"]["factors"]}


@pytest.mark.parametrize("files", [(LOG,), (USAGE,), (USAGE, COSTS), (COSTS,)])
@pytest.mark.parametrize("counts", [(), ("--accepted", "12"), ("--generations", "30")])
def test_the_factors_are_the_difference(
    files: tuple[Path, ...], counts: tuple[str, ...], tmp_path: Path
) -> None:
    found = read(*files, options=("--plan", str(budgeted(tmp_path)), *counts))
    plan = found["plan"]
    assert sum(factors(found).values()) == Fraction(plan["difference"])
    assert Fraction(plan["expected"]) + Fraction(plan["difference"]) == Fraction(plan["actual"])
    assert plan["actual"] == (found["billed"] or found["usd"])


def test_a_log_tells_images_and_their_sizes() -> None:
    plan = ROOM / "plan.json"
    found = read(LOG, options=("--plan", str(plan), "--accepted", "20"))
    assert factors(found) == {
        "finals": Fraction("-27.5355"),
        "retries": Fraction("-0.91785"),
        "size and quality": Fraction("-3.22713"),
        "tokens per image": Fraction("-0.00003"),
        "model": Fraction("-0.012448"),
        "inputs": Fraction("0.060131"),
        "batch": 0,
        "cache": 0,
        "rate change": 0,
    }


def test_the_report_names_each_factor_with_its_figures_in_order() -> None:
    lines = run(USAGE, COSTS, "--plan", ROOM / "plan.json").stdout.splitlines()
    start = lines.index("planned                33.0426 USD at the rates of 2026-11-01")
    assert lines[start + 1 : start + 4] == [
        "  with its buffer      39.65112 USD",
        "came to                1.8365245 USD",
        "difference             -31.2060755 USD, one factor at a time in this order:",
    ]
    said = [line.split(" USD  ")[1].partition(":")[0] for line in lines[start + 4 : start + 14]]
    assert said == [
        *("output tokens, their images, size or quality not told", "model", "inputs"),
        *("batch", "cache", "rate change", "not billed yet", "credits", "rounding", "unexplained"),
    ]


def test_a_bill_that_is_not_what_was_planned_still_agrees() -> None:
    assert run(LOG, "--plan", ROOM / "plan.json").exit_code == 0


def test_a_plan_may_be_a_budget_lines_in_json_or_csv(tmp_path: Path) -> None:
    card = bundled_card()
    line = {"size": "4:5", "quality": "high", "finals": 20, "retries": 1.5, "buffer": "20%"}
    line |= {"prompt": 180, "references": 1}
    whole = {"priced_on": "2026-11-23", "lines": [line]}
    table = "size,quality,finals,retries,prompt_tokens,reference_images\n4:5,high,20,1.5,180,1\n"
    files = [
        budgeted(tmp_path),
        write(tmp_path / "lines", json.dumps(whole)),
        write(tmp_path / "list", json.dumps([line])),
        write(tmp_path / "table", table),
    ]
    plans = [read_plan_file(path, card) for path in files]
    assert {plan.expected_usd for plan in plans} == {Fraction("5.78076")}
    assert {plan.budget_usd for plan in plans} == {Fraction("5.78076") * Fraction(12, 10)}
    assert [bool(plan.notes) for plan in plans] == [False, False, True, True]


def test_a_workbook_is_a_plan_its_campaign_or_else_its_job(tmp_path: Path) -> None:
    table = write(tmp_path / "rows.csv", "size,quality,finals\n1:1,low,100\n4:5,high,10\n")
    blank, filled = tmp_path / "blank.xlsx", tmp_path / "filled.xlsx"
    for path, more in ((blank, []), (filled, ["--campaign", str(table)])):
        result = CliRunner().invoke(main, ["template", str(path), *more])
        assert result.exit_code == 0, result.output
    job = read_plan_file(blank, bundled_card())
    assert (len(job.lines), job.expected_usd) == (1, Fraction("34.68456"))
    assert job.notes == ["the plan is the job of the Worksheet"]
    campaign = read_plan_file(filled, bundled_card())
    assert campaign.expected_usd == Fraction("0.00588") * 100 + Fraction("1.8357")
    assert "2 lines of Campaign" in campaign.notes[0]


def typed_rates(path: Path, *rows: tuple[object, ...]) -> Path:
    """Write a workbook whose table of rates holds rows of one's own below the others."""
    result = CliRunner().invoke(main, ["template", str(path)])
    assert result.exit_code == 0, result.output
    book = load_workbook(path)
    sheet = next(each for each in book if "tblRates" in each.tables)
    first, last = sheet.tables["tblRates"].ref.split(":")
    column, end = re.sub(r"\d", "", first), int(re.sub(r"\D", "", last))
    at = column_index_from_string(column)
    names = [sheet.cell(sheet[first].row, at + i).value for i in range(12)]
    for i, row in enumerate(rows, start=1):
        for name, value in zip(OWN, row, strict=True):
            sheet.cell(end + i, at + names.index(name)).value = value
    book.save(path)
    return path


OWN = ("model", "meter", "tier", "usd_per_mtok", "effective_from")


def test_rates_of_its_own_price_a_workbook(tmp_path: Path) -> None:
    plain = typed_rates(tmp_path / "plain.xlsx")
    first = date(2026, 11, 1)
    own = typed_rates(
        tmp_path / "own.xlsx",
        ("gpt-image-2", "image_out", "standard", 24, first),
        ("GPT-Image-2", "text_in", "standard", 4.5, first),
    )
    card = bundled_card()
    before, plan = (read_plan_file(path, card) for path in (plain, own))
    [job] = before.lines
    generations, tokens = job.planned.generations, job.planned.tokens
    less = generations * (6 * tokens["image_out"] + Fraction(1, 2) * tokens["text_in"])
    assert before.expected_usd - plan.expected_usd == less / 1_000_000
    [said] = plan.notes[1:]
    assert said.startswith(
        "the plan is priced by rates of your own in its workbook: gpt-image-2 im"
    )
    assert "gpt-image-2 text_in, standard, 4.5 USD per 1M tokens from 2026-11-01" in said
    there, found = (factors(read(LOG, options=("--plan", str(path)))) for path in (plain, own))
    assert there["rate change"] == 0 < found["rate change"]
    assert sum(found.values()) - sum(there.values()) == less / 1_000_000


def test_a_rate_of_its_own_that_cannot_be_read_is_told_and_two_are_refused(tmp_path: Path) -> None:
    odd = ("gpt-image-2", "image_out", "standard", "cheap", date(2026, 11, 1))
    plan = read_plan_file(typed_rates(tmp_path / "odd.xlsx", odd), bundled_card())
    assert plan.expected_usd == Fraction("34.68456")
    assert re.search("cheap.*priced by the rates of this machine alone", plan.notes[1])
    rows = [(*odd[:3], usd, odd[4]) for usd in (20, 25)]
    with pytest.raises(InvalidValueError, match="two rates from 2026-11-01; accepted: one"):
        read_plan_file(typed_rates(tmp_path / "two.xlsx", *rows), bundled_card())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not whole JSON"),
        ("[]", "no plan"),
        ("[1]", "line 1"),
        ('[{"size": "4:5", "quality": "high"}]', "line 1"),
        ('[{"size": "4:5", "quality": "hihg", "finals": 2}]', "line 1: .*hihg"),
        ('[{"size": "4:5", "quality": "high", "finals": -2}]', "line 1: .*finals"),
        ('[{"size": ["4:5", 1], "quality": {"a": 1}, "finals": 2}]', "line 1"),
        ('[{"size": "4:5", "quality": "high", "finals": 0}]', "no finals"),
        ('{"priced_on": "2020-01-01", "lines": [{"size": "4:5", "quality": "high", "finals": 2}]}',
         "no rate"),
        ("size;finals\n", "rows"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_said_with_its_line(content: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "plan", content)
    assert re.search(said, refused(LOG, "--plan", path))


def test_a_plan_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "cannot be read" in refused(LOG, "--plan", tmp_path / "none.json")


def test_a_table_without_finals_is_no_plan() -> None:
    usage = ROOM / "usage_export.csv"
    assert "usage_export.csv tells no finals, so it is no plan" in refused(usage, "--plan", usage)
