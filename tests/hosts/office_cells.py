"""Cells as Excel passes them to an add-in and takes them back, written from its documentation."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import Any

from cases import Case, read_cases, value_of

from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import error_in
from xl_pricing.rates.rows import EXCEL_EPOCH

EXPRESSIBLE = {"#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#NULL!"}
"""Errors that a function throws with its reason; others go out as values of cells."""


def typed(value: Any) -> Any:
    """Return an argument as Excel passes it: a matrix, ``null`` where it is omitted."""
    if value is None:
        return None
    return [list(map(_cell, row)) for row in as_grid(value)]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        days = (value - EXCEL_EPOCH).total_seconds() / 86_400
        shown = {"basicType": "Double", "basicValue": days, "numberFormat": "yyyy-mm-dd"}
        return {"type": "FormattedNumber", **shown}
    if isinstance(value, Decimal):
        return float(value)
    return (
        {"type": "Error", "basicType": "Error", "basicValue": value} if error_in(value) else value
    )


def is_sayable(case: Case) -> bool:
    """Tell whether a cell can pass it: no NaN, nothing infinite, a time as a number alone."""
    cells = chain.from_iterable(chain.from_iterable(map(as_grid, map(value_of, case.args))))
    return not any(
        cell.time() != time()
        if isinstance(cell, datetime)
        else isinstance(cell, float) and not isfinite(cell)
        for cell in cells
    )


CASES = [case for name in ("functions", "sheet") for case in read_cases(name) if is_sayable(case)]


def calls(cases: Sequence[Case]) -> list[list[Any]]:
    """Return the calls of cases as Excel makes them: every argument is there."""
    made = []
    for case in cases:
        given = [typed(value_of(each)) for each in case.args]
        omitted = len(FUNCTIONS[case.function].arguments) - len(given)
        made.append([case.function, given + [None] * omitted])
    return made


def wanted(case: Case) -> list[list[Any]]:
    """Return what Python answers, to the last bit, as rows."""
    values = list(map(value_of, case.args))
    values += [None] * (len(FUNCTIONS[case.function].arguments) - len(values))
    return [list(row) for row in as_grid(answer(FUNCTIONS[case.function], values))]


def named(rows: list[list[Any]]) -> list[list[Any]]:
    """Return rows with the names of errors in place of Excel's values for them."""
    return [
        [cell["basicValue"] if isinstance(cell, dict) else cell for cell in row] for row in rows
    ]


def fault(case: Case, got: dict[str, Any]) -> str:
    """Say how a cell differs from what Python answers; empty where it does not."""
    rows = wanted(case)
    only = rows[0][0] if len(rows) == 1 == len(rows[0]) else None
    if error_in(only) in EXPRESSIBLE:
        same = got.get("error") == only == (case.error or only) and case.says in got["reason"]
        return "" if same and got["reason"] else f"{got} is not {only}: {case.says}"
    return "" if named(got.get("rows", [])) == rows else f"{got} is not {rows}"
