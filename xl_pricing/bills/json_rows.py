"""Rows of files in JSON: the records in their frames, log lines together that are alike."""

from collections import Counter
from collections.abc import Iterator, Sequence

from xl_pricing.bills.across import Across
from xl_pricing.bills.alike import Alike
from xl_pricing.bills.frames import is_frame
from xl_pricing.bills.json_values import BAD, Bad, Values
from xl_pricing.bills.quick_lines import QuickLines
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.shapes import GROUPED, with_fields
from xl_pricing.bills.shapes.answers import LOG_LINE
from xl_pricing.bills.shapes.shape import At, Record, Shape
from xl_pricing.bills.sniffing import until_cut_off

_MOST_KEPT = 1_000


def json_rows(
    unit: str, values: Values, name: str, across: Across, shapes: Counter[str]
) -> Iterator[Row]:
    """Yield the rows of values, whose places are called ``unit``; count records in ``shapes``."""
    plain, place, known = Source(name, unit), 0, _Known()
    labelled = plain
    quick, alike = QuickLines() if unit == "line" else None, Alike()
    for at, content in until_cut_off(values):
        told = quick.read(content) if quick else None
        if told and alike.add(told, at):
            if alike.are_full:
                yield from alike.take(LOG_LINE.name, shapes)
            continue
        records = across.frames.records(content) if content is not BAD else iter((BAD,))
        if unit == "line":
            within = is_frame(content)
            labelled = Source(name, f"line {at}, record") if within else plain
            place = 0 if within else at - 1
        for record in records:
            place += 1
            rows = _rows_of(record, across.at(labelled, place), known)
            if told and len(rows) == 1 and alike.begin(told, rows[0]):
                continue
            if any(map(alike.has, rows)):
                yield from alike.take(LOG_LINE.name, shapes)
            yield from rows
            if (shape := known.last) is not None:
                shapes[shape.name] += 1
                _note_grouped(shape, rows, record, across)
    yield from alike.take(LOG_LINE.name, shapes)


class _Known:
    """The shapes of records by their fields: most records of a file have the same."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[object, ...], tuple[Shape, ...]] = {}
        self.last: Shape | None = None
        """Of the last record."""

    def shape(self, record: Record) -> Shape | None:
        """Return the shape of a record."""
        key = tuple(record)
        shapes = self._shapes.get(key)
        if shapes is None:
            shapes = with_fields(record)
            if len(self._shapes) < _MOST_KEPT:
                self._shapes[key] = shapes
        self.last = next((shape for shape in shapes if shape.only(record)), None)
        return self.last


def _rows_of(record: Record | Bad, at: At, known: _Known) -> Sequence[Row]:
    if record is BAD:
        known.last = None
        return (Row(at.source, at.place, reason=Reason.NOT_WHOLE),)
    shape = known.shape(record)
    if shape is None:
        return (Row(at.source, at.place, reason=Reason.OTHER_RECORD),)
    return shape.read(record, at)


def _note_grouped(shape: Shape, rows: Sequence[Row], record: Record | Bad, across: Across) -> None:
    """Note which buckets the rows of a sum tell of."""
    if shape in GROUPED and record is not BAD:
        for row in rows:
            if row.reason is not Reason.BLANK:
                across.overlaps.add(row, record, len(across.frames.pages))
