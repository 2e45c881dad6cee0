"""The xlwings functions: `functions`, taking ranges and answering rows of cell values.

xlwings is imported with the first function. Errors come back as their Excel names, which the
workbook's VBA turns into real errors.
"""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import xl_pricing.functions.pricing  # noqa: F401 - fills FUNCTIONS
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS, CellFunction
from xl_pricing.functions.ranges import as_grid

_KIND = Parameter.POSITIONAL_OR_KEYWORD


def _register(function: CellFunction) -> Callable[..., Any]:
    """Make the xlwings function of a declaration; without type hints, which xlwings would run."""
    import xlwings  # noqa: PLC0415 - slow, and doctor must run where it is broken

    def call(*arguments):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202 - no hints, see above
        return as_grid(answer(function, arguments))

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.doc
    names = [argument.vba_name for argument in function.arguments]
    call.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, _KIND, default=None if argument.optional else Parameter.empty)
            for name, argument in zip(names, function.arguments, strict=True)
        ]
    )
    # Raw: the values as Excel sends them; what xlwings makes of them costs more than the prices.
    for name, argument in zip(names, function.arguments, strict=True):
        call = xlwings.arg(name, "raw", doc=argument.doc)(call)
    call = xlwings.ret("raw")(call)
    registered: Callable[..., Any] = xlwings.func(category="Image Pricing")(call)
    return registered


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
