"""All steps in turn, and the report of what held and what did not."""

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import xl_pricing
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.hosts.excel.doctor import FAULT, NOTE, OK, Check
from xl_pricing.hosts.excel.machine import Machine
from xl_pricing.hosts.excel.selftest import refresh, vba, workbooks
from xl_pricing.hosts.excel.selftest.instance import App, Host, reason, this_host
from xl_pricing.rates.day import today

_UNKNOWN = "not told"
_LANGUAGE_OF_MENUS = 2
Step = Callable[[App], Iterator[Check]]


@dataclass(slots=True)
class About:
    """The Excel that was tried, and what tried it."""

    day: date
    system: str
    python: str
    xlwings: str
    xl_pricing: str
    excel: str = _UNKNOWN
    build: str = _UNKNOWN
    bits: str = _UNKNOWN
    language: str = _UNKNOWN
    """The number of the language of its menus: 1033 is English, 2052 Chinese."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was tried, by whom, and the pictures that it left."""

    about: About
    checks: list[Check] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether nothing is at fault."""
        return all(check.state != FAULT for check in self.checks)

    def text(self) -> str:
        """Return the report as lines."""
        about = [f"{name}: {value}" for name, value in asdict(self.about).items()]
        checks = [f"{each.state:5}  {each.name}: {each.says}" for each in self.checks]
        faults = sum(each.state == FAULT for each in self.checks)
        end = "Everything that was tried held." if self.held else f"Faults: {faults}."
        return "\n".join([*about, "", *checks, "", end])


def selftest(machine: Machine, folder: Path, host: Host | None = None) -> Report:
    """Try our workbooks in Excel; leave the pictures in ``folder``, which is made.

    Raises `NotAvailableError` where there is no Excel for the system, and `InvalidValueError` where
    the folder is there already or cannot be made.
    """
    if not machine.has_excel:
        raise NotAvailableError(f"there is no Excel for {machine.system}; accepted: Windows, Mac")
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise InvalidValueError(
            f"folder {str(folder)!r} cannot be made: {error.strerror or error}; accepted: the name "
            "of a new folder"
        ) from None
    host = host or this_host(machine)
    about = About(
        day=today(),
        system=f"{machine.system} {platform.release()}",
        python=platform.python_version(),
        xlwings=machine.xlwings_version,
        xl_pricing=xl_pricing.__version__,
    )
    report = Report(about)
    scratch = Path(mkdtemp(prefix="xl-pricing-selftest-", dir=host.base))
    try:
        report.checks.extend(_steps(host, about, scratch))
        report.pictures.extend(_keep_pictures(scratch / "pictures", folder))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if scratch.exists():
        says = f"{scratch} could not be removed: delete it once Excel is closed."
        report.checks.append(Check("temporary folder", NOTE, says))
    return report


def _steps(host: Host, about: About, scratch: Path) -> Iterator[Check]:
    """Do the steps; one that fails hides none after it, unless Excel does not even start."""
    first = host.try_in_excel("Excel", partial(_ask, host, about))
    yield from first
    if not any(check.state == OK for check in first):
        yield Check("all other steps", NOTE, "They were not tried, for there is no Excel to ask.")
        return
    try:
        files = workbooks.write_files(scratch)
        (scratch / "pictures").mkdir()
        refresh.configure(host, scratch)
    except (OSError, InvalidValueError) as error:
        yield Check("writing the workbooks", FAULT, f"{reason(error)}.")
        return
    for name, step in _steps_with(host, files, scratch):
        yield from host.try_in_excel(name, step)


def _steps_with(
    host: Host, files: list[workbooks.File], scratch: Path
) -> Iterator[tuple[str, Step]]:
    for file in files:
        yield f"computing {file.path.name}", partial(workbooks.recalculate, host, file=file)
    plain = [file for file in files if not file.has_macros]
    macros = next(file for file in files if file.has_macros)
    yield "VBA", partial(vba.compile_modules, file=macros)
    yield "functions", partial(vba.type_functions, host, file=macros)
    yield "refresh macro", partial(refresh.run_macro, host, path=macros.path)
    yield "pasting rows", partial(workbooks.grow, host, file=plain[0])
    for file in plain:
        name = f"pictures of {file.path.name}"
        yield name, partial(workbooks.draw, file=file, folder=scratch / "pictures")


def _ask(host: Host, about: About, app: App) -> Iterator[Check]:
    """Ask Excel what it is; what it does not tell stays unknown."""
    about.excel = _told(lambda: app.version)
    if host.is_windows:
        about.build = _told(lambda: app.api.Build)
        # Such as "Windows (64-bit) NT 10.00": the bits are those of Excel, not of Windows.
        about.bits = _told(lambda: "64" if "64-bit" in app.api.OperatingSystem else "32")
        about.language = _told(lambda: app.api.LanguageSettings.LanguageID(_LANGUAGE_OF_MENUS))
    else:
        about.bits = "64"
    yield Check("Excel", OK, f"Excel {about.excel}, {about.bits} bits, started on its own.")


def _told(ask: Callable[[], object]) -> str:
    try:
        return str(ask())
    except Exception:  # noqa: BLE001 - each system raises its own
        return _UNKNOWN


def _keep_pictures(made: Path, folder: Path) -> Iterator[str]:
    """Move the pictures; Excel on a Mac may write nowhere but in the temporary folder."""
    for path in sorted(made.glob("*.pdf")):
        shutil.move(path, folder / path.name)
        yield path.name
