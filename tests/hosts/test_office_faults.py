"""The add-in for Excel where something is amiss: every cell is told what, and what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xl_pricing.hosts.office import serve
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.refresh.saved_card import Saved, saved_text

from . import office_page
from .chromium import Chromium, Page
from .office_page import opened, shown

RATE = "cell('IMGRATE', [[['gpt-image-2']], [['image_out']], null, null, null])"
PRICE = "cell('IMGCOST', [[['4:5']], [['high']]])"
PRICING_JS = Path(office_page.__file__).parents[2] / "xl_pricing/hosts/office/site/pricing.js"
WRITE_AGAIN = "ask whoever runs this page to write its folder again: xl-pricing host office"
CHECK_THE_NETWORK = "check the network, then calculate again (Ctrl+Alt+F9)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as started:
        yield started


class Cut(dict[str, bytes]):
    """Files of which the connection breaks."""

    broken = True

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        """Break off where Python is asked for."""
        if self.broken and name.endswith(".wasm"):
            raise ConnectionResetError
        return super().get(name, default)


def with_limits(**ms: int) -> dict[str, bytes]:
    """Return the page's script with other limits, in milliseconds."""
    script = PRICING_JS.read_text(encoding="utf-8")
    for name, value in ms.items():
        before = next(line for line in script.splitlines() if line.startswith(f"const {name} ="))
        script = script.replace(before, f"const {name} = {value};")
    return {"pricing.js": script.encode()}


def told(page: Page) -> str:
    """Return why a cell has no answer."""
    found = page.run(PRICE)
    assert found["error"] == "#N/A", found
    pane = page.run("pricing.call('IMGCOST', ['4:5', 'high'])")
    assert pane["reason"].startswith("Image Pricing did not answer: ")
    return str(found["reason"])


def test_a_missing_wheel(browser: Chromium) -> None:
    with shown() as preview:
        wheel = next(name for name in preview.parts if name.endswith(".whl"))
        del preview.parts[wheel]
        said = told(opened(browser, preview))
        assert said == (
            f"Image Pricing did not answer: {wheel} is missing (404); accepted: {WRITE_AGAIN}"
        )


@pytest.mark.parametrize(
    "part", ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
)
def test_a_missing_part_of_python(browser: Chromium, part: str) -> None:
    with shown() as preview:
        name = next(name for name in preview.parts if name.endswith(f"/{part}"))
        del preview.parts[name]
        assert f"{name} is missing (404); accepted: {WRITE_AGAIN}" in told(opened(browser, preview))


@pytest.mark.parametrize("worker", [b"const = ;", b"throw new Error('x');", None])
def test_a_broken_worker(browser: Chromium, worker: bytes | None) -> None:
    with shown({"worker.js": worker} if worker else {}) as preview:
        if not worker:
            del preview.parts["worker.js"]
        said = told(opened(browser, preview))
        assert "worker.js does not run" in said
        assert said.endswith(WRITE_AGAIN)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (".whl", "is not a zip file"),
        ("/pyodide.mjs", "Unexpected end of input"),
        ("/pyodide.asm.wasm", "Python cannot be compiled"),
        ("/python_stdlib.zip", ""),
    ],
)
def test_a_part_that_came_in_half(browser: Chromium, part: str, said: str) -> None:
    with shown() as preview:
        name = next(name for name in preview.parts if name.endswith(part))
        preview.parts[name] = preview.parts[name][: len(preview.parts[name]) // 2]
        reason = told(opened(browser, preview))
        assert said in reason
        assert reason.endswith(WRITE_AGAIN)


def test_a_server_that_does_not_know_the_type_of_scripts(
    browser: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(serve._TYPES, ".mjs", "application/octet-stream")
    with shown() as preview:
        assert told(opened(browser, preview)) == (
            "Image Pricing did not answer: pyodide.mjs comes as application/octet-stream; "
            "accepted: ask whoever runs this page to let its server send .mjs as text/javascript"
        )


def test_a_server_that_does_not_know_webassembly_is_no_fault(
    browser: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(serve._TYPES, ".wasm", "application/octet-stream")
    with shown() as preview:
        assert opened(browser, preview).run(PRICE) == {"rows": [[0.18357]]}


def test_a_worker_that_never_starts(browser: Chromium) -> None:
    with shown({"worker.js": b"", **with_limits(START_MS=300)}) as preview:
        assert f"Python did not start within 0.3 s; accepted: {CHECK_THE_NETWORK}" in told(
            opened(browser, preview)
        )


def test_a_worker_that_stops_answering_is_started_anew(browser: Chromium) -> None:
    worker = b"postMessage({ready: {}}); onmessage = () => {};"
    with shown({"worker.js": worker, **with_limits(ANSWER_MS=300, AGAIN_MS=0)}) as preview:
        page = opened(browser, preview)
        assert "no answer within 0.3 s" in told(page)
        preview.show(office_page.made(preview.origin))
        assert page.run(PRICE) == {"rows": [[0.18357]]}


def test_a_worker_that_breaks_at_work_is_started_anew(browser: Chromium) -> None:
    """Every cell that waited is told; none waits for ever."""
    worker = b"postMessage({ready: {}}); onmessage = () => { throw new Error('no memory'); };"
    with shown({"worker.js": worker, **with_limits(AGAIN_MS=0)}) as preview:
        page = opened(browser, preview)
        found = page.run(f"Promise.all(Array.from({{length: 1000}}, () => {PRICE}))")
        assert {each["error"] for each in found} == {"#N/A"}
        assert all("no memory" in each["reason"] for each in found)
        preview.show(office_page.made(preview.origin))
        assert page.run(PRICE) == {"rows": [[0.18357]]}


def test_a_network_that_is_lost_after_the_start_is_not_missed(browser: Chromium) -> None:
    with shown() as preview:
        page = opened(browser, preview)
        assert page.run(PRICE) == {"rows": [[0.18357]]}
        preview.parts = Cut(preview.parts)
        preview.parts.clear()
        assert page.run(PRICE.replace("4:5", "16:9"))["rows"] != [[0.18357]]
        assert page.run("pricing.call('IMGSIZE', ['4:5', 2000])") == "2000x2512"


def test_what_is_cancelled_before_the_start_keeps_nobody_waiting(browser: Chromium) -> None:
    with shown() as preview:
        page = opened(browser, preview)
        page.run("""(() => {
            const given = Array.from({length: 500}, () => ({}));
            window.asked = Promise.all(given.map(
                (invocation) => cell('IMGCOST', [[['4:5']], [['high']]], invocation)));
            given.slice(1).forEach((invocation) => invocation.onCanceled());
        })()""")
        first, *others = page.run("window.asked")
        assert first == {"rows": [[0.18357]]}
        assert {each["reason"].split("; ")[0] for each in others} == {
            "Image Pricing did not answer: it was cancelled"
        }


def test_a_lost_network_that_comes_back(browser: Chromium) -> None:
    with shown(with_limits(AGAIN_MS=0)) as preview:
        preview.parts = parts = Cut(preview.parts)
        page = opened(browser, preview)
        assert told(page).endswith(CHECK_THE_NETWORK)
        parts.broken = False
        assert page.run(PRICE) == {"rows": [[0.18357]]}


@pytest.fixture
def dearer(data_folder: Path) -> bytes:
    """Save a card of a price of one's own, that was checked long ago."""
    rates = [
        replace(rate, usd_per_mtok=Decimal(33))
        for rate in bundled_card().rates
        if rate.series == ("gpt-image-2", "image_out", "standard")
    ]
    text = saved_text(Saved(number=1, saved=date(2026, 5, 1), why="test", rates=tuple(rates)))
    data_folder.mkdir(parents=True)
    (data_folder / "card.json").write_bytes(text)
    return text


@pytest.mark.usefixtures("dearer")
def test_a_card_of_ones_own_prices(browser: Chromium) -> None:
    with shown() as preview:
        assert opened(browser, preview).run(RATE) == {"rows": [[33]]}


def test_a_card_that_cannot_be_used_is_not_replaced_in_silence(
    browser: Chromium, dearer: bytes
) -> None:
    assert b'"format": 1' in dearer
    with shown() as preview:
        site = preview.parts["site.json"]
        preview.parts["site.json"] = site.replace(b'\\"format\\": 1', b'\\"format\\": 2')
        assert preview.parts["site.json"] != site
        said = told(opened(browser, preview))
        assert "format 2" in said
        assert said.endswith(WRITE_AGAIN)


def test_an_old_card_prices_and_tells_its_age(
    browser: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = [*office_page.stopped_core(date(2027, 3, 3))]
    monkeypatch.setattr("xl_pricing.hosts.wheel.core_files", lambda: core)
    with shown() as preview:
        page = opened(browser, preview)
        assert page.run(PRICE) == {"rows": [[0.18357]]}
        assert page.run("pricing.card().then((card) => card.age_days)") == 100


def test_two_workbooks_at_once(browser: Chromium) -> None:
    with shown() as preview:
        pages = [opened(browser, preview) for _ in range(2)]
        for page in pages:
            page.run(f"window.both = {PRICE}; 0")
        assert [page.run("both") for page in pages] == [{"rows": [[0.18357]]}] * 2
        assert [page.faults for page in pages] == [[], []]


def test_a_page_without_office_still_answers_the_pane(browser: Chromium) -> None:
    with shown() as preview:
        page = browser.page()
        page.instead = {office_page.OFFICE_JS: (0, "", b"")}
        page.answer_instead()
        page.open(f"{preview.origin}/taskpane.html")
        page.wait_until("window.pricing !== undefined")
        assert page.run("pricing.call('IMGCOST', ['4:5', 'high'])") == 0.18357
