"""By which rates a workbook prices its plan: those of its own table, on its own day."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xl_pricing.errors import CardError
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.records import read_row
from xl_pricing.rates.rows import Rate
from xl_pricing.rates.tables import RATES

if TYPE_CHECKING:
    from workbook_templates.carry_over.old_workbook import OldTable, OldWorkbook

_FIELDS = ("model", "meter", "tier", "usd_per_mtok", "effective_from")
_MOST_TOLD = 3


class PlanRates(NamedTuple):
    """The day and the card that a plan is priced by, and what is told of them."""

    day: date
    card: RateCard
    notes: list[str]


def plan_rates(path: Path, card: RateCard) -> PlanRates:
    """Return by what a workbook prices its plan: the card, with the workbook's own rates before it.

    Raises `InvalidValueError` for a file that is no such workbook.
    """
    from workbook_templates.carry_over.old_workbook import (  # noqa: PLC0415 - loads openpyxl
        read_workbook,
    )

    old = read_workbook(path, {RATES: _FIELDS[:4]})
    day, table = _price_date(old, card), old.tables.get(RATES)
    try:
        own = [*_own(_rates(table, card), card)] if table else []
    except CardError as error:
        unread = f"{error}: so the plan is priced by the rates of this machine alone"
        return PlanRates(day, card, [unread])
    series = {(rate.series, rate.effective_from) for rate in own}
    others = (rate for rate in card.rates if (rate.series, rate.effective_from) not in series)
    return PlanRates(day, replace(card, rates=(*others, *own)) if own else card, [*_told(own)])


def _price_date(old: "OldWorkbook", card: RateCard) -> date:
    """Return the day whose rates the workbook was priced by."""
    from workbook_templates.carry_over.carry import PRICE_DATE  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.carry_over.own_rows import EPOCH  # noqa: PLC0415 - the same

    held = old.cells.get(PRICE_DATE)
    days = held.held.value if held else None
    is_day = isinstance(days, int | float) and 36_526 <= days < 80_000
    return EPOCH + timedelta(days=int(days)) if is_day and days else card.as_of(today())


def _rates(table: "OldTable", card: RateCard) -> Iterator[Rate]:
    """Yield the rates of the table; who says so does not matter here, and may be left out."""
    for i, held in enumerate(table.rows):
        row = {name: held[name].value for name in _FIELDS if name in held}
        if all(cell is None or cell == "" for cell in row.values()):
            continue
        said = {"source": "the workbook", "checked": card.checked, "basis": "estimate"}
        rate = read_row(Rate, {**row, **said}, table.at(i, "model"))
        model = card.find(rate.model)
        yield replace(rate, model=model.id) if model else rate


def _own(rates: Iterable[Rate], card: RateCard) -> Iterator[Rate]:
    """Yield the rates that the card does not know, or knows otherwise."""
    known = {(rate.series, rate.effective_from): rate.usd_per_mtok for rate in card.rates}
    for rate in rates:
        if known.get((rate.series, rate.effective_from)) != rate.usd_per_mtok:
            yield rate


def _told(own: list[Rate]) -> Iterator[str]:
    if own:
        said = "; ".join(
            f"{rate.model} {rate.meter}, {rate.tier}, {rate.usd_per_mtok:f} USD per 1M tokens "
            f"from {rate.effective_from}"
            for rate in own[:_MOST_TOLD]
        )
        more = f" and {len(own) - _MOST_TOLD:,} more" if len(own) > _MOST_TOLD else ""
        yield f"the plan is priced by rates of your own in its workbook: {said}{more}"
