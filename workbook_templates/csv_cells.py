"""Figures and days of a file's columns, read by the conventions that the file itself proves."""

import re
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime

from xl_pricing.errors import InvalidValueError
from xl_pricing.functions.values import is_number
from xl_pricing.words import quoted
from xl_pricing.written import figure_in

MOST = 1e12
"""No figure of a file is larger."""

_DOLLARS = re.compile(r"(?:US)?\$\s*|\s*(?:USD|US\$|\$)$", re.IGNORECASE)
_BASIC_DAY = re.compile(r"\d{8}")
_YEAR_FIRST = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")

Cell = str | float | date | None


def without_dollars(text: str) -> str:
    """Return an amount without the sign or name of the dollar."""
    return _DOLLARS.sub("", text, count=1)


def read_figure(text: str, marks: Collection[str]) -> Cell:
    """Return the figure, or the text where it is none; ``marks`` are the decimal marks proven.

    Raises `InvalidValueError` where the text has two readings, or is larger than any figure.
    """
    plain = without_dollars(text)
    figure = figure_in(plain, marks)
    if figure is None:
        return _bounded(float(plain), text) if is_number(plain) else text
    return _bounded(float(figure), text)


def _bounded(figure: float, text: str) -> float:
    if abs(figure) > MOST:
        raise InvalidValueError(f"{quoted(text)} is over {MOST:,.0f}")
    return figure


def day_orders_proven(texts: Iterable[str]) -> frozenset[str]:
    """Return ``day first`` or ``month first``, or both, as some day of a column can only have."""
    proven: set[str] = set()
    for text in texts:
        found = _days_of(text)
        if len(found) == 1:
            proven |= found.keys()
    return frozenset(proven)


def read_day(text: str, orders: Collection[str]) -> Cell:
    """Return the day; a bare number stays Excel's number of a day, other text as it is.

    A time with its zone is turned into the day in UTC, by which usage is billed. Raises
    `InvalidValueError` where day and month may be changed about and ``orders`` prove neither.
    """
    for read in (_iso_day, _year_first):
        with suppress(ValueError):
            return read(text)
    found = _days_of(text)
    if len(set(found.values())) > 1 and len(orders) != 1:
        first, second = found.values()
        raise InvalidValueError(f"{quoted(text)} can be read as {first} or {second}")
    if found:
        order = next(iter(orders)) if len(found) > 1 and len(orders) == 1 else next(iter(found))
        return found[order]
    return float(text) if is_number(text) else text


def _iso_day(text: str) -> date:
    if _BASIC_DAY.fullmatch(text) or len(text) == len("2026-11-23"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text) if "-" in text[:5] else None
    if moment is None:
        raise ValueError(text)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _year_first(text: str) -> date:
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(int(found[1]), int(found[3]), int(found[4]))


_ORDERS: dict[str, Callable[[int, int, int], date]] = {
    "day first": lambda first, second, year: date(year, second, first),
    "month first": lambda first, second, year: date(year, first, second),
}


def _days_of(text: str) -> dict[str, date]:
    """Return the days that a text with the year behind may be, by order; points: day first."""
    found = _YEAR_LAST.fullmatch(text)
    days: dict[str, date] = {}
    for order, make in _ORDERS.items() if found else ():
        with suppress(ValueError):
            days[order] = make(int(found[1]), int(found[3]), int(found[4]))  # type: ignore[index]
    if found and found[2] == ".":
        days.pop("month first", None)
    return days
