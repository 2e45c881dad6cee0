"""How fast are bills read and priced? Run by hand: ``python tests/benchmarks/bills.py``.

Nothing fails here. Times are of the processor, the best of the rounds. Beside plain Python stands
what the standard library takes to part the same file into values, which no reader can undercut;
beside DuckDB what its own grouped sum, or reading the same fields, takes. ``--parquet 100000000
--lines 10000000`` are the sizes of the goals; they need 10 GB of room for a while.
"""

import argparse
import csv
import json
import random
import resource
import shutil
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tabulate import tabulate  # noqa: E402 - after the path is set

from xl_pricing.bills import large  # noqa: E402 - the same
from xl_pricing.bills.reading import Reading  # noqa: E402 - the same
from xl_pricing.bills.row import Row  # noqa: E402 - the same
from xl_pricing.bills.rule import Rule  # noqa: E402 - the same
from xl_pricing.bills.total import Totals  # noqa: E402 - the same
from xl_pricing.rates.card import bundled_card  # noqa: E402 - the same

ROWS = 100_000
ROUNDS = 2
GOAL = 300_000
"""Rows a second of plain Python, from the file to the sums."""
CASES = ROOT / "tests" / "cases" / "bills"
MODELS = ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-1.5")


def seconds(work: Callable[[], object]) -> float:
    """Return the least time of the processor that a piece of work took."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def short_log(file: Path) -> None:
    """Write log lines of some 140 bytes."""
    rng = random.Random(1)
    with file.open("w", encoding="utf-8") as out:
        for i in range(ROWS):
            usage = {"input_tokens": rng.randrange(300), "output_tokens": rng.randrange(7000)}
            row = {"id": f"r{i}", "timestamp": f"2026-11-{1 + i % 20:02d}T08:00:00Z"}
            out.write(json.dumps(row | {"model": rng.choice(MODELS), "usage": usage}) + "\n")


def full_log(file: Path) -> None:
    """Write the sample's log lines, with request and answer, of some 600 bytes."""
    lines = (CASES / "app_log.jsonl").read_text("utf-8").splitlines()
    with file.open("w", encoding="utf-8") as out:
        for i in range(ROWS):
            out.write(lines[i % len(lines)].replace('"id": "r', f'"id": "{i}-', 1) + "\n")


def counts(file: Path) -> None:
    """Write counts by meter, four columns."""
    rng = random.Random(2)
    with file.open("w", encoding="utf-8") as out:
        out.write("day,model,text_in,image_out\n")
        for i in range(ROWS):
            day, model = f"2026-11-{1 + i % 20:02d}", rng.choice(MODELS)
            out.write(f"{day},{model},{rng.randrange(300)},{rng.randrange(7000)}\n")


def export(file: Path) -> None:
    """Write the dashboard's usage export, 24 columns."""
    head, *rows = (CASES / "usage_export.csv").read_text("utf-8").splitlines()
    with file.open("w", encoding="utf-8") as out:
        out.write("\n".join([head, *(rows[i % 12] for i in range(ROWS))]))


def parted(file: Path) -> None:
    """Part a file into values, and nothing else."""
    with file.open(encoding="utf-8", newline="") as lines:
        for _ in map(json.loads, lines) if file.suffix == ".jsonl" else csv.reader(lines):
            pass


def total(rows: Iterable[Row]) -> Totals:
    """Price and sum rows."""
    totals = Totals(Rule(bundled_card()))
    totals.add_all(rows)
    return totals


def measured(file: Path) -> dict[str, str]:
    """Measure one file."""
    groups = list(Reading([file]))
    rows = [one for row in groups for one in (row.each() if row.each else (row,))]
    priced = total(rows).used.whole.rows
    bare, whole = seconds(lambda: parted(file)), seconds(lambda: total(Reading([file])))
    rule = seconds(lambda: total(rows))
    return {
        "file": file.name,
        "priced": f"{priced:,}",
        "parted alone, rows/s": f"{ROWS / bare:,.0f}",
        "from file to sums, rows/s": f"{ROWS / whole:,.0f}",
        "times parting": f"{whole / bare:.1f}",
        f"of {GOAL:,}": f"{ROWS / whole / GOAL:.1f}",
        "rows as they are summed": f"{len(groups):,}",
        "rule alone, one by one, rows/s": f"{len(rows) / rule:,.0f}" if len(rows) == ROWS else "-",
    }


METERS = ("text_in", "text_cached", "text_out", "image_in", "image_cached", "image_out")
BYTES_A_ROW, BYTES_A_LINE = 9, 420
GOALS = {"parquet": 1.15, "lines": 1.3}


def make_parquet(file: Path, rows: int) -> None:
    """Write counts by meter: days, models, tiers, images and six meters."""
    duckdb = import_module("duckdb")
    models = ", ".join(f"'{model}'" for model in MODELS)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT DATE '2026-11-01' + CAST(hash(i) % 20 AS INTEGER) AS day, "  # noqa: S608 - names and sizes of this file alone
            f"[{models}][1 + CAST(hash(i + 7) % 3 AS INTEGER)] AS model, "
            "CASE WHEN hash(i + 3) % 5 = 0 THEN 'batch' ELSE 'standard' END AS tier, "
            "CAST(1 + hash(i + 9) % 4 AS BIGINT) AS images, CAST(hash(i + 11) % 300 AS BIGINT) "
            "AS text_in, CAST(hash(i + 12) % 30 AS BIGINT) AS text_cached, 0::BIGINT AS text_out, "
            "CAST(hash(i + 13) % 3000 AS BIGINT) AS image_in, CAST(hash(i + 14) % 300 AS BIGINT) "
            "AS image_cached, CAST(100 + hash(i + 15) % 7000 AS BIGINT) AS image_out "
            f"FROM range({rows}) AS t(i)) TO '{file}'"
        )


def make_lines(file: Path, lines: int) -> None:
    """Write log lines with request and answer."""
    rng = random.Random(3)
    with file.open("w", encoding="utf-8") as out:
        for i in range(lines):
            sent, made = rng.randrange(300), rng.randrange(7000)
            out.write(
                f'{{"id": "r{i}", "timestamp": "2026-11-{1 + i % 20:02d}T08:00:00Z", "model": '
                f'"{MODELS[i % 3]}", "request": {{"size": "1024x1024", "n": 1}}, "response": '
                f'{{"created": {1793606405 + i % 900000}, "data": [{{"url": "u"}}], "size": '
                f'"1024x1024", "quality": "high", "usage": {{"input_tokens": {sent}, '
                f'"input_tokens_details": {{"text_tokens": {sent}, "image_tokens": 0}}, '
                f'"output_tokens": {made}, "total_tokens": {sent + made}}}}}}}\n'
            )


def alone(kind: str, file: str) -> float:
    """Return the seconds of DuckDB's own sums, or of its reading of the same fields."""
    from xl_pricing.bills.engine import engine
    from xl_pricing.bills.tables import lines_table

    sums = ", ".join(f"SUM({name})" for name in ("images", *METERS))
    query = (
        f"SELECT day, model, tier, COUNT(*), {sums} FROM '{file}' GROUP BY ALL"  # noqa: S608 - a file of its own
        if kind == "parquet"
        else f"SELECT COUNT(COLUMNS(*)) FROM {lines_table(file, 'response').source}"  # noqa: S608 - the same
    )
    with engine([Path(file)]) as connection:
        start = process_time()
        connection.execute(query).fetchall()
        return process_time() - start


def billed(file: str) -> tuple[float, int, int]:
    """Return the seconds of the bill, the rows that it priced, and the memory taken in MB."""
    large.LARGE_BYTES = 0
    start, rule = process_time(), Rule(bundled_card())
    totals = Totals(rule)
    totals.add_all(Reading([file], None, rule))
    took = process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return took, totals.used.whole.rows, memory


def in_own_process(work: Callable[..., Any], *arguments: object) -> Any:
    """Do a piece of work in a process of its own, whose memory is that of the work."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def against_engine(kind: str, file: Path, rows: int) -> dict[str, str]:
    """Measure a large file against DuckDB alone, in turns."""
    times, memory, priced = [], 0, 0
    for _ in range(ROUNDS):
        own = in_own_process(alone, kind, str(file))
        took, priced, memory = in_own_process(billed, str(file))
        times.append((took, own))
    took, own = min(t for t, _ in times), min(o for _, o in times)
    return {
        "file": file.name,
        "rows": f"{rows:,}",
        "priced": f"{priced:,}",
        "DuckDB alone, s": f"{own:.1f}",
        "bill, s": f"{took:.1f}",
        "times": f"{took / own:.2f}",
        "goal": f"{GOALS[kind]}",
        "memory, MB": f"{memory}",
    }


def peers() -> list[dict[str, str]]:
    """Ask others for the price of published usages: who is right on how many."""
    text = (CASES / "real_usage.jsonl").read_text("utf-8")
    rows = [row for row in map(json.loads, text.splitlines()) if row.get("usd_by_rule")]
    told = []
    for name, price in (("litellm", of_litellm), ("genai_prices", of_genai_prices)):
        try:
            import_module(name)
        except ImportError:
            told.append({"peer": name, "right": f"not asked: pip install {name}"})
            continue
        right = sum(abs(price(row) - float(row["usd_by_rule"])) < 5e-7 for row in rows)
        told.append({"peer": name, "right": f"{right} of {len(rows)}"})
    return told


def of_litellm(row: dict[str, Any]) -> float:
    """Return what litellm says of an answer of the Images API; NaN where it says nothing."""
    litellm = import_module("litellm")
    try:
        answer = litellm.ImageResponse(created=1, data=[{}], usage=row["usage"])
        return float(litellm.completion_cost(answer, row["model"], call_type="image_generation"))
    except Exception:  # noqa: BLE001 - whatever it raises, it says nothing
        return float("nan")


def of_genai_prices(row: dict[str, Any]) -> float:
    """Return what genai-prices says of an answer of the Images API; NaN where nothing."""
    prices = import_module("genai_prices")
    try:
        found = prices.extract_usage(
            {"model": row["model"], "usage": row["usage"]},
            provider_id="openai",
            api_flavor="images",
        )
        return float(found.calc_price().total_price)
    except Exception:  # noqa: BLE001 - whatever it raises, it says nothing
        return float("nan")


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--parquet", type=int, default=2_000_000, help="rows; 0 is none")
    asked.add_argument("--lines", type=int, default=200_000, help="JSON lines; 0 is none")
    asked.add_argument("--plain", type=int, default=ROWS, help="rows of plain Python; 0 is none")
    sizes = asked.parse_args()
    globals()["ROWS"] = sizes.plain
    with TemporaryDirectory() as folder:
        needed = sizes.parquet * BYTES_A_ROW + sizes.lines * BYTES_A_LINE * 3
        if shutil.disk_usage(folder).free < 2 * needed:
            sys.exit(f"{folder} has not the {needed / 1e9:.0f} GB of room that this needs twice")
        told = []
        for kind, make, rows in (("parquet", make_parquet, sizes.parquet),
                                 ("lines", make_lines, sizes.lines)):  # fmt: skip
            if rows:
                file = Path(folder, f"usage.{'parquet' if kind == 'parquet' else 'jsonl'}")
                make(file, rows)
                told.append(against_engine(kind, file, rows))
                file.unlink()
        print(tabulate(told, headers="keys", disable_numparse=True))  # noqa: T201 - it is a report
        told = []
        for make_plain, name in ((counts, "counts.csv"), (export, "export.csv"),
                                 (short_log, "short.jsonl"), (full_log, "full.jsonl")):  # fmt: skip
            if sizes.plain:
                file = Path(folder, name)
                make_plain(file)
                told.append(measured(file))
    print(tabulate(told, headers="keys", disable_numparse=True))  # noqa: T201 - it is a report
    print(tabulate(peers(), headers="keys", disable_numparse=True))  # noqa: T201 - it is a report


if __name__ == "__main__":
    main()
