"""When something was: the UTC day of a time as logs, exports and bills write it."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from xl_pricing.bills.kept import Kept
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import READ_AS, quoted, unread
from xl_pricing.written_days import day_in

FIRST_YEAR, LAST_YEAR = 2015, 2100
SECONDS_PER_DAY = 86_400

EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = EPOCH.toordinal()
UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
"""Parts of a second in which programs count since 1970; no two fit between the years."""
SINCE = tuple((date(year, 1, 1) - EPOCH).days * SECONDS_PER_DAY for year in (2015, 2101))
_NUMBER = re.compile(r"[0-9]{9,19}(?:\.[0-9]{0,12})?")
_PLAIN_COUNT = re.compile(r"[0-9]{9,19}")
_LONGEST = 64


class Moment(NamedTuple):
    """The UTC day of a time, and whether the time told its zone."""

    day: date
    zoned: bool


def read_moment(told: object) -> Moment:
    """Return the day of seconds, milli-, micro- or nanoseconds since 1970, or of a written time.

    Without an offset or ``Z`` it is UTC. Raises `InvalidValueError` for what is no time, a day
    such as 05/11/2026 that can be read in two ways, and years before 2015 or after 2100.
    """
    if type(told) is int:
        return _of_number(told)
    if not isinstance(told, str):
        if isinstance(told, Decimal) and told.is_finite() and told.adjusted() < 20:
            return _of_number(int(told))
        raise _unreadable(told)
    return _kept[told]


def day_key(told: object) -> object:
    """Return what times have in common that are of one day and read alike, found quickly.

    It is a day since 1970, the date where no zone is told, the text itself where only
    `read_moment` can say, and ``None`` for what is no time.
    """
    if type(told) is str:
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            is_count = _PLAIN_COUNT.fullmatch(told)
            return (_days(int(told)) if is_count else None) or told
        if moment.tzinfo is UTC:
            return moment.toordinal() - _EPOCH_ORDINAL
        return moment.date() if moment.tzinfo is None else told
    return _days(told) if type(told) is int else None


def utc_text(told: object) -> str:
    """Write seconds since 1970 as people read them, and anything else as it is told."""
    if type(told) is int and SINCE[0] <= told < SINCE[1]:
        return f"{datetime.fromtimestamp(told, UTC):%Y-%m-%d %H:%M} UTC"
    return quoted(told)


def _of_number(count: int) -> Moment:
    days = _days(count)
    if days is None:
        raise _unreadable(count)
    return Moment(EPOCH + timedelta(days=days), zoned=True)


def _days(count: int) -> int | None:
    """Return the days since 1970 of seconds or parts of them, ``None`` beyond the years."""
    for unit in UNITS:
        if SINCE[0] * unit <= count < SINCE[1] * unit:
            return count // (unit * SECONDS_PER_DAY)
    return None


def _of_text(told: str) -> Moment:
    text = told.strip()
    if len(text) > _LONGEST:
        raise _unreadable(text)
    for read in (_iso, _digits, _as_people_write):
        try:
            moment = read(text)
        except InvalidValueError as error:  # a day in two readings
            raise _unreadable(str(error)) from None
        except (ValueError, OverflowError):
            continue
        if FIRST_YEAR <= moment.day.year <= LAST_YEAR:
            return moment
    raise _unreadable(text)


_kept = Kept(_of_text)


def _iso(text: str) -> Moment:
    moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    zoned = moment.tzinfo is not None or text.endswith(" UTC")
    return Moment((moment.astimezone(UTC) if moment.tzinfo else moment).date(), zoned)


def _digits(text: str) -> Moment:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return _of_number(int(text.partition(".")[0]))


def _as_people_write(text: str) -> Moment:
    day = day_in(text)
    if day is None:
        raise ValueError(text)
    return Moment(day, zoned=False)


def _unreadable(told: object) -> InvalidValueError:
    accepted = "seconds since 1970 or text such as 2026-11-02T08:00:05Z"
    if isinstance(told, str) and READ_AS in told:
        accepted = "2026-11-02, or a day after the 12th in the same file"
    return InvalidValueError(f"the time {unread(told)}; accepted: {accepted}")
