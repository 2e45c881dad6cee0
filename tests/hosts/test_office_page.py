"""The add-in for Excel in a real browser: Python in a worker, Office.js stood in for."""

from collections.abc import Iterator

import pytest

from . import office_page
from .chromium import Chromium, Page
from .office_page import opened, shown


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with pytest.MonkeyPatch.context() as patch, Chromium() as browser:
        stopped = [*office_page.stopped_core()]
        patch.setattr("xl_pricing.hosts.wheel.core_files", lambda: stopped)
        with shown() as preview:
            yield opened(browser, preview)


def test_a_cell_is_answered(page: Page) -> None:
    assert page.run("cell('IMGCOST', [[['4:5']], [['high']], null])") == {"rows": [[0.18357]]}


def test_an_error_says_its_reason(page: Page) -> None:
    said = page.run("cell('IMGCOST', [[['4:5']], [['hihg']]])")
    assert said["error"] == "#VALUE!"
    assert "did you mean high?" in said["reason"]


def test_the_pane_asks_in_words_and_is_told_the_day(page: Page) -> None:
    assert page.run("pricing.call('IMGCOST', ['4:5', 'high'])") == 0.18357
    assert page.run("pricing.card()")["prices_as_of"] == "2026-11-23"
    assert page.faults == []
