"""What would be counted twice without an id to show it: copies of files, and buckets told again."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xl_pricing.bills.row import Row

MOST_BUCKETS = 2_000_000
_GROUPED_BY = ("user_id", "api_key_id", "line_item", "api_source", "size", "source")
"""What tells the results of a bucket apart, beside model, tier and project."""


KNOWN = {
    *("start_time", "end_time", "start_time_iso", "end_time_iso", "object"),
    *("model", "batch", "service_tier", "project_id", *_GROUPED_BY),
    *("organization_id", "organization_name", "amount_value", "amount_currency"),
    *("quantity", "quantity_unit", "images", "num_model_requests"),
}
"""Columns of exports that are known; by others rows may be told apart too."""


class Overlaps:
    """Results of buckets that come more than once: in two files, or in two pages of one."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: dict[int, tuple[str, int]] = {}
        self._twice: Counter[tuple[str, str]] = Counter()

    def add(self, row: Row, record: Mapping[str, Any], page: int) -> None:
        """Take a result of a bucket with its time, and on which page of its file it stands."""
        if not row.when or len(self._seen) >= MOST_BUCKETS:
            return
        group = [record.get(name) or None for name in _GROUPED_BY]
        key = hash((row.billed_side, row.when, row.model, row.tier, row.project, *map(str, group)))
        here = (row.source.file, page)
        before = self._seen.setdefault(key, here)
        if before != here:
            self._twice[before[0], here[0]] += 1

    def told(self) -> Iterator[str]:
        """Say which files tell of the same buckets."""
        for (one, other), count in self._twice.items():
            files = f"{one} tells" if one == other else f"{one} and {other} tell"
            rows = "row" if count == 1 else "rows"
            yield f"{files} {count:,} {rows} of the same bucket and group twice, and both count"


def copies(paths: Iterable[Path]) -> dict[Path, Path]:
    """Return the files that are byte for byte another one before, with that one."""
    first: dict[tuple[int, str], Path] = {}
    sizes: dict[Path, int] = {}
    for path in paths:
        try:
            sizes[path] = path.stat().st_size if path.is_file() else 0
        except OSError:
            sizes[path] = 0
    alike = Counter(sizes.values())
    same: dict[Path, Path] = {}
    for path, size in sizes.items():
        if size and alike[size] > 1:
            original = first.setdefault((size, _digest(path)), path)
            if original != path:
                same[path] = original
    return same


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return str(path)
