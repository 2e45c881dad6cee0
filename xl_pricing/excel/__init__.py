"""The xlwings functions: `functions`, taking ranges and answering cell values.

Importing this module imports xlwings. Errors come back as their Excel names, which the workbook's
VBA turns into real errors.
"""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import xlwings

import xl_pricing.functions  # noqa: F401 - fills FUNCTIONS
from xl_pricing.declaration import FUNCTIONS, CellFunction

# VBA keeps some names for itself.
_VBA_NAMES = {"date": "on_date"}
_KIND = Parameter.POSITIONAL_OR_KEYWORD


def _register(function: CellFunction) -> Callable[..., Any]:
    """Make the xlwings function of a declaration; without type hints, which xlwings would run."""

    def call(*arguments):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202 - no hints, see above
        return function.answer(arguments)

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.doc
    names = [_VBA_NAMES.get(argument.name, argument.name) for argument in function.arguments]
    call.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, _KIND, default=None if argument.optional else Parameter.empty)
            for name, argument in zip(names, function.arguments, strict=True)
        ]
    )
    # Two dimensions keep a column a column; errors as text are not mistaken for blanks.
    for name, argument in zip(names, function.arguments, strict=True):
        call = xlwings.arg(name, ndim=2, err_to_str=True, doc=argument.doc)(call)
    registered: Callable[..., Any] = xlwings.func(category="Image Pricing")(call)
    return registered


globals().update({name: _register(function) for name, function in FUNCTIONS.items()})
