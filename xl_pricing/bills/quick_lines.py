"""Log lines in JSON, read quickly where they are as most are; `answers` says how any line is read.

Which fields a line and its answer have decides where its texts, time and id stand: that is found
once, for most lines of a file have the same.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeVar

from xl_pricing.bills.alike import Pick, Quick, picked_by
from xl_pricing.bills.moments import day_key
from xl_pricing.bills.shapes import with_fields
from xl_pricing.bills.shapes.answers import (
    AMOUNTS,
    ANSWER,
    HELD_UNDER,
    IDS,
    LOG_LINE,
    PROJECTS,
    REQUESTS,
    TIMES,
)
from xl_pricing.bills.shapes.shape import Record, real_id, text_of
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.usage import read_usage

_T = TypeVar("_T")
_MOST_LAYOUTS = 1_000
_TOLD = ("model", "size", "quality")
_COUNTS = ("n", "images")
_CREATED = ("created", "created_at")
_OTHER_ANSWERS = {"type", "svg_usage", "output", "tool_usage", "tools", "object", *AMOUNTS}
"""Fields of an answer that is read in another way, maybe."""
_NOTHING: Record = {}


class _Line(NamedTuple):
    """Where a line has what: names of fields, empty where there is none."""

    number: int
    held: str
    request: str
    times: list[str]
    row_id: str
    texts: Pick
    counts: Pick
    amounts: Pick


class _Answer(NamedTuple):
    """Where an answer has what."""

    number: int
    created: str
    texts: Pick


class QuickLines:
    """Reads lines whose fields are those of most."""

    def __init__(self) -> None:
        """Begin without knowing any."""
        self._lines: dict[tuple[str, ...], _Line | None] = {}
        self._answers: dict[tuple[str, ...], _Answer | None] = {}
        self._numbers = count()

    def read(self, record: Any) -> Quick | None:  # noqa: ANN401 - JSON
        """Read a line, ``None`` where it is to be read as ever."""
        line = self._line(record) if type(record) is dict else None
        if line is None:
            return None
        held = record[line.held] if line.held else record
        request = record[line.request] if line.request else _NOTHING
        if type(held) is not dict or type(request) is not dict:
            return None
        answer, usage = self._answer(held), held.get("usage")
        if answer is None or type(usage) is not dict or not usage:
            return None
        day, images = _day(record, held, line, answer), _images(record, held, line, request)
        row_id = record[line.row_id] if line.row_id else ""
        is_billed = any(each is not None and each != "" for each in line.amounts(record))
        if is_billed or day is None or images is None or type(row_id) is not str:
            return None
        try:
            tokens, assumed = read_usage(usage)
        except XlPricingError:
            return None
        asked = (request.get("model"), request.get("size"), request.get("quality"))
        texts = (*answer.texts(held), *line.texts(record), *asked)
        key = (texts, (day, images, assumed, line.number, answer.number))
        return key, real_id(text_of(row_id)), tokens

    def _line(self, record: Record) -> _Line | None:
        return self._of_fields(self._lines, record, _line_of)

    def _answer(self, held: Record) -> _Answer | None:
        return self._of_fields(self._answers, held, _answer_of)

    def _of_fields(
        self,
        known: dict[tuple[str, ...], _T | None],
        record: Record,
        find: Callable[[Record, int], _T | None],
    ) -> _T | None:
        """Return what records with these fields have in common, found once."""
        fields = tuple(record)
        if fields not in known:
            if len(known) >= _MOST_LAYOUTS:
                known.clear()
            known[fields] = find(record, next(self._numbers))
        return known[fields]


def _line_of(record: Record, number: int) -> _Line | None:
    """Find where a line has what; ``None`` where its fields leave that open."""
    shapes = [each for each in with_fields(record) if each is not ANSWER or "model" not in record]
    held = "usage" if "usage" in record else _one(record, HELD_UNDER)
    request, row_id = _one(record, REQUESTS), _one(record, IDS)
    if not shapes or shapes[0] is not LOG_LINE or None in {held, request, row_id}:
        return None
    if "results" in record or ("data" in record and held != "usage"):
        return None
    return _Line(
        number,
        "" if held == "usage" else held or "",
        request or "",
        [name for name in TIMES if name in record],
        row_id or "",
        picked_by([name for name in (*_TOLD, *PROJECTS) if name in record]),
        picked_by([name for name in _COUNTS if name in record]),
        picked_by([name for name in AMOUNTS if name in record]),
    )


def _answer_of(held: Record, number: int) -> _Answer | None:
    """Find where an answer has what; ``None`` where its fields leave that open."""
    created = _one(held, _CREATED)
    if created is None or not _OTHER_ANSWERS.isdisjoint(held):
        return None
    return _Answer(number, created, picked_by([name for name in _TOLD if name in held]))


def _one(record: Record, names: Sequence[str]) -> str | None:
    """Return the name that a record has, an empty one if none, ``None`` if several."""
    found = [name for name in names if name in record]
    return None if len(found) > 1 else found[0] if found else ""


def _day(record: Record, held: Record, line: _Line, answer: _Answer) -> object:
    """Return the `day_key` of the time that counts, ``None`` where it is to be read as ever."""
    created, times = answer.created, line.times
    if created and type(held[created]) is int:
        return day_key(held[created])
    if created and (held is not record or times != [created]):
        return None
    return (day_key(record[times[0]]) or None) if times else ""


def _images(record: Record, held: Record, line: _Line, request: Record) -> object:
    """Return what tells how many images there are, ``None`` where it is to be read as ever."""
    data = held.get("data")
    if type(data) is list:
        return len(data)
    told = (*line.counts(record), request.get("n"))
    return None if data or not all(each is None or type(each) is int for each in told) else told
