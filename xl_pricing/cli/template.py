"""``xl-pricing template``: write the workbook, prefilled or with rows of one's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from xl_pricing.cli.carried import CarriedOver, carried_over, draw_carried, read_old
from xl_pricing.cli.console import Given, argument, command, option
from xl_pricing.cli.drawing import note_lines
from xl_pricing.cli.workbook_files import check_path, progress_of, read_language
from xl_pricing.cli.written_files import write_file
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.refresh.store import active_card

if TYPE_CHECKING:
    from workbook_templates.build import Built
    from workbook_templates.carry_over.carry import Carried
    from workbook_templates.csv_rows import Rows
    from workbook_templates.csv_shapes import CsvTable


_MOST_TOLD = 20
BUNDLED, IN_FORCE = "bundled", "in force"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row of a CSV file that is not priced or counted, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a table got from a CSV file: its rows, how many of them hold, and the others."""

    table: str
    file: str
    rows: int
    good: int
    faults: list[RowFault]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Written:
    """The workbook that was written: the card and the day of its rates, and rows of one's own."""

    path: str
    lang: str
    card: str
    rates_checked: date
    tables: list[Filled]
    carried: CarriedOver | None
    complaint: str
    """What makes the command fail, with --strict only."""


def _draw_written(written: Written) -> str:
    """Say where the workbook is, what it is priced by, what is not priced, and what to do."""
    card = "the bundled card" if written.card == BUNDLED else "the card in force"
    lines = [written.path, f"Rates: {card}, as of {written.rates_checked}."]
    lines += draw_carried(written.carried)
    for table in written.tables:
        lines += [_sum(table), *map(_draw_fault, table.faults[:_MOST_TOLD])]
        more = len(table.faults) - _MOST_TOLD
        lines += [f"  and {more:,} more"] if more > 0 else []
        lines += note_lines(table.notes)
    return "\n".join([*lines, "Open it in Excel or LibreOffice and fill in its yellow cells."])


def _sum(table: Filled) -> str:
    word, done = _words(table)
    return f"{table.file}: {table.good:,} of {table.rows:,} {word} are {done}"


def _words(table: Filled) -> tuple[str, str]:
    return ("lines", "priced") if table.table == "tblCampaign" else ("rows", "counted")


def _draw_fault(fault: RowFault) -> str:
    return f"  row {fault.row}: {fault.reason}"


def _complain(written: Written) -> str:
    return written.complaint


def _complaint(tables: Sequence[Filled]) -> str:
    """Say how many rows are not priced or counted; nothing where all are."""
    bad = [
        f"{len(each.faults):,} of {each.rows:,} {word} of {each.file} "
        f"{'are' if len(each.faults) > 1 else 'is'} not {done}"
        for each in tables
        for word, done in [_words(each)]
        if each.faults
    ]
    return f"{' and '.join(bad)}; the workbook is written all the same" if bad else ""


@command("xl-pricing template budget.xlsx", _draw_written, _complain)
@argument("path", "Workbook to write, a name in .xlsx or .xlsm.")
@option("lang", "The workbook's language: en or zh-CN. If omitted, that of --from, or en.")
@option("old", "Older workbook, .xlsx or .xlsm, whose inputs are carried over.", flag="--from")
@option("campaign", "CSV file with the lines of a campaign, up to 5,000.")
@option("actuals", "CSV file with what was generated and billed, up to 5,000 rows.")
@click.option("--blank", is_flag=True, help="No examples: neutral cells, empty tables.")
@click.option("--bundled", is_flag=True, help="Price by the rates that ship, not those in force.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a row is not priced.")
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
def template(
    path: str,
    lang: Given,
    old: Given,
    campaign: Given,
    actuals: Given,
    *,
    blank: bool,
    bundled: bool,
    strict: bool,
    force: bool,
) -> Written:
    """Write the budget workbook.

    A name in .xlsx needs no macros; one in .xlsm has the cell functions and the refresh button too.
    It is priced by the card in force. CSV files begin with the names of the columns, those of the
    tables in the workbook or what stands above them; what is not priced is told row by row. Without
    them the tables hold examples, marked as such; next to one of your own the other is empty.
    With --from the inputs and rows of an older workbook are carried over, in either language, and
    what cannot be is told; that is how a workbook gets new rates.
    """
    language = read_language(lang) if lang else ""
    check_path(path, force=force)
    card = bundled_card() if bundled else active_card()
    files = _read_files(campaign, actuals, card)
    old_path = Path(old) if old else None
    before = read_old(old_path, language, card) if old_path else None
    language = language or (before.lang if before else read_language(lang))
    macros = path.lower().endswith(".xlsm")
    built, data = _build(language, card, files, before, macros=macros, blank=blank)
    write_file(Path(path), data, force=force)
    kind = BUNDLED if card is bundled_card() else IN_FORCE
    tables = [_filled(file, built, card) for file in files]
    given = [file.of.table for file in files]
    carried = carried_over(old_path, before, built, card, given) if old_path and before else None
    complaint = _complaint(tables) if strict else ""
    return Written(path, language, kind, card.checked, tables, carried, complaint)


class _File(NamedTuple):
    """A CSV file that was read, and the table that it fills."""

    path: Path
    of: "CsvTable"
    held: "Rows"


def _read_files(campaign: Given, actuals: Given, card: RateCard) -> list[_File]:
    """Read the files that are given, their sizes as the functions read them."""
    from workbook_templates import csv_shapes  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.csv_rows import read_rows  # noqa: PLC0415 - the same
    from workbook_templates.csv_sizes import sizes_as_read  # noqa: PLC0415 - the same

    given = ((campaign, csv_shapes.CAMPAIGN), (actuals, csv_shapes.ACTUALS))
    files = []
    for path, of in given:
        if path:
            held = read_rows(Path(path), of.shape)
            rows, told = sizes_as_read(held.rows, card)
            notes = [*(f"{Path(path).name}: {note}" for note in told), *held.notes]
            files.append(_File(Path(path), of, held._replace(rows=rows, notes=notes)))
    return files


def _build(
    lang: str,
    card: RateCard,
    files: Sequence[_File],
    before: "Carried | None",
    *,
    macros: bool,
    blank: bool,
) -> "tuple[Built, bytes]":
    """Build the workbook and its file; no examples stand beside rows of one's own."""
    from workbook_templates.build import BLANK_ROWS, TABLES, build  # noqa: PLC0415 - loads openpyxl

    carried = before.rows if before else {}
    own = {file.of.table: file.held.rows for file in files}
    rows = {**dict.fromkeys(TABLES if own else (), BLANK_ROWS), **carried, **own}
    inputs = before.inputs if before else {}
    with progress_of(sum(map(len, own.values()))) as progress:
        built = build(
            lang, card, macros=macros, blank=blank, inputs=inputs, rows=rows, progress=progress
        )
        return built, built.data


def _filled(file: _File, built: "Built", card: RateCard) -> Filled:
    """Return what the workbook says of each row of a file."""
    faults = [*_faults(file, built, card)]
    notes = [*_missing(file), *_noted(file, built), *file.held.notes]
    rows = len(file.held.rows)
    return Filled(file.of.table, file.path.name, rows, rows - len(faults), faults, notes)


def _missing(file: _File) -> Iterator[str]:
    lacks = [name for name in file.of.needed if all(name not in row for row in file.held.rows)]
    if lacks:
        yield f"{file.path.name} has no column {', '.join(lacks)}: type them in the workbook"


def _noted(file: _File, built: "Built") -> Iterator[str]:
    """Say what holds of rows that count all the same, a sentence for each kind."""
    codes = [built.values[f"{file.of.table}.fault.{i}"] for i in range(len(file.held.rows))]
    for code, fault in enumerate(file.of.faults):
        rows = [f"{n}" for n, found in zip(file.held.numbers, codes, strict=True) if found == code]
        if fault.is_note and rows:
            more = f" and {len(rows) - _MOST_TOLD:,} more" if len(rows) > _MOST_TOLD else ""
            named = f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:_MOST_TOLD])}{more}"
            fix = f"{fault.fix[0].lower()}{fault.fix[1:].rstrip('.')}"
            yield f"{file.path.name}, {named}: {fault.says.removeprefix('▲ ')}: {fix}"


def _faults(file: _File, built: "Built", card: RateCard) -> Iterator[RowFault]:
    from workbook_templates.csv_reasons import reason  # noqa: PLC0415 - loads openpyxl

    for i, (row, number) in enumerate(zip(file.held.rows, file.held.numbers, strict=True)):
        code = built.values[f"{file.of.table}.fault.{i}"]
        if isinstance(code, int | float) and code and not file.of.faults[int(code)].is_note:
            said = "nothing is typed in it"
            if code > 0:
                said = reason(row, file.of.needed, file.of.faults[int(code)], card)
            yield RowFault(number, said)
