"""What can be wrong with a finished .xlsx file, above all what the Open XML SDK validator misses.

`findings(path)` is a list of sentences, empty when all is well. Every check reads the XML itself:
openpyxl would silently mend or drop some of the faults looked for.
"""
# ruff: noqa: S314 - the XML is our own file, not a stranger's

import functools
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZipFile

from openpyxl.formula import Tokenizer
from openpyxl.utils import FORMULAE
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from .programs import VALIDATOR, require

_VOLATILE = frozenset("CELL INDIRECT INFO NOW OFFSET RAND RANDBETWEEN TODAY".split())
_NOT_IN_LIBREOFFICE = frozenset(
    """BAHTTEXT CUBEKPIMEMBER CUBEMEMBER CUBEMEMBERPROPERTY CUBERANKEDMEMBER CUBESET CUBESETCOUNT
    CUBEVALUE ECMA.CEILING GETPIVOTDATA PHONETIC RTD""".split()
)
# Since Excel 2010 and 2013: without this prefix in the file both programs say #NAME?.
_LATER = frozenset(
    "_xlfn." + name
    for name in """BETA.DIST BETA.INV BINOM.DIST BINOM.INV CEILING.MATH CONFIDENCE.NORM DAYS
    EXPON.DIST FLOOR.MATH FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV IFNA ISFORMULA ISOWEEKNUM
    LOGNORM.DIST LOGNORM.INV NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE
    PERCENTILE.EXC PERCENTILE.INC POISSON.DIST QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ SHEETS
    STDEV.P STDEV.S T.DIST T.INV UNICHAR UNICODE VAR.P VAR.S XOR""".split()
)
SHARED_FUNCTIONS = (FORMULAE - _VOLATILE - _NOT_IN_LIBREOFFICE) | _LATER

_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_MOST_STYLES = 4_000
_LONGEST_FORMULA, _LONGEST_TEXT, _LONGEST_LIST, _LONGEST_SHEET_NAME = 8_192, 32_767, 255, 31
_LONGEST_MESSAGES = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 225}
_LEGAL_NAME = re.compile(r"(?!\d)[\w\\][\w.\\?]{0,254}")
_LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*|C\d*|R\d*C\d*", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(?P<cells>\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+)"
)
_FOLDERS = [str(Path.home()), str(Path.cwd()), tempfile.gettempdir()]
_MACHINE_PATH = re.compile(
    rb"(?<![\w/.])/(?:home|root|tmp|Users|private|mnt|work)/\w|[A-Za-z]:[\\/](?!/)\w"
    rb"|" + b"|".join(re.escape(folder.encode()) for folder in _FOLDERS if len(folder) > 1)
)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


class Sheet(NamedTuple):
    """A worksheet, with the tables that stand on it."""

    name: str
    root: Element
    tables: list[Element]


class Formula(NamedTuple):
    """A formula with its "=", and where it stands: "cell", "rule" or "name"."""

    kind: str
    place: str
    text: str


class Link(NamedTuple):
    """A relationship of a part."""

    kind: str
    target: str
    external: bool


class WorkbookFile:
    """The parts of an .xlsx file."""

    def __init__(self, path: Path | str) -> None:
        """Read everything into memory."""
        with ZipFile(path) as archive:
            self.entries = archive.infolist()
            self.parts = {entry.filename: archive.read(entry) for entry in self.entries}
        self.book = self.root("xl/workbook.xml")
        self.sheets = list(self._sheets())
        self.names = [(name.get("name", ""), name) for name in self._found("definedName")]
        self.tables = [table for sheet in self.sheets for table in sheet.tables]
        strings = self.root("xl/sharedStrings.xml")
        self.strings = ["".join(_texts(item)) for item in strings.iterfind("{*}si")]

    @functools.cached_property
    def formulas(self) -> list[Formula]:
        """Every formula of cells, table columns, rules of a sheet, and names."""
        named = [Formula("name", name, f"={item.text}") for name, item in self.names]
        return [formula for sheet in self.sheets for formula in _formulas(sheet)] + named

    def root(self, part: str) -> Element:
        """Return the root of a part, an empty one if there is no such part."""
        return fromstring(self.parts.get(part, b"<none/>"))

    def links(self, part: str) -> dict[str, Link]:
        """Return the relationships of a part by their id."""
        folder, _, name = part.rpartition("/")
        return {
            item.get("Id", ""): Link(
                item.get("Type", "").rpartition("/")[2],
                normpath(join("/" + folder, item.get("Target", ""))).lstrip("/"),
                item.get("TargetMode") == "External",
            )
            for item in self.root(join(folder, "_rels", f"{name}.rels"))
        }

    def text(self, cell: Element | None) -> str | None:
        """Return the text of a cell, None if it holds something else."""
        if cell is None or cell.get("t") not in ("s", "inlineStr"):
            return None
        value = cell.findtext("{*}v", "")
        return self.strings[int(value)] if cell.get("t") == "s" else "".join(_texts(cell))

    def _sheets(self) -> Iterator[Sheet]:
        links = self.links("xl/workbook.xml")
        for item in self._found("sheet"):
            rel = next(value for key, value in item.attrib.items() if key.endswith("}id"))
            part = links[rel].target
            own = self.links(part).values()
            tables = [self.root(link.target) for link in own if link.kind == "table"]
            yield Sheet(item.get("name", ""), self.root(part), tables)

    def _found(self, tag: str) -> Iterator[Element]:
        return self.book.iterfind(f".//{{*}}{tag}")


def findings(path: Path | str, functions: Iterable[str] = SHARED_FUNCTIONS) -> list[str]:
    """Return everything that is wrong with the file, one sentence each."""
    file = WorkbookFile(path)
    found = [sentence for check in CHECKS for sentence in check(file)]
    return found + unknown_functions(file, functions)


def sdk_findings(path: Path | str) -> list[str]:
    """Return what the Open XML SDK validator objects to."""
    command = [require(VALIDATOR), str(path), "--officeVersion", "Microsoft365"]
    # S603: found by `require`
    run = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603
    if run.returncode not in (0, 1):
        message = f"the validator failed: {run.stderr.decode(errors='replace')}"
        raise RuntimeError(message)
    errors = json.loads(run.stdout)["errors"]
    return [f"{e['path'] or path} {e['xPath'] or ''}: {e['description']}" for e in errors]


def table_headers(file: WorkbookFile) -> list[str]:
    """Header cells are text equal to the names of their columns."""
    found = []
    for sheet in file.sheets:
        cells = {cell.get("r"): cell for cell in sheet.root.iterfind(".//{*}c")}
        for table in _with_header(sheet.tables):
            left, top, _, _ = _bounds(table)
            for column, name in enumerate(_columns(table), left):
                place = f"{_letters(column)}{top}"
                if file.text(cells.get(place)) != name:
                    found.append(f"{sheet.name}!{place} is not the text {name!r}, a column name")
    return found


def table_names(file: WorkbookFile) -> list[str]:
    """Tables have ids and legal names of their own, which no defined name has."""
    taken = Counter(name.casefold() for name, _ in file.names)
    found = _repeated("table id", (table.get("id", "") for table in file.tables))
    for attribute in ("name", "displayName"):
        names = [table.get(attribute, "") for table in file.tables]
        found += _repeated(f"table {attribute}", names)
        found += [f"{name!r} is a table and a defined name" for name in names if taken[name.casefold()]]
        found += [f"table {attribute} {name!r} is not legal" for name in names if not _legal(name)]
    return found
