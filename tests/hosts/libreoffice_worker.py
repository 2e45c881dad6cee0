"""The side of `libreoffice.py` that runs in LibreOffice's Python: JSON lines in, JSON lines out.

Started with the name of a pipe on which `soffice` listens. Each input line is
`[command, argument, ...]`, each output line `{"answer": ...}` or `{"error": "..."}`. When its
input ends, whatever the reason, it ends LibreOffice too: nothing is left running.
"""

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

# Only LibreOffice's own Python has it, and no types of it.
import uno  # type: ignore[import-not-found, import-untyped, unused-ignore]

PATIENCE_S = 60.0
MANY = 20
VALUES, DATES, TEXTS, FORMULAS, FORMATS = 1, 2, 4, 16, 32  # com.sun.star.sheet.CellFlags
CONTENT = VALUES | DATES | TEXTS | FORMULAS
ERRORS = 4  # com.sun.star.sheet.FormulaResult
EXCEL_ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}


class Cell:
    """One cell, to be kept: to find it takes 1.5 ms, to ask or to set it a tenth of that."""

    def __init__(self, cell: Any) -> None:
        """Remember the number format: a TRUE leaves its own behind, for ISLOGICAL to see."""
        self.cell = cell
        self.number_format = cell.NumberFormat

    def put(self, value: float | str | None) -> None:
        """Set text as text, never as a formula; None empties the cell."""
        self.cell.NumberFormat = self.number_format
        if value is None:
            self.cell.clearContents(CONTENT)
        elif isinstance(value, bool):
            self.cell.setFormula(f"={str(value).upper()}()")
        elif isinstance(value, str):
            self.cell.setString(value)
        else:
            self.cell.setValue(value)

    def put_formula(self, formula: str) -> None:
        """Set a formula written as LibreOffice's interface writes it."""
        self.cell.NumberFormat = self.number_format
        self.cell.setFormula(formula)

    def keep(self) -> Callable[[], None]:
        """Return a function that puts back what the cell holds now."""
        match self.cell.getType().value:
            case "FORMULA":
                return partial(self.put_formula, self.cell.getFormula())
            case "TEXT":
                return partial(self.put, self.cell.getString())
            case "VALUE":
                return partial(self.put, self.cell.getValue())
            case _:
                return partial(self.put, None)

    def read(self) -> float | str | None:
        """Return a number, a text, the name of an error, or None for an empty cell."""
        value: float | str | None = self.cell.getDataArray()[0][0]
        if value is None:
            code = self.cell.getError()
            return EXCEL_ERRORS.get(code, f"Err:{code}")
        if value == "" and self.cell.getType().value == "EMPTY":
            return None
        return value


class Commands:
    """What the other side may ask; one document is open at a time."""

    def __init__(self, desktop: Any) -> None:
        """Begin with an empty workbook."""
        self.desktop = desktop
        self.document: Any = None
        self.cells: dict[str, Cell] = {}
        self.open("private:factory/scalc")

    def open(self, url: str) -> None:
        """Open a copy without a name: it can be changed, its file is not locked."""
        settings = _properties(Hidden=True, AsTemplate=not url.startswith("private:"))
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, settings)
        if not hasattr(document, "Sheets"):
            _close(document)
            raise ValueError(f"LibreOffice cannot read {url} as a workbook")
        _close(self.document)
        self.document, self.cells = document, {}
        for name in self.sheet_names():
            self.document.Sheets.getByName(name).unprotect("")
        self.recalculate()

    def sheet_names(self) -> list[str]:
        """Return the names of all sheets in order."""
        return list(self.document.Sheets.ElementNames)

    def set_cells(self, values: dict[str, Any]) -> None:
        """Set cells to values."""
        for address, value in values.items():
            self._cell(address).put(value)

    def set_formulas(self, formulas: dict[str, str]) -> None:
        """Set cells to formulas."""
        for address, formula in formulas.items():
            self._cell(address).put_formula(formula)

    def recalculate(self) -> None:
        """Compute every formula again: a value stored in the file is never an answer."""
        self.document.calculateAll()

    def read(self, addresses: list[str]) -> list[Any]:
        """Read cells; many of a sheet in one go."""
        places: dict[str, list[str]] = {}
        for address in addresses:
            places.setdefault(address.rpartition("!")[0], []).append(address)
        found: dict[str, Any] = {}
        for sheet, group in places.items():
            if len(group) < MANY:
                found |= {address: self._cell(address).read() for address in group}
            else:
                found |= self._read_of_block(sheet, group)
        return [found[address] for address in addresses]

    def _read_of_block(self, sheet: str, addresses: list[str]) -> dict[str, Any]:
        """Read the block that holds all addresses."""
        at = {address: _place(address) for address in addresses}
        rows, columns = zip(*at.values(), strict=True)
        top, left = min(rows), min(columns)
        name = sheet.removeprefix("'").removesuffix("'").replace("''", "'")
        block = self.document.Sheets.getByName(name).getCellRangeByPosition(
            left, top, max(columns), max(rows)
        )
        values = _values(block)
        return {address: values[row - top][column - left] for address, (row, column) in at.items()}

    def run(self, cases: list[dict[str, Any]], outputs: list[str]) -> list[list[Any]]:
        """Answer each case on its own: what it does not set is as it was before the run."""
        before = {address: self._cell(address).keep() for case in cases for address in case}
        answers: list[list[Any]] = []
        previous: dict[str, Any] = {}
        automatic = self.document.enableAutomaticCalculation
        automatic(False)  # noqa: FBT003 - the interface has no names
        try:
            for case in cases:
                for address in previous.keys() - case.keys():
                    before[address]()
                self.set_cells(case)
                previous = case
                self.recalculate()
                answers.append(self.read(outputs))
        finally:
            for put_back in before.values():
                put_back()
            automatic(True)  # noqa: FBT003 - the same
            self.recalculate()
        return answers

    def fill(self, name: str, rows: list[list[str]]) -> None:
        """Write a block of entries at A1 of a sheet that holds nothing else."""
        sheets = self.document.Sheets
        if not sheets.hasByName(name):
            sheets.insertNewByName(name, sheets.Count)
        sheet = sheets.getByName(name)
        sheet.clearContents(CONTENT | FORMATS)
        if rows:
            block = sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1)
            block.setFormulaArray(tuple(map(tuple, rows)))

    def read_block(self, address: str) -> list[list[Any]]:
        """Read all cells of a range in one go; only those in error are asked one by one."""
        return _values(self._range(address))

    def render(self, url: str) -> None:
        """Print the document to a PDF file."""
        self.document.storeToURL(url, _properties(FilterName="calc_pdf_Export"))

    def _cell(self, address: str) -> Cell:
        if address not in self.cells:
            cell = self._range(address)
            if not hasattr(cell, "getError"):
                raise ValueError(f"{address!r} is not one cell")
            self.cells[address] = Cell(cell)
        return self.cells[address]

    def _range(self, address: str) -> Any:
        sheet, _, place = address.rpartition("!")
        name = sheet.removeprefix("'").removesuffix("'").replace("''", "'")
        if not self.document.Sheets.hasByName(name):
            raise KeyError(f"no sheet {name!r} for {address!r}; there are {self.sheet_names()}")
        return self.document.Sheets.getByName(name).getCellRangeByName(place)


def _place(address: str) -> tuple[int, int]:
    """Return row and column of a cell, from 0; to ask for it takes 4 ms."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", address.rpartition("!")[2]).groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def _values(block: Any) -> list[list[Any]]:
    """Read the cells of a range; only those in error are asked one by one."""
    values = [list(row) for row in block.getDataArray()]
    left, top = block.RangeAddress.StartColumn, block.RangeAddress.StartRow
    for row, column in _places(block.queryEmptyCells()):
        values[row - top][column - left] = None
    for row, column in _places(block.queryFormulaCells(ERRORS)):
        code = block.getCellByPosition(column - left, row - top).getError()
        values[row - top][column - left] = EXCEL_ERRORS.get(code, f"Err:{code}")
    return values


def _close(document: Any) -> None:
    """Close a document, if there is one, without saving it."""
    if document:
        document.close(True)  # noqa: FBT003 - the interface has no names for its arguments


def _properties(**settings: Any) -> tuple[Any, ...]:
    values = []
    for name, value in settings.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name, item.Value = name, value
        values.append(item)
    return tuple(values)


def _places(ranges: Any) -> list[tuple[int, int]]:
    return [
        (row, column)
        for area in ranges.getRangeAddresses()
        for row in range(area.StartRow, area.EndRow + 1)
        for column in range(area.StartColumn, area.EndColumn + 1)
    ]


def _connect(pipe: str) -> Any:
    """Return LibreOffice's desktop as soon as it listens."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    not_yet = uno.getClass("com.sun.star.connection.NoConnectException")
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            office = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except not_yet:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return office.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", office
            )


def _reply(commands: Commands, line: str) -> dict[str, Any]:
    command, *arguments = json.loads(line)
    try:
        return {"answer": getattr(commands, command)(*arguments)}
    except Exception as problem:  # noqa: BLE001 - the other side raises it
        return {"error": f"{line.strip()[:200]}: {type(problem).__name__}: {problem}"}


def main(pipe: str) -> None:
    """Serve until the input ends."""
    desktop = _connect(pipe)
    try:
        commands = Commands(desktop)
        for line in sys.stdin:
            print(json.dumps(_reply(commands, line)), flush=True)  # noqa: T201 - the protocol
        _close(commands.document)
    finally:
        # It goes away while it answers.
        with contextlib.suppress(Exception):
            desktop.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
