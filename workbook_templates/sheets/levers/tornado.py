"""The tornado of the Levers sheet: what each lever can move, the widest first, and its chart."""

from dataclasses import replace

from workbook_templates.book import charts, theme
from workbook_templates.book.blocks import Column
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import compared
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.levers.moves import MONEY, TABLE
from xl_pricing.planning.moves import LEVERS

SWINGS, TORNADO = "tblSwings", "tblTornado"
_COUNT = theme.NUMBER_COUNT
_DRAWN = replace(theme.NUMBER, number=theme.USD_DRAWN)


def _most(end: str) -> str:
    """Return the most that a lever adds or saves, below 0 for what it saves."""
    effects = f"({TABLE}[lever]=[@lever])*{TABLE}[effect]"
    return f"IF(lever_priced=0,NA(),0-SUMPRODUCT({end}({effects})))"


_THEIRS, _MINE = compared(f"{SWINGS}[swing]"), compared("[@swing]")
_WIDER = f"({_THEIRS}>{_MINE})+({_THEIRS}={_MINE})*({SWINGS}[row]<[@row])"
_TITLES = ",".join(sentence(lever.title) for lever in LEVERS.values())
SWING_COLUMNS = (
    Column("row", "Row", f"ROW()-ROW({SWINGS}[[#Headers],[row]])", _COUNT),
    Column("lever", "Lever", f"CHOOSE([@row],{_TITLES})"),
    Column("saves", "The most it saves", _most("MAX"), MONEY),
    Column("adds", "The most it adds", _most("MIN"), MONEY),
    Column("swing", "Both together", "IF(lever_priced=0,0,[@adds]-[@saves])", MONEY),
    Column("place", "Place", f"1+SUMPRODUCT({_WIDER})", _COUNT),
)
"""What each lever moves, in the core's order."""


def _sorted(field: str) -> str:
    return f"INDEX({SWINGS}[{field}],MATCH([@row],{SWINGS}[place],0))"


def _bar(field: str) -> str:
    """Return a bar of the chart; one that is too short to be seen gets no label."""
    return f"IF(ABS({_sorted(field)})<lever_before*drawn_share,0,{_sorted(field)})"


TORNADO_COLUMNS = (
    Column("row", "Place", f"ROW()-ROW({TORNADO}[[#Headers],[row]])", _COUNT),
    Column("lever", "Lever", _sorted("lever")),
    Column("drawn_saves", "The most it saves, USD", _bar("saves"), _DRAWN),
    Column("drawn_adds", "The most it adds, USD", _bar("adds"), _DRAWN),
)
"""The same, sorted."""


def draw(page: Page, captions: tuple[int, int], at: str) -> None:
    """Draw the table whose first caption is at (row, column), its captions naming the bars."""
    row, left = captions
    top, last = row + 2, row + 1 + len(LEVERS)
    chart = charts.bars("bar", "clustered", 40)
    levers = Cells(top, last, left + 1, left + 1)
    charts.add(page, chart, Cells(top, last, left + 2, left + 3), levers, titled=False)
    for i, (series, color) in enumerate(zip(chart.series, (theme.TEAL, theme.AMBER), strict=True)):
        charts.name(page, series, row, left + 2 + i)
        charts.fill(series, color, charts.value_labels(theme.USD_DRAWN, position="outEnd"))
        series.invertIfNegative = False
    charts.dress(chart, '"$"General;-"$"General', (32.5, 6.3), top_first=True)
    chart.x_axis.tickLblPos = "low"
    says = "Tornado of the levers, the widest first: the most that each one saves and adds, in USD"
    charts.place(page, chart, at, says)
