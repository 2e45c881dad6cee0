"""A stand-in for xlwings' add-in in LibreOffice: an .xlam with VBA of its own and a real Python.

`write_stand_in` makes it. Its VBA, in the folder `vba`, notes down in a folder what it is asked
and starts this file as a script, which answers a call through xlwings' own pipeline.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

_WORDS = ("Empty", "String")
_SOURCES = Path(__file__).with_name("vba")


def write_stand_in(folder: Path) -> Path:
    """Write ``xlwings.xlam`` into a folder, where it notes down what it is asked."""
    from openpyxl import Workbook
    from pyopenvba import ExcelFile, VBAModuleKind

    here = {"folder": folder, "python": sys.executable, "script": __file__}
    book, path = Workbook(), folder / "stand_in.xlsm"
    book.code_name, book.worksheets[0].sheet_properties.codeName = "ThisWorkbook", "Sheet1"
    book.save(path)
    with ExcelFile(path) as file:
        project = file.add_vba_project()
        for source in sorted(_SOURCES.iterdir()):
            text = source.read_text("utf-8")
            for name, value in here.items():
                text = text.replace(f"{{{name}}}", str(value))
            kind = VBAModuleKind.standard if source.suffix == ".bas" else VBAModuleKind.other
            project.add_module(source.stem, text.replace("\n", "\r\n"), kind=kind)
        file.save()
    return path.rename(folder / "xlwings.xlam")


def call(folder: Path) -> None:
    """Answer the call that is noted down in the folder."""
    module, function, *lines = (folder / "call.txt").read_text("utf-8").splitlines()
    calls = [{"function": function, "args": list(_arguments(iter(lines)))}]
    request = {"module": module, "calls": calls, "vba": False}
    host = Path(__file__).with_name("xlwings_com.py")
    run = subprocess.run(
        [sys.executable, host],
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    _reply(folder, json.loads(run.stdout)["results"][0])


def _arguments(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        kind, _, text = line.partition(" ")
        if kind == "Table":
            rows, columns = map(int, text.split())
            yield [list(islice(_arguments(lines), columns)) for _ in range(rows)]
        else:
            yield {"Empty": None, "String": text}[kind] if kind in _WORDS else float(text)


def _reply(folder: Path, answer: Any) -> None:
    rows = answer if isinstance(answer, list) else [[answer]]
    cells = [cell for row in rows for cell in row]
    lines = [f"{'s' if isinstance(cell, str) else 'n'} {cell}" for cell in cells]
    shape = f"{len(rows)} {len(rows[0])}"
    (folder / "reply.txt").write_text("\n".join([shape, *lines, ""]), "utf-8")


def run(folder: Path) -> None:
    """Run the command that is noted down against the workbook's data; note down what it changed."""
    import xlwings

    from hosts.made_up_book import Book
    from xl_pricing.errors import SourceError

    command = (folder / "commands.txt").read_text("utf-8").splitlines()[-1]
    data = (folder / "book.xlsx").read_bytes()
    before, book = Book(data).dump()["cells"], Book(data)
    offline = patch(
        "xl_pricing.hosts.excel.macros.refresh_card", side_effect=SourceError("no network")
    )
    with patch.object(xlwings.Book, "caller", lambda: book), offline:
        exec(command, {})  # noqa: S102 - the command of our own VBA
    after = book.dump()["cells"]
    changed = [place for place in before | after if before.get(place) != after.get(place)]
    lines = [_change(sheet, at, after.get((sheet, at), "")) for sheet, at in changed]
    (folder / "changes.txt").write_text("".join(lines), "utf-8")
    (folder / "alert.txt").write_text("\n".join(book.alerts), "utf-8")


def _change(sheet: str, at: str, value: Any) -> str:
    from openpyxl.utils import range_boundaries

    column, row, *_ = range_boundaries(at)
    if isinstance(value, datetime):
        value = (value - datetime(1899, 12, 30)).days  # noqa: DTZ001 - as Excel counts days
    kind = "s" if isinstance(value, str) else "n"
    return f"{sheet}\t{column - 1}\t{row - 1}\t{kind}\t{value}\n"


if __name__ == "__main__":
    {"call": call, "run": run}[sys.argv[1]](Path(sys.argv[2]))
