"""The step that refreshes a workbook's rates: from Excel through our VBA and xlwings to Python.

The macro of the button asks the network and shows a message; this one goes the same way and does
the same to the workbook, with a card, a source and an answer in the workbook's own folder.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from threading import Event

from xl_pricing.files import write_whole
from xl_pricing.hosts.excel.doctor import FAULT, OK, Check
from xl_pricing.hosts.excel.macros import calling_book, update_workbook
from xl_pricing.hosts.excel.selftest.instance import (
    App,
    Book,
    Host,
    open_addin,
    open_book,
    reason,
    rebuild,
)
from xl_pricing.hosts.excel.settings import Settings, write_settings
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.sources import find_source
from xl_pricing.rates.refresh.store import Store

MACRO = "refresh_in_selftest"
"""What our VBA lets Python run: `refresh_in_selftest`, by its name in `xl_pricing.excel.macros`."""

_SOURCE, _CARDS, _TOLD = "selftest-rates.csv", "selftest-cards", "selftest-told.json"
_SERIES = ("gpt-image-2", "image_out", "standard")
_COLUMNS = "model,meter,tier,usd_per_mtok,effective_from,source,checked,basis"
_CHEAPER = Decimal("0.95")
_SETTINGS = {
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    "USE UDF SERVER": "False",
    "DEBUG UDFS": "False",
    "SHOW CONSOLE": "False",
}
_WAIT_SECONDS = 60
_LOOK_SECONDS = 0.2


def refresh_in_selftest() -> None:
    """Refresh the calling workbook from its folder's own source; leave there what was told."""
    book = calling_book()
    folder = Path(book.fullname).parent
    try:
        store = Store(folder / _CARDS)
        source = find_source(str(folder / _SOURCE))
        report = refresh_card(store, today(), [source], accept=True)
        told = {"told": update_workbook(book, store.active(), report.accepted), "failed": ""}
    except Exception as error:  # noqa: BLE001 - xlwings would show it and wait
        told = {"told": "", "failed": reason(error)}
    write_whole(folder / _TOLD, json.dumps(told).encode())


def run_macro(host: Host, app: App, path: Path) -> Iterator[Check]:
    """Run the macro, and find its new price in the table and in the Worksheet's own rate."""
    price = _write_source(path.parent)
    open_addin(host, app)
    book = open_book(app, path)  # which is the active one: xlwings activates no hidden Excel
    book.macro("PythonCalls.RunInPython")(MACRO, "Refreshing the rates...")
    told = _wait_for(path.parent / _TOLD)
    rebuild(host, app)
    yield _found(book, told, price)


def configure(host: Host, folder: Path) -> None:
    """Tell xlwings which Python to start; what lies beside a workbook goes before the user's."""
    told = Settings(())
    for name, value in _SETTINGS.items():
        told = told.put(name, value)
    told = told.put(host.interpreter_setting, str(host.python))
    write_settings(folder / "xlwings.conf", told, host.encoding)


def _write_source(folder: Path) -> Decimal:
    """Write a card with one price of its own, from today on; return that price."""
    model, meter, tier = _SERIES
    card = bundled_card()
    known = card.rate(card.model(model), meter, tier, today()).usd_per_mtok
    price = (known * _CHEAPER).normalize()
    row = f"{model},{meter},{tier},{price:f},{today()},selftest,{today()},quoted"
    (folder / _SOURCE).write_text(f"{_COLUMNS}\n{row}\n", encoding="utf-8")
    return price


def _wait_for(path: Path) -> dict[str, str]:
    """Wait for what the macro tells: on a Mac Excel goes on before Python has ended."""
    for _ in range(round(_WAIT_SECONDS / _LOOK_SECONDS)):
        if path.is_file():
            break
        Event().wait(_LOOK_SECONDS)
    else:
        return {"told": "", "failed": f"Python told nothing within {_WAIT_SECONDS} s"}
    told: dict[str, str] = json.loads(path.read_bytes())
    return told


def _found(book: Book, told: dict[str, str], price: Decimal) -> Check:
    title = "refresh macro"
    if told["failed"]:
        return Check(title, FAULT, f"The macro failed: {told['failed']}.")
    shown = book.names["rate_image_out"].refers_to_range.value
    if shown is None or abs(float(shown) - float(price)) > 1e-9:
        return Check(title, FAULT, f"The Worksheet prices with {shown} instead of {price:f}.")
    return Check(title, OK, f"The new price {price:f} is in force. It told: {told['told']}")
