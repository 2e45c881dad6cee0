"""The VBA: its sources, the projects built from them, the files that hold them, LibreOffice."""

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from templates import built_in

from hosts import vba_host
from hosts.workbook_file import SHARED_FUNCTIONS, findings, sdk_findings
from workbook_templates.book.macros import BUTTON, CODE_NAMES, RIBBON, WORKBOOK_CODE_NAME
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build_addin
from workbook_templates.vba import generate
from xl_pricing.functions import IMGBUFFER, IMGCOST, IMGCREDITS
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.values import ERROR_NAMES

FOLDER = Path(generate.__file__).parent
SOURCES = sorted([*FOLDER.glob("*/*.bas"), *FOLDER.glob("*/*.cls")])
WORKBOOK_NAMES = [name for names in CODE_NAMES.values() for name in names]
OF_THE_JOB = FUNCTIONS.keys() - {"IMGBILL"}
"""The functions that stand beside a native result: a bill has none in the workbook."""
KINDS = {"workbook": "budget.xlsm", "addin": "xl_pricing.xlam"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    paths = {kind: folder / name for kind, name in KINDS.items()}
    paths["workbook"].write_bytes(built_in("en", macros=True).data)
    paths["addin"].write_bytes(build_addin())
    return paths


def sources(kind: str) -> dict[str, str]:
    paths = [path for path in SOURCES if path.parent.name in ("shared", kind)]
    return {path.stem: path.read_bytes().decode("cp1252") for path in paths}


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


# The sources


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_source_is_what_vba_reads(path: Path) -> None:
    source = path.read_bytes().decode("cp1252")
    assert source.startswith(f'Attribute VB_Name = "{path.stem}"\r\n')
    assert "\n" not in source.replace("\r\n", "")
    assert "Option Explicit" in source
    assert max(map(len, source.splitlines())) < 1024
    assert not re.search(r"(_\r\n.*){25}_\r\n", source)


LIBRARIES = {"vba", "excel", "office", "stdole", "vbaproject", "scripting", "msforms"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_name_is_also_that_of_a_module_or_library(path: Path) -> None:
    """VBA ignores case: ``Macros`` in an expression would be the constant, not the module."""
    source = re.sub(r"'.*|\"[^\"]*\"", "", path.read_bytes().decode("cp1252"))
    declared = re.findall(
        r"\b(?:Const|Dim|WithEvents|Sub|Function|ByVal|ByRef|Private|Public|Optional|,)\s+(\w+)",
        source,
    )
    modules = {other.stem.lower() for other in SOURCES} | set(map(str.lower, WORKBOOK_NAMES))
    assert {name.lower() for name in declared} & (LIBRARIES | modules) == set()


def test_the_generated_sources_are_current() -> None:
    for name, source in generate.generate().items():
        assert (FOLDER / "shared" / f"{name}.bas").read_bytes() == generate.encode(source)


def test_no_source_names_a_version_or_a_path() -> None:
    for path in SOURCES:
        source = path.read_bytes().decode("cp1252")
        assert not re.search(r"xlwings\d|\.dll|[A-Z]:\\|/home|/Users", source), path


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_wrapper_hands_over_every_argument(function: Any) -> None:
    wrappers = sources("workbook")["CellFunctions"]
    (written,) = re.findall(rf"Public Function {function.name}\((.*)\)\r", wrappers)
    names = [argument.vba_name for argument in function.arguments]
    assert [name.split()[-1] for name in written.split(", ")] == names
    assert [name.startswith("Optional ") for name in written.split(", ")] == [
        argument.optional for argument in function.arguments
    ]
    values = ", ".join(f"ValueOf({name})" for name in names)
    assert f'{function.name} = Answer("{function.name}", Array({values}))' in wrappers


def test_every_error_has_its_number() -> None:
    cases = re.findall(r'Case "(.*)": ErrorNumber = (\d+)', sources("addin")["Declaration"])
    assert {int(number): name for name, number in cases} == ERROR_NAMES


# The projects


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_project_is_the_one_that_its_sources_make(kind: str) -> None:
    pytest.importorskip("pyopenvba")
    from workbook_templates.vba.project import build as build_project

    assert (FOLDER / kind / "vbaProject.bin").read_bytes() == build_project(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_holds_no_compiled_code_and_says_so(kind: str) -> None:
    """[MS-OVBA] 2.3.4.1: version 0xFFFF and no performance cache."""
    olefile = pytest.importorskip("olefile")
    with olefile.OleFileIO(FOLDER / kind / "vbaProject.bin") as project:
        stream = project.openstream(["VBA", "_VBA_PROJECT"]).read()
    assert stream.hex(" ") == "cc 61 ff ff 00 00 00"


@pytest.mark.parametrize("kind", KINDS)
def test_olevba_reads_back_exactly_our_sources(kind: str, files: dict[str, Path]) -> None:
    olevba = pytest.importorskip("oletools.olevba")
    parser = olevba.VBA_Parser(str(files[kind]))
    found = {Path(name).stem: code for _, _, name, code in parser.extract_all_macros()}
    parser.close()
    ours = sources(kind)
    assert {name: found[name] for name in ours} == ours
    for sheet in found.keys() - ours.keys():
        assert set(re.findall(r"^\w+", found[sheet], re.MULTILINE)) == {"Attribute"}
    assert found.keys() - ours.keys() == set(CODE_NAMES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_reader_opens_the_project(kind: str, files: dict[str, Path]) -> None:
    pyopenvba = pytest.importorskip("pyopenvba")
    with pyopenvba.ExcelFile(files[kind]) as file:
        assert file.validate() == []
        assert file.references() == []
        ours = sources(kind)
        assert {name: file.get_module(name) for name in ours} == ours


def test_a_second_engine_runs_the_wrappers_as_excel_does() -> None:
    """Ranges go as values, an omitted argument is Empty, error names come back as errors."""
    pytest.importorskip("pyopenvba")
    from hosts import vba_engine

    not_available, value, number = "Error 2042", "Error 2015", "Error 2036"
    cells = vba_engine.run(sources("workbook"))
    assert [cell if isinstance(cell, float) else str(cell) for cell in cells] == [
        *("Variant() Double Empty", 0.0412345, not_available),
        *(not_available, 1.5, number, "#text"),
        *(value, "text"),
        *(1.0, "String String Empty", 2.0),
        value,
    ]


# The files


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES))
def test_the_macro_workbook_has_no_findings(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "budget.xlsm"
    path.write_bytes(built_in(lang, macros=True).data)
    assert findings(path, SHARED_FUNCTIONS | FUNCTIONS.keys() | {"TODAY"}) == []
    assert sdk_findings(path) == []


def test_the_addin_has_no_findings(files: dict[str, Path]) -> None:
    assert findings(files["addin"]) == []
    assert sdk_findings(files["addin"]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_names_are_those_of_the_project(kind: str, files: dict[str, Path]) -> None:
    assert f'codeName="{WORKBOOK_CODE_NAME}"' in part(files[kind], "xl/workbook.xml")
    for i, name in enumerate(CODE_NAMES[kind], start=1):
        assert f'codeName="{name}"' in part(files[kind], f"xl/worksheets/sheet{i}.xml")


def test_excel_is_told_what_the_files_are(files: dict[str, Path]) -> None:
    types = {kind: part(path, "[Content_Types].xml") for kind, path in files.items()}
    assert "application/vnd.ms-excel.sheet.macroEnabled.main+xml" in types["workbook"]
    assert "application/vnd.ms-excel.addin.macroEnabled.main+xml" in types["addin"]
    assert all('"application/vnd.ms-office.vbaProject"' in text for text in types.values())


def test_the_button_runs_the_macro_and_says_what_it_does(files: dict[str, Path]) -> None:
    button = part(files["workbook"], BUTTON)
    assert "<x:FmlaMacro>[0]!RefreshRates</x:FmlaMacro>" in button
    assert 'alt="Button: bring the rates up to date. Ctrl+Shift+R does the same."' in button
    keys = 'Attribute RefreshRates.VB_ProcData.VB_Invoke_Func = "R\\n14"'
    assert keys in sources("workbook")["Macros"]


def test_every_ribbon_button_has_its_callback(files: dict[str, Path]) -> None:
    callbacks = re.findall(r'onAction="(\w+)"', part(files["addin"], RIBBON))
    written = re.findall(r"Public Sub (\w+)\(ByVal button", sources("addin")["RibbonButtons"])
    assert callbacks == written
    assert len(callbacks) == 3
    assert "ui/extensibility" in part(files["addin"], "_rels/.rels")


def test_the_bytes_do_not_depend_on_the_run(files: dict[str, Path], tmp_path: Path) -> None:
    script = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']\n"
        "from pathlib import Path\n"
        "import xl_pricing.rates.day; from that_day import stop_the_clock\n"
        "stop_the_clock(lambda _, day: setattr(xl_pricing.rates.day, 'system_day', day))\n"
        "from workbook_templates.build import build, build_addin\n"
        "Path(sys.argv[2]).write_bytes(build(macros=True).data + build_addin())"
    )
    root = str(Path(__file__).parents[2])
    ours = files["workbook"].read_bytes() + files["addin"].read_bytes()
    for settings in (
        {"PYTHONHASHSEED": "7", "OPENPYXL_LXML": "True", "TZ": "Asia/Tokyo"},
        *many([], [{"PYTHONHASHSEED": "1", "OPENPYXL_LXML": "False"}]),
    ):
        command = [sys.executable, "-c", script, root, str(tmp_path / "both")]
        subprocess.run(command, env={"PATH": "", **settings}, check=True, timeout=60)
        assert (tmp_path / "both").read_bytes() == ours


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_viewer_shows_the_functions_as_not_loaded(lang: str) -> None:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(built_in(lang, macros=True).data), data_only=True)
    rows = list(book.worksheets[-1].iter_rows(7, 14, 3, 5, values_only=True))
    assert len(rows) == len(OF_THE_JOB)
    said = Words(lang)("not loaded")
    assert {(ours, difference) for ours, _, difference in rows} == {("#N/A", said)}
    assert rows[0][1] == pytest.approx(0.192692)
    arguments = [cell.value for (cell,) in book.worksheets[-1]["C19:C27"]]
    sizes = ["1024x1024", "#N/A", "4:5", "1024x1280"]  # no plan is chosen
    assert arguments == ["high", 1, 180, *sizes, 0.9, pytest.approx(1 / 15)]


# LibreOffice


@pytest.fixture(scope="module")
def report(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not many(quick=False, exhaustive=True):
        pytest.skip("a screen, two programs and a dozen calls: pytest --exhaustive")
    folder = tmp_path_factory.mktemp("office")
    told = vba_host.run(files["workbook"].read_bytes(), folder)
    for note in ("started", "commands", "alert"):
        told[note] = (folder / f"{note}.txt").read_text("utf-8")
    return told


def test_libreoffice_lists_the_modules_and_shows_the_button(report: dict[str, Any]) -> None:
    assert set(report["modules"]) == {*sources("workbook"), *CODE_NAMES["workbook"]}
    assert report["button"]["label"] == "Refresh rates"
    assert "Macros.RefreshRates?" in report["button"]["runs"]


def test_without_the_addin_a_function_is_an_error_and_the_sheet_says_why(
    report: dict[str, Any],
) -> None:
    *functions, inside_a_formula = report["without"]
    assert set(functions) == {"Error 2015"}
    assert inside_a_formula == "Err:504"
    assert report["functions_without"][1][0].startswith("Functions not loaded: enable macros")
    assert {row[3] for row in report["functions_without"][3:]} == {"not loaded"}


def test_without_the_addin_the_button_says_what_is_missing(report: dict[str, Any]) -> None:
    assert "the add-in of xlwings is missing" in report["message"]
    assert "xl-pricing excel doctor" in report["message"]


def test_typed_functions_go_through_the_wrappers_to_python(report: dict[str, Any]) -> None:
    cost = IMGCOST("1024x1536", "high")
    credits_ = IMGCREDITS("4:5", "high", "PixAPI")
    expected = [
        1,
        cost,
        "Error 2036",
        "Error 2015",
        "1024x1280",
        credits_,
        IMGBUFFER(120, 1.5),
        cost,
    ]
    assert report["with"] == pytest.approx(expected)


def test_the_python_object_is_kept_and_a_dead_one_replaced_once(report: dict[str, Any]) -> None:
    assert report["after_death"] == [1.0]
    assert report["started"].splitlines() == ["XLPy", "XLPy"]


def test_the_functions_sheet_agrees_with_the_worksheet(report: dict[str, Any]) -> None:
    assert report["functions_with"][1][0].startswith("✔")
    assert [row[3] for row in report["functions_with"][3:]] == [0.0] * len(OF_THE_JOB)


def test_a_click_on_the_button_refreshes_the_rates_in_the_sheet(report: dict[str, Any]) -> None:
    macro = "xl_pricing.excel.macros"
    assert report["commands"].splitlines() == [f"import {macro}; {macro}.refresh_rates()"]
    assert (report["rate_before"], report["rate_after"]) == (999.0, 5.0)
    assert "usd_per_mtok from 999 to 5" in report["alert"]
