"""The bars of the Plans sheet: USD per accepted final, official tokens first.

They are drawn in their cells, so that there is one for each plan with a price and no empty one.
"""

from dataclasses import replace

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Column, Figure, Held
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import compared
from workbook_templates.sheets.plans.layout import ASSUMED, BARS, BLOCK_ROW, PRICE
from workbook_templates.sheets.plans.lines import lines, worked

_FIRST_ROW, _LAST_ROW = BLOCK_ROW + 1, BLOCK_ROW + 1 + BARS
_LONGEST = 28
"""Blocks of the longest bar."""
_PRICES = f"$D${_FIRST_ROW}:$D${_LAST_ROW}"


def _placed(field: str, k: int) -> str:
    """Return what the plan in a place by price holds."""
    return f"INDEX({lines(field)},MATCH({k},{worked('order')},0))"


def _drawn(k: int) -> str:
    """Return the bar itself, as long as the price is of the highest one."""
    price = f"plans_bar_{k}"
    length = f"ROUND({compared(f'{_LONGEST}*{price}/MAX({_PRICES})')},0)"
    return f'IF(N({price})>0,REPT("█",MAX(1,{length})),"")'


_LABEL = replace(theme.LABEL, size=9)
_BAR = replace(theme.LABEL, size=9, color=theme.TEAL)
_SHOWN = replace(theme.LABEL, size=9, number=f"{PRICE};;;@", align="right")
_NOT_KNOWN = 'IF(plans_bar_0="","« (not known)»","")'


def _columns(k: int) -> tuple[Column, ...]:
    assumed = f'IF({_placed("basis", k)}="«{ASSUMED}»","« (assumed)»","")'
    return (
        Column("bar_label", "", f'IFERROR({_placed("name", k)}&{assumed},"")', _LABEL),
        Column("bar", "", f'IFERROR({_placed("final", k)},"")', _SHOWN),
        Column("drawn", "", _drawn(k), _BAR),
    )


OFFICIAL: Held = {
    "bar_label": Figure("plans_bar_label_0", "", f'"«Official tokens»"&{_NOT_KNOWN}'),
    "bar": Figure("plans_bar_0", "", 'IF(ISNUMBER(plans_official_final),plans_official_final,"")'),
    "drawn": Figure("plans_drawn_0", "", _drawn(0)),
}
"""The bar of official tokens."""


def _in_navy(column: Column) -> Column:
    return replace(column, look=replace(column.look, color=theme.NAVY, bold=True))


def write(page: Page) -> None:
    """Write the bars beside the pack: official tokens, then the plans with a price."""
    title = f"USD per accepted final: official tokens, then the {BARS} cheapest plans"
    blocks.title(page, f"B{BLOCK_ROW}:H{BLOCK_ROW}", title)
    for k in range(BARS + 1):
        columns = _columns(max(k, 1))
        if not k:
            columns = tuple(map(_in_navy, columns))
        held = None if k else OFFICIAL
        blocks.write_line(page, (_FIRST_ROW + k, 2), columns[:1], f"plans_{{}}_{k}", held)
        blocks.write_line(page, (_FIRST_ROW + k, 4), columns[1:], f"plans_{{}}_{k}", held)
