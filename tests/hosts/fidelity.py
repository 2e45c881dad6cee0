"""What Excel needs of a file beyond the schema: seen by reading the file, as no Excel is at hand.

`infidelities(path)` is a list of sentences, empty when all is well.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from openpyxl import load_workbook
from openpyxl.chart._chart import ChartBase
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from .workbook_file import WorkbookFile

_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_PLAIN = re.compile(r"(General|yyyy|mm|dd|[0#?.,%;@+-])*")
_USUAL_WIDTH, _USUAL_HEIGHT = 8.43, 15.0
_EMU_PER_PX, _PX_PER_POINT = 9525, 4 / 3


def infidelities(path: Path | str) -> list[str]:
    """Return everything that Excel would take otherwise than it is meant."""
    file = WorkbookFile(path)
    found = [sentence for check in CHECKS for sentence in check(file)]
    if file.parts_in("xl/charts/chart"):
        found += [sentence for sheet in load_workbook(path) for sentence in _overhanging(sheet)]
    return found


def rules_with_equals_sign(file: WorkbookFile) -> Iterator[str]:
    """Find formulas of validations and conditional formats that begin with an equals sign."""
    for formula in file.formulas:
        if formula.kind == "rule" and formula.text.startswith("=="):
            yield f"{formula.place} begins with an equals sign: {formula.text[1:]}"


def unquoted_formats(file: WorkbookFile) -> Iterator[str]:
    """Find number formats with characters of no meaning that are not quoted."""
    styles = file.root("xl/styles.xml").iterfind(".//{*}numFmt")
    axes = (
        item
        for part in file.parts_in("xl/charts/chart")
        for item in file.root(part).iterfind(".//{*}numFmt")
    )
    for item in (*styles, *axes):
        code = item.get("formatCode", "")
        if not _PLAIN.fullmatch(_QUOTED.sub("", code)):
            yield f"the number format {code} has unquoted characters"


def dead_filters(file: WorkbookFile) -> Iterator[str]:
    """Find tables of locked sheets with filter buttons, which would not work."""
    for sheet in file.sheets:
        if sheet.root.find("{*}sheetProtection") is not None:
            for table in sheet.tables:
                if table.find("{*}autoFilter") is not None:
                    yield f"table {table.get('name')} has filter buttons on a locked sheet"


def frames(file: WorkbookFile) -> Iterator[str]:
    """Find charts without square corners, or that do not say that they have no title."""
    for part in file.parts_in("xl/charts/chart"):
        root = file.root(part)
        if _value(root, "{*}roundedCorners") != "0":
            yield f"{part} does not say that its corners are square"
        deleted = _value(root, "{*}chart/{*}autoTitleDeleted") == "1"
        if root.find("{*}chart/{*}title") is None and not deleted:
            yield f"{part} does not say that it has no title"


def uncached_charts(file: WorkbookFile) -> Iterator[str]:
    """Find charts that do not hold what they draw; previews do not read the cells."""
    for part in file.parts_in("xl/charts/chart"):
        for kind in ("num", "str"):
            for source in file.root(part).iterfind(f".//{{*}}{kind}Ref"):
                if source.find(f"{{*}}{kind}Cache/{{*}}ptCount") is None:
                    yield f"{part} does not hold what {source.findtext('{*}f')} shows"


CHECKS = (rules_with_equals_sign, unquoted_formats, dead_filters, frames, uncached_charts)


def _value(root: Element, path: str) -> str | None:
    found = root.find(path)
    return None if found is None else found.get("val")


def _overhanging(sheet: Worksheet) -> Iterator[str]:
    """Yield the charts that reach beyond what is printed of a sheet."""
    for chart in sheet._charts:
        _, _, right, bottom = range_boundaries(str(sheet.print_area).rpartition("!")[2])
        width, height = _size(sheet, chart, int(right or 0), int(bottom or 0))
        if chart.anchor.ext.width / _EMU_PER_PX > width:
            yield f"the chart of {sheet.title} is wider than the {width} px that are printed"
        if chart.anchor.ext.height / _EMU_PER_PX > height:
            yield f"the chart of {sheet.title} is higher than the {height} px that are printed"


def _size(sheet: Worksheet, chart: ChartBase, right: int, bottom: int) -> tuple[int, int]:
    """Return the px from a chart's corner to the end of what is printed."""
    at = chart.anchor._from
    widths = {
        number: letter.width
        for letter in sheet.column_dimensions.values()
        for number in range(letter.min, letter.max + 1)
    }
    wide = (widths.get(column, _USUAL_WIDTH) for column in range(at.col + 1, right + 1))
    rows = (sheet.row_dimensions[row].height for row in range(at.row + 1, bottom + 1))
    return sum(int(one * 7 + 5) for one in wide), int(
        sum((one or _USUAL_HEIGHT) * _PX_PER_POINT for one in rows)
    )
