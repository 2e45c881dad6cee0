"""A rule of the Checks sheet, and the conditions that rules are made of."""

from collections.abc import Sequence
from typing import NamedTuple

UNJUDGED = 2
"""What a rule shows that cannot be judged, as one that it rests on does not hold."""


class Check(NamedTuple):
    """A rule: 1 where it holds, 0 where not; what it says, and what to do.

    ``after`` are the rules that it rests on. Where one of them does not hold it is `UNJUDGED`, so
    that one mistake is told once. ``at`` is the name of the cell to look at.
    ``tells`` is the formula of what to do where it takes figures of the sheet. Where it does not
    hold it counts as one thing to do, or as many as ``many`` says: rows, of which each is wrong.
    """

    name: str
    says: str
    fix: str
    formula: str
    after: tuple[str, ...] = ()
    at: str = ""
    tells: str = ""
    many: str = ""

    @property
    def judged(self) -> str:
        """The formula, once the rules hold that it rests on."""
        if not self.after:
            return self.formula
        return f"IF({'*'.join(self.after)}=1,{self.formula},{UNJUDGED})"


def holds(condition: str) -> str:
    """Turn a condition into 1 or 0."""
    return f"IF({condition},1,0)"


def is_number(cell: str) -> str:
    """Return the condition that a cell holds a number, not TRUE or FALSE.

    To LibreOffice they are numbers; in a cell with a number format of its own it keeps and shows 1.
    """
    return f"AND(ISNUMBER({cell}),NOT(ISLOGICAL({cell})))"


def within(cell: str, *conditions: str) -> str:
    """Check a number; text, TRUE and FALSE are caught before they are compared."""
    return f"IF({is_number(cell)},IF(AND({','.join(conditions)}),1,0),0)"


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
