"""Spark says of rows what Python says: run for real, by the interpreter of XL_PRICING_SPARK."""

import csv
import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from bill_document import ROOM
from exhaustive import many
from usage_rows import of_meters, python_bill, random_rows, sql_bill

from xl_pricing.bills.reading import Reading
from xl_pricing.bills.row import Row
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.usage import METER_NAMES

SPARK = os.environ.get("XL_PRICING_SPARK")
Values = tuple[str | None, ...]


def _values(row: Row) -> Values:
    head = (str(row.day) if row.day else None, row.model, row.tier)
    tokens = map(str, row.tokens or ())
    return *head, None if row.images is None else str(row.images), *tokens


def sample_rows() -> list[Values]:
    """Return all rows of the sample files that tell tokens, as counts by meter."""
    found: list[Values] = []
    for file in sorted(ROOM.iterdir()):
        try:
            found += [_values(row) for row in Reading([file]) if row.tokens is not None]
        except XlPricingError:
            continue
    return found


def test_spark_says_of_samples_and_random_rows_what_python_says(tmp_path: Path) -> None:
    if SPARK is None:
        if os.environ.get("XL_PRICING_ALL_HOSTS"):
            pytest.fail("XL_PRICING_SPARK names no interpreter that has pyspark")
        pytest.skip("XL_PRICING_SPARK names no interpreter that has pyspark")
    samples = sample_rows()
    assert len(samples) > 50
    rows = [*samples, *random_rows(many(1_000, 100_000), METER_NAMES, seed=13)]
    file = tmp_path / "rows.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["NONE" if v is None else v for v in row] for row in rows])
    script = Path(__file__).with_name("in_spark.py")
    ran = subprocess.run(
        [SPARK, script, file], capture_output=True, text=True, check=False, timeout=400
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert "is America/New_York; accepted: UTC" in told["refused"]
    found = [(day and date.fromisoformat(day), *rest) for day, *rest in told["bill"]]
    assert sql_bill(found) == python_bill(list(map(of_meters, rows)))
