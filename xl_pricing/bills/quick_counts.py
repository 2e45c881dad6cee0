"""Counts by meter without ids, summed as they come; `own` says how any row of them is read."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from operator import add
from typing import cast

from xl_pricing.bills.alike import can_stand_for_others, picked_by
from xl_pricing.bills.csv_records import Marks
from xl_pricing.bills.json_values import BAD, Bad
from xl_pricing.bills.kept import MOST_KEPT, Kept
from xl_pricing.bills.moments import day_key
from xl_pricing.bills.places import MOST_PLACES
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.answers import IDS
from xl_pricing.bills.shapes.own import DAYS, TEXTS
from xl_pricing.estimation.usage import METER_NAMES, Metered, plain_count

Numbered = tuple[int, list[str] | Bad]
ReadRow = Callable[[Numbered], Iterable[Row]]


def _number(marks: Marks, told: str) -> int:
    """Return the count of a cell as it is written; raise `ValueError` for an odd one."""
    found = plain_count(told or "0")
    if found is None or not (marks.are_plain or not told or told.isdigit()):
        raise ValueError(told)
    return found


class _Sum:
    """Rows that are alike, also in which meters have tokens: what the first one says, and sums."""

    def __init__(self, row: Row, columns: int) -> None:
        self.row, self.rows, self.counts = row, 0, [0] * columns
        self.places: list[int] = []

    def add(self, place: int, counts: Sequence[int]) -> None:
        """Add a row."""
        self.counts = list(map(add, self.counts, counts))
        self.rows += 1
        if self.rows <= MOST_PLACES:
            self.places.append(place)

    def all(self, tokens: Metered) -> Row:
        """Return the row that stands for them all."""
        images = self.row.images
        return self.row._replace(
            tokens=tokens,
            images=images and images * self.rows,
            rows=self.rows,
            where=lambda most: self.places[:most],
        )


class QuickCounts:
    """Reads rows that are alike in all but their counts together."""

    def __init__(self, names: Sequence[str], marks: Marks, read: ReadRow) -> None:
        """Find the columns by their names; ``read`` is for a row that stands for others, or odd."""
        self._meters = [meter for meter in METER_NAMES if meter in names]
        days = [names.index(name) for name in DAYS if name in names]
        texts = [names.index(name) for name in TEXTS if name in names]
        self._read, self._numbers, self._width = read, Kept(partial(_number, marks)), len(names)
        self._counted = picked_by([names.index(meter) for meter in self._meters])
        self._texts, self._day = picked_by(texts), picked_by(days)
        self._beside = picked_by([*texts, *days])
        self._sums: dict[Hashable, _Sum | None] = {}
        self._known: dict[Hashable, _Sum | None] = {}

    @staticmethod
    def can_read(names: Sequence[str]) -> bool:
        """Tell whether a table has no ids, and one column of days at most."""
        return not any(name in names for name in IDS) and sum(day in names for day in DAYS) <= 1

    def rows(self, numbered: Iterable[Numbered]) -> Iterator[Row]:
        """Yield rows that are odd by themselves, then a row a sum."""
        width, known, beside = self._width, self._known, self._beside
        for each in numbered:
            place, cells = each
            counts, found = [], None
            if cells is not BAD and len(cells) == width and (counts := self._counts(cells)):
                key = (beside(cells), tuple(map(bool, counts)) if 0 in counts else None)
                found = known.get(key)
                if found is None and any(counts):
                    found = self._find(each, counts, key)
            if found is None:
                yield from self._read(each)
            else:
                found.add(place, counts)
            if len(self._sums) >= MOST_KEPT:
                yield from self._taken()
        yield from self._taken()

    def _counts(self, cells: Sequence[str]) -> list[int]:
        """Return the counts of a row, none where one is odd."""
        try:
            return list(map(self._numbers.__getitem__, self._counted(cells)))
        except ValueError:
            return []

    def _find(
        self, each: Numbered, counts: Sequence[int], key: tuple[Hashable, Hashable]
    ) -> _Sum | None:
        """Find the sum of a row whose time is written in a new way, or begin one by it."""
        cells, some = cast("list[str]", each[1]), key[1]
        alike = (self._texts(cells), tuple(map(day_key, self._day(cells))), some)
        if alike not in self._sums:
            row, *more = self._read(each)
            is_fit = can_stand_for_others(row) and row.tokens == self._tokens(counts)
            self._sums[alike] = _Sum(row, len(counts)) if is_fit and not more else None
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[key] = self._sums[alike]
        return self._sums[alike]

    def _tokens(self, counts: Sequence[int]) -> Metered:
        return Metered(**dict(zip(self._meters, counts, strict=True)))

    def _taken(self) -> Iterator[Row]:
        sums = [each for each in self._sums.values() if each]
        self._sums.clear()
        self._known.clear()
        return (each.all(self._tokens(each.counts)) for each in sums)
