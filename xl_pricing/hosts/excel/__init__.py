"""The xlwings functions: `functions`, taking ranges and answering rows of cell values.

xlwings is imported with the first function. Errors come back as their Excel names, which the
workbook's VBA turns into real errors.
"""

from collections.abc import Callable
from typing import Any

import xl_pricing.functions.pricing  # noqa: F401 - fills FUNCTIONS
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS, CellFunction
from xl_pricing.functions.ranges import as_grid
from xl_pricing.hosts.registered import registered

_RAW = {"convert": "raw"}


def _register(function: CellFunction) -> Callable[..., Any]:
    """Make the xlwings function of a declaration."""

    def call(*arguments):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202 - xlwings runs hints
        return as_grid(answer(function, arguments))

    names = [argument.vba_name for argument in function.arguments]
    # Raw: the values as Excel sends them; what xlwings makes of them costs more than the prices.
    return registered(function, call, names, _RAW, _RAW, category="Image Pricing")


def __getattr__(name: str) -> Callable[..., Any]:
    """Make the functions when the first of them is asked for, and with them import xlwings."""
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update({known: _register(function) for known, function in FUNCTIONS.items()})
    made: Callable[..., Any] = globals()[name]
    return made


def __dir__() -> list[str]:
    """List the functions too: xlwings finds them here."""
    return sorted({*globals(), *FUNCTIONS})
