"""The buffer that keeps the chance of running out small, against exact binomials."""

from fractions import Fraction
from itertools import product
from math import comb, isfinite

import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import OutOfRangeError
from xl_pricing.estimation.budget import (
    USUAL_BUFFERS,
    Budget,
)
from xl_pricing.estimation.chance import (
    CONFIDENCES,
    buffer_for,
    chance_of_enough,
    chance_that_buffer_lasts,
    generations_needed,
)

F = Fraction
amounts = st.fractions(0, 10_000, max_denominator=1000)
factors = st.fractions(1, 20, max_denominator=100)
shares = st.fractions(0, 1, max_denominator=100)

SMALL_JOBS = [
    (finals, retries, confidence)
    for finals in (1, 2, 3, 5, 8, 12, 20, 40)
    for retries in ("1.05", "1.25", "1.5", "2", "2.5", "4", "10")
    for confidence in ("0.1", "0.5", "0.8", "0.9", "0.95", "0.99", "0.999", "0.9999")
]


@pytest.mark.parametrize(("finals", "retries", "confidence"), SMALL_JOBS)
def test_the_generations_needed_are_the_exact_negative_binomial_quantile(
    finals: int, retries: str, confidence: str
) -> None:
    exact = oracle.generations_needed(finals, 1 / F(retries), F(confidence))
    assert generations_needed(finals, float(retries), float(confidence)) == exact


@pytest.mark.parametrize("retries", ["1.05", "1.5", "2", "4", "10"])
@pytest.mark.parametrize("finals", [1, 2, 5, 20])
def test_the_chance_of_enough_is_the_exact_negative_binomial(finals: int, retries: str) -> None:
    for generations in (finals - 1, finals, finals + 1, 2 * finals, 5 * finals, 100):
        exact = oracle.chance_of_enough(generations, finals, 1 / F(retries))
        chance = chance_of_enough(generations, finals, float(retries))
        assert chance == pytest.approx(float(exact), rel=1e-11, abs=1e-15)


@given(st.integers(1, 2000), st.floats(1.01, 100), st.floats(0.01, 0.999))
def test_one_generation_less_is_not_enough(finals: int, retries: float, confidence: float) -> None:
    needed = generations_needed(finals, retries, confidence)
    assert chance_of_enough(needed, finals, retries) >= confidence - 1e-12
    assert chance_of_enough(needed - 1, finals, retries) < confidence


@given(st.integers(1, 2000), st.integers(0, 200), st.floats(1.01, 20))
def test_another_generation_never_lowers_the_chance(
    finals: int, extra: int, retries: float
) -> None:
    fewer = chance_of_enough(finals + extra, finals, retries)
    assert 0 <= fewer <= chance_of_enough(finals + extra + 1, finals, retries) + 1e-12 <= 1 + 1e-11


@given(st.integers(1, 500), st.floats(1.01, 20), st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_more_confidence_takes_no_fewer_generations(
    finals: int, retries: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert generations_needed(finals, retries, low) <= generations_needed(finals, retries, high)


@given(st.integers(1, 500), st.floats(1, 20), st.floats(1, 20))
def test_more_retries_take_no_fewer_generations(finals: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert generations_needed(finals, low, 0.9) <= generations_needed(finals, high, 0.9)


@pytest.mark.parametrize(
    ("finals", "retries", "confidence", "needed"),
    [(1, 2.0, 0.5, 1), (1, 2.0, 0.75, 2), (2, 2.0, 0.5, 3), (1, 1.25, 0.8, 1), (1, 10 / 9, 0.9, 1)],
)
def test_a_chance_that_equals_the_confidence_is_enough(
    finals: int, retries: float, confidence: float, needed: int
) -> None:
    assert generations_needed(finals, retries, confidence) == needed


def test_where_every_image_is_kept_the_finals_are_enough() -> None:
    assert generations_needed(120, 1, 0.99) == 120
    assert buffer_for(120, 1, 0.99) == 0


def test_no_finals_need_no_generations() -> None:
    assert generations_needed(0, 2, 0.9) == 0
    assert buffer_for(0, 2) == 0
    assert chance_of_enough(0, 0, 2) == 1


def test_the_buffer_is_for_nine_in_ten_if_not_said() -> None:
    assert buffer_for(120, 1.5) == buffer_for(120, 1.5, 0.9) == pytest.approx(192 / 180 - 1)


@given(st.integers(0, 1000), st.floats(1, 100), st.floats(0.01, 0.99))
def test_a_buffer_is_never_negative(finals: int, retries: float, confidence: float) -> None:
    assert buffer_for(finals, retries, confidence) >= 0


def test_a_larger_job_needs_a_smaller_buffer() -> None:
    buffers = [buffer_for(finals, 1.5) for finals in (1, 10, 100, 1_000, 10_000, 100_000)]
    assert buffers == sorted(buffers, reverse=True)
    assert buffers[-1] < 0.01 < buffers[0]


@pytest.mark.parametrize("finals", [1, 1_000_000])
@pytest.mark.parametrize("retries", [1, 1.000001, 2, 1000])
@pytest.mark.parametrize("confidence", [1e-9, 0.999999999])
def test_the_largest_plans_have_a_finite_buffer(
    finals: int, retries: float, confidence: float
) -> None:
    buffer = buffer_for(finals, retries, confidence)
    assert isfinite(buffer)
    assert 0 <= buffer <= 21  # one final at 0.1 % a try, all but a billionth sure


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 2, 0.9), "finals -1 is out of range; accepted: 0 to 1,000,000"),
        ((1_000_001, 2, 0.9), "finals 1000001 is out of range; accepted: 0 to 1,000,000"),
        ((10, 0.99, 0.9), "retries 0.99 is out of range; accepted: 1 to 1,000"),
        ((10, 1001, 0.9), "retries 1001 is out of range; accepted: 1 to 1,000"),
        ((10, float("nan"), 0.9), "retries nan is out of range; accepted: 1 to 1,000"),
        ((10, 2, 0), "confidence 0 is out of range; accepted: between 0 and 1, such as 0.9"),
        ((10, 2, 1), "confidence 1 is out of range; accepted: between 0 and 1, such as 0.9"),
        (
            (10, 2, 90),
            "confidence 90 is out of range; accepted: between 0 and 1, such as 0.9 or 90%",
        ),
    ],
)
def test_a_plan_out_of_range_is_refused(arguments: tuple[int, float, float], message: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        generations_needed(*arguments)
    assert str(caught.value) == message


def binomial_tail(generations: int, finals: int, accepted: Fraction) -> Fraction:
    """Sum the chances of every number of acceptances that is enough."""
    return sum(
        (
            comb(generations, k) * accepted**k * (1 - accepted) ** (generations - k)
            for k in range(finals, generations + 1)
        ),
        F(0),
    )


@pytest.mark.parametrize("buffer", ["0", "0.1", "0.2", "1/3", "0.5", "0.99", "1"])
@pytest.mark.parametrize("retries", ["1", "1.05", "1.5", "5/3", "2", "4", "10"])
def test_the_chance_that_a_buffer_lasts_is_the_exact_binomial(retries: str, buffer: str) -> None:
    for finals in range(13):
        paid_for = finals * F(retries) * (1 + F(buffer)) // 1  # a part makes no image
        exact = binomial_tail(int(paid_for), finals, 1 / F(retries))
        chance = chance_that_buffer_lasts(Budget(F(1), F(finals), F(retries), F(buffer)))
        assert chance == pytest.approx(float(exact), rel=1e-11, abs=1e-15)


def test_a_part_of_a_generation_makes_no_image() -> None:
    """Two finals at 1.5 with 30 % are 3.9 generations, so three: all or all but one accepted."""
    assert chance_that_buffer_lasts(Budget(F(1), F(2), F("1.5"), F("0.3"))) == pytest.approx(
        20 / 27
    )
    one_more = Budget(F(1), F(2), F("1.5"), F(1, 3))
    assert chance_that_buffer_lasts(one_more) == pytest.approx(72 / 81)


@pytest.mark.parametrize(
    ("finals", "retries", "confidence"),
    list(product((1, 3, 10, 120), ("1.05", "1.5", "3"), (0.5, 0.9, 0.99))),
)
def test_the_buffer_for_a_confidence_lasts_with_it_and_one_generation_less_does_not(
    finals: int, retries: str, confidence: float
) -> None:
    needed = generations_needed(finals, float(retries), confidence)
    planned = finals * F(retries)
    for generations, lasts in ((needed, True), (needed - 1, False)):
        buffer = generations / planned - 1
        if 0 <= buffer <= 1:
            job = Budget(F(1), F(finals), F(retries), buffer)
            assert (chance_that_buffer_lasts(job) >= confidence - 1e-12) == lasts


@given(amounts, st.integers(0, 500), factors, shares)
def test_what_an_image_costs_does_not_change_the_chance(
    cost: F, finals: int, retries: F, buffer: F
) -> None:
    chance = chance_that_buffer_lasts(Budget(cost, F(finals), retries, buffer))
    assert chance == chance_that_buffer_lasts(Budget(F(0), F(finals), retries, buffer))
    assert 0 <= chance <= 1


@pytest.mark.parametrize(
    ("finals", "retries", "message"),
    [
        ("2.5", "1.5", "finals 2.5 is out of range; accepted: whole, 0 to 1,000,000"),
        ("1000001", "1.5", "finals 1000001 is out of range; accepted: whole, 0 to 1,000,000"),
        ("10", "1000.5", "retries 1000.5 is out of range; accepted: 1 to 1,000"),
    ],
)
def test_a_buffer_has_no_chance_where_finals_are_no_count(
    finals: str, retries: str, message: str
) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        chance_that_buffer_lasts(Budget(F(1), F(finals), F(retries)))
    assert str(caught.value) == message


def test_the_largest_job_has_a_chance() -> None:
    job = Budget(F(1), F(1_000_000), F(1000), F(0))
    assert chance_that_buffer_lasts(job) == pytest.approx(0.5, abs=0.001)


@given(st.integers(1, 2000), st.fractions(1, 20, max_denominator=100), st.floats(0.01, 0.99))
def test_a_buffer_lasts_however_many_digits_it_was_written_with(
    finals: int, retries: F, confidence: float
) -> None:
    buffer = F(str(buffer_for(finals, float(retries), confidence)))
    if buffer <= 1:
        plan = Budget(F(0), F(finals), retries, buffer)
        needed = generations_needed(finals, float(retries), confidence)
        assert plan.generations_paid_for >= needed
        assert chance_that_buffer_lasts(plan) >= confidence - 1e-12


def test_the_usual_buffer_is_too_small_for_small_jobs_and_ample_for_large_ones() -> None:
    least, most = USUAL_BUFFERS
    assert (least, most) == (F("0.1"), F("0.3"))
    assert buffer_for(4, 1.5) > most > buffer_for(120, 1.5)
    assert [*CONFIDENCES] == sorted(CONFIDENCES)
