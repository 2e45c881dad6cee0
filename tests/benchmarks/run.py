"""How fast and how small is it? Run by hand: ``python tests/benchmarks/run.py``.

Prints one table of times, memory and ratios, and then what was reached of each target. Nothing
fails here, for machines are noisy: contestants take turns, round by round, a ratio is the median
of the rounds' ratios, and imports and memory are taken in processes of their own.

Peers, where they are installed, are genai-prices and litellm (offline), which are handed the
tokens that IMGCOST has to count from text; and the bare formula in a loop over integers that are
read already. "First" is a range of which nothing was seen before, "again" the same once more.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import click  # noqa: E402 - after the path is set
from tabulate import tabulate  # noqa: E402 - the same

from xl_pricing import functions  # noqa: E402 - the same
from xl_pricing.estimation.size import FreeSizes, all_sizes  # noqa: E402 - the same
from xl_pricing.estimation.tokens import GridRule  # noqa: E402 - the same
from xl_pricing.functions import arguments, pricers  # noqa: E402 - the same
from xl_pricing.functions.calls import answer  # noqa: E402 - the same
from xl_pricing.functions.catalogue import FUNCTIONS  # noqa: E402 - the same
from xl_pricing.rates.card import bundled_card  # noqa: E402 - the same

ROUNDS = 7
ROWS = 100_000
PEER_ROWS = 2_000
CALLS = 5_000
PER_MTOK = 1_000_000
# Its five qualities make enough distinct specs; its rate is 30 USD.
MODEL = bundled_card().model("gpt-image-2.5-flare")

IMPORT = """
from time import perf_counter
start = perf_counter()
import {module}
print(perf_counter() - start)
"""
MEMORY = """
import gc, json
def mb(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name))
seen = {{"bare": mb("VmRSS")}}
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
import xl_pricing.functions
seen["imported"] = mb("VmRSS")
edges = range(16, 3841, 16)
sizes = [f"{{w}}x{{h}}" for w in edges for h in edges
         if max(w, h) <= 3 * min(w, h) and 655_360 <= w * h <= 8_294_400]
words = ["low", "medium", "high", "xhigh", "max"]
specs = [(size, word) for word in words for size in sizes][:{distinct}]
specs = [specs[i % len(specs)] for i in range({rows})]
columns = [[size] for size, _ in specs], [[word] for _, word in specs]
del sizes, specs
answers = answer(FUNCTIONS["IMGCOST"], [*columns, "gpt-image-2.5-flare"])
assert all(isinstance(row[0], float) for row in answers)
del columns, answers
gc.collect()
seen["after use"], seen["peak"] = mb("VmRSS"), mb("VmHWM")
print(json.dumps(seen))
"""
EXCEL = """
from time import perf_counter
from xl_pricing.excel import IMGCOST
IMGCOST([["1024x1536"]], [["high"]])
start = perf_counter()
for _ in range({calls}):
    IMGCOST([["1024x1536"]], [["high"]])
print((perf_counter() - start) / {calls})
"""
TEMPLATE = """
import json, pathlib, tempfile
from time import perf_counter
start = perf_counter()
from workbook_templates.build import write_template
ready = perf_counter()
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "budget.xlsx")
    write_template(path, "en")
    print(json.dumps([ready - start, perf_counter() - ready, path.stat().st_size]))
"""

Contestant = Callable[[], object]
Row = tuple[str, str, str]
"""What was measured, the figure, and its ratio to the first contestant."""


def child(code: str) -> Any:
    """Run code in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return json.loads(subprocess.check_output(command, env=environment, text=True))


def seconds(contestant: Contestant) -> float:
    """Time one call."""
    start = perf_counter()
    contestant()
    return perf_counter() - start


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """Return how many times as long ``slow`` takes, in the median round."""
    return median(a / b for a, b in zip(slow, fast, strict=True))


def compare(times: Mapping[str, Sequence[float]], unit: str, per_second: float) -> list[Row]:
    """Make rows of times, with ratios to the first."""
    first = next(iter(times.values()))
    return [
        (name, f"{median(t) * per_second:.4g} {unit}", f"{ratio(t, first):.2f}")
        for name, t in times.items()
    ]


def price_range(columns: Sequence[Any]) -> None:
    """Price a range as Excel has it priced."""
    answer(FUNCTIONS["IMGCOST"], [*columns, MODEL.id])


def price_first(columns: Sequence[Any]) -> None:
    """Forget all arguments that earlier calls have read, and price a range."""
    for module in (arguments, pricers):
        for reader in vars(module).values():
            if hasattr(reader, "cache_clear") and reader.__module__ == module.__name__:
                reader.cache_clear()
    price_range(columns)


def price_bare(rows: Sequence[tuple[int, int, int]]) -> list[float]:
    """Compute the formula for rows of grid, width and height."""
    prices = []
    for grid, width, height in rows:
        long, short = (width, height) if width >= height else (height, width)
        raised = 2 * grid * short + long
        cells = raised // (2 * long)
        if cells & 1 and not raised % (2 * long):
            cells -= 1
        tokens = -(-grid * cells * (2_000_000 + width * height) // 4_000_000)
        prices.append(tokens * 30 / PER_MTOK)
    return prices


def peers(tokens: Sequence[int]) -> Iterator[tuple[str, Contestant]]:
    """Yield the installed libraries that price given tokens."""
    if find_spec("genai_prices"):
        from genai_prices import Usage, calc_price

        def price(count: int) -> object:
            return calc_price(Usage(output_tokens=count), "gpt-image-2", provider_id="openai")

        yield "genai-prices", lambda: list(map(price, tokens))
    if find_spec("litellm"):
        from litellm import cost_per_token

        yield "litellm", lambda: list(map(partial(cost_per_token, "gpt-image-2", 0), tokens))


def race(distinct: int) -> dict[str, list[float]]:
    """Return seconds a row, round by round, of all contestants on 100,000 rows in random order."""
    rule, sizes = MODEL.output.rule, MODEL.sizes
    assert isinstance(rule, GridRule)
    assert isinstance(sizes, FreeSizes)
    every = [(size, word) for size in all_sizes(sizes) for word in rule.qualities]
    specs = random.Random(1).sample(every, distinct) * (ROWS // distinct)
    columns = [[str(size)] for size, _ in specs], [[word] for _, word in specs]
    ours: dict[str, Contestant] = {
        "IMGCOST, first": partial(price_first, columns),
        "IMGCOST, again": partial(price_range, columns),
        "bare loop": partial(price_bare, [(rule.grids[word], *size) for size, word in specs]),
    }
    theirs = dict(peers([rule.counter(word)(size) for size, word in specs[:PEER_ROWS]]))
    times: dict[str, list[float]] = {name: [] for name in {**ours, **theirs}}
    for _ in range(ROUNDS):
        for name, contestant in {**ours, **theirs}.items():
            times[name].append(seconds(contestant) / (ROWS if name in ours else PEER_ROWS))
    return times


def scalar_calls() -> dict[str, list[float]]:
    """Return seconds a scalar call, as Python and as Excel make it."""

    def plain() -> None:
        for _ in range(CALLS):
            functions.IMGCOST("1024x1536", "high")

    times: dict[str, list[float]] = {"functions.IMGCOST": [], "excel.IMGCOST": []}
    for _ in range(3):
        times["functions.IMGCOST"].append(seconds(plain) / CALLS)
        times["excel.IMGCOST"].append(child(EXCEL.format(calls=CALLS)))
    return times


def imports() -> dict[str, list[float]]:
    """Return seconds of imports in fresh processes; the first of them is not counted."""
    modules = ["xl_pricing.functions", "xl_pricing", "genai_prices", "litellm"]
    times: dict[str, list[float]] = {f"import {m}": [] for m in modules if find_spec(m)}
    for _ in range(ROUNDS + 1):
        for statement, taken in times.items():
            taken.append(child(IMPORT.format(module=statement.removeprefix("import "))))
    return {statement: taken[1:] for statement, taken in times.items()}


def memory(distinct: int) -> dict[str, float]:
    """Return the memory of a process that prices a range and drops it, in MB (Linux only)."""
    seen: dict[str, float] = child(MEMORY.format(distinct=distinct, rows=ROWS))
    return seen


def template() -> Row:
    """Time the workbook in fresh processes."""
    runs = [child(TEMPLATE) for _ in range(3)]
    ready, written, size = (median(run[i] for run in runs) for i in range(3))
    return "template", f"{written:.2f} s (imports before: {ready:.2f} s), {size / 1000:.1f} kB", ""


def reached(
    races: Mapping[int, Mapping[str, list[float]]],
    imported: Mapping[str, list[float]],
    used: Mapping[int, Mapping[str, float]],
) -> Iterator[str]:
    """Yield a sentence for each target, which stands in brackets."""
    ours = ("IMGCOST, first", "IMGCOST, again")
    for distinct, times in races.items():
        if "genai-prices" in times:
            first, again = (ratio(times["genai-prices"], times[name]) for name in ours)
            target = 25 if distinct == ROWS else 100
            faster = f"{first:.0f} (again {again:.0f}) times faster than genai-prices"
            yield f"{distinct:,} distinct: {faster} [{target}]"
    first, again = (ratio(races[ROWS][name], races[ROWS]["bare loop"]) for name in ours)
    yield f"all distinct: {first:.1f} (again {again:.1f}) times the bare loop [4]"
    if "import genai_prices" in imported:
        slower = ratio(imported["import xl_pricing.functions"], imported["import genai_prices"])
        yield f"import: {slower:.2f} times genai-prices [1]"
    for distinct, seen in used.items():
        yield f"{distinct:,} distinct: {seen['after use']:.0f} MB after use [40]"


def main() -> None:
    """Run everything and print it."""
    races = {distinct: race(distinct) for distinct in (1, 100, ROWS)}
    imported = imports()
    used = {distinct: memory(distinct) for distinct in races} if Path("/proc").exists() else {}
    rows: list[Row] = []
    for distinct, times in races.items():
        named = {f"{n}, 100,000 rows, {distinct:,} distinct": t for n, t in times.items()}
        rows += compare(named, "s", ROWS)
    rows += compare(scalar_calls(), "us/call", 1e6) + compare(imported, "ms", 1e3)
    for distinct, seen in used.items():
        figures = ", ".join(f"{name} {mb:.0f}" for name, mb in seen.items())
        rows.append((f"RSS, {distinct:,} distinct", f"MB: {figures}", ""))
    rows.append(template())
    click.echo(tabulate(rows, headers=["what", "figure", "ratio"], disable_numparse=True) + "\n")
    click.echo("\n".join(reached(races, imported, used)))


if __name__ == "__main__":
    main()
