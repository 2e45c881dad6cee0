"""The planning commands: levers, plans, risk and stage say what the cell functions would."""

import csv
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from workbook_templates.sheets.campaign.lines import INPUTS, LINES
from xl_pricing.cli.main import main
from xl_pricing.functions import IMGBUDGET, IMGBUFFER, IMGCOST, IMGCREDITS

JOB = "4:5 high 120 --retries 1.5 --buffer 20% --prompt 180 --references 1"
COST = IMGCOST("4:5", "high", None, 1, 180, 1)


def run(line: str) -> Any:
    return CliRunner().invoke(main, shlex.split(line))


def answer(line: str) -> Any:
    result = run(f"{line} --json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refusal(line: str) -> str:
    result = run(line)
    assert result.exit_code == 2
    return str(result.stderr)


def test_a_lever_saves_what_two_budgets_differ_by() -> None:
    told = answer(f"levers {JOB}")
    before = IMGBUDGET(COST, 120, 1.5, 0.2)
    assert told["budget_usd"] == pytest.approx(before)
    moves = {row["move"]: row for row in told["moves"]}
    for name, cost, retries in (
        ("quality_down", IMGCOST("4:5", "medium", None, 1, 180, 1), 1.5),
        ("size_smallest", IMGCOST("768x960", "high", None, 1, 180, 1), 1.5),
        ("retries_less", COST, 1),
        ("images_per_call_10", IMGCOST("4:5", "high", None, 10, 180, 1), 1.5),
        ("prompt_twice", IMGCOST("4:5", "high", None, 1, 360, 1), 1.5),
        ("references_more", IMGCOST("4:5", "high", None, 1, 180, 2), 1.5),
        ("other_tier", IMGCOST("4:5", "high", None, 1, 180, 1, "batch"), 1.5),
    ):
        after = IMGBUDGET(cost, 120, retries, 0.2)
        assert moves[name]["budget_usd"] == pytest.approx(after), name
        assert moves[name]["saving_usd"] == pytest.approx(before - after, abs=1e-9), name
    assert moves["quality_up"]["saving_usd"] is None


def test_the_best_levers_are_named_in_words() -> None:
    best = run(f"levers {JOB}").stdout.split("\n\n")[-1].splitlines()
    assert [line[:20] for line in best] == [
        "1. quality high -> m",
        "2. tier standard -> ",
        "3. retries 1.5 -> 1 ",
    ]
    nothing = run("levers 816x816 low 0 --tier batch").stdout
    assert nothing.endswith("no move saves anything here\n")


def test_levers_take_the_reference_images_that_cost_takes() -> None:
    one = answer("levers 4:5 high 10 --references '800x600; 800x600'")
    assert one["usd_per_image"] == pytest.approx(
        IMGCOST("4:5", "high", None, 1, None, "800x600; 800x600")
    )
    two = answer("levers 4:5 high 10 --references '800x600; 900x600'")
    assert two["usd_per_image"] == pytest.approx(
        IMGCOST("4:5", "high", None, 1, None, "800x600; 900x600")
    )


def test_a_plan_bills_what_the_functions_say() -> None:
    told = answer(f"plans {JOB}")
    bills = {row["plan"]: row for row in told["plans"]}
    apiframe = bills["Apiframe"]
    credits_ = IMGCREDITS("4:5", "high", "Apiframe")
    assert apiframe["credits_per_image"] == credits_
    assert apiframe["bill_usd"] == pytest.approx(IMGBUDGET(credits_ / 100, 120, 1.5, 0.2))
    assert apiframe["markup"] == pytest.approx(credits_ / 100 / COST - 1)
    assert bills["official tokens"]["usd_per_final"] == pytest.approx(COST * 1.5)
    assert bills["PixAPI"]["usd_per_image"] is None
    assert bills["PiAPI"]["refuses"] == "low, medium, high"
    assert "check them at their source" in run(f"plans {JOB}").stdout


def test_a_plan_without_a_token_price_to_multiply_shows_what_it_tells() -> None:
    """gpt-image-2.6 at low has no token count."""
    told = {row["plan"]: row for row in answer("plans 1:1 auto 10")["plans"]}
    assert told["official tokens"]["usd_per_image"] is None
    assert told["PixAPI"]["credits_per_image"] == IMGCREDITS("1:1", "auto", "PixAPI")
    by_credits = answer("plans 1:1 229 10")
    assert by_credits["plans"][0]["usd_per_image"] == pytest.approx(IMGCOST("1:1", 229))


@pytest.mark.parametrize(("credits_", "pays_off"), [(1000, False), (1500, True)])
def test_a_pack_pays_off_where_it_is_cheaper_than_the_tokens_of_the_job(
    credits_: int, pays_off: bool
) -> None:
    line = f"plans {JOB} --pack-usd 10 --pack-credits {credits_} --plan Apiframe"
    pack = answer(line)["pack"]
    assert pack["images_in_pack"] == pytest.approx(credits_ / 23)
    assert pack["break_even_images"] == pytest.approx(10 / COST)
    packs = -(-216 * 23 // credits_)
    assert (pack["packs_for_the_job"], pack["packs_usd"]) == (packs, 10 * packs)
    assert pack["pays_off"] == pays_off == (10 * packs < 216 * COST)
    assert ("pays off" if pays_off else "does not pay off") in run(line).stdout


def test_a_pack_is_told_whole() -> None:
    assert "accepted: --pack-usd, --pack-credits and --plan" in refusal("plans 4:5 high 9 --plan X")
    said = refusal("plans 4:5 high 9 --pack-usd 1 --pack-credits 9 --plan 'LaoZhang VIP'")
    assert "accepted: a plan with credits" in said
    assert "more than 0" in refusal("plans 4:5 high 9 --pack-usd 0 --pack-credits 9 --plan PixAPI")


@pytest.mark.parametrize(("finals", "retries"), [(12, 2), (120, 1.5), (1, 4), (0, 2), (7, 1)])
def test_a_buffer_for_a_confidence_is_imgbuffers(finals: int, retries: float) -> None:
    told = answer(f"risk {finals} {retries}")
    for row in told["buffers"]:
        assert row["buffer"] == pytest.approx(IMGBUFFER(finals, retries, row["confidence"]))
        assert row["covered"] == (row["generations_needed"] <= finals * retries * 1.2 + 1e-9)
        assert row["covered"] == (told["chance_that_it_lasts"] >= row["confidence"] - 1e-12)


def test_risk_says_where_the_usual_buffer_is_too_small() -> None:
    assert "not enough for so small a job" in run("risk 3 2").stdout
    assert "not enough" not in run("risk 120 1.5").stdout
    assert "whole number" in refusal("risk 2.5 2")


def test_staging_is_drafts_and_then_fewer_finals() -> None:
    told = answer(f"stage {JOB} --drafts 3 --draft-size 768x960 --finish-retries 1.1")
    drafts = IMGBUDGET(IMGCOST("768x960", "low", None, 1, 180, 1), 120, 3, 0.2)
    finals = IMGBUDGET(COST, 120, 1.1, 0.2)
    assert told["staged_usd"] == pytest.approx(drafts + finals)
    assert told["saving_usd"] == pytest.approx(IMGBUDGET(COST, 120, 1.5, 0.2) - drafts - finals)
    again = answer(
        f"stage {JOB} --draft-size 768x960 --finish-retries {1.5 - told['break_even_retries']}"
    )
    assert again["saving_usd"] == pytest.approx(0, abs=1e-9)
    assert "staging pays off" in run(f"stage {JOB} --draft-size 768x960").stdout
    assert "does not pay off" in run(f"stage {JOB} --drafts 40").stdout
    assert "accepted: 1 or more" in refusal(f"stage {JOB} --finish-retries 0.5")


def test_a_template_takes_its_rows_from_csv_files(tmp_path: Path) -> None:
    lines, bills = tmp_path / "lines.csv", tmp_path / "bills.csv"
    with lines.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([INPUTS, *(LINES * 30)])
    bills.write_text("date,model,size,quality,generations,accepted,billed\n2026-11-02,,,,3,2,1\n")
    path = tmp_path / "plan.xlsx"
    result = run(f"template {path} --campaign {lines} --actuals {bills}")
    assert result.exit_code == 0, result.stderr
    assert "Pricing and writing" in result.stderr
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    sheet = book["Campaign"]
    assert sheet.tables["tblCampaign"].ref.endswith(str(23 + 360))
    assert sheet["B24"].value == "Shop pages"
    assert sheet["E5"].value == 360
    assert book["Actuals"].tables["tblActuals"].ref.endswith("42")


def test_a_csv_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(f"template {tmp_path / 'a.xlsx'} --campaign none.csv")
    assert not (tmp_path / "a.xlsx").exists()
