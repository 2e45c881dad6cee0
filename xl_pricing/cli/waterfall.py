"""A waterfall from one amount to another: a bar for each step, in lengths that a page can draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from xl_pricing.cli.bill_report import Bill

LEAST_SHARE = Fraction(1, 5)
"""Steps that span less of the largest amount get a scale that does not begin at 0."""
ROOM = Fraction(1, 4)
"""Part of such a scale that is left below the least amount."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from one amount to another in USD; ``at`` and ``width`` are parts of the scale."""

    label: str
    usd: Fraction
    kind: Literal["total", "more", "less"]
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Bars on one scale, which begins at some USD."""

    bars: Sequence[Bar]
    begins_at: Fraction


def waterfall_of(bill: Bill) -> Waterfall | None:
    """Return the way from plan or usage to the bill, ``None`` where there is no such way."""
    if bill.plan:
        steps = [(each.factor, Fraction(each.usd)) for each in bill.plan.factors]
        ends = ("planned", "billed" if bill.billed else "used")
        return _drawn(ends, Fraction(bill.plan.expected), steps)
    if bill.difference is None or bill.usd is None:
        return None
    steps = [(part, Fraction(usd)) for part, usd in bill.parts.items()]
    return _drawn(("used", "billed"), Fraction(bill.usd), steps)


def _drawn(
    ends: tuple[str, str], first: Fraction, steps: Sequence[tuple[str, Fraction]]
) -> Waterfall:
    spans = [(ends[0], Fraction(0), first)]
    at = first
    for label, usd in steps:
        if usd:
            spans.append((label, at, at + usd))
            at += usd
    spans.append((ends[1], Fraction(0), at))
    begin, end = _scale([each for span in spans for each in span[1:]], spans)
    last = len(spans) - 1
    bars = [
        _bar(label, low, high, begin, end, total=i in {0, last})
        for i, (label, low, high) in enumerate(spans)
    ]
    return Waterfall(bars, begin)


def _scale(
    amounts: Sequence[Fraction], spans: Sequence[tuple[str, Fraction, Fraction]]
) -> tuple[Fraction, Fraction]:
    """Return where the scale begins and ends; not at 0 where all steps are far from it."""
    levels = [span[2] for span in spans]
    low, high = min(levels), max(levels)
    if low > 0 and len(levels) > 2 and 0 < high - low < LEAST_SHARE * high:
        return low - (high - low) * ROOM * 4, high
    none = Fraction(0)
    return min(none, *amounts), max(none, *amounts) or Fraction(1)


def _bar(
    label: str, low: Fraction, high: Fraction, begin: Fraction, end: Fraction, *, total: bool
) -> Bar:
    usd, left, right = high - low, max(min(low, high), begin), max(low, high)
    kind: Literal["total", "more", "less"] = "total" if total else "more" if usd > 0 else "less"
    whole = end - begin
    return Bar(label, usd, kind, float((left - begin) / whole), float((right - left) / whole))
