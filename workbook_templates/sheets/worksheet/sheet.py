"""The Worksheet: the five steps, the answer above them, where the money goes beside them.

Every formula is named after the value it computes, so that formulas read as sentences:
``total_generations*(1+buffer)``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.worksheet.pagebreak import Break

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import image, sentence
from workbook_templates.sheets.rates.sheet import CUSTOM
from workbook_templates.sheets.worksheet import workings
from workbook_templates.sheets.worksheet.inputs import BILL_ROW, STEPS_ROW, YES, Input, input_rows
from workbook_templates.sheets.worksheet.workings import JOB, METERS, Working
from xl_pricing.rates.card import RateCard

WIDTHS = (2, 31, 22, 31, 3, 29, 16, 16, 16, 16, 2)
WORKINGS_ROW = 35


def write(book: Book, card: RateCard, job: Mapping[str, Any], lists: Mapping[str, str]) -> None:
    """Write the sheet with ``job`` as prefilled inputs; ``lists`` are the dropdowns' ranges."""
    page = book.page("Worksheet", WIDTHS)
    _head(page)
    _cards(page)
    _steps(page, job, input_rows(card, lists, book.words))
    _money(page)
    last = _workings(page)
    _chart(page)
    page.sheet.freeze_panes = "A8"
    page.sheet.row_breaks.append(Break(id=WORKINGS_ROW - 1))
    page.print_setup(f"A1:K{last}", "1:2")
    page.flag_errors(f"B4:J{last}")
    page.protect()


def _head(page: Page) -> None:
    page.fill("A1:K2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 46, 6: 20, 7: 8})
    page.say("B1", "What will these images cost?", theme.TITLE)
    said = "The bill is generations, not finals: finals × retries, plus a buffer."
    page.say("B2", said, theme.SUBTITLE)
    style = replace(theme.TITLE_RIGHT, number=theme.DATE)
    page.say("I1", "Rates checked on", theme.TITLE_RIGHT)
    page.formula("J1", "rates_checked", "MAX(tblRates[checked])", style)
    page.formula("J2", "status", _status(page), theme.STATUS)


def _status(page: Page) -> str:
    quoted = page.words.quoted
    mend, note = quoted(" to mend, see Checks"), quoted(" to note, see Checks")
    return (
        f'IF(errors_found>0,"✘ "&errors_found&{mend},'
        f'IF(notes_found>0,"▲ "&notes_found&{note},{quoted("✔ All checks passed")}))'
    )


def _cards(page: Page) -> None:
    page.fill("B4:D6", theme.CARD_LABEL)
    page.fill("F4:J6", theme.CARD_LABEL)
    words = page.words
    page.say("B4", "Budget in USD, buffer included", theme.CARD_LABEL)
    page.formula("B5", "budget_usd", "expected_cost+buffer_cost", theme.CARD_MAIN)
    page.say("B6", "finals × retries × (1 + buffer)", theme.CARD_NOTE)
    page.formula("C4", "currency_caption", f"{words.quoted('In ')}&currency", theme.CARD_LABEL)
    exchanged = "IF(ok_exchange=1,budget_usd*units_per_usd,NA())"
    page.formula("C5", "budget_currency", exchanged, theme.CARD_MONEY)
    page.same("C6", "units_per_usd", _noted(f'0.00##" {words("per USD")}"'))
    page.formula("D4", "plan_caption", f"{words.quoted('Credits of ')}&plan", theme.CARD_LABEL)
    page.formula("D5", "budget_credits", "plan_credits*generations_with_buffer", theme.CARD_COUNT)
    billed = f'"{words("this plan bills")} $"#,##0.00'
    page.formula("D6", "plan_bill_usd", "plan_usd*generations_with_buffer", _noted(billed))
    with_buffer = words("with the buffer")
    page.say("F4", "Total generations", theme.CARD_LABEL)
    page.same("F5", "total_generations", theme.CARD_COUNT)
    note = replace(theme.CARD_NOTE, number=f'"{with_buffer} "#,##0')
    note = replace(note, fraction=f'"{with_buffer} "{theme.FRACTION}')
    page.same("F6", "generations_with_buffer", note)
    page.say("G4", "Cost per generation", theme.CARD_LABEL)
    page.same("G5", "cost_per_image", theme.CARD_PRICE)
    page.say("G6", "USD per image: tokens × rates", theme.CARD_NOTE)
    page.say("I4", "Cost per accepted final", theme.CARD_LABEL)
    final = "IF(plan_valid=1,cost_per_image*retries_used,NA())"
    page.formula("I5", "cost_per_final", final, theme.CARD_PRICE)
    page.put("I6", with_buffer, theme.CARD_NOTE)
    buffered = "IF(plan_valid=1,cost_per_final*(1+buffer),NA())"
    page.formula("J6", "buffered_final", buffered, _noted('"$"0.0000'))


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


def _steps(page: Page, job: Mapping[str, Any], inputs: Mapping[int, Input]) -> None:
    page.fill(f"B{STEPS_ROW}:D{STEPS_ROW}", theme.STEP)
    page.say(f"B{STEPS_ROW}", "1   Output spec", theme.STEP)
    page.formula(f"C{STEPS_ROW}", "size_used", 'size_width&"x"&size_height', theme.STEP_VALUE)
    for row, entry in inputs.items():
        style = theme.STEP_LABEL if entry.label[0].isdigit() else theme.LABEL
        page.say(f"B{row}", entry.label, style)
        style = replace(theme.INPUT, number=entry.number)
        page.input(f"C{row}", entry.name, job[entry.name], style)
        if entry.hint:
            page.say(f"D{row}", entry.hint, theme.NOTE)
        page.validate(f"C{row}", entry.label.lstrip("0123456789 "), entry.message, **entry.rule)
    page.say("B24", "4   Total generations", theme.STEP_LABEL)
    total = "IF(plan_valid=1,finals*retries_used,NA())"
    page.formula("C24", "total_generations", total, theme.STEP_RESULT)
    page.say("D24", "finals × retries", theme.NOTE)
    page.fill(f"B{BILL_ROW}:D{BILL_ROW}", theme.STEP)
    page.say(f"B{BILL_ROW}", "Bill and currency", theme.STEP)
    page.formula("D26", "measured_note", _measured_note(page), theme.NOTE)
    page.say("B33", "Blue on yellow: you type here. Boxed: computed.", theme.NOTE)


# Where what was measured cost nothing, nothing has a share.
_SHARE = "IF(cost_per_image=0,0,usd_{}/cost_per_image)"


def _is_on(page: Page) -> str:
    return f"use_measured={page.words.quoted(YES)}"


def _measured_note(page: Page) -> str:
    """Say what of the Actuals sheet is in use."""
    quoted = page.words.quoted
    retries = f"{quoted('measured retries in use: ')}&{sentence.fixed('measured_retries')}"
    found = f"IF(ISNUMBER(measured_retries),{retries},{quoted('nothing is measured yet')})"
    return f"IF({_is_on(page)},{found},{quoted('retries and cost of the Actuals sheet')})"


def _measured_cost(page: Page) -> str:
    """Return by how much the bill differs from tokens times rates; 0 where that is not used."""
    measured = "IF(ISNUMBER(measured_cost),measured_cost-token_cost_per_image,0)"
    return f"IF({_is_on(page)},{measured},0)"


def _money(page: Page) -> None:
    """Write the lines of one image and of the job."""
    page.fill("F8:J8", theme.STEP)
    page.say("F8", "Where the money goes", theme.STEP)
    for column, text in zip(
        "FGHIJ",
        ("Per image", "Tokens", "USD per 1M", "USD per image", "Share"),
        strict=True,
    ):
        page.say(f"{column}9", text, theme.HEADER)
    tokens = {
        "text_in": workings.in_range(image.text_tokens(JOB)),
        "image_in": workings.in_range(image.image_tokens(JOB)),
        "image_out": "tokens_per_call/images_per_call",
    }
    for row, (meter, label) in enumerate(METERS.items(), start=10):
        page.say(f"F{row}", label, theme.LABEL)
        page.formula(f"G{row}", f"tokens_{meter}", tokens[meter], theme.COMPUTED_FRACTION)
        page.same(f"H{row}", f"rate_{meter}", theme.COMPUTED_RATE)
        usd = image.usd(workings.TOKENS, workings.RATES, (meter,))
        page.formula(f"I{row}", f"usd_{meter}", usd, theme.COMPUTED_PRICE)
        share = _SHARE.format(meter)
        page.formula(f"J{row}", f"share_{meter}", share, theme.COMPUTED_SHARE)
    page.say("F13", "Difference on the bill", theme.LABEL)
    page.fill("G13:H13", theme.COMPUTED)
    page.formula("I13", "usd_measured", _measured_cost(page), theme.COMPUTED_PRICE)
    page.formula("J13", "share_measured", _SHARE.format("measured"), theme.COMPUTED_SHARE)
    page.say("F14", "Cost per image", theme.TOTAL_LABEL)
    page.fill("G14:H14", theme.TOTAL)
    page.formula("I14", "cost_per_image", "SUM(I10:I13)", theme.TOTAL_PRICE)
    page.formula("J14", "share_total", "SUM(J10:J13)", theme.TOTAL_SHARE)
    for column, text in zip(
        "FGHIJ", ("The job", "Images", "USD per image", "USD", "Share"), strict=True
    ):
        page.say(f"{column}16", text, theme.HEADER)
    job = (
        ("finals", "Finals, one image each", "finals", "cost_per_image*{}"),
        ("retries", "Retries", "total_generations-finals", "cost_per_image*{}"),
        ("buffer", "Buffer", "generations_with_buffer-total_generations", "expected_cost*buffer"),
    )
    for row, (part, label, images, cost) in enumerate(job, start=17):
        page.say(f"F{row}", label, theme.LABEL)
        valid = f"IF(plan_valid=1,{images},NA())"
        page.formula(f"G{row}", f"{part}_images", valid, theme.COMPUTED_FRACTION)
        page.same(f"H{row}", "cost_per_image", theme.COMPUTED_PRICE)
        page.formula(f"I{row}", f"{part}_cost", cost.format(f"{part}_images"), theme.COMPUTED_USD)
        share = f"IF(budget_usd=0,0,{part}_cost/budget_usd)"
        page.formula(f"J{row}", f"share_{part}", share, theme.COMPUTED_SHARE)
    page.say("F20", "Budget", theme.TOTAL_LABEL)
    page.formula("G20", "images_total", "SUM(G17:G19)", theme.TOTAL_FRACTION)
    page.put("H20", None, theme.TOTAL)
    page.fill("F22:J22", theme.STEP)
    page.say("F22", "From finals to budget, in USD", theme.STEP)
    page.formula("I20", "job_total", "SUM(I17:I19)", theme.TOTAL_USD)
    page.formula("J20", "share_job", "SUM(J17:J19)", theme.TOTAL_SHARE)


def _workings(page: Page) -> int:
    """Write the workings and the rates' provenance; return the last row."""
    page.fill(f"B{WORKINGS_ROW}:D{WORKINGS_ROW}", theme.STEP)
    page.say(f"B{WORKINGS_ROW}", "Workings: nothing to type here", theme.STEP)
    left = chain(
        workings.size_workings(page.words.quoted(CUSTOM)),
        workings.OUTPUT_WORKINGS,
        workings.INPUT_WORKINGS,
        workings.rate_workings(),
    )
    last = _list_workings(page, "BCD", WORKINGS_ROW + 1, left)
    _provenance(page)
    _chart_data(page)
    top = WORKINGS_ROW + 16
    page.fill(f"F{top}:J{top}", theme.STEP)
    page.say(f"F{top}", "Cost and plan", theme.STEP)
    right = chain(workings.cost_workings(_is_on(page)), workings.PLAN_WORKINGS)
    return max(last, _list_workings(page, "FGH", top + 1, right))


def _list_workings(page: Page, columns: str, first: int, rows: Iterable[Working]) -> int:
    """Write label, value and unit of each row; return the last row."""
    label, value, unit = tuple(columns)
    row = first
    for row, working in enumerate(rows, start=first):
        page.say(f"{label}{row}", working.label, theme.LABEL)
        plain = replace(theme.COMPUTED, number=working.number)
        style = theme.COMPUTED_FRACTION if working.number == theme.COUNT else plain
        page.formula(f"{value}{row}", working.name, working.formula, style)
        page.say(f"{unit}{row}", working.unit, theme.NOTE)
    return row


def _provenance(page: Page) -> None:
    """Write where the rates in use come from."""
    top = WORKINGS_ROW
    page.fill(f"F{top}:J{top}", theme.STEP)
    page.say(f"F{top}", "Where the rates come from", theme.STEP)
    page.fill(f"F{top + 1}:J{top + 1}", theme.HEADER)
    for column, text in zip("FGH", ("Rate", "Checked on", "Basis"), strict=True):
        page.say(f"{column}{top + 1}", text, theme.HEADER)
    page.say(f"I{top + 1}", "Source", theme.HEADER_LEFT)
    for row, (meter, label) in enumerate(METERS.items(), start=top + 2):
        found = f"IF(rate_row_{meter}=0,NA(),INDEX(tblRates[{{}}],rate_row_{meter}))"
        _evidence(page, row, label, meter, found)
    _evidence(page, top + 5, "Output tokens", "tokens", "INDEX(tblModels[{}],model_row)")


def _evidence(page: Page, row: int, label: str, name: str, found: str) -> None:
    """Write checked, basis and source of a figure; ``found`` is the look-up of a column."""
    page.say(f"F{row}", label, theme.LABEL)
    styles = {
        "checked": theme.COMPUTED_DATE,
        "basis": theme.COMPUTED_TEXT,
        "source": theme.SMALL_NOTE,
    }
    for column, (field, style) in zip("GHI", styles.items(), strict=True):
        page.formula(f"{column}{row}", f"{field}_{name}", found.format(field), style)


def _chart_data(page: Page) -> None:
    """Write the steps of the chart: an unseen base and the part that stands on it."""
    top = WORKINGS_ROW + 8
    page.fill(f"F{top}:J{top}", theme.STEP)
    page.say(f"F{top}", "Steps of the chart", theme.STEP)
    for column, text in zip("FGH", ("Part", "Base, USD", "USD"), strict=True):
        page.say(f"{column}{top + 1}", text, theme.HEADER)
    steps = (
        ("Finals", "finals", "0"),
        ("Retries", "retries", "finals_cost"),
        ("Buffer", "buffer", "finals_cost+retries_cost"),
        ("Budget", "budget", "0"),
    )
    for row, (label, part, base) in enumerate(steps, start=top + 2):
        page.say(f"F{row}", label, theme.LABEL)
        page.formula(f"G{row}", f"chart_base_{part}", base, theme.COMPUTED_USD)
        value = "budget_usd" if part == "budget" else f"{part}_cost"
        page.same(f"H{row}", value, theme.COMPUTED_USD)


def _chart(page: Page) -> None:
    """Draw the budget as steps: finals, what retries add, what the buffer adds, the sum."""
    top = WORKINGS_ROW + 9
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 45
    chart.title, chart.legend, chart.style = None, None, 10
    chart.add_data(
        Reference(page.sheet, min_col=7, max_col=8, min_row=top, max_row=top + 4),
        titles_from_data=True,
    )
    chart.set_categories(Reference(page.sheet, min_col=6, min_row=top + 1, max_row=top + 4))
    base, part = chart.series
    base.graphicalProperties = GraphicalProperties(noFill=True)
    base.graphicalProperties.line.noFill = True
    part.graphicalProperties = GraphicalProperties(solidFill=theme.TEAL)
    part.dLbls = DataLabelList()
    part.dLbls.showVal = True
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(part.dLbls, unwanted, False)
    part.dLbls.numFmt = '"$"#,##0.00'
    part.dLbls.txPr = theme.white_labels()
    whole = DataPoint(idx=3)
    whole.graphicalProperties = GraphicalProperties(solidFill=theme.NAVY)
    part.dPt.append(whole)
    chart.y_axis.numFmt, chart.y_axis.title = '"$"#,##0', None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 18, 6
    page.sheet.add_chart(chart, "F23")
    page.describe_chart("From finals to budget: what retries and the buffer add, in USD")
