"""The steps with our VBA: it compiles, and each function answers what Python answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from workbook_templates.book.words import Words
from workbook_templates.sheets.functions import AGREE, STATUS
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.ranges import as_grid
from xl_pricing.hosts.excel.doctor import FAULT, NOTE, OK, Check
from xl_pricing.hosts.excel.selftest.cells import listed, read, read_places, same
from xl_pricing.hosts.excel.selftest.instance import (
    App,
    Host,
    Sheet,
    open_addin,
    open_book,
    reason,
    rebuild,
)
from xl_pricing.hosts.excel.selftest.workbooks import File

_MOST_TEXT = 255
"""Characters that Excel takes as a text within a formula."""
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
"""Those that can be typed."""
_BESIDE = 40
"""The column where ranges begin that a case refers to."""

_ENTRIES: Sequence[tuple[str, str, tuple[object, ...], object]] = (
    ("Declaration", "ErrorNumber", ("#N/A",), 2042),
    ("Declaration", "DescribeFunctions", (), True),
    ("PythonCalls", "ValueOf", (5,), 5),
)
"""Module, procedure, arguments, answer: calling one compiles its whole module."""


class Case(NamedTuple):
    """A call of the shared table as it is typed."""

    function: str
    args: list[Any]
    why: str
    told: object
    """The table's own answer or error."""


class _NotTypedError(ValueError):
    """An argument that a formula cannot hold."""


def read_cases() -> list[Case]:
    """Read the shared table of calls, which the tests of every host read too."""
    rows = json.loads(files(__package__).joinpath("functions.json").read_text(encoding="utf-8"))
    return [
        Case(row["function"], row["args"], row["why"], row.get("error") or row.get("answer"))
        for row in rows
    ]


def compile_modules(app: App, file: File) -> Iterator[Check]:
    """Call a procedure of each module that can be called without being seen."""
    book = open_book(app, file.path)
    for module, name, arguments, wanted in _ENTRIES:
        title = f"VBA {module}.{name}"
        try:
            got = book.macro(f"{module}.{name}")(*arguments)
        except Exception as error:  # noqa: BLE001 - each system raises its own
            yield Check(title, FAULT, f"It could not be run: {reason(error)}.")
            continue
        state = OK if same(wanted, got) else FAULT
        yield Check(title, state, f"The module compiles, and it answers {got!r}.")
    says = "Its only macro shows a message and asks the network: press Refresh rates once by hand."
    yield Check("VBA Macros.RefreshRates", NOTE, says)


def type_functions(host: Host, app: App, file: File) -> Iterator[Check]:
    """Type each case that a formula can hold, and look at the Functions sheet."""
    if not host.is_windows:
        says = "On a Mac the functions answer #N/A: VBA reaches Python on Windows only."
        yield Check("functions", NOTE, says)
        return
    open_addin(host, app)
    book = open_book(app, file.path)
    sheet = book.sheets.add("Selftest", after=book.sheets[len(book.sheets) - 1])
    cases = read_cases()
    typed = {case.function: 0 for case in cases}
    faults, otherwise, row = [], [], 1
    for case in cases:
        try:
            formula, tables = _formula(case, row)
        except _NotTypedError:
            continue
        wanted = [[*line] for line in as_grid(answer(FUNCTIONS[case.function], _values(case)))]
        got = _type(host, sheet, row, formula, tables, wanted)
        typed[case.function] += 1
        if not _agree(wanted, got):
            faults.append(f"{formula} ({case.why}) is {got} instead of {wanted}")
        if not _as_told(case.told, wanted):
            otherwise.append(formula)
        row += max(len(wanted), *map(len, tables.values()), 1)
    yield from _functions_found(typed, faults, otherwise)
    yield _functions_sheet(host, app, file, book)


def _functions_found(
    typed: Mapping[str, int], faults: Sequence[str], otherwise: Sequence[str]
) -> Iterator[Check]:
    counts = ", ".join(f"{name} {count}" for name, count in typed.items())
    if faults:
        says = f"{len(faults)} of {sum(typed.values())} calls differ from Python: {listed(faults)}."
        yield Check("functions", FAULT, says)
    else:
        yield Check("functions", OK, f"Every typed call answers as Python does: {counts}.")
    if otherwise:
        says = f"The card in force or the day moves {len(otherwise)} cases: {listed(otherwise)}."
        yield Check("cases", NOTE, says)


def _functions_sheet(host: Host, app: App, file: File, book: Any) -> Check:  # noqa: ANN401 - of xlwings
    rebuild(host, app)
    places = {name: place for place, name in file.built.formulas.items()}
    sheet, address = places[STATUS.name]
    (got,) = read_places(host, book.sheets[sheet], [address])
    state = OK if got == Words(file.lang)(AGREE) else FAULT
    return Check("Functions sheet", state, f"It says: {got}")


def _formula(case: Case, row: int) -> tuple[str, dict[str, list[list[object]]]]:
    """Return the formula, and the ranges beside it that it refers to, by their address."""
    tables: dict[str, list[list[object]]] = {}
    written = []
    for argument in case.args:
        if not isinstance(argument, list):
            written.append(_literal(argument))
            continue
        if tables or any(isinstance(cell, dict) for line in argument for cell in line):
            raise _NotTypedError
        first, last = map(get_column_letter, (_BESIDE, _BESIDE + len(argument[0]) - 1))
        address = f"{first}{row}:{last}{row + len(argument) - 1}"
        tables[address] = argument
        written.append(address)
    return f"={case.function}({','.join(written)})", tables


def _literal(value: object) -> str:
    """Write an argument; raise `_NotTypedError` for what has no literal, such as a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str) and len(value) <= _MOST_TEXT:
        quoted = value.replace('"', '""')
        return f'"{quoted}"'
    if isinstance(value, dict) and value.get("error") in _ERRORS:
        return str(value["error"])
    raise _NotTypedError


def _values(case: Case) -> list[object]:
    """Return the arguments as Python is called with them."""
    return [each["error"] if isinstance(each, dict) else each for each in case.args]


def _type(
    host: Host,
    sheet: Sheet,
    row: int,
    formula: str,
    tables: Mapping[str, list[list[object]]],
    wanted: Sequence[Sequence[object]],
) -> list[list[object]]:
    """Type a formula, over as many cells as it should fill, and read what they show."""
    try:
        for address, cells in tables.items():
            sheet.range(address).value = cells
        cell = sheet.range((row, 1), (row + len(wanted) - 1, len(wanted[0])))
        if cell.shape == (1, 1):
            cell.formula = formula
        else:
            cell.formula_array = formula
        return [[*line] for line in read(host, cell)]
    except Exception as error:  # noqa: BLE001 - each system raises its own
        return [[reason(error)]]


def _agree(wanted: Sequence[Sequence[object]], got: Sequence[Sequence[object]]) -> bool:
    return [*map(len, wanted)] == [*map(len, got)] and all(
        same(one, other)
        for line, lines in zip(wanted, got, strict=True)
        for one, other in zip(line, lines, strict=True)
    )


def _as_told(told: object, answered: Sequence[Sequence[object]]) -> bool:
    """Tell whether Python answers here and now what the table says; null is left open."""
    if isinstance(told, str) and told.startswith("#"):
        return str(answered[0][0]).startswith(told)
    lines = as_grid(told)
    return len(lines) == len(answered) and all(
        one is None or same(one, other)
        for line, got in zip(lines, answered, strict=True)
        for one, other in zip(line, got, strict=False)
    )
