"""The comparison of workbooks sees whatever a person could see, and tells where it is."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import compare
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from workbook_facts import facts

SAME = {"A1": 1, "A2": "=A1*2", "A3": "text", "C1": "size", "C2": "4:5"}


def a_book(change: Callable[[Any], object] = str) -> bytes:
    """Return a file with some of everything, changed before it is saved."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Costs"
    for at, value in SAME.items():
        sheet[at] = value
    sheet["A3"].hyperlink = "https://example.com/a"
    rule = DataValidation(type="list", formula1='"yes,no"', sqref="A1")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("A1:A2", FormulaRule(["A1>1"], font=Font(bold=True)))
    sheet.add_table(Table(displayName="tblSizes", ref="C1:C2"))
    book.defined_names["cost"] = DefinedName("cost", attr_text="Costs!$A$1")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=2))
    sheet.add_chart(chart, "E1")
    change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the file with one part changed; a part that is not there is empty before."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        parts[part] = change(parts.get(part, b""))
        for name, content in parts.items():
            new.writestr(name, content)
    return packed.getvalue()


def found(old: bytes, new: bytes, tolerance: float = 0) -> list[str]:
    ours = compare.differences(facts(old), facts(new), tolerance)
    stamps = {"created", "modified"}  # openpyxl's, of this moment
    return [str(one) for one in ours if one.detail not in stamps]


CHANGES: dict[str, Callable[[Any], object]] = {
    "value: Costs!A1: 1 → 2": lambda sheet: setattr(sheet["A1"], "value", 2),
    "value: Costs!A3: 'text' → 'other'": lambda sheet: setattr(sheet["A3"], "value", "other"),
    "value: Costs!A1: 1 → '1'": lambda sheet: setattr(sheet["A1"], "value", "1"),
    "value: Costs!B9: (none) → TRUE": lambda sheet: setattr(sheet["B9"], "value", True),
    "formula: Costs!A2: =A1*2 → =A1*3": lambda sheet: setattr(sheet["A2"], "value", "=A1*3"),
    "number format: Costs!A1": lambda sheet: setattr(sheet["A1"], "number_format", "0.000"),
    "font: Costs!A1": lambda sheet: setattr(sheet["A1"], "font", Font(bold=True)),
    "fill: Costs!A1": lambda sheet: setattr(sheet["A1"], "fill", PatternFill("solid", "FF00FF")),
    "border: Costs!A1": lambda sheet: setattr(
        sheet["A1"], "border", Border(left=Side(style="thin"))
    ),
    "alignment: Costs!A1": lambda sheet: setattr(sheet["A1"], "alignment", Alignment("right")),
    "protection: Costs!A1": lambda sheet: setattr(
        sheet["A1"], "protection", Protection(locked=False)
    ),
    "hyperlink: Costs!A3 id": lambda sheet: setattr(
        sheet["A3"].hyperlink, "target", "https://example.com/b"
    ),
    "row: Costs!1 ht: (none) → 40": lambda sheet: setattr(sheet.row_dimensions[1], "height", 40),
    "column: Costs!B width: (none) → 40": lambda sheet: setattr(
        sheet.column_dimensions["B"], "width", 40
    ),
    "validation: Costs!A1 formula1": lambda sheet: setattr(
        sheet.data_validations.dataValidation[0], "formula1", '"yes,no,?"'
    ),
    "conditional format: Costs!B1 1@type: (none) → expression": lambda sheet: (
        sheet.conditional_formatting.add("B1", FormulaRule(["TRUE"]))
    ),
    "name: retries: (none) → 1.5": lambda sheet: sheet.parent.defined_names.add(
        DefinedName("retries", attr_text="1.5")
    ),
    "table: tblSizes tableColumns/tableColumn@name": lambda sheet: setattr(
        sheet["C1"], "value", "Size"
    ),
    "print set-up: Costs pageSetup@orientation: (none) → landscape": lambda sheet: setattr(
        sheet.page_setup, "orientation", "landscape"
    ),
    "view: Costs sheetViews/sheetView/pane@ySplit: (none) → 1": lambda sheet: setattr(
        sheet, "freeze_panes", "A2"
    ),
    "sheet properties: Costs sheetPr/tabColor@rgb": lambda sheet: setattr(
        sheet.sheet_properties, "tabColor", "FF0000"
    ),
    "document properties: core-properties title: (none) → Costs": lambda sheet: setattr(
        sheet.parent.properties, "title", "Costs"
    ),
    "chart: Costs drawing 1 chart 1 chart/plotArea/barChart/barDir@val: col → bar": lambda sheet: (
        setattr(sheet._charts[0], "type", "bar")
    ),
    "drawing: Costs drawing 1 oneCellAnchor/from/row: 0 → 4": lambda sheet: setattr(
        sheet._charts[0], "anchor", "E5"
    ),
    "sheet: order: Costs → Costs, More": lambda sheet: sheet.parent.create_sheet("More"),
}


def test_the_same_workbook_has_no_differences() -> None:
    assert found(a_book(), a_book()) == []


@pytest.mark.parametrize("difference", CHANGES)
def test_a_change_is_told_in_one_line(difference: str) -> None:
    lines = found(a_book(), a_book(CHANGES[difference]))
    assert any(line.startswith(difference) for line in lines), lines


def test_a_style_is_known_by_its_look_not_its_number() -> None:
    def in_another_order(sheet: Any) -> None:
        sheet["Z9"].font = Font(italic=True)
        del sheet._cells[9, 26]

    assert found(a_book(), a_book(in_another_order)) == []


def test_a_cached_value_is_told_beside_its_formula() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    two, three = (
        with_part(a_book(), sheet, lambda xml, value=value: re.sub(b"<v ?/>", value, xml))
        for value in (b"<v>2</v>", b"<v>2.0000000000000004</v>")
    )
    assert found(two, three) == ["cached value: Costs!A2: 2 → 2.0000000000000004"]
    assert found(two, three, tolerance=1e-12) == []


def test_a_number_is_the_same_however_it_is_spelt() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    spelt = with_part(a_book(), sheet, lambda xml: xml.replace(b"<v>1</v>", b"<v>1.0E0</v>"))
    assert spelt != a_book()
    assert found(a_book(), spelt) == []


def test_a_part_that_is_no_xml_is_compared_by_its_bytes() -> None:
    old, new = (with_part(a_book(), "xl/stray.bin", lambda _, it=it: it) for it in (b"a", b"b"))
    (line,) = found(old, new)
    assert line.startswith("stray part: xl/stray.bin bytes: 1 bytes, SHA-256 ")


def test_the_command_fails_where_there_are_differences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(a_book())
    new.write_bytes(a_book(lambda sheet: setattr(sheet["A1"], "value", 2)))
    assert compare.main([str(old), str(old)]) == 0
    assert compare.main([str(old), str(new)]) == 1
    assert "value: Costs!A1: 1 → 2\n" in capsys.readouterr().out
