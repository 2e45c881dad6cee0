"""The day on which the facts were read and the cases written down, whatever the clock says."""

from collections.abc import Callable
from datetime import date
from importlib import import_module

THAT_DAY = date(2026, 11, 23)


def stop_the_clock(put: Callable[[str, object], None]) -> None:
    """Let xl_pricing live on that day, so that neither a new rate nor a shutdown moves a case."""
    put("xl_pricing.rates.day.system_day", lambda: THAT_DAY)


def put(path: str, value: object) -> None:
    """Set a name of a module, for as long as the process lives."""
    module, _, name = path.rpartition(".")
    setattr(import_module(module), name, value)
