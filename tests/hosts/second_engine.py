"""HyperFormula as a second, independent oracle: it computes a workbook from its constants alone.

    book = read_book(Path("budget.xlsx"))
    differences(book, recalculate(book, date(2026, 11, 23)))

HyperFormula knows neither tables nor all of Excel's spellings, so each formula is first put into
A1 references. `second_engine_worker.mjs` then runs it in Node.js. It is given constants and
formulas; the values that the file keeps beside its formulas come in only when the two are compared.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple

from .programs import HYPERFORMULA, NODE, require
from .workbook_file import Sheet, WorkbookFile

Value = float | str | bool | None
Place = tuple[str, str]

_WORKER = Path(__file__).with_name("second_engine_worker.mjs")
_EPOCH = date(1899, 12, 30)
_TOLERANCE = 1e-9
_INNER = r"(?:'.|[^\[\]'])*"  # an apostrophe makes the next character an ordinary one
_STRUCTURED = re.compile(rf"([^\W\d][\w.\\]*)\[((?:{_INNER}|\[{_INNER}\])*)\]")
_ESCAPED = re.compile("'(.)")
_ITEM = re.compile(rf"\[({_INNER})\]")
_SAME_SHEET_TWICE = re.compile(r"('(?:[^']|'')+'!)([^:!]+):\1")
_BOTTOM = re.compile(r"(?<=[A-Z$])1048576\b")
_AWKWARD = re.compile(r'(["\\])')
_LATER = re.compile(r"_xlfn\.(_xlws\.)?")


class Table(NamedTuple):
    """An Excel table: where it is, how many header and totals rows it has, its columns."""

    sheet: str
    bounds: tuple[int, int, int, int]
    headers: int
    totals: int
    columns: tuple[str, ...]


class Book(NamedTuple):
    """A workbook file: what it computes from, and the values it keeps beside its formulas."""

    sheets: list[str]
    constants: dict[Place, Value]
    formulas: dict[Place, str]
    cached: dict[Place, Value]
    names: dict[str, str]
    tables: dict[str, Table]
    last_row: int = 1_048_576


def read_book(path: Path | str) -> Book:
    """Read a workbook file."""
    file = WorkbookFile(path)
    shared = (item for item in file.names if item.get("localSheetId") is None)
    names = {item.get("name", "").casefold(): item.text or "" for item in shared}
    book = Book([sheet.name for sheet in file.sheets], {}, {}, {}, names, {})
    for sheet in file.sheets:
        for element in sheet.root.iterfind("{*}sheetData/{*}row/{*}c"):
            _read_cell(book, file, sheet.name, element)
        for element in sheet.tables:
            table = _table(sheet, element)
            book.tables[element.get("name", "").casefold()] = table
    used = (coordinate_to_tuple(at)[0] for _, at in (*book.constants, *book.formulas))
    return book._replace(last_row=max(used, default=1))


def recalculate(book: Book, today: date) -> dict[Place, Value]:
    """Return what HyperFormula computes in each cell that has a formula, on the day ``today``."""
    sheets = {sheet: _grid(book, sheet) for sheet in book.sheets}
    command = [require(NODE), str(_WORKER), require(HYPERFORMULA)]
    asked = json.dumps({"today": (today - _EPOCH).days, "sheets": sheets})
    run = subprocess.run(
        command, input=asked, capture_output=True, check=False, timeout=120, encoding="utf-8"
    )
    if run.returncode:
        raise RuntimeError(f"HyperFormula did not run: {run.stderr[-2000:]}")
    computed = json.loads(run.stdout)
    return {place: _at(computed[place[0]], place[1]) for place in book.formulas}


def differences(book: Book, computed: Mapping[Place, Value]) -> dict[Place, str]:
    """Return the cells whose kept value is not the computed one, with a sentence each."""
    return {
        place: f"{book.formulas[place]:.200} is {value!r}, the file says {book.cached[place]!r}"
        for place, value in computed.items()
        if not agree(value, book.cached[place])
    }


def agree(one: Value, other: Value) -> bool:
    """Tell whether two values are the same: numbers nearly, anything else exactly."""
    numbers = (float, int)
    if type(one) in numbers and type(other) in numbers:
        return abs(one - other) <= _TOLERANCE * max(abs(one), abs(other))
    return type(one) is type(other) and one == other


def translate(book: Book, place: Place, formula: str) -> str:
    """Write the formula of a cell without tables and defined names, as HyperFormula reads it."""
    pieces = (_piece(book, place, token) for token in _tokens(formula))
    return "=" + "".join(pieces)


def _read_cell(book: Book, file: WorkbookFile, sheet: str, element: Element) -> None:
    place = (sheet, element.get("r", ""))
    formula = element.find("{*}f")
    if formula is None:
        if element.get("t") == "e":
            raise ValueError(f"{place} holds an error without a formula, which is not read here")
        book.constants[place] = _value(file, element)
        return
    if formula.get("t", "normal") != "normal":
        raise ValueError(f"{place} has a {formula.get('t')} formula, which is not read here")
    book.formulas[place] = f"={formula.text}"
    book.cached[place] = _value(file, element)


def _value(file: WorkbookFile, element: Element) -> Value:
    text = element.findtext("{*}v")
    match element.get("t", "n"):
        case "s" | "inlineStr":
            return file.text(element)
        case "str" | "e":
            return text or ""
        case "b":
            return text == "1"
    return float(text) if text else None


def _table(sheet: Sheet, element: Element) -> Table:
    left, top, right, bottom = range_boundaries(element.get("ref", ""))
    columns = element.iterfind("{*}tableColumns/{*}tableColumn")
    return Table(
        sheet.name,
        (left, top, right, bottom),
        int(element.get("headerRowCount", "1")),
        int(element.get("totalsRowCount", "0")),
        tuple(column.get("name", "").casefold() for column in columns),
    )


def _grid(book: Book, sheet: str) -> list[list[Value]]:
    """Return a sheet's constants and translated formulas, row by row."""
    cells = {at: _typed(value) for (on, at), value in book.constants.items() if on == sheet}
    for place, formula in book.formulas.items():
        if place[0] == sheet:
            cells[place[1]] = translate(book, place, formula)
    spots = {coordinate_to_tuple(at): value for at, value in cells.items()}
    width = max((column for _, column in spots), default=0)
    grid: list[list[Value]] = [[None] * width for _ in range(max(spots, default=(0, 0))[0])]
    for (row, column), value in spots.items():
        grid[row - 1][column - 1] = value
    return grid


def _typed(value: Value) -> Value:
    """Write a constant as one would type it; an apostrophe keeps "4:5" from becoming a time."""
    return f"'{value}" if isinstance(value, str) else value


def _at(grid: list[list[Value]], at: str) -> Value:
    row, column = coordinate_to_tuple(at)
    return grid[row - 1][column - 1]


@cache  # the cells of a column have one formula
def _tokens(formula: str) -> list[Token]:
    return Tokenizer(formula).items


def _piece(book: Book, place: Place, token: Token) -> str:
    """Return a token in HyperFormula's spelling."""
    text = token.value
    match token.type, token.subtype:
        case Token.FUNC, _:
            text = _function(text)
        case Token.OPERAND, Token.RANGE:
            text = _reference(book, place, text)
        case Token.OPERAND, Token.LOGICAL:
            text = f"{text}()"
        case Token.OPERAND, Token.NUMBER:
            text = text.lower()
        case Token.OPERAND, Token.TEXT:
            text = _text(text[1:-1].replace('""', '"'))
    return text


def _function(text: str) -> str:
    """Return a function without the prefix that Excel writes before its later ones."""
    if ":" in text:
        raise ValueError(f"{text} begins inside a range, which is not translated")
    return _LATER.sub("", text)


def _text(text: str) -> str:
    """Quote a text; HyperFormula cannot quote a quotation mark, nor a backslash at the end."""
    parts = [part for part in _AWKWARD.split(text) if part]
    quoted = [f"CHAR({ord(part)})" if _AWKWARD.match(part) else f'"{part}"' for part in parts]
    return f"({'&'.join(quoted)})" if len(quoted) > 1 else "".join(quoted) or '""'


def _reference(book: Book, place: Place, text: str) -> str:
    """Return cells as A1, whether they are named, a table's, or A1 already."""
    named = book.names.get(text.casefold())
    if named is not None:
        inside = translate(book, place, f"={named}")[1:]
        return inside if len(_tokens(f"={named}")) == 1 else f"({inside})"
    whole = f"{text}[]" if text.casefold() in book.tables else text
    flat = _STRUCTURED.sub(partial(_cells, book, place), whole)
    # HyperFormula would make a million cells for a range down to the bottom.
    return _BOTTOM.sub(str(book.last_row), _SAME_SHEET_TWICE.sub(r"\1\2:", flat))


def _cells(book: Book, place: Place, match: re.Match[str]) -> str:
    """Return the cells of a structured reference."""
    table = book.tables[match[1].casefold()]
    items = _ITEM.findall(match[2]) if match[2].startswith("[") else [match[2]]
    parts = [item for item in items if item.startswith("#")]
    columns = [_ESCAPED.sub(r"\1", item) for item in items if item and item not in parts]
    left, right = _across(table, columns)
    top, bottom = _down(table, parts, place)
    row = "" if parts == ["#This Row"] else "$"  # relative: like formulas are then read once
    ends = ((left, top), (right, bottom))
    corners = dict.fromkeys(f"${get_column_letter(x)}{row}{y}" for x, y in ends)
    sheet = table.sheet.replace("'", "''")
    return f"'{sheet}'!{':'.join(corners)}"


def _across(table: Table, columns: list[str]) -> tuple[int, int]:
    """Return the first and the last column; without any, the table's."""
    left, _, right, _ = table.bounds
    places = [left + table.columns.index(column.casefold()) for column in columns]
    return (min(places), max(places)) if places else (left, right)


def _down(table: Table, parts: list[str], place: Place) -> tuple[int, int]:
    """Return the first and the last row of the table's parts; without any, of its data."""
    _, top, _, bottom = table.bounds
    data = (top + table.headers, bottom - table.totals)
    row = coordinate_to_tuple(place[1])[0]
    if "#This Row" in parts and not data[0] <= row <= data[1]:
        raise ValueError(f"{place} asks for its own row of a table that has no such row")
    rows = {
        "#All": (top, bottom),
        "#Headers": (top, top),
        "#Data": data,
        "#Totals": (bottom, bottom),
        "#This Row": (row, row),
    }
    ends = [rows[part] for part in parts] or [data]
    return min(first for first, _ in ends), max(last for _, last in ends)
