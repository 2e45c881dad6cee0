"""A sheet on paper: the widths of columns and texts, the scale of a page, what is printed.

Widths are in points. Columns are measured in digits of the workbook's standard font, Calibri 11:
7 px each at 96 dots an inch. Texts are measured in Arial; a Chinese letter is a square.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

PAPERS: Mapping[str, tuple[float, float]] = {"A4": (595.3, 841.9), "Letter": (612, 792)}
"""Short and long edge."""
_POINTS_PER_INCH, _POINTS_PER_PX = 72, 0.75
_DIGIT_PX, _PADDING_PX, _INDENT_PT = 7, 5, 7
_USUAL_WIDTH, _USUAL_HEIGHT = 8.43, 15.0
# Of Arial, per mille of the size, from the blank on; of bold letters about a fifteenth more.
_ARIAL = (
    "277 277 354 556 556 889 666 190 333 333 389 583 277 333 277 277 556 556 556 556 556 556 "
    "556 556 556 556 277 277 583 583 583 556 1015 666 666 722 722 666 610 777 722 277 500 "
    "666 556 833 722 777 666 777 722 666 610 722 666 943 666 666 610 277 277 277 469 556 333 "
    "556 556 500 556 556 277 556 556 222 222 500 222 833 556 556 556 556 333 500 277 556 500 "
    "722 500 500 500 333 259 333 583"
)
_LETTERS = {chr(32 + i): int(width) / 1000 for i, width in enumerate(_ARIAL.split())}
_BOLD = 1.07


class Area(NamedTuple):
    """A block of cells that is printed: its first and last column and row."""

    left: int
    top: int
    right: int
    bottom: int


def areas(sheet: Worksheet) -> list[Area]:
    """Return what is printed of a sheet."""
    ranges = str(sheet.print_area).replace("$", "").split(",")
    bounds = (range_boundaries(part.rpartition("!")[2]) for part in ranges)
    return [Area(*(int(bound or 0) for bound in four)) for four in bounds]


def printed(sheet: Worksheet) -> Iterator[Cell]:
    """Yield the cells of a sheet that are printed and hold something."""
    for area in areas(sheet):
        for row in sheet.iter_rows(area.top, area.bottom, area.left, area.right):
            yield from (cell for cell in row if cell.value not in {None, ""})


def column_width(sheet: Worksheet, number: int) -> float:
    """Return the width of a column."""
    letter = get_column_letter(number)
    dimensions = sheet.column_dimensions
    digits = dimensions[letter].width if letter in dimensions else _USUAL_WIDTH
    return int((256 * digits + 18) / 256 * _DIGIT_PX) * _POINTS_PER_PX


def width(sheet: Worksheet, first: int, last: int) -> float:
    """Return the width of columns that lie beside each other."""
    return sum(column_width(sheet, number) for number in range(first, last + 1))


def height(sheet: Worksheet, first: int, last: int) -> float:
    """Return the height of rows that lie below each other."""
    rows = (sheet.row_dimensions[number] for number in range(first, last + 1))
    return sum(row.height or _USUAL_HEIGHT for row in rows)


def scale(sheet: Worksheet, paper: str) -> float:
    """Return how much smaller a sheet is printed, so that it is as wide and high as it is set."""
    across, down = PAPERS[paper]
    if sheet.page_setup.orientation == "landscape":
        across, down = down, across
    margins = sheet.page_margins
    across -= (margins.left + margins.right) * _POINTS_PER_INCH
    down -= (margins.top + margins.bottom) * _POINTS_PER_INCH
    widest = max(_width_with_titles(sheet, area) for area in areas(sheet))
    found = min(1.0, across / widest)
    if pages := int(sheet.page_setup.fitToHeight or 0):
        high = sum(height(sheet, area.top, area.bottom) for area in areas(sheet))
        found = min(found, down * pages / high)
    return found


def _width_with_titles(sheet: Worksheet, area: Area) -> float:
    """Return the width of an area, with the columns that are repeated on its left."""
    found = width(sheet, area.left, area.right)
    if titles := sheet.print_title_cols:
        first, _row, last, _last_row = range_boundaries(titles.replace("$", ""))
        if int(last or 0) < area.left:
            found += width(sheet, int(first or 0), int(last or 0))
    return found


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text of one line in a font of that size."""
    em = sum(_LETTERS.get(letter, 1.0) for letter in text)
    return em * size * (_BOLD if bold else 1)


def runs_over(sheet: Worksheet, cell: Cell, last: int) -> float:
    """Return by how much a text runs over the next cell that holds something, or ``last``."""
    end = cell.column
    while end < last and sheet.cell(cell.row, end + 1).value in {None, ""}:
        end += 1
    room = width(sheet, cell.column, end) - _PADDING_PX * _POINTS_PER_PX
    taken = text_width(str(cell.value), cell.font.sz, bold=bool(cell.font.b))
    return taken + _INDENT_PT * (cell.alignment.indent or 0) - room
