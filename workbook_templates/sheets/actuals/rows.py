"""The table of the Actuals: what was made and billed, row by row, and what is wrong with a row.

Nothing stands below the table, so that it can grow; its columns follow it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import image
from workbook_templates.formulas.constants import MOST_ROWS
from xl_pricing.estimation.image import QUALITIES

TABLE = "tblActuals"
FAULT_TABLE = "tblBillFaults"
TYPED = (
    *("date", "model", "size", "quality", "generations", "accepted"),
    *("input_tokens", "output_tokens", "billed", "note"),
)
CAPTION_ROW = 40
FIRST_ROW = CAPTION_ROW + 2


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
    (
        "billed is not a number",
        "Type the amount in USD without a sign of a currency, up to 100,000,000.",
    ),
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


def columns() -> Mapping[str, str]:
    """Return the column letter of each field."""
    return {name: Page.at(1, number)[:-1] for number, name in enumerate(_CAPTIONS, start=2)}


def _whole(cell: str) -> str:
    return image.whole_number(cell, "most_of_a_row")


def _optional(cell: str) -> str:
    """Return 1 for a blank cell or a whole number."""
    return f"IF(ISBLANK({cell}),1,{image.whole_number(cell, cell)})"


def _within(cell: str, low: str, high: str) -> str:
    return f"IF(ISNUMBER({cell}),IF(AND({cell}>={low},{cell}<={high}),1,0),0)"


def _edge(cell: str) -> str:
    """Return 1 for whole px."""
    return f"IF({cell}>0,IF({cell}=INT({cell}),1,0),0)"


def _fault() -> str:
    """Return the code of the first thing that is wrong; -1 for a blank row."""
    position = f"ROW()-ROW({TABLE}[[#Headers],[date]])"
    quality = image.exactly("TRIM([@quality])")
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


_IMAGE = image.image_cells()
_FORMULAS = {
    "check": f'IF([@filled]=0,"",INDEX({FAULT_TABLE}[says],[@fault]+1))',
    "retries": _counted("IF([@accepted]=0,NA(),[@generations]/[@accepted])"),
    "usd_per_image": _counted("IF([@generations]=0,NA(),[@billed]/[@generations])"),
    "filled": _filled(),
    "model_row": f"IFERROR({image.model_row('[@model]')},0)",
    "size_text": image.size_text(_IMAGE),
    "width": image.width(_IMAGE),
    "height": image.height(_IMAGE),
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
    **dict.fromkeys(("date", "quality", "generations", "billed"), 17),
    **dict.fromkeys(("size", "accepted", "retries"), 15),
    **dict.fromkeys(("input_tokens", "output_tokens", "usd_per_image"), 18),
    "model": 20,
    "note": 40,
    "check": 34,
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


_PASTE = (
    "Paste a row per bill or per day: the white columns on the right follow. The check says what "
    "is wrong with a row; a row with a fault is not counted, and as long as there is one nothing "
    "is compared with the plan."
)
_GROW = (
    "In Excel the table grows with what is pasted below its last row. In LibreOffice insert rows "
    "inside the table and copy its formulas down."
)
COMPUTED = f"{TABLE}[[{next(iter(_FORMULAS))}]:[{list(_FORMULAS)[-1]}]]"
"""All computed cells of the table."""


def widths() -> tuple[float, ...]:
    """Return the widths of the sheet's columns, with a margin on either side."""
    return (2, *(_WIDTHS.get(name, 12) for name in _CAPTIONS), 2)


def ratio(part: str, whole: str) -> str:
    """Divide; #N/A where there is nothing to divide by."""
    return f"IF({whole}>0,{part}/{whole},NA())"


def write(page: Page, bills: Sequence[Mapping[str, Any]], models: str) -> str:
    """Write the table with what explains it; return the last cell that is worth printing."""
    top, last_column = CAPTION_ROW - 3, columns()["usd_per_image"]
    page.fill(f"B{top}:{last_column}{top}", theme.STEP)
    page.say(f"B{top}", "What happened: one row per bill or per day", theme.STEP)
    page.say(f"B{top + 1}", _PASTE, theme.NOTE)
    page.say(f"B{top + 2}", _GROW, theme.NOTE)
    rows = [[bill.get(name) for name in _CAPTIONS] for bill in bills]
    page.table(TABLE, (CAPTION_ROW, 2), _CAPTIONS, rows, _STYLES, _FORMULAS)
    page.heights({CAPTION_ROW: 26})
    _messages(page, models)
    mark_faults(page, _down("check", "check"))
    page.flag_errors(_down("retries", "usd_per_image"))
    return f"{last_column}{FIRST_ROW + max(len(rows), 1) - 1}"


def _down(first: str, last: str) -> str:
    """Return cells of the table from its first row down to the last that counts."""
    letters = columns()
    return f"{letters[first]}{FIRST_ROW}:{letters[last]}{FIRST_ROW + MOST_ROWS - 1}"


def _messages(page: Page, models: str) -> None:
    """Explain every input column."""
    of_models = {"type": "list", "formula1": f"={models}", "errorStyle": "warning"}
    for name, (message, rule) in _MESSAGES.items():
        extra = of_models if name == "model" else rule
        page.validate(_down(name, name), _CAPTIONS[name], message, **extra)


def mark_faults(page: Page, cells: str) -> None:
    """Colour what does not begin with the mark of a good check; the words carry the meaning."""
    first = cells.split(":", maxsplit=1)[0]
    told = f'AND({first}<>"",LEFT({first},1)<>"✔")'
    rule = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[told], font=Font(color=theme.RED, bold=True)
    )
    page.sheet.conditional_formatting.add(cells, rule)
