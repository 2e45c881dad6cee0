"""The task pane in Chromium: Office.js stood in for, Python of the tests behind it."""

import json
from pathlib import Path
from typing import Any

from xl_pricing.hosts.office import pane
from xl_pricing.hosts.office.cells import answers
from xl_pricing.hosts.office.texts import texts
from xl_pricing.rates.refresh.store import active_card

from .chromium import HELD, Chromium

SITE = Path(pane.__file__).parent / "site"
ORIGIN = "https://pane.example"
CARD = {"prices_as_of": "2026-11-23", "age_days": 0}
_STUB = Path(__file__).with_name("pane_office.js")
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
}
_PRICING = b"""
const waiting = [];
window.told = (number, answer) => waiting[number](answer);
const call = async (...asked) => {
  const [rows, reason] = await new Promise((resolve) => {
    ask(JSON.stringify([waiting.push(resolve) - 1, asked]));
  });
  if (reason) return { error: String(rows[0][0]).split(" ")[0], reason };
  return rows.length === 1 && rows[0].length === 1 ? rows[0][0] : rows;
};
const card = async () => {
  if (window.given.failing) throw new Error(window.given.failing);
  await window.given.wait;
  return window.given.card;
};
window.pricing = { call, card };
"""
KEYS = {"Tab": 9, "Enter": 13, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}


class Pane:
    """The pane in a page of its own, 320 px wide."""

    def __init__(
        self,
        browser: Chromium,
        *,
        scheme: str = "light",
        without: str = "",
        held: str = "",
        **given: object,
    ) -> None:
        """Open it; ``given`` is what the stub of Office starts from.

        ``without`` is a missing file, ``held`` one that never comes.
        """
        self.page = browser.page()
        browser.listeners.append(self._asked)
        self._answers_instead({without: 404, held: HELD})
        self.prefer(scheme)
        self.resize(320)
        given = {"card": CARD, **given}
        self.page.ask("Runtime.addBinding", name="ask")
        self.page.ask(
            "Page.addScriptToEvaluateOnNewDocument", source=f"window.given = {json.dumps(given)};"
        )
        self.page.open(f"{ORIGIN}/taskpane.html")
        self.wait_until("document.getElementById('starting') !== null")

    def _asked(self, session: str, method: str, said: dict[str, Any]) -> None:
        if method == "Runtime.bindingCalled" and session == self.page._session:
            number, asked = json.loads(said["payload"])
            told = answers(json.dumps([asked]))
            self.page.send("Runtime.evaluate", expression=f"told({number}, {told}[0])")

    def _answers_instead(self, faults: dict[str, int]) -> None:
        for part, status in faults.items():
            if part:
                self.page.instead[part] = (status, "text/plain", b"")
        for path in SITE.rglob("*"):
            if path.suffix in _KINDS:
                name = path.relative_to(SITE).as_posix()
                self.page.instead[f"{ORIGIN}/{name}"] = (
                    200,
                    _KINDS[path.suffix],
                    path.read_bytes(),
                )
        for lang in ("en", "zh-CN"):
            words = json.dumps(texts(lang, active_card())).encode()
            self.page.instead[f"{ORIGIN}/words/{lang}.json"] = (200, "application/json", words)
        self.page.instead[f"{ORIGIN}/pricing.js"] = (200, _KINDS[".js"], _PRICING)
        self.page.instead[f"{ORIGIN}/functions.js"] = (200, _KINDS[".js"], b"")
        self.page.instead["appsforoffice"] = (200, _KINDS[".js"], _STUB.read_bytes())
        self.page.answer_instead()

    def prefer(self, scheme: str) -> None:
        """Let the system be light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.page.ask("Emulation.setEmulatedMedia", features=features)

    def resize(self, width: int, height: int = 800, scale: int = 1) -> None:
        """Make the pane so wide and high, in px, drawn so many times as fine."""
        self.page.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def close(self) -> None:
        """Close the page."""
        self.page.ask("Page.close")

    def run(self, script: str) -> Any:
        """Return what a script comes to."""
        return self.page.run(script)

    def wait_until(self, script: str) -> None:
        """Wait until a script comes to true."""
        self.page.wait_until(script, 10)

    def text(self, selector: str) -> str:
        """Return the text of an element as it is seen, without empty lines."""
        found: str = self.run(f"document.querySelector({selector!r}).innerText")
        return "\n".join(filter(None, found.split("\n")))

    def show(self, tab: str) -> None:
        """Show a tab."""
        self.run(f"document.getElementById('tab-{tab}').click()")

    def choose(self, field: str, value: str, form: str = "calculator") -> None:
        """Type into a field of a form, or choose from it."""
        self.run(
            f"(() => {{ const field = document.querySelector('#{form} form').elements[{field!r}];"
            f"field.value = {value!r};"
            "for (const kind of ['input', 'change']) (field[0] ?? field).dispatchEvent("
            "new Event(kind, { bubbles: true })); })()"
        )

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.page.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=KEYS[key],
            )

    def picture(self, path: Path) -> None:
        """Take a picture of what is seen, without a scrollbar."""
        self.page.ask("Emulation.setScrollbarsHidden", hidden=True)
        self.page.picture(path)
