"""Files that a command writes: whole or not at all, over others only where that is asked for."""

import os
from pathlib import Path

from xl_pricing.errors import InvalidValueError
from xl_pricing.files import write_new, write_whole
from xl_pricing.words import quoted


def refuse_taken(path: Path, *, force: bool) -> None:
    """Refuse a name that is taken; to be asked before anything is read for the file."""
    if os.path.lexists(path) and not force:
        raise _exists(path)


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file, over another one only with ``force``, also if that came just now."""
    try:
        (write_whole if force else write_new)(path, data)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise InvalidValueError(
            f"path {quoted(str(path))} cannot be written: {error.strerror or error}; "
            "accepted: a file in a folder that you may write to"
        ) from None


def _exists(path: Path) -> InvalidValueError:
    return InvalidValueError(f"path {quoted(str(path))} exists; accepted: another name, or --force")
