"""Killed at any moment, on a full disk, eight at once: a file is the old one or the new one."""

from pathlib import Path
from random import Random

import pytest
from exhaustive import many
from hosts.made_up_machine import SYSTEMS, addin, config, make, put
from killing import (
    KILLS,
    adapted,
    full_after,
    kill_at_any_moment,
    needs_fork,
    needs_limits,
    start,
    took,
)

from xl_pricing import files
from xl_pricing.hosts.excel.install import uninstall
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Machine


@needs_fork
def test_a_file_that_is_replaced_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path, dice = tmp_path / "budget.xlsx", Random(1)
    path.write_bytes(old := b"0" * 300_000)
    span = 2 * took(lambda: files.write_whole(tmp_path / "other", old))
    replaced = 0
    for i in range(1, KILLS + 1):
        new = f"{i:06}".encode() * 50_000
        kill_at_any_moment(lambda: files.write_whole(path, new), dice, span)  # noqa: B023
        found = path.read_bytes()
        assert found in {old, new}
        replaced += found == new
        span = adapted(span, done=found == new)
        old = found
    assert 0 < replaced < KILLS  # killed before and after


@needs_fork
def test_a_new_file_is_whole_or_not_there(tmp_path: Path) -> None:
    dice, data = Random(2), b"whole " * 50_000
    span = 2 * took(lambda: files.write_new(tmp_path / "other", data))
    there = 0
    for i in range(KILLS):
        path = tmp_path / f"{i}.xlsx"
        kill_at_any_moment(lambda: files.write_new(path, data), dice, span)  # noqa: B023
        there += path.exists()
        span = adapted(span, done=path.exists())
        assert not path.exists() or path.read_bytes() == data
    assert 0 < there < KILLS


@needs_fork
@pytest.mark.parametrize("system", SYSTEMS)
def test_what_install_had_begun_uninstall_undoes(system: str, tmp_path: Path) -> None:
    machine, dice = make(system, tmp_path), Random(3)
    config(machine, '"LICENSE_KEY","theirs"', f'"{machine.interpreter_setting}","python"')
    theirs = {OUR_ADDIN: addin("somebody else"), XLWINGS_ADDIN: b"an older one"}
    for name, data in theirs.items():
        (machine.start_folder / name).write_bytes(data)
    settings, agree = machine.config_file.read_bytes(), lambda _question: True
    span = 1.3 * took(lambda: put(machine, agree))
    assert _undone(machine, theirs) == settings
    for _ in range(many(12, 200)):
        kill_at_any_moment(lambda: put(machine, agree), dice, span)
        assert _undone(machine, theirs) == settings


def _undone(machine: Machine, theirs: dict[str, bytes]) -> bytes:
    """Uninstall, see that the add-ins of others are back, and return the settings."""
    uninstall(machine)
    for name, data in theirs.items():
        assert (machine.start_folder / name).read_bytes() == data
    return machine.config_file.read_bytes()


@needs_limits
def test_on_a_full_disk_template_leaves_the_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(b"old")
    process = start("template", str(path), "--force", code=full_after(20_000))
    _, said = process.communicate()
    assert process.returncode == 2
    assert said.startswith("xl-pricing: path ")
    assert said.count("\n") == 1
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["budget.xlsx"]


def test_of_many_who_write_one_workbook_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "budget.xlsx"
    processes = [start("template", str(path)) for _ in range(many(2, 8))]
    said = [process.communicate() for process in processes]
    codes = sorted(process.returncode for process in processes)
    assert codes == [0, *[2] * (len(processes) - 1)]
    assert (
        sum("exists; accepted: another name, or --force" in err for _, err in said)
        == len(processes) - 1
    )
    assert [each.name for each in tmp_path.iterdir()] == ["budget.xlsx"]
