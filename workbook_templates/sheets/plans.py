"""The Plans sheet: the same job billed by official tokens, in credits, and per image.

One line per plan of the plans table, which the user extends: names, prices and sources are looked
up there, so a new plan shows up here by itself. A line's values are named after it, such as
``plans_usd_3``, official tokens' ``plans_official_usd``.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.pagebreak import Break

from workbook_templates import theme
from workbook_templates.check import Check, holds, within
from workbook_templates.page import Book, Page
from workbook_templates.sheets.rates import QUALITIES
from workbook_templates.sheets.workings import PLAN_FITS, PLAN_POSITION, PLAN_PREFERENCE
from workbook_templates.theme import Style

DEFAULTS: Mapping[str, Any] = {"pack_usd": 10, "pack_credits": 1000}
"""The prepaid pack that is prefilled."""
ROOM = 20
"""Lines for plans; Checks says when there are more."""
BARS = 10
"""Plans in the chart, the cheapest first."""
MARKS = "✘?✔"
"""No price; a price that cannot be computed; a price."""
KINDS: Mapping[str, str] = {
    "flat": "one price per image",
    "size tier": "by size",
    "size x quality": "by size and quality",
    "multiplier": "times the token price",
    "credit table": "credits per image",
    "credit price": "token price in credits",
}
"""Kinds of price in words, by the shape that the plans table names."""

WIDTHS = (2, 22, 21, 11, 13, 18, 15, 16, *(9,) * 5, 18, 14, 32, 44, 2)
_BLOCK_ROW, _TABLE_ROW = 12, 27
_OFFICIAL_ROW = _TABLE_ROW + 3
_FIRST_ROW = _OFFICIAL_ROW + 1
_LAST_ROW = _FIRST_ROW + ROOM - 1
_WORK_ROW = _LAST_ROW + 3
_FIRST_WORK, _LAST_WORK = _WORK_ROW + 2, _WORK_ROW + ROOM + 1
_KIND_ROW = _LAST_WORK + 4
_LAST = _KIND_ROW + len(KINDS) - 1
_NAMES = f"$B${_FIRST_ROW}:$B${_LAST_ROW}"
_FINALS = f"$F${_FIRST_ROW}:$F${_LAST_ROW}"
_BASES = f"$N${_FIRST_ROW}:$N${_LAST_ROW}"
_COMPARED = f"$C${_FIRST_WORK}:$C${_LAST_WORK}"
_ORDERS = f"$J${_FIRST_WORK}:$J${_LAST_WORK}"
_OFFICIAL_MARKS = f"$I${_OFFICIAL_ROW}:$M${_OFFICIAL_ROW}"

_PRICE, _MARKUP = '"$"0.0000', "+0.0%;-0.0%;0.0%"
_SMALL = replace(theme.WRAPPED_CELL, size=8)
_MARK = replace(theme.CELL, align="center", indent=0)
_LISTED = replace(theme.NUMBER, number=f"{theme.RATE};;–")
_WHOLE = replace(theme.NUMBER, number=theme.COUNT)


class Column(NamedTuple):
    """A column of the comparison: field, letter, caption, look."""

    field: str
    letter: str
    caption: str
    style: Style


COLUMNS = (
    Column("name", "B", "Plan", replace(theme.WRAPPED_CELL, bold=True)),
    Column("kind", "C", "Kind of price", theme.CELL),
    Column("credits", "D", "Credits per image", replace(theme.NUMBER, number=theme.MONEY)),
    Column("usd", "E", "USD per image", replace(theme.NUMBER, number=_PRICE)),
    Column("final", "F", "USD per accepted final", replace(theme.NUMBER, number=_PRICE)),
    Column("bill", "G", "The job's bill, USD", replace(theme.NUMBER, number=theme.USD)),
    Column("markup", "H", "Over the token list price", replace(theme.NUMBER, number=_MARKUP)),
    *(
        Column(quality, letter, quality, _MARK)
        for quality, letter in zip(QUALITIES, "IJKLM", strict=True)
    ),
    Column("basis", "N", "Basis", theme.CELL),
    Column("checked", "O", "Seen on", replace(theme.NUMBER, number=theme.DATE)),
    Column("source", "P", "Source", _SMALL),
    Column("note", "Q", "What to know", _SMALL),
)


class Listed(NamedTuple):
    """A column of the workings: field, letter, caption, look."""

    field: str
    letter: str
    caption: str
    style: Style


WORKINGS = (
    Listed("compared", "C", "USD per accepted final, compared", replace(_LISTED, number=_PRICE)),
    Listed("row", "D", "Row for this job", _WHOLE),
    Listed("listed_credits", "E", "Listed credits", _LISTED),
    Listed("listed_usd", "F", "Listed USD", _LISTED),
    Listed("listed_usd_per_credit", "G", "Listed USD per credit", _LISTED),
    Listed("listed_multiplier", "H", "Listed multiplier", _LISTED),
    Listed("at", "I", "First row", _WHOLE),
    Listed("order", "J", "Order", _WHOLE),
)

BAD_SIZE = "the size is not legal for the model"
BAD_QUALITY = "the model does not have this quality"
BAD_IMAGE = "the inputs of one image are out of range, see Checks"
BAD_PLAN = "finals, retries or buffer are out of range, see Checks"
BAD_TABLE = "mend the plans table, see Checks"
NO_TOKENS = "the output tokens are not known"
NO_RATE = "no rate for this model, tier and day"
ESTIMATED = "the token count is an estimate"
NO_ROW = "no price for this model, size or quality"
NO_BASE = "the token price that it multiplies is not known"
NO_CREDIT_PRICE = "the price of a credit is not published"
OLD = "seen over 45 days before the price date: check it again"
NO_AMOUNT = "its row in the plans table names no price"

MORE = "▲ There are more plans than these 20: further ones are not compared here."
SAYS_BAD_PLAN = "Finals, retries or buffer are out of range, see Checks."
SAYS_NONE = "No plan has a price in USD for this job."
SAYS_LESS = " costs less than official tokens for this job; check its price before you rely on it."
SAYS_NO_LESS = "No plan is cheaper than official tokens for this job."
SAYS_ALONE = " is the cheapest plan; what official tokens cost is not known."

PACK_UNTYPED = "Type the price and the credits of a pack, both above 0."
PACK_NO_CREDITS = "The chosen plan has no credits per image here: choose another on the Worksheet."
PACK_BAD_PLAN = "Mend finals, retries or buffer on the Worksheet first."
PACK_NO_TOKENS = "The token price is not known, so the pack cannot be compared."
PACK_NO_NEED = "The job needs no images, so no pack."
PACK_PAYS = "The pack pays off for this job: the packs cost less than tokens."
PACK_NEVER = "The pack never pays off here: each of its images costs as much as by tokens, or more."
PACK_TOO_BIG = "The pack does not pay off for this job: whole packs cost more than tokens."

ERRORS = (
    Check(
        "ok_pack",
        "The prepaid pack of the Plans sheet",
        "Both empty, or a price and credits above 0.",
        "IF(AND(ISBLANK(pack_usd),ISBLANK(pack_credits)),1,pack_valid)",
    ),
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
    _pack(page)
    _table(page)
    _workings(page)
    _chart_data(page)
    _chart(page)
    _rest(page)
    _flags(page)
    page.sheet.freeze_panes = "A3"
    page.sheet.row_breaks.append(Break(id=_WORK_ROW - 1))
    page.print_setup(f"A1:R{_LAST}", "1:2")
    page.protect()


def _head(page: Page) -> None:
    page.fill("A1:R2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 40, 6: 20, 7: 8, 8: 20, 9: 18, 10: 18, 11: 8})
    page.heights(dict.fromkeys(range(_BLOCK_ROW, _TABLE_ROW + 2), 16))
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
    quoted = page.words.quoted
    less = f"{_rounded('plans_cheapest_final')}<{_rounded('plans_official_final')}"
    return (
        f"IF(plan_valid=0,{quoted(SAYS_BAD_PLAN)},IF(plans_priced=0,{quoted(SAYS_NONE)},"
        f"IF(ISNUMBER(plans_official_final),IF({less},plans_cheapest&{quoted(SAYS_LESS)},"
        f"{quoted(SAYS_NO_LESS)}),plans_cheapest&{quoted(SAYS_ALONE)})))"
    )


def _rounded(value: str) -> str:
    return f"ROUND({value},compared_decimals)"


def _cards(page: Page) -> None:
    page.fill("B4:H6", theme.CARD_LABEL)
    page.fill("J4:P6", theme.CARD_LABEL)
    percent = replace(theme.CARD_PRICE, number=_MARKUP)
    listed = "IF(plan_valid=1,list_cost_per_image*retries_used,NA())"
    first = f"IF(plans_priced=0,NA(),INDEX({{}},MATCH(1,{_ORDERS},0)))"
    over = first.format(f"$H${_FIRST_ROW}:$H${_LAST_ROW}")
    page.say("B4", "Tokens per accepted final", theme.CARD_LABEL)
    page.formula("B5", "plans_list_final", listed, theme.CARD_PRICE)
    page.say("B6", "list price × retries", theme.CARD_NOTE)
    page.say("C4", "Cheapest plan for this job", theme.CARD_LABEL)
    page.formula("C5", "plans_cheapest", first.format(_NAMES), theme.CARD_MONEY)
    page.say("C6", "by USD per accepted final", theme.CARD_NOTE)
    page.say("F4", "Its price per accepted final", theme.CARD_LABEL)
    page.formula("F5", "plans_cheapest_final", first.format(_FINALS), theme.CARD_PRICE)
    page.say("F6", "price × retries", theme.CARD_NOTE)
    page.say("H4", "Over the list price", theme.CARD_LABEL)
    page.formula("H5", "plans_cheapest_markup", over, percent)
    page.say("H6", "below 0: cheaper", theme.CARD_NOTE)
    page.say("J4", "Plans with a price in USD", theme.CARD_LABEL)
    page.formula("J5", "plans_priced", f"COUNT({_COMPARED})", theme.CARD_COUNT)
    quoted = page.words.quoted
    of_all = f"{quoted('of ')}&plans_listed&{quoted(' plans compared')}"
    page.formula("J6", "plans_priced_of", of_all, theme.CARD_NOTE)
    chosen = "IF(plan_valid*plans_quality_taken=1,plan_usd*retries_used,NA())"
    page.say("N4", "The chosen plan, per accepted final", theme.CARD_LABEL)
    page.formula("N5", "plans_chosen_final", chosen, theme.CARD_PRICE)
    page.same("N6", "plan", theme.CARD_NOTE)


def _pack(page: Page) -> None:
    """Write the prepaid pack beside the chart."""
    page.fill(f"J{_BLOCK_ROW}:P{_BLOCK_ROW}", theme.STEP)
    page.say(f"J{_BLOCK_ROW}", "A prepaid pack of the plan chosen on the Worksheet", theme.STEP)
    _pack_inputs(page)
    for row, line in enumerate(_PACK, start=_BLOCK_ROW + 3):
        page.say(f"J{row}", line.label, theme.LABEL)
        page.say(f"O{row}", line.hint, theme.NOTE)
        if line.formula:
            page.formula(f"N{row}", line.name, line.formula, line.style)
        else:
            page.same(f"N{row}", line.name, line.style)
    row = _BLOCK_ROW + 3 + len(_PACK)
    page.fill(f"J{row}:P{row}", theme.TOTAL_LABEL)
    page.formula(f"J{row}", "pack_says", _pack_verdict(page), theme.TOTAL_LABEL)


class PackLine(NamedTuple):
    """A line of the pack: name, label, hint, look; without a formula the name is repeated."""

    name: str
    label: str
    hint: str
    style: Style
    formula: str = ""


_COMPUTED_PRICE = replace(theme.COMPUTED, number=_PRICE)
_PACK = (
    PackLine("plan_credits", "Credits per image", "of the chosen plan", theme.COMPUTED_RATE),
    PackLine(
        "pack_images",
        "Images in the pack",
        "credits of the pack / credits per image",
        theme.COMPUTED_FRACTION,
        "IF(pack_valid=1,pack_credits/plan_credits,NA())",
    ),
    PackLine(
        "pack_usd_per_image",
        "USD per image of the pack",
        "if it is used up",
        _COMPUTED_PRICE,
        "IF(pack_valid=1,pack_usd/pack_images,NA())",
    ),
    PackLine(
        "list_cost_per_image",
        "USD per image by tokens",
        "list price, standard tier",
        _COMPUTED_PRICE,
    ),
    PackLine(
        "pack_break_even",
        "Break-even volume, images",
        "from here on one pack is cheaper than tokens",
        theme.COMPUTED_FRACTION,
        "IF(pack_valid=1,IF(list_cost_per_image=0,NA(),pack_usd/list_cost_per_image),NA())",
    ),
    PackLine(
        "budget_credits", "Credits this job needs", "buffer included", theme.COMPUTED_FRACTION
    ),
    PackLine(
        "pack_needed",
        "Packs this job needs",
        "whole packs",
        replace(theme.COMPUTED, number=theme.COUNT),
        f"IF(pack_valid=1,ROUNDUP({_rounded('budget_credits/pack_credits')},0),NA())",
    ),
    PackLine(
        "pack_cost",
        "What these packs cost",
        "USD, paid in advance",
        theme.COMPUTED_USD,
        "IF(pack_valid=1,pack_needed*pack_usd,NA())",
    ),
    PackLine(
        "pack_tokens_usd",
        "The same images by tokens",
        "USD, list price, buffer included",
        theme.COMPUTED_USD,
        "list_cost_per_image*generations_with_buffer",
    ),
)


def _pack_inputs(page: Page) -> None:
    above_0 = {"type": "decimal", "operator": "greaterThan", "formula1": "0"}
    row = _BLOCK_ROW + 1
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


def _pack_verdict(page: Page) -> str:
    """Say whether the pack pays off; the first that applies."""
    cases = (
        ("pack_valid=0", PACK_UNTYPED),
        ("NOT(ISNUMBER(plan_credits))", PACK_NO_CREDITS),
        ("plan_valid=0", PACK_BAD_PLAN),
        ("NOT(ISNUMBER(pack_tokens_usd))", PACK_NO_TOKENS),
        ("pack_needed=0", PACK_NO_NEED),
        (f"{_rounded('pack_cost')}<{_rounded('pack_tokens_usd')}", PACK_PAYS),
        (f"{_rounded('pack_usd_per_image')}>={_rounded('list_cost_per_image')}", PACK_NEVER),
    )
    return _first_of(page, cases, page.words.quoted(PACK_TOO_BIG))


def _first_of(page: Page, cases: tuple[tuple[str, str], ...], otherwise: str) -> str:
    """Return a formula for the words of the first condition that holds."""
    formula = otherwise
    for condition, said in reversed(cases):
        formula = f"IF({condition},{page.words.quoted(said)},{formula})"
    return formula


def _table(page: Page) -> None:
    """Write the comparison: official tokens, then a line for each plan."""
    top = _TABLE_ROW
    page.fill(f"B{top}:Q{top}", theme.STEP)
    page.say(f"B{top}", "The same job by official tokens and by each plan", theme.STEP)
    legend = (
        "✔ has a price · ? the price cannot be computed · ✘ refused, or no price is listed · "
        "blank: not a quality of the model · basis estimate: a part of the price is assumed"
    )
    page.say(f"B{top + 1}", legend, theme.NOTE)
    page.heights({top + 2: 30} | dict.fromkeys(range(_OFFICIAL_ROW, _LAST_ROW + 1), 23))
    for column in COLUMNS:
        put = page.put if column.field in QUALITIES else page.say
        put(f"{column.letter}{top + 2}", column.caption, theme.HEADER)
    _official(page)
    for k in range(1, ROOM + 1):
        formulas = _line(page, k)
        for column in COLUMNS:
            at = f"{column.letter}{_FIRST_ROW + k - 1}"
            page.formula(at, f"plans_{column.field}_{k}", formulas[column.field], column.style)
    more = f'IF(plans_left_out=0,"",{page.words.quoted(MORE)})'
    page.formula(f"B{_LAST_ROW + 1}", "plans_more", more, theme.WARNING)


def _official(page: Page) -> None:
    """Write the line of official tokens, at the tier of the job."""
    row = _OFFICIAL_ROW
    looks = {c.field: replace(c.style, fill=theme.MIST, bold=True) for c in COLUMNS}
    ats = {column.field: f"{column.letter}{row}" for column in COLUMNS}
    page.say(ats["name"], "Official tokens", looks["name"])
    page.put(ats["credits"], None, looks["credits"])
    page.same(ats["usd"], "token_cost_per_image", looks["usd"])
    page.same(ats["checked"], "checked_image_out", looks["checked"])
    page.same(ats["source"], "source_image_out", replace(looks["source"], bold=False))
    formulas = {
        "kind": f"{page.words.quoted('tokens, tier ')}&tier",
        "final": "IF(plan_valid=1,token_cost_per_image*retries_used,NA())",
        "bill": "token_cost_per_image*generations_with_buffer",
        "markup": "IF(list_cost_per_image=0,NA(),token_cost_per_image/list_cost_per_image-1)",
        "basis": f'IF({_ESTIMATED}=1,"estimate",basis_image_out)',
        "note": _official_note(page),
        **{quality: _official_mark(quality) for quality in QUALITIES},
    }
    for field, formula in formulas.items():
        style = replace(looks[field], bold=False) if field == "note" else looks[field]
        page.formula(ats[field], f"plans_official_{field}", formula, style)


_ESTIMATED = 'IF(measured_tokens="",IF(basis_tokens="estimate",1,0),0)'


def _official_note(page: Page) -> str:
    quoted = page.words.quoted
    faults = (
        ("size_legal=0", BAD_SIZE),
        ("spec_valid=0", BAD_IMAGE),
        ("plans_quality_taken=0", BAD_QUALITY),
        ("ISNUMBER(tokens_image_out)", NO_RATE),
    )
    fault = _first_of(page, faults, quoted(NO_TOKENS))
    said = f'IF({_ESTIMATED}=1,{quoted(ESTIMATED)},"")'
    return f"IF(ISNUMBER(token_cost_per_image),IF(plan_valid=0,{quoted(BAD_PLAN)},{said}),{fault})"


def _official_mark(quality: str) -> str:
    """Return ✔ where output tokens are known, ? where not; blank for another model's quality.

    A model takes every quality up to the highest one that has a count.
    """
    listed = f"SUMIFS(tblFixed[{quality}],tblFixed[model],model,tblFixed[size],size_used)"
    in_table = quality in QUALITIES[:3]
    counted = (
        f'IF(counting="grid",N(INDEX(tblModels[{quality}],model_row)),'
        f"{listed if in_table else '0'})"
    )
    columns = "tblModels[max]" if quality == "max" else f"tblModels[[{quality}]:[max]]"
    from_here = f"SUM(INDEX({columns},model_row,0))"
    taken = f'IF(counting="grid",{from_here},{1 if in_table else 0})'
    measured = f'IF(quality="{quality}",IF(ISNUMBER(tokens_image_out),1,0),0)'
    known = f'IF({counted}+{measured}>0,"{MARKS[2]}","{MARKS[1]}")'
    return f'IF(size_legal=0,"",IF({taken}=0,"",{known}))'


def _line(page: Page, k: int) -> dict[str, str]:
    """Return the formulas of a plan's line by field; an unused line is blank."""
    row, usd = f"plans_row_{k}", f"plans_usd_{k}"
    credits_, multiplier = f"plans_listed_credits_{k}", f"plans_listed_multiplier_{k}"
    listed, per_credit = f"plans_listed_usd_{k}", f"plans_listed_usd_per_credit_{k}"
    shown = f"INDEX(tblPlans[{{}}],IF(N({row})=0,plans_at_{k},{row}))"
    kinds = f"$B${_KIND_ROW}:$B${_LAST}"
    kind = shown.format("shape")
    formulas = {
        "kind": f'IFERROR(INDEX($C${_KIND_ROW}:$C${_LAST},MATCH({kind}&"",{kinds},0)),{kind}&"")',
        "credits": f"IF({row}=0,NA(),IF({credits_}>0,{credits_},"
        f'IF({per_credit}>0,{usd}/{per_credit},"")))',
        "usd": f"IF({listed}>0,{listed},IF({multiplier}>0,{multiplier}*list_cost_per_image,"
        f"IF({credits_}*{per_credit}>0,{credits_}*{per_credit},NA())))",
        "final": f"IF(plan_valid=1,{usd}*retries_used,NA())",
        "bill": f"{usd}*generations_with_buffer",
        "markup": f"IF(list_cost_per_image=0,NA(),{usd}/list_cost_per_image-1)",
        "basis": f'{shown.format("basis")}&""',
        "checked": f"IF(N({shown.format('checked')})=0,NA(),{shown.format('checked')})",
        "source": f'{shown.format("source")}&""',
        "note": _line_note(page, k),
        **{quality: _mark(k, quality) for quality in QUALITIES},
    }
    used = {field: f'IF(plans_at_{k}=0,"",{formula})' for field, formula in formulas.items()}
    return {"name": f'IF(plans_at_{k}=0,"",INDEX(tblPlans[plan],MAX(1,plans_at_{k})))', **used}


def _line_note(page: Page, k: int) -> str:
    """Say why a plan has no price, or what its row in the plans table says."""
    row, quoted = f"plans_row_{k}", page.words.quoted
    faults = (
        ("size_legal=0", BAD_SIZE),
        ("plans_quality_taken=0", BAD_QUALITY),
        (f"ISERROR({row})", BAD_TABLE),
        (f"{row}=0", NO_ROW),
        (f"plans_listed_multiplier_{k}>0", NO_BASE),
        (f"plans_listed_credits_{k}>0", NO_CREDIT_PRICE),
    )
    fault = _first_of(page, faults, quoted(NO_AMOUNT))
    note, seen = f"INDEX(tblPlans[note],{row})", f"plans_checked_{k}"
    old = f"IF(ISNUMBER({seen}),N(price_date)-{seen}>rates_age_days,FALSE)"
    again = f'IF({old},IF({note}&""="","",{quoted("; ")})&{quoted(OLD)},"")'
    said = f"IF(plan_valid=0,{quoted(BAD_PLAN)},{note}&{again})"
    return f"IF(ISNUMBER(plans_usd_{k}),{said},{fault})"


def _fitting(k: int, quality: str) -> str:
    """Return which rows of the plans table bill such an image."""
    return PLAN_FITS.format(
        plan=f"plans_name_{k}", model="model", quality=quality, long_edge="long_edge"
    )


# Of the rows that fit, the best one; of equals the first one.
_RANK = f"({PLAN_PREFERENCE}*plan_row_base-{PLAN_POSITION})"


def _mark(k: int, quality: str) -> str:
    """Return the mark of a plan for a quality of the model: the best row's last digit, as it were.

    0 where no row fits, 1 for a row without a price that can be told, 2 for one with a price.
    """
    priced = (
        "SIGN(ISNUMBER(tblPlans[usd])*(tblPlans[usd]>0)"
        "+ISNUMBER(tblPlans[credits])*(tblPlans[credits]>0)"
        "+ISNUMBER(tblPlans[multiplier])*(tblPlans[multiplier]>0)"
        f'*(plans_official_{quality}="{MARKS[2]}"))'
    )
    fitting = _fitting(k, f'"{quality}"')
    best = f"SUMPRODUCT(MAX({fitting}*({_RANK}*plan_marks+1+{priced})))"
    mark = f"MOD(MOD({best},plan_row_base*plan_marks),plan_marks)"
    return f'IF(plans_official_{quality}="","",IFERROR(MID("{MARKS}",1+{mark},1),NA()))'


def _workings(page: Page) -> None:
    """Write the rows of the plans table that the lines show, and their order by price."""
    top = _WORK_ROW
    page.fill(f"B{top}:J{top}", theme.STEP)
    page.say(f"B{top}", "Workings: nothing to type here", theme.STEP)
    page.say(f"B{top + 1}", "Plan", theme.HEADER)
    page.heights({top + 1: 30})
    for working in WORKINGS:
        page.say(f"{working.letter}{top + 1}", working.caption, theme.HEADER)
    for k in range(1, ROOM + 1):
        row = top + 1 + k
        page.same(f"B{row}", f"plans_name_{k}", theme.CELL)
        formulas = _working(k, row)
        for working in WORKINGS:
            name = f"plans_{working.field}_{k}"
            page.formula(f"{working.letter}{row}", name, formulas[working.field], working.style)


def _working(k: int, row: int) -> dict[str, str]:
    """Return the formulas of a plan's workings by field."""
    of_plan, compared = f"plans_row_{k}", f"plans_compared_{k}"
    best = f"MOD(-SUMPRODUCT(MAX({_fitting(k, 'quality')}*{_RANK})),plan_row_base)"
    listed = f"IF({of_plan}=0,0,N(INDEX(tblPlans[{{}}],{of_plan})))"
    cheaper = f"SUMPRODUCT(ISNUMBER({_COMPARED})*({_COMPARED}<{compared}))"
    ties = f"SUMPRODUCT(--($C${_FIRST_WORK}:C{row}={compared}))"
    price = f"plans_final_{k}"
    return {
        "at": f"MOD(-SUMPRODUCT(MAX({_unnamed(k)}*(plan_row_base-{PLAN_POSITION}))),plan_row_base)",
        "row": f"IF(plans_at_{k}*size_legal*plans_quality_taken=0,0,IFERROR({best},NA()))",
        **{
            f"listed_{field}": listed.format(field)
            for field in ("credits", "usd", "usd_per_credit", "multiplier")
        },
        "compared": f'IF(ISNUMBER({price}),{_rounded(price)},"")',
        "order": f'IF(ISNUMBER({compared}),{cheaper}+{ties},"")',
    }


def _unnamed(k: int) -> str:
    """Return which rows of the plans table belong to none of the plans before line ``k``.

    Plain comparisons, because MATCH and COUNTIF would take a * in a name for a wildcard.
    """
    others = (f"*(tblPlans[plan]<>plans_name_{i})" for i in range(1, k))
    return f'(tblPlans[plan]<>""){"".join(others)}'


def _chart_data(page: Page) -> None:
    """Write the bars: official tokens, then the plans with a price, the cheapest first."""
    top = _WORK_ROW
    page.fill(f"O{top}:Q{top}", theme.STEP)
    page.say(f"O{top}", "Bars of the chart", theme.STEP)
    for letter, text in zip("OPQ", ("Order", "Plan", "USD per accepted final"), strict=True):
        page.say(f"{letter}{top + 1}", text, theme.HEADER)
    looks = _WHOLE, theme.CELL, replace(theme.NUMBER, number=_PRICE)
    page.put(f"O{top + 2}", 0, looks[0])
    unknown = page.words.quoted(" (not known)")
    name = f'{page.words.quoted("Official tokens")}&IF(Q{top + 2}="",{unknown},"")'
    page.formula(f"P{top + 2}", "plans_bar_label_0", name, looks[1])
    official = 'IF(ISNUMBER(plans_official_final),plans_official_final,"")'
    page.formula(f"Q{top + 2}", "plans_bar_0", official, looks[2])
    assumed = page.words.quoted(" (assumed)")
    for k, row in enumerate(range(top + 3, top + 3 + BARS), start=1):
        found = f"INDEX({{}},MATCH($O{row},{_ORDERS},0))"
        mark = f'IF({found.format(_BASES)}="estimate",{assumed},"")'
        label = f'IFERROR({found.format(_NAMES)}&{mark},"")'
        page.put(f"O{row}", k, looks[0])
        page.formula(f"P{row}", f"plans_bar_label_{k}", label, looks[1])
        bar = f'IFERROR({found.format(_FINALS)},"")'
        page.formula(f"Q{row}", f"plans_bar_{k}", bar, looks[2])


def _chart(page: Page) -> None:
    """Draw the price of an accepted final; a bar without a price is text, so it is not drawn."""
    page.fill(f"B{_BLOCK_ROW}:H{_BLOCK_ROW}", theme.STEP)
    title = "USD per accepted final: official tokens, then the 10 cheapest plans"
    page.say(f"B{_BLOCK_ROW}", title, theme.STEP)
    first = _WORK_ROW + 2
    chart = BarChart()
    chart.type, chart.gapWidth, chart.title, chart.legend, chart.style = "bar", 35, None, None, 10
    chart.add_data(Reference(page.sheet, min_col=17, min_row=first, max_row=first + BARS))
    chart.set_categories(Reference(page.sheet, min_col=16, min_row=first, max_row=first + BARS))
    _paint(chart)
    chart.y_axis.numFmt, chart.y_axis.title, chart.y_axis.crosses = '"$"0.00', None, "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.scaling.orientation, chart.x_axis.tickLblPos = "maxMin", "low"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 22.4, 7.2
    page.sheet.add_chart(chart, f"B{_BLOCK_ROW + 1}")
    page.describe_chart("USD per accepted final by plan, official tokens first")


def _paint(chart: BarChart) -> None:
    (bars,) = chart.series
    bars.graphicalProperties = GraphicalProperties(solidFill=theme.TEAL)
    official = DataPoint(idx=0)
    official.graphicalProperties = GraphicalProperties(solidFill=theme.NAVY)
    bars.dPt.append(official)
    bars.dLbls = DataLabelList()
    bars.dLbls.showVal, bars.dLbls.position = True, "outEnd"
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(bars.dLbls, unwanted, False)
    bars.dLbls.numFmt = f"{_PRICE};;;"


def _rest(page: Page) -> None:
    """Write what the kinds of price are called, how many plans there are, what is valid."""
    page.fill(f"B{_KIND_ROW - 1}:C{_KIND_ROW - 1}", theme.HEADER)
    page.say(f"B{_KIND_ROW - 1}", "Shape in the plans table", theme.HEADER_LEFT)
    page.say(f"C{_KIND_ROW - 1}", "Kind of price", theme.HEADER_LEFT)
    for row, (shape, kind) in enumerate(KINDS.items(), start=_KIND_ROW):
        page.put(f"B{row}", shape, theme.CODE)
        page.say(f"C{row}", kind, theme.CELL)
    taken = f'IFERROR(IF(INDEX({_OFFICIAL_MARKS},quality_column)="",0,1),0)'
    figures = (
        ("plans_listed", "Plans compared", f'SUMPRODUCT(--({_NAMES}<>""))'),
        ("plans_left_out", "Rows of further plans", f"SUMPRODUCT({_unnamed(ROOM + 1)})"),
        (
            "plans_quality_taken",
            "The model has the quality (1 = yes)",
            f"IF(ISNUMBER(tokens_image_out),1,{taken})",
        ),
        (
            "pack_valid",
            "The pack is in range (1 = yes)",
            f"{within('pack_usd', 'pack_usd>0')}*{within('pack_credits', 'pack_credits>0')}",
        ),
    )
    for row, (name, label, formula) in enumerate(figures, start=_KIND_ROW):
        page.say(f"E{row}", label, theme.LABEL)
        page.formula(f"H{row}", name, formula, theme.COMPUTED)


def _flags(page: Page) -> None:
    """Let what is missing, assumed, old or cheapest stand out; words say it too."""
    page.flag_errors("B4:P6")
    page.flag_errors(f"J{_BLOCK_ROW}:N{_TABLE_ROW - 1}")
    page.flag_errors(f"B{_OFFICIAL_ROW}:Q{_LAST_WORK}")
    # LibreOffice applies one rule to a cell; none of the others holds in an unused line.
    unseen = Border(bottom=Side(style="thin", color=theme.PAPER))
    _mark_cells(page, f"B{_FIRST_ROW}:Q{_LAST_ROW}", f'$B{_FIRST_ROW}=""', border=unseen)
    amber = Font(color=theme.AMBER, bold=True)
    assumed = f'$N{_OFFICIAL_ROW}="estimate"'
    _mark_cells(page, f"N{_OFFICIAL_ROW}:N{_LAST_ROW}", assumed, font=amber)
    old = f"IF(ISNUMBER($O{_FIRST_ROW}),price_date-$O{_FIRST_ROW}>rates_age_days,FALSE)"
    _mark_cells(page, f"O{_FIRST_ROW}:O{_LAST_ROW}", old, font=amber)
    teal = Font(color=theme.TEAL, bold=True)
    cells, cheapest = f"B{_FIRST_ROW}:H{_LAST_ROW}", f"$J{_FIRST_WORK}=1"
    _mark_cells(page, cells, cheapest, font=teal, fill=PatternFill(bgColor=theme.TEAL_FILL))


def _mark_cells(page: Page, cells: str, condition: str, **look: Any) -> None:  # noqa: ANN401
    rule = FormulaRule(formula=[condition], **look)  # type: ignore[no-untyped-call]
    page.sheet.conditional_formatting.add(cells, rule)
