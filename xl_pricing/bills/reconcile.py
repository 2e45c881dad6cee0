"""Why a bill is not what its usage costs: the difference in parts that add up exactly.

Usage and bill are laid side by side by day, project, model and meter. A part is named only where
the figures show it: amount / quantity is the billed rate. What nothing shows is unexplained.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.charges import Charges, Key, Lot, price
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.total import Sum, Totals
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.usage import METER_NAMES

RESIDENCY = Fraction(11, 10)
"""Data residency and data zones cost a tenth more."""
RESIDENCY_SINCE = date(2026, 3, 5)
"""Release of the first models that it holds for."""
ROUNDING_USD = Fraction(1, 2_000_000)
"""A line of a bill may be off by half a millionth of a dollar and still be rounded."""
HALF_A_CENT = Fraction(1, 200)
"""An invoice is rounded to cents."""
LEAST_LINES = 3
"""So many lines of a model have to show one ratio before it is a negotiated price."""
MOST_ABOUT = 3
"""Places that are named of a part."""


class Part(StrEnum):
    """What explains a part of the difference, in the order in which it is told."""

    NOT_YET = "not billed yet"
    NOT_BILLED = "used, not in the bill"
    NOT_USED = "billed, not in the usage"
    TOKENS = "token counts differ"
    FREE = "free of charge"
    UNDER = "billed under the rate in force"
    BATCH = "billed at the batch rate"
    NOT_HALVED = "batch billed at the standard rate"
    RESIDENCY = "data residency or data zone, a tenth more"
    NEGOTIATED = "one ratio to the rates on all lines"
    REFUND = "taken back"
    UNPRICED = "billed, not priced"
    FILES = "the invoice against the files"
    ROUNDING = "rounding"
    UNEXPLAINED = "unexplained"


IN_DOUBT = (Part.NOT_BILLED, Part.NOT_USED, Part.TOKENS, Part.NOT_HALVED, Part.FILES)
"""Parts whose cause is known to be a mistake on one side, so that the bill does not agree."""


@dataclass(slots=True)
class Explained:
    """Exact USD of a part, and what it is about."""

    usd: Fraction = Fraction(0)
    about: list[str] = field(default_factory=list)
    count: int = 0
    """Of how many places there are; ``about`` names the first."""


class Piece(NamedTuple):
    """A piece of the difference at one place."""

    part: Part
    usd: Fraction
    about: str = ""


class _Bill(NamedTuple):
    """What a line is judged by: the rule, the last day that is billed, ratios of whole models."""

    rule: Rule
    last_day: date
    ratios: dict[str, Fraction]
    rounding_usd: Fraction


def reconcile(totals: Totals, today: date, rounding_usd: Fraction = ROUNDING_USD) -> list[Piece]:
    """Return the pieces, in USD, by which a bill differs from its usage.

    Where only the bill is at hand it is compared with its own tokens. ``rounding_usd`` is what a
    line may be off by rounding. The sums have to be split by project.
    """
    charges = totals.charges
    used = list(totals.used.sums.values()) if totals.used.rows else None
    lots = _side_by_side(used, totals.used.split.index("project"), charges)
    last_day = min(charges.last_day or date.min, today - timedelta(days=1))
    bill = _Bill(totals.rule, last_day, _whole_ratios(lots), rounding_usd)
    pieces = [piece for key in sorted(lots, key=str) for piece in _pieces(key, lots[key], bill)]
    return [*pieces, *_beside(charges)]


def gather(pieces: Iterable[Piece]) -> dict[Part, Explained]:
    """Sum pieces by their part; rounding and what is unexplained are always told."""
    found = {part: Explained() for part in (Part.ROUNDING, Part.UNEXPLAINED)}
    for piece in pieces:
        if piece.usd:
            part = found.setdefault(piece.part, Explained())
            part.usd += piece.usd
            part.count += 1
            if len(part.about) < MOST_ABOUT and piece.about:
                part.about.append(piece.about)
    return {part: found[part] for part in Part if part in found}


def _side_by_side(used: list[Sum] | None, project_at: int, charges: Charges) -> dict[Key, Lot]:
    """Put usage and bill together, as finely as both sides tell."""
    by_project = all(key.project for key in charges.lots) and all(
        each.split[project_at] for each in used or ()
    )
    lots: dict[Key, Lot] = {}
    for told, lot in charges.lots.items():
        key = told if by_project else told._replace(project="")
        held = lots.setdefault(key, Lot(lot.series, lines=0))
        held.add(lot)
        if used is None:
            held.used, held.used_usd = held.billed, held.listed
    whole = {key[:3] for key in lots if not key.meter} - {key[:3] for key in lots if key.meter}
    for each in used or ():
        series, project = each.series, each.split[project_at] if by_project else ""
        for meter, tokens in zip(METER_NAMES, each.counts, strict=True):
            if tokens:
                key = Key(series.day, project, series.model, meter)
                if key[:3] in whole:
                    key = key._replace(meter="")
                lot = lots.setdefault(key, Lot(series, lines=0))
                lot.used += tokens
                lot.used_usd += price(series, meter, tokens)
    return lots


def _pieces(key: Key, lot: Lot, bill: _Bill) -> Iterator[Piece]:
    """Split the difference of one key: by token counts first, then by the billed rate."""
    about = key.text
    if not lot.lines:
        late = key.day is not None and key.day > bill.last_day
        yield Piece(Part.NOT_YET if late else Part.NOT_BILLED, -lot.used_usd, about)
        return
    if not key.meter:
        yield Piece(_whole_amount(lot, bill), lot.amount - lot.used_usd, about)
        return
    if lot.used:
        listed = lot.used_usd * lot.billed / lot.used
        yield Piece(Part.TOKENS, listed - lot.used_usd, about)
    else:
        listed = price(lot.series, key.meter, lot.billed)
        yield Piece(Part.NOT_USED, listed, about)
    yield Piece(_why(key, lot, listed, bill), lot.amount - listed, about)


def _whole_amount(lot: Lot, bill: _Bill) -> Part:
    """Say why an amount without a token count is another one than its usage's."""
    if not lot.used:
        return Part.NOT_USED
    if not lot.amount:
        return Part.FREE
    near = abs(lot.amount - lot.used_usd) <= bill.rounding_usd * lot.lines
    return Part.ROUNDING if near else Part.UNEXPLAINED


def _why(key: Key, lot: Lot, listed: Fraction, bill: _Bill) -> Part:
    """Say why an amount is another one than the ``listed`` USD of its tokens."""
    return next((part for part, holds in _tried(key, lot, listed, bill) if holds), Part.UNEXPLAINED)


def _tried(key: Key, lot: Lot, listed: Fraction, bill: _Bill) -> Iterator[tuple[Part, bool]]:
    """Yield what an amount can be, and whether it is that, the first one first."""
    amount, model = lot.amount, bill.rule.model(key.model)
    yield Part.ROUNDING, abs(amount - listed) <= bill.rounding_usd * lot.lines
    yield Part.UNEXPLAINED, not lot.billed or not listed or amount < 0
    yield Part.FREE, not amount
    eligible = model is not None and model.released >= RESIDENCY_SINCE
    yield Part.RESIDENCY, eligible and amount == listed * RESIDENCY
    standard, batch = (_listed_at(tier, key, lot, bill.rule) for tier in TIERS)
    yield Part.BATCH, amount == batch
    yield Part.NOT_HALVED, amount == standard
    yield Part.NEGOTIATED, bill.ratios.get(key.model) == amount / listed
    paid_tokens = amount * lot.billed / listed
    yield Part.UNDER, amount < listed and paid_tokens.denominator == 1


def _listed_at(tier: str, key: Key, lot: Lot, rule: Rule) -> Fraction:
    return price(rule.series(key.day, key.model, tier), key.meter, lot.billed)


def _whole_ratios(lots: dict[Key, Lot]) -> dict[str, Fraction]:
    """Return the ratio of the billed to the listed rate of models that show one on all lines."""
    found: dict[str, list[Fraction]] = {}
    for key, lot in lots.items():
        if key.meter and lot.billed and lot.used_usd and lot.used:
            ratio = lot.amount * lot.used / (lot.used_usd * lot.billed)
            found.setdefault(key.model, []).append(ratio)
    return {
        model: ratios[0]
        for model, ratios in found.items()
        if len(ratios) >= LEAST_LINES and len(set(ratios)) == 1
    }


def _beside(charges: Charges) -> Iterator[Piece]:
    for reason, amount in charges.beside.items():
        part = Part.REFUND if reason is Reason.REFUND else Part.UNPRICED
        yield Piece(part, amount, reason.sentence)
