"""Cell values in and out: numbers, words, blanks, error cells, and how ranges broadcast."""

import gc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from time import process_time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xl_pricing.errors import CellError, InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.ranges import as_grid, is_grid, map_cells, read_only_cell, read_range
from xl_pricing.functions.values import (
    ERROR_NAMES,
    NOT_AVAILABLE,
    Typed,
    error_in,
    is_blank,
    is_number,
    read_number,
    read_whole,
    read_word,
    shown,
)
from xl_pricing.written import in_doubt, readings

COM_BASE = -2_146_828_288
NAN, INFINITY = float("nan"), float("inf")

scalars = st.sampled_from([None, "", " ", "a", "b", "1", 0, 1, 1.0, 2.5, True, False])
heights = widths = st.integers(1, 4)


def grids(height: int, width: int) -> st.SearchStrategy[list[list[object]]]:
    row = st.lists(scalars, min_size=width, max_size=width)
    return st.lists(row, min_size=height, max_size=height)


ranges = st.tuples(heights, widths).flatmap(lambda shape: grids(*shape))


def pair(first: object, second: object) -> str:
    """Show which two cells met; `repr` tells TRUE from 1 and 1 from 1.0."""
    for value in (first, second):
        if value == NOT_AVAILABLE:
            raise CellError(NOT_AVAILABLE, "cell")
    return f"{first!r} {second!r}"


# One cell


@pytest.mark.parametrize("value", [None, "", " ", "\t", "\u3000", "\u00a0"])
def test_an_omitted_argument_is_blank(value: str | None) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "x", NAN])
def test_a_value_is_not_blank(value: object) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (2000, "#NULL!"),
        (2007, "#DIV/0!"),
        (2015, "#VALUE!"),
        (2023, "#REF!"),
        (2029, "#NAME?"),
        (2036, "#NUM!"),
        (2042, "#N/A"),
        (2043, "#GETTING_DATA"),
        (2045, "#SPILL!"),
        (2046, "#CONNECT!"),
        (2047, "#BLOCKED!"),
        (2048, "#UNKNOWN!"),
        (2049, "#FIELD!"),
        (2050, "#CALC!"),
    ],
)
def test_an_error_cell_is_known_by_name_and_by_number(code: int, name: str) -> None:
    assert ERROR_NAMES[code] == name
    assert error_in(name) == error_in(COM_BASE + code) == name


@pytest.mark.parametrize("number", [-2_146_826_300, -2_146_826_200])
def test_an_error_that_has_no_name_yet_is_a_value_error(number: int) -> None:
    assert error_in(number) == "#VALUE!"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "#n/a",
        "#TODO",
        "N/A",
        " #N/A",
        0,
        2042,
        True,
        -2_146_826_301,
        -2_146_826_199,
        -2_146_826_246.0,
    ],
)
def test_other_values_are_no_errors(value: object) -> None:
    assert error_in(value) is None


@pytest.mark.parametrize("reader", [read_number, read_word])
@pytest.mark.parametrize("value", ["#N/A", COM_BASE + 2042])
def test_reading_an_error_cell_raises_that_error(reader: Any, value: object) -> None:
    with pytest.raises(CellError) as caught:
        reader(value, "model")
    assert caught.value.cell_error == "#N/A"
    assert str(caught.value) == "model holds the error #N/A; fix that cell first"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (2, 2),
        (0.1, Fraction(1, 10)),
        (1e308, 10**308),
        (Decimal("0.0412"), Fraction("0.0412")),
        (Fraction(1, 3), Fraction(1, 3)),
        ("2", 2),
        (" 1.50 ", Fraction(3, 2)),
        ("-.5", Fraction(-1, 2)),
        ("+1e3", 1000),
        ("１２", 12),
        ("1,000", 1000),
        ("-1,234,567.5", Fraction("-1234567.5")),
        ("999,000.", 999_000),
        ("１，０００", 1000),
        ("20%", Fraction(1, 5)),
        (" 12.3 % ", Fraction("0.123")),
        ("-.5%", Fraction("-0.005")),
        ("1,000%", 10),
        ("２０％", Fraction(1, 5)),
        ("7\u00a0%", Fraction("0.07")),
    ],
)
def test_a_number_is_read_as_the_decimal_it_shows(value: object, number: Fraction) -> None:
    assert read_number(value, "cost") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_of_a_cell_is_read_back(value: float) -> None:
    assert float(read_number(value, "cost")) == value
    if not in_doubt(readings(repr(value))):
        assert read_number(value, "cost") == read_number(repr(value), "cost")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        ("ten", "'ten'"),
        ("1,00,000", "'1,00,000'"),
        ("1,,000", "'1,,000'"),
        ("1.5,000", "'1.5,000'"),
        ("1,000,", "'1,000,'"),
        ("1, 000", "'1, 000'"),
        ("1,000e3", "'1,000e3'"),
        ("%", "'%'"),
        ("%20", "'%20'"),
        ("20%%", "'20%%'"),
        ("1e3%", "'1e3%'"),
        ("20²%", "'20²%'"),
        ("nan", "'nan'"),
        ("inf", "'inf'"),
        ("0x10", "'0x10'"),
        ("1_000", "'1_000'"),
        ("--1", "'--1'"),
        ("", "''"),
        (None, "None"),
        (date(2026, 5, 1), "datetime.date(2026, 5, 1)"),
    ],
)
def test_what_is_no_number_is_refused(value: object, written: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_number(value, "cost")
    assert str(caught.value) == f"cost {written} is not a number; accepted: a number"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1,5", "1.5"),
        ("1,00", "1"),
        ("1,0000", "1"),
        ("1000,000", "1000"),
        ("1.000,5", "1000.5"),
        ("0,500", "0.5"),
        ("000,500", "0.5"),
        (",500", "0.5"),
        ("0,16", "0.16"),
        ("1 000", "1000"),
        ("1'000", "1000"),
        ("1’000", "1000"),
        ("1 234,5", "1234.5"),
        ("12,5 %", "0.125"),
    ],
)
def test_a_figure_that_others_write_is_refused_with_the_way_to_write_it(
    text: str, plain: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_number(text, "cost")
    assert str(caught.value) == f"cost {text!r} is not a number; accepted: {plain}"


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("1.000", "1 or 1000"),
        ("-1.030", "-1.03 or -1030"),
        ("12.345", "12.3450 or 12345"),
        ("250.000", "250 or 250000"),
        ("1.500%", "0.015 or 15"),
    ],
)
def test_a_figure_that_can_be_read_in_two_ways_is_refused_with_both(text: str, ways: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_number(text, "cost")
    assert str(caught.value) == f"cost {text!r} can be read in two ways; accepted: {ways}"


@pytest.mark.parametrize("text", ["0.219", "1.0000", "1234.567", "1.25", "0.500", "1.234e3"])
def test_a_point_with_other_than_three_digits_behind_a_group_is_a_decimal_one(text: str) -> None:
    assert read_number(text, "cost") == Fraction(text)


@pytest.mark.parametrize(
    "value",
    [NAN, INFINITY, -INFINITY, "1e999", "9" * 400 + "%", 10**309, Decimal("NaN"), Decimal("sNaN")],
)
def test_a_number_that_no_cell_can_show_is_out_of_range(value: object) -> None:
    with pytest.raises(OutOfRangeError, match="is out of range; accepted: a finite number"):
        read_number(value, "cost")


@given(st.integers(), st.integers(0, 6))
def test_a_number_is_read_back_from_how_excel_shows_it(units: int, decimals: int) -> None:
    written = Decimal(units % 10**15).scaleb(-decimals)
    assume(decimals != 3 or written < 1 or written >= 1000)  # 1.000 is in doubt
    assert read_number(f"{written:,f}", "cost") == Fraction(written)
    assert read_number(f"-{written:,f}", "cost") == -Fraction(written)
    assert read_number(f"{written:f}%", "cost") == Fraction(written) / 100


@pytest.mark.parametrize("text", ["1,000", "20%", "1,5", "２０％"])
def test_text_that_may_be_a_word_is_no_bare_number(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize("text", ["9" * 32_000 + "x", "9," * 16_000, "1" + ",000" * 8_000 + "x"])
def test_a_cell_full_of_digits_is_refused_in_no_time(text: str) -> None:
    start = process_time()
    with pytest.raises(InvalidValueError):
        read_number(text, "cost")
    assert process_time() - start < 2  # a pattern that tries every way to part them takes a minute


@given(st.text(max_size=8))
def test_text_is_a_number_only_where_python_agrees(text: str) -> None:
    if is_number(text):
        assert isinstance(float(text), float)


@pytest.mark.parametrize("value", [1, 10, "3", 3.0, Decimal(3)])
def test_a_whole_number_in_range_is_read(value: object) -> None:
    assert read_whole(value, "n", 1, 10) == float(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, 11, -1, 1e308, "0", "10,5", "1 000"])
def test_any_other_number_is_out_of_range(value: object) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        read_whole(value, "n", 1, 10)
    assert str(caught.value) == f"n {value!r} is out of range; accepted: whole numbers, 1 to 10"


@pytest.mark.parametrize("value", [1.5, "1.5", "1,5", Decimal("1.5"), Typed("1,5")])
def test_a_part_is_refused_with_the_whole_numbers_beside_it(value: object) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        read_whole(value, "n", 1, 10)
    said = f"n {value!r} is not a whole number; accepted: whole numbers, 1 to 10, such as 1 or 2"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("many", "is not a number; accepted: whole numbers, 0 to 5,000"),
        ("1.234", "can be read in two ways; accepted: 1234"),
        (Typed("1,234"), "can be read in two ways; accepted: 1234"),
        ("1.000", "can be read in two ways; accepted: 1 or 1000"),
        ("1 234", "is not a number; accepted: 1234"),
    ],
)
def test_only_whole_numbers_in_range_are_named_for_a_whole_number(value: str, says: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_whole(value, "prompt", 0, 5_000)
    assert str(caught.value) == f"prompt {value!r} {says}"


def test_no_way_to_write_a_figure_is_named_that_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match=r"buffer 1\.5 is out of range; accepted: 0 to 1"):
        read_budget(Fraction(1), 1, 1, "1,5")
    with pytest.raises(InvalidValueError, match=r"buffer '0,5' is not a number; accepted: 0\.5"):
        read_budget(Fraction(1), 1, 1, "0,5")


def test_a_word_is_read_without_its_blanks() -> None:
    assert read_word("  gpt-image-2 ", "model") == "gpt-image-2"


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_missing_word_is_refused(value: str | None) -> None:
    with pytest.raises(InvalidValueError, match=r"^model is missing; accepted: text$"):
        read_word(value, "model")


@pytest.mark.parametrize(("value", "written"), [(2, "2"), (2.5, "2.5"), (True, "TRUE")])
def test_a_number_is_no_word(value: object, written: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_word(value, "model")
    assert str(caught.value) == f"model {written} is not text; accepted: text"


def test_a_long_value_is_cut_in_a_sentence() -> None:
    assert shown("a" * 100) == "'" + "a" * 56 + "..."
    assert len(shown("a" * 100)) == 60
    assert shown("a" * 58) == "'" + "a" * 58 + "'"


# Ranges as arguments


@pytest.mark.parametrize("value", [[], [1], [[1]], (1,), ((1,),)])
def test_a_list_is_a_range(value: object) -> None:
    assert is_grid(value)


@pytest.mark.parametrize("value", [None, "", "ab", 1, {}])
def test_a_scalar_is_none(value: object) -> None:
    assert not is_grid(value)


@pytest.mark.parametrize(
    ("value", "grid"),
    [(7, ((7,),)), ([7, 8], ([7, 8],)), ([[7], [8]], [[7], [8]]), ([], ([],)), (((7,),), ((7,),))],
)
def test_everything_is_rows_of_cells(value: object, grid: object) -> None:
    assert as_grid(value) == grid


@pytest.mark.parametrize("value", [None, "", [[None]], [[None, ""], [" ", None]], [None, None]])
def test_a_blank_table_is_an_omitted_one(value: object) -> None:
    assert read_range(value, "rates") is None


def test_a_table_is_handed_on_as_it_is() -> None:
    table = [["model", None], ["gpt-image-2", 5]]
    assert read_range(table, "rates") is table


@pytest.mark.parametrize("error", ["#REF!", COM_BASE + 2023])
def test_an_error_anywhere_in_a_table_comes_out(error: object) -> None:
    with pytest.raises(CellError, match="rates holds the error #REF!"):
        read_range([["model", "meter"], ["gpt-image-2", error]], "rates")


@pytest.mark.parametrize("value", [5, [5], [[5]]])
def test_the_only_cell_of_a_range_is_read(value: object) -> None:
    assert read_only_cell(value, "size") == 5


@pytest.mark.parametrize(("value", "cells"), [([5, 6], 2), ([[5], [6], [7]], 3), ([], 0)])
def test_more_than_one_cell_is_refused(value: object, cells: int) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_only_cell(value, "size")
    assert str(caught.value) == f"size has {cells} cells; accepted: one cell"


def test_the_only_cell_may_hold_an_error() -> None:
    with pytest.raises(CellError, match="size holds the error #N/A"):
        read_only_cell([["#N/A"]], "size")


# Broadcasting


def of(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    """Return the pricer of a function of two cells, or of one."""
    return lambda: function


def cell(grid: list[list[object]], row: int, column: int) -> object:
    """Return what Excel pairs up there: a single row or column repeats, then comes #N/A."""
    row = 0 if len(grid) == 1 else row
    column = 0 if len(grid[0]) == 1 else column
    inside = row < len(grid) and column < len(grid[0])
    return grid[row][column] if inside else NOT_AVAILABLE


def expected(first: list[list[object]], second: list[list[object]]) -> list[list[str]]:
    height, width = max(len(first), len(second)), max(len(first[0]), len(second[0]))
    answers: list[list[str]] = [[""] * width for _ in range(height)]
    for row, column in product(range(height), range(width)):
        try:
            answers[row][column] = pair(cell(first, row, column), cell(second, row, column))
        except CellError:
            answers[row][column] = NOT_AVAILABLE
    return answers


@given(ranges, ranges)
def test_ranges_broadcast_as_in_excel(
    first: list[list[object]], second: list[list[object]]
) -> None:
    assert map_cells(of(pair), [first, second]) == expected(first, second)


@given(ranges, scalars)
def test_a_scalar_meets_every_cell(grid: list[list[object]], scalar: object) -> None:
    assert map_cells(of(pair), [grid, scalar]) == [
        [pair(value, scalar) for value in row] for row in grid
    ]
    assert map_cells(of(pair), [scalar, grid]) == [
        [pair(scalar, value) for value in row] for row in grid
    ]


@given(ranges, ranges)
def test_turning_both_ranges_turns_the_answer(
    first: list[list[object]], second: list[list[object]]
) -> None:
    answer = map_cells(of(pair), [first, second])
    turned = map_cells(of(pair), [list(zip(*first, strict=True)), list(zip(*second, strict=True))])
    assert turned == [list(row) for row in zip(*answer, strict=True)]


@given(scalars, scalars)
def test_two_scalars_answer_a_scalar(first: object, second: object) -> None:
    assert map_cells(of(pair), [first, second]) == pair(first, second)


@given(st.lists(scalars, min_size=1, max_size=5), scalars)
def test_a_plain_row_answers_a_plain_row(row: list[object], scalar: object) -> None:
    assert map_cells(of(pair), [row, scalar]) == [pair(value, scalar) for value in row]
    assert map_cells(of(pair), [row, row]) == [pair(value, value) for value in row]


def test_a_plain_row_beside_a_column_answers_a_table() -> None:
    assert map_cells(of(pair), [[1, 2], [[3], [4]]]) == [["1 3", "2 3"], ["1 4", "2 4"]]


def test_tuples_are_ranges_as_lists_are() -> None:
    assert map_cells(of(pair), [((1, 2), (3, 4)), 5]) == [["1 5", "2 5"], ["3 5", "4 5"]]


def test_a_ragged_range_is_filled_with_not_available() -> None:
    assert map_cells(of(pair), [[[1, 2], [3]], 5]) == [["1 5", "2 5"], ["3 5", "3 5"]]
    assert map_cells(of(pair), [[[1, 2, 3], [4, 5]], 6])[1] == ["4 6", "5 6", NOT_AVAILABLE]


def test_an_empty_range_has_nothing_but_not_available() -> None:
    assert map_cells(of(pair), [[], [[1, 2]]]) == [[NOT_AVAILABLE, NOT_AVAILABLE]]


def fail_on_text(value: object) -> object:
    if isinstance(value, str):
        raise NotAvailableError(value)
    return value


@given(st.lists(st.lists(scalars, min_size=2, max_size=2), min_size=1, max_size=5))
def test_one_bad_cell_does_not_spoil_its_neighbours(grid: list[list[object]]) -> None:
    answer = map_cells(of(fail_on_text), [grid])
    assert answer == [["#N/A" if isinstance(v, str) else v for v in row] for row in grid]


def test_an_error_that_is_not_ours_is_not_hidden() -> None:
    def broken(_value: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        map_cells(of(broken), [[[1]]])


@pytest.mark.parametrize("copies", [1, 2, 1500])
def test_true_and_1_keep_their_own_answers_however_often_they_repeat(copies: int) -> None:
    column: list[list[object]] = [[True], [1], [1.0], ["1"]] * copies
    assert map_cells(of(repr), [column]) == [["True"], ["1"], ["1.0"], ["'1'"]] * copies


def test_repeated_rows_are_computed_once() -> None:
    seen: list[object] = []
    column = [[1], [2]] * 1000
    assert map_cells(of(lambda value: seen.append(value) or value), [column]) == column  # type: ignore[func-returns-value]
    assert seen == [1, 2]


def test_rows_after_the_first_thousand_are_answered_too() -> None:
    column = [[k] for k in range(5000)]
    assert map_cells(of(lambda value: value), [column]) == column


# What is read once, and blank rows


def pricer(*rest: object) -> Any:
    fail_on_text(rest[0])
    return lambda first, second: f"{pair(first, second)} bound to {rest[0]}"


def test_what_is_the_same_in_every_row_is_bound_once() -> None:
    answers = map_cells(pricer, [[["a"], ["b"]], "c", 7])
    assert answers == [["'a' 'c' bound to 7"], ["'b' 'c' bound to 7"]]


def test_a_range_of_one_cell_is_the_same_in_every_row() -> None:
    assert map_cells(pricer, [["a", "b"], "c", [[7]]]) == [
        ["'a' 'c' bound to 7", "'b' 'c' bound to 7"]
    ]


def test_what_cannot_be_bound_is_an_error_in_every_row() -> None:
    assert map_cells(pricer, [[["a"], ["b"]], "c", "bad"]) == [["#N/A"], ["#N/A"]]


def test_what_differs_from_row_to_row_is_not_bound() -> None:
    answers = map_cells(pricer, ["a", "b", [[7], [8], ["bad"]]])
    assert answers == [["'a' 'b' bound to 7"], ["'a' 'b' bound to 8"], ["#N/A"]]


@pytest.mark.parametrize(
    ("size", "quality", "answer"),
    [
        (None, None, ""),
        ("", " ", ""),
        (None, "high", "#N/A"),
        ("4:5", None, "#N/A"),
        ("", 0, "#N/A"),
    ],
)
def test_a_row_without_size_and_quality_answers_empty_text(
    size: str | None, quality: str | None, answer: str
) -> None:
    def refuse(*_values: object) -> None:
        raise NotAvailableError

    assert map_cells(of(refuse), [size, quality], blank=True) == answer
    assert map_cells(of(refuse), [[[size]], [[quality]]], blank=True) == [[answer]]


def test_without_blank_rows_every_error_shows() -> None:
    assert map_cells(of(lambda *_: fail_on_text("x")), [None, None]) == "#N/A"


# The garbage collector


def test_the_collector_runs_again_after_a_range() -> None:
    map_cells(of(pair), [[[1], [2]], 3])
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        map_cells(of(pair), [[[1], [2]], 3])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_runs_again_after_a_failure() -> None:
    def broken(_value: object) -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        map_cells(of(broken), [[[1], [2]]])
    assert gc.isenabled()
