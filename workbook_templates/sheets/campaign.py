"""The Campaign: one line per output spec, priced in its row; totals and a chart above the lines.

Nothing stands below the table, so that it can grow; its columns follow it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties

from workbook_templates import theme
from workbook_templates.check import Check, RowFaults, holds
from workbook_templates.page import Book, Page
from workbook_templates.sheets import line, workings
from workbook_templates.sheets.rates import QUALITIES
from workbook_templates.theme import Style
from workbook_templates.words import Words
from xl_pricing.rates.rows import TIERS

TABLE = "tblCampaign"
FAULT_TABLE = "tblLineFaults"
USES = 8
"""Use cases that the summary and the chart name; the others are one row."""
TYPED = (
    *("use_case", "size", "quality", "model", "finals", "retries"),
    *("prompt_tokens", "reference_images", "tier", "buffer"),
)
DRAFTED = ("drafts_per_final", "draft_size", "draft_quality", "finish_retries")
INPUTS = (*TYPED, *DRAFTED)
PARTS = ("finals_cost", "retries_cost", "buffer_cost")
"""What a line's budget is made of."""
USES_ROW, CAPTION_ROW = 8, 22
FIRST_ROW = CAPTION_ROW + 2
_LAST_ROW = 1_048_576


class Line(NamedTuple):
    """A line as it is typed; the drafts of the second stage may be left blank."""

    use_case: str
    size: str
    quality: str
    model: str
    finals: float
    retries: float
    prompt_tokens: int | None
    reference_images: int | None
    tier: str = "standard"
    buffer: float = 0.2
    drafts_per_final: float | None = None
    draft_size: str | None = None
    draft_quality: str | None = None
    finish_retries: float | None = None


LINES = (
    Line("Shop pages", "4:5", "high", "gpt-image-2", 120, 1.5, 180, 1, draft_size="768x960"),
    Line("Shop pages", "4:5", "medium", "gpt-image-2", 240, 1.3, 180, 1),
    Line("Ad variants", "1:1", "medium", "gpt-image-2", 400, 1.6, 120, 1, "batch", 0.15),
    Line("Ad variants", "4:5", "medium", "gpt-image-2", 200, 1.6, 120, 1, "batch", 0.15),
    Line("Stories", "9:16", "high", "gpt-image-2", 60, 2, 150, 1, buffer=0.25),
    Line("Screens", "16:9", "high", "gpt-image-2", 12, 2.5, 420, 2, buffer=0.3),
    Line("Hero banners", "21:9", "high", "gpt-image-2", 6, 4, 260, 2, buffer=0.3),
    Line("Hero banners", "3:1", "high", "gpt-image-2", 6, 3, 260, 2, buffer=0.3),
    Line("Catalogue tiles", "1:1", "low", "gpt-image-2", 800, 1.1, 60, None, "batch", 0.1),
    Line("Posters", "2:3", "high", "gpt-image-2", 10, 3, 300, None, buffer=0.3),
    Line("Posters", "1024x1536", "medium", "gpt-image-2", 24, 1.8, 300, None),
    Line("Link previews", "2:1", "medium", "gpt-image-2", 48, 1.2, 90, None),
)
"""The prefilled lines: a season's launch of a shop."""

FAULTS = (
    ("✔ priced", "Nothing to do."),
    ("model unknown", "Choose a model of the list, or add it to the models table."),
    ("size not readable", "Type a ratio of the sizes table such as 4:5, or px such as 1024x1536."),
    ("size not legal", "Choose a size that the model takes; the Rates sheet says which."),
    ("quality has no token count", "Choose a quality of the model, or type measured tokens."),
    ("tier unknown", "Type standard or batch."),
    ("reference images", "Leave empty, or type a whole number from 0 to 16."),
    ("prompt tokens", "Leave empty, or type a whole number from 0 to 100,000."),
    ("no rate on that day", "Choose another tier, model or price date, or add the rate."),
    ("finals", "Type a number, 0 or more."),
    ("retries", "Type a number, 1 or more."),
    ("buffer", "Type a share from 0% to 100%."),
    ("drafts", "Mend the draft columns; the line itself is priced."),
)
"""What can be wrong with a line, by its code, and what to do; the first thing found is told."""
DRAFTS_FAULT = len(FAULTS) - 1

_CAPTIONS = {
    "use_case": "Use case",
    "size": "Ratio or size",
    "quality": "Quality",
    "model": "Model",
    "finals": "Finals",
    "retries": "Retries",
    "prompt_tokens": "Prompt tokens",
    "reference_images": "Reference images",
    "tier": "Price tier",
    "buffer": "Buffer",
    "check": "Check",
    "output_tokens": "Output tokens per image",
    "cost_per_image": "USD per image",
    "generations": "Total generations",
    "budget": "Budget, USD",
    "credits": "Credits of the plan",
    "share": "Share of the total",
    "drafts_per_final": "Drafts per final",
    "draft_size": "Draft size",
    "draft_quality": "Draft quality",
    "finish_retries": "Retries after drafts",
    "staged_budget": "Staged budget, USD",
    "saving": "Saving, USD",
    "saving_share": "Saving",
    "break_even_retries": "Break-even, retries",
    "filled": "Filled in (1 = yes)",
    "model_row": "Row of the model",
    "tier_column": "Column of the tier",
    "size_text": "Size as read",
    "width": "Width, px",
    "height": "Height, px",
    "legal": "Legal (1 = yes)",
    "grid": "Grid",
    "cells": "Short-edge cells",
    "listed": "Tokens of the fixed size",
    "text_tokens": "Text tokens",
    "image_tokens": "Reference tokens",
    "token_cost": "USD by tokens",
    "finals_cost": "Finals, USD",
    "retries_cost": "Retries, USD",
    "buffer_cost": "Buffer, USD",
    "plan_row": "Row of the plan",
    "use_row": "First row of the use case",
    "use_first": "A use case begins",
    "draft_text": "Draft size as read",
    "draft_width": "Draft width, px",
    "draft_height": "Draft height, px",
    "draft_legal": "Draft is legal",
    "drafts": "Drafts in use",
    "finish": "Retries after drafts in use",
    "draft_word": "Draft quality in use",
    "draft_grid": "Draft grid",
    "draft_cells": "Draft cells",
    "draft_listed": "Draft tokens of the fixed size",
    "draft_tokens": "Draft tokens",
    "draft_cost": "USD per draft",
    "fault": "Code of the check",
    "fault_row": "Row to mend",
}

_SIZE = line.Sizing("[@size]", "size_text", "width", "height")
_DRAFT = line.Sizing("[@draft_size]", "draft_text", "draft_width", "draft_height")
_COUNTED = ("quality", "legal", "grid", "cells", "listed", "width", "height")
_SPEC = {name: f"[@{name}]" for name in _COUNTED}
_DRAFT_SPEC = {name: f"[@draft_{name}]" for name in _COUNTED} | {"quality": "[@draft_word]"}
_ROW = f"(ROW()-ROW({TABLE}[[#Headers],[use_case]]))"
_TOKENS = {"text_in": "[@text_tokens]", "image_in": "[@image_tokens]"}
_OUT = {"image_out": "[@output_tokens]"}
_RATES = {meter: line.rate(meter) for meter in line.SHEET_METERS}
_LIST_RATES = {meter: line.list_rate(meter) for meter in line.SHEET_METERS}


def _is_number(cell: str, *conditions: str) -> str:
    return f"IF(ISNUMBER({cell}),IF(AND({','.join(conditions)}),1,0),0)"


def _filled(formula: str) -> str:
    return f'IF([@filled]=0,"",{formula})'


def _priced(formula: str) -> str:
    """Return a figure of a priced line, blank for a blank one, #N/A for a fault."""
    good = f"OR([@fault]=0,[@fault]={DRAFTS_FAULT})"
    return _filled(f"IF({good},{formula},NA())")


def _staged(formula: str) -> str:
    """Return a figure of the two stages, #N/A where a line or its drafts have a fault."""
    return _filled(f"IF([@fault]=0,{formula},NA())")


def _plan_row() -> str:
    """Find the best row of the chosen plan for the line in one pass; 0 where there is none."""
    model = "INDEX(tblModels[model],[@model_row])"
    fits = workings.PLAN_FITS.format(
        plan="plan", model=model, quality="[@quality]", long_edge="MAX([@width],[@height])"
    )
    return f"IF([@legal]=0,0,IFERROR({workings.plan_row(fits)},NA()))"


def _credits() -> str:
    def listed(field: str) -> str:
        return f"N(INDEX(tblPlans[{field}],[@plan_row]))"

    list_cost = line.usd({**_TOKENS, **_OUT}, _LIST_RATES)
    usd = f"IF({listed('usd')}>0,{listed('usd')},{listed('multiplier')}*{list_cost})"
    per_image = (
        f"IF({listed('credits')}>0,{listed('credits')},"
        f"IF({listed('usd_per_credit')}*({listed('usd')}+{listed('multiplier')})>0,"
        f"{usd}/{listed('usd_per_credit')},NA()))"
    )
    return _priced(f"IF([@plan_row]=0,NA(),[@generations]*(1+[@buffer])*{per_image})")


def _fault() -> str:
    """Return the code of the first thing that is wrong; -1 for a blank row."""
    conditions = (
        "[@model_row]=0",
        "[@height]*[@width]<=0",
        "[@legal]=0",
        "ISERROR([@output_tokens])",
        "[@tier_column]<0",
        "ISERROR([@image_tokens])",
        "ISERROR([@text_tokens])",
        "ISERROR([@token_cost])",
        f"{_is_number('[@finals]', '[@finals]>=0')}=0",
        f"{_is_number('[@retries]', '[@retries]>=1')}=0",
        f"{_is_number('[@buffer]', '[@buffer]>=0', '[@buffer]<=1')}=0",
        "ISERROR([@draft_cost])",
    )
    nested = "".join(f"IF({test},{code}," for code, test in enumerate(conditions, start=1))
    return f"IF([@filled]=0,-1,{nested}0{')' * len(conditions)})"


def _or_default(typed: str, default: str) -> str:
    return f'IF([@{typed}]="",{default},[@{typed}])'


def _draft_cost() -> str:
    """Return USD per draft; prompt and reference images are those of the final."""
    valid = f"{_is_number('[@drafts]', '[@drafts]>=0')}*{_is_number('[@finish]', '[@finish]>=1')}"
    more = f"([@draft_tokens]-[@output_tokens])*{line.rate('image_out')}/tokens_per_mtok"
    return f"IF({valid}=0,NA(),[@token_cost]+{more})"


_BUFFERED = "(1+[@buffer])"
_FORMULAS = {
    "check": _filled(f"INDEX({FAULT_TABLE}[says],[@fault]+1)"),
    "output_tokens": _filled(line.output_tokens(_SPEC)),
    "cost_per_image": _priced("[@token_cost]"),
    "generations": _priced("[@finals]*[@retries]"),
    "budget": _priced(f"[@cost_per_image]*[@generations]*{_BUFFERED}"),
    "credits": _credits(),
    "share": _priced("IF(campaign_total=0,0,[@budget]/campaign_total)"),
    "staged_budget": _staged(
        f"[@finals]*([@drafts]*[@draft_cost]+[@finish]*[@cost_per_image])*{_BUFFERED}"
    ),
    "saving": _staged(line.noticeable("([@budget]-[@staged_budget])", "[@budget]")),
    "saving_share": _staged("IF([@budget]=0,0,[@saving]/[@budget])"),
    "break_even_retries": _staged(
        "IF([@cost_per_image]=0,NA(),[@drafts]*[@draft_cost]/[@cost_per_image])"
    ),
    "filled": f"IF(COUNTA({TABLE}[[#This Row],[use_case]:[buffer]])=0,0,1)",
    "model_row": line.model_row("[@model]"),
    "tier_column": f"IFERROR({line.tier_column('[@tier]')},-1)",
    **line.size_columns(_SIZE),
    "legal": line.legal("[@width]", "[@height]"),
    "grid": line.grid("[@quality]", "[@legal]"),
    "cells": line.cells("[@grid]", "[@width]", "[@height]"),
    "listed": line.listed_tokens("[@quality]", "[@legal]", "[@width]", "[@height]"),
    "text_tokens": line.text_tokens("[@prompt_tokens]", "[@reference_images]"),
    "image_tokens": line.image_tokens("[@reference_images]"),
    "token_cost": _filled(f"IF([@tier_column]<0,NA(),{line.usd({**_TOKENS, **_OUT}, _RATES)})"),
    "finals_cost": _priced("[@cost_per_image]*[@finals]"),
    "retries_cost": _priced("[@cost_per_image]*[@finals]*([@retries]-1)"),
    "buffer_cost": _priced("[@cost_per_image]*[@generations]*[@buffer]"),
    "plan_row": _plan_row(),
    "use_row": f'IF([@filled]=0,0,IF([@use_case]="",0,'
    f"IFERROR(MATCH({line.exactly('[@use_case]')},{TABLE}[use_case],0),{_ROW})))",
    "use_first": f'IF([@use_row]={_ROW},[@use_row],"")',
    **line.size_columns(_DRAFT, _SIZE),
    "draft_legal": line.legal("[@draft_width]", "[@draft_height]"),
    "drafts": _or_default("drafts_per_final", "stage_drafts"),
    "finish": _or_default("finish_retries", "stage_finish_retries"),
    "draft_word": _or_default("draft_quality", "stage_quality"),
    "draft_grid": line.grid("[@draft_word]", "[@draft_legal]"),
    "draft_cells": line.cells("[@draft_grid]", "[@draft_width]", "[@draft_height]"),
    "draft_listed": line.listed_tokens(
        "[@draft_word]", "[@draft_legal]", "[@draft_width]", "[@draft_height]"
    ),
    "draft_tokens": _filled(line.output_tokens(_DRAFT_SPEC)),
    "draft_cost": _filled(_draft_cost()),
    "fault": _fault(),
    "fault_row": 'IF([@fault]>0,ROW(),"")',
}

_MONEY = replace(theme.NUMBER, number=theme.USD)
_PRICE = replace(theme.NUMBER, number=theme.USD_FINE)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_DECIMAL = replace(theme.NUMBER, number="#,##0.0")
_FACTOR = replace(theme.NUMBER, number=theme.FACTOR)
_SHARE = replace(theme.NUMBER, number=theme.PERCENT)
_MONEY_CARD = replace(theme.CARD_MONEY, size=14, number=theme.USD)
_TYPED = replace(theme.INPUT, size=9, indent=0)
_STYLES: Mapping[str, Style] = {
    **dict.fromkeys(_CAPTIONS, _COUNT),
    **dict.fromkeys(INPUTS, _TYPED),
    "use_case": replace(_TYPED, align="left", indent=1),
    "size": replace(_TYPED, number=theme.TEXT),
    "draft_size": replace(_TYPED, number=theme.TEXT),
    **dict.fromkeys(("finals", "prompt_tokens"), replace(_TYPED, number=theme.COUNT)),
    **dict.fromkeys(("retries", "finish_retries"), replace(_TYPED, number=theme.FACTOR)),
    "buffer": replace(_TYPED, number=theme.WHOLE_PERCENT),
    "check": theme.CELL,
    "size_text": theme.CELL,
    "draft_text": theme.CELL,
    "draft_word": theme.CELL,
    "generations": _DECIMAL,
    "credits": _DECIMAL,
    **dict.fromkeys(("budget", "staged_budget", "saving", *PARTS), _MONEY),
    **dict.fromkeys(("cost_per_image", "token_cost", "draft_cost"), _PRICE),
    **dict.fromkeys(("share", "saving_share"), _SHARE),
    "break_even_retries": _FACTOR,
}
_WIDTHS = {"use_case": 25, "size": 12, "quality": 10, "model": 22, "check": 27, "tier": 11}
_WIDTHS |= {"finals": 14, "prompt_tokens": 15, "reference_images": 18, "output_tokens": 15}
_MESSAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "use_case": ("What the images are for; lines with the same words are summed up.", {}),
    "size": ("A ratio of the sizes table such as 4:5, or px such as 1024x1536.", {}),
    "quality": (
        "low, medium, high; xhigh and max from gpt-image-2.5 on; or measured output tokens.",
        {"type": "list", "formula1": f'"{",".join(QUALITIES)}"', "errorStyle": "warning"},
    ),
    "model": ("The model of your API call.", {}),
    "finals": ("Images that must be accepted: a number, 0 or more.", {}),
    "retries": ("Generations per accepted final: a number, 1 or more.", {}),
    "prompt_tokens": ("Tokens of the prompt; empty: not counted.", {}),
    "reference_images": ("Reference images of 1024x1024 px with each generation, 0 to 16.", {}),
    "tier": (
        "standard or batch.",
        {"type": "list", "formula1": f'"{",".join(TIERS)}"', "errorStyle": "warning"},
    ),
    "buffer": ("Reserve on top, 0% to 100%; 10% to 30% is usual.", {}),
    "drafts_per_final": ("Empty: as on the Stages sheet.", {}),
    "draft_size": ("Empty: the size of the line.", {}),
    "draft_quality": ("Empty: as on the Stages sheet.", {}),
    "finish_retries": ("Empty: as on the Stages sheet.", {}),
}


def columns() -> Mapping[str, int]:
    """Return the column number of each field."""
    return {name: number for number, name in enumerate(_CAPTIONS, start=2)}


def defaults(words: Words) -> dict[str, Any]:
    """Return the prefilled inputs: the cap, and the lines by field."""
    lines = [entry._asdict() for entry in LINES]
    return {
        "campaign_cap": 500,
        TABLE: [{**entry, "use_case": words(entry["use_case"])} for entry in lines],
    }


def write(book: Book, job: Mapping[str, Any], models: str) -> None:
    """Write the sheet; ``job`` holds its inputs, ``models`` the range of the models' dropdown."""
    widths = [_WIDTHS.get(name, 11 if name in TYPED else 16) for name in _CAPTIONS]
    page = book.page("Campaign", (2, *widths, 2))
    _head(page, job)
    _uses(page)
    _chart(page)
    note = "One line per output spec. Paste or type below the last line: the table grows with it."
    page.say(f"B{CAPTION_ROW - 2}", note, theme.NOTE)
    page.say(f"B{CAPTION_ROW - 1}", "Blue on yellow: you type here. Boxed: computed.", theme.NOTE)
    rows = [[entry.get(name) for name in _CAPTIONS] for entry in job[TABLE]]
    page.table(TABLE, (CAPTION_ROW, 2), _CAPTIONS, rows, _STYLES, _FORMULAS)
    page.heights({CAPTION_ROW: 26})
    _messages(page, models)
    page.flag_errors(f"L{FIRST_ROW}:Z{FIRST_ROW + 5_000}")
    page.sheet.freeze_panes = "C3"
    last = page.at(FIRST_ROW + len(rows) - 1, columns()["share"])
    page.print_setup(f"A1:{last}", f"{CAPTION_ROW}:{CAPTION_ROW + 1}")


def _messages(page: Page, models: str) -> None:
    """Explain every input column down to the last row that a campaign may have."""
    for name, (message, rule) in _MESSAGES.items():
        extra = {"type": "list", "formula1": f"={models}", "errorStyle": "warning"}
        column = columns()[name]
        cells = f"{page.at(FIRST_ROW, column)}:{page.at(FIRST_ROW + 5_000 - 1, column)}"
        page.validate(cells, _CAPTIONS[name], message, **(extra if name == "model" else rule))


_BELOW = tuple(
    f"COUNTA(${letter}${FIRST_ROW}:${letter}${_LAST_ROW})-COUNTA({TABLE}[{field}])"
    for letter, field in (("B", "use_case"), ("C", "size"), ("F", "finals"))
)
_TOTALS = {
    "campaign_rows_below": f"MAX({','.join(_BELOW)})",
    "campaign_rows": f'COUNTIF({TABLE}[fault],">=0")+campaign_rows_below',
    "campaign_priced": f"COUNT({TABLE}[budget])",
    "campaign_total": "IF(campaign_priced<campaign_rows,NA(),SUM(tblCampaign[budget]))",
    "campaign_priced_usd": f'SUMIF({TABLE}[budget],">=0")',
    "campaign_saving": line.noticeable("(campaign_total-campaign_staged)", "campaign_total"),
    "campaign_left": 'IF(ISNUMBER(campaign_cap),campaign_cap-campaign_total,"")',
}


def _complete(field: str) -> str:
    """Sum a column only where every line has a figure."""
    return f"IF(COUNT({TABLE}[{field}])<campaign_rows,NA(),SUM({TABLE}[{field}]))"


def _head(page: Page, job: Mapping[str, Any]) -> None:
    words = page.words
    page.fill(f"A1:{page.at(2, len(_CAPTIONS) + 2)}", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 36, 6: 20, 7: 8})
    page.say("B1", "Campaign", theme.TITLE)
    page.say("B2", "All output specs of a campaign, one line each, in one budget.", theme.SUBTITLE)
    page.fill("B4:R6", theme.CARD_LABEL)
    page.say("B4", "Budget in USD, buffers included", theme.CARD_LABEL)
    big = replace(theme.CARD_MAIN, size=24)
    page.formula("B5", "campaign_total", _TOTALS["campaign_total"], big)
    page.formula("B6", "campaign_status", _status(page), theme.CARD_NOTE)
    page.say("E4", "Lines priced", theme.CARD_LABEL)
    page.formula("E5", "campaign_priced", _TOTALS["campaign_priced"], theme.CARD_COUNT)
    of_rows = replace(theme.CARD_NOTE, number=f'"{words("of")} "0')
    page.formula("E6", "campaign_rows", _TOTALS["campaign_rows"], of_rows)
    page.say("F4", "Budget cap, USD", theme.CARD_LABEL)
    cap = replace(theme.INPUT, number=theme.USD, size=11)
    page.input("F5", "campaign_cap", job["campaign_cap"], cap)
    page.validate(
        "F5",
        "Budget cap",
        "The most that the campaign may cost, in USD; empty: no cap.",
        type="decimal",
        operator="greaterThanOrEqual",
        formula1="0",
    )
    left = f'"$"#,##0.00" {words("left")}";"$"#,##0.00" {words("over the cap")}"'
    note = replace(theme.CARD_NOTE, number=left, bold=True)
    page.formula("F6", "campaign_left", _TOTALS["campaign_left"], note)
    page.say("I4", "Total generations", theme.CARD_LABEL)
    page.formula("I5", "campaign_generations", _complete("generations"), theme.CARD_COUNT)
    page.formula("I6", "campaign_finals", _finals(), _noted(f'"{words("finals")} "#,##0'))
    page.formula("L4", "campaign_plan", f"{words.quoted('Credits of ')}&plan", theme.CARD_LABEL)
    page.formula("L5", "campaign_credits", _complete("credits"), theme.CARD_COUNT)
    page.say("L6", "the plan that the Worksheet names", theme.CARD_NOTE)
    page.say("N4", "In two stages", theme.CARD_LABEL)
    page.formula("N5", "campaign_staged", _complete("staged_budget"), _MONEY_CARD)
    saves = _noted(f'"{words("saves")} "0.0%;"{words("costs more by")} "0.0%')
    page.formula("N6", "campaign_saving_share", _saving_share(), saves)
    saving = _noted('"$"#,##0.00;-"$"#,##0.00')
    page.formula("O6", "campaign_saving", _TOTALS["campaign_saving"], saving)
    page.say("P4", "Before the buffers", theme.CARD_LABEL)
    expected = f"{_complete('finals_cost')}+{_complete('retries_cost')}"
    page.formula("P5", "campaign_expected_cost", expected, _MONEY_CARD)
    page.say("Q4", "Priced so far", theme.CARD_LABEL)
    so_far = _TOTALS["campaign_priced_usd"]
    page.formula("Q5", "campaign_priced_usd", so_far, _MONEY_CARD)
    below = _noted(f'0" {words("rows left out")}";;"{words("no row left out")}"')
    page.formula("Q6", "campaign_rows_below", _TOTALS["campaign_rows_below"], below)


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


def _finals() -> str:
    return f"IF(campaign_priced<campaign_rows,NA(),SUM({TABLE}[finals]))"


def _saving_share() -> str:
    return "IF(campaign_total=0,0,campaign_saving/campaign_total)"


def _status(page: Page) -> str:
    quoted = page.words.quoted
    return (
        f"IF(campaign_priced<campaign_rows,{quoted('✘ incomplete: see Checks for the rows')},"
        f"{quoted('✔ all lines are priced')})"
    )


_USE_COLUMNS = ("Use case", "Lines", "Priced", "Finals", "Retries", "Buffer", "Budget", "Share")
_USE_FIELDS = ("lines", "priced", *PARTS)


def _uses(page: Page) -> None:
    """Write the sums by use case; those that are not named here are one row."""
    for column, text in zip("BCDEFGHI", _USE_COLUMNS, strict=True):
        page.say(f"{column}{USES_ROW}", text, theme.HEADER)
    first = USES_ROW + 1
    for k in range(1, USES + 1):
        begins = f"SMALL({TABLE}[use_first],{k})"
        page.formula(f"B{first + k - 1}", f"use_name_{k}", _use_name(begins), theme.LABEL)
        sums = {name: f"IFERROR({f},0)" for name, f in _sums(begins).items()}
        _use(page, first + k - 1, str(k), sums, _SOME, _SOME_USD)
    other, total = first + USES, first + USES + 1
    name = f'IF(use_lines_other=0,"",{page.words.quoted("Other and unnamed")})'
    page.formula(f"B{other}", "use_name_other", name, theme.LABEL)
    later, unnamed = _sums(f'">="&SMALL({TABLE}[use_first],{USES + 1})'), _sums("0")
    sums = {name: f"{f}+IFERROR({later[name]},0)" for name, f in unnamed.items()}
    _use(page, other, "other", sums, _SOME, _SOME_USD)
    page.say(f"B{total}", "Priced lines", theme.TOTAL_LABEL)
    columns_ = zip("CDEFG", _USE_FIELDS, strict=True)
    sums = {name: f"SUM({letter}{first}:{letter}{other})" for letter, name in columns_}
    _use(page, total, "total", sums, theme.TOTAL_FRACTION, theme.TOTAL_USD)


# Nothing is shown of a use case that is not there.
_SOME = replace(theme.COMPUTED, number="#,##0;-#,##0;")
_SOME_USD = replace(theme.COMPUTED, number='"$"#,##0.00;-"$"#,##0.00;')


def _use_name(begins: str) -> str:
    return f'IFERROR(INDEX({TABLE}[use_case],{begins})&"","")'


def _sums(uses: str) -> dict[str, str]:
    """Return how the lines of some use cases are counted and summed; faults do not count."""
    lines = f"{TABLE}[use_row],{uses}"
    return {
        "lines": f"COUNTIFS({lines},{TABLE}[filled],1)",
        "priced": f'COUNTIFS({lines},{TABLE}[budget],">=0")',
        **{part: f'SUMIFS({TABLE}[{part}],{lines},{TABLE}[{part}],">=0")' for part in PARTS},
    }


def _use(
    page: Page, row: int, name: str, sums: Mapping[str, str], count: Style, money: Style
) -> None:
    """Write the figures of one row, with their sum and its share of all priced lines."""
    for column, (field, formula) in zip("CDEFG", sums.items(), strict=True):
        style = money if field in PARTS else count
        page.formula(f"{column}{row}", f"use_{field}_{name}", formula, style)
    page.formula(f"H{row}", f"use_budget_{name}", f"SUM(E{row}:G{row})", money)
    part = f"IF(campaign_priced_usd=0,0,use_budget_{name}/campaign_priced_usd)"
    share = replace(money, number=f"{theme.PERCENT};-{theme.PERCENT};")
    page.formula(f"I{row}", f"use_share_{name}", part, share)


def _chart(page: Page) -> None:
    """Draw each use case as one bar: finals, what retries add, what the buffer adds."""
    first, last = USES_ROW, USES_ROW + 1 + USES
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 45
    chart.title, chart.style = None, 10
    chart.legend.position = "t"
    chart.add_data(
        Reference(page.sheet, min_col=5, max_col=7, min_row=first, max_row=last),
        titles_from_data=True,
    )
    chart.set_categories(Reference(page.sheet, min_col=2, min_row=first + 1, max_row=last))
    for series, color in zip(chart.series, (theme.NAVY, theme.TEAL, theme.AMBER), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=color)
    chart.y_axis.numFmt, chart.y_axis.title = '"$"#,##0', None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 24, 6.4
    page.sheet.add_chart(chart, f"K{USES_ROW}")
    page.describe_chart("Budget by use case in USD: finals, what retries and the buffer add")


ERRORS = (
    Check(
        "ok_campaign_rows",
        "Every line of the campaign is priced",
        "The rows to mend are listed below; rows under the table are not in it: drag its corner "
        "over them.",
        holds("campaign_priced>=campaign_rows"),
    ),
    Check(
        "ok_campaign_table",
        "The campaign's formulas are whole, and it has 5,000 lines at most",
        "Undo what was typed or pasted over computed columns; split a longer campaign.",
        f"IF(ROWS({TABLE}[fault])>most_rows,0,IF(SUMPRODUCT(1-_xlfn.ISFORMULA("
        f"{TABLE}[[check]:[share]]))+SUMPRODUCT(1-_xlfn.ISFORMULA("
        f"{TABLE}[[staged_budget]:[fault_row]]))=0,1,0))",
    ),
)
NOTES = (
    Check(
        "note_campaign_cap",
        "The campaign stays within its cap",
        "Lower retries, quality or size of the largest lines; see Levers and Stages.",
        "IFERROR(IF(ISNUMBER(campaign_cap),IF(campaign_total<=campaign_cap,1,0),1),0)",
    ),
    Check(
        "note_campaign_service",
        "No line uses a model that shuts down within 60 days of the price date",
        "Plan new work with another model.",
        f"IF(SUMPRODUCT({line.IN_FORCE}[lines]*{line.IN_FORCE}[leaves])=0,1,0)",
    ),
    Check(
        "note_campaign_basis",
        "No line rests on estimated output tokens",
        "Counts of gpt-image-2.6 are taken over from 2.5: measure a few images and type the "
        "tokens as the quality.",
        f"IF(SUMPRODUCT({line.IN_FORCE}[lines]*{line.IN_FORCE}[estimated])=0,1,0)",
    ),
)
ROWS = RowFaults("campaign", "Campaign: rows to mend", TABLE, FAULT_TABLE, FAULTS, FIRST_ROW)
