"""Rows of the Campaign or the Actuals from a CSV file: the table's field names, then a row each."""

import csv
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path

from workbook_templates.formulas.constants import MOST_ROWS
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.functions.values import read_number

MOST_BYTES = 5_000_000
_TEXTS = {"use_case", "size", "model", "tier", "draft_size", "note"}

Row = Mapping[str, str | float | date | None]


def read_rows(path: Path, fields: Collection[str]) -> list[Row]:
    """Read the rows of a file whose first line names ``fields``, in any order and not all.

    A number is a number, 20% is 0.2, a day is ISO; other text stays text, and Checks flags it
    where it does not belong. Raises `InvalidValueError` for a file that is no such table.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidValueError(f"{path.name} is over {MOST_BYTES:,} bytes; accepted: less")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValueError(
            f"{path.name} cannot be read: {error}; accepted: a CSV file in UTF-8"
        ) from None
    rows = list(_rows(text, path.name, fields))
    if not 0 < len(rows) <= MOST_ROWS:
        raise InvalidValueError(f"{path.name} has {len(rows):,} rows; accepted: 1 to {MOST_ROWS:,}")
    return rows


def _rows(text: str, name: str, fields: Collection[str]) -> Iterator[Row]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=delimiter, strict=True)) or [[""]]
    except csv.Error as error:
        raise InvalidValueError(f"{name} is no CSV file: {error}") from None
    names = [cell.strip().lower() for cell in rows[0]]
    unknown = [cell for cell in names if cell not in fields]
    if unknown or len(set(names)) < len(names):
        raise InvalidValueError(
            f"{name} has the columns {', '.join(names)}; accepted, once each: {', '.join(fields)}"
        )
    for row in rows[1:]:
        yield {field: _cell(field, cell) for field, cell in zip(names, row, strict=False)}


def _cell(field: str, text: str) -> str | float | date | None:
    """Read a cell; an id or a size stays text even where it looks like a number."""
    text = text.strip()
    if not text or field in _TEXTS:
        return text or None
    with suppress(ValueError):
        return date.fromisoformat(text)
    with suppress(XlPricingError):
        return float(read_number(text, field))
    return text
