"""template writes the workbook, prefilled or with rows of one's own."""

import csv
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import answer, assert_one_sentence, run, table
from openpyxl import load_workbook

from workbook_templates.sheets.campaign.lines import INPUTS, LINES


@pytest.mark.parametrize("lang", ["", "--lang en", "--lang zh-CN"])
def test_template_writes_a_workbook(lang: str) -> None:
    written, what_next = table(f"template budget.xlsx {lang}")
    assert written == "budget.xlsx"
    assert what_next.startswith("Open it")
    assert "xl/workbook.xml" in zipfile.ZipFile("budget.xlsx").namelist()


def test_template_overwrites_only_when_told() -> None:
    Path("budget.xlsx").write_text("mine", encoding="utf-8")
    refused = run("template budget.xlsx")
    assert_one_sentence(refused, "path 'budget.xlsx' exists; accepted: another name, or --force")
    assert Path("budget.xlsx").read_text(encoding="utf-8") == "mine"
    assert answer("template budget.xlsx --force") == {"path": "budget.xlsx", "lang": "en"}
    assert answer("template budget.xlsm") == {"path": "budget.xlsm", "lang": "en"}
    assert "xl/vbaProject.bin" in zipfile.ZipFile("budget.xlsm").namelist()
    assert zipfile.is_zipfile("budget.xlsx")


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

    book = load_workbook(path, data_only=True)
    sheet = book["Campaign"]
    assert sheet.tables["tblCampaign"].ref.endswith(str(23 + 360))
    assert sheet["B24"].value == "Shop pages"
    assert sheet["E5"].value == 360
    assert book["Actuals"].tables["tblActuals"].ref.endswith("42")


def test_a_csv_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert_one_sentence(
        run(f"template {tmp_path / 'a.xlsx'} --campaign none.csv"), "cannot be read"
    )
    assert not (tmp_path / "a.xlsx").exists()


def test_a_name_that_somebody_takes_meanwhile_stays_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(_lang: str, **_given: object) -> object:
        Path("budget.xlsx").write_text("theirs", encoding="utf-8")
        return SimpleNamespace(data=b"mine")

    monkeypatch.setattr("workbook_templates.build.build", build)
    assert_one_sentence(run("template budget.xlsx"), "path 'budget.xlsx' exists")
    assert Path("budget.xlsx").read_text(encoding="utf-8") == "theirs"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    Path("budget.xlsx").symlink_to(tmp_path / "elsewhere.xlsx")
    assert_one_sentence(run("template budget.xlsx"), "path 'budget.xlsx' exists")
    assert not (tmp_path / "elsewhere.xlsx").exists()


@pytest.mark.parametrize("size", [0, 100])
def test_what_cannot_be_written_whole_leaves_the_old_workbook(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    Path("budget.xlsx").write_bytes(b"o" * size)
    monkeypatch.setattr("os.fsync", full)
    assert_one_sentence(run("template budget.xlsx --force"), "No space left on device")
    assert Path("budget.xlsx").read_bytes() == b"o" * size
    assert [path.name for path in Path().glob("*.xlsx")] == ["budget.xlsx"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("template", "Missing argument 'PATH'"),
        ("template budget.xls", "accepted: a name in .xlsx or .xlsm"),
        ("template budget.xlsx --lang fr", "accepted: en, zh-CN"),
        ("template nowhere/budget.xlsx", "accepted: a file in a folder that you may write to"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
