"""The Levers sheet: what each change around the job would save, and the best three in words."""

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas.conditions import Check, holds
from workbook_templates.formulas.sentence import fixed, percent, sentence, usd
from workbook_templates.sheets.levers import tornado
from workbook_templates.sheets.levers.moves import COLUMNS, SHOWN_COLUMNS, TABLE
from workbook_templates.sheets.levers.sizes import RATIO_COLUMNS, RATIO_ROWS, RATIOS, WORKINGS
from workbook_templates.sheets.levers.tornado import SWING_COLUMNS, SWINGS, TORNADO, TORNADO_COLUMNS
from workbook_templates.sheets.worksheet.workings import planned
from xl_pricing.planning.moves import LEVERS, MOVES

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
_EXPLANATION = (
    "Each row changes one thing of the Worksheet's job and leaves the rest, so savings do not add "
    "up. Another ratio is shown, but never advised."
)
_BASIS = (
    "Compared at token prices, without the correction by your bill, so that it does not blur the "
    "levers. An estimate, like the budget itself."
)

NOTES = (
    Check(
        "note_lever_ratios",
        "The Levers sheet compares every ratio of the sizes table",
        f"It has room for the first {RATIO_ROWS} rows of the sizes table.",
        holds(f"ROWS(tblSizes[ratio])<=ROWS({RATIOS}[row])"),
    ),
)
"""Rules for the Checks sheet."""

CAPTION_ROW = 11
_FIRST_ROW = CAPTION_ROW + 2
_LAST_ROW = _FIRST_ROW + len(MOVES) - 1
_CHART_ROW = _LAST_ROW + 2
_LAST_PRINTED_ROW = _CHART_ROW + 12
_RIGHT = len(SHOWN_COLUMNS) + 2
_WORKINGS_ROW = _CHART_ROW
_SWINGS_AT = (_WORKINGS_ROW + 1, _RIGHT + 6)
_TORNADO_AT = (_WORKINGS_ROW + 1, _RIGHT + 13)
_RATIOS_AT = (_WORKINGS_ROW + len(WORKINGS) + 3, _RIGHT)
_BEST_LINE = replace(theme.CARD_LABEL, size=11, bold=True, color=theme.TEAL)
_SURPRISE_LINE = replace(theme.CARD_LABEL, color=theme.AMBER, fill=theme.AMBER_FILL)


def _best(place: int) -> Figure:
    """Return the sentence of the move in that place."""

    def of(column: str) -> str:
        return f"INDEX({TABLE}[{column}],MATCH({place},{TABLE}[place],0))"

    said = sentence(
        BEST_SAYS,
        place=f'"{place}"',
        **{name: of(name) for name in ("lever", "now", "then", "costs")},
        usd=usd(of("saving")),
        share=percent(of("saving_share")),
    )
    no_price, none_saves = (
        (sentence(NO_ANSWER), NONE_SAVES) if place == 1 else ('""', NO_OTHER_SAVES)
    )
    otherwise = f'IF(MAX({TABLE}[place])={place - 1},{sentence(none_saves)},"")'
    found = f"IF(MAX({TABLE}[place])<{place},{otherwise},{said})"
    formula = f"IF(lever_priced=0,{no_price},{found})"
    return Figure(f"lever_best_{place}", "", formula, look=_BEST_LINE)


def _of_larger(column: str) -> str:
    return f"INDEX({RATIOS}[{column}],lever_row_larger)"


_SAID = sentence(
    SURPRISE,
    size=f'{_of_larger("width")}&"x"&{_of_larger("height")}',
    more=percent(f"{_of_larger('width')}*{_of_larger('height')}/pixels-1"),
    now="size_used",
    tokens=fixed(_of_larger("tokens"), 0),
    tokens_now=fixed("lever_now", 0),
    share=percent(f"1-{_of_larger('tokens')}/lever_now"),
)
_UNSAID = f"IF(ISNUMBER(measured_tokens),{sentence(MEASURED)},{sentence(NO_SURPRISE)})"
ANSWERS = {
    "B6": Figure(
        "lever_before",
        "",
        planned("token_cost_per_image*finals*retries_used*(1+buffer)"),
        look=theme.CARD_PRICE_USD,
    ),
    **{f"D{4 + place}": _best(place) for place in range(1, BEST + 1)},
    "B8": Figure(
        "lever_surprise",
        "",
        f'IF(lever_priced=0,"",IF(lever_row_larger=0,{_UNSAID},{_SAID}))',
        look=_SURPRISE_LINE,
    ),
}
"""The budget to compare with, the best moves in words, and the surprise."""


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Levers", (2, *(column.width or 14 for column in COLUMNS), 2))
    _answers(page)
    tables.write_table(page, TABLE, (CAPTION_ROW, 2), COLUMNS, [{}] * len(MOVES))
    _workings(page)
    _chart(page)
    page.flag_errors(f"B5:{page.at(_LAST_ROW, len(COLUMNS) + 1)}")
    _mark_best(page)
    page.print_setup(f"A1:{page.at(_LAST_PRINTED_ROW, _RIGHT - 1)}", pages=1)
    page.protect()


def _answers(page: Page) -> None:
    says = "What would make this job cheaper, and what it would cost you."
    heights = {4: 18, 5: 19, 6: 19, 7: 19, 8: 19, CAPTION_ROW: 26}
    blocks.head(page, get_column_letter(len(COLUMNS) + 2), "Levers", says, heights)
    for cells in ("B4:C7", "D4:H7"):
        page.fill(cells, theme.CARD_LABEL)
    page.fill("B8:H8", _SURPRISE_LINE)
    page.say("B4", "Budget now, at token prices", theme.CARD_LABEL)
    page.say("D4", "What saves most, one move of each lever", theme.CARD_LABEL)
    for at, answer in ANSWERS.items():
        blocks.put(page, at, answer)
    page.say("B9", _EXPLANATION, theme.NOTE)
    page.say("B10", _BASIS, theme.NOTE)


def _workings(page: Page) -> None:
    """Write the workings to the right of what is printed."""
    page.say(page.at(CAPTION_ROW - 1, _RIGHT), "Workings: nothing to type here", theme.SECTION)
    page.say(page.at(_WORKINGS_ROW, _RIGHT), "Sizes of the same ratio", theme.SECTION)
    columns = "".join(get_column_letter(_RIGHT + i) for i in (0, 3, 4))
    blocks.write_entries(page, columns, _WORKINGS_ROW + 1, WORKINGS)
    _table(page, "What each lever moves", SWINGS, _SWINGS_AT, SWING_COLUMNS, len(LEVERS))
    _table(page, "The same, sorted", TORNADO, _TORNADO_AT, TORNADO_COLUMNS, len(LEVERS))
    _table(page, "Sizes of other ratios", RATIOS, _RATIOS_AT, RATIO_COLUMNS, RATIO_ROWS)
    page.heights({_SWINGS_AT[0]: 26, _RATIOS_AT[0]: 38})


def _table(
    page: Page, title: str, name: str, at: tuple[int, int], columns: Sequence[Column], rows: int
) -> None:
    """Write a table all of whose columns are computed, and its title above it."""
    row, left = at
    page.say(page.at(row - 1, left), title, theme.SECTION)
    tables.write_table(page, name, at, columns, [{}] * rows)


def _chart(page: Page) -> None:
    band = f"{page.at(_CHART_ROW, 2)}:{page.at(_CHART_ROW, _RIGHT - 1)}"
    title = "What each lever can move, in USD: saved to the left, added to the right"
    blocks.title(page, band, title)
    tornado.draw(page, _TORNADO_AT, page.at(_CHART_ROW + 1, 2))


def _mark_best(page: Page) -> None:
    """Set the moves that are named above in bold."""
    place = page.at(_FIRST_ROW, 2 + [column.name for column in COLUMNS].index("place"))
    cells = f"{page.at(_FIRST_ROW, 2)}:{page.at(_LAST_ROW, _RIGHT - 1)}"
    page.mark(cells, f"AND(${place}>0,${place}<={BEST})", theme.TEAL)
