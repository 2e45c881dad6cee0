"""A rule of the Checks sheet, and the conditions that rules are made of."""

from collections.abc import Sequence
from typing import NamedTuple


class Check(NamedTuple):
    """A rule: 1 where it holds, 0 where not; what it says, and what to do."""

    name: str
    says: str
    fix: str
    formula: str


def holds(condition: str) -> str:
    """Turn a condition into 1 or 0."""
    return f"IF({condition},1,0)"


def within(cell: str, *conditions: str) -> str:
    """Check a number; text is caught before it is compared."""
    return f"IF(ISNUMBER({cell}),IF(AND({','.join(conditions)}),1,0),0)"


def whole(cell: str, low: str, high: str) -> str:
    """Check a whole number from ``low`` to ``high``."""
    return within(cell, f"{cell}>={low}", f"{cell}<={high}", f"{cell}=INT({cell})")


def compared(value: str) -> str:
    """Return a figure as figures are compared: floats that ought to be equal are."""
    return f"ROUND({value},compared_decimals)"


def first_of(cases: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Return a formula for what belongs to the first condition that holds."""
    formula = otherwise
    for condition, said in reversed(cases):
        formula = f"IF({condition},{said},{formula})"
    return formula
