"""The Stages sheet: explore with cheap drafts, then finish at full quality, if that pays off."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import image as line
from workbook_templates.formulas.conditions import Check, within
from workbook_templates.formulas.sentence import fixed, formula
from workbook_templates.sheets.rates.sheet import QUALITIES
from workbook_templates.sheets.worksheet.workings import METERS, Working

DEFAULTS: Mapping[str, Any] = {
    "stage_drafts": 3,
    "stage_quality": "low",
    "stage_size": "768x960",
    "stage_finish_retries": 1.1,
}
"""What is prefilled; drafts, quality and retries also serve blank cells of the campaign."""

PAYS = (
    "✔ Pays off: the drafts must save {must} full-quality generations per final, and are expected "
    "to save {saved} (from {retries} down to {finish})."
)
EVEN = (
    "Breaks even: the drafts must save {must} full-quality generations per final, just what they "
    "are expected to save (from {retries} to {finish})."
)
LOSES = (
    "▲ Does not pay off: the drafts must save {must} full-quality generations per final, but are "
    "expected to save only {saved} (from {retries} to {finish})."
)
UNKNOWN = "No answer: the job has no price, or the drafts have none; see Checks."

NOTES = (
    Check(
        "note_stage",
        "The drafts of the Stages sheet can be made",
        "Drafts 0 or more, retries after them 1 or more, a quality and a size that the model "
        "takes; an empty size is the job's.",
        f"MIN({within('stage_drafts', 'stage_drafts>=0')},"
        f"{within('stage_finish_retries', 'stage_finish_retries>=1')},"
        "IF(ISNUMBER(stage_tokens),1,0))",
    ),
)
"""Rules for the Checks sheet."""


class Input(NamedTuple):
    """An input: its row, label, hint, message, number format and rule."""

    row: int
    name: str
    label: str
    hint: str
    message: str
    number: str
    rule: Mapping[str, Any]


class Part(NamedTuple):
    """A row of the comparison: what it is, and the names of its four figures."""

    label: str
    high: str
    staged: str


def _at_least(low: int) -> dict[str, str]:
    return {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": f"{low}"}


INPUTS = (
    Input(
        12,
        "stage_drafts",
        "Drafts per final",
        "cheap images to choose from",
        "How many drafts are made for each final, on average: a number, 0 or more.",
        "0.##",
        _at_least(0),
    ),
    Input(
        13,
        "stage_quality",
        "Draft quality",
        "any quality that the model takes",
        "A quality that the model takes; low is cheapest. Or a number: output tokens of a draft "
        "that you measured.",
        theme.TEXT,
        {"type": "list", "formula1": f'"{",".join(QUALITIES)}"', "errorStyle": "warning"},
    ),
    Input(
        14,
        "stage_size",
        "Draft size",
        "px or ratio; empty: the size of the job",
        "Px such as 768x960, or a ratio of the sizes table such as 4:5. Empty: the job's size.",
        theme.TEXT,
        {},
    ),
    Input(
        18,
        "stage_finish_retries",
        "Retries after the drafts",
        "generations per final, once a draft is chosen",
        "Full-quality generations per final when a draft has been chosen: a number, 1 or more.",
        theme.FACTOR,
        _at_least(1),
    ),
)


def _named(text: str) -> str:
    """Make a formula of a table's row one of named cells."""
    return re.sub(r"\[@(\w+)\]", r"\1", text)


_SIZE = line.Sizing("stage_size", "stage_size_text", "stage_width", "stage_height")
_JOB_SIZE = line.Sizing("", "", "size_width", "size_height")
_EDGES = ("stage_width", "stage_height")
_SPEC = {
    name: f"stage_{name}"
    for name in ("quality", "legal", "grid", "cells", "listed", "width", "height")
}
_TOKENS = {**{meter: f"tokens_{meter}" for meter in METERS}, "image_out": "stage_tokens"}
_USD = line.usd(_TOKENS, {meter: f"rate_{meter}" for meter in METERS})
_VALID = (
    "IF(plan_valid*note_stage=1,IF(ISNUMBER(stage_draft_cost*token_cost_per_image*retries_used),"
    "IF(token_cost_per_image>0,1,0),0),0)"
)


def _valid(formula_: str) -> str:
    return f"IF(stage_valid=1,{formula_},NA())"


def _planned(formula_: str) -> str:
    return f"IF(plan_valid=1,{formula_},NA())"


_SAVED_USD = "(token_cost_per_image*stage_saved_retries-stage_drafts*stage_draft_cost)"
_SIZE_FORMULAS = line.size_columns(_SIZE, _JOB_SIZE)
SIZE_WORKINGS = (
    Working(
        "stage_size_text",
        "Draft size as read",
        "ratio or px",
        _SIZE_FORMULAS["stage_size_text"],
        "@",
    ),
    Working("stage_width", "Draft width, px", "0 = not readable", _SIZE_FORMULAS["stage_width"]),
    Working("stage_height", "Draft height, px", "0 = not readable", _SIZE_FORMULAS["stage_height"]),
    Working("stage_legal", "Draft is legal", "1 = yes", line.legal(*_EDGES)),
    Working("stage_grid", "Draft grid", "cells", line.grid("stage_quality", "stage_legal")),
    Working("stage_cells", "Draft cells", "cells", line.cells("stage_grid", *_EDGES)),
    Working(
        "stage_listed",
        "Tokens of the fixed size",
        "0 = none",
        line.listed_tokens("stage_quality", "stage_legal", *_EDGES),
    ),
    Working("stage_images", "Images per call", "images", "IF(ok_images=1,images_per_call,1)"),
    Working("stage_tokens", "Draft tokens", "per draft", line.output_tokens(_SPEC, "stage_images")),
)
SAVING_WORKINGS = (
    Working("stage_valid", "Both ways have a price", "1 = yes", _VALID),
    Working(
        "stage_saved_usd",
        "Saved per final",
        "USD, before the buffer",
        _valid(line.noticeable(_SAVED_USD, "token_cost_per_image*retries_used")),
        theme.USD_FINE,
    ),
)

CARDS = {
    "stage_saving": _valid("finals*(1+buffer)*stage_saved_usd"),
    "stage_saving_share": _valid("IF(stage_high_total=0,0,stage_saving/stage_high_total)"),
    "stage_break_even": _valid("stage_drafts*stage_draft_cost/token_cost_per_image"),
    "stage_saved_retries": _valid("retries_used-stage_finish_retries"),
}
GENERATIONS = {
    "stage_high_generations": _planned("finals*retries_used"),
    "stage_high_buffer_generations": _planned("stage_high_generations*buffer"),
    "stage_high_total_generations": "stage_high_generations+stage_high_buffer_generations",
    "stage_draft_generations": _valid("finals*stage_drafts"),
    "stage_finish_generations": _valid("finals*stage_finish_retries"),
    "stage_buffer_generations": _valid("(stage_draft_generations+stage_finish_generations)*buffer"),
    "stage_total_generations": "stage_draft_generations+stage_finish_generations"
    "+stage_buffer_generations",
}
AMOUNTS = {
    "stage_high_usd": _planned("token_cost_per_image*stage_high_generations"),
    "stage_high_buffer": _planned("stage_high_usd*buffer"),
    "stage_high_total": "stage_high_usd+stage_high_buffer",
    "stage_draft_usd": _valid("stage_draft_cost*stage_draft_generations"),
    "stage_finish_usd": _valid("token_cost_per_image*stage_finish_generations"),
    "stage_buffer": _valid("(stage_draft_usd+stage_finish_usd)*buffer"),
    "stage_total": "stage_draft_usd+stage_finish_usd+stage_buffer",
}
CAMPAIGN = {
    "campaign_total": ("All at full quality", theme.COMPUTED_USD),
    "campaign_staged": ("In two stages", theme.COMPUTED_USD),
    "campaign_saving": ("Saving, USD", theme.COMPUTED_USD),
    "campaign_saving_share": ("Saving", theme.COMPUTED_SHARE),
}

_TABLE_ROW, _CHART_ROW, _CAMPAIGN_ROW, _WORKINGS_ROW = 11, 19, 22, 35
_CARD_FACTOR = replace(theme.CARD_MONEY, number=theme.FACTOR)
_CARD_SHARE = replace(theme.CARD_MONEY, number=theme.PERCENT)
_VERDICT = Style(size=11, bold=True, color=theme.NAVY, fill=theme.MIST, indent=1)
# A part that costs nothing has no label in the chart.
_PART_USD = replace(theme.COMPUTED, number='"$"#,##0.00;-"$"#,##0.00;')


def write(book: Book, job: Mapping[str, Any]) -> None:
    """Write the sheet with ``job`` as prefilled inputs; it has one chart."""
    page = book.page("Stages", (2, 34, 21, 44, 3, 32, 18, 18, 18, 18, 2))
    _head(page)
    _cards(page)
    _inputs(page, job)
    _campaign(page)
    _two_ways(page)
    _chart(page)
    last = _workings(page)
    page.flag_errors(f"B4:J{last}")
    page.sheet.freeze_panes = "A3"
    page.print_setup(f"A1:K{last}", "1:2")
    page.protect()


def _head(page: Page) -> None:
    page.fill("A1:K2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 40, 6: 18, 7: 6, 8: 24})
    page.say("B1", "Stages", theme.TITLE)
    said = "Explore with cheap drafts, then finish the chosen ones at full quality."
    page.say("B2", said, theme.SUBTITLE)


def _cards(page: Page) -> None:
    page.fill("B4:D6", theme.CARD_LABEL)
    page.fill("F4:J6", theme.CARD_LABEL)
    page.fill("B8:J8", _VERDICT)
    page.say("B4", "Budget in two stages", theme.CARD_LABEL)
    page.same("B5", "stage_total", replace(theme.CARD_MAIN, size=24))
    page.say("B6", "drafts and finals, buffer included", theme.CARD_NOTE)
    page.say("C4", "Saving, USD", theme.CARD_LABEL)
    page.formula("C5", "stage_saving", CARDS["stage_saving"], theme.CARD_PRICE_USD)
    page.say("C6", "minus: costs more", theme.CARD_NOTE)
    page.say("D4", "Saving", theme.CARD_LABEL)
    page.formula("D5", "stage_saving_share", CARDS["stage_saving_share"], _CARD_SHARE)
    page.say("D6", "of the budget at full quality", theme.CARD_NOTE)
    page.say("F4", "Break-even: the drafts must save", theme.CARD_LABEL)
    page.formula("F5", "stage_break_even", CARDS["stage_break_even"], _CARD_FACTOR)
    page.say("F6", "full-quality generations per final", theme.CARD_NOTE)
    page.say("G4", "They are expected to save", theme.CARD_LABEL)
    page.formula("G5", "stage_saved_retries", CARDS["stage_saved_retries"], _CARD_FACTOR)
    page.say("G6", "retries now less retries after the drafts", theme.CARD_NOTE)
    page.say("I4", "All at full quality", theme.CARD_LABEL)
    page.same("I5", "stage_high_total", replace(theme.CARD_PRICE_USD, size=16))
    page.say("I6", "buffer included", theme.CARD_NOTE)
    page.formula("B8", "stage_verdict", _verdict(page), _VERDICT)
    page.say(
        "B9",
        "Break-even is drafts x cost of a draft / cost of a final. Every draft is made with the "
        "job's model, tier, prompt and reference images, at token prices. An estimate: check it "
        "with a few real drafts.",
        theme.NOTE,
    )


def _verdict(page: Page) -> str:
    parts = {
        "must": fixed("stage_break_even"),
        "saved": fixed("stage_saved_retries"),
        "retries": fixed("retries_used"),
        "finish": fixed("stage_finish_retries"),
    }
    pays, even, loses = (formula(page.words, said, **parts) for said in (PAYS, EVEN, LOSES))
    unknown = page.words.quoted(UNKNOWN)
    judged = f"IF(stage_saved_usd>0,{pays},IF(stage_saved_usd=0,{even},{loses}))"
    return f"IF(stage_valid=0,{unknown},{judged})"


def _inputs(page: Page, job: Mapping[str, Any]) -> None:
    _section(page, "B11:D11", "1   Explore: drafts")
    for entry in INPUTS:
        at = f"C{entry.row}"
        page.say(f"B{entry.row}", entry.label, theme.LABEL)
        page.input(at, entry.name, job[entry.name], replace(theme.INPUT, number=entry.number))
        page.say(f"D{entry.row}", entry.hint, theme.NOTE)
        page.validate(at, entry.label, entry.message, **entry.rule)
    used = 'stage_width&"x"&stage_height'
    _computed(page, 15, "Size of a draft", "px, 0x0 if not readable")
    page.formula("C15", "stage_size_used", used, theme.COMPUTED)
    _computed(page, 16, "Cost of a draft", "USD per image")
    cost = f"IF(spec_valid=1,{_USD},NA())"
    page.formula("C16", "stage_draft_cost", cost, theme.COMPUTED_PRICE)
    _section(page, "B17:D17", "2   Finish: full quality")
    _computed(page, 19, "Cost at full quality", "USD per image, the job's quality")
    page.same("C19", "token_cost_per_image", theme.COMPUTED_PRICE)
    _computed(page, 20, "Retries without drafts", "generations per final, as on the Worksheet")
    page.same("C20", "retries_used", replace(theme.COMPUTED, number=theme.RATE))


def _computed(page: Page, row: int, label: str, hint: str) -> None:
    page.say(f"B{row}", label, theme.LABEL)
    page.say(f"D{row}", hint, theme.NOTE)


def _section(page: Page, cells: str, title: str) -> None:
    page.fill(cells, theme.STEP)
    page.say(cells.split(":", maxsplit=1)[0], title, theme.STEP)


def _campaign(page: Page) -> None:
    """Repeat what the Campaign sheet says of the same stages."""
    _section(page, f"B{_CAMPAIGN_ROW}:D{_CAMPAIGN_ROW}", "The whole campaign in two stages")
    for row, (name, (label, style)) in enumerate(CAMPAIGN.items(), start=_CAMPAIGN_ROW + 1):
        page.say(f"B{row}", label, theme.LABEL)
        page.same(f"C{row}", name, style)
    page.say(f"D{_CAMPAIGN_ROW + 1}", "the lines of the Campaign sheet", theme.NOTE)
    row = _CAMPAIGN_ROW + len(CAMPAIGN) + 1
    page.say(f"B{row}", "Drafts, draft quality and retries after the drafts also", theme.NOTE)
    page.say(f"B{row + 1}", "serve the campaign's lines that leave theirs blank.", theme.NOTE)


PARTS = (
    Part("Drafts", "", "stage_draft"),
    Part("Full quality", "stage_high", "stage_finish"),
    Part("Buffer", "stage_high_buffer", "stage_buffer"),
    Part("Total", "stage_high_total", "stage_total"),
)
_WAYS = ("All at full quality", "In two stages")


def _two_ways(page: Page) -> None:
    """Write the two ways side by side: generations, then USD."""
    top = _TABLE_ROW
    _section(page, f"F{top}:J{top}", "The two ways side by side")
    page.fill(f"F{top + 1}:J{top + 2}", theme.HEADER)
    for columns, title in (("GH", "Generations"), ("IJ", "USD")):
        page.say(f"{columns[0]}{top + 1}", title, theme.HEADER)
        page.put(f"{columns[1]}{top + 1}", page.words(title), theme.HEADER)
        for column, way in zip(columns, _WAYS, strict=True):
            page.say(f"{column}{top + 2}", way, theme.HEADER)
    for row, part in enumerate(PARTS, start=top + 3):
        last = part is PARTS[-1]
        page.say(f"F{row}", part.label, theme.TOTAL_LABEL if last else theme.LABEL)
        _figures(page, row, part, last=last)


def _figures(page: Page, row: int, part: Part, *, last: bool) -> None:
    counts = replace(theme.TOTAL if last else theme.COMPUTED, number="#,##0.0")
    money = theme.TOTAL_USD if last else _PART_USD
    for name, count, amount in ((part.high, "G", "I"), (part.staged, "H", "J")):
        if not name:
            page.put(f"{count}{row}", None, theme.COMPUTED)
            page.put(f"{amount}{row}", None, theme.COMPUTED)
            continue
        generations = f"{name}_generations"
        page.formula(f"{count}{row}", generations, GENERATIONS[generations], counts)
        usd = f"{name}_usd" if f"{name}_usd" in AMOUNTS else name
        page.formula(f"{amount}{row}", usd, AMOUNTS[usd], money)


def _chart(page: Page) -> None:
    """Draw the two ways as stacked bars."""
    chart = BarChart()
    first = _TABLE_ROW + 3
    colors = (theme.AMBER, theme.TEAL, theme.NAVY)
    last = first + len(colors) - 1
    chart.add_data(Reference(page.sheet, 9, first, 10, last), from_rows=True)
    for row, (series, color) in enumerate(zip(chart.series, colors, strict=True), start=first):
        label = page.absolute(row, row, 6).split(":")[0]
        series.tx = SeriesLabel(strRef=StrRef(label))
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.dLbls = _labels()
    chart.set_categories(Reference(page.sheet, 9, first - 1, 10, first - 1))
    _dress(chart)
    page.sheet.add_chart(chart, f"F{_CHART_ROW}")
    page.describe_chart(
        "The job's budget in USD as two bars: all at full quality, and in two stages, split into "
        "drafts, full quality and buffer"
    )


def _dress(chart: BarChart) -> None:
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    chart.title, chart.style, chart.legend.position = None, 10, "b"
    chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"
    chart.y_axis.numFmt, chart.y_axis.title = '"$"General', None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 20, 7.6


def _labels() -> DataLabelList:
    labels = DataLabelList()
    labels.showVal, labels.numFmt, labels.txPr = True, _PART_USD.number, theme.white_labels()
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(labels, unwanted, False)
    return labels


def _workings(page: Page) -> int:
    """Write the workings; return the last row."""
    top = _WORKINGS_ROW
    _section(page, f"B{top}:D{top}", "Workings: nothing to type here")
    _section(page, f"F{top}:J{top}", "What drafts save")
    _list(page, ("B", "C", "D"), SIZE_WORKINGS)
    _list(page, ("F", "G", "H"), SAVING_WORKINGS)
    return top + len(SIZE_WORKINGS)


def _list(page: Page, columns: tuple[str, str, str], workings: Iterable[Working]) -> None:
    label, value, unit = columns
    for row, working in enumerate(workings, start=_WORKINGS_ROW + 1):
        page.say(f"{label}{row}", working.label, theme.LABEL)
        style = replace(theme.COMPUTED, number=working.number)
        page.formula(f"{value}{row}", working.name, _named(working.formula), style)
        page.say(f"{unit}{row}", working.unit, theme.NOTE)
