"""The Campaign by use case: sums of the lines that are priced, and a chart of them."""

from collections.abc import Mapping
from dataclasses import replace

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.sheets.campaign.lines import PARTS, TABLE

USES = 8
"""Use cases that the summary and the chart name; the others are one row."""
USES_ROW = 8
_USE_COLUMNS = ("Use case", "Lines", "Priced", "Finals", "Retries", "Buffer", "Budget", "Share")
_USE_FIELDS = ("lines", "priced", *PARTS)


def write_uses(page: Page) -> None:
    """Write the sums by use case; those that are not named here are one row."""
    for column, text in zip("BCDEFGHI", _USE_COLUMNS, strict=True):
        page.say(f"{column}{USES_ROW}", text, theme.HEADER)
    first = USES_ROW + 1
    for k in range(1, USES + 1):
        begins = f"SMALL({TABLE}[use_first],{k})"
        page.formula(f"B{first + k - 1}", f"use_name_{k}", _use_name(begins), theme.LABEL)
        sums = {name: f"IFERROR({f},0)" for name, f in _sums(begins).items()}
        _use(page, first + k - 1, str(k), sums, _SOME, _SOME_USD)
    other, total = first + USES, first + USES + 1
    name = f'IF(use_lines_other=0,"",{page.words.quoted("Other and unnamed")})'
    page.formula(f"B{other}", "use_name_other", name, theme.LABEL)
    later, unnamed = _sums(f'">="&SMALL({TABLE}[use_first],{USES + 1})'), _sums("0")
    sums = {name: f"{f}+IFERROR({later[name]},0)" for name, f in unnamed.items()}
    _use(page, other, "other", sums, _SOME, _SOME_USD)
    page.say(f"B{total}", "Priced lines", theme.TOTAL_LABEL)
    columns_ = zip("CDEFG", _USE_FIELDS, strict=True)
    sums = {name: f"SUM({letter}{first}:{letter}{other})" for letter, name in columns_}
    _use(page, total, "total", sums, theme.TOTAL_FRACTION, theme.TOTAL_USD)


# Nothing is shown of a use case that is not there.
_SOME = replace(theme.COMPUTED, number="#,##0;-#,##0;")
_SOME_USD = replace(theme.COMPUTED, number='"$"#,##0.00;-"$"#,##0.00;')


def _use_name(begins: str) -> str:
    return f'IFERROR(INDEX({TABLE}[use_case],{begins})&"","")'


def _sums(uses: str) -> dict[str, str]:
    """Return how the lines of some use cases are counted and summed; faults do not count."""
    lines = f"{TABLE}[use_row],{uses}"
    return {
        "lines": f"COUNTIFS({lines},{TABLE}[filled],1)",
        "priced": f'COUNTIFS({lines},{TABLE}[budget],">=0")',
        **{part: f'SUMIFS({TABLE}[{part}],{lines},{TABLE}[{part}],">=0")' for part in PARTS},
    }


def _use(
    page: Page, row: int, name: str, sums: Mapping[str, str], count: Style, money: Style
) -> None:
    """Write the figures of one row, with their sum and its share of all priced lines."""
    for column, (field, formula) in zip("CDEFG", sums.items(), strict=True):
        style = money if field in PARTS else count
        page.formula(f"{column}{row}", f"use_{field}_{name}", formula, style)
    page.formula(f"H{row}", f"use_budget_{name}", f"SUM(E{row}:G{row})", money)
    part = f"IF(campaign_priced_usd=0,0,use_budget_{name}/campaign_priced_usd)"
    share = replace(money, number=f"{theme.PERCENT};-{theme.PERCENT};")
    page.formula(f"I{row}", f"use_share_{name}", part, share)


def draw_uses(page: Page) -> None:
    """Draw each use case as one bar: finals, what retries add, what the buffer adds."""
    first, last = USES_ROW, USES_ROW + 1 + USES
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 45
    chart.title, chart.style = None, 10
    chart.legend.position = "t"
    chart.add_data(
        Reference(page.sheet, min_col=5, max_col=7, min_row=first, max_row=last),
        titles_from_data=True,
    )
    chart.set_categories(Reference(page.sheet, min_col=2, min_row=first + 1, max_row=last))
    for series, color in zip(chart.series, (theme.NAVY, theme.TEAL, theme.AMBER), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=color)
    chart.y_axis.numFmt, chart.y_axis.title = '"$"#,##0', None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 24, 6.4
    page.sheet.add_chart(chart, f"K{USES_ROW}")
    page.describe_chart("Budget by use case in USD: finals, what retries and the buffer add")
