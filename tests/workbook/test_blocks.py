"""How a line of named cells, captions and looks under a condition are written on a page."""

import pytest
from openpyxl import Workbook

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Theme
from workbook_templates.book.words import Words

COLUMNS = (
    Column("finals", "Finals"),
    Column("cost", "Cost", "[@finals]*C[#row]"),
    Column("buffer", ""),
)


@pytest.fixture
def page() -> Page:
    return Book(Workbook(), Words("en"), Theme("en")).page("Plans", ())


def test_a_lines_formulas_find_its_own_cells_by_name(page: Page) -> None:
    blocks.write_line(page, (7, 2), COLUMNS, "job_{}_3", {"finals": 12})
    assert page.sheet["B7"].value == 12
    assert page.sheet["C7"].value == "=job_finals_3*C7"
    assert page.book.workbook.defined_names["job_cost_3"].attr_text == "'Plans'!$C$7"


def test_a_cell_of_a_line_without_a_formula_repeats_the_one_of_its_name(page: Page) -> None:
    blocks.write_line(page, (7, 2), COLUMNS, "job_{}_3")
    assert page.sheet["B7"].value == "=job_finals_3"
    assert page.sheet["D7"].value == "=job_buffer_3"


def test_a_line_may_hold_figures_of_other_names(page: Page) -> None:
    held = {"finals": Figure("all_finals"), "buffer": Figure("no_buffer", "", "0")}
    blocks.write_line(page, (7, 2), COLUMNS, "job_{}_3", held)
    assert page.sheet["B7"].value == "=all_finals"
    assert page.sheet["D7"].value == "=0"
    assert "no_buffer" in page.book.workbook.defined_names


def test_a_column_without_a_caption_is_called_as_its_field(page: Page) -> None:
    blocks.captions(page, "B6", COLUMNS)
    assert [cell.value for cell in page.sheet["B6:D6"][0]] == ["Finals", "Cost", "buffer"]


def test_values_stand_one_below_the_other(page: Page) -> None:
    blocks.write_values(page, "AA3", ("=1", 2), theme.CELL)
    assert [page.sheet[f"AA{row}"].value for row in (3, 4)] == ["=1", 2]
    assert page.sheet["AA3"].data_type == "s"


def test_a_marked_cell_keeps_the_looks_that_are_not_named(page: Page) -> None:
    page.mark("B2:C9", "$B2=1", theme.TEAL)
    ((cells, (rule,)),) = page.sheet.conditional_formatting._cf_rules.items()
    assert str(cells.sqref) == "B2:C9"
    assert rule.formula == ["$B2=1"]
    assert rule.dxf.font.color.rgb == f"00{theme.TEAL}"
    assert rule.dxf.fill is None
    assert rule.dxf.border is None
