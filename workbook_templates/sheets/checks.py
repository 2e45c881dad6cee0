"""The Checks sheet: every rule with its result; the Worksheet repeats the overall light."""

from typing import NamedTuple

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas.conditions import Check, RowFaults, holds, whole, within

FIRST_ROW = 7
_LINE = 100


_REFERENCE_EDGES = (
    f"MIN({whole('reference_width', '1', 'max_reference_px')},"
    f"{whole('reference_height', '1', 'max_reference_px')})"
)
ERRORS = (
    Check(
        "ok_model",
        "The model is in the models table",
        "Choose a model from the list, or add its row to the models table.",
        holds("ISNUMBER(model_row)"),
    ),
    Check(
        "ok_size",
        "The size is legal for the model",
        "Newer models: multiples of 16 px, edges up to 3840 px, at most 3:1, 655,360 to 8,294,400 "
        "pixels. The gpt-image-1 family: 1024x1024, 1024x1536, 1536x1024.",
        holds("N(size_legal)=1"),
    ),
    Check(
        "ok_quality",
        "Output tokens are known for model, size and quality",
        "Choose another quality, or type measured output tokens. For gpt-image-2.6 at low and "
        "medium no formula is published.",
        holds("ISNUMBER(tokens_image_out)"),
    ),
    Check(
        "ok_rates",
        "Rates exist for model, tier and day",
        "Choose another tier or day, or add the rate to the rates table. gpt-image-2.6 has no "
        "batch rates.",
        holds("ISNUMBER(rate_text_in*rate_image_in*rate_image_out)"),
    ),
    Check(
        "ok_images",
        "Images per call",
        "A whole number, 1 to 10.",
        whole("images_per_call", "1", "max_images_per_call"),
    ),
    Check(
        "ok_measured",
        "Measured output tokens",
        "Empty, or more than 0 and up to 1,000,000.",
        'IF(measured_tokens="",1,'
        + within("measured_tokens", "measured_tokens>0", "measured_tokens<=max_measured_tokens")
        + ")",
    ),
    Check(
        "ok_prompt",
        "Prompt tokens",
        "Empty, or a whole number, 0 to 100,000.",
        f'IF(prompt_tokens="",1,{whole("prompt_tokens", "0", "max_prompt_tokens")})',
    ),
    Check(
        "ok_references",
        "Reference images",
        "Empty or a whole number, 0 to 16, with edges in whole px.",
        f'IF(reference_images="",1,IF({whole("reference_images", "0", "max_references")}=0,0,'
        f"IF(reference_images=0,1,{_REFERENCE_EDGES})))",
    ),
    Check("ok_finals", "Finals", "A number, 0 or more.", within("finals", "finals>=0")),
    Check("ok_retries", "Retries", "A number, 1 or more.", within("retries", "retries>=1")),
    Check("ok_buffer", "Buffer", "0% to 100%.", within("buffer", "buffer>=0", "buffer<=1")),
    Check(
        "ok_exchange",
        "Units of the currency per USD",
        "A number above 0.",
        within("units_per_usd", "units_per_usd>0"),
    ),
    Check(
        "ok_plan",
        "The plan has a price for this image",
        "Choose another plan or quality, or add a row to the plans table.",
        holds("COUNT(plan_credits,plan_usd)>0"),
    ),
    Check(
        "ok_table",
        "Every row of the rates table has a number",
        "Mend the cells of usd_per_mtok on the Rates sheet that hold text or nothing.",
        holds("COUNT(tblRates[usd_per_mtok])=ROWS(tblRates[usd_per_mtok])"),
    ),
    Check(
        "ok_sums",
        "Finals, retries and buffer add up to the budget",
        "Mend the checks above first.",
        "IF(ISNUMBER(budget_usd),IF(ABS(job_total-budget_usd)<=cent_fraction_usd,1,0),0)",
    ),
)
_SHUTS_DOWN = "N(INDEX(tblModels[shuts_down],model_row))"
_EXPERIMENTAL = "N(INDEX(tblModels[experimental_pixels],model_row))"
NOTES = (
    Check(
        "note_service",
        "The model stays in service for 60 days from the price date",
        "It is shut down or about to be. Its prices stand for old bills; plan new work with "
        "another model.",
        f"IFERROR(IF({_SHUTS_DOWN}=0,1,IF({_SHUTS_DOWN}>price_date+retirement_notice_days,1,0)),0)",
    ),
    Check(
        "note_age",
        "The rates were checked within the last 45 days",
        "Press Refresh rates in the macro workbook, or run xl-pricing rates refresh and write a "
        "new workbook.",
        "IFERROR(IF(MAX(price_date,TODAY())-rates_checked<=rates_age_days,1,0),0)",
    ),
    Check(
        "note_card",
        "The refreshed rate card could be read",
        "What was wrong with it stands above the tables of the Rates sheet; the rates of the "
        "package serve.",
        'IF(card_note="",1,0)',
    ),
    Check(
        "note_buffer",
        "The buffer is between 10% and 30%",
        "That is what teams use; small jobs may need more.",
        within("buffer", "buffer>=usual_buffer_low", "buffer<=usual_buffer_high"),
    ),
    Check(
        "note_basis",
        "No estimate in the output tokens and their rate",
        "Counts of gpt-image-2.6 are taken over from 2.5: measure a few images and type the "
        "tokens.",
        'IFERROR(IF(measured_tokens<>"",1,'
        'IF(OR(basis_tokens="estimate",basis_image_out="estimate"),0,1)),0)',
    ),
    Check(
        "note_size",
        "The size is not called experimental",
        "Sizes over 3,686,400 pixels (2560x1440) are called experimental.",
        f"IFERROR(IF({_EXPERIMENTAL}=0,1,IF(pixels<={_EXPERIMENTAL},1,0)),0)",
    ),
    Check(
        "note_plan",
        "The plan's price needs no assumption",
        "Its size tiers are not published: check the price before you rely on it.",
        'IFERROR(IF(plan_row=0,0,IF(INDEX(tblPlans[basis],plan_row)="estimate",0,1)),0)',
    ),
)


LISTED_ROWS = 10
"""Rows to mend that are listed for each table."""


class Lists(NamedTuple):
    """The rules of all sheets, and the tables whose rows are checked one by one."""

    errors: tuple[Check, ...]
    notes: tuple[Check, ...]
    tables: tuple[RowFaults, ...]


def write(book: Book, lists: Lists) -> None:
    """Write the sheet."""
    page = book.page("Checks", (2, 58, 10, 92, 2))
    page.fill("A1:E2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22})
    page.say("B1", "Checks", theme.TITLE)
    page.same("B2", "status", theme.STATUS_LEFT)
    first_note = FIRST_ROW + len(lists.errors) + 3
    last_error, last_note = first_note - 4, first_note + len(lists.notes) - 1
    title = "To mend: without these the answer is #N/A or wrong"
    _list(page, FIRST_ROW, title, lists.errors, theme.OK_OR_MEND)
    title = "To note: the answer stands, but know this"
    _list(page, first_note, title, lists.notes, theme.OK_OR_NOTE)
    page.say("B4", "Rules that do not hold", theme.STRONG)
    page.formula("C4", "errors_found", f"COUNTIF(C{FIRST_ROW}:C{last_error},0)", theme.RESULT)
    page.say("D4", "to mend", theme.NOTE)
    found = f"COUNTIF(C{first_note}:C{last_note},0)"
    page.formula("C5", "notes_found", found, theme.RESULT)
    page.say("D5", "to note", theme.NOTE)
    last = last_note + 3
    spec = "ok_images*ok_measured*ok_prompt*ok_references"
    page.formula(f"C{last - 1}", "spec_valid", spec, theme.COMPUTED)
    page.say(f"B{last - 1}", "The inputs of one image are in range (1 = yes)", theme.LABEL)
    page.formula(f"C{last}", "plan_valid", "ok_finals*ok_retries*ok_buffer", theme.COMPUTED)
    page.say(f"B{last}", "Finals, retries and buffer are in range (1 = yes)", theme.LABEL)
    _colour(page, f"C{FIRST_ROW}:C{last_error} C{first_note}:C{last_note}")
    for faults in lists.tables:
        last = _rows_to_mend(page, last + 2, faults)
    page.sheet.freeze_panes = "A3"
    page.print_setup(f"A1:E{last}", "1:2")
    page.protect()


def _rows_to_mend(page: Page, top: int, faults: RowFaults) -> int:
    """List the first rows to mend of a table, then what its codes mean; return the last row."""
    for column, text in zip("BCD", (faults.title, "Row", "What is wrong with it"), strict=True):
        page.say(f"{column}{top}", text, theme.HEADER_LEFT)
    for k in range(1, LISTED_ROWS + 1):
        at = top + k
        row, name = f"SMALL({faults.table}[fault_row],{k})", f"{faults.name}_to_mend_{k}"
        page.formula(f"C{at}", name, f'IFERROR({row},"")', theme.COMPUTED)
        check = f"INDEX({faults.table}[check],C{at}-ROW({faults.table}[[#Headers],[check]]))"
        page.formula(f"D{at}", f"{name}_says", f'IF(C{at}="","",{check})', theme.NOTE)
    captions = {"says": "What a row can say", "code": "Code", "mend": "What to do"}
    rows = [
        (page.words(says), code, page.words(mend))
        for code, (says, mend) in enumerate(faults.faults)
    ]
    caption_row = top + LISTED_ROWS + 2
    styles = {"mend": theme.CELL, "says": theme.CELL, "code": theme.NUMBER}
    page.table(faults.codes, (caption_row, 2), captions, rows, styles)
    return caption_row + 1 + len(rows)


def _list(
    page: Page, first: int, title: str, checks: tuple[Check, ...], style: theme.Style
) -> None:
    for column, text in zip("BCD", (title, "Holds", "What is accepted, what to do"), strict=True):
        page.say(f"{column}{first - 1}", text, theme.HEADER_LEFT)
    for row, check in enumerate(checks, start=first):
        page.say(f"B{row}", check.says, theme.LABEL)
        page.formula(f"C{row}", check.name, check.formula, style)
        page.say(f"D{row}", check.mend, theme.WRAPPED_NOTE)
        if len(check.mend) > _LINE:
            page.heights({row: 26})


def _colour(page: Page, cells: str) -> None:
    """Colour the marks; the marks themselves carry the meaning."""
    looks = (("1", theme.TEAL, theme.TEAL_FILL), ("0", theme.RED, theme.RED_FILL))
    for value, color, fill in looks:
        rule = CellIsRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
            operator="equal",
            formula=[value],
            font=Font(color=color, bold=True),
            fill=PatternFill(bgColor=fill),
        )
        page.sheet.conditional_formatting.add(cells, rule)
