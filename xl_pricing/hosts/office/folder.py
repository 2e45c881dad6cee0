"""The folder that a web server shows to Excel: page, functions, Python, the rates, the manifest."""

import json
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import xl_pricing
import xl_pricing.functions
from xl_pricing.files import read_bounded
from xl_pricing.functions.catalogue import FUNCTIONS, Argument, CellFunction
from xl_pricing.hosts.office.manifest import manifest
from xl_pricing.hosts.office.pyodide import FOLDER, lock
from xl_pricing.hosts.office.texts import LANGUAGES, texts
from xl_pricing.hosts.other_files import others
from xl_pricing.hosts.wheel import wheel
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.saved_card import saved_text
from xl_pricing.rates.refresh.store import active_card, user_store

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' https://appsforoffice.microsoft.com; "
    "worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
"""What the page may load: its own files, and Microsoft's office.js."""
_WORKER = (
    *("planning/__init__.py", "planning/delivery.py", "planning/job.py"),
    *("hosts/__init__.py", "hosts/office/__init__.py"),
    *("hosts/office/cells.py", "hosts/office/pane.py"),
)
"""What runs in the page's worker beside the core."""
LIBRARY = "python_stdlib.zip"
"""What of Python's own library is needed, compiled: it starts in half the time of its source."""
_MOST_BYTES = 64 * 1024 * 1024
_RANGE = {"type": "any", "dimensionality": "matrix"}


def parts(origin: str, pyodide: dict[str, bytes]) -> dict[str, bytes]:
    """Return every file of the folder by its name, from an origin and Pyodide's files."""
    site = dict(_files(files(__package__).joinpath("site")))
    name, content = wheel(*_WORKER)
    words = {f"words/{lang}.json": _json(texts(lang, active_card())) for lang in LANGUAGES}
    written = {
        "manifest.xml": manifest(origin),
        "functions.json": _json(metadata()),
        "names.js": f"export const NAMES = {json.dumps([*FUNCTIONS])};\n",
    }
    library = {LIBRARY: files(__package__).joinpath(LIBRARY).read_bytes()}
    python = {f"{FOLDER}/{each}": data for each, data in (pyodide | library).items()}
    texts_of_it = {each: text.encode() for each, text in (words | written).items()}
    found = {**site, **texts_of_it, **python}
    found[name] = content
    found["site.json"] = _json(_site(name, pyodide, [*found])).encode()
    return found


def _files(folder: Traversable, before: str = "") -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        name = f"{before}{each.name}"
        if each.is_file():
            yield name, each.read_bytes()
        else:
            yield from _files(each, f"{name}/")


def _site(name: str, pyodide: dict[str, bytes], names: list[str]) -> dict[str, object]:
    """Say what the worker must know before all else, and what the folder holds."""
    saved = user_store().current()
    return {
        "version": xl_pricing.__version__,
        "written": today().isoformat(),
        "pyodide": FOLDER,
        "lock": lock(pyodide),
        "wheel": name,
        "card": saved_text(saved).decode() if saved else None,
        "files": sorted([*names, "site.json"]),
    }


def is_named_by_content(name: str) -> bool:
    """Tell whether another content would have another name, so that it may be kept for ever."""
    return name.startswith(f"{FOLDER}/") or name.endswith(".whl")


def foreign_file(folder: Path) -> str | None:
    """Return the name of a file that was not written with the folder; `None` where all were."""
    try:
        listed = json.loads(read_bounded(folder / "site.json", _MOST_BYTES))["files"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        listed = []
    if not isinstance(listed, list):
        listed = []
    return next((name for name in others(folder) if name not in listed), None)


def metadata() -> dict[str, object]:
    """Return the functions as Excel reads them; every argument may be a range."""
    return {
        "allowCustomDataForDataTypeAny": True,
        "allowErrorForDataTypeAny": True,
        "functions": [*map(_function, FUNCTIONS.values())],
    }


def _function(function: CellFunction) -> dict[str, object]:
    return {
        "id": function.name,
        "name": function.name,
        "description": function.doc,
        "parameters": [*map(_parameter, function.arguments)],
        "result": _RANGE,
        "options": {"cancelable": True},
    }


def _parameter(argument: Argument) -> dict[str, object]:
    optional = {"optional": True} if argument.optional else {}
    return {"name": argument.name, "description": argument.doc, **_RANGE, **optional}


def _json(document: object) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False)
