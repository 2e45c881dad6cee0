"""template --from carries an older workbook over, and says what it could not."""

from pathlib import Path

import pytest
from command_line import answer, assert_one_sentence, run, table
from openpyxl import load_workbook

from workbook_templates.build import build
from workbook_templates.carry_over.cells import Held
from workbook_templates.carry_over.old_workbook import read_workbook

RELEASE = Path(__file__).parents[1] / "cases" / "workbooks" / "0.1.0-en.xlsx"
ROW = {"use_case": "Shop", "size": "1:1", "quality": "low", "model": "gpt-image-2", "finals": 4,
       "retries": 1, "tier": "standard", "buffer": 0.1}  # fmt: skip
LINES = "size,quality,finals\n4:5,high,12\n4:5,high,13\n"


def write_old(lang: str = "en") -> None:
    built = build(lang, inputs={"finals": 31}, rows={"tblCampaign": [ROW], "tblActuals": [{}]})
    Path("old.xlsx").write_bytes(built.data)


def cell(path: str, name: str) -> Held:
    return read_workbook(Path(path), {}).cells[name].held


def test_an_old_workbook_becomes_a_new_one_in_its_own_language() -> None:
    write_old("zh-CN")
    before = Path("old.xlsx").read_bytes()
    told = answer("template new.xlsx --from old.xlsx")
    assert (told["lang"], told["carried"]["rows"]) == ("zh-CN", {"tblCampaign": 1})
    assert told["carried"]["file"] == "old.xlsx"
    assert told["carried"]["cells"] > 20
    assert cell("new.xlsx", "finals").value == 31
    assert Path("old.xlsx").read_bytes() == before


def test_the_terminal_says_how_much_came_over_and_what_did_not() -> None:
    _, _, carried, *lines = table(f"template new.xlsx --from {RELEASE}")
    assert carried == "Carried over from 0.1.0-en.xlsx: cells 26."
    assert "  Campaign, tblCampaign: 12 example rows, not carried over" in lines
    assert lines[-1].startswith("Open it")


def test_the_language_may_be_another() -> None:
    write_old("zh-CN")
    assert answer("template new.xlsm --from old.xlsx --lang en")["lang"] == "en"
    assert load_workbook("new.xlsm").sheetnames[0] == "Summary"


def test_a_csv_file_wins_for_its_table_and_that_is_told() -> None:
    write_old()
    Path("lines.csv").write_text(LINES, encoding="utf-8")
    told = answer("template new.xlsx --from old.xlsx --campaign lines.csv")
    assert told["tables"][0]["rows"] == 2
    assert told["carried"]["rows"] == {}
    (note,) = told["carried"]["notes"]
    assert note == (
        "tblCampaign: not carried over, for the CSV file has the rows; lines of the campaign: 1"
    )


def test_each_cell_that_is_wrong_today_is_told_with_its_reason() -> None:
    rows = {"tblCampaign": [ROW, {**ROW, "size": "1000x1000", "finals": "1,5"}], "tblActuals": [{}]}
    typed = {"ratio": "7:5", "buffer": "20 %", "model": "gpt-image-9"}
    Path("old.xlsx").write_bytes(build("en", inputs=typed, rows=rows).data)
    told = answer("template new.xlsx --from old.xlsx")["carried"]["notes"]
    at = [note.split(" ")[0].rstrip(":") for note in told]

    assert told[:3] == [
        "Worksheet!C9 model 'gpt-image-9': unknown: such as gpt-image-2",
        "Worksheet!C11 ratio '7:5': not in the list: 4:3 is nearest",
        "Worksheet!C25 buffer '20 %': text, not a number: type 20%, without ' or spaces",
    ]
    assert "1008x1008" in told[3]
    assert "finals '1,5'" in told[4]
    assert at[3:] == ["Campaign!C25", "Campaign!F25"]


def test_what_was_right_and_is_no_more_is_told_with_the_cell_it_turns_red() -> None:
    write_old()
    book = load_workbook("old.xlsx")
    book["Worksheet"]["C9"] = "gpt-image-0"
    book.save("old.xlsx")
    (note,) = answer("template new.xlsx --from old.xlsx --lang zh-CN")["carried"]["notes"]

    assert note.startswith("估算表!C9 model 'gpt-image-0': ")
    assert "gpt-image" in note.partition(": ")[2]


def test_in_place_only_when_told() -> None:
    write_old()
    refused = run("template old.xlsx --from old.xlsx")
    assert_one_sentence(refused, "path 'old.xlsx' exists; accepted: another name, or --force")
    assert answer("template old.xlsx --from old.xlsx --force")["carried"]["cells"] > 20
    assert cell("old.xlsx", "finals").value == 31


@pytest.mark.parametrize("name", ["missing.xlsx", "lines.csv", "."])
def test_what_is_no_workbook_leaves_nothing_behind(name: str) -> None:
    Path("lines.csv").write_text(LINES, encoding="utf-8")
    assert_one_sentence(run(f"template new.xlsx --from {name}"), "accepted: a")
    assert not Path("new.xlsx").exists()
