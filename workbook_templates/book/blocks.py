"""What sheets are made of, each declared once in a row of a list and written here.

A figure or a card without a formula repeats the cell of its name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from workbook_templates.book import theme
from workbook_templates.book.page import Page, Typed
from workbook_templates.book.theme import Style

Rule = Mapping[str, Any]
"""What a validation asks, in openpyxl's keywords; empty where anything may be typed."""
NO_RULE: Rule = {}
NO_HEIGHTS: Mapping[int, float] = {}
_SAME_LINE = re.compile(r"\[@(\w+)\]")


class Figure(NamedTuple):
    """A computed cell: its name, label, formula, unit and look.

    A unit is text, or a figure of which name, formula and look are used.
    """

    name: str
    label: str = ""
    formula: str = ""
    unit: "str | Figure" = ""
    look: Style = theme.COMPUTED
    label_look: Style = theme.LABEL


class Input(NamedTuple):
    """A typed cell: its name, what is prefilled, label, hint, message, number format and rule.

    A hint is text, or a `Figure` of which name, formula and look are used.
    """

    name: str
    value: Typed
    label: str
    hint: str | Figure
    message: str
    number: str = theme.TEXT
    rule: Rule = NO_RULE
    label_look: Style = theme.LABEL


class Card(NamedTuple):
    """A large figure in a column: what stands above it, the figure itself, and the note below.

    A note is text, or a `Figure` of which name, formula and look are used.
    """

    column: str
    label: str | Figure
    name: str
    formula: str
    look: Style
    note: str | Figure = ""


Held = Mapping[str, Typed | Figure]
"""What cells of a line hold instead of their column's formula, by field."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its field's name, caption, formula or none where it is typed, and look.

    ``message`` and ``rule`` explain and check what is typed; ``width`` is in characters.
    """

    name: str
    caption: str
    formula: str = ""
    look: Style = theme.CELL
    width: float | None = None
    message: str = ""
    rule: Rule = field(default_factory=dict)


def listed(source: str, *, others: bool = False) -> Rule:
    """Return the rule of a dropdown; with ``others`` a value that is not listed may be kept."""
    rule = {"type": "list", "formula1": source}
    return {**rule, "errorStyle": "warning"} if others else rule


def words_listed(words: Iterable[str], *, others: bool = False) -> Rule:
    """Return the rule of a dropdown of words."""
    return listed(f'"{",".join(words)}"', others=others)


def between(kind: str, low: float | str, high: float | str) -> Rule:
    """Return the rule of a ``whole`` or ``decimal`` number from low to high."""
    return {"type": kind, "operator": "between", "formula1": f"{low}", "formula2": f"{high}"}


def above(low: float) -> Rule:
    """Return the rule of a number that is more."""
    return {"type": "decimal", "operator": "greaterThan", "formula1": f"{low}"}


def at_least(low: float) -> Rule:
    """Return the rule of a number that is not less."""
    return {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": f"{low}"}


def head(
    page: Page,
    right: str,
    title: str,
    says: str | Figure,
    heights: Mapping[int, float] = NO_HEIGHTS,
) -> None:
    """Write title and subtitle on a band up to the column ``right``.

    Row heights are set where there are cards, with a narrow row above them.
    """
    page.fill(f"A1:{right}2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, **({3: 8, **heights} if heights else {})})
    page.say("B1", title, theme.TITLE)
    _say_or_put(page, "B2", says, theme.SUBTITLE)


def write_cards(page: Page, bands: Sequence[str], cards: Iterable[Card]) -> None:
    """Write cards into their bands: label in row 4, figure in row 5, note in row 6."""
    for cells in bands:
        page.fill(cells, theme.CARD_LABEL)
    for card in cards:
        _say_or_put(page, f"{card.column}4", card.label, theme.CARD_LABEL)
        put(page, f"{card.column}5", Figure(card.name, "", card.formula, "", card.look))
        _say_or_put(page, f"{card.column}6", card.note, theme.CARD_NOTE)


def _say_or_put(page: Page, at: str, content: str | Figure, look: Style) -> None:
    if isinstance(content, Figure):
        put(page, at, content)
    elif content:
        page.say(at, content, look)


def put(page: Page, at: str, figure: Figure) -> None:
    """Write a computed cell; without a formula it repeats the one of that name, if there is one."""
    if figure.formula:
        page.formula(at, figure.name, figure.formula, figure.look)
    elif figure.name:
        page.same(at, figure.name, figure.look)
    else:
        page.put(at, None, figure.look)


def title(page: Page, cells: str, text: str) -> None:
    """Write the title of a section on its band."""
    page.fill(cells, theme.STEP)
    page.say(cells.split(":", maxsplit=1)[0], text, theme.STEP)


def headers(
    page: Page,
    row: int,
    columns: Iterable[str],
    texts: Iterable[str],
    look: Style = theme.HEADER,
) -> None:
    """Write the heads of columns."""
    for column, text in zip(columns, texts, strict=True):
        page.say(f"{column}{row}", text, look)


def captions(page: Page, at: str, columns: Iterable[Column]) -> None:
    """Write the captions of columns from a cell on; one that has none is called as its field."""
    letter, row = coordinate_from_string(at)
    for number, column_ in enumerate(columns, start=column_index_from_string(letter)):
        at_ = page.at(row, number)
        if column_.caption:
            page.head(at_, column_.caption, theme.HEADER)
        else:
            page.put(at_, column_.name, theme.HEADER)


def section(page: Page, columns: str, row: int, text: str, *entries: Figure | Input) -> int:
    """Write a title over ``columns`` and below it the entries; return the next row."""
    title(page, f"{columns[0]}{row}:{columns[-1]}{row}", text)
    return write_entries(page, columns, row + 1, entries)


def write_entries(page: Page, columns: str, row: int, entries: Iterable[Figure | Input]) -> int:
    """Write label, value and unit or hint of each entry, one a row; return the next row."""
    for entry in entries:
        write_entry(page, columns, row, entry)
        row += 1
    return row


def write_entry(page: Page, columns: str, row: int, entry: Figure | Input) -> None:
    """Write label, value and unit or hint of one entry."""
    label, value, unit = (f"{column}{row}" for column in columns[:3])
    if isinstance(entry, Input):
        page.say(label, entry.label, entry.label_look)
        write_input(page, value, entry)
    else:
        page.say(label, entry.label, entry.label_look)
        put(page, value, entry)
    _say_or_put(page, unit, entry.hint if isinstance(entry, Input) else entry.unit, theme.NOTE)


def write_row(
    page: Page,
    columns: str,
    row: int,
    label: str | Figure,
    figures: Iterable[Figure],
    label_look: Style = theme.LABEL,
) -> None:
    """Write a label and the figures beside it, one a column."""
    _say_or_put(page, f"{columns[0]}{row}", label, label_look)
    for column, figure in zip(columns[1:], figures, strict=True):
        put(page, f"{column}{row}", figure)


def write_input(page: Page, at: str, entry: Input, look: Style = theme.INPUT) -> None:
    """Write a typed cell with its message and rule; a number before the label is its step's.

    A count that may be typed with decimals shows them.
    """
    typed = page.book.typed.get(entry.name, entry.value)
    has_decimals = entry.number == theme.COUNT and entry.rule.get("type") == "decimal"
    fraction = theme.FRACTION if has_decimals else None
    page.input(at, entry.name, typed, replace(look, number=entry.number, fraction=fraction))
    page.validate(at, entry.label.lstrip("0123456789 "), entry.message, **entry.rule)


def write_values(page: Page, at: str, values: Iterable[Typed], look: Style) -> None:
    """Write values one below the other from a cell on, as they are."""
    letter, first = coordinate_from_string(at)
    for row, value in enumerate(values, start=first):
        page.put(f"{letter}{row}", value, look)


def write_line(
    page: Page,
    at: tuple[int, int],
    columns: Iterable[Column],
    name: str,
    held: Held | None = None,
) -> None:
    """Write a row of named cells from (row, column) on: where a table of Excel would not do.

    ``name`` makes a cell's name of its field, such as ``plan_{}_3``; ``[@field]`` in a formula is
    the row's cell of that field, ``[#row]`` the row's number. ``held`` maps fields to what they
    hold instead: values, or figures of another name. Without a formula a cell repeats the one of
    its name.
    """
    row, left = at
    for number, column_ in enumerate(columns, start=left):
        cell, field_, look = page.at(row, number), column_.name, column_.look
        content = (held or {}).get(field_, column_)
        if isinstance(content, Column):
            formula = _SAME_LINE.sub(lambda found: name.format(found[1]), column_.formula)
            put(
                page,
                cell,
                Figure(name.format(field_), "", formula.replace("[#row]", f"{row}"), look=look),
            )
        elif isinstance(content, Figure):
            put(page, cell, content._replace(look=look))
        else:
            page.put(cell, content, look)
