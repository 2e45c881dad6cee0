"""Low, base and high beside each other: the Worksheet's job, and it with other assumptions.

The base is the Worksheet. The two others are typed as shares of its finals and retries, each with a
buffer of its own; how likely that buffer lasts is computed as on the Risk sheet.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Figure, Input, between
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import Check, compared, holds, within
from workbook_templates.sheets.risk.sheet import CHANCE
from workbook_templates.sheets.summary.sound import NOTHING, if_number, sound, whole_up
from workbook_templates.sheets.worksheet.chosen import IS_OWN
from xl_pricing.estimation.budget import USUAL_BUFFERS

TOP = 13
"""The row of the title."""
COLUMNS = {"low": "C", "base": "D", "high": "E"}
MOST_SHARE = 10
"""The finals and retries of a case are at most so many times those of the base."""
_SIZE = 9.5
_NUMBER = replace(theme.NUMBER, size=_SIZE)
_TYPED = replace(theme.INPUT, size=_SIZE)
_LABEL = replace(theme.LABEL, size=_SIZE)
_TOTAL = replace(theme.TOTAL_USD, size=10)


class Row(NamedTuple):
    """A row: its label, look, formula of the base, and formula of a case.

    ``[@field]`` in the formula of a case is its own cell of that field. Without one the case's cell
    is typed.
    """

    field: str
    label: str
    look: Style
    base: str
    case: str = ""


def _typed(case: str, field: str, label: str, value: float, message: str, *limits: float) -> Input:
    """Return a typed share of a case."""
    rule = between("decimal", *limits)
    return Input(f"{case}_{field}", value, label, "", message, theme.WHOLE_PERCENT, rule)


def _inputs(case: str, retries: float, buffer: float) -> tuple[Input, ...]:
    said = f"of the Worksheet's, up to {MOST_SHARE:.0%}."
    return (
        _typed(case, "finals_share", "Finals", 1, f"Finals of this case as a share {said}",
               0, MOST_SHARE),
        _typed(case, "retries_share", "Retries", retries,
               f"Retries of this case as a share {said} They are never below 1.", 0, MOST_SHARE),
        _typed(case, "buffer", "Buffer", buffer, "Buffer of this case, 0% to 100%.", 0, 1),
    )  # fmt: skip


INPUTS = {
    "low": _inputs("low", 0.9, float(USUAL_BUFFERS[0])),
    "high": _inputs("high", 1.3, float(USUAL_BUFFERS[1])),
}
"""What is typed of the cases: luck with the retries, and retries that were misjudged."""
DEFAULTS = {entry.name: entry.value for entries in INPUTS.values() for entry in entries}


def _valid(case: str) -> str:
    shares = [
        within(f"{case}_{field}", f"{case}_{field}>=0", f"{case}_{field}<={most}")
        for field, most in (("finals_share", MOST_SHARE), ("retries_share", MOST_SHARE),
                            ("buffer", 1))
    ]  # fmt: skip
    return "*".join(shares)


WORKINGS = tuple(
    Figure(f"{case}_valid", f"The assumptions of the case {case} are in range (1 = yes)",
           _valid(case))
    for case in INPUTS
)  # fmt: skip
_PAID = "INT(ROUND([@exact],risk_decimals))"
_WITHIN = (
    "AND([@finals]=INT([@finals]),[@finals]<=max_planned_finals,[@retries]<=max_planned_retries)"
)
_CHANCE = (
    f"IF({_WITHIN},IF([@finals]*([@retries]-1)=0,1,"
    f'1-BINOMDIST([@finals]-1,{_PAID},1/[@retries],TRUE)),"{NOTHING}")'
)
_GENERATED = "cost_per_image*[@finals]*[@retries]"
_RATE = "budget_currency/budget_usd"
_IN_CURRENCY = f'IF(ISNUMBER(budget_currency)*(budget_usd>0),[@budget]*{_RATE},"{NOTHING}")'
_COUNT = replace(_NUMBER, number=theme.COUNT, fraction=theme.FRACTION)
_USD = replace(_NUMBER, number=theme.USD)
_PERCENT = replace(_NUMBER, number=theme.WHOLE_PERCENT)
ROWS = (
    Row("finals_share", "Finals, as a share of the base", _PERCENT, "1"),
    Row("retries_share", "Retries, as a share of the base", _PERCENT, "1"),
    Row("buffer", "Buffer", _PERCENT, "buffer"),
    Row("finals", "Finals", _COUNT, "finals", compared("finals*[@finals_share]")),
    Row("retries", "Generations per final", replace(_NUMBER, number=theme.FACTOR),
        "retries_used", "MAX(1,retries_used*[@retries_share])"),
    Row("generations", "Generations with buffer", replace(_COUNT, fraction=None),
        whole_up("generations_with_buffer"),
        whole_up("[@finals]*[@retries]*(1+[@buffer])")),
    Row("chance", "Chance that the buffer lasts", replace(_NUMBER, number=CHANCE),
        if_number("risk_chance"),
        _CHANCE.replace("[@exact]", "[@finals]*[@retries]*(1+[@buffer])")),
    Row("finals_usd", "Finals, USD", _USD, "finals_cost", "cost_per_image*[@finals]"),
    Row("retries_usd", "Retries, USD", _USD, "retries_cost",
        "cost_per_image*[@finals]*([@retries]-1)"),
    Row("buffer_usd", "Buffer, USD", _USD, "buffer_cost", f"{_GENERATED}*[@buffer]"),
    Row("budget", "Budget, USD", _TOTAL, "budget_usd", f"{_GENERATED}*(1+[@buffer])"),
    Row("currency", "", replace(_NUMBER, number=theme.MONEY, border=None),
        if_number("budget_currency"), _IN_CURRENCY),
)  # fmt: skip
_PARTS = ("finals_usd", "retries_usd", "buffer_usd")
LAST = TOP + 1 + len(ROWS)
"""The last row of the table."""
_AT: Mapping[str, int] = {row.field: TOP + 2 + i for i, row in enumerate(ROWS)}
_CURRENCY = f'IF({IS_OWN},"","«Budget, »"&currency_used)'
_LOW, _BASE, _HIGH = map(compared, ("low_budget", "budget_usd", "high_budget"))
_IN_ORDER = f"AND({_LOW}<={_BASE},{_HIGH}>={_BASE})"

NOTES = (
    Check(
        "note_summary_cases",
        "The low and the high case of the Summary have the base between them",
        "Shares from 0% to 1,000%, buffers from 0% to 100%, and a low case that costs no more than "
        "the base, a high one no less.",
        f"IF(low_valid*high_valid=1,IF(summary_sound=1,{holds(_IN_ORDER)},1),0)",
        ("ok_sums",),
    ),
)
"""Rules for the Checks sheet."""


def write(page: Page) -> None:
    """Write the table, and the chart beside it."""
    blocks.title(page, f"B{TOP}:E{TOP}", "Low, base and high")
    page.say(f"B{TOP + 1}", "What is assumed, what follows", theme.HEADER_LEFT)
    blocks.headers(page, TOP + 1, "CDE", ("Low", "Base", "High"), theme.HEADER_RIGHT)
    for row in ROWS:
        _write_row(page, _AT[row.field], row)
    at = _AT["currency"]
    page.formula(f"B{at}", "currency_row", _CURRENCY, _LABEL)
    page.heights(dict.fromkeys(range(TOP + 2, LAST + 1), 14.5))
    _chart(page)


def _write_row(page: Page, at: int, row: Row) -> None:
    if row.label:
        look = replace(theme.TOTAL_LABEL, indent=1) if row.field == "budget" else _LABEL
        page.say(f"B{at}", row.label, look)
    for case, column in COLUMNS.items():
        cell, name = f"{column}{at}", f"{case}_{row.field}"
        if case == "base":
            _put(page, cell, Figure(f"base_{row.field}", "", sound(row.base), look=row.look))
        elif row.case:
            formula = row.case.replace("[@", f"[@{case}_")
            said = f'IF(summary_sound*{case}_valid=1,{formula},"{NOTHING}")'
            _put(page, cell, Figure(name, "", said, look=row.look))
        else:
            entry = next(one for one in INPUTS[case] if one.name == name)
            blocks.write_input(page, cell, entry, _TYPED)


def _put(page: Page, at: str, figure: Figure) -> None:
    if figure.name.endswith("_currency"):
        figure = figure._replace(formula=f'IF({IS_OWN},"",{figure.formula})')
    blocks.put(page, at, figure)


def _chart(page: Page) -> None:
    """Draw the three cases as columns, each of what finals, retries and the buffer take."""
    blocks.title(page, f"G{TOP}:I{TOP}", "Where the money goes, in USD")
    chart = charts.bars("col", gap=60)
    heads = Cells(TOP + 1, TOP + 1, 3, 5)
    for part, color in zip(_PARTS, (theme.TEAL, theme.AMBER, theme.NAVY), strict=True):
        row = _AT[part]
        charts.add(page, chart, Cells(row, row, 3, 5), heads, by_rows=True)
        charts.name(page, chart.series[-1], row, 2)
        charts.fill(chart.series[-1], color)
    charts.dress(chart, '"$"#,##0', (8.4, 6.4))
    says = "Low, base and high budget in USD, each of what finals, retries and the buffer take"
    charts.place(page, chart, f"G{TOP + 1}", says)
