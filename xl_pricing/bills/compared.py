"""What was used beside what was billed: the two sums, and the parts of their difference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain

from xl_pricing.bills.parts import Part, Piece
from xl_pricing.bills.reconcile import (
    HALF_A_CENT,
    ROUNDING_USD,
    Explained,
    SideBySide,
    gather,
    side_by_side,
)
from xl_pricing.bills.total import USD, Side, Totals
from xl_pricing.rates.day import today

LEAST_IN_CENTS = 5
"""So many lines in whole cents are no accident: image costs seldom are."""
USUALLY_LATE_DAYS = 2
"""Costs arrive a day after their usage, seldom two."""
_LATE = (
    "usage goes on to {} and the costs end on {}: they arrive a day late, or their file was cut; "
    "fetch the costs again"
)
_IN_CENTS = (
    "all amounts are whole cents, so lines of less are lost: take the export as it came, not as a "
    "spreadsheet shows it, or --tolerance 0.005"
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Exact USD billed less exact USD at the rates in force; ``None`` where one is not told."""

    side: Side
    """What was used, or a bill's own tokens where only a bill is at hand."""
    paid: Side
    """The side whose amounts count."""
    billed: Fraction | None
    difference: Fraction | None
    parts: dict[Part, Explained]
    """What explains the difference; they add up to it."""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """What a person has to look at before the bill agrees."""
    lines: Sequence[SideBySide] = ()
    """Usage and bill line by line, where there is a bill."""
    beside: Sequence[Piece] = ()
    """What explains the difference beside the lines."""


def compare(
    totals: Totals,
    invoice: Fraction | None = None,
    rounding_usd: Fraction | None = None,
    uplift: Fraction | None = None,
) -> Compared:
    """Lay usage and bill side by side; the sums have to be split by project.

    ``invoice`` is an amount in USD that stands for the whole bill; ``rounding_usd`` is what a line,
    or the invoice, may be off by rounding; ``uplift`` what all rates are multiplied by.
    """
    used, billed = totals.used, totals.bill
    side = used if used.rows or not billed.rows else billed
    paid = billed if billed.rows else used
    in_files = paid.billed.get(USD)
    told = in_files if invoice is None else invoice
    whole = side.whole
    if told is None or not whole.rows:
        return Compared(side, paid, told, None, {})
    lines, extra = _pieces(totals, in_files, invoice, rounding_usd, uplift)
    pieces = [*chain.from_iterable(line.pieces for line in lines), *extra]
    difference = told - whole.usd
    rest = Piece(Part.UNEXPLAINED, difference - sum(piece.usd for piece in pieces))
    parts = gather([*pieces, rest])
    late = _late_days(totals) if Part.NOT_YET in parts else 0
    notes = (_LATE.format(_last_used(totals.used), totals.charges.last_day),) if late else ()
    in_cents = parts[Part.UNEXPLAINED].usd and _is_in_cents(totals, rounding_usd)
    doubts = (*(notes if late > USUALLY_LATE_DAYS else ()), *((_IN_CENTS,) if in_cents else ()))
    told_of = (() if late > USUALLY_LATE_DAYS else notes, doubts)
    return Compared(side, paid, told, difference, parts, *told_of, lines, extra)


def _is_in_cents(totals: Totals, rounding_usd: Fraction | None) -> bool:
    """Tell whether a bill of more than a few lines was rounded, and nobody allowed for it."""
    amounts = [lot.amount for lot in totals.charges.lots.values()]
    are_cents = all((amount * 100).denominator == 1 for amount in amounts)
    return rounding_usd is None and len(amounts) >= LEAST_IN_CENTS and are_cents


def _late_days(totals: Totals) -> int:
    """Return by how many days the usage goes on after the bill ends."""
    used, billed = _last_used(totals.used), totals.charges.last_day
    return (used - billed).days if used and billed else 0


def _last_used(side: Side) -> date | None:
    return max((each.series.day for each in side.sums.values() if each.series.day), default=None)


def _pieces(
    totals: Totals,
    in_files: Fraction | None,
    invoice: Fraction | None,
    rounding_usd: Fraction | None,
    uplift: Fraction | None,
) -> tuple[list[SideBySide], list[Piece]]:
    """Return what explains the difference: by lines of a bill, and beside them."""
    lines: list[SideBySide] = []
    pieces: list[Piece] = []
    if in_files is not None and not totals.bill.rows:
        pieces += _of_rows(totals)
    if totals.bill.rows and in_files is not None:
        off = ROUNDING_USD if rounding_usd is None else rounding_usd
        lines, pieces = side_by_side(totals, today(), off, uplift)
    if invoice is not None:
        off = invoice - (totals.used.whole.usd if in_files is None else in_files)
        near = abs(off) <= (HALF_A_CENT if rounding_usd is None else rounding_usd)
        far = Part.UNEXPLAINED if in_files is None else Part.FILES
        pieces.append(Piece(Part.ROUNDING if near else far, off))
    return lines, pieces


def _of_rows(totals: Totals) -> Iterator[Piece]:
    """Yield what explains that rows of usage themselves tell another amount than they cost."""
    causes, side = totals.causes, totals.used
    yield from causes.pieces()
    yield Piece(Part.NO_AMOUNT, causes.priced_usd - side.whole.usd)
    told = causes.priced_usd + sum(each.usd for each in causes.found.values())
    yield Piece(Part.UNPRICED, side.billed.get(USD, Fraction(0)) - told)
