"""Retries over time: twelve equal periods from the first to the last day, and a chart."""

from dataclasses import replace

from openpyxl.chart import LineChart
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.charts import Cells, Look
from workbook_templates.book.page import Page
from workbook_templates.formulas.constants import DRIFT_PERIODS
from workbook_templates.sheets.actuals.rows import TABLE, ratio

TOP = 21
_FIRST, _LAST = TOP + 2, TOP + 1 + DRIFT_PERIODS


def _in_period(field: str) -> str:
    return f'IF([@start]="","",SUMIFS({TABLE}[{field}],{TABLE}[period],[@start],{TABLE}[told],1))'


_SO_FAR = ratio(f"SUM(C${_FIRST}:C[#row])", f"SUM(D${_FIRST}:D[#row])")
_FACTOR = replace(theme.COMPUTED, number=theme.FACTOR)
# Blank after the last day, #N/A where no final was accepted.
COLUMNS = (
    Column("start", "Period from", look=theme.COMPUTED_DATE),
    Column("generations", "Generations", _in_period("generations"), theme.COMPUTED_FRACTION),
    Column("finals", "Accepted finals", _in_period("accepted"), theme.COMPUTED_FRACTION),
    Column("retries", "Retries in it", ratio("N(C[#row])", "N(D[#row])"), _FACTOR),
    Column("so_far", "Retries so far", f'IF([@start]="",NA(),{_SO_FAR})', _FACTOR),
    Column("planned", "Planned retries", look=_FACTOR),
)
_PLANNED = Figure("actuals_plan_retries", "")
_LOOKS = (Look(theme.TEAL, "circle"), Look(theme.NAVY, "square"), Look(theme.AMBER, dash="dash"))


def write(page: Page) -> None:
    """Write the periods and the chart beside them."""
    blocks.title(page, f"B{TOP}:G{TOP}", "Retries over time")
    blocks.captions(page, f"B{TOP + 1}", COLUMNS)
    for k in range(1, DRIFT_PERIODS + 1):
        held = {"start": _start(k), "planned": _PLANNED}
        blocks.write_line(page, (TOP + 1 + k, 2), COLUMNS, f"drift_{{}}_{k}", held)
    _grey_gaps(page, f"B{_FIRST}:G{_LAST}")
    _draw(page)


def _start(k: int) -> Figure:
    """Return the first day of the k-th period."""
    first = 'IF(actuals_counted=0,"",actuals_first_day)'
    before = f"drift_start_{k - 1}"
    day = f"{before}+actuals_period_days"
    later = f'IF({before}="","",IF({day}>actuals_last_day,"",{day}))'
    return Figure(f"drift_start_{k}", "", first if k == 1 else later)


def _grey_gaps(page: Page, cells: str) -> None:
    """Show periods without an accepted final in grey: they are no fault."""
    first = cells.split(":", maxsplit=1)[0]
    rule = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[f"ISERROR({first})"], font=Font(color=theme.SLATE)
    )
    page.sheet.conditional_formatting.add(cells, rule)


def _draw(page: Page) -> None:
    """Draw the retries as lines; a period without an accepted final has no point."""
    blocks.title(page, f"H{TOP}:L{TOP}", "Retries over time: do they drift away from the plan?")
    chart = LineChart()
    charts.add(page, chart, Cells(TOP + 1, _LAST, 5, 7), Cells(_FIRST, _LAST, 2, 2))
    for series, look in zip(chart.series, _LOOKS, strict=True):
        charts.draw_line(series, look)
    charts.dress(chart, "0.0", (14.5, 6.6), legend="t")
    chart.y_axis.scaling.min, chart.x_axis.number_format = 1, "mm-dd"
    chart.display_blanks = "span"
    says = "Retries over time: in each period, so far, and as planned"
    charts.place(page, chart, f"H{TOP + 1}", says)
