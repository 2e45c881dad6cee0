"""The Levers sheet: what each change around the job would save, and the best three in words."""

from collections.abc import Mapping
from dataclasses import replace

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.pagebreak import Break

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import Check, holds
from workbook_templates.formulas.sentence import fixed, formula, percent, usd
from workbook_templates.sheets.levers.formulas import (
    CAPTIONS,
    RATIO_CAPTIONS,
    RATIO_FORMULAS,
    RATIOS,
    ROWS,
    SWING_CAPTIONS,
    SWING_FORMULAS,
    SWINGS,
    TABLE,
    TITLES,
    TORNADO,
    TORNADO_CAPTIONS,
    TORNADO_FORMULAS,
    WORKINGS,
    formulas,
)

RATIO_ROWS = 40
"""Ratios that are looked at; the sizes table may grow to as many rows."""
BEST = 3
"""Moves that are named in words."""

BEST_SAYS = "{place}   {lever}: {then} instead of {now} saves {usd} ({share}): {costs}"
NO_ANSWER = "No answer: the job has no price; see Checks."
NONE_SAVES = "No move saves money: this job is as cheap as it gets."
NO_OTHER_SAVES = "No other move saves money."
SURPRISE = (
    "{size} has {more} more pixels than {now} and yet costs less: {tokens} output tokens instead "
    "of {tokens_now}, {share} fewer."
)
NO_SURPRISE = "Here no larger size of another ratio costs less."
MEASURED = "With measured output tokens other sizes and qualities cannot be compared."

NOTES = (
    Check(
        "note_lever_ratios",
        "The Levers sheet compares every ratio of the sizes table",
        "It has room for the first 40 rows of the sizes table.",
        holds(f"ROWS(tblSizes[ratio])<=ROWS({RATIOS}[row])"),
    ),
)
"""Rules for the Checks sheet."""

CAPTION_ROW = 11
_FIRST_ROW = CAPTION_ROW + 2
_LAST_ROW = _FIRST_ROW + len(ROWS) - 1
_CHART_ROW = _LAST_ROW + 2
_LAST_PRINTED_ROW = _CHART_ROW + 20
_VISIBLE = ("lever", "change", "cost_per_image", "budget", "saving", "saving_share", "costs")
_RIGHT = len(_VISIBLE) + 2
_WORKINGS_ROW = _CHART_ROW
_SWINGS_COLUMN, _TORNADO_COLUMN = _RIGHT + 6, _RIGHT + 13
_RATIOS_ROW = _WORKINGS_ROW + len(WORKINGS) + 2

_MONEY = replace(theme.NUMBER, number='"$"#,##0.00;-"$"#,##0.00')
# No label in the chart where there is nothing to draw.
_DRAWN = replace(theme.NUMBER, number='"$"#,##0.00;-"$"#,##0.00;')
_PRICE = replace(theme.NUMBER, number=theme.USD_FINE)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_STYLES: Mapping[str, Style] = {
    **dict.fromkeys((*CAPTIONS, *RATIO_CAPTIONS), _COUNT),
    **dict.fromkeys(("lever", "change", "costs", "now", "then"), theme.CELL),
    **dict.fromkeys(("quality", "tier"), replace(theme.NUMBER, number="General")),
    **dict.fromkeys(("budget", "saving", "effect", "saves", "adds", "swing"), _MONEY),
    **dict.fromkeys(("drawn_saves", "drawn_adds"), _DRAWN),
    **dict.fromkeys(("cost_per_image", "less"), _PRICE),
    **dict.fromkeys(("distance", "cheaper", "larger"), replace(theme.NUMBER, number=theme.RATE)),
    "saving_share": replace(theme.NUMBER, number=theme.PERCENT),
    "retries": replace(theme.NUMBER, number=theme.FACTOR),
}
_WIDTHS: Mapping[str, float] = {
    "lever": 24,
    "change": 27,
    "cost_per_image": 17,
    "budget": 13,
    "saving": 17,
    "saving_share": 14,
    "costs": 66,
}
_BEST_LINE = replace(theme.CARD_LABEL, size=11, bold=True, color=theme.TEAL)
_SURPRISE = replace(theme.CARD_LABEL, color=theme.AMBER, fill=theme.AMBER_FILL)
_EXPLANATION = (
    "Each row changes one thing of the Worksheet's job and leaves the rest, so savings do not add "
    "up. Another ratio is shown, but never advised."
)
_BASIS = (
    "Compared at token prices, without the correction by your bill, so that it does not blur the "
    "levers. An estimate, like the budget itself."
)


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Levers", (2, *(_WIDTHS.get(name, 14) for name in CAPTIONS), 2))
    _head(page)
    _answers(page)
    _table(page, TABLE, (CAPTION_ROW, 2), CAPTIONS, formulas(page.words), len(ROWS))
    _workings(page)
    _chart(page)
    page.flag_errors(f"B5:{page.at(_LAST_ROW, len(CAPTIONS) + 1)}")
    _mark_best(page)
    page.sheet.freeze_panes = "A3"
    page.sheet.row_breaks.append(Break(id=_CHART_ROW - 1))
    page.print_setup(f"A1:{page.at(_LAST_PRINTED_ROW, _RIGHT - 1)}", "1:2")
    page.protect()


def _table(
    page: Page,
    name: str,
    at: tuple[int, int],
    captions: Mapping[str, str],
    formulas_: Mapping[str, str],
    count: int,
) -> None:
    """Write a table all of whose columns are computed."""
    blank = [(None,) * len(captions)] * count
    page.table(name, at, captions, blank, _STYLES, formulas_)


def _head(page: Page) -> None:
    page.fill(f"A1:{page.at(2, len(CAPTIONS) + 2)}", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 18, 5: 20, 6: 20, 7: 20, 8: 20})
    page.heights({CAPTION_ROW: 38, CAPTION_ROW + 1: 18})
    page.say("B1", "Levers", theme.TITLE)
    page.say("B2", "What would make this job cheaper, and what it would cost you.", theme.SUBTITLE)


def _answers(page: Page) -> None:
    """Write the budget to compare with, the best moves in words, and the surprise."""
    page.fill("B4:C7", theme.CARD_LABEL)
    page.fill("D4:H7", theme.CARD_LABEL)
    page.fill("B8:H8", _SURPRISE)
    page.say("B4", "Budget now, at token prices", theme.CARD_LABEL)
    before = "IF(plan_valid=1,token_cost_per_image*finals*retries_used*(1+buffer),NA())"
    page.formula("B6", "lever_before", before, theme.CARD_PRICE_USD)
    page.say("D4", "What saves most, one move of each lever", theme.CARD_LABEL)
    for place in range(1, BEST + 1):
        page.formula(f"D{4 + place}", f"lever_best_{place}", _best(page, place), _BEST_LINE)
    page.formula("B8", "lever_surprise", _surprise(page), _SURPRISE)
    page.say("B9", _EXPLANATION, theme.NOTE)
    page.say("B10", _BASIS, theme.NOTE)


def _best(page: Page, place: int) -> str:
    """Return the sentence of the move in that place."""

    def of(column: str) -> str:
        return f"INDEX({TABLE}[{column}],MATCH({place},{TABLE}[place],0))"

    said = formula(
        page.words,
        BEST_SAYS,
        place=f'"{place}"',
        **{name: of(name) for name in ("lever", "now", "then", "costs")},
        usd=usd(of("saving")),
        share=percent(of("saving_share")),
    )
    quoted = page.words.quoted
    before = f"MAX({TABLE}[place])={place - 1}"
    otherwise = f'IF({before},{quoted(NO_OTHER_SAVES if place > 1 else NONE_SAVES)},"")'
    no_price = quoted(NO_ANSWER) if place == 1 else '""'
    return f"IF(lever_priced=0,{no_price},IF(MAX({TABLE}[place])<{place},{otherwise},{said}))"


def _surprise(page: Page) -> str:
    def of(column: str) -> str:
        return f"INDEX({RATIOS}[{column}],lever_row_larger)"

    said = formula(
        page.words,
        SURPRISE,
        size=f'{of("width")}&"x"&{of("height")}',
        more=percent(f"{of('width')}*{of('height')}/pixels-1"),
        now="size_used",
        tokens=fixed(of("tokens"), 0),
        tokens_now=fixed("lever_now", 0),
        share=percent(f"1-{of('tokens')}/lever_now"),
    )
    quoted = page.words.quoted
    none = f"IF(ISNUMBER(measured_tokens),{quoted(MEASURED)},{quoted(NO_SURPRISE)})"
    return f'IF(lever_priced=0,"",IF(lever_row_larger=0,{none},{said}))'


def _workings(page: Page) -> None:
    """Write the workings to the right of what is printed."""
    page.say(page.at(CAPTION_ROW - 1, _RIGHT), "Workings: nothing to type here", theme.SECTION)
    page.say(page.at(_WORKINGS_ROW, _RIGHT), "Sizes of the same ratio", theme.SECTION)
    for row, working in enumerate(WORKINGS, start=_WORKINGS_ROW + 1):
        page.say(page.at(row, _RIGHT), working.label, theme.LABEL)
        style = replace(theme.COMPUTED, number=working.number)
        page.formula(page.at(row, _RIGHT + 3), working.name, working.formula, style)
        page.say(page.at(row, _RIGHT + 4), working.unit, theme.NOTE)
    page.say(page.at(_WORKINGS_ROW, _SWINGS_COLUMN), "What each lever moves", theme.SECTION)
    at = (_WORKINGS_ROW + 1, _SWINGS_COLUMN)
    titles = ",".join(page.words.quoted(title) for title in TITLES.values())
    swings = {**SWING_FORMULAS, "lever": f"CHOOSE([@row],{titles})"}
    _table(page, SWINGS, at, SWING_CAPTIONS, swings, len(TITLES))
    page.say(page.at(_WORKINGS_ROW, _TORNADO_COLUMN), "The same, sorted", theme.SECTION)
    at = (_WORKINGS_ROW + 1, _TORNADO_COLUMN)
    _table(page, TORNADO, at, TORNADO_CAPTIONS, TORNADO_FORMULAS, len(TITLES))
    page.say(page.at(_RATIOS_ROW, _RIGHT), "Sizes of other ratios", theme.SECTION)
    at = (_RATIOS_ROW + 1, _RIGHT)
    _table(page, RATIOS, at, RATIO_CAPTIONS, RATIO_FORMULAS, RATIO_ROWS)
    page.heights({_WORKINGS_ROW + 1: 26, _RATIOS_ROW + 1: 38})


def _chart(page: Page) -> None:
    """Draw the tornado: what each lever saves to the left, what it adds to the right."""
    title = page.at(_CHART_ROW, 2)
    page.fill(f"{title}:{page.at(_CHART_ROW, _RIGHT - 1)}", theme.STEP)
    page.say(
        title, "What each lever can move, in USD: saved to the left, added to the right", theme.STEP
    )
    captions, first = _WORKINGS_ROW + 1, _TORNADO_COLUMN + 2
    top, last = captions + 2, captions + 1 + len(TITLES)
    chart = BarChart()
    chart.add_data(Reference(page.sheet, first, top, first + 1, last))
    chart.set_categories(Reference(page.sheet, first - 1, top, first - 1, last))
    colors = (theme.TEAL, theme.AMBER)
    for i, (series, color) in enumerate(zip(chart.series, colors, strict=True)):
        caption = page.absolute(captions, captions, first + i).split(":")[0]
        series.tx = SeriesLabel(strRef=StrRef(caption))
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.invertIfNegative = False
        series.dLbls = _labels()
    _dress(chart)
    page.sheet.add_chart(chart, page.at(_CHART_ROW + 1, 2))
    page.describe_chart(
        "Tornado of the levers, the widest first: the most that each one saves and adds, in USD"
    )


def _labels() -> DataLabelList:
    labels = DataLabelList()
    labels.showVal, labels.position = True, "outEnd"
    labels.numFmt = _DRAWN.number
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(labels, unwanted, False)
    return labels


def _dress(chart: BarChart) -> None:
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 40
    chart.title, chart.style, chart.legend.position = None, 10, "b"
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblPos, chart.y_axis.crosses = "low", "max"
    chart.y_axis.numFmt, chart.y_axis.title = '"$"General;-"$"General', None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 34, 9.6


def _mark_best(page: Page) -> None:
    """Set the moves that are named above in bold."""
    place = page.at(_FIRST_ROW, 2 + list(CAPTIONS).index("place"))
    rule = FormulaRule(  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        formula=[f"AND(${place}>0,${place}<={BEST})"], font=Font(color=theme.TEAL, bold=True)
    )
    cells = f"{page.at(_FIRST_ROW, 2)}:{page.at(_LAST_ROW, _RIGHT - 1)}"
    page.sheet.conditional_formatting.add(cells, rule)
