"""Documents of sources, JSON or CSV, read within bounds: each name and figure in one way only."""

import csv
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

from xl_pricing.errors import CardError, InvalidValueError
from xl_pricing.written import figure_in, marks_proven, plainly

PRICE = "usd_per_mtok"
"""The column of an own card that holds prices."""

_LONGEST_NUMBER = 40


class JsonObject(dict[str, Any]):
    """A JSON object, and the first of its keys that stands in it twice."""

    twice: str | None = None


def _object(pairs: Sequence[tuple[str, Any]]) -> JsonObject:
    found = JsonObject(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        found.twice = next(key for key in keys if keys.count(key) > 1)
    return found


def refuse_twice(where: str, content: object) -> None:
    """Refuse an object, or one inside it, that says two things under one name."""
    if isinstance(content, JsonObject) and content.twice is not None:
        raise CardError(f"{where} has {content.twice[:60]!r} twice; accepted: each name once")
    inside = content.values() if isinstance(content, dict) else content
    for part in inside if isinstance(inside, Iterable) and not isinstance(inside, str) else ():
        refuse_twice(where, part)


def _bounded_decimal(text: str) -> Decimal:
    """Read a number of bounded length and size, before anything is computed with it."""
    number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    if number is None or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise ValueError(f"the number {text[:20]}... is too long")
    return number


def read_json(name: str, document: bytes) -> Any:  # noqa: ANN401 - JSON, validated by the caller
    """Return what a JSON document holds, its numbers as decimals; raise `CardError`."""
    try:
        return json.loads(
            document,
            parse_float=_bounded_decimal,
            parse_int=_bounded_decimal,
            parse_constant=Decimal,
            object_pairs_hook=_object,
        )
    except InvalidOperation:
        raise CardError(f"{name} has a number that is none; accepted: numbers such as 30") from None
    except (ValueError, RecursionError) as error:
        raise CardError(f"{name} is not whole JSON: {str(error)[:80]}") from None


def read_csv(name: str, document: bytes) -> Sequence[Sequence[str]]:
    """Return the rows of a CSV document, prices as every door reads them; raise `CardError`."""
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CardError(f"{name} is not UTF-8; accepted: saved as CSV UTF-8, or JSON") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise CardError(f"{name} is not CSV: {error}; accepted: as Excel saves it") from None
    return _with_plain_prices(name, rows, delimiter)


def _with_plain_prices(name: str, rows: list[list[str]], delimiter: str) -> Sequence[Sequence[str]]:
    """Write the prices as they are read everywhere; refuse what can be read in two ways."""
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if PRICE not in header:
        return rows
    column = header.index(PRICE)
    marks = marks_proven((row[column] for row in rows[1:] if len(row) > column), delimiter)
    for i, row in enumerate(rows[1:], start=2):
        if len(row) > len(header):
            raise CardError(f"{name}, row {i} has {len(row)} cells; accepted: {len(header)}")
        try:
            price = figure_in(row[column], marks) if len(row) > column else None
        except InvalidValueError as error:
            raise CardError(f"{name}, row {i}, {PRICE}: {error}; accepted: one of them") from None
        if price is not None:
            row[column] = plainly(price)
    return rows
