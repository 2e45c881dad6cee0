"""Install and uninstall on made-up machines: what is done, what is asked, what is left alone."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hosts.made_up_machine import ADDIN, addin, config, lines_of, make, put, runner
from xl_pricing.cli import excel as cli_excel
from xl_pricing.cli.main import main
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.hosts.excel.before import read_before
from xl_pricing.hosts.excel.install import addin_bytes, uninstall
from xl_pricing.hosts.excel.machine import Machine, this_machine
from xl_pricing.hosts.excel.settings import (
    Settings,
    back_up,
    read_settings,
    with_module,
    without_module,
)

NOT_ON_THE_PATH = '"ADD_WORKBOOK_TO_PYTHONPATH","False"'


def tree(machine: Machine) -> dict[str, bytes]:
    paths = sorted(machine.home.rglob("*"))
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


# Installing


def test_install_puts_both_add_ins_into_the_start_folder(machine: Machine) -> None:
    said = put(machine)
    found = {path.name: path.read_bytes() for path in machine.start_folder.iterdir()}
    assert found == {"xl_pricing.xlam": ADDIN, "xlwings.xlam": b"made up xlwings.xlam"}
    assert runner(machine).calls == [[str(machine.python), "-m", "xlwings.cli", "addin", "install"]]
    assert all(sentence.endswith(".") for sentence in said)


def test_install_sets_the_interpreter_and_the_module_where_nothing_was_set(
    machine: Machine,
) -> None:
    put(machine)
    setting = machine.interpreter_setting
    assert lines_of(machine) == [
        f'"{setting}","{machine.python}"',
        '"UDF MODULES","xl_pricing.excel"',
        NOT_ON_THE_PATH,
    ]


def test_install_again_changes_nothing(machine: Machine) -> None:
    put(machine)
    before = tree(machine)
    put(machine)
    assert tree(machine) == before


def test_install_leaves_other_settings_as_they_are(machine: Machine) -> None:
    others = ['"PYTHONPATH","C:\\my code;D:\\é"', '"Show Console","True"', "", "no setting at all"]
    config(machine, *others, '"UDF MODULES","mine;theirs"')
    put(machine)
    assert lines_of(machine) == [
        *others,
        '"UDF MODULES","mine;theirs;xl_pricing.excel"',
        NOT_ON_THE_PATH,
        f'"{machine.interpreter_setting}","{machine.python}"',
    ]


def test_install_does_not_take_other_workbooks_their_default_module(machine: Machine) -> None:
    """Where no module is set, xlwings takes the one that is named like the workbook."""
    config(machine, '"SHOW CONSOLE","False"')
    said = put(machine)
    assert not any("UDF MODULES" in line for line in lines_of(machine))
    assert "UDF MODULES stays unset, for your other workbooks" in said[-1]


def test_install_keeps_a_copy_of_the_configuration(machine: Machine) -> None:
    config(machine, '"PYTHONPATH","x"')
    before = machine.config_file.read_bytes()
    put(machine)
    put(machine)
    copy = machine.config_file.with_name("xlwings.conf.before-xl-pricing")
    assert copy.read_bytes() == before


def test_line_ends_of_windows_are_kept(windows: Machine) -> None:
    config(windows)
    windows.config_file.write_bytes(b'"A","1"\r\n"B","2"')
    put(windows)
    assert windows.config_file.read_bytes() == (
        b'"A","1"\r\n"B","2"\r\n"ADD_WORKBOOK_TO_PYTHONPATH","False"\r\n"INTERPRETER_WIN","'
        + str(windows.python).encode()
        + b'"\r\n'
    )


def test_another_interpreter_is_replaced_only_when_agreed(machine: Machine) -> None:
    config(machine, f'"{machine.interpreter_setting.lower()}","/other/python"')
    before, asked = tree(machine), []
    with pytest.raises(InvalidValueError, match="xlwings goes on to start /other/python and noth"):
        put(machine, lambda question: bool(asked.append(question)))
    assert tree(machine) == before
    assert asked == [
        f"xlwings starts /other/python. Let it start {machine.python} instead?",
    ]
    put(machine, lambda _question: True)
    ours = f'"{machine.interpreter_setting}","{machine.python}"'
    assert lines_of(machine) == [ours, NOT_ON_THE_PATH]


@pytest.mark.parametrize("user", ["Ann Lee", "张 三"])
def test_a_profile_with_spaces_and_chinese_characters(tmp_path: Path, user: str) -> None:
    machine = dataclasses.replace(make("win32", tmp_path, user), encoding="cp936")
    runner(machine)._machine = lambda: machine
    put(machine)
    assert machine.start_folder.joinpath("xl_pricing.xlam").read_bytes() == ADDIN
    assert lines_of(machine)[0] == f'"INTERPRETER_WIN","{machine.python}"'


def test_a_path_that_excel_could_not_read_is_refused_first(tmp_path: Path) -> None:
    machine = make("win32", tmp_path, "张三")
    before = tree(machine)
    with pytest.raises(InvalidValueError, match="Excel cannot read '张三' in a path on this machi"):
        put(machine)
    assert tree(machine) == before


# What is in the way


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('"A","é"\n'.encode("utf-16"), "UTF-16"),
        ('"A","é"\n'.encode("utf-16-be"), "something else"),
        ('"A","é"\n'.encode("utf-8-sig"), "UTF-8 with a mark"),
        (b'"A","\x81"\n', "something else"),
    ],
)
def test_a_configuration_of_another_encoding_is_left_alone(
    windows: Machine, data: bytes, kind: str
) -> None:
    config(windows)
    windows.config_file.write_bytes(data)
    before = tree(windows)
    with pytest.raises(InvalidValueError, match=rf"is written as {kind}.*accepted: the same lines"):
        put(windows)
    with pytest.raises(InvalidValueError, match=f"is written as {kind}"):
        uninstall(windows)
    assert tree(windows) == before


def test_a_configuration_that_cannot_be_read_is_named(machine: Machine) -> None:
    machine.config_file.mkdir(parents=True)
    with pytest.raises(InvalidValueError, match=r"xlwings.conf is no file that can be read"):
        put(machine)
    assert list(machine.start_folder.iterdir()) == []


def test_an_add_in_that_excel_holds_open_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "xl_pricing.xlam":
            raise PermissionError(13, "Permission denied")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(
        InvalidValueError, match=r"xlam cannot be written: .*; accepted: Excel clos"
    ):
        put(machine)
    assert [path.name for path in machine.start_folder.iterdir()] == ["xlwings.xlam"]
    assert [path.name for path in machine.start_folder.parent.iterdir()] == [
        machine.start_folder.name
    ]


def test_what_xlwings_says_is_passed_on_when_it_fails(machine: Machine) -> None:
    runner(machine).fails = True
    with pytest.raises(NotAvailableError, match="and said: Error: quit Excel and try again"):
        put(machine)
    assert list(machine.start_folder.iterdir()) == []


def test_an_xlwings_add_in_of_another_version_is_not_taken_for_installed(machine: Machine) -> None:
    (machine.start_folder / "xlwings.xlam").write_bytes(b"old")
    runner(machine).fails = True
    with pytest.raises(NotAvailableError, match=r"did not install its add-in"):
        put(machine)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"system": "linux"}, "there is no Excel on this system to install into; accepted: Windo"),
        ({"xlwings": None}, "xlwings was not found; accepted: pip install xlwings"),
        (
            {"registry": lambda _key: None, "applications": Path("none")},
            "Excel was not found; accepted: Excel installed",
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(
    machine: Machine, change: dict[str, Any], told: str
) -> None:
    before = tree(machine)
    with pytest.raises(NotAvailableError, match=told):
        put(dataclasses.replace(machine, **change))
    assert tree(machine) == before


# Uninstalling


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ['"PYTHONPATH","x"'],
        ['"UDF MODULES","mine"', '"PYTHONPATH","x"'],
        ['"INTERPRETER_WIN","/other/python"', '"INTERPRETER_MAC","/other/python"', '"X","1"'],
    ],
)
def test_uninstall_undoes_just_that(machine: Machine, lines: list[str]) -> None:
    if lines:
        config(machine, *lines)
    before = tree(machine)
    put(machine, lambda _question: True)
    uninstall(machine)
    after = tree(machine)
    after.pop(f"{machine.config_file}.before-xl-pricing", None)
    left = {path: data for path, data in after.items() if "Application Scripts" not in path}
    assert left == before


def test_uninstall_after_two_installs_brings_back_what_was_first(machine: Machine) -> None:
    config(machine, f'"{machine.interpreter_setting}","/other/python"')
    put(machine, lambda _question: True)
    put(machine)
    uninstall(machine)
    assert lines_of(machine) == [f'"{machine.interpreter_setting}","/other/python"']


def test_uninstall_leaves_an_xlwings_add_in_that_was_there_before(machine: Machine) -> None:
    (machine.start_folder / "xlwings.xlam").write_bytes(b"old")
    put(machine)
    uninstall(machine)
    assert [path.name for path in machine.start_folder.iterdir()] == ["xlwings.xlam"]


def test_uninstall_leaves_an_interpreter_that_was_set_since(machine: Machine) -> None:
    put(machine)
    config(machine, f'"{machine.interpreter_setting}","/newer/python"')
    uninstall(machine)
    assert lines_of(machine) == [f'"{machine.interpreter_setting}","/newer/python"']


def test_uninstall_without_a_note_removes_only_what_is_surely_ours(machine: Machine) -> None:
    put(machine)
    machine.config_file.with_name("xl_pricing.json").write_text("not json", encoding="utf-8")
    assert read_before(machine) is None
    uninstall(machine)
    assert [path.name for path in machine.start_folder.iterdir()] == ["xlwings.xlam"]
    ours = f'"{machine.interpreter_setting}","{machine.python}"'
    assert lines_of(machine) == [ours, NOT_ON_THE_PATH]


def test_uninstall_where_nothing_is_installed_says_so(machine: Machine) -> None:
    before = tree(machine)
    said = uninstall(machine)
    assert said == [f"xl_pricing.xlam was not in {machine.start_folder}."]
    assert tree(machine) == before


def test_uninstall_says_when_xlwings_stays(machine: Machine) -> None:
    put(machine)
    runner(machine).fails = True
    assert uninstall(machine)[-1].startswith("xlwings.xlam is still there: close Excel and run")


# What belongs to somebody else


def test_an_add_in_of_somebody_else_under_our_name_comes_back(machine: Machine) -> None:
    foreign = addin("a colleague")
    (machine.start_folder / "xl_pricing.xlam").write_bytes(foreign)
    before = tree(machine)
    put(machine)
    assert (machine.start_folder / "xl_pricing.xlam").read_bytes() == ADDIN
    put(machine)
    said = uninstall(machine)
    assert "xl_pricing.xlam that was there before is back in" in " ".join(said)
    after = {path: data for path, data in tree(machine).items() if "Scripts" not in path}
    assert after == {path: data for path, data in before.items() if "Scripts" not in path}


def test_an_add_in_that_somebody_put_there_since_is_not_deleted(machine: Machine) -> None:
    put(machine)
    (machine.start_folder / "xl_pricing.xlam").write_bytes(addin("a colleague"))
    said = uninstall(machine)
    assert "was not made by xl_pricing and was left as it is" in said[0]
    assert (machine.start_folder / "xl_pricing.xlam").read_bytes() == addin("a colleague")


def test_an_older_xlwings_add_in_comes_back_as_it_was(machine: Machine) -> None:
    (machine.start_folder / "xlwings.xlam").write_bytes(b"old")
    put(machine)
    assert (machine.start_folder / "xlwings.xlam").read_bytes() == b"made up xlwings.xlam"
    uninstall(machine)
    assert (machine.start_folder / "xlwings.xlam").read_bytes() == b"old"


@pytest.mark.parametrize("note", ["", "not json", "[]", "null", '{"kept": 1}', "{" * 5000])
def test_a_damaged_note_costs_nobody_the_only_copy(machine: Machine, note: str) -> None:
    config(machine, f'"{machine.interpreter_setting}","/mine/python"', '"UDF MODULES","mine"')
    before = machine.config_file.read_bytes()
    put(machine, lambda _question: True)
    machine.config_file.with_name("xl_pricing.json").write_text(note, encoding="utf-8")
    put(machine)
    copy = machine.config_file.with_name("xlwings.conf.before-xl-pricing")
    assert copy.read_bytes() == before
    uninstall(machine)
    assert machine.config_file.read_bytes() == before


def test_a_second_python_is_undone_by_the_first(machine: Machine) -> None:
    config(machine, '"X","1"')
    put(machine)
    second = dataclasses.replace(machine, python=machine.python.with_name("python2"))
    runner(machine)._machine = lambda: second
    put(second, lambda _question: True)
    runner(machine)._machine = lambda: machine
    uninstall(machine)
    assert lines_of(machine) == ['"X","1"']


@pytest.mark.parametrize("name", ["xl_pricing.xlam", "xlwings.xlam"])
def test_a_folder_in_the_way_is_found_before_anything_is_changed(
    machine: Machine, name: str
) -> None:
    config(machine, '"X","1"')
    (machine.start_folder / name).mkdir()
    before = tree(machine)
    with pytest.raises(InvalidValueError, match=f"{name} is in the way; accepted: no folder"):
        put(machine)
    assert tree(machine) == before
    uninstall(machine)
    assert tree(machine) == before


def test_a_setting_that_somebody_made_for_the_path_stays(machine: Machine) -> None:
    theirs = '"ADD_WORKBOOK_TO_PYTHONPATH","True"'
    config(machine, theirs)
    said = put(machine)
    assert theirs in lines_of(machine)
    assert "stays as you set it" in said[-1]
    uninstall(machine)
    assert lines_of(machine) == [theirs]


# The lines of a configuration


@pytest.mark.parametrize("mark", ["\f", "\v", "\r", "\x1c", "\x85", "\u2028"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, mark: str) -> None:
    text = f'"A","1{mark}2"\n"B","3"\r\n'
    (tmp_path / "conf").write_bytes(text.encode())
    settings = read_settings(tmp_path / "conf", "utf-8")
    assert len(settings.lines) == 2
    assert "".join(settings.lines) == text


def test_a_backup_never_overwrites_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "xlwings.conf"
    for text in ("1", "2", "1", "3"):
        path.write_text(text, encoding="utf-8")
        back_up(path)
    copies = sorted(entry.name for entry in tmp_path.glob("*.before*"))
    assert copies == [f"xlwings.conf.before-xl-pricing{end}" for end in ("", ".2", ".3")]


def test_the_first_line_of_a_key_counts_in_any_case() -> None:
    settings = Settings(('"a","1"\n', '"A","2"\n'))
    assert settings.get("A") == "1"
    assert settings.put("A", "3").lines == ('"A","3"\n', '"A","2"\n')


def test_no_file_is_no_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none", "utf-8") == Settings(())


def test_modules_are_added_and_taken_once() -> None:
    assert with_module(None, "m") == "m"
    assert with_module("a;m;", "m") == "a;m"
    assert without_module("a; m", "m") == "a"
    assert without_module("m", "m") is None


# The command line


@pytest.fixture
def shell(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(cli_excel, "this_machine", lambda: machine)
    monkeypatch.setattr(cli_excel.installing, "addin_bytes", lambda: ADDIN)

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["excel", *arguments], input=typed)

    return run


def test_the_commands_say_what_they_did(machine: Machine, shell: Callable[..., Result]) -> None:
    done = shell("install")
    assert done.exit_code == 0
    assert f"xlwings starts {machine.python}" in done.stdout
    undone = json.loads(shell("uninstall", "--json").stdout)
    assert undone["done"][0].startswith("xl_pricing.xlam was removed")


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_the_question_is_asked_once_and_no_answer_is_no(
    machine: Machine, shell: Callable[..., Result], typed: str, status: int
) -> None:
    config(machine, f'"{machine.interpreter_setting}","/other/python"')
    result = shell("install", typed=typed)
    assert result.exit_code == status
    assert "Let it start" in result.stderr
    assert ("/other/python" in lines_of(machine)[0]) == bool(status)


def test_yes_asks_nothing(machine: Machine, shell: Callable[..., Result]) -> None:
    config(machine, f'"{machine.interpreter_setting}","/other/python"')
    result = shell("install", "--yes")
    assert result.exit_code == 0
    assert result.stderr == ""


def test_a_folder_in_the_way_is_one_sentence(
    machine: Machine, shell: Callable[..., Result]
) -> None:
    (machine.start_folder / "xlwings.xlam").mkdir()
    result = shell("install")
    assert result.exit_code == 2
    assert result.stderr.startswith("xl-pricing: ")
    assert result.stderr.count("\n") == 1


def test_the_add_in_is_the_same_on_every_run() -> None:
    assert addin_bytes() == addin_bytes()
    assert addin_bytes()[:2] == b"PK"


def test_the_command_that_is_run_exists() -> None:
    machine = this_machine()
    for command in ("install", "remove"):
        call = [str(machine.python), "-m", "xlwings.cli", "addin", command, "--help"]
        assert machine.run(call).succeeded


def test_this_machine_can_be_looked_at() -> None:
    machine = this_machine()
    assert machine.xlwings_version
    assert machine.xlwings_addin
    assert machine.xlwings_addin.exists()
    assert machine.python.exists()
    assert machine.run([str(machine.python), "-c", "print('é')"]) == (True, "é")
    assert not machine.run(["no such program"]).succeeded
