"""Between Excel's cells and the functions, in Python of the page's worker: JSON in, JSON out."""

import json
import os
from pathlib import Path
from typing import Any

import xl_pricing.functions
from xl_pricing.errors import CardError, XlPricingError
from xl_pricing.functions.calls import answer, reason
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import error_in
from xl_pricing.hosts.office.pane import QUESTIONS
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import FOLDER_VARIABLE, active_card, user_store


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
    return json.dumps([_answered(*call) for call in json.loads(text)])


def _card() -> dict[str, object]:
    found, day = active_card(), today()
    return {
        "version": xl_pricing.__version__,
        "checked": found.checked.isoformat(),
        "prices_as_of": found.as_of(day).isoformat(),
        "age_days": (day - found.checked).days,
    }


def _answered(name: str, arguments: list[Any]) -> tuple[Any, str]:
    if name in QUESTIONS:
        return _asked(name, arguments)
    function = FUNCTIONS[name]
    given = [None] * (len(function.arguments) - len(arguments))
    values = [*map(_argument_in, arguments), *given]
    rows = as_grid(answer(function, values))
    only = rows[0][0] if len(rows) == 1 == len(rows[0]) else None
    said = error_in(only) or (only and function.is_table)
    return rows, reason(function, values) if said else ""


def _asked(name: str, arguments: list[Any]) -> tuple[Any, str]:
    """Answer the task pane, in one cell."""
    try:
        return [[QUESTIONS[name](*arguments)]], ""
    except XlPricingError as error:
        return [[error.cell_error]], str(error)


def _argument_in(value: Any) -> Any:  # noqa: ANN401 - a cell or a range
    """Return an argument; Excel passes a single cell as a range of one."""
    if not isinstance(value, list):
        return _cell_in(value)
    rows = [list(map(_cell_in, row)) for row in value]
    return rows[0][0] if len(rows) == 1 == len(rows[0]) else rows


def _cell_in(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a cell's value: an error's name, or what stands behind a formatted number."""
    return value.get("basicValue", "#VALUE!") if isinstance(value, dict) else value
