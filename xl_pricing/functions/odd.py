"""What a Python caller may pass and no cell holds: sets, arrays, objects of which all raises.

Readers refuse what they do not know; only such values make them fail in another way. So they are
looked for when that has happened, and cost nothing before.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.functions.ranges import as_grid, is_grid

_KINDS = (str, bool, int, float, Decimal, Fraction, datetime, date, time, type(None))
_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


def plain_cells(value: object) -> object:
    """Return a cell or range where an error stands for each value that no cell holds."""
    if not is_grid(value):
        return _plain_cell(value)
    rows = [row if is_grid(row) else (row,) for row in as_grid(value)]
    plain = [[_plain_cell(cell) for cell in row] for row in rows]
    return plain if as_grid(value) is value else plain[0]


def refusing_odd(call: Callable[_Arguments, _Answer]) -> Callable[_Arguments, _Answer]:
    """Let a function of cells refuse what is none, with a sentence that names the argument."""
    names = tuple(signature(call).parameters)

    @wraps(call)
    def refusing(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Answer:
        try:
            return call(*arguments, **named)
        except XlPricingError:
            raise
        except Exception:
            for name, value in {**dict(zip(names, arguments, strict=False)), **named}.items():
                _refuse_odd(name, value)
            raise

    return refusing


def _plain_cell(value: object) -> object:
    return value if _is_cell(value) else InvalidValueError.cell_error


def _is_cell(value: object) -> bool:
    # By its type: a value may raise when it is asked for anything, its class included.
    if type(value) is Decimal:
        return not value.is_snan()  # it has no hash
    return type(value) in _KINDS


def _refuse_odd(name: str, value: object) -> None:
    cells: Sequence[object] = [value]
    if name in {"rates", "plans"} and is_grid(value):
        cells = [cell for row in as_grid(value) for cell in (row if is_grid(row) else (row,))]
    for cell in cells:
        if not _is_cell(cell):
            said = f"{name} is or holds a {type(cell).__name__:.60}"
            raise InvalidValueError(f"{said}; accepted: text, a number or a date") from None
