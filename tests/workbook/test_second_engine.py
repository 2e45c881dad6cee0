"""The workbook, computed once more by HyperFormula: what it finds is what the file shows."""

import re
from collections.abc import Iterable
from datetime import date
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hosts.second_engine import Book, Table, agree, differences, read_book, recalculate, translate

from workbook_templates.book.words import LANGUAGES
from workbook_templates.build import Built, build
from xl_pricing.rates.card import bundled_card

THAT_DAY = bundled_card().checked  # the day of the cached values, and so what TODAY() is here
FEWEST_FORMULAS = 130

EXCEPTIONS: dict[str, str] = {}
"""The computed cells that HyperFormula cannot confirm, each with the reason. So far none."""

NA, VALUE, NUM, REF, DIV = "#N/A", "#VALUE!", "#NUM!", "#REF!", "#DIV/0!"
CELLS = {"A1": 4.0, "A2": 5.0, "A3": 6.0, "B1": "apple", "B2": "Pear", "B3": "", "B4": "12"}
FACTS: dict[str, Any] = {
    # Sums and counts
    "SUMPRODUCT((A1:A3>4)*A1:A3)": 11,
    'SUMPRODUCT(--(B1:B4="pear"))': 1,
    "SUMPRODUCT((A1:A3>4))": 0,
    "SUMPRODUCT(B1:B4)": 0,
    "SUMPRODUCT(A1:A3,A1:A3)": 77,
    "SUMPRODUCT(A1:A3,A1:A2)": VALUE,
    "SUMPRODUCT(SMALL(A1:A4,{1,2}))": 9,
    "SUMPRODUCT(SMALL(A1:A3,ROW(A1:A2)))": 9,
    "SUMPRODUCT(MAX((A1:A3<6)*A1:A3))": 5,
    "SUMPRODUCT(ROW(A1:A3)-ROW(A1))": 3,
    "SUMPRODUCT(ISNUMBER(A1:A4)*1)": 3,
    'SUMPRODUCT((LEFT(B1:B4,1)="a")*1)': 1,
    "SUMPRODUCT(IF(A1:A3>4,1,0))": VALUE,
    "SUM(SMALL(A1:A4,{1,2}))": 9,
    'SUM(COUNTIFS(B1:B2,{"apple","pear"}))': 2,
    "SUM(B1:B4)": 0,
    'SUMIFS(A1:A3,A1:A3,">4",B1:B3,"P*")': 5,
    'SUMIFS(A1:A3,B1:B3,"")': 6,
    "SUMIFS(A1:A3,A1:A3,A4)": 0,
    'SUMIF(B1:B3,"apple",A1:A3)': 4,
    'SUMIF(A1:A3,">=5")': 11,
    'COUNTIFS(A1:A3,">="&A1,A1:A3,"<"&A3)': 2,
    'COUNTIFS(B1:B4,"apple",A1:A4,4)': 1,
    "COUNTIF(B1:B4,12)": 1,
    'COUNTIF(A1:A4,"")': 1,
    'COUNTIF(D1:D1,"")': 1,
    'COUNTIF(A1:A4,"<>")': 3,
    'COUNTIF(A1:A4,"<>4")': 3,
    'COUNTIF(A1:A4,"<6")': 2,
    'COUNTIF(B1:B4,"?ear")': 1,
    'COUNTIF(B1:B4,"<>apple")': 3,
    "COUNTA(A1:A4)": 3,
    "COUNTA(D1:D1)": 1,
    "COUNT(A1:B4)": 3,
    # Looking up
    "SUMIFS(INDEX(A1:B3,0,1),B1:B3,INDEX(A1:B3,2,2))": 5,
    "SUM(INDEX(A1:A3,0))": 15,
    "SUM(INDEX(A1:B3,2,0))": 5,
    "INDEX(A1:B1,2)": "apple",
    "INDEX(A1:A4,4)": 0,
    "INDEX(A1:A3,4)": REF,
    "INDEX(B1:B4,MATCH(6,A1:A4,0)-1)": "Pear",
    'MATCH("PEAR",B1:B3,0)': 2,
    'MATCH("p*",B1:B3,0)': 2,
    "MATCH(5.5,A1:A3)": 2,
    "MATCH(9,A1:A3,0)": NA,
    'MATCH(1,INDEX((A1:A3=5)*(B1:B3="Pear"),0),0)': 2,
    "LARGE(A1:A4,1)": 6,
    "SMALL(A1:A4,4)": NUM,
    "LARGE(A1:A4,0)": NUM,
    # Numbers
    "INT(-2.5)": -3,
    "MOD(-3,2)": 1,
    "MOD(3,0)": DIV,
    "ROUND(2.5,0)": 3,
    "ROUND(-2.5,0)": -3,
    "ROUND(1.005,2)": 1.01,
    "ROUND(1234,-2)": 1200,
    "ROUNDUP(3.2,0)": 4,
    "ROUNDUP(0.3/0.1,0)": 3,
    "ROUNDDOWN(-3.9,0)": -3,
    "GCD(1024,1280)": 256,
    "GCD(5,0)": 5,
    "SQRT(-1)": NUM,
    "BINOMDIST(6,10,0.5,FALSE)": 0.205078125,
    "BINOMDIST(6,10,0.5,TRUE)": 0.828125,
    "BINOMDIST(0,50,0.99,TRUE)": 1e-100,
    "BINOMDIST(3,3,1,TRUE)": 1,
    "BINOMDIST(11,10,0.5,TRUE)": NUM,
    "1-0.9=0.1": True,
    "0.3-0.1-0.2=0": True,
    # Days and hours
    "DATE(2026,11,23)": 46349,
    "DATE(2026,14,1)": 46419,
    "WEEKDAY(46349,2)": 1,
    "YEAR(46349)*100+MONTH(46349)": 202611,
    "DAY(DATE(2026,3,0))": 28,
    "HOUR(46349.75)": 18,
    "MINUTE(46349.7604166667)": 15,
    "TODAY()-46349": 0,
    # Text
    'TEXT(1234.567,"#,##0.00")': "1,234.57",
    "FIXED(1234.567,1)": "1,234.6",
    "FIXED(1234.567,-1)": "1,230",
    "FIXED(-1234.567,-1,TRUE)": "-1230",
    "FIXED(44.332)": "44.33",
    'TEXT(0.285,"0.0%")': "28.5%",
    'TEXT(46349,"yyyy-mm-dd")': "2026-11-23",
    'TEXT(46349.5625,"hh:mm")': "13:30",
    'TEXT(46349.5625,"h:mm AM/PM")': "1:30 PM",
    'TEXT(46349,"ddd d mmm")': "Mon 23 Nov",
    'TEXT(46349,"m""月""d日")': "11月23日",
    'TEXT(7,"000")': "007",
    'TEXT(0.5,"0")': "1",
    'TEXT(2,"0.##")': "2.",
    'TEXT(-3,"0;(0)")': "(3)",
    'TEXT(0.000123,"0.00E+00")': "1.23E-04",
    'TEXT(5,"0 ""days""")': "5 days",
    'TEXT("abc","0")': "abc",
    'TEXT(1,"[Red]0")': VALUE,
    'LEFT("abc",9)': "abc",
    'LEFT("abc",-1)': VALUE,
    'MID("abcd",2,2)': "bc",
    'MID("abcd",0,2)': VALUE,
    'FIND("b","abcb",3)': 4,
    'FIND("B","abc")': VALUE,
    'SUBSTITUTE("a-b-c","-","+",2)': "a-b+c",
    'SUBSTITUTE("a-b-c","-","$&")': "a$&b$&c",
    'TRIM("  a   b ")': "a b",
    'LOWER("ÄbC")': "äbc",
    'VALUE(" 1,234.5 ")': 1234.5,
    'VALUE("12%")': 0.12,
    'VALUE("2026-11-23")': 46349,
    'VALUE("13:30")': 0.5625,
    'VALUE("")': VALUE,
    '"say ""a\\"""': 'say "a\\"',
    '0.1+0.2&""': "0.3",
    '1E21&""': "1E+21",
    '1E-7&""': "0.0000001",
    # Kinds of values
    '"3"*2': 6,
    "D1+1": VALUE,
    '"4:5"="04:05"': False,
    '2<"1"': True,
    '"é"="e"': False,
    '"a"="A"': True,
    "A4": 0,
    'A4=""': True,
    "A4=0": True,
    "TRUE+1": 2,
    "IF(FALSE,1)": False,
    'IFERROR(1/0,"x")': "x",
    "ISNUMBER(B4)": False,
    "ISFORMULA(D1)": True,
    "ISFORMULA(A1)": False,
    "_xlfn.IFNA(NA(),2)": 2,
}
"""What Excel answers: the examples of its function reference, and where engines go astray."""

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


@pytest.fixture(scope="module", params=LANGUAGES)
def built(request: pytest.FixtureRequest) -> Built:
    return build(str(request.param))


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
    return Book(["Facts"], constants, {**computed, ("Facts", "D1"): '=""'}, {}, {}, {}), places


def test_every_formula_computes_to_what_the_file_shows(built: Built, tmp_path: Path) -> None:
    book = read_book(written(built.data, tmp_path))
    computed = recalculate(without_cached(book), THAT_DAY)
    assert len(computed) == formulas_in(built.data) >= FEWEST_FORMULAS
    wrong = {
        built.formulas.get(place, "!".join(place)): why
        for place, why in differences(book, computed).items()
    }
    assert wrong.keys() == EXCEPTIONS.keys(), "\n".join(f"{at}: {why}" for at, why in wrong.items())


def test_a_wrong_formula_is_seen_in_its_cell_and_wherever_it_leads(tmp_path: Path) -> None:
    built = build("en")
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
    book, places = table_of(FACTS)
    computed = recalculate(book, date(2026, 11, 23))
    found = {formula: computed[place] for formula, place in places.items()}
    assert {what: found[what] for what, fact in FACTS.items() if not agree(found[what], fact)} == {}


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
