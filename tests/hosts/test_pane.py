"""The task pane in Chromium: what it says of a cell, what it writes, and who can use it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from .chromium import Chromium
from .pane_page import Pane

LANGUAGES = ("en-US", "zh-CN")
TABS = ("explain", "calculator", "sizes", "help")
BUDGET = '=IMGBUDGET(IMGCOST(A1,"high","gpt-image-2.6-flare",,180,1),120,1.5,20%)'
SHEET = {
    "cells": {
        "Sheet1!B7": {"formula": BUDGET, "value": 11.765952},
        "Sheet1!A1": {"formula": "4:5", "value": "4:5"},
        "Sheet1!A2": {"formula": "16:9", "value": "16:9"},
        "Sheet1!C1": {"formula": '=IMGCOST("4:5","hihg")', "value": "#VALUE!"},
        "Sheet1!C2": {"formula": '=XL.IMGCOST("4"&":5","high")', "value": 0.18357},
        "Sheet1!C3": {"formula": "=SUM(1,2)", "value": 3},
        "Sheet1!C4": {"formula": '=imgsize("4:5")*1', "value": 0},
        "Sheet1!C5": {"formula": "=IMGCOST('My sheet'!$A$1,\"low\")", "value": 0},
        "Sheet1!C6": {"formula": '=IMGEXPLAIN("1024x1024","low","gpt-image-1-mini")', "value": ""},
        "Sheet1!C7": {"formula": '=IMGBUFFER(120,1.5)+IMGTOKENS("4:5","high")', "value": 0},
        "Sheet1!C8": {"formula": '=IMGCREDITS("1024x1536","high","PixAPI")', "value": 14},
        "Sheet1!B1": {"formula": '=IMGCREDITS("1024x1536","auto","PixAPI")', "value": 14},
        "Sheet1!B2": {"formula": '=IMGCREDITS("1024x1024","high",0.04)', "value": 4},
        "Sheet1!C9": {"formula": '=IMGRATE("gpt-image-2","image_out")', "value": 30},
        "Sheet1!D1": {"formula": '=IMGCOST(A1:A2,"high")', "value": 0.18357},
        "Sheet1!D2": {"value": 0.1},
        "Sheet1!E1": {"formula": '=IMGCOST(shape,"high")', "value": 0.18357},
        "Sheet1!E2": {"formula": '=IMGCOST(shape,"high",number)', "value": 0.18357},
        "Sheet1!E3": {"formula": '=IMGCOST([@Size],"high")', "value": 0.18357},
        "Sheet1!E4": {"formula": '=IMGCOST(A1:Z9999,"high")', "value": 0.18357},
        "Sheet1!E5": {"formula": "=IMGBUDGET(0.1,nowhere)", "value": 0.18357},
        "Sheet1!E6": {"formula": "=IMGCOST(Elsewhere!A1,A1)", "value": "#VALUE!"},
        "Sheet1!E7": {"formula": '=IMGBUDGET(IMGCOST(@shape,"high"),dozen)', "value": 1.2},
        "Sheet1!E8": {"formula": '=IMGCOST(@A1:A2,"high")', "value": 0.18357},
        "Sheet1!E9": {"formula": '=IMGSIZE(A1&"",1024)', "value": "1024x1280"},
        "Sheet1!F1": {"formula": '=IMGCOST(TRIM("4:5"),"hihg")', "value": "#VALUE!"},
        "Sheet1!H2": {"formula": "=@IMGCOST([@Size],[@[How good, it''s]])", "value": 0.18357},
        "Sheet1!H3": {
            "formula": "=IMGCOST(tblJobs[[#This Row],[Size]],tblJobs[@[How good, it''s]])",
            "value": 0.159,
        },
        "Sheet1!H4": {"formula": '=IMGCOST(tblJobs[Size],"high")', "value": 0.18357},
        "Sheet1!H5": {"formula": '=IMGCOST(tblJobs[@Size],"high")', "value": "#VALUE!"},
        "Sheet1!H6": {"formula": '=IMGCOST(tblJobs[@Sise],"high")', "value": 0.1},
        "Sheet1!H7": {"formula": '=IMGCOST(tblJobs[#Headers],"high")', "value": 0.1},
        "Sheet1!G4": {"formula": "=IMGCOST(C19,D19)", "value": ""},
        "Sheet1!G5": {"formula": '=IMGCREDITS(C19,D19,"PixAPI")', "value": ""},
        "Sheet1!G6": {"formula": "=IMGTOKENS(C19,D19)", "value": ""},
        "Sheet1!G7": {"formula": "=IMGBUDGET(IMGCOST(C19,D19),120)", "value": "#VALUE!"},
        "Sheet1!G8": {"formula": "=IMGCOST()", "value": ""},
        "Sheet1!G9": {"formula": "=IMGEXPLAIN(C19,D19)", "value": ""},
        "Sheet1!F2": {"value": "4:5"},
        "Sheet1!F3": {"value": "16:9"},
        "Sheet1!G2": {"value": "high"},
        "Sheet1!G3": {"value": "low"},
        "My sheet!A1": {"formula": "", "value": 0.170138888888889},
    },
    "names": {"shape": "Sheet1!A2", "number": None, "dozen": 12},
    "tables": {
        "tblJobs": {
            "sheet": "Sheet1",
            "cells": "F2:H3",
            "columns": ["Size", "How good, it's", "Cost"],
        }
    },
    "missing": ["Elsewhere"],
    "spills": {"Sheet1!D2": "D1"},
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as running:
        yield running


@pytest.fixture
def shown(browser: Chromium) -> Iterator[Callable[..., Pane]]:
    """Open panes that must run without a fault, and close them."""
    panes = []

    def show(tab: str = "", **given: Any) -> Pane:
        pane = Pane(browser, **given)
        panes.append(pane)
        pane.wait_until("document.getElementById('starting').hidden")
        if tab:
            pane.wait_until("document.getElementById('formula').textContent !== ''")
            pane.show(tab)
        return pane

    yield show
    for pane in panes:
        assert pane.page.faults == []
        pane.close()


@pytest.fixture(scope="module")
def calculator(browser: Chromium) -> Iterator[Pane]:
    pane = Pane(browser, sheet=SHEET)
    pane.wait_until("document.getElementById('formula').textContent !== ''")
    pane.show("calculator")
    yield pane
    pane.close()


def selected(pane: Pane, address: str) -> str:
    """Select a cell and return what is explained."""
    pane.run(f"document.getElementById('explained').replaceChildren(); select('Sheet1!{address}')")
    pane.wait_until("document.getElementById('explained').textContent !== ''")
    return pane.text("#explained")


def formula(pane: Pane, **fields: str) -> str:
    """Fill in fields of the calculator and return its formula, without what is refused."""
    for name, value in fields.items():
        pane.choose(name, value)
    pane.run("document.getElementById('priced').replaceChildren()")
    pane.wait_until("document.getElementById('priced').textContent !== ''")
    return pane.text("#formula")


# The selected cell


def test_a_budget_is_explained_with_the_cost_inside_it(shown: Callable[..., Pane]) -> None:
    pane = shown(sheet=SHEET)
    pane.wait_until("document.querySelectorAll('.explained').length === 2")
    said = pane.text("#explained").split("\n")
    assert said[:2] == ["Cell B7", "IMGBUDGET"]
    assert "11.77 USD" in said
    assert "0.054472 USD per image" in said
    assert said[said.index("Output image") + 1 :][0] == "1,510 tokens × 30 USD per 1M, estimate"
    assert "Total\t0.054472" in said
    assert said[said.index("Size") + 1] == "4:5 (A1)"
    assert said[said.index("Buffer") + 1] == "20%"
    assert (
        pane.run("document.getElementById('gist').textContent") == "Cell B7, IMGBUDGET, 11.77 USD"
    )


def test_the_explanation_speaks_chinese(shown: Callable[..., Pane]) -> None:
    pane = shown(sheet=SHEET, language="zh-TW")
    pane.wait_until("document.querySelectorAll('.explained').length === 2")
    said = pane.text("#explained")
    assert said.startswith("单元格 B7\nIMGBUDGET\n预算")
    assert "1,510 词元 × 每百万 30 美元，估计" in said
    assert pane.run("document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("A9", "A9 is empty."),
        ("A1", "A1 uses none of the IMG functions."),
        ("C3", "C3 uses none of the IMG functions."),
        ("C1", "#VALUE! quality 'hihg' is not known to this model; did you mean high?"),
        ("C2", 'Size is computed in the sheet: "4"&":5".'),
        ("C4", "1024x1280 px"),
        ("C5", "0.170138888888889 ('My sheet'!$A$1)"),
        ("C6", "Total\t0.00"),
        ("C7", "buffer"),
        ("C7", "output tokens per image"),
        ("C8", "14 credits per image"),
        ("C8", "By tokens instead of credits: per image, in USD"),
        (
            "C8",
            "By the price list of PixAPI\nSize tier\t1K\nQuality\thigh\nCredits per image\t14\n",
        ),
        ("C8", "quoted, checked Nov 26, 2026\npixapi.ai/model/gpt-image-2\nsize auto counts as 1K"),
        ("B1", "14 credits per image"),
        ("B1", "auto is billed as high"),
        ("B2", "0.04 is read as USD per credit"),
        ("C9", "30.00 USD per 1M tokens"),
        ("E1", "16:9 (shape)"),
        ("E2", "Model is computed in the sheet: number."),
        ("E3", "Size is computed in the sheet: [@Size]."),
        ("E4", "Size is a range of more than 20,000 cells: A1:Z9999."),
        ("E5", "Finals is computed in the sheet: nowhere."),
        ("E6", "Size is computed in the sheet: Elsewhere!A1."),
        ("E7", "12 (dozen)"),
        ("E7", "16:9 (shape)"),
        ("E8", "Size is computed in the sheet: A1:A2."),
        ("H2", "4:5 ([@Size])"),
        ("H2", "high ([@[How good, it''s]])"),
        ("H3", "16:9 (tblJobs[[#This Row],[Size]])"),
        ("H3", "low (tblJobs[@[How good, it''s]])"),
        ("H4", "4:5 (tblJobs[Size])"),
        ("H5", "Size is computed in the sheet: tblJobs[@Size]."),
        ("H6", "Size is computed in the sheet: tblJobs[@Sise]."),
        ("H7", "Size is computed in the sheet: tblJobs[#Headers]."),
        ("D1", "4:5 (A1:A2)"),
        ("D2", "16:9 (A1:A2)"),
        *((f"G{row}", "C19 and D19 are empty. Fill in a size") for row in (4, 5, 6, 7, 9)),
        ("G7", "cost '' is not a number"),
        ("G8", "Size and Quality are empty. Fill in a size"),
    ],
)
def test_each_cell_is_explained_or_said_why_not(
    calculator: Pane, address: str, expected: str
) -> None:
    calculator.show("explain")
    assert expected in selected(calculator, address)
    calculator.show("calculator")


@pytest.mark.parametrize(
    ("address", "figure"),
    [
        ("C2", "0.18357 USD per image"),
        ("E9", "1024x1280 px"),
        ("F1", None),
        ("H4", "0.18357 USD per image"),
    ],
)
def test_what_only_excel_can_compute_shows_what_excel_computed(
    calculator: Pane, address: str, figure: str | None
) -> None:
    calculator.show("explain")
    selected(calculator, address)
    shown = "[...document.querySelectorAll('#explained .figure')].map(e => e.innerText)"
    assert calculator.run(shown) == ([figure] if figure else [])
    calculator.show("calculator")


def test_what_is_typed_into_the_selected_cell_is_explained_anew(shown: Callable[..., Pane]) -> None:
    pane = shown(sheet={"active": "Sheet1!C1"})
    pane.wait_until("document.getElementById('explained').textContent.startsWith('C1 is empty')")
    pane.run("type('Sheet1!C1', '=IMGCOST(\"4:5\",\"high\")', 0.18357)")
    pane.wait_until("document.querySelector('.explained') !== null")
    assert "0.18357 USD per image" in pane.text("#explained")


def test_a_cell_that_is_being_typed_is_no_fault(shown: Callable[..., Pane]) -> None:
    pane = shown(sheet={**SHEET, "fault": "InvalidOperationInCellEditMode"})
    pane.wait_until("document.getElementById('explained').textContent !== ''")
    assert pane.text("#explained").startswith("Excel did not let the cell be read.")


@pytest.mark.parametrize(
    ("broken", "still"),
    [
        # The answer of a function, and what Excel itself gives, are not what the code expects.
        ("pricing.call = () => ({})", ["IMGCOST", "IMGBUDGET"]),
        ("Excel.run = async () => { throw new TypeError('x is undefined'); }", []),
    ],
)
def test_a_fault_of_our_own_is_never_told_as_excel_being_busy(
    shown: Callable[..., Pane], broken: str, still: list[str]
) -> None:
    pane = shown("explain", sheet=SHEET)
    pane.run(broken)
    said = selected(pane, "E7")
    assert "Excel did not let" not in said
    assert "Image Pricing could not explain this. The fault is its own" in said
    assert [name for name in still if name not in said] == []


# The calculator


def test_the_calculator_prices_and_writes_a_formula(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator", sheet={"active": "Sheet1!C3"})
    pane.wait_until("document.getElementById('write').textContent === 'Write into C3'")
    assert pane.text("#priced") == "39.65 USD\n0.18357 USD per image, 1024 × 1280 px"
    pane.run("document.getElementById('write').click()")
    pane.wait_until("document.getElementById('wrote').textContent !== ''")
    assert pane.text("#wrote") == "The formula is in C3."
    assert pane.run("sheet.written") == [
        ["Sheet1!C3", '=IMGBUDGET(IMGCOST("4:5","high","gpt-image-2"),120,1.5,20%)']
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"asked": "cost"}, '=IMGCOST("4:5","high","gpt-image-2")'),
        ({"quality": "low"}, '=IMGCOST("4:5","low","gpt-image-2")'),
        ({"n": "4", "tier": "batch"}, '=IMGCOST("4:5","low","gpt-image-2",4,,,"batch")'),
        ({"n": "", "prompt": "180", "references": "02", "tier": "standard"},
         '=IMGCOST("4:5","low","gpt-image-2",,180,2)'),
        ({"prompt": "", "references": "", "size": "own", "width": "1920", "height": "1088"},
         '=IMGCOST("1920x1088","low","gpt-image-2")'),
        ({"model": "gpt-image-2.6-flare"}, '=IMGCOST("1920x1088","high","gpt-image-2.6-flare")'),
        ({"asked": "budget", "finals": " 12.50 ", "retries": "2", "buffer": "7.5%"},
         '=IMGBUDGET(IMGCOST("1920x1088","high","gpt-image-2.6-flare"),12.5,2,7.5%)'),
    ],
)  # fmt: skip
def test_each_choice_stands_in_the_formula(
    calculator: Pane, fields: dict[str, str], expected: str
) -> None:
    assert formula(calculator, **fields) == expected


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("finals", "=1+1", "Finals: a number such as 120 or 1.5."),
        ("finals", '1")', "Finals: a number such as 120 or 1.5."),
        ("finals", "", "Finals: a number such as 120 or 1.5."),
        ("finals", "1e999", "Finals: a number such as 120 or 1.5."),
        ("finals", "-1", "Finals: 0 or more."),
        ("finals", "1,5", "Finals: write 1.5."),
        ("finals", "1.000", "Finals: 1.000 can be read in two ways: write 1 or 1000."),
        ("finals", "1.200", "Finals: 1.200 can be read in two ways: write 1.2 or 1200."),
        ("n", "1.000", "Images per call: write 1."),
        ("buffer", "20", "Buffer: write 20%."),
        ("retries", "0.5", "Retries: 1 or more."),
        ("buffer", "101%", "Buffer: 0% to 100%."),
        ("buffer", "A1", "Buffer: a share such as 20%."),
        ("n", "11", "Images per call: 1 to 10."),
        ("n", "1.5", "Images per call: a whole number, such as 4."),
        ("references", "HYPERLINK", "Reference images: a whole number, such as 4."),
        ("width", "1920;1", "Width: a whole number of px, such as 1024."),
        ("width", "1.024", "Width: write 1024."),
        ("height", "0", "Height: 1 to 99999."),
        ("height", "1024.5", "Height: a whole number of px, such as 1024."),
    ],
)
def test_what_is_typed_is_checked_before_it_is_a_part_of_a_formula(
    shown: Callable[..., Pane], field: str, typed: str, said: str
) -> None:
    pane = shown("calculator")
    assert formula(pane, size="own", **{field: typed}) == ""
    assert pane.text("#priced") == said
    invalid = "[...document.querySelectorAll('#calculator [aria-invalid]')].map(e => e.name)"
    assert pane.run(invalid) == [field]
    assert pane.run("document.querySelector('[aria-describedby=priced]').name") == field
    assert pane.run("document.getElementById('write').disabled")
    good = {"finals": "1", "retries": "1", "buffer": "0", "n": "1", "references": "1"}
    assert formula(pane, **{field: good.get(field, "1024")}) != ""
    assert pane.run(invalid) == []


@pytest.mark.parametrize(
    ("decimal", "fields", "written"),
    [
        (".", {"finals": "1,000"}, ",1000,1.5,20%)"),
        (".", {"finals": "１２０", "retries": "１.５", "buffer": "２０％"}, ",120,1.5,20%)"),
        (".", {"buffer": "0.2", "finals": "1e3"}, ",1000,1.5,20%)"),
        (",", {"finals": "120,5", "retries": "1,25", "buffer": "7,5%"}, ",120.5,1.25,7.5%)"),
        (",", {"finals": "1.000,5", "retries": "1.5"}, ",1000.5,1.5,20%)"),
        (",", {"finals": "1,000"}, "1,000 can be read in two ways: write 1000 or 1."),
        (",", {"finals": "1.000"}, "1.000 can be read in two ways: write 1 or 1000."),
    ],
)
def test_figures_are_read_as_the_sheet_and_the_functions_read_them(
    shown: Callable[..., Pane], decimal: str, fields: dict[str, str], written: str
) -> None:
    pane = shown("calculator", sheet={"active": "Sheet1!C3", "marks": {"decimal": decimal}})
    if not formula(pane, **fields):
        assert pane.text("#priced") == f"Finals: {written}"
        return
    pane.run("document.getElementById('write').click()")
    pane.wait_until("sheet.written.length === 1")
    assert pane.run("sheet.written[0][1]").endswith(f'"gpt-image-2"){written}')


def test_all_that_is_refused_is_marked_and_told(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator")
    assert formula(pane, size="own", width="abc", height="", finals="1.000") == ""
    invalid = "[...document.querySelectorAll('#calculator [aria-invalid]')].map(e => e.name)"
    assert pane.run(invalid) == ["width", "height", "finals"]
    assert [line.split(":")[0] for line in pane.text("#priced").split("\n")] == [
        *("Width", "Height", "Finals"),
    ]


def test_an_illegal_size_is_answered_with_the_nearest_legal_ones(calculator: Pane) -> None:
    assert formula(calculator, size="own", width="1000", height="1000") == ""
    assert "multiples of 16 px" in calculator.text("#priced")
    formula(calculator, width="1024", height="1024")


def test_a_cell_that_holds_something_is_replaced_only_when_asked_twice(
    shown: Callable[..., Pane],
) -> None:
    pane = shown("calculator", sheet=SHEET)
    write = partial(pane.run, "document.getElementById('write').click()")
    write()
    pane.wait_until("document.getElementById('write').textContent === 'Replace what B7 holds'")
    assert pane.text("#wrote").startswith("B7 is not empty.")
    pane.run("select('Sheet1!A1')")
    pane.wait_until("document.getElementById('write').textContent === 'Write into A1'")
    write()
    pane.wait_until("document.getElementById('write').textContent === 'Replace what A1 holds'")
    assert pane.run("sheet.written") == []
    write()
    pane.wait_until("sheet.written.length === 1")


def test_a_question_is_void_when_the_formula_is(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator", sheet=SHEET)
    pane.run("document.getElementById('write').click()")
    pane.wait_until("document.getElementById('wrote').textContent.startsWith('B7 is not empty.')")
    assert formula(pane, finals="x") == ""
    assert pane.run("document.getElementById('write').disabled")
    assert pane.text("#wrote") == ""


def test_a_cell_that_was_not_seen_is_not_written(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator", sheet={"active": "Sheet1!C3"})
    pane.wait_until("document.getElementById('write').textContent === 'Write into C3'")
    pane.run("sheet.active = 'Sheet1!C4'; document.getElementById('write').click()")
    pane.wait_until("document.getElementById('write').textContent === 'Write into C4'")
    assert pane.text("#wrote") == "Now C4 is selected. Press again to write there."
    assert pane.run("sheet.written") == []
    pane.run("document.getElementById('write').click()")
    pane.wait_until("sheet.written.length === 1")


def test_what_is_typed_this_very_moment_is_what_is_written(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator", sheet={"active": "Sheet1!C3"})
    pane.choose("finals", "7")
    pane.run("document.getElementById('write').click()")
    pane.wait_until("sheet.written.length === 1")
    assert pane.run("sheet.written[0][1]").endswith(",7,1.5,20%)")


@pytest.mark.parametrize(("decimal", "between"), [(".", ","), (",", ";"), (".", ";")])
def test_the_formula_stands_there_as_it_is_typed_in_this_excel(
    shown: Callable[..., Pane], decimal: str, between: str
) -> None:
    """Where Excel tells no separator of arguments, its first written formula does."""
    marks = {"decimal": decimal, "list": between}
    pane = shown("calculator", sheet={"active": "Sheet1!C3", "marks": marks})
    typed = f'=IMGBUDGET(IMGCOST("4:5"{between}"high"{between}"gpt-image-2.5-flare")'
    said = formula(pane, model="gpt-image-2.5-flare", buffer="2.5%")
    if (decimal, between) != (".", ";"):
        assert said == f"{typed}{between}120{between}1{decimal}5{between}2{decimal}5%)"
    pane.run("document.getElementById('write').click()")
    pane.wait_until("sheet.written.length === 1")
    assert ',"gpt-image-2.5-flare"),120,1.5,2.5%)' in pane.run("sheet.written[0][1]")
    pane.wait_until("document.getElementById('wrote').textContent !== ''")
    assert pane.text("#formula") == f"{typed}{between}120{between}1{decimal}5{between}2{decimal}5%)"


def test_a_refusal_of_excel_is_told(shown: Callable[..., Pane]) -> None:
    pane = shown("calculator", sheet={**SHEET, "fault": "AccessDenied: the sheet is protected"})
    pane.run("document.getElementById('write').click()")
    pane.wait_until("document.getElementById('wrote').textContent !== ''")
    assert pane.text("#wrote").endswith("AccessDenied: the sheet is protected")


def test_parts_cannot_be_forged(calculator: Pane) -> None:
    """Whatever is no checked part, or no name of ours, never gets into a formula."""
    refused = calculator.run("""import("./pane/parts.js").then(({ call, word, blank }) => [
        () => call("IMGCOST", [{ value: "x", written: "1)+CALL(1" }]),
        () => call("CALL", [blank]),
        () => word("a", ["b"]),
        () => Object.assign(blank, { written: "1" }),
    ].map((forge) => { try { forge(); return "taken"; } catch (error) { return error.name; } }))""")
    assert refused == ["TypeError", "TypeError", "Error", "TypeError"]
    with pytest.raises(AssertionError, match="no number"):
        calculator.run("import('./pane/parts.js').then((parts) => parts.number('1)+CALL(1'))")
    quoted = "import('./pane/parts.js').then(p => p.word('a\"&b', ['a\"&b']).written)"
    assert calculator.run(quoted) == '"a""&b"'


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('=IMGCOST("a,)""b",A1)', [["IMGCOST", 'a,)"b', "A1"]]),
        ("=@NS.IMGCOST( 'It''s, (me)'!A1:B$2 , {1,2;3,4}, -5%)",
         [["IMGCOST", "'It''s, (me)'!A1:B$2", "{1,2;3,4}", -0.05]]),
        ("=IF(IMGRATE(A1,B1,,TRUE)>1,IMGTOKENS(X!A1,1.5E1),0)",
         [["IMGRATE", "A1", "B1", None, True], ["IMGTOKENS", "X!A1", 15]]),
        ('=MYIMGCOST(1)+IMGCOSTS(1)+"IMGCOST(1)"', []),
        ("=IMGCOST(SUM(A1,B1),IMG1,A1#)", [["IMGCOST", "SUM(A1,B1)", "IMG1", "A1#"]]),
        ("=IMGCOST(tbl[[#This Row],[a, b]],[@[c'] d]],t[[x]:[y]])",
         [["IMGCOST", "tbl[[#This Row],[a, b]]", "[@[c'] d]]", "t[[x]:[y]]"]]),
        ("=IMGCOST([Book.xlsx]Sheet1!A1,[,[)", [["IMGCOST", "[Book.xlsx]Sheet1!A1", "[,[)"]]),
        ("=IMGCOST(" + "[" * 5000, [["IMGCOST", "[" * 5000]]),
        ("=IMGCOST(", [["IMGCOST", None]]),
        ("IMGCOST(1)", []),
        ("=", []),
        ("=" + "(" * 5000, []),
    ],
)  # fmt: skip
def test_formulas_are_read(calculator: Pane, typed: str, expected: list[Any]) -> None:
    known = ["IMGCOST", "IMGRATE", "IMGTOKENS"]
    found = calculator.run(
        f"import('./pane/reading.js').then(r => r.calls({typed!r}, {known!r}).map(call =>"
        "[call.name, ...call.arguments.map(a => a.kind === 'value' ? a.value : a.text)]))"
    )
    assert found == expected


# Sizes


def test_sizes_say_what_to_generate_and_to_crop(shown: Callable[..., Pane]) -> None:
    pane = shown("sizes")
    pane.choose("destination", "presentation", "sizes")
    pane.wait_until("document.getElementById('found').textContent.includes('1920')")
    said = pane.text("#found").split("\n")
    assert said[0] == "1920 × 1088 px"
    assert "0.159 USD per image" in said
    assert "Crop 8 px of the height" in said
    assert "Enlarge to 100.8 %, then crop 1 px of the height" in said
    pane.run("document.querySelector('#found button').click()")
    pane.wait_until("document.getElementById('formula').textContent.includes('1920x1088')")
    assert pane.run("document.activeElement.id") == "tab-calculator"


def test_a_delivered_size_is_checked(shown: Callable[..., Pane]) -> None:
    pane = shown("sizes")
    for name, value in {"destination": "own", "width": "9000", "height": "1"}.items():
        pane.choose(name, value, "sizes")
    pane.wait_until("document.querySelector('#found .bad') !== null")
    assert "no legal size is near 9000x1" in pane.text("#found")
    pane.choose("width", "wide", "sizes")
    pane.wait_until("document.getElementById('found').textContent.startsWith('Width')")


# States


def test_an_old_card_says_what_to_do(shown: Callable[..., Pane]) -> None:
    pane = shown(card={"prices_as_of": "2026-11-23", "age_days": 46})
    assert pane.text("#age") == "Prices as of Nov 23, 2026, rates checked 46 days ago"
    assert "xl-pricing rates refresh" in pane.text("#old")


def test_a_card_of_45_days_is_not_old(shown: Callable[..., Pane]) -> None:
    pane = shown(card={"prices_as_of": "2026-11-23", "age_days": 45})
    assert pane.run("document.getElementById('old').hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failed_start_says_the_way_out(browser: Chromium, language: str) -> None:
    pane = Pane(browser, language=language, failing="the wheel is missing (404)")
    pane.wait_until("!document.getElementById('failed').hidden")
    assert "the wheel is missing (404)" in pane.text("#failed")
    assert pane.run("document.activeElement.id") == "again"
    assert pane.run("document.getElementById('pane').hidden")
    pane.run("window.before = true; document.activeElement.click()")
    pane.wait_until("window.before === undefined")
    pane.close()


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("words/", "words/en.json is missing (404)"),
        ("pane/lines.js", "taskpane.js"),
        ("/taskpane.js", "taskpane.js"),
    ],
)
def test_where_no_words_came_the_page_says_in_its_own_that_a_part_is_missing(
    browser: Chromium, missing: str, named: str
) -> None:
    pane = Pane(browser, without=missing)
    pane.wait_until("!document.getElementById('failed').hidden")
    title, what, chinese, button, reason = pane.text("body").split("\n")[1:]
    assert title == "Image Pricing did not start"
    assert what.startswith(
        "A part of its folder is missing or cannot be reached. Ask whoever set up"
    )
    assert "xl-pricing host office" in what
    assert "xl-pricing host office" in chinese
    assert button == "Start again"
    assert named in reason
    assert pane.run("document.activeElement.id") == "again"
    pane.close()


def test_the_first_words_are_seen_while_offices_own_script_does_not_come(
    browser: Chromium,
) -> None:
    pane = Pane(browser, held="office.js")
    pane.wait_until("performance.getEntriesByName('first-contentful-paint').length === 1")
    assert pane.text("body").split("\n")[1] == "Image Pricing is starting."
    pane.close()


def test_without_python_the_page_waits_then_says_so(browser: Chromium) -> None:
    pane = Pane(browser, without="/pricing.js")
    pane.wait_until("document.getElementById('starting').textContent.startsWith('Starting.')")
    pane.wait_until("!document.getElementById('failed').hidden")
    assert "pricing.js did not load" in pane.text("#failed")
    assert pane.run("document.getElementById('starting').hidden")
    pane.close()


def test_without_offices_own_script_the_calculator_works(browser: Chromium) -> None:
    pane = Pane(browser, without="office.js")
    pane.wait_until("document.getElementById('priced').textContent.startsWith('39.65')")
    assert pane.run("document.getElementById('write').hidden")
    pane.close()


def test_without_a_sheet_the_calculator_works(shown: Callable[..., Pane]) -> None:
    pane = shown(alone=True)
    pane.wait_until("document.getElementById('formula').textContent !== ''")
    assert pane.run("document.getElementById('calculator').hidden") is False
    assert (
        pane.text("#wrote") == "There is no sheet around this page: copy the formula into a cell."
    )
    pane.show("explain")
    pane.wait_until("document.getElementById('explained').textContent !== ''")
    assert pane.text("#explained").startswith("There is no sheet around this page")


@pytest.mark.parametrize(("colour", "theme"), [("#1f1f1f", "dark"), ("#FFFFFF", "light")])
def test_offices_theme_counts_before_the_systems(
    shown: Callable[..., Pane], colour: str, theme: str
) -> None:
    pane = shown(theme=colour, scheme="light" if theme == "dark" else "dark")
    page = {"dark": "rgb(31, 31, 31)", "light": "rgb(255, 255, 255)"}[theme]
    assert pane.run("getComputedStyle(document.body).backgroundColor") == page


_GROUND = "getComputedStyle(document.body).backgroundColor"
_DARK, _LIGHT = "rgb(31, 31, 31)", "rgb(255, 255, 255)"


def test_another_theme_of_office_is_taken_over_while_the_pane_is_open(
    shown: Callable[..., Pane],
) -> None:
    """Excel tells of no change: the pane looks when a cell is selected, or it is used itself."""
    pane = shown(theme="#FFFFFF", sheet=SHEET)
    office = "Office.context.officeTheme.bodyBackgroundColor = "
    pane.run(f"{office}'#1f1f1f'; select('Sheet1!C1')")
    pane.wait_until(f"{_GROUND} === '{_DARK}'")
    for event in ("focus", "visibilitychange", "pointerenter"):
        theirs = {"focus": "window", "visibilitychange": "document"}
        target = theirs.get(event, "document.documentElement")
        pane.run(f"{office}'#ffffff'; {target}.dispatchEvent(new Event('{event}'))")
        assert pane.run(_GROUND) == _LIGHT
        pane.run(f"{office}'#1f1f1f'; {target}.dispatchEvent(new Event('{event}'))")
        assert pane.run(_GROUND) == _DARK


@pytest.mark.parametrize("theme", [None, "#FFFFFF"])
def test_another_theme_of_the_system_counts_where_office_tells_none(
    shown: Callable[..., Pane], theme: str | None
) -> None:
    pane = shown(theme=theme, scheme="light")
    assert pane.run(_GROUND) == _LIGHT
    pane.prefer("dark")
    pane.wait_until(f"{_GROUND} === '{_LIGHT if theme else _DARK}'")


# For everybody

_NAMED = {"button", "tab", "textbox", "combobox", "radio", "DisclosureTriangle", "tabpanel"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", TABS)
def test_every_control_has_a_name(shown: Callable[..., Pane], tab: str, language: str) -> None:
    pane = shown(tab, sheet=SHEET, language=language)
    pane.run("for (const each of document.querySelectorAll('details')) each.open = true")
    nodes = pane.page.ask("Accessibility.getFullAXTree")["nodes"]
    seen = [node for node in nodes if not node["ignored"] and node["role"]["value"] in _NAMED]
    assert len(seen) > len(TABS)
    assert [node for node in seen if not node["name"].get("value", "").strip()] == []
    roles = {node["role"]["value"] for node in nodes if not node["ignored"]}
    assert {"banner", "main", "tablist", "heading"} <= roles


def test_tab_goes_through_the_fields_in_the_order_in_which_they_stand(
    shown: Callable[..., Pane],
) -> None:
    pane = shown("calculator", sheet={"active": "Sheet1!C3"})
    pane.run("document.querySelector('details').open = true")
    pane.run("document.getElementById('tab-calculator').focus()")
    order = []
    for _ in range(13):
        pane.press("Tab")
        order.append(pane.run("(e => e.name || e.id || e.tagName)(document.activeElement)"))
    assert order == [
        *("asked", "model", "size", "quality", "finals", "retries", "buffer"),
        *("SUMMARY", "n", "prompt", "references", "tier", "write"),
    ]
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert pane.run(outline) == "solid"


def test_arrows_go_from_tab_to_tab(shown: Callable[..., Pane]) -> None:
    pane = shown("explain", sheet=SHEET)
    pane.run("document.getElementById('tab-explain').focus()")
    shown_tabs = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "ArrowLeft", "Home"):
        pane.press(key)
        tab = pane.run("document.activeElement.getAttribute('aria-controls')")
        shown_tabs.append(tab)
        visible = "[...document.querySelectorAll('[role=tabpanel]')].filter(p => !p.hidden)"
        assert pane.run(f"{visible}.map(p => p.id)") == [tab]
    assert shown_tabs == ["calculator", "sizes", "calculator", "help", "explain", "help", "explain"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 240])
def test_nothing_is_wider_than_the_pane(
    shown: Callable[..., Pane], language: str, width: int
) -> None:
    pane = shown("explain", sheet=SHEET, language=language)
    pane.resize(width)
    pane.run("document.getElementById('explained').querySelector('details')?.click()")
    for tab in TABS:
        pane.show(tab)
        pane.run("for (const each of document.querySelectorAll('details')) each.open = true")
        assert pane.run("document.documentElement.scrollWidth") <= width, tab
        wide = (
            "[...document.querySelectorAll('#pane *')].filter(e => e.getClientRects().length && "
            f"e.getBoundingClientRect().right > {width}).map(e => e.outerHTML.slice(0, 80))"
        )
        assert pane.run(wide) == [], tab


_CONTRASTS = """(() => {
  const channel = (x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (e) => { const c = parse(getComputedStyle(e).backgroundColor);
    return c.length === 4 && c[3] === 0 ? ground(e.parentElement) : c; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05); };
  const seen = [...document.body.querySelectorAll('*')].filter((e) => e.getClientRects().length);
  const texts = seen.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
    || e.matches('input, select'));
  const boxes = seen.filter((e) => e.matches('input:not([type=radio]), select, .plain'));
  return [
    texts.map((e) => [ratio(parse(getComputedStyle(e).color), ground(e)),
      e.outerHTML.slice(0, 60)]),
    boxes.map((e) => [ratio(parse(getComputedStyle(e).borderTopColor), ground(e.parentElement)),
      e.outerHTML.slice(0, 60)]),
  ];
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_keep_their_distance(shown: Callable[..., Pane], scheme: str) -> None:
    """WCAG AA: text 4.5 to 1, the edges of fields 3 to 1."""
    old = {"prices_as_of": "2026-11-23", "age_days": 99}
    pane = shown("explain", sheet=SHEET, scheme=scheme, card=old)
    selected(pane, "C1")
    for tab in TABS:
        pane.show(tab)
        texts, boxes = pane.run(_CONTRASTS)
        assert len(texts) > len(TABS)
        assert [found for found in texts if found[0] < 4.5] == [], tab
        assert [found for found in boxes if found[0] < 3] == [], tab
