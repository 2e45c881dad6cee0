"""The chart of the Plans sheet: USD per accepted final, official tokens first."""

from dataclasses import replace

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.sheets.plans.layout import (
    BARS,
    BLOCK_ROW,
    PRICE,
    WHOLE,
    WORK_ROW,
    lines,
    worked,
)

_FIRST_ROW = WORK_ROW + 2
_BAR = replace(theme.NUMBER, number=PRICE)


def write_data(page: Page) -> None:
    """Write the bars: official tokens, then the plans with a price, the cheapest first."""
    page.fill(f"O{WORK_ROW}:Q{WORK_ROW}", theme.STEP)
    page.say(f"O{WORK_ROW}", "Bars of the chart", theme.STEP)
    for letter, text in zip("OPQ", ("Order", "Plan", "USD per accepted final"), strict=True):
        page.say(f"{letter}{WORK_ROW + 1}", text, theme.HEADER)
    for k in range(BARS + 1):
        page.put(f"O{_FIRST_ROW + k}", k, WHOLE)
        label, bar = _plan(page, _FIRST_ROW + k) if k else _official(page)
        page.formula(f"P{_FIRST_ROW + k}", f"plans_bar_label_{k}", label, theme.CELL)
        page.formula(f"Q{_FIRST_ROW + k}", f"plans_bar_{k}", bar, _BAR)


def _official(page: Page) -> tuple[str, str]:
    """Return the formulas of name and price; what is not known is text, so it is not drawn."""
    quoted = page.words.quoted
    name, unknown = quoted("Official tokens"), quoted(" (not known)")
    bar = 'IF(ISNUMBER(plans_official_final),plans_official_final,"")'
    return f'{name}&IF(Q{_FIRST_ROW}="",{unknown},"")', bar


def _plan(page: Page, row: int) -> tuple[str, str]:
    found = f"INDEX({{}},MATCH($O{row},{worked('order')},0))"
    assumed = page.words.quoted(" (assumed)")
    mark = f'IF({found.format(lines("basis"))}="estimate",{assumed},"")'
    label = f'IFERROR({found.format(lines("name"))}&{mark},"")'
    return label, f'IFERROR({found.format(lines("final"))},"")'


def draw(page: Page) -> None:
    """Draw the bars beside the pack."""
    page.fill(f"B{BLOCK_ROW}:H{BLOCK_ROW}", theme.STEP)
    title = "USD per accepted final: official tokens, then the 10 cheapest plans"
    page.say(f"B{BLOCK_ROW}", title, theme.STEP)
    chart = BarChart()
    chart.type, chart.gapWidth, chart.title, chart.legend, chart.style = "bar", 35, None, None, 10
    names, prices = (
        Reference(page.sheet, min_col=column, min_row=_FIRST_ROW, max_row=_FIRST_ROW + BARS)
        for column in (16, 17)
    )
    chart.add_data(prices)
    chart.set_categories(names)
    _paint(chart)
    _scale(chart)
    chart.width, chart.height = 22, 7
    page.sheet.add_chart(chart, f"B{BLOCK_ROW + 1}")
    page.describe_chart("USD per accepted final by plan, official tokens first")


def _scale(chart: BarChart) -> None:
    """Set the axes: the first bar on top, the figures below."""
    chart.y_axis.numFmt, chart.y_axis.title, chart.y_axis.crosses = '"$"0.00', None, "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.scaling.orientation, chart.x_axis.tickLblPos = "maxMin", "low"
    chart.x_axis.delete = chart.y_axis.delete = False


def _paint(chart: BarChart) -> None:
    (bars,) = chart.series
    bars.graphicalProperties = GraphicalProperties(solidFill=theme.TEAL)
    official = DataPoint(idx=0)
    official.graphicalProperties = GraphicalProperties(solidFill=theme.NAVY)
    bars.dPt.append(official)
    bars.dLbls = DataLabelList()
    bars.dLbls.showVal, bars.dLbls.position = True, "outEnd"
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(bars.dLbls, unwanted, False)
    bars.dLbls.numFmt = f"{PRICE};;;"
