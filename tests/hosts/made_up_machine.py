"""A made-up machine with Excel on it: a Windows or Mac profile as a tree of folders."""

import contextlib
import io
import json
import os
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

import pytest
import xlwings
import xlwings.cli

from xl_pricing.hosts.excel.install import install
from xl_pricing.hosts.excel.machine import Answer, Machine

VERSION = "0.37.8"


def addin(creator: str) -> bytes:
    """Return an add-in that says who made it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("docProps/core.xml", f"<dc:creator>{creator}</dc:creator>")
    return made.getvalue()


ADDIN = addin("xl_pricing 0.1.0")
SYSTEMS = ("win32", "darwin")


def make(system: str, root: Path, user: str = "Ann", bits: int = 64) -> Machine:
    """Make a machine where Excel and xlwings' package are installed, and nothing else is."""
    home = root / "Users" / user
    prefix = home / "venv"
    python = prefix / ("Scripts/python.exe" if system == "win32" else "bin/python")
    package = prefix / "xlwings"
    script = package / f"xlwings-{VERSION}.applescript"
    for path in (python, package / "addin" / "xlwings.xlam", script):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"made up " + path.name.encode())
    excel = root / "Office" / "EXCEL.EXE"
    excel.parent.mkdir()
    excel.write_bytes(program(bits))
    applications = root / "Applications"
    (applications / "Microsoft Excel.app").mkdir(parents=True)
    machine = Machine(
        system=system,
        home=home,
        appdata=home / "AppData" / "Roaming",
        applications=applications,
        python=python,
        encoding="cp1252" if system == "win32" else "utf-8",
        xlwings=package,
        xlwings_version=VERSION,
        registry=lambda _key: str(excel),
        find=lambda _program: None,
        run=lambda _arguments: Answer(succeeded=False, said="not made up"),
    )
    machine = replace(machine, run=Runner(lambda: machine))
    machine.start_folder.mkdir(parents=True)
    (prefix / f"xlwings64-{VERSION}.dll").touch()
    (prefix / f"xlwings32-{VERSION}.dll").touch()
    return machine


def program(bits: int) -> bytes:
    """Return the head of a Windows program."""
    kind = {32: 0x014C, 64: 0x8664}[bits]
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I4sH", 0x40, b"PE\0\0", kind)


def config(machine: Machine, *lines: str) -> None:
    """Write xlwings' user configuration."""
    machine.config_file.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\n" for line in lines)
    machine.config_file.write_bytes(text.encode(machine.encoding))


def lines_of(machine: Machine) -> list[str]:
    """Return the lines of xlwings' user configuration."""
    return machine.config_file.read_bytes().decode(machine.encoding).splitlines()


def never(question: str) -> NoReturn:
    """Agree to nothing, for nothing should be asked."""
    pytest.fail(f"nothing should be asked: {question}")


def put(machine: Machine, agree: Callable[[str], bool] = never) -> list[str]:
    """Install."""
    return install(machine, ADDIN, agree)


def runner(machine: Machine) -> "Runner":
    """Return what runs the programs of a machine."""
    assert isinstance(machine.run, Runner)
    return machine.run


class Runner:
    """Runs xlwings' own command line on a made-up machine, and answers for an interpreter."""

    def __init__(self, machine: Callable[[], Machine]) -> None:
        """Run on a machine that is made later."""
        self._machine = machine
        self.calls: list[list[str]] = []
        self.fails = False
        self.imports: dict[str, str | int] | str = {
            "bits": 64,
            "xlwings": VERSION,
            "xl_pricing": "1",
        }

    def __call__(self, arguments: Sequence[str]) -> Answer:
        """Answer as the program would."""
        self.calls.append([*arguments])
        if arguments[1] == "-c":
            return self._import()
        assert arguments[1:3] == ["-m", "xlwings.cli"]
        if self.fails:
            return Answer(succeeded=True, said="starting\nError: quit Excel and try again.")
        said = io.StringIO()
        with _xlwings_on(self._machine()), contextlib.redirect_stdout(said):
            sys.argv = ["xlwings", *arguments[3:]]
            xlwings.cli.main()
        return Answer(succeeded=True, said=said.getvalue().strip())

    def _import(self) -> Answer:
        if isinstance(self.imports, str):
            return Answer(succeeded=False, said=self.imports)
        return Answer(succeeded=True, said=json.dumps(self.imports))


@contextlib.contextmanager
def _xlwings_on(machine: Machine) -> Iterator[None]:
    """Let xlwings see another machine, on which Excel is not running."""
    with (
        patch.object(sys, "platform", machine.system),
        patch.object(sys, "executable", str(machine.python)),
        patch.object(sys, "argv", []),
        patch.dict(os.environ, {"HOME": str(machine.home), "USERPROFILE": str(machine.home)}),
        patch.multiple(
            xlwings, apps=(), USER_CONFIG_FILE=str(machine.config_file), __version__=VERSION
        ),
        patch.multiple(
            xlwings.cli,
            create=True,
            this_dir=machine.xlwings,
            get_addin_dir=lambda _all: machine.start_folder,
            open=partial(open, encoding=machine.encoding),
        ),
    ):
        yield
