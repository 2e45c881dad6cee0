"""Which files are meant by names, folders and patterns."""

import os
from collections.abc import Iterable, Iterator
from glob import has_magic, iglob
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

MOST_FILES = 10_000


class Found(NamedTuple):
    """A file; ``named`` where it was named itself, so that it must be readable."""

    path: Path
    named: bool


def find_files(names: Iterable[str | Path]) -> list[Found]:
    """Return the files of names, folders (with those inside) and patterns, each once.

    Raises `InvalidValueError` for a name that is none, a pattern or folder without a file, and for
    over 10,000 files.
    """
    found: dict[str, Found] = {}
    for name in names:
        for each in _meant(str(name)):
            key = os.path.realpath(each.path)
            found[key] = each if each.named else found.get(key, each)
            if len(found) > MOST_FILES:
                raise InvalidValueError(f"over {MOST_FILES:,} files; accepted: fewer in a call")
    return list(found.values())


def _meant(name: str) -> Iterator[Found]:
    if "\0" in name:
        raise InvalidValueError(f"{quoted(name)} is no name of a file; accepted: a file")
    path = Path(name)
    if path.is_dir():
        yield from _some(map(Path, _inside(name)), f"the folder {quoted(name)}")
    elif os.path.lexists(name) or not has_magic(name):
        yield Found(path, named=True)
    else:
        files = (Path(each) for each in iglob(name, recursive=True))  # noqa: PTH207 - it may be absolute
        yield from _some((each for each in files if each.is_file()), f"the pattern {quoted(name)}")


def _some(paths: Iterable[Path], said: str) -> Iterator[Found]:
    files = sorted(islice(paths, MOST_FILES + 1))
    if not files:
        raise InvalidValueError(f"{said} has no file; accepted: files in JSON, CSV or gzip")
    return (Found(path, named=False) for path in files)


def _inside(folder: str) -> Iterator[str]:
    """Yield the files in a folder and below, without hidden ones; links to folders are left."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (os.path.join(place, each) for each in files if not each.startswith("."))  # noqa: PTH118 - text is faster than paths
