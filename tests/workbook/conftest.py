"""What the tests of the workbook share: the built workbook of each language, and its file."""

from pathlib import Path

import pytest
from templates import built_in

from workbook_templates.book.words import LANGUAGES
from workbook_templates.build import Built


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    """Return each language of the workbook."""
    return str(request.param)


@pytest.fixture(scope="module")
def built(lang: str) -> Built:
    """Return the workbook of a language as it is shipped."""
    return built_in(lang)


@pytest.fixture
def template(built: Built, tmp_path: Path) -> Path:
    """Return the file of a language as it is shipped."""
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built.data)
    return path
