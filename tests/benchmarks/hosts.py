"""What the add-in for Excel takes in a browser. Run by hand: ``python tests/benchmarks/hosts.py``.

Prints figures beside the goals. Wants Chromium, and Pyodide as the tests find it. The page comes
from the preview on loopback, packed with gzip; the last line is a server that is asked once a cell.
Other work on the machine counts: its load stands above, and what a pause took of the processor.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
from hosts.chromium import Chromium, Page
from hosts.office_page import opened, shown
from hosts.timeline import watched

from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.hosts.office.serve import packed

PRICE = "cell('IMGCOST', [[['4:5']], [['high']]])"
MANY = """(async () => {
    const began = performance.now();
    const found = await Promise.all(Array.from({length: %d}, (_, i) => cell(%s)));
    if (found.some((each) => !each.rows)) throw new Error("an error among the answers");
    return performance.now() - began;
})()"""
COST = "'IMGCOST', [[[`${1024 + 16 * (i % 100)}x1536`]], [['high']]]"
SIZE = "'IMGSIZE', [[['4:5']], [[1000 + i]]]"
ARRAY = """(async () => {
    const sizes = Array.from({length: 100000}, (_, i) => [`${1024 + 16 * (i % 100)}x1536`]);
    const began = performance.now();
    const { rows } = await cell('IMGCOST', [sizes, [['high']]]);
    if (rows.length !== 100000) throw new Error("not all rows");
    return performance.now() - began;
})()"""
REQUESTS = 300


def show(what: str, found: str, goal: str = "") -> None:
    """Print a line of the table."""
    click.echo(f"{what:46} {found:>16}   {goal}")


class Counted(dict[str, bytes]):
    """The folder's files, and which of them were asked for."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        """Take the files."""
        super().__init__(parts)
        self.asked: list[str] = []

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        """Note what is asked for."""
        self.asked.append(name)
        return super().get(name, default)

    @property
    def sent(self) -> int:
        """Bytes that went out, without headers."""
        return sum(len(packed(name, self[name])) for name in self.asked if name in self)


def starts() -> None:
    """Print how long the first answer takes and what comes over the network for it."""
    with Chromium() as browser, shown() as preview:
        preview.parts = counted = Counted(preview.parts)
        for name in counted:
            packed(name, counted[name])  # a web server has it packed
        browser.page()  # the browser's own start is not ours
        seconds = []
        for _ in range(4):
            began = perf_counter()
            page = opened(browser, preview)
            page.run(PRICE)
            seconds.append(perf_counter() - began)
            if len(seconds) == 1:
                show("first time, over the network", f"{counted.sent / 1e6:.1f} MB", "7 MB")
        show("first answer, cold", f"{seconds[0]:.2f} s", "3 s")
        show("first answer, from the cache", f"{median(seconds[1:]):.2f} s", "2.4 s")
        works(page)
        show("complaints of the page and its policy", str(len(page.faults)), "0")
        with watched(browser) as held:
            page = opened(browser, preview)
            page.run(PRICE)
            for script in (MANY % (10_000, COST), ARRAY):
                page.run(script)
        show("longest pause of the page, its start as well", f"{max(held).long:.0f} ms", "50 ms")
        show("  of which the processor worked on it", f"{max(each.own for each in held):.0f} ms")


def works(page: Page) -> None:
    """Print how fast cells are answered."""
    first, *others = (page.run(MANY % (1_000, COST)) for _ in range(6))
    show("1,000 cells at once, the very first", f"{1e6 / first:,.0f} /s", "20,000 /s")
    show("1,000 cells at once", f"{1e6 / median(others):,.0f} /s", "20,000 /s")
    ms = page.run(MANY % (10_000, COST))
    show("10,000 cells at once", f"{1e7 / ms:,.0f} /s", "20,000 /s")
    show("an array of 100,000 rows", f"{page.run(ARRAY):.0f} ms")
    ms = page.run(MANY % (300, SIZE)) / 300
    show("IMGSIZE, asked something new", f"{ms:.2f} ms", "1 ms")


class OneCell(BaseHTTPRequestHandler):
    """A server that is asked for one cell by one request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer a cell."""
        name, *given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        given += [None] * (len(FUNCTIONS[name].arguments) - len(given))
        data = json.dumps(answer(FUNCTIONS[name], given)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Write no log."""


@contextmanager
def one_cell_server() -> Iterator[int]:
    """Run that server; give its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OneCell) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def requests() -> None:
    """Print how fast a server answers that is asked once a cell."""
    with one_cell_server() as port:
        connection = HTTPConnection("127.0.0.1", port)
        began = perf_counter()
        for i in range(REQUESTS):
            body = json.dumps(["IMGCOST", f"{1024 + 16 * (i % 100)}x1536", "high"])
            connection.request("POST", "/", body)
            connection.getresponse().read()
        each = (perf_counter() - began) / REQUESTS
        connection.close()
    show("one request a cell, on loopback", f"{1 / each:,.0f} /s", "")


if __name__ == "__main__":
    show("", "found", "goal")
    show("load of the machine", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    starts()
    requests()
