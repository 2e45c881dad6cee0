"""How the sheets look: headers that people read, and money that is called money."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from templates import built_in

from workbook_templates.book.theme import FIELD_SIZE, GREY, NAVY
from workbook_templates.book.words import Words
from workbook_templates.build import Built

COUNTS = {"成品数", "重试系数"}
"""What counts finals and generations per final, in Chinese."""


@pytest.fixture(scope="module")
def book(built: Built) -> Workbook:
    """Return the shipped workbook with what its cells show."""
    return load_workbook(BytesIO(built.data), data_only=True)


def headers(book: Workbook) -> Iterator[tuple[str, int, int, int]]:
    """Yield sheet, row of field names, first and last column of each table."""
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            left, row, right, _last = range_boundaries(table.ref)
            yield sheet.title, int(row or 0), int(left or 0), int(right or 0)


def test_captions_are_the_dark_row_and_field_names_are_small_below_it(book: Workbook) -> None:
    for title, row, left, right in headers(book):
        sheet = book[title]
        assert sheet.row_dimensions[row].height < 15, title
        for column in range(left, right + 1):
            caption, field = sheet.cell(row - 1, column), sheet.cell(row, column)
            assert caption.fill.fgColor.rgb == f"00{NAVY}", caption
            assert (field.font.size, field.font.color.rgb) == (FIELD_SIZE, f"00{GREY}"), field
            assert field.fill.fill_type is None, field
            assert re.fullmatch("[a-z][a-z_0-9]*", field.value), field
            assert caption.value, caption
            assert caption.value != field.value or "_" not in field.value, caption


@pytest.mark.parametrize(
    ("name", "rows"), [("finals", 1), ("measured_tokens", 1), ("tblCampaign.finals.0", 5000)]
)
def test_decimals_of_a_count_are_shown(built: Built, book: Workbook, name: str, rows: int) -> None:
    """Of 409.25 finals 409 alone would be less than what is priced."""
    sheet, place = built.inputs[name]
    [(cells, rule)] = [
        (cells.sqref, rule)
        for cells in book[sheet].conditional_formatting
        for rule in cells.rules
        if place in cells.sqref and rule.dxf and rule.dxf.numFmt
    ]
    assert rule.formula == [f"IF(ISNUMBER({place}),{place}<>INT({place}),FALSE)"]
    assert rule.dxf.numFmt.formatCode == "#,##0.0#"
    _left, first, _right, last = range_boundaries(str(cells))
    assert int(last or 0) - int(first or 0) + 1 == rows


def test_no_chinese_text_is_slanted() -> None:
    book = load_workbook(BytesIO(built_in("zh-CN").data))
    slanted = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.font.italic
    ]
    assert slanted == []


def test_figures_on_the_right_have_no_indent(book: Workbook) -> None:
    """LibreOffice forgets it for some of them, so that a column would be ragged."""
    ragged = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.alignment.horizontal == "right" and cell.alignment.indent
    ]
    assert ragged == []


def test_chinese_words_are_one_for_each_thing_and_a_finance_reader_s() -> None:
    """Financial leverage, lawful, a meal deal: what a plain dictionary would take."""
    texts = [
        f"{text}: {said}"
        for part in files("workbook_templates").joinpath("zh-CN").iterdir()
        for text, said in json.loads(part.read_text("utf-8")).items()
    ]
    assert len(texts) > 800
    assert [text for text in texts if re.search("杠杆|合法|套餐|图像|全质量", text)] == []
    halved = "[\u4e00-\u9fff] ?[(][^)]*[)]"
    assert [text for text in texts if re.search(halved, text)] == []


def test_no_text_has_two_translations() -> None:
    keys = Counter(
        text
        for part in files("workbook_templates").joinpath("zh-CN").iterdir()
        for text, _said in json.loads(part.read_text("utf-8"), object_pairs_hook=list)
    )
    assert [text for text, times in keys.items() if times > 1] == []


def test_no_money_in_chinese_is_headed_by_a_count() -> None:
    """The word for a count of finals is no caption over dollars, nor a label of their bars.

    The bars of the levers are named by their levers, and one of these is the retries.
    """
    built = built_in("zh-CN")
    book = load_workbook(BytesIO(built.data))
    assert [str(cell) for cell in money_heads(book) if cell.value in COUNTS] == []
    with ZipFile(BytesIO(built.data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "/chart" in name]
    in_money = [chart for chart in charts if 'formatCode="&quot;$' in chart]
    assert len(in_money) >= 4
    levers = Words("zh-CN")("Levers")
    labels = {
        label
        for chart in in_money
        for part, held in re.findall("<(tx|cat)>(<strRef>.*?)</(?:tx|cat)>", chart)
        for label in re.findall("<v>(.*?)</v>", held)
        if part == "tx" or f"'{levers}'!" not in held
    }
    assert len(labels) >= 15
    assert labels & COUNTS == set()


def money_heads(book: Workbook) -> Iterator[object]:
    """Yield the dark cell above each dollar figure."""
    for sheet in book.worksheets:
        for column in sheet.iter_cols():
            head = None
            for cell in column:
                if cell.fill.fgColor.rgb == f"00{NAVY}":
                    head = cell
                elif head is not None and "$" in cell.number_format:
                    yield head
