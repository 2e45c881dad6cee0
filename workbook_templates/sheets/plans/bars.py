"""The chart of the Plans sheet: USD per accepted final, official tokens first."""

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Column, Figure, Held
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Page
from workbook_templates.sheets.plans.layout import BARS, BLOCK_ROW, PRICE, PRICED, WORK_ROW
from workbook_templates.sheets.plans.lines import lines, worked

_FIRST_ROW = WORK_ROW + 2


def _placed(field: str) -> str:
    """Return what the plan of a bar holds."""
    return f"INDEX({lines(field)},MATCH($O[#row],{worked('order')},0))"


_ASSUMED = f'IF({_placed("basis")}="estimate","« (assumed)»","")'
COLUMNS = (
    Column("order", "Order", "", theme.NUMBER_COUNT),
    Column("bar_label", "Plan", f'IFERROR({_placed("name")}&{_ASSUMED},"")'),
    Column("bar", "USD per accepted final", f'IFERROR({_placed("final")},"")', PRICED),
)
"""The bars, the cheapest plan first; what is not known is text, so it is not drawn."""
_UNKNOWN = f'IF(Q{_FIRST_ROW}="","« (not known)»","")'
OFFICIAL: Held = {
    "order": 0,
    "bar_label": Figure("plans_bar_label_0", "", f'"«Official tokens»"&{_UNKNOWN}'),
    "bar": Figure("plans_bar_0", "", 'IF(ISNUMBER(plans_official_final),plans_official_final,"")'),
}
"""The bar of official tokens."""


def write_data(page: Page) -> None:
    """Write the bars: official tokens, then the plans with a price."""
    blocks.title(page, f"O{WORK_ROW}:Q{WORK_ROW}", "Bars of the chart")
    blocks.captions(page, f"O{WORK_ROW + 1}", COLUMNS)
    blocks.write_line(page, (_FIRST_ROW, 15), COLUMNS, "plans_{}_0", OFFICIAL)
    for k in range(1, BARS + 1):
        blocks.write_line(page, (_FIRST_ROW + k, 15), COLUMNS, f"plans_{{}}_{k}", {"order": k})


def draw(page: Page) -> None:
    """Draw the bars beside the pack."""
    title = f"USD per accepted final: official tokens, then the {BARS} cheapest plans"
    blocks.title(page, f"B{BLOCK_ROW}:H{BLOCK_ROW}", title)
    chart, last = charts.bars("bar", None, 35), _FIRST_ROW + BARS
    names, prices = (Cells(_FIRST_ROW, last, column, column) for column in (16, 17))
    charts.add(page, chart, prices, names, titled=False)
    (series,) = chart.series
    charts.fill(series, theme.TEAL, charts.value_labels(f"{PRICE};;;", position="outEnd"))
    charts.fill_point(series, 0, theme.NAVY)
    charts.dress(chart, '"$"0.00', (22, 7), legend=None, top_first=True)
    chart.y_axis.scaling.min, chart.x_axis.tickLblPos = 0, "low"
    says = "USD per accepted final by plan, official tokens first"
    charts.place(page, chart, f"B{BLOCK_ROW + 1}", says)
