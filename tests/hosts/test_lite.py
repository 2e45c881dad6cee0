"""The functions in xlwings Lite: its open converters, the rest of it stand-ins."""

from datetime import datetime
from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import Any

import pytest
from cases import Case, agree, read_cases, value_of

from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.hosts.lite import SHOWN
from xl_pricing.rates.rows import EXCEL_EPOCH

from . import xlwings_lite

ERROR_CELLS = frozenset(ERROR_NAMES.values())
MAIN = "from xl_pricing.hosts.lite import *"
THAT_DAY = f"from that_day import put, stop_the_clock\nstop_the_clock(put)\n{MAIN}"


_FIRST_DAY = datetime(1901, 1, 1)  # noqa: DTZ001 - a sheet's dates have no time zone


def is_passed(case: Case) -> bool:
    """Tell whether Excel passes it: a cell holds neither NaN nor 1e309, and a time is a number."""
    values = [value_of(argument) for argument in case.args if isinstance(argument, dict)]
    return all(
        isfinite(value) if isinstance(value, float) else value > _FIRST_DAY
        for value in values
        if isinstance(value, float | datetime)
    )


CASES = [case for name in ("functions", "sheet") for case in read_cases(name) if is_passed(case)]


def for_lite(written: Any) -> Any:
    """Write an argument as Excel passes it to Lite: a matrix, or null where it is left out."""
    if written is None:
        return None
    rows = written if isinstance(written, list) else [[written]]
    rows = rows if isinstance(rows[0], list) else [rows]
    return [list(map(as_cell, row)) for row in rows]


def as_cell(written: Any) -> Any:
    if isinstance(written, dict) and "error" in written:
        return {"type": "Error", "basicValue": written["error"]}
    value = value_of(written)
    if isinstance(value, datetime):
        return (value - EXCEL_EPOCH).total_seconds() / 86_400
    return float(value) if isinstance(value, Decimal) else value


def shown(cell: Any) -> Any:
    """Return an error object as the error that Excel shows."""
    names = {kind: name for name, kind in xlwings_lite.ERRORS.items()}
    return names[cell["errorType"]] if isinstance(cell, dict) else cell


def as_lite_shows(answer: Any) -> Any:
    """Put a #VALUE! for errors that xlwings knows no way to give back."""
    return "#VALUE!" if answer in ERROR_CELLS - SHOWN else answer


@pytest.fixture(scope="module")
def lite() -> dict[str, Any]:
    calls = [(case.function, list(map(for_lite, case.args))) for case in CASES]
    return xlwings_lite.run(THAT_DAY, calls)


@pytest.mark.parametrize(("index", "case"), list(enumerate(CASES)), ids=map(str, CASES))
def test_lite_gives_the_answer_of_the_case(lite: dict[str, Any], index: int, case: Case) -> None:
    got = [list(map(shown, row)) for row in lite["results"][index]]
    only = got[0][0]
    if case.error and FUNCTIONS[case.function].is_table:
        assert only.startswith(f"{case.error} ")
        assert case.says in only
    elif case.error:
        assert only == as_lite_shows(case.error)
        assert isinstance(lite["results"][index][0][0], dict)
    else:
        wanted = case.answer
        rows = wanted if isinstance(wanted, list) else [[wanted]]
        rows = rows if isinstance(rows[0], list) else [rows]
        assert agree(got, [list(map(as_lite_shows, row)) for row in rows])


def test_excel_is_told_what_is_declared(lite: dict[str, Any]) -> None:
    assert lite["functions"] == {
        name: {
            "doc": function.doc,
            "args": [
                {"name": a.name, "doc": a.doc, "optional": a.optional} for a in function.arguments
            ],
        }
        for name, function in FUNCTIONS.items()
    }


def test_a_range_a_blank_cell_an_error_and_what_is_left_out_are_told_apart() -> None:
    blank = [[""]]
    column = [["1024x1024"], [None], [{"type": "Error", "basicValue": "#REF!"}]]
    row = [["low", "high"]]
    found = xlwings_lite.run(
        THAT_DAY,
        [
            ("IMGCOST", [column, [["low"]]]),
            ("IMGCOST", [[["1024x1024"]], row, None]),
            ("IMGBUDGET", [[[0.5]], [[100]], [[1.5]], blank]),
            ("IMGBUDGET", [[[0.5]], [[100]], [[1.5]], None]),
            ("IMGBUDGET", [[[0.5]], [[100]], [[1.5]], [[0]]]),
        ],
    )["results"]
    assert [[shown(cell) for cell in each] for each in found[0]] == [
        [0.00588],
        ["#VALUE!"],
        ["#REF!"],
    ]
    assert found[1:] == [[[0.00588, 0.21072]], [[90]], [[90]], [[75]]]


def test_an_error_that_xlwings_would_leave_as_text_is_a_value_error() -> None:
    spill = [[{"type": "Error", "basicValue": "#SPILL!"}]]
    found = xlwings_lite.run(THAT_DAY, [("IMGCOST", [spill, [["high"]]])])["results"]
    assert list(map(shown, chain.from_iterable(found[0]))) == ["#VALUE!"]


def test_an_older_excel_gets_errors_as_text() -> None:
    calls = [("IMGCOST", [[["10x10"]], [["high"]]])]
    assert xlwings_lite.run(THAT_DAY, calls, runtime="1.3")["results"] == [[["#NUM!"]]]
