"""Rows from a CSV file: what is read by which convention, what is refused with row and column."""

import os
from datetime import date
from pathlib import Path

import pytest

from workbook_templates import csv_rows
from workbook_templates.csv_rows import Row, Shape, read_rows
from workbook_templates.csv_shapes import CAMPAIGN
from xl_pricing.errors import InvalidValueError

LINES = Shape(
    ("use_case", "size", "quality", "model", "finals", "retries", "buffer", "tier"),
    required=("finals",),
    captions={"use case": "use_case", "用途": "use_case", "成品数": "finals"},
    defaults={"tier": "standard", "retries": 1.0},
)
BILLS = Shape(("date", "model", "size", "generations", "billed", "note"))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "lines.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(folder: Path, text: str, shape: Shape = BILLS) -> list[Row]:
    return read_rows(written(folder, text), shape).rows


def refusal(folder: Path, text: str, shape: Shape = BILLS) -> str:
    with pytest.raises(InvalidValueError) as caught:
        rows(folder, text, shape)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_fields_stand_in_any_order_with_any_usual_delimiter_and_encoding(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    text = "finals,size,用途,buffer\r\n120,4:5,Läden,20%\r\n,,,\r\n".replace(",", delimiter)
    assert read_rows(written(tmp_path, text, encoding), LINES).rows == [
        {
            "tier": "standard",
            "retries": 1,
            "finals": 120,
            "size": "4:5",
            "use_case": "Läden",
            "buffer": 0.2,
        }
    ]


def test_text_stays_text_whatever_it_starts_with_or_looks_like(tmp_path: Path) -> None:
    text = 'use_case,size,finals,quality\n"=1+1, ""a""\nb",1024,many,229\n'
    (row,) = rows(tmp_path, text, LINES)
    assert (row["use_case"], row["size"]) == ('=1+1, "a"\nb', "1024")
    assert (row["finals"], row["quality"]) == ("many", 229)


@pytest.mark.parametrize(
    ("text", "finals"),
    [
        ("finals;buffer\n1.000;0,2\n", 1000),
        ("finals;buffer\n1.000;0.2\n", 1),
        ("finals;buffer\n1.234.567;0\n", 1_234_567),
        ('finals,buffer\n"1,000",0.2\n', 1000),
        ("finals,buffer\n1.000,0.2\n", 1),
        ("finals;buffer\n1,5;0,2\n", 1.5),
        ('finals,buffer\n"1,5",0\n', 1.5),
        ("finals;buffer\n1'250;0\n", 1250),
        ("finals\tbuffer\n1\u202f250\t0\n", 1250),
        ("finals;buffer\n20260501;0\n", 20_260_501),
    ],
)
def test_a_figure_is_read_as_the_file_proves(tmp_path: Path, text: str, finals: float) -> None:
    assert rows(tmp_path, text, LINES)[0]["finals"] == finals


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("finals;buffer\n1.000;0\n", "row 2, finals: '1.000' can be read as 1 or 1000"),
        ("finals\tbuffer\n1,000\t0\n", "row 2, finals: '1,000' can be read as 1000 or 1"),
        ("finals;buffer\n5;0\n1.030;1,5\n2.5;0\n", "row 3, finals: '1.030' can be read as 1.03 or"),
        ("finals;buffer\n1e308;0\n", "row 2, finals: '1e308' is over 1,000,000,000,000"),
        ("finals\n1\n2,3\n", "row 3 has 2 cells, the first row has 1"),
        ("finals,use_case\n1,a\n2,b\x01c\n", "row 3, use_case: a control character"),
        ("finals,use_case\n1,a\uffff\n", "row 2, use_case: a control character"),
        ("finals,use_case\n1," + "x" * 32_768 + "\n", "row 2, use_case: 32,768 characters"),
    ],
)
def test_what_can_be_read_in_two_ways_or_fits_no_sheet_is_refused_by_row_and_column(
    tmp_path: Path, text: str, says: str
) -> None:
    assert says in refusal(tmp_path, text, LINES)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, "finals;buffer\n1.000;2.000\n" + "3.000;0\n" * 9, LINES)
    assert "row 2, finals: " in said
    assert "row 2, buffer: '2.000' can be read as 2 or 2000" in said
    assert "and 3 more" in said


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-02", [date(2026, 11, 2)]),
        ("20261102", [date(2026, 11, 2)]),
        ("02.11.2026", [date(2026, 11, 2)]),
        ("2026/11/02", [date(2026, 11, 2)]),
        ("2026-11-02T08:30:00Z", [date(2026, 11, 2)]),
        ("2026-11-02T23:30:00-05:00", [date(2026, 11, 3)]),
        ("2026-11-02 08:30", [date(2026, 11, 2)]),
        ("05/11/2026\n25/11/2026", [date(2026, 11, 5), date(2026, 11, 25)]),
        ("05/11/2026\n05/25/2026", [date(2026, 5, 11), date(2026, 5, 25)]),
        ("11/11/2026", [date(2026, 11, 11)]),
        ("46328", [46328.0]),
        ("soon", ["soon"]),
        ("2 Nov 2026", [date(2026, 11, 2)]),
        ("02-Nov-26", [date(2026, 11, 2)]),
        ('"Nov 2, 2026"', [date(2026, 11, 2)]),
        ("2026年11月2日", [date(2026, 11, 2)]),
        ("31/12/2025", [date(2025, 12, 31)]),
        ("2026/11/02 08:30:00", [date(2026, 11, 2)]),
    ],
)
def test_a_day_is_read_as_the_column_proves(tmp_path: Path, text: str, days: list[object]) -> None:
    assert [row["date"] for row in rows(tmp_path, f"date\n{text}\n")] == days


@pytest.mark.parametrize("text", ["05/11/2026", "05/11/2026\n25/11/2026\n11/25/2026"])
def test_a_day_that_can_be_another_is_refused_with_both(tmp_path: Path, text: str) -> None:
    said = "row 2, date: '05/11/2026' can be read as 2026-11-05 or 2026-05-11"
    assert said in refusal(tmp_path, f"date\n{text}\n")


def test_a_day_with_points_proves_nothing_of_one_with_slashes(tmp_path: Path) -> None:
    said = "row 3, date: '11/02/2026' can be read as 2026-02-11 or 2026-11-02"
    assert said in refusal(tmp_path, "date\n02.11.2026\n11/02/2026\n")
    proven = [row["date"] for row in rows(tmp_path, "date\n25.11.2026\n11/02/2026\n")]
    assert proven == [date(2026, 11, 25), date(2026, 2, 11)]
    short = [row["date"] for row in rows(tmp_path, "date\n02.11.26\n03.11.2026\n")]
    assert short == [date(2026, 11, 2), date(2026, 11, 3)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('size;finals\n4:5;1\n"Tile "large";1\n', 3),
        ('sep=;\nsize;finals\n"4:5\nor so";1\n"Tiles;1\n1:1;1\n', 5),
    ],
)
def test_a_quote_that_does_not_close_is_told_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    assert f"is no CSV file from line {line} on" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("head", "meant"), [("Number of  images", "finals"), ("尺寸", "size"), ("Größe", "size")]
)
def test_what_people_write_above_a_column_is_asked_about(
    tmp_path: Path, head: str, meant: str
) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(f"quality,{head}\nhigh,5\n", encoding="utf-8")
    (note,) = (each for each in read_rows(path, CAMPAIGN.shape).notes if "not read" in each)
    assert f"did you mean {meant}?" in note


def test_amounts_models_and_sizes_are_read_as_bills_write_them(tmp_path: Path) -> None:
    text = (
        "billed;model;size\n$5.80;openai/gpt-image-2;1024-x-1024\n"
        "5.80 USD;gpt-image-2-2026-04-21 image, output;4:5\n€12.30; gpt-image-2 ;auto\n"
    )
    assert [tuple(row.values()) for row in rows(tmp_path, text)] == [
        (5.8, "gpt-image-2", "1024x1024"),
        (5.8, "gpt-image-2-2026-04-21", "4:5"),
        ("€12.30", "gpt-image-2", "auto"),
    ]


def test_a_column_that_is_not_known_is_left_out_with_a_word(tmp_path: Path) -> None:
    found = read_rows(written(tmp_path, "finals,Owner,\n1,me,\n"), LINES)
    assert found.notes == [
        "lines.csv: 1 row without a tier: standard; 1 row without retries: 1.0",
        "lines.csv: not read, as no such column is known: 'Owner'",
    ]
    assert "Owner" not in found.rows[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour\nred\n", "no column that is known; accepted: use_case"),
        ("size\n4:5\n", "no column finals; accepted: use_case"),
        ("finals,成品数\n1,2\n", "the column finals twice, as 'finals' and '成品数'"),
        ("finls\n1\n", "'finls' (did you mean finals?)"),
        ("成品数量\n1\n", "'成品数量' (did you mean 成品数?)"),
        ("finals\n1,2\n", "accepted: as many cells as the first row has, text with a comma in"),
        ("finals\n", "has 0 rows"),
        ("", "no column that is known"),
        ('finals\n"1\n', "no CSV file"),
        ("finals\n" + "1\n" * 5001, "5,001 rows; accepted: 1 to 5,000"),
        ('[{"finals": 1}]', "is JSON"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(tmp_path, text, LINES)


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "SEP=;;;\n"])
def test_the_line_that_tells_excel_what_parts_the_cells_is_none(tmp_path: Path, first: str) -> None:
    (row,) = rows(tmp_path, f"{first}finals;use_case\n1;a,b,c\n", LINES)
    assert (row["finals"], row["use_case"]) == (1, "a,b,c")
    assert "row 2, finals" in refusal(tmp_path, f"{first}finals;size\n1.000;4:5\n", LINES)


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    assert len(rows(tmp_path, "\nfinals\n" + "1\n" * 5000 + "\n\n\n", LINES)) == 5000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            "finals,use_case\n1,Läden\n".encode("cp1252"),
            "line 2 is not UTF-8; .*CSV UTF-8",
        ),
        ("finals,用途\n".encode("gbk"), "line 1 is not UTF-8"),
        (b"\xff\xfef\x00i", "UTF-16|no column"),
        (b"PK\x03\x04...", "an Excel workbook"),
        (b"x" * 5_000_001, "over 5,000,000 bytes"),
    ],
)
def test_what_is_no_text_in_utf_8_is_refused_with_what_to_do(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidValueError, match=says):
        read_rows(path, LINES)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidValueError, match="accepted: a"):
            read_rows(path, LINES)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(InvalidValueError, match="no file that can be read"):
            read_rows(tmp_path / "pipe.csv", LINES)
        with pytest.raises(InvalidValueError, match="no file that can be read"):
            read_rows(Path("/dev/zero"), LINES)


def test_the_limit_of_bytes_is_one_constant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "MOST_BYTES", 3)
    assert "over 3 bytes" in refusal(tmp_path, "finals\n1\n", LINES)
