"""The five steps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import OutOfRangeError
from xl_pricing.estimation.budget import (
    Budget,
)

F = Fraction
amounts = st.fractions(0, 10_000, max_denominator=1000)
factors = st.fractions(1, 20, max_denominator=100)
shares = st.fractions(0, 1, max_denominator=100)

BUFFER = "0 to 1 (0.2 is 20 %), beyond that lower retries or more finals"


def test_the_five_steps_of_a_job() -> None:
    job = Budget(F("0.16464"), F(120), F("1.5"), F("0.2"))
    assert job.total_generations == 180
    assert job.generations_with_buffer == 216
    assert job.expected_cost == F("29.6352")
    assert job.buffer_amount == F("5.92704")
    assert job.total == F("35.56224")
    assert job.cost_per_final == F("0.24696")
    assert job.cost_per_final_with_buffer == F("0.296352")


def test_retries_are_1_and_the_buffer_is_a_fifth_if_not_said() -> None:
    assert Budget(F(10), F(3)).total == 36


@given(amounts, amounts, factors, shares)
def test_the_total_is_the_product(cost: F, finals: F, retries: F, buffer: F) -> None:
    job = Budget(cost, finals, retries, buffer)
    assert job.total == cost * finals * retries * (1 + buffer)
    assert job.total == cost * job.generations_with_buffer
    assert job.total == job.cost_per_final_with_buffer * finals
    assert job.expected_cost == job.cost_per_final * finals


@given(amounts, amounts, factors, shares, st.integers(0, 50))
def test_a_job_k_times_as_large_costs_k_times_as_much(
    cost: F, finals: F, retries: F, buffer: F, k: int
) -> None:
    total = Budget(cost, finals, retries, buffer).total
    assert Budget(cost, k * finals, retries, buffer).total == k * total
    assert Budget(k * cost, finals, retries, buffer).total == k * total


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((F(-1), F(1)), "cost -1 is out of range; accepted: 0 or more"),
        ((F(1), F(-1)), "finals -1 is out of range; accepted: 0 or more"),
        (
            (F(1), F(1), F("0.99")),
            "retries 0.99 is out of range; accepted: 1 or more (1: every image is kept)",
        ),
        (
            (F(1), F(1), F(1), F("-0.01")),
            f"buffer -0.01 is out of range; accepted: {BUFFER}",
        ),
        ((F(1), F(1), F(1), F(20)), f"buffer 20 is out of range; accepted: {BUFFER}"),
    ],
)
def test_a_number_out_of_range_is_refused(arguments: tuple[F, ...], message: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        Budget(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("generations", "paid_for"),
    [("0", 0), ("0.99", 0), ("7", 7), ("7.8", 7), ("7.999999", 7), ("7.9999996", 8), ("8.2", 8)],
)
def test_a_generation_is_paid_for_whole_or_not_at_all(generations: str, paid_for: int) -> None:
    assert Budget(F(1), F(generations), F(1), F(0)).generations_paid_for == paid_for
