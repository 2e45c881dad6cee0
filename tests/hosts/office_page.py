"""The folder for Excel, shown by its own preview in Chromium, Office.js stood in for."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from that_day import THAT_DAY

from xl_pricing.hosts import wheel
from xl_pricing.hosts.core_files import core_files
from xl_pricing.hosts.office import folder
from xl_pricing.hosts.office.pyodide import read_pyodide
from xl_pricing.hosts.office.serve import Preview

from .chromium import Chromium, Page
from .programs import PYODIDE, require

STUB = Path(__file__).with_name("office_stub.js")
OFFICE_JS = "appsforoffice.microsoft.com"
_DAY, _TODAY = "xl_pricing/rates/day.py", b"date.today()"


def stopped_core(day: date = THAT_DAY) -> Iterator[tuple[str, bytes]]:
    """Yield the core's files with the clock stopped, on the day of the cases if none is given."""
    for name, data in core_files():
        assert name != _DAY or _TODAY in data
        yield name, data.replace(_TODAY, f"date({day:%Y, %-m, %-d})".encode())


def stopped_wheel() -> bytes:
    """Return the wheel of that core."""
    with pytest.MonkeyPatch.context() as patch:
        stopped = [*stopped_core()]
        patch.setattr(wheel, "core_files", lambda: stopped)
        return wheel.wheel(*folder._WORKER)[1]


def made(origin: str) -> dict[str, bytes]:
    """Return the folder's files."""
    return folder.parts(origin, read_pyodide(Path(require(PYODIDE))))


@contextmanager
def shown(instead: Mapping[str, bytes] | None = None) -> Iterator[Preview]:
    """Show the folder, some of its files replaced."""
    with Preview(0) as preview:
        preview.show({**made(preview.origin), **(instead or {})})
        threading.Thread(target=preview.serve_forever, daemon=True).start()
        yield preview
        preview.shutdown()


def opened(browser: Chromium, preview: Preview) -> Page:
    """Open the page as Excel does."""
    page = browser.page()
    page.instead = {OFFICE_JS: (200, "text/javascript", STUB.read_bytes())}
    page.answer_instead()
    page.open(f"{preview.origin}/taskpane.html")
    page.wait_until("window.associated?.size > 0 && window.pricing !== undefined")
    return page
