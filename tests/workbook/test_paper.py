"""Every sheet on paper: readable, nothing cut, few pages."""

import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import paper
import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from hosts.programs import require
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from templates import built_in

from workbook_templates.book.theme import GREY

LEAST_PT, MOST_PAGES = 7, 16
EMU_PER_PT = 12_700
FILES = [("en", True), *many([], [("en", False), ("zh-CN", False)]), ("zh-CN", True)]


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def book(request: pytest.FixtureRequest) -> Workbook:
    """Return the workbook with macros in a language, with what its cells show."""
    return load_workbook(BytesIO(built_in(request.param, macros=True).data), data_only=True)


def is_field_name(cell: Cell) -> bool:
    """Say whether a cell is a field's name in a table, which nobody has to read."""
    return cell.font.color is not None and cell.font.color.rgb == f"00{GREY}"


def sheets_and_cells(book: Workbook) -> Iterator[tuple[Worksheet, Cell]]:
    """Yield what is printed and read."""
    for sheet in book.worksheets:
        yield from ((sheet, cell) for cell in paper.printed(sheet) if not is_field_name(cell))


@pytest.mark.parametrize("size", paper.PAPERS)
def test_every_text_is_large_enough_to_read(book: Workbook, size: str) -> None:
    scales = {sheet.title: paper.scale(sheet, size) for sheet in book.worksheets}
    small = {
        f"{sheet.title}!{cell.coordinate}: {cell.font.sz * scales[sheet.title]:.1f}"
        for sheet, cell in sheets_and_cells(book)
        if cell.font.sz * scales[sheet.title] < LEAST_PT
    }
    assert small == set()


def test_no_text_runs_over_the_next_one_or_the_edge(book: Workbook) -> None:
    ends = {sheet.title: paper.areas(sheet) for sheet in book.worksheets}
    over = [
        f"{sheet.title}!{cell.coordinate} by {by:.0f}: {cell.value}"
        for sheet, cell in sheets_and_cells(book)
        if isinstance(cell.value, str) and not cell.alignment.wrap_text
        if cell.protection.locked  # what is typed may be any words
        if cell.alignment.horizontal in {None, "left", "general"}
        if (by := paper.runs_over(sheet, cell, max(area.right for area in ends[sheet.title]))) > 0
    ]
    assert over == []


def test_charts_stay_inside_what_is_printed(book: Workbook) -> None:
    charts = [(sheet, chart) for sheet in book.worksheets for chart in sheet._charts]
    assert len(charts) >= 5
    for sheet, chart in charts:
        start, extent = chart.anchor._from, chart.anchor.ext
        inside = [
            area
            for area in paper.areas(sheet)
            if paper.width(sheet, start.col + 1, area.right) >= extent.width / EMU_PER_PT
            and paper.height(sheet, start.row + 1, area.bottom) >= extent.height / EMU_PER_PT
        ]
        assert inside, sheet.title


@pytest.mark.parametrize(("lang", "macros"), FILES)
def test_the_whole_book_is_few_pages_and_no_figure_is_too_wide(
    libreoffice: LibreOffice, lang: str, macros: bool, tmp_path: Path
) -> None:
    path, pdf = tmp_path / ("book.xlsm" if macros else "book.xlsx"), tmp_path / "book.pdf"
    path.write_bytes(built_in(lang, macros=macros).data)
    libreoffice.open(path)
    libreoffice.render(pdf)
    pages = text_of(pdf).split("\f")[:-1]
    assert len(pages) <= MOST_PAGES
    assert [number for number, page in enumerate(pages, 1) if not page.strip()] == []
    assert [number for number, page in enumerate(pages, 1) if "###" in page] == []


def text_of(pdf: Path) -> str:
    """Return the text of a PDF file, a form feed after each page."""
    command = [require("pdftotext"), "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
