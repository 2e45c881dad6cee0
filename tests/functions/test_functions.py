"""The cell functions as plain functions, and the declaration that every host is made from."""

import inspect
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import oracle
import pytest
from cases import Case, agree, read_cases, value_of
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing import errors, functions
from xl_pricing.errors import (
    CardError,
    CellError,
    InvalidValueError,
    NotAvailableError,
    OutOfRangeError,
    XlPricingError,
)
from xl_pricing.functions import (
    IMGBILL,
    IMGBUDGET,
    IMGBUFFER,
    IMGCOST,
    IMGCREDITS,
    IMGEXPLAIN,
    IMGRATE,
    IMGSIZE,
    IMGTOKENS,
)
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.explaining import EXPLAIN_HEADER, explain
from xl_pricing.functions.pricing import read_charge
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.rates import day
from xl_pricing.rates.card import bundled_card

pytestmark = pytest.mark.usefixtures("that_day")

SIGNATURES = {
    "IMGCOST": "size, quality, [model], [n], [prompt], [references], [tier], [rates]",
    "IMGCREDITS": "size, quality, plan, [model], [n], [prompt], [references], [plans]",
    "IMGBUDGET": "cost, finals, [retries], [buffer]",
    "IMGTOKENS": "size, quality, [model], [n]",
    "IMGSIZE": "ratio, [short_side], [quality], [model]",
    "IMGBUFFER": "finals, retries, [confidence]",
    "IMGRATE": "model, meter, [tier], [date], [rates]",
    "IMGEXPLAIN": "size, [quality], [model], [n], [prompt], [references], [tier], [rates]",
    "IMGBILL": "usage, [model], [tier], [date], [rates]",
}
CASES = read_cases("functions")
REFUSED = [case for case in CASES if case.error]
ANSWERED = [case for case in CASES if not case.error]

RATIOS = [row.ratio for row in bundled_card().ratios]
EPOCH, DAY = datetime(1899, 12, 30), timedelta(days=1)  # noqa: DTZ001 - as a sheet keeps it

sizes = st.sampled_from(oracle.legal_sizes()).map(lambda pixels: f"{pixels[0]}x{pixels[1]}")
WHOLE_RATIOS = [ratio for ratio in RATIOS if "." not in ratio]
"""Those that Excel takes for a time."""
ratios = st.sampled_from(WHOLE_RATIOS)
models = st.sampled_from(["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"])
qualities = st.sampled_from(["low", "medium", "high"])
images = st.integers(1, 10)
amounts = st.floats(0, 1e6).map(lambda value: round(value, 4))
retries = st.floats(1, 20).map(lambda value: round(value, 2))
shares = st.floats(0, 1).map(lambda value: round(value, 2))


def call(case: Case) -> Any:
    return getattr(functions, case.function)(*map(value_of, case.args))


def time_of(ratio: str) -> Fraction:
    """Return the part of a day that Excel makes of a ratio typed in a cell."""
    hours, minutes = map(int, ratio.split(":"))
    return Fraction(60 * hours + minutes, 1440)


# The case table


@pytest.mark.parametrize("case", ANSWERED, ids=str)
def test_a_call_has_its_answer(case: Case) -> None:
    assert agree(call(case), case.answer)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_bad_call_raises_its_error_and_says_why(case: Case) -> None:
    with pytest.raises(XlPricingError) as caught:
        call(case)
    assert caught.value.cell_error == case.error
    assert case.says in str(caught.value)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_every_refusal_is_one_sentence_that_says_what_is_accepted(case: Case) -> None:
    with pytest.raises(XlPricingError) as caught:
        call(case)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert not sentence.endswith(".")
    if isinstance(caught.value, InvalidValueError | OutOfRangeError):
        assert re.search(r"accepted|at most|must be", sentence)
    if isinstance(caught.value, CellError):
        assert sentence.endswith("fix that cell first")


def test_the_cases_try_every_function_with_every_kind_of_error() -> None:
    tried = {(case.function, case.error) for case in CASES}
    for name in SIGNATURES:
        assert {(name, None), (name, "#NUM!"), (name, "#VALUE!")} <= tried
    assert {case.error for case in REFUSED} >= set(ERROR_NAMES.values()) - {"#CONNECT!"}


# The declaration


def test_the_functions_are_those_of_the_design_in_its_order() -> None:
    assert list(FUNCTIONS) == list(SIGNATURES)


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_arguments_are_those_of_the_design_in_its_order(name: str) -> None:
    assert FUNCTIONS[name].signature == f"{name}({SIGNATURES[name]})"


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_plain_function_has_the_declared_arguments(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.call is getattr(functions, name)
    parameters = inspect.signature(function.call).parameters.values()
    assert [p.name for p in parameters] == [a.name for a in function.arguments]
    assert [p.default is None for p in parameters] == [a.optional for a in function.arguments]


@pytest.mark.parametrize("name", SIGNATURES)
def test_excel_can_show_every_doc(name: str) -> None:
    function = FUNCTIONS[name]
    for doc in (function.doc, *(argument.doc for argument in function.arguments)):
        assert 0 < len(doc) <= 255
        assert doc.endswith(".")
        assert doc == " ".join(doc.split())


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_name_is_short_and_no_cell_address(name: str) -> None:
    for word in (name, *(argument.name for argument in FUNCTIONS[name].arguments)):
        assert re.fullmatch(r"[A-Za-z_]{1,64}", word)
        assert word.lower() not in {"r", "c"}
        assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", word.upper())
    assert name == name.upper()


@pytest.mark.parametrize("name", SIGNATURES)
def test_an_optional_argument_and_no_other_says_what_omitting_it_means(name: str) -> None:
    for argument in FUNCTIONS[name].arguments:
        said = re.search(rf"If omitted(?: in {name})?, ", argument.doc)
        needed = f"({name} needs one)" in argument.doc
        assert argument.optional == (said is not None and not needed)


@pytest.mark.parametrize(
    ("name", "argument", "default"),
    [
        ("IMGCOST", "model", "gpt-image-2"),
        ("IMGCOST", "n", 1),
        ("IMGCOST", "tier", "standard"),
        ("IMGBUDGET", "retries", 1),
        ("IMGBUDGET", "buffer", "20%"),
        ("IMGSIZE", "short_side", 1024),
        ("IMGSIZE", "quality", "high"),
        ("IMGBUFFER", "confidence", "90%"),
    ],
)
def test_omitting_an_argument_means_what_its_doc_says(
    name: str, argument: str, default: str | int
) -> None:
    function = FUNCTIONS[name]
    names = [each.name for each in function.arguments]
    doc = function.arguments[names.index(argument)].doc
    assert re.search(rf"If omitted(?: in {name})?, {default}( \(IMGRATE needs one\))?\.", doc)
    example = dict(zip(names, function.example, strict=False)) | {argument: None}
    assert function.call(**example) == function.call(**example | {argument: default})


@pytest.mark.parametrize("name", SIGNATURES)
def test_required_arguments_come_first(name: str) -> None:
    optional = [argument.optional for argument in FUNCTIONS[name].arguments]
    assert optional == sorted(optional)


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_example_of_a_function_has_an_answer(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.call(*function.example) == answer(function, function.example)
    assert function.formula.startswith(f"={name}(")
    plain = re.sub('"[^"]*"', "text", function.formula.replace('""', ""))
    assert plain.count(",") == len(function.example) - 1


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("IMGCOST", '=IMGCOST("1024x1536","high")'),
        ("IMGBUDGET", "=IMGBUDGET(0.16464,120,1.5,0.2)"),
        ("IMGSIZE", '=IMGSIZE("4:5",1024)'),
    ],
)
def test_an_example_is_written_as_it_is_typed(name: str, formula: str) -> None:
    assert FUNCTIONS[name].formula == formula


# Ratios that Excel took for times


@pytest.mark.parametrize("ratio", WHOLE_RATIOS)
def test_every_ratio_of_the_table_is_known_by_the_time_that_excel_makes_of_it(ratio: str) -> None:
    day = time_of(ratio)
    assert round(day, 4) != day  # it has five decimals or more, so four are no time
    for kept in (float(day), float(f"{float(day):.15g}"), EPOCH + float(day) * DAY):
        assert IMGSIZE(kept) == IMGSIZE(ratio)


def test_the_times_with_the_fewest_decimals_have_five() -> None:
    fewest = {ratio for ratio in WHOLE_RATIOS if round(time_of(ratio), 5) == time_of(ratio)}
    assert fewest == {"21:9", "4:3", "1:3"}


@pytest.mark.parametrize("ratio", WHOLE_RATIOS)
def test_a_ratio_as_a_decimal_is_not_taken_for_a_time(ratio: str) -> None:
    width, height = map(int, ratio.split(":"))
    for decimal in (width / height, round(width / height, 4)):
        with pytest.raises(InvalidValueError, match="is not text; accepted: text such as 4:5"):
            IMGSIZE(decimal)


@pytest.mark.parametrize("ratio", [*WHOLE_RATIOS, "5:6", "3:6"])
def test_what_says_that_it_is_a_time_is_a_ratio_however_few_its_decimals(ratio: str) -> None:
    moment = EPOCH + float(time_of(ratio)) * DAY
    assert IMGSIZE(moment) == IMGSIZE(moment.time()) == IMGSIZE(ratio)


@given(st.integers(1, 29_999))
def test_no_number_of_up_to_four_decimals_is_taken_for_a_time(units: int) -> None:
    for decimal in (units / 10_000, Decimal(units).scaleb(-4)):
        with pytest.raises(InvalidValueError):
            IMGSIZE(decimal)


# The errors


@pytest.mark.parametrize(
    ("error", "builtin", "shown"),
    [
        (InvalidValueError("x"), ValueError, "#VALUE!"),
        (OutOfRangeError("x"), ValueError, "#NUM!"),
        (NotAvailableError("x"), LookupError, "#N/A"),
        (CardError("x"), ValueError, "#VALUE!"),
        (CellError("#REF!", "size"), ValueError, "#REF!"),
    ],
)
def test_an_error_is_the_projects_the_builtins_and_the_cells(
    error: XlPricingError, builtin: type[Exception], shown: str
) -> None:
    assert isinstance(error, XlPricingError)
    assert isinstance(error, builtin)
    assert error.cell_error == shown
    assert shown in ERROR_NAMES.values()


def test_the_tree_of_errors_is_drawn_with_every_error() -> None:
    public = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert (
        set(re.findall(r"\w+Error\b", str(errors.__doc__)))
        - {"ValueError", "LookupError", "OSError"}
        == public
    )


# The laws of IMGCOST


@given(sizes, qualities, models, images)
def test_a_cost_is_the_exact_fraction_rounded_once(
    size: str, quality: str, model: str, n: int
) -> None:
    width, height = map(int, size.split("x"))
    grid = (oracle.GRIDS_2 if model == "gpt-image-2" else oracle.GRIDS_2_5)[quality]
    exact = Fraction(oracle.grid_tokens(grid, width, height, n) * 30, n * 1_000_000)
    assert IMGCOST(size, quality, model, n) == float(exact)


@given(sizes, qualities, models, images, st.integers(0, 1000), st.integers(0, 16))
def test_batch_is_half(
    size: str, quality: str, model: str, n: int, prompt: int, references: int
) -> None:
    standard = IMGCOST(size, quality, model, n, prompt, references)
    assert IMGCOST(size, quality, model, n, prompt, references, "batch") == standard / 2


@given(sizes, qualities, models, images)
def test_more_images_a_call_only_lower_the_cost_of_one(
    size: str, quality: str, model: str, n: int
) -> None:
    alone, together = IMGCOST(size, quality, model), IMGCOST(size, quality, model, n)
    assert 0 <= alone - together < 30 / 1_000_000


@given(sizes, qualities, st.integers(0, 1000), st.integers(0, 15))
def test_a_prompt_and_each_reference_image_only_add(
    size: str, quality: str, prompt: int, references: int
) -> None:
    bare = IMGCOST(size, quality)
    prompted = IMGCOST(size, quality, prompt=prompt)
    assert prompted == pytest.approx(bare + (prompt + 6) * 5 / 1_000_000, rel=1e-12)
    fewer = IMGCOST(size, quality, references=references)
    more = IMGCOST(size, quality, references=references + 1)
    assert more - fewer == pytest.approx(1024 * 8 / 1_000_000)


@given(sizes, qualities, models)
def test_a_dearer_quality_never_costs_less(size: str, quality: str, model: str) -> None:
    order = ["low", "medium", "high"]
    for cheaper in order[: order.index(quality)]:
        assert IMGCOST(size, cheaper, model) <= IMGCOST(size, quality, model)


HEADER = ["model", "meter", "tier", "usd_per_mtok", "effective_from", "source", "checked", "basis"]


def rates_table(*usd_by_meter: tuple[str, float]) -> list[list[object]]:
    rows = [
        ["gpt-image-2", meter, "standard", usd, 46133, "contract", 46300, "quoted"]
        for meter, usd in usd_by_meter
    ]
    return [HEADER, *rows]


@given(sizes, qualities, st.integers(1, 9999), st.integers(1, 9999))
def test_a_dearer_rate_costs_more_and_in_proportion(
    size: str, quality: str, one: int, other: int
) -> None:
    low, high = sorted((one, other))
    cheap = IMGCOST(size, quality, rates=rates_table(("image_out", low / 100)))
    dear = IMGCOST(size, quality, rates=rates_table(("image_out", high / 100)))
    assert cheap <= dear
    assert dear == pytest.approx(cheap * high / low, rel=1e-12)


@given(sizes, st.integers(1, 100_000), images)
def test_measured_tokens_are_what_is_paid(size: str, measured: int, n: int) -> None:
    assert IMGCOST(size, measured, None, n) == float(Fraction(measured * 30, 1_000_000))
    assert IMGTOKENS(size, measured, None, n) == measured


@given(ratios, qualities)
def test_a_ratio_costs_what_its_preset_costs(ratio: str, quality: str) -> None:
    width, height = map(int, ratio.split(":"))
    cost = IMGCOST(ratio, quality)
    assert cost == IMGCOST(str(explain(ratio, quality).size), quality)
    size = explain(ratio, quality).size
    assert Fraction(size.width, size.height) == Fraction(width, height)


@given(sizes, qualities, models, images)
def test_tokens_times_the_rate_is_the_cost(size: str, quality: str, model: str, n: int) -> None:
    cost = IMGTOKENS(size, quality, model, n) * IMGRATE(model, "image_out") / 1_000_000
    assert IMGCOST(size, quality, model, n) == pytest.approx(cost, rel=1e-12)


def test_the_cheapest_size_costs_no_more_than_the_preset() -> None:
    for row in bundled_card().ratios:
        least = IMGSIZE(row.ratio, explain(row.ratio, "high").size.short)
        assert IMGCOST(least, "high") <= IMGCOST(row.ratio, "high")


# The laws of IMGEXPLAIN


@given(sizes, qualities, models, images, st.integers(0, 1000), st.integers(0, 16))
def test_the_lines_add_up_to_the_cost(
    size: str, quality: str, model: str, n: int, prompt: int, references: int
) -> None:
    job = (size, quality, model, n, prompt, references)
    estimate = explain(*job)
    assert sum(line.usd for line in estimate.lines) == estimate.usd
    assert float(estimate.usd) == IMGCOST(*job)


@given(sizes, qualities, models, st.sampled_from([None, 31, "a cat"]), st.integers(0, 3))
def test_the_table_adds_up_as_a_sheet_would_add_it(
    size: str, quality: str, model: str, prompt: int | str | None, references: int
) -> None:
    header, *rows = IMGEXPLAIN(size, quality, model, 1, prompt, references)
    assert tuple(header) == EXPLAIN_HEADER
    assert all(len(row) == len(header) for row in rows)
    by_line = {str(row[0]): row for row in rows}
    total = by_line.pop("total")[4]
    by_line.pop("note", None)
    assert total == IMGCOST(size, quality, model, 1, prompt, references)
    assert sum(float(row[4]) for row in by_line.values()) == pytest.approx(float(total), rel=1e-12)
    for _line, quantity, unit, rate, usd, *_evidence in by_line.values():
        assert unit == "tokens"
        assert usd == pytest.approx(float(quantity) * float(rate) / 1_000_000, rel=1e-12)


@pytest.mark.parametrize(
    ("args", "basis"),
    [
        (("1024x1024", "high", "gpt-image-1"), "official"),
        (("1024x1024", "high", "gpt-image-2"), "quoted"),
        (("1024x1024", "high", "gpt-image-2", 1, 31), "measured"),
        (("1024x1024", 7024, "gpt-image-2"), "measured"),
        (("1024x1024", "high", "gpt-image-2.6-sunburst"), "estimate"),
    ],
)
def test_an_estimate_is_as_sure_as_its_weakest_line(args: tuple[Any, ...], basis: str) -> None:
    assert explain(*args).basis == basis


def test_every_line_names_a_source_and_the_day_it_was_checked() -> None:
    _header, *rows = IMGEXPLAIN("1024x1024", "high", "gpt-image-2.5-flare", 1, 31, 2)
    lines = [row for row in rows if row[2] == "tokens"]
    assert [row[0] for row in lines] == ["text_in", "image_in", "image_out"]
    for row in lines:
        assert "; tokens: " in str(row[5])
        assert row[6] == "2026-11-23"


@pytest.mark.parametrize(
    "usage",
    [
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": 371, "output_tokens": 439},
        {"input_tokens": 9, "output_tokens": 9, "input_tokens_details": {"cached_tokens": 5}},
    ],
)
@pytest.mark.parametrize("tier", ["standard", "batch"])
def test_the_lines_of_a_usage_are_what_it_costs(usage: dict[str, Any], tier: str) -> None:
    text = json.dumps(usage)
    _header, *rows = IMGEXPLAIN(text, tier=tier)
    lines = [row for row in rows if row[0] not in {"total", "note"}]
    total = next(row[4] for row in rows if row[0] == "total")
    assert total == IMGBILL(text, tier=tier) == pytest.approx(sum(float(row[4]) for row in lines))
    assert any(row[0] == "note" for row in rows) == bool(usage["input_tokens"])


def test_an_experimental_size_is_noted() -> None:
    rows = IMGEXPLAIN("3840x2160", "high")
    assert rows[-1][:1] == ["note"]
    assert rows[-1][5] == "Sizes over 3,686,400 pixels are called experimental."


# The laws of IMGCREDITS


@given(sizes, qualities, st.integers(1, 10_000))
def test_credits_times_their_price_is_the_token_cost(size: str, quality: str, price: int) -> None:
    usd_per_credit = price / 10_000
    credits_ = IMGCREDITS(size, quality, usd_per_credit)
    assert credits_ * usd_per_credit == pytest.approx(IMGCOST(size, quality), rel=1e-12)


@pytest.mark.parametrize(
    ("plan", "model", "usd"),
    [
        ("LaoZhang VIP", "gpt-image-2.5-flare", Fraction("0.03")),
        ("APIYI all", "gpt-image-2.6-flare", Fraction("0.025")),
        ("OpenAI data residency", "gpt-image-2.5-flare", Fraction("0.05268") * Fraction("1.1")),
        ("Azure Data Zone", "gpt-image-2", Fraction("0.21072") * Fraction("1.1")),
        ("Azure Regional", "gpt-image-1-mini", Fraction("0.03328") * Fraction("1.32")),
        ("kie.ai", "gpt-image-2", Fraction("0.03")),
        ("muapi", "gpt-image-2", Fraction("0.06")),
        ("PiAPI", "gpt-image-2.5-flare", Fraction("0.03951")),
        ("fal.ai", "gpt-image-2.5-flare", Fraction("0.05268")),
        ("Apiframe", "gpt-image-2", Fraction("0.23")),
        ("ComfyUI", "gpt-image-2", Fraction("0.21072") * Fraction("1.43")),
    ],
)
def test_a_plan_of_each_shape_has_a_price_in_usd(plan: str, model: str, usd: Fraction) -> None:
    assert read_charge("1024x1024", "high", plan, model).usd == usd


def test_a_flat_plan_takes_a_quality_without_a_formula() -> None:
    for quality in ("auto", "low", 664):
        charged = read_charge("1024x1024", quality, "APIYI all", "gpt-image-2.6-flare")
        assert charged.usd == Fraction("0.025")


def test_a_row_for_one_quality_bills_no_other() -> None:
    """0.054 USD is the price at medium; high is about double, which nobody lists."""
    assert read_charge("4:5", "medium", "AI/ML API").usd == Fraction("0.054")
    for quality in ("low", "high", 5488):
        with pytest.raises(NotAvailableError):
            read_charge("4:5", quality, "AI/ML API")


# The laws of IMGBUDGET and IMGBUFFER


def test_a_range_of_budgets_answers_what_each_cell_would() -> None:
    costs: list[Any] = [0.16464, "0.2", 1, 1 / 3, True, -0.5, "#N/A", None, 1e308, 0.16464]
    finals: list[Any] = [120.0, 120, "5", 7.0, 1.0, 2.0, "#REF!", -1.0, 1e9, True]
    budget = FUNCTIONS["IMGBUDGET"]
    pairs = [[answer(budget, [cost, count, 1.5]) for cost in costs] for count in finals]
    assert answer(budget, [costs, [[count] for count in finals], 1.5]) == pairs
    assert answer(budget, [costs, [[count] for count in finals], [[1.5]] * 10]) == pairs
    assert pairs[0][0] == 35.56224
    assert pairs[6][6] == "#N/A"  # of two faults that of the first argument is told


@given(amounts, amounts, retries, shares)
def test_a_budget_is_the_product(cost: float, finals: float, tries: float, buffer: float) -> None:
    parts = (Fraction(str(part)) for part in (cost, finals, tries))
    product = 1 + Fraction(str(buffer))
    for part in parts:
        product *= part
    assert IMGBUDGET(cost, finals, tries, buffer) == float(product)


@given(amounts, amounts, retries, shares)
def test_twice_the_finals_are_twice_the_budget(
    cost: float, finals: float, tries: float, buffer: float
) -> None:
    once = IMGBUDGET(cost, finals, tries, buffer)
    assert IMGBUDGET(cost, 2 * finals, tries, buffer) == pytest.approx(2 * once, rel=1e-12)


@given(st.integers(1, 200), retries, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_a_buffer_pays_for_a_whole_number_of_generations(
    finals: int, tries: float, confidence: float
) -> None:
    buffer = IMGBUFFER(finals, tries, confidence)
    generations = finals * tries * (1 + buffer)
    if buffer > 0:
        assert generations == pytest.approx(round(generations), rel=1e-12)
    assert generations >= finals


# What a call leaves behind


def test_the_same_call_has_the_same_answer_every_time() -> None:
    first = [call(case) for case in ANSWERED]
    assert [call(case) for case in reversed(ANSWERED)] == first[::-1]


def test_one_table_of_rates_does_not_stay_for_the_next_call() -> None:
    assert IMGCOST("1024x1024", "high", rates=rates_table(("image_out", 45))) == 0.31608
    assert IMGCOST("1024x1024", "high", rates=rates_table(("image_out", 15))) == 0.10536
    assert IMGCOST("1024x1024", "high") == 0.21072


def test_more_distinct_words_than_are_remembered_are_answered_too() -> None:
    tokens = [[str(k)] for k in range(1, 40_001)]
    answers = answer(FUNCTIONS["IMGTOKENS"], ["1024x1024", tokens, None, None])
    assert answers == [[float(k)] for k in range(1, 40_001)]


TOMORROW = [HEADER, ["gpt-image-2", "image_out", "standard", 9, 46350, "x", 46300, "quoted"]]


def test_a_rate_of_tomorrow_is_not_yet_paid() -> None:
    with pytest.raises(NotAvailableError, match="on 2026-11-23"):
        IMGCOST("1024x1024", "high", rates=TOMORROW)
    assert IMGRATE("gpt-image-2", "image_out", None, "2026-11-24", TOMORROW) == 9


def test_one_clock_says_to_all_functions_what_day_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def note() -> str:
        return explain("1024x1024", "high", "gpt-image-1.5").notes[0]

    monkeypatch.setattr(day, "system_day", lambda: date(2026, 11, 24))
    assert IMGRATE("gpt-image-2", "image_out", None, None, TOMORROW) == 9
    assert IMGCOST("1024x1024", "high", rates=TOMORROW) == 0.063216
    assert note().endswith("shuts down on 2026-12-01.")
    monkeypatch.setattr(day, "system_day", lambda: date(2026, 12, 1))
    assert "was shut down on 2026-12-01" in note()


def test_six_counts_in_a_row_are_a_usage() -> None:
    bill = FUNCTIONS["IMGBILL"]
    assert answer(bill, [[19, None, None, 352, "", 439]]) == 0.016081
    assert answer(bill, [[[19], [0], [0], [352], [0], [439]]]) == 0.016081
    assert answer(bill, [["{}"]]) == "#VALUE!"
    assert answer(bill, [[1, 2, 3]]) == "#VALUE!"
    assert answer(bill, [[19, "#N/A", 0, 0, 0, 1]]) == "#N/A"
    assert answer(bill, [[19, 0.5, 0, 0, 0, 1]]) == "#NUM!"
