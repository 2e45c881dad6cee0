"""The cells of a sheet that are wanted, as they were typed or cached."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import NamedTuple

from openpyxl.utils import column_index_from_string
from openpyxl.utils.escape import unescape

from workbook_templates.carry_over.package import MOST_TEXT, Package
from workbook_templates.formulas.values import CellValue, Error

_ADDRESS = re.compile(r"\$?([A-W]?[A-Z]{1,2}|X[A-E][A-Z]|XF[A-D])\$?([1-9]\d{0,6})")
_EPOCH = date(1899, 12, 30)

Place = tuple[int, int]
"""Row and column, from 1."""


class Held(NamedTuple):
    """What a cell holds: its value, cached where it is a formula's, and the number of its look."""

    value: CellValue
    is_formula: bool = False
    look: int = 0


Wanted = Callable[[int, int], bool]
"""Tells whether a cell is to be read, by row and column."""


def shared_texts(package: Package, part: str) -> list[str]:
    """Return the texts that cells refer to by number; what is only read aloud is left out."""
    texts: list[str] = []
    pieces: list[str] = []
    aloud = False

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        nonlocal aloud
        aloud = aloud or name == "rPh"
        if name == "si":
            pieces.clear()

    def end(name: str, text: str) -> None:
        nonlocal aloud
        if name == "t" and not aloud:
            pieces.append(text)
        elif name == "rPh":
            aloud = False
        elif name == "si":
            texts.append(_plain("".join(pieces)))

    if part in package:
        package.parse(part, start, end)
    return texts


def read_cells(package: Package, part: str, texts: list[str], wanted: Wanted) -> dict[Place, Held]:
    """Return the wanted cells of a sheet that hold anything."""
    reader = _Reader(texts, wanted)
    package.parse(part, reader.start, reader.end)
    return reader.found


class _Reader:
    """Hears a sheet; a row or a cell without an address follows the one before."""

    def __init__(self, texts: list[str], wanted: Wanted) -> None:
        self.found: dict[Place, Held] = {}
        self._texts, self._wanted = texts, wanted
        self._row = self._column = 0
        self._kind, self._look = "n", 0
        self._value: str | None = None
        self._is_formula = self._is_wanted = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._row, self._column = _number(attributes.get("r"), self._row + 1), 0
        elif name == "c":
            self._begin(attributes)
        elif name == "f":
            self._is_formula = True

    def _begin(self, attributes: Mapping[str, str]) -> None:
        at = attributes.get("r")
        if at is None:
            self._column += 1
        else:
            self._row, self._column = place_of(at) or (self._row, self._column + 1)
        self._is_wanted = self._wanted(self._row, self._column)
        self._kind, self._look = attributes.get("t", "n"), _number(attributes.get("s"), 0)
        self._value, self._is_formula = None, False

    def end(self, name: str, text: str) -> None:
        if not self._is_wanted:
            return
        if name in {"v", "t"}:
            self._value = (self._value or "") + text
        elif name == "c":
            value = None if self._value is None else self._read(self._value)
            self.found[self._row, self._column] = Held(value, self._is_formula, self._look)

    def _read(self, text: str) -> CellValue:
        """Read a value as the kind of its cell says; what cannot be read is an error."""
        if self._kind == "s":
            number = _number(text, -1)
            return self._texts[number] if 0 <= number < len(self._texts) else Error("#REF!")
        if self._kind in {"str", "inlineStr"}:
            return _plain(text)
        if not text.strip():  # a formula that no program has computed yet
            return None
        if self._kind == "d":
            return _day(text)
        if self._kind == "b":
            return text.strip() in {"1", "true"}
        return Error(text.strip()) if self._kind == "e" else _figure(text)


def place_of(at: str) -> Place | None:
    """Return row and column of an address; none for what is no address."""
    found = _ADDRESS.fullmatch(at)
    return (int(found[2]), column_index_from_string(found[1])) if found else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _figure(text: str) -> CellValue:
    try:
        figure = float(text)
    except ValueError:
        return Error("#NUM!")
    if not isfinite(figure):
        return Error("#NUM!")
    return int(figure) if figure.is_integer() and abs(figure) < 1e15 else figure


def _day(text: str) -> CellValue:
    try:
        return (date.fromisoformat(text[:10]) - _EPOCH).days
    except ValueError:
        return _plain(text)


def _plain(text: str) -> str:
    """Return a text with the characters that are written as ``_x000D_``."""
    return str(unescape(text))[:MOST_TEXT] if "_x" in text else text
