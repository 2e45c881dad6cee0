"""The wheel: what it asks for in a browser, and that it prices there."""

import os
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from hosts import pyodide
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as pip does."""
    from hatchling.build import build_wheel

    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return folder / build_wheel(str(folder))
    finally:
        os.chdir(before)


def asks_for(wheel: Path, **environment: str) -> set[str]:
    """Return the packages that an installer adds to a wheel, without its extras."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(archive.read(name).decode())
    wanted = map(Requirement, told.get_all("Requires-Dist", []))
    given = {"extra": "", **environment}
    return {each.name for each in wanted if each.marker is None or each.marker.evaluate(given)}


def test_in_a_browser_it_asks_for_nothing(wheel: Path) -> None:
    assert asks_for(wheel, sys_platform="emscripten") == set()
    assert {"click", "pydantic", "xlwings"} < asks_for(wheel, sys_platform="win32")


def test_it_prices_in_a_browser_with_nothing_beside_it(wheel: Path) -> None:
    calls = [("IMGCOST", ["1024x1536", "high"]), ("IMGSIZE", ["4:5"])]
    assert pyodide.answers(calls, wheel.read_bytes()) == [0.16464, "1024x1280"]
