"""Rows of large files, summed by DuckDB: what is alike comes as one `Row` that stands for many.

Rows that are odd in any way are left to Python, by their place: so both say the same of each.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from xl_pricing.bills.moments import EPOCH
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.shapes.shape import text_of
from xl_pricing.bills.sql import ALIKE, metered_sql, summed
from xl_pricing.bills.tables import BESIDE, TEXTS, Table
from xl_pricing.estimation.usage import Metered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Count = Callable[[Sequence[int]], Sequence[int]]
"""Says as what people count places from 0 on."""

ENGINE = "duckdb"
OTHER_IDS = "other_ids"
"""The table of what ids of files hash to that Python reads."""
REPEATED = "repeated"
"""The table of what ids that come more than once hash to."""
_ODD = f"(left_for <> '' OR is_odd OR COALESCE(id_hash IN (SELECT id_hash FROM {REPEATED}), FALSE))"
_KEYS = (*ALIKE, *BESIDE)
_AT_ONCE = 50_000


class Grouped(NamedTuple):
    """A file in the engine: a relation of what its rows come to, with their ``place`` from 0 on."""

    connection: "DuckDBPyConnection"
    relation: str

    def has_ids(self) -> bool:
        """Tell whether any row has an id."""
        query = f"SELECT 1 FROM {self.relation} WHERE id_hash IS NOT NULL LIMIT 1"
        return bool(self.connection.execute(query).fetchall())

    def counted(self) -> tuple[int, int]:
        """Return how many rows there are, and how many of them are left to Python."""
        query = f"SELECT COUNT(*), COUNT_IF({_ODD}) FROM {self.relation}"
        ((rows, odd),) = self.connection.execute(query).fetchall()
        return rows, odd

    def odd_places(self) -> Sequence[int]:
        """Return the places of the rows that are left to Python."""
        query = f"SELECT place FROM {self.relation} WHERE {_ODD} ORDER BY place"
        return [place for (place,) in self.connection.execute(query).fetchall()]

    def rows(self, source: Source, count: Count) -> list[Row]:
        """Return a row a group; ``count`` says as what places are counted for people."""
        query = summed(f"{self.relation} WHERE NOT {_ODD}", ENGINE, BESIDE)
        return [
            self._row(group, source, count)
            for group in self.connection.execute(f"{query} ORDER BY ALL").fetchall()
        ]

    def _row(
        self,
        group: tuple[Any, ...],
        source: Source,
        count: Count,
    ) -> Row:
        keys, (rows, images, *tokens) = group[: len(_KEYS)], group[len(_KEYS) :]
        told = dict(zip(_KEYS, keys, strict=True))
        texts = {name: text_of(told[name]) for name in TEXTS}
        return Row(
            source,
            0,
            day=None if told["day"] is None else EPOCH + timedelta(days=told["day"]),
            model=texts["said_model"],
            image_call=told["image_call"],
            tier=(texts["said_tier"] or "").lower() or None,
            tokens=Metered(*tokens),
            images=images,
            size=texts["size"],
            quality=texts["quality"],
            project=texts["project"],
            assumed=told["assumed"],
            rows=rows,
            where=lambda most: count(self._where(keys, most)),
        )

    def _where(self, keys: Sequence[object], most: int) -> Sequence[int]:
        same = " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in _KEYS)
        query = f"SELECT place FROM {self.relation} WHERE NOT {_ODD} AND {same}"
        found = self.connection.execute(f"{query} ORDER BY place LIMIT {most}", list(keys))
        return [place for (place,) in found.fetchall()]


def take_in(connection: "DuckDBPyConnection", number: int, table: Table) -> Grouped:
    """Read a file of text once, and keep what its rows come to."""
    name = f"rows_{number}"
    inner = metered_sql(table.source, table.told, ENGINE, table.beside)
    connection.execute(f"CREATE TEMP TABLE {name} AS {inner} SELECT * FROM metered")
    grouped = Grouped(connection, f"(SELECT *, rowid AS place FROM {name}) AS kept")
    leave_unclear(grouped, name)
    return grouped


def leave_unclear(grouped: Grouped, name: str) -> None:
    """Leave rows to Python whose texts may be an object, a list or a flag in JSON."""
    unclear = {text: f"REGEXP_MATCHES({text}, '^[{{[]|^(true|false)$')" for text in TEXTS}
    found = ", ".join(f"COALESCE(BOOL_OR({condition}), FALSE)" for condition in unclear.values())
    told = grouped.connection.execute(f"SELECT {found} FROM {name}").fetchall()[0]
    for condition, is_found in zip(unclear.values(), told, strict=True):
        if is_found:
            grouped.connection.execute(f"UPDATE {name} SET is_odd = TRUE WHERE {condition}")


def over(connection: "DuckDBPyConnection", table: Table) -> Grouped:
    """Read a file of columns anew for each question, for little of it is read then."""
    beside = {**table.beside, "place": "file_row_number"}
    inner = metered_sql(table.source, table.told, ENGINE, beside)
    return Grouped(connection, f"({inner} SELECT * FROM metered) AS kept")


def note_repeated(
    connection: "DuckDBPyConnection", files: Sequence[Grouped], others: Callable[[], Iterable[str]]
) -> None:
    """Find what ids come more than once in all files; ``others`` tells those that Python reads."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {OTHER_IDS} (id_hash UBIGINT)")
    if any(file.has_ids() for file in files):
        ids = iter(others())
        while some := list(islice(ids, _AT_ONCE)):
            query = f"INSERT INTO {OTHER_IDS} SELECT hash(id) FROM (SELECT UNNEST(?) AS id)"
            connection.execute(query, [some])
    relations = (*(file.relation for file in files), OTHER_IDS)
    hashes = " UNION ALL ".join(f"SELECT id_hash FROM {relation}" for relation in relations)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {REPEATED} AS SELECT id_hash FROM ({hashes}) "
        "WHERE id_hash IS NOT NULL GROUP BY id_hash HAVING COUNT(*) > 1"
    )
