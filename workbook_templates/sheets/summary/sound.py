"""Whether the job is priced: with a fault the Summary says so, and shows no figure.

A figure that could be computed is none where a formula was overwritten, a rate is no number, or
what is measured rests on rows that do not count.
"""

from workbook_templates.book.blocks import Figure
from workbook_templates.formulas.conditions import compared

NOTHING = "–"
"""What stands in the place of a figure that there is not."""


def sound(formula: str) -> str:
    """Return a figure of the job, or the mark of none."""
    return f'IF(summary_sound=1,{formula},"{NOTHING}")'


def if_number(formula: str) -> str:
    """Return a figure, or the mark of none where it is an error or a text."""
    return f'IF(ISNUMBER({formula}),{formula},"{NOTHING}")'


def whole_up(number: str) -> str:
    """Return images as people read them: rounded up, the noise of floats cut before."""
    return f"ROUNDUP({compared(number)},0)"


_HOLD = (
    "AND(ISNUMBER(budget_usd),ok_sums=1,ok_table=1,"
    "OR(actuals_switched_on=0,ok_actuals_rows*ok_actuals_table=1))"
)
WORKINGS = (
    Figure("summary_sound", "The job is priced, and no fault touches it (1 = yes)",
           f"IF({_HOLD},1,0)"),
)  # fmt: skip
"""What the sheet asks before it shows a figure."""
