"""The Rates sheet: rates, models, sizes, plans and rules as Excel tables, each row sourced."""

from dataclasses import replace
from datetime import date

from openpyxl.utils import get_column_letter

from workbook_templates.book import blocks
from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Book, Page
from workbook_templates.book.tables import write_table
from workbook_templates.book.theme import DATE, NOTE, SECTION, WARNING
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.rates import in_force, tariffs
from workbook_templates.sheets.rates.tables import tables
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today

MADE_ON = "written_on"
"""The name of the cell for the day of the prices in the workbook as it was written."""
CARD_NOTE = "card_note"
"""The name of the cell for what is wrong with the card of the machine that refreshed."""
TITLE_ROW, CAPTION_ROW, FIRST_ROW = 5, 6, 8


def write(book: Book, card: RateCard) -> None:
    """Write the sheet: the tables beside each other, a blank column between them."""
    parts = tables(card, book.words)
    widths = [2.0]
    for part in parts:
        widths += [*map(_width, part.columns), 3]
    widths += [*map(_width, in_force.COLUMNS), 3, *map(_width, tariffs.COLUMNS)]
    page = book.page("Rates", widths)
    _head(page, len(widths), card.as_of(today()))
    left = 2
    for part in parts:
        page.say(page.at(TITLE_ROW, left), part.title, SECTION)
        own = book.typed.get(part.name, ())
        write_table(page, part.name, (CAPTION_ROW, left), part.columns, [*part.rows, *own])
        if part.name == "tblRules":
            for row, rule in enumerate(RULES, start=FIRST_ROW):
                page.define(rule.name, page.at(row, left + 1))
        left += len(part.columns) + 1
    last_column = in_force.write(page, TITLE_ROW, left)
    tariffs.write(page, TITLE_ROW, last_column + 2)
    page.sheet.freeze_panes = page.at(FIRST_ROW, 1)
    last_row = FIRST_ROW + in_force.MODELS - 1
    area = f"{page.at(TITLE_ROW, left)}:{page.at(last_row, last_column - in_force.PERIODS)}"
    page.print_setup(area, title_rows=f"{TITLE_ROW}:{CAPTION_ROW}")


def _width(column: Column) -> float:
    return column.width or max(12, len(column.name) + 4)


def _head(page: Page, width: int, made_on: date) -> None:
    says = "Every figure that the worksheet computes with, and where it comes from."
    blocks.head(page, get_column_letter(width), "Rates", says)
    page.heights({CAPTION_ROW: 38})
    page.say(
        "B3",
        "A new price is a new row with a later effective_from; old rows stay, so old bills "
        "reconcile. Rows that you add below a table are used at once.",
        NOTE,
    )
    page.say("H3", "The price date began as", NOTE)
    page.put("I3", made_on, replace(NOTE, number=DATE))
    page.define(MADE_ON, "I3")
    page.put("B4", None, WARNING)
    page.define(CARD_NOTE, "B4")
