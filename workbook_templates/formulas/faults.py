"""What can be wrong with a row of a table: how it is found, what the row says, how it is fixed.

Such a table has the fields ``filled``, 1 or 0, and ``fault``, the code of the first fault found: 0
where there is none, -1 for a blank row.
"""

from typing import NamedTuple

from workbook_templates.formulas.conditions import first_of


class Fault(NamedTuple):
    """A fault: the condition that finds it, what the row's check says, and what to do.

    ``fields`` are the cells that it may be in. One that is a note leaves the row as it counts.
    """

    condition: str
    says: str
    fix: str
    fields: tuple[str, ...] = ()
    is_note: bool = False


class Codes(NamedTuple):
    """A table of what codes mean, for the Checks sheet: the place of an entry is its code."""

    title: str
    table: str
    entries: tuple[Fault, ...]


class RowFaults(NamedTuple):
    """The faults of a table's rows, for the Checks sheet to list.

    The place of a fault is its code; the first of ``faults`` is said of a good row. ``codes`` is
    the table that holds them, ``first_row`` the first row of ``table`` on its sheet.
    """

    name: str
    title: str
    table: str
    codes: str
    faults: tuple[Fault, ...]
    first_row: int


FAULT_ROW = 'IF([@fault]>0,ROW(),"")'
"""The row of the sheet where there is a fault."""


def code(faults: tuple[Fault, ...]) -> str:
    """Return the code of the first fault whose condition holds."""
    cases = [(fault.condition, f"{i}") for i, fault in enumerate(faults)]
    return first_of([("[@filled]=0", "-1"), *cases[1:]], "0")


def places(faults: tuple[Fault, ...]) -> dict[str, list[int]]:
    """Return the codes of the faults that each field may be in; a check tells all but notes."""
    found = {"check": [i for i, fault in enumerate(faults) if i and not fault.is_note]}
    for i, fault in enumerate(faults):
        for field in fault.fields:
            found.setdefault(field, []).append(i)
    return found


def check(codes: str) -> str:
    """Return what a row says of its fault, looked up in the table ``codes``."""
    return if_filled(f"INDEX({codes}[says],[@fault]+1)")


def if_filled(formula: str) -> str:
    """Return a figure of a row, blank for a blank one."""
    return f'IF([@filled]=0,"",{formula})'
