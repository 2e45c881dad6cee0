"""Writing a workbook with openpyxl, but in memory: the folder for temporary files may be full."""
# ruff: noqa: SLF001 - what openpyxl's own writer sets of a sheet

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

if TYPE_CHECKING:
    from openpyxl import Workbook


def raw_bytes(workbook: "Workbook") -> BytesIO:
    """Return the file as openpyxl writes it."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        _Writer(workbook, archive).write_data()
    return file


class _Writer(ExcelWriter):
    """Writes what openpyxl's own does; only its sheets go by way of no file."""

    def __init__(self, workbook: "Workbook", archive: ZipFile) -> None:
        super().__init__(workbook, archive)
        self._into = archive

    def write_worksheet(self, ws: Any) -> None:  # noqa: ANN401 - openpyxl's own signature
        """Write a sheet."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = WorksheetWriter(ws, BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._into.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)
