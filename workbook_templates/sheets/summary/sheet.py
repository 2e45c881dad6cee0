"""The Summary: the budget on one page, made to be printed and sent; beside it the contents.

No rule of pricing is here: it repeats named cells of the other sheets, and shows no figure where
one of them has a fault.
"""

from dataclasses import replace

from openpyxl.worksheet.page import PageMargins

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure, Input
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas.constants import FIRST_BILL_DAY
from workbook_templates.sheets import guide
from workbook_templates.sheets.checks import FIRST_ROW
from workbook_templates.sheets.summary import assumptions, cases, sound, words
from workbook_templates.sheets.summary.sound import sound as if_sound

_WIDTHS = (1.2, 29.5, 11, 11, 13.5, 1.5, 21.5, 13, 11.5, 1.2, 2, *guide.WIDTHS, 3, 44, 12, 12)
_FIELD = replace(theme.INPUT, align="left", size=9.5)
_ROOM = replace(theme.INPUT, border=None, unlocked=False)
"""Where a long name runs on, right of its cell."""
_DATE = {"type": "date", "operator": "greaterThan", "formula1": f"{FIRST_BILL_DAY}"}
TITLES = {
    "B4": Input("project", None, "Project", "",
                "What the budget is for."),
    "B5": Input("owner", None, "Owner", "", "Who answers for the budget."),
    "G4": Input("version", None, "Version", "", "Which version of the budget this is."),
    "G5": Input("summary_date", None, "Date", "", "The day of this budget, such as 2026-11-23.",
                theme.DATE, _DATE),
}  # fmt: skip
"""What is typed of the title block, by the cell of its label."""
DEFAULTS = {entry.name: entry.value for entry in TITLES.values()} | cases.DEFAULTS
NOTES = cases.NOTES

_CARD = replace(theme.CARD_MONEY, size=14)
_MAIN = replace(theme.CARD_MAIN, size=24)
CARDS = {
    "B": ("Budget in USD, buffer included", Figure("summary_budget", "", if_sound("budget_usd")),
          _MAIN, ""),
    "C": ("Low to high", Figure("summary_range", "", words.RANGE), _CARD,
          "the cases below"),
    "G": ("Generations with buffer", Figure("base_generations"), replace(_CARD, number="#,##0"),
          "what the bill counts"),
    "H": ("Per final, with buffer",
          Figure("summary_per_final", "", if_sound("buffered_final")),
          replace(_CARD, size=12, number='"$"0.0000'), ""),
}  # fmt: skip
"""The answer: caption, figure, look and note, by column."""
_SURE_ROW = assumptions.LAST + 2 + len(words.LEVERS) + 2
_LAST = _SURE_ROW + len(words.SURE) + 1


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Summary", _WIDTHS)
    says = "What these images cost, what that assumes, how sure it is."
    heights = dict.fromkeys((3, 7, cases.LAST + 1), 6)
    blocks.head(page, "J", "Budget for generated images", says,
                {**heights, 8: 18, 9: 36, 10: 16, 11: 18, 12: 18})  # fmt: skip
    blocks.put(page, "I2", Figure("status", look=theme.STATUS))
    page.link("I2", f"'{page.words('Checks')}'!B{FIRST_ROW}")
    _titles(page)
    _answer(page)
    cases.write(page)
    assumptions.write(page)
    _sentences(page)
    guide.write_contents(page)
    _workings(page)
    _print(page)
    page.flag_errors(f"B4:I{_LAST}")
    page.protect()


def _titles(page: Page) -> None:
    """Write the title block: what is typed, and currency and day of the Worksheet."""
    for at, entry in TITLES.items():
        page.say(at, entry.label, theme.LABEL)
        if at[0] == "B":
            page.fill(f"D{at[1]}:E{at[1]}", _ROOM)
        value = "C" if at[0] == "B" else "H"
        blocks.write_input(page, f"{value}{at[1]}", entry, _FIELD)
    page.say("B6", "Currency", theme.LABEL)
    blocks.put(page, "C6", Figure("currency_used", look=theme.LABEL))
    page.say("G6", "Prices as of", theme.LABEL)
    blocks.put(page, "H6", Figure("price_date", look=replace(theme.LABEL, number=theme.DATE)))


def _answer(page: Page) -> None:
    """Write the answer as cards and in a sentence, and below it the campaign."""
    page.fill("B8:I10", theme.CARD_LABEL)
    for column, (caption, figure, look, note) in CARDS.items():
        page.say(f"{column}8", caption, theme.CARD_LABEL)
        blocks.put(page, f"{column}9", figure._replace(look=look))
        if note:
            page.say(f"{column}10", note, theme.CARD_NOTE)
    blocks.put(page, "B11", words.SAYS)
    blocks.put(page, "B10", words.OF_BUDGET)
    page.mark("B10", "summary_is_example=1", theme.AMBER)
    page.mark("B11", "summary_sound=0", theme.RED)
    page.formula("B12", "summary_campaign", words.CAMPAIGN, theme.STRONG)


def _sentences(page: Page) -> None:
    """Write what would make the job cheaper, and how sure the budget is."""
    row = assumptions.LAST + 1
    blocks.title(page, f"B{row + 1}:I{row + 1}", "What would make it cheaper")
    for at, figure in enumerate(words.LEVERS, start=row + 2):
        blocks.put(page, f"B{at}", figure)
    blocks.title(page, f"B{_SURE_ROW}:I{_SURE_ROW}", "How sure it is")
    for at, figure in enumerate(words.SURE, start=_SURE_ROW + 1):
        blocks.put(page, f"B{at}", figure._replace(look=theme.NOTE))
    page.say(f"B{_LAST}", words.UNKNOWN, theme.NOTE)


def _workings(page: Page) -> None:
    top, column = guide.TOP, len(_WIDTHS) - 2
    page.say(page.at(top, column), "Workings: nothing to type here", theme.SECTION)
    letters = "".join(page.at(1, column + i)[:-1] for i in range(3))
    workings = (*sound.WORKINGS, *cases.WORKINGS, assumptions.IS_EXAMPLE)
    blocks.write_entries(page, letters, top + 1, workings)


def _print(page: Page) -> None:
    """Print the page, and nothing beside it, on one sheet of paper."""
    page.print_setup(f"A1:J{_LAST}")
    sheet = page.sheet
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToHeight = 1
    sheet.print_title_rows = None
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.6, footer=0.3)
