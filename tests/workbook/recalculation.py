"""LibreOffice's recalculation of a workbook against the evaluator of its formulas, cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hosts.libreoffice import LibreOffice
from random_inputs import as_cell, cells_of
from templates import input_addresses

from workbook_templates.build import Built

JOBS_AT_ONCE = 25


def differs(expected: Any, got: Any) -> bool:
    """Tell whether a cell holds something else than it must, to 1e-9 of the larger figure."""
    expected = as_cell(expected)
    if isinstance(expected, str) or isinstance(got, str) or got is None:
        return bool(expected != got)
    return abs(expected - got) > 1e-9 * max(abs(expected), abs(got), 1e-300) and expected != got


def wrong_cells(
    libreoffice: LibreOffice, built: Built, jobs: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield what LibreOffice computes otherwise than the evaluator for jobs typed into a file."""
    at = input_addresses(built)
    typed = [{name: as_cell(value) for name, value in cells_of(job).items()} for job in jobs]
    addresses = [address for address, _ in computed_cells(built)]
    for first in range(0, len(jobs), JOBS_AT_ONCE):
        some = typed[first : first + JOBS_AT_ONCE]
        cases = [{at[name]: value for name, value in one.items()} for one in some]
        for one, got in zip(some, libreoffice.run(cases, addresses), strict=True):
            yield from different(built, one, got)


def wrong_of_file(libreoffice: LibreOffice, built: Built) -> Iterator[str]:
    """Yield what LibreOffice computes otherwise in a file as it was built."""
    got = libreoffice.read([address for address, _ in computed_cells(built)])
    yield from different(built, {}, got)


def computed_cells(built: Built) -> list[tuple[str, str]]:
    """Return address and name of all computed cells, but for those that ask VBA.

    The Functions sheet is another test's.
    """
    return [
        (f"'{sheet}'!{cell}", name)
        for (sheet, cell), name in built.formulas.items()
        if sheet not in {"Functions", "函数"}
    ]


def different(built: Built, typed: Mapping[str, Any], got: Sequence[Any]) -> Iterator[str]:
    """Yield what differs from the evaluator's values, with the inputs or the row that it is for."""
    values = built.calculate(typed, date.today())  # noqa: DTZ011 - as LibreOffice does
    for (address, name), value in zip(computed_cells(built), got, strict=True):
        if differs(values[name], value):
            yield (
                f"{address} {name}: evaluator {values[name]!r}, LibreOffice {value!r}, "
                f"for {_input_of(typed, name)}"
            )


def _input_of(typed: Mapping[str, Any], name: str) -> Any:
    """Return the row of a table's cell; the other inputs for a cell of its own."""
    table, *_, row = name.split(".")
    if row != table:
        return {one: it for one, it in typed.items() if one.split(".")[::2] == [table, row]}
    return {one: it for one, it in typed.items() if "." not in one}
