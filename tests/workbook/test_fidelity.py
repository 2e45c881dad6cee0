"""What Excel needs of the built files: the four workbooks and the add-in."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hosts.fidelity import infidelities
from openpyxl import load_workbook
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build_addin

FILES: dict[str, Callable[[], bytes]] = {
    "en.xlsx": lambda: built_in("en").data,
    "en.xlsm": lambda: built_in("en", macros=True).data,
    "zh-CN.xlsx": lambda: built_in("zh-CN").data,
    "zh-CN.xlsm": lambda: built_in("zh-CN", macros=True).data,
    "addin.xlam": build_addin,
}


@pytest.mark.parametrize("name", FILES)
def test_excel_takes_the_file_as_it_is_meant(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    assert infidelities(path) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "found"),
    [
        (r"xl/worksheets/sheet2.xml", "<formula1>'", "<formula1>='", "equals sign"),
        (r"xl/styles.xml", "&quot;–&quot;", "–", "unquoted"),
        (r"xl/tables/table\d+.xml", "<tableColumns", "<autoFilter></autoFilter><tableColumns",
         "locked"),
        (r"xl/charts/chart1.xml", '<roundedCorners val="0">', '<roundedCorners val="1">', "square"),
        (r"xl/charts/chart1.xml", '<autoTitleDeleted val="1">', '<autoTitleDeleted val="0">',
         "no title"),
        (r"xl/charts/chart2.xml", "numCache", "other", "does not hold"),
        (r"xl/drawings/drawing4.xml", r'cx="\d+"', 'cx="12240000"', "wider"),
    ],
)  # fmt: skip
def test_what_excel_would_take_otherwise_is_found(
    part: str, old: str, new: str, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "budget.xlsx"
    with ZipFile(BytesIO(built_in("en").data)) as archive, ZipFile(path, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name).decode()
            content = re.sub(old, new, content) if re.fullmatch(part, name) else content
            copy.writestr(name, content, zipfile.ZIP_DEFLATED)
    assert any(found in sentence for sentence in infidelities(path))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chart_holds_what_its_cells_show(lang: str) -> None:
    """The budget's four steps, and the plan's line of the retries over time."""
    book = load_workbook(BytesIO(built_in(lang).data))
    first = book[Words(lang)("Worksheet")]._charts[0].series[1]
    assert [float(point.v) for point in first.val.numRef.numCache.pt] == pytest.approx(
        [23.12304, 11.56152, 6.936912, 41.621472]
    )
    assert len({point.v for point in first.cat.strRef.strCache.pt}) == 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_functions_are_not_loaded_in_a_file_that_nobody_has_opened(lang: str) -> None:
    values = built_in(lang, macros=True).values
    assert values["functions_loaded"] == 0
    assert not str(values["functions_status"]).startswith("✔")
    assert values["fn_IMGCOST"] == "#N/A"
