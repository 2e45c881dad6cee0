"""The steps with workbooks as they were built: computing, growing tables, pictures."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build, default_inputs
from workbook_templates.sheets.actuals.rows import TABLE as ACTUALS
from workbook_templates.sheets.campaign.lines import TABLE as CAMPAIGN
from xl_pricing.hosts.excel.doctor import FAULT, OK, Check
from xl_pricing.hosts.excel.selftest.cells import listed, read_places, same
from xl_pricing.hosts.excel.selftest.instance import (
    OURS,
    App,
    Host,
    Sheet,
    open_book,
    reason,
    rebuild,
)
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today


class File(NamedTuple):
    """A workbook that was built and written."""

    path: Path
    lang: str
    built: Built

    @property
    def has_macros(self) -> bool:
        """Whether it has the functions and the button."""
        return self.path.suffix == ".xlsm"


def write_files(folder: Path) -> list[File]:
    """Build and write the workbook in every language, with macros and without."""
    files = []
    for lang in LANGUAGES:
        for macros in (False, True):
            built = build(lang, macros=macros)
            path = folder / f"{OURS}{lang}.{'xlsm' if macros else 'xlsx'}"
            path.write_bytes(built.data)
            files.append(File(path, lang, built))
    return files


def recalculate(host: Host, app: App, file: File) -> Iterator[Check]:
    """Compare each formula's cell with what the file holds, as of today.

    The Functions sheet is another step's: here its functions are not loaded.
    """
    book = open_book(app, file.path)
    rebuild(host, app)
    wanted = file.built.calculate({}, today())
    by_sheet = _by_sheet(file)
    faults: list[str] = []
    for sheet, names in by_sheet.items():
        faults += _differences(host, book.sheets[sheet], names, wanted)
    count = sum(map(len, by_sheet.values()))
    title = f"computing {file.path.name}"
    if faults:
        yield Check(title, FAULT, f"{len(faults)} of {count:,} cells differ: {listed(faults)}.")
    else:
        yield Check(title, OK, f"All {count:,} formulas give what the file holds.")


def _by_sheet(file: File) -> dict[str, dict[str, str]]:
    """Return the name of each computed cell by sheet and address, but for those that ask VBA."""
    asks_vba = Words(file.lang)("Functions")
    found: dict[str, dict[str, str]] = {}
    for (sheet, address), name in file.built.formulas.items():
        if sheet != asks_vba:
            found.setdefault(sheet, {})[address] = name
    return found


def _differences(
    host: Host, sheet: Sheet, names: Mapping[str, str], wanted: Mapping[str, object]
) -> Iterator[str]:
    for (address, name), got in zip(names.items(), read_places(host, sheet, [*names]), strict=True):
        if not same(wanted[name], got):
            yield f"{sheet.name}!{address} ({name}) is {got!r} instead of {wanted[name]!r}"


def grow(host: Host, app: App, file: File) -> Iterator[Check]:
    """Paste a row below Campaign and below Actuals; each must grow, and compute the row."""
    book = open_book(app, file.path)
    rows = default_inputs(Words(file.lang), bundled_card())
    longer = {name: [*rows[name], rows[name][0]] for name in (CAMPAIGN, ACTUALS)}
    wanted = build(file.lang, rows=longer)
    for table in longer:
        try:
            _paste(book, wanted, table, len(rows[table]))
            rebuild(host, app)
        except Exception as error:  # noqa: BLE001 - each system raises its own
            yield Check(f"pasting below {table}", FAULT, f"Excel refused: {reason(error)}.")
    for table in longer:
        yield _grown(host, book, wanted, table, len(rows[table]))


def _paste(book: Any, wanted: Built, table: str, row: int) -> None:  # noqa: ANN401 - of xlwings
    """Copy the typed cells of the first row below the last: side by side, as they are pasted."""
    places = {}
    for name, (sheet, address) in wanted.inputs.items():
        if name.startswith(f"{table}.") and name.endswith(f".{row}"):
            letters, number = coordinate_from_string(address)
            places[column_index_from_string(letters)] = (sheet, number)
    columns = sorted(places)
    for _, run in groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
        block = [column for _, column in run]
        sheet, below = places[block[0]]
        first = below - row
        cells = book.sheets[sheet]
        source = cells.range((first, block[0]), (first, block[-1]))
        source.copy(cells.range((below, block[0]), (below, block[-1])))


def _grown(host: Host, book: Any, wanted: Built, table: str, row: int) -> Check:  # noqa: ANN401
    title = f"pasting below {table}"
    computed = {
        place: name
        for place, name in wanted.formulas.items()
        if name.startswith(f"{table}.") and name.endswith(f".{row}")
    }
    sheet = book.sheets[next(iter(computed))[0]]
    found = next(each for each in sheet.tables if each.name == table)
    rows = found.range.shape[0] - 1
    if rows != row + 1:
        return Check(title, FAULT, f"The table has {rows} rows instead of {row + 1}.")
    names = {address: name for (_, address), name in computed.items()}
    faults = [*_differences(host, sheet, names, wanted.calculate({}, today()))]
    if faults:
        return Check(title, FAULT, f"The new row is computed otherwise: {listed(faults)}.")
    return Check(title, OK, f"The table grew, and its new row's {len(names)} formulas compute.")


def draw(app: App, file: File, folder: Path) -> Iterator[Check]:
    """Save a picture of each sheet, as it is printed: a PDF, for a PNG goes by the clipboard."""
    book = open_book(app, file.path)
    faults, count = [], 0
    for number, sheet in enumerate(book.sheets, start=1):
        path = folder / f"{file.lang}-{number:02}-{sheet.name}.pdf"
        try:
            sheet.to_pdf(str(path))
            count += 1
            if not path.is_file():
                faults.append(f"{sheet.name}: no file was written")
        except Exception as error:  # noqa: BLE001 - each system raises its own
            faults.append(f"{sheet.name}: {reason(error)}")
    title = f"pictures of {file.path.name}"
    if faults:
        yield Check(title, FAULT, f"Not every sheet was drawn: {listed(faults)}.")
    else:
        yield Check(title, OK, f"{count} sheets were drawn; look at the charts and the marks.")
