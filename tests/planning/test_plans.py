"""A job billed by every plan as IMGCREDITS says, and by prepaid packs."""

import json
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from read_jobs import CARD, MODELS, PLANS, QUALITIES, answer_or_error, read

from xl_pricing.errors import (
    InvalidValueError,
    NotAvailableError,
)
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.credits import Pack
from xl_pricing.estimation.size import Size, parse_ratio
from xl_pricing.functions import pricing
from xl_pricing.planning.plans import list_price, pack_bill, plan_bills
from xl_pricing.rates.tables import with_plans

F = Fraction


SHEET_OF_PLANS = json.loads(files("xl_pricing.rates").joinpath("data", "plans.json").read_bytes())


def listed(plan: str, model: str, size: Size, quality: str) -> bool:
    """Tell whether the file of plans has any row for such an image."""
    return any(
        row["plan"] == plan
        and row["model"] in {model, "any"}
        and row["quality"] in {quality, "any"}
        and size.long <= row["max_long_edge_px"]
        and (":" not in row["size_tier"] or parse_ratio(row["size_tier"]) == F(*size))
        for row in SHEET_OF_PLANS["plans"]
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_plan_charges_what_the_cell_function_says(model: str, quality: Any) -> None:
    known = CARD.model(model)
    sizes = ["1024x1024", "1536x1024"] + ["2048x2048", "3840x2160"] * (known.sizes == _FREE.sizes)
    for size in sizes:
        job = read(model, size, quality, n=4, prompt=50, references=1, tier="batch")
        bills = answer_or_error(lambda job=job: plan_bills(job))
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
    job = read(model, size, 1000)
    qualities = job.model.output.rule.qualities
    for bill in plan_bills(job):
        takes = [q for q in qualities if listed(bill.plan, model, job.image.size, q)]
        assert [*bill.takes] == takes
        assert [*bill.refuses] == [q for q in qualities if q not in takes]


def test_a_quality_that_nobody_knows_is_an_error_though_a_plan_would_take_any() -> None:
    job = read("gpt-image-2", quality="huge")
    with pytest.raises(InvalidValueError, match="quality 'huge' is not known"):
        plan_bills(job)


def test_the_list_price_is_that_of_the_standard_tier() -> None:
    batch = read("gpt-image-2", tier="batch")
    standard = read("gpt-image-2").image
    assert list_price(batch) == batch.usd(standard) == 2 * batch.usd(batch.image)


def test_a_table_of_plans_bills_by_its_own_rows() -> None:
    header = ["plan", "shape", "model", "size_tier", "max_long_edge_px", "quality", "usd",
              "source", "checked", "basis"]  # fmt: skip
    row = ["Ours", "flat", "any", "any", 3840, "any", 0.5, "contract 7", "2026-11-01", "quoted"]
    card = with_plans(CARD, [header, row])
    (bill,) = plan_bills(read("gpt-image-2")._replace(card=card))
    assert (bill.plan, bill.charge) == ("Ours", (None, F(1, 2)))
    assert bill.row
    assert bill.row.source == "contract 7"


def test_a_pack_for_a_job_worked_out_by_hand() -> None:
    plan = Budget(F("0.16"), F(100), F("1.5"), F("0.2"))  # 180 generations, 28.80 USD by tokens
    bill = pack_bill(Pack(F(10), F(1000)), F(14), plan)
    assert (bill.images, bill.break_even_images) == (F(500, 7), F("62.5"))
    assert (bill.packs, bill.usd, bill.token_usd) == (3, 30, F("28.8"))  # 2520 credits
    assert bill.saving == F("-1.2")
    dearer = Budget(F("0.17"), F(100), F("1.5"), F("0.2"))
    assert pack_bill(Pack(F(10), F(1000)), F(14), dearer).saving == F("0.6")
