"""The Plans sheet: the same job billed by official tokens, in credits, and per image.

One line per plan of the plans table, which the user extends: names, prices and sources are looked
up there, so a new plan shows up here by itself.
"""

from dataclasses import replace

from openpyxl.styles import Border, Side

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Card, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas.conditions import Check, compared, first_of, holds
from workbook_templates.formulas.constants import FREE_SIZES
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.plans import bars, elsewhere, pack
from workbook_templates.sheets.plans.layout import (
    ASSUMED,
    BLOCK_ROW,
    FIRST_OTHER,
    FIRST_ROW,
    FIRST_WORK,
    KIND_ROW,
    KINDS,
    LAST_OTHER,
    LAST_ROW,
    LAST_WORKING,
    MARKUP,
    OFFICIAL_ROW,
    OTHER_ROW,
    ROOM,
    TABLE_ROW,
    WORK_ROW,
    heights,
    last_printed,
)
from workbook_templates.sheets.plans.lines import (
    COLUMNS,
    WORKINGS,
    first_row_of,
    lines,
    per_final,
    unnamed,
    worked,
)
from workbook_templates.sheets.plans.official import OFFICIAL

DEFAULTS, NEUTRAL = pack.DEFAULTS, pack.NEUTRAL
_WIDTHS = (1.5, 18, 13.5, 9.5, 10, 12.5, 11, 11.5, 6.5, 7.5, *(6.5,) * 3, 12, 11, 41, 34, 2)

MORE = f"▲ There are more plans than these {ROOM}: further ones are not compared here."
BAD_PLAN = "Finals, retries or buffer are out of range, see Checks."
OF_ALL = "of {count} plans compared"
NONE = "No plan has a price in USD for this job."
ALONE = "{plan} is the cheapest plan; what official tokens cost is not known."
LESS = "{plan} costs less than official tokens for this job; check its price before you rely on it."
NO_LESS = "No plan is cheaper than official tokens for this job."
_WARNING = (
    "▲ Prices of plans and resellers change often: check them at the source before you use them. "
    "Each line says where its price was seen and when."
)
_ADVICE = (
    "Compare by USD per accepted final: it counts the retries. Credits say nothing until a credit "
    "has a price. Plans are rows of the plans table on the Rates sheet; add yours there."
)
_LEGEND = (
    "✔ has a price, in USD or credits · ? the price cannot be computed · ✘ refused, or no price is "
    "listed · blank: not a quality of the model · basis estimate: a part of the price is assumed"
)

ERRORS = (
    pack.CHECK,
    Check(
        "ok_plans_table",
        "Every row of the plans table says up to which long edge it holds",
        "Type the longest edge in whole px on the Rates sheet; "
        f"{FREE_SIZES.max_edge_px} stands for every size.",
        holds('SUMPRODUCT((tblPlans[plan]<>"")*(1-ISNUMBER(tblPlans[max_long_edge_px])))=0'),
    ),
)
NOTES = (
    Check(
        "note_plans_room",
        "The Plans sheet has room for every plan",
        f"It compares the first {ROOM} plans of the plans table. The Worksheet prices any of them.",
        holds("plans_left_out=0"),
    ),
    *elsewhere.NOTES,
)
"""Rules for the Checks sheet."""

_VERDICT = first_of(
    (
        ("plan_valid=0", sentence(BAD_PLAN)),
        ("plans_priced=0", sentence(NONE)),
        ("NOT(ISNUMBER(plans_official_final))", sentence(ALONE, plan="plans_cheapest")),
        (
            f"{compared('plans_cheapest_final')}<{compared('plans_official_final')}",
            sentence(LESS, plan="plans_cheapest"),
        ),
    ),
    sentence(NO_LESS),
)


def _cheapest(field: str) -> str:
    return f"IF(plans_priced=0,NA(),INDEX({lines(field)},MATCH(1,{worked('order')},0)))"


CARDS = (
    Card("B", "Tokens, per final", "plans_list_final",
         per_final("list_cost_per_image"), theme.CARD_PRICE,
         "list price × retries"),
    Card("C", "Cheapest plan for this job", "plans_cheapest", _cheapest("name"),
         replace(theme.CARD_MONEY, size=14), "by USD per accepted final"),
    Card("F", "Its price per accepted final", "plans_cheapest_final", _cheapest("final"),
         replace(theme.CARD_PRICE, size=14), "price × retries"),
    Card("H", "Over the list price", "plans_cheapest_markup", _cheapest("markup"),
         replace(theme.CARD_PRICE, size=12, number=MARKUP), "below 0: cheaper"),
    Card("J", "Plans with a price in USD", "plans_priced", f"COUNT({worked('compared')})",
         theme.CARD_COUNT,
         Figure("plans_priced_of", "", sentence(OF_ALL, count="plans_listed"),
                look=theme.CARD_NOTE)),
    Card("P", "The chosen plan, per accepted final", "plans_chosen_final",
         'IF(has_plan=0,"–",IF(plan_valid*plans_quality_taken=1,plan_usd*retries_used,NA()))',
         theme.CARD_PRICE,
         Figure("plan", "", look=theme.CARD_NOTE)),
)  # fmt: skip
_MARKS = f"$I${OFFICIAL_ROW}:$M${OFFICIAL_ROW}"
_TAKEN = f'IFERROR(IF(INDEX({_MARKS},quality_column)="",0,1),0)'
FIGURES = (
    Figure("plans_listed", "Plans compared", f'SUMPRODUCT(--({lines("name")}<>""))'),
    Figure("plans_left_out", "Rows of further plans", f"SUMPRODUCT({unnamed(ROOM + 1)})"),
    Figure("plans_quality_taken", "The model has the quality (1 = yes)",
           f"IF(ISNUMBER(tokens_image_out),1,{_TAKEN})"),
    elsewhere.LEFT_OUT,
    pack.VALID,
)  # fmt: skip
"""How many plans there are, and what is valid."""


def write(book: Book) -> None:
    """Write the sheet."""
    page = book.page("Plans", _WIDTHS)
    _head(page)
    blocks.write_cards(page, ("B4:P6",), CARDS)
    bars.write(page)
    pack.write(page, BLOCK_ROW)
    _table(page)
    elsewhere.write(page)
    _workings(page)
    _kinds(page)
    elsewhere.write_workings(page)
    blocks.write_entries(page, "EHI", KIND_ROW, FIGURES)
    _flags(page)
    last = last_printed(page.book.held("tblPlans", "plan"), FIRST_ROW, LAST_ROW)
    page.print_setup(f"A1:P{last}", f"A{OTHER_ROW}:P{LAST_OTHER + 1}", pages=2)
    page.protect()


def _head(page: Page) -> None:
    says = "The same job billed three ways: by official tokens, in credits, per image."
    rows = {4: 20, 5: 34, 6: 20, 7: 8, 8: 18, 9: 16, 10: 16, 11: 8}
    blocks.head(page, "R", "Plans", says, rows)
    page.formula("B8", "plans_says", _VERDICT, replace(theme.SECTION, indent=1))
    page.say("B9", _WARNING, replace(theme.WARNING, size=10))
    page.say("B10", _ADVICE, theme.NOTE)


def _table(page: Page) -> None:
    """Write the comparison: official tokens, then a line for each plan."""
    page.heights(dict.fromkeys(range(BLOCK_ROW, TABLE_ROW + 2), 15) | {TABLE_ROW - 1: 6})
    plans = page.book.held("tblPlans", "plan")
    page.heights({TABLE_ROW + 2: 38, OFFICIAL_ROW: 24.5, **heights(plans, FIRST_ROW, LAST_ROW)})
    title = "The same job by official tokens and by each plan"
    blocks.title(page, f"B{TABLE_ROW}:Q{TABLE_ROW}", title)
    page.say(f"B{TABLE_ROW + 1}", _LEGEND, theme.NOTE)
    blocks.captions(page, f"B{TABLE_ROW + 2}", COLUMNS)
    official = [
        replace(
            column,
            look=replace(column.look, fill=theme.MIST, bold=column.name not in {"source", "note"}),
        )
        for column in COLUMNS
    ]
    blocks.write_line(page, (OFFICIAL_ROW, 2), official, "plans_official_{}", OFFICIAL)
    page.say(f"B{OFFICIAL_ROW}", "Official tokens", official[0].look)
    for k in range(1, ROOM + 1):
        blocks.write_line(page, (FIRST_ROW + k - 1, 2), COLUMNS, f"plans_{{}}_{k}")
    more = f'IF(plans_left_out=0,"",{sentence(MORE)})'
    page.formula(f"B{LAST_ROW + 1}", "plans_more", more, theme.WARNING)


def _workings(page: Page) -> None:
    """Write the rows of the plans table that the lines show, and their order by price."""
    blocks.title(page, f"B{WORK_ROW}:J{WORK_ROW}", "Workings: nothing to type here")
    page.heights({WORK_ROW + 1: 30})
    blocks.captions(page, f"B{WORK_ROW + 1}", WORKINGS)
    for k in range(1, ROOM + 1):
        held = {"at": first_row_of(k), "name": Figure(f"plans_name_{k}", "")}
        blocks.write_line(page, (WORK_ROW + 1 + k, 2), WORKINGS, f"plans_{{}}_{k}", held)


def _kinds(page: Page) -> None:
    """Write what the kinds of price are called."""
    for letter, text in zip("BC", ("Shape in the plans table", "Kind of price"), strict=True):
        page.say(f"{letter}{KIND_ROW - 1}", text, theme.HEADER_LEFT)
    blocks.write_values(page, f"B{KIND_ROW}", KINDS, theme.CODE)
    for row, kind in enumerate(KINDS.values(), start=KIND_ROW):
        page.say(f"C{row}", kind, theme.CELL)


def _flags(page: Page) -> None:
    """Let what is missing, assumed, old or cheapest stand out; words say it too."""
    page.flag_errors("B4:P6")
    page.flag_errors(f"J{BLOCK_ROW}:N{TABLE_ROW - 1}")
    page.flag_errors(f"B{OFFICIAL_ROW}:Q{LAST_WORKING}")
    # LibreOffice applies one rule to a cell; none of the others holds in an unused line.
    unseen = Border(bottom=Side(style="thin", color=theme.PAPER))
    page.mark(f"B{FIRST_ROW}:Q{LAST_ROW}", f'$B{FIRST_ROW}=""', border=unseen)
    assumed = f'$N{OFFICIAL_ROW}="{page.words(ASSUMED)}"'
    page.mark(f"N{OFFICIAL_ROW}:N{LAST_ROW}", assumed, theme.AMBER)
    old = f"IF(ISNUMBER($O{FIRST_ROW}),price_day-$O{FIRST_ROW}>rates_age_days,FALSE)"
    page.mark(f"O{FIRST_ROW}:O{LAST_ROW}", old, theme.AMBER)
    page.mark(f"B{FIRST_OTHER}:Q{LAST_OTHER}", f'$B{FIRST_OTHER}=""', border=unseen)
    page.mark(
        f"N{FIRST_OTHER}:N{LAST_OTHER}", f'$N{FIRST_OTHER}="{page.words(ASSUMED)}"', theme.AMBER
    )
    old = f"IF(ISNUMBER($O{FIRST_OTHER}),price_day-$O{FIRST_OTHER}>rates_age_days,FALSE)"
    page.mark(f"O{FIRST_OTHER}:O{LAST_OTHER}", old, theme.AMBER)
    cheapest = f"$J{FIRST_WORK}=1"
    page.mark(f"B{FIRST_ROW}:H{LAST_ROW}", cheapest, theme.TEAL, theme.TEAL_FILL)
