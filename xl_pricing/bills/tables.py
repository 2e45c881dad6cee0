"""Files as tables of SQL: which column or field of a shape tells what, as its reader has it.

A row is odd where a reader would look at more than is told here: only Python reads such rows.
Of a name that a JSON object has twice the engine takes the first, Python the last.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from xl_pricing.bills.engine import MOST_LINE, identifier, literal
from xl_pricing.bills.shapes.answers import AMOUNTS, IDS, PROJECTS, TIMES
from xl_pricing.bills.shapes.gateways import INPUT, OUTPUT
from xl_pricing.bills.shapes.shape import LONGEST_TEXT, NO_ID
from xl_pricing.bills.told_sql import Column, Told
from xl_pricing.estimation.usage import METER_NAMES

TEXTS = ("said_model", "said_tier", "project", "size", "quality")
"""What rows are told apart by besides, as the file has it."""
BESIDE = (*TEXTS, "image_call")
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
"""Types of columns of whole numbers."""
DAYS = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}


class Table(NamedTuple):
    """A file as SQL: where it is read from, what its rows tell, and which of them are odd."""

    source: str
    told: Told
    beside: Mapping[str, str]
    """`BESIDE`, ``is_odd`` and ``id_hash``, NULL where there is no id."""


Types = Mapping[str, str]
"""The columns of a table by their names as shapes have them, with their types."""


def counts_table(source: str, types: Types, spelled: Mapping[str, str]) -> Table:
    """Return a table of counts by meter."""
    columns = _Columns(types, spelled)
    names = ("text", "cached_text", "text_out", "image", "cached_image", "image_out")
    counts = {n: columns.count(meter) for n, meter in zip(names, METER_NAMES, strict=True)}
    none = {name: Column("0", is_whole=True) for name in ("input", "output")}
    return _flat(source, columns, counts | none, grouped=True)


def flat_table(source: str, types: Types, spelled: Mapping[str, str]) -> Table:
    """Return a table of logs with counts in columns."""
    columns = _Columns(types, spelled)
    counts = {
        "input": columns.count(*INPUT),
        "output": columns.count(*OUTPUT),
        "text": columns.count("input_text_tokens", "text_tokens"),
        "image": columns.count("input_image_tokens", "image_tokens"),
        "text_out": columns.count("output_text_tokens"),
        "image_out": columns.count("output_image_tokens"),
        "cached": columns.count("input_cached_tokens", "cached_tokens", "cache_read_input_tokens"),
        "cached_text": columns.count("input_cached_text_tokens", "cached_text_tokens"),
        "cached_image": columns.count("input_cached_image_tokens", "cached_image_tokens"),
    }
    return _flat(source, columns, counts, grouped=False)


class _Columns:
    """The columns of a table, by the names that shapes have for them."""

    def __init__(self, types: Types, spelled: Mapping[str, str]) -> None:
        self._types, self._spelled = types, spelled

    def text(self, *names: str) -> str:
        """Return the first text that is told under some name."""
        return first_text(identifier(self._spelled[name]) for name in names if name in self._types)

    def count(self, *names: str) -> Column | None:
        """Return the first count that is told under some name."""
        there = [name for name in names if name in self._types]
        if len(there) == 1 and self._types[there[0]] in WHOLE:
            return Column(identifier(self._spelled[there[0]]), is_whole=True)
        return Column(self.text(*there)) if there else None


def _flat(
    source: str, columns: _Columns, counts: Mapping[str, Column | None], *, grouped: bool
) -> Table:
    time = columns.text("day", *TIMES)
    model = columns.text("model")
    told = Told(
        None if time == NONE else Column(time),
        images=columns.count("images", "n"),
        counts={name: column for name, column in counts.items() if column},
        grouped=grouped,
    )
    beside = {
        "said_model": model,
        "said_tier": columns.text("tier"),
        "project": columns.text(*PROJECTS),
        "size": columns.text("size"),
        "quality": columns.text("quality"),
        "image_call": "FALSE",
        **_of_id(columns.text(*IDS), f"{columns.text(*AMOUNTS)} IS NOT NULL"),
    }
    return Table(source, told, beside)


NONE = "CAST(NULL AS VARCHAR)"


def first_text(expressions: Iterable[str]) -> str:
    """Return the first text that is not empty."""
    texts = [f"NULLIF(TRIM(CAST({each} AS VARCHAR)), '')" for each in expressions]
    return f"COALESCE({', '.join(texts)})" if texts else NONE


def _of_id(row_id: str, odd: str) -> dict[str, str]:
    none = ", ".join(map(literal, sorted(NO_ID)))
    is_id = f"{row_id} IS NOT NULL AND LOWER({row_id}) NOT IN ({none})"
    long = f"COALESCE(LENGTH({row_id}) > {LONGEST_TEXT}, FALSE)"
    return {
        "is_odd": f"({odd} OR {long})",
        "id_hash": f"CASE WHEN {is_id} THEN hash({row_id}) END",
    }


# Log lines in JSON, with the answer or its usage.

Fields = Mapping[str, "str | Fields"]
_T = "VARCHAR"
_KINDS: Fields = {"text_tokens": _T, "image_tokens": _T}
_USAGE: Fields = {
    **dict.fromkeys(("input_tokens", "output_tokens", "prompt_tokens", "cached_tokens"), _T),
    "cached_tokens_details": _T,
    "input_tokens_details": {
        **_KINDS,
        "cached_tokens": _T,
        "cached_tokens_details": {**_KINDS, "cached_text_tokens": _T, "cached_image_tokens": _T},
    },
    "output_tokens_details": _KINDS,
}
_ANSWER: Fields = {
    **dict.fromkeys(("created", "created_at", "model", "size", "quality"), _T),
    **dict.fromkeys(("type", "output", "tool_usage", "svg_usage", *AMOUNTS), _T),
    "data": "JSON[]",
    "usage": _USAGE,
}
_OTHER_SHAPES = (
    *("custom_id", "num_model_requests", "start_time", "start_time_iso", "startTime"),
    *("call_type", "spend"),
    *("usage_details", "usageDetails", "metername", "chargecategory", "type", "output"),
    *("tool_usage", "output_file_id", "input_file_id", "params", "parameters"),
    *AMOUNTS,
)
"""Fields of a line by which it may be of another shape, or be read in another way."""
_LINE: Fields = dict.fromkeys(
    (*IDS, *TIMES, *PROJECTS, *_OTHER_SHAPES, "model", "n", "images", "size", "quality"), _T
) | {"request": "JSON"}
_PLAIN = "[0-9]{0,12}(,[0-9]{0,12})*"
"""Counts as most lines have them, with commas between."""
_USED = (
    *("usage.cached_tokens", "usage.cached_tokens_details", "usage.prompt_tokens"),
    "usage.input_tokens_details.cached_tokens_details.cached_text_tokens",
    "usage.input_tokens_details.cached_tokens_details.cached_image_tokens",
)
"""Fields of a usage that only Python reads."""


def lines_table(path: str, held: str, compression: str = "none") -> Table:
    """Return log lines that hold the answer in the field ``held``, or in themselves if empty."""
    fields = {**_LINE, held: _ANSWER, "usage": _T, "data": _T} if held else {**_LINE, **_ANSWER}
    within = f"{identifier(held)}." if held else ""
    around = ("model", "n", "size", "quality")
    line = {name: f"line.{identifier(name)}" for name in (*IDS, *TIMES, *PROJECTS, *around)}
    answer = f"line.{within}"
    request = "json_extract_string(line.request, '$.{}')".format
    told = Told(
        Column(first_text([f"{answer}created", f"{answer}created_at", *(line[t] for t in TIMES)])),
        seconds=f"TRY_CAST({answer}created AS BIGINT)",
        listed=f"LEN({answer}data)",
        images=Column(first_text([line["n"], "line.images", request("n")])),
        counts={
            name: Column(f"TRY_CAST({answer}{field} AS BIGINT)", is_whole=True)
            for name, field in _COUNTED.items()
        },
    )
    every = ", ".join(f"{answer}{field}" for field in ("created", *_COUNTED.values()))
    others = [f"line.{identifier(name)}" for name in _OTHER_SHAPES]
    others += [f"{answer}{name}" for name in ("svg_usage", *_USED)]
    if held:
        others += [f"{answer}{name}" for name in ("type", "output", "tool_usage", *AMOUNTS)]
        others += ["line.usage", "line.data"]
    asked = "CAST(line.request AS VARCHAR)"
    named = ", ".join(["line.model", asked, *(f"line.{t}" for t in ("timestamp", "time", "ts"))])
    odd = (
        f'COALESCE({", ".join(others)}) IS NOT NULL OR COALESCE({named}, line."at") IS NULL '
        f"OR NOT COALESCE(STARTS_WITH({asked}, '{{'), TRUE) "
        f"OR NOT REGEXP_FULL_MATCH(CONCAT_WS(',', {every}), '{_PLAIN}')"
    )
    if not held:
        odd += " OR (line.model IS NULL AND COALESCE(line.created, line.created_at) IS NOT NULL)"
        odd += " OR (line.model IS NULL AND line.data IS NOT NULL)"
    texts = {
        "said_model": first_text([line["model"], request("model"), f"{answer}model"]),
        "said_tier": NONE,
        "project": first_text(line[name] for name in PROJECTS),
        "size": _made(f"{answer}size", line["size"], request("size")),
        "quality": _made(f"{answer}quality", line["quality"], request("quality")),
    }
    row_id = first_text(line[name] for name in IDS)
    call = {"image_call": f"{answer}data IS NOT NULL"}
    beside = {**texts, **call, **_of_id(row_id, f"({odd})")}
    columns = ", ".join(f"{literal(name)}: {literal(_type(kind))}" for name, kind in fields.items())
    source = (
        f"read_json({literal(path)}, format = 'newline_delimited', ignore_errors = true, "
        f"compression = '{compression}', maximum_object_size = {MOST_LINE}, "
        f"columns = {{{columns}}}) AS line"
    )
    return Table(source, told, beside)


_COUNTED = {
    "input": "usage.input_tokens",
    "output": "usage.output_tokens",
    "text": "usage.input_tokens_details.text_tokens",
    "image": "usage.input_tokens_details.image_tokens",
    "cached": "usage.input_tokens_details.cached_tokens",
    "cached_text": "usage.input_tokens_details.cached_tokens_details.text_tokens",
    "cached_image": "usage.input_tokens_details.cached_tokens_details.image_tokens",
    "text_out": "usage.output_tokens_details.text_tokens",
    "image_out": "usage.output_tokens_details.image_tokens",
}


def _made(*expressions: str) -> str:
    """Return size or quality: what was made rather than what was asked for, and never auto."""
    told = (f"NULLIF(NULLIF({each}, 'auto'), '')" for each in expressions)
    return f"COALESCE({', '.join(told)})"


def _type(kind: "str | Fields") -> str:
    if isinstance(kind, str):
        return kind
    inner = ", ".join(f"{identifier(name)} {_type(each)}" for name, each in kind.items())
    return f"STRUCT({inner})"
