"""The Plans sheet: the same job billed by official tokens, in credits, and per image.

One line per plan of the plans table, which the user extends: names, prices and sources are looked
up there, so a new plan shows up here by itself. A line's values are named after it, such as
``plans_usd_3``, official tokens' ``plans_official_usd``.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.pagebreak import Break

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import sentence
from workbook_templates.formulas.conditions import Check, holds
from workbook_templates.sheets.plans import chart as plan_chart
from workbook_templates.sheets.plans import formulas as plan_formulas
from workbook_templates.sheets.plans import pack as plan_pack
from workbook_templates.sheets.plans.formulas import first_of, rounded
from workbook_templates.sheets.plans.layout import (
    BLOCK_ROW,
    COLUMNS,
    FIRST_ROW,
    FIRST_WORK,
    KIND_ROW,
    KINDS,
    LAST_KIND,
    LAST_ROW,
    LAST_WORK,
    MARKUP,
    OFFICIAL_ROW,
    ROOM,
    TABLE_ROW,
    WORK_ROW,
    WORKINGS,
    lines,
    worked,
)
from workbook_templates.sheets.rates.sheet import QUALITIES

DEFAULTS = plan_pack.DEFAULTS
WIDTHS = (2, 22, 21, 11, 13, 18, 15, 16, *(9,) * 5, 18, 14, 32, 44, 2)

MORE = "▲ There are more plans than these 20: further ones are not compared here."
BAD_PLAN = "Finals, retries or buffer are out of range, see Checks."
OF_ALL = "of {count} plans compared"
NONE = "No plan has a price in USD for this job."
ALONE = "{plan} is the cheapest plan; what official tokens cost is not known."
LESS = "{plan} costs less than official tokens for this job; check its price before you rely on it."
NO_LESS = "No plan is cheaper than official tokens for this job."

ERRORS = (
    plan_pack.CHECK,
    Check(
        "ok_plans_table",
        "Every row of the plans table says up to which long edge it holds",
        "Type the longest edge in whole px on the Rates sheet; 3840 stands for every size.",
        holds('SUMPRODUCT((tblPlans[plan]<>"")*(1-ISNUMBER(tblPlans[max_long_edge_px])))=0'),
    ),
)
NOTES = (
    Check(
        "note_plans_room",
        "The Plans sheet has room for every plan",
        "It compares the first 20 plans of the plans table. The Worksheet prices any of them.",
        holds("plans_left_out=0"),
    ),
)


def write(book: Book) -> None:
    """Write the sheet."""
    page = book.page("Plans", WIDTHS)
    _head(page)
    _cards(page)
    plan_chart.draw(page)
    plan_pack.write(page, BLOCK_ROW)
    _table(page)
    _workings(page)
    plan_chart.write_data(page)
    _kinds(page)
    _figures(page)
    _flags(page)
    page.sheet.freeze_panes = "A3"
    page.sheet.row_breaks.append(Break(id=WORK_ROW - 1))
    page.print_setup(f"A1:R{LAST_KIND}", "1:2")
    page.protect()


def _head(page: Page) -> None:
    page.fill("A1:R2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 40, 6: 20, 7: 8, 8: 20, 9: 18, 10: 18, 11: 8})
    page.heights(dict.fromkeys(range(BLOCK_ROW, TABLE_ROW + 2), 16))
    page.say("B1", "Plans", theme.TITLE)
    said = "The same job billed three ways: by official tokens, in credits, per image."
    page.say("B2", said, theme.SUBTITLE)
    page.formula("B8", "plans_says", _verdict(page), replace(theme.SECTION, indent=1))
    warning = (
        "▲ Prices of plans and resellers change often: check them at the source before you use "
        "them. Each line says where its price was seen and when."
    )
    page.say("B9", warning, replace(theme.WARNING, size=10))
    advice = (
        "Compare by USD per accepted final: it counts the retries. Credits say nothing until a "
        "credit has a price. Plans are rows of the plans table on the Rates sheet; add yours there."
    )
    page.say("B10", advice, theme.NOTE)


def _verdict(page: Page) -> str:
    """Say whether a plan is cheaper than tokens; the first that applies."""
    quoted, plan = page.words.quoted, "plans_cheapest"
    less = f"{rounded('plans_cheapest_final')}<{rounded('plans_official_final')}"
    cases = (
        ("plan_valid=0", quoted(BAD_PLAN)),
        ("plans_priced=0", quoted(NONE)),
        ("NOT(ISNUMBER(plans_official_final))", sentence.formula(page.words, ALONE, plan=plan)),
        (less, sentence.formula(page.words, LESS, plan=plan)),
    )
    return first_of(cases, quoted(NO_LESS))


class Card(NamedTuple):
    """A figure on top: where, label, name, formula, look, and the note below it."""

    column: str
    label: str
    name: str
    formula: str
    style: Style
    note: str = ""


_CHEAPEST = f"IF(plans_priced=0,NA(),INDEX({{}},MATCH(1,{worked('order')},0)))"
_CARDS = (
    Card(
        "B",
        "Tokens per accepted final",
        "plans_list_final",
        "IF(plan_valid=1,list_cost_per_image*retries_used,NA())",
        theme.CARD_PRICE,
        "list price × retries",
    ),
    Card(
        "C",
        "Cheapest plan for this job",
        "plans_cheapest",
        _CHEAPEST.format(lines("name")),
        theme.CARD_MONEY,
        "by USD per accepted final",
    ),
    Card(
        "F",
        "Its price per accepted final",
        "plans_cheapest_final",
        _CHEAPEST.format(lines("final")),
        theme.CARD_PRICE,
        "price × retries",
    ),
    Card(
        "H",
        "Over the list price",
        "plans_cheapest_markup",
        _CHEAPEST.format(lines("markup")),
        replace(theme.CARD_PRICE, number=MARKUP),
        "below 0: cheaper",
    ),
    Card(
        "J",
        "Plans with a price in USD",
        "plans_priced",
        f"COUNT({worked('compared')})",
        theme.CARD_COUNT,
    ),
    Card(
        "N",
        "The chosen plan, per accepted final",
        "plans_chosen_final",
        "IF(plan_valid*plans_quality_taken=1,plan_usd*retries_used,NA())",
        theme.CARD_PRICE,
    ),
)


def _cards(page: Page) -> None:
    page.fill("B4:H6", theme.CARD_LABEL)
    page.fill("J4:P6", theme.CARD_LABEL)
    for card in _CARDS:
        page.say(f"{card.column}4", card.label, theme.CARD_LABEL)
        page.formula(f"{card.column}5", card.name, card.formula, card.style)
        if card.note:
            page.say(f"{card.column}6", card.note, theme.CARD_NOTE)
    of_all = sentence.formula(page.words, OF_ALL, count="plans_listed")
    page.formula("J6", "plans_priced_of", of_all, theme.CARD_NOTE)
    page.same("N6", "plan", theme.CARD_NOTE)


def _table(page: Page) -> None:
    """Write the comparison: official tokens, then a line for each plan."""
    top = TABLE_ROW
    page.fill(f"B{top}:Q{top}", theme.STEP)
    page.say(f"B{top}", "The same job by official tokens and by each plan", theme.STEP)
    legend = (
        "✔ has a price, in USD or credits · ? the price cannot be computed · "
        "✘ refused, or no price is listed · blank: not a quality of the model · "
        "basis estimate: a part of the price is assumed"
    )
    page.say(f"B{top + 1}", legend, theme.NOTE)
    page.heights({top + 2: 30} | dict.fromkeys(range(OFFICIAL_ROW, LAST_ROW + 1), 23))
    for column in COLUMNS:
        put = page.put if column.field in QUALITIES else page.say
        put(f"{column.letter}{top + 2}", column.caption, theme.HEADER)
    _official(page)
    for k in range(1, ROOM + 1):
        formulas = plan_formulas.line(page.words, k)
        for column in COLUMNS:
            at = f"{column.letter}{FIRST_ROW + k - 1}"
            page.formula(at, f"plans_{column.field}_{k}", formulas[column.field], column.style)
    more = f'IF(plans_left_out=0,"",{page.words.quoted(MORE)})'
    page.formula(f"B{LAST_ROW + 1}", "plans_more", more, theme.WARNING)


def _official(page: Page) -> None:
    """Write the line of official tokens."""
    looks = {c.field: replace(c.style, fill=theme.MIST, bold=True) for c in COLUMNS}
    looks |= {field: replace(looks[field], bold=False) for field in ("source", "note")}
    ats = {column.field: f"{column.letter}{OFFICIAL_ROW}" for column in COLUMNS}
    page.say(ats["name"], "Official tokens", looks["name"])
    page.put(ats["credits"], None, looks["credits"])
    repeated = {"usd": "token_cost_per_image"}
    repeated |= {field: f"{field}_image_out" for field in ("checked", "source")}
    for field, name in repeated.items():
        page.same(ats[field], name, looks[field])
    for field, formula in plan_formulas.official(page.words).items():
        page.formula(ats[field], f"plans_official_{field}", formula, looks[field])


def _workings(page: Page) -> None:
    """Write the rows of the plans table that the lines show, and their order by price."""
    top = WORK_ROW
    page.fill(f"B{top}:J{top}", theme.STEP)
    page.say(f"B{top}", "Workings: nothing to type here", theme.STEP)
    page.say(f"B{top + 1}", "Plan", theme.HEADER)
    page.heights({top + 1: 30})
    for working in WORKINGS:
        page.say(f"{working.letter}{top + 1}", working.caption, theme.HEADER)
    for k in range(1, ROOM + 1):
        row = top + 1 + k
        page.same(f"B{row}", f"plans_name_{k}", theme.CELL)
        formulas = plan_formulas.working(k, row)
        for working in WORKINGS:
            name = f"plans_{working.field}_{k}"
            page.formula(f"{working.letter}{row}", name, formulas[working.field], working.style)


def _kinds(page: Page) -> None:
    """Write what the kinds of price are called."""
    for letter, text in zip("BC", ("Shape in the plans table", "Kind of price"), strict=True):
        page.say(f"{letter}{KIND_ROW - 1}", text, theme.HEADER_LEFT)
    for row, (shape, kind) in enumerate(KINDS.items(), start=KIND_ROW):
        page.put(f"B{row}", shape, theme.CODE)
        page.say(f"C{row}", kind, theme.CELL)


def _figures(page: Page) -> None:
    """Write how many plans there are, and what is valid."""
    marks = f"$I${OFFICIAL_ROW}:$M${OFFICIAL_ROW}"
    taken = f'IFERROR(IF(INDEX({marks},quality_column)="",0,1),0)'
    left_out = f"SUMPRODUCT({plan_formulas.unnamed(ROOM + 1)})"
    figures = {
        "plans_listed": ("Plans compared", f'SUMPRODUCT(--({lines("name")}<>""))'),
        "plans_left_out": ("Rows of further plans", left_out),
        "plans_quality_taken": (
            "The model has the quality (1 = yes)",
            f"IF(ISNUMBER(tokens_image_out),1,{taken})",
        ),
        "pack_valid": ("The pack is in range (1 = yes)", plan_pack.VALID),
    }
    for row, (name, (label, formula)) in enumerate(figures.items(), start=KIND_ROW):
        page.say(f"E{row}", label, theme.LABEL)
        page.formula(f"H{row}", name, formula, theme.COMPUTED)


def _flags(page: Page) -> None:
    """Let what is missing, assumed, old or cheapest stand out; words say it too."""
    page.flag_errors("B4:P6")
    page.flag_errors(f"J{BLOCK_ROW}:N{TABLE_ROW - 1}")
    page.flag_errors(f"B{OFFICIAL_ROW}:Q{LAST_WORK}")
    # LibreOffice applies one rule to a cell; none of the others holds in an unused line.
    unseen = Border(bottom=Side(style="thin", color=theme.PAPER))
    _mark_cells(page, f"B{FIRST_ROW}:Q{LAST_ROW}", f'$B{FIRST_ROW}=""', border=unseen)
    amber = Font(color=theme.AMBER, bold=True)
    assumed = f'$N{OFFICIAL_ROW}="estimate"'
    _mark_cells(page, f"N{OFFICIAL_ROW}:N{LAST_ROW}", assumed, font=amber)
    old = f"IF(ISNUMBER($O{FIRST_ROW}),price_date-$O{FIRST_ROW}>rates_age_days,FALSE)"
    _mark_cells(page, f"O{FIRST_ROW}:O{LAST_ROW}", old, font=amber)
    teal = Font(color=theme.TEAL, bold=True)
    cells, cheapest = f"B{FIRST_ROW}:H{LAST_ROW}", f"$J{FIRST_WORK}=1"
    _mark_cells(page, cells, cheapest, font=teal, fill=PatternFill(bgColor=theme.TEAL_FILL))


def _mark_cells(page: Page, cells: str, condition: str, **look: Any) -> None:  # noqa: ANN401
    rule = FormulaRule(formula=[condition], **look)  # type: ignore[no-untyped-call]
    page.sheet.conditional_formatting.add(cells, rule)
