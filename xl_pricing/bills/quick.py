"""Counts by meter in Parquet, summed as they are where the file itself says that they are counts.

Its statistics tell the least and the most of each column. Where they leave nothing to check, the
bill costs no more than the sums alone; else, and where a rate is missing, rows are looked at.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xl_pricing.bills import parquet
from xl_pricing.bills.engine import identifier, literal
from xl_pricing.bills.moments import EPOCH, FIRST_YEAR, LAST_YEAR
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes.answers import AMOUNTS, IDS, PROJECTS, TIMES
from xl_pricing.bills.shapes.shape import MOST_COUNT, text_of
from xl_pricing.bills.tables import WHOLE, first_text
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import METER_NAMES, MOST_TOKENS, Metered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_DAYS = {
    "DATE": "{}",
    "TIMESTAMP": "EPOCH_US({}) // 86400000000",
    "TIMESTAMP WITH TIME ZONE": "EPOCH_US({}) // 86400000000",
}
_TEXTS = {"model": ("model",), "tier": ("tier",), "project": PROJECTS, "size": ("size",),
          "quality": ("quality",)}  # fmt: skip


class _Reach(NamedTuple):
    """The least and the most in a column, and whether every row has something."""

    least: int
    most: int
    is_full: bool


class Quick(NamedTuple):
    """A file whose columns need no look at their rows."""

    connection: "DuckDBPyConnection"
    path: Path
    keys: dict[str, str]
    """The day and texts, as expressions."""
    zoned: bool
    images: str
    """The column, NULL where there is none."""
    reaches: dict[str, _Reach]
    """Of the meters that there are."""

    def rows(self, source: Source, rule: Rule) -> list[Row] | None:
        """Return a row a group, ``None`` where rows of a group may differ in being priced."""
        meters = [identifier(m) if m in self.reaches else "0" for m in METER_NAMES]
        sums = ", ".join(f"SUM({meter})" for meter in [self.images, *meters])
        query = (
            f"SELECT {', '.join(self.keys.values())}, COUNT(*), {sums} "
            f"FROM {parquet.source(self.path)} GROUP BY {', '.join(self.keys.values())}"
        )
        found = self.connection.execute(f"{query} ORDER BY ALL").fetchall()
        rows = [self._row(values, source) for values in found]
        return rows if all(self._is_alike(row, rule) for row in rows) else None

    def _row(self, values: Sequence[Any], source: Source) -> Row:
        keys, (rows, images, *tokens) = values[: len(self.keys)], values[len(self.keys) :]
        told = dict(zip(self.keys, keys, strict=True))
        texts = {name: text_of(told.get(name)) for name in _TEXTS}
        day = told["day"]
        if isinstance(day, int):
            day = EPOCH + timedelta(days=day)
        return Row(
            source,
            0,
            day=day,
            model=texts["model"],
            tier=(texts["tier"] or "").lower() or None,
            tokens=Metered(*map(int, tokens)),
            images=None if images is None else int(images),
            size=texts["size"],
            quality=texts["quality"],
            project=texts["project"],
            assumed=0 if self.zoned or day is None else int(Assumed.NO_ZONE),
            rows=rows,
            where=lambda most: self._where(keys, most),
        )

    def _is_alike(self, row: Row, rule: Rule) -> bool:
        """Tell whether all rows of a group are priced, or none for one reason."""
        if row.day is not None and not FIRST_YEAR <= row.day.year <= LAST_YEAR:
            return False
        unrated = (METER_NAMES[i] for i in rule.series(row.day, row.model, row.tier).unrated)
        reaches = [self.reaches[name] for name in unrated if name in self.reaches]
        return all(not each.most or (each.least > 0 and each.is_full) for each in reaches)

    def _where(self, keys: Sequence[object], most: int) -> Sequence[int]:
        same = " AND ".join(f"{sql} IS NOT DISTINCT FROM ?" for sql in self.keys.values())
        query = f"SELECT file_row_number + 1 FROM {parquet.source(self.path)} WHERE {same}"
        found = self.connection.execute(f"{query} LIMIT {most}", list(keys)).fetchall()
        return [place for (place,) in found]


def quick_table(connection: "DuckDBPyConnection", path: Path) -> Quick | None:
    """Return counts by meter that need no look at their rows, ``None`` where some may."""
    types, spelled = parquet.columns(connection, path)
    times = [name for name in ("day", *TIMES) if name in types]
    meters = [name for name in METER_NAMES if name in types]
    counts = [name for name in (*meters, "images", "n") if name in types]
    if (
        len(times) > 1
        or ("images" in types and "n" in types)
        or any(types[name] not in WHOLE for name in counts)
        or any(types[name] not in _DAYS for name in times)
        or any(name in types for name in (*IDS, *AMOUNTS))
    ):
        return None
    reaches = _reaches(connection, path, [spelled[name] for name in counts])
    if reaches is None:
        return None
    told = {name: reaches[spelled[name]] for name in counts}
    images = next((name for name in ("images", "n") if name in told), None)
    most = {name: MOST_COUNT if name == images else MOST_TOKENS for name in counts}
    if any(each.least < 0 or each.most > most[name] for name, each in told.items()):
        return None
    if images and not any(told[name].least > 0 and told[name].is_full for name in meters):
        return None
    keys = {"day": "CAST(NULL AS DATE)"}
    if times:
        keys["day"] = _DAYS[types[times[0]]].format(identifier(spelled[times[0]]))
    for text, names in _TEXTS.items():
        there = [identifier(spelled[name]) for name in names if name in types]
        keys |= {text: there[0] if len(there) == 1 else first_text(there)} if there else {}
    zoned = bool(times) and types[times[0]].endswith("ZONE")
    column = identifier(spelled[images]) if images else "CAST(NULL AS BIGINT)"
    return Quick(connection, path, keys, zoned, column, {name: told[name] for name in meters})


def _reaches(
    connection: "DuckDBPyConnection", path: Path, columns: Sequence[str]
) -> dict[str, _Reach] | None:
    """Return what columns reach over, ``None`` where the file does not say it of all its parts."""
    query = (
        "SELECT path_in_schema, BOOL_AND(stats_min_value IS NOT NULL AND "
        "stats_max_value IS NOT NULL AND stats_null_count IS NOT NULL), "
        "MIN(TRY_CAST(stats_min_value AS HUGEINT)), MAX(TRY_CAST(stats_max_value AS HUGEINT)), "
        f"COALESCE(SUM(stats_null_count), 0) = 0 FROM parquet_metadata({literal(path.absolute())}) "
        "GROUP BY path_in_schema"
    )
    found = {
        name: _Reach(least, most, is_full)
        for name, is_told, least, most, is_full in connection.execute(query).fetchall()
        if is_told and least is not None and most is not None
    }
    return found if all(name in found for name in columns) else None
