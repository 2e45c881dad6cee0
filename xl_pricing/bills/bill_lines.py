"""Usage and bill side by side as lines of one meter each, as a sheet can compute them anew.

Tokens times a rate on a day is all that a line needs: whatever a key of `reconcile` mixes is told
apart, and few enough lines are left for a sheet.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.charges import Kind
from xl_pricing.bills.parts import Part, Piece
from xl_pricing.bills.reconcile import SideBySide
from xl_pricing.bills.total import Side, Totals
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.usage import METER_NAMES

STANDARD, BATCH = TIERS


class BillLine(NamedTuple):
    """Tokens used and billed of one day, project, model and meter; the amount in USD.

    An amount for all meters of a model has no meter. A part is ``None`` where nothing differs.
    """

    day: date | None
    project: str
    model: str
    meter: str
    used: int = 0
    used_batch: int = 0
    """How many of them at batch rates."""
    billed_tokens: int | None = 0
    """``None`` where the bill tells an amount for what was used, and no tokens."""
    billed_batch: int = 0
    """How many of them at batch rates, where none was used."""
    billed: Fraction = Fraction(0)
    tokens_part: Part | None = None
    """Why other tokens are billed than were used."""
    rate_part: Part | None = None
    """Why they are billed at another rate."""


def bill_lines(totals: Totals, compared: Sequence[SideBySide]) -> list[BillLine]:
    """Return the lines of what is priced: those ``compared``, and the rest without a part."""
    side = totals.used if totals.used.rows or not totals.bill.rows else totals.bill
    told: Counter[tuple[date | None, str, Kind]] = Counter()
    lines: list[BillLine] = []
    for one in compared:
        for kind, tokens in one.lot.used_by.items():
            told[one.key.day, one.key.model, kind] += tokens
        lines += _lines(one)
    whole = _counts(side)
    whole.subtract(told)
    part = Part.UNEXPLAINED if compared else None
    for (day, model, kind), tokens in sorted(whole.items(), key=str):
        if tokens:
            line = BillLine(day, "", model, kind.meter, tokens_part=part)
            lines.append(_used(line, {kind: tokens}))
    return lines


def _counts(side: Side) -> Counter[tuple[date | None, str, Kind]]:
    """Return the tokens of all sums by day, model, meter and tier."""
    counts: Counter[tuple[date | None, str, Kind]] = Counter()
    for each in side.sums.values():
        series = each.series
        for meter, tokens in zip(METER_NAMES, each.counts, strict=True):
            if tokens:
                counts[series.day, series.model, Kind(meter, series.tier)] += tokens
    return counts


def _lines(one: SideBySide) -> Iterator[BillLine]:
    """Yield a line; for an amount of several meters a line for each of them, and one for it."""
    key, lot = one.key, one.lot
    first, last = _part(one.pieces[:1]), _part(one.pieces[-1:])
    empty = BillLine(key.day, key.project, key.model, key.meter)
    if key.origin or not key.meter or (lot.alone and not lot.used):
        for kind, tokens in lot.used_by.items():
            yield _used(empty._replace(meter=kind.meter, tokens_part=first), {kind: tokens})
        if lot.lines:
            yield empty._replace(billed=lot.amount, rate_part=first)
        return
    line = _used(empty, lot.used_by)._replace(billed=lot.amount)
    if not lot.lines:
        yield line._replace(tokens_part=first)
    elif lot.alone:
        yield line._replace(billed_tokens=None, rate_part=last)
    else:
        batch = 0 if lot.used else sum(n for kind, n in lot.billed_by.items() if kind.tier == BATCH)
        line = line._replace(billed_tokens=lot.billed, billed_batch=batch)
        yield line._replace(tokens_part=first, rate_part=last)


def _used(line: BillLine, counts: "dict[Kind, int] | Counter[Kind]") -> BillLine:
    batch = sum(tokens for kind, tokens in counts.items() if kind.tier == BATCH)
    return line._replace(used=sum(counts.values()), used_batch=batch)


def _part(pieces: Sequence[Piece]) -> Part | None:
    return pieces[0].part if pieces and pieces[0].usd else None


def few_lines(lines: Sequence[BillLine], most: int, totals: Totals) -> tuple[list[BillLine], str]:
    """Return so many lines at most, and by what their days are grouped.

    Only lines of the same rates and parts are summed, so that the sum costs what they cost. Raises
    `InvalidValueError` where even months are too many.
    """
    for period, first_day in PERIODS.items():
        found = _grouped(lines, first_day, totals) if first_day else list(lines)
        if len(found) <= most:
            return found, period
    raise InvalidValueError(
        f"over {most:,} lines for the sheet even by month; accepted: fewer days or models, "
        "see --from, --to"
    )


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


PERIODS: dict[str, Callable[[date], date] | None] = {"day": None, "week": _week, "month": _month}
"""What days are grouped by, the finest first; and the first day of it."""


def _grouped(
    lines: Iterable[BillLine], first_day: Callable[[date], date], totals: Totals
) -> list[BillLine]:
    groups: dict[Hashable, BillLine] = {}
    for line in lines:
        begin = first_day(line.day) if line.day else None
        is_mixed = 0 < line.used_batch < line.used
        key = (
            *(line.day if is_mixed else begin, line.project, line.model, line.meter),
            *(line.used > 0, line.used_batch > 0, line.billed_tokens is None),
            bool(line.billed_tokens),
            *(line.tokens_part, line.rate_part),
            *(_rate(totals, line, tier) for tier in TIERS),
        )
        groups[key] = _sum(groups[key], line) if key in groups else line
    return list(groups.values())


def _rate(totals: Totals, line: BillLine, tier: str) -> Fraction | None:
    tariff = totals.rule.series(line.day, line.model, tier).tariff
    price = tariff.prices.get(line.meter) if tariff else None
    return price.usd_per_mtok if price else None


def _sum(one: BillLine, other: BillLine) -> BillLine:
    """Add a line to one of the same group; the first day stays."""
    return one._replace(
        used=one.used + other.used,
        used_batch=one.used_batch + other.used_batch,
        billed_tokens=None
        if one.billed_tokens is None or other.billed_tokens is None
        else one.billed_tokens + other.billed_tokens,
        billed_batch=one.billed_batch + other.billed_batch,
        billed=one.billed + other.billed,
    )
