"""Rows of the Campaign or the Actuals from a CSV file: column names first, then a row each.

A figure or a day that can be read in two ways is read as the rest of the file proves, or refused.
Text where a figure belongs stays text: the sheet's own check tells of it.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from workbook_templates.csv_cells import (
    Cell,
    read_day,
    read_figure,
    without_dollars,
)
from workbook_templates.formulas.constants import LINE_ITEMS, MOST_ROWS
from xl_pricing.errors import InvalidValueError
from xl_pricing.files import read_bounded
from xl_pricing.functions.arguments import CHINESE_QUALITIES
from xl_pricing.words import any_of, nearest, quoted
from xl_pricing.written import marks_proven
from xl_pricing.written_days import orders_proven

MOST_BYTES = 5_000_000
LONGEST_TEXT = 32_767
"""Characters of a cell at most, in Excel."""
MOST_TOLD = 8
"""Faults that a sentence names at most."""
TEXTS = frozenset({"use_case", "size", "model", "tier", "draft_size", "note"})
DAYS = frozenset({"date"})

_SAVE = "accepted: a CSV file in UTF-8; in Excel: Save As, CSV UTF-8"
_KINDS = {
    b"PK\x03\x04": "an Excel workbook or another zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ARTICLES = {"model": "a ", "tier": "a ", "buffer": "a "}
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t]*\r?\n', re.IGNORECASE)
"""The first line by which Excel is told what parts the cells; it is none of the rows."""
NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# As bills and logs write them: openai/gpt-image-2, gpt-image-2 image, output, 1024-x-1024.
_PROVIDER = re.compile(r"^[\w.-]+/(?=[\w.-]+$)")
_METER = re.compile(f" (?:{'|'.join(LINE_ITEMS)})$")
_DASHED_SIZE = re.compile(r"(\d+)\s*-x-\s*(\d+)")

Row = Mapping[str, Cell]


class Shape(NamedTuple):
    """A table that a file may fill.

    ``captions`` map other names of a field, in lower case, to it; ``hints`` words that may mean
    one, and are asked about, never read; ``defaults`` are what the cell functions take where a
    column is missing; the ``required`` ones must be there.
    """

    fields: Sequence[str]
    required: Sequence[str] = ()
    captions: Mapping[str, str] = {}
    hints: Mapping[str, str] = {}
    defaults: Mapping[str, Cell] = {}
    rows: str = "rows"
    """What a row is called, in the plural."""


class Rows(NamedTuple):
    """The rows of a file, and sentences about what was not read of it."""

    rows: list[Row]
    notes: list[str]
    numbers: list[int]
    """Which row of the file each of them is; the header is the first."""


class _File(NamedTuple):
    """A file as text: its name, what parts its cells, and its records, the header first."""

    name: str
    delimiter: str
    records: list[list[str]]


def read_rows(path: Path, shape: Shape) -> Rows:
    """Read the rows of a file whose first row names fields of ``shape``, in any order.

    Raises `InvalidValueError` for a file that is no such table, with row and column of each fault.
    """
    file = _parted(_text_of(path), path.name)
    names, notes = _columns(file, shape)
    filled = [(i, row) for i, row in enumerate(file.records[1:], start=2) if any(row)]
    if not 0 < len(filled) <= MOST_ROWS:
        raise InvalidValueError(
            f"{file.name} has {len(filled):,} rows; accepted: 1 to {MOST_ROWS:,}"
        )
    faults = [
        f"row {i} has {len(row)} cells, the first row has {len(names)}"
        for i, row in filled
        if any(row[len(names) :])
    ]
    _refuse(file.name, faults, "as many cells as the first row has, text with a comma in quotes")
    faults = [fault for i, row in filled for fault in _faults_of_text(i, row, names)]
    _refuse(file.name, faults, "text that a cell can hold")
    rows, told = _completed(_read_all(file, filled, names), shape)
    return Rows(rows, [*(f"{file.name}: {note}" for note in told), *notes], [i for i, _ in filled])


def _completed(rows: Sequence[Row], shape: Shape) -> tuple[list[Row], list[str]]:
    """Put the defaults where a cell is blank, and say once how many rows took which."""
    whole: list[Row] = []
    took: dict[str, int] = {}
    for row in rows:
        blank = {name: each for name, each in shape.defaults.items() if row.get(name) is None}
        took |= {name: took.get(name, 0) + 1 for name in blank}
        whole.append({**row, **blank})
    said = [
        f"{count:,} {shape.rows if count > 1 else shape.rows.removesuffix('s')} without "
        f"{_ARTICLES.get(name, '')}{name}: {_shown(shape.defaults[name])}"
        for name, count in took.items()
    ]
    return whole, ["; ".join(said)] if said else []


def _shown(value: Cell) -> str:
    return f"{value:.0%}" if isinstance(value, float) and 0 < value < 1 else str(value)


def _text_of(path: Path) -> str:
    try:
        data = read_bounded(path, MOST_BYTES)
    except OSError as error:
        raise InvalidValueError(
            f"{path.name} cannot be read: {error.strerror or error}; accepted: a CSV file"
        ) from None
    kind = next((kind for mark, kind in _KINDS.items() if data.startswith(mark)), None)
    if kind:
        raise InvalidValueError(f"{path.name} is {kind}; {_SAVE}")
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidValueError(
            f"{path.name} is in the code page of the computer that wrote it: line {line} is not "
            f"{encoding.removesuffix('-sig').upper()}; {_SAVE}"
        ) from None
    if text.lstrip()[:1] in {"{", "["}:
        raise InvalidValueError(f"{path.name} is JSON; {_SAVE}")
    return text


def _parted(text: str, name: str) -> _File:
    told = _SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = told[1] if told else max(",;\t", key=head.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    line = 1 + bool(told)
    try:
        for row in rows:
            records.append([cell.strip() for cell in row])
            line = rows.line_num + 1 + bool(told)
    except csv.Error as error:
        raise InvalidValueError(
            f"{name} is no CSV file from line {line} on: {error}; accepted: a cell with quotes in "
            'it between quotes, each of its own written twice: "a ""large"" tile"'
        ) from None
    while records and not any(records[0]):
        records.pop(0)
    return _File(name, delimiter, records or [[]])


def _columns(file: _File, shape: Shape) -> tuple[list[str | None], list[str]]:
    """Return the field of each column, ``None`` for one that is not read, and a note of those."""
    heads = file.records[0]
    known = {**shape.captions, **{name: name for name in shape.fields}}
    names = [known.get(" ".join(head.lower().split())) for head in heads]
    read = [name for name in names if name]
    accepted = ", ".join(shape.fields)
    twice = next((name for name in read if read.count(name) > 1), None)
    if twice:
        both = [quoted(head) for head, name in zip(heads, names, strict=True) if name == twice]
        raise InvalidValueError(
            f"{file.name} has the column {twice} twice, as {' and '.join(both)}; accepted: once"
        )
    lacks = [name for name in shape.required if name not in read]
    if lacks or not read:
        told = f"no column {', '.join(lacks)}" if read else "no column that is known"
        meant = [_with_nearest(head, known, shape) for head in heads if head.lower() not in known]
        rest = f", but {', '.join(meant)}" if any("?" in each for each in meant) else ""
        raise InvalidValueError(f"{file.name} has {told}{rest}; accepted: {accepted}")
    others = [
        _with_nearest(head, known, shape)
        for head, name in zip(heads, names, strict=True)
        if head and not name
    ]
    note = f"{file.name}: not read, as no such column is known: {', '.join(others)}"
    return names, [note] if others else []


def _with_nearest(head: str, known: Iterable[str], shape: Shape) -> str:
    """Quote a head that is unknown, with the known one that it may mean or be a slip for."""
    hint = shape.hints.get(" ".join(head.lower().split()))
    meant = [hint] if hint else nearest(head, known)
    return f"{quoted(head)} (did you mean {any_of(meant)}?)" if meant else quoted(head)


def _faults_of_text(i: int, row: Sequence[str], names: Sequence[str | None]) -> list[str]:
    """Return what no sheet can hold of a row."""
    faults = []
    for name, cell in zip(names, row, strict=False):
        if NO_CHARACTER.search(cell):
            faults.append(f"row {i}, {name}: a control character, which a sheet cannot hold")
        elif len(cell) > LONGEST_TEXT:
            faults.append(f"row {i}, {name}: {len(cell):,} characters, up to {LONGEST_TEXT:,} fit")
    return faults


def _read_all(
    file: _File, filled: Sequence[tuple[int, Sequence[str]]], names: Sequence[str | None]
) -> list[Row]:
    """Read every cell; raise for all that can be read in two ways."""

    def cells_of(kind: Callable[[str], bool]) -> Iterator[str]:
        for _, row in filled:
            yield from (c for name, c in zip(names, row, strict=False) if name and kind(name))

    figures = map(without_dollars, cells_of(lambda name: name not in TEXTS | DAYS))
    marks = marks_proven(figures, file.delimiter)
    orders = orders_proven(cells_of(DAYS.__contains__))
    faults: list[str] = []
    rows: list[Row] = []
    for i, cells in filled:
        row: dict[str, Cell] = {}
        for name, cell in zip(names, cells, strict=False):
            try:
                row |= {name: _read(name, cell, marks, orders)} if name else {}
            except InvalidValueError as error:
                faults.append(f"row {i}, {name}: {error}")
        rows.append(row)
    _refuse(file.name, faults, "cells that say one thing, such as 1000, 1.5 and 2026-11-23")
    return rows


def _read(name: str, cell: str, marks: frozenset[str], orders: frozenset[str]) -> Cell:
    """Read a cell; an id or a size stays text even where it looks like a number."""
    if not cell:
        return None
    if name == "model":
        return _METER.sub("", _PROVIDER.sub("", cell))
    if name in TEXTS:
        return _DASHED_SIZE.sub(r"\1x\2", cell) if name.endswith("size") else cell
    if name.endswith("quality") and cell in CHINESE_QUALITIES:
        return CHINESE_QUALITIES[cell]
    return read_day(cell, orders) if name in DAYS else read_figure(cell, marks)


def _refuse(name: str, faults: Sequence[str], accepted: str) -> None:
    if faults:
        more = len(faults) - MOST_TOLD
        rest = f"; and {more:,} more" if more > 0 else ""
        raise InvalidValueError(
            f"{name}: {'; '.join(faults[:MOST_TOLD])}{rest}; accepted: {accepted}"
        )
