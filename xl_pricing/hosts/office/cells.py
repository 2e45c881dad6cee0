"""Between Excel's cells and the functions, in Python of the page's worker: JSON in, JSON out."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xl_pricing.functions
from xl_pricing.errors import CardError, XlPricingError
from xl_pricing.functions.calls import answer, reason
from xl_pricing.functions.catalogue import FUNCTIONS, WHOLE, CellFunction
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import error_in
from xl_pricing.hosts.office.pane import QUESTIONS
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import FOLDER_VARIABLE, active_card, user_store

_Call = tuple[str, list[Any]]
"""A name and its arguments."""
_Told = tuple[Any, str]
"""Rows of cells and the reason of an error."""

_OF_COLUMNS = {
    name
    for name, function in FUNCTIONS.items()
    if not function.is_table and not {each.name for each in function.arguments[:2]} & WHOLE
}
"""Functions that answer a column of their first two arguments cell by cell."""


def begin(site: str) -> str:
    """Take the folder's rate card, and say as of which day it prices: `card` as JSON.

    Raises `CardError` where it cannot be used: a company's own prices are not replaced in silence.
    """
    told = json.loads(site)
    if told["card"]:
        folder = Path(os.environ[FOLDER_VARIABLE])
        folder.mkdir(exist_ok=True)
        (folder / "card.json").write_text(told["card"], encoding="utf-8")
    if warning := user_store().warning():
        raise CardError(warning)
    answers('[["IMGCOST", ["4:5", "high"]]]')  # what the first cell would wait for
    return json.dumps({"written": told["written"], **_card()})


def answers(text: str) -> str:
    """Answer calls, ``[[name, arguments], …]``, by ``[[rows, reason], …]``.

    The reason is a sentence where the answer is one error, else empty.
    """
    calls = [(name, _values_in(name, given)) for name, given in json.loads(text)]
    found: list[_Told] = [([], "")] * len(calls)
    for places in _alike(calls):
        told = _answered_together([calls[place] for place in places])
        for place, answered in zip(places, told, strict=True):
            found[place] = answered
    return json.dumps(found)


def _card() -> dict[str, object]:
    found, day = active_card(), today()
    return {
        "version": xl_pricing.__version__,
        "checked": found.checked.isoformat(),
        "prices_as_of": found.as_of(day).isoformat(),
        "age_days": (day - found.checked).days,
    }


def _alike(calls: list[_Call]) -> Iterable[list[int]]:
    """Group the places of calls that differ in their first two cells alone: a column of a sheet."""
    groups: dict[str, list[int]] = {}
    for place, (name, values) in enumerate(calls):
        is_column = name in _OF_COLUMNS and list not in map(type, values)
        key = repr((name, values[2:])) if is_column else str(place)
        groups.setdefault(key, []).append(place)
    return groups.values()


def _answered_together(calls: list[_Call]) -> list[_Told]:
    """Answer calls that are alike; a column is answered many times quicker than its cells."""
    name, values = calls[0]
    if name in QUESTIONS:
        return [_asked(name, values)]
    function = FUNCTIONS[name]
    if len(calls) == 1:
        return [_told(function, as_grid(answer(function, values)), values)]
    columns = [[[each[place]] for _, each in calls] for place in (0, 1)]
    rows = answer(function, [*columns, *values[2:]])
    return [_told(function, [row], each) for row, (_, each) in zip(rows, calls, strict=True)]


def _told(function: CellFunction, rows: Any, values: list[Any]) -> _Told:  # noqa: ANN401 - cells
    only = rows[0][0] if len(rows) == 1 == len(rows[0]) else None
    said = error_in(only) or (only and function.is_table)
    return rows, reason(function, values) if said else ""


def _asked(name: str, arguments: list[Any]) -> _Told:
    """Answer the task pane, in one cell."""
    try:
        return [[QUESTIONS[name](*arguments)]], ""
    except XlPricingError as error:
        return [[error.cell_error]], str(error)


def _values_in(name: str, given: list[Any]) -> list[Any]:
    """Return all arguments of a function, those that are omitted too, or what the pane asks by."""
    values = list(map(_argument_in, given))
    omitted = len(FUNCTIONS[name].arguments) - len(values) if name in FUNCTIONS else 0
    return values + [None] * omitted


def _argument_in(value: Any) -> Any:  # noqa: ANN401 - a cell or a range
    """Return an argument; Excel passes a single cell as a range of one."""
    if not isinstance(value, list):
        return _cell_in(value) if isinstance(value, dict) else value
    if len(value) == 1 == len(value[0]):
        return _cell_in(value[0][0])
    return [list(map(_cell_in, row)) for row in value]


def _cell_in(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a cell's value: an error's name, or what stands behind a formatted number."""
    return value.get("basicValue", "#VALUE!") if isinstance(value, dict) else value
