"""The Help sheet: a way through the workbook, and the cell functions with examples and values."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbook_templates.book import blocks, theme
from workbook_templates.book.page import Book, Page
from workbook_templates.sheets import first_budget
from workbook_templates.sheets import guide as sheets
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import ARGUMENTS, FUNCTIONS

LEGEND = (
    (theme.INPUT, "Blue on yellow: you type here."),
    (theme.COMPUTED, "Boxed: computed; locked where the sheet has no growing table."),
    (theme.RESULT, "Bold: a step's result."),
)
ERRORS = (
    ("#VALUE!", "a word is unknown, or a value cannot be read"),
    ("#NUM!", "a number is out of range, such as an illegal size"),
    ("#N/A", "nothing is known: no rate on that day, no published formula, or auto"),
)


def write(book: Book, *, guide: bool = True) -> None:
    """Write the sheet, with a ``guide`` to the other sheets where there are any.

    Examples are text, their values computed by the core.
    """
    page = book.page("Help", (1.5, 64, 40, 14, 64, 1.5))
    says = "This workbook computes with plain formulas and needs no add-in."
    blocks.head(page, "F", "Help", says)
    row = first_budget.write(page, 4, linked=guide)
    last_of_guide = row = _guide(page, row) if guide else row
    row = _functions(page, row + 1)
    arguments = tuple(ARGUMENTS.items())
    row = _explain(page, row + 1, "Arguments; any of them may be a range", arguments)
    row = _errors(page, row + 1)
    # The functions are looked up on the screen, Excel tells their arguments too.
    page.print_setup(f"A1:F{last_of_guide if guide else row}")
    page.protect()


def _guide(page: Page, row: int) -> int:
    """Say what each sheet answers, and what the colours mean."""
    rows = [(page.words(sheet.title), sheet.answers) for sheet in sheets.entries(page.book)]
    row = _explain(page, row, "What each sheet answers", rows) + 1
    page.say(f"B{row}", "Colours", theme.SECTION)
    for at, (look, meaning) in enumerate(LEGEND, start=row + 1):
        sample = 120 if look.unlocked else 180
        page.put(f"B{at}", sample, replace(look, unlocked=False))
        page.say(f"C{at}", meaning, theme.LABEL)
    return row + len(LEGEND) + 1


def _explain(page: Page, row: int, title: str, rows: Sequence[tuple[str, str]]) -> int:
    """Write a title, and below it names with what they mean; return the next row."""
    page.say(f"B{row}", title, theme.SECTION)
    for at, (name, meaning) in enumerate(rows, start=row + 1):
        page.fill(f"B{at}:E{at}", theme.CELL)
        page.put(f"B{at}", name, theme.CODE)
        page.say(f"C{at}", meaning, theme.CELL)
    return row + 1 + len(rows)


def _functions(page: Page, row: int) -> int:
    title = "Cell functions, with the xl_pricing package and xlwings installed"
    page.say(f"B{row}", title, theme.SECTION)
    heads = ("Function", "Example", "Its value", "Answer")
    blocks.headers(page, row + 1, "BCDE", heads, theme.HEADER_LEFT)
    for at, function in enumerate(FUNCTIONS.values(), start=row + 2):
        page.put(f"B{at}", function.signature, theme.CODE)
        page.put(f"C{at}", function.formula, theme.WRAPPED_CELL)
        value = _shown(answer(function, function.example))
        fraction = isinstance(value, float) and not value.is_integer()
        style = replace(theme.VALUE, number="0.00000") if fraction else theme.VALUE
        page.put(f"D{at}", value, style)
        page.say(f"E{at}", function.doc, theme.WRAPPED_CELL)
        page.heights({at: 27})
    return row + 2 + len(FUNCTIONS)


def _shown(value: Any) -> Any:  # noqa: ANN401 - a cell's value
    """Return the value of an example; of a table the total."""
    return next(row[4] for row in value if row[0] == "total") if isinstance(value, list) else value


def _errors(page: Page, row: int) -> int:
    page.say(f"B{row}", "Errors are errors, never text and never 0", theme.SECTION)
    for at, (name, meaning) in enumerate(ERRORS, start=row + 1):
        page.put(f"B{at}", name, theme.CODE)
        page.say(f"C{at}", meaning, theme.CELL)
    return row + len(ERRORS)
