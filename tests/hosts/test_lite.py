"""The functions in xlwings Lite: its open converters, the rest of it stand-ins."""

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from cases import Case, agree, read_cases, value_of
from cli.command_line import assert_one_sentence, run

import xl_pricing
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.hosts.lite import SHOWN
from xl_pricing.hosts.lite_folder import MAIN, lite_parts
from xl_pricing.rates.rows import EXCEL_EPOCH

from . import xlwings_lite

ERROR_CELLS = frozenset(ERROR_NAMES.values())
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


# The files


def written(tmp_path: Path, options: str = "") -> dict[str, bytes]:
    folder = tmp_path / "lite"
    result = run(f"host lite {folder} {options}")
    assert result.exit_code == 0, result.stderr
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_main_is_one_line_and_the_index_is_asked_for_this_release(tmp_path: Path) -> None:
    assert written(tmp_path) == {
        "main.py": b"from xl_pricing.hosts.lite import *\n",
        "requirements.txt": f"xl-pricing=={xl_pricing.__version__}\n".encode(),
    }


def test_without_an_origin_it_is_told_that_the_index_must_have_the_package(tmp_path: Path) -> None:
    told = run(f"host lite {tmp_path / 'lite'}").stdout
    assert "from its index, PyPI unless set otherwise: see first that it is ours" in told
    assert "--origin" in told
    served = run(f"host lite {tmp_path / 'lite'} --force --origin https://a.example").stdout
    assert "index" not in served
    assert "What stands there stays below" in told
    assert "What stands there stays below" in served


def test_an_empty_origin_is_refused(tmp_path: Path) -> None:
    assert_one_sentence(run(f"host lite {tmp_path / 'lite'} --origin ''"), "origin ''")
    assert not (tmp_path / "lite").exists()


def test_what_a_system_put_there_stays(tmp_path: Path) -> None:
    files = written(tmp_path)
    (tmp_path / "lite" / ".DS_Store").write_bytes(b"1")
    assert written(tmp_path, "--force") == files | {".DS_Store": b"1"}


def test_with_an_origin_the_wheel_is_there_and_named_by_its_address(tmp_path: Path) -> None:
    files = written(tmp_path, "--origin https://addins.example.com/lite/")
    (name,) = set(files) - {"main.py", "requirements.txt"}
    assert files["requirements.txt"] == f"https://addins.example.com/lite/{name}\n".encode()
    assert files == written(tmp_path, "--origin https://addins.example.com/lite --force")


def test_the_wheel_is_all_that_lite_needs_beside_xlwings(tmp_path: Path) -> None:
    """A fresh interpreter is given the wheel and a stand-in for xlwings, and nothing else."""
    parts = lite_parts("https://addins.example.com")
    (name,) = (name for name in parts if name.endswith(".whl"))
    (tmp_path / name).write_bytes(parts[name])
    (tmp_path / "xlwings.py").write_text(_STAND_IN, encoding="utf-8")
    path = [str(tmp_path / name), str(tmp_path)]
    source = f"import sys; sys.path[:0] = {path}\n{MAIN}print(IMGCOST([['4:5']], [['high']]))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == "[[0.18357]]\n", done.stderr


_STAND_IN = "arg = func = ret = lambda *given, **options: lambda call: call\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.py", "print(1)"),
        ("notes.txt", ""),
        ("requirements.txt", "xl-pricing==0.1.0\npandas\n"),
    ],
)
def test_a_folder_with_a_file_of_somebody_else_stays(tmp_path: Path, name: str, text: str) -> None:
    written(tmp_path)
    (tmp_path / "lite" / name).write_text(text, encoding="utf-8")
    for force in ("", " --force"):
        told = run(f"host lite {tmp_path / 'lite'}{force}").stderr
        assert f"holds {name!r}" in told
        assert "--force" not in told
    assert (tmp_path / "lite" / name).read_text(encoding="utf-8") == text


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "lite").write_text("mine", encoding="utf-8")
    assert "is no folder" in run(f"host lite {tmp_path / 'lite'} --force").stderr
