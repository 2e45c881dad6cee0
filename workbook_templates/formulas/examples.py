"""Example rows: how they are told from a user's own, and when they count.

A row is an example as long as its text begins with the table's mark. Examples are summed up only
where the table has no row of the user's own, and are never used as measured.
"""

from workbook_templates.formulas import faults
from workbook_templates.formulas.conditions import first_of
from workbook_templates.formulas.sentence import sentence

BLANK, OWN, EXAMPLE = 0, 1, 2
"""What a row's field ``kind`` holds."""
WORD = "EXAMPLE: "
OVERWRITE, LEFT_OUT = "▲ EXAMPLE: overwrite", "▲ EXAMPLE: left out"
"""What the check of an example says: where it is summed up, and where it is not."""
ONLY = "▲ These rows are EXAMPLES: overwrite or delete them. They count until you type your own."
"""What is said of a table that has nothing but examples."""


def kind(is_typed: str, text: str, mark: str) -> str:
    """Return the kind of a row; ``mark`` is the formula of what an example's text begins with."""
    marked = f"IFERROR(LEFT({text},LEN({mark}))={mark},FALSE)"
    return f"IF({is_typed},IF({marked},{EXAMPLE},{OWN}),{BLANK})"


def filled(own: str) -> str:
    """Return 1 for a row that is summed up; ``own`` names the cell that counts the user's own."""
    return f"IF([@kind]={EXAMPLE},IF({own}>0,0,1),[@kind])"


def check(codes: str) -> str:
    """Return what a row says of its fault, looked up in ``codes``, or that it is an example."""
    cases = [
        (f"[@kind]<>{EXAMPLE}", faults.check(codes)),
        ("[@filled]=0", f'"«{LEFT_OUT}»"'),
        ("[@fault]=0", f'"«{OVERWRITE}»"'),
    ]
    return first_of(cases, faults.check(codes))


def count(table: str, of: int) -> str:
    """Return how many rows of a table are of a kind."""
    return f"COUNTIF({table}[kind],{of})"


def told(name: str) -> str:
    """Return the formula that says what to do with a table's examples; blank where it has none.

    ``name`` begins the names of the cells that count its rows, such as ``actuals_own``.
    """
    left = sentence("▲ {rows} EXAMPLE rows are left out: delete them", rows=f"{name}_examples")
    cases = [(f"{name}_examples=0", '""'), (f"{name}_own>0", left)]
    return first_of(cases, f'"«{ONLY}»"')
