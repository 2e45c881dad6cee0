"""The README is true: its table, formulas and commands are those of the code."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hosts.programs import PYODIDE, require

from xl_pricing.cli.main import main
from xl_pricing.functions import IMGBUDGET, IMGCOST, IMGCREDITS, pricing
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.rates.rows import METERS

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text("utf-8")
USAGE = Path(__file__).parent / "cases" / "bills" / "usage_export.csv"
COSTS = USAGE.with_name("organization_costs.json")
COMMANDS = re.findall(r"^    (xl-pricing .*)$", TEXT, re.MULTILINE)


def test_the_function_table_is_the_declaration() -> None:
    rows = [f"| `{f.signature}` | {f.doc} |" for f in FUNCTIONS.values()]
    assert "\n".join(rows) in TEXT
    assert len(rows) == 9


def test_the_six_counts_are_named_in_their_order() -> None:
    assert f"in the order {', '.join(METERS)}." in " ".join(TEXT.split())


def test_rows_that_are_blank_are_what_they_are_said_to_be() -> None:
    quiet = {
        name for name, each in FUNCTIONS.items() if answer(each, [None] * len(each.arguments)) == ""
    }
    assert "`IMGCOST`, `IMGCREDITS` and `IMGTOKENS` answer an empty text" in TEXT
    assert {"IMGCOST", "IMGCREDITS", "IMGTOKENS"} <= quiet
    assert answer(FUNCTIONS["IMGBUDGET"], ["", 120, None, None]) == "#VALUE!"


def test_the_three_formulas_give_the_answers_beside_them() -> None:
    answers = re.findall(r"^=IMG.*?\)  +([\d.]+)  ", TEXT, re.MULTILINE)
    cost = IMGCOST("4:5", "high")
    assert [float(answer) for answer in answers] == [
        IMGCOST("1024x1536", "high"),
        IMGCREDITS("1024x1536", "high", "PixAPI"),
        pytest.approx(IMGBUDGET(cost, 120, 1.5, 0.2)),
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lines.csv").write_text("use_case,size,quality\nShop,4:5,high\n", "utf-8")
    Path("usage.csv").write_bytes(USAGE.read_bytes())
    Path("costs.json").write_bytes(COSTS.read_bytes())
    Path("bills.csv").write_text("date,billed\n2026-11-02,5.80\n", "utf-8")
    shutil.copy(README.parent / "tests" / "cases" / "workbooks" / "0.1.0-en.xlsx", "old.xlsx")
    if command.startswith("xl-pricing host office"):  # without the network
        command += f" --pyodide {require(PYODIDE)}"
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_what_a_bill_says_is_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("usage.csv").write_bytes(USAGE.read_bytes())
    told = CliRunner().invoke(main, ["bill", "usage.csv", "--by", "model"]).stdout
    assert "\n".join(map(str.rstrip, told.splitlines())) in TEXT


def test_a_difference_is_explained_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("usage.csv").write_bytes(USAGE.read_bytes())
    Path("costs.json").write_bytes(COSTS.read_bytes())
    told = CliRunner().invoke(main, ["bill", "usage.csv", "costs.json"]).stdout
    shown = TEXT.partition("    xl-pricing bill usage.csv costs.json\n\n```\n")[2].partition("```")[
        0
    ]
    lines = shown.splitlines()
    assert len(lines) >= 7
    for line, whole in zip(lines, told.splitlines(), strict=False):
        assert whole.startswith(line.removesuffix(" ..."))


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) >= 6
    assert pricing.__doc__


def test_its_files_exist() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", TEXT):
        assert (README.parent / target).exists()
