"""The table of the Actuals: what was made and billed, row by row, and what is wrong with a row.

Nothing stands below the table, so that it can grow; its columns follow it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Column, Figure, listed, words_listed
from workbook_templates.book.page import Page
from workbook_templates.formulas import examples, faults, image
from workbook_templates.formulas.conditions import first_of, is_number, whole, within
from workbook_templates.formulas.constants import (
    FIRST_BILL_DAY,
    LINE_ITEMS,
    MOST_OF_A_ROW,
    MOST_ROWS,
)
from workbook_templates.formulas.faults import Fault, if_filled
from workbook_templates.sheets.actuals import billed
from xl_pricing.bills.actual_rows import TOKENS_ONLY
from xl_pricing.estimation.image import QUALITIES

TABLE = "tblActuals"
FAULT_TABLE = "tblBillFaults"
CAPTION_ROW = 40
FIRST_ROW = CAPTION_ROW + 2


class ActualsRow(NamedTuple):
    """A row as it is typed: what was made on a day, and what was billed for it."""

    date: date
    model: str
    size: str
    quality: str
    generations: int
    accepted: int
    input_tokens: int | None
    output_tokens: int | None
    billed: float
    note: str | None = None


TYPED = ActualsRow._fields
_JOB = ("gpt-image-2", "4:5", "high")
ROWS = (
    ActualsRow(date(2026, 11, 2), *_JOB, 30, 22, 36_300, 183_570, 5.80),
    ActualsRow(date(2026, 11, 5), *_JOB, 34, 24, 41_140, 208_046, 6.55),
    ActualsRow(date(2026, 11, 9), "gpt-image-2", "1024x1280", "high", 32, 21, None, None, 6.27),
    ActualsRow(date(2026, 11, 12), *_JOB, 37, 22, 44_770, 226_403, 7.15),
    ActualsRow(date(2026, 11, 17), *_JOB, 33, 18, 39_930, 201_927, 6.36),
    ActualsRow(date(2026, 11, 20), *_JOB, 22, 11, 26_620, 134_618, 4.24),
)  # fmt: skip
"""The example rows: the job of the Worksheet, with retries that grow."""
TO_COME = "▲ a day to come"
"""What a row says that is dated after today; it counts."""
MARK = "EXAMPLE: overwrite"
"""What an example's note begins with; its images follow."""


def example(row: ActualsRow) -> dict[str, Any]:
    """Return an example by field, its note in marked words; the note begins with the row's mark."""
    note = f"«{MARK}» ({row.generations} → {row.accepted})" + (
        f", «{row.note}»" if row.note else ""
    )
    return {**row._asdict(), "note": note}


def ratio(part: str, whole_: str) -> str:
    """Divide; #N/A where there is nothing to divide by."""
    return f"IF({whole_}>0,{part}/{whole_},NA())"


def _counted(formula: str) -> str:
    """Return a figure of a row that counts, blank for a blank one, #N/A for a fault."""
    return if_filled(f"IF([@fault]=0,{formula},NA())")


def _quotient(part: str, whole_: str, is_told: str) -> str:
    """Divide; blank where the row does not tell what is needed."""
    return _counted(f'IF({is_told},IF([@{whole_}]=0,NA(),[@{part}]/[@{whole_}]),"")')


def _whole(field: str) -> str:
    return whole(f"[@{field}]", "0", "most_of_a_row")


def _blank_or_whole(field: str) -> str:
    """Return 1 for a blank cell or a whole number."""
    return f"IF(ISBLANK([@{field}]),1,{whole(f'[@{field}]', '0', f'[@{field}]')})"


def _whole_px(field: str) -> str:
    return f"IF([@{field}]>0,IF([@{field}]=INT([@{field}]),1,0),0)"


_WORDS = f"{', '.join(QUALITIES[:-1])} or {QUALITIES[-1]}"
_DAY = within("[@day_read]", "[@day_read]>=first_bill_day", "[@day_read]<=last_bill_day")
_QUALITY = image.quality_column(image.quality_word("[@quality]"))
_TOKENS = within("[@quality]", "[@quality]>0", "[@quality]<=max_measured_tokens")
_OUTPUT = within("[@output_tokens]", "[@output_tokens]>0")
# Where output tokens are measured the size is a label, and may be left out; so may the quality.
_MEASURED = f"OR({_TOKENS}=1,{_OUTPUT}=1)"
_NO_SIZE = f"OR([@tokens_only]=1,{_MEASURED})"
_IS_OPEN = f'IF(OR(TRIM([@quality])="",TRIM([@quality])="auto"),{_OUTPUT}=1,FALSE)'
FAULTS = (
    Fault("", "✔ counted", "Nothing to do."),
    Fault(f"ROW()-ROW({TABLE}[[#Headers],[date]])>most_rows",
          f"more than {MOST_ROWS:,} rows", "Move the rows to a second workbook."),
    Fault(f"{_DAY}=0", "date",
          "Type a date such as 2026-11-23, or a time such as 2026-11-02T23:30:00-05:00 (its day "
          "in UTC).", ("date",)),
    Fault("[@model_row]=0", "model unknown",
          "Choose a model of the list, or add it to the models table; a provider, date or meter "
          "is left out.", ("model",)),
    Fault(f"IF({_NO_SIZE},FALSE,{_whole_px('width')}*{_whole_px('height')}=0)",
          "size not readable",
          "Type a ratio of the sizes table such as 4:5, or px such as 1024x1536; auto, or nothing, "
          "only where output tokens are typed.", ("size",)),
    Fault(f"ISERROR(IF(OR([@tokens_only]=1,{_TOKENS}=1),1,IF({_IS_OPEN},1,{_QUALITY})))",
          "quality unknown",
          f"Type {_WORDS}; auto, or nothing, only where output tokens are typed.", ("quality",)),
    Fault(f"IF(AND([@tokens_only]=1,ISBLANK([@generations])),FALSE,{_whole('generations')}=0)",
          "generations",
          f"Type a whole number, 0 or more; leave it empty where the size is: {TOKENS_ONLY}.",
          ("generations",)),
    Fault(f"IF(ISBLANK([@accepted]),FALSE,{_whole('accepted')}=0)", "accepted finals",
          "Type a whole number, 0 or more, or leave it empty as long as it is not known.",
          ("accepted",)),
    Fault("[@accepted]>[@generations]", "more accepted than made",
          "Count every generation, the rejected ones too.", ("generations", "accepted")),
    Fault(f"{_blank_or_whole('input_tokens')}=0", "input tokens",
          "Leave empty, or type a whole number, 0 or more.", ("input_tokens",)),
    Fault(f"{_blank_or_whole('output_tokens')}=0", "output tokens",
          "Leave empty, or type a whole number, 0 or more.", ("output_tokens",)),
    Fault(f"{within('[@billed]', '[@billed]<=most_of_a_row')}=0", "billed is not a number",
          "Type the amount in USD without a sign of a currency, "
          f"up to {MOST_OF_A_ROW:,}.", ("billed",)),
    Fault("[@billed]<0", "billed is negative",
          "Lower the bill of the row that was refunded instead.", ("billed",)),
)  # fmt: skip
"""What can be wrong with a row; the first thing found is told."""

# A row of blanks, spaces and empty texts is blank, whatever its note says.
_TEXT = "&".join(f"[@{field}]" for field in TYPED if field != "note")
# The mark repeats the row's images: a row that is pasted over but for its note is no example.
_KIND = examples.kind(
    f"IFERROR(LEN(TRIM({_TEXT})),1)>0",
    "[@note]",
    f'"«{MARK}» ("&[@generations]&" → "&[@accepted]&")"',
)
_LIKE_JOB = (
    "[@fault]=0,[@model_row]=model_row,[@width]=size_width,[@height]=size_height,"
    f"{image.quality_word('[@quality]')}=quality_used"
)
_IMAGE = image.image_cells()


def _model_text() -> str:
    """Return a model as typed, without the provider before it and the meter behind it."""
    model = "LOWER(TRIM([@model]))"
    for item in LINE_ITEMS:
        model = f'SUBSTITUTE({model}," {item}","")'
    return f'IFERROR(MID({model},IFERROR(FIND("/",{model}),0)+1,255),"")'


def _model_name() -> str:
    """Return a model without the day behind it, unless the list has it with the day."""
    text = "[@model_text]"
    day, dash = f"VALUE(MID({text},LEN({text})-9,10))", f'MID({text},LEN({text})-10,1)="-"'
    known = f"ISNUMBER(MATCH({text},tblModels[model],0))"
    plain = f"IF({known},{text},LEFT({text},LEN({text})-11))"
    is_dated = f'AND({dash},MID({text},LEN({text})-5,1)="-",{day}>=first_bill_day)'
    return f"IFERROR(IF({is_dated},{plain},{text}),{text})"


def _day_read() -> str:
    """Return the day, that in UTC of a text with time and zone; 0 where there is none."""
    text = "TRIM([@date])"
    zone = f"MID({text},LEN({text})-5,1)"
    ahead = f'IF({zone}="-",-1,1)*VALUE(MID({text},LEN({text})-4,5))'
    is_utc = f'OR(MID({text},LEN({text}),1)="Z",LEN({text})=16,LEN({text})=19)'
    shift = f'IF(OR({zone}="+",{zone}="-"),{ahead},IF({is_utc},0,NA()))'
    between = f'SUBSTITUTE(MID({text},11,1)," ","T")'
    marks = f'MID({text},5,1)&MID({text},8,1)&{between}&MID({text},14,1)="--T:"'
    time = f"VALUE(MID({text},12,5))"
    minutes = f"ROUND((VALUE(LEFT({text},10))+{time}-{shift})*minutes_per_day,0)"
    read = f"IF(AND({marks},{time}<1),INT({minutes}/minutes_per_day),0)"
    return f"IF({is_number('[@date]')},[@date],IFERROR({read},0))"


def _check() -> str:
    """Return what a row says, of a day to come too: only this cell is asked again each day."""
    to_come = "IF(ISNUMBER([@day]),[@day]>actuals_today,FALSE)"
    return first_of([(to_come, f'"«{TO_COME}»"')], examples.check(FAULT_TABLE))


_HAS_IMAGES = "NOT(ISBLANK([@generations]))"
_TYPED_COUNT = replace(theme.TYPED_CELL, number=theme.COUNT)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_DATE = replace(theme.NUMBER, number=theme.DATE)
# Name, caption, formula (empty: it is typed), look; width, message and rule.
COLUMNS = (
    Column("date", "Date", "", replace(theme.TYPED_CELL, number=theme.DATE), 13,
           "The day on which the images were made, such as 2026-11-23.",
           {"type": "date", "operator": "greaterThan", "formula1": FIRST_BILL_DAY}),
    Column("model", "Model", "", theme.TYPED_TEXT_CELL, 20, "The model that was billed.",
           listed("tblModels[model]", others=True)),
    Column("size", "Ratio or size", "", replace(theme.TYPED_CELL, number=theme.TEXT), 13,
           "A ratio of the sizes table such as 4:5, or px such as 1024x1536; "
           f"{TOKENS_ONLY}: a row without images, such as a day of a usage export."),
    Column("quality", "Quality", "", theme.TYPED_TEXT_CELL, 17, f"{_WORDS}.",
           words_listed(QUALITIES, others=True)),
    Column("generations", "Generations", "", _TYPED_COUNT, 12,
           "All images that were made, the rejected ones too: a whole number."),
    Column("accepted", "Accepted finals", "", _TYPED_COUNT, 12.5,
           "The images among them that were accepted as finals: a whole number, or empty as long "
           "as it is not known."),
    Column("input_tokens", "Input tokens, if known", "", _TYPED_COUNT, 11.5,
           "Input tokens of the row, text and images; empty if unknown."),
    Column("output_tokens", "Output tokens, if known", "", _TYPED_COUNT, 12,
           "Output tokens of the row; empty if unknown."),
    Column("billed", "Billed, USD", "", replace(theme.TYPED_CELL, number="#,##0.00####"), 10.5,
           "The amount billed in USD, as a plain number; other currencies converted."),
    Column("note", "Note", "", theme.TYPED_TEXT_CELL, 26.5,
           "Any words. A note that begins with EXAMPLE and the row's images marks an example."),
    Column("check", "Check", _check(), theme.CELL, 21),
    Column("retries", "Retries", _quotient("generations", "accepted", "[@told]=1"),
           replace(theme.NUMBER, number=theme.FACTOR), 8.5),
    Column("usd_per_image", "USD per generation", _quotient("billed", "generations", _HAS_IMAGES),
           replace(theme.NUMBER, number='"$"0.0000'), 10.5),
    *billed.READ,
    Column("filled", "Filled in (1 = yes)", examples.filled("actuals_own"), _COUNT),
    Column("kind", "Own row (1), example (2)", _KIND, _COUNT),
    Column("day_read", "Day as read", _day_read(), _DATE),
    Column("model_text", "Model as read", _model_text(), theme.CELL),
    Column("model_name", "Model without its day", _model_name(), theme.CELL),
    Column("model_row", "Row of the model",
           f"IFERROR({image.model_row('[@model_name]')},0)", _COUNT),
    Column("size_text", "Size as read", image.size_text(_IMAGE), theme.CELL),
    Column("tokens_only", "Tokens only (1 = yes)",
           f'IFERROR(IF(TRIM([@size])="{TOKENS_ONLY}",1,0),0)', _COUNT),
    Column("width", "Width, px", image.width(_IMAGE), _COUNT),
    Column("height", "Height, px", image.height(_IMAGE), _COUNT),
    Column("fault", "Code of the check", faults.code(FAULTS), _COUNT),
    Column("told", "Images and finals told (1 = yes)",
           'IF([@fault]=0,IF(OR(ISBLANK([@generations]),ISBLANK([@accepted])),0,1),"")', _COUNT),
    Column("fault_row", "Row to fix", faults.FAULT_ROW, _COUNT),
    Column("matches_job", "Like the job (1 = yes)",
           f"IFERROR(IF(AND({_LIKE_JOB}),1,0),0)", _COUNT),
    Column("day", "Day that counts", 'IF([@fault]=0,INT([@day_read]),"")', _DATE),
    Column("period", "Period from",
           'IF([@day]="","",actuals_first_day+actuals_period_days'
           "*INT(([@day]-actuals_first_day)/actuals_period_days))", _DATE),
    *billed.WORKINGS,
)  # fmt: skip
LETTERS = tables.letters(COLUMNS)
_COMPUTED = [column.name for column in COLUMNS if column.formula]
COMPUTED = f"{TABLE}[[{_COMPUTED[0]}]:[{_COMPUTED[-1]}]]"
"""All computed cells of the table."""

EXAMPLES = Figure("actuals_told", "", examples.told("actuals"), look=theme.WARNING)
"""What stands above the rows where there are examples among them."""
_PASTE = (
    "Paste a row per bill or per day: the white columns on the right follow. The check says what "
    "is wrong with a row; a row with a fault is not counted, and as long as there is one nothing "
    "is compared with the plan."
)
_GROW = (
    "In Excel the table grows with what is pasted below its last row. In LibreOffice insert rows "
    "inside the table and copy its formulas down."
)


def write(page: Page, rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the table with what explains it; return the cells that are worth printing."""
    top, last_column = CAPTION_ROW - 3, LETTERS["why"]
    blocks.title(page, f"B{top}:{last_column}{top}", "What happened: one row per bill or per day")
    blocks.put(page, f"B{top - 1}", EXAMPLES)
    page.say(f"B{top + 1}", _PASTE, theme.NOTE)
    page.say(f"B{top + 2}", _GROW, theme.NOTE)
    tables.write_table(page, TABLE, (CAPTION_ROW, 2), COLUMNS, rows)
    page.heights({CAPTION_ROW: 38})
    last = FIRST_ROW + MOST_ROWS - 1
    tables.explain_columns(page, COLUMNS, (FIRST_ROW, 2), last)
    tables.mark_wrong_cells(page, LETTERS, faults.places(FAULTS), (FIRST_ROW, last))
    mark_faults(page, f"{LETTERS['check']}{FIRST_ROW}:{LETTERS['check']}{last}")
    _mark_days_to_come(page, last)
    page.flag_errors(f"{LETTERS['retries']}{FIRST_ROW}:{LETTERS['expected_usd']}{last}")
    page.mark(
        f"{last_column}{FIRST_ROW}:{last_column}{last}",
        f'LEFT({last_column}{FIRST_ROW},1)="▲"',
        theme.AMBER,
    )
    last_row = FIRST_ROW + max(len(rows), 1) - 1
    return f"{LETTERS['generations']}{CAPTION_ROW}:{last_column}{last_row}"


def _mark_days_to_come(page: Page, last: int) -> None:
    """Make the date amber that is after today."""
    date_, day = LETTERS["date"], f"${LETTERS['day']}{FIRST_ROW}"
    is_to_come = f"IF(ISNUMBER({day}),{day}>actuals_today,FALSE)"
    page.mark(f"{date_}{FIRST_ROW}:{date_}{last}", is_to_come, theme.AMBER, theme.AMBER_FILL)


def mark_faults(page: Page, cells: str) -> None:
    """Colour what does not begin with the mark of a good check; the words carry the meaning."""
    first = cells.split(":", maxsplit=1)[0]
    page.mark(cells, f'LEFT({first},1)="▲"', theme.AMBER)
    page.mark(cells, f'AND({first}<>"",LEFT({first},1)<>"✔")', theme.RED)
