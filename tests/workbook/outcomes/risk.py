"""What the Risk sheet must answer, by exact quantiles of the negative binomial distribution."""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil

from outcomes import strict
from outcomes.job import Job
from outcomes.said import Outcome, Said, percent, rounded
from outcomes.strict import cell, holds
from xl_pricing.estimation.budget import (
    USUAL_BUFFERS,
    Budget,
)
from xl_pricing.estimation.chance import (
    CONFIDENCES,
    DEFAULT_CONFIDENCE,
    MAX_PLANNED_FINALS,
    MAX_PLANNED_RETRIES,
    buffer_for,
    chance_of_enough,
    generations_needed,
)

SIZES = (1, 5, 10, 20, 50, 100, 200, 500, 1000)
WORSE = (Fraction(1, 10), Fraction(1, 5), Fraction(3, 10))
_LOW, _HIGH = USUAL_BUFFERS
_DIGITS, _CHANCE_DIGITS = 9, 6

# Hundreds of jobs are of few sizes.
_needed = lru_cache(maxsize=None)(generations_needed)
_buffer_for = lru_cache(maxsize=None)(buffer_for)
_chance = lru_cache(maxsize=None)(chance_of_enough)


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet."""

    def chance() -> float:
        plan = plan_of(job)
        return _chance(plan.generations_paid_for, int(plan.finals), float(plan.retries))

    found: dict[str, Outcome] = {
        "risk_paid": cell(lambda: plan_of(job).generations_paid_for),
        "risk_chance": cell(chance),
    }
    for confidence in CONFIDENCES:
        found |= _of_confidence(job, confidence)
    for size in SIZES:
        found |= _of_size(job, size)
    for worse in WORSE:
        found |= _if_worse(job, worse)
    return {**found, "risk_status": _status(job), "risk_sizes_status": _sizes_status(job)}


def plan_of(job: Job) -> Budget:
    """Return the plan; finals must be whole, and neither they nor the retries too many."""
    plan = job.plan()
    strict.whole(plan.finals, 0, MAX_PLANNED_FINALS)
    strict.figure(plan.retries, 1, Fraction(MAX_PLANNED_RETRIES))
    return plan


def covers(job: Job, confidence: float = DEFAULT_CONFIDENCE) -> int:
    """Return 1 where the buffer is enough with a confidence."""
    plan = plan_of(job)
    needed = _needed(int(plan.finals), float(plan.retries), confidence)
    return int(plan.generations_paid_for >= needed)


def buffer(finals: Fraction | int, retries: Fraction, confidence: float) -> Fraction:
    """Return the buffer that a job of so many finals needs."""
    near = Fraction(_buffer_for(int(finals), float(retries), confidence))
    needed = round((near + 1) * finals * retries)  # a whole number, without the noise of floats
    exact = Fraction(needed) / (finals * retries) - 1 if near else near
    return rounded(exact, _DIGITS)


def _of_confidence(job: Job, confidence: float) -> dict[str, Outcome]:
    def of(figure: Callable[[Budget], Outcome]) -> Outcome:
        return cell(lambda: figure(plan_of(job)))

    def needs(plan: Budget) -> Fraction:
        return buffer(plan.finals, plan.retries, confidence)

    def budget() -> Fraction:
        reserve = needs(plan_of(job))
        return job.plan(job.cost()).expected_cost * (1 + reserve)

    key = f"{100 * confidence:.0f}"
    return {
        f"risk_needed_{key}": of(lambda p: _needed(int(p.finals), float(p.retries), confidence)),
        f"risk_buffer_{key}": of(needs),
        f"risk_budget_{key}": cell(budget),
        f"risk_covers_{key}": of(lambda _: covers(job, confidence)),
    }


def _of_size(job: Job, size: int) -> dict[str, Outcome]:
    def of(figure: Callable[[Fraction], Outcome]) -> Outcome:
        return cell(lambda: figure(plan_of(job).retries))

    def says(retries: Fraction) -> Outcome:
        needs = buffer(size, retries, DEFAULT_CONFIDENCE)
        if needs > _HIGH:
            return "over the usual band"
        return "below it" if needs < _LOW else "within it"

    return {
        f"risk_expected_size_{size}": of(lambda retries: size * retries),
        f"risk_needed_size_{size}": of(lambda r: _needed(size, float(r), DEFAULT_CONFIDENCE)),
        f"risk_buffer_size_{size}": of(lambda r: buffer(size, r, DEFAULT_CONFIDENCE)),
        f"risk_says_size_{size}": of(says),
    }


def _if_worse(job: Job, worse: Fraction) -> dict[str, Outcome]:
    def retries() -> Fraction:
        return plan_of(job).retries * (1 + worse)

    def chance() -> float:
        plan = plan_of(job)
        left = _chance(plan.generations_paid_for, int(plan.finals), float(retries()))
        return round(left, _CHANCE_DIGITS)

    key = f"{100 * worse}"
    return {f"risk_retries_{key}": cell(retries), f"risk_worse_{key}": cell(chance)}


def _status(job: Job) -> Said:
    """Return what is wrong, or whether the buffer is enough."""
    if not holds(job.plan):
        return Said("^First fix")
    if job.plan().finals.denominator != 1:
        return Said("^Risk needs whole finals")
    if not holds(lambda: plan_of(job)):
        return Said("^Risk is answered for", ("1,000,000", "1,000"))
    plan = plan_of(job)
    needed = _needed(int(plan.finals), float(plan.retries), DEFAULT_CONFIDENCE)
    figures = (f"{needed:,}", f"{plan.generations_paid_for:,}")
    if covers(job):
        return Said(r"^✔ Enough.*\.$", figures)
    needs = buffer(plan.finals, plan.retries, DEFAULT_CONFIDENCE)
    return Said(r"^✘ Not enough.*\.$", (*figures, f"{ceil(100 * needs)}%"))


def _sizes_status(job: Job) -> Outcome:
    """Return what jobs of other sizes need, and from which size on the usual band is enough."""
    if not holds(lambda: plan_of(job)):
        return ""
    retries = plan_of(job).retries
    buffers = {size: buffer(size, retries, DEFAULT_CONFIDENCE) for size in SIZES}
    peak = max(SIZES, key=lambda size: buffers[size])
    if buffers[peak] <= _HIGH:
        return Said(r"^With this job's retries luck alone.*\.$", (percent(_HIGH),))

    def first(band: Fraction) -> str:
        over = max((size for size in SIZES if buffers[size] > band), default=0)
        return f"{next(size for size in SIZES if size > over):,}"

    figures = (percent(_HIGH), first(_HIGH), percent(_LOW), first(_LOW))
    return Said(
        r"^Small jobs need more.*\.$", (*figures, f"{ceil(100 * buffers[peak])}%", f"{peak:,}")
    )
