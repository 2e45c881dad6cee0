"""A workbook that a command writes: its name, its language, how far it is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from xl_pricing.cli.console import Given
from xl_pricing.cli.written_files import refuse_taken
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted, unknown


def check_path(path: str, *, force: bool) -> None:
    """Refuse a name that is no workbook's, or is taken; before anything is read for it."""
    if not path.lower().endswith((".xlsx", ".xlsm")):
        raise InvalidValueError(
            f"path {quoted(path)} is not a workbook; accepted: a name in .xlsx or .xlsm"
        )
    refuse_taken(Path(path), force=force)


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
