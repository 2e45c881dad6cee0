"""The Risk sheet: what the usual buffer means for this job, and for jobs of other sizes.

How the generations needed are found is told in `workbook_templates.sheets.risk_search`.
"""

from dataclasses import replace
from typing import Any, Literal

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.pagebreak import Break

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.book.words import Words
from workbook_templates.formulas import sentence
from workbook_templates.formulas.conditions import Check
from workbook_templates.sheets.risk import search as risk_search
from workbook_templates.sheets.risk.search import (
    FIRST_ROW,
    JOB_CASES,
    SIZE_CASES,
    SIZES,
    key_of,
    section,
    unnamed,
)
from xl_pricing.estimation.budget import CONFIDENCES, DEFAULT_CONFIDENCE

WORSE = (0.1, 0.2, 0.3)
"""By how much the retries may turn out worse than planned."""
SURE = f"risk_{{}}_{key_of(DEFAULT_CONFIDENCE)}"
"""The name of a figure at the usual confidence."""

WIDTHS = (2, 26, 15, 13, 18, 13, 13, 3, 24, 10.5, 10.5, 16, *(10.5,) * 5, 2)
_HEADER_ROW = FIRST_ROW - 1
_LAST_SIZE_ROW = FIRST_ROW + len(SIZES) - 1
_WORSE_ROW = 22
_NOTES_ROW = 26
_CHART_ROW = 24

# 100.0% would promise too much.
_CHANCE = '[>=0.9995]">99.9%";[<0.0005]"<0.1%";0.0%'
_CARD_CHANCE = replace(theme.CARD_MAIN, number=_CHANCE)
_CARD_PERCENT = replace(theme.CARD_MONEY, number=theme.PERCENT)
_NUMBER = replace(theme.COMPUTED, number=theme.COUNT)
_SHARE = theme.COMPUTED_SHARE
_LABEL_PERCENT = replace(theme.LABEL, number=theme.WHOLE_PERCENT)
_LABEL_COUNT = replace(theme.LABEL, number=theme.COUNT)
_MARKS = (("1", theme.TEAL, theme.TEAL_FILL), ("0", theme.RED, theme.RED_FILL))
_LINES: tuple[tuple[str, Literal["sysDash", "solid"]], ...] = (
    (theme.AMBER, "sysDash"),
    (theme.NAVY, "solid"),
)
_LINE_WIDTH = 22225

NOTES = (
    Check(
        "note_risk",
        "The buffer is enough in 9 of 10 such jobs",
        "The Risk sheet says how much is. It needs whole finals, up to 1,000,000, and up to 1,000 "
        "retries.",
        f"IFERROR({SURE.format('covers')},0)",
    ),
)
_EXPLANATION = (
    "Each generation is accepted with a chance of 1 in retries, whatever became of the others:",
    "the generations that a job needs are then negative binomial. That is luck alone.",
    "It is an estimate: it takes your retries as true. Measure them on the Actuals sheet, and see",
    "above what is left of the chance if they turn out worse.",
    "What to do: for a small job plan whole generations instead of a percentage. For a big one",
    "luck needs a few percent only; the rest of the usual 10% to 30% pays for misjudged retries.",
    "Answered are whole finals up to 1,000,000 with retries up to 1,000; the rest is #N/A.",
)
_CARDS = {
    "B": ("Chance that the buffer is enough", ""),
    "E": ("Buffer for 90% confidence", "on top of finals × retries"),
    "I": ("Generations that the budget pays for", ""),
    "L": ("Chance if retries are 10% worse", "luck is not the only risk, see below"),
}
STATUS = {
    "mend": "First mend finals, retries and buffer, see Checks.",
    "whole": "Risk needs whole finals: type a whole number of finals on the Worksheet.",
    "large": "Risk is answered for up to 1,000,000 finals and up to 1,000 retries.",
    "enough": "✔ Enough for 90%: 9 of 10 such jobs need at most {needed} generations; your budget "
    "pays for {paid}.",
    "short": "✘ Not enough for 90%: 9 of 10 such jobs need at most {needed} generations; your "
    "budget pays for {paid}. It takes a buffer of {buffer}.",
    "even": "With this job's retries luck alone takes no size listed beyond the usual {high}.",
    "sizes": "Small jobs need more than {high}, big ones less: with this job's retries a buffer of "
    "{high} is enough from {first_high} finals on, {low} from {first_low} on, of the sizes listed. "
    "The need is highest, {peak}, for finals = {peak_size}.",
}
"""What the sheet says of the job, and of other sizes."""
_OF_THE_JOB = {name: text for name, text in STATUS.items() if name not in {"even", "sizes"}}


def write(book: Book) -> None:
    """Write the sheet; it has no inputs."""
    page = book.page("Risk", WIDTHS)
    _head(page)
    _cards(page)
    _confidences(page)
    _sizes(page)
    _worse(page)
    _explain(page)
    risk_search.write(page)
    _chart(page)
    _colour(page)
    page.sheet.freeze_panes = "A3"
    page.sheet.row_breaks.append(Break(id=risk_search.TOP_ROW - 1))
    page.print_setup(f"A1:R{risk_search.LAST_ROW}", "1:2")
    page.protect()


def _head(page: Page) -> None:
    page.fill("A1:R2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 46, 6: 20, 7: 8, 8: 20, 9: 20, 10: 8})
    page.heights({_HEADER_ROW: 28})
    page.say("B1", "Risk", theme.TITLE)
    page.say("B2", "Is the buffer enough, if luck decides which images are kept?", theme.SUBTITLE)
    page.formula("B8", "risk_status", _status(page.words), theme.STRONG)
    page.formula("B9", "risk_sizes_status", _sizes_status(page.words), theme.STRONG)


def _status(words: Words) -> str:
    """Return what is wrong, or whether the buffer is enough."""
    needed, covers, buffer = (SURE.format(part) for part in ("needed", "covers", "buffer"))
    parts = {
        "needed": sentence.fixed(needed, 0),
        "paid": sentence.fixed("risk_paid", 0),
        "buffer": _percent_up(buffer),
    }
    say = {name: sentence.formula(words, text, **parts) for name, text in _OF_THE_JOB.items()}
    return (
        f"IF(plan_valid*ISNUMBER(retries_used)=0,{say['mend']},"
        f"IF(risk_valid=1,IF({covers}=1,{say['enough']},{say['short']}),"
        f"IF(finals=INT(finals),{say['large']},{say['whole']})))"
    )


def _sizes_status(words: Words) -> str:
    """Return what jobs of other sizes need."""
    parts = {
        "low": sentence.percent("usual_buffer_low"),
        "high": sentence.percent("usual_buffer_high"),
        "first_low": sentence.fixed("risk_first_low", 0),
        "first_high": sentence.fixed("risk_first_high", 0),
        "peak": _percent_up("risk_peak"),
        "peak_size": sentence.fixed("risk_peak_size", 0),
    }
    even, sizes = (sentence.formula(words, STATUS[name], **parts) for name in ("even", "sizes"))
    return f'IF(risk_valid=1,IF(risk_peak<=usual_buffer_high,{even},{sizes}),"")'


def _percent_up(share: str) -> str:
    """Return a share in whole percent, rounded up: what is surely enough."""
    return f'TEXT(ROUNDUP({share},2),"0%")'


def _cards(page: Page) -> None:
    page.fill("B4:G6", theme.CARD_LABEL)
    page.fill("I4:Q6", theme.CARD_LABEL)
    for column, (label, note) in _CARDS.items():
        page.say(f"{column}4", label, theme.CARD_LABEL)
        if note:
            page.say(f"{column}6", note, theme.CARD_NOTE)
    short = "BINOMDIST(risk_finals-1,risk_paid,1/risk_retries,TRUE)"
    # Where every image is kept, or none is needed, luck has no say.
    chance = f"IF(risk_finals*(risk_retries-1)=0,1,1-{short})"
    page.formula("B5", "risk_chance", chance, _CARD_CHANCE)
    page.same("E5", SURE.format("buffer"), _CARD_PERCENT)
    paid = "IF(risk_valid=1,INT(ROUND(generations_with_buffer,risk_decimals)),NA())"
    page.formula("I5", "risk_paid", paid, replace(theme.CARD_MONEY, number=theme.COUNT))
    page.same("L5", f"risk_worse_{key_of(WORSE[0])}", replace(_CARD_PERCENT, number=_CHANCE))
    page.same("B6", "buffer", _noted(page.words("with a buffer of"), "0.0%"))
    expected = _noted(page.words("expected"), theme.COUNT, theme.FRACTION)
    page.same("I6", "total_generations", expected)


def _noted(words: str, number: str, fraction: str | None = None) -> Style:
    """Return the look of a note that says words before its number."""
    style = replace(theme.CARD_NOTE, number=f'"{words} "{number}')
    return replace(style, fraction=f'"{words} "{fraction}') if fraction else style


def _headers(page: Page, row: int, texts: dict[str, str]) -> None:
    for column, text in texts.items():
        page.say(f"{column}{row}", text, theme.HEADER)


def _confidences(page: Page) -> None:
    """Write what each confidence takes."""
    section(page, f"B{FIRST_ROW - 2}:G{FIRST_ROW - 2}", "How sure do you want to be?")
    texts = ("Confidence", "Generations needed", "Buffer", "Budget, USD", "Your buffer covers it")
    _headers(page, _HEADER_ROW, dict(zip("BCDEF", texts, strict=True)))
    page.put(f"G{_HEADER_ROW}", None, theme.HEADER)
    for case, confidence in zip(JOB_CASES, CONFIDENCES, strict=True):
        row, key = case.row, case.key
        page.put(f"B{row}", confidence, _LABEL_PERCENT)
        page.same(f"C{row}", f"risk_needed_{key}", _NUMBER)
        page.formula(f"D{row}", f"risk_buffer_{key}", _buffer(key, "total_generations"), _SHARE)
        budget = f"expected_cost*(1+risk_buffer_{key})"
        page.formula(f"E{row}", f"risk_budget_{key}", budget, theme.COMPUTED_USD)
        covers = f"IF(risk_paid>=risk_needed_{key},1,0)"
        page.formula(f"F{row}", f"risk_covers_{key}", covers, theme.OK_OR_MEND)


def _buffer(key: str, expected: str) -> str:
    """Return the buffer that makes the expected generations the needed ones."""
    needed = f"risk_needed_{key}"
    return f"IF({needed}=0,0,MAX(0,ROUND({needed}/{expected}-1,compared_decimals)))"


def _sizes(page: Page) -> None:
    """Write what jobs of other sizes take, beside the usual band."""
    section(page, f"I{FIRST_ROW - 2}:Q{FIRST_ROW - 2}", "Small jobs need more, big ones less")
    texts = (
        *("Finals of a job", "Generations on average", "Needed for 90%", "Buffer needed"),
        *("Usual, from", "Usual, to", "The buffer needed is"),
    )
    _headers(page, _HEADER_ROW, dict(zip("IJKLMNO", texts, strict=True)))
    page.fill(f"P{_HEADER_ROW}:Q{_HEADER_ROW}", theme.HEADER)
    for case, size in zip(SIZE_CASES, SIZES, strict=True):
        row, key = case.row, case.key
        page.put(f"I{row}", size, _LABEL_COUNT)
        expected = f"risk_expected_{key}"
        page.formula(f"J{row}", expected, f"I{row}*risk_retries", theme.COMPUTED_FRACTION)
        page.same(f"K{row}", f"risk_needed_{key}", _NUMBER)
        page.formula(f"L{row}", f"risk_buffer_{key}", _buffer(key, expected), _SHARE)
        for column, end in (("M", "low"), ("N", "high")):
            unnamed(page, f"{column}{row}", f"risk_usual_{end}", f"usual_buffer_{end}", _SHARE)
        page.formula(f"O{row}", f"risk_says_{key}", _says(page.words, key), theme.NOTE)


def _says(words: Words, key: str) -> str:
    over, inside, under = map(words.quoted, ("over the usual band", "within it", "below it"))
    buffer = f"risk_buffer_{key}"
    return f"IF({buffer}>usual_buffer_high,{over},IF({buffer}<usual_buffer_low,{under},{inside}))"


def _worse(page: Page) -> None:
    """Write the chance that is left if the retries were misjudged."""
    section(page, f"B{_WORSE_ROW - 2}:G{_WORSE_ROW - 2}", "If retries turn out worse than planned")
    texts = ("Worse by", "Retries then", "Chance left")
    _headers(page, _WORSE_ROW - 1, dict(zip("BCD", texts, strict=True)))
    page.fill(f"E{_WORSE_ROW - 1}:G{_WORSE_ROW - 1}", theme.HEADER)
    for row, worse in enumerate(WORSE, start=_WORSE_ROW):
        key = key_of(worse)
        page.put(f"B{row}", worse, _LABEL_PERCENT)
        retries = f"risk_retries_{key}"
        page.formula(f"C{row}", retries, f"risk_retries*(1+B{row})", theme.COMPUTED_RATE)
        short = f"BINOMDIST(risk_finals-1,risk_paid,1/{retries},TRUE)"
        chance = f"IF(risk_finals=0,1,ROUND(1-{short},risk_decimals))"
        style = replace(_SHARE, number=_CHANCE)
        page.formula(f"D{row}", f"risk_worse_{key}", chance, style)


def _explain(page: Page) -> None:
    section(page, f"B{_NOTES_ROW}:G{_NOTES_ROW}", "What this knows, and what to do")
    for row, text in enumerate(_EXPLANATION, start=_NOTES_ROW + 1):
        page.say(f"B{row}", text, theme.LABEL)


def _chart(page: Page) -> None:
    """Draw the buffer needed by size as columns, the usual band as two lines."""
    chart, band = BarChart(), LineChart()
    _add_series(page, chart, 12, 12)
    _add_series(page, band, 13, 14)
    chart.series[0].graphicalProperties = GraphicalProperties(solidFill=theme.TEAL)
    for series, (color, dash) in zip(band.series, _LINES, strict=True):
        line = LineProperties(solidFill=color, prstDash=dash, w=_LINE_WIDTH)
        series.graphicalProperties = GraphicalProperties(ln=line)
        series.marker.symbol, series.smooth = "none", False
    _dress(chart)
    chart += band
    page.sheet.add_chart(chart, f"I{_CHART_ROW}")
    page.describe_chart(
        "Buffer for 90% confidence by finals of a job: it shrinks as jobs grow, beside the usual "
        "band as two lines"
    )


def _add_series(page: Page, chart: Any, first: int, last: int) -> None:  # noqa: ANN401 - openpyxl
    top, end = _HEADER_ROW, _LAST_SIZE_ROW
    chart.add_data(Reference(page.sheet, first, top, last, end), titles_from_data=True)
    chart.set_categories(Reference(page.sheet, 9, FIRST_ROW, 9, end))


def _dress(chart: Any) -> None:  # noqa: ANN401 - openpyxl
    chart.type, chart.gapWidth, chart.title, chart.style = "col", 45, None, 10
    chart.legend.position = "b"
    chart.y_axis.numFmt, chart.y_axis.title, chart.y_axis.scaling.min = "0%", None, 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 22.2, 8.2


def _colour(page: Page) -> None:
    """Make error cells stand out, and colour the marks; the marks themselves carry the meaning."""
    page.flag_errors("B5:Q9")
    page.flag_errors(f"B{FIRST_ROW}:Q{_WORSE_ROW + len(WORSE) - 1}")
    for cells in risk_search.ANSWER_CELLS:
        page.flag_errors(cells)
    first, last = f"F{FIRST_ROW}", f"F{FIRST_ROW + len(JOB_CASES) - 1}"
    for value, color, fill in _MARKS:
        look = {"font": Font(color=color, bold=True), "fill": PatternFill(bgColor=fill)}
        rule = FormulaRule(formula=[f"{first}={value}"], **look)  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        page.sheet.conditional_formatting.add(f"{first}:{last}", rule)
