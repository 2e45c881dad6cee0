"""Sums of rows: what is priced by day, model and tier, what was billed, what is not priced."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from operator import add

from xl_pricing.bills.charges import Charges
from xl_pricing.bills.places import Places
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.row_causes import RowCauses
from xl_pricing.bills.rule import Rule, Series, usd
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import METER_NAMES, Metered

MOST_DETAILS = 100
"""Models and such that are told apart of those not priced."""
MOST_IDS = 10_000_000
USD = "usd"


SPLITS = ("day", "month", "model", "tier", "size", "quality", "project", "file")
"""By what sums can be told apart."""
OF_SERIES = ("day", "model", "tier")
NONE, NOTHING = Metered(), Fraction(0)


@dataclass(slots=True)
class Sum:
    """Priced rows of one series that are alike in what they are split by; tokens by meter."""

    series: Series
    split: tuple[str, ...] = ()
    rows: int = 0
    images: int | None = None
    counts: list[int] = field(default_factory=lambda: [0] * len(METER_NAMES))
    billed: Fraction | None = None
    """USD that the rows themselves tell."""

    @property
    def tokens(self) -> Metered:
        """Tokens by meter."""
        return Metered(*self.counts)

    @property
    def usd(self) -> Fraction:
        """Exact USD by the rates in force."""
        return usd(self.series, self.tokens)


@dataclass(slots=True)
class Line:
    """Priced rows that are alike in some respects: their tokens by meter, and exact USD."""

    rows: int = 0
    images: int | None = None
    tokens: Metered = NONE
    usd: Fraction = NOTHING
    billed: Fraction | None = None
    """USD that the rows themselves tell."""

    def add(self, each: Sum) -> None:
        """Add a sum."""
        self.rows += each.rows
        self.tokens = Metered(*map(add, self.tokens, each.counts))
        self.usd += each.usd
        if each.images is not None:
            self.images = (self.images or 0) + each.images
        if each.billed is not None:
            self.billed = (self.billed or 0) + each.billed


@dataclass(slots=True)
class Left:
    """Rows that are not priced for one reason: how many, their tokens and amounts, three places."""

    reason: Reason
    detail: str
    places: Places
    rows: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(METER_NAMES))
    billed: dict[str, Fraction] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """Rows of which something was assumed: how many, and three places."""

    places: Places
    rows: int = 0


class Side:
    """Rows of what was used, or of a bill."""

    def __init__(self, split: tuple[str, ...] = ()) -> None:
        """Begin at nothing; ``split`` are the fields by which sums of a series are told apart."""
        self.rows = self.image_rows = 0
        self.split = split
        self.sums: dict[Hashable, Sum] = {}
        self.billed: dict[str, Fraction] = {}
        """Amounts for images by currency."""
        self.origins: set[str] = set()
        """Who bills what was used; empty text where a row does not tell."""
        self.other: dict[str, Fraction] = {}
        """Amounts for other products by currency."""

    @property
    def whole(self) -> Line:
        """The sum of all rows that are priced."""
        return self.lines(()).get((), Line())

    def lines(self, by: Sequence[str]) -> dict[tuple[str, ...], Line]:
        """Return the sums by fields among those of a series and ``split``, in their order."""
        lines: dict[tuple[str, ...], Line] = {}
        for each in self.sums.values():
            key = tuple(self._told(each, name) for name in by)
            lines.setdefault(key, Line()).add(each)
        return dict(sorted(lines.items()))

    def _told(self, each: Sum, name: str) -> str:
        day = each.series.day
        if name in self.split:
            return each.split[self.split.index(name)]
        if name in {"day", "month"}:
            return (day.isoformat() if name == "day" else f"{day:%Y-%m}") if day else ""
        return each.series.model if name == "model" else each.series.tier


class Totals:
    """The sums of rows by one rule; ``used`` and ``bill`` are the two sides."""

    def __init__(self, rule: Rule, split: tuple[str, ...] = ()) -> None:
        """Begin at nothing; ``split`` are fields of rows by which sums are told apart too."""
        self.used, self.bill = Side(split), Side(split)
        self.none = Side()
        """Counts rows that do not say whether they are of usage or of a bill."""
        self._left: dict[tuple[Reason, str], Left] = {}
        self.apart: dict[str, list[int]] = {}
        self.charges = Charges()
        self.causes = RowCauses(rule)
        """Why rows tell another amount than their tokens cost."""
        self.rule = rule
        self._split = split
        self._taken: dict[int, Taken] = {}
        self._files: dict[Source, int] = {}
        self._ids: dict[bool, dict[str, int]] = {False: {}, True: {}}
        """The ids on each side, and the hash of what was used."""

    @property
    def rows(self) -> int:
        """All rows, of both sides and of none."""
        return self.used.rows + self.bill.rows + self.none.rows

    @property
    def left(self) -> Sequence[Left]:
        """What is not priced, in the order of the first places."""
        return sorted(self._left.values(), key=lambda left: left.places.first)

    def add_all(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Add a row: to its sum, or to what is left with its reason."""
        side = self.bill if row.billed_side else self.used
        series, reason, detail = self.rule.judge(row)
        if row.each and not self._is_one(row, series, reason):
            self.add_all(row.each())
            return
        (self.none if row.reason in _OF_NO_SIDE else side).rows += row.rows
        if row.id is not None and row.tokens is not None:
            reason, detail = self._repeated(row) or (reason, detail)
        if reason is None:
            self._count(side, series, row)
            if row.billed is not None and row.meter is None and (row.currency or USD) == USD:
                self.causes.add(row, series, f"{row.source.file}, {row.source.unit} {row.place}")
        else:
            self._leave(reason, detail, row)
        if reason in _COUNTED_BEFORE:
            return
        if reason not in _NO_IMAGE_ROWS:
            side.image_rows += row.rows
        if row.billed is not None and reason is not Reason.NO_LINE_ITEM:
            self._note_amount(side, series, reason, row)
        for whose, sent, made in row.apart:
            told = self.apart.setdefault(whose, [0, 0])
            told[0] += sent
            told[1] += made

    def assumed(self) -> Mapping[Assumed, Taken]:
        """Return what was assumed, with the rows it concerns."""
        found: dict[Assumed, Taken] = {}
        for flags, taken in self._taken.items():
            for flag in Assumed(flags):
                told = found.setdefault(flag, Taken(Places(self._files)))
                told.rows += taken.rows
                told.places.add(taken.places)
        return dict(sorted(found.items(), key=lambda told: (told[1].places.first, told[0].value)))

    def _count(self, side: Side, series: Series, row: Row) -> None:
        split = tuple(map(partial(_field, row), self._split))
        key = (series, split) if split else series
        total = side.sums.get(key)
        if total is None:
            total = side.sums[key] = Sum(series, split)
        total.rows += row.rows
        side.origins.add(row.origin)
        if row.billed is not None and (row.currency or USD) == USD:
            total.billed = (total.billed or 0) + row.billed
        counts = total.counts
        for i, tokens in enumerate(row.tokens or ()):
            if tokens:
                counts[i] += tokens
        if row.images is not None:
            total.images = (total.images or 0) + row.images
        if flags := row.assumed | series.assumed:
            taken = self._taken.get(flags)
            if taken is None:
                taken = self._taken[flags] = Taken(Places(self._files))
            taken.rows += row.rows
            taken.places.note(row)

    def _note_amount(self, side: Side, series: Series, reason: Reason | None, row: Row) -> None:
        amounts = side.other if reason is Reason.OTHER_PRODUCT else side.billed
        _add_amount(amounts, row)
        if row.billed_side and (row.currency or USD) == USD:
            self.charges.note_day(row)
            if amounts is side.billed:
                self.charges.add(row, series, reason)

    def _leave(self, reason: Reason, detail: str, row: Row) -> None:
        key = (reason, "" if reason in _ANY_DETAIL else detail)
        if key not in self._left and len(self._left) >= MOST_DETAILS and detail:
            key, detail = (reason, "others"), "others"
        left = self._left.get(key)
        if left is None:
            left = self._left[key] = Left(reason, detail, Places(self._files))
        left.rows += row.rows
        left.places.note(row)
        for i, tokens in enumerate(row.tokens or ()):
            left.counts[i] += tokens
        if row.billed is not None:
            _add_amount(left.billed, row)

    def _repeated(self, row: Row) -> tuple[Reason, str] | None:
        """Say that an id was told before, and whether with the same usage."""
        ids, row_id, usage = self._ids[row.billed_side], row.id or "", hash(row.tokens)
        before = ids.get(row_id)
        if before is not None:
            return (Reason.REPEATED if before == usage else Reason.OTHER_USAGE), ""
        ids[row_id] = usage
        self._check_ids()
        return None

    def _is_one(self, row: Row, series: Series, reason: Reason | None) -> bool:
        """Tell whether all rows of a group are alike to the rule; take in their ids then."""
        if reason and not series.reason:
            return False
        ids = self._ids[row.billed_side]
        if not ids.keys().isdisjoint(row.ids):
            return False
        ids.update(zip(row.ids, map(hash, row.ids.values()), strict=True))
        self._check_ids()
        return True

    def _check_ids(self) -> None:
        if sum(map(len, self._ids.values())) > MOST_IDS:
            raise InvalidValueError(f"over {MOST_IDS:,} ids; accepted: fewer in a call")


_ANY_DETAIL = {Reason.NO_COUNT, Reason.NO_AMOUNT, Reason.NO_DAY}
"""Reasons whose details are sentences, one for each value: the first stands for all."""
_COUNTED_BEFORE = {Reason.REPEATED, Reason.OTHER_USAGE}
_OF_NO_SIDE = {Reason.NOT_WHOLE, Reason.OTHER_RECORD}
"""Reasons of rows that do not even say whether they were used or billed."""
_NO_IMAGE_ROWS = {Reason.OTHER_PRODUCT, Reason.BLANK, Reason.OTHER_RECORD}


def _field(row: Row, name: str) -> str:
    return row.source.file if name == "file" else getattr(row, name) or ""


def _add_amount(amounts: dict[str, Fraction], row: Row) -> None:
    currency = row.currency or USD
    amounts[currency] = amounts.get(currency, Fraction(0)) + (row.billed or 0)
