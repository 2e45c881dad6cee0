"""What the rows of the Actuals' table must hold: each row read and judged by itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, NamedTuple

from former.line import Reader, ReadSize, attempt, blank, number, whole
from former.values import LIMITS, NOT_AVAILABLE, Answers, Value, require
from workbook_templates.book.words import Words
from workbook_templates.sheets.actuals.rows import FAULTS, FIRST_ROW, TYPED
from xl_pricing.estimation.actuals import Totals
from xl_pricing.estimation.image import QUALITIES

_EPOCH = date(1899, 12, 30)
_SECONDS_PER_DAY = 86_400
_FIRST_DAY, _LAST_DAY = int(LIMITS["first_bill_day"]), int(LIMITS["last_bill_day"])
_MOST, _MOST_ROWS = LIMITS["most_of_a_row"], int(LIMITS["most_rows"])
_NOTHING = Fraction(0)


class Images(NamedTuple):
    """Generations, and the accepted finals among them."""

    generations: int
    finals: int

    def totals(self, usd: Fraction = _NOTHING) -> Totals:
        """Return them with their cost."""
        return Totals(Fraction(self.generations), Fraction(self.finals), usd)


@dataclass(frozen=True, eq=False)
class Bill:
    """One row as it was typed, and what is computed of it alone."""

    typed: Mapping[str, Any]
    position: int
    reader: Reader

    def __getitem__(self, name: str) -> Value:
        """Return what is typed in a column."""
        return self.typed[name]

    @property
    def row(self) -> int:
        """The row of the sheet."""
        return FIRST_ROW + self.position - 1

    @cached_property
    def filled(self) -> bool:
        """Whether anything but a note and spaces is typed in the row."""
        cells = (self[name] for name in TYPED[:-1])
        return not all(blank(cell) or not str(cell).strip(" ") for cell in cells)

    @cached_property
    def model_row(self) -> int:
        """The row of the model, 0 for one that nobody knows."""
        return self.reader.model_row(self["model"])

    @cached_property
    def read(self) -> ReadSize:
        """The size as it is read."""
        return self.reader.size(self["size"])

    @cached_property
    def quality(self) -> str:
        """The quality as a word."""
        typed = self["quality"]
        return typed.strip(" ").lower() if isinstance(typed, str) else ""

    @cached_property
    def counts(self) -> dict[str, Value]:
        """What should be whole numbers; #N/A where one is not."""
        names = ("generations", "accepted")
        return {name: attempt(partial(whole, self[name], _MOST)) for name in names}

    @cached_property
    def billed(self) -> Value:
        """The bill in USD, or #N/A."""
        return attempt(partial(number, self["billed"]))

    @cached_property
    def fault(self) -> int:
        """The code of the first thing that is wrong; -1 for a blank row."""
        if not self.filled:
            return -1
        return next((code for code, wrong in enumerate(self._tests(), start=1) if wrong), 0)

    def _tests(self) -> Iterator[bool]:
        """Yield what can be wrong with the row, in the order of the codes."""
        yield self.position > _MOST_ROWS
        yield self.day is None
        yield not self.model_row
        yield not min(self.read.size)
        yield self.quality not in QUALITIES
        yield self.counts["generations"] == NOT_AVAILABLE
        yield self.counts["accepted"] == NOT_AVAILABLE
        yield self.counts["accepted"] > self.counts["generations"]
        yield not (self._optional("input_tokens") and self._optional("output_tokens"))
        yield self.billed == NOT_AVAILABLE or self.billed > _MOST
        yield self.billed < 0

    def _optional(self, name: str) -> bool:
        """Tell whether a cell is empty or holds a whole number."""
        typed = self[name]
        if typed is None:
            return True
        found = attempt(partial(number, typed))
        return bool(found != NOT_AVAILABLE and found >= 0 and found.denominator == 1)

    @cached_property
    def day(self) -> int | None:
        """The day as Excel counts it, ``None`` for what is no day."""
        typed = attempt(partial(number, self["date"]))
        if typed == NOT_AVAILABLE or not _FIRST_DAY <= typed <= _LAST_DAY:
            return None
        return int(typed)

    @cached_property
    def totals(self) -> Totals:
        """Generations, finals and USD of a row that counts."""
        require(self.fault == 0)
        return Images(*self.counts.values()).totals(self.billed)

    def is_like(self, v: Answers) -> bool:
        """Tell whether the row is of the job's model, size and quality."""
        edges = (v["size_width"], v["size_height"])
        return (
            self.fault == 0
            and self.model_row == v["model_row"]
            and self.read.size == edges
            and self.quality == str(v["quality"]).lower()
        )

    def computed(self, v: Answers, words: Words) -> dict[str, Any]:
        """Return the row's computed cells, but for its period."""
        width, height = self.read.size
        ratios = {
            "retries": lambda: self.totals.retries,
            "usd_per_image": lambda: self.totals.cost_per_image,
        }
        return {
            "check": words(FAULTS[self.fault][0]) if self.filled else "",
            **{name: attempt(ratio) if self.filled else "" for name, ratio in ratios.items()},
            "filled": int(self.filled),
            "model_row": self.model_row,
            "size_text": self.read.text,
            "width": width,
            "height": height,
            "fault": self.fault,
            "fault_row": self.row if self.fault > 0 else "",
            "matches_job": int(self.is_like(v)),
            "day": self.day if self.fault == 0 else "",
        }


def images_of(bills: Iterable[Bill]) -> Images:
    """Return the sums of rows that count."""
    pairs = [bill.counts.values() for bill in bills]
    return Images(*map(sum, zip(*pairs, strict=True))) if pairs else Images(0, 0)


def in_cell(typed: Value) -> Value:
    """Return what a cell holds: a day is a number."""
    return _as_number(typed) if isinstance(typed, date) else typed


def _as_number(cell: date) -> int | Fraction:
    """Return a day as the number that it is in a cell."""
    if isinstance(cell, datetime):
        seconds = Fraction((cell - datetime.combine(cell, time())).total_seconds())
        return (cell.date() - _EPOCH).days + seconds / _SECONDS_PER_DAY
    return (cell - _EPOCH).days
