"""The evaluator: what formulas give by Excel's rules, what it refuses, what it computes once."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from facts import CELLS, EMPTY_TEXT, FACTS, OTHER_FACTS
from openpyxl.utils.cell import coordinate_to_tuple

from workbook_templates.formulas import compiler, functions
from workbook_templates.formulas.calculation import Calculation, Sheets
from workbook_templates.formulas.references import Cell, Table
from workbook_templates.formulas.values import CellValue, Error, FormulaError, typed_value

TODAY = date(2026, 11, 23)
SHEET = "Facts"
MORE_FACTS: Mapping[str, float | str | bool] = {
    # The minus of a number binds tightest, then ^, * and /, + and -, &, comparisons
    "-2^2": 4,
    "2^-1": 0.5,
    "2+3*4-6/2": 11,
    "2*(3+4)": 14,
    '1&2="12"': True,
    "0^0": "#NUM!",
    "(-8)^0.5": "#NUM!",
    "1E200*1E200": "#NUM!",
    # Blanks, text and TRUE in arithmetic and in comparisons
    "A4+1": 1,
    'A4&"x"': "x",
    '"x"+1': "#VALUE!",
    '" 3 "+1': 4,
    '"nan"+1': "#VALUE!",
    '"1_0"+1': "#VALUE!",
    '"2"=2': False,
    '"2">1': True,
    "TRUE>1": True,
    "A4=FALSE": True,
    'A4<"a"': True,
    # Errors travel until a function looks at them
    "1+NA()": "#N/A",
    "IF(NA(),1,2)": "#N/A",
    "IF(TRUE,1,NA())": 1,
    "IF(FALSE,1,NA())": "#N/A",
    "ISERROR(1/0)": True,
    "ISNUMBER(NA())": False,
    "ISBLANK(1/0)": False,
    "SUM(A1:A3,NA())": "#N/A",
    "SUMPRODUCT(1/(A1:A3-5))": "#DIV/0!",
    "SUMPRODUCT(ISERROR(1/(A1:A3-5))*1)": 1,
    "CHOOSE(2,NA(),7)": 7,
    "CHOOSE(3,1,2)": "#VALUE!",
    # In a range only numbers count, and a value that is given is read
    "SUM(B4,3)": 3,
    'SUM("4",3,TRUE)': 8,
    "MAX(B1:B4)": 0,
    "MIN(A1:A4)": 4,
    "COUNT(A1,B4)": 1,
    "AND(A1:B2)": True,
    "AND(B1:B2)": "#VALUE!",
    "OR(A1=5,A2=5)": True,
    # Halves go away from 0, whatever the binary fraction; 15 digits are what a number is
    "ROUND(0.5,0)": 1,
    "ROUND(1.5,0)": 2,
    "ROUND(2.675,2)": 2.68,
    "ROUND(-1.005,2)": -1.01,
    "ROUND(1E15/3,0)": 333333333333333,
    "ROUNDUP(-1.1,0)": -2,
    "ROUNDUP(0.1+0.2-0.3,0)": 0,
    "INT(2.5)": 2,
    "MOD(7.5,2)": 1.5,
    "MOD(-7,3)": 2,
    "MOD(7,-3)": -2,
    "FIXED(0.125)": "0.13",
    "FIXED(-0.001)": "0.00",
    "FIXED(1234567.891,2)": "1,234,567.89",
    'TEXT(0.125,"0%")': "13%",
    'TEXT(12.5,"0%")': "1250%",
    "0.1*3=0.3": True,
    "0.1*3>0.3": False,
    # Wildcards are where MATCH, COUNTIFS and SUMIFS have them, and ~ makes them plain
    'MATCH("?EAR",B1:B3,0)': 2,
    'MATCH("~*",B1:B3,0)': "#N/A",
    'MATCH("12",A1:B1,0)': "#N/A",
    'COUNTIF(B1:B4,"*")': 4,
    'COUNTIF(B1:B4,"a*e")': 1,
    'COUNTIF(B1:B4,"a~*e")': 0,
    'COUNTIF(B1:B4,"APPLE")': 1,
    'SUMIFS(A1:A4,B1:B4,"*p*",A1:A4,">4")': 5,
    "COUNTIF(A1:A4,A4)": 0,
    "COUNTIFS(A1:A3,5,A1:A2,5)": "#VALUE!",
    # Parts
    'REPT("ab",3)': "ababab",
    'LEN("äb")': 2,
    "SIGN(-3)": -1,
    "ABS(-3)": 3,
    'N("a")': 0,
    "N(TRUE)": 1,
    "NOT(0)": True,
    "ROWS(A1:B3)*10+COLUMNS(A1:B3)": 32,
    "ROW(A3)": 3,
    "ROW()-10": 1,
    "SUMPRODUCT(--(ROW($1:$20)>15))": 5,
    "COUNTA($B$1:$B$1048576)": 4,
    "SUMPRODUCT(ISFORMULA(C1:D1)*1)": 1,
}
"""Beside the facts that both engines read: what one of them cannot say, or reads otherwise."""


def sheets(formulas: Mapping[str, str], tables: Sequence[Table] = ()) -> Sheets:
    """Return a sheet with the cells of the facts, and a named formula for each name."""
    typed = {at(address): typed_value(value) for address, value in CELLS.items()}
    places = {name: (SHEET, row, 8) for row, name in enumerate(formulas, start=11)}
    written = {places[name]: formula for name, formula in formulas.items()}
    names = {**places, "finals": at("F1")}
    return Sheets(
        {**typed, at("F1"): 120.0},
        {**written, at(EMPTY_TEXT): '""'},
        names,
        {table.name: table for table in tables},
    )


def at(address: str) -> Cell:
    row, column = coordinate_to_tuple(address)
    return SHEET, row, column


def table(name: str, typed: Mapping[str, Sequence[CellValue]], **formulas: str) -> Table:
    """Return a table that begins in K21."""
    columns = {field: number for number, field in enumerate((*typed, *formulas), start=11)}
    return Table(name, SHEET, 21, len(next(iter(typed.values()))), columns, typed, formulas)


def given(formula: str, tables: Sequence[Table] = ()) -> CellValue:
    return Calculation(sheets({"answer": formula}, tables), today=TODAY)["answer"]


@pytest.mark.parametrize(("formula", "fact"), {**FACTS, **MORE_FACTS}.items())
def test_a_formula_gives_what_excel_gives(formula: str, fact: float | str | bool) -> None:
    found = given(formula)
    assert (isinstance(found, bool), isinstance(found, str)) == (
        isinstance(fact, bool),
        isinstance(fact, str),
    )
    assert found == (fact if isinstance(fact, str) else pytest.approx(fact, rel=1e-12, abs=1e-15))
    assert isinstance(found, Error) == (isinstance(fact, str) and fact.startswith("#"))


@pytest.mark.parametrize("formula", OTHER_FACTS)
def test_what_the_sheets_do_not_use_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError, match=r"answer, 'Facts'!H11: "):
        given(formula)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("XLOOKUP(1,A1:A3,B1:B3)", "the function XLOOKUP is not known"),
        ("no_such_name+1", "the name 'no_such_name' is not known"),
        ("SUM(tblNone[usd])", "the table 'tblNone' is not known"),
        ("SUM(tblRates[euro])", "tblRates has no column 'euro'"),
        ("tblRates[@usd]", "the part 'tblRates[@usd]' of a table is not known"),
        ("tblRates[[#This Row],[usd]]", "a row of tblRates is asked for outside of that table"),
        ("A1:A3+1", "a range stands where one value is needed"),
        ("MATCH(A1:A3,A1:A3,0)", "a range stands where one value is needed"),
        ("ROUND(1)", "ROUND is given 1 values"),
        ("IF(1)", "IF is given 1 values"),
        ("MATCH(1,A1:A3,1)", "MATCH by order; accepted: an exact match, 0"),
        ("COUNTIF(A1:A3)", "COUNTIF is given 1 values"),
        ("COUNTIFS(A1:A3)", "a range has no criterion"),
        ("1+", "'the end' is out of place in '1+'"),
        ("(1+2", "'the end' is out of place in '(1+2'"),
        ("1 2", "'2' is out of place in '1 2'"),
        ("50%*4", "cannot read '%*4' in '50%*4'"),
        ("+1", "'+' is out of place in '+1'"),
        ("{1,2}", "cannot read '{1,2}' in '{1,2}'"),
        ("[1]Sheet!A1", "cannot read '[1]Sheet!A1'"),
        ("answer+1", "this depends on itself"),
    ],
)
def test_an_unknown_function_name_or_grammar_is_refused_with_its_cell(
    formula: str, said: str
) -> None:
    rates = table("tblRates", {"usd": [1.0, 2.0]})
    with pytest.raises(FormulaError) as refused:
        given(formula, [rates])
    assert str(refused.value).startswith(f"answer, 'Facts'!H11: {said}")


RATES = table(
    "tblRates",
    {"model": ["a", "b", "A", None], "usd": [1.0, 2.5, 3.0, True]},
    twice="2*tblRates[[#This Row],[usd]]",
    place="ROW()-ROW(tblRates[[#Headers],[model]])",
    first="MATCH(tblRates[[#This Row],[model]],tblRates[model],0)",
    filled="COUNTA(tblRates[[#This Row],[model]:[usd]])",
    share="tblRates[[#This Row],[usd]]/SUM(tblRates[usd])",
    kind="ISNUMBER(tblRates[[#This Row],[usd]])",
    day="TODAY()",
)


@pytest.mark.parametrize(
    ("field", "cells"),
    {
        "twice": [2, 5, 6, 2],
        "place": [1, 2, 3, 4],
        "first": [1, 2, 1, "#N/A"],
        "filled": [2, 2, 2, 1],
        "share": [1 / 6.5, 2.5 / 6.5, 3 / 6.5, 1 / 6.5],
        "kind": [True, True, True, False],  # TRUE is not the 1 of the first row
        "day": [46349] * 4,
    }.items(),
)
def test_a_column_is_computed_for_all_of_its_rows(field: str, cells: list[CellValue]) -> None:
    found = Calculation(sheets({}, [RATES]), today=TODAY)
    assert [found[f"tblRates.{field}.{row}"] for row in range(4)] == cells


@pytest.mark.parametrize(
    ("formula", "fact"),
    {
        "INDEX(tblRates[usd],2)": 2.5,
        "INDEX(tblRates[[model]:[usd]],3,2)": 3,
        "INDEX(tblRates[[model]:[twice]],5,1)": "#REF!",
        "SUM(INDEX(tblRates[[model]:[usd]],0,2))": 6.5,
        "SUM(INDEX(tblRates[[usd]:[twice]],2,0))": 7.5,
        'SUMIFS(tblRates[usd],tblRates[model],"a")': 4,
        "ROWS(tblRates[usd])": 4,
        "COLUMNS(tblRates[[#Headers],[model]:[twice]])": 3,
        "SUMPRODUCT(1-ISFORMULA(tblRates[[usd]:[twice]]))": 4,
        "SUMPRODUCT(ROW(tblRates[usd])-ROW(tblRates[[#Headers],[usd]]))": 10,
        "M22": 5,
        "COUNTA($L$22:$L$1048576)": 3,
        "finals/2": 60,
        '"finals"&finals&"finals"': "finals120finals",
        'TRUE&1&"1"': "TRUE11",
    }.items(),
)
def test_tables_and_names_are_read_as_excel_reads_them(formula: str, fact: CellValue) -> None:
    assert given(formula, [RATES]) == fact


def test_rows_that_read_the_same_and_parts_that_formulas_share_are_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[CellValue] = []
    monkeypatch.setitem(functions.FUNCTIONS, "ABS", lambda value: called.append(value) or value)
    compiler._function.cache_clear()
    costs = [float(row % 7) for row in range(5000)]
    lines = table("tblLines", {"usd": costs}, cost="ABS(tblLines[[#This Row],[usd]])")
    formulas = {f"sum_{k}": f"SUMPRODUCT(ABS(tblLines[usd])*{k})" for k in range(3)}
    found = Calculation(sheets({**formulas, "all": "SUM(tblLines[cost])"}, [lines]), today=TODAY)
    assert found["all"] == sum(costs)
    assert called == [0, 1, 2, 3, 4, 5, 6]
    assert [found[name] for name in formulas] == [0, sum(costs), 2 * sum(costs)]
    assert len(called) == 7 + 5000
    compiler._function.cache_clear()


def test_what_could_not_be_computed_is_refused_for_the_same_reason_again() -> None:
    found = Calculation(sheets({"wrong": "XLOOKUP(1)", "other": "wrong+1"}), today=TODAY)
    for name in ("other", "wrong", "other"):
        with pytest.raises(FormulaError, match=r"^wrong, 'Facts'!H11: the function XLOOKUP"):
            found[name]


def test_a_relative_cell_in_a_column_is_refused_with_the_column() -> None:
    moving = table("tblMoving", {"usd": [1.0]}, wrong="A1+1")
    with pytest.raises(FormulaError, match=r"tblMoving\[wrong\]: A1 moves with the row"):
        Calculation(sheets({}, [moving]), today=TODAY)["tblMoving.wrong.0"]


def test_inputs_are_changed_by_name_and_the_sheets_stay_as_they_are() -> None:
    book = sheets({"half": "finals/2", "day": "finals+0", "total": "SUM(tblRates[twice])"}, [RATES])
    before = Calculation(book, today=TODAY)
    changes = {"finals": 7, "tblRates.usd.1": None, "tblRates.usd.2": 10}
    after = Calculation(book, changes, today=TODAY)
    assert (before["half"], before["total"]) == (60, 15)
    assert (after["half"], after["total"]) == (3.5, 24)
    assert Calculation(book, {"finals": date(2026, 11, 23)}, today=TODAY)["day"] == 46349


@pytest.mark.parametrize("name", ["half", "nothing", "tblRates.twice.0", "tblRates.euro.0"])
def test_what_is_no_input_is_not_changed(name: str) -> None:
    with pytest.raises(KeyError):
        Calculation(sheets({"half": "finals/2"}, [RATES]), {name: 1.0}, today=TODAY)


def test_all_names_are_listed() -> None:
    found = Calculation(sheets({"half": "finals/2"}, [RATES]), today=TODAY)
    assert len(found) == len(list(found)) == 2 + 9 * 4
    assert {"half", "finals", "tblRates.day.3"} < dict(found).keys()
