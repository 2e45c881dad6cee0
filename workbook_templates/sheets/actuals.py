"""The Actuals: a table to paste what happened; above it what was measured, and why bills differ.

Nothing stands below the table, so that it can grow; its columns follow it. Only rows without a
fault are summed up; as long as there are others, nothing is compared with the plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from workbook_templates import sentence, theme
from workbook_templates.check import Check, RowFaults, holds
from workbook_templates.page import Book, Page
from workbook_templates.rules import RULES
from workbook_templates.sheets import line
from workbook_templates.sheets.inputs import YES
from workbook_templates.sheets.rates import QUALITIES
from workbook_templates.theme import Style
from workbook_templates.words import Words

TABLE = "tblActuals"
FAULT_TABLE = "tblBillFaults"
JOB, CAMPAIGN = "the job", "the campaign"
"""What the bills can be compared with, as chosen in the cell ``compare_with``."""
NO_FINAL = "no final was accepted yet, so retries cannot be measured"
OF_ROWS, COMPARED_WITH = "Rows that count: {counted} of {rows}", "compared with {plan}"
MEND = "✘ Mend row {row}: {says}"
BELOW = "✘ Rows below the table are not in it: drag its corner over them, or insert rows inside it"
NOTHING = "▲ Nothing is counted yet: paste rows into the table"
ALL_COUNT = "✔ all rows count"
TYPED = (
    *("date", "model", "size", "quality", "generations", "accepted"),
    *("input_tokens", "output_tokens", "billed", "note"),
)
PERIODS = int({rule.name: rule.value for rule in RULES}["drift_periods"])
CARDS_ROW, COMPARE_ROW, DRIFT_ROW, CAPTION_ROW = 4, 9, 21, 40
FIRST_ROW = CAPTION_ROW + 2
_MOST_ROWS = int({rule.name: rule.value for rule in RULES}["most_rows"])
_LAST_ROW = 1_048_576


class Bill(NamedTuple):
    """A row as it is typed: what was made on a day, and what was billed for it."""

    date: date
    size: str
    generations: int
    accepted: int
    input_tokens: int | None
    output_tokens: int | None
    billed: float
    note: str = ""
    model: str = "gpt-image-2"
    quality: str = "high"


BILLS = (
    Bill(date(2026, 11, 2), "4:5", 30, 22, 36_300, 183_570, 5.80, "first shelf"),
    Bill(date(2026, 11, 5), "4:5", 34, 24, 41_140, 208_046, 6.55),
    Bill(date(2026, 11, 9), "1024x1280", 32, 21, None, None, 6.20, "tokens not exported"),
    Bill(date(2026, 11, 12), "4:5", 37, 22, 44_770, 226_403, 7.15),
    Bill(date(2026, 11, 17), "4:5", 33, 18, 39_930, 201_927, 6.36, "glass and reflections"),
    Bill(date(2026, 11, 20), "4:5", 22, 11, 26_620, 134_618, 4.31, "the last ones are hard"),
)
"""The prefilled rows: the job of the Worksheet, with retries that grow."""

FAULTS = (
    ("✔ counted", "Nothing to do."),
    ("more than 5,000 rows", "Move the rows to a second workbook."),
    ("date", "Type the day as a date such as 2026-11-23; a text is not one."),
    ("model unknown", "Choose a model of the list, or add it to the models table."),
    ("size not readable", "Type a ratio of the sizes table such as 4:5, or px such as 1024x1536."),
    ("quality unknown", "Type low, medium, high, xhigh or max."),
    ("generations", "Type a whole number, 0 or more."),
    ("accepted finals", "Type a whole number, 0 or more."),
    ("more accepted than generated", "Count every generation, the rejected ones too."),
    ("tokens", "Leave empty, or type whole numbers, 0 or more."),
    ("billed is not a number", "Type the amount in USD without a sign of a currency, up to 100,000,000."),
    ("billed is negative", "Lower the bill of the row that was refunded instead."),
)
"""What can be wrong with a row, by its code, and what to do; the first thing found is told."""

_CAPTIONS = {
    "date": "Date",
    "model": "Model",
    "size": "Ratio or size",
    "quality": "Quality",
    "generations": "Generations",
    "accepted": "Accepted finals",
    "input_tokens": "Input tokens, if known",
    "output_tokens": "Output tokens, if known",
    "billed": "Billed, USD",
    "note": "Note",
    "check": "Check",
    "retries": "Retries",
    "usd_per_image": "USD per generation",
    "filled": "Filled in (1 = yes)",
    "model_row": "Row of the model",
    "size_text": "Size as read",
    "width": "Width, px",
    "height": "Height, px",
    "fault": "Code of the check",
    "fault_row": "Row to mend",
    "matches_job": "Like the job (1 = yes)",
    "day": "Day that counts",
    "period": "Period from",
}
_COMPUTED = tuple(name for name in _CAPTIONS if name not in TYPED)


def columns() -> Mapping[str, str]:
    """Return the column letter of each field."""
    return {name: Page.at(1, number)[:-1] for number, name in enumerate(_CAPTIONS, start=2)}


def _whole(cell: str) -> str:
    return line.whole_number(cell, "most_of_a_row")


def _optional(cell: str) -> str:
    """Return 1 for a blank cell or a whole number."""
    return f"IF(ISBLANK({cell}),1,{line.whole_number(cell, cell)})"


def _within(cell: str, low: str, high: str) -> str:
    return f"IF(ISNUMBER({cell}),IF(AND({cell}>={low},{cell}<={high}),1,0),0)"


def _edge(cell: str) -> str:
    """Return 1 for whole px."""
    return f"IF({cell}>0,IF({cell}=INT({cell}),1,0),0)"


def _fault() -> str:
    """Return the code of the first thing that is wrong; -1 for a blank row."""
    position = f"ROW()-ROW({TABLE}[[#Headers],[date]])"
    quality = line.exactly("TRIM([@quality])")
    conditions = (
        f"{position}>most_rows",
        f"{_within('[@date]', 'first_bill_day', 'last_bill_day')}=0",
        "[@model_row]=0",
        f"{_edge('[@width]')}*{_edge('[@height]')}=0",
        f"ISERROR(MATCH({quality},tblModels[[#Headers],[low]:[max]],0))",
        f"{_whole('[@generations]')}=0",
        f"{_whole('[@accepted]')}=0",
        "[@accepted]>[@generations]",
        f"{_optional('[@input_tokens]')}*{_optional('[@output_tokens]')}=0",
        "IF(ISNUMBER([@billed]),[@billed]>most_of_a_row,TRUE)",
        "[@billed]<0",
    )
    nested = "".join(f"IF({test},{code}," for code, test in enumerate(conditions, start=1))
    return f"IF([@filled]=0,-1,{nested}0{')' * len(conditions)})"


def _filled() -> str:
    """Return 0 for a row of blanks, spaces and empty texts, whatever its note says."""
    text = "&".join(f"[@{name}]" for name in TYPED[:-1])
    return f"IF(IFERROR(LEN(TRIM({text})),1)=0,0,1)"


def _counted(formula: str) -> str:
    """Return a figure of a row that counts, blank for a blank one, #N/A for a fault."""
    return f'IF([@filled]=0,"",IF([@fault]=0,{formula},NA()))'


def _matches_job() -> str:
    same = (
        "[@fault]=0",
        "[@model_row]=model_row",
        "[@width]=size_width",
        "[@height]=size_height",
        "TRIM([@quality])=quality",
    )
    return f"IFERROR(IF(AND({','.join(same)}),1,0),0)"


_FORMULAS = {
    "check": f'IF([@filled]=0,"",INDEX({FAULT_TABLE}[says],[@fault]+1))',
    "retries": _counted("IF([@accepted]=0,NA(),[@generations]/[@accepted])"),
    "usd_per_image": _counted("IF([@generations]=0,NA(),[@billed]/[@generations])"),
    "filled": _filled(),
    "model_row": f"IFERROR({line.model_row('[@model]')},0)",
    **line.size_columns(line.Sizing("[@size]", "size_text", "width", "height")),
    "fault": _fault(),
    "fault_row": 'IF([@fault]>0,ROW(),"")',
    "matches_job": _matches_job(),
    "day": 'IF([@fault]=0,INT([@date]),"")',
    "period": 'IF([@day]="","",actuals_first_day+actuals_period_days'
    "*INT(([@day]-actuals_first_day)/actuals_period_days))",
}

_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_DAY = replace(theme.NUMBER, number=theme.DATE)
_TYPED = replace(theme.INPUT, size=9, indent=0)
_TYPED_COUNT = replace(_TYPED, number=theme.COUNT)
_TYPED_TEXT = replace(_TYPED, align="left", indent=1)
_STYLES: Mapping[str, Style] = {
    **dict.fromkeys(_CAPTIONS, _COUNT),
    **dict.fromkeys(TYPED, _TYPED_COUNT),
    **dict.fromkeys(("model", "quality", "note"), _TYPED_TEXT),
    "date": replace(_TYPED, number=theme.DATE),
    "size": replace(_TYPED, number=theme.TEXT),
    "billed": replace(_TYPED, number=theme.MONEY),
    "check": theme.CELL,
    "size_text": theme.CELL,
    "retries": replace(theme.NUMBER, number=theme.FACTOR),
    "usd_per_image": replace(theme.NUMBER, number='"$"0.0000'),
    "day": _DAY,
    "period": _DAY,
}
_WIDTHS = {
    **{"date": 17, "model": 20, "size": 15, "quality": 17, "generations": 17},
    **{"accepted": 15, "input_tokens": 18, "output_tokens": 18, "billed": 17},
    **{"note": 40, "check": 34, "retries": 15, "usd_per_image": 18},
}
_MESSAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "date": (
        "The day on which the images were made, such as 2026-11-23.",
        {"type": "date", "operator": "greaterThan", "formula1": "36526"},
    ),
    "model": ("The model that was billed.", {}),
    "size": ("A ratio of the sizes table such as 4:5, or px such as 1024x1536.", {}),
    "quality": (
        "low, medium, high, xhigh or max.",
        {"type": "list", "formula1": f'"{",".join(QUALITIES)}"', "errorStyle": "warning"},
    ),
    "generations": ("All images that were made, the rejected ones too: a whole number.", {}),
    "accepted": ("The images among them that were accepted as finals: a whole number.", {}),
    "input_tokens": ("Input tokens of the row, text and images; empty if unknown.", {}),
    "output_tokens": ("Output tokens of the row; empty if unknown.", {}),
    "billed": ("The amount billed in USD, as a plain number; other currencies converted.", {}),
    "note": ("Any words; they are not read.", {}),
}


def defaults(words: Words) -> dict[str, Any]:
    """Return what is prefilled: the choice of the plan, and the rows of the table by field."""
    rows = [bill._asdict() for bill in BILLS]
    return {
        "compare_with": words(JOB),
        TABLE: [{**row, "note": words(row["note"]) if row["note"] else None} for row in rows],
    }


def write(book: Book, job: Mapping[str, Any], models: str) -> None:
    """Write the sheet; ``job`` holds its inputs, ``models`` the range of the models' dropdown."""
    widths = [_WIDTHS.get(name, 12) for name in _CAPTIONS]
    page = book.page("Actuals", (2, *widths, 2))
    _head(page)
    _cards(page)
    _comparison(page, job)
    _parts(page)
    _drift(page)
    _chart(page)
    last = _table(page, job[TABLE], models)
    page.flag_errors("B4:K19")
    page.sheet.freeze_panes = "A3"
    page.print_setup(f"A1:{columns()['usd_per_image']}{last}", "1:2")


def _head(page: Page) -> None:
    page.fill(f"A1:{page.at(2, len(_CAPTIONS) + 2)}", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 40, 6: 20, 7: 20, 8: 8})
    page.say("B1", "Actuals", theme.TITLE)
    said = "What really happened: paste it below, and see how far it is from the plan, and why."
    page.say("B2", said, theme.SUBTITLE)


def _sum(field: str) -> str:
    return f"SUMIFS({TABLE}[{field}],{TABLE}[fault],0)"


def _ratio(part: str, whole: str) -> str:
    return f"IF({whole}>0,{part}/{whole},NA())"


_SUMMARY = {
    "actuals_generations": _sum("generations"),
    "actuals_finals": _sum("accepted"),
    "actuals_billed": _sum("billed"),
    "measured_retries": _ratio("actuals_generations", "actuals_finals"),
    "actuals_cost_per_image": _ratio("actuals_billed", "actuals_generations"),
    "actuals_cost_per_final": _ratio("actuals_billed", "actuals_finals"),
}
_REACH = (
    "interval_z*SQRT(actuals_finals*(actuals_generations-actuals_finals)/actuals_generations"
    "+(interval_z/2)^2)"
)
_MIDDLE = "actuals_finals+interval_z^2/2"
_BOUND = f"(actuals_generations+interval_z^2)/({_MIDDLE}{{}}{_REACH})"


def _cards(page: Page) -> None:
    """Write the answers: retries with their interval, the bill, prices, and what it is over."""
    page.fill("B4:K6", theme.CARD_LABEL)
    words = page.words
    big = replace(theme.CARD_MAIN, size=24, number=theme.FACTOR)
    money = replace(theme.CARD_MONEY, size=16, number=theme.USD)
    _card(page, "B", "Measured retries", "measured_retries", big)
    page.say("B6", "90 % sure:", theme.CARD_NOTE)
    low = f"IF(actuals_finals=0,NA(),MAX(1,{_BOUND.format('+')}))"
    high = f"IF(actuals_finals=0,NA(),{_BOUND.format('-')})"
    page.formula("C6", "measured_retries_low", low, _noted('"≥ "0.00'))
    page.formula("D6", "measured_retries_high", high, _noted('"≤ "0.00'))
    _card(page, "E", "Billed in USD", "actuals_billed", money)
    page.formula("E6", "actuals_of_rows", _of_rows(page), theme.CARD_NOTE)
    _card(page, "G", "Cost per generation", "actuals_cost_per_image", theme.CARD_PRICE)
    page.say("G6", "of all rows that count", theme.CARD_NOTE)
    _card(page, "I", "Cost per accepted final", "actuals_cost_per_final", theme.CARD_PRICE)
    page.say("K4", "Over the plan (under it: minus), USD", theme.CARD_LABEL)
    page.same("K5", "variance_total", replace(money, number=_SIGNED))
    page.formula("K6", "actuals_compared", _compared(page), theme.CARD_NOTE)
    no_final = f'IF(actuals_finals>0,"",{words.quoted(NO_FINAL)})'
    page.formula("B7", "measured_words", no_final, theme.NOTE)
    page.formula("E7", "actuals_status", _status(page), replace(theme.NOTE, bold=True))
    _mark_faults(page, "E7")


_SIGNED = '+"$"#,##0.00;-"$"#,##0.00;"$"0.00'


def _card(page: Page, column: str, label: str, name: str, style: Style) -> None:
    page.say(f"{column}4", label, theme.CARD_LABEL)
    page.formula(f"{column}5", name, _SUMMARY[name], style)


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


def _of_rows(page: Page) -> str:
    cells = {"counted": "actuals_counted", "rows": "actuals_rows"}
    return sentence.formula(page.words, OF_ROWS, **cells)


def _compared(page: Page) -> str:
    return sentence.formula(page.words, COMPARED_WITH, plan="compare_with")


def _status(page: Page) -> str:
    """Say what to do first."""
    words = page.words
    cells = {"row": "actuals_to_mend_1", "says": "actuals_to_mend_1_says"}
    return (
        f'IF(actuals_to_mend_1<>"",{sentence.formula(words, MEND, **cells)},'
        f"IF(actuals_rows_below>0,{words.quoted(BELOW)},"
        f"IF(actuals_counted=0,{words.quoted(NOTHING)},{words.quoted(ALL_COUNT)})))"
    )


class Compared(NamedTuple):
    """A row of plan and actual: label, names of both values, number format, a decimal one."""

    key: str
    label: str
    planned: str
    happened: str
    number: str
    fraction: str | None = None


COMPARED = (
    Compared(
        *("finals", "Accepted finals", "actuals_plan_finals", "actuals_finals"),
        *(theme.COUNT, theme.FRACTION),
    ),
    Compared(
        *("generations", "Generations", "actuals_plan_generations", "actuals_generations"),
        *(theme.COUNT, theme.FRACTION),
    ),
    Compared(
        *("retries", "Retries", "actuals_plan_retries", "measured_retries", theme.FACTOR),
    ),
    Compared("cost", "Cost in USD", "actuals_plan_cost", "actuals_billed", theme.USD),
    Compared(
        *("cost_per_image", "USD per generation"),
        *("actuals_plan_cost_per_image", "actuals_cost_per_image", theme.USD_FINE),
    ),
    Compared(
        *("cost_per_final", "USD per accepted final"),
        *("actuals_plan_cost_per_final", "actuals_cost_per_final", theme.USD_FINE),
    ),
    Compared(
        *("job_cost", "Rows like the job: USD per generation"),
        *("token_cost_per_image", "measured_cost", theme.USD_FINE),
    ),
    Compared(
        *("job_tokens", "Rows like the job: output tokens each"),
        *("tokens_image_out", "measured_output_tokens", theme.COUNT, theme.FRACTION),
    ),
)


def _planned(page: Page, job: str, campaign: str) -> str:
    """Return a figure of the chosen plan; the job's is what was typed, never what was measured."""
    quoted = page.words.quoted
    return (
        f"IF(compare_with={quoted(JOB)},IF(ok_finals*ok_retries=1,{job},NA()),"
        f"IF(compare_with={quoted(CAMPAIGN)},{campaign},NA()))"
    )


def _values(page: Page) -> dict[str, str]:
    """Return the formulas of plan and actual that are named in the comparison."""
    like_job = f"{TABLE}[matches_job],1"
    told = f'SUMIFS({TABLE}[generations],{like_job},{TABLE}[output_tokens],">=0")'
    price = "token_cost_per_image"
    return _SUMMARY | {
        "actuals_plan_finals": _planned(page, "finals", "campaign_finals"),
        "actuals_plan_generations": _planned(page, "finals*retries", "campaign_generations"),
        "actuals_plan_cost": _planned(page, f"finals*retries*{price}", "campaign_expected_cost"),
        "actuals_plan_retries": _ratio("actuals_plan_generations", "actuals_plan_finals"),
        "actuals_plan_cost_per_image": _ratio("actuals_plan_cost", "actuals_plan_generations"),
        "actuals_plan_cost_per_final": _ratio("actuals_plan_cost", "actuals_plan_finals"),
        "measured_cost": _ratio(
            f"SUMIFS({TABLE}[billed],{like_job})", f"SUMIFS({TABLE}[generations],{like_job})"
        ),
        "measured_output_tokens": _ratio(f"SUMIFS({TABLE}[output_tokens],{like_job})", told),
    }


_ELSEWHERE = ("token_cost_per_image", "tokens_image_out")


def _comparison(page: Page, job: Mapping[str, Any]) -> None:
    """Write plan and actual beside each other."""
    page.fill("B9:F9", theme.STEP)
    page.say("B9", "Plan and what happened", theme.STEP)
    page.say("B10", "Compare with", theme.LABEL)
    style = replace(theme.INPUT, align="left")
    page.input("D10", "compare_with", job["compare_with"], style)
    message = "The job of the Worksheet, as typed there, or the whole campaign."
    choice = f'"{",".join(page.words(choice) for choice in (JOB, CAMPAIGN))}"'
    page.validate("D10", "Compare with", message, type="list", formula1=choice)
    page.fill("B11:F11", theme.HEADER)
    for column, text in zip("DEF", ("Planned", "Happened", "Difference"), strict=True):
        page.say(f"{column}11", text, theme.HEADER)
    shown = {"measured_retries", "actuals_billed", *_ELSEWHERE}
    shown |= {"actuals_cost_per_image", "actuals_cost_per_final"}
    values = _values(page)
    for row, entry in enumerate(COMPARED, start=COMPARE_ROW + 3):
        style = replace(theme.COMPUTED, number=entry.number, fraction=entry.fraction)
        page.say(f"B{row}", entry.label, theme.LABEL)
        for column, name in (("D", entry.planned), ("E", entry.happened)):
            if name in shown:
                page.same(f"{column}{row}", name, style)
            else:
                page.formula(f"{column}{row}", name, values[name], style)
        difference = _if_comparable(f"ROUND({entry.happened}-{entry.planned},compared_decimals)")
        page.formula(f"F{row}", f"actuals_diff_{entry.key}", difference, style)


def _if_comparable(formula: str) -> str:
    """Compare only where every row counts."""
    return f"IF(actuals_comparable=1,{formula},NA())"


def _cents(usd: str) -> str:
    """Round to cents; what is noise after the ninth digit must not decide about a half cent."""
    return _if_comparable(f"ROUND(ROUND({usd},compared_decimals),2)")


class Part(NamedTuple):
    """A row beside the comparison: name, label, formula, style, and what it says."""

    name: str
    label: str
    formula: str
    style: Style
    says: str


_MONEY = replace(theme.COMPUTED, number=_SIGNED)
_SIGNED_SHARE = replace(theme.COMPUTED, number="+0.0%;-0.0%;0.0%")
_PARTS = (
    Part(
        "variance_volume",
        "Volume",
        _cents("(actuals_finals-actuals_plan_finals)*actuals_plan_cost_per_final"),
        _MONEY,
        "more or fewer finals than planned",
    ),
    Part(
        "variance_retries",
        "Retries",
        _cents(
            "(actuals_generations-actuals_finals*actuals_plan_retries)*actuals_plan_cost_per_image"
        ),
        _MONEY,
        "more or fewer generations per final",
    ),
    Part(
        "variance_price",
        "Price",
        "ROUND(variance_total-variance_volume-variance_retries,2)",
        _MONEY,
        "another price per generation",
    ),
    Part(
        "variance_total",
        "Billed less planned",
        f"IF(ISNUMBER(actuals_plan_cost_per_final*actuals_plan_cost_per_image),"
        f"{_cents('actuals_billed-actuals_plan_cost')},NA())",
        replace(theme.TOTAL_USD, number=_SIGNED),
        "the three parts add up to the cent",
    ),
    Part(
        "actuals_plan_buffer",
        "Buffer that was planned",
        "",
        theme.COMPUTED_SHARE,
        "a reserve on top of the generations",
    ),
    Part(
        "actuals_buffer_used",
        "Buffer really used",
        _if_comparable("ROUND(measured_retries/actuals_plan_retries-1,compared_decimals)"),
        _SIGNED_SHARE,
        "generations over the plan for these finals",
    ),
    Part(
        "actuals_buffer_share",
        "Part of the buffer used",
        "IF(actuals_plan_buffer>0,actuals_buffer_used/actuals_plan_buffer,NA())",
        replace(theme.COMPUTED, number=theme.WHOLE_PERCENT),
        "over 100 %: the buffer was too small",
    ),
)


def _planned_buffer(page: Page) -> str:
    quoted = page.words.quoted
    campaign = "IF(campaign_expected_cost>0,ROUND(campaign_total/campaign_expected_cost-1,compared_decimals),NA())"
    return (
        f"IF(compare_with={quoted(JOB)},IF(ok_buffer=1,buffer,NA()),"
        f"IF(compare_with={quoted(CAMPAIGN)},{campaign},NA()))"
    )


def _parts(page: Page) -> None:
    """Write the parts of the difference, the buffer, and how many rows count."""
    page.fill("H9:K9", theme.STEP)
    page.say("H9", "Why the bill differs from the plan", theme.STEP)
    page.say("H10", "More than planned is plus, less is minus.", theme.NOTE)
    page.fill("H11:K11", theme.HEADER)
    page.say("H11", "Part", theme.HEADER_LEFT)
    page.say("J11", "USD", theme.HEADER)
    page.say("K11", "What it says", theme.HEADER_LEFT)
    for row, part in enumerate(_PARTS, start=COMPARE_ROW + 3):
        is_total = part.name == "variance_total"
        page.say(f"H{row}", part.label, theme.TOTAL_LABEL if is_total else theme.LABEL)
        if is_total:
            page.fill(f"I{row}:I{row}", theme.TOTAL)
        formula = part.formula or _planned_buffer(page)
        page.formula(f"J{row}", part.name, formula, part.style)
        page.say(f"K{row}", part.says, theme.NOTE)
    _rows_that_count(page)


_LETTERS = columns()
_BELOW = tuple(
    f"COUNTA(${_LETTERS[name]}${FIRST_ROW - 1}:${_LETTERS[name]}${_LAST_ROW})"
    f"-1-COUNTA({TABLE}[{name}])"
    for name in ("date", "model", "generations", "billed")
)
_ROWS = (
    ("actuals_rows", "Rows filled in", f'COUNTIF({TABLE}[fault],">=0")+actuals_rows_below'),
    ("actuals_counted", "Rows that count", f"COUNTIF({TABLE}[fault],0)"),
    ("actuals_rows_below", "Rows below the table", f"MAX({','.join(_BELOW)})"),
    (
        "actuals_comparable",
        "All rows count (1 = yes)",
        "IF(AND(actuals_counted>0,actuals_counted=actuals_rows,ok_actuals_table=1),1,0)",
    ),
    ("actuals_first_day", "First day", f"IF(actuals_counted=0,NA(),MIN({TABLE}[day]))"),
    ("actuals_last_day", "Last day", f"IF(actuals_counted=0,NA(),MAX({TABLE}[day]))"),
    (
        "actuals_period_days",
        "Days of a period",
        "MAX(1,ROUNDUP((actuals_last_day-actuals_first_day+1)/drift_periods,0))",
    ),
    ("actuals_switched_on", "Measured values in use (1 = yes)", ""),
)


def _rows_that_count(page: Page) -> None:
    page.fill("L9:M9", theme.STEP)
    page.say("L9", "Rows and days", theme.STEP)
    switch = f"IF(use_measured={page.words.quoted(YES)},1,0)"
    for row, (name, label, formula) in enumerate(_ROWS, start=COMPARE_ROW + 3):
        style = theme.COMPUTED_DATE if name.endswith("_day") else theme.COMPUTED_FRACTION
        page.say(f"L{row}", label, theme.LABEL)
        page.formula(f"M{row}", name, formula or switch, style)


_DRIFT_COLUMNS = (
    *("Period from", "Generations", "Accepted finals"),
    *("Retries in it", "Retries so far", "Planned retries"),
)


def _drift(page: Page) -> None:
    """Write retries over time: equal periods from the first to the last day."""
    page.fill(f"B{DRIFT_ROW}:G{DRIFT_ROW}", theme.STEP)
    page.say(f"B{DRIFT_ROW}", "Retries over time", theme.STEP)
    for column, text in zip("BCDEFG", _DRIFT_COLUMNS, strict=True):
        page.say(f"{column}{DRIFT_ROW + 1}", text, theme.HEADER)
    for k in range(1, PERIODS + 1):
        _period(page, DRIFT_ROW + 1 + k, k)
    grey = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[f"ISERROR(B{DRIFT_ROW + 2})"], font=Font(color=theme.SLATE)
    )
    cells = f"B{DRIFT_ROW + 2}:G{DRIFT_ROW + 1 + PERIODS}"
    page.sheet.conditional_formatting.add(cells, grey)


def _period(page: Page, row: int, k: int) -> None:
    """Write the k-th period; blank after the last day, #N/A where no final was accepted."""
    first, start = DRIFT_ROW + 2, f"drift_start_{k}"
    following = f"drift_start_{k - 1}+actuals_period_days"
    begins = 'IF(actuals_counted=0,"",actuals_first_day)'
    if k > 1:
        begins = f'IF(N(drift_start_{k - 1})=0,"",IF({following}>actuals_last_day,"",{following}))'
    generations, finals = f"SUM(C${first}:C{row})", f"SUM(D${first}:D{row})"
    in_period = f'IF({start}="","",SUMIFS({TABLE}[{{}}],{TABLE}[period],{start}))'
    so_far = f'IF({start}="",NA(),{_ratio(generations, finals)})'
    factor = replace(theme.COMPUTED, number=theme.FACTOR)
    cells = (
        ("B", start, begins, theme.COMPUTED_DATE),
        ("C", f"drift_generations_{k}", in_period.format("generations"), theme.COMPUTED_FRACTION),
        ("D", f"drift_finals_{k}", in_period.format("accepted"), theme.COMPUTED_FRACTION),
        ("E", f"drift_retries_{k}", _ratio(f"N(C{row})", f"N(D{row})"), factor),
        ("F", f"drift_so_far_{k}", so_far, factor),
    )
    for column, name, formula, style in cells:
        page.formula(f"{column}{row}", name, formula, style)
    page.same(f"G{row}", "actuals_plan_retries", factor)


def _chart(page: Page) -> None:
    """Draw retries over time as lines; a period without an accepted final has no point."""
    top = DRIFT_ROW + 1
    page.fill(f"H{DRIFT_ROW}:K{DRIFT_ROW}", theme.STEP)
    said = "Retries over time: do they drift away from the plan?"
    page.say(f"H{DRIFT_ROW}", said, theme.STEP)
    chart = LineChart()
    chart.title, chart.style = None, 10
    chart.legend.position = "t"
    chart.add_data(
        Reference(page.sheet, min_col=5, max_col=7, min_row=top, max_row=top + PERIODS),
        titles_from_data=True,
    )
    chart.set_categories(
        Reference(page.sheet, min_col=2, min_row=top + 1, max_row=top + PERIODS)
    )
    looks = ((theme.TEAL, "circle", None), (theme.NAVY, "square", None), (theme.AMBER, None, "dash"))
    for series, (color, symbol, dash) in zip(chart.series, looks, strict=True):
        series.smooth = False
        series.graphicalProperties.line.solidFill = color
        series.graphicalProperties.line.width = 22_000
        series.graphicalProperties.line.dashStyle = dash
        series.marker.symbol = symbol or "none"
        if symbol:
            series.marker.size = 7
            series.marker.graphicalProperties = GraphicalProperties(solidFill=color)
            series.marker.graphicalProperties.line.solidFill = color
    chart.y_axis.numFmt, chart.y_axis.title = "0.0", None
    chart.y_axis.scaling.min = 1
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.number_format = "mm-dd"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.display_blanks = "span"
    chart.width, chart.height = 17.5, 6.6
    page.sheet.add_chart(chart, f"H{DRIFT_ROW + 1}")
    page.describe_chart("Retries over time: in each period, so far, and as planned")


_NOTES = (
    "Paste a row per bill or per day: the white columns on the right follow. The check says what "
    "is wrong with a row; a row with a fault is not counted, and as long as there is one nothing is "
    "compared with the plan.",
    "In Excel the table grows with what is pasted below its last row. In LibreOffice insert rows "
    "inside the table and copy its formulas down.",
)


def _table(page: Page, bills: Sequence[Mapping[str, Any]], models: str) -> int:
    """Write the table with what explains it; return its last row."""
    top = CAPTION_ROW - len(_NOTES) - 1
    last_column = columns()["usd_per_image"]
    page.fill(f"B{top}:{last_column}{top}", theme.STEP)
    page.say(f"B{top}", "What happened: one row per bill or per day", theme.STEP)
    for row, note in enumerate(_NOTES, start=top + 1):
        page.say(f"B{row}", note, theme.NOTE)
    rows = [[bill.get(name) for name in _CAPTIONS] for bill in bills]
    page.table(TABLE, (CAPTION_ROW, 2), _CAPTIONS, rows, _STYLES, _FORMULAS)
    page.heights({CAPTION_ROW: 26})
    _messages(page, models)
    _mark_faults(page, _down("check", "check"))
    page.flag_errors(_down("retries", "usd_per_image"))
    return FIRST_ROW + max(len(rows), 1) - 1


def _down(first: str, last: str) -> str:
    """Return cells of the table from its first row down to the last that counts."""
    letters = columns()
    return f"{letters[first]}{FIRST_ROW}:{letters[last]}{FIRST_ROW + _MOST_ROWS - 1}"


def _messages(page: Page, models: str) -> None:
    """Explain every input column."""
    of_models = {"type": "list", "formula1": f"={models}", "errorStyle": "warning"}
    for name, (message, rule) in _MESSAGES.items():
        extra = of_models if name == "model" else rule
        page.validate(_down(name, name), _CAPTIONS[name], message, **extra)


def _mark_faults(page: Page, cells: str) -> None:
    """Colour what does not begin with the mark of a good check; the words carry the meaning."""
    first = cells.split(":", maxsplit=1)[0]
    told = f'AND({first}<>"",LEFT({first},1)<>"✔")'
    rule = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[told], font=Font(color=theme.RED, bold=True)
    )
    page.sheet.conditional_formatting.add(cells, rule)


_COMPUTED_CELLS = f"{TABLE}[[{_COMPUTED[0]}]:[{_COMPUTED[-1]}]]"
ERRORS = (
    Check(
        "ok_actuals_rows",
        "Every row of the actuals counts",
        "The rows to mend are listed below; rows under the table are not in it: drag its corner "
        "over them.",
        holds("actuals_counted=actuals_rows"),
    ),
    Check(
        "ok_actuals_table",
        "The actuals' formulas are whole, and there are 5,000 rows at most",
        "Undo what was typed or pasted over computed columns; split a longer table.",
        f"IF(ROWS({TABLE}[fault])>most_rows,0,"
        f"IF(SUMPRODUCT(1-_xlfn.ISFORMULA({_COMPUTED_CELLS}))=0,1,0))",
    ),
    Check(
        "ok_variance",
        "Volume, retries and price add up to the difference to the plan",
        "To the cent; as long as a row does not count there is nothing to compare.",
        "IF(ISNUMBER(variance_total),IF(ABS(variance_volume+variance_retries+variance_price"
        "-ROUND(ROUND(actuals_billed-actuals_plan_cost,compared_decimals),2))<=cent_fraction_usd,1,0),1)",
    ),
)
NOTES = (
    Check(
        "note_measured",
        "Where the Worksheet uses measured values, they have been measured",
        "Paste rows with accepted finals and of the job's model, size and quality; until then "
        "what is typed on the Worksheet serves.",
        "IF(actuals_switched_on=0,1,IF(ISNUMBER(measured_retries*measured_cost),1,0))",
    ),
)
ROWS = RowFaults("actuals", "Actuals: rows to mend", TABLE, FAULT_TABLE, FAULTS)
