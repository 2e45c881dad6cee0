"""How long each task held a page up, by Chromium's own time line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .chromium import Chromium

_TASK = "ThreadControllerImpl::RunTask"


class Held(NamedTuple):
    """A task of a page's own thread, in ms."""

    long: float
    """As the user waits, whatever else the machine does meanwhile."""
    own: float
    """As the processor works on it: the same on a busy machine."""


@contextmanager
def watched(browser: Chromium) -> Iterator[list[Held]]:
    """Watch all pages; when the block ends, the list holds their tasks."""
    seen: list[dict[str, Any]] = []
    ends: list[str] = []

    def told(_session: str, method: str, said: dict[str, Any]) -> None:
        if method == "Tracing.dataCollected":
            seen.extend(said["value"])
        elif method == "Tracing.tracingComplete":
            ends.append(method)

    browser.listeners.append(told)
    browser.ask("Tracing.start", traceConfig={"includedCategories": ["toplevel"]})
    held: list[Held] = []
    yield held
    browser.ask("Tracing.end")
    while not ends:
        browser.ask("Browser.getVersion")  # what is told meanwhile comes with an answer
    browser.listeners.remove(told)
    held += _tasks(seen)


def _tasks(seen: list[dict[str, Any]]) -> Iterator[Held]:
    names = {
        (each["pid"], each["tid"]): each["args"]["name"]
        for each in seen
        if each["name"] == "thread_name"
    }
    for each in seen:
        if each["name"] == _TASK and names.get((each["pid"], each["tid"])) == "CrRendererMain":
            yield Held(each.get("dur", 0) / 1000, each.get("tdur", 0) / 1000)
