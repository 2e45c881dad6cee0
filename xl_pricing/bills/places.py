"""The first places of rows that are alike in some respect, as they are told to people."""

from collections.abc import Iterator, Sequence

from xl_pricing.bills.row import Row, Source

MOST_PLACES = 3


class Places:
    """The first three places in the order of the files; of groups of the engine, any three."""

    def __init__(self, order: dict[Source, int]) -> None:
        """Begin with none; ``order`` numbers the files as they come, for many at once."""
        self._order = order
        self._first: list[tuple[int, int, Source]] = []

    def __iter__(self) -> Iterator[str]:
        """Yield the places as text."""
        return (f"{source.file}, {source.unit} {number}" for _, number, source in self._first)

    @property
    def first(self) -> tuple[int, int]:
        """The first place, to be sorted by."""
        return self._first[0][:2] if self._first else (len(self._order), 0)

    @property
    def all(self) -> Sequence[tuple[int, int, Source]]:
        """The places, with the number of the file in front."""
        return self._first

    def note(self, row: Row) -> None:
        """Note where a row stands, or where the first rows of a group do."""
        source = row.source
        file = self._order.setdefault(source, len(self._order))
        if len(self._first) == MOST_PLACES and not (
            row.place and self._first[-1] > (file, row.place)
        ):
            return  # groups of the engine have no place: each asks it, which takes long
        numbers = (row.place,) if row.where is None else row.where(MOST_PLACES)
        self._first += [(file, number, source) for number in numbers]
        self._keep()

    def add(self, other: "Places") -> None:
        """Add the places of other rows."""
        self._first += other.all
        self._keep()

    def _keep(self) -> None:
        self._first.sort()
        del self._first[MOST_PLACES:]
