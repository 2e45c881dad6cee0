"""Rows of tables: those of one's own together that are alike, all others record by record."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xl_pricing.bills.across import Across
from xl_pricing.bills.alike import Alike
from xl_pricing.bills.csv_records import Marks, records_of
from xl_pricing.bills.json_values import BAD, Bad
from xl_pricing.bills.kept import Kept
from xl_pricing.bills.overlaps import KNOWN
from xl_pricing.bills.quick_counts import QuickCounts
from xl_pricing.bills.quick_table import QuickTable
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.shapes import GROUPED
from xl_pricing.bills.shapes.answers import AMOUNTS
from xl_pricing.bills.shapes.own import COUNTS, TOKENS
from xl_pricing.bills.shapes.shape import At, Shape

Numbered = tuple[int, list[str] | Bad]
"""The cells of a row, or `BAD`, with its number."""
_AS_WRITTEN = {Reason.NO_COUNT, Reason.NO_AMOUNT, Reason.NO_DAY}
"""What may be so because figures or days are written in another way."""


class TableRows(NamedTuple):
    """Reads the rows of a table; ``shapes`` counts its records."""

    shape: Shape
    source: Source
    marks: Marks
    across: Across
    shapes: Counter[str]

    def of_cells(self, numbered: Iterable[Numbered], names: Sequence[str]) -> Iterator[Row]:
        """Yield the rows of cells, whose columns have these names."""
        if self.shape not in TOKENS or any(name in AMOUNTS for name in names):
            return self.of_records(records_of(numbered, names))
        if self.shape is COUNTS and QuickCounts.can_read(names):
            return self._counted(numbered, names)
        return self._alike(numbered, names)

    def of_records(self, records: Iterable[tuple[int, dict[str, str] | Bad]]) -> Iterator[Row]:
        """Yield the rows of records, or `BAD`, with their numbers."""
        grouped, known, plain = self.shape in GROUPED, None, Kept(self.marks.plain)
        for number, record in records:
            if record is BAD:
                yield Row(self.source, number, reason=Reason.NOT_WHOLE)
                continue
            self.shapes[self.shape.name] += 1
            if known is None:
                known = all(name in KNOWN or name.endswith("_tokens") for name in record)
            at = self.across.at(self.source, number)
            for each in self._read_as_written(record, at, plain):
                yield each
                if grouped and each.reason is not Reason.BLANK:
                    self.across.overlaps.add(each, record, number if known else 0)

    def _counted(self, numbered: Iterable[Numbered], names: Sequence[str]) -> Iterator[Row]:
        """Yield sums of counts by meter without ids."""
        apart = self._replace(shapes=Counter())
        quick = QuickCounts(
            names, self.marks, lambda each: apart.of_records(records_of([each], names))
        )
        for one in quick.rows(numbered):
            self.shapes[self.shape.name] += one.rows if one.reason is not Reason.NOT_WHOLE else 0
            yield one

    def _read_as_written(self, record: dict[str, str], at: At, plain: Kept[str]) -> Sequence[Row]:
        """Read a record; with its figures and days written plainly where it needs that."""
        if self.marks.are_plain:
            rows = self.shape.read(record, at)
            if not any(row.reason is not None and row.reason in _AS_WRITTEN for row in rows):
                return rows
        written = map(plain.__getitem__, record.values())
        return self.shape.read(dict(zip(record, written, strict=True)), at)

    def _alike(self, numbered: Iterable[Numbered], names: Sequence[str]) -> Iterator[Row]:
        quick, alike, name = QuickTable(self.shape, names, self.marks), Alike(), self.shape.name
        for number, row in numbered:
            told = None if row is BAD else quick.read(row)
            if told and alike.add(told, number):
                if alike.are_full:
                    yield from alike.take(name, self.shapes)
                continue
            for one in self.of_records(records_of([(number, row)], names)):
                if told and alike.begin(told, one):
                    self.shapes[name] -= 1  # it is counted with its group
                    continue
                if alike.has(one):
                    yield from alike.take(name, self.shapes)
                yield one
        yield from alike.take(name, self.shapes)
