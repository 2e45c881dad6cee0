"""What can be wrong with a finished .xlsx file, above all what the Open XML SDK validator misses.

`findings(path)` is a list of sentences, empty when all is well. The checks read the XML itself:
openpyxl would repair or drop some of the faults they look for.
"""
# ruff: noqa: S314, SIM905 - the XML is the project's own; a list of words reads best as words

import functools
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from posixpath import join, normpath
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZipFile

from openpyxl.formula.tokenizer import Tokenizer, TokenizerError
from openpyxl.utils import FORMULAE, coordinate_to_tuple, get_column_letter, range_boundaries

from .programs import VALIDATOR, require

_VOLATILE = set("CELL INDIRECT INFO NOW OFFSET RAND RANDBETWEEN TODAY".split())
_NOT_IN_LIBREOFFICE = set(
    """BAHTTEXT CUBEKPIMEMBER CUBEMEMBER CUBEMEMBERPROPERTY CUBERANKEDMEMBER CUBESET CUBESETCOUNT
    CUBEVALUE ECMA.CEILING GETPIVOTDATA PHONETIC RTD""".split()
)
# Since Excel 2010 and 2013: without the prefix in the file both programs answer #NAME?.
_LATER = {
    f"_xlfn.{name}"
    for name in """BETA.DIST BETA.INV BINOM.DIST BINOM.INV CEILING.MATH CONFIDENCE.NORM DAYS
    EXPON.DIST FLOOR.MATH FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV IFNA ISFORMULA ISOWEEKNUM
    LOGNORM.DIST LOGNORM.INV NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE
    PERCENTILE.EXC PERCENTILE.INC POISSON.DIST QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ SHEETS
    STDEV.P STDEV.S T.DIST T.INV UNICHAR UNICODE VAR.P VAR.S XOR""".split()
}
SHARED_FUNCTIONS = frozenset(FORMULAE - _VOLATILE - _NOT_IN_LIBREOFFICE | _LATER)

_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_LONGEST_FORMULA, _LONGEST_TEXT, _LONGEST_LIST, _LONGEST_SHEET_NAME = 8_192, 32_767, 255, 31
_LONGEST_MESSAGES = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 225}
_STYLES = 4_000
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)

_NAME = re.compile(r"(?!\d)[\w\\][\w.\\?]{0,254}")
_LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d+|(R\d*)?(C\d*)?", re.IGNORECASE)
_SHEET = re.compile(r"('(?:[^']|'')+'|[^\W\d][\w.]*)!")
_CELLS = re.compile(r"\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?|(\$?[A-Z]{1,3}|\$?\d+):\$?\w+")
_TABLE_PARTS = {"#All", "#Data", "#Headers", "#Totals", "#This Row"}
_HERE = {str(Path.home()), str(Path.cwd()), tempfile.gettempdir()} - {"/"}
_MACHINE_PATH = re.compile(
    rb"absPath|[A-Z]:\\Users|(?<![\w/.])(/(home|root|tmp|Users)/\w|%s)"
    % b"|".join(re.escape(folder).encode() for folder in sorted(_HERE))
)


class Sheet(NamedTuple):
    """A worksheet and the tables on it."""

    name: str
    root: Element
    tables: list[Element]


class Formula(NamedTuple):
    """A formula with its "=", and where it stands; `kind` is cell, rule, name or chart."""

    kind: str
    place: str
    text: str


class Pieces(NamedTuple):
    """What a formula is made of, as far as it is checked."""

    paired: bool
    operands: list[str]
    functions: list[str]


class WorkbookFile:
    """The parts of an .xlsx file."""

    def __init__(self, path: Path | str) -> None:
        """Read everything into memory."""
        with ZipFile(path) as archive:
            self.entries = archive.infolist()
            self.parts = {entry.filename: archive.read(entry) for entry in self.entries}
        self.book = self.root("xl/workbook.xml")
        self.names = self.book.findall("{*}definedNames/{*}definedName")
        self.sheets = list(self._sheets())
        self.tables = [table for sheet in self.sheets for table in sheet.tables]
        strings = self.root("xl/sharedStrings.xml").iterfind("{*}si")
        self.strings = ["".join(item.itertext()) for item in strings]

    @functools.cached_property
    def formulas(self) -> list[Formula]:
        """Every formula: of cells, tables, rules of a sheet, defined names and charts."""
        found = [formula for sheet in self.sheets for formula in _sheet_formulas(sheet)]
        found += [Formula("name", item.get("name", ""), f"={item.text}") for item in self.names]
        for part in self.parts_in("xl/charts/chart"):
            series = self.root(part).iterfind(".//{*}f")
            found += [Formula("chart", part, f"={item.text}") for item in series]
        return found

    def root(self, part: str) -> Element:
        """Return the root of a part, an empty one if there is no such part."""
        return fromstring(self.parts.get(part, b"<none/>"))

    def parts_in(self, start: str, end: str = ".xml") -> list[str]:
        """Return the names of the parts that begin and end like this."""
        return [name for name in self.parts if name.startswith(start) and name.endswith(end)]

    def text(self, cell: Element | None) -> str | None:
        """Return the text of a cell, None if it holds anything else."""
        if cell is not None and cell.get("t") == "s":
            return self.strings[int(cell.findtext("{*}v", ""))]
        if cell is not None and cell.get("t") == "inlineStr":
            return "".join(cell.itertext())
        return None

    def _sheets(self) -> Iterator[Sheet]:
        targets = {link.get("Id"): target for link, target in self._links("xl/workbook.xml")}
        for item in self.book.iterfind("{*}sheets/{*}sheet"):
            part = next(targets[value] for key, value in item.items() if key.endswith("}id"))
            links = self._links(part)
            tables = [self.root(target) for link, target in links if _kind(link) == "table"]
            yield Sheet(item.get("name", ""), _addressed(self.root(part)), tables)

    def _links(self, part: str) -> list[tuple[Element, str]]:
        folder, _, name = part.rpartition("/")
        links = self.root(f"{folder}/_rels/{name}.rels")
        return [(link, normpath(join("/", folder, link.get("Target", "")))[1:]) for link in links]


def findings(path: Path | str, functions: Collection[str] = SHARED_FUNCTIONS) -> list[str]:
    """Return everything that is wrong with the file; its formulas may use these functions."""
    file = WorkbookFile(path)
    found = [sentence for check in CHECKS for sentence in check(file)]
    return found + other_functions(file, functions)


def sdk_findings(path: Path | str) -> list[str]:
    """Return what the Open XML SDK validator objects to."""
    command = [require(VALIDATOR), str(path), "--officeVersion", "Microsoft365"]
    run = subprocess.run(command, capture_output=True, check=False, timeout=120, encoding="utf-8")
    if run.returncode not in (0, 1):
        raise RuntimeError(f"the validator did not run: {run.stderr}")
    errors = json.loads(run.stdout)["errors"]
    return [f"{e['path'] or path} {e['xPath'] or ''}: {e['description']}" for e in errors]


def table_headers(file: WorkbookFile) -> list[str]:
    """Header cells are text and equal the names of their columns."""
    found = []
    for sheet in file.sheets:
        cells = {cell.get("r"): cell for cell in _cells(sheet)}
        for table in sheet.tables:
            left, top, *_ = _bounds(table)
            for column, name in enumerate(_columns(table), left):
                place = f"{get_column_letter(column)}{top}"
                if file.text(cells.get(place)) != name:
                    found.append(f"{sheet.name}!{place} is not the text {name!r}, a column name")
    return found


def table_names(file: WorkbookFile) -> list[str]:
    """Tables have ids and legal names of their own, which no defined name has."""
    defined = {item.get("name", "").casefold() for item in file.names}
    found = _repeated("table id", (table.get("id", "") for table in file.tables))
    for attribute in ("name", "displayName"):
        names = [table.get(attribute, "") for table in file.tables]
        found += _repeated(f"table {attribute}", names)
        found += [f"table {attribute} {name!r} is not legal" for name in names if not _legal(name)]
        clashes = [name for name in names if name.casefold() in defined]
        found += [f"{name!r} is both a table and a defined name" for name in clashes]
    return found


def table_columns(file: WorkbookFile) -> list[str]:
    """Columns have ids and names of their own, as many as the range is wide."""
    found = []
    for table in file.tables:
        left, _, right, _ = _bounds(table)
        ids = [column.get("id", "") for column in table.iterfind("{*}tableColumns/{*}tableColumn")]
        found += _repeated(f"column id of table {_name(table)}", ids)
        found += _repeated(f"column of table {_name(table)}", _columns(table))
        if len(ids) != right - left + 1:
            found.append(f"table {_name(table)} has {len(ids)} columns in {table.get('ref')}")
    return found


def table_ranges(file: WorkbookFile) -> list[str]:
    """Tables lie inside the sheet, have a row below the header, and do not overlap."""
    found = []
    for table in file.tables:
        left, top, right, bottom = _bounds(table)
        if not 1 <= left <= right <= _LAST_COLUMN or not 1 <= top < bottom <= _LAST_ROW:
            found.append(f"table {_name(table)} cannot have the range {table.get('ref')}")
    for sheet in file.sheets:
        for one, other in combinations(sheet.tables, 2):
            if _overlap(_bounds(one), _bounds(other)):
                found.append(f"tables {_name(one)} and {_name(other)} overlap on {sheet.name}")
    return found


def defined_names(file: WorkbookFile) -> list[str]:
    """Names are legal, and each is defined once in a sheet or in the workbook."""
    names = [item.get("name", "") for item in file.names]
    scopes = [f"{item.get('name')} {item.get('localSheetId', '')}".strip() for item in file.names]
    illegal = [f"defined name {name!r} is not legal" for name in names if not _legal(name)]
    return illegal + _repeated("defined name", scopes)


def syntax(file: WorkbookFile) -> list[str]:
    """Brackets and quotation marks of formulas come in pairs."""
    bad = [formula for formula in file.formulas if not _pieces(formula.text).paired]
    return [f"{formula.place} cannot be read: {formula.text}" for formula in bad]


def references(file: WorkbookFile) -> list[str]:
    """Every formula, name and chart refers to sheets, tables, columns and names that exist."""
    tables = {_name(table).casefold(): set(_columns(table)) for table in file.tables}
    names = {item.get("name", "").casefold() for item in file.names}
    sheets = {sheet.name.casefold() for sheet in file.sheets}

    @functools.cache
    def exists(operand: str) -> bool:
        if any(_unquoted(sheet).casefold() not in sheets for sheet in _SHEET.findall(operand)):
            return False
        place = _SHEET.sub("", operand)
        table, bracket, columns = place.partition("[")
        if bracket:
            known = tables.get(table.casefold())
            return known is not None and _named_columns(columns) <= known | _TABLE_PARTS
        return _CELLS.fullmatch(place) is not None or place.casefold() in names | tables.keys()

    return [
        f"{formula.place} refers to {operand}, which does not exist"
        for formula in file.formulas
        for operand in _pieces(formula.text).operands
        if not exists(operand)
    ]


def rules(file: WorkbookFile) -> list[str]:
    """Rules (validations, conditional formats) have no structured reference, no long list."""
    found = []
    for formula in file.formulas:
        if formula.kind != "rule":
            continue
        if any("[" in operand for operand in _pieces(formula.text).operands):
            found.append(f"{formula.place} has a structured reference: {formula.text}")
        if formula.text.startswith('="') and len(formula.text) > _LONGEST_LIST + len('=""'):
            found.append(f"{formula.place} has a list of more than {_LONGEST_LIST} characters")
    return found


def input_messages(file: WorkbookFile) -> list[str]:
    """Messages and titles of data validations are as short as Excel wants them."""
    return [
        f"data validation {sheet.name}!{rule.get('sqref')}: {key} is longer than {limit}"
        for sheet in file.sheets
        for rule in sheet.root.iterfind(".//{*}dataValidation")
        for key, limit in _LONGEST_MESSAGES.items()
        if len(rule.get(key, "")) > limit
    ]


def merged_cells(file: WorkbookFile) -> list[str]:
    """No cells are merged."""
    return [
        f"{sheet.name}!{merged.get('ref')} is merged"
        for sheet in file.sheets
        for merged in sheet.root.iterfind(".//{*}mergeCell")
    ]


def external_links(file: WorkbookFile) -> list[str]:
    """Nothing outside the file is needed; only hyperlinks may point there."""
    return [
        f"{part} links to {link.get('Target')} ({_kind(link)})"
        for part in file.parts_in("", ".rels")
        for link in file.root(part)
        if _kind(link).startswith("externalLink")
        or (link.get("TargetMode") == "External" and _kind(link) != "hyperlink")
    ]


def other_functions(file: WorkbookFile, functions: Collection[str]) -> list[str]:
    """Formulas use these functions only, written as they must be in a file."""
    return [
        f"{formula.place} uses {function}"
        for formula in file.formulas
        for function in _pieces(formula.text).functions
        if function not in functions
    ]


def cached_values(file: WorkbookFile) -> list[str]:
    """Every formula cell holds its value, for programs that do not calculate."""
    found = []
    for sheet in file.sheets:
        without = [cell.get("r") for cell in _cells(sheet) if _has_formula_only(cell)]
        if without:
            found.append(f"{sheet.name}!{without[0]} has no cached value ({len(without)} such)")
    return found


def lengths(file: WorkbookFile) -> list[str]:
    """Formulas and texts are no longer than Excel reads."""
    limit, most = _LONGEST_FORMULA, _LONGEST_TEXT
    long = [formula.place for formula in file.formulas if len(formula.text) > limit]
    cells = [cell for sheet in file.sheets for cell in _cells(sheet)]
    texts = file.strings + [text for cell in cells for text in cell.itertext()]
    found = [f"the formula of {place} is longer than {limit}" for place in long]
    return found + [f"{text[:30]!r}... is longer than {most}" for text in texts if len(text) > most]


def sheet_names(file: WorkbookFile) -> list[str]:
    """Sheets have short, legal names of their own."""
    names = [sheet.name for sheet in file.sheets]
    short = re.compile(rf"(?!')[^\[\]:*?/\\]{{1,{_LONGEST_SHEET_NAME}}}(?<!')")
    illegal = [f"sheet name {name!r} is not legal" for name in names if not short.fullmatch(name)]
    return illegal + _repeated("sheet name", names)


def alternative_texts(file: WorkbookFile) -> list[str]:
    """Charts and pictures say what they show."""
    return [
        f"{part}: {item.get('name')!r} has no alternative text"
        for part in file.parts_in("xl/drawings/drawing")
        for shape in ("graphicFrame", "pic")
        for item in file.root(part).iterfind(f".//{{*}}{shape}/*/{{*}}cNvPr")
        if not item.get("descr", "").strip()
    ]


def styles(file: WorkbookFile) -> list[str]:
    """Cells share their styles."""
    number = len(file.root("xl/styles.xml").findall("{*}cellXfs/{*}xf"))
    return [f"there are {number} cell styles"] if number >= _STYLES else []


def machine_paths(file: WorkbookFile) -> list[str]:
    """No part holds a path of the machine that made the file."""
    matches = ((part, _MACHINE_PATH.search(content)) for part, content in file.parts.items())
    return [f"{part} holds {found[0].decode()!r}" for part, found in matches if found]


def zip_entries(file: WorkbookFile) -> list[str]:
    """Entries are sorted and without a date: the same content makes the same bytes."""
    names = [entry.filename for entry in file.entries]
    dated = [entry.filename for entry in file.entries if entry.date_time != _FIRST_DAY]
    found = [f"{name} is dated in the zip file" for name in dated] + _repeated("zip entry", names)
    return found if names == sorted(names) else [*found, "the zip entries are not sorted"]


CHECKS = (
    table_headers,
    table_names,
    table_columns,
    table_ranges,
    defined_names,
    syntax,
    references,
    rules,
    input_messages,
    merged_cells,
    external_links,
    cached_values,
    lengths,
    sheet_names,
    alternative_texts,
    styles,
    machine_paths,
    zip_entries,
)


def _sheet_formulas(sheet: Sheet) -> Iterator[Formula]:
    for cell in _cells(sheet):
        if text := cell.findtext("{*}f"):
            yield Formula("cell", f"{sheet.name}!{cell.get('r')}", f"={text}")
    for table in sheet.tables:
        for tag in ("calculatedColumnFormula", "totalsRowFormula"):
            for item in table.iterfind(f".//{{*}}{tag}"):
                yield Formula("cell", f"table {_name(table)}", f"={item.text}")
    for tag, parts in (
        ("dataValidation", ("formula1", "formula2")),
        ("conditionalFormatting", ("cfRule/{*}formula",)),
    ):
        for rule in sheet.root.iterfind(f".//{{*}}{tag}"):
            place = f"{tag} {sheet.name}!{rule.get('sqref')}"
            for part in parts:
                for item in rule.iterfind(f"{{*}}{part}"):
                    yield Formula("rule", place, f"={item.text}")


@functools.cache
def _pieces(formula: str) -> Pieces:
    """Take a formula apart; openpyxl counts `A1:INDEX(` as one function."""
    try:
        items = Tokenizer(formula).items
    except TokenizerError:
        return Pieces(paired=False, operands=[], functions=[])
    ends = Counter(item.subtype for item in items)
    operands = [item.value for item in items if item.subtype in ("RANGE", "ERROR")]
    functions = [item.value for item in items if (item.type, item.subtype) == ("FUNC", "OPEN")]
    return Pieces(
        paired=ends["OPEN"] == ends["CLOSE"],
        operands=[operand for operand in operands if operand != "#N/A"],
        functions=[function.rpartition(":")[2].removesuffix("(") for function in functions],
    )


def _addressed(sheet: Element) -> Element:
    """Give an address to each cell that has none: the one right of the cell before it."""
    for row in sheet.iterfind("{*}sheetData/{*}row"):
        column = 0
        for cell in row:
            at = cell.get("r")
            column = coordinate_to_tuple(at)[1] if at else column + 1
            cell.set("r", f"{get_column_letter(column)}{row.get('r')}")
    return sheet


def _cells(sheet: Sheet) -> Iterator[Element]:
    return sheet.root.iterfind("{*}sheetData/{*}row/{*}c")


def _has_formula_only(cell: Element) -> bool:
    """Tell whether the value is missing; the empty text is a value of a text cell."""
    value = cell.find("{*}v")
    missing = value is None or (not value.text and cell.get("t") != "str")
    return cell.find("{*}f") is not None and missing


def _kind(link: Element) -> str:
    return link.get("Type", "").rpartition("/")[2]


def _name(table: Element) -> str:
    return table.get("displayName", "")


def _columns(table: Element) -> list[str]:
    columns = table.iterfind("{*}tableColumns/{*}tableColumn")
    return [column.get("name", "") for column in columns]


def _bounds(table: Element) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(table.get("ref", ""))
    return left or 0, top or 0, right or 0, bottom or 0


def _overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _legal(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _LIKE_A_CELL.fullmatch(name)


def _unquoted(sheet: str) -> str:
    return sheet.removeprefix("'").removesuffix("'").replace("''", "'")


def _named_columns(specifier: str) -> set[str]:
    """Return the column names and the `#` words between the brackets of a table."""
    inner = re.findall(r"\[([^\[\]]+)\]", f"[{specifier}")
    return {re.sub(r"'(.)", r"\1", name) for name in inner}


def _repeated(what: str, names: Iterable[str]) -> list[str]:
    counted = Counter(name.casefold() for name in names)
    return [f"{what} {name!r} occurs {times} times" for name, times in counted.items() if times > 1]
