"""The Help sheet leads through the workbook: each step is a link to the cell where it is done."""

from functools import cache
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from workbook_templates.book.page import Book
from workbook_templates.book.theme import Theme
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build
from workbook_templates.sheets import help as help_sheet
from workbook_templates.sheets.first_budget import WAY

STEPS = [step for part in WAY for step in part.steps]


@cache
def workbook(lang: str) -> Workbook:
    return load_workbook(BytesIO(build(lang).data))


def links(lang: str) -> dict[str, str]:
    """Where the links of the way lead, by their text."""
    cells = [row[0] for row in workbook(lang)[Words(lang)("Help")]["C4:C22"]]
    return {cell.value: cell.hyperlink.location for cell in cells if cell.hyperlink}


def place(lang: str, name: str) -> str:
    return str(workbook(lang).defined_names[name].attr_text).replace("$", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_step_leads_to_its_cell_by_the_words_that_stand_there(lang: str) -> None:
    words, found = Words(lang), links(lang)
    called = [" · ".join(words(text) for text in (s.sheet, s.label) if text) for s in STEPS]

    assert list(found) == called
    for step, said in zip(STEPS, called, strict=True):
        if not step.name:
            assert found[said] == f"'{words(step.sheet)}'!A1"
        elif "[" not in step.name:
            assert found[said] == place(lang, step.name)


def test_the_way_goes_from_the_spec_to_the_buffer_in_the_order_of_the_worksheet() -> None:
    names = [step.name for step in WAY[0].steps if step.name]
    rows = [int(place("en", name).partition("!C")[2]) for name in names]

    assert names == ["ratio", "finals", "retries", "generations", "buffer"]
    assert rows == sorted(rows)


def test_the_step_of_actual_data_leads_to_the_first_row_of_their_table() -> None:
    sheet = workbook("en")["Actuals"]
    where = sheet[links("en")["Actuals · Date"].partition("!")[2]]

    assert sheet.cell(where.row - 1, where.column).value == "date"


def test_the_addin_has_the_way_without_links_for_it_has_no_other_sheet() -> None:
    book = Book(Workbook(), Words("en"), Theme("en"))
    help_sheet.write(book, guide=False)
    rows = book.workbook["Help"]["A4:F22"]

    assert f"1.  {STEPS[0].says}" in [row[1].value for row in rows]
    assert not [cell for row in rows for cell in row if cell.hyperlink]
