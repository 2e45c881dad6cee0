"""Build the VBA projects from their sources, after a change of a source or of the sheets.

    python -m workbook_templates.vba.project

This needs pyOpenVBA, of the extra ``test``. The projects hold source and no compiled code,
which Excel makes when it loads them, and no reference beyond VBA's and Excel's own.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB

from workbook_templates.book.macros import CODE_NAMES, WORKBOOK_CODE_NAME
from workbook_templates.vba import generate

FOLDER = Path(__file__).parent
NO_CACHE = bytes.fromhex("cc61ffff000000")
"""The stream _VBA_PROJECT: mark, version 0xFFFF, and no cache."""


def sources(kind: str) -> dict[str, str]:
    """Return the modules of ``workbook`` or ``addin``, name to source."""
    paths = [path for part in ("shared", kind) for path in sorted((FOLDER / part).glob("*.*s"))]
    return {path.stem: path.read_bytes().decode("cp1252") for path in paths}


def build(kind: str) -> bytes:
    """Build the project of ``workbook`` or ``addin``; the same bytes on every run."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsm")
        _book(CODE_NAMES[kind]).save(path)
        with ExcelFile(path) as file:
            _fill(file, sources(kind))
            file.save()
        with ExcelFile(path) as file:
            return _without_caches(bytes(file.vba_project_bytes()))


def _without_caches(project: bytes) -> bytes:
    """Say that nothing compiled is in the project, as [MS-OVBA] 2.3.4.1 asks of writers.

    With the version of the running Office, it would use caches that are not there.
    """
    file = CFB.from_bytes(project)
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    return bytes(file.to_bytes())


def _book(code_names: Sequence[str]) -> Workbook:
    """Make a workbook with these sheets, for whose document modules there is a place."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.code_name = WORKBOOK_CODE_NAME
    for name in code_names:
        book.create_sheet().sheet_properties.codeName = name
    return book


def _fill(file: ExcelFile, modules: dict[str, str]) -> None:
    project = file.add_vba_project()
    for name, source in modules.items():
        if name == WORKBOOK_CODE_NAME:
            file.set_module(name, source)
        else:
            project.add_module(name, source)
    for reference in file.references():
        file.remove_reference(reference.name)


def main() -> None:
    """Write the generated modules, then both projects."""
    generate.main()
    for kind in CODE_NAMES:
        (FOLDER / kind / "vbaProject.bin").write_bytes(build(kind))


if __name__ == "__main__":
    main()
