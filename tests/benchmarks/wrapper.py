"""Our VBA wrapper's Python side against that of xlwings' own wrapper, in one run.

    python tests/benchmarks/wrapper.py

Both call the same function through xlwings' pipeline on stand-ins (`tests/hosts/xlwings_com.py`):
ours with values, three arguments and raw conversion, the stock one with Range objects, the
workbook, the caller and xlwings' conversion to rows. In Excel a Range object costs eleven more COM
calls, which stand-ins do not show.
"""
# ruff: noqa: T201

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from types import ModuleType, SimpleNamespace
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from hosts import xlwings_com  # noqa: E402 - found beside the tests

ROWS = 100_000
MODULE, STOCK = "xl_pricing.excel", "stock"
MODULES = ("calls", "catalogue")


def seconds(call: Callable[[], Any], repeats: int) -> float:
    """Return the median time of a call after a first one."""
    call()
    taken = []
    for _ in range(repeats):
        begin = perf_counter()
        call()
        taken.append(perf_counter() - begin)
    return median(taken)


def _declare_stock() -> None:
    """Declare the functions as xlwings' users do, in a module of their own."""
    xlwings = importlib.import_module("xlwings")
    stock = sys.modules[STOCK] = ModuleType(STOCK)
    stock.__file__ = __file__
    calls, catalogue = (importlib.import_module(f"xl_pricing.functions.{m}") for m in MODULES)
    for name, function in catalogue.FUNCTIONS.items():
        # xlwings stumbles over type hints, so this one has none.
        def call(a, b, c=None, d=None, function=function):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return calls.answer(function, (a, b, c, d))

        for argument in "abcd":
            call = xlwings.arg(argument, ndim=2, err_to_str=True)(call)
        setattr(stock, name, xlwings.func(call))


def ratios() -> dict[str, float]:
    """Return how many times as long the stock wrapper's side takes, for a cell and for a range."""
    xlwings_com._import_xlwings()
    call_udf = importlib.import_module("xlwings.com_server").XLPython().CallUDF
    importlib.import_module(MODULE).IMGCOST  # noqa: B018 - made on first use
    _declare_stock()
    caller = xlwings_com._Range(((None,),))
    workbook = SimpleNamespace(Name="Book1.xlsm", FullName="Book1.xlsm")
    single = ((("1024x1536",),), (("high",),))
    column = (("1024x1536",),) * ROWS
    found = {}
    for name, function, ranges, repeats in (
        ("one cell", "IMGTOKENS", single, 300),
        (f"{ROWS:,} cells", "IMGTOKENS", (column, (("high",),)), 9),
    ):
        values = tuple(cells if len(cells) > 1 else cells[0][0] for cells in ranges)
        ours = (*values, None, None)
        stock = (*map(xlwings_com._Range, ranges), *[xlwings_com._MISSING_ARGUMENT] * 2)
        call_udf(STOCK, function, stock)  # finds the module without asking the workbook
        mine = seconds(lambda f=function, a=ours: call_udf(MODULE, f, a), repeats)
        theirs = seconds(
            lambda f=function, a=stock: call_udf(STOCK, f, a, workbook, caller), repeats
        )
        found[name] = theirs / mine
    return found


if __name__ == "__main__":
    for case, ratio in ratios().items():
        print(f"{case:>14}: xlwings' wrapper takes {ratio:.2f} times as long as ours")
