"""The functions as Excel calls them: xlwings' own COM pipeline, run once on stand-ins for pywin32."""

import json
import re
import subprocess
import sys
from typing import Any, NamedTuple

import pytest
from cases import Case, agree, read_cases, value_of
from hosts import xlwings_com

from xl_pricing import excel
from xl_pricing.cells import ERROR_NAMES
from xl_pricing.declaration import FUNCTIONS

MISSING = {"missing": True}
CODES = {name: code for code, name in ERROR_NAMES.items()}
CASES = [*read_cases("functions"), *read_cases("sheet")]
RATES = [
    ["model", "meter", "tier", "usd_per_mtok", "effective_from", "source", "checked", "basis"],
    ["gpt-image-2", "image_out", "standard", 45, 46133, "contract", 46300, "quoted"],
]
NEVER_IMPORTED = ("xlwings", "openpyxl", "click", "tabulate", "pandas", "numpy", "requests", "httpx")
NO_NETWORK = ("urllib.request", "http.client", "http.server", "ssl", "ftplib", "asyncio", "aiohttp")


class Call(NamedTuple):
    """A call that only Excel makes, and its answer."""

    why: str
    function: str
    args: list[Any]
    answer: Any


EXCEL_CALLS = [
    Call("a Range object, as xlwings' VBA passes it", "IMGCOST",
         [{"range": [["1024x1024"], ["1024x1536"]]}, {"range": [["high"]]}], [[0.21072], [0.16464]]),
    Call("a Range of one row comes back as a row", "IMGCOST",
         [{"range": [["1024x1024", "1024x1536"]]}, "high"], [0.21072, 0.16464]),
    Call("error cells of a Range", "IMGCOST",
         [{"range": [["1024x1024"], [{"error": 2042}], [{"error": 2045}], [{"error": 2007}]]}, "high"],
         [[0.21072], ["#N/A"], ["#SPILL!"], ["#DIV/0!"]]),
    Call("an error of a kind that came after these", "IMGCOST",
         ["1024x1024", {"error": 2051}], "#VALUE!"),
    Call("currency cells, which arrive cut to four places", "IMGBUDGET",
         [{"range": [[{"decimal": "0.1646"}], [{"decimal": "0.2107"}]]}, 100, 1, 0], [[16.46], [21.07]]),
    Call("currency as a scalar", "IMGBUDGET", [{"decimal": "0.1646"}, 100, 1, 0], 16.46),
    Call("a time cell of a Range, which arrives as a date", "IMGCOST",
         [{"range": [[{"datetime": "1899-12-30T04:05:00"}], ["4:5"]]}, "high"], [[0.18357], [0.18357]]),
    Call("a rates table as a Range with dates", "IMGCOST",
         ["1024x1024", "high", None, None, None, None, None, {"range": [
             RATES[0],
             [{"datetime": "2026-04-21T00:00:00"} if cell == 46133 else cell for cell in RATES[1]],
             [None] * 8,
         ]}], 0.31608),
    Call("a rates table with an error cell as a number", "IMGCOST",
         ["1024x1024", "high", None, None, None, None, None, [*RATES, [None] * 7 + [{"error": 2023}]]],
         "#REF!"),
    Call("a rates table that is blank", "IMGCOST",
         ["1024x1024", "high", None, None, None, None, None, [[None, None], [None, None]]], 0.21072),
    Call("empty cells for every optional argument", "IMGCOST",
         ["1024x1024", "high", None, None, None, None, None, None], 0.21072),
    Call("a column of sizes beside a row of qualities", "IMGTOKENS",
         [[["1024x1024"], ["1024x1536"]], [["low", "medium", "high"]]],
         [[196, 1756, 7024], [158, 1372, 5488]]),
    Call("a column of one cell", "IMGTOKENS", [[["1024x1024"]], "low"], 196),
    Call("a whole column of blanks", "IMGCOST", [[[None], [None]], [[None], [None]]], [[""], [""]]),
    Call("TRUE and FALSE", "IMGCOST",
         ["1024x1024", "high", None, [[True], [False], [1]]], [["#VALUE!"], ["#VALUE!"], [0.21072]]),
    Call("a date as Range and as number", "IMGRATE",
         ["gpt-image-2", "image_out", None, {"range": [[{"datetime": "2026-04-20T00:00:00"}], [46133]]}],
         [["#N/A"], [30]]),
]  # fmt: skip


def for_excel(written: Any) -> Any:  # noqa: ANN401 - a cell or a range
    """Write a case's argument as the COM host reads it."""
    if isinstance(written, list):
        return [for_excel(item) for item in written]
    if isinstance(written, dict) and "error" in written:
        return {"error": CODES[written["error"]]}
    if isinstance(written, dict) and not {"decimal", "datetime"} & set(written):
        return value_of(written)
    return CODES.get(written, written) and written


def request(function: str, args: list[Any]) -> dict[str, Any]:
    """Leave out what the call does not name: VBA passes every argument, some as missing."""
    left_out = len(FUNCTIONS[function].arguments) - len(args)
    return {"function": function, "args": [*args, *[MISSING] * left_out]}


@pytest.fixture(scope="module")
def host() -> dict[str, Any]:
    """Start the pipeline once, with all calls of this module."""
    calls = [request(case.function, for_excel(case.args)) for case in CASES]
    calls += [request(call.function, call.args) for call in EXCEL_CALLS]
    return xlwings_com.run("hosts.excel_that_day", calls, vba=True)


@pytest.mark.parametrize(("index", "case"), enumerate(CASES), ids=map(str, CASES))
def test_excel_gets_the_answer_of_the_case(host: dict[str, Any], index: int, case: Case) -> None:
    got = host["results"][index]
    if case.error and FUNCTIONS[case.function].is_table:
        assert got.startswith(f"{case.error} ")
        assert case.says in got
    elif case.error:
        assert got == case.error
    else:
        assert agree(got, as_excel_gets(case.answer))


def as_excel_gets(answer: Any) -> Any:  # noqa: ANN401 - a cell or a range
    """Flatten the answer of one row, as xlwings does: COM takes it for a row again."""
    if isinstance(answer, list) and len(answer) == 1:
        return answer[0] if len(answer[0]) > 1 else answer[0][0]
    return answer


@pytest.mark.parametrize(
    ("index", "call"),
    enumerate(EXCEL_CALLS, start=len(CASES)),
    ids=[call.why for call in EXCEL_CALLS],
)
def test_excel_gets_what_only_excel_asks(host: dict[str, Any], index: int, call: Call) -> None:
    assert agree(host["results"][index], call.answer)


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
def test_the_vba_that_xlwings_writes_has_each_function_once(host: dict[str, Any], name: str) -> None:
    names = [argument["name"] for argument in host["functions"][name]["args"]]
    optional = [argument["optional"] for argument in host["functions"][name]["args"]]
    written = ", ".join(
        f"Optional {name}" if omitted else name for name, omitted in zip(names, optional, strict=True)
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
    function = getattr(excel, case.function)
    omitted = [None] * (len(FUNCTIONS[case.function].arguments) - len(case.args))
    assert agree(
        function(*map(value_of, case.args), *omitted),
        FUNCTIONS[case.function].answer([*map(value_of, case.args), *omitted]),
    )


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


def test_xlwings_is_imported_by_the_excel_functions_alone() -> None:
    assert "xlwings" in modules_after("import xl_pricing.excel")


def test_the_example_in_the_first_line_of_a_doc_is_whole() -> None:
    assert all(re.search(r"[.)]$", function.doc) for function in FUNCTIONS.values())
