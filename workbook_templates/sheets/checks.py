"""The Checks sheet: every rule with its result; the Worksheet repeats the overall light."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.book.words import breadth
from workbook_templates.formulas import examples
from workbook_templates.formulas.charges import METERS
from workbook_templates.formulas.conditions import UNJUDGED, Check, holds, is_number, whole, within
from workbook_templates.formulas.constants import (
    FREE_SIZES,
    MAX_PX,
    RETIREMENT_NOTICE_DAYS,
    USUAL_BUFFERS,
)
from workbook_templates.formulas.faults import Codes, Fault, RowFaults
from workbook_templates.formulas.sentence import day, sentence
from workbook_templates.sheets.worksheet.chosen import IS_OWN, NO, YES
from xl_pricing.estimation.image import (
    LEAST_MEASURED_TOKENS,
    MAX_IMAGES_PER_CALL,
    MAX_MEASURED_TOKENS,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    QUALITIES,
    TIERS,
)
from xl_pricing.rates.card import RATES_AGE_DAYS

FIRST_ROW = 7
LISTED_ROWS = 10
"""Rows to fix that are listed for each table."""
_WIDTHS = (2, 66, 10, 120, 2)
_LINE_PT = 12


class Lists(NamedTuple):
    """The rules of all sheets, the tables whose rows are checked one by one, and other codes."""

    errors: Sequence[Check]
    notes: Sequence[Check]
    tables: Sequence[RowFaults]
    codes: Sequence[Codes] = ()


_Counted = tuple[str, Sequence[Check]]
"""The cells of rules' results, and the rules."""


def _or_blank(cell: str, condition: str) -> str:
    return f'IF({cell}="",1,{condition})'


def _reference_edge(name: str) -> str:
    return f"IF(N(reference_images)=0,1,{whole(name, '1', 'max_reference_px')})"


_YES_OR_NO = ('""', f'"«{YES}»"', f'"«{NO}»"')
_KEY = ("model", "meter", "tier", "effective_from")
_SAME = ",".join(f"tblRates[{field}],tblRates[{field}]" for field in _KEY)
_RATE_ROWS = "(ROW(tblRates[model])-ROW(tblRates[[#Headers],[model]]))"
_SERIES = {field: f"INDEX(tblRates[{field}],rates_twice)" for field in _KEY[:3]}
_SERIES["day"] = day(f"INDEX(tblRates[{_KEY[3]}],rates_twice)")
_TWICE = "{model} {meter} {tier} has two rates from {day}: delete one. It is not priced until then."
_OF_IMAGE = (
    *("ok_images_per_call", "ok_measured_tokens", "ok_prompt_tokens", "ok_reference_images"),
    *("ok_reference_width", "ok_reference_height"),
)
_OF_JOB = ("ok_finals", "ok_retries", "ok_buffer", "ok_use_measured")
_TIER = " or ".join(TIERS)
_MEASURED = is_number("measured_tokens")
"""Where output tokens are measured the size is a label."""
_WORDS = f"{', '.join(QUALITIES[:3])}; {' and '.join(QUALITIES[3:])} from gpt-image-2.5 on."
ERRORS = (
    Check("ok_model", "The model is in the models table",
          "Choose a model from the list, or add its row to the models table.",
          holds("model_found>0"), at="model"),
    Check("ok_tier", "Price tier", f"{_TIER}.",
          holds(f"OR({','.join(f'tier_used={chr(34)}{tier}{chr(34)}' for tier in TIERS)})"),
          at="tier"),
    Check("ok_ratio", "The ratio is in the sizes table, or custom",
          "Choose a ratio from the list, or custom with a size below it, or add its row to the "
          "sizes table.",
          holds(f"OR({_MEASURED},ISNUMBER(size_width*size_height))"), at="ratio"),
    Check("ok_quality_word", "The quality is one of the words", _WORDS,
          'IF(measured_tokens="",IF(ISNUMBER(quality_column),1,0),1)', at="quality"),
    Check("ok_day", "The price date is a day for which there are rates",
          "Type the day as a date such as 2026-11-23, not as text, and none before the first row "
          "of the rates table.",
          within("price_date", "price_date>=MIN(tblRates[effective_from])",
                 "price_date<=last_bill_day"), at="price_date"),
    Check("ok_size", "The size is legal for the model",
          f"Newer models: multiples of {FREE_SIZES.step_px} px, edges up to "
          f"{FREE_SIZES.max_edge_px} px, at most {FREE_SIZES.max_aspect}:1, "
          f"{FREE_SIZES.min_pixels:,} to {FREE_SIZES.max_pixels:,} pixels. The gpt-image-1 family: "
          "1024x1024, 1024x1536, 1536x1024.",
          f"IF({_MEASURED},1,{holds('size_legal=1')})", ("ok_model", "ok_ratio"), "ratio"),
    Check("ok_quality", "Output tokens are known for model, size and quality",
          "Choose another quality, or type measured output tokens. For gpt-image-2.6 at low and "
          "medium no formula is published.",
          holds("ISNUMBER(tokens_image_out)"),
          ("ok_model", "ok_size", "ok_quality_word", *_OF_IMAGE), "quality"),
    Check("ok_rates_once", "No rate of a series stands twice for one day",
          "A correction replaces the row of that day; a new price is a row with a later day.",
          holds("rates_twice=0"), at="tblRates[effective_from]",
          tells=sentence(_TWICE, **_SERIES)),
    Check("ok_rates", "Rates exist for model, tier and day",
          "Choose another tier or day, or add the rate to the rates table. gpt-image-2.6 has no "
          "batch rates.",
          holds("ISNUMBER(rate_text_in*rate_image_in*rate_image_out)"),
          ("ok_model", "ok_tier", "ok_day", "ok_rates_once"), "tier"),
    Check("ok_images_per_call", "Images per call", f"A whole number, 1 to {MAX_IMAGES_PER_CALL}.",
          whole("images_per_call", "1", "max_images_per_call"), at="images_per_call"),
    Check("ok_measured_tokens", "Measured output tokens",
          f"Empty, or {float(LEAST_MEASURED_TOKENS)} to {MAX_MEASURED_TOKENS:,}.",
          _or_blank("measured_tokens",
                    within("measured_tokens", "measured_tokens>=least_measured_tokens",
                           "measured_tokens<=max_measured_tokens")), at="measured_tokens"),
    Check("ok_prompt_tokens", "Prompt tokens",
          f"Empty, or a whole number, 0 to {MAX_PROMPT_TOKENS:,}.",
          _or_blank("prompt_tokens", whole("prompt_tokens", "0", "max_prompt_tokens")),
          at="prompt_tokens"),
    Check("ok_reference_images", "Reference images",
          f"Empty, or a whole number, 0 to {MAX_REFERENCES}.",
          _or_blank("reference_images", whole("reference_images", "0", "max_references")),
          at="reference_images"),
    Check("ok_reference_width", "Width of the reference images", f"Whole px, 1 to {MAX_PX:,}.",
          _reference_edge("reference_width"), ("ok_reference_images",), "reference_width"),
    Check("ok_reference_height", "Height of the reference images", f"Whole px, 1 to {MAX_PX:,}.",
          _reference_edge("reference_height"), ("ok_reference_images",), "reference_height"),
    Check("ok_finals", "Finals", "A number, 0 or more.", within("finals", "finals>=0"),
          at="finals"),
    Check("ok_retries", "Retries", "A number, 1 or more.", within("retries", "retries>=1"),
          at="retries"),
    Check("ok_buffer", "Buffer", "0% to 100%.", within("buffer", "buffer>=0", "buffer<=1"),
          at="buffer"),
    Check("ok_use_measured", "Use measured values", f"{YES} or {NO}.",
          holds(f"OR({','.join(f'TRIM(use_measured)={word}' for word in _YES_OR_NO)})"),
          at="use_measured"),
    Check("ok_exchange", "Units of the currency per USD",
          "A number above 0; or empty, and then no amount in the currency is shown.",
          f'IF(OR({IS_OWN},units_per_usd=""),1,'
          f"{within('units_per_usd', 'units_per_usd>0')})", at="units_per_usd"),
    Check("ok_plan", "The plan is in the plans table, or none",
          "Choose a plan from the list, or none, or add its rows to the plans table.",
          "IF(has_plan=0,1,IF(SUMPRODUCT(--(tblPlans[plan]=plan_used))>0,1,0))", at="plan"),
    Check("ok_table", "Every row of the rates table has a number",
          "Fix the cells of usd_per_mtok on the Rates sheet that hold text or nothing.",
          holds("COUNT(tblRates[usd_per_mtok])=ROWS(tblRates[usd_per_mtok])")),
    Check("ok_sums", "Finals, retries and buffer add up to the budget",
          "A formula was overwritten: undo it, or write the workbook anew.",
          "IF(ISNUMBER(budget_usd),IF(ABS(job_total-budget_usd)<=cent_fraction_usd,1,0),0)",
          ("ok_quality", "ok_rates", *_OF_JOB), "job_total"),
)  # fmt: skip
_ESTIMATES = ",".join((
    'IF(measured_tokens="",basis_tokens="estimate",FALSE)',
    *(f'IF(tokens_{meter}>0,basis_{meter}="estimate",FALSE)' for meter in METERS),
))  # fmt: skip
_ENDS = "N(INDEX(tblModels[shuts_down],model_row))"
_EXPERIMENTAL = "N(INDEX(tblModels[experimental_pixels],model_row))"
NOTES = (
    Check("note_service",
          f"The model stays in service for {RETIREMENT_NOTICE_DAYS} days from the price date",
          "It is shut down or about to be. Its prices stand for old bills; plan new work with "
          "another model.",
          f"IF({_ENDS}=0,1,IF({_ENDS}>price_day+retirement_notice_days,1,0))",
          ("ok_model", "ok_day"), "model"),
    Check("note_age", f"The rates were checked within the last {RATES_AGE_DAYS} days",
          "Press Refresh rates in the macro workbook, or run xl-pricing rates refresh and write a "
          "new workbook.",
          "IF(MAX(price_day,TODAY())-rates_checked<=rates_age_days,1,0)", ("ok_day",),
          "price_date"),
    Check("note_card", "The refreshed rate card could be read",
          "What was wrong with it stands above the tables of the Rates sheet; the rates of the "
          "package serve.",
          'IF(card_note="",1,0)', at="card_note"),
    Check("note_buffer", f"The buffer is between {' and '.join(USUAL_BUFFERS)}",
          "That is what teams use; small jobs may need more.",
          within("buffer", "buffer>=usual_buffer_low", "buffer<=usual_buffer_high"),
          ("ok_buffer",), "buffer"),
    Check("note_basis", "No estimate in the output tokens and the rates",
          "Counts of gpt-image-2.6 are taken over from 2.5: measure a few images and type the "
          "tokens.",
          f"IF(OR({_ESTIMATES}),0,1)", ("ok_quality", "ok_rates"), "quality"),
    Check("note_size", "The size is not called experimental",
          f"Sizes over {FREE_SIZES.experimental_pixels:,} pixels (2560x1440) are called "
          "experimental.",
          f"IFERROR(IF({_EXPERIMENTAL}=0,1,IF(pixels<={_EXPERIMENTAL},1,0)),1)", ("ok_size",),
          "ratio"),
    Check("note_plan_price", "The plan has a price for this image",
          "Choose another plan or quality, or add a row to the plans table. The budget in USD "
          "stands.",
          f"IF(has_plan=0,1,IF(IFERROR(size_legal,0)=1,"
          f"{holds('COUNT(plan_credits,plan_usd)>0')},{UNJUDGED}))",
          ("ok_plan", "ok_quality", "ok_rates"), "plan"),
    Check("note_exchange", "The rate is one of the currency that is shown",
          "Type the currency's own rate, and then below it whose rate it is.",
          f'IF(OR({IS_OWN},units_per_usd="",TRIM(rate_currency)=""),1,'
          'IF(TRIM(rate_currency)=currency_used,1,0))', ("ok_exchange",), "rate_currency"),
    Check("note_plan", "The plan's price needs no assumption",
          "Its size tiers are not published: check the price before you rely on it.",
          'IF(has_plan=0,1,IF(INDEX(tblPlans[basis],plan_row)="estimate",0,1))',
          ("note_plan_price",), "plan"),
)  # fmt: skip
VALID = (
    Figure("rates_twice", "Last row of the rates table that stands twice, 0 = none",
           f"SUMPRODUCT(MAX((COUNTIFS({_SAME})>1)*{_RATE_ROWS}))"),
    Figure("spec_valid", "The inputs of one image are in range (1 = yes)",
           "*".join(_OF_IMAGE)),
    Figure("references_valid", "The reference images are in range (1 = yes)",
           holds("ok_reference_images*ok_reference_width*ok_reference_height>0")),
    Figure("plan_valid", "Finals, retries and buffer are in range (1 = yes)",
           "*".join(_OF_JOB)),
)  # fmt: skip
"""What the formulas of other sheets ask first."""


def _first(result: str, cells: str) -> str:
    """Return what the first of these rules says that does not hold; blank where all do."""
    says = cells.replace("C", "B")
    return f'IF({result}_found=0,"",INDEX({says},MATCH(0,{cells},0)))'


_ONLY_ALONE = "they count only where there is no row of your own"
KINDS = tuple(
    figure
    for table, sheet in (("tblCampaign", "campaign"), ("tblActuals", "actuals"))
    for figure in (
        Figure(f"{sheet}_own", f"Rows of your own: {sheet}", examples.count(table, examples.OWN),
               "blank rows and examples are none"),
        Figure(f"{sheet}_examples", f"Example rows: {sheet}",
               examples.count(table, examples.EXAMPLE), _ONLY_ALONE),
    )
)  # fmt: skip
"""How many rows are the user's own, and how many are examples: counted, and no fault."""
CODES = (
    Column("says", "What a row can say"),
    Column("code", "Code", look=theme.NUMBER),
    Column("fix", "What to do"),
)


def write(book: Book, lists: Lists) -> None:
    """Write the sheet."""
    page = book.page("Checks", _WIDTHS)
    blocks.head(page, "E", "Checks", Figure("status", look=theme.STATUS_LEFT))
    title = "To fix: without these the answer is #N/A or wrong"
    errors = _list(page, FIRST_ROW, title, lists.errors, theme.OK_OR_FIX)
    first_note = FIRST_ROW + len(lists.errors) + 3
    title = "To note: the answer stands, but know this"
    notes = _list(page, first_note, title, lists.notes, theme.OK_OR_NOTE)
    _count(page, (errors, lists.errors), (notes, lists.notes))
    first = tuple(
        Figure(f"first_{name}", f"The first rule {says}", _first(f"{name}s", cells),
               look=theme.COMPUTED_TEXT)
        for name, says, cells in (("error", "to fix", errors), ("note", "to note", notes))
    )  # fmt: skip
    told = (*VALID, *KINDS, *first)
    last = first_note + len(lists.notes) + len(told)
    blocks.write_entries(page, "BCD", first_note + len(lists.notes) + 1, told)
    _colour(page, errors, theme.RED, theme.RED_FILL)
    _colour(page, notes, theme.AMBER, theme.AMBER_FILL)
    page.print_setup(f"A1:C{last - len(told)}", pages=1, upright=True)
    for faults in lists.tables:
        last = _rows_to_fix(page, last + 2, faults)
    for codes in lists.codes:
        page.fill(f"B{last + 2}:D{last + 2}", theme.HEADER_LEFT)
        page.say(f"B{last + 2}", codes.title, theme.HEADER_LEFT)
        last = _codes(page, last + 3, codes.table, codes.entries)
    page.protect()


def _list(page: Page, first: int, title: str, checks: Sequence[Check], look: theme.Style) -> str:
    """Write rules one below the other; return the cells of their results."""
    heads = (title, "Holds", "What is accepted, what to do")
    blocks.headers(page, first - 1, "BCD", heads, replace(theme.HEADER_LEFT, size=10))
    for row, check in enumerate(checks, start=first):
        page.say(f"B{row}", check.says, replace(theme.LABEL, underline=bool(check.at)))
        if check.at:
            page.link(f"B{row}", check.at)
        page.formula(f"C{row}", check.name, check.judged, look)
        if check.tells:
            tells = f"IF({check.name}=0,{check.tells},{sentence(check.fix)})"
            name = f"{check.name.removeprefix('ok_')}_says"
            page.formula(f"D{row}", name, tells, theme.WRAPPED_NOTE)
        else:
            page.say(f"D{row}", check.fix, theme.WRAPPED_NOTE)
        lines = ceil(breadth(page.words(check.fix)) / _WIDTHS[3])
        page.heights({row: 2.5 + _LINE_PT * lines})
    return f"C{first}:C{first + len(checks) - 1}"


def _colour(page: Page, cells: str, color: str, fill: str) -> None:
    """Colour the marks, those to see to as told; the marks themselves carry the meaning."""
    first = cells.split(":", maxsplit=1)[0]
    page.mark(cells, f"{first}=1", theme.TEAL, theme.TEAL_FILL)
    page.mark(cells, f"{first}=0", color, fill)


def _count(page: Page, errors: _Counted, notes: _Counted) -> None:
    """Write how many rules do not hold; of a table's rows each counts."""
    page.say("B4", "Rules that do not hold, and rows", theme.STRONG)
    for row, name, (cells, checks), says in (
        (4, "errors_found", errors, "to fix"),
        (5, "notes_found", notes, "to note"),
    ):
        more = [f"+IF({check.name}=0,MAX(0,{check.many}-1),0)" for check in checks if check.many]
        page.formula(f"C{row}", name, f"COUNTIF({cells},0){''.join(more)}", theme.RESULT)
        page.say(f"D{row}", says, theme.NOTE)


def _rows_to_fix(page: Page, top: int, faults: RowFaults) -> int:
    """List the first rows to fix of a table, then what its codes mean; return the last row."""
    heads = (faults.title, "Row", "What is wrong with it")
    blocks.headers(page, top, "BCD", heads, theme.HEADER_LEFT)
    for k in range(1, LISTED_ROWS + 1):
        at = top + k
        row, name = f"SMALL({faults.table}[fault_row],{k})", f"{faults.name}_to_fix_{k}"
        page.formula(f"C{at}", name, f'IFERROR({row},"")', theme.COMPUTED)
        place = f"C{at}-ROW({faults.table}[[#Headers],[check]])"
        fix = f"INDEX({faults.codes}[fix],INDEX({faults.table}[fault],{place})+1)"
        said = f'IF(C{at}="","",INDEX({faults.table}[check],{place})&": "&{fix})'
        page.formula(f"D{at}", f"{name}_says", said, theme.NOTE)
    return _codes(page, top + LISTED_ROWS + 2, faults.codes, faults.faults)


def _codes(page: Page, caption_row: int, table: str, entries: Sequence[Fault]) -> int:
    """Write what codes mean; return the last row."""
    rows = [
        {"says": page.words(entry.says), "code": code, "fix": page.words(entry.fix)}
        for code, entry in enumerate(entries)
    ]
    tables.write_table(page, table, (caption_row, 2), CODES, rows)
    return caption_row + 1 + len(rows)
