"""How a call from a sheet runs: cell values in, cell values out, errors as their names."""

from collections.abc import Sequence
from typing import Any

from xl_pricing.errors import XlPricingError
from xl_pricing.functions.arguments import card_with
from xl_pricing.functions.billing import read_used
from xl_pricing.functions.catalogue import Argument, CellFunction
from xl_pricing.functions.odd import plain_cells
from xl_pricing.functions.ranges import map_cells, read_only_cell, read_range
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.tables import with_plans, with_rates
from xl_pricing.words import shortened

_TAKEN_OVER = {"rates": with_rates, "plans": with_plans}
"""How a card takes over the arguments that are tables."""


def answer(function: CellFunction, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - cells
    """Answer a call: one cell for cells, a range for ranges.

    A function that answers a table takes one row of arguments and says an error's reason.
    """
    try:
        return _answered(function, arguments)
    except Exception:  # noqa: BLE001 - whatever the objects of a Python caller raise
        return _answered(function, list(map(plain_cells, arguments)))


def reason(function: CellFunction, arguments: Sequence[Any]) -> str:
    """Say why a call of single cells answers an error; empty where it does not."""
    try:
        pairs = zip(function.arguments, arguments, strict=False)
        function.call(*(_read(*pair, only=True) for pair in pairs))
    except XlPricingError as error:
        return str(error)
    return ""


def _answered(function: CellFunction, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - cells
    try:
        values = [
            _read(argument, value, only=function.is_table)
            for argument, value in zip(function.arguments, arguments, strict=False)
        ]
        if not function.is_table:
            return map_cells(function.pricer, values, blank=function.prices_an_image)
        return "" if all(map(is_blank, values[:2])) else function.call(*values)
    except XlPricingError as error:
        told = f"{error.cell_error} {shortened(str(error))}"
        return told if function.is_table else error.cell_error


def _read(argument: Argument, value: object, *, only: bool) -> object:
    """Take a table over into a card, and the only cell of a range where one is wanted."""
    if argument.name == "usage":
        return read_used(value)
    if argument.name in _TAKEN_OVER:
        return card_with(_TAKEN_OVER[argument.name], read_range(value, argument.name))
    return read_only_cell(value, argument.name) if only else value
