"""The machine that Excel runs on: where things are kept, and how to ask it."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

OUR_ADDIN = "xl_pricing.xlam"
XLWINGS_ADDIN = "xlwings.xlam"

_START_ON_WINDOWS = Path("Microsoft", "Excel", "XLSTART")
_START_ON_MAC = Path(
    *("Library", "Group Containers", "UBF8T346G9.Office"),
    *("User Content.localized", "Startup.localized", "Excel"),
)
_CONTAINER_ON_MAC = Path("Library", "Containers", "com.microsoft.Excel", "Data")
_EXCEL_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_PATIENCE_SECONDS = 180


class Answer(NamedTuple):
    """What a program answered: whether it succeeded, and what it said."""

    succeeded: bool
    said: str


@dataclass(frozen=True)
class Machine:
    """What the commands need to know of a machine; tests make one up."""

    system: str
    """As in ``sys.platform``: win32, darwin, linux."""
    home: Path
    appdata: Path
    """The folder for settings of programs, on Windows."""
    applications: Path
    """The folder of programs, on Mac."""
    python: Path
    encoding: str
    """How Excel's VBA reads text files."""
    xlwings: Path | None
    """The folder of the installed package."""
    xlwings_version: str
    registry: Callable[[str], str | None]
    """Returns the default value of a key, on Windows."""
    find: Callable[[str], str | None]
    """Returns where a program on the path is."""
    run: Callable[[Sequence[str]], Answer]

    @property
    def has_excel(self) -> bool:
        """Whether Excel exists for this system at all."""
        return self.system in {"win32", "darwin"}

    @property
    def is_windows(self) -> bool:
        """Whether cell functions can run here."""
        return self.system == "win32"

    @property
    def start_folder(self) -> Path:
        """The folder whose add-ins Excel loads when it starts."""
        return self.appdata / _START_ON_WINDOWS if self.is_windows else self.home / _START_ON_MAC

    @property
    def config_file(self) -> Path:
        """The user configuration of xlwings."""
        folder = self.home / (".xlwings" if self.is_windows else _CONTAINER_ON_MAC)
        return folder / "xlwings.conf"

    @property
    def interpreter_setting(self) -> str:
        """The name of the setting that says which Python to start."""
        return "INTERPRETER_WIN" if self.is_windows else "INTERPRETER_MAC"

    @property
    def excel(self) -> Path | None:
        """Where Excel is, or ``None``."""
        if self.is_windows:
            listed = self.registry(_EXCEL_KEY)
            found = Path(listed.strip('"')) if listed else None
        else:
            found = self.applications / "Microsoft Excel.app"
        return found if found and found.exists() else None

    @property
    def xlwings_addin(self) -> Path | None:
        """The add-in inside the installed package."""
        return self.xlwings / "addin" / XLWINGS_ADDIN if self.xlwings else None


def this_machine() -> Machine:
    """Return the machine that this runs on."""
    home = Path.home()
    return Machine(
        system=sys.platform,
        home=home,
        appdata=Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming"),
        applications=Path("/Applications"),
        python=Path(sys.executable),
        encoding="mbcs" if sys.platform == "win32" else "utf-8",
        xlwings=_folder_of_xlwings(),
        xlwings_version=_version_of_xlwings(),
        registry=_read_registry,
        find=shutil.which,
        run=_run,
    )


def _folder_of_xlwings() -> Path | None:
    """Find the package without importing it: it may be what is broken."""
    spec = importlib.util.find_spec("xlwings")
    return Path(spec.origin).parent if spec and spec.origin else None


def _version_of_xlwings() -> str:
    try:
        return importlib.metadata.version("xlwings")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _read_registry(key: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - exists on Windows alone

    try:
        return winreg.QueryValue(winreg.HKEY_LOCAL_MACHINE, key)
    except OSError:
        return None


def _run(arguments: Sequence[str]) -> Answer:
    try:
        done = subprocess.run(  # noqa: S603 - Python of this machine, as its user set it
            arguments,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            # xlwings writes its configuration as the system reads text; what it says is UTF-8.
            env=os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8"},
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(succeeded=False, said=str(error))
    return Answer(done.returncode == 0, (done.stdout + done.stderr).strip())
