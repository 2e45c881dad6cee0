"""What cells show, read from Excel at full precision and compared."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isclose
from typing import TypeAlias

from openpyxl.utils.cell import coordinate_to_tuple

from xl_pricing.functions.values import error_in
from xl_pricing.hosts.excel.selftest.instance import Cells, Host, Sheet
from xl_pricing.rates.rows import EXCEL_EPOCH

Shown: TypeAlias = float | str | bool
"""What a cell shows; an error is its name, a blank cell empty text, a day its number."""

TOLERANCE = 1e-9
_MOST_NAMED = 8


def read(host: Host, cells: Cells) -> list[list[Shown]]:
    """Read a block of cells; on Windows by Value2, for Value cuts currency to four decimals."""
    if host.is_windows:
        held = cells.api.Value2
        rows = held if isinstance(held, tuple) else ((held,),)
    else:
        rows = cells.options(ndim=2, err_to_str=True).value
    return [[*map(_plain, row)] for row in rows]


def read_places(host: Host, sheet: Sheet, addresses: Sequence[str]) -> list[Shown]:
    """Read cells of a sheet, all in one block, which is quicker than one by one."""
    places = [coordinate_to_tuple(address) for address in addresses]
    last = (max(row for row, _ in places), max(column for _, column in places))
    rows = read(host, sheet.range((1, 1), last))
    return [rows[row - 1][column - 1] for row, column in places]


def same(wanted: object, got: object) -> bool:
    """Tell whether cells show the same: numbers to 1e-9 of the larger, words to the letter."""
    wanted, got = _plain(wanted), _plain(got)
    if isinstance(wanted, str | bool) or isinstance(got, str | bool):
        return type(wanted) is type(got) and wanted == got
    return isclose(wanted, got, rel_tol=TOLERANCE, abs_tol=1e-300)


def listed(faults: Iterable[str]) -> str:
    """List faults in one line, the first few of many."""
    known = [*faults]
    more = [f"and {len(known) - _MOST_NAMED} more"] if len(known) > _MOST_NAMED else []
    return "; ".join([*known[:_MOST_NAMED], *more])


def _plain(value: object) -> Shown:
    """Return a value as cells of all systems and our evaluator have it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - EXCEL_EPOCH).total_seconds() / 86_400
    error = error_in(value)
    if error:
        return str(error)
    if isinstance(value, bool):
        return value
    # Text and errors of our evaluator become plain text: same() compares types.
    return float(value) if isinstance(value, int | float) else str(value)
