"""Built workbooks, and where their cells are: what tests of several folders need."""

from functools import cache
from pathlib import Path

from hosts.libreoffice import LibreOffice

from workbook_templates.build import Built, build


@cache
def built_in(lang: str, *, macros: bool = False) -> Built:
    """Return the workbook of a language as it is shipped; built once a run."""
    return build(lang, macros=macros)


def open_in(libreoffice: LibreOffice, built: Built, folder: Path) -> None:
    """Open a built workbook in LibreOffice."""
    path = folder / "budget.xlsx"
    path.write_bytes(built.data)
    libreoffice.open(path)


def input_addresses(built: Built) -> dict[str, str]:
    """Return the address of each input by its name: ``'Worksheet'!C5``."""
    return {name: f"'{sheet}'!{cell}" for name, (sheet, cell) in built.inputs.items()}


def computed_addresses(built: Built) -> dict[str, str]:
    """Return the address of each computed cell by its name; of a repeated one, the first."""
    found: dict[str, str] = {}
    for (sheet, cell), name in built.formulas.items():
        found.setdefault(name, f"'{sheet}'!{cell}")
    return found
