"""Where images go, and in which size they are usually delivered there: data that people extend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.delivery import MOST_DELIVERED_PX
from xl_pricing.estimation.size import Size
from xl_pricing.rates.records import Reads, whole
from xl_pricing.rates.rows import Word
from xl_pricing.words import nearest, unknown


def _edge(value: object) -> object:
    px = whole(1).reader(value)
    if isinstance(px, int) and px > MOST_DELIVERED_PX:
        raise ValueError(f"it must be at most {MOST_DELIVERED_PX:,} px")
    return px


Edge = Annotated[int, Reads(_edge)]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A place for images; ``ratio`` as people call it, and the usual size in px.

    ``words`` are its other names, the one of the Chinese workbook first.
    """

    destination: Word
    ratio: Word
    width_px: Edge
    height_px: Edge
    words: tuple[Word, ...] = ()

    @property
    def size(self) -> Size:
        """The usual size in px."""
        return Size(self.width_px, self.height_px)


def find_destination(word: str, known: Sequence[Destination]) -> Destination:
    """Find a destination by one of its names, in any case.

    Raises `InvalidValueError` for a word that nobody knows, with the nearest one.
    """
    names = {name: row for row in reversed(known) for name in (*row.words, row.destination)}
    folded = word.strip().lower()
    for name, row in names.items():
        if name.lower() == folded:
            return row
    meant = dict.fromkeys(names[name].destination for name in nearest(word, names))
    if meant:
        raise InvalidValueError(
            f"destination {word.strip()!r} is unknown; did you mean {' or '.join(meant)}?"
        )
    raise InvalidValueError(unknown("destination", word, [row.destination for row in known]))
