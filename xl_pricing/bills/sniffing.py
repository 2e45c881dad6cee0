"""What a file is: JSON or a table, and of which shape, before its rows are read."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from xl_pricing.bills.csv_records import csv_values, delimiter_of
from xl_pricing.bills.frames import Frames
from xl_pricing.bills.json_values import BAD, json_values
from xl_pricing.bills.opened import Opened, opened, peek
from xl_pricing.bills.shapes import shape_of, why_none
from xl_pricing.bills.shapes.own import CAPTIONS
from xl_pricing.bills.shapes.shape import Record, Shape
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

_LOOKED_AT = 10_000
"""Records of a file among which one must be of a known shape."""
_SPELLED = {"starttime": "startTime", "endtime": "endTime"}
SEPARATOR = "sep="
"""What spreadsheets write before a header to say what parts its cells."""
_CUT_OFF = (OSError, EOFError, zlib.error)


def is_json(source: Opened) -> bool:
    """Tell whether a file is JSON, or a stream of events that hold it."""
    return peek(source).lstrip()[:1] in {b"{", b"["} or peek(source).startswith(
        (b"data:", b"event:", b"id:", b": ")
    )


def first_shape(path: Path, name: str) -> Shape | None:
    """Return the shape of the first record of a known one, ``None`` for frames without records.

    Raises `InvalidValueError` for a file that cannot be read or holds nothing known.
    """
    with opened(path) as source:
        if not peek(source).strip():
            raise InvalidValueError(f"{name} is empty; accepted: a log, an export or a bill")
        records = _json_records(source) if is_json(source) else _csv_record(source, name)
        unknown: Record = {}
        for record in islice(records, _LOOKED_AT):
            shape = shape_of(record)
            if shape is not None:
                return shape
            unknown = unknown or record
    if not unknown:
        return None
    raise no_shape(name, unknown)


def no_shape(name: str, record: Record) -> InvalidValueError:
    """Return what is said of a file whose records are of no known shape."""
    return InvalidValueError(f"{name} is of no shape that is known: {why_none(record)}")


def _json_records(source: Opened) -> Iterator[Record]:
    frames, seen = Frames(), 0
    for _, content in until_cut_off(json_values(source)[1]):
        for record in frames.records(content) if content is not BAD else ():
            seen += 1
            if record is not BAD:
                yield record
    if not seen and not frames.pages and not frames.buckets:
        yield {}


def _csv_record(source: Opened, name: str) -> Iterator[Record]:
    delimiter, _ = read_header(source)
    row = next(csv_values(source, delimiter), (1, []))[1]
    yield dict.fromkeys(column_names(row, name), "")


def read_header(source: Opened) -> tuple[str, int]:
    """Return what parts the cells of a CSV file, and how many lines before its header go."""
    lines = str(peek(source), "utf-8", "replace").splitlines() or [""]
    if lines[0].lower().startswith(SEPARATOR) and len(lines[0].strip()) == len(SEPARATOR) + 1:
        source.file.readline()
        return lines[0].strip()[-1], 1
    return delimiter_of(next((line for line in lines if line.strip()), "")), 0


def column_names(row: object, file: str) -> Sequence[str]:
    """Return the names of columns as shapes have them; raise where one stands twice."""
    cells = [str(cell).strip() for cell in row] if isinstance(row, list) else []
    lower = [cell.lower() for cell in cells]
    names = [_SPELLED.get(cell, CAPTIONS.get(cell, cell)) for cell in lower]
    twice = next((name for name, count in Counter(filter(None, names)).items() if count > 1), None)
    if twice:
        raise InvalidValueError(f"{file} has the column {quoted(twice)} twice; accepted: once")
    return names


def until_cut_off(values: Iterable[Any]) -> Iterator[Any]:
    """Yield values with their places, and `BAD` where the rest of a packed file is missing."""
    place = 0
    try:
        for place, value in values:
            yield place, value
    except _CUT_OFF:
        yield place + 1, BAD
