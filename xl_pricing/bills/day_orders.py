"""In which order a file writes day and month, as far as it says that: 11/02/2026 has two."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from xl_pricing.bills.kept import Kept
from xl_pricing.written_days import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, day_readings, orders_proven

MOST_DAYS = 20_000
"""Days of a file that are looked at; those behind seldom say more."""
_DAY = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2,4}(?:[ T,]|$)")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]|$)")
_KNOWN = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?![0-9])")
"""How days are written where it is known that the month comes first."""
_NONE: Mapping[str, date] = {}
_A_DAY, _IN_ISO = 1, 2


class Orders(NamedTuple):
    """The orders that hold in a file; ``said`` is what was taken for granted then, if anything."""

    of: frozenset[str] = frozenset()
    said: str = ""


def is_day(cell: str) -> bool:
    """Tell whether a cell begins with three numbers that may be a day."""
    return _DAY.match(cell) is not None


def _kind(cell: str) -> int:
    return _A_DAY if is_day(cell) else _IN_ISO if _ISO.match(cell) else 0


class DayOrders:
    """Looks at the rows of a file, and says in which order their days are written."""

    def __init__(self, *, month_first: bool = False) -> None:
        """Begin without any; ``month_first`` is how the shape of the file is known to write days.

        That counts, and is told, where the days are written as there, with strokes and all of the
        year, unless those of a column are of one month with the day first, and of several if not:
        the file may have been saved anew.
        """
        self.proven: set[str] = set()
        self._month_first, self._kinds = month_first, Kept(_kind)
        self._readings: dict[str, Mapping[str, date]] = {}
        self._columns: defaultdict[int, set[str]] = defaultdict(set)

    def look(self, cells: Sequence[str]) -> bool:
        """Look at the cells of a row; tell whether there is such a day among them."""
        kinds = list(map(self._kinds.__getitem__, cells))
        if not any(kinds):
            return False
        days = [cell for cell, kind in zip(cells, kinds, strict=True) if kind == _A_DAY]
        for day in days:
            if day not in self._readings and len(self._readings) < MOST_DAYS:
                self.proven |= orders_proven([day])
                self._readings[day] = day_readings(day)
        if len(self.proven) != 1:
            beside = {c[:10] for c, kind in zip(cells, kinds, strict=True) if kind == _IN_ISO}
            self._look_beside(days, beside)
            self._note_columns(cells, kinds)
        return bool(days)

    def orders(self) -> Orders:
        """Return the orders that the rows prove, or else the known one where they agree with it."""
        if self.proven or not self._month_first:
            return Orders(frozenset(self.proven))
        columns = [days for days in self._columns.values() if any(map(self._is_open, days))]
        open_days = sorted(filter(self._is_open, set().union(*columns)))
        if not all(map(_KNOWN.match, open_days)) or any(map(self._speak_against, columns)):
            return Orders()
        told = (f"{day} is read as {self._of(day)[MONTH_FIRST]}" for day in open_days[:1])
        said = "".join(f"{each}, for there the month comes first" for each in told)
        return Orders(frozenset({MONTH_FIRST}), said)

    def _look_beside(self, days: Sequence[str], beside: set[str]) -> None:
        """Take it for proven where the same row has one of the readings in ISO."""
        for day in days if beside else ():
            found = self._readings.get(day, _NONE).items()
            orders = [order for order, day in found if day.isoformat() in beside]
            self.proven.update(orders if len(orders) == 1 else ())

    def _note_columns(self, cells: Sequence[str], kinds: Sequence[int]) -> None:
        for i, kind in enumerate(kinds if self._month_first else ()):
            if kind and len(self._columns[i]) < MOST_DAYS:
                self._columns[i].add(cells[i])

    def _is_open(self, day: str) -> bool:
        """Tell whether a day has two readings, whatever its year."""
        found = {order: day for order, day in self._of(day).items() if order != YEAR_FIRST}
        return len({*found.values()}) > 1

    def _speak_against(self, days: set[str]) -> bool:
        """Tell whether days are of one month with the day first, and of several if not."""
        months = [
            {(read.year, read.month) for read in (_read(self._of(day), order) for day in days)}
            for order in (DAY_FIRST, MONTH_FIRST)
        ]
        return len(months[0]) == 1 < len(months[1])

    def _of(self, day: str) -> Mapping[str, date]:
        return self._readings.get(day) or day_readings(day)


def _read(found: Mapping[str, date], order: str) -> date:
    """Return the day in an order, or its only reading."""
    return found[order] if order in found else next(iter(found.values()), date.min)
