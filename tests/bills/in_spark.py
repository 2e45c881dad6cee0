"""Price rows of counts in Spark: ``python in_spark.py rows.csv``; prints the bill as JSON.

It runs in an environment that has pyspark; `test_spark` starts it.
"""

import csv
import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parents[2]))

from xl_pricing.bills.spark import bill
from xl_pricing.bills.told_sql import BY_METER
from xl_pricing.errors import InvalidValueError
from xl_pricing.rates.card import bundled_card

ZONE = "spark.sql.session.timeZone"


def main() -> None:
    """Print what is said in another time zone, and the bill."""
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", ZONE: "UTC"}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
        rows = [[None if v == "NONE" else v for v in row] for row in csv.reader(file)]
    usage = session.createDataFrame(rows, ", ".join(f"{name} STRING" for name in BY_METER))
    session.conf.set(ZONE, "America/New_York")
    refused = ""
    try:
        bill(usage, bundled_card())
    except InvalidValueError as error:
        refused = str(error)
    session.conf.set(ZONE, "UTC")
    found = [list(row) for row in bill(usage, bundled_card()).collect()]
    print(json.dumps({"refused": refused, "bill": found}, default=str))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
