"""The functions for xlwings Lite, which runs Python inside Excel: no Python is installed.

Its ``main.py`` takes all of this module. xlwings brings a range as rows, an error cell as its name,
a blank cell as ``None`` in its range, and what was left out as ``None``; the name of an error it
shows as that error, where Excel can (CustomFunctionsRuntime 1.4).
"""

from collections.abc import Callable
from typing import Any

import xl_pricing.functions  # noqa: F401 - fills FUNCTIONS
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS, CellFunction
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import error_in
from xl_pricing.hosts.registered import registered

SHOWN = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
"""The errors that xlwings gives back as errors; any other name would stay text."""
_ROWS = {"ndim": 2, "err_to_str": True}


def _register(function: CellFunction) -> Callable[..., Any]:
    def call(*arguments):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202 - xlwings runs hints
        answers = as_grid(answer(function, list(map(_argument_in, arguments))))
        return [list(map(_cell_out, row)) for row in answers]

    return registered(function, call, [each.name for each in function.arguments], _ROWS, {})


def _argument_in(value: Any) -> Any:  # noqa: ANN401 - rows of cells
    """Return an argument; a cell comes as a range of one."""
    return value[0][0] if value and len(value) == 1 == len(value[0]) else value


def _cell_out(value: object) -> object:
    error = error_in(value)
    return value if error is None or error in SHOWN else "#VALUE!"


globals().update({name: _register(function) for name, function in FUNCTIONS.items()})
__all__ = list(FUNCTIONS)
