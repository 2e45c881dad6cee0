"""Rows of any files: which shape each file has, and its records one by one."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xl_pricing.bills.across import Across
from xl_pricing.bills.csv_records import Marks, csv_values, read_marks
from xl_pricing.bills.found import Found, find_files
from xl_pricing.bills.json_rows import json_rows
from xl_pricing.bills.json_values import json_values, values_of
from xl_pricing.bills.large import Held, Sniffed, held, picked
from xl_pricing.bills.opened import Opened, opened, read_lines, state_of
from xl_pricing.bills.overlaps import copies
from xl_pricing.bills.parquet import is_parquet, shape_in
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes import BESIDE, OF_CALLS
from xl_pricing.bills.shapes.shape import Shape
from xl_pricing.bills.share_read import ShareRead
from xl_pricing.bills.sniffing import (
    column_names,
    first_shape,
    is_json,
    read_header,
    until_cut_off,
)
from xl_pricing.bills.table_rows import TableRows
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
        self._across, self._rule = Across(model), rule
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
        with held(files, self.share, self._ids_of, self._rule) as sums:
            for each in files:
                before = states[each.path] if each.path in sums else state_of(each.path)
                told, buckets = count, self._across.frames.buckets
                for row in self._rows(each, sums.get(each.path)):
                    yield row
                    count += row.rows if row.each else 1
                if count > MOST_ROWS:
                    raise InvalidValueError(f"over {MOST_ROWS:,} rows; accepted: fewer in a call")
                is_empty = self._across.frames.buckets == buckets and not self.files[-1].shapes
                if count == told and is_empty:
                    self.doubts.append(f"{each.name} holds no row: look whether it was cut")
                if state_of(each.path) != before:
                    self.doubts.append(f"{each.name} changed while it was read")
        self.doubts += [*self._across.frames.missing_pages(), *self._across.overlaps.told()]
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
        buckets = self._across.frames.buckets
        if sums is not None:
            yield from self._sums(file, sums, shapes)
        else:
            with opened(file.path) as source, self.share.reading(file.path, source.share):
                yield from self._plain_rows(source, file, shapes)
            self.share.note(file.path)
        self.files.append(File(file.name, dict(shapes)))
        if not shapes and self._across.frames.buckets > buckets:
            self.notes.append(
                f"{file.name} has no results; GPT Image calls are in usage/completions, "
                "not in usage/images"
            )

    def _sums(self, file: Sniffed, sums: Held, shapes: Counter[str]) -> Iterator[Row]:
        """Yield what the engine has summed, and the rows that it left."""
        yield from sums.rows
        if file.shape and sums.rows:
            shapes[file.shape.name] += sum(row.rows for row in sums.rows)
        if sums.records is not None and file.shape:
            every = max(sums.row_count, 1)
            with self.share.reading(file.path, lambda: shapes.total() / every):
                yield from self._table(file, file.shape, sums.marks, shapes).of_records(
                    sums.records
                )
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
            yield from json_rows(*json_values(source), file.name, self._across, shapes)
        else:
            lines = picked(enumerate(read_lines(source, None), start=1), only)
            yield from json_rows("line", values_of(lines), file.name, self._across, shapes)

    def _csv_rows(
        self, source: Opened, file: Sniffed, shapes: Counter[str], only: Container[int] | None
    ) -> Iterator[Row]:
        if file.shape is None:
            return
        delimiter, skipped = read_header(source)
        with opened(file.path) as again:
            marks = read_marks(again, delimiter, month_first=file.shape.month_first)
        rows = csv_values(source, delimiter)
        names = column_names(next(rows, (1, []))[1], file.name)
        values = until_cut_off(rows if only is None else picked(rows, only))
        numbered = ((number + skipped, row) for number, row in values) if skipped else values
        yield from self._table(file, file.shape, marks, shapes).of_cells(numbered, names)

    def _table(self, file: Sniffed, shape: Shape, marks: Marks, shapes: Counter[str]) -> TableRows:
        if marks.orders.said:
            self.notes.append(f"{file.name}: {marks.orders.said}")
        return TableRows(shape, Source(file.name, "row"), marks, self._across, shapes)

    def _ids_of(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield the ids in those of the files that may tell of calls."""
        calls = (each for each in self._sniffed if each.shape and each.shape.name in OF_CALLS)
        wanted = {*paths}
        some = [each.path for each in calls if each.path in wanted]
        for row in Reading(some) if some else ():
            yield from row.ids if row.id is None else (row.id,)

    def _several_sources(self) -> Iterator[str]:
        """Say so where several kinds of files may tell of the same calls."""
        kinds = {name: file.name for file in self.files for name in file.shapes if name in OF_CALLS}
        if len(kinds) > 1:
            told = ", ".join(f"{kind} ({file})" for kind, file in kinds.items())
            yield f"what was used is told by {told}; calls that several tell of count several times"
