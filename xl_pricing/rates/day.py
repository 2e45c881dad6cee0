"""The one place where the day is read, so that a test can stop the clock."""

from datetime import date


def today() -> date:
    """Return the user's own day."""
    return system_day()


def system_day() -> date:
    """Return the day of the machine's clock."""
    return date.today()  # noqa: DTZ011 - a user's day, not the one of a time zone
