"""The risk of a job: what buffer lasts with which confidence."""

from fractions import Fraction
from typing import NamedTuple

from xl_pricing.estimation.budget import MOST_BUFFER, Budget
from xl_pricing.estimation.chance import (
    CONFIDENCES,
    MAX_PLANNED_FINALS,
    buffer_for,
    generations_needed,
)
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.sizes import Cell
from xl_pricing.functions.values import read_whole


class Reserve(NamedTuple):
    """The generations that give the finals with a confidence, and the buffer that pays for them."""

    confidence: float
    generations_needed: int
    buffer: float


def beyond_budget(finals: int, needed: int) -> str:
    """Say what to do where the buffer that lasts is more than a budget takes."""
    return (
        f"a budget takes a buffer of up to {MOST_BUFFER:.0%}: lower the retries, or count the "
        f"{needed:,} generations as finals in place of the {finals:,}, at retries 1 and buffer 0"
    )


def read_risk(finals: Cell, retries: Cell, buffer: Cell = None) -> Budget:
    """Read whole finals, retries and a buffer; the cost is left open."""
    whole = read_whole(finals, "finals", 0, MAX_PLANNED_FINALS)
    return read_budget(Fraction(0), whole, retries, buffer)


def reserves_of(plan: Budget) -> list[Reserve]:
    """Return what each of the usual confidences takes."""
    finals, retries = int(plan.finals), float(plan.retries)
    return [
        Reserve(
            confidence,
            generations_needed(finals, retries, confidence),
            buffer_for(finals, retries, confidence),
        )
        for confidence in CONFIDENCES
    ]
