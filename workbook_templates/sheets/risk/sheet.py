"""The Risk sheet: what the usual buffer means for this job, and for jobs of other sizes.

How the generations needed are found is told in `workbook_templates.sheets.risk.search`.
"""

from dataclasses import replace

from openpyxl.chart import LineChart

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Card, Column, Figure
from workbook_templates.book.charts import Cells, Look
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import compared
from workbook_templates.sheets.risk import search
from workbook_templates.sheets.risk.search import FIRST_ROW, JOB_CASES, SIZE_CASES, SIZES, key_of
from workbook_templates.sheets.risk.status import (
    CONFIDENCE,
    EXPLANATION,
    JOB_STATUS,
    NOTE,
    SIZES_STATUS,
    SURE,
)
from xl_pricing.estimation.chance import CONFIDENCES

WORSE = (0.1, 0.2, 0.3)
"""By how much the retries may turn out worse than planned."""
NOTES = (NOTE,)
"""Rules for the Checks sheet."""

_WIDTHS = (1.5, 24, 12, 12, 15, 12, 10.5, 2, 20, 10.5, 10.5, 12.5, *(10.5,) * 5, 2)
_HEADER_ROW = FIRST_ROW - 1
_LAST_SIZE_ROW = FIRST_ROW + len(SIZES) - 1
_WORSE_ROW = 22
_NOTES_ROW = 26
_CHART_ROW = 24

# 100.0% would promise too much.
CHANCE = '[>=0.9995]">99.9%";[<0.0005]"<0.1%";0.0%'
_CARD_PERCENT = replace(theme.CARD_MONEY, number=theme.PERCENT)
_SHARE = theme.COMPUTED_SHARE
_LABEL_PERCENT = replace(theme.LABEL, number=theme.WHOLE_PERCENT)
_LABEL_COUNT = replace(theme.LABEL, number=theme.COUNT)


def _noted(words: str, number: str, fraction: str | None = None) -> Style:
    """Return the look of a note that says words before its number."""
    style = replace(theme.CARD_NOTE, number=f'"«{words}» "{number}')
    return replace(style, fraction=f'"«{words}» "{fraction}') if fraction else style


def _short(retries: str) -> str:
    """Return the chance that what is paid for is not enough."""
    return f"BINOMDIST(risk_finals-1,risk_paid,1/{retries},TRUE)"


def _buffer(expected: str) -> str:
    """Return the buffer that makes the expected generations the needed ones."""
    return f"IF([@needed]=0,0,MAX(0,{compared(f'[@needed]/{expected}-1')}))"


CARDS = (
    # Where every image is kept, or none is needed, luck has no say.
    Card("B", "Chance that the buffer is enough", "risk_chance",
         f"IF(risk_finals*(risk_retries-1)=0,1,1-{_short('risk_retries')})",
         replace(theme.CARD_MAIN, number=CHANCE),
         Figure("buffer", "", look=_noted("with a buffer of", "0.0%"))),
    Card("E", f"Buffer for {CONFIDENCE} confidence", SURE.format("buffer"), "", _CARD_PERCENT,
         "on top of finals × retries"),
    Card("I", "Generations that the budget pays for", "risk_paid",
         "IF(risk_valid=1,INT(ROUND(generations_with_buffer,risk_decimals)),NA())",
         replace(theme.CARD_MONEY, number=theme.COUNT),
         Figure("total_generations", "", look=_noted("expected", theme.COUNT, theme.FRACTION))),
    Card("L", f"Chance if retries are {WORSE[0]:.0%} worse", f"risk_worse_{key_of(WORSE[0])}", "",
         replace(_CARD_PERCENT, number=CHANCE), "luck is not the only risk, see below"),
)  # fmt: skip
CONFIDENCE_COLUMNS = (
    Column("confidence", "Confidence", "", _LABEL_PERCENT),
    Column("needed", "Generations needed", "", theme.COMPUTED_COUNT),
    Column("buffer", "Buffer", _buffer("total_generations"), _SHARE),
    Column("budget", "Budget, USD", "expected_cost*(1+[@buffer])", theme.COMPUTED_USD),
    Column("covers", "Your buffer covers it", "IF(risk_paid>=[@needed],1,0)", theme.OK_OR_FIX),
)  # fmt: skip
"""What each confidence takes."""
SIZE_COLUMNS = (
    Column("size", "Finals of a job", "", _LABEL_COUNT),
    Column("expected", "Generations on average", "I[#row]*risk_retries", theme.COMPUTED_FRACTION),
    Column("needed", f"Needed for {CONFIDENCE}", "", theme.COMPUTED_COUNT),
    Column("buffer", "Buffer needed", _buffer("[@expected]"), _SHARE),
    Column("low", "Usual, from", "", _SHARE),
    Column("high", "Usual, to", "", _SHARE),
    Column("says", "The buffer needed is",
           'IF([@buffer]>usual_buffer_high,"«over the usual band»",'
           'IF([@buffer]<usual_buffer_low,"«below it»","«within it»"))', theme.NOTE),
)  # fmt: skip
"""What jobs of other sizes take, beside the usual band."""
_BAND = {end: Figure(f"usual_buffer_{end}", "") for end in ("low", "high")}
WORSE_COLUMNS = (
    Column("by", "Worse by", "", _LABEL_PERCENT),
    Column("retries", "Retries then", "risk_retries*(1+B[#row])", theme.COMPUTED_RATE),
    Column("worse", "Chance left",
           f"IF(risk_finals=0,1,ROUND(1-{_short('[@retries]')},risk_decimals))",
           replace(_SHARE, number=CHANCE)),
)  # fmt: skip
"""The chance that is left if the retries were misjudged."""


def write(book: Book) -> None:
    """Write the sheet; it has no inputs, and one chart."""
    page = book.page("Risk", _WIDTHS)
    says = "Is the buffer enough, if luck decides which images are kept?"
    heights = {4: 20, 5: 46, 6: 20, 7: 8, 8: 20, 9: 20, 10: 8, _HEADER_ROW: 28}
    blocks.head(page, "R", "Risk", says, heights)
    page.formula("B8", "risk_status", JOB_STATUS, theme.STRONG)
    page.formula("B9", "risk_sizes_status", SIZES_STATUS, theme.STRONG)
    blocks.write_cards(page, ("B4:G6", "I4:P6"), CARDS)
    _tables(page)
    blocks.title(page, f"B{_NOTES_ROW}:G{_NOTES_ROW}", "What this knows, and what to do")
    for row, text in enumerate(EXPLANATION, start=_NOTES_ROW + 1):
        page.say(f"B{row}", text, theme.NOTE)
    search.write(page)
    _chart(page)
    _colour(page)
    page.print_setup(f"A1:P{search.TOP_ROW - 1}", pages=1)
    page.protect()


def _tables(page: Page) -> None:
    """Write what confidences, other sizes, and worse retries take."""
    _table_head(page, ("B", "G"), _HEADER_ROW, "How sure do you want to be?", CONFIDENCE_COLUMNS)
    for i, (case, confidence) in enumerate(zip(JOB_CASES, CONFIDENCES, strict=True)):
        name, held = f"risk_{{}}_{case.key}", {"confidence": confidence}
        blocks.write_line(page, (FIRST_ROW + i, 2), CONFIDENCE_COLUMNS, name, held)
    _table_head(page, ("I", "P"), _HEADER_ROW, "Small jobs need more, big ones less", SIZE_COLUMNS)
    for i, (case, size) in enumerate(zip(SIZE_CASES, SIZES, strict=True)):
        name = f"risk_{{}}_{case.key}"
        blocks.write_line(page, (FIRST_ROW + i, 9), SIZE_COLUMNS, name, {"size": size, **_BAND})
    title = "If retries turn out worse than planned"
    _table_head(page, ("B", "G"), _WORSE_ROW - 1, title, WORSE_COLUMNS)
    for row, worse in enumerate(WORSE, start=_WORSE_ROW):
        name = f"risk_{{}}_{key_of(worse)}"
        blocks.write_line(page, (row, 2), WORSE_COLUMNS, name, {"by": worse})


def _table_head(
    page: Page, ends: tuple[str, str], row: int, title: str, columns: tuple[Column, ...]
) -> None:
    """Write a title above ``row`` and the columns' captions in it, from one end to the other."""
    first, last = ends
    blocks.title(page, f"{first}{row - 1}:{last}{row - 1}", title)
    page.fill(f"{first}{row}:{last}{row}", theme.HEADER)
    blocks.captions(page, f"{first}{row}", columns)


def _chart(page: Page) -> None:
    """Draw the buffer needed by size as columns, the usual band as two lines."""
    chart, band = charts.bars("col", None), LineChart()
    sizes = Cells(FIRST_ROW, _LAST_SIZE_ROW, 9, 9)
    charts.add(page, chart, Cells(_HEADER_ROW, _LAST_SIZE_ROW, 12, 12), sizes)
    charts.add(page, band, Cells(_HEADER_ROW, _LAST_SIZE_ROW, 13, 14), sizes)
    charts.fill(chart.series[0], theme.TEAL)
    looks = (
        Look(theme.AMBER, dash="sysDash", width=22225),
        Look(theme.NAVY, dash="solid", width=22225),
    )
    for series, look in zip(band.series, looks, strict=True):
        charts.draw_line(series, look)
    charts.dress(chart, "0%", (17.4, 7.8))
    chart.y_axis.scaling.min = 0
    says = (
        f"Buffer for {CONFIDENCE} confidence by finals of a job: it shrinks as jobs grow, beside "
        "the usual band as two lines"
    )
    chart += band
    charts.place(page, chart, f"I{_CHART_ROW}", says)


def _colour(page: Page) -> None:
    """Make error cells stand out, and colour the marks; the marks themselves carry the meaning."""
    answers = ("B5:Q9", f"B{FIRST_ROW}:Q{_WORSE_ROW + len(WORSE) - 1}", *search.ANSWER_CELLS)
    for cells in answers:
        page.flag_errors(cells)
    covers = f"F{FIRST_ROW}:F{FIRST_ROW + len(CONFIDENCES) - 1}"
    page.mark(covers, f"F{FIRST_ROW}=1", theme.TEAL, theme.TEAL_FILL)
    page.mark(covers, f"F{FIRST_ROW}=0", theme.RED, theme.RED_FILL)
