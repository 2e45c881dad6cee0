"""The case tables: one set of calls and answers for every host, and the points others published.

``functions`` holds calls of one cell each, and is shipped, for `xl_pricing.hosts.excel.selftest`
types them in Excel; ``sheet.json`` holds calls that only a sheet can make
(ranges, blank rows), ``excel.json`` those that only Excel makes (Range objects, new errors).

What JSON cannot say is written {"error": "#N/A"} for an error cell, {"decimal": "0.0412"} for a
currency cell, {"datetime": "2026-05-01T00:00:00"}, {"number": "nan"}, {"text": "a", "times": 9}
for a long text, and {"range": [[...]]} for a Range object. A list of lists is a range, ``null`` an
empty cell or an omitted argument; in an answer ``null`` is a cell that the case leaves open.
"""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from math import isclose
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
SHIPPED = files("xl_pricing.hosts.excel.selftest")


class Case(NamedTuple):
    """One call, and its answer or error; ``says`` is a part of the error's sentence."""

    function: str
    args: list[Any]
    answer: Any
    error: str | None
    says: str
    why: str

    def __str__(self) -> str:
        """Name the case by what it shows."""
        return f"{self.function}: {self.why}"


def read_cases(name: str) -> list[Case]:
    """Read a case table."""
    folder = SHIPPED if name == "functions" else FOLDER
    rows = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return [
        Case(
            row["function"],
            row["args"],
            row.get("answer"),
            row.get("error"),
            row.get("says", ""),
            row["why"],
        )
        for row in rows
    ]


def read_points(name: str) -> list[dict[str, str]]:
    """Read a table of published points."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agree(got: Any, wanted: Any) -> bool:
    """Tell whether a host's answer is the case's: same shape and words, numbers to 12 digits."""
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(map(agree, got, wanted))
    if isinstance(wanted, int | float):
        return isinstance(got, int | float) and isclose(got, wanted, rel_tol=1e-12)
    return wanted is None or bool(got == wanted)


def value_of(written: Any) -> Any:
    """Return the Python value of a written argument."""
    if isinstance(written, list):
        return [value_of(item) for item in written]
    if isinstance(written, dict):
        kind = next(iter(written))
        return _KINDS[kind](written)
    return written


_KINDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "error": lambda written: written["error"],
    "decimal": lambda written: Decimal(written["decimal"]),
    "datetime": lambda written: datetime.fromisoformat(written["datetime"]),
    "number": lambda written: float(written["number"]),
    "text": lambda written: written["text"] * written["times"],
}
