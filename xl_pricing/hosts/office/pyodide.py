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
from shutil import which
from subprocess import SubprocessError, run
from tempfile import TemporaryDirectory
from typing import Any

from xl_pricing.errors import InvalidValueError, SourceError
from xl_pricing.files import read_bounded, write_whole
from xl_pricing.rates.refresh.fetch import MAX_BYTES
from xl_pricing.rates.refresh.store import user_store
from xl_pricing.words import quoted

PINNED: dict[str, Any] = json.loads(files(__package__).joinpath("pyodide.json").read_bytes())
FOLDER = f"pyodide-{PINNED['version']}"
FETCH_S = 600.0
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
    """Return the files of the package in the user's folder; npm fetches once what is missing there.

    Raises `SourceError` where npm is missing, or does not get the package.
    """
    path = user_store().folder / f"{FOLDER}.tgz"
    with suppress(InvalidValueError, OSError):
        return read_pyodide(path)
    package = _packed_by_npm()
    found = _unpacked(package)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, package)
    return found


def _packed_by_npm() -> bytes:
    """Let npm fetch the package, for it knows from where a company's machines take packages."""
    name, npm = f"pyodide@{PINNED['version']}", which("npm")
    accepted = f"accepted: --pyodide with the npm package {name}"
    if npm is None:
        raise SourceError(f"npm, which fetches {name}, is not installed; {accepted}")
    with TemporaryDirectory() as folder:
        try:
            run([npm, "pack", name], cwd=folder, check=True, capture_output=True, timeout=FETCH_S)  # noqa: S603 - npm itself
            return read_bounded(Path(folder, f"{FOLDER}.tgz"), MAX_BYTES)
        except (OSError, SubprocessError):
            raise SourceError(f"npm could not fetch {name}; {accepted}") from None
