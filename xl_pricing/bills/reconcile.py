"""Why a bill is not what its usage costs: the difference in parts that add up exactly.

Usage and bill are laid side by side by day, project, model and meter. A part is named only where
the figures show it: amount / quantity is the billed rate. What nothing shows is unexplained.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from xl_pricing.bills.billed_rate import Terms, ratios_of, why
from xl_pricing.bills.charges import Charges, Key, Kind, Lot, price
from xl_pricing.bills.parts import MOST_ABOUT, Part, Piece
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.total import Side, Totals
from xl_pricing.estimation.usage import METER_NAMES

ROUNDING_USD = Fraction(1, 2_000_000)
"""A line of a bill may be off by half a millionth of a dollar and still be rounded."""
HALF_A_CENT = Fraction(1, 200)
"""An invoice is rounded to cents."""


@dataclass(slots=True)
class Explained:
    """Exact USD of a part, and what it is about."""

    usd: Fraction = Fraction(0)
    about: list[str] = field(default_factory=list)
    count: int = 0
    """Of how many places there are; ``about`` names the first."""
    sure: bool = True
    """Whether nothing of it is left for a person to confirm."""


class SideBySide(NamedTuple):
    """Usage and bill of one key, and the pieces of their difference."""

    key: Key
    lot: Lot
    pieces: list[Piece]


class _Bill(NamedTuple):
    """What lots are judged by: the terms, and the last day that is billed."""

    terms: Terms
    last_day: date


def reconcile(
    totals: Totals,
    today: date,
    rounding_usd: Fraction = ROUNDING_USD,
    uplift: Fraction | None = None,
) -> list[Piece]:
    """Return the pieces, in USD, by which a bill differs from its usage.

    Where only the bill is at hand it is compared with its own tokens. ``rounding_usd`` is what a
    line may be off by rounding, ``uplift`` what all rates are multiplied by as a person says. The
    sums have to be split by project.
    """
    lines, others = side_by_side(totals, today, rounding_usd, uplift)
    return [*chain.from_iterable(line.pieces for line in lines), *others]


def side_by_side(
    totals: Totals,
    today: date,
    rounding_usd: Fraction = ROUNDING_USD,
    uplift: Fraction | None = None,
) -> tuple[list[SideBySide], list[Piece]]:
    """Return usage and bill side by side, key by key, and the pieces beside them.

    They are what `reconcile` sums.
    """
    charges = totals.charges
    lots = _side_by_side(totals.used, charges)
    last_day = min(charges.last_day or date.min, today - timedelta(days=1))
    terms = Terms(totals.rule, rounding_usd, uplift, *ratios_of(lots, rounding_usd))
    bill = _Bill(terms, last_day)
    by_rows: list[Piece] = []
    if not totals.used.rows and all(lot.by_rows == lot.lines for lot in lots.values()):
        lots, by_rows = {}, [*totals.causes.pieces()]
    keys = sorted(lots, key=str)
    lines = [SideBySide(key, lots[key], [*_pieces(key, lots[key], bill)]) for key in keys]
    return lines, [*by_rows, *_beside(charges)]


def gather(pieces: Iterable[Piece]) -> dict[Part, Explained]:
    """Sum pieces by their part; rounding and what is unexplained are always told."""
    found = {part: Explained() for part in (Part.ROUNDING, Part.UNEXPLAINED)}
    for piece in pieces:
        if piece.usd:
            part = found.setdefault(piece.part, Explained())
            part.usd += piece.usd
            part.count += 1
            part.sure &= piece.sure
            if len(part.about) < MOST_ABOUT and piece.about:
                part.about.append(piece.about)
    return {part: found[part] for part in Part if part in found}


def _side_by_side(side: Side, charges: Charges) -> dict[Key, Lot]:
    """Put usage and bill together, as finely as both sides tell.

    Projects that are called otherwise on both sides are put together where some tokens agree.
    """
    at = side.split.index("project")
    billed = {key.project for key in charges.lots}
    used = {each.split[at] for each in side.sums.values()} or billed
    if "" in billed | used:
        return _lots(side, charges, by_project=False)
    if not billed & used:
        lots = _lots(side, charges, by_project=False)
        if any(lot.billed and lot.billed == lot.used for lot in lots.values()):
            return lots
    return _lots(side, charges, by_project=True)


def _lots(side: Side, charges: Charges, *, by_project: bool) -> dict[Key, Lot]:
    used = list(side.sums.values()) if side.rows else None
    project_at = side.split.index("project")
    others, own = _foreign(side.origins if used else set(), charges.origins)
    lots: dict[Key, Lot] = {}
    for told, lot in charges.lots.items():
        key = told if by_project else told._replace(project="")
        key = key if key.origin in others else key._replace(origin="")
        held = lots.setdefault(key, Lot(lot.series, lines=0))
        held.add(lot)
        if used is None:
            held.used, held.used_usd = held.billed, held.listed
            held.used_by = held.billed_by
    whole = {key[:3] for key in lots if not key.meter} - {key[:3] for key in lots if key.meter}
    for each in used or ():
        series, project = each.series, each.split[project_at] if by_project else ""
        for meter, tokens in zip(METER_NAMES, each.counts, strict=True):
            if tokens:
                key = Key(series.day, project, series.model, meter, own)
                if key[:3] in whole:
                    key = key._replace(meter="")
                lot = lots.setdefault(key, Lot(series, lines=0))
                lot.used += tokens
                lot.used_by[Kind(meter, series.tier)] += tokens
                lot.used_usd += price(series, meter, tokens)
    return lots


def _foreign(used: set[str], billed: set[str]) -> tuple[set[str], str]:
    """Return who bills what none of the usage can be of, and of whom the usage is if all is so.

    A row that does not tell its origin may be of any.
    """
    if not used or "" in used:
        return set(), ""
    others = {origin for origin in billed - used if origin}
    return others, " and ".join(sorted(used)) if billed and others == billed else ""


def _pieces(key: Key, lot: Lot, bill: _Bill) -> Iterator[Piece]:
    """Split the difference of one key: by token counts first, then by the billed rate."""
    about = key.text
    if key.origin:
        yield Piece(Part.ORIGINS, lot.amount - lot.used_usd, about)
        return
    if not lot.lines:
        late = key.day is not None and key.day > bill.last_day
        yield Piece(Part.NOT_YET if late else Part.NOT_BILLED, -lot.used_usd, about)
        return
    if not key.meter or (lot.alone and not lot.used):
        yield Piece(_whole_amount(lot, bill), lot.amount - lot.used_usd, about)
        return
    if lot.alone:
        listed = lot.used_usd
    elif lot.used:
        listed = lot.used_usd * lot.billed / lot.used
        yield Piece(Part.TOKENS, listed - lot.used_usd, about)
    else:
        listed = lot.listed
        yield Piece(Part.NOT_USED, listed, about)
    part, sure = why(key, lot, listed, bill.terms)
    yield Piece(part, lot.amount - listed, about, sure)


def _whole_amount(lot: Lot, bill: _Bill) -> Part:
    """Say why an amount without a token count is another one than its usage's."""
    if not lot.used:
        return Part.NOT_USED
    if not lot.amount:
        return Part.FREE
    near = abs(lot.amount - lot.used_usd) <= bill.terms.rounding_usd * lot.lines
    return Part.ROUNDING if near else Part.UNEXPLAINED


def _beside(charges: Charges) -> Iterator[Piece]:
    unpriced: dict[Reason, Fraction] = {}
    for (reason, key), amount in charges.beside.items():
        if reason is Reason.REFUND:
            yield Piece(Part.REFUND, amount, key._replace(origin="").text)
        else:
            unpriced[reason] = unpriced.get(reason, Fraction(0)) + amount
    for reason, amount in unpriced.items():
        yield Piece(Part.UNPRICED, amount, reason.sentence)
