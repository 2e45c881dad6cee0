"""LibreOffice's recalculation of a workbook against the core's answers, cell by cell."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from former import answer
from hosts.libreoffice import LibreOffice
from random_inputs import CARD, as_cell

from workbook_templates.book.words import Words
from workbook_templates.build import Built, default_inputs

JOBS_AT_ONCE = 25


def differs(expected: Any, got: Any) -> bool:
    """Tell whether a cell holds something else than it must, to 1e-9 of the larger figure."""
    expected = as_cell(expected)
    if isinstance(expected, str) or isinstance(got, str) or got is None:
        return bool(expected != got)
    return abs(expected - got) > 1e-9 * max(abs(expected), abs(got), 1e-300) and expected != got


def cells_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs by the name of their cell, those of tables too."""
    cells = {}
    for name, value in inputs.items():
        if isinstance(value, list):
            for i, row in enumerate(value):
                cells |= {f"{name}.{field}.{i}": typed for field, typed in row.items()}
        else:
            cells[name] = value
    return cells


def wrong_cells(
    libreoffice: LibreOffice, built: Built, words: Words, jobs: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return what LibreOffice computes otherwise than the core."""
    at = {name: f"'{sheet}'!{cell}" for name, (sheet, cell) in built.inputs.items()}
    cases = [{at[name]: as_cell(typed) for name, typed in cells_of(job).items()} for job in jobs]
    names, addresses = computed_cells(built)
    wrong = []
    for first in range(0, len(cases), JOBS_AT_ONCE):
        some = slice(first, first + JOBS_AT_ONCE)
        for job, got in zip(jobs[some], libreoffice.run(cases[some], addresses), strict=True):
            wrong += different(job, words, dict(zip(names, got, strict=True)))
    return wrong


def wrong_of_file(
    libreoffice: LibreOffice, built: Built, words: Words, rows: Mapping[str, Any]
) -> list[str]:
    """Return what LibreOffice computes otherwise in a file as it was built, with these rows."""
    names, addresses = computed_cells(built)
    got = dict(zip(names, libreoffice.read(addresses), strict=True))
    return different({**default_inputs(words, CARD), **rows}, words, got)


def computed_cells(built: Built) -> tuple[list[str], list[str]]:
    """Return the names and addresses of all cells whose answer is the core's.

    The Functions sheet asks VBA, which is another test's.
    """
    cells = [
        (name, f"'{sheet}'!{cell}")
        for (sheet, cell), name in built.formulas.items()
        if sheet not in {"Functions", "函数"}
    ]
    return [name for name, _ in cells], [address for _, address in cells]


def different(job: Mapping[str, Any], words: Words, got: Mapping[str, Any]) -> list[str]:
    """Return what differs from the core's answers, with the row that it is in."""
    expected = answer(job, CARD, words, date.today())  # noqa: DTZ011 - as LibreOffice does
    wrong = [name for name, value in got.items() if differs(expected[name], value)]
    return [
        f"{name}: core {expected[name]!r}, sheet {got[name]!r}, for {_input_of(job, name)}"
        for name in wrong
    ]


def _input_of(job: Mapping[str, Any], name: str) -> Any:
    """Return the row of a table's cell; the other inputs for a cell of its own."""
    table, _, rest = name.partition(".")
    if rest and table in job:
        return job[table][int(rest.rpartition(".")[2])]
    return {name: typed for name, typed in job.items() if not isinstance(typed, list)}
