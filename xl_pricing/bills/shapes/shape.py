"""What a shape of records is, and what all shapes read in the same way."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from xl_pricing.bills.amounts import read_amount
from xl_pricing.bills.batches import Batches
from xl_pricing.bills.moments import read_moment
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.errors import InvalidValueError, OutOfRangeError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import Counted, Metered, read_usage

MOST_COUNT = 10**9
"""Images and such at most."""
LONGEST_TEXT = 120
"""Characters of an id, a model or a time at most."""

NO_ID = {"-", "0", "none", "null", "n/a", "na", "nan", "unknown", "undefined"}
"""What programs write where they have no id."""

_LONGEST_NO_ID = max(map(len, NO_ID))

Record = Mapping[str, Any]


class At(NamedTuple):
    """Where a record stands, and what other files say of it."""

    source: Source
    place: int
    batches: Batches
    model: str | None = None
    """The model that was given for rows that name none."""


class Shape(NamedTuple):
    """A family of records: their name, the fields that they are known by, how rows come of them.

    Each of ``needs`` is a choice of fields, one of which must be there; ``only`` looks at values.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    read: Callable[[Record, At], Sequence[Row]]
    only: Callable[[Record], bool] = lambda _record: True
    month_first: bool = False
    """Whether its days are known to have the month in front: 11/25/2026."""

    def has_fields(self, record: Record) -> bool:
        """Tell whether a record has the fields of this shape, whatever is in them."""
        return all(any(name in record for name in names) for names in self.needs)

    def fits(self, record: Record) -> bool:
        """Tell whether a record is of this shape."""
        return self.has_fields(record) and self.only(record)

    def lacks(self, record: Record) -> str:
        """Say what a record lacks of it."""
        missing = [n for n in self.needs if not any(name in record for name in n)]
        return f"no {' or '.join(missing[0])}" if missing else "fields of other kinds"


class Time(NamedTuple):
    """A time as it was read: its day, how it was written, and what was assumed or is wrong."""

    day: date | None = None
    when: str = ""
    assumed: int = 0
    detail: str = ""


class Usage(NamedTuple):
    """Tokens as they were read, and what was assumed or is wrong."""

    tokens: Metered | None
    assumed: int = 0
    reason: Reason | None = None
    detail: str = ""


class Charge(NamedTuple):
    """What a row itself says that it cost, in USD, and what is wrong with that."""

    billed: Fraction | None = None
    reason: Reason | None = None
    detail: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of a row."""
        return {} if self.billed is None else {"billed": self.billed, "currency": "usd"}


NOT_TOLD, NO_TIME, NO_CHARGE = Usage(None), Time(), Charge()


def read_time(told: object) -> Time:
    """Read when something was; nothing where nothing is told."""
    if told is None or told == "":
        return NO_TIME
    try:
        moment = read_moment(told)
    except InvalidValueError as error:
        return Time(detail=str(error))
    return Time(moment.day, text_of(told) or "", 0 if moment.zoned else int(Assumed.NO_ZONE))


def read_tokens(usage: object, read: Callable[[Record], Counted] = read_usage) -> Usage:
    """Read a usage; say what is wrong with it where it has no tokens."""
    if type(usage) is not dict:
        return NOT_TOLD
    try:
        counted = read(usage)
    except OutOfRangeError as error:
        return Usage(None, reason=Reason.NO_COUNT, detail=str(error))
    except InvalidValueError:
        return Usage(None)
    return Usage(counted.tokens, counted.assumed)


def read_charge(told: object) -> Charge:
    """Read what a row itself says that it cost; nothing where nothing is told."""
    if told is None:
        return NO_CHARGE
    try:
        return Charge(read_amount(told))
    except InvalidValueError as error:
        return Charge(None, Reason.NO_AMOUNT, str(error))


def make_row(
    at: At,
    time: Time,
    usage: Usage,
    *,
    reason: Reason | None = None,
    detail: str = "",
    assumed: int = 0,
    **facts: Any,  # noqa: ANN401 - a row's other fields
) -> Row:
    """Make a row of what was read; the first thing that is wrong with it is its reason."""
    tokens, of_usage, fault, said = usage
    day, when, of_time, unread = time
    if reason is None and fault is not None:
        reason, detail = fault, said
    elif reason is None and unread and (tokens is not None or facts.get("billed") is not None):
        reason, detail = Reason.NO_DAY, unread
    if "id" in facts:
        facts["id"] = real_id(facts["id"])
    return Row(
        at.source,
        at.place,
        day=day,
        when=when,
        tokens=tokens,
        assumed=assumed | of_time | of_usage,
        reason=reason,
        detail=detail,
        **facts,
    )


def real_id(told: str | None) -> str | None:
    """Return an id, ``None`` for a word that programs write where they have none."""
    if told is None or (len(told) <= _LONGEST_NO_ID and told.lower() in NO_ID):
        return None
    return told


def first(record: Record, *names: str) -> Any:  # noqa: ANN401 - JSON
    """Return the first value that is told under some name."""
    for name in names:
        told = record.get(name)
        if told is not None and told != "":
            return told
    return None


def text(record: Record, *names: str) -> str | None:
    """Return the first text that is told under some name, fit to be shown."""
    for name in names:
        told = record.get(name)
        if told is not None and told != "":
            return text_of(told)
    return None


def text_of(told: object) -> str | None:
    """Return a text or number fit to be shown: short and without control characters."""
    if type(told) is str and len(told) <= LONGEST_TEXT and told.isprintable():
        return told.strip() or None
    if isinstance(told, bool) or not isinstance(told, str | int | Decimal):
        return None
    shown = (letter if letter.isprintable() else "" for letter in str(told)[:LONGEST_TEXT])
    return "".join(shown).strip() or None


def part(record: Record, *names: str) -> Record | None:
    """Return the first object that is told under some name, also where it is JSON in a text."""
    for name in names:
        told = record.get(name)
        if type(told) is str and told[:1] == "{":
            told = _object_in(told)
        if type(told) is dict:
            return told
    return None


_decoder = json.JSONDecoder(parse_float=Decimal)


def _object_in(told: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return _decoder.decode(told)
    except (ValueError, RecursionError, InvalidOperation):
        return None


def count(told: object) -> int | None:
    """Return a small count such as images, ``None`` where it is none."""
    if isinstance(told, str | Decimal) and len(str(told)) <= 12:
        try:
            told = int(number) if (number := Decimal(told)) == number.to_integral_value() else None
        except (InvalidOperation, ValueError, OverflowError):
            return None
    return told if type(told) is int and 0 <= told <= MOST_COUNT else None


def is_true(told: object) -> bool:
    """Tell whether a flag is set, as JSON, CSV and spreadsheets write it."""
    return told is True or (isinstance(told, str) and told.strip().lower() in {"true", "1", "t"})
