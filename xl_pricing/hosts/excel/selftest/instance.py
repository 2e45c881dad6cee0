"""An Excel of our own: started, bounded in time, and ended; no other one is touched."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias

from xl_pricing.hosts.excel.doctor import FAULT, NOTE, Check
from xl_pricing.hosts.excel.machine import Machine
from xl_pricing.hosts.excel.selftest.process import Process, ProcessOnMac, ProcessOnWindows

App: TypeAlias = Any
Book: TypeAlias = Any
Sheet: TypeAlias = Any
Cells: TypeAlias = Any
"""Objects of xlwings, which has no types to speak of."""

OURS = "selftest-"
"""How the names of our workbooks begin."""

_TURN_SECONDS = 0.5
_LONGEST = 300


@dataclass(frozen=True)
class Host:
    """What the steps need of a machine with Excel; tests make one up."""

    system: str
    """As in ``sys.platform``: win32 or darwin."""
    start: Callable[[], App]
    """Starts an Excel that nobody sees, without a workbook."""
    process: Callable[[int], Process]
    addin: Path | None
    """xlwings' own add-in."""
    python: Path
    interpreter_setting: str
    encoding: str
    """How Excel's VBA reads text files."""
    base: Path | None
    """Where Excel may open files without asking; ``None`` for the system's temporary folder."""
    step_seconds: float = 300
    """How long one step may take, Excel's start included."""
    quit_seconds: float = 20

    @property
    def is_windows(self) -> bool:
        """Whether objects are those of Windows, and cell functions run."""
        return self.system == "win32"

    def try_in_excel(self, name: str, work: Callable[[App], Iterable[Check]]) -> list[Check]:
        """Do a step in an Excel of its own; whatever happens becomes a finding.

        COM's objects belong to the thread that made them, so a step has a thread of its own. One
        that hangs is left behind, and its Excel is ended.
        """
        session = _Session(self, name)
        thread = Thread(target=session.run, args=(work,), daemon=True)
        thread.start()
        try:
            self._wait_for(thread)
        except BaseException:  # Ctrl-C: no Excel is left behind
            session.abandoned = True
            session.end(at_once=True)
            raise
        checks = [*session.checks]
        if thread.is_alive():
            session.abandoned = True
            checks.append(
                Check(
                    name,
                    FAULT,
                    f"It did not end within {self.step_seconds:g} s; mostly Excel is asking "
                    "something where nobody sees it.",
                )
            )
        return [*checks, *session.end(at_once=thread.is_alive())]

    def _wait_for(self, thread: Thread) -> None:
        """Wait in short turns: on Windows Ctrl-C is heard between them only."""
        turns = max(1, round(self.step_seconds / _TURN_SECONDS))
        for _ in range(turns):
            thread.join(min(_TURN_SECONDS, self.step_seconds))
            if not thread.is_alive():
                return


class _Session:
    """One Excel, from its start to its end."""

    def __init__(self, host: Host, name: str) -> None:
        self._host, self._name = host, name
        self._process: Process | None = None
        self.checks: list[Check] = []
        self.abandoned = False
        self._asked_to_start = False
        self._first: set[str] = set()

    def run(self, work: Callable[[App], Iterable[Check]]) -> None:
        """Start, work, quit."""
        self._asked_to_start = True
        try:
            app = self._host.start()
        except Exception as error:  # noqa: BLE001 - each system raises its own
            says = f"Excel did not start: {reason(error)}."
            self.checks.append(Check(self._name, FAULT, says))
            self._asked_to_start = False
            return
        try:
            self._process = self._host.process(app.pid)
            self._first = {book.name for book in app.books}
            if not self.abandoned:
                app.display_alerts = False
                for check in work(app):
                    self.checks.append(check)
        except Exception as error:  # noqa: BLE001 - as above
            self.checks.append(Check(self._name, FAULT, f"It stopped: {reason(error)}."))
        finally:
            self._quit(app)

    def end(self, *, at_once: bool) -> list[Check]:
        """Make sure that the Excel has ended; say what had to be done."""
        if self._process is None:
            if self._asked_to_start:
                says = "An Excel without a window may still be starting; look in the task manager."
                return [Check(self._name, NOTE, says)]
            return []
        if not at_once and self._process.wait(self._host.quit_seconds):
            return []
        with suppress(Exception):  # it may end by itself just now
            self._process.kill()
        if self._process.wait(self._host.quit_seconds):
            return [Check(self._name, NOTE, "Excel did not quit, so this one was ended.")]
        return [Check(self._name, FAULT, "The Excel of this step could not be ended.")]

    def _quit(self, app: App) -> None:
        """Close our workbooks and quit, on Windows without xlwings.

        `App.quit` ends every Excel that shows no workbook, another person's work among them.
        """
        with suppress(Exception):
            for book in list(app.books):
                if book.name.startswith(OURS):
                    book.close()
            if any(map(self._is_theirs, app.books)):
                self._leave(app)
                return
        with suppress(Exception):
            if self._host.is_windows:
                app.api.Quit()
                app.impl.xl = None
            else:
                app.quit()

    def _is_theirs(self, book: Book) -> bool:
        """Tell whether a workbook came later: what Excel itself opens was there at the start."""
        return book.name not in self._first and not book.name.endswith(".xlam")

    def _leave(self, app: App) -> None:
        """Leave to its user an Excel in which Windows has opened a workbook of theirs."""
        self._process, self._asked_to_start = None, False
        says = "A workbook of yours was opened in the Excel of this step, which was left to you."
        self.checks.append(Check(self._name, NOTE, says))
        app.display_alerts = app.visible = True


def reason(error: Exception) -> str:
    """Write what was raised in one line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return (said if len(said) <= _LONGEST else said[:_LONGEST] + "...").rstrip(".")


def open_book(app: App, path: Path) -> Book:
    """Open a workbook, without a word of it among the recent files."""
    return app.books.open(str(path), update_links=False, add_to_mru=False)


def open_addin(host: Host, app: App) -> None:
    """Open xlwings' add-in: an Excel that a program starts has loaded none."""
    if host.addin is None:
        raise FileNotFoundError("the xlwings package has no add-in")
    try:
        app.books(host.addin.name)
    except Exception:  # noqa: BLE001 - each system raises its own
        app.books.open(str(host.addin), read_only=True, add_to_mru=False)


def rebuild(host: Host, app: App) -> None:
    """Compute every formula again, whether Excel thinks it must or not."""
    if host.is_windows:
        app.api.CalculateFullRebuild()
    else:
        app.api.calculate_full_rebuild()


def this_host(machine: Machine) -> Host:
    """Return the host that this runs on."""
    container = machine.config_file.parent
    return Host(
        system=machine.system,
        start=_start,
        process=ProcessOnWindows if machine.is_windows else ProcessOnMac,
        addin=machine.xlwings_addin,
        python=machine.python,
        interpreter_setting=machine.interpreter_setting,
        encoding=machine.encoding,
        base=container if machine.system == "darwin" and container.is_dir() else None,
    )


def _start() -> App:
    import xlwings  # noqa: PLC0415 - slow, and doctor must run where it is broken

    return xlwings.App(visible=False, add_book=False)
