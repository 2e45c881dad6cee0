"""The sheets in order with what each is for: the contents, the tabs' colours, the links back."""

from dataclasses import replace
from typing import Literal, NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page

FIRST = "Summary"
"""The sheet that holds the contents."""
TOP, LEFT = 3, 12
"""The first row and column of the contents: right of what is printed."""
WIDTHS = (1.5, 15, 66)
"""Of the colour, the name and the answer, in characters."""


class Entry(NamedTuple):
    """A sheet: its title, what it is for, and what it answers."""

    title: str
    kind: Literal["input", "calculation", "reference"]
    answers: str


ENTRIES = (
    Entry(FIRST, "calculation",
          "One page to print and send: the budget, what it assumes, how sure it is."),
    Entry("Worksheet", "input",
          "One job in five steps: what it costs in USD, your currency and credits."),
    Entry("Campaign", "input",
          "Many jobs, one line each: budget, cap, and what each use case takes."),
    Entry("Stages", "input",
          "Explore with cheap drafts, then finish: what that saves, and when it does not."),
    Entry("Levers", "calculation",
          "What would make the job cheaper, and what it would cost in quality or time."),
    Entry("Sizes", "input",
          "Where the image goes: what to generate, what it costs, what to crop or scale."),
    Entry("Plans", "calculation",
          "The same job by official tokens, in credits of each plan, and per image."),
    Entry("Risk", "calculation", "How big a buffer must be for how sure you want to be."),
    Entry("Actuals", "input",
          "What really happened: measured retries and cost, and why the bill differs."),
    Entry("Bill", "calculation",
          "What your files say was used and billed, line by line, and why it differs."),
    Entry("Rates", "reference",
          "Every figure that the formulas use, with its source and the day it was checked."),
    Entry("Checks", "reference", "Every rule with its result, and the rows to fix."),
    Entry("Help", "reference",
          "Two minutes to a first budget, what each sheet answers, and the cell functions."),
)  # fmt: skip
ONLY_FROM_FILES = "Bill"
"""A sheet that is there only in a workbook that was made from files of a bill."""
KINDS = {
    "input": "Yellow tab: you type here.",
    "calculation": "Green tab: computed from what you typed.",
    "reference": "Grey tab: to look something up.",
}


def entries(book: Book) -> list[Entry]:
    """Return the sheets that a book has."""
    return [e for e in ENTRIES if e.title != ONLY_FROM_FILES or book.typed.get("bill")]


def start_of(book: Book, title: str) -> str:
    """Return where a link to a sheet leads."""
    return f"'{book.words(title)}'!A1"


def write_contents(page: Page) -> None:
    """Write a line a sheet with its tab's colour, and what the colours mean."""
    page.fill(f"{page.at(TOP, LEFT)}:{page.at(TOP, LEFT + 2)}", theme.STEP)
    page.say(page.at(TOP, LEFT + 1), "Contents: click a name", theme.STEP)
    shown = entries(page.book)
    for row, entry in enumerate(shown, start=TOP + 1):
        _colour(page, row, entry.kind)
        at = page.at(row, LEFT + 1)
        page.say(at, entry.title, replace(theme.LINK, color=theme.NAVY, bold=True))
        page.link(at, start_of(page.book, entry.title))
        page.say(page.at(row, LEFT + 2), entry.answers, theme.NOTE)
    for row, (kind, meaning) in enumerate(KINDS.items(), start=TOP + len(shown) + 2):
        _colour(page, row, kind)
        page.say(page.at(row, LEFT + 1), meaning, theme.NOTE)


def _colour(page: Page, row: int, kind: str) -> None:
    page.put(page.at(row, LEFT), None, theme.Style(fill=theme.TABS[kind]))


def connect(book: Book) -> None:
    """Colour the tabs, and let the corner of every other sheet lead back to the contents."""
    kinds = {book.words(entry.title): entry.kind for entry in ENTRIES}
    back = f"'{book.words(FIRST)}'!{Page.at(TOP, LEFT + 1)}"
    for sheet in book.workbook.worksheets:
        sheet.sheet_properties.tabColor = theme.TABS[kinds.get(sheet.title, "reference")]
        if sheet.title != book.words(FIRST):
            page = Page(book, sheet)
            page.put("A1", "←", theme.BACK)
            page.link("A1", back)
