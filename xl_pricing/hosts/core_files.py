"""The files that a price needs, for hosts that carry the core with them."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

CORE = ("estimation", "rates", "functions")
"""What of xl_pricing a price needs, beside the modules on top."""


def core_files() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file, in the order of their names."""
    for part in _sorted(files("xl_pricing")):
        if (part.is_file() and part.name != "__main__.py") or part.name in CORE:
            yield from _files(part, f"xl_pricing/{part.name}")


def _files(part: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    if part.is_file():
        if name.endswith((".py", ".json")):
            yield name, part.read_bytes()
        return
    for each in _sorted(part):
        yield from _files(each, f"{name}/{each.name}")


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda part: part.name)
