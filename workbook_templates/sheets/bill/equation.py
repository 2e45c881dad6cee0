"""The equation of the Bill sheet: usage, the parts of the difference, the bill.

What is unexplained is what the other parts leave of the difference, so the parts always add up.
"""

from collections.abc import Iterator, Sequence

from workbook_templates.book.blocks import Figure
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import compared
from workbook_templates.sheets.bill import waterfall
from workbook_templates.sheets.bill.content import BillContent, PartOf
from workbook_templates.sheets.bill.lines import of_part
from workbook_templates.sheets.bill.meanings import MEANINGS
from workbook_templates.sheets.bill.texts import some_of
from workbook_templates.sheets.bill.waterfall import BESIDE, PART, ROOM, SUM, Step
from xl_pricing.bills.parts import Part

TOP = 9
SAYS = "Waterfall in USD: from the usage at the rates in force, part by part, to the bill"


def name_of(place: int) -> str:
    """Return the name of the cell of a part, by its place among the parts."""
    return f"bill_part_{place}"


def write(page: Page, content: BillContent) -> int:
    """Write the rows; return the last of them."""
    steps = [*_steps(page, content)]
    last = waterfall.write_steps(page, TOP, "From what was used to what was billed", steps)
    parts = "".join(f"+{name_of(i)}" for i in range(len(content.parts)))
    waterfall.adds_up(page, last + 1, "bill_adds_up", f"bill_usage{parts}-bill_billed")
    return last


def _steps(page: Page, content: BillContent) -> Iterator[Step]:
    words = page.words
    yield Step(words("Used, at the rates in force"), Figure("bill_usage", look=SUM),
               words("Tokens times the rates of their day."), is_sum=True)  # fmt: skip
    for i, part in enumerate(content.parts):
        row = TOP + 3 + i
        formula = compared(f"{of_part(f'$B{row}')}+{BESIDE}{row}")
        if part.part is Part.UNEXPLAINED:
            formula = _unexplained(content.parts)
        figure = Figure(name_of(i), "", formula, look=PART)
        where = some_of(part.about, part.places, ROOM, words)
        meaning = words.data(MEANINGS.get(part.part, ""))
        yield Step(words.data(str(part.part)), figure, meaning, where, beside=float(part.beside))
    yield Step(words("Billed"), Figure("bill_billed", look=SUM),
               words("What the files ask for."), is_sum=True)  # fmt: skip


def _unexplained(parts: Sequence[PartOf]) -> str:
    """Return what the other parts leave of the difference."""
    others = "".join(
        f"-{name_of(i)}" for i, part in enumerate(parts) if part.part is not Part.UNEXPLAINED
    )
    return compared(f"bill_difference{others}")
