"""Rows from one sum to another, part by part, and their picture: a waterfall."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Figure
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import compared, holds
from workbook_templates.formulas.sentence import fixed

SIGNED = '+"$"#,##0.00####;-"$"#,##0.00####;"$"0.00'
EXACT = '"$"#,##0.00####;-"$"#,##0.00####'
ROOM = 62
"""Letters that fit where it says where a part is."""
BESIDE, LEFT = "N", 15
"""The column of what stands in no line, and the first one of what the chart draws."""
SUM = replace(theme.TOTAL, number=EXACT)
PART = replace(theme.COMPUTED, number=SIGNED)
HEADS = (
    *("In no line, USD", "Label", "Hidden", "Sum", "More", "Less"),
    *("More, below 0", "Less, below 0", "Reaches"),
)
"""What stands above what the chart draws; from `Hidden` to the last but one are its bars."""
_FINE_BELOW_USD = 100
"""Smaller amounts are told with four decimals in sentences."""
_BAR_CM, _FRAME_CM = 0.62, 1.1
_ROW_CM = 0.53


class Step(NamedTuple):
    """A row: its label, its figure or amount, what it means, where it is; a part or a sum.

    ``beside`` are USD that stand in no line of the table.
    """

    label: str
    usd: Figure | float
    meaning: str = ""
    where: str = ""
    is_sum: bool = False
    beside: float | None = None


def dollars(usd: str, *, signed: bool = False) -> str:
    """Return the formula of an amount in words, below 0 too."""
    size = f"IF(ABS({usd})<{_FINE_BELOW_USD},{fixed(f'ABS({usd})', 4)},{fixed(f'ABS({usd})')})"
    plus = f'IF({usd}>0,"+","")' if signed else '""'
    return f'IF({usd}<0,"-",{plus})&"$"&{size}'


def write_steps(page: Page, top: int, title: str, steps: Sequence[Step]) -> int:
    """Write a title in the row ``top`` and rows below it, with what a chart draws; return the last.

    The first and the last are sums.
    """
    blocks.title(page, f"B{top}:L{top}", title)
    page.fill(f"B{top + 1}:L{top + 1}", theme.HEADER)
    for column, text in (("B", "Part"), ("F", "What it means"), ("J", "Where")):
        page.say(f"{column}{top + 1}", text, theme.HEADER_LEFT)
    page.say(f"E{top + 1}", "USD", theme.HEADER)
    for row, step in enumerate(steps, start=top + 2):
        _write_step(page, row, step)
    _write_workings(page, top + 1, steps)
    return top + 1 + len(steps)


def adds_up(page: Page, row: int, name: str, rest: str) -> None:
    """Write whether nothing is left."""
    page.say(f"B{row}", "The parts add up to the difference", theme.NOTE)
    page.formula(f"E{row}", name, holds(f"ABS({rest})<=cent_fraction_usd"), theme.OK_OR_FIX)


def _write_step(page: Page, row: int, step: Step) -> None:
    if step.is_sum:
        page.fill(f"B{row}:L{row}", theme.TOTAL)
    page.put(f"B{row}", step.label, theme.TOTAL_LABEL if step.is_sum else theme.LABEL)
    if isinstance(step.usd, Figure):
        blocks.put(page, f"E{row}", step.usd)
    else:
        page.put(f"E{row}", step.usd, SUM if step.is_sum else PART)
    note = replace(theme.NOTE, border="top" if step.is_sum else None)
    page.put(f"F{row}", step.meaning, note)
    page.put(f"J{row}", step.where or None, note)
    if step.beside is not None:
        page.put(f"{BESIDE}{row}", step.beside, PART)


def _write_workings(page: Page, heads_row: int, steps: Sequence[Step]) -> None:
    """Write what the chart draws: up to each bar what is not seen, then a sum, more, or less.

    A bar on both sides of 0 has a piece on each.
    """
    letters = [BESIDE, *(page.at(1, LEFT + i).rstrip("1") for i in range(len(HEADS) - 1))]
    label, hidden, sum_, more, less, more_under, less_under, end = letters[1:]
    blocks.headers(page, heads_row, letters, HEADS)
    look = replace(theme.NUMBER, number=EXACT)
    for row, step in enumerate(steps, start=heads_row + 1):
        usd, before = f"$E{row}", f"{end}{row - 1}"
        said = f'$B{row}&"  "&{dollars(usd, signed=not step.is_sum)}'
        page.formula(f"{label}{row}", f"bill_label_{row}", said, theme.CELL)
        figures = {**dict.fromkeys(letters[2:], "0"), sum_: usd, end: usd}
        if not step.is_sum:
            low, high = f"MIN({before},{end}{row})", f"MAX({before},{end}{row})"
            over = f"MAX(0,{high})-MAX(0,{low})"
            under = f"MIN(0,{low})-MIN(0,{high})"
            figures = {
                hidden: f"MAX(0,{low})+MIN(0,{high})",
                sum_: "0",
                more: f"IF({usd}>0,{over},0)",
                less: f"IF({usd}<0,{over},0)",
                more_under: f"IF({usd}>0,{under},0)",
                less_under: f"IF({usd}<0,{under},0)",
                end: compared(f"{before}+{usd}"),
            }
        for column, formula in figures.items():
            page.formula(f"{column}{row}", f"bill_bar_{column}_{row}", formula, look)


def draw(page: Page, rows: tuple[int, int], top: int, says: str) -> int:
    """Draw the waterfall of rows from the row ``top`` on; return the next free row."""
    first, last = rows
    height = _FRAME_CM + _BAR_CM * (last - first + 1)
    blocks.title(page, f"B{top}:L{top}", "The same as a picture, in USD")
    chart = charts.bars("bar", gap=35)
    shown = Cells(first, last, LEFT + 1, LEFT + 6)
    charts.add(page, chart, shown, Cells(first, last, LEFT, LEFT), titled=False)
    colors = (None, theme.NAVY, *(theme.AMBER, theme.TEAL) * 2)
    for i, (series, color) in enumerate(zip(chart.series, colors, strict=True)):
        charts.name(page, series, first - 1, LEFT + 1 + i)
        charts.fill(series, color)
    charts.dress(chart, '"$"General', (33.5, height), legend=None, top_first=True)
    chart.x_axis.tickLblPos = "low"
    charts.place(page, chart, f"B{top + 1}", says)
    return top + 2 + int(height / _ROW_CM + 1)
