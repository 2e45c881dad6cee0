"""Pyodide, Python for browsers: the files of one npm package, known by their checksums."""

import json
import tarfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256, sha512
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from xl_pricing.errors import InvalidValueError, SourceError
from xl_pricing.files import read_bounded, write_whole
from xl_pricing.rates.refresh.fetch import MAX_BYTES, Manners, fetch
from xl_pricing.rates.refresh.store import user_store
from xl_pricing.words import quoted

PINNED: dict[str, Any] = json.loads(files(__package__).joinpath("pyodide.json").read_bytes())
FOLDER = f"pyodide-{PINNED['version']}"
_LOCK = "pyodide-lock.json"


def read_pyodide(path: Path) -> dict[str, bytes]:
    """Return the files that a page needs, from the npm package or the folder where it is unpacked.

    Raises `InvalidValueError` for another version or a damaged file, `OSError` where none is there.
    """
    if path.is_dir():
        return _checked(lambda name: read_bounded(path / name, MAX_BYTES))
    return _unpacked(read_bounded(path, MAX_BYTES))


def _unpacked(package: bytes) -> dict[str, bytes]:
    if f"sha512-{b64encode(sha512(package).digest()).decode()}" != PINNED["integrity"]:
        raise InvalidValueError(f"it is not the npm package pyodide {PINNED['version']}")
    with tarfile.open(fileobj=BytesIO(package)) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"package/{name}")
            return member.read() if member else b""

        return _checked(read)


def _checked(read: Callable[[str], bytes]) -> dict[str, bytes]:
    found = {name: read(name) for name in PINNED["files"]}
    for name, data in found.items():
        if sha256(data).hexdigest() != PINNED["files"][name]:
            raise InvalidValueError(
                f"its {quoted(name)} is not that of pyodide {PINNED['version']}; accepted: the "
                f"npm package pyodide@{PINNED['version']}"
            )
    return found


def lock(found: dict[str, bytes]) -> dict[str, object]:
    """Return what Pyodide asks of itself, without packages to load from elsewhere."""
    return {"info": json.loads(found[_LOCK])["info"], "packages": {}}


def kept_pyodide() -> dict[str, bytes]:
    """Return the files of the package in the user's folder; what is missing there is fetched once.

    Raises `SourceError` where the registry does not answer.
    """
    path = user_store().folder / f"pyodide-{PINNED['version']}.tgz"
    with suppress(InvalidValueError, OSError):
        return read_pyodide(path)
    try:
        package = fetch(PINNED["address"], manners=Manners(whole=600)).body
    except SourceError as error:
        accepted = f"--pyodide with the npm package pyodide@{PINNED['version']}"
        raise SourceError(f"{error}; accepted: {accepted}") from None
    found = _unpacked(package)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, package)
    return found
