"""A prepaid pack on the Plans sheet: whether it pays off against official tokens."""

from dataclasses import replace

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure, Input, above
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import Check, compared, first_of, within
from workbook_templates.formulas.sentence import sentence, up, usd
from workbook_templates.sheets.plans.layout import PRICE

UNTYPED = "Type the price and the credits of a pack, both above 0."
NO_CREDITS = "The chosen plan has no credits per image here: choose another on the Worksheet."
NO_PLAN = "Choose a plan on the Worksheet: the pack holds its credits."
BAD_PLAN = "Fix finals, retries or buffer on the Worksheet first."
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
VALID = Figure(
    "pack_valid",
    "The pack is in range (1 = yes)",
    f"{within('pack_usd', 'pack_usd>0')}*{within('pack_credits', 'pack_credits>0')}",
)


def _typed(formula: str) -> str:
    return f"IF(pack_valid=1,{formula},NA())"


def _of_plan(formula: str) -> str:
    """Show a figure of the chosen plan; without one nobody asked for it."""
    return f'IF(has_plan=0,"–",{formula})'


_PRICE = replace(theme.COMPUTED, number=PRICE)
TYPED = (
    Input("pack_usd", 10, "Price of the pack", "USD: type the price of your offer",
          "What the prepaid pack costs in USD. The prefilled figure is an example.",
          theme.MONEY, above(0)),
    Input("pack_credits", 1000, "Credits in the pack", "credits of the chosen plan",
          "How many credits of the plan chosen on the Worksheet the pack holds.",
          theme.COUNT, above(0)),
)  # fmt: skip
DEFAULTS = {entry.name: entry.value for entry in TYPED}
"""The prepaid pack that is prefilled."""
NEUTRAL = dict.fromkeys(DEFAULTS)
_PACKS = f"ROUNDUP({compared('budget_credits/pack_credits')},0)"
FIGURES = (
    Figure("pack_plan_credits", "Credits per image", _of_plan("plan_credits"),
           "of the chosen plan", theme.COMPUTED_RATE),
    Figure("pack_images", "Images in the pack", _of_plan(_typed("pack_credits/plan_credits")),
           "credits of the pack / credits per image", theme.COMPUTED_FRACTION),
    Figure("pack_usd_per_image", "USD per image of the pack",
           _of_plan(_typed("pack_usd/pack_images")), "if it is used up", _PRICE),
    Figure("list_cost_per_image", "USD per image by tokens", "", "list price, standard tier",
           _PRICE),
    Figure("pack_break_even", "Break-even volume, images",
           _typed(f"IF(list_cost_per_image=0,NA(),{up('pack_usd/list_cost_per_image')})"),
           "rounded up: from here on one pack is cheaper than tokens", theme.COMPUTED_COUNT),
    Figure("budget_credits", "Credits this job needs", "", "buffer included",
           theme.COMPUTED_FRACTION),
    Figure("pack_needed", "Packs this job needs",
           _of_plan(_typed(f"IF(ISNUMBER(budget_credits),{_PACKS},NA())")), "whole packs",
           theme.COMPUTED_COUNT),
    Figure("pack_cost", "What these packs cost", _of_plan(_typed("pack_needed*pack_usd")),
           "USD, paid in advance", theme.COMPUTED_USD),
    Figure("pack_tokens_usd", "The same images by tokens",
           "list_cost_per_image*generations_with_buffer", "USD, list price, buffer included",
           theme.COMPUTED_USD),
)  # fmt: skip

_BILLS = {"packs": usd("pack_cost"), "tokens": usd("pack_tokens_usd")}
_CHEAPER = f"{compared('pack_cost')}<{compared('pack_tokens_usd')}"
_DEARER = f"{compared('pack_usd_per_image')}>={compared('list_cost_per_image')}"
_VERDICT = first_of(
    (
        ("pack_valid=0", sentence(UNTYPED)),
        ("has_plan=0", sentence(NO_PLAN)),
        ("NOT(ISNUMBER(plan_credits))", sentence(NO_CREDITS)),
        ("plan_valid=0", sentence(BAD_PLAN)),
        ("NOT(ISNUMBER(pack_tokens_usd))", sentence(NO_TOKENS)),
        ("pack_needed=0", sentence(NO_NEED)),
        (_CHEAPER, sentence(PAYS, **_BILLS)),
        (_DEARER, sentence(NEVER)),
    ),
    sentence(TOO_BIG, **_BILLS),
)


def write(page: Page, top: int) -> None:
    """Write the pack from row ``top`` on, in the columns J to P."""
    title = "A prepaid pack of the plan chosen on the Worksheet"
    blocks.title(page, f"J{top}:P{top}", title)
    last = blocks.write_entries(page, "JNO", top + 1, (*TYPED, *FIGURES))
    page.fill(f"J{last}:P{last}", theme.TOTAL_LABEL)
    page.formula(f"J{last}", "pack_says", _VERDICT, theme.TOTAL_LABEL)
