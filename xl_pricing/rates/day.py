"""The one place where the day is read, so that a test can stop the clock."""

from datetime import date
from time import monotonic

_LOOK_SECONDS = 0.05
"""The clock of a day is asked so often: asking takes a quarter of the time of a price."""


class _Clock:
    """The day, and until when it need not be asked for again."""

    day = date.min
    until = 0.0


def today() -> date:
    """Return the user's own day."""
    return system_day()


def system_day() -> date:
    """Return the day of the machine's clock."""
    now = monotonic()
    if now >= _Clock.until:
        _Clock.day = date.today()  # noqa: DTZ011 - a user's day, not the one of a time zone
        _Clock.until = now + _LOOK_SECONDS
    return _Clock.day
