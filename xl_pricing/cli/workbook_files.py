"""A workbook that a command writes: its name, its language, how it is written."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from xl_pricing.cli.console import Given
from xl_pricing.errors import InvalidValueError
from xl_pricing.files import write_new, write_whole
from xl_pricing.words import quoted, unknown


def check_path(path: str, *, force: bool) -> None:
    """Refuse a name that is no workbook's, or is taken; before anything is read for it."""
    if not path.lower().endswith((".xlsx", ".xlsm")):
        raise InvalidValueError(
            f"path {quoted(path)} is not a workbook; accepted: a name in .xlsx or .xlsm"
        )
    if os.path.lexists(path) and not force:
        raise _exists(path)


def read_language(lang: Given) -> str:
    """Return the language of a workbook, English if it is omitted."""
    from workbook_templates.book.words import LANGUAGES  # noqa: PLC0415 - no price needs a workbook

    language = lang or LANGUAGES[0]
    if language not in LANGUAGES:
        raise InvalidValueError(unknown("lang", language, LANGUAGES))
    return language


@contextmanager
def progress_of(rows: int) -> Iterator[Callable[[int], None] | None]:
    """Show on standard error how many rows are written, where there are any of one's own."""
    if not rows:
        yield None
        return
    with click.progressbar(length=rows, label="Pricing and writing", file=sys.stderr) as bar:
        yield bar.update


def write_workbook(path: Path, data: bytes, *, force: bool) -> None:
    """Write the workbook whole or not at all, over another one only with ``force``."""
    try:
        (write_whole if force else write_new)(path, data)
    except FileExistsError:
        raise _exists(str(path)) from None
    except OSError as error:
        raise InvalidValueError(
            f"path {quoted(str(path))} cannot be written: {error.strerror or error}; "
            "accepted: a file in a folder that you may write to"
        ) from None


def _exists(path: str) -> InvalidValueError:
    return InvalidValueError(f"path {quoted(path)} exists; accepted: another name, or --force")
