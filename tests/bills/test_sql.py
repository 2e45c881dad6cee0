"""The rule as SQL is the rule in Python, to the last digit: DuckDB runs it."""

import csv
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from operator import add
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from usage_rows import Bill, of_answers, of_meters, of_sums, python_bill, random_rows

from xl_pricing.bills.bill_sql import bill_sql
from xl_pricing.bills.moments import EPOCH
from xl_pricing.bills.rates_by_day import prices_of
from xl_pricing.bills.row import Row
from xl_pricing.bills.sql import COUNTS, Column, Told, by_meter
from xl_pricing.estimation.usage import METER_NAMES
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")

NINE = {name: Column(name) for name in COUNTS}
ANSWERS = Told(Column("day"), "model", "tier", Column("images"), NINE)
SUMS = Told(Column("day"), "model", "tier", Column("images"), NINE, grouped=True)
CASES = [(ANSWERS, of_answers), (SUMS, of_sums), (by_meter(), of_meters)]


def sql_bill(rows: Sequence[Sequence[Any]]) -> Bill:
    """Return a bill's rows by day, model, tier and reason, added up."""
    bill: Bill = {}
    for days, model, tier, count, images, _, *told in rows:
        *tokens, reason, usd = told
        day = None if days is None else EPOCH + timedelta(days=days)
        key = (day, model, tier, reason)
        if reason:
            bill[key] = (bill[key][0] + count if key in bill else count, None, (), Fraction(0))
            continue
        before = bill.get(key, (0, None, (0,) * len(METER_NAMES), Fraction(0)))
        shown = before[1] if images is None else (before[1] or 0) + int(images)
        sums = tuple(map(add, before[2], map(int, tokens)))
        bill[key] = (before[0] + count, shown, sums, before[3] + Fraction(usd))
    return bill


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
