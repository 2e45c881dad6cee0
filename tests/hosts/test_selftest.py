"""The selftest on a made-up Excel: all that holds, and everything that may not."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cases import read_cases
from click.testing import CliRunner

from hosts import made_up_excel, made_up_machine
from hosts.made_up_excel import Excel, Faults, Refusal
from workbook_templates.sheets import functions as functions_sheet
from xl_pricing.cli import excel as command
from xl_pricing.cli.main import main
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.hosts.excel.doctor import FAULT, NOTE, OK, Check
from xl_pricing.hosts.excel.machine import Machine
from xl_pricing.hosts.excel.selftest import refresh, run, vba, workbooks
from xl_pricing.hosts.excel.selftest.cells import same
from xl_pricing.hosts.excel.selftest.instance import Host
from xl_pricing.hosts.excel.selftest.workbooks import File

SYSTEMS = made_up_machine.SYSTEMS
ADDIN = Path("xlwings.xlam")


@pytest.fixture(autouse=True)
def _built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "build", made_up_excel.build_once)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return made_up_machine.make("win32", tmp_path / "machine")


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let temporary folders be made in a folder that can be looked at."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(run, "mkdtemp", lambda prefix, dir: _folder(folder, prefix, dir))  # noqa: A006
    return folder


def _folder(folder: Path, prefix: str, base: Path | None) -> str:
    assert base is None
    made = folder / f"{prefix}1"
    made.mkdir()
    return str(made)


def file_in(folder: Path, *, macros: bool = False) -> File:
    built = made_up_excel.build_once("en", macros=macros)
    path = folder / f"selftest-en.{'xlsm' if macros else 'xlsx'}"
    path.write_bytes(built.data)
    return File(path, "en", built)


def states(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.state for check in checks}


def fault_in(checks: list[Check]) -> str:
    (says,) = [check.says for check in checks if check.state == FAULT]
    return says


def all_ended(excel: Excel) -> bool:
    return all(app.process.ended.is_set() and not [*app.books] for app in excel.apps)


def tree(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# All that holds


@pytest.mark.parametrize("system", SYSTEMS)
def test_where_everything_holds_the_report_says_so(
    system: str, tmp_path: Path, scratch: Path, data_folder: Path
) -> None:
    machine = made_up_machine.make(system, tmp_path / "machine")
    before = tree(machine.home)
    excel = Excel(system, ADDIN)
    report = run.selftest(machine, tmp_path / "out", excel.host())
    assert [check for check in report.checks if check.state == FAULT] == []
    assert report.held
    assert report.text().endswith("Everything that was tried held.")
    assert all_ended(excel)
    assert not any(app.process.killed for app in excel.apps)
    assert [*scratch.iterdir()] == []
    assert tree(machine.home) == before
    assert not data_folder.exists()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(report.pictures)
    assert len(report.pictures) == 24
    named = states(report.checks)
    assert named["computing selftest-zh-CN.xlsm"] == OK
    assert named["functions"] == (OK if system == "win32" else NOTE)
    assert named["refresh macro"] == OK
    assert named["pasting below tblCampaign"] == named["pasting below tblActuals"] == OK
    assert report.about.excel == "16.0"
    assert report.about.bits == "64"


def test_a_case_is_typed_unless_no_formula_can_hold_it(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN)
    functions, sheet = type_all(excel, tmp_path)[:2]
    counts = map(int, re.findall(r"IMG[A-Z]+ (\d+)", functions.says))
    typed = [case for case in read_cases("functions") if not any(map(has_no_literal, case.args))]
    assert sum(counts) == len(typed)
    assert sheet.state == OK


def has_no_literal(written: Any) -> bool:
    if isinstance(written, dict):
        newer = {"#GETTING_DATA", "#SPILL!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#BLOCKED!"}
        return "error" not in written or written["error"] in newer
    if isinstance(written, list):
        return any(isinstance(cell, dict) for row in written for cell in row)
    return isinstance(written, str) and len(written) > 255


# What does not hold


def compute(excel: Excel, folder: Path) -> list[Check]:
    host, file = excel.host(), file_in(folder)
    return host.try_in_excel("computing", partial(workbooks.recalculate, host, file=file))


@pytest.mark.parametrize("wrong", [1.25, "#VALUE!", "", "text"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_cell_that_excel_computes_otherwise_is_named(
    system: str, wrong: object, tmp_path: Path
) -> None:
    excel = Excel(system, ADDIN, Faults(cells={"tblCampaign.budget.1": wrong}))
    says = fault_in(compute(excel, tmp_path))
    formulas = made_up_excel.build_once("en").formulas
    assert says.startswith(f"1 of {len(formulas):,} cells differ: ")
    assert f"Campaign!P25 (tblCampaign.budget.1) is {wrong!r} instead of" in says
    assert all_ended(excel)


def type_all(excel: Excel, folder: Path) -> list[Check]:
    host, file = excel.host(), file_in(folder, macros=True)
    return host.try_in_excel("functions", partial(vba.type_functions, host, file=file))


def test_a_function_that_answers_something_else_is_named(tmp_path: Path) -> None:
    def wrong(name: str, answered: object) -> object:
        return 1.0 if name == "IMGSIZE" else answered

    excel = Excel("win32", ADDIN, Faults(function=wrong))
    says = fault_in(type_all(excel, tmp_path))
    assert says.startswith("33 of ")
    assert '=IMGSIZE("4:5") (the preset is the cheapest: 6,119 tokens) is [[1.0]]' in says
    assert "and 25 more" in says


def test_a_formula_that_excel_refuses_hides_no_other(tmp_path: Path) -> None:
    def refused(name: str, answered: object) -> object:
        if name == "IMGBUFFER":
            raise Refusal("1004")
        return answered

    excel = Excel("win32", ADDIN, Faults(function=refused))
    checks = type_all(excel, tmp_path)
    assert "[['1004']] instead of" in fault_in(checks)
    assert states(checks)["Functions sheet"] == OK


def test_a_functions_sheet_that_differs_is_a_fault(tmp_path: Path) -> None:
    status = functions_sheet.STATUS.name
    excel = Excel("win32", ADDIN, Faults(cells={status: functions_sheet.DIFFER}))
    checks = type_all(excel, tmp_path)
    assert fault_in(checks) == f"It says: {functions_sheet.DIFFER}"


def test_a_table_that_does_not_grow_is_a_fault(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN, Faults(grows=False))
    host, file = excel.host(), file_in(tmp_path)
    checks = host.try_in_excel("pasting rows", partial(workbooks.grow, host, file=file))
    assert [*states(checks).values()] == [FAULT, FAULT]
    assert checks[0].says == "The table has 12 rows instead of 13."


def test_a_new_row_that_is_not_computed_is_a_fault(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN, Faults(cells={"tblCampaign.budget.12": ""}))
    host, file = excel.host(), file_in(tmp_path)
    checks = host.try_in_excel("pasting rows", partial(workbooks.grow, host, file=file))
    assert "(tblCampaign.budget.12) is ''" in fault_in(checks)
    assert states(checks)["pasting below tblActuals"] == OK


def raising(_name: str) -> None:
    raise Refusal("Compile error: Sub or Function not defined")


def test_vba_that_does_not_compile_is_a_fault_of_each_module(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN, Faults(macro=raising))
    file = file_in(tmp_path, macros=True)
    checks = excel.host().try_in_excel("VBA", partial(vba.compile_modules, file=file))
    assert [check.state for check in checks] == [FAULT, FAULT, FAULT, NOTE]
    assert "Compile error" in checks[0].says


def refreshed(excel: Excel, folder: Path) -> list[Check]:
    host, file = excel.host(), file_in(folder, macros=True)
    refresh.configure(host, folder)
    return host.try_in_excel("refresh macro", partial(refresh.run_macro, host, path=file.path))


def test_a_refresh_puts_the_new_price_in_force_without_the_users_card(
    tmp_path: Path, data_folder: Path
) -> None:
    (check,) = refreshed(Excel("win32", ADDIN), tmp_path)
    assert check.state == OK
    assert check.says.startswith("The new price 28.5 is in force.")
    assert not data_folder.exists()


def test_a_macro_that_raises_is_a_fault(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN, Faults(macro=raising))
    assert "It stopped: Compile error" in fault_in(refreshed(excel, tmp_path))
    assert all_ended(excel)


def test_a_macro_that_tells_nothing_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_WAIT_SECONDS", 0.4)
    monkeypatch.setitem(made_up_excel.PROCEDURES, "PythonCalls.RunInPython", lambda *_: True)
    says = fault_in(refreshed(Excel("win32", ADDIN), tmp_path))
    assert says == "The macro failed: Python told nothing within 0.4 s."


def test_what_fails_in_excels_python_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise InvalidValueError("the sheet Rates is protected")

    monkeypatch.setattr(refresh, "update_workbook", refuse)
    says = fault_in(refreshed(Excel("win32", ADDIN), tmp_path))
    assert says == "The macro failed: the sheet Rates is protected."


def test_a_price_that_does_not_reach_the_worksheet_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "update_workbook", lambda *_: "Rates as of today.")
    says = fault_in(refreshed(Excel("win32", ADDIN), tmp_path))
    assert says == "The Worksheet prices with 30.0 instead of 28.5."


def test_pictures_that_fail_are_named(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN, Faults(draws=False))
    step = partial(workbooks.draw, file=file_in(tmp_path), folder=tmp_path)
    says = fault_in(excel.host().try_in_excel("pictures", step))
    assert "Worksheet: no printer is installed" in says
    assert "and 4 more" in says


# An Excel that does not start, hangs or stays


def not_starting() -> None:
    raise Refusal("Invalid class string")


def test_where_excel_does_not_start_nothing_else_is_tried(
    tmp_path: Path, machine: Machine, scratch: Path
) -> None:
    excel = Excel("win32", ADDIN, Faults(starts=not_starting))
    report = run.selftest(machine, tmp_path / "out", excel.host())
    assert report.checks[0] == Check("Excel", FAULT, "Excel did not start: Invalid class string.")
    assert [check.state for check in report.checks[1:]] == [NOTE]
    assert not report.held
    assert [*scratch.iterdir()] == []


@pytest.fixture
def hanging() -> Iterator[Callable[[object], None]]:
    """Hang as long as the test lasts."""
    over = Event()
    yield lambda *_: over.wait() and None
    over.set()


def test_an_excel_that_hangs_is_ended_and_the_next_step_has_another(
    tmp_path: Path, hanging: Callable[[object], None]
) -> None:
    excel = Excel("win32", ADDIN, Faults(opens=hanging))
    host, file = excel.host(step_seconds=0.3), file_in(tmp_path)
    step = partial(workbooks.recalculate, host, file=file)
    checks = host.try_in_excel("computing", step)
    assert fault_in(checks).startswith("It did not end within 0.3 s")
    assert excel.apps[0].process.killed
    excel.faults.opens = lambda _path: None
    assert [c.state for c in excel.host().try_in_excel("computing", step)] == [OK]
    assert len(excel.apps) == 2
    assert not excel.apps[1].process.killed


def test_an_excel_that_hangs_while_it_starts_is_told_of(
    hanging: Callable[[object], None],
) -> None:
    excel = Excel("win32", ADDIN, Faults(starts=partial(hanging, None)))
    checks = excel.host(step_seconds=0.3).try_in_excel("Excel", lambda _app: iter(()))
    assert [check.state for check in checks] == [FAULT, NOTE]
    assert "may still be starting" in checks[1].says


def test_an_excel_that_starts_too_late_is_quit_and_does_nothing() -> None:
    late, worked = Event(), []

    def work(app: Any) -> Iterator[Check]:
        worked.append(app)
        yield Check("late", OK, "")

    excel = Excel("win32", ADDIN, Faults(starts=lambda: late.wait() and None))
    excel.host(step_seconds=0.1).try_in_excel("late", work)
    late.set()
    assert excel.started.wait(5)
    assert excel.apps[0].process.wait(5)
    assert worked == []


def test_an_excel_that_does_not_quit_is_ended_that_one_alone(tmp_path: Path) -> None:
    excel = Excel("win32", ADDIN)
    other = excel.host().start()
    excel.faults.quits = False
    checks = compute(excel, tmp_path)
    assert [check.state for check in checks] == [OK, NOTE]
    assert checks[1].says == "Excel did not quit, so this one was ended."
    assert excel.apps[1].process.killed
    assert not other.process.ended.is_set()


def test_an_excel_that_tells_nothing_of_itself_is_tried_all_the_same(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_steps_with", lambda *_: iter(()))
    excel = Excel("win32", ADDIN, Faults(silent=True))
    report = run.selftest(machine, tmp_path / "out", excel.host())
    assert [check.state for check in report.checks] == [OK, NOTE]
    assert report.about.language == "not told"
    assert excel.apps[0].process.killed


def test_ctrl_c_leaves_no_excel_behind(
    tmp_path: Path, hanging: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = Excel("win32", ADDIN, Faults(opens=hanging))
    host, file = excel.host(), file_in(tmp_path)

    def interrupted(_host: Host, _thread: Thread) -> None:
        assert excel.started.wait(5)
        while not excel.apps[0].asked_to_open:
            Event().wait(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(Host, "_wait_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        host.try_in_excel("computing", partial(workbooks.recalculate, host, file=file))
    assert excel.apps[0].process.killed


def test_a_workbook_of_the_users_that_windows_opened_there_stays_open(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    theirs = tmp_path / "theirs.xlsx"
    theirs.write_bytes(file.built.data)
    excel = Excel("win32", ADDIN)

    def work(app: Any) -> Iterator[Check]:
        app.books.open(str(file.path), add_to_mru=False)
        app.books.open(str(theirs), add_to_mru=False)
        yield Check("computing", OK, "")

    checks = excel.host().try_in_excel("computing", work)
    assert [check.state for check in checks] == [OK, NOTE]
    assert "was left to you" in checks[1].says
    (app,) = excel.apps
    assert [book.name for book in app.books] == ["theirs.xlsx"]
    assert app.visible
    assert not app.process.ended.is_set()


# The command


def selftest(machine: Machine, excel: Excel, monkeypatch: pytest.MonkeyPatch, *more: str) -> Any:
    monkeypatch.setattr(command, "this_machine", lambda: machine)
    monkeypatch.setattr(run, "this_host", lambda _machine: excel.host())
    return CliRunner().invoke(main, ["excel", "selftest", *more])


def test_the_command_writes_the_report_as_text_and_json(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = Excel("win32", ADDIN, Faults(starts=not_starting))
    out = tmp_path / "out"
    result = selftest(machine, excel, monkeypatch, "--to", str(out), "--json")
    assert result.exit_code == 1
    printed = json.loads(result.stdout)
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == printed
    assert printed["about"]["xlwings"] == machine.xlwings_version
    assert printed["checks"][0]["state"] == FAULT
    assert "fault  Excel: Excel did not start" in (out / "report.txt").read_text(encoding="utf-8")


def test_a_folder_that_is_there_stays_as_it_is(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = selftest(machine, Excel("win32", ADDIN), monkeypatch, "--to", str(tmp_path))
    assert result.exit_code == 2
    assert "accepted: the name of a new folder" in result.stderr


def test_a_system_without_excel_is_told_so(tmp_path: Path, machine: Machine) -> None:
    linux = made_up_machine.replace(machine, system="linux")
    with pytest.raises(NotAvailableError, match="no Excel for linux; accepted: Windows, Mac"):
        run.selftest(linux, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (None, ""), (0.1 + 0.2, 0.3), ("#N/A", -2_146_826_246), (True, True)],
)
def test_cells_that_show_the_same(one: object, other: object) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), ("1", 1), (0, ""), (1, 1 + 1e-8), ("#N/A", "#NUM!"), ("a", "A")]
)
def test_cells_that_show_something_else(one: object, other: object) -> None:
    assert not same(one, other)
