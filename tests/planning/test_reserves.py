"""What each of the usual confidences takes is the exact quantile."""

from fractions import Fraction
from typing import Any

import oracle
import pytest

from xl_pricing.errors import (
    OutOfRangeError,
)
from xl_pricing.estimation.chance import CONFIDENCES
from xl_pricing.functions import pricing
from xl_pricing.planning.reserves import read_risk, reserves_of

F = Fraction


@pytest.mark.parametrize(("finals", "retries"), [(1, "4"), (3, "2"), (12, "1.5"), (40, "1")])
def test_reserves_are_the_exact_quantiles(finals: int, retries: str) -> None:
    plan = read_risk(str(finals), retries)
    assert (plan.finals, plan.retries, plan.buffer) == (finals, F(retries), F(1, 5))
    reserves = reserves_of(plan)
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
        ((1.5, 2), "finals 1.5 is not a whole number; accepted: whole numbers, 0 to 1,000,000"),
        ((10, 0.5), "retries 0.5 is out of range; accepted: 1 or more"),
        ((10, 2, 2), "buffer 2 is out of range; accepted: 0 to 1"),
        ((10, ""), None),
    ],
)
def test_a_risk_is_read_with_the_same_limits(arguments: Any, told: str | None) -> None:
    if told is None:
        assert read_risk(*arguments).retries == 1
        return
    with pytest.raises(OutOfRangeError) as caught:
        read_risk(*arguments)
    assert str(caught.value).startswith(told)
