"""Chromium without a window, driven by its own protocol over a pipe: nothing else to install."""

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from .programs import CHROMIUM, require

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 180
"""For any answer of the browser."""
HELD = -1
"""In place of a status: no answer ever."""
_OPTIONS = (
    *("--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"),
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"),
    "--enable-precise-memory-info",
)


class Chromium:
    """A browser with a profile of its own, which ends with the block."""

    def __init__(self) -> None:
        """Start it."""
        self._profile = TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # The protocol's pipe is what the browser finds open as 3 and 4.
        script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, require(CHROMIUM), *_OPTIONS,
             f"--user-data-dir={self._profile.name}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._read = b""
        self.listeners: list[Callable[[str, str, dict[str, Any]], None]] = []
        """What is told of a session: its name, the event, its facts."""

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and remove its profile."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def page(self) -> "Page":
        """Open a page."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session)

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command and return its answer; what is told meanwhile goes to `listeners`."""
        number = self.send(method, session, **params)
        until = time.monotonic() + SECONDS
        while True:
            said = self._next(until)
            if said.get("id") == number:
                if "error" in said:
                    raise AssertionError(f"{method}: {said['error']['message']}")
                answer: dict[str, Any] = said["result"]
                return answer
            if "method" in said:
                for listen in self.listeners:
                    listen(said.get("sessionId", ""), said["method"], said["params"])

    def send(self, method: str, session: str = "", **params: Any) -> int:
        """Send a command without waiting; return its number."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        message |= {"sessionId": session} if session else {}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        return self._number

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise AssertionError(f"the browser did not answer within {SECONDS} s")
            found = os.read(self._in, 1 << 20)
            if not found:
                raise AssertionError("the browser ended")
            self._read += found
        message, _, self._read = self._read.partition(b"\0")
        said: dict[str, Any] = json.loads(message)
        return said


class Page:
    """One page of a browser."""

    def __init__(self, browser: Chromium, session: str) -> None:
        """Take over a page that was just opened, and listen to it."""
        self._browser, self._session = browser, session
        self.faults: list[str] = []
        """What the page complained of: errors that nobody caught, refusals of its policy."""
        self.instead: dict[str, tuple[int, str, bytes]] = {}
        """What answers in place of the network, by a part of the address: status, type, bytes.

        Status 0 is no network, `HELD` no answer at all.
        """
        browser.listeners.append(self._told)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def _told(self, session: str, method: str, said: dict[str, Any]) -> None:
        if session != self._session:
            return
        if method == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.faults.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")
        elif method == "Fetch.requestPaused":
            self._answer_instead(said["requestId"], said["request"]["url"])

    def _answer_instead(self, request: str, url: str) -> None:
        status, kind, data = next(found for part, found in self.instead.items() if part in url)
        if status == HELD:
            return
        if not status:
            self.send("Fetch.failRequest", requestId=request, errorReason="InternetDisconnected")
            return
        headers = [{"name": "Content-Type", "value": kind}]
        body = base64.b64encode(data).decode()
        self.send("Fetch.fulfillRequest", requestId=request, responseCode=status,
                  responseHeaders=headers, body=body)  # fmt: skip

    def answer_instead(self) -> None:
        """Let `instead` answer from now on."""
        patterns = [{"urlPattern": f"*{part}*"} for part in self.instead]
        self.ask("Fetch.enable", patterns=patterns)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to the page and return its answer."""
        return self._browser.ask(method, self._session, **params)

    def send(self, method: str, **params: Any) -> None:
        """Send a command to the page without waiting."""
        self._browser.send(method, self._session, **params)

    def open(self, url: str) -> None:
        """Go to an address."""
        self.ask("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Return what a script, an expression or a promise, comes to."""
        found = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            details = found["exceptionDetails"]
            said = details.get("exception", {}).get("description", details["text"])
            raise AssertionError(said)
        return found["result"].get("value")

    def wait_until(self, script: str, seconds: float = SECONDS) -> None:
        """Wait until a script comes to true."""
        until = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < until, f"not within {seconds} s: {script}"
            time.sleep(0.01)

    def picture(self, path: Path) -> None:
        """Take a picture of the page."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))
