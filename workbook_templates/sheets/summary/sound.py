"""Whether the job is priced: with a fault the Summary says so, and shows no figure.

A figure that could be computed is none where a formula was overwritten, a rate is no number, or
what is measured rests on rows that do not count.
"""

from workbook_templates.book.blocks import Figure
from workbook_templates.formulas.conditions import Check, compared, first_of
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets import checks
from workbook_templates.sheets.actuals import sheet as actuals

NOTHING = "–"
"""What stands in the place of a figure that there is not."""
_NOT_OF_THE_PRICE = {"ok_exchange", "ok_plan"}
_OF_MEASURED = {"ok_actuals_rows", "ok_actuals_table"}
_LONGEST = 220
"""Characters of a rule that are told; a text in a formula holds 255."""

PRICING = tuple(check for check in checks.ERRORS if check.name not in _NOT_OF_THE_PRICE)
"""The rules without which the job has no price."""
MEASURING = tuple(check for check in actuals.ERRORS if check.name in _OF_MEASURED)
"""The rules without which nothing measured can be relied on."""


def sound(formula: str) -> str:
    """Return a figure of the job, or the mark of none."""
    return f'IF(summary_sound=1,{formula},"{NOTHING}")'


def if_number(formula: str) -> str:
    """Return a figure, or the mark of none where it is an error or a text."""
    return f'IF(ISNUMBER({formula}),{formula},"{NOTHING}")'


def whole_up(number: str) -> str:
    """Return images as people read them: rounded up, the noise of floats cut before."""
    return f"ROUNDUP({compared(number)},0)"


def _rule(check: Check) -> tuple[str, str]:
    """Return the condition that a rule does not hold, and what it says."""
    says = f"{check.says}. {check.fix}"
    return f"{check.name}=0", sentence(says if len(says) <= _LONGEST else check.says)


_MEASURED = "*".join(f"({check.name}=1)" for check in MEASURING)
_HOLD = f"AND(ISNUMBER(budget_usd),ok_sums=1,ok_table=1,OR(actuals_switched_on=0,{_MEASURED}=1))"
FAULT = first_of(
    [*map(_rule, PRICING), *((f"AND(actuals_switched_on=1,{test})", said)
                             for test, said in map(_rule, MEASURING))],
    '""',
)  # fmt: skip
WORKINGS = (
    Figure("summary_sound", "The job is priced, and no fault touches it (1 = yes)",
           f"IF({_HOLD},1,0)"),
    Figure("summary_fault", "The first rule that does not hold", FAULT),
)  # fmt: skip
"""What the sheet asks before it shows a figure."""
