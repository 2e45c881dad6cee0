"""CSV files of logs and bills: rows of cells, and how a file writes figures and days."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from xl_pricing.bills.day_orders import DayOrders, Orders, is_day
from xl_pricing.bills.json_values import BAD, Bad
from xl_pricing.bills.opened import CHUNK, Opened, read_lines
from xl_pricing.errors import InvalidValueError
from xl_pricing.written import COMMA, POINT, figure_in, readings
from xl_pricing.written_days import day_in

MOST_CELL = 2**20
"""Characters of a cell at most, without images."""

QUOTE = '"'
_FIGURE = re.compile(r"[-+]?[0-9][0-9., '\u00a0\u202f]*")


class Marks(NamedTuple):
    """What parts the cells of a file, and the decimal marks and orders of a day that it proves."""

    delimiter: str
    decimal: frozenset[str]
    orders: Orders

    @property
    def are_plain(self) -> bool:
        """Whether most figures can be read as they are written."""
        return self.delimiter == COMMA and not self.orders.of

    def plain(self, cell: str) -> str:
        """Write a figure with a point and no groups, and a day as 2026-11-02.

        What can be read in two ways becomes the sentence that says so.
        """
        if cell.isdigit() or not cell[:1].isdigit() | (cell[:1] in {"-", "+"}):
            return cell
        try:
            if is_day(cell):
                day = day_in(cell, self.orders.of)
                return cell if day is None else day.isoformat()
            figure = figure_in(cell, self.decimal) if _FIGURE.fullmatch(cell) else None
        except InvalidValueError as error:
            return str(error)
        return cell if figure is None else f"{figure:f}"


PLAIN = Marks(COMMA, frozenset({POINT}), Orders())
"""How programs write figures and days."""


def delimiter_of(head: str) -> str:
    """Return what parts the cells of a first row."""
    return max(",;\t|", key=head.count)


def csv_values(source: Opened, delimiter: str) -> Iterator[tuple[int, list[str] | Bad]]:
    """Yield the rows of a file that are not empty, or `BAD`, with their numbers from 1 on.

    A stray quote takes the lines behind it into its cell: they are read anew by themselves.
    """
    csv.field_size_limit(MOST_CELL)
    feed = _Feed(source)
    rows, width = csv.reader(feed, delimiter=delimiter, strict=True), 0
    for number, text in enumerate(feed.texts(), start=1):
        row: list[str] | Bad = BAD
        plain = text.rstrip("\r\n")
        feed.taken.clear()
        if QUOTE not in plain and "\r" not in plain and len(plain) < CHUNK:
            row = plain.split(delimiter) if plain else []
        else:
            feed.again.append(text)
            with suppress(csv.Error):
                row = next(rows)
        if row is BAD or len(row) != width:
            if len(feed.taken) > 1 and width:
                row = BAD
                feed.again += reversed(feed.taken[1:])
                rows = csv.reader(feed, delimiter=delimiter, strict=True)
            width = width or (0 if row is BAD else len(row))
        if row:
            yield number, row


class _Feed:
    """Lines as text, those to be read ``again`` first; ``taken`` are those of the row at hand."""

    def __init__(self, source: Opened) -> None:
        self.taken: list[str] = []
        self.again: list[str] = []
        self._lines = read_lines(source)

    def texts(self) -> Iterator[str]:
        """Yield the lines, one for each row that needs no more of them."""
        for line in self._lines:
            yield str(line, "utf-8", "replace")
            while self.again:
                yield self.again.pop()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text = self.again.pop() if self.again else str(next(self._lines), "utf-8", "replace")
        self.taken.append(text)
        return text


def records_of(
    rows: Iterable[tuple[int, list[str] | Bad]], names: Sequence[str]
) -> Iterator[tuple[int, dict[str, str] | Bad]]:
    """Yield rows that hold something by the names of the columns, or `BAD`, with their numbers."""
    width = len(names)
    for number, row in rows:
        if row is BAD or len(row) < width or (len(row) > width and any(row[width:])):
            if row is BAD or any(row):
                yield number, BAD
        elif any(row):
            yield number, dict(zip(names, map(str.strip, row), strict=False))


def read_marks(source: Opened, delimiter: str, *, month_first: bool = False) -> Marks:
    """Return how a file writes figures and days; where commas part the cells, the point is proven.

    ``month_first`` is how its shape is known to write days. The whole file is looked at, unless its
    first row leaves nothing open.
    """
    decimal = {POINT} if delimiter == COMMA else set()
    orders = DayOrders(month_first=month_first)
    rows = csv_values(source, delimiter)
    for number, row in rows:
        cells = [cell.strip() for cell in row] if isinstance(row, list) else []
        has_days = orders.look(cells)
        if delimiter != COMMA:
            figures = (readings(c) for c in cells if not c.isdigit() and _FIGURE.fullmatch(c))
            decimal.update(*(each for each in figures if len(each) == 1))
        elif number > 1 and not has_days and not orders.proven:
            break
    return Marks(delimiter, frozenset(decimal), orders.orders())
