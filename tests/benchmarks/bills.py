"""How fast are bills read and priced? Run by hand: ``python tests/benchmarks/bills.py``.

Nothing fails here. Times are of the processor, the best of the rounds; beside them stands what the
standard library takes to part the same file into values, which no reader can undercut.
"""

import csv
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tabulate import tabulate  # noqa: E402 - after the path is set

from xl_pricing.bills.reading import Reading  # noqa: E402 - the same
from xl_pricing.bills.rule import Rule  # noqa: E402 - the same
from xl_pricing.bills.total import Totals  # noqa: E402 - the same
from xl_pricing.rates.card import bundled_card  # noqa: E402 - the same

ROWS = 100_000
ROUNDS = 3
GOAL = 300_000
"""Rows a second that are read already, to be priced and summed."""
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


def total(rows: object) -> Totals:
    """Price and sum rows."""
    totals = Totals(Rule(bundled_card()))
    totals.add_all(rows)  # type: ignore[arg-type]  # a reading or a list of rows
    return totals


def measured(file: Path) -> dict[str, str]:
    """Measure one file."""
    rows = list(Reading([file]))
    priced = total(rows).used.whole.rows
    alone, whole = seconds(lambda: parted(file)), seconds(lambda: total(Reading([file])))
    rule = seconds(lambda: total(rows))
    return {
        "file": file.name,
        "priced": f"{priced:,}",
        "parted alone, rows/s": f"{ROWS / alone:,.0f}",
        "read and priced, rows/s": f"{ROWS / whole:,.0f}",
        "times parting": f"{whole / alone:.1f}",
        "priced and summed, rows/s": f"{ROWS / rule:,.0f}",
        f"of {GOAL:,}": f"{ROWS / rule / GOAL:.1f}",
    }


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        told = []
        for make, name in ((counts, "counts.csv"), (export, "export.csv"),
                           (short_log, "short.jsonl"), (full_log, "full.jsonl")):  # fmt: skip
            file = Path(folder, name)
            make(file)
            told.append(measured(file))
    print(tabulate(told, headers="keys", disable_numparse=True))  # noqa: T201 - it is a report


if __name__ == "__main__":
    main()
