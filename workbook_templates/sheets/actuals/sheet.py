"""The Actuals: a table to paste what happened; above it what was measured, and why bills differ.

Only rows without a fault are summed up; as long as there are others, nothing is compared with the
plan.
"""

from dataclasses import replace

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Card, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import Check, holds
from workbook_templates.formulas.constants import MOST_ROWS
from workbook_templates.formulas.faults import Codes, RowFaults
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.actuals import billed, drift, rows, variance
from workbook_templates.sheets.actuals.rows import (
    FAULT_TABLE,
    FAULTS,
    FIRST_ROW,
    LETTERS,
    TABLE,
    ratio,
)
from workbook_templates.sheets.actuals.variance import COMPARE_WITH
from workbook_templates.sheets.worksheet.chosen import ASKS_MEASURED

NO_FINAL = "no final was accepted yet, so retries cannot be measured"
OF_ROWS = sentence(
    "Rows that count: {counted} of {rows}", counted="actuals_counted", rows="actuals_rows"
)
COMPARED_WITH = sentence("compared with {plan}", plan="compare_with")
_FIRST_WRONG = f"INDEX({TABLE}[check],actuals_to_fix_1-ROW({TABLE}[[#Headers],[check]]))"
FIX = sentence("✘ Fix row {row}: {says}", row="actuals_to_fix_1", says=_FIRST_WRONG)
BELOW = "✘ Rows below the table are not in it: drag its corner over them, or insert rows inside it"
NOTHING = "▲ Nothing is counted yet: paste rows into the table"
ALL_COUNT = "✔ all rows count"
OF_ALL = "of all rows that count"
DIFFER = sentence(
    "▲ {rows} rows differ from their tokens; billed 0: {nothing}",
    rows="actuals_differ", nothing="actuals_not_billed",
)  # fmt: skip
UNTOLD = sentence(
    "▲ Rows without accepted finals: {rows}; type them to measure retries", rows="actuals_untold"
)
_STATUS = (
    f'IF(actuals_to_fix_1<>"",{FIX},IF(actuals_rows_below>0,"«{BELOW}»",'
    f'IF(actuals_counted=0,"«{NOTHING}»",IF(actuals_told<>"",actuals_told,IF(actuals_untold>0,{UNTOLD},"«{ALL_COUNT}»")))))'
)
"""What to do first."""
_LAST_ROW = 1_048_576
# LibreOffice does not grow a table by what stands below it.
_BELOW = (
    f"COUNTA(${LETTERS[field]}${FIRST_ROW - 1}:${LETTERS[field]}${_LAST_ROW})"
    f"-1-COUNTA({TABLE}[{field}])"
    for field in ("date", "model", "generations", "billed")
)
_REACH = (
    "interval_z*SQRT(actuals_finals*(actuals_of_told-actuals_finals)/actuals_of_told"
    "+(interval_z/2)^2)"
)


def _bound(sign: str) -> str:
    """Return a bound of Wilson's interval, turned over: more reach, fewer retries."""
    return f"(actuals_of_told+interval_z^2)/(actuals_finals+interval_z^2/2{sign}{_REACH})"


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


_MONEY = replace(theme.CARD_MONEY, size=16, number=theme.USD)
_PRICE = replace(theme.CARD_PRICE, size=14)
CARDS = (
    Card("B", "Measured retries", "measured_retries",
         ratio("actuals_of_told", "actuals_finals"),
         replace(theme.CARD_MAIN, size=20, number=theme.FACTOR), "90 % sure:"),
    Card("E", "Billed in USD", "actuals_billed", f"SUMIFS({TABLE}[billed],{TABLE}[fault],0)",
         _MONEY, Figure("actuals_of_rows", "", OF_ROWS, look=theme.CARD_NOTE)),
    Card("G", "Cost per generation", "actuals_cost_per_image",
         ratio(f'SUMIFS({TABLE}[billed],{TABLE}[fault],0,{TABLE}[generations],">=0")',
               "actuals_generations"), _PRICE,
         Figure("actuals_as_told", "", f'IF(actuals_differ=0,"«{OF_ALL}»",{DIFFER})',
                look=theme.CARD_NOTE)),
    Card("I", "Cost per accepted final", "actuals_cost_per_final",
         ratio(f"SUMIFS({TABLE}[billed],{TABLE}[told],1)", "actuals_finals"), _PRICE),
    Card("K", "Over the plan (under it: minus), USD", "variance_total", "",
         replace(_MONEY, number=variance.SIGNED),
         Figure("actuals_compared", "", COMPARED_WITH, look=theme.CARD_NOTE)),
)  # fmt: skip
BESIDE_CARDS = {
    "C6": Figure("measured_retries_low", "",
                 f"IF(actuals_finals>0,MAX(1,{_bound('+')}),NA())", look=_noted('"≥ "0.00')),
    "D6": Figure("measured_retries_high", "",
                 f"IF(actuals_finals>0,{_bound('-')},NA())", look=_noted('"≤ "0.00')),
    "B7": Figure("measured_words", "", f'IF(actuals_finals>0,"","«{NO_FINAL}»")',
                 look=theme.NOTE),
    "E7": Figure("actuals_status", "", _STATUS, look=replace(theme.NOTE, bold=True)),
}  # fmt: skip
"""The interval of the retries, and what to do, by cell."""
ROWS_AND_DAYS = (
    Figure("actuals_rows", "Rows filled in", f'COUNTIF({TABLE}[fault],">=0")+actuals_rows_below',
           look=theme.COMPUTED_FRACTION),
    Figure("actuals_counted", "Rows that count", f"COUNTIF({TABLE}[fault],0)",
           look=theme.COMPUTED_FRACTION),
    Figure("actuals_rows_below", "Rows below the table", f"MAX({','.join(_BELOW)})",
           look=theme.COMPUTED_FRACTION),
    Figure("actuals_differ", "Billed other than their tokens say",
           f'COUNTIF({TABLE}[cause],">={billed.FIRST_DIFFERING}")', look=theme.COMPUTED_FRACTION),
    Figure("actuals_not_billed", "Rows with tokens that are billed 0",
           f"COUNTIF({TABLE}[cause],{billed.NOTHING_CODE})", look=theme.COMPUTED_FRACTION),
    Figure("actuals_untold", "Rows without images or accepted finals",
           f"COUNTIF({TABLE}[told],0)", look=theme.COMPUTED_FRACTION),
    Figure("actuals_of_told", "Generations of the others",
           f"SUMIFS({TABLE}[generations],{TABLE}[told],1)", look=theme.COMPUTED_FRACTION),
    Figure("actuals_comparable", "All rows count and are told (1 = yes)",
           "IF(AND(actuals_counted>0,actuals_counted=actuals_rows,ok_actuals_table=1,"
           "actuals_untold=0),1,0)",
           look=theme.COMPUTED_FRACTION),
    Figure("actuals_first_day", "First day",
           f"IF(actuals_counted=0,NA(),MIN({TABLE}[day]))", look=theme.COMPUTED_DATE),
    Figure("actuals_last_day", "Last day",
           f"IF(actuals_counted=0,NA(),MAX({TABLE}[day]))", look=theme.COMPUTED_DATE),
    Figure("actuals_today", "Today", "MAX(TODAY(),written_on)", look=theme.COMPUTED_DATE),
    Figure("actuals_period_days", "Days of a period",
           "MAX(1,ROUNDUP((actuals_last_day-actuals_first_day+1)/drift_periods,0))",
           look=theme.COMPUTED_FRACTION),
    Figure("actuals_switched_on", "Measured values asked for (1 = yes)",
           f"IF({ASKS_MEASURED},1,0)", look=theme.COMPUTED_FRACTION),
)  # fmt: skip
"""How many rows count, from when to when they go, and whether they are in use."""


DEFAULTS = {
    COMPARE_WITH.name: f"«{variance.JOB}»",
    TABLE: [*map(rows.example, rows.ROWS)],
}
"""What is prefilled: the choice of the plan, and the rows of the table by field."""


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Actuals", tables.widths(rows.COLUMNS, 12))
    says = "What really happened: paste it below, and see how far it is from the plan, and why."
    right = page.at(2, len(rows.COLUMNS) + 2).rstrip("2")
    blocks.head(page, right, "Actuals", says, {4: 20, 5: 40, 6: 20, 7: 20, 8: 8})
    _cards(page)
    variance.write(page)
    blocks.title(page, f"P{variance.TOP}:Q{variance.TOP}", "Rows and days")
    blocks.write_entries(page, "PQR", variance.FIRST_ROW, ROWS_AND_DAYS)
    drift.write(page)
    table = rows.write(page, book.typed[TABLE])
    page.flag_errors(f"B4:K{drift.TOP - 1}")
    days, captions = LETTERS["date"], rows.CAPTION_ROW
    page.print_setup(
        f"A1:L{captions - 4}",
        table,
        title_rows=f"{captions}:{captions}",
        title_columns=f"{days}:{days}",
    )


def _cards(page: Page) -> None:
    """Write the answers: retries with their interval, the bill, prices, and what it is over."""
    blocks.write_cards(page, ("B4:L6",), CARDS)
    for at, figure in BESIDE_CARDS.items():
        blocks.put(page, at, figure)
    rows.mark_faults(page, "E7")


_PARTS = "variance_volume+variance_retries+variance_price"
ERRORS = (
    Check("ok_actuals_rows", "Every row of the actuals counts",
          "The rows to fix are listed below; rows under the table are not in it: drag its corner "
          "over them.",
          holds("actuals_counted=actuals_rows"), at=f"{TABLE}[check]",
          many="actuals_rows-actuals_counted"),
    Check("ok_actuals_table",
          f"The actuals' formulas are whole, and there are {MOST_ROWS:,} rows at most",
          "Undo what was typed or pasted over computed columns; split a longer table.",
          f"IF(ROWS({TABLE}[fault])>most_rows,0,"
          f"IF(SUMPRODUCT(1-_xlfn.ISFORMULA({rows.COMPUTED}))=0,1,0))"),
    Check("ok_variance", "Volume, retries and price add up to the difference to the plan",
          "To the cent; as long as a row does not count there is nothing to compare.",
          f"IF(ISNUMBER(variance_total),"
          f"IF(ABS({_PARTS}-{variance.TOTAL_CENTS})<=cent_fraction_usd,1,0),1)"),
)  # fmt: skip
_TO_COME = f'COUNTIF({TABLE}[day],">"&actuals_today)'
_DIFFERING = sentence(
    "{rows} rows are billed other than their tokens say, {nothing} of them 0: their column says "
    "why. They count as they are billed, also in what is measured.",
    rows="actuals_differ", nothing="actuals_not_billed",
)  # fmt: skip
NOTES = (
    Check("note_billed", "Every row of the actuals is billed as its tokens say",
          "The rows marked ▲ say why; they count as they are billed, also in what is measured. "
          "What the words mean stands below.",
          "IF(actuals_differ=0,1,0)", at=f"{TABLE}[why]", tells=_DIFFERING, many="actuals_differ"),
    Check("note_bill_days", "No row of the actuals is of a day to come",
          "Correct the dates marked ▲; such a row counts as it is typed.",
          holds(f"{_TO_COME}=0"), at=f"{TABLE}[date]", many=_TO_COME),
    Check("note_measured", "Where the Worksheet uses measured values, they have been measured",
          "Paste rows with accepted finals and of the job's model, size and quality; until then "
          "what is typed on the Worksheet serves.",
          "IF(actuals_switched_on=0,1,IF(actuals_own=0,0,"
          "IF(ISNUMBER(measured_retries*measured_cost),1,0)))",
          ("ok_model", "ok_size", "ok_quality_word", "ok_use_measured", "ok_actuals_rows"),
          "use_measured"),
)  # fmt: skip
CODES = Codes("Actuals: why a bill differs from its tokens", billed.CAUSE_TABLE, billed.CAUSES)
ROWS = RowFaults("actuals", "Actuals: rows to fix", TABLE, FAULT_TABLE, FAULTS, FIRST_ROW)
