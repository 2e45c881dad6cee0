"""Tables with ids, or counts as logs have them, read quickly; `own` says how any row is read."""

from collections.abc import Sequence

from xl_pricing.bills.alike import Pick, Quick, picked_by
from xl_pricing.bills.csv_records import Marks
from xl_pricing.bills.kept import MOST_KEPT, Kept
from xl_pricing.bills.moments import day_key
from xl_pricing.bills.shapes.answers import IDS
from xl_pricing.bills.shapes.own import COUNTS, DAYS, TEXTS, TOKENS
from xl_pricing.bills.shapes.shape import Shape, real_id, text_of
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.usage import METER_NAMES, MOST_TOKENS, plain_count

_MOST_DIGITS = 100
"""Of all counts of a row; others are read as ever."""


class QuickTable:
    """Reads the rows of a table."""

    def __init__(self, shape: Shape, names: Sequence[str], marks: Marks) -> None:
        """Find the columns by their names."""
        counts, self._read = TOKENS[shape]
        self._counts = [name for name in counts if name in names]
        self._by_meter = shape is COUNTS
        self._width, self._marks = len(names), marks
        self._days = [names.index(name) for name in DAYS if name in names]
        self._ids = [names.index(name) for name in IDS if name in names]
        self._texts = picked_by([names.index(name) for name in TEXTS if name in names])
        self._cells = picked_by([names.index(name) for name in self._counts])
        self._meters: Pick = picked_by(
            [self._counts.index(m) if m in self._counts else -1 for m in METER_NAMES]
        )
        self._kept_days = Kept(day_key)
        self._kept_tokens: dict[tuple[str, ...], tuple[tuple[int, ...], int] | None] = {}

    def read(self, row: Sequence[str]) -> Quick | None:
        """Read a row, ``None`` where it is to be read as ever."""
        if len(row) != self._width:
            return None
        day = row[self._days[0]] if self._days else ""
        row_id = row[self._ids[0]] if self._ids else None
        if self._is_open(self._days, day) or self._is_open(self._ids, row_id or ""):
            return None
        tokens = (self._of_meters if self._by_meter else self._of_usage)(self._cells(row))
        if tokens is None:
            return None
        row_id = real_id(text_of(row_id.strip())) if row_id else None
        return (self._texts(row), (self._kept_days[day], tokens[1])), row_id, tokens[0]

    @staticmethod
    def _is_open(columns: Sequence[int], told: str) -> bool:
        """Tell whether another column says what the first one does not."""
        return len(columns) > 1 and not told.strip()

    def _of_meters(self, cells: tuple[str, ...]) -> tuple[tuple[int, ...], int] | None:
        digits, counts = "".join(cells), list[int]()
        if len(digits) > _MOST_DIGITS or not digits.isascii():
            return None
        if digits.isdigit():
            counts = [int(cell or 0) for cell in cells]
            if max(counts) > MOST_TOKENS:
                return None
        elif self._marks.are_plain:
            told = [plain_count(cell or "0") for cell in cells]
            counts = [count for count in told if count is not None]
        if len(counts) < len(cells):
            return None
        return self._meters((*counts, 0)), 0

    def _of_usage(self, cells: tuple[str, ...]) -> tuple[tuple[int, ...], int] | None:
        if cells in self._kept_tokens:
            return self._kept_tokens[cells]
        if len(self._kept_tokens) >= MOST_KEPT:
            self._kept_tokens.clear()
        return self._kept_tokens.setdefault(cells, self._usage(cells))

    def _usage(self, cells: tuple[str, ...]) -> tuple[tuple[int, ...], int] | None:
        if not self._marks.are_plain and not "".join(cells).isdigit():
            return None
        try:
            return self._read(dict(zip(self._counts, cells, strict=True)))
        except XlPricingError:
            return None
