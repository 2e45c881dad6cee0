"""Days as people write them: ISO, 2 Nov 2026, 02-Nov-26, 2026年11月2日, 02.11.2026, 11/25/2026.

Where day and month may be changed about, or the year has two digits, all readings are returned;
nothing in the text itself tells which one is meant, but other days of the same column may.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime

from xl_pricing.errors import InvalidValueError
from xl_pricing.words import READ_AS, quoted

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
"""How day, month and year follow on each other, as far as that is in doubt."""

_LONGEST = 60
_OTHER_DIGITS = re.compile("[\u00b2\u00b3\u00b9\u2070-\u209c]")
"""Raised and lowered ones, which are no digits of a day."""
_CENTURY = 2000
_MONTHS = {
    name: i
    for i, names in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december"), start=1)
    for name in {names, names[:3], "sept" if i == 9 else names}
}  # fmt: skip
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+")
_TIME = re.compile(
    r"[\s,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?(?:\s*(?:utc|gmt|z|[+]00:?00))?$"
)
_SEP = r"[\s./,-]+"
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?{_SEP}([a-z]+){_SEP}(\d{{4}}|\d{{2}})")
_MONTH_DAY = re.compile(rf"([a-z]+){_SEP}(\d{{1,2}})(?:st|nd|rd|th)?{_SEP}(\d{{4}})")
_YEAR_MONTH = re.compile(rf"(\d{{4}}){_SEP}([a-z]+){_SEP}(\d{{1,2}})")
_YEAR_IS_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_THREE_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_PLACES = {DAY_FIRST: (4, 3, 1), MONTH_FIRST: (4, 1, 3), YEAR_FIRST: (1, 3, 4)}
"""Where year, month and day stand among three numbers."""


def day_readings(text: str) -> Mapping[str, date]:
    """Return the days that a text may be, by their order; none where it is no day.

    A time is left out; one with its zone is turned into the day in UTC, by which usage is billed.
    """
    plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip().lower()
    if len(plain) > _LONGEST or _OTHER_DIGITS.search(text):
        return {}
    for read in (_iso, _in_words):
        with suppress(ValueError, OverflowError):
            return {YEAR_FIRST: read(plain)}
    return _of_three_numbers(_TIME.sub("", plain))


def orders_proven(texts: Iterable[str]) -> frozenset[str]:
    """Return the orders of day and month that some day of a column can only have.

    Points always say that the day is first: they prove nothing of 11/02/2026 in the same column.
    """
    days = {text: day_readings(text) for text in texts}
    if any(len(found) > 1 and "." not in text for text, found in days.items()):
        days = {text: day_readings(text.replace(".", "/")) for text in days}
    found = [{*found} - {YEAR_FIRST} for found in days.values()]
    return frozenset(order for orders in found if len(orders) == 1 for order in orders)


def day_in(text: str, orders: Collection[str] = ()) -> date | None:
    """Return the day of a text, ``None`` where it is none; ``orders`` are those proven.

    Raises `InvalidValueError` where the text has two readings, and ``orders`` leave both.
    """
    found = day_readings(text)
    proven = [order for order in found if order in orders]
    if len({*found.values()}) > 1 and not (len(orders) == 1 and proven):
        ways = " or ".join(map(str, dict.fromkeys(found.values())))
        raise InvalidValueError(f"{quoted(text)} {READ_AS} {ways}")
    return next((found[order] for order in [*proven, *found]), None)


def _iso(text: str) -> date:
    """Read ISO 8601: a day, or a moment with or without its zone."""
    if re.fullmatch(r"\d{8}", text):
        return date.fromisoformat(text)
    if not re.match(r"\d{4}-", text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text.upper().removesuffix(" UTC"))
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _in_words(text: str) -> date:
    """Read a day that tells its month, or begins with the year."""
    text = _TIME.sub("", _WEEKDAY.sub("", text, count=1))
    for pattern, (year, month, day) in {
        _YEAR_IS_FIRST: (1, 3, 4),
        _CHINESE: (1, 2, 3),
        _DAY_MONTH: (3, 2, 1),
        _MONTH_DAY: (3, 1, 2),
        _YEAR_MONTH: (1, 2, 3),
    }.items():
        if found := pattern.fullmatch(text):
            return date(_year(found[year]), _month(found[month]), int(found[day]))
    raise ValueError(text)


def _of_three_numbers(text: str) -> dict[str, date]:
    """Return the readings of three numbers; with points the day is first, or else the year."""
    found = _THREE_NUMBERS.fullmatch(text)
    if found is None:
        return {}
    days: dict[str, date] = {}
    for order, (year, month, day) in _PLACES.items():
        if not (order == MONTH_FIRST and found[2] == "."):
            with suppress(ValueError):
                days[order] = date(_year(found[year]), int(found[month]), int(found[day]))
    return days


def _year(text: str) -> int:
    """Read a year of four or two digits."""
    if len(text) not in {2, 4}:
        raise ValueError(text)
    return int(text) + (_CENTURY if len(text) == 2 else 0)


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text not in _MONTHS:
        raise ValueError(text)
    return _MONTHS[text]
