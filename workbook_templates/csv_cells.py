"""Figures and days of a file's columns, read by the conventions that the file itself proves."""

import re
from collections.abc import Collection
from datetime import date

from xl_pricing.errors import InvalidValueError
from xl_pricing.functions.values import is_number
from xl_pricing.words import quoted
from xl_pricing.written import figure_in
from xl_pricing.written_days import day_in

MOST = 1e12
"""No figure of a file is larger."""

_DOLLARS = re.compile(r"(?:US)?\$\s*|\s*(?:USD|US\$|\$)$", re.IGNORECASE)

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


def read_day(text: str, orders: Collection[str]) -> Cell:
    """Return the day; a bare number stays Excel's number of a day, other text as it is.

    Raises `InvalidValueError` where the text has two readings and ``orders`` prove neither.
    """
    day = day_in(text, orders)
    if day is not None:
        return day
    return float(text) if is_number(text) else text
