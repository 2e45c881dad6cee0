"""What is said of rows that are examples: in the row, and above the table."""

from collections.abc import Sequence
from typing import Protocol

from outcomes.said import Outcome, Said


class Row(Protocol):
    """A row of the campaign or of the actuals."""

    is_example: bool
    filled: bool
    fault: int


class Table(Protocol):
    """The rows of the user's own, and the examples."""

    own: Sequence[object]
    examples: Sequence[object]


def check(row: Row, says: Sequence[str]) -> Outcome:
    """Return what a row says of itself."""
    if not row.filled:
        return "▲ EXAMPLE: left out" if row.is_example else ""
    return "▲ EXAMPLE: overwrite" if row.is_example and not row.fault else says[row.fault]


def told(table: Table) -> Outcome:
    """Return what is said of the examples of a table; blank where there are none."""
    if not table.examples:
        return ""
    if table.own:
        return Said("^▲ .* left out", (str(len(table.examples)),))
    return Said("^▲ These rows are EXAMPLES")
