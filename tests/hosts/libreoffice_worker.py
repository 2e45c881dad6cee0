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
from collections.abc import Iterable, Iterator
from typing import Any

# Only LibreOffice's own Python has it, and no types of it.
import uno  # type: ignore[import-not-found, import-untyped, unused-ignore]
import unohelper  # type: ignore[import-not-found, import-untyped, unused-ignore]
from com.sun.star.datatransfer import (  # type: ignore[import-not-found, unused-ignore]
    DataFlavor,
    UnsupportedFlavorException,
    XTransferable,
)

PATIENCE_S = 60.0
PLAIN = "text/plain;charset=utf-16"
ASKING = "xl_pricing asks"
VALUES, DATES, TEXTS, FORMULAS, FORMATS = 1, 2, 4, 16, 32  # com.sun.star.sheet.CellFlags
CONTENT = VALUES | DATES | TEXTS | FORMULAS
ERRORS, ANY_RESULT = 4, 7  # com.sun.star.sheet.FormulaResult
EXCEL_ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}


class Formula(str):
    """A formula that a cell held, written as LibreOffice's interface writes it."""

    __slots__ = ()


class Cell:
    """One cell that holds TRUE, FALSE or a formula now and then; all others are set by block."""

    def __init__(self, cell: Any) -> None:
        """Remember the number format: a TRUE leaves its own behind, for ISLOGICAL to see."""
        self.cell = cell
        self.number_format = cell.NumberFormat

    def put(self, value: float | str | None) -> None:
        """Set text as text, but for a formula; None empties the cell."""
        self.cell.NumberFormat = self.number_format
        if value is None:
            self.cell.clearContents(CONTENT)
        elif isinstance(value, bool):
            self.cell.setFormula(f"={str(value).upper()}()")
        elif isinstance(value, Formula):
            self.cell.setFormula(value)
        elif isinstance(value, str):
            self.cell.setString(value)
        else:
            self.cell.setValue(value)


class Copied(unohelper.Base, XTransferable):  # type: ignore[misc, unused-ignore]
    """A text that another program put on the clipboard."""

    flavor = DataFlavor(PLAIN, PLAIN, uno.getTypeByName("string"))

    def __init__(self, text: str) -> None:
        """Hold the text."""
        self.text = text

    def getTransferData(self, flavor: Any) -> Any:
        """Return the text."""
        if not self.isDataFlavorSupported(flavor):
            raise UnsupportedFlavorException
        return self.text

    def getTransferDataFlavors(self) -> tuple[Any, ...]:
        """Return the one form that it has."""
        return (self.flavor,)

    def isDataFlavorSupported(self, flavor: Any) -> bool:
        """Tell whether a form is the one."""
        return bool(flavor.MimeType == PLAIN)


class Commands:
    """What the other side may ask; one document is open at a time."""

    def __init__(self, desktop: Any, services: Any) -> None:
        """Begin with an empty workbook."""
        self.desktop, self.services = desktop, services
        self.document: Any = None
        self.cells: dict[str, Cell] = {}
        self.sheets: dict[str, Any] = {}  # to find one takes 4 ms
        self.open("private:factory/scalc")

    def open(self, url: str) -> None:
        """Open a copy without a name, which locks no file, in place of the one before."""
        self.close()
        settings = _properties(Hidden=True, AsTemplate=not url.startswith("private:"))
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, settings)
        if not hasattr(document, "Sheets"):
            _close(document)
            raise ValueError(f"LibreOffice cannot read {url} as a workbook")
        self.document = document
        for name in self.sheet_names():
            self.document.Sheets.getByName(name).unprotect("")
        self.recalculate()

    def close(self) -> None:
        """Close the document, of which nothing may be held that would keep it."""
        self.cells, self.sheets = {}, {}
        document, self.document = self.document, None
        _close(document)

    def sheet_names(self) -> list[str]:
        """Return the names of all sheets in order."""
        return list(self.document.Sheets.ElementNames)

    def set_cells(self, values: dict[str, Any]) -> None:
        """Set cells to values, block by block."""
        by_sheet: dict[str, dict[tuple[int, int], Any]] = {}
        for address, value in values.items():
            if isinstance(value, bool | Formula) or address in self.cells:
                self._cell(address).put(value)
            else:
                sheet, place = _parts(address)
                by_sheet.setdefault(sheet, {})[place] = "" if value is None else value
        for sheet, cells in by_sheet.items():
            for top, left, bottom, right in _blocks(cells):
                block = self._sheet(sheet).getCellRangeByPosition(left, top, right, bottom)
                columns = range(left, right + 1)
                block.setDataArray(
                    tuple(
                        tuple(cells[row, column] for column in columns)
                        for row in range(top, bottom + 1)
                    )
                )

    def set_formulas(self, formulas: dict[str, str]) -> None:
        """Set cells to formulas."""
        self.set_cells({address: Formula(formula) for address, formula in formulas.items()})

    def set_arrays(self, formulas: dict[str, str]) -> None:
        """Set ranges to array formulas."""
        for address, formula in formulas.items():
            self._range(address).setArrayFormula(formula)

    def recalculate(self) -> None:
        """Compute every formula again: a value stored in the file is never an answer."""
        self.document.calculateAll()

    def read(self, addresses: list[str]) -> list[Any]:
        """Read cells: of each sheet the block that holds them all."""
        found: dict[str, Any] = {}
        groups = list(self._around(addresses))
        blocks = self._values([block for block, _ in groups])
        for (block, places), values in zip(groups, blocks, strict=True):
            area = block.RangeAddress
            for address, (row, column) in places.items():
                found[address] = values[row - area.StartRow][column - area.StartColumn]
        return [found[address] for address in addresses]

    def _around(self, addresses: list[str]) -> Iterator[tuple[Any, dict[str, tuple[int, int]]]]:
        """Yield of each sheet the smallest block around the cells, and where they are."""
        by_sheet: dict[str, dict[str, tuple[int, int]]] = {}
        for address in addresses:
            sheet, place = _parts(address)
            by_sheet.setdefault(sheet, {})[address] = place
        for sheet, places in by_sheet.items():
            rows, columns = zip(*places.values(), strict=True)
            corners = (min(columns), min(rows), max(columns), max(rows))
            yield self._sheet(sheet).getCellRangeByPosition(*corners), places

    def run(self, cases: list[dict[str, Any]], outputs: list[str]) -> list[list[Any]]:
        """Answer each case on its own: what it does not set is as it was before the run."""
        before = self._held(list(dict.fromkeys(address for case in cases for address in case)))
        answers: list[list[Any]] = []
        automatic = self.document.enableAutomaticCalculation
        automatic(False)  # noqa: FBT003 - the interface has no names
        try:
            for case in cases:
                self.set_cells({**before, **case})
                self.recalculate()
                answers.append(self.read(outputs))
        finally:
            self.set_cells(before)
            automatic(True)  # noqa: FBT003 - the same
            self.recalculate()
        return answers

    def _held(self, addresses: list[str]) -> dict[str, Any]:
        """Return what cells hold: their values, or their formulas."""
        held = dict(zip(addresses, self.read(addresses), strict=True))
        for block, places in self._around(addresses):
            formulas = set(_places(block.queryFormulaCells(ANY_RESULT)))
            for address, place in places.items():
                if place in formulas:
                    held[address] = Formula(self._range(address).getFormula())
        return held

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

    def read_blocks(self, addresses: list[str]) -> list[list[list[Any]]]:
        """Read all cells of ranges in one go."""
        return self._values(list(map(self._range, addresses)))

    def dispatch(self, url: str, **settings: Any) -> None:
        """Run what a menu entry runs."""
        helper = self.services.createInstance("com.sun.star.frame.DispatchHelper")
        frame = self.document.getCurrentController().getFrame()
        helper.executeDispatch(frame, url, "", 0, _properties(**settings))

    def follow(self, link: str) -> str:
        """Go where a click on a link goes; return the cell."""
        self.dispatch(".uno:JumpToMark", Bookmark=link.removeprefix("#"))
        found = self.document.getCurrentSelection()
        at = found.RangeAddress
        cell = f"{_letters(at.StartColumn)}{at.StartRow + 1}"
        if (at.StartColumn, at.StartRow) != (at.EndColumn, at.EndRow):
            cell += f":{_letters(at.EndColumn)}{at.EndRow + 1}"
        return f"'{found.Spreadsheet.Name}'!{cell}"

    def replace(self, sheet: str, found: str, by: str) -> int:
        """Find & Replace, as the dialog does it."""
        sheet = self._sheet(sheet)
        wanted = sheet.createReplaceDescriptor()
        wanted.setSearchString(found)
        wanted.setReplaceString(by)
        return int(sheet.replaceAll(wanted))

    def paste(self, address: str, text: str) -> None:
        """Paste what another program copied, with the cursor in a cell."""
        board = self.services.createInstance("com.sun.star.datatransfer.clipboard.SystemClipboard")
        board.setContents(Copied(text), None)
        self.follow(address)
        self.dispatch(".uno:Paste")

    def save(self, url: str) -> None:
        """Save the document as an Excel workbook."""
        self.document.storeToURL(url, _properties(FilterName="Calc MS Excel 2007 XML"))

    def show(self, url: str) -> None:
        """Write every cell as it looks to a file: text, colours, links."""
        self.document.storeToURL(url, _properties(FilterName="HTML (StarCalc)"))

    def render(self, url: str) -> None:
        """Print the document to a PDF file; one with links in it must have a name for that."""
        self.document.storeAsURL(f"{url}.ods", _properties(FilterName="calc8", Overwrite=True))
        self.document.storeToURL(url, _properties(FilterName="calc_pdf_Export"))

    def _values(self, blocks: list[Any]) -> list[list[list[Any]]]:
        """Read ranges: numbers, texts, None where a cell is empty, the names of errors.

        A chain of cells longer than LibreOffice follows at once is first given up with errors,
        which are gone when it is asked for them: then all is read again.
        """
        try:
            return self._read(blocks)
        except GivenUpError:
            return self._read(blocks)

    def _read(self, blocks: list[Any]) -> list[list[list[Any]]]:
        found = []
        wrong: list[tuple[list[Any], int, str]] = []  # the row it is read into, where in it
        for block in blocks:
            values, area = [list(row) for row in block.getDataArray()], block.RangeAddress
            for row, column in _places(block.queryEmptyCells()):
                values[row - area.StartRow][column - area.StartColumn] = None
            sheet = block.Spreadsheet.Name.replace("'", "''")
            wrong += [
                (values[row - area.StartRow], column - area.StartColumn,
                 f"$'{sheet}'.{_letters(column)}{row + 1}")
                for row, column in _places(block.queryFormulaCells(ERRORS))
            ]  # fmt: skip
            found.append(values)
        codes = self._error_codes([cell for _, _, cell in wrong]) if wrong else []
        for (row, position, _), code in zip(wrong, codes, strict=True):
            row[position] = EXCEL_ERRORS.get(code, f"Err:{code}")
        return found

    def _error_codes(self, cells: list[str]) -> list[int]:
        """Ask for errors by formula, on a sheet for a moment: to ask a cell itself takes 1 ms."""
        sheets = self.document.Sheets
        sheets.insertNewByName(ASKING, sheets.Count)
        try:
            block = sheets.getByName(ASKING).getCellRangeByPosition(0, 0, 0, len(cells) - 1)
            block.setFormulaArray(tuple((f"=ERRORTYPE({cell})",) for cell in cells))
            self.document.calculate()
            codes = [code for (code,) in block.getDataArray()]
            if None in codes:
                raise GivenUpError(f"{codes.count(None)} errors are gone when asked for")
            return [int(code) for code in codes]
        finally:
            sheets.removeByName(ASKING)

    def _cell(self, address: str) -> Cell:
        if address not in self.cells:
            sheet, (row, column) = _parts(address)
            self.cells[address] = Cell(self._sheet(sheet).getCellByPosition(column, row))
        return self.cells[address]

    def _range(self, address: str) -> Any:
        sheet, _, place = address.rpartition("!")
        return self._sheet(sheet).getCellRangeByName(place)

    def _sheet(self, quoted: str) -> Any:
        """Return a sheet by its name as it stands in an address."""
        if quoted not in self.sheets:
            name = quoted.removeprefix("'").removesuffix("'").replace("''", "'")
            if name not in self.sheet_names():
                raise KeyError(f"no sheet {name!r}; there are {self.sheet_names()}")
            self.sheets[quoted] = self.document.Sheets.getByName(name)
        return self.sheets[quoted]


class GivenUpError(Exception):
    """An error was none when it was asked for."""


def _parts(address: str) -> tuple[str, tuple[int, int]]:
    """Return the sheet of a cell as it is written, and row and column from 0."""
    sheet, _, place = address.rpartition("!")
    known = re.fullmatch(r"([A-Z]+)(\d+)", place)
    if not known:
        raise ValueError(f"{address!r} is not one cell")
    letters, digits = known.groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return sheet, (int(digits) - 1, column - 1)


def _letters(column: int) -> str:
    """Return the letters of a column that is counted from 0."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _blocks(places: Iterable[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return as few rectangles as hold these cells and no others: top, left, bottom, right."""
    runs: list[list[int]] = []  # row, first and last column
    for row, column in sorted(places):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    open_blocks: dict[tuple[int, int], int] = {}
    blocks: list[list[int]] = []
    for row, left, right in runs:
        known = open_blocks.get((left, right))
        if known is not None and blocks[known][2] == row - 1:
            blocks[known][2] = row
        else:
            open_blocks[left, right] = len(blocks)
            blocks.append([row, left, row, right])
    return [(top, left, bottom, right) for top, left, bottom, right in blocks]


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
    """Return LibreOffice's desktop and services as soon as it listens."""
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
            services = office.ServiceManager
            desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", office)
            return desktop, services


def _reply(commands: Commands, line: str) -> dict[str, Any]:
    command, *arguments = json.loads(line)
    try:
        return {"answer": getattr(commands, command)(*arguments)}
    except Exception as problem:  # noqa: BLE001 - the other side raises it
        return {"error": f"{line.strip()[:200]}: {type(problem).__name__}: {problem}"}


def main(pipe: str) -> None:
    """Serve until the input ends."""
    desktop, services = _connect(pipe)
    try:
        commands = Commands(desktop, services)
        for line in sys.stdin:
            print(json.dumps(_reply(commands, line)), flush=True)  # noqa: T201 - the protocol
        commands.close()
    finally:
        # It goes away while it answers.
        with contextlib.suppress(Exception):
            desktop.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
