"""What really happened: measured retries with their interval, and the variance to the plan."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import NotAvailableError, OutOfRangeError
from xl_pricing.estimation.actuals import (
    INTERVAL_Z,
    Totals,
    Variance,
    buffer_used,
    retries_interval,
    variance,
)

F = Fraction
counts = st.integers(0, 100_000).map(F)
some = st.integers(1, 100_000).map(F)
money = st.fractions(0, 1_000_000, max_denominator=10_000)
plans = st.builds(Totals, some, some, money)
actuals = st.builds(Totals, counts, counts, money)
cents = st.decimals(-1_000_000, 1_000_000, places=4).map(lambda d: d + 0)


def test_a_variance_worked_out_by_hand() -> None:
    plan = Totals(F(180), F(120), F(36))  # 1.5 retries at 0.20
    actual = Totals(F(200), F(100), F(50))  # 2 retries at 0.25
    assert variance(plan, actual) == Variance(
        volume=F(-6),  # 20 finals fewer, 0.30 each
        retries=F(10),  # 50 generations more than 100 x 1.5, 0.20 each
        price=F(10),  # 200 generations, 0.05 each
    )
    assert variance(plan, actual).total == 14


@given(plans, actuals)
def test_the_parts_of_a_variance_add_up_exactly(plan: Totals, actual: Totals) -> None:
    parts = variance(plan, actual)
    assert parts.volume + parts.retries + parts.price == parts.total == actual.usd - plan.usd


@given(plans, actuals)
def test_the_parts_are_steps_from_the_plan_to_what_happened(plan: Totals, actual: Totals) -> None:
    price, retries = plan.usd / plan.generations, plan.generations / plan.finals
    steps = [plan.usd, actual.finals * retries * price, actual.generations * price, actual.usd]
    assert [*variance(plan, actual)] == [after - before for before, after in pairwise(steps)]


@given(plans, st.fractions(F(1, 10), 10, max_denominator=20))
def test_what_differs_in_one_way_only_is_all_in_that_part(plan: Totals, times: Fraction) -> None:
    longer = Totals(times * plan.generations, times * plan.finals, times * plan.usd)
    fussier = Totals(times * plan.generations, plan.finals, times * plan.usd)
    dearer = Totals(plan.generations, plan.finals, times * plan.usd)
    more = (times - 1) * plan.usd
    assert variance(plan, longer) == (more, 0, 0)
    assert variance(plan, fussier) == (0, more, 0)
    assert variance(plan, dearer) == (0, 0, more)


@given(plans, actuals)
def test_the_parts_in_cents_add_up_to_the_cent(plan: Totals, actual: Totals) -> None:
    exact = variance(plan, actual)
    shown = exact.in_cents()
    assert all((100 * part).denominator == 1 for part in (*shown, shown.total))
    assert shown.volume + shown.retries + shown.price == shown.total
    assert abs(shown.total - exact.total) <= F("0.005")
    for part, whole in zip(exact, shown, strict=True):
        assert abs(part - whole) < F("0.02")


@given(cents, cents, cents)
def test_cents_are_rounded_as_a_sheet_rounds(volume: Decimal, retries: Decimal, p: Decimal) -> None:
    def rounded(amount: Decimal) -> Fraction:
        return F(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))  # halves away from 0

    shown = Variance(F(volume), F(retries), F(p)).in_cents()
    assert (shown.volume, shown.retries) == (rounded(volume), rounded(retries))
    assert shown.total == rounded(volume + retries + p)


@pytest.mark.parametrize(
    ("usd", "shown"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0"), ("-0.0049", "0"), ("2.675", "2.68"),
     ("0.015", "0.02"), ("0.025", "0.03"), ("-0.025", "-0.03")],
)  # fmt: skip
def test_a_half_cent_goes_away_from_0(usd: str, shown: str) -> None:
    assert Variance(F(usd), F(0), F(0)).in_cents().volume == F(shown)


def test_with_no_final_accepted_every_generation_is_one_too_many() -> None:
    plan, actual = Totals(F(180), F(120), F(36)), Totals(F(40), F(0), F(8))
    assert variance(plan, actual) == (F(-36), F(8), F(0))


@pytest.mark.parametrize("plan", [Totals(F(0), F(0), F(0)), Totals(F(9), F(0), F(1)),
                                  Totals(F(0), F(9), F(1))])  # fmt: skip
def test_an_empty_plan_is_nothing_to_compare_with(plan: Totals) -> None:
    actual = Totals(F(10), F(5), F(1))
    for question in (variance, buffer_used):
        with pytest.raises(NotAvailableError, match=r"^the plan has no finals or no generations"):
            question(plan, actual)


def test_totals_measure_retries_and_costs() -> None:
    actual = Totals(F(200), F(100), F(50))
    assert (actual.retries, actual.cost_per_image, actual.cost_per_final) == (2, F(1, 4), F(1, 2))


def test_what_cannot_be_measured_yet_is_not_available() -> None:
    none_accepted, nothing = Totals(F(10), F(0), F(1)), Totals(F(0), F(0), F(0))
    for measure in (lambda: none_accepted.retries, lambda: none_accepted.cost_per_final):
        with pytest.raises(NotAvailableError, match=r"^no final was accepted yet"):
            measure()
    with pytest.raises(NotAvailableError, match=r"^nothing was generated yet"):
        _ = nothing.cost_per_image
    with pytest.raises(NotAvailableError, match=r"^no final was accepted yet"):
        buffer_used(Totals(F(1), F(1), F(1)), none_accepted)


@pytest.mark.parametrize("name", ["generations", "finals", "usd"])
def test_negative_totals_are_refused(name: str) -> None:
    values = {"generations": F(1), "finals": F(1), "usd": F(1), name: F("-0.5")}
    with pytest.raises(OutOfRangeError) as caught:
        Totals(**values)
    assert str(caught.value) == f"{name} -0.5 is out of range; accepted: 0 or more"


@given(plans, st.builds(Totals, counts, some, money))
def test_the_buffer_used_is_what_went_over_the_plan(plan: Totals, actual: Totals) -> None:
    planned = actual.finals * plan.generations / plan.finals
    assert planned * (1 + buffer_used(plan, actual)) == actual.generations


def bounds(generations: int, accepted: int) -> tuple[float, float]:
    """Find by bisection the chances at which what was seen is `INTERVAL_Z` deviations away."""
    seen = accepted / generations

    def is_inside(p: float) -> bool:
        return abs(seen - p) <= INTERVAL_Z * sqrt(p * (1 - p) / generations)

    def edge(inside: float, outside: float) -> float:
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
        return inside

    return edge(seen, 0.0), edge(seen, 1.0)


@pytest.mark.parametrize("generations", [1, 2, 3, 10, 57, 400])
def test_the_interval_is_wilsons_turned_over(generations: int) -> None:
    for accepted in range(1, generations + 1):
        low, high = bounds(generations, accepted)
        assert retries_interval(generations, accepted) == pytest.approx((1 / high, 1 / low), 1e-9)


def test_the_interval_is_for_nine_in_ten() -> None:
    """The middle nine tenths of a normal distribution, by summing its density."""
    step = INTERVAL_Z / 100_000
    density = sum(2.718281828459045 ** (-(((i + 0.5) * step) ** 2) / 2) for i in range(100_000))
    assert 2 * density * step / sqrt(2 * 3.141592653589793) == pytest.approx(0.9, abs=1e-9)


@cache
def coverage(generations: int, percent: int) -> Fraction:
    """Sum exactly how often the interval holds the true retries, of runs with a final at all."""
    p = F(percent, 100)
    chances = {
        k: comb(generations, k) * p**k * (1 - p) ** (generations - k)
        for k in range(1, generations + 1)
    }
    held = sum(
        (chance for k, chance in chances.items() if _holds(generations, k, p)),
        F(0),
    )
    return held / sum(chances.values(), F(0))


def _holds(generations: int, accepted: int, p: Fraction) -> bool:
    low, high = retries_interval(generations, accepted)
    return low <= 1 / p <= high


@pytest.mark.parametrize("generations", [10, 30, 100])
def test_the_interval_holds_the_true_retries_nine_times_in_ten(generations: int) -> None:
    held = [coverage(generations, percent) for percent in range(10, 100, 5)]
    assert 0.88 < sum(held) / len(held) < 0.93
    assert min(held) > 0.8


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(2, 50))
def test_the_interval_holds_what_was_measured_and_narrows_with_more(
    one: int, other: int, times: int
) -> None:
    accepted, generations = sorted((one, other))
    low, high = retries_interval(generations, accepted)
    assert 1 <= low <= generations / accepted * (1 + 1e-12)
    assert generations / accepted <= high * (1 + 1e-12)
    narrower = retries_interval(times * generations, times * accepted)
    assert high - low > narrower.high - narrower.low


def test_retries_without_a_final_are_not_available() -> None:
    for generations in (0, 1, 500):
        with pytest.raises(NotAvailableError, match=r"^no final was accepted yet, so retries"):
            retries_interval(generations, 0)


@pytest.mark.parametrize(("generations", "accepted"), [(2, 3), (0, 1), (5, -1), (-2, -1)])
def test_more_finals_than_generations_are_refused(generations: int, accepted: int) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        retries_interval(generations, accepted)
    assert str(caught.value) == (
        f"{accepted} finals of {generations} generations are out of range; "
        "accepted: 0 or more, at most one final each"
    )
