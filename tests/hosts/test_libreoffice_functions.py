"""The functions in LibreOffice Calc: the case table typed as formulas, in the extension."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cases import Case, agree, read_cases, value_of
from cli.command_line import assert_one_sentence, run
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from that_day import THAT_DAY

from workbook_templates.book.words import Words
from xl_pricing.functions.catalogue import FUNCTIONS, ZERO_IS_A_VALUE
from xl_pricing.hosts.libreoffice import extension
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.refresh.saved_card import Saved, saved_text
from xl_pricing.rates.rows import EXCEL_EPOCH

from . import calc_extension
from .libreoffice import LibreOffice, Value
from .random_calls import Call, random_calls

WIDEST = 16
"""Columns that an answer or an argument takes at most."""
Rows = list[list[Any]]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Give a folder that is none of pytest's: unopkg's user may not look into those."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def data_folder(home: Path) -> Path:
    """Say where the extension's user keeps rate cards."""
    return home / "data"


@pytest.fixture(scope="module")
def calc(home: Path, data_folder: Path) -> Iterator[LibreOffice]:
    folder = home / "office"
    folder.mkdir()
    home.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XL_PRICING_DATA", str(data_folder))
        calc_extension.install(calc_extension.of_that_day(), folder)
        with LibreOffice(folder=folder, as_user=calc_extension.as_user(folder)) as office:
            yield office


def as_rows(value: Any) -> Rows:
    if not isinstance(value, list):
        return [[value]]
    return value if value and isinstance(value[0], list) else [value]


def ask(calc: LibreOffice, calls: Sequence[tuple[str, list[Any], Any]]) -> list[Rows]:
    """Type calls, their arguments in cells of their own; return what stands where they answer."""
    cells: dict[str, Value] = {}
    formulas: dict[str, str] = {}
    row = 1
    for function, arguments, wanted in calls:
        given = []
        for number, argument in enumerate(arguments, start=1):
            rows = as_rows(argument)
            left = number * WIDEST + 1
            for i, line in enumerate(rows):
                for j, cell in enumerate(line):
                    cells[f"Sheet1!{get_column_letter(left + j)}{row + i}"] = typed(cell)
            given.append("" if argument is None else area(row, left, rows))
        formulas[f"Sheet1!{area(row, 1, as_rows(wanted))}"] = f"={function}({';'.join(given)})"
        row += 1 + max(len(as_rows(each)) for each in (wanted, *arguments))
    calc.open_empty()
    calc.set_cells(cells)
    calc.set_arrays(formulas)
    return calc.read_blocks([*formulas])


def area(row: int, left: int, rows: Rows) -> str:
    first, last = get_column_letter(left), get_column_letter(left + len(rows[0]) - 1)
    return (
        f"{first}{row}:{last}{row + len(rows) - 1}" if rows != [[rows[0][0]]] else f"{first}{row}"
    )


def typed(value: Any) -> Value:
    if isinstance(value, datetime):
        return (value - EXCEL_EPOCH).total_seconds() / 86_400
    return value if isinstance(value, str | bool | None) else float(value)


def is_told_apart(case: Case) -> bool:
    """Tell whether Calc can ask for a case: to it TRUE is 1, and a blank cell 0.

    A time is a number there, and a cell holds neither NaN nor 1e309. An error passes by a function.
    """
    names = [argument.name for argument in FUNCTIONS[case.function].arguments]
    for name, written in zip(names, case.args, strict=False):
        if isinstance(written, dict) and {"error", "number", "datetime"} & set(written):
            return False
        cells = list(chain.from_iterable(as_rows(value_of(written))))
        if any(isinstance(c, bool) or (isinstance(c, str) and c.startswith("#")) for c in cells):
            return False
        only = cells[0] if len(cells) == 1 else None
        if only == "" or (only == 0 and name not in ZERO_IS_A_VALUE):
            return False
    return True


CASES = [
    case for name in ("functions", "sheet") for case in read_cases(name) if is_told_apart(case)
]


def test_calc_gives_the_answer_of_every_case(calc: LibreOffice) -> None:
    assert len(CASES) > 300
    calls = [(case.function, list(map(value_of, case.args)), case.answer) for case in CASES]
    answers = ask(calc, calls)
    wrong = [
        (str(case), case.args, got, case.answer or case.error)
        for case, got in zip(CASES, answers, strict=True)
        if not holds(case, got)
    ]
    assert wrong == []


def holds(case: Case, got: Rows) -> bool:
    if not case.error:
        return agree(got, as_rows(case.answer))
    told = str(got[0][0])
    return told.startswith(case.error) and (
        not FUNCTIONS[case.function].is_table or case.says in told
    )


@pytest.mark.usefixtures("that_day")
def test_calc_answers_random_calls_as_python_does(calc: LibreOffice) -> None:
    """One column of formulas, read in one go: the answers of a sheet take seconds so."""
    calls = random_calls()
    calc.open_empty()
    calc.fill("Sheet1", [[as_typed(call)] for call in calls], formulas=True)
    answers = calc.read_block(f"Sheet1!A1:A{len(calls)}")
    wrong = [(call, got) for call, (got,) in zip(calls, answers, strict=True) if got != call.answer]
    assert wrong == []


def as_typed(call: Call) -> str:
    """Write a call as a formula, its arguments in it."""
    given = ("" if a is None else f'"{a}"' if isinstance(a, str) else a for a in call.arguments)
    return f"={call.function}({','.join(map(str, given))})"


def test_errors_are_errors_that_formulas_see(calc: LibreOffice) -> None:
    calc.open_empty()
    calc.set_arrays(
        {
            "Sheet1!A1": '=ISNA(IMGCOST("auto";"high"))*1',
            "Sheet1!A2": '=IFERROR(IMGCOST("10x10";"high");7)',
            "Sheet1!A3": "=IMGBUDGET(0.5;100;1.5;B9)",
            "Sheet1!A4": "=IMGBUDGET(0.5;100;1.5)",
        }
    )
    assert calc.read_block("Sheet1!A1:A4") == [[1], [7], [75], [90]]


def test_the_menu_entry_takes_the_card_that_was_refreshed(
    calc: LibreOffice, data_folder: Path
) -> None:
    calc.open_empty()
    calc.set_arrays({"Sheet1!A1": '=IMGRATE("gpt-image-2";"image_out")'})
    assert calc.read_block("Sheet1!A1") == [[30]]
    dearer = [
        replace(rate, usd_per_mtok=Decimal(33))
        if rate.series == ("gpt-image-2", "image_out", "standard")
        else rate
        for rate in bundled_card().rates
    ]
    saved = Saved(number=1, saved=THAT_DAY, why="a test", rates=tuple(dearer))
    data_folder.mkdir(parents=True)
    (data_folder / "card.json").write_bytes(saved_text(saved))
    try:
        calc.dispatch("service:org.xlpricing.TakeRates?quietly")
        assert calc.read_block("Sheet1!A1") == [[33]]
    finally:
        (data_folder / "card.json").unlink()


def test_a_file_of_excel_answers_once_its_formulas_are_typed_again(
    calc: LibreOffice, home: Path
) -> None:
    path = home / "office" / "of_excel.xlsx"
    book = Workbook()
    book.active["A1"], book.active["A2"] = '=IMGCOST("4:5","high")', "=IMGBUDGET(A1,100,1.5)"
    book.save(path)
    calc.open(path)
    calc.replace(book.active.title, "=", "=")
    assert calc.read_block(f"{book.active.title}!A1:A2") == [[0.18357], [pytest.approx(33.0426)]]


def test_a_file_for_excel_names_functions_as_the_readme_says(calc: LibreOffice, home: Path) -> None:
    calc.open_empty()
    calc.set_arrays({"Sheet1!A1": '=IMGCOST("4:5";"high")'})
    calc.save(path := home / "office" / "for_excel.xlsx")
    (name,) = re.findall(r">([\w.]+)\(", zipfile.Path(path, "xl/worksheets/sheet1.xml").read_text())
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    assert f"`{name.removesuffix('IMGCOST')}`" in readme or name == "IMGCOST"


# The extension


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(extension.build())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_extension_is_the_same_on_every_run() -> None:
    assert extension.build() == extension.build()


def test_it_holds_no_host_no_command_and_no_bills() -> None:
    rooms = {name.split("/")[2] for name in parts() if name.startswith("pythonpath/")}
    assert {"estimation", "rates", "functions", "errors.py"} <= rooms
    assert not rooms & {"hosts", "cli", "bills", "planning", "__main__.py"}


@pytest.mark.parametrize("name", ["CalcAddIns.xcu", "Addons.xcu", "description.xml"])
def test_its_documents_are_whole(name: str) -> None:
    assert ET.fromstring(parts()[name]).tag  # noqa: S314 - we wrote it


def test_the_wizard_explains_every_function_and_argument_in_both_languages() -> None:
    told = parts()["CalcAddIns.xcu"].decode()
    chinese = Words("zh-CN")
    for function in FUNCTIONS.values():
        for doc in (function.doc, *(argument.doc for argument in function.arguments)):
            assert extension.escape(doc) in told
            assert extension.escape(chinese(doc)) in told


def test_excels_names_are_told_for_files_of_excel() -> None:
    """LibreOffice takes them as those of a language, and files of Excel are in American English."""
    told = ET.fromstring(parts()["CalcAddIns.xcu"])  # noqa: S314 - we wrote it
    properties = [each for each in told.iter("prop") if "CompatibilityName" in each.attrib.values()]
    names = {
        value.text
        for each in properties
        for value in each.iter("value")
        if value.attrib.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"
    }
    assert names == {*FUNCTIONS}


def test_it_tells_who_made_it_and_what_for() -> None:
    told = ET.fromstring(parts()["description.xml"])  # noqa: S314 - we wrote it
    space = "{http://openoffice.org/extensions/description/2006}"
    assert told.findtext(f"{space}publisher/{space}name") == extension.PUBLISHER
    (source,) = told.iter(f"{space}src")
    assert parts()[source.attrib["{http://www.w3.org/1999/xlink}href"]].decode() == extension.ABOUT


def test_arguments_keep_their_names_and_say_which_are_needed() -> None:
    """Calc calls every argument optional, and a formula's help names them as the README does."""
    told = parts()["CalcAddIns.xcu"].decode()
    arguments = [a for function in FUNCTIONS.values() for a in function.arguments]
    assert told.count(extension.NEEDED_HELP) == sum(not a.optional for a in arguments)
    for argument in arguments:
        assert f'"DisplayName"><value>{argument.name}</value>' in told


def test_arguments_that_may_be_0_say_what_a_blank_cell_is() -> None:
    told = parts()["CalcAddIns.xcu"].decode()
    optional = {
        (function.name, argument.name)
        for function in FUNCTIONS.values()
        for argument in function.arguments
        if argument.optional and argument.name in ZERO_IS_A_VALUE
    }
    assert told.count(extension.ZERO_HELP) == len(optional)
    assert ("IMGBUDGET", "buffer") in optional


def test_another_file_is_replaced_only_when_asked_and_only_if_it_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("image_pricing.oxt")
    assert run(f"host libreoffice {path}").exit_code == 0
    assert_one_sentence(run(f"host libreoffice {path}"), "accepted: another name, or --force")
    assert run(f"host libreoffice {path} --force").exit_code == 0


@pytest.mark.parametrize("data", [b"", b"mine", None])
def test_a_file_of_somebody_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("mine.oxt")
    if data is None:  # another extension
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("description.xml", '<identifier value="org.example.other"/>')
    else:
        path.write_bytes(data)
    before = path.read_bytes()
    for force in ("", " --force"):
        told = run(f"host libreoffice {path}{force}")
        assert_one_sentence(told, "is no extension of xl-pricing; accepted: another name\n")
    assert path.read_bytes() == before
