"""The way from the plan to the bill: what each factor changed, then the parts of the bill."""

from collections.abc import Iterator, Mapping, Sequence

from workbook_templates.book.blocks import Figure
from workbook_templates.book.page import Page
from workbook_templates.book.words import Words
from workbook_templates.sheets.bill import waterfall
from workbook_templates.sheets.bill.content import PartOf, PlanStep, PlanWay
from workbook_templates.sheets.bill.equation import name_of
from workbook_templates.sheets.bill.meanings import MEANINGS
from workbook_templates.sheets.bill.texts import some_of
from workbook_templates.sheets.bill.waterfall import PART, ROOM, SUM, Step
from xl_pricing.estimation.bridge import Factor

FACTORS: Mapping[str, str] = {
    Factor.FINALS: "Accepted finals",
    Factor.RETRIES: "Generations per final",
    Factor.GENERATIONS: "Images made",
    Factor.SIZE_AND_QUALITY: "Size and quality",
    Factor.TOKENS: "Tokens of each image",
    Factor.OUTPUT: "Output tokens, images or size not told",
    Factor.MODEL: "Another model",
    Factor.INPUTS: "Prompts and reference images",
    Factor.BATCH: "Batch or standard",
    Factor.CACHE: "Cached input",
    Factor.RATES: "Rates that changed",
}
"""What the factors are called on the sheet."""
SAYS = "Waterfall in USD: from the plan, factor by factor, to the bill"


def write(page: Page, top: int, way: PlanWay, parts: Sequence[PartOf]) -> int:
    """Write the rows from ``top`` on; return the last of them."""
    steps = [*_steps(page.words, way, parts, top + 2)]
    last = waterfall.write_steps(page, top, "From the plan to the bill", steps)
    waterfall.adds_up(page, last + 1, "bill_plan_adds_up", "bill_of_plan-bill_billed")
    return last


def _steps(words: Words, way: PlanWay, parts: Sequence[PartOf], first: int) -> Iterator[Step]:
    places = {part.part: name_of(i) for i, part in enumerate(parts)}
    yield Step(words("Planned, without the buffer"), float(way.expected),
               words("At the rates of the plan's day."), is_sum=True)  # fmt: skip
    for step in way.steps:
        name = places.get(step.part) if step.part else None
        usd = Figure(name, look=PART) if name else float(step.usd)
        where = some_of(step.about, len(step.about), ROOM, words)
        yield Step(words.data(FACTORS.get(step.name, step.name)), usd, _meaning(words, step), where)
    total = Figure("bill_of_plan", "", f"SUM(E{first}:E{first + len(way.steps)})", look=SUM)
    yield Step(words("Billed"), total, words("What the files ask for."), is_sum=True)


def _meaning(words: Words, step: PlanStep) -> str:
    """Say what a factor was in the plan and in fact; of a part of the bill what it means."""
    if step.planned or step.actual:
        said = words("{planned} planned, {actual} in fact")
        unit = words.data(step.unit)
        return said.format(planned=step.planned, actual=step.actual) + unit
    return words.data(MEANINGS.get(step.part, "")) if step.part else ""
