"""The rule as SQL is the rule in Python, to the last digit: DuckDB runs it."""

import csv
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from bill_document import refused, run
from exhaustive import many
from usage_rows import of_answers, of_meters, of_sums, python_bill, random_rows, sql_bill

from xl_pricing.bills.bill_sql import bill_sql
from xl_pricing.bills.moments import EPOCH
from xl_pricing.bills.rates_by_day import prices_of
from xl_pricing.bills.row import Row
from xl_pricing.bills.told_sql import COUNTS, Column, Told, by_meter
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.usage import METER_NAMES
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")

NINE = {name: Column(name) for name in COUNTS}
ANSWERS = Told(Column("day"), "model", "tier", Column("images"), NINE)
SUMS = Told(Column("day"), "model", "tier", Column("images"), NINE, grouped=True)
CASES = [(ANSWERS, of_answers), (SUMS, of_sums), (by_meter(), of_meters)]


@pytest.mark.parametrize(("told", "read"), CASES, ids=["answers", "sums", "meters"])
def test_duckdb_says_of_random_rows_what_python_says(
    told: Told, read: Callable[[Sequence[str | None]], Row], tmp_path: Path
) -> None:
    counts = METER_NAMES if read is of_meters else COUNTS
    rows = random_rows(many(5_000, 100_000), counts, seed=12)
    with (tmp_path / "usage.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["NONE" if v is None else v for v in row] for row in rows])
    columns = ", ".join(f"{n} VARCHAR" for n in ("day", "model", "tier", "images", *counts))
    with duckdb.connect() as engine:
        engine.execute(f"SET TimeZone = 'UTC'; CREATE TABLE usage ({columns})")
        engine.execute(
            f"COPY usage FROM '{tmp_path / 'usage.csv'}' (HEADER false, NULLSTR 'NONE', "
            "DELIMITER ',', QUOTE '\"', AUTO_DETECT false)"
        )
        query = bill_sql("usage", told, "duckdb", prices_of(bundled_card()), today())
        found = sql_bill(engine.execute(query).fetchall())
    expected = python_bill(list(map(read, rows)))
    assert found == expected
    assert sum(usd for *_, usd in found.values()) > 0


def test_the_command_line_prints_the_query_for_a_table_named_usage() -> None:
    printed = run("--sql", "duckdb")
    assert printed.exit_code == 0
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(
            "CREATE TABLE usage AS SELECT DATE '2026-11-02' AS day, 'gpt-image-2' AS model, "
            "'batch' AS tier, 2 AS images, 100 AS text_in, NULL AS text_cached, 0 AS text_out, "
            "0.0 AS image_in, '' AS image_cached, '2000' AS image_out"
        )
        (found,) = engine.execute(printed.stdout).fetchall()
    assert found[:5] == (date(2026, 11, 2), "gpt-image-2", "batch", 1, 2)
    assert Fraction(found[-1]) == Fraction(100 * 5 + 2_000 * 30, 2 * 10**6)


def test_another_engine_is_refused_with_those_there_are() -> None:
    assert "accepted: duckdb, spark" in refused("--sql", "oracle")


@pytest.mark.parametrize("columns", [("model", "text_in"), ("day", "text_in"), ("day", "model")])
def test_a_table_without_day_model_or_meter_is_refused(columns: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValueError, match="the table has no column"):
        by_meter(columns)


def test_a_table_may_lack_tier_images_and_meters() -> None:
    told = by_meter(("day", "model", "image_out"))
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        table = "(SELECT '2026-11-02' AS day, 'gpt-image-2' AS model, 1000 AS image_out)"
        query = bill_sql(table, told, "duckdb", prices_of(bundled_card()), today())
        (found,) = engine.execute(query).fetchall()
    assert Fraction(found[-1]) == Fraction(3, 100)


def test_rates_are_laid_out_from_day_to_day() -> None:
    prices = prices_of(bundled_card())
    card = bundled_card()
    for span in prices.spans:
        day = EPOCH + timedelta(days=span.since)
        tariff = card.tariff(card.model(span.model), span.tier, day)
        for meter, units in zip(METER_NAMES, span.units, strict=True):
            price = tariff.prices.get(meter)
            exact = None if price is None else price.usd_per_mtok / 10**6
            assert (None if units is None else Fraction(units, 10**prices.digits)) == exact
    assert {span.until for span in prices.spans} >= {(date.max - EPOCH).days}
