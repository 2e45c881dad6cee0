"""``xl-pricing template``: write the workbook, prefilled or with rows of one's own."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_pricing.cli.console import SPREAD, Given, argument, command, option
from xl_pricing.errors import InvalidValueError
from xl_pricing.files import write_new, write_whole
from xl_pricing.words import unknown

if TYPE_CHECKING:
    from workbook_templates.csv_rows import Row


@dataclass(frozen=True, slots=True)
class Written:
    """The workbook that was written, and how many rows of one's own its tables got."""

    path: str
    lang: str
    rows: Mapping[str, int] = field(metadata=SPREAD)


def _draw_written(written: Written) -> str:
    """Say where the workbook is, and what to do with it."""
    return f"{written.path}\nOpen it in Excel or LibreOffice and fill in its yellow cells."


@command("xl-pricing template budget.xlsx", _draw_written)
@argument("path", "Workbook to write, a name in .xlsx or .xlsm.")
@option("lang", "en or zh-CN. If omitted, en.")
@option("campaign", "CSV file with the lines of a campaign, up to 5,000.")
@option("actuals", "CSV file with what was generated and billed, up to 5,000 rows.")
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
def template(path: str, lang: Given, campaign: Given, actuals: Given, *, force: bool) -> Written:
    """Write the budget workbook.

    A name in .xlsx needs no macros; one in .xlsm has the cell functions and the refresh button too.
    CSV files begin with the names of the columns, those of the tables in the workbook.
    """
    language = _read_language(lang)
    if not path.lower().endswith((".xlsx", ".xlsm")):
        raise InvalidValueError(
            f"path {path!r} is not a workbook; accepted: a name in .xlsx or .xlsm"
        )
    if os.path.lexists(path) and not force:
        raise _exists(path)
    rows = _read_tables(campaign, actuals)
    data = _build(language, rows, macros=path.lower().endswith(".xlsm"))
    _write(Path(path), data, force=force)
    return Written(path, language, {name: len(table) for name, table in rows.items()})


def _read_language(lang: Given) -> str:
    from workbook_templates.book.words import LANGUAGES  # noqa: PLC0415 - no price needs a workbook

    language = lang or LANGUAGES[0]
    if language not in LANGUAGES:
        raise InvalidValueError(unknown("lang", language, LANGUAGES))
    return language


def _read_tables(campaign: str | None, actuals: str | None) -> dict[str, Sequence["Row"]]:
    """Read the files that are given, by the name of their table."""
    from workbook_templates import csv_rows  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.sheets.actuals import rows as bills  # noqa: PLC0415 - the same
    from workbook_templates.sheets.campaign import lines  # noqa: PLC0415 - the same

    given = ((campaign, lines.TABLE, lines.INPUTS), (actuals, bills.TABLE, bills.TYPED))
    return {
        table: csv_rows.read_rows(Path(path), csv_rows.Shape(fields)).rows
        for path, table, fields in given
        if path
    }


def _build(lang: str, rows: Mapping[str, Sequence["Row"]], *, macros: bool) -> bytes:
    from workbook_templates.build import build  # noqa: PLC0415 - loads openpyxl

    with _progress(sum(map(len, rows.values()))) as progress:
        return build(lang, macros=macros, rows=rows, progress=progress).data


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None] | None]:
    """Show on standard error how many rows are written, where there are any of one's own."""
    if not rows:
        yield None
        return
    with click.progressbar(length=rows, label="Pricing and writing", file=sys.stderr) as bar:
        yield bar.update


def _write(path: Path, data: bytes, *, force: bool) -> None:
    """Write the workbook whole or not at all, over another one only with ``force``."""
    try:
        (write_whole if force else write_new)(path, data)
    except FileExistsError:
        raise _exists(str(path)) from None
    except OSError as error:
        raise InvalidValueError(
            f"path {str(path)!r} cannot be written: {error.strerror or error}; "
            "accepted: a file in a folder that you may write to"
        ) from None


def _exists(path: str) -> InvalidValueError:
    return InvalidValueError(f"path {path!r} exists; accepted: another name, or --force")
