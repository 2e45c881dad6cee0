"""The functions as Excel calls them: xlwings' own COM pipeline, run once on stand-ins."""

import json
import subprocess
import sys
from random import Random
from typing import Any

import odd
import pytest
from cases import Case, agree, read_cases, value_of
from exhaustive import many

from hosts import xlwings_com
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.hosts import excel

MISSING = {"missing": True}
CODES = {name: code for code, name in ERROR_NAMES.items()}
CASES = [*read_cases("functions"), *read_cases("sheet")]
EXCEL_CASES = [*CASES, *read_cases("excel")]
NEVER_IMPORTED = (
    "xlwings",
    "openpyxl",
    "click",
    "tabulate",
    "pandas",
    "numpy",
    "requests",
    "httpx2",
    "filelock",
)
NO_NETWORK = ("urllib.request", "http.client", "http.server", "ssl", "ftplib", "asyncio", "aiohttp")


def for_excel(written: Any) -> Any:
    """Write a case's argument as the COM host reads it."""
    if isinstance(written, list):
        return [for_excel(item) for item in written]
    if isinstance(written, dict) and "error" in written:
        return {"error": CODES.get(written["error"], written["error"])}
    if isinstance(written, dict) and "range" in written:
        return {"range": for_excel(written["range"])}
    if isinstance(written, dict) and not {"decimal", "datetime"} & set(written):
        return value_of(written)
    return written


def request(case: Case) -> dict[str, Any]:
    """Make the call as VBA does: every argument is passed, what was left out as missing."""
    left_out = [MISSING] * (len(FUNCTIONS[case.function].arguments) - len(case.args))
    return {"function": case.function, "args": [*for_excel(case.args), *left_out]}


@pytest.fixture(scope="module")
def host() -> dict[str, Any]:
    """Start the pipeline once, with all calls of this module."""
    calls = [request(case) for case in EXCEL_CASES]
    return xlwings_com.run("hosts.excel_that_day", calls, vba=True)


@pytest.mark.parametrize(("index", "case"), list(enumerate(EXCEL_CASES)), ids=map(str, EXCEL_CASES))
def test_excel_gets_the_answer_of_the_case(host: dict[str, Any], index: int, case: Case) -> None:
    check(case, host["results"][index], as_excel_gets(case.answer))


def check(case: Case, got: Any, answer: Any) -> None:
    if case.error and FUNCTIONS[case.function].is_table:
        assert got.startswith(f"{case.error} ")
        assert case.says in got
    elif case.error:
        assert got == case.error
    else:
        assert agree(got, answer)


def as_excel_gets(answer: Any) -> Any:
    """Flatten the answer of one row, as xlwings does: COM takes it for a row again."""
    if (
        isinstance(answer, list | tuple)
        and len(answer) == 1
        and isinstance(answer[0], list | tuple)
    ):
        return answer[0] if len(answer[0]) > 1 else answer[0][0]
    return answer


def test_no_call_raises_into_the_pipeline(host: dict[str, Any]) -> None:
    """Whatever is raised there, Excel's user meets as text that SUM skips."""
    raised = [result for result in host["results"] if isinstance(result, dict)]
    assert raised == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_excel_is_told_what_is_declared(host: dict[str, Any], name: str) -> None:
    told, declared = host["functions"][name], FUNCTIONS[name]
    assert told["doc"] == declared.doc
    assert len(told["doc"]) <= 255
    renamed = {"date": "on_date"}  # VBA keeps the word for itself
    assert told["args"] == [
        {"name": renamed.get(a.name, a.name), "doc": a.doc, "optional": a.optional}
        for a in declared.arguments
    ]
    assert all(len(argument["doc"]) <= 255 for argument in told["args"])


def test_excel_is_told_of_no_other_function(host: dict[str, Any]) -> None:
    assert set(host["functions"]) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_vba_that_xlwings_writes_has_each_function_once(
    host: dict[str, Any], name: str
) -> None:
    names = [argument["name"] for argument in host["functions"][name]["args"]]
    optional = [argument["optional"] for argument in host["functions"][name]["args"]]
    written = ", ".join(
        f"Optional {name}" if omitted else name
        for name, omitted in zip(names, optional, strict=True)
    )
    assert host["vba"].count(f"Function {name}({written})") == 1
    assert host["vba"].count(f"Function {name}(") == 1
    assert f'"{name}", Array({", ".join(names)})' in host["vba"]


def test_the_vba_has_no_argument_that_vba_keeps_for_itself(host: dict[str, Any]) -> None:
    kept = {"date", "string", "type", "next", "end", "name", "me", "stop", "get", "let", "set"}
    names = {argument["name"] for told in host["functions"].values() for argument in told["args"]}
    assert names & kept == set()


# Without Excel


@pytest.mark.usefixtures("that_day")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_functions_answer_in_python(case: Case) -> None:
    """On a system without COM the decorators of xlwings return the function itself."""
    omitted = [None] * (len(FUNCTIONS[case.function].arguments) - len(case.args))
    got = getattr(excel, case.function)(*map(value_of, case.args), *omitted)
    check(case, as_excel_gets(got), as_excel_gets(case.answer))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_excel_function_has_a_name_a_doc_and_no_hints(name: str) -> None:
    function = getattr(excel, name)
    assert function.__name__ == name
    assert function.__doc__ == FUNCTIONS[name].doc
    assert not getattr(function, "__annotations__", {})


def modules_after(statement: str) -> set[str]:
    """Return what a fresh interpreter has imported after a statement."""
    script = f"import json, sys\n{statement}\nsys.stdout.write(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True
    )
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("module", ["xl_pricing", "xl_pricing.functions"])
def test_the_core_imports_neither_a_host_nor_the_network(module: str) -> None:
    modules = modules_after(f"import {module}")
    assert modules & {*NEVER_IMPORTED, *NO_NETWORK} == set()


def test_a_price_needs_neither_a_host_nor_the_network() -> None:
    statement = (
        "import socket; socket.socket.connect = socket.getaddrinfo = None\n"
        "from xl_pricing.functions import IMGRATE\n"
        "IMGRATE('gpt-image-2', 'image_out', None, '2026-11-23')"
    )
    assert modules_after(statement) & {*NEVER_IMPORTED, *NO_NETWORK} == set()


@pytest.mark.parametrize(
    "statement",
    [
        "IMGCOST('1:1', 'high', 'gpt-image-1', 1, 'a prompt', 1)",
        "IMGEXPLAIN('1024x1024', 'high')",
        'IMGBILL(\'{"input_tokens": 19, "output_tokens": 439}\')',
        "IMGCOST('4:5', 'high', None, None, None, None, None, RATES)",
    ],
)
def test_a_price_needs_the_standard_library_alone(statement: str) -> None:
    rows = (
        "from xl_pricing.rates import card, tables\n"
        "rows = tables.table_rows(card.bundled_card(), 'tblRates')\n"
        "RATES = [[*rows[0]], *([*row.values()] for row in rows)]"
    )
    modules = modules_after(f"from xl_pricing import *\n{rows}\n{statement}") - modules_after("")
    roots = {name.partition(".")[0] for name in modules}
    assert roots - sys.stdlib_module_names == {"xl_pricing"}


def test_xlwings_is_imported_by_the_excel_functions_alone() -> None:
    assert "xlwings" not in modules_after("import xl_pricing.excel")
    assert "xlwings" in modules_after("import xl_pricing.excel; xl_pricing.excel.IMGCOST")


def test_a_name_that_is_no_function_is_no_attribute() -> None:
    import xl_pricing.excel

    with pytest.raises(AttributeError, match="IMGPRICE"):
        _ = xl_pricing.excel.IMGPRICE


ODD = [
    *(value for value in odd.VALUES if value != "x" * 40_000),  # a cell holds no more than 32,767
    *({"error": 2042}, {"error": 9999}, MISSING, {"decimal": "0.0412"}, {"decimal": "-1e9"}),
    *({"datetime": "2026-05-01T00:00:00"}, {"datetime": "1900-01-01T04:05:00"}),
    *({"range": [["4:5"], [None], ["high"]]}, {"range": [[1, 2], [3, 4]]}, [["4:5", {"error": 7}]]),
]


def test_an_odd_value_anywhere_is_an_answer_or_an_error_of_excel() -> None:
    dice, calls = Random(21), []
    for _ in range(many(600, 20_000)):
        function = dice.choice([*FUNCTIONS.values()])
        row = [for_excel(value) for value in function.example]
        row += [MISSING] * (len(function.arguments) - len(row))
        for _ in range(dice.choice((1, 1, 2, 3))):
            row[dice.randrange(len(row))] = dice.choice(ODD)
        calls.append({"function": function.name, "args": row})
    found = xlwings_com.run("hosts.excel_that_day", calls)["results"]
    raised = [(call, told) for call, told in zip(calls, found, strict=True)
              if isinstance(told, dict) and "raised" in told]  # fmt: skip
    assert raised == []
