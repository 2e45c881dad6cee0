"""The rule of a row as SQL, for tables of any size; DuckDB and Spark run it.

It says what `read_usage`, `read_grouped_usage` and `Rule` say in Python, from the same bounds and
rates: first the counts of a row, then sums of rows that are alike; `bill_sql` joins the few sums
with the rates. Sums are exact integers: within a day a rate is constant.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.told_sql import COUNTS, DIALECTS, NOTHING, Told, told_sql
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import METER_NAMES

ALIKE = ("day", "model", "tier", "assumed", "left_for", "used")
"""What rows are alike in that are summed: the day since 1970, texts, flags of `Assumed`, the name
of the `Reason` for which rows have no tokens, bits of the meters that have some (`NO_TOKENS` where
images have none).
"""
NO_TOKENS = -1
"""Stands for the meters of images that tell no tokens."""
_MOST_IMAGES = 10**9


def sums_sql(table: str, told: Told, engine: str) -> str:
    """Return the query for sums of rows that are alike in day, model, tier and what was assumed.

    Its columns are `ALIKE`, ``row_count``, ``images`` and the six meters.
    """
    return f"{metered_sql(table, told, engine)} {summed('metered', engine)}"


def metered_sql(table: str, told: Told, engine: str, beside: Mapping[str, str] = NOTHING) -> str:
    """Return a query's beginning, which names as ``metered`` what each row of a table comes to.

    Its columns are `ALIKE`, ``images``, the six meters, and ``beside``: expressions by their names.
    """
    steps = {
        "told": told_sql(table, told, DIALECTS[engine], beside),
        "sides": _sides(),
        "metered": _metered(told, beside),
    }
    return f"WITH {', '.join(f'{name} AS ({body})' for name, body in steps.items())}"


def summed(metered: str, engine: str, beside: Collection[str] = ()) -> str:
    """Return the query for sums of rows that are alike, also in columns ``beside``."""
    big, alike = DIALECTS[engine].big, ", ".join([*ALIKE, *beside])
    meters = ", ".join(f"SUM(CAST({name} AS {big})) AS {name}" for name in METER_NAMES)
    return (
        f"SELECT {alike}, COUNT(*) AS row_count, SUM(images) AS images, {meters} "
        f"FROM {metered} GROUP BY {alike}"
    )


class _Read(NamedTuple):
    """How six meters come of the counts, what is assumed then, and when too much is cached."""

    meters: tuple[str, ...]
    assumed: Mapping[Assumed, str]
    excess: str = "FALSE"


_OUT = (
    "CASE WHEN text_out IS NULL AND image_out IS NULL THEN 0 ELSE made_text END",
    (
        "CASE WHEN text_out IS NULL AND image_out IS NULL THEN told_out "
        "ELSE made_image + GREATEST(told_out - made_text - made_image, 0) END"
    ),
)
_MORE_OUT = (
    "(text_out IS NOT NULL OR image_out IS NOT NULL) AND told_out > 0 "
    "AND told_out < made_text + made_image"
)
_SENT_TEXT = (
    "CASE WHEN is_open THEN told_in ELSE of_text + GREATEST(told_in - of_text - of_image, 0) END"
)
_ONE_NUMBER = "(cached_text IS NULL) = (cached_image IS NULL)"
_FIRST = f"LEAST(kept_open, GREATEST({_SENT_TEXT} - kept_text, 0))"
_KEPT_TEXT = (
    f"CASE WHEN kept_open <= 0 THEN kept_text WHEN {_ONE_NUMBER} THEN kept_text + {_FIRST} "
    "WHEN cached_text IS NULL THEN kept_text + kept_open ELSE kept_text END"
)
_KEPT_IMAGE = (
    f"CASE WHEN kept_open <= 0 THEN kept_image "
    f"WHEN {_ONE_NUMBER} THEN kept_image + kept_open - {_FIRST} "
    "WHEN cached_text IS NULL THEN kept_image ELSE kept_image + kept_open END"
)
_OF_ANSWERS = _Read(
    (f"{_SENT_TEXT} - ({_KEPT_TEXT})", _KEPT_TEXT, _OUT[0], f"of_image - ({_KEPT_IMAGE})",
     _KEPT_IMAGE, _OUT[1]),
    {
        Assumed.ALL_TEXT: "is_open AND told_in > 0",
        Assumed.REST_IS_TEXT: "NOT is_open AND told_in > of_text + of_image",
        Assumed.MORE_IN_DETAILS: "(NOT is_open AND told_in > 0 AND told_in < of_text + of_image) "
        f"OR ({_MORE_OUT})",
        Assumed.CACHED_TEXT_FIRST: f"kept_open > 0 AND {_ONE_NUMBER}",
    },
    f"({_KEPT_TEXT}) > ({_SENT_TEXT}) OR ({_KEPT_IMAGE}) > of_image",
)  # fmt: skip
_KEPT_FIRST = "kept_text + GREATEST(kept_open, 0)"
_REST = f"(told_in - of_text - of_image - ({_KEPT_FIRST}) - kept_image)"
_OF_SUMS = _Read(
    (f"of_text + GREATEST({_REST}, 0)", _KEPT_FIRST, _OUT[0], "of_image", "kept_image", _OUT[1]),
    {
        Assumed.ALL_TEXT: f"{_REST} > 0 AND is_open",
        Assumed.REST_IS_TEXT: f"{_REST} > 0 AND NOT is_open",
        Assumed.MORE_IN_DETAILS: f"({_REST} < 0 AND told_in > 0) OR ({_MORE_OUT})",
        Assumed.CACHED_TEXT_FIRST: "kept_open > 0",
    },
)


def _sides() -> str:
    """Name what both ways of reading start from."""
    bad = " OR ".join(f"COALESCE({name}, 0) < 0" for name in COUNTS)
    zero = (f"COALESCE({name}, 0) AS {short}" for short, name in _SHORT.items())
    return (
        f"SELECT *, ({bad}) AS is_bad, input IS NULL AND output IS NULL AS is_empty, "
        f"text IS NULL AND image IS NULL AS is_open, {', '.join(zero)}, COALESCE(cached, 0) "
        "- COALESCE(cached_text, 0) - COALESCE(cached_image, 0) AS kept_open FROM told"
    )


_SHORT = {
    "told_in": "input", "told_out": "output", "of_text": "text", "of_image": "image",
    "kept_text": "cached_text", "kept_image": "cached_image", "made_text": "text_out",
    "made_image": "image_out",
}  # fmt: skip


def _metered(told: Told, beside: Collection[str]) -> str:
    """Tell the six meters, what was assumed, and why a row is left."""
    others = "".join(f", {name}" for name in beside)
    read = _OF_SUMS if told.grouped else _OF_ANSWERS
    flags = {**read.assumed, Assumed.NO_ZONE: "no_zone", Assumed.NO_DAY: "NOT has_time"}
    assumed = " + ".join(
        f"CASE WHEN {when} THEN {int(flag)} ELSE 0 END" for flag, when in flags.items()
    )
    meters = ", ".join(
        f"{sql} AS read_{name}" for name, sql in zip(METER_NAMES, read.meters, strict=True)
    )
    bits = " + ".join(
        f"CASE WHEN read_{name} > 0 THEN {1 << i} ELSE 0 END" for i, name in enumerate(METER_NAMES)
    )
    kept = ", ".join(
        f"CASE WHEN left_for = '' THEN read_{name} ELSE 0 END AS {name}" for name in METER_NAMES
    )
    return (
        "SELECT day, model, tier, CASE WHEN left_for = '' THEN assumed ELSE 0 END AS assumed, "
        f"left_for, CASE WHEN images BETWEEN 0 AND {_MOST_IMAGES} THEN images END AS images, "
        f"{kept}{others}, "
        f"CASE WHEN left_for <> '' THEN 0 WHEN {bits} > 0 THEN {bits} "
        f"WHEN images BETWEEN 1 AND {_MOST_IMAGES} THEN {NO_TOKENS} ELSE 0 END AS used FROM ("
        f"SELECT day, model, tier, images{others}, {assumed} AS assumed, {meters}, "
        f"CASE WHEN is_empty THEN '{Reason.NO_USAGE.name}' "
        f"WHEN is_bad OR {read.excess} THEN '{Reason.NO_COUNT.name}' "
        f"WHEN has_time AND day IS NULL THEN '{Reason.NO_DAY.name}' "
        "ELSE '' END AS left_for FROM sides) AS read_rows"
    )
