"""Rows from a CSV file: what is read, and what is refused in one sentence."""

from datetime import date
from pathlib import Path

import pytest

from workbook_templates import csv_rows
from workbook_templates.csv_rows import read_rows
from workbook_templates.sheets.actuals import sheet as actuals
from workbook_templates.sheets.campaign import lines as campaign_lines
from xl_pricing.errors import InvalidValueError

FIELDS = campaign_lines.INPUTS


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "lines.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_fields_may_stand_in_any_order_with_any_usual_delimiter(
    tmp_path: Path, delimiter: str
) -> None:
    text = "finals,size,Use_case,buffer\r\n120,4:5,Shop,20%\r\n,,,\r\n".replace(",", delimiter)
    first, blank = read_rows(written(tmp_path, text, "utf-8-sig"), FIELDS)
    assert first == {"finals": 120, "size": "4:5", "use_case": "Shop", "buffer": 0.2}
    assert set(blank.values()) == {None}


def test_text_stays_text_whatever_it_starts_with_or_looks_like(tmp_path: Path) -> None:
    text = 'use_case,size,finals,quality\n"=1+1, ""a""\nb",1024,"1,5",229\n'
    (row,) = read_rows(written(tmp_path, text), FIELDS)
    assert row == {"use_case": '=1+1, "a"\nb', "size": "1024", "finals": "1,5", "quality": 229}


def test_a_day_is_read_as_a_day(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, "date,billed\n2026-11-02,5.80\n"), actuals.TYPED)
    assert row == {"date": date(2026, 11, 2), "billed": 5.8}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("finals,colour\n1,red\n", "accepted, once each: use_case"),
        ("finals,finals\n1,2\n", "accepted, once each"),
        ("finals\n", "0 rows"),
        ("", "accepted, once each"),
        ('finals\n"1\n', "no CSV file"),
        ("finals\n" + "1\n" * 5001, "5,001 rows; accepted: 1 to 5,000"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        read_rows(written(tmp_path, text), FIELDS)


def test_a_file_that_is_missing_too_large_or_no_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidValueError, match="cannot be read"):
        read_rows(tmp_path / "none.csv", FIELDS)
    with pytest.raises(InvalidValueError, match="accepted: a CSV file in UTF-8"):
        read_rows(written(tmp_path, "finals\n\xe9", "latin-1"), FIELDS)
    monkeypatch.setattr(csv_rows, "MOST_BYTES", 3)
    with pytest.raises(InvalidValueError, match="over 3 bytes"):
        read_rows(written(tmp_path, "finals\n1\n"), FIELDS)
