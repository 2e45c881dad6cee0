"""CSV files of logs and bills: rows of cells, and figures by the decimal mark of a file."""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from xl_pricing.bills.json_values import BAD, Bad
from xl_pricing.bills.opened import Opened, read_lines
from xl_pricing.errors import InvalidValueError
from xl_pricing.written import COMMA, CONVENTIONS, POINT, figure_in, plainly, readings

MOST_CELL = 2**20
"""Characters of a cell at most, without images."""

_FIGURE = re.compile(r"[-+]?[0-9][0-9., '\u00a0\u202f]*")


class Marks(NamedTuple):
    """What parts the cells of a file, and the decimal marks that its figures prove."""

    delimiter: str
    decimal: frozenset[str]

    def plain(self, record: Mapping[str, str]) -> dict[str, str]:
        """Write the figures of a record with a point and no groups.

        One that can be read in two ways is written with both, so that it is no figure any more.
        """
        return {name: self._plain(cell) for name, cell in record.items()}

    def _plain(self, cell: str) -> str:
        if not _FIGURE.fullmatch(cell) or cell.isdigit():
            return cell
        with suppress(InvalidValueError):
            figure = figure_in(cell, self.decimal)
            return cell if figure is None else f"{figure:f}"
        return f"{cell} ({' or '.join(map(plainly, readings(cell).values()))})"


def delimiter_of(head: str) -> str:
    """Return what parts the cells of a first row."""
    return max(",;\t|", key=head.count)


def csv_values(source: Opened, delimiter: str) -> Iterator[tuple[int, list[str] | Bad]]:
    """Yield the rows of a file that are not empty, or `BAD`, with their numbers from 1 on."""
    csv.field_size_limit(MOST_CELL)
    texts = (str(line, "utf-8", "replace") for line in read_lines(source))
    rows, number = csv.reader(texts, delimiter=delimiter, strict=True), 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield number, BAD
            continue
        if row:
            yield number, row


def read_marks(source: Opened, delimiter: str) -> Marks:
    """Return how a file writes figures; where commas part the cells, the point is proven."""
    proven = {POINT} if delimiter == COMMA else set()
    if not proven:
        for _, row in csv_values(source, delimiter):
            for cell in row if isinstance(row, list) else ():
                if _FIGURE.fullmatch(cell) and not cell.isdigit():
                    found = readings(cell)
                    proven |= found.keys() if len(found) == 1 else set()
            if len(proven) == len(CONVENTIONS):
                break
    return Marks(delimiter, frozenset(proven))
