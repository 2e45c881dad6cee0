"""Files of logs and bills, opened within bounds: plain or gzip, as lines of UTF-8.

Nothing is read that comes in later than the file was opened, but for the end of a line.
"""

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from xl_pricing.bills.engine import EXTRA
from xl_pricing.bills.thinned import Thinned
from xl_pricing.errors import InvalidValueError

MOST_BYTES = 4 * 2**30
"""Of a file, unpacked; beyond it is no file for plain Python."""
MOST_LINE = 128 * 2**20
"""Of a line without its images."""
MOST_REWRITTEN = 256 * 2**20
"""Of a file in UTF-16, or with line ends of old Macs."""
CHUNK = 2**16

_NOT_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_GZIP = b"\x1f\x8b"
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_KINDS = {
    b"PK\x03\x04": "an Excel workbook or another zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"BZh": "a bzip2 file",
}
PARQUET = b"PAR1"
_ACCEPTED = "accepted: JSON, JSON lines, CSV, or gzip of one"


class Opened(NamedTuple):
    """An open file: its bytes in UTF-8, its name, and how many bytes to read of it."""

    file: BinaryIO
    name: str
    size: int
    share: Callable[[], float] = float
    """Tells the part of the file on the disk that was read, from 0 to 1."""


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file for reading its bytes, unpacked, in UTF-8 and without its mark.

    Raises `InvalidValueError` for what is no file, not there, packed otherwise or no text.
    """
    try:
        handle = os.open(path, os.O_RDONLY | _NOT_BLOCKING)  # a pipe would make open itself wait
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise InvalidValueError(
            f"{path.name} cannot be read: {said}; accepted: a file in JSON or CSV"
        ) from None
    with os.fdopen(handle, "rb", buffering=CHUNK) as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise InvalidValueError(f"{path.name} is no file that can be read; accepted: a file")
        try:
            share = partial(_share_read, handle, state.st_size)
            yield _text_of(Opened(file, path.name, state.st_size, share))
        except (OSError, EOFError, zlib.error) as error:
            raise InvalidValueError(
                f"{path.name} cannot be read: {error}; accepted: a whole file"
            ) from None


def _share_read(handle: int, size: int) -> float:
    """Tell the part of an open file that was read; nothing where it was closed meanwhile."""
    with suppress(OSError):
        return os.lseek(handle, 0, os.SEEK_CUR) / size if size else 0
    return 0


def starts_with(path: Path) -> bytes:
    """Return the first bytes of a file as they lie on the disk; none where it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | _NOT_BLOCKING)
    except (OSError, ValueError):
        return b""
    with os.fdopen(handle, "rb") as file:
        return file.read(8) if stat.S_ISREG(os.fstat(handle).st_mode) else b""


def state_of(path: Path) -> tuple[int, int]:
    """Return the size of a file and when it was changed, to compare; zeros where it is gone."""
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_size, state.st_mtime_ns


def _text_of(raw: Opened) -> Opened:
    if peek(raw).startswith(_GZIP):
        unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=raw.file))
        raw = raw._replace(file=unpacked, size=MOST_BYTES + 1)
    head = peek(raw)
    kind = next((kind for mark, kind in _KINDS.items() if head.startswith(mark)), None)
    if kind:
        raise InvalidValueError(f"{raw.name} is {kind}; {_ACCEPTED}")
    if head.startswith(_UTF_16_MARKS):
        return _rewritten(raw, lambda data: data.decode("utf-16").encode("utf-8", "surrogatepass"))
    if b"\r" in head and b"\n" not in head:
        return _rewritten(raw, lambda data: data.replace(b"\r", b"\n"))
    if head.count(b"\0") * 100 > len(head):
        raise InvalidValueError(f"{raw.name} is no text; {_ACCEPTED}")
    if head.startswith(_UTF_8_MARK):
        raw.file.read(len(_UTF_8_MARK))
    return raw


def peek(source: Opened) -> bytes:
    """Return some bytes that come next, without taking them; none at the end."""
    return cast("bytes", source.file.peek(CHUNK)[:CHUNK])  # type: ignore[attr-defined]  # all have it


def _rewritten(raw: Opened, rewrite: Callable[[bytes], bytes]) -> Opened:
    """Return a file in UTF-16, or with the line ends of old Macs, as others are."""
    data = raw.file.read(MOST_REWRITTEN + 1)
    if len(data) > MOST_REWRITTEN:
        raise InvalidValueError(f"{raw.name} is too long for UTF-16; accepted: saved as UTF-8")
    try:
        text = rewrite(data)
    except UnicodeDecodeError:
        raise InvalidValueError(
            f"{raw.name} is no whole UTF-16; accepted: saved as UTF-8"
        ) from None
    file = BufferedReader(cast("RawIOBase", BytesIO(text)))
    return raw._replace(file=cast("BinaryIO", file), size=len(text))


def read_lines(source: Opened, most: int | None = 0) -> Iterator[bytes]:
    """Yield lines with their ends, without images; of one that is too long only its beginning.

    Raises `InvalidValueError` for a file beyond the bounds; ``most`` ``None`` is none of them.
    """
    read = 0
    while read < source.size and (line := source.file.readline(CHUNK)):
        read += len(line)
        if len(line) == CHUNK and not line.endswith(b"\n"):
            line, more = _long_line(source, line)
            read += more
        if read > MOST_BYTES and most is not None:
            raise too_long(source.name)
        yield line


def too_long(name: str) -> InvalidValueError:
    """Return what is said of a file that is beyond the bounds."""
    return InvalidValueError(
        f"{name} is over {MOST_BYTES // 2**30} GB; accepted: less, such as parts of it, "
        f"or log lines and counts after {EXTRA}"
    )


def _long_line(source: Opened, start: bytes) -> tuple[bytes, int]:
    """Return a line without images, and how many bytes were read for the rest of it."""
    thinned = Thinned()
    kept, size, more = [thinned.feed(start)], 0, 0
    while not start.endswith(b"\n") and (start := source.file.readline(CHUNK)):
        more += len(start)
        part = thinned.feed(start)
        size += len(part)
        if size <= MOST_LINE:
            kept.append(part)
        if more > MOST_BYTES:
            raise too_long(source.name)
    kept.append(thinned.end())
    return b"".join(kept), more


def read_thinned(source: Opened, most: int) -> Iterator[bytes]:
    """Yield all bytes in parts, without images; raise `InvalidValueError` over ``most`` of them."""
    thinned, read, kept = Thinned(), 0, 0
    while read < source.size and (part := source.file.read(CHUNK)):
        read += len(part)
        thin = thinned.feed(part)
        kept += len(thin)
        if kept > most or read > MOST_BYTES:
            raise too_long(source.name)
        yield thin
    yield thinned.end()
