"""template writes the workbook, prefilled or with rows of one's own."""

import csv
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import answer, assert_one_sentence, run, table
from exhaustive import many
from openpyxl import load_workbook

from workbook_templates.sheets.campaign.lines import INPUTS, LINES
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.refresh.store import active_card


@pytest.mark.parametrize("lang", many(["--lang zh-CN"], ["", "--lang en", "--lang zh-CN"]))
def test_template_writes_a_workbook(lang: str) -> None:
    written, rates, what_next = table(f"template budget.xlsx {lang}")
    assert written == "budget.xlsx"
    assert rates == f"Rates: the bundled card, as of {bundled_card().checked}."
    assert what_next.startswith("Open it")
    assert "xl/workbook.xml" in zipfile.ZipFile("budget.xlsx").namelist()


def test_template_overwrites_only_when_told() -> None:
    Path("budget.xlsx").write_text("mine", encoding="utf-8")
    refused = run("template budget.xlsx")
    assert_one_sentence(refused, "path 'budget.xlsx' exists; accepted: another name, or --force")
    assert Path("budget.xlsx").read_text(encoding="utf-8") == "mine"
    told = answer("template budget.xlsx --force")
    assert told == {
        "path": "budget.xlsx",
        "lang": "en",
        "card": "bundled",
        "rates_checked": f"{bundled_card().checked}",
        "tables": [],
        "carried": None,
        "complaint": "",
    }
    assert answer("template budget.xlsm") == {**told, "path": "budget.xlsm"}
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
    ((_, at),) = book.defined_names["campaign_priced"].destinations
    assert sheet[at].value == 360
    assert book["Actuals"].tables["tblActuals"].ref.endswith("42")


CAPTIONS = """Use case;Ratio or size;质量;成品数;Owner
shop;4:5;high;120;me

ads;1920x1080;high;5;me
ads;4:5;hgih;5;me
ads;1.91:1;high;5;me
ads;4:5;high;-3;me
"""
BAD = [
    "row 4: size 1920x1080 is not legal for this model: ",
    "row 5: quality 'hgih' is not known to this model; did you mean high?",
    "row 7: finals -3 is out of range; accepted: 0 or more",
]


def test_every_line_that_is_not_priced_is_named_with_its_row_and_reason() -> None:
    Path("lines.csv").write_text(CAPTIONS, encoding="utf-8")
    lines = table("template b.xlsx --campaign lines.csv")
    assert lines[2] == "lines.csv: 2 of 5 lines are priced"
    assert all(line.strip().startswith(bad) for line, bad in zip(lines[3:6], BAD, strict=True))
    assert lines[6] == "note: lines.csv: 1.91:1 is written as 1952x1024"
    assert lines[7].startswith("note: lines.csv: 5 lines without a model: gpt-image-2; ")
    assert lines[8] == "note: lines.csv: not read, as no such column is known: 'Owner'"
    sheet = load_workbook("b.xlsx", data_only=True)["Campaign"]
    row = [cell.value for cell in sheet[24]][1:11]
    assert row == ["shop", "4:5", "high", "gpt-image-2", 120, 1, None, None, "standard", 0.2]


def test_the_qualities_of_the_chinese_workbook_are_read() -> None:
    Path("lines.csv").write_text("size,质量,finals\n4:5,高,3\n4:5,低,3\n", encoding="utf-8")
    lines = table("template b.xlsx --campaign lines.csv --lang zh-CN")
    assert "lines.csv: 2 of 2 lines are priced" in lines


LINE = {"size": "4:5", "quality": "high", "model": "gpt-image-2", "finals": "3",
        "retries": "1.5", "buffer": "20%", "tier": "standard", "draft_size": ""}  # fmt: skip
BILL = {"date": "2026-11-02", "model": "gpt-image-2", "size": "4:5", "quality": "high",
        "generations": "3", "accepted": "2", "output_tokens": "", "billed": "0.5"}  # fmt: skip


def told_of(option: str, row: dict[str, str]) -> dict[str, object]:
    """Return what is told of a file with one row."""
    with Path("rows.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([row, row.values()])
    told: dict[str, object] = answer(f"template b.xlsx --force --{option} rows.csv")["tables"][0]
    return told


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("size", "", "size is missing"),
        ("quality", "", "quality is missing"),
        ("finals", "", "finals is missing"),
        ("finals", "many", "finals 'many' is not a number; accepted: a number"),
        ("retries", "0.5", "retries 0.5 is out of range"),
        ("buffer", "150%", "buffer 1.5 is out of range"),
        ("tier", "fast", "tier 'fast' is unknown"),
        ("model", "gpt-image-9", "model 'gpt-image-9' is unknown"),
    ],
)
def test_a_reason_names_the_field_that_is_wrong_and_no_other(
    field: str, value: str, reason: str
) -> None:
    (fault,) = told_of("campaign", {**LINE, field: value})["faults"]  # type: ignore[attr-defined, misc]
    assert fault["reason"].startswith(reason)
    assert ";" not in fault["reason"].replace("; accepted", "")


def test_a_line_whose_drafts_alone_have_no_price_is_priced() -> None:
    told = told_of("campaign", {**LINE, "model": "gpt-image-2.6-flare", "quality": "high"})
    assert (told["good"], told["faults"]) == (1, [])
    assert "row 2: priced, its drafts are not: choose" in str(told["notes"])


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("date", "", "date is missing"),
        ("date", "soon", "date 'soon' is not a day; accepted: such as 2026-11-23"),
        ("generations", "2.5", "generations 2.5 is not a whole number"),
        ("accepted", "9", "accepted 9 are more than the 3 generations"),
        ("billed", "€12", "billed '€12' is not an amount"),
        ("billed", "-1", "billed -1 is negative"),
        ("output_tokens", "none", "output_tokens 'none' is not a number"),
    ],
)
def test_a_bill_s_reason_names_the_field_that_is_wrong(field: str, value: str, reason: str) -> None:
    (fault,) = told_of("actuals", {**BILL, field: value})["faults"]  # type: ignore[attr-defined, misc]
    assert fault["reason"].startswith(reason)


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("model", "1 line without a model: gpt-image-2"),
        ("tier", "1 line without a tier: standard"),
        ("retries", "1 line without retries: 1"),
        ("buffer", "1 line without a buffer: 20%"),
    ],
)
def test_a_blank_cell_is_the_default_of_the_functions_and_told(field: str, note: str) -> None:
    told = told_of("campaign", {**LINE, field: ""})
    assert (told["good"], told["faults"]) == (1, [])
    assert told["notes"] == [f"rows.csv: {note}"]


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("4：5", "4:5"), ("8:10", "4:5"), ("1.91:1", "1952x1024"), ("1024 × 1536", "1024x1536"),
     ("１０２４x1024", "1024x1024"), ("5:7", "1040x1456")],
)  # fmt: skip
def test_a_size_of_a_line_is_read_as_the_functions_read_it(typed: str, cell: str) -> None:
    told = told_of("campaign", {**LINE, "size": typed})
    assert told["good"] == 1
    assert load_workbook("b.xlsx", data_only=True)["Campaign"]["C24"].value == cell


def test_strict_fails_where_a_line_is_not_priced_and_writes_all_the_same() -> None:
    Path("lines.csv").write_text(CAPTIONS, encoding="utf-8")
    told = run("template b.xlsx --campaign lines.csv --strict --json")
    assert told.exit_code == 1
    assert told.stderr.endswith(
        "3 of 5 lines of lines.csv are not priced; the workbook is written all the same\n"
    )
    document = json.loads(told.stdout)["tables"][0]
    assert (document["rows"], document["good"]) == (5, 2)
    assert [fault["row"] for fault in document["faults"]] == [4, 5, 7]
    assert zipfile.is_zipfile("b.xlsx")
    Path("lines.csv").write_text("size,quality,finals\n4:5,high,3\n", encoding="utf-8")
    assert run("template c.xlsx --campaign lines.csv --strict").exit_code == 0


def test_a_long_list_of_faults_is_cut() -> None:
    Path("lines.csv").write_text("size,quality,finals\n" + "4:5,high,-1\n" * 30)
    lines = table("template b.xlsx --campaign lines.csv")
    assert "  and 10 more" in lines
    assert len(lines) == 2 + 1 + 20 + 1 + 1 + 1  # with a note of the defaults


def test_rows_that_do_not_count_are_named_too() -> None:
    Path("bills.csv").write_text(
        "date,model,size,quality,generations,accepted,billed\n"
        "2026-11-02,gpt-image-2,4:5,high,3,2,1\n2026-11-03,gpt-image-2,4:5,high,3,5,1\n"
    )
    lines = table("template b.xlsx --actuals bills.csv")
    assert lines[2] == "bills.csv: 1 of 2 rows are counted"
    assert lines[3].startswith("  row 3: accepted 5 are more than the 3 generations")


def test_a_column_that_is_needed_is_named() -> None:
    Path("lines.csv").write_text("size,quality\n4:5,high\n")
    told = table("template b.xlsx --campaign lines.csv")
    assert "lines.csv: 0 of 1 lines are priced" in told
    assert "note: lines.csv has no column finals: type them in the workbook" in told


def test_the_workbook_is_priced_by_the_card_in_force_or_the_bundled_one() -> None:
    assert run("rates refresh --source contract.csv --accept").exit_code == 0
    told = answer("template mine.xlsx")
    assert (told["card"], told["rates_checked"]) == ("in force", f"{active_card().checked}")
    assert answer("template theirs.xlsx --bundled")["card"] == "bundled"
    contract = {name: _rates_of(name) for name in ("mine.xlsx", "theirs.xlsx")}
    assert contract == {"mine.xlsx": True, "theirs.xlsx": False}


def _rates_of(path: str) -> bool:
    """Tell whether the contract's rate is on the sheet."""
    sheet = load_workbook(path, data_only=True)["Rates"]
    return any("contract 7" in str(cell) for row in sheet.values for cell in row)


def test_a_csv_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert_one_sentence(
        run(f"template {tmp_path / 'a.xlsx'} --campaign none.csv"), "cannot be read"
    )
    assert not (tmp_path / "a.xlsx").exists()


def test_a_name_that_somebody_takes_meanwhile_stays_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(_lang: str, _card: object, **_given: object) -> object:
        Path("budget.xlsx").write_text("theirs", encoding="utf-8")
        return SimpleNamespace(data=b"mine")

    monkeypatch.setattr("workbook_templates.build.build", build)
    assert_one_sentence(run("template budget.xlsx"), "path 'budget.xlsx' exists")
    assert Path("budget.xlsx").read_text(encoding="utf-8") == "theirs"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    Path("budget.xlsx").symlink_to(tmp_path / "elsewhere.xlsx")
    assert_one_sentence(run("template budget.xlsx"), "path 'budget.xlsx' exists")
    assert not (tmp_path / "elsewhere.xlsx").exists()


@pytest.mark.parametrize("size", many([100], [0, 100]))
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


_LINES = "size,quality,finals\n4:5,high,12\n"
_BILLS = "date,model,size,quality,generations,accepted,billed\n2026-11-02,,4:5,high,3,2,1\n"


@pytest.mark.parametrize(
    ("options", "own"),
    [
        ("--campaign lines.csv", {"tblCampaign": 1, "tblActuals": 0}),
        ("--actuals bills.csv", {"tblCampaign": 0, "tblActuals": 1}),
        ("--blank", {"tblCampaign": 0, "tblActuals": 0}),
        ("--blank --campaign lines.csv", {"tblCampaign": 1, "tblActuals": 0}),
    ],
)
def test_no_examples_stand_beside_rows_of_ones_own(options: str, own: dict[str, int]) -> None:
    Path("lines.csv").write_text(_LINES, encoding="utf-8")
    Path("bills.csv").write_text(_BILLS, encoding="utf-8")
    run(f"template budget.xlsx {options}")
    book = load_workbook("budget.xlsx", data_only=True)
    for name, sheet in (("tblCampaign", "Campaign"), ("tblActuals", "Actuals")):
        held = book[sheet].tables[name]
        at = [column.name for column in held.tableColumns].index("kind")
        found = [row[at].value for row in book[sheet][held.ref][1:]]
        assert (found.count(1), found.count(2)) == (own[name], 0)
