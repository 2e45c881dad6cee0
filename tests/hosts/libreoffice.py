"""LibreOffice as an independent oracle: it opens a workbook, recalculates it and is read.

    with LibreOffice() as office:
        office.open(Path("budget.xlsx"))
        office.run([{"Worksheet!C5": 120}, {"Worksheet!C5": "x"}], ["Worksheet!C9"])

gives `[[151.2], ["#VALUE!"]]`. Two processes do it, because `uno` lives in LibreOffice's own
Python: `soffice` with a profile of its own, and `libreoffice_worker.py`, asked in JSON lines.
Booleans are numbers here. An error without a name that Excel knows is "Err:502" and the like.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from threading import Timer
from types import TracebackType
from typing import IO, Self, cast

from .programs import SOFFICE, UNO_PYTHON, require

Value = float | str | bool | None
Answer = float | str | None

EMPTY = "private:factory/scalc"

_WORKER = Path(__file__).with_name("libreoffice_worker.py")
_GRACE_S = 15.0
_TEXT = r'"(?:[^"]|"")*"'
_ARRAY_PIECE = re.compile(rf"{_TEXT}|[,;]")
_PIECE = re.compile(
    rf"""
      {_TEXT}
    | \{{ (?: {_TEXT} | [^{{}}"] )* \}}                     # {{1,2;3,4}}
    | \# [A-Z0/]+ [!?]?                                     # #REF!
    | \[ [^\[\]]* \]                                        # a column of a table
    | (?P<sheet> '(?:[^']|'')+' | [^\W\d][\w.]* ) !
    | _xlfn\.
    | ,
    """,
    re.VERBOSE,
)


class LibreOfficeError(RuntimeError):
    """LibreOffice refused, died or took too long."""


class LibreOffice:
    """A running LibreOffice with one workbook in it, at first an empty one.

    Addresses are Excel's: `Worksheet!C5`, `'My sheet'!A1:C9`.
    """

    def __init__(
        self,
        timeout_s: float = 120.0,
        folder: Path | None = None,
        as_user: Sequence[str] = (),
    ) -> None:
        """Set how long one request may take, a profile's folder, and what runs a program there."""
        self._timeout_s, self._folder, self._as_user = timeout_s, folder, as_user
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start LibreOffice and its worker; stop both again if that fails."""
        with ExitStack() as stack:
            folder = self._folder or Path(
                stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
            )
            self._log = stack.enter_context((folder / "log.txt").open("w+", errors="replace"))
            pipe = f"xl_pricing_{secrets.token_hex(8)}"
            worker = Path(shutil.copy(_WORKER, folder))
            self._office = self._start(stack, [*self._as_user, *_office_command(folder, pipe)])
            self._worker = self._start(
                stack, [*self._as_user, require(UNO_PYTHON), str(worker), pipe], stdout=PIPE
            )
            self.sheet_names()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop both processes and remove the profile."""
        self._stack.close()

    def open(self, path: Path | str) -> None:
        """Load a copy of a workbook, unprotected and recalculated; close the one before."""
        self._ask("open", Path(path).resolve(strict=True).as_uri())

    def open_empty(self) -> None:
        """Begin with an empty workbook; close the one before."""
        self._ask("open", EMPTY)

    def sheet_names(self) -> list[str]:
        """Return the names of all sheets in order."""
        return cast("list[str]", self._ask("sheet_names"))

    def set_cells(self, values: Mapping[str, Value]) -> None:
        """Set cells: text stays text, even "=1+1" or "4:5"; "" and None empty the cell."""
        self._ask("set_cells", dict(values))

    def set_formulas(self, formulas: Mapping[str, str]) -> None:
        """Set cells to formulas, written as in an Excel file."""
        self._ask("set_formulas", {place: calc_formula(text) for place, text in formulas.items()})

    def set_arrays(self, formulas: Mapping[str, str]) -> None:
        """Set ranges to array formulas, written as LibreOffice's interface writes them."""
        self._ask("set_arrays", dict(formulas))

    def replace(self, sheet_name: str, found: str, by: str) -> int:
        """Find & Replace in the formulas and texts of a sheet; return in how many cells."""
        return cast("int", self._ask("replace", sheet_name, found, by))

    def recalculate(self) -> None:
        """Compute every formula of the workbook again, whatever it held."""
        self._ask("recalculate")

    def read(self, addresses: Sequence[str]) -> list[Answer]:
        """Read cells: a number, a text, the name of an error such as "#N/A", or None if empty."""
        return cast("list[Answer]", self._ask("read", list(addresses)))

    def run(
        self, cases: Iterable[Mapping[str, Value]], outputs: Sequence[str]
    ) -> list[list[Answer]]:
        """For each case set its cells, recalculate, read the outputs; undo it before the next."""
        settings = [dict(case) for case in cases]
        return cast("list[list[Answer]]", self._ask("run", settings, list(outputs)))

    def fill(
        self, sheet_name: str, rows: Iterable[Sequence[Value]], *, formulas: bool = False
    ) -> None:
        """Make a sheet hold these rows only; with `formulas`, text from "=" on is a formula."""
        block = [list(row) for row in rows]
        width = max(map(len, block), default=0)
        padded = (row + [None] * (width - len(row)) for row in block)
        # LibreOffice groups like formulas below each other, in a time that grows with the square
        # of their number (5,000: 1.3 s, 146,000: minutes). A space in every other row prevents it.
        entries = [
            [_entry(value, "= " if number % 2 else "=", formulas=formulas) for value in row]
            for number, row in enumerate(padded)
        ]
        self._ask("fill", sheet_name, entries if width else [])

    def read_block(self, address: str) -> list[list[Answer]]:
        """Read a range row by row."""
        return self.read_blocks([address])[0]

    def read_blocks(self, addresses: Sequence[str]) -> list[list[list[Answer]]]:
        """Read ranges, each row by row: one question, where each error would be another."""
        return cast("list[list[list[Answer]]]", self._ask("read_blocks", list(addresses)))

    def paste(self, address: str, text: str) -> None:
        """Paste a text that another program copied, with the cursor in a cell.

        Tabs and line ends part cells. No rule of a cell is asked, as when a person pastes.
        """
        self._ask("paste", address, text)

    def follow(self, link: str) -> str:
        """Go where a click on a link such as ``#'Worksheet'!C9`` goes; return the cell."""
        return cast("str", self._ask("follow", link))

    def show(self, path_html: Path) -> None:
        """Write what every cell shows to a file, which `read_cells` reads."""
        self._ask("show", path_html.resolve().as_uri())

    def save(self, path: Path | str) -> None:
        """Save the workbook as an Excel file."""
        self._ask("save", Path(path).resolve().as_uri())

    def dispatch(self, url: str) -> None:
        """Run what a menu entry with this address runs."""
        self._ask("dispatch", url)

    def render(self, path_pdf: Path | str) -> None:
        """Print the workbook to a PDF file."""
        self._ask("render", Path(path_pdf).resolve().as_uri())

    def _start(
        self, stack: ExitStack, command: list[str], stdout: int | None = None
    ) -> subprocess.Popen[str]:
        # A session of its own, so that it can be killed with all its children.
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=stdout or self._log,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        stack.callback(_stop, process)
        return process

    def _ask(self, command: str, *arguments: object) -> object:
        """Send one request; a killed worker ends the wait for an answer that does not come."""
        watch = Timer(self._timeout_s, self._kill)
        watch.start()
        try:
            reply = self._exchange(json.dumps([command, *arguments]))
        finally:
            watch.cancel()
        if "error" in reply:
            raise LibreOfficeError(reply["error"])
        return reply["answer"]

    def _exchange(self, line: str) -> dict[str, object]:
        answer = ""
        with suppress(OSError):
            print(line, file=self._worker.stdin, flush=True)
            answer = cast("IO[str]", self._worker.stdout).readline()
        if not answer:
            self._log.seek(0)
            said = self._log.read()[-2000:]
            raise LibreOfficeError(
                f"no answer to {line[:80]} (limit {self._timeout_s} s); it said: {said}"
            )
        return cast("dict[str, object]", json.loads(answer))

    def _kill(self) -> None:
        _kill(self._worker)
        _kill(self._office)


def calc_formula(formula: str) -> str:
    """Write an Excel formula as LibreOffice's interface wants it: `;` and `$Sheet.A1`.

    Unions and intersections of ranges are not translated.
    """
    return _PIECE.sub(_calc_piece, formula)


def convert_to_png(pdf: Path, folder: Path, dots_per_inch: int = 80) -> list[Path]:
    """Draw every page of a PDF file as `page-1.png` and so on."""
    command = [require("pdftoppm"), "-png", "-r", str(dots_per_inch), str(pdf), f"{folder}/page"]
    subprocess.run(command, check=True, timeout=120)
    return sorted(folder.glob("page-*.png"))


def _calc_piece(match: re.Match[str]) -> str:
    piece = match[0]
    if match["sheet"]:
        return f"${match['sheet']}."
    if piece.startswith("{"):
        return _ARRAY_PIECE.sub(lambda inner: {",": ";", ";": "|"}.get(inner[0], inner[0]), piece)
    return {",": ";", "_xlfn.": ""}.get(piece, piece)


def _entry(value: Value, equals: str, *, formulas: bool) -> str:
    """Write a value as one would type it; an apostrophe keeps "4:5" from becoming a time."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"={value}()".upper()
    if isinstance(value, str):
        is_formula = formulas and value.startswith("=")
        return equals + calc_formula(value[1:]) if is_formula else f"'{value}"
    return repr(float(value))


def _office_command(folder: Path, pipe: str) -> list[str]:
    options = ("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    return [require(SOFFICE), *options, profile, f"--accept=pipe,name={pipe};urp;"]


def _stop(process: subprocess.Popen[str]) -> None:
    """Close its input, which the worker takes as the end; kill what does not end by itself."""
    with process:
        with suppress(OSError):
            cast("IO[str]", process.stdin).close()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
