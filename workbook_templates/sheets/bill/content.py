"""What the Bill sheet is written from: figures of files as they were read and compared."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.bill_lines import BillLine
from xl_pricing.bills.parts import Part


class PartOf(NamedTuple):
    """A part of the difference: what it is about, and USD of it that stand in no line."""

    part: Part
    about: Sequence[str] = ()
    places: int = 0
    """Of how many places; ``about`` names the first."""
    beside: Fraction = Fraction(0)


class PlanStep(NamedTuple):
    """A factor by which the bill differs from its plan, in USD: a part of the bill, or another.

    ``planned`` and ``actual`` are its figures as they are shown, with their unit; ``about`` places.
    """

    name: str
    usd: Fraction
    part: Part | None = None
    planned: str = ""
    actual: str = ""
    unit: str = ""
    about: Sequence[str] = ()


class PlanWay(NamedTuple):
    """The way from the plan to the bill: expected USD without the buffer, and the steps."""

    expected: Fraction
    steps: Sequence[PlanStep]


class NotPriced(NamedTuple):
    """Rows without a price for one reason: their tokens, amounts by currency and three places."""

    reason: str
    about: str
    rows: int
    tokens: int
    billed: Sequence[str]
    places: Sequence[str]


class FileRead(NamedTuple):
    """A file: what it was known as, its records, and the SHA-256 of its bytes."""

    name: str
    shapes: Sequence[str]
    rows: int
    sha256: str


class BillContent(NamedTuple):
    """All that the sheet says. ``billed`` is ``None`` where no file tells an amount in USD."""

    lines: Sequence[BillLine]
    billed: Fraction | None
    parts: Sequence[PartOf]
    not_priced: Sequence[NotPriced]
    files: Sequence[FileRead]
    rows: int
    priced: int
    in_doubt: bool = False
    """Whether anything is left for a person to confirm."""
    plan: PlanWay | None = None
    period: str = "day"
    """By what the days of lines are grouped."""
    rows_period: str = "day"
    """By what those of the Actuals are."""
