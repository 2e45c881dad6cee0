"""Rows of any files: which shape each file has, and its records one by one."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from xl_pricing.bills.alike import MOST_HELD, Alike
from xl_pricing.bills.batches import Batches
from xl_pricing.bills.csv_records import Marks, csv_values, read_marks, records_of
from xl_pricing.bills.found import Found, find_files
from xl_pricing.bills.frames import Frames, is_frame
from xl_pricing.bills.json_values import BAD, Bad, Values, json_values, values_of
from xl_pricing.bills.large import SUMMED, Held, Sniffed, held, picked
from xl_pricing.bills.moments import utc_text
from xl_pricing.bills.opened import Opened, opened, read_lines, state_of
from xl_pricing.bills.overlaps import KNOWN, Overlaps, copies
from xl_pricing.bills.parquet import is_parquet, shape_in
from xl_pricing.bills.quick_counts import QuickCounts
from xl_pricing.bills.quick_lines import QuickLines
from xl_pricing.bills.quick_table import QuickTable
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes import BESIDE, GROUPED, OF_CALLS, with_fields
from xl_pricing.bills.shapes.answers import AMOUNTS, LOG_LINE
from xl_pricing.bills.shapes.own import COUNTS, TOKENS
from xl_pricing.bills.shapes.shape import At, Record, Shape
from xl_pricing.bills.share_read import ShareRead
from xl_pricing.bills.sniffing import (
    column_names,
    first_shape,
    is_json,
    read_header,
    until_cut_off,
)
from xl_pricing.errors import InvalidValueError

MOST_ROWS = 20_000_000


class File(NamedTuple):
    """A file that was read: its name, and its shapes with their records."""

    name: str
    shapes: Mapping[str, int]


class Reading:
    """The rows of files, read one after the other as they are asked for.

    ``files``, ``notes`` and ``doubts``, by which no sum is sure, are whole when all rows were read.
    """

    def __init__(
        self, names: Iterable[str | Path], model: str | None = None, rule: Rule | None = None
    ) -> None:
        """Find the files; ``model`` is the one of rows that name none.

        By the ``rule`` that will price them, rows of large files are looked at only where needed.

        Raises `InvalidValueError` for what cannot be read, or is of no known shape.
        """
        self.files: list[File] = []
        self.notes: list[str] = []
        self.doubts: list[str] = []
        self._overlaps = Overlaps()
        self._frames = Frames()
        self._batches = Batches()
        self._model, self._rule = model, rule
        found = find_files(names)
        shared = Counter(each.path.name for each in found)
        same = copies(each.path for each in found)
        self._sniffed: list[Sniffed] = []
        for each in found:
            path = each.path
            if path in same:
                self.notes.append(f"not read: {path} is a copy of {same[path]}")
            else:
                name = path.name if shared[path.name] == 1 else str(path)
                self._sniffed += self._sniff(each, name)
        self.share = ShareRead(each.path for each in self._sniffed)
        """Tells how much was read, from 0 to 1."""
        if not self._sniffed:
            raise InvalidValueError(f"no file can be read: {'; '.join(self.notes)}")

    @property
    def paths(self) -> Mapping[str, Path]:
        """Where the files stand, by the names they are told by."""
        return {each.name: each.path for each in self._sniffed}

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows; files that say something of other ones come first."""
        count, files = 0, sorted(self._sniffed, key=lambda one: one.shape not in BESIDE)
        states = {each.path: state_of(each.path) for each in files}
        with held(files, self.share, self._rule) as sums:
            self._ids_apart(files, sums)
            for each in files:
                before = states[each.path] if each.path in sums else state_of(each.path)
                told, buckets = count, self._frames.buckets
                for row in self._rows(each, sums.get(each.path)):
                    yield row
                    count += row.rows if row.each else 1
                if count > MOST_ROWS:
                    raise InvalidValueError(f"over {MOST_ROWS:,} rows; accepted: fewer in a call")
                if count == told and self._frames.buckets == buckets and not self.files[-1].shapes:
                    self.doubts.append(f"{each.name} holds no row: look whether it was cut")
                if state_of(each.path) != before:
                    self.doubts.append(f"{each.name} changed while it was read")
        self.doubts += [*self._missing_pages(), *self._overlaps.told()]
        self.notes += self._several_sources()

    def _sniff(self, found: Found, name: str) -> list[Sniffed]:
        """Find out what a file is; leave one that was only found, not named, with a note."""
        try:
            read = shape_in if is_parquet(found.path) else first_shape
            shape = read(found.path, name)
        except InvalidValueError as error:
            if found.named:
                raise
            self.notes.append(f"not read: {str(error).partition('; tried: ')[0]}")
            return []
        return [Sniffed(found.path, name, shape)]

    def _rows(self, file: Sniffed, sums: Held | None) -> Iterator[Row]:
        shapes: Counter[str] = Counter()
        buckets = self._frames.buckets
        if sums is not None:
            yield from self._sums(file, sums, shapes)
        else:
            with opened(file.path) as source, self.share.reading(file.path, source.share):
                yield from self._plain_rows(source, file, shapes)
            self.share.note(file.path)
        self.files.append(File(file.name, dict(shapes)))
        if not shapes and self._frames.buckets > buckets:
            self.notes.append(
                f"{file.name} has no results; GPT Image calls are in usage/completions, "
                "not in usage/images"
            )

    def _sums(self, file: Sniffed, sums: Held, shapes: Counter[str]) -> Iterator[Row]:
        """Yield what the engine has summed, and the rows that it left."""
        yield from sums.rows
        if file.shape and sums.rows:
            shapes[file.shape.name] += sum(row.rows for row in sums.rows)
        if sums.records is not None:
            self._note_marks(file, sums.marks)
            every = max(sums.row_count, 1)
            with self.share.reading(file.path, lambda: shapes.total() / every):
                yield from self._records(sums.records, file, shapes, sums.marks)
            if sums.row_count:
                self.share.note(file.path)
        elif sums.odd:
            with opened(file.path) as source:
                yield from self._plain_rows(source, file, shapes, sums.odd)

    def _plain_rows(
        self,
        source: Opened,
        file: Sniffed,
        shapes: Counter[str],
        only: Container[int] | None = None,
    ) -> Iterator[Row]:
        if not is_json(source):
            yield from self._csv_rows(source, file, shapes, only)
        elif only is None:
            yield from self._json_rows(*json_values(source), file.name, shapes)
        else:
            lines = picked(enumerate(read_lines(source, None), start=1), only)
            yield from self._json_rows("line", values_of(lines), file.name, shapes)

    def _json_rows(
        self, unit: str, values: Values, name: str, shapes: Counter[str]
    ) -> Iterator[Row]:
        labelled, place, known = (plain := Source(name, unit)), 0, _Known()
        quick, alike = QuickLines() if unit == "line" else None, Alike()
        for at, content in until_cut_off(values):
            told = quick.read(content) if quick else None
            if told and alike.add(told, at):
                if alike.count >= MOST_HELD:
                    yield from self._taken(alike, LOG_LINE, shapes)
                continue
            records = self._frames.records(content) if content is not BAD else iter((BAD,))
            if unit == "line":
                within = is_frame(content)
                labelled = Source(name, f"line {at}, record") if within else plain
                place = 0 if within else at - 1
            for record in records:
                place += 1
                rows = self._rows_of(record, At(labelled, place, self._batches, self._model), known)
                if told and len(rows) == 1 and alike.begin(told, rows[0]):
                    continue
                if any(map(alike.has, rows)):
                    yield from self._taken(alike, LOG_LINE, shapes)
                yield from rows
                if (shape := known.last) is not None:
                    shapes[shape.name] += 1
                    self._note_grouped(shape, rows, record)
        yield from self._taken(alike, LOG_LINE, shapes)

    def _rows_of(self, record: Record | Bad, at: At, known: "_Known") -> Sequence[Row]:
        """Read a record of JSON."""
        if record is BAD:
            known.last = None
            return (Row(at.source, at.place, reason=Reason.NOT_WHOLE),)
        shape = known.shape(record)
        if shape is None:
            return (Row(at.source, at.place, reason=Reason.OTHER_RECORD),)
        return shape.read(record, at)

    def _note_grouped(self, shape: Shape, rows: Sequence[Row], record: Record | Bad) -> None:
        """Note which buckets the rows of a sum tell of."""
        if shape in GROUPED and record is not BAD:
            for row in rows:
                if row.reason is not Reason.BLANK:
                    self._overlaps.add(row, record, len(self._frames.pages))

    def _taken(self, alike: Alike, shape: Shape, shapes: Counter[str]) -> Iterator[Row]:
        """Yield the rows that stand for those which are alike."""
        for row in alike.take():
            shapes[shape.name] += row.rows
            yield row

    def _csv_rows(
        self, source: Opened, file: Sniffed, shapes: Counter[str], only: Container[int] | None
    ) -> Iterator[Row]:
        delimiter, skipped = read_header(source)
        with opened(file.path) as again:
            is_month_first = file.shape is not None and file.shape.month_first
            marks = read_marks(again, delimiter, month_first=is_month_first)
        self._note_marks(file, marks)
        rows = csv_values(source, delimiter)
        names = column_names(next(rows, (1, []))[1], file.name)
        values = until_cut_off(rows if only is None else picked(rows, only))
        numbered = ((number + skipped, row) for number, row in values) if skipped else values
        if file.shape in TOKENS and not any(name in AMOUNTS for name in names):
            yield from self._quick_rows(numbered, file, shapes, marks, names)
        else:
            yield from self._records(records_of(numbered, names), file, shapes, marks)

    def _quick_rows(
        self,
        numbered: Iterator[tuple[int, list[str] | Bad]],
        file: Sniffed,
        shapes: Counter[str],
        marks: Marks,
        names: Sequence[str],
    ) -> Iterator[Row]:
        """Read rows of a table of one's own, those together that are alike."""
        shape, alike = cast("Shape", file.shape), Alike()
        if shape is COUNTS and QuickCounts.can_read(names):
            read = partial(self._one, file=file, shapes=Counter(), marks=marks, names=names)
            for one in QuickCounts(names, marks, read).rows(numbered):
                shapes[shape.name] += one.rows if one.reason is not Reason.NOT_WHOLE else 0
                yield one
            return
        quick = QuickTable(shape, names, marks)
        for number, row in numbered:
            told = None if row is BAD else quick.read(row)
            if told and alike.add(told, number):
                if alike.count >= MOST_HELD:
                    yield from self._taken(alike, shape, shapes)
                continue
            for one in self._one((number, row), file, shapes, marks, names):
                if told and alike.begin(told, one):
                    shapes[shape.name] -= 1  # it is counted with its group
                    continue
                if alike.has(one):
                    yield from self._taken(alike, shape, shapes)
                yield one
        yield from self._taken(alike, shape, shapes)

    def _one(
        self,
        numbered: tuple[int, list[str] | Bad],
        file: Sniffed,
        shapes: Counter[str],
        marks: Marks,
        names: Sequence[str],
    ) -> Iterator[Row]:
        """Read one row of a table."""
        return self._records(records_of([numbered], names), file, shapes, marks)

    def _records(
        self,
        records: Iterable[tuple[int, dict[str, str] | Bad]],
        file: Sniffed,
        shapes: Counter[str],
        marks: Marks,
    ) -> Iterator[Row]:
        """Read the records of a table."""
        shape, labelled, grouped = file.shape, Source(file.name, "row"), file.shape in GROUPED
        if shape is None:
            return
        known: bool | None = None
        for number, record in records:
            at = At(labelled, number, self._batches, self._model)
            if record is BAD:
                yield Row(labelled, at.place, reason=Reason.NOT_WHOLE)
                continue
            shapes[shape.name] += 1
            if known is None:
                known = all(name in KNOWN or name.endswith("_tokens") for name in record)
            for each in _read_as_written(shape, record, at, marks):
                yield each
                if grouped and each.reason is not Reason.BLANK:
                    self._overlaps.add(each, record, number if known else 0)

    def _note_marks(self, file: Sniffed, marks: Marks) -> None:
        if marks.orders.said:
            self.notes.append(f"{file.name}: {marks.orders.said}")

    def _missing_pages(self) -> Iterator[str]:
        """Say which pages are missing: more follows, and no page begins where it ends."""
        pages = self._frames.pages
        for page in pages:
            kinds = {page.kind, ""}
            follow = [
                p for p in pages if p.start == page.end and (p.kind in kinds or not page.kind)
            ]
            if page.has_more and not follow:
                end = utc_text(page.end)
                yield f"a page that ends at {end} says that more follows, and no page does"

    def _ids_apart(self, files: Sequence[Sniffed], sums: Mapping[Path, Held]) -> None:
        """Say so where ids of files that are summed are not compared with those of others."""
        summed = [file.name for file in files if file.path in sums and sums[file.path].rows]
        others = [f.name for f in files if f.shape and f.shape.name in OF_CALLS - SUMMED]
        if summed and others:
            self.notes.append(f"ids of {summed[0]} and {others[0]} are not compared")

    def _several_sources(self) -> Iterator[str]:
        """Say so where several kinds of files may tell of the same calls."""
        kinds = {name: file.name for file in self.files for name in file.shapes if name in OF_CALLS}
        if len(kinds) > 1:
            told = ", ".join(f"{kind} ({file})" for kind, file in kinds.items())
            yield f"what was used is told by {told}; calls that several tell of count several times"


_AS_WRITTEN = {Reason.NO_COUNT, Reason.NO_AMOUNT, Reason.NO_DAY}
"""What may be so because figures or days are written in another way."""


def _read_as_written(shape: Shape, record: dict[str, str], at: At, marks: Marks) -> Sequence[Row]:
    """Read a record of a table; with its figures and days written plainly where it needs that."""
    if marks.are_plain:
        rows = shape.read(record, at)
        if not any(row.reason is not None and row.reason in _AS_WRITTEN for row in rows):
            return rows
    return shape.read(marks.plain(record), at)


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
            if len(self._shapes) < 1_000:
                self._shapes[key] = shapes
        self.last = next((shape for shape in shapes if shape.only(record)), None)
        return self.last
