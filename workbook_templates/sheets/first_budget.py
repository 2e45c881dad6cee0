"""The way of the Help sheet: from the first cell to a budget corrected by what happened.

Each step says what to do and why, and its link leads to the cell where it is done.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.formulas.constants import USUAL_BUFFERS
from workbook_templates.sheets.guide import start_of


class Step(NamedTuple):
    """What is done and why; the sheet and the label of its cell, and that cell's name.

    A name is one of the book, or a column such as ``tblActuals[date]``; none leads to the sheet.
    """

    says: str
    why: str
    sheet: str
    label: str = ""
    name: str = ""


class Part(NamedTuple):
    """A part of the way: its title, and its steps."""

    title: str
    steps: Sequence[Step]


WAY = (
    Part("Two minutes: your first budget", (
        Step("Choose model, ratio and quality",
             "Size and quality are the largest lever: begin with the smallest that is enough.",
             "Worksheet", "Aspect ratio", "ratio"),
        Step("Type the finals you need",
             "Images that must be accepted.",
             "Worksheet", "Finals", "finals"),
        Step("Type the retries",
             "How many generations one final takes on average: the lever that hides.",
             "Worksheet", "Retries", "retries"),
        Step("Read the total generations",
             "Finals × retries. The bill counts these, not the finals.",
             "Worksheet", "Total generations", "generations"),
        Step("Add a buffer",
             f"{' to '.join(USUAL_BUFFERS)} is usual, more for small jobs: Risk says how much.",
             "Worksheet", "Buffer", "buffer"),
        Step("Read the budget, print it, send it",
             "Low, base and high, what they assume, and how sure they are.",
             "Summary"),
    )),
    Part("Four levers that make it cheaper", (
        Step("Size and ratio: the smallest that is enough",
             "Shop pages: 4:5 mostly suffices. Screens: 16:9, but text must stay readable.",
             "Sizes", "Where it goes", "delivery_place"),
        Step("Quality: explore cheaply, finish high",
             "Only the last round needs full quality.",
             "Stages", "Drafts per final", "stage_drafts"),
        Step("Variants: drawn from one saved baseline",
             "Images per call matter little; a baseline saves rewriting and drift.",
             "Worksheet", "Images per call", "images_per_call"),
        Step("Prompt: say what must not change",
             "A longer prompt is not a steadier one. Change one or two things at a time.",
             "Worksheet", "Prompt tokens", "prompt_tokens"),
    )),
    Part("Then correct it with what happened", (
        Step("Paste what was generated, accepted and billed",
             "Retries are measured, and the difference from the plan is explained.",
             "Actuals", "Date", "tblActuals[date]"),
        Step("Let the measured values replace the assumptions",
             "Type yes: the budget then rests on your own retries and cost.",
             "Worksheet", "Use measured values", "use_measured"),
        Step("Take new rates",
             "xl-pricing template new.xlsx --from old.xlsx keeps all that you typed.",
             "Rates"),
    )),
)  # fmt: skip
_MISTAKE = "A cell turned red? The reason and the nearest right value stand beside it."
_LINK = replace(theme.LINK, size=9, color=theme.NAVY, border="line")


def write(page: Page, row: int, *, linked: bool) -> int:
    """Write the way from a row on; return the row after it.

    Without the other sheets nothing is ``linked``.
    """
    for part in WAY:
        page.say(f"B{row}", part.title, theme.SECTION)
        for number, step in enumerate(part.steps, start=1):
            _write_step(page, row + number, f"{number}.  {page.words(step.says)}", step)
            if linked:
                _link(page, f"C{row + number}", step)
        row += len(part.steps) + 2
    page.say(f"B{row - 1}", _MISTAKE, theme.NOTE)
    return row + 1


def _write_step(page: Page, row: int, says: str, step: Step) -> None:
    page.fill(f"B{row}:E{row}", theme.CELL)
    page.put(f"B{row}", says, replace(theme.LABEL, border="line"))
    page.say(f"D{row}", step.why, theme.CELL)


def _link(page: Page, at: str, step: Step) -> None:
    """Let a cell lead to the step's cell, called by sheet and label."""
    words = [page.words(text) for text in (step.sheet, step.label) if text]
    page.put(at, " · ".join(words), _LINK)
    page.link(at, step.name or start_of(page.book, step.sheet))
