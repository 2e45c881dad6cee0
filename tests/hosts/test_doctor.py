"""The doctor on made-up machines: every finding in a plain sentence, with what to do."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hosts.made_up_machine import (
    ADDIN,
    VERSION,
    config,
    lines_of,
    make,
    program,
    put,
    runner,
)
from xl_pricing.cli import excel as cli_excel
from xl_pricing.cli.main import main
from xl_pricing.errors import CardError
from xl_pricing.hosts.excel import doctor
from xl_pricing.hosts.excel.doctor import Check, examine, excel_bits
from xl_pricing.hosts.excel.machine import Answer, Machine


def findings(machine: Machine, addin: bytes | None = ADDIN) -> dict[str, Check]:
    return {check.name: check for check in examine(machine, addin)}


def faults(machine: Machine, addin: bytes | None = ADDIN) -> dict[str, str]:
    return {c.name: c.says for c in examine(machine, addin) if c.state == "fault"}


def test_after_install_nothing_is_at_fault(installed: Machine) -> None:
    assert faults(installed) == {}


def test_all_is_looked_at_on_windows(installed_windows: Machine) -> None:
    assert list(findings(installed_windows)) == [
        *("system", "Excel", "bitness", "xlwings add-in", "interpreter", "DLL"),
        *("our add-in", "rate card"),
    ]


def test_on_mac_it_says_that_only_macros_run(tmp_path: Path) -> None:
    mac = make("darwin", tmp_path)
    put(mac)
    system = findings(mac)["system"]
    assert system.state == "note"
    assert "run on Windows only, see: xl-pricing host office --help" in system.says
    assert "bitness" not in findings(mac)
    assert "DLL" not in findings(mac)


@pytest.mark.parametrize(("found", "state"), [("/usr/bin/soffice", "ok"), (None, "note")])
def test_on_linux_it_says_what_is_usable(tmp_path: Path, found: str | None, state: str) -> None:
    linux = dataclasses.replace(
        make("win32", tmp_path),
        system="linux",
        find=lambda name: found if name == "soffice" else "",
    )
    checks = findings(linux)
    assert list(checks) == ["system", "LibreOffice", "rate card"]
    assert "the command line and the workbook work" in checks["system"].says
    assert checks["LibreOffice"].state == state
    assert faults(linux) == {}


def test_excel_that_is_not_there(installed: Machine) -> None:
    bare = dataclasses.replace(installed, registry=lambda _key: None, applications=Path("none"))
    assert "install it from Microsoft 365" in faults(bare)["Excel"]


@pytest.mark.parametrize(
    ("excel", "python", "state", "says"),
    [
        (64, 64, "ok", "Excel has 64 bits, Python 64."),
        (32, 64, "note", "Excel has 32 bits, Python 64; they work together, through xlwings32-*"),
    ],
)
def test_bitness(
    installed_windows: Machine, excel: int, python: int, state: str, says: str
) -> None:
    assert installed_windows.excel
    installed_windows.excel.write_bytes(program(excel))
    runner(installed_windows).imports = {"bits": python, "xlwings": VERSION, "xl_pricing": "1"}
    check = findings(installed_windows)["bitness"]
    assert check.state == state
    assert check.says.startswith(says)
    assert f"xlwings{excel}-{VERSION}.dll" in findings(installed_windows)["DLL"].says
    assert faults(installed_windows) == {}


@pytest.mark.parametrize("data", [b"", b"MZ", b"MZ".ljust(0x3C, b"\0") + b"\x40\0\0\0NE\0\0\0\0"])
def test_a_program_whose_bitness_cannot_be_read(installed_windows: Machine, data: bytes) -> None:
    assert installed_windows.excel
    installed_windows.excel.write_bytes(data)
    assert excel_bits(installed_windows.excel) is None
    assert findings(installed_windows)["bitness"].state == "note"


def remove_xlwings_addin(machine: Machine) -> None:
    (machine.start_folder / "xlwings.xlam").unlink()


def age_xlwings_addin(machine: Machine) -> None:
    (machine.start_folder / "xlwings.xlam").write_bytes(b"old")


def hide_xlwings_addin(machine: Machine) -> None:
    remove_xlwings_addin(machine)
    (machine.start_folder / "xlwings.xlam").mkdir()


def remove_package(machine: Machine) -> None:
    assert machine.xlwings_addin
    machine.xlwings_addin.unlink()


def remove_our_addin(machine: Machine) -> None:
    (machine.start_folder / "xl_pricing.xlam").unlink()


def age_our_addin(machine: Machine) -> None:
    (machine.start_folder / "xl_pricing.xlam").write_bytes(b"old")


def hide_our_addin(machine: Machine) -> None:
    remove_our_addin(machine)
    (machine.start_folder / "xl_pricing.xlam").mkdir()


def unset_interpreter(machine: Machine) -> None:
    config(machine, '"PYTHONPATH","x"')


def move_interpreter(machine: Machine) -> None:
    config(machine, f'"{machine.interpreter_setting}","/gone/python"')


def break_interpreter(machine: Machine) -> None:
    runner(machine).imports = "Traceback\nModuleNotFoundError: No module named 'xl_pricing'"


def age_interpreter(machine: Machine) -> None:
    runner(machine).imports = {"bits": 64, "xlwings": "0.30.1", "xl_pricing": "1"}


def confuse_interpreter(machine: Machine) -> None:
    machine_runner = runner(machine)
    machine_runner._import = lambda: Answer(  # type: ignore[method-assign]
        succeeded=True, said="hello"
    )


def recode_settings(machine: Machine) -> None:
    machine.config_file.write_bytes('"A","1"'.encode("utf-16"))


FAULTS: list[tuple[Callable[[Machine], None], str, str]] = [
    (remove_xlwings_addin, "xlwings add-in", "xlwings.xlam is not in "),
    (age_xlwings_addin, "xlwings add-in", f"is not of the package's version {VERSION}: run"),
    (hide_xlwings_addin, "xlwings add-in", "cannot be read: Is a directory"),
    (remove_package, "xlwings add-in", "The xlwings package is not installed: pip install"),
    (remove_our_addin, "our add-in", "xl_pricing.xlam is not in "),
    (age_our_addin, "our add-in", "is of another version than the package: run: xl-pricing excel"),
    (hide_our_addin, "our add-in", "cannot be read: Is a directory"),
    (unset_interpreter, "interpreter", "is not set in "),
    (move_interpreter, "interpreter", "/gone/python is set as interpreter but is not there: run"),
    (
        break_interpreter,
        "interpreter",
        "cannot import xl_pricing.excel and says: ModuleNotFoundErr",
    ),
    (confuse_interpreter, "interpreter", "cannot import xl_pricing.excel and says: hello"),
    (age_interpreter, "interpreter", f"has xlwings 0.30.1, this Python has {VERSION}: run"),
    (recode_settings, "interpreter", "is written as UTF-16 and was left as it is; accepted: "),
]


@pytest.mark.parametrize(("spoil", "name", "says"), FAULTS)
def test_what_is_at_fault_is_said_with_what_to_do(
    installed: Machine, spoil: Callable[[Machine], None], name: str, says: str
) -> None:
    spoil(installed)
    found = faults(installed)
    assert says in found.pop(name)
    assert set(found) <= {"DLL"}  # of the other version


def test_a_missing_dll_is_said_with_both_places(installed_windows: Machine) -> None:
    (installed_windows.python.parent.parent / f"xlwings64-{VERSION}.dll").unlink()
    says = faults(installed_windows)["DLL"]
    python = installed_windows.python
    assert f"{python.parent} nor in {python.parent.parent}: run: pip" in says


def test_a_dll_beside_python_is_found_too(installed_windows: Machine) -> None:
    name = f"xlwings64-{VERSION}.dll"
    (installed_windows.python.parent.parent / name).rename(installed_windows.python.parent / name)
    assert faults(installed_windows) == {}


def test_an_interpreter_of_the_path_needs_no_file(installed_windows: Machine) -> None:
    config(installed_windows, '"INTERPRETER_WIN","pythonw"')
    assert findings(installed_windows)["interpreter"].says.startswith("pythonw imports xlwings and")
    assert "DLL" not in findings(installed_windows)


def test_on_mac_the_script_that_starts_python_is_looked_for(tmp_path: Path) -> None:
    mac = make("darwin", tmp_path)
    put(mac)
    for script in mac.home.rglob("*.applescript"):
        script.unlink()
    assert faults(mac)["AppleScript"].endswith("run: xlwings runpython install.")


def test_a_package_without_our_add_in(installed: Machine) -> None:
    assert faults(installed, None)["our add-in"].startswith("The package holds no xl_pricing.xlam")


def test_a_rate_card_that_cannot_be_read(
    installed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise CardError("rates, row 3: model is missing")

    monkeypatch.setattr(doctor, "active_card", fail)
    assert faults(installed) == {"rate card": "rates, row 3: model is missing."}


@pytest.mark.parametrize("json_", [False, True])
@pytest.mark.parametrize("spoiled", [False, True])
def test_the_exit_status_tells_whether_anything_is_at_fault(
    installed: Machine, monkeypatch: pytest.MonkeyPatch, spoiled: bool, json_: bool
) -> None:
    monkeypatch.setattr(cli_excel, "this_machine", lambda: installed)
    monkeypatch.setattr(cli_excel.installing, "addin_bytes", lambda: ADDIN)
    if spoiled:
        remove_our_addin(installed)
    arguments = ["excel", "doctor", *(["--json"] if json_ else [])]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == int(spoiled)
    expected = [check._asdict() for check in examine(installed, ADDIN)]
    if json_:
        assert json.loads(result.stdout) == expected
    else:
        assert [line.split()[0] for line in result.stdout.splitlines()] == [
            check["state"] for check in expected
        ]


def test_every_sentence_is_one_line_that_ends(installed: Machine) -> None:
    checks: list[Any] = examine(installed, ADDIN)
    assert all(check.says.endswith(".") and "\n" not in check.says for check in checks)


def test_a_damaged_card_is_a_fault(installed: Machine, data_folder: Path) -> None:
    data_folder.mkdir()
    (data_folder / "card.json").write_text("half a ca", "utf-8")
    assert "is not used (it is damaged: no whole card)" in faults(installed)["rate card"]


@pytest.mark.parametrize("answer", ["5", "[1]", "null", '{"bits": "many"}', "{}", "NaN", "[" * 999])
def test_an_interpreter_that_answers_something_else_is_a_fault(
    installed: Machine, answer: str
) -> None:
    odd = dataclasses.replace(installed, run=lambda _call: Answer(succeeded=True, said=answer))
    found = findings(odd)
    assert found["interpreter"].state == "fault"
    assert "cannot import xl_pricing.excel and says" in found["interpreter"].says


def test_a_debugger_that_xlwings_waits_for_is_a_fault(installed: Machine) -> None:
    config(installed, *lines_of(installed), '"DEBUG UDFS","True"')
    found = findings(installed)
    assert found["debugging"].state == "fault"
    assert "switch it off" in found["debugging"].says


def test_workbooks_without_a_local_copy_are_told(installed: Machine) -> None:
    config(installed, '"ADD_WORKBOOK_TO_PYTHONPATH","True"')
    found = findings(installed)
    assert found["workbooks on SharePoint"].state == "note"


def test_excel_and_python_of_the_store_are_told(installed_windows: Machine, tmp_path: Path) -> None:
    store = tmp_path / "WindowsApps" / "Microsoft.Office.Desktop_16" / "EXCEL.EXE"
    python = tmp_path / "WindowsApps" / "python3.11.exe"
    for path in (store, python):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(program(64))
    config(installed_windows, f'"INTERPRETER_WIN","{python}"')
    machine = dataclasses.replace(installed_windows, registry=lambda _key: str(store))
    found = findings(machine)
    assert "from the Microsoft Store and may not load add-ins" in found["Excel"].says
    assert "(from the Microsoft Store)" in found["interpreter"].says
    assert "make a virtual environment" in found["DLL"].says


def test_packages_of_one_user_are_told(installed_windows: Machine) -> None:
    home = installed_windows.home / "AppData" / "Roaming" / "Python"
    runner(installed_windows).imports = {
        "bits": 64,
        "xlwings": VERSION,
        "xl_pricing": "1",
        "prefix": str(installed_windows.python.parents[1]),
        "package": str(home / "site-packages" / "xlwings"),
    }
    found = findings(installed_windows)
    assert "packages of pip --user" in found["interpreter"].says
    assert "virtual environment" in found["interpreter"].says
