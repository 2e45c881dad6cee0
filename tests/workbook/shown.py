"""What the workbook shows for a job: the values of its formulas."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hosts.libreoffice import LibreOffice
from outcomes import Reader, outcomes
from random_inputs import BILL, CARD, EN, LINE, as_cell, cells_of, in_words, job
from recalculation import differs
from templates import input_addresses, open_in

from workbook_templates.book.words import Words
from workbook_templates.build import Built, build
from xl_pricing.rates.card import RateCard

TABLES = {"tblCampaign": LINE, "tblActuals": BILL}
ROWS = (12, 40, 400)
"""Rows of the tables in the workbooks that serve; those that are not needed are blank."""


@cache
def built_with(lang: str = "en", rows: int = ROWS[0], card: RateCard = CARD) -> Built:
    """Return a workbook whose tables have so many rows, all of them blank."""
    blank = {table: [dict.fromkeys(of)] * rows for table, of in TABLES.items()}
    return build(lang, card, rows=blank)


def shown(typed: Mapping[str, Any], words: Words = EN, card: RateCard = CARD) -> Mapping[str, Any]:
    """Return what the workbook shows for inputs in English; `KeyError` for no input."""
    longest = max(len(typed[table]) for table in TABLES)
    built = built_with(words.lang, next(rows for rows in ROWS if rows >= longest), card)
    return built.calculate(cells_of(in_words(typed, words)))


def values_of(card: RateCard = CARD, **changes: Any) -> Mapping[str, Any]:
    """Return what the workbook shows for the prefilled job, changed."""
    return shown(job(**changes), card=card)


def sheet_cells(built: Built, sheet: str, *more: str) -> dict[str, str]:
    """Return the computed cells of a sheet, and more of them, by name."""
    return {
        name: f"'{title}'!{cell}"
        for (title, cell), name in built.formulas.items()
        if title == sheet or name in more
    }


def judged(typed: Mapping[str, Any], words: Words = EN, card: RateCard = CARD) -> list[str]:
    """Return the cells that show something else than the core says of inputs in English."""
    agrees = Reader(None if words.lang == "en" else words.data).agrees
    found = shown(typed, words, card)
    return [
        f"{name}: core {one!r}, sheet {found[name]!r}, for {typed}"
        for name, one in outcomes(typed, card).items()
        if not agrees(one, found[name])
    ]


def recalculated(
    libreoffice: LibreOffice,
    built: Built,
    changes: Sequence[Mapping[str, Any]],
    cells: Mapping[str, str],
    folder: Path,
) -> list[str]:
    """Return the cells that LibreOffice computes otherwise than the workbook shows, by changes."""
    open_in(libreoffice, built, folder)
    at = input_addresses(built)
    cases = [{at[name]: as_cell(value) for name, value in one.items()} for one in changes]
    wrong = []
    for one, got in zip(changes, libreoffice.run(cases, list(cells.values())), strict=True):
        expected = built.calculate(one)
        wrong += [
            f"{name}: evaluator {expected[name]!r}, LibreOffice {value!r}, for {one}"
            for name, value in zip(cells, got, strict=True)
            if differs(expected[name], value)
        ]
    return wrong
