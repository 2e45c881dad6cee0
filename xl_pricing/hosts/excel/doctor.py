"""What works on this machine, what does not, and what to do about it: a plain sentence a check."""

import json
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xl_pricing.errors import XlPricingError
from xl_pricing.hosts.excel.install import MODULE
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Machine
from xl_pricing.hosts.excel.settings import read_settings
from xl_pricing.rates.refresh.store import active_card, user_store

OK, NOTE, FAULT = "ok", "note", "fault"
INSTALL = "run: xl-pricing excel install"

_SYSTEMS = {"win32": "Windows", "darwin": "Mac", "linux": "Linux"}
_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_BY_NAME = {"python", "pythonw"}
_PROBE = (
    "import json, struct, xlwings, xl_pricing; from xl_pricing.excel import IMGCOST; "
    "print(json.dumps({'bits': 8 * struct.calcsize('P'), 'xlwings': xlwings.__version__, "
    "'xl_pricing': xl_pricing.__version__}))"
)


class Check(NamedTuple):
    """One finding: what was looked at, whether it is ok, a note or a fault, and what to know."""

    name: str
    state: str
    says: str


def examine(machine: Machine, addin: bytes | None) -> list[Check]:
    """Look at everything in turn; a fault never hides the findings after it."""
    checks = [_system(machine)]
    if machine.has_excel:
        interpreter = _Interpreter(machine)
        checks += [_excel(machine), *_bitness(machine, interpreter), _xlwings_addin(machine)]
        checks += [*interpreter.checks(), *_library(machine, interpreter)]
        checks += [_our_addin(machine, addin)]
    else:
        checks += [_libreoffice(machine)]
    return [*checks, _card()]


def _system(machine: Machine) -> Check:
    name = _SYSTEMS.get(machine.system, machine.system)
    if machine.is_windows:
        return Check("system", OK, f"{name}: cell functions, macros, workbook, command line.")
    if machine.has_excel:
        says = f"{name}: macros, workbook and command line; cell functions run on Windows only."
        return Check("system", NOTE, says)
    says = f"{name}: there is no Excel here; the command line and the workbook work."
    return Check("system", NOTE, says)


def _libreoffice(machine: Machine) -> Check:
    found = machine.find("soffice") or machine.find("libreoffice")
    if found:
        return Check(
            "LibreOffice", OK, f"{found} opens the workbook that xl-pricing template writes."
        )
    return Check(
        "LibreOffice", NOTE, "LibreOffice was not found; it opens the workbook without Excel."
    )


def _excel(machine: Machine) -> Check:
    if machine.excel:
        return Check("Excel", OK, f"Excel is {machine.excel}.")
    says = "Excel was not found: install it from Microsoft 365, not from the Microsoft Store."
    return Check("Excel", FAULT, says)


def _bitness(machine: Machine, interpreter: "_Interpreter") -> Iterator[Check]:
    """Compare where both are known: a difference works, for Python is a process of its own."""
    bits = excel_bits(machine.excel) if machine.is_windows else None
    if bits and interpreter.bits:
        both = f"Excel has {bits} bits, Python {interpreter.bits}"
        if bits == interpreter.bits:
            yield Check("bitness", OK, f"{both}.")
        else:
            says = f"{both}; they work together, through xlwings{bits}-*.dll."
            yield Check("bitness", NOTE, says)
    elif machine.is_windows:
        yield Check("bitness", NOTE, "Whether Excel has 32 or 64 bits could not be read.")


def excel_bits(program: Path | None) -> int | None:
    """Read from a Windows program's header whether it has 32 or 64 bits."""
    with suppress(OSError, struct.error):
        if program:
            with program.open("rb") as file:
                head = file.read(4096)
            (at,) = struct.unpack_from("<I", head, 0x3C)
            signature, kind = struct.unpack_from("<4sH", head, at)
            return _BITS.get(kind) if signature == b"PE\0\0" else None
    return None


def _xlwings_addin(machine: Machine) -> Check:
    name, source = "xlwings add-in", machine.xlwings_addin
    installed = machine.start_folder / XLWINGS_ADDIN
    if source is None or not source.exists():
        return Check(name, FAULT, "The xlwings package is not installed: pip install xlwings.")
    try:
        if not installed.exists():
            return Check(name, FAULT, f"{XLWINGS_ADDIN} is not in {installed.parent}: {INSTALL}.")
        if installed.read_bytes() == source.read_bytes():
            return Check(name, OK, f"{installed} is of version {machine.xlwings_version}.")
    except OSError as error:
        return _unreadable(name, installed, error)
    says = f"{installed} is not of the package's version {machine.xlwings_version}: {INSTALL}."
    return Check(name, FAULT, says)


def _our_addin(machine: Machine, addin: bytes | None) -> Check:
    name, installed = "our add-in", machine.start_folder / OUR_ADDIN
    try:
        if not installed.exists():
            return Check(name, FAULT, f"{OUR_ADDIN} is not in {installed.parent}: {INSTALL}.")
        if addin is not None and installed.read_bytes() == addin:
            return Check(name, OK, f"{installed} is current.")
    except OSError as error:
        return _unreadable(name, installed, error)
    if addin is None:
        return Check(
            name, FAULT, f"The package holds no {OUR_ADDIN}: pip install xl-pricing again."
        )
    return Check(name, FAULT, f"{installed} is of another version than the package: {INSTALL}.")


def _unreadable(name: str, path: Path, error: OSError) -> Check:
    return Check(name, FAULT, f"{path} cannot be read: {error.strerror or error}.")


class _Interpreter:
    """The Python that the configuration names, asked once what it can import."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.set_to: str | None = None
        self._fault = ""
        self._said: dict[str, str | int] = {}
        try:
            settings = read_settings(machine.config_file, machine.encoding)
        except XlPricingError as error:
            self._fault = f"{error}."
            return
        self.set_to = settings.get(machine.interpreter_setting)
        if self.set_to:
            self._ask(self.set_to)

    @property
    def bits(self) -> int | None:
        """32 or 64, where it answered."""
        return int(self._said["bits"]) if self._said else None

    @property
    def xlwings(self) -> str:
        """The version of xlwings that it imports."""
        return str(self._said.get("xlwings", ""))

    def checks(self) -> Iterator[Check]:
        """Say whether it is set, whether it is there, and what it cannot import."""
        where = self._machine.config_file
        if self._fault:
            yield Check("interpreter", FAULT, self._fault)
        elif not self.set_to:
            says = f"{self._machine.interpreter_setting} is not set in {where}: {INSTALL}."
            yield Check("interpreter", FAULT, says)
        elif self.xlwings != self._machine.xlwings_version:
            says = (
                f"{self.set_to} has xlwings {self.xlwings}, this Python has "
                f"{self._machine.xlwings_version}: {INSTALL} with the Python for Excel."
            )
            yield Check("interpreter", FAULT, says)
        else:
            yield Check("interpreter", OK, f"{self.set_to} imports xlwings and {MODULE}.")

    def _ask(self, program: str) -> None:
        if program.lower() not in _BY_NAME and not Path(program).exists():
            self._fault = f"{program} is set as interpreter but is not there: {INSTALL}."
            return
        answer = self._machine.run([program, "-c", _PROBE])
        last = answer.said.splitlines()[-1] if answer.said else "nothing"
        with suppress(ValueError):
            self._said = json.loads(last) if answer.succeeded else {}
        if not self._said:
            self._fault = f"{program} cannot import {MODULE} and says: {last}. Then {INSTALL}."


def _library(machine: Machine, interpreter: _Interpreter) -> Iterator[Check]:
    """Look where Excel looks for xlwings' DLL: beside the interpreter, or one folder up.

    On Mac the like of it is the script through which macros start Python.
    """
    if not machine.is_windows:
        script = f"xlwings-{machine.xlwings_version}.applescript"
        folders = [machine.home / "Library" / "Application Scripts" / "com.microsoft.Excel"]
        yield _one_of("AppleScript", folders, script, "run: xlwings runpython install")
    elif interpreter.xlwings and interpreter.set_to not in _BY_NAME:
        bits = excel_bits(machine.excel) or 64
        folder = Path(str(interpreter.set_to)).parent
        name = f"xlwings{bits}-{interpreter.xlwings}.dll"
        remedy = "run: pip install --force-reinstall xlwings"
        yield _one_of("DLL", [folder, folder.parent], name, remedy)


def _one_of(name: str, folders: list[Path], file: str, remedy: str) -> Check:
    found = next((folder / file for folder in folders if (folder / file).exists()), None)
    if found:
        return Check(name, OK, f"{found} is there.")
    places = " nor in ".join(map(str, folders))
    return Check(name, FAULT, f"{file} is not in {places}: {remedy}.")


def _card() -> Check:
    try:
        card, warning = active_card(), user_store().warning()
    except XlPricingError as error:
        return Check("rate card", FAULT, f"{error}.")
    if warning:
        return Check("rate card", FAULT, f"{warning}.")
    return Check("rate card", OK, f"{len(card.rates)} rates, last checked on {card.checked}.")
