"""The Campaign by use case: sums of the lines that are priced, and a chart of them."""

from collections.abc import Mapping
from dataclasses import replace

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Page
from workbook_templates.sheets.campaign.lines import PARTS, TABLE

USES = 8
"""Use cases that the summary and the chart name; the others are one row."""
TOP_ROW = 8
_FIRST, _OTHER, _TOTAL = TOP_ROW + 1, TOP_ROW + 1 + USES, TOP_ROW + 2 + USES

# Nothing is shown of a use case that is not there.
_COUNT = replace(theme.COMPUTED, size=9, number="#,##0;-#,##0;")
_USD = replace(theme.COMPUTED, size=9, number='[>=10000]"$"#,##0;[=0]"";"$"#,##0.00')
_SHARE = replace(theme.COMPUTED, size=9, number=f"{theme.PERCENT};-{theme.PERCENT};")
COLUMNS = (
    Column("name", "Use case", look=theme.LABEL),
    Column("lines", "Lines", look=_COUNT),
    Column("priced", "Priced", look=_COUNT),
    Column("finals_cost", "Cost of finals", look=_USD),
    Column("retries_cost", "Cost of retries", look=_USD),
    Column("buffer_cost", "Cost of the buffer", look=_USD),
    Column("budget", "Budget, USD", "SUM(E[#row]:G[#row])", _USD),
    Column("share", "Share",
           "IF(campaign_priced_usd=0,0,[@budget]/campaign_priced_usd)", _SHARE),
)  # fmt: skip
_TOTAL_LOOKS = {
    _COUNT: theme.TOTAL_FRACTION,
    _USD: theme.TOTAL_USD,
    _SHARE: replace(theme.TOTAL, number=_SHARE.number),
}
_SUMMED = ("lines", "priced", *PARTS)
_SUMS = {
    field: f"SUM({letter}{_FIRST}:{letter}{_OTHER})"
    for letter, field in zip("CDEFG", _SUMMED, strict=True)
}


def _total(column: Column) -> Column:
    """Return a column as it is in the row of all priced lines."""
    formula = _SUMS.get(column.name, column.formula)
    return replace(column, formula=formula, look=_TOTAL_LOOKS[column.look])


def write(page: Page) -> None:
    """Write the sums by use case, those of all that are not named here, and those of all lines."""
    blocks.captions(page, f"B{TOP_ROW}", COLUMNS)
    for k in range(1, USES + 1):
        _write_row(page, _FIRST + k - 1, f"{k}", _of_use(k))
    _write_row(page, _OTHER, "other", _of_others())
    page.say(f"B{_TOTAL}", "Priced lines", theme.TOTAL_LABEL)
    blocks.write_line(page, (_TOTAL, 3), map(_total, COLUMNS[1:]), "use_{}_total")
    _draw(page)


def _write_row(page: Page, row: int, key: str, formulas: Mapping[str, str]) -> None:
    held = {field: Figure(f"use_{field}_{key}", "", formula) for field, formula in formulas.items()}
    blocks.write_line(page, (row, 2), COLUMNS, f"use_{{}}_{key}", held)


def _of_use(k: int) -> dict[str, str]:
    """Return the name and the sums of the k-th use case."""
    begins = f"SMALL({TABLE}[use_first],{k})"
    sums = {field: f"IFERROR({formula},0)" for field, formula in _sums(begins).items()}
    return {"name": f'IFERROR(INDEX({TABLE}[use_case],{begins})&"","")', **sums}


def _of_others() -> dict[str, str]:
    """Return the sums of the use cases that are not named, and of lines without one."""
    later, unnamed = _sums(f'">="&SMALL({TABLE}[use_first],{USES + 1})'), _sums("0")
    sums = {field: f"{formula}+IFERROR({later[field]},0)" for field, formula in unnamed.items()}
    return {"name": 'IF(use_lines_other=0,"","«Other and unnamed»")', **sums}


def _sums(uses: str) -> dict[str, str]:
    """Return how the lines of some use cases are counted and summed; faults do not count."""
    lines = f"{TABLE}[use_row],{uses}"
    return {
        "lines": f"COUNTIFS({lines},{TABLE}[filled],1)",
        "priced": f'COUNTIFS({lines},{TABLE}[budget],">=0")',
        **{part: f'SUMIFS({TABLE}[{part}],{lines},{TABLE}[{part}],">=0")' for part in PARTS},
    }


def _draw(page: Page) -> None:
    """Draw each use case as one bar: finals, what retries add, what the buffer adds."""
    chart = charts.bars("bar")
    charts.add(page, chart, Cells(TOP_ROW, _OTHER, 5, 7), Cells(_FIRST, _OTHER, 2, 2))
    for series, color in zip(chart.series, (theme.NAVY, theme.TEAL, theme.AMBER), strict=True):
        charts.fill(series, color)
    charts.dress(chart, '"$"#,##0', (10.1, 7.6), legend="t", top_first=True)
    charts.give_room(chart, 0.42)
    says = "Budget by use case in USD: finals, what retries and the buffer add"
    charts.place(page, chart, f"J{TOP_ROW}", says)
