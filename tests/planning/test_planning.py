"""A job read as the cells read it, billed by plans, staged, with its reserves."""

import json
from fractions import Fraction
from importlib.resources import files
from itertools import product
from typing import Any

import oracle
import pytest

from xl_pricing.errors import (
    CellError,
    InvalidValueError,
    NotAvailableError,
    OutOfRangeError,
    XlPricingError,
)
from xl_pricing.estimation.budget import CONFIDENCES, Budget
from xl_pricing.estimation.credits import Pack
from xl_pricing.estimation.levers import Spec
from xl_pricing.estimation.size import Size
from xl_pricing.functions import pricing
from xl_pricing.planning import job as planning
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.day import today
from xl_pricing.rates.rows import Model

F = Fraction
CARD = bundled_card()
TODAY = today()
MODELS = [model.id for model in CARD.models]
PLANS = [*dict.fromkeys(row.plan for row in CARD.plans)]
QUALITIES = ["low", "medium", "high", "xhigh", "max", "auto", 5488.25]
INPUTS: list[tuple[Any, Any, Any]] = [
    (None, None, None),
    (4, 120, 2),
    ("10", "a red shoe on white", "1024x1024; 800x600;1024x1024"),
    (1, "", 0),
    (3, "0", "16"),
]


def read(model: str, size: str = "1024x1024", quality: Any = "high", **rest: Any) -> Any:
    known = CARD.model(model)
    return planning.read_spec(known, size, quality, **rest), known


def answer_or_error(question: Any) -> Any:
    try:
        return question()
    except XlPricingError as error:
        return type(error), str(error)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_a_job_costs_what_the_cell_function_says(model: str, quality: Any) -> None:
    for (n, prompt, references), tier in product(INPUTS, (None, "standard", "Batch")):
        rest = {"n": n, "prompt": prompt, "references": references, "tier": tier}

        def by_planning(rest: dict[str, Any] = rest) -> Fraction:
            spec, known = read(model, quality=quality, **rest)
            return planning.price_of(known, CARD, TODAY)(spec)

        def by_function(rest: dict[str, Any] = rest) -> Fraction:
            return pricing.explain("1024x1024", quality, model, rates=CARD, **rest).usd

        ours, told = answer_or_error(by_planning), answer_or_error(by_function)
        if isinstance(told, tuple):  # of two faults either may be told
            assert ours[0] is told[0]
        else:
            assert ours == told


def test_a_job_of_a_fixed_size_costs_what_the_tables_say() -> None:
    spec, known = read(
        "gpt-image-1", "1024x1536", "low", n=3, prompt=100, references="1024x1024; 800x600"
    )
    image_in = oracle.tile_tokens(1024, 1024) + oracle.tile_tokens(800, 600)
    tokens = {"image_out": 408, "image_in": image_in, "text_in": 106}
    prices = {meter: oracle.list_price("gpt-image-1", meter) or 0 for meter in tokens}
    usd = sum(tokens[meter] * prices[meter] for meter in tokens) / 1_000_000
    assert planning.price_of(known, CARD, TODAY)(spec) == usd


def test_a_spec_is_read_as_cells_are() -> None:
    spec, _ = read("gpt-image-2", " 4:5 ", "HIGH", n=4.0, prompt="12", references=2, tier="BATCH")
    assert spec == Spec(Size(1024, 1280), "high", 4, 12, 2, tier="batch")
    spec, _ = read("gpt-image-2", "1024×1280", 5488.25)
    assert spec == Spec(Size(1024, 1280), F("5488.25"))
    spec, _ = read("gpt-image-2", prompt="0", references="512x512; 64x64; 512x512")
    assert (spec.prompt_tokens, spec.references, spec.reference_size) == (0, 2, (512, 512))
    assert spec.other_references == ((64, 64),)


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"size": "4000x4000"}, "not legal for this model"),
        ({"size": "#N/A"}, "size holds the error #N/A"),
        ({"n": 11}, "accepted: whole numbers, 1 to 10"),
        ({"prompt": "#REF!"}, "prompt holds the error #REF!"),
        ({"references": 17}, "accepted: whole numbers, 0 to 16"),
        ({"tier": "flex"}, "accepted: standard, batch"),
        ({"quality": None}, "quality is missing"),
    ],
)
def test_what_a_cell_refuses_is_refused(rest: dict[str, Any], told: str) -> None:
    with pytest.raises(XlPricingError, match=told):
        read("gpt-image-2", **rest)


@pytest.mark.parametrize(
    ("size", "quality", "told"),
    [
        (Size(1000, 1000), "high", "multiples of 16"),
        (Size(1024, 1024), "huge", "quality 'huge' is not known"),
    ],
)
def test_a_spec_that_was_not_read_is_checked_when_it_is_priced(
    size: Size, quality: str, told: str
) -> None:
    with pytest.raises(XlPricingError, match=told):
        planning.usage_of(Spec(size, quality), CARD.model("gpt-image-2"))


def test_a_budget_is_read_with_the_defaults_of_the_cell_function() -> None:
    assert planning.read_budget(F(2), "10") == Budget(F(2), F(10), F(1), F(1, 5))
    assert planning.read_budget(F(2), 10, "", " ") == Budget(F(2), F(10), F(1), F(1, 5))
    assert planning.read_budget(F(2), 10, "1.5", 0.1) == Budget(F(2), F(10), F(3, 2), F(1, 10))
    told = answer_or_error(lambda: pricing.IMGBUDGET(2, 10, 0.5))
    assert answer_or_error(lambda: planning.read_budget(F(2), 10, 0.5)) == told


# --- Plans


SHEET_OF_PLANS = json.loads(files("xl_pricing.rates").joinpath("data", "plans.json").read_bytes())


def listed(plan: str, model: str, long_edge: int, quality: str) -> bool:
    """Tell whether the file of plans has any row for such an image."""
    return any(
        row["plan"] == plan
        and row["model"] in {model, "any"}
        and row["quality"] in {quality, "any"}
        and long_edge <= row["max_long_edge_px"]
        for row in SHEET_OF_PLANS["plans"]
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_plan_charges_what_the_cell_function_says(model: str, quality: Any) -> None:
    known = CARD.model(model)
    sizes = ["1024x1024", "1536x1024"] + ["2048x2048", "3840x2160"] * (known.sizes == _FREE.sizes)
    for size in sizes:
        spec, _ = read(model, size, quality, n=4, prompt=50, references=1, tier="batch")
        bills = answer_or_error(lambda spec=spec: planning.bills(spec, known, CARD, TODAY))
        if isinstance(bills, tuple):
            assert bills[0] is InvalidValueError
            assert isinstance(quality, str)
            assert quality not in {*known.output.rule.qualities, "auto"}
            continue
        assert [bill.plan for bill in bills] == PLANS
        for bill in bills:
            told = answer_or_error(
                lambda plan=bill.plan, size=size: pricing.read_charge(
                    size, quality, plan, model, 4, 50, 1, CARD
                )
            )
            if bill.refusal:
                assert told == (NotAvailableError, bill.refusal)
                assert bill.charge == (None, None)
            else:
                assert bill.charge == told
                assert bill.row


_FREE = CARD.model("gpt-image-2")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", ["1024x1024", "1536x1024"])
def test_a_plan_takes_and_refuses_what_its_file_lists(model: str, size: str) -> None:
    spec, known = read(model, size, 1000)
    qualities = known.output.rule.qualities
    for bill in planning.bills(spec, known, CARD, TODAY):
        takes = [q for q in qualities if listed(bill.plan, model, spec.size.long, q)]
        assert [*bill.takes] == takes
        assert [*bill.refuses] == [q for q in qualities if q not in takes]


def test_a_quality_that_nobody_knows_is_an_error_though_a_plan_would_take_any() -> None:
    spec, known = read("gpt-image-2", quality="huge")
    with pytest.raises(InvalidValueError, match="quality 'huge' is not known"):
        planning.bills(spec, known, CARD, TODAY)


def test_the_list_price_is_that_of_the_standard_tier() -> None:
    batch, known = read("gpt-image-2", tier="batch")
    standard, _ = read("gpt-image-2")
    price = planning.price_of(known, CARD, TODAY)
    assert planning.list_price(batch, known, CARD, TODAY) == price(standard) == 2 * price(batch)


def test_a_table_of_plans_bills_by_its_own_rows() -> None:
    header = ["plan", "shape", "model", "size_tier", "max_long_edge_px", "quality", "usd",
              "source", "checked", "basis"]  # fmt: skip
    row = ["Ours", "flat", "any", "any", 3840, "any", 0.5, "contract 7", "2026-11-01", "quoted"]
    card: RateCard = CARD.with_plans([header, row])
    spec, known = read("gpt-image-2")
    (bill,) = planning.bills(spec, known, card, TODAY)
    assert (bill.plan, bill.charge) == ("Ours", (None, F(1, 2)))
    assert bill.row
    assert bill.row.source == "contract 7"


def test_a_pack_for_a_job_worked_out_by_hand() -> None:
    plan = Budget(F("0.16"), F(100), F("1.5"), F("0.2"))  # 180 generations, 28.80 USD by tokens
    bill = planning.pack_bill(Pack(F(10), F(1000)), F(14), plan)
    assert (bill.images, bill.break_even_images) == (F(500, 7), F("62.5"))
    assert (bill.packs, bill.usd, bill.token_usd) == (3, 30, F("28.8"))  # 2520 credits
    assert bill.saving == F("-1.2")
    dearer = Budget(F("0.17"), F(100), F("1.5"), F("0.2"))
    assert planning.pack_bill(Pack(F(10), F(1000)), F(14), dearer).saving == F("0.6")


# --- Risk


@pytest.mark.parametrize(("finals", "retries"), [(1, "4"), (3, "2"), (12, "1.5"), (40, "1")])
def test_reserves_are_the_exact_quantiles(finals: int, retries: str) -> None:
    plan = planning.read_risk(str(finals), retries)
    assert (plan.finals, plan.retries, plan.buffer) == (finals, F(retries), F(1, 5))
    reserves = planning.reserves_of(plan)
    assert [reserve.confidence for reserve in reserves] == [*CONFIDENCES]
    for confidence, needed, buffer in reserves:
        exact = oracle.generations_needed(finals, 1 / F(retries), F(str(confidence)))
        assert needed == exact
        over = max(F(0), exact / (finals * F(retries)) - 1)
        assert (
            buffer
            == pytest.approx(float(over))
            == pricing.IMGBUFFER(finals, float(retries), confidence)
        )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((1.5, 2), "finals 1.5 is out of range; accepted: whole numbers, 0 to 1,000,000"),
        ((10, 0.5), "retries 0.5 is out of range; accepted: 1 or more"),
        ((10, 2, 2), "buffer 2 is out of range; accepted: 0 to 1"),
        ((10, ""), None),
    ],
)
def test_a_risk_is_read_with_the_same_limits(arguments: Any, told: str | None) -> None:
    if told is None:
        assert planning.read_risk(*arguments).retries == 1
        return
    with pytest.raises(OutOfRangeError) as caught:
        planning.read_risk(*arguments)
    assert str(caught.value).startswith(told)


# --- Stages


def test_a_draft_is_the_final_at_low_quality_if_not_said() -> None:
    final, known = read("gpt-image-2", "4:5", prompt=10, references=2, tier="batch")
    draft = planning.read_draft(known, final)
    assert draft == Spec(Size(1024, 1280), "low", 1, 10, 2, tier="batch")
    draft = planning.read_draft(known, final, "768x960", "Medium")
    assert draft == Spec(Size(768, 960), "medium", 1, 10, 2, tier="batch")
    assert planning.read_draft(known, final, quality=200).quality == 200


def stage(model: Model, final: Spec, size: Any = None, quality: Any = None, **rest: Any) -> Any:
    price = planning.price_of(model, CARD, TODAY)
    all_high = planning.read_budget(price(final), 100, 2, 0.1)
    return planning.stages_of(
        all_high, planning.read_draft(model, final, size, quality), price, **rest
    )


def test_stages_cost_what_the_cell_functions_say() -> None:
    final, known = read("gpt-image-2", "4:5")
    staged = stage(known, final, "768x960", "medium", drafts="4", finish_retries="1.2")
    high = pricing.IMGCOST("4:5", "high", rates=CARD)
    draft = pricing.IMGCOST("768x960", "medium", rates=CARD)
    drafts, finish = 100 * 4 * draft * 1.1, pricing.IMGBUDGET(high, 100, 1.2, 0.1)
    assert float(staged.total) == pytest.approx(drafts + finish)
    assert float(staged.saving) == pytest.approx(
        pricing.IMGBUDGET(high, 100, 2, 0.1) - drafts - finish
    )
    standard = stage(known, final)
    assert (standard.drafts_per_final, standard.finish_retries) == (3, F(11, 10))


@pytest.mark.parametrize(
    ("model", "arguments", "error", "told"),
    [
        ("gpt-image-2", {"size": "100x100"}, OutOfRangeError, "draft size 100x100 is not legal"),
        ("gpt-image-2", {"size": "big"}, InvalidValueError, "draft size 'big' is not readable"),
        ("gpt-image-2", {"size": "#N/A"}, CellError, "draft size holds the error #N/A"),
        ("gpt-image-2", {"quality": "max"}, InvalidValueError, "draft quality 'max' is not known"),
        ("gpt-image-2.6-flare", {}, NotAvailableError, "draft quality 'low': no formula"),
        ("gpt-image-2", {"drafts": "few"}, InvalidValueError, "drafts 'few' is not a number"),
        ("gpt-image-2", {"drafts": -1}, OutOfRangeError, "drafts per final -1 is out of range"),
        ("gpt-image-2", {"finish_retries": 0}, OutOfRangeError, "finish retries 0 is out of range"),
    ],
)
def test_an_error_of_the_draft_says_so(
    model: str, arguments: Any, error: type[XlPricingError], told: str
) -> None:
    final, known = read(model, "4:5")
    with pytest.raises(error) as caught:
        stage(known, final, **arguments)
    assert str(caught.value).startswith(told)
