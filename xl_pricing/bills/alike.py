"""Records that are alike but for id and tokens: the first is read, and stands for the others.

A reader with a quick way to a record's id, tokens and `key` (all else that it reads of it) asks
`Alike.add`; what is new or odd in any way is read as ever and shown to `Alike.begin`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any

from xl_pricing.bills.row import Row
from xl_pricing.estimation.usage import Metered

MOST_HELD = 50_000
"""Records that are held until their sums are handed on."""


Key = tuple[tuple[object, ...], Hashable]
"""What rows are alike in: texts as they are told, and all else."""
Quick = tuple[Key, str | None, tuple[int, ...]]
"""A record as it was read quickly: its key, its id, and tokens in the order of `Metered`."""
Pick = Callable[[Any], tuple[Any, ...]]
"""Takes fields, or places, of a record."""
Ids = list[str | None]
_TEXTS = (str, NoneType)


class Group:
    """Rows that are alike: what their first one says, and of each its place, id and tokens."""

    def __init__(
        self, row: Row, places: list[int], tokens: list[tuple[int, ...]], ids: Ids | None = None
    ) -> None:
        """Take what is told of the rows; without ``ids`` there are none."""
        self.row, self.places, self.tokens = row, places, tokens
        self.ids: Ids = [None] * len(places) if ids is None else ids

    def all(self) -> Row:
        """Return the row that stands for them all."""
        count, images, ids = len(self.places), self.row.images, self.ids
        return self.row._replace(
            id=None,
            tokens=Metered(*map(sum, zip(*self.tokens, strict=True))),
            images=images and images * count,
            rows=count,
            where=lambda most: self.places[:most],
            ids={name: used for name, used in zip(ids, self.tokens, strict=True) if name},
            each=self.each,
        )

    def each(self) -> Iterator[Row]:
        """Yield them one by one."""
        for place, row_id, tokens in zip(self.places, self.ids, self.tokens, strict=True):
            yield self.row._replace(place=place, id=row_id, tokens=Metered(*tokens))


def can_stand_for_others(row: Row) -> bool:
    """Tell whether others may be alike: what is billed or wrong is looked at row by row."""
    return row.reason is None and row.billed is None and not row.apart


class Alike:
    """The groups of the records that were read last."""

    def __init__(self) -> None:
        """Begin with none."""
        self._groups: dict[Hashable, Group] = {}
        self._ids: set[str | None] = set()
        self._count = 0

    @property
    def are_full(self) -> bool:
        """Whether they are to be taken before more is added."""
        return self._count >= MOST_HELD

    def has(self, row: Row) -> bool:
        """Tell whether a row repeats an id, so that the groups are to be taken before it."""
        return row.id in self._ids

    def add(self, quick: Quick, place: int) -> bool:
        """Add a record like one that was read; it is left where there is none, or an id again."""
        key, row_id, tokens = quick
        try:
            group = self._groups.get(key)
        except TypeError:  # a list where others have a text
            return False
        if group is None or row_id in self._ids or not any(tokens):
            return False
        group.places.append(place)
        group.ids.append(row_id)
        group.tokens.append(tokens)
        if row_id is not None:
            self._ids.add(row_id)
        self._count += 1
        return True

    def begin(self, quick: Quick, row: Row) -> bool:
        """Begin a group by its first row; leave one that cannot stand for others."""
        key, row_id, tokens = quick
        if (
            not can_stand_for_others(row)
            or not any(tokens)
            or self.has(row)
            or (row.id, row.tokens) != (row_id, tokens)
            or not all(isinstance(text, _TEXTS) for text in key[0])
            or key in self._groups
        ):
            return False
        self._groups[key] = Group(row, [], [], [])
        return self.add(quick, row.place)

    def take(self, name: str, shapes: Counter[str]) -> Iterator[Row]:
        """Yield a row a group, and forget them; count their records by the name of their shape."""
        groups = self._groups.values()
        self._groups, self._ids, self._count = {}, set(), 0
        for group in groups:
            shapes[name] += len(group.places)
            yield group.all()


def picked_by(names: Sequence[Any]) -> Pick:
    """Return what takes fields, or places, of a record as a tuple."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda record: (record[names[0]],)) if names else (lambda _record: ())
