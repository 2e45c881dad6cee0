"""One row of a log or a bill, whatever shape it came in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from xl_pricing.bills.reasons import Reason
from xl_pricing.estimation.usage import Metered


class Source(NamedTuple):
    """A file as it is named to people, and what its places are called: line, row or record."""

    file: str
    unit: str


NOTHING: Mapping[str, tuple[int, ...]] = MappingProxyType({})


class Row(NamedTuple):
    """What was used or billed; ``None`` is what the file does not tell.

    ``rows`` is over 1 where a row stands for a group of rows that are alike in all texts.
    """

    source: Source
    place: int
    billed_side: bool = False
    """Whether it is a line of a bill; else it is what was used, maybe with a gateway's own sum."""
    day: date | None = None
    """In UTC."""
    when: str = ""
    """The time as it is written."""
    id: str | None = None
    model: str | None = None
    """As it is written."""
    image_call: bool = False
    """Whether the file itself says that images were asked for, whatever the model is called."""
    tier: str | None = None
    tokens: Metered | None = None
    images: int | None = None
    size: str | None = None
    quality: str | None = None
    project: str | None = None
    billed: Fraction | None = None
    currency: str | None = None
    """In lower case."""
    apart: tuple[tuple[str, int, int], ...] = ()
    """Whose tokens are told apart, and those in and out: conversation model, SVG author."""
    assumed: int = 0
    """Flags of `Assumed`."""
    reason: Reason | None = None
    """Why it is not priced, as far as the file alone says."""
    detail: str = ""
    """What the reason is about."""
    rows: int = 1
    meter: str | None = None
    """The only meter of a line of a bill, where it is named."""
    origin: str = ""
    """Who bills it, where the shape itself tells: OpenAI or Azure."""
    zoned: bool = False
    """Whether a bill itself names a data zone, which costs a tenth more."""
    where: Callable[[int], Sequence[int]] | None = None
    """Of a group: tells so many places of its rows, in their order; asked only where needed."""
    ids: Mapping[str, tuple[int, ...]] = NOTHING
    """Of a group: the tokens by id of those of its rows that have one."""
    each: "Callable[[], Iterable[Row]] | None" = None
    """Of a group: makes its rows one by one, for those who have to tell them apart."""
