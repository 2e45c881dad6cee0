"""The whole add-in in Chromium: the pane, its worker and Pyodide, and a sheet that stands in."""

import json
from collections.abc import Iterator

import pytest

from . import office_page
from .chromium import Chromium, Page
from .office_page import OFFICE_JS, STUB, shown

PANE_STUB = STUB.with_name("pane_office.js")
CELLS = {"Sheet1!B7": {"formula": '=IMGCOST("4:5","high","gpt-image-2",,180)', "value": 0.1845}}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with pytest.MonkeyPatch.context() as patch, Chromium() as browser:
        stopped = [*office_page.stopped_core()]
        patch.setattr("xl_pricing.hosts.wheel.core_files", lambda: stopped)
        with shown() as preview:
            page = browser.page()
            stubs = STUB.read_bytes() + PANE_STUB.read_bytes()
            page.instead = {OFFICE_JS: (200, "text/javascript", stubs)}
            page.answer_instead()
            given = json.dumps({"sheet": {"cells": CELLS}})
            start = f"window.given = {given};"
            page.ask("Page.addScriptToEvaluateOnNewDocument", source=start)
            page.open(f"{preview.origin}/taskpane.html")
            yield page


def test_the_pane_explains_prices_and_writes_by_the_add_ins_own_python(page: Page) -> None:
    page.wait_until("document.querySelector('.explained') !== null")
    assert "0.1845 USD per image" in page.run("document.getElementById('explained').innerText")
    page.wait_until("document.getElementById('priced').textContent.startsWith('39.65 USD')")
    page.run("sheet.active = 'Sheet1!C1'; select('Sheet1!C1')")
    page.wait_until("document.getElementById('write').textContent === 'Write into C1'")
    page.run("document.getElementById('write').click()")
    page.wait_until("sheet.written.length === 1")
    assert "1088 × 1360 px" in page.run("document.getElementById('found').textContent")
    assert page.faults == []
