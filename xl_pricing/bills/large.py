"""Large files: which of them DuckDB sums, and what is left of them to Python."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xl_pricing.bills import parquet
from xl_pricing.bills.csv_records import PLAIN, Marks, csv_values, delimiter_of
from xl_pricing.bills.engine import can_name, engine, has_engine, literal, share_done
from xl_pricing.bills.grouped import Grouped, note_repeated, over, take_in
from xl_pricing.bills.json_values import BAD, json_values
from xl_pricing.bills.opened import opened, peek, read_lines, starts_with
from xl_pricing.bills.quick import quick_table
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes import answers, own
from xl_pricing.bills.shapes.shape import Shape, part
from xl_pricing.bills.share_read import ShareRead
from xl_pricing.bills.sniffing import SEPARATOR, column_names, is_json
from xl_pricing.bills.tables import Table, counts_table, flat_table, lines_table
from xl_pricing.written import COMMA

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LARGE_BYTES = 64 * 2**20
"""Files of text from this size on are for the engine; smaller ones Python reads at once."""
_PACKED = 8
"""How many times a packed file is larger, about."""
_TABLES = {own.COUNTS: counts_table, own.FLAT: flat_table}
SUMMED = {shape.name for shape in (*_TABLES, answers.LOG_LINE)}
"""Names of the shapes that the engine sums."""
_LOOKED_AT = 100
"""Lines of a file by which its layout is chosen."""
_GZIP = b"\x1f\x8b"
_TEXT = "VARCHAR"


class Sniffed(NamedTuple):
    """A file to read, its name, and the shape of its first known record."""

    path: Path
    name: str
    shape: Shape | None


class Held(NamedTuple):
    """A file of which the engine has the sums: a row a group, and what is left to Python."""

    rows: Sequence[Row]
    odd: Container[int]
    """Places from 0 on of the rows that are left to Python."""
    records: Iterable[tuple[int, dict[str, str]]] | None = None
    """Of Parquet, the rows that are left, by the names that shapes have for columns."""
    marks: Marks = PLAIN
    """How they write days."""
    row_count: int = 0
    """How many there are, where all rows are left."""


@contextmanager
def held(
    files: Sequence[Sniffed],
    read: ShareRead,
    ids_of: Callable[[Sequence[Path]], Iterable[str]],
    rule: Rule | None = None,
) -> Iterator[Mapping[Path, Held]]:
    """Sum what is large, and what else may tell of the same calls; the others are left out.

    ``ids_of`` reads the ids of such others, for an id counts once, however it is read. What cannot
    be summed is left to Python too. Raises `InvalidValueError` for Parquet that cannot be read.
    """
    if not any(_is_large(file.path) for file in files) or not has_engine():
        yield {}
        return
    with engine([file.path for file in files if can_name(file.path)]) as connection:
        grouped: dict[Sniffed, Grouped] = {}
        sums: dict[Path, Held] = {}
        for number, file in enumerate(files):
            with read.reading(file.path, partial(share_done, connection)):
                rows = _quick(connection, file, rule) if rule else None
                taken = _taken(connection, number, file) if rows is None else None
            if rows is not None:
                sums[file.path] = Held(rows, ())
            elif taken is not None:
                grouped[file] = taken
            if rows is not None or (taken and not parquet.is_parquet(file.path)):
                read.note(file.path)
        if grouped:
            others = [f.path for f in files if f not in grouped and f.path not in sums]
            note_repeated(connection, list(grouped.values()), partial(ids_of, others))
        for file, each in grouped.items():
            with read.reading(file.path, partial(share_done, connection)):
                found = _held(file, each)
            sums |= {file.path: found} if found else {}
            if parquet.is_parquet(file.path) or not found:
                read.note(file.path, is_read=found is not None)
        left = (f for f in files if f.path not in sums and parquet.is_parquet(f.path))
        yield sums | {each.path: _unsummed(connection, each) for each in left}


def _unsummed(connection: "DuckDBPyConnection", file: Sniffed) -> Held:
    records = parquet.records(connection, file.path)
    row_count = parquet.row_count(connection, file.path)
    return Held((), (), records, _marks(connection, file), row_count)


def _marks(connection: "DuckDBPyConnection", file: Sniffed) -> Marks:
    is_month_first = file.shape is not None and file.shape.month_first
    return PLAIN._replace(orders=parquet.orders(connection, file.path, month_first=is_month_first))


def _is_large(path: Path) -> bool:
    size = path.stat().st_size if path.is_file() else 0
    times = 1 if _compression(path) == "none" else _PACKED
    return parquet.is_parquet(path) or size * times >= LARGE_BYTES


def _quick(connection: "DuckDBPyConnection", file: Sniffed, rule: Rule) -> list[Row] | None:
    if file.shape != own.COUNTS or not parquet.is_parquet(file.path):
        return None
    table = quick_table(connection, file.path)
    return table and table.rows(Source(file.name, "row"), rule)


def _taken(connection: "DuckDBPyConnection", number: int, file: Sniffed) -> Grouped | None:
    """Let the engine read a file; ``None`` where it cannot, or where its layout is another."""
    import duckdb  # noqa: PLC0415 - an extra

    try:
        if parquet.is_parquet(file.path):
            make = _TABLES.get(file.shape) if file.shape else None
            if make is None:
                return None
            types, spelled = parquet.columns(connection, file.path)
            return over(connection, make(parquet.source(file.path), types, spelled))
        table = _table(file) if can_name(file.path) else None
        return None if table is None else take_in(connection, number, table)
    except duckdb.Error:
        return None


def _table(file: Sniffed) -> Table | None:
    with opened(file.path) as source:
        if not is_json(source):
            return _csv_table(file, peek(source))
        if not peek(source).startswith(b"{") or file.shape != answers.LOG_LINE:
            return None
        unit, values = json_values(source)
        if unit != "line":
            return None
        for _, value in islice(values, _LOOKED_AT):
            if isinstance(value, dict) and answers.LOG_LINE.fits(value):
                held = "" if part(value, "usage") else "response"
                if not held or part(part(value, held) or {}, "usage"):
                    return lines_table(str(file.path.absolute()), held, _compression(file.path))
    return None


def _csv_table(file: Sniffed, head: bytes) -> Table | None:
    make = _TABLES.get(file.shape) if file.shape else None
    first = str(head.partition(b"\n")[0], "utf-8", "replace").strip()
    is_marked = starts_with(file.path)[:1] == b"\xef" or first.lower().startswith(SEPARATOR)
    if make is None or not first or '"' in first or is_marked or delimiter_of(first) != COMMA:
        return None
    columns = [f"column_{i}" for i in range(first.count(COMMA) + 1)]
    names = column_names(first.split(COMMA), file.name)
    declared = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    spelled = dict(zip(names, columns, strict=True))
    source = (
        f"read_csv({literal(file.path.absolute())}, auto_detect = false, header = true, "
        f"compression = '{_compression(file.path)}', "
        f"delim = ',', quote = '\"', escape = '\"', strict_mode = true, columns = {{{declared}}})"
    )
    return make(source, dict.fromkeys(spelled, _TEXT), spelled)


def _compression(path: Path) -> str:
    return "gzip" if starts_with(path).startswith(_GZIP) else "none"


def _held(file: Sniffed, grouped: Grouped) -> Held | None:
    """Return the sums of a file, ``None`` where most of it is left to Python anyway."""
    packed = parquet.is_parquet(file.path)
    count, odd = grouped.counted()
    if odd * 2 > count and not packed:
        return None
    unit = "row" if packed or file.shape in _TABLES else "line"
    rows = grouped.rows(Source(file.name, unit), partial(_places, file))
    places = set(grouped.odd_places()) if odd else set[int]()
    if not packed:
        return Held(rows, places)
    records = parquet.records(grouped.connection, file.path, places)
    return Held(rows, places, records, _marks(grouped.connection, file))


def _places(file: Sniffed, places: Sequence[int]) -> Sequence[int]:
    """Return as what people count places of rows from 0 on."""
    if parquet.is_parquet(file.path):
        return [place + 1 for place in places]
    with opened(file.path) as source:
        if file.shape in _TABLES:
            rows = islice(csv_values(source, COMMA), 1, None)
            return [number for number, _ in picked(rows, set(places), max(places, default=-1))]
        lines = enumerate(read_lines(source, None), start=1)
        return [n for n, _ in picked(lines, set(places), max(places, default=-1))]


def picked(
    numbered: Iterable[tuple[int, Any]], places: Container[int], last: int | None = None
) -> Iterator[tuple[int, Any]]:
    """Yield what stands at the places, counted from 0 on without blank lines."""
    place = 0
    for number, value in numbered:
        if last is not None and place > last:
            return
        if value is BAD or not isinstance(value, bytes) or value.strip():
            if place in places:
                yield number, value
            place += 1
