"""The workbook, computed once more by HyperFormula: what it finds is what the file shows."""

import random
import re
from collections.abc import Iterable
from datetime import date
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from exhaustive import many
from facts import CELLS, EMPTY_TEXT, FACTS, OTHER_FACTS
from hosts.second_engine import Book, Table, agree, differences, read_book, recalculate, translate
from random_inputs import as_cell, cells_of, random_inputs
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build
from workbook_templates.formulas.values import Error
from xl_pricing.rates.card import bundled_card

THAT_DAY = bundled_card().checked  # the day of the cached values, and so what TODAY() is here
FEWEST_FORMULAS = 130

EXCEPTIONS: dict[str, str] = {}
"""The computed cells that HyperFormula cannot confirm, each with the reason. So far none."""

RATES = Table("My 'rates'", (2, 7, 4, 20), 1, 1, ("model", "usd", "a#b"))
STRUCTURED = {
    "tblRates[usd]": "$C$8:$C$19",
    "tblRates": "$B$8:$D$19",
    "tblRates[[#This Row],[usd]]": "$C9",
    "tblRates[[#This Row],[model]:[usd]]": "$B9:$C9",
    "TBLRATES[[model]:[USD]]": "$B$8:$C$19",
    "tblRates[[#Headers],[usd]]": "$C$7",
    "tblRates[[#Headers],[model]:[usd]]": "$B$7:$C$7",
    "tblRates[#Headers]": "$B$7:$D$7",
    "tblRates[#All]": "$B$7:$D$20",
    "tblRates[[#All],[usd]]": "$C$7:$C$20",
    "tblRates[[#Headers],[#Data],[usd]]": "$C$7:$C$19",
    "tblRates[[#Totals],[usd]]": "$C$20",
    "tblRates[a'#b]": "$D$8:$D$19",
    "tblRates[[#Headers],[usd]]:tblRates[[#This Row],[usd]]": "$C$7:$C9",
}


def written(data: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(data)
    return path


def without_cached(book: Book) -> Book:
    return book._replace(cached={})


def formulas_in(data: bytes) -> int:
    """Count the formulas of a file's sheets, by the letter."""
    with ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(len(re.findall(rb"<f[ >]", archive.read(name))) for name in sheets)


def with_formula(data: bytes, old: str, new: str) -> bytes:
    """Return a copy of a file in which a formula reads otherwise; all else stays as it is."""
    parts, changed = BytesIO(), 0
    before, after = (f"<f>{escape(text, quote=False)}</f>".encode() for text in (old, new))
    with ZipFile(BytesIO(data)) as archive, ZipFile(parts, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            changed += content.count(before)
            copy.writestr(name, content.replace(before, after))
    assert changed == 1
    return parts.getvalue()


def table_of(formulas: Iterable[str]) -> tuple[Book, dict[str, tuple[str, str]]]:
    """Return a sheet with the cells of the facts, and where each formula stands in it."""
    constants = {("Facts", at): value for at, value in CELLS.items()}
    places = {formula: ("Facts", f"H{row}") for row, formula in enumerate(formulas, start=11)}
    computed = {place: f"={formula}" for formula, place in places.items()}
    return Book(
        ["Facts"], constants, {**computed, ("Facts", EMPTY_TEXT): '=""'}, {}, {}, {}
    ), places


def test_every_formula_computes_to_what_the_file_shows(built: Built, tmp_path: Path) -> None:
    book = read_book(written(built.data, tmp_path))
    computed = recalculate(without_cached(book), THAT_DAY)
    assert len(computed) == formulas_in(built.data) >= FEWEST_FORMULAS
    wrong = {
        built.formulas.get(place, "!".join(place)): why
        for place, why in differences(book, computed).items()
    }
    assert wrong.keys() == EXCEPTIONS.keys(), "\n".join(f"{at}: {why}" for at, why in wrong.items())


@pytest.mark.parametrize("lang", many(["en"], LANGUAGES))
def test_random_jobs_compute_to_what_the_evaluator_gives(lang: str, tmp_path: Path) -> None:
    """Tables of 12 rows; about every second job has faults."""
    rng, words = random.Random(f"second engine {lang}"), Words(lang)
    jobs = [random_inputs(rng, words, 12) for _ in range(many(2, 25))]
    built = build(lang, rows={name: it for name, it in jobs[0].items() if isinstance(it, list)})
    book = without_cached(read_book(written(built.data, tmp_path)))
    wrong = []
    for job in jobs:
        typed = {name: as_cell(value) for name, value in cells_of(job).items()}
        constants = book.constants | {built.inputs[name]: value for name, value in typed.items()}
        computed = recalculate(book._replace(constants=constants), THAT_DAY)
        values = built.calculate(typed, THAT_DAY)
        wrong += [
            f"{name}: evaluator {values[name]!r}, HyperFormula {computed[place]!r}, for {job}"
            for place, name in built.formulas.items()
            if name not in EXCEPTIONS
            and not agree(computed[place], plain(values[name]))
            and not is_another_error(name, computed[place], values[name])
        ]
    assert "\n".join(wrong[:20]) == ""


def is_another_error(name: str, computed: Any, value: Any) -> bool:
    """Tell whether HyperFormula only names another error, or meets one that no formula asks for.

    Of two errors it names one by its own order. In a blank row of a table it also computes the
    branch that is not taken, where the text of check 0 is looked up; LibreOffice does not.
    """
    if ".check." in name and value == "":
        return bool(computed == "#VALUE!")
    return isinstance(value, Error) and str(computed).startswith("#")


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def test_a_wrong_formula_is_seen_in_its_cell_and_wherever_it_leads(tmp_path: Path) -> None:
    built = built_in("en")
    places = {name: place for place, name in reversed(built.formulas.items())}
    formulas = read_book(written(built.data, tmp_path)).formulas
    wrong = next(
        place
        for place, name in built.formulas.items()
        if name == "expected_cost" and formulas[place] != "=expected_cost"
    )
    formula = formulas[wrong][1:]
    changed = with_formula(built.data, formula, f"{formula}+1E-6")
    book = read_book(written(changed, tmp_path))
    different = differences(book, recalculate(book, THAT_DAY))
    assert {wrong, places["budget_usd"]} <= different.keys()
    assert places["tokens_per_call"] not in different


def test_the_engine_computes_as_excel_says() -> None:
    facts = {**FACTS, **OTHER_FACTS}
    book, places = table_of(facts)
    computed = recalculate(book, date(2026, 11, 23))
    found = {formula: computed[place] for formula, place in places.items()}
    assert {what: found[what] for what, fact in facts.items() if not agree(found[what], fact)} == {}


def test_an_unknown_function_is_an_error_not_a_silence() -> None:
    book, places = table_of(["SUMPRODUCTS(A1:A3)", "no_such_name+1"])
    computed = recalculate(book, THAT_DAY)
    assert [computed[place] for place in places.values()] == ["#NAME?"] * 2


@pytest.mark.parametrize(("reference", "cells"), STRUCTURED.items())
def test_structured_references_become_cells(reference: str, cells: str) -> None:
    book = table_of([])[0]._replace(tables={"tblrates": RATES})
    translated = translate(book, ("Elsewhere", "F9"), f"=SUM({reference})")
    assert translated == f"=SUM('My ''rates'''!{cells})"


def test_names_become_what_they_stand_for() -> None:
    names = {"finals": "'Facts'!$A$1", "twice": "finals*2", "usd": "tblRates[usd]"}
    book = table_of([])[0]._replace(names=names, tables={"tblrates": RATES})
    assert translate(book, ("Facts", "F9"), "=ROW(Finals)^twice+TRUE") == (
        "=ROW('Facts'!$A$1)^('Facts'!$A$1*2)+TRUE()"
    )
    assert translate(book, ("Facts", "F9"), "=MAX( usd)") == "=MAX( 'My ''rates'''!$C$8:$C$19)"


def test_a_range_to_the_bottom_ends_where_the_cells_do() -> None:
    book = table_of([])[0]._replace(last_row=40)
    assert translate(book, ("Facts", "F9"), "=MAX($B$9:$B$1048576)") == "=MAX($B$9:$B$40)"


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("=tblRates[[#This Row],[usd]]", "no such row"),
        ("=SUM(A1:INDEX(A1:A9,3))", "not translated"),
    ],
)
def test_what_cannot_be_translated_is_refused(formula: str, why: str) -> None:
    book = table_of([])[0]._replace(tables={"tblrates": RATES})
    with pytest.raises(ValueError, match=why):
        translate(book, ("Facts", "F7"), formula)
