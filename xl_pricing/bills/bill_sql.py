"""The bill as SQL: the sums of `sums_sql`, joined with the rates of a card."""

from datetime import date

from xl_pricing.bills.moments import EPOCH
from xl_pricing.bills.rates_by_day import Prices
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.sql import NO_TOKENS, sums_sql
from xl_pricing.bills.told_sql import DIALECTS, Told
from xl_pricing.estimation.image import DEFAULT_TIER, TIERS
from xl_pricing.estimation.usage import METER_NAMES
from xl_pricing.rates.card import OTHER_MODELS

_DATED = r"-[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_WIDTH = 38
"""Digits of a decimal, in both engines."""


def bill_sql(table: str, told: Told, engine: str, prices: Prices, today: date) -> str:
    """Return the query for the bill: sums with their exact USD, or with why there is none.

    Rows that tell no day are priced by the rates of ``today``. ``not_priced`` is the name of a
    `Reason`, empty where there is ``usd``.
    """
    say = DIALECTS[engine]
    units = " + ".join(
        f"{name} * CAST(COALESCE({name}_units, 0) AS {say.big})" for name in METER_NAMES
    )
    bare = say.replaced.format(say.replaced.format("LOWER(TRIM(sums.model))", "^.*/"), _DATED)
    return (
        f"WITH sums AS ({sums_sql(table, told, engine)}), "
        f"names AS ({_names(prices)}), rates AS ({_rates(prices)}), "
        f"named AS (SELECT sums.*, {bare} AS bare, COALESCE(whole.id, short.id) AS id FROM sums "
        "LEFT JOIN names whole ON whole.name = LOWER(TRIM(sums.model)) "
        f"LEFT JOIN names short ON short.name = {bare}), "
        "rated AS (SELECT named.*, rates.* FROM named LEFT JOIN rates ON rates.rated = named.id "
        f"AND rates.rated_tier = named.tier AND COALESCE(named.day, {_days(today)}) >= since "
        f"AND COALESCE(named.day, {_days(today)}) < until), "
        f"judged AS (SELECT *, {_not_priced()} AS not_priced FROM rated) "
        "SELECT DATE '1970-01-01' + CAST(day AS INTEGER) AS day, COALESCE(id, bare, '') AS model, "
        "tier, row_count, images, assumed, "
        f"{', '.join(METER_NAMES)}, not_priced, "
        f"CASE WHEN not_priced = '' THEN {_usd(units, prices)} END AS usd "
        "FROM judged ORDER BY day, model, tier"
    )


def _not_priced() -> str:
    """Say why a sum has no price, in the order of `Rule.judge`."""
    folded = "REPLACE(REPLACE(REPLACE(REPLACE(bare, '-', ''), '_', ''), '.', ''), ' ', '')"
    others = " OR ".join(f"{folded} LIKE {_quoted(_folded(name) + '%')}" for name in OTHER_MODELS)
    other = f"id IS NULL AND bare IS NOT NULL AND (bare NOT LIKE '%image%' OR {others})"
    unrated = " OR ".join(f"({name} > 0 AND {name}_units IS NULL)" for name in METER_NAMES)
    none = " AND ".join(f"{name}_units IS NULL" for name in METER_NAMES)
    tiers = ", ".join(map(_quoted, TIERS))
    whens = {
        f"left_for = '{Reason.NO_USAGE.name}' AND {other}": Reason.OTHER_PRODUCT,
        "bare IS NULL": Reason.NO_MODEL,
        other: Reason.OTHER_PRODUCT,
        "id IS NULL": Reason.UNKNOWN_MODEL,
        f"tier NOT IN ({tiers})": Reason.NO_TIER,
        f"({unrated}) AND {none} AND tier = '{DEFAULT_TIER}'": Reason.BEFORE_FIRST_RATE,
        unrated: Reason.NO_RATE,
        f"used = {NO_TOKENS}": Reason.NO_TOKENS,
    }
    first, *rest = (f"WHEN {when} THEN '{reason.name}'" for when, reason in whens.items())
    return f"CASE {first} WHEN left_for <> '' THEN left_for {' '.join(rest)} ELSE '' END"


def _folded(name: str) -> str:
    return name.replace("-", "").replace(" ", "")


def _days(day: date) -> int:
    return (day - EPOCH).days


def _names(prices: Prices) -> str:
    rows = ", ".join(f"({_quoted(name)}, {_quoted(of)})" for name, of in prices.names.items())
    return f"SELECT * FROM (VALUES {rows}) AS known(name, id)"


def _rates(prices: Prices) -> str:
    rows = ", ".join(
        f"({_quoted(span.model)}, {_quoted(span.tier)}, {span.since}, {span.until}, "
        + ", ".join("CAST(NULL AS BIGINT)" if u is None else str(u) for u in span.units)
        + ")"
        for span in prices.spans
    )
    columns = ", ".join(f"{name}_units" for name in METER_NAMES)
    return f"SELECT * FROM (VALUES {rows}) AS known(rated, rated_tier, since, until, {columns})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _usd(units: str, prices: Prices) -> str:
    """Write exact USD: units of the last digit that any rate has, shifted."""
    unit = f"0.{1:0{prices.digits}d}"
    return (
        f"CAST({units} AS DECIMAL({_WIDTH - 1 - prices.digits},0)) "
        f"* CAST('{unit}' AS DECIMAL({prices.digits},{prices.digits}))"
    )
