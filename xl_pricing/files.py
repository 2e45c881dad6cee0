"""Files, read within bounds and written whole or not at all."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

_NOT_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file.

    Raises `InvalidValueError` at once for a folder, pipe or device, and for over ``most_bytes``;
    `OSError` where it cannot be read.
    """
    # Not blocking: a pipe without a writer would make open itself wait.
    try:
        handle = os.open(path, os.O_RDONLY | _NOT_BLOCKING)
    except ValueError:  # a character that no name has
        raise InvalidValueError(
            f"{quoted(str(path))} is no name of a file; accepted: a file"
        ) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InvalidValueError(f"{path.name} is no file that can be read; accepted: a file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidValueError(f"{path.name} is over {most_bytes:,} bytes; accepted: less")
    return data


def write_whole(path: Path, data: bytes, *, scratch: Path | None = None, mode: int = 0o644) -> None:
    """Write a file, replacing one that is there; a link stays a link to what is replaced.

    ``scratch`` is another folder on the same disk for the unfinished file; ``mode`` is that of a
    new file. Raises `OSError`, and then the old file is as it was.
    """
    target = Path(os.path.realpath(path))
    _refuse_what_is_no_file(target)
    with suppress(OSError):
        mode = stat.S_IMODE(target.stat().st_mode) & mode
    unfinished = _write_unfinished(target, data, scratch or target.parent, mode)
    try:
        unfinished.replace(target)
    except OSError:
        _remove(unfinished)
        raise


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, not even as a link.

    Raises `FileExistsError` where there is one, also if it came just now, and `OSError`.
    """
    if os.path.lexists(path):
        raise FileExistsError(f"{path} is there already")
    unfinished = _write_unfinished(path, data, path.parent, 0o644)
    try:
        _put_in_place(unfinished, path)
    finally:
        _remove(unfinished)


def write_folder(path: Path, parts: Mapping[str, bytes], kept: Iterable[str] = ()) -> None:
    """Write a folder of files by their names, replacing a folder that is there.

    It is made beside its place, and stands there at once; ``kept`` names what is taken over from
    the old one. Raises `OSError`, and then the old one is as it was.
    """
    target = Path(os.path.realpath(path))
    unfinished = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for name, data in parts.items():
            (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
            write_new(unfinished / name, data)
        for name in kept:
            _copy(target / name, unfinished / name)
        unfinished.chmod(0o777 & ~_umask())
        _swap(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _copy(old: Path, new: Path) -> None:
    """Copy a file, a link or a whole folder as it is."""
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_dir() and not old.is_symlink():
        shutil.copytree(old, new, symlinks=True)
    else:
        shutil.copy2(old, new, follow_symlinks=False)


def _swap(unfinished: Path, target: Path) -> None:
    """Put a folder in its place; the one that was there is removed afterwards."""
    if not target.exists():
        unfinished.rename(target)
        return
    before = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        target.rename(before / "before")
        try:
            unfinished.rename(target)
        except OSError:
            (before / "before").rename(target)
            raise
    finally:
        shutil.rmtree(before, ignore_errors=True)


def _put_in_place(unfinished: Path, path: Path) -> None:
    """Give the file its name, unless somebody took it meanwhile."""
    try:
        os.link(unfinished, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a disk without hard links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        unfinished.replace(path)


def _write_unfinished(target: Path, data: bytes, folder: Path, mode: int) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode & ~_umask())
    except OSError:
        _remove(Path(name))
        raise
    return Path(name)


def _umask() -> int:
    """Return the bits that new files of this process lack; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _refuse_what_is_no_file(target: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise OSError(0, "it is a folder, pipe or device")


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
