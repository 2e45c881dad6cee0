"""What works on this machine, what does not, and what to do about it: a plain sentence a check."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from xl_pricing.errors import XlPricingError
from xl_pricing.hosts.excel.before import PATH_SETTING
from xl_pricing.hosts.excel.install import MODULE
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Machine
from xl_pricing.hosts.excel.settings import Settings, read_settings
from xl_pricing.rates.refresh.store import active_card, user_store
from xl_pricing.words import shortened

OK, NOTE, FAULT = "ok", "note", "fault"
INSTALL = "run: xl-pricing excel install"

_SYSTEMS = {"win32": "Windows", "darwin": "Mac", "linux": "Linux"}
_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_BY_NAME = {"python", "pythonw"}
_PROBE = (
    "import json, struct, sys, xlwings, xl_pricing; from xl_pricing.excel import IMGCOST; "
    "print(json.dumps({'bits': 8 * struct.calcsize('P'), 'xlwings': xlwings.__version__, "
    "'xl_pricing': xl_pricing.__version__, 'prefix': sys.prefix, 'package': xlwings.__path__[0]}))"
)
_FROM_365 = "install it from Microsoft 365, not from the Microsoft Store"
DEBUG_SETTING = "DEBUG UDFS"
_STORE = "windowsapps"
_VENV = "make a virtual environment with a Python from python.org and run install there"


class _Told(BaseModel):
    """What an interpreter tells of itself."""

    bits: int
    xlwings: Annotated[str, Field(max_length=60)]
    xl_pricing: str
    prefix: str = ""
    package: str = ""


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
        checks += _settings(interpreter)
        checks += [_our_addin(machine, addin)]
    else:
        checks += [_libreoffice(machine)]
    return [*checks, _card()]


def _system(machine: Machine) -> Check:
    name = _SYSTEMS.get(machine.system, machine.system)
    if machine.is_windows:
        return Check("system", OK, f"{name}: cell functions, macros, workbook, command line.")
    if machine.has_excel:
        says = (
            f"{name}: macros, workbook and command line; cell functions of xlwings run on Windows "
            "only, see: xl-pricing host office --help."
        )
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
    if machine.excel and _STORE in str(machine.excel).lower():
        says = f"{machine.excel} is from the Microsoft Store and may not load add-ins: {_FROM_365}."
        return Check("Excel", FAULT, says)
    if machine.excel:
        return Check("Excel", OK, f"Excel is {machine.excel}.")
    says = f"Excel was not found: {_FROM_365}."
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


def _settings(interpreter: "_Interpreter") -> Iterator[Check]:
    """Look at settings of xlwings that make every function fail."""
    settings = interpreter.settings
    if (settings.get(DEBUG_SETTING) or "").lower() == "true":
        says = (
            f"{DEBUG_SETTING} is on: Excel waits for a debugger; switch it off in xlwings' ribbon."
        )
        yield Check("debugging", FAULT, says)
    if (settings.get(PATH_SETTING) or "").lower() != "false":
        says = (
            f"{PATH_SETTING} is on: functions fail in workbooks on SharePoint and OneDrive; "
            "switch it off in xlwings' ribbon."
        )
        yield Check("workbooks on SharePoint", NOTE, says)


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
        self._told: _Told | None = None
        self.settings = Settings(())
        try:
            self.settings = read_settings(machine.config_file, machine.encoding)
        except XlPricingError as error:
            self._fault = f"{error}."
            return
        self.set_to = self.settings.get(machine.interpreter_setting)
        if self.set_to:
            self._ask(self.set_to)

    @property
    def bits(self) -> int | None:
        """32 or 64, where it answered."""
        return self._told.bits if self._told else None

    @property
    def xlwings(self) -> str:
        """The version of xlwings that it imports."""
        return self._told.xlwings if self._told else ""

    @property
    def is_of_the_store(self) -> bool:
        """Whether it was installed from the Microsoft Store."""
        return _STORE in str(self.set_to).lower()

    @property
    def has_packages_elsewhere(self) -> bool:
        """Whether xlwings lies outside the interpreter, as ``pip install --user`` leaves it."""
        if not (self._told and self._told.prefix and self._told.package):
            return False
        return not Path(self._told.package).is_relative_to(self._told.prefix)

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
        elif self.is_of_the_store or self.has_packages_elsewhere:
            kind = "from the Microsoft Store" if self.is_of_the_store else "packages of pip --user"
            says = f"{self.set_to} ({kind}): Excel may not find xlwings' parts there: {_VENV}."
            yield Check("interpreter", NOTE, says)
        else:
            yield Check("interpreter", OK, f"{self.set_to} imports xlwings and {MODULE}.")

    def _ask(self, program: str) -> None:
        if program.lower() not in _BY_NAME and not _is_there(Path(program)):
            self._fault = f"{program} is set as interpreter but is not there: {INSTALL}."
            return
        answer = self._machine.run([program, "-c", _PROBE])
        last = answer.said.splitlines()[-1] if answer.said else "nothing"
        with suppress(ValidationError):
            self._told = _Told.model_validate_json(last) if answer.succeeded else None
        if not self._told:
            said = shortened(last)
            self._fault = f"{program} cannot import {MODULE} and says: {said}. Then {INSTALL}."


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
        elsewhere = interpreter.is_of_the_store or interpreter.has_packages_elsewhere
        remedy = _VENV if elsewhere else "run: pip install --force-reinstall xlwings"
        yield _one_of("DLL", [folder, folder.parent], name, remedy)


def _one_of(name: str, folders: list[Path], file: str, remedy: str) -> Check:
    found = next((folder / file for folder in folders if _is_there(folder / file)), None)
    if found:
        return Check(name, OK, f"{found} is there.")
    places = " nor in ".join(map(str, folders))
    return Check(name, FAULT, f"{file} is not in {places}: {remedy}.")


def _is_there(path: Path) -> bool:
    """Tell whether a path is there; one that is too long for any disk is not."""
    with suppress(OSError):
        return path.exists()
    return False


def _card() -> Check:
    try:
        card, warning = active_card(), user_store().warning()
    except XlPricingError as error:
        return Check("rate card", FAULT, f"{error}.")
    if warning:
        return Check("rate card", FAULT, f"{warning}.")
    return Check("rate card", OK, f"{len(card.rates)} rates, last checked on {card.checked}.")
