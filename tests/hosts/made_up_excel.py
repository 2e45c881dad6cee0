"""A made-up Excel: xlwings' objects as the selftest uses them, computing with our evaluator.

Our own files are known by their bytes, so what a cell shows is what our evaluator gives. Our VBA
and Python behind it are one: a typed function is answered by `xl_pricing.functions`, and the macro
runs here. It can tell nothing about Excel; it tries that the selftest sees what goes wrong.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, partial
from io import BytesIO
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import xlwings
from openpyxl.utils import get_column_letter, range_boundaries

from hosts import made_up_book
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build, default_inputs
from workbook_templates.sheets import functions as functions_sheet
from xl_pricing.excel import macros
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.hosts.excel.selftest.instance import Host
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today

_COM_ERROR = -2_146_828_288
_CODES = {name: _COM_ERROR + code for code, name in ERROR_NAMES.items()}
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"|([^,"]*)')


_built: dict[str, Built] = {}


def build_once(lang: str, *, macros: bool = False, rows: Any = None) -> Built:
    """Build as the generator does, what was built before without building it again."""
    what = repr((lang, macros, rows))
    if what not in _built:
        _built[what] = build(lang, macros=macros, rows=rows)
    return _built[what]


@lru_cache(maxsize=1)
def known_files() -> dict[bytes, tuple[str, Built]]:
    """Return all our workbooks by their bytes."""
    kinds = [(lang, macros) for lang in LANGUAGES for macros in (False, True)]
    found = [(lang, build_once(lang, macros=macros)) for lang, macros in kinds]
    return {built.data: (lang, built) for lang, built in found}


@lru_cache(maxsize=8)
def _titles(data: bytes) -> list[str]:
    with ZipFile(BytesIO(data)) as file:
        return re.findall(r'<sheet [^>]*name="([^"]+)"', file.read("xl/workbook.xml").decode())


def _longer(lang: str) -> Built:
    """Build with the first row of each table once more below its last."""
    rows = default_inputs(Words(lang), bundled_card())
    tables = ("tblCampaign", "tblActuals")
    return build_once(lang, rows={name: [*rows[name], rows[name][0]] for name in tables})


class Refusal(Exception):  # noqa: N818 - as pywintypes.com_error, no XlPricingError
    """What Excel raises."""


@dataclass
class Faults:
    """What goes wrong with this Excel."""

    cells: dict[str, object] = field(default_factory=dict)
    """What cells show instead, by their names in the workbook."""
    function: Callable[[str, object], object] = lambda _name, answered: answered
    """What a function answers instead."""
    grows: bool = True
    macro: Callable[[str], None] = lambda _name: None
    """Called before a macro is run."""
    draws: bool = True
    starts: Callable[[], None] = lambda: None
    quits: bool = True
    silent: bool = False
    opens: Callable[[Path], None] = lambda _path: None


class Process:
    """A made-up process."""

    def __init__(self) -> None:
        """Run."""
        self.ended, self.killed = Event(), False

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        return self.ended.wait(seconds)

    def kill(self) -> None:
        """End it; a call that hangs fails."""
        self.killed = True
        self.ended.set()


class Excel:
    """A machine's Excel: every instance that was started is remembered."""

    def __init__(self, system: str, addin: Path, faults: Faults | None = None) -> None:
        """Install it."""
        self.system, self.addin, self.faults = system, addin, faults or Faults()
        self.apps: list[App] = []
        self.started = Event()

    def host(self, step_seconds: float = 60) -> Host:
        """Return it as the selftest takes it."""
        return Host(
            system=self.system,
            start=self._start,
            process=lambda pid: self.apps[pid].process,
            addin=self.addin,
            python=Path("python"),
            interpreter_setting="INTERPRETER_WIN",
            encoding="utf-8",
            base=None,
            step_seconds=step_seconds,
            quit_seconds=0.2,
        )

    def _start(self) -> "App":
        self.faults.starts()
        self.apps.append(App(self, len(self.apps)))
        self.started.set()
        return self.apps[-1]


class App:
    """An instance."""

    version = "16.0"

    def __init__(self, excel: Excel, pid: int) -> None:
        """Start without a workbook."""
        self.excel, self.faults, self.pid = excel, excel.faults, pid
        self.process, self.books = Process(), Books(self)
        self.display_alerts, self.visible = True, False
        self.asked_to_open: list[str] = []
        self.impl = SimpleNamespace(xl=self)

    @property
    def api(self) -> Any:
        """What Windows or Mac has beyond xlwings."""
        if self.faults.silent:
            raise Refusal("busy")
        if self.excel.system != "win32":
            return SimpleNamespace(calculate_full_rebuild=lambda: None)
        return SimpleNamespace(
            Build=17328,
            OperatingSystem="Windows (64-bit) NT 10.00",
            LanguageSettings=SimpleNamespace(LanguageID={2: 1033}.__getitem__),
            CalculateFullRebuild=lambda: None,
            Quit=self._end,
        )

    def quit(self) -> None:
        """Quit; on Windows xlwings would end other people's Excel too."""
        assert self.excel.system == "darwin"
        self._end()

    def _end(self) -> None:
        assert not [*self.books]
        if self.faults.quits:
            self.process.ended.set()


class Books:
    """The open workbooks; an add-in is asked for by its name alone."""

    def __init__(self, app: App) -> None:
        """Have none."""
        self._app, self._open, self._addins = app, [], set[str]()

    def __iter__(self) -> Iterator["Book"]:
        """Yield the workbooks."""
        return iter(self._open)

    def __call__(self, name: str) -> str:
        """Return an add-in."""
        if name not in self._addins:
            raise KeyError(name)
        return name

    def open(self, path: str, **options: bool) -> Any:
        """Open one of our files, or xlwings' add-in."""
        assert options["add_to_mru"] is False
        self._app.asked_to_open.append(path)
        self._app.faults.opens(Path(path))
        if path.endswith(".xlam"):
            self._addins.add(Path(path).name)
            return None
        self._open.append(Book(self._app, Path(path), self._open.remove))
        return self._open[-1]

    @property
    def has_xlwings(self) -> bool:
        """Whether VBA finds xlwings."""
        return "xlwings.xlam" in self._addins


class Named(dict[str, Any]):
    """Things in order, found by name or by number."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the things."""
        return iter(self.values())

    def __getitem__(self, key: str | int) -> Any:
        """Return one of them."""
        return [*self.values()][key] if isinstance(key, int) else super().__getitem__(key)

    def add(self, name: str, after: "Sheet") -> "Sheet":
        """Add a sheet."""
        self[name] = Sheet(after.book, name)
        return self[name]


class Book:
    """One of our workbooks."""

    def __init__(self, app: App, path: Path, close: Callable[["Book"], None]) -> None:
        """Open it."""
        self.name = path.name
        self.app, self.fullname, self.data = app, str(path), path.read_bytes()
        self.close = partial(close, self)
        self.lang, built = known_files()[self.data]
        self.shown = built.calculate({}, today())
        self.formulas = dict(built.formulas)
        self.sheets = Named({title: Sheet(self, title) for title in _titles(self.data)})
        self.overlay: dict[tuple[str, str], object] = {}

    @cached_property
    def file(self) -> made_up_book.Book:
        """The file itself, with its tables."""
        return made_up_book.Book(self.data, Path(self.fullname).name)

    @property
    def names(self) -> dict[str, Any]:
        """The named cells."""
        places = {name: place for place, name in self.formulas.items()}
        sheet, address = places["rate_image_out"]
        return {
            "rate_image_out": SimpleNamespace(refers_to_range=self.sheets[sheet].range(address))
        }

    def cell(self, sheet: str, row: int, column: int) -> object:
        """Return what a cell shows."""
        place = (sheet, f"{get_column_letter(column)}{row}")
        name = self.formulas.get(place, "")
        if place in self.overlay or not name:
            return self.overlay.get(place)
        if name in self.app.faults.cells:
            return self.app.faults.cells[name]
        if name == functions_sheet.STATUS.name and self.app.books.has_xlwings:
            return Words(self.lang)(functions_sheet.AGREE)
        return self.shown[name]

    def grow(self, sheet: str, row: int) -> None:
        """Let the table grow whose last row is above this one."""
        for table in next(s for s in self.file.sheets if s.name == sheet).tables:
            whole = table.range
            if row == whole.row + whole.shape[0] and self.app.faults.grows:
                table.resize(whole.resize(whole.shape[0] + 1, whole.shape[1]))
                built = _longer(self.lang)
                more = {p: n for p, n in built.formulas.items() if n.startswith(f"{table.name}.")}
                values = built.calculate({}, today())
                self.formulas |= more
                self.shown = {**self.shown, **{name: values[name] for name in more.values()}}

    def macro(self, name: str) -> Callable[..., object]:
        """Return a procedure of our VBA."""

        def run(*arguments: Any) -> object:
            self.app.faults.macro(name)
            return PROCEDURES[name](self, *arguments)

        return run


class Sheet:
    """A sheet, on which formulas may be typed."""

    def __init__(self, book: Book, name: str) -> None:
        """Stand for one."""
        self.book, self.name = book, name

    @property
    def tables(self) -> Any:
        """Its tables."""
        return next(sheet for sheet in self.book.file.sheets if sheet.name == self.name).tables

    def range(self, first: Any, last: Any = None) -> "Cells":
        """Return cells, by an address or by two corners."""
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first)
            return Cells(self, (top, left), (bottom, right))
        return Cells(self, first, last or first)

    def to_pdf(self, path: str) -> None:
        """Draw it."""
        if not self.book.app.faults.draws:
            raise Refusal("no printer is installed")
        Path(path).write_bytes(b"%PDF-1.7")


class Cells:
    """A block of cells."""

    def __init__(self, sheet: Sheet, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Stand for them."""
        self.sheet, self.first, self.last = sheet, first, last

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    def _rows(self) -> list[list[object]]:
        book, name = self.sheet.book, self.sheet.name
        return [
            [book.cell(name, row, column) for column in range(self.first[1], self.last[1] + 1)]
            for row in range(self.first[0], self.last[0] + 1)
        ]

    @property
    def api(self) -> Any:
        """Value2 of Windows: errors are numbers, and one cell is no block."""
        assert self.sheet.book.app.excel.system == "win32"
        rows = tuple(tuple(_CODES.get(cell, cell) for cell in row) for row in self._rows())
        return SimpleNamespace(Value2=rows[0][0] if self.shape == (1, 1) else rows)

    def options(self, *, ndim: int, err_to_str: bool) -> Any:
        """Return what Mac is asked for."""
        assert (ndim, err_to_str) == (2, True)
        rows = [[None if cell == "" else cell for cell in row] for row in self._rows()]
        return SimpleNamespace(value=rows)

    @property
    def value(self) -> Any:
        """One cell's value."""
        return self._rows()[0][0]

    @value.setter
    def value(self, rows: Any) -> None:
        self._put(rows)

    def copy(self, destination: "Cells") -> None:
        """Paste elsewhere, below a table so that it grows."""
        assert destination.shape == self.shape
        sheet = destination.sheet
        sheet.book.grow(sheet.name, destination.first[0])

    def _put(self, rows: Any) -> None:
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                letters = get_column_letter(self.first[1] + right)
                place = (self.sheet.name, f"{letters}{self.first[0] + down}")
                self.sheet.book.overlay[place] = value

    def _type(self, formula: str) -> None:
        assert self.sheet.book.app.books.has_xlwings
        name, _, written = formula.removeprefix("=").removesuffix(")").partition("(")
        arguments = [self._argument(*found) for found in _arguments(written)]
        answered = answer(FUNCTIONS[name], arguments)
        self._put(as_grid(self.sheet.book.app.faults.function(name, answered)))

    formula = property(None, _type)
    formula_array = property(None, _type)

    def _argument(self, text: str | None, word: str) -> object:
        if text is not None:
            return text.replace('""', '"')
        if not word:
            return None
        if ":" in word:
            return self.sheet.range(word)._rows()
        if word in {"TRUE", "FALSE"}:
            return word == "TRUE"
        return word if word.startswith("#") else float(word)


def _arguments(written: str) -> Iterator[tuple[str | None, str]]:
    """Yield the arguments of a call: a text, or None and a word."""
    at = 0
    while True:
        found = _ARGUMENT.match(written, at)
        assert found
        yield (found[1], "") if found[1] is not None else (None, found[2])
        if found.end() == len(written):
            return
        assert written[found.end()] == ","
        at = found.end() + 1


def _run_in_python(book: Book, macro: str, _doing: str) -> bool:
    """Run a macro as xlwings does, on the workbook's file; its prices reach the Worksheet."""
    assert book.app.books.has_xlwings
    assert (Path(book.fullname).parent / "xlwings.conf").is_file()
    file = made_up_book.Book(book.data, Path(book.fullname).name)
    file.fullname = book.fullname  # type: ignore[attr-defined]
    known = xlwings.Book.caller
    xlwings.Book.caller = classmethod(lambda _cls: file)
    try:
        getattr(macros, macro)()
    finally:
        xlwings.Book.caller = known
    series = ("gpt-image-2", "image_out", "standard")
    rows = [
        row for row in file.rows("tblRates") if (row["model"], row["meter"], row["tier"]) == series
    ]
    latest = max(rows, key=lambda row: _day(row["effective_from"]))
    places = {name: place for place, name in book.formulas.items()}
    book.overlay[places["rate_image_out"]] = float(latest["usd_per_mtok"])
    return True


def _day(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value


PROCEDURES: dict[str, Callable[..., object]] = {
    "Declaration.ErrorNumber": lambda _book, word: {"#N/A": 2042}[word],
    "Declaration.DescribeFunctions": lambda _book: True,
    "PythonCalls.ValueOf": lambda _book, value: value,
    "PythonCalls.RunInPython": _run_in_python,
}
