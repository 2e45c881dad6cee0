"""The answers of the Worksheet, and what is said below each: how it is meant, or why it is none."""

from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import Card, Figure
from workbook_templates.formulas.conditions import first_of
from workbook_templates.formulas.sentence import fixed, is_whole, sentence, up, usd
from workbook_templates.sheets.worksheet.chosen import IS_OWN
from workbook_templates.sheets.worksheet.workings import planned

NOTHING = "–"
"""What stands for an amount that nobody asked for, or that is asked for below."""
_BUDGET_SAYS = first_of(
    (
        ("ISNUMBER(budget_usd)*(note_basis=0)", sentence("▲ estimate: measure a few images")),
        ("ISNUMBER(budget_usd)", sentence("finals × retries × (1 + buffer)")),
        ("red_cells=0", sentence("to fix: see Checks")),
        ("red_cells=1", sentence("fix 1 cell, in red")),
    ),
    sentence("fix {count} cells, in red", count="red_cells"),
)
_ASKED = f'IF(has_rate=1,budget_usd*units_per_usd,"{NOTHING}")'
_CURRENCY = first_of(((IS_OWN, "budget_usd"), ("ok_exchange=0", "NA()")), _ASKED)
_RATE = {"rate": fixed("units_per_usd", 4), "code": "currency_used"}
_CURRENCY_SAYS = first_of(
    (
        (IS_OWN, sentence("the currency of the rates")),
        ("ok_exchange=0", sentence("fix its rate, in red")),
        ("has_rate=1", sentence("1 USD = {rate} {code}", **_RATE)),
        ('units_per_usd=""', sentence("type its rate below")),
    ),
    sentence("the rate below is not its own"),
)
_PLAN_SAYS = first_of(
    (
        ("has_plan=0", sentence("no plan is chosen")),
        ("ISNUMBER(plan_bill_usd)", sentence("this plan bills {usd}", usd=usd("plan_bill_usd"))),
        ("ISNUMBER(budget_credits)", sentence("a credit has no price")),
        ("note_plan_price=0", sentence("no price for this image")),
    ),
    sentence("not known: see Checks"),
)
_COUNT = fixed(up("generations_with_buffer"), 0)
_GENERATIONS_SAY = first_of(
    (
        ("NOT(ISNUMBER(generations_with_buffer))", sentence("finals × retries")),
        (f"AND({is_whole('total_generations')},{is_whole('generations_with_buffer')})",
         sentence("with the buffer {count}", count=_COUNT)),
    ),
    sentence("of {exact}; with buffer {count}", exact=fixed("total_generations", 1),
             count=_COUNT),
)  # fmt: skip


def _note(name: str, formula: str) -> Figure:
    return Figure(name, "", formula, look=theme.CARD_NOTE)


CARDS = (
    Card("B", "Budget in USD, buffer included", "budget_usd", "expected_cost+buffer_cost",
         theme.CARD_MAIN, _note("budget_says", _BUDGET_SAYS)),
    Card("C", Figure("currency_caption", "", '"«In »"&currency_used', look=theme.CARD_LABEL),
         "budget_currency", _CURRENCY, theme.CARD_MONEY, _note("currency_says", _CURRENCY_SAYS)),
    Card("D", Figure("plan_caption", "", 'IF(has_plan=1,"«Credits of »"&plan,"«Credits»")',
                     look=theme.CARD_LABEL),
         "budget_credits", f'IF(has_plan=1,plan_credits*generations_with_buffer,"{NOTHING}")',
         theme.CARD_COUNT, _note("plan_says", _PLAN_SAYS)),
    Card("F", "Total generations", "generations", "", replace(theme.CARD_COUNT, fraction=None),
         _note("generations_say", _GENERATIONS_SAY)),
    Card("G", "Cost per generation", "cost_per_image", "", theme.CARD_PRICE,
         "USD per image: tokens × rates"),
    Card("I", "Cost per accepted final", "cost_per_final", planned("cost_per_image*retries_used"),
         theme.CARD_PRICE, "with the buffer"),
)  # fmt: skip
