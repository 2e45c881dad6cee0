"""What rows of a table tell, as SQL that DuckDB and Spark run: their day, texts and counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from xl_pricing.bills.moments import SECONDS_PER_DAY, SINCE, UNITS
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.estimation.usage import METER_NAMES, MOST_TOKENS

COUNTS = (
    *("input", "text", "image", "cached", "cached_text", "cached_image"),
    *("output", "text_out", "image_out"),
)
"""What a usage may tell, by the names that the SQL has for it."""
BY_METER = ("day", "model", "tier", "images", *METER_NAMES)
"""The columns of a table of counts by meter."""
NOTHING: Mapping[str, str] = MappingProxyType({})
_BAD = -1
"""Stands for a count that is none until its row is left."""
_WHOLE = r"^0*[0-9]{1,13}([.]0*)?$"
_IN_DOUBT = r"^[1-9][0-9]{0,2}[.]000$"
_POWER = r"^[0-9]{1,8}([.][0-9]{0,7})?[eE][+]?[0-9]{1,2}$"
_ZONED = r"^[0-9.]+$|:[0-9.]+ ?(Z|z|UTC|[+-][0-9]{2}:?[0-9]{0,2})$"
_SECONDS = "^1[5-9][0-9]{8}$"
"""Seconds since 1970 of most rows, all of them between the years that are read."""
_IN_UTC = (
    "^20(1[5-9]|[2-9][0-9])-[0-9]{2}-[0-9]{2}[T ]"
    "([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,6})?Z$"
)
_MICROS_A_DAY = 86_400_000_000


class Dialect(NamedTuple):
    """What engines write in different ways; ``{0}`` is an expression, ``{1}`` a pattern."""

    text: str
    big: str
    """An integer of 128 bits, or of 38 digits."""
    matches: str
    replaced: str
    """A text without what is of the pattern."""
    micros: str
    """Microseconds since 1970 of a time as text, NULL where it is none."""
    whole_part: str
    """``{0}`` divided by the whole number ``{1}``, rounded down."""
    days: str
    """Days since 1970 of a text such as 2026-11-02, NULL where there is no such day; empty where
    quick ways for most rows gain nothing.
    """


DIALECTS = {
    "duckdb": Dialect(
        "VARCHAR", "HUGEINT", "regexp_matches({0}, '{1}')", "regexp_replace({0}, '{1}', '')",
        "epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))", "({0} // {1})",
        "(TRY_CAST({0} AS DATE) - DATE '1970-01-01')",
    ),
    "spark": Dialect(
        "STRING", "DECIMAL(38,0)", "{0} RLIKE '{1}'", "regexp_replace({0}, '{1}', '')",
        "unix_micros(TRY_CAST({0} AS TIMESTAMP))", "({0} DIV {1})",
        "",
    ),
}  # fmt: skip


class Column(NamedTuple):
    """An expression of SQL for what a row tells."""

    sql: str
    is_whole: bool = False
    """Whether the engine has it as a whole number already; else it is read as text."""


@dataclass(frozen=True)
class Told:
    """Where a table tells time, model, tier, images and counts.

    ``grouped`` is for sums of an organization, where text and image exclude what was cached.
    """

    time: Column | None = None
    model: str = "NULL"
    tier: str = "NULL"
    images: Column | None = None
    counts: Mapping[str, Column] = field(default_factory=dict)
    grouped: bool = False
    seconds: str = ""
    """Whole seconds since 1970, which come before ``time`` where they are told."""
    listed: str = ""
    """How many images there are, which comes before ``images`` where it is told."""


def by_meter(columns: Collection[str] = BY_METER) -> Told:
    """Tell of a table of counts by meter; raise `InvalidValueError` where it lacks what it needs.

    Its columns are among `BY_METER`, of any type that has the value as text: the day (or the time
    in UTC), the model and some of the meters at least.
    """
    lacks = [name for name in ("day", "model") if name not in columns]
    if lacks or not any(name in columns for name in METER_NAMES):
        missing = " and ".join(lacks) or "meter"
        raise InvalidValueError(
            f"the table has no column {missing}; accepted: {', '.join(BY_METER)}, "
            "of which day, model and a meter are needed"
        )
    names = ("text", "cached_text", "text_out", "image", "cached_image", "image_out")
    counts = {
        name: Column(meter)
        for name, meter in zip(names, METER_NAMES, strict=True)
        if meter in columns
    }
    none = {"input": Column("0", is_whole=True), "output": Column("0", is_whole=True)}
    tier = "tier" if "tier" in columns else "NULL"
    images = Column("images") if "images" in columns else None
    return Told(Column("day"), "model", tier, images, counts | none, grouped=True)


def told_sql(table: str, told: Told, say: Dialect, beside: Mapping[str, str]) -> str:
    """Read what a row tells: its day, texts and counts; a count that is none is `_BAD`."""
    others = "".join(f", {sql} AS {name}" for name, sql in beside.items())
    counts = (f"{_count(told.counts.get(name), say)} AS {name}" for name in COUNTS)
    images = _count(told.images, say, doubt=False)
    images = f"COALESCE({told.listed}, {images})" if told.listed else images
    tier = f"COALESCE(NULLIF(LOWER(TRIM(CAST({told.tier} AS {say.text}))), ''), '{DEFAULT_TIER}')"
    return (
        f"SELECT {_day(told, say)} AS day, {_no_zone(told, say)} AS no_zone, "
        f"{_is_told(told, say)} AS has_time, "
        f"NULLIF(TRIM(CAST({told.model} AS {say.text})), '') AS model, "
        f"{tier if told.tier != 'NULL' else repr(DEFAULT_TIER)} AS tier, "
        f"{images} AS images, {', '.join(counts)}{others} "
        f"FROM {table}"
    )


def _count(column: Column | None, say: Dialect, *, doubt: bool = True) -> str:
    """Read a whole number; 1.000 tokens are in doubt, for they may be a thousand."""
    if column is None:
        return "CAST(NULL AS BIGINT)"
    if column.is_whole:
        return f"CASE WHEN {column.sql} > {MOST_TOKENS} THEN {_BAD} ELSE {column.sql} END"
    text = f"TRIM(CAST({column.sql} AS {say.text}))"
    whole = f"CAST(split_part({text}, '.', 1) AS BIGINT)"
    power = f"TRY_CAST({text} AS DOUBLE)"
    in_doubt = f"WHEN {say.matches.format(text, _IN_DOUBT)} THEN {_BAD} " if doubt else ""
    return (
        f"CASE WHEN {column.sql} IS NULL OR {text} = '' THEN NULL "
        f"{in_doubt}"
        f"WHEN {say.matches.format(text, _WHOLE)} AND {whole} <= {MOST_TOKENS} THEN {whole} "
        f"WHEN {say.matches.format(text, _POWER)} AND {power} = floor({power}) "
        f"AND {power} <= {MOST_TOKENS} THEN CAST({power} AS BIGINT) ELSE {_BAD} END"
    )


def _day(told: Told, say: Dialect) -> str:
    """Return the days since 1970 of a time, in UTC; quickly as most rows have it."""
    if told.time is None:
        return "CAST(NULL AS BIGINT)"
    text = f"TRIM(CAST({told.time.sql} AS {say.text}))"
    micros = _micros_of_text(text, say)
    first, last = (seconds * 1_000_000 for seconds in SINCE)
    day = say.whole_part.format(f"({micros})", _MICROS_A_DAY)
    quick = {
        f"{told.seconds} >= {SINCE[0]} AND {told.seconds} < {SINCE[1]}": told.seconds,
        say.matches.format(text, _SECONDS): f"CAST({text} AS BIGINT)",
    }
    whens = [
        f"WHEN {when} THEN {say.whole_part.format(seconds, SECONDS_PER_DAY)} "
        for when, seconds in quick.items()
        if seconds and say.days
    ]
    if say.days:
        in_utc = say.days.format(f"SUBSTRING({text}, 1, 10)")
        whens.append(f"WHEN {say.matches.format(text, _IN_UTC)} THEN {in_utc} ")
    return f"CASE {''.join(whens)}WHEN ({micros}) >= {first} AND ({micros}) < {last} THEN {day} END"


def _micros_of_text(text: str, say: Dialect) -> str:
    number = f"CAST(split_part({text}, '.', 1) AS BIGINT)"
    digits = say.matches.format(text, "^[0-9]{9,18}([.][0-9]{0,12})?$")
    return (
        f"CASE WHEN {digits} THEN {_micros_of_number(number, say)} "
        f"ELSE {say.micros.format(text)} END"
    )


def _micros_of_number(number: str, say: Dialect) -> str:
    """Return microseconds of seconds, milli-, micro- or nanoseconds, by which of them fits."""
    ways = []
    for unit in UNITS:
        low, high = (seconds * unit for seconds in SINCE)
        micros = (
            f"{number} * {1_000_000 // unit}"
            if unit <= 1_000_000
            else say.whole_part.format(number, unit // 1_000_000)
        )
        ways.append(f"WHEN {number} >= {low} AND {number} < {high} THEN {micros}")
    return f"CASE {' '.join(ways)} END"


def _no_zone(told: Told, say: Dialect) -> str:
    if told.time is None:
        return "FALSE"
    text = f"TRIM(CAST({told.time.sql} AS {say.text}))"
    no_zone = f"COALESCE(NOT {say.matches.format(text, _ZONED)}, FALSE)"
    return (
        f"CASE WHEN {told.seconds} IS NULL THEN {no_zone} ELSE FALSE END"
        if told.seconds
        else no_zone
    )


def _is_told(told: Told, say: Dialect) -> str:
    if told.time is None:
        return "FALSE"
    is_told = f"({told.time.sql} IS NOT NULL AND CAST({told.time.sql} AS {say.text}) <> '')"
    return f"({told.seconds} IS NOT NULL OR {is_told})" if told.seconds else is_told
