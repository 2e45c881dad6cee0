"""Retries over time: twelve equal periods from the first to the last day, and a chart."""

from dataclasses import replace
from typing import Literal, NamedTuple

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.actuals.rows import TABLE, ratio

PERIODS = int({rule.name: rule.value for rule in RULES}["drift_periods"])
TOP = 21

_CAPTIONS = (
    "Period from",
    "Generations",
    "Accepted finals",
    "Retries in it",
    "Retries so far",
    "Planned retries",
)
_FACTOR = replace(theme.COMPUTED, number=theme.FACTOR)


def write(page: Page) -> None:
    """Write the periods and the chart beside them."""
    page.fill(f"B{TOP}:G{TOP}", theme.STEP)
    page.say(f"B{TOP}", "Retries over time", theme.STEP)
    for column, text in zip("BCDEFG", _CAPTIONS, strict=True):
        page.say(f"{column}{TOP + 1}", text, theme.HEADER)
    for k in range(1, PERIODS + 1):
        _period(page, TOP + 1 + k, k)
    _grey_gaps(page, f"B{TOP + 2}:G{TOP + 1 + PERIODS}")
    _chart(page)


def _period(page: Page, row: int, k: int) -> None:
    """Write the k-th period; blank after the last day, #N/A where no final was accepted."""
    first, start = TOP + 2, f"drift_start_{k}"
    in_period = f'IF({start}="","",SUMIFS({TABLE}[{{}}],{TABLE}[period],{start}))'
    generations, finals = f"SUM(C${first}:C{row})", f"SUM(D${first}:D{row})"
    so_far = f'IF({start}="",NA(),{ratio(generations, finals)})'
    cells = (
        (start, _begin(k), theme.COMPUTED_DATE),
        (f"drift_generations_{k}", in_period.format("generations"), theme.COMPUTED_FRACTION),
        (f"drift_finals_{k}", in_period.format("accepted"), theme.COMPUTED_FRACTION),
        (f"drift_retries_{k}", ratio(f"N(C{row})", f"N(D{row})"), _FACTOR),
        (f"drift_so_far_{k}", so_far, _FACTOR),
    )
    for column, (name, formula, style) in zip("BCDEF", cells, strict=True):
        page.formula(f"{column}{row}", name, formula, style)
    page.same(f"G{row}", "actuals_plan_retries", _FACTOR)


def _begin(k: int) -> str:
    """Return the first day of the k-th period."""
    if k == 1:
        return 'IF(actuals_counted=0,"",actuals_first_day)'
    before = f"drift_start_{k - 1}"
    day = f"{before}+actuals_period_days"
    return f'IF({before}="","",IF({day}>actuals_last_day,"",{day}))'


def _grey_gaps(page: Page, cells: str) -> None:
    """Show periods without an accepted final in grey: they are no fault."""
    first = cells.split(":", maxsplit=1)[0]
    rule = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[f"ISERROR({first})"], font=Font(color=theme.SLATE)
    )
    page.sheet.conditional_formatting.add(cells, rule)


class Look(NamedTuple):
    """How a line of the chart looks: colour, marker of its points, dashes."""

    color: str
    marker: Literal["circle", "square", "none"] = "none"
    dash: Literal["dash"] | None = None


_LOOKS = (Look(theme.TEAL, "circle"), Look(theme.NAVY, "square"), Look(theme.AMBER, dash="dash"))


def _chart(page: Page) -> None:
    """Draw the retries as lines; a period without an accepted final has no point."""
    page.fill(f"H{TOP}:K{TOP}", theme.STEP)
    page.say(f"H{TOP}", "Retries over time: do they drift away from the plan?", theme.STEP)
    sheet, last = page.sheet, TOP + 1 + PERIODS
    chart = LineChart()
    chart.add_data(
        Reference(sheet, min_col=5, max_col=7, min_row=TOP + 1, max_row=last),
        titles_from_data=True,
    )
    chart.set_categories(Reference(sheet, min_col=2, min_row=TOP + 2, max_row=last))
    for series, look in zip(chart.series, _LOOKS, strict=True):
        _draw(series, look)
    chart.title, chart.style, chart.legend = None, 10, Legend()
    chart.legend.position = "t"
    chart.y_axis.numFmt, chart.y_axis.title, chart.y_axis.scaling.min = "0.0", None, 1
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.number_format = "mm-dd"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.display_blanks = "span"
    chart.width, chart.height = 18, 6.6
    sheet.add_chart(chart, f"H{TOP + 1}")
    page.describe_chart("Retries over time: in each period, so far, and as planned")


def _draw(series: Series, look: Look) -> None:
    """Give a line its look."""
    series.smooth = False
    line = LineProperties(solidFill=look.color, w=22_000, prstDash=look.dash)
    series.graphicalProperties = GraphicalProperties(ln=line)
    series.marker = Marker(look.marker, size=7)
    fill = GraphicalProperties(solidFill=look.color, ln=LineProperties(solidFill=look.color))
    series.marker.graphicalProperties = fill
