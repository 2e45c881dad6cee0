"""The Bill: what files say was used and billed, and why the two differ; only where there are files.

Its figures are formulas over the table below, priced by the rates of this workbook.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Card, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas.conditions import compared, first_of
from workbook_templates.formulas.sentence import fixed, sentence
from workbook_templates.sheets.bill import equation, evidence, lines, plan, waterfall
from workbook_templates.sheets.bill.content import BillContent
from workbook_templates.sheets.bill.equation import name_of
from workbook_templates.sheets.bill.lines import TABLE
from workbook_templates.sheets.bill.waterfall import EXACT, dollars
from xl_pricing.bills.parts import IN_DOUBT, Part

TITLE = "Bill"
NOT_TOLD = "No file tells what was billed: give the costs or the invoice too."
_SAYS = "What your files say was used and billed, by the rates of this workbook, and why."
_GROUPED = {
    "week": "The days are grouped by week: more would not fit.",
    "month": "The days are grouped by month: more would not fit.",
}
_LARGE = replace(theme.CARD_MONEY, size=16)


def write(book: Book, content: BillContent, without_day: date) -> None:
    """Write the sheet; lines without a day are priced on ``without_day``."""
    page = book.page(TITLE, tables.widths(lines.COLUMNS, 12))
    last_column = page.at(1, len(lines.COLUMNS) + 2).rstrip("1")
    blocks.head(page, last_column, TITLE, _SAYS, {4: 20, 5: 36, 6: 20, 7: 14})
    blocks.write_cards(page, ("B4:L6",), _cards(content))
    _sums(page, content)
    row = equation.TOP
    if content.billed is not None:
        row = _ways(page, content)
        page.mark("J5", 'LEFT(J5,1)<>"✔"', theme.RED)
    row = evidence.write(page, content, row)
    blocks.title(page, f"B{row}:{lines.LAST_READ}{row}", "Line by line")
    if content.period in _GROUPED:
        page.say(f"B{row + 1}", _GROUPED[content.period], theme.NOTE)
    held = lines.rows(content.lines, book.words, without_day)
    printed = lines.write(page, row + 2, held)
    page.flag_errors(f"B4:L{row}")
    page.print_setup(f"A1:{lines.LAST_READ}{row - 1}", printed, title_rows=f"{row + 2}:{row + 2}")


def _ways(page: Page, content: BillContent) -> int:
    """Write the way from usage to bill, that from the plan, and a picture; return the next row."""
    last = equation.write(page, content)
    rows, says = (equation.TOP + 2, last), equation.SAYS
    if content.plan:
        top = last + 3
        last = plan.write(page, top, content.plan, content.parts)
        rows, says = (top + 2, last), plan.SAYS
    return waterfall.draw(page, rows, last + 3, says)


def _sums(page: Page, content: BillContent) -> None:
    """Write the two sides right of what is printed, where no column is too narrow for them."""
    look = replace(theme.COMPUTED, number=EXACT)
    page.say("N3", "Sums in USD", theme.STRONG)
    page.put("N4", _beside(content), look)
    page.say("O4", "billed in no line of the table", theme.NOTE)
    blocks.put(page, "N5", Figure("bill_usage", "", f"SUM({TABLE}[usage_usd])", look=look))
    page.say("O5", "Used, at the rates in force", theme.NOTE)
    if content.billed is not None:
        blocks.put(page, "N6", Figure("bill_billed", "", f"SUM({TABLE}[billed])+N4", look=look))
        page.say("O6", "Billed", theme.NOTE)
        difference = compared("bill_billed-bill_usage")
        blocks.put(page, "N7", Figure("bill_difference", "", difference, look=look))
        page.say("O7", "Difference", theme.NOTE)


def _cards(content: BillContent) -> tuple[Card, ...]:
    """Return the answers; their figures are texts, which are never too wide for a column."""
    left = sum(each.rows for each in content.not_priced)
    priced = sentence("Rows priced: {priced}; not priced: {left}",
                      priced=fixed(f"{content.priced}", 0), left=fixed(f"{left}", 0))  # fmt: skip
    used = Card(
        "B", "Used, at the rates in force", "bill_usage_says", dollars("bill_usage"),
        replace(_LARGE, size=20), Figure("bill_priced", "", priced, look=theme.CARD_NOTE),
    )  # fmt: skip
    if content.billed is None:
        return (used, Card("G", "Billed", "bill_untold", f'"«{NOT_TOLD}»"', theme.CARD_NOTE))
    return (
        used,
        Card("D", "Billed", "bill_billed_says", dollars("bill_billed"), _LARGE),
        Card("G", "Difference", "bill_difference_says", dollars("bill_difference", signed=True),
             _LARGE),
        Card("J", "What it comes to", "bill_status", _status(content),
             replace(theme.CARD_NOTE, size=11, bold=True, color=theme.TEAL)),
    )  # fmt: skip


def _beside(content: BillContent) -> float:
    """Return what is billed beside the lines."""
    told = Fraction(0) if content.billed is None else content.billed
    return float(told - sum((line.billed for line in content.lines), Fraction(0)))


def _status(content: BillContent) -> str:
    """Return what to think of it; the first that holds."""
    places = {part.part: name_of(i) for i, part in enumerate(content.parts)}
    open_, doubts = places[Part.UNEXPLAINED], [places[p] for p in IN_DOUBT if p in places]
    unsure = "+".join([f"{int(content.in_doubt)}", *(f"ABS({name})" for name in doubts)])
    missing = sum(left.rows for left in content.not_priced)
    return first_of(
        [
            (f"ABS({open_})>0",
             sentence("✘ {usd} USD unexplained", usd=fixed(open_, 4))),
            (f"{unsure}>0", sentence("▲ it does not agree: see the parts below")),
            (f"{missing}>0", sentence("▲ {rows} rows are not priced", rows=fixed(f"{missing}", 0))),
            ("bill_difference=0", sentence("✔ agrees to the token")),
        ],
        sentence("✔ explained to the token"),
    )  # fmt: skip
