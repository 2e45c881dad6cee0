"""Rows for the Actuals of the workbook: what was made and billed a day, model, size and quality.

Files do not say which images were accepted: that is left open. A bill has no sizes: what it asks
for a day and model is laid on the rows of that day and model, in proportion to their price.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.bill_lines import BATCH, PERIODS
from xl_pricing.bills.total import Line, Totals
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.rates.day import today

TOKENS_ONLY = "tokens only"
"""Stands instead of a size where the files tell no images."""
AT_RATES, NO_TOKENS = "at the rates, not billed", "no tokens told"
SEE_BILL = "cached or text output: see Bill"
"""Tokens that two numbers cannot tell are left out, for their price would seem to differ."""
_PX = re.compile(r"\d{2,5}x\d{2,5}")
_BY = ("day", "model", "tier", "size", "quality")


class ActualRow(NamedTuple):
    """A row: images and tokens, ``None`` where they are not told, and the amount in USD.

    ``notes`` are words of its note: the tier, a quality that is none, what the amount is.
    """

    day: date
    model: str
    size: str
    quality: str
    images: int | None
    input_tokens: int | None = None
    output_tokens: int | None = None
    billed: Fraction = Fraction(0)
    notes: tuple[str, ...] = ()


def actual_rows(totals: Totals, most: int) -> tuple[list[ActualRow], str]:
    """Return so many rows at most, in order of their days, and by what days are grouped.

    Raises `InvalidValueError` where even months are too many. The sums have to be split by size
    and quality.
    """
    rows = list(_rows(totals))
    for period, first_day in PERIODS.items():
        groups: dict[tuple[object, ...], ActualRow] = {}
        for row in rows:
            begin = first_day(row.day) if first_day else row.day
            key = (begin, row.model, row.size, row.quality, row.images is None, row.notes)
            groups[key] = _sum(groups[key], row) if key in groups else row
        if len(groups) <= most:
            return sorted(groups.values(), key=lambda row: row[:4]), period
    raise InvalidValueError(
        f"over {most:,} rows of Actuals even by month; accepted: fewer days or models, "
        "see --from, --to"
    )


def _rows(totals: Totals) -> Iterator[ActualRow]:
    """Yield a row a sum of the usage, then of what is billed beside it."""
    amounts = _amounts(totals)
    used = totals.used.lines(_BY)
    usd = _usd_of(used)
    for key, line in used.items():
        of = key[:2]
        amount = amounts.get(of)
        if amount is None or not usd[of]:
            yield _row(key, line, line.usd, AT_RATES)
        else:
            yield _row(key, line, amount * line.usd / usd[of])
    billed = {key: line for key, line in totals.bill.lines(_BY).items() if key[:2] not in usd}
    paid = _usd_of(billed)
    for key, line in billed.items():
        if paid[key[:2]]:
            yield _row(key, line, amounts.get(key[:2], Fraction(0)) * line.usd / paid[key[:2]])
    for (day, model), amount in amounts.items():
        if (day, model) not in usd | paid:
            yield _row((day, model, "", "", ""), Line(), amount, NO_TOKENS)


def _amounts(totals: Totals) -> dict[tuple[str, ...], Fraction]:
    """Return what is billed in USD, by day and model."""
    amounts: dict[tuple[str, ...], Fraction] = {}
    for key, lot in totals.charges.lots.items():
        of = (key.day.isoformat() if key.day else "", key.model)
        amounts[of] = amounts.get(of, Fraction(0)) + lot.amount
    return amounts


def _usd_of(lines: Mapping[tuple[str, ...], Line]) -> dict[tuple[str, ...], Fraction]:
    found: dict[tuple[str, ...], Fraction] = {}
    for key, line in lines.items():
        found[key[:2]] = found.get(key[:2], Fraction(0)) + line.usd
    return found


def _row(key: tuple[str, ...], line: Line, billed: Fraction, note: str = "") -> ActualRow:
    day, model, tier, size, quality = key
    is_word = quality.lower() in QUALITIES
    row = ActualRow(
        date.fromisoformat(day) if day else today(),
        model,
        TOKENS_ONLY if line.images is None else size,
        quality if is_word else "",
        line.images,
        billed=billed,
    )
    needs_no_tokens = row.images is None or (is_word and _PX.fullmatch(size))
    t = line.tokens
    is_mixed = needs_no_tokens and (t.text_cached or t.image_cached or t.text_out)
    notes = (tier if tier == BATCH else "", "" if is_word else quality, note)
    row = row._replace(notes=tuple(filter(None, (*notes, SEE_BILL if is_mixed else ""))))
    if is_mixed:
        return row
    sent = t.text_in + t.text_cached + t.image_in + t.image_cached
    return row._replace(input_tokens=sent or None, output_tokens=t.text_out + t.image_out or None)


def _sum(one: ActualRow, other: ActualRow) -> ActualRow:
    """Add a row to one of the same group; the first day stays."""
    images = None if one.images is None else one.images + (other.images or 0)
    return one._replace(
        day=min(one.day, other.day),
        images=images,
        input_tokens=(one.input_tokens or 0) + (other.input_tokens or 0) or None,
        output_tokens=(one.output_tokens or 0) + (other.output_tokens or 0) or None,
        billed=one.billed + other.billed,
    )
