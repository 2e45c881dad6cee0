"""The Actuals: a table to paste what happened; above it what was measured, and why bills differ.

Only rows without a fault are summed up; as long as there are others, nothing is compared with the
plan.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.book.words import Words
from workbook_templates.formulas import sentence
from workbook_templates.formulas.conditions import Check, RowFaults, holds
from workbook_templates.sheets.actuals import drift
from workbook_templates.sheets.actuals import rows as bills
from workbook_templates.sheets.actuals import variance as compared
from workbook_templates.sheets.actuals.rows import ratio
from workbook_templates.sheets.worksheet.inputs import YES

TABLE, TYPED, FIRST_ROW = bills.TABLE, bills.TYPED, bills.FIRST_ROW
JOB, CAMPAIGN = compared.JOB, compared.CAMPAIGN
NO_FINAL = "no final was accepted yet, so retries cannot be measured"
OF_ROWS, COMPARED_WITH = "Rows that count: {counted} of {rows}", "compared with {plan}"
MEND = "✘ Mend row {row}: {says}"
BELOW = "✘ Rows below the table are not in it: drag its corner over them, or insert rows inside it"
NOTHING = "▲ Nothing is counted yet: paste rows into the table"
ALL_COUNT = "✔ all rows count"
_LAST_ROW = 1_048_576


def defaults(words: Words) -> dict[str, Any]:
    """Return what is prefilled: the choice of the plan, and the rows of the table by field."""
    rows = [bill._asdict() for bill in bills.BILLS]
    return {
        "compare_with": words(JOB),
        TABLE: [{**row, "note": words(row["note"]) if row["note"] else None} for row in rows],
    }


def write(book: Book, job: Mapping[str, Any], models: str) -> None:
    """Write the sheet; ``job`` holds its inputs, ``models`` the range of the models' dropdown."""
    page = book.page("Actuals", bills.widths())
    _head(page)
    _cards(page)
    compared.write(page, job)
    _rows_and_days(page)
    drift.write(page)
    last = bills.write(page, job[TABLE], models)
    page.flag_errors(f"B4:K{drift.TOP - 1}")
    page.sheet.freeze_panes = "A3"
    page.print_setup(f"A1:{last}", "1:2")


def _head(page: Page) -> None:
    page.fill(f"A1:{page.at(2, len(bills.widths()))}", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 40, 6: 20, 7: 20, 8: 8})
    page.say("B1", "Actuals", theme.TITLE)
    said = "What really happened: paste it below, and see how far it is from the plan, and why."
    page.say("B2", said, theme.SUBTITLE)


def _cards(page: Page) -> None:
    """Write the answers: retries with their interval, the bill, prices, and what it is over."""
    page.fill("B4:K6", theme.CARD_LABEL)
    money = replace(theme.CARD_MONEY, size=16, number=theme.USD)
    _retries_card(page)
    billed = f"SUMIFS({TABLE}[billed],{TABLE}[fault],0)"
    page.say("E4", "Billed in USD", theme.CARD_LABEL)
    page.formula("E5", "actuals_billed", billed, money)
    counts = {"counted": "actuals_counted", "rows": "actuals_rows"}
    of_rows = sentence.formula(page.words, OF_ROWS, **counts)
    page.formula("E6", "actuals_of_rows", of_rows, theme.CARD_NOTE)
    page.formula("E7", "actuals_status", _status(page), replace(theme.NOTE, bold=True))
    bills.mark_faults(page, "E7")
    page.say("G4", "Cost per generation", theme.CARD_LABEL)
    per_image = ratio("actuals_billed", "actuals_generations")
    page.formula("G5", "actuals_cost_per_image", per_image, theme.CARD_PRICE)
    page.say("G6", "of all rows that count", theme.CARD_NOTE)
    page.say("I4", "Cost per accepted final", theme.CARD_LABEL)
    per_final = ratio("actuals_billed", "actuals_finals")
    page.formula("I5", "actuals_cost_per_final", per_final, theme.CARD_PRICE)
    page.say("K4", "Over the plan (under it: minus), USD", theme.CARD_LABEL)
    page.same("K5", "variance_total", replace(money, number=compared.SIGNED))
    plan = sentence.formula(page.words, COMPARED_WITH, plan="compare_with")
    page.formula("K6", "actuals_compared", plan, theme.CARD_NOTE)


_REACH = (
    "interval_z*SQRT(actuals_finals*(actuals_generations-actuals_finals)/actuals_generations"
    "+(interval_z/2)^2)"
)
_MIDDLE = "actuals_finals+interval_z^2/2"


def _bound(sign: str) -> str:
    """Return a bound of Wilson's interval, turned over: more reach, fewer retries."""
    return f"(actuals_generations+interval_z^2)/({_MIDDLE}{sign}{_REACH})"


def _retries_card(page: Page) -> None:
    big = replace(theme.CARD_MAIN, size=24, number=theme.FACTOR)
    page.say("B4", "Measured retries", theme.CARD_LABEL)
    retries = ratio("actuals_generations", "actuals_finals")
    page.formula("B5", "measured_retries", retries, big)
    page.say("B6", "90 % sure:", theme.CARD_NOTE)
    low = f"IF(actuals_finals>0,MAX(1,{_bound('+')}),NA())"
    page.formula("C6", "measured_retries_low", low, _noted('"≥ "0.00'))
    high = f"IF(actuals_finals>0,{_bound('-')},NA())"
    page.formula("D6", "measured_retries_high", high, _noted('"≤ "0.00'))
    no_final = f'IF(actuals_finals>0,"",{page.words.quoted(NO_FINAL)})'
    page.formula("B7", "measured_words", no_final, theme.NOTE)


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


def _status(page: Page) -> str:
    """Say what to do first."""
    words = page.words
    cells = {"row": "actuals_to_mend_1", "says": "actuals_to_mend_1_says"}
    return (
        f'IF(actuals_to_mend_1<>"",{sentence.formula(words, MEND, **cells)},'
        f"IF(actuals_rows_below>0,{words.quoted(BELOW)},"
        f"IF(actuals_counted=0,{words.quoted(NOTHING)},{words.quoted(ALL_COUNT)})))"
    )


def _rows_below() -> str:
    """Return how many rows at least stand below the table: LibreOffice does not grow it."""
    letters = bills.columns()
    header = FIRST_ROW - 1
    below = (
        f"COUNTA(${letters[name]}${header}:${letters[name]}${_LAST_ROW})-1-COUNTA({TABLE}[{name}])"
        for name in ("date", "model", "generations", "billed")
    )
    return f"MAX({','.join(below)})"


_ROWS_AND_DAYS = {
    "actuals_rows": (
        "Rows filled in",
        f'COUNTIF({TABLE}[fault],">=0")+actuals_rows_below',
    ),
    "actuals_counted": ("Rows that count", f"COUNTIF({TABLE}[fault],0)"),
    "actuals_rows_below": ("Rows below the table", _rows_below()),
    "actuals_comparable": (
        "All rows count (1 = yes)",
        "IF(AND(actuals_counted>0,actuals_counted=actuals_rows,ok_actuals_table=1),1,0)",
    ),
    "actuals_first_day": ("First day", f"IF(actuals_counted=0,NA(),MIN({TABLE}[day]))"),
    "actuals_last_day": ("Last day", f"IF(actuals_counted=0,NA(),MAX({TABLE}[day]))"),
    "actuals_period_days": (
        "Days of a period",
        "MAX(1,ROUNDUP((actuals_last_day-actuals_first_day+1)/drift_periods,0))",
    ),
}


def _rows_and_days(page: Page) -> None:
    """Write how many rows count, from when to when they go, and whether they are in use."""
    page.fill(f"L{compared.TOP}:M{compared.TOP}", theme.STEP)
    page.say(f"L{compared.TOP}", "Rows and days", theme.STEP)
    switch = f"IF(use_measured={page.words.quoted(YES)},1,0)"
    rows = _ROWS_AND_DAYS | {"actuals_switched_on": ("Measured values in use (1 = yes)", switch)}
    for row, (name, (label, formula)) in enumerate(rows.items(), start=compared.FIRST_ROW):
        style = theme.COMPUTED_DATE if name.endswith("_day") else theme.COMPUTED_FRACTION
        page.say(f"L{row}", label, theme.LABEL)
        page.formula(f"M{row}", name, formula, style)


_PARTS = "variance_volume+variance_retries+variance_price"
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
        f"IF(SUMPRODUCT(1-_xlfn.ISFORMULA({bills.COMPUTED}))=0,1,0))",
    ),
    Check(
        "ok_variance",
        "Volume, retries and price add up to the difference to the plan",
        "To the cent; as long as a row does not count there is nothing to compare.",
        f"IF(ISNUMBER(variance_total),"
        f"IF(ABS({_PARTS}-{compared.TOTAL_CENTS})<=cent_fraction_usd,1,0),1)",
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
ROWS = RowFaults(
    "actuals", "Actuals: rows to mend", TABLE, bills.FAULT_TABLE, bills.FAULTS, FIRST_ROW
)
