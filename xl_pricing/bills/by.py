"""Usage, bill and difference summed by what a person asks for."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from xl_pricing.bills.charges import Charges, Key
from xl_pricing.bills.total import Line, Side, Totals

_OF_BILL: Mapping[str, Callable[[Key], str]] = {
    "day": lambda key: key.day.isoformat() if key.day else "",
    "month": lambda key: f"{key.day:%Y-%m}" if key.day else "",
    "model": lambda key: key.model,
    "project": lambda key: key.project,
}
"""What a bill tells of its lines."""


class ByLine(NamedTuple):
    """What was used, and USD billed; ``None`` where the bill does not tell it so finely."""

    used: Line
    billed: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        """Billed less used, in USD."""
        return None if self.billed is None else self.billed - self.used.usd


def lines_by(totals: Totals, side: Side, by: Sequence[str]) -> dict[tuple[str, ...], ByLine]:
    """Return sums of usage and bill by fields of `SPLITS`, in their order."""
    used = side.lines(by)
    billed = _of_bill(totals.charges, by) if totals.bill.rows else _of_rows(side, by)
    none = Fraction(0) if billed else None
    keys = sorted({*used, *billed})
    return {key: ByLine(used.get(key, Line()), billed.get(key, none)) for key in keys}


def _of_bill(charges: Charges, by: Sequence[str]) -> dict[tuple[str, ...], Fraction]:
    amounts: dict[tuple[str, ...], Fraction] = {}
    if not all(name in _OF_BILL for name in by):
        return amounts
    lots = ((told, lot.amount) for told, lot in charges.lots.items())
    beside = ((told, amount) for (_, told), amount in charges.beside.items())
    for told, amount in chain(lots, beside):
        key = tuple(_OF_BILL[name](told) for name in by)
        amounts[key] = amounts.get(key, Fraction(0)) + amount
    return amounts


def _of_rows(side: Side, by: Sequence[str]) -> dict[tuple[str, ...], Fraction]:
    """Return the amounts that rows of usage tell of themselves."""
    told = {key: line.billed for key, line in side.lines(by).items()}
    return {key: amount for key, amount in told.items() if amount is not None}
