"""A prepaid pack on the Plans sheet: whether it pays off against official tokens."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.book.words import Words
from workbook_templates.formulas import sentence
from workbook_templates.formulas.conditions import Check, within
from workbook_templates.sheets.plans.formulas import first_of, rounded
from workbook_templates.sheets.plans.layout import PRICE

DEFAULTS: Mapping[str, Any] = {"pack_usd": 10, "pack_credits": 1000}
"""The prepaid pack that is prefilled."""

VALID = f"{within('pack_usd', 'pack_usd>0')}*{within('pack_credits', 'pack_credits>0')}"

UNTYPED = "Type the price and the credits of a pack, both above 0."
NO_CREDITS = "The chosen plan has no credits per image here: choose another on the Worksheet."
BAD_PLAN = "Mend finals, retries or buffer on the Worksheet first."
NO_TOKENS = "The token price is not known, so the pack cannot be compared."
NO_NEED = "The job needs no images, so no pack."
PAYS = "The pack pays off for this job: {packs} in packs against {tokens} by tokens."
NEVER = "The pack never pays off here: each of its images costs as much as by tokens, or more."
TOO_BIG = "The pack does not pay off for this job: {packs} in whole packs, {tokens} by tokens."

CHECK = Check(
    "ok_pack",
    "The prepaid pack of the Plans sheet",
    "Both empty, or a price and credits above 0.",
    "IF(AND(ISBLANK(pack_usd),ISBLANK(pack_credits)),1,pack_valid)",
)


class Line(NamedTuple):
    """A line of the pack: name, label, hint, look; without a formula the name is repeated."""

    name: str
    label: str
    hint: str
    style: Style
    formula: str = ""


_COMPUTED_PRICE = replace(theme.COMPUTED, number=PRICE)
_LINES = (
    Line("plan_credits", "Credits per image", "of the chosen plan", theme.COMPUTED_RATE),
    Line(
        "pack_images",
        "Images in the pack",
        "credits of the pack / credits per image",
        theme.COMPUTED_FRACTION,
        "IF(pack_valid=1,pack_credits/plan_credits,NA())",
    ),
    Line(
        "pack_usd_per_image",
        "USD per image of the pack",
        "if it is used up",
        _COMPUTED_PRICE,
        "IF(pack_valid=1,pack_usd/pack_images,NA())",
    ),
    Line(
        "list_cost_per_image",
        "USD per image by tokens",
        "list price, standard tier",
        _COMPUTED_PRICE,
    ),
    Line(
        "pack_break_even",
        "Break-even volume, images",
        "from here on one pack is cheaper than tokens",
        theme.COMPUTED_FRACTION,
        "IF(pack_valid=1,IF(list_cost_per_image=0,NA(),pack_usd/list_cost_per_image),NA())",
    ),
    Line("budget_credits", "Credits this job needs", "buffer included", theme.COMPUTED_FRACTION),
    Line(
        "pack_needed",
        "Packs this job needs",
        "whole packs",
        replace(theme.COMPUTED, number=theme.COUNT),
        f"IF(pack_valid=1,ROUNDUP({rounded('budget_credits/pack_credits')},0),NA())",
    ),
    Line(
        "pack_cost",
        "What these packs cost",
        "USD, paid in advance",
        theme.COMPUTED_USD,
        "IF(pack_valid=1,pack_needed*pack_usd,NA())",
    ),
    Line(
        "pack_tokens_usd",
        "The same images by tokens",
        "USD, list price, buffer included",
        theme.COMPUTED_USD,
        "list_cost_per_image*generations_with_buffer",
    ),
)


def write(page: Page, top: int) -> None:
    """Write the pack from row ``top`` on, in the columns J to P."""
    page.fill(f"J{top}:P{top}", theme.STEP)
    page.say(f"J{top}", "A prepaid pack of the plan chosen on the Worksheet", theme.STEP)
    _inputs(page, top + 1)
    for row, line in enumerate(_LINES, start=top + 3):
        page.say(f"J{row}", line.label, theme.LABEL)
        page.say(f"O{row}", line.hint, theme.NOTE)
        if line.formula:
            page.formula(f"N{row}", line.name, line.formula, line.style)
        else:
            page.same(f"N{row}", line.name, line.style)
    last = top + 3 + len(_LINES)
    page.fill(f"J{last}:P{last}", theme.TOTAL_LABEL)
    page.formula(f"J{last}", "pack_says", _verdict(page.words), theme.TOTAL_LABEL)


def _inputs(page: Page, row: int) -> None:
    above_0 = {"type": "decimal", "operator": "greaterThan", "formula1": "0"}
    page.say(f"J{row}", "Price of the pack", theme.LABEL)
    style = replace(theme.INPUT, number=theme.MONEY)
    page.input(f"N{row}", "pack_usd", DEFAULTS["pack_usd"], style)
    page.say(f"O{row}", "USD: type the price of your offer", theme.NOTE)
    message = "What the prepaid pack costs in USD. The prefilled figure is an example."
    page.validate(f"N{row}", "Price of the pack", message, **above_0)
    page.say(f"J{row + 1}", "Credits in the pack", theme.LABEL)
    style = replace(theme.INPUT, number=theme.COUNT)
    page.input(f"N{row + 1}", "pack_credits", DEFAULTS["pack_credits"], style)
    page.say(f"O{row + 1}", "credits of the chosen plan", theme.NOTE)
    message = "How many credits of the plan chosen on the Worksheet the pack holds."
    page.validate(f"N{row + 1}", "Credits in the pack", message, **above_0)


def _verdict(words: Words) -> str:
    """Say whether the pack pays off; the first that applies."""
    quoted = words.quoted
    bills = {"packs": sentence.usd("pack_cost"), "tokens": sentence.usd("pack_tokens_usd")}
    cheaper = f"{rounded('pack_cost')}<{rounded('pack_tokens_usd')}"
    dearer = f"{rounded('pack_usd_per_image')}>={rounded('list_cost_per_image')}"
    cases = (
        ("pack_valid=0", quoted(UNTYPED)),
        ("NOT(ISNUMBER(plan_credits))", quoted(NO_CREDITS)),
        ("plan_valid=0", quoted(BAD_PLAN)),
        ("NOT(ISNUMBER(pack_tokens_usd))", quoted(NO_TOKENS)),
        ("pack_needed=0", quoted(NO_NEED)),
        (cheaper, sentence.formula(words, PAYS, **bills)),
        (dearer, quoted(NEVER)),
    )
    return first_of(cases, sentence.formula(words, TOO_BIG, **bills))
