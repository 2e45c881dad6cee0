"""How fast and how small is it? Run by hand: ``python tests/benchmarks/run.py``.

Prints one table of times, memory and ratios, and then what was reached of each target. Nothing
fails here: machines are noisy. So contestants run in turns, round by round; a ratio is the median
of the ratios of the rounds; imports and memory are taken in processes of their own.

Peers, where they are installed: genai-prices and litellm (offline), which price given tokens and
so have less to do than IMGCOST, which reads sizes and counts the tokens first; and the bare
formula in a loop over integers that are read already, which nothing in Python can beat by much.
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

from tabulate import tabulate  # noqa: E402 - after the path is set

from xl_pricing import arguments, functions  # noqa: E402
from xl_pricing.declaration import FUNCTIONS  # noqa: E402
from xl_pricing.estimation.size import FreeSizes, Size, all_sizes  # noqa: E402
from xl_pricing.estimation.tokens import GridRule  # noqa: E402
from xl_pricing.rates.card import bundled_card  # noqa: E402

ROWS = 100_000
ROUNDS = 7
PEER_ROWS = 2_000
# Five qualities: only so are there 100,000 distinct specs.
MODEL = bundled_card().model("gpt-image-2.5-flare")
RATE = 30

Spec = tuple[Size, str]
Contestant = Callable[[], object]
Report = list[tuple[str, str, str]]

IMPORT = """
from time import perf_counter
start = perf_counter()
import {module}
print(perf_counter() - start)
"""
MEMORY = """
import json
def mb(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name))
seen = {{"bare": mb("VmRSS")}}
import xl_pricing.functions
from xl_pricing.declaration import FUNCTIONS
seen["imported"] = mb("VmRSS")
edges = range(16, 3841, 16)
sizes = [f"{{w}}x{{h}}" for w in edges for h in edges
         if max(w, h) <= 3 * min(w, h) and 655360 <= w * h <= 8294400]
words = ["low", "medium", "high", "xhigh", "max"]
specs = [(size, word) for word in words for size in sizes][:{distinct}]
specs = [specs[i % len(specs)] for i in range({rows})]
columns = [[size] for size, _ in specs], [[word] for _, word in specs]
del sizes, specs
seen["range"] = mb("VmRSS")
answers = FUNCTIONS["IMGCOST"].answer([*columns, "gpt-image-2.5-flare"])
assert all(isinstance(row[0], float) for row in answers)
seen["priced"] = mb("VmRSS")
del columns, answers
seen["now"], seen["peak"] = mb("VmRSS"), mb("VmHWM")
print(json.dumps(seen))
"""
EXCEL = """
from time import perf_counter
from xl_pricing.excel import IMGCOST
IMGCOST([["1024x1536"]], [["high"]])
start = perf_counter()
for _ in range(5000):
    IMGCOST([["1024x1536"]], [["high"]])
print((perf_counter() - start) / 5000)
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


def child(code: str) -> Any:  # noqa: ANN401 - what the code prints, as JSON
    """Run code in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return json.loads(subprocess.check_output(command, env=environment, text=True))


def seconds(contestant: Contestant) -> float:
    """Time one call."""
    start = perf_counter()
    contestant()
    return perf_counter() - start


def rounds(contestants: Mapping[str, Contestant]) -> dict[str, list[float]]:
    """Time the contestants in turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            times[name].append(seconds(contestant))
    return times


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """Return how many times ``slow`` takes as long as ``fast``, by the median round."""
    return median(a / b for a, b in zip(slow, fast, strict=True))


def specs(distinct: int) -> list[Spec]:
    """Return 100,000 specs of which so many are distinct, in random order."""
    assert isinstance(MODEL.sizes, FreeSizes)
    words = MODEL.output.rule.qualities
    every = [(size, word) for size in all_sizes(MODEL.sizes) for word in words]
    chosen = random.Random(1).sample(every, distinct)  # noqa: S311 - the same on every run
    return [chosen[i % distinct] for i in range(ROWS)]


def price_range(columns: Sequence[Any], *, forget: bool) -> None:
    """Price a range as Excel would have it priced; ``forget`` what earlier rounds have read."""
    if forget:
        arguments._job.cache_clear()
        arguments._sizes.cache_clear()
        arguments._counters.cache_clear()
    FUNCTIONS["IMGCOST"].answer([*columns, MODEL.id])


def price_bare(rows: Sequence[tuple[int, int, int]]) -> None:
    """Compute the formula for rows of grid, width and height."""
    for grid, width, height in rows:
        long, short = (width, height) if width >= height else (height, width)
        raised = 2 * grid * short + long
        u = raised // (2 * long)
        if u & 1 and not raised % (2 * long):
            u -= 1
        tokens = -(-grid * u * (2_000_000 + width * height) // 4_000_000)
        tokens * RATE / 1_000_000  # noqa: B018 - the price


def peers(tokens: Sequence[int]) -> Iterator[tuple[str, Contestant]]:
    """Yield the installed libraries that price given tokens."""
    if find_spec("genai_prices"):
        from genai_prices import Usage, calc_price

        def price(count: int) -> object:
            return calc_price(Usage(output_tokens=count), "gpt-image-2", provider_id="openai")

        yield "genai-prices", lambda: list(map(price, tokens))
    if find_spec("litellm"):
        from litellm import cost_per_token

        price_one = partial(cost_per_token, "gpt-image-2", 0)
        yield "litellm", lambda: list(map(price_one, tokens))


def race(distinct: int) -> tuple[Report, dict[str, float]]:
    """Price 100,000 rows beside the peers; return table rows, and ratios by peer."""
    rule = MODEL.output.rule
    assert isinstance(rule, GridRule)
    wanted = specs(distinct)
    columns = [[str(size)] for size, _ in wanted], [[word] for _, word in wanted]
    bare = [(rule.grids[word], *size) for size, word in wanted]
    tokens = [rule.counter(word)(size) for size, word in wanted[:PEER_ROWS]]
    contestants: dict[str, Contestant] = {
        "IMGCOST": partial(price_range, columns, forget=True),
        "IMGCOST again": partial(price_range, columns, forget=False),
        "bare loop": partial(price_bare, bare),
        **dict(peers(tokens)),
    }
    per_row = {
        name: [
            t / (ROWS if name in {"IMGCOST", "IMGCOST again", "bare loop"} else PEER_ROWS)
            for t in times
        ]
        for name, times in rounds(contestants).items()
    }
    ratios = {name: ratio(times, per_row["IMGCOST"]) for name, times in per_row.items()}
    report = [
        (
            f"{name}, {distinct:,} distinct",
            f"{median(times) * 1e6:.3f} us a row",
            f"{ratios[name]:.2f}",
        )
        for name, times in per_row.items()
    ]
    return report, ratios


def scalar_calls() -> Report:
    """Time one call with scalars, as Python and as Excel make it."""
    calls = 5_000
    plain = [
        seconds(lambda: [functions.IMGCOST("1024x1536", "high") for _ in range(calls)]) / calls
        for _ in range(ROUNDS)
    ]
    excel = [child(EXCEL) for _ in range(3)] if find_spec("xlwings") else []
    rows = {"functions.IMGCOST": plain, "excel.IMGCOST": excel}
    return [
        (name, f"{median(t) * 1e6:.1f} us a call", f"{median(t) / median(plain):.2f}")
        for name, t in rows.items()
        if t
    ]


def imports() -> tuple[Report, dict[str, float]]:
    """Time imports in fresh processes; ratios are to genai-prices, or to our own without it."""
    modules = ["xl_pricing", "xl_pricing.functions", "genai_prices", "litellm"]
    there = {m: partial(child, IMPORT.format(module=m)) for m in modules if find_spec(m)}
    for warm in there.values():
        warm()
    times: dict[str, list[float]] = {m: [] for m in there}
    for _ in range(ROUNDS):
        for module, time_import in there.items():
            times[module].append(time_import())
    base = times.get("genai_prices", times["xl_pricing.functions"])
    ratios = {module: ratio(t, base) for module, t in times.items()}
    return [
        (f"import {m}", f"{median(t) * 1e3:.0f} ms", f"{ratios[m]:.2f}") for m, t in times.items()
    ], ratios


def memory() -> tuple[Report, float]:
    """Show the memory of a process that prices a range and drops it; return the most it keeps."""
    report: Report = []
    kept = 0.0
    for distinct in (1, 100, ROWS):
        seen = child(MEMORY.format(distinct=distinct, rows=ROWS))
        kept = max(kept, seen["now"])
        shown = ", ".join(f"{name} {mb:.1f}" for name, mb in seen.items())
        report.append((f"RSS in MB, {distinct:,} distinct", shown, ""))
    return report, kept


def template() -> Report:
    """Time the workbook in fresh processes."""
    if not find_spec("openpyxl"):
        return []
    runs = [child(TEMPLATE) for _ in range(3)]
    ready, written, size = (median(run[i] for run in runs) for i in range(3))
    shown = f"{written:.2f} s, after {ready:.2f} s of imports; {size / 1000:.1f} kB"
    return [("template budget.xlsx", shown, "")]


def main() -> None:
    """Run everything and print it."""
    report: Report = []
    ratios = {}
    for distinct in (1, 100, ROWS):
        rows, ratios[distinct] = race(distinct)
        report += rows
    imported, import_ratios = imports()
    used, kept = memory()
    report += [*scalar_calls(), *imported, *used, *template()]
    print(tabulate(report, headers=["what", "figure", "ratio"], disable_numparse=True))
    if "genai-prices" in ratios[1]:
        print(
            f"\n1 distinct: genai-prices takes {ratios[1]['genai-prices']:.0f} times as long (100)"
        )
        print(f"100 distinct: {ratios[100]['genai-prices']:.0f} times as long (100)")
        print(f"all distinct: {ratios[ROWS]['genai-prices']:.0f} times as long (25)")
        print(f"import: {import_ratios['xl_pricing.functions']:.2f} times genai-prices (1)")
    print(f"all distinct: {1 / ratios[ROWS]['bare loop']:.2f} times the bare loop (4)")
    print(f"memory after use: {kept:.1f} MB (40)")


if __name__ == "__main__":
    main()
