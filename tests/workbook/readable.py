"""What a person reads of a workbook: all computed cells but workings, and what its charts draw.

Told from the workbook itself: workings stand under (or right of) a heading that says so, and in the
columns of a table from the one on that says whether a row is filled in.
"""

import re
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from workbook_templates.book.words import Words
from workbook_templates.build import Built

WORKINGS, FILLED = "Workings: nothing to type here", "Filled in (1 = yes)"
SOURCES = re.compile(r"(checked|basis|source)_(text_in|image_in|image_out|tokens)")
"""Where the rates come from stands among the workings, and is for reading."""
_CHARTED = re.compile(rb"<(?:\w+:)?f>'?([^'<]+)'?!\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)<")


def readable(built: Built, words: Words) -> dict[str, str]:
    """Return the sheet of every cell that a person reads, by the cell's name."""
    sheets = {sheet.title: _Workings(sheet, words) for sheet in _sheets(built)}
    charted = _charted(built)
    computed = {
        name for (title, at), name in built.formulas.items()
        if sheets[title].formula(at) != f"={name}"  # which only repeats it
    }  # fmt: skip
    found: dict[str, str] = {}
    for (title, at), name in built.formulas.items():
        row, column = coordinate_to_tuple(at)
        is_working = sheets[title].holds(row, column) and not SOURCES.fullmatch(name)
        is_drawn = any(
            title == sheet and left <= column <= right and top <= row <= bottom
            for sheet, (left, top, right, bottom) in charted
        )
        if name in computed and (is_drawn or not is_working):
            found.setdefault(name, title)
    return found


class _Workings:
    """Where the workings of a sheet begin: a row, a column, or nowhere."""

    def __init__(self, sheet: Worksheet, words: Words) -> None:
        self.sheet = sheet
        self.row, self.column = sheet.max_row + 1, sheet.max_column + 1
        for cells in sheet.iter_rows():
            for cell in cells:
                said = str(cell.value).replace("\n", "")
                if said == words(FILLED) or (said == words(WORKINGS) and cell.column > 2):
                    self.column = cell.column
                elif said == words(WORKINGS):
                    self.row = cell.row

    def formula(self, at: str) -> object:
        """Return what stands in a cell."""
        return self.sheet[at].value

    def holds(self, row: int, column: int) -> bool:
        return row >= self.row or column >= self.column


def _sheets(built: Built) -> list[Worksheet]:
    return load_workbook(BytesIO(built.data)).worksheets


def _charted(built: Built) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Return the ranges that charts draw."""
    with ZipFile(BytesIO(built.data)) as archive:
        parts = [archive.read(n) for n in archive.namelist() if n.startswith("xl/charts/chart")]
    found = [match.groups() for part in parts for match in _CHARTED.finditer(part)]
    return [
        (sheet.decode(), range_boundaries(f"{a.decode()}{b.decode()}:{c.decode()}{d.decode()}"))
        for sheet, a, b, c, d in found
    ]
