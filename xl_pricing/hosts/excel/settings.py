"""The user configuration of xlwings: lines of ``"KEY","value"``, read by Excel's VBA.

VBA knows no encoding but the machine's own and takes the first line of a key, in any case. Every
line that is not ours is written back as it was read.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from xl_pricing.errors import InvalidValueError
from xl_pricing.files import read_bounded, write_new, write_whole

MOST_BYTES = 1_000_000
BACKUP_SUFFIX = ".before-xl-pricing"

# Only line feeds end a line here: other marks may stand inside other people's values.
_ONE_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LINE = re.compile(r'\s*"?([^",]*)"?\s*,\s*"?(.*?)"?\s*')
_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


@dataclass(frozen=True)
class Settings:
    """The settings of a file, and its lines with their ends."""

    lines: tuple[str, ...]

    def get(self, key: str) -> str | None:
        """Return the value that xlwings uses, or ``None``."""
        return next((v for k, v in map(_pair, self.lines) if k == key.upper()), None)

    def put(self, key: str, value: str | None) -> "Settings":
        """Return the settings with one key set, or without it where the value is ``None``."""
        if self.get(key) == value:
            return self
        at = next((i for i, line in enumerate(self.lines) if _pair(line)[0] == key.upper()), None)
        end = "\r\n" if any(line.endswith("\r\n") for line in self.lines) else "\n"
        line = () if value is None else (f'"{key}","{value}"{end}',)
        if at is not None:
            return replace(self, lines=(*self.lines[:at], *line, *self.lines[at + 1 :]))
        whole = tuple(part if part[-1:] == "\n" else part + end for part in self.lines)
        return replace(self, lines=(*whole, *line))


def read_settings(path: Path, encoding: str) -> Settings:
    """Read the file; no file is no settings.

    Raises `InvalidValueError` for a file that cannot be read, or that VBA would misread.
    """
    try:
        data = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        return Settings(())
    except OSError as error:
        raise InvalidValueError(
            f"{path} cannot be read: {error.strerror or error}; "
            "accepted: a file that you may read, or none"
        ) from None
    return Settings(tuple(_ONE_LINE.findall(_decode(data, path, encoding))))


def encode_settings(settings: Settings, encoding: str) -> bytes:
    """Return the bytes of the file; raise `InvalidValueError` for what VBA could not read."""
    try:
        return "".join(settings.lines).encode(encoding)
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"Excel cannot read {error.object[error.start : error.end]!r} in a path on this "
            "machine; accepted: Python in a folder whose name has plain letters"
        ) from None


def write_settings(path: Path, settings: Settings, encoding: str) -> None:
    """Write the file in one step."""
    data = encode_settings(settings, encoding)
    with refusing_to_write(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


def back_up(path: Path) -> Path | None:
    """Copy the file as it is; return the copy, or ``None`` where there is no file.

    No earlier copy is overwritten; one that is the same serves.
    """
    if not path.exists():
        return None
    data, number = path.read_bytes(), 1
    copy = first = path.with_name(path.name + BACKUP_SUFFIX)
    while copy.exists() and copy.read_bytes() != data:
        number += 1
        copy = first.with_name(f"{first.name}.{number}")
    if not copy.exists():
        with refusing_to_write(copy):
            write_new(copy, data)
    return copy


@contextmanager
def refusing_to_write(path: Path) -> Iterator[None]:
    """Say in a sentence that a file cannot be written or removed."""
    try:
        yield
    except OSError as error:
        raise InvalidValueError(
            f"{path} cannot be written: {error.strerror or error}; "
            "accepted: Excel closed, and a folder that you may write to"
        ) from None


def with_module(modules: str | None, module: str) -> str:
    """Add a module to a list parted by semicolons."""
    return ";".join(dict.fromkeys([*_modules(modules), module]))


def without_module(modules: str | None, module: str) -> str | None:
    """Take a module from a list parted by semicolons; ``None`` where none is left."""
    return ";".join(name for name in _modules(modules) if name != module) or None


def _modules(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(";") if name.strip()]


def _pair(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    return (found[1].strip().upper(), found[2]) if found else ("", "")


def _decode(data: bytes, path: Path, encoding: str) -> str:
    kind = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    with suppress(UnicodeDecodeError):
        if kind is None and b"\0" not in data:
            return data.decode(encoding)
    raise InvalidValueError(
        f"{path} is written as {kind or 'something else than this machine reads'} and was left "
        "as it is; accepted: the same lines saved as ANSI text"
    )
