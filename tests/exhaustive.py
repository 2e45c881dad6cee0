"""How much to run: `pytest` alone is quick, `pytest --exhaustive` runs all there is.

Every such choice is made by `many`; the seeds are the same in both, so that what the quick run
sees is a part of what the other one does.
"""

from typing import TypeVar

Amount = TypeVar("Amount")


class Choice:
    """What the command line asks for; set before any test is collected."""

    exhaustive = False


def many(quick: Amount, exhaustive: Amount) -> Amount:
    """Return the first in a quick run, the second in an exhaustive one."""
    return exhaustive if Choice.exhaustive else quick
