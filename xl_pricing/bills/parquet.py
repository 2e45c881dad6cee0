"""Parquet, which DuckDB reads: its columns, and its rows as those of a table of text."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from xl_pricing.bills.day_orders import MOST_DAYS, DayOrders, Orders
from xl_pricing.bills.engine import EXTRA, can_name, engine, has_engine, identifier, literal
from xl_pricing.bills.opened import PARQUET, starts_with
from xl_pricing.bills.shapes import shape_of
from xl_pricing.bills.shapes.own import DAYS
from xl_pricing.bills.shapes.shape import Shape
from xl_pricing.bills.sniffing import column_names, no_shape
from xl_pricing.bills.thinned import SHORTEST
from xl_pricing.errors import InvalidValueError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 5_000
_LONG = 2**16
"""Characters from which on a text may hold images, which are left out."""
_NESTED = ("STRUCT", "MAP", "UNION")


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet."""
    return starts_with(path).startswith(PARQUET)


def shape_in(path: Path, name: str) -> Shape:
    """Return the shape of a file by its columns; raise `InvalidValueError`."""
    if not has_engine():
        raise InvalidValueError(
            f"{name} is a Parquet file, which DuckDB reads; accepted: after {EXTRA}, "
            "or as JSON, JSON lines, CSV or gzip of one"
        )
    if not can_name(path):
        raise InvalidValueError(f"{name} has a letter of patterns; accepted: another name for it")
    with engine([path]) as connection:
        record = dict.fromkeys(columns(connection, path)[0], "")
    shape = shape_of(record)
    if shape is None:
        raise no_shape(name, record)
    return shape


def source(path: Path) -> str:
    """Return the file as a relation, whose rows have their number."""
    return f"read_parquet({literal(path.absolute())}, file_row_number = true)"


def columns(connection: "DuckDBPyConnection", path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the types of the columns, and how they are spelled, by the names of shapes."""
    import duckdb  # noqa: PLC0415 - an extra

    query = f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source(path)}"
    try:
        told = [(name, kind) for name, kind, *_ in connection.execute(query).fetchall()]
    except duckdb.Error:
        raise InvalidValueError(
            f"{path.name} cannot be read; accepted: a whole Parquet file"
        ) from None
    names = column_names([name for name, _ in told], path.name)
    return (
        {name: kind for name, (_, kind) in zip(names, told, strict=True)},
        {name: spelled for name, (spelled, _) in zip(names, told, strict=True)},
    )


def row_count(connection: "DuckDBPyConnection", path: Path) -> int:
    """Return how many rows there are."""
    query = f"SELECT SUM(num_rows) FROM parquet_file_metadata({literal(path.absolute())})"
    ((rows,),) = connection.execute(query).fetchall()
    return int(rows or 0)


def orders(connection: "DuckDBPyConnection", path: Path, *, month_first: bool = False) -> Orders:
    """Return in which order days are written, where they are texts."""
    import duckdb  # noqa: PLC0415 - an extra

    types, spelled = columns(connection, path)
    named = [name for name in types if name in DAYS or "date" in name or "time" in name.lower()]
    times = [identifier(spelled[name]) for name in named if types[name] == "VARCHAR"]
    if not times:
        return Orders()
    is_day = " OR ".join(f"REGEXP_MATCHES({time}, '^ *[0-9]+[/.-]')" for time in times)
    query = f"SELECT DISTINCT {', '.join(times)} FROM {source(path)} WHERE {is_day}"
    days = DayOrders(month_first=month_first)
    with suppress(duckdb.Error):  # what is not whole is told when its rows are read
        for cells in connection.execute(f"{query} LIMIT {MOST_DAYS}").fetchall():
            days.look([(cell or "").strip() for cell in cells])
    return days.orders()


def records(
    connection: "DuckDBPyConnection", path: Path, places: Collection[int] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield rows, all or those at the places from 0 on, as texts, with their numbers from 1 on."""
    import duckdb  # noqa: PLC0415 - an extra

    types, spelled = columns(connection, path)
    texts = [_text(identifier(spelled[name]), kind) for name, kind in types.items()]
    there = "" if places is None else "WHERE file_row_number IN (SELECT UNNEST(?)) "
    query = (
        f"SELECT file_row_number, {', '.join(texts)} FROM {source(path)} {there}"
        f"{'' if places is None else 'ORDER BY file_row_number'}"
    )
    if places is not None and not places:
        return
    try:
        found = connection.cursor().execute(query, [] if places is None else [list(places)])
        while rows := found.fetchmany(_AT_ONCE):
            for place, *cells in rows:
                yield place + 1, {n: c or "" for n, c in zip(types, cells, strict=True)}
    except duckdb.Error:
        raise InvalidValueError(
            f"{path.name} cannot be read to its end; accepted: a whole Parquet file"
        ) from None


def _text(column: str, kind: str) -> str:
    """Write a value as a table of text has it: numbers without zeros behind, no images."""
    if kind.startswith("BLOB"):
        return "NULL"
    nested = kind.startswith(_NESTED) or kind.endswith("]")
    text = f"CAST({f'TO_JSON({column})' if nested else column} AS VARCHAR)"
    if kind.startswith("DECIMAL"):
        short = f"RTRIM(RTRIM({text}, '0'), '.')"
        return f"CASE WHEN CONTAINS({text}, '.') THEN {short} ELSE {text} END"
    if not nested and kind not in {"VARCHAR", "JSON"}:
        return text
    thin = f"REGEXP_REPLACE({text}, '[A-Za-z0-9+/=_-]{{{SHORTEST},}}', '', 'g')"
    return f"CASE WHEN LENGTH({text}) < {_LONG} THEN {text} ELSE {thin} END"
