"""The chance that a buffer lasts, exactly: the negative binomial distribution, no approximation.

Each generation is accepted with chance 1 / retries.
"""

from decimal import Decimal
from fractions import Fraction

from xl_pricing.estimation.budget import Budget, check_range

DEFAULT_CONFIDENCE = 0.9
CONFIDENCES = (0.5, 0.8, 0.9, 0.95, 0.99)
"""The confidences that a table of buffers shows."""
MAX_PLANNED_FINALS = 1_000_000
MAX_PLANNED_RETRIES = 1_000

_FINALS, _RETRIES = f"0 to {MAX_PLANNED_FINALS:,}", f"1 to {MAX_PLANNED_RETRIES:,}"

_NEGLIGIBLE = 1e-20
MOST_PERCENT = 100

# A chance that equals the confidence but for float noise counts as reached.
_TIE = 1e-12


def is_confidence(chance: float | Decimal | Fraction) -> bool:
    """Tell whether a figure may be a confidence."""
    return 0 < chance < 1


def chance_of_enough(generations: int, finals: int, retries: float) -> float:
    """Return the chance that at least ``finals`` of ``generations`` images are accepted.

    This is the negative binomial distribution of the generations needed, summed exactly as the
    binomial tail: terms are built outward from the likeliest count by their ratios and normed by
    their sum, so nothing underflows. Accurate to about 1e-12.
    """
    if generations < finals:
        return 0.0
    accepted, rejected = 1 / retries, 1 - 1 / retries
    if finals == 0 or rejected == 0:
        return 1.0
    mode = min(int((generations + 1) * accepted), generations)
    enough, short, weight, count = 0.0, 0.0, 1.0, mode
    while weight > _NEGLIGIBLE and count <= generations:
        enough, short = _add(weight, enough, short, reached=count >= finals)
        weight *= (generations - count) / (count + 1) * (accepted / rejected)
        count += 1
    weight, count = 1.0, mode
    while weight > _NEGLIGIBLE and count > 0:
        weight *= count / (generations - count + 1) * (rejected / accepted)
        count -= 1
        enough, short = _add(weight, enough, short, reached=count >= finals)
    return enough / (enough + short)


def generations_needed(finals: int, retries: float, confidence: float) -> int:
    """Return the fewest generations that give ``finals`` acceptances with that confidence.

    Exact negative binomial quantile, no normal approximation. Raises `OutOfRangeError` for finals
    outside 0 to 1,000,000, retries outside 1 to 1,000, confidence outside 0 to 1 (both excluded).
    """
    check_range("finals", finals, _FINALS, ok=0 <= finals <= MAX_PLANNED_FINALS)
    check_range("retries", retries, _RETRIES, ok=1 <= retries <= MAX_PLANNED_RETRIES)
    percent = f" or {confidence:g}%" if 1 < confidence < MOST_PERCENT else ""
    accepted = f"between 0 and 1, such as 0.9{percent}"
    check_range("confidence", confidence, accepted, ok=is_confidence(confidence))
    short, enough = finals - 1, max(finals, 1)
    while chance_of_enough(enough, finals, retries) < confidence - _TIE:
        short, enough = enough, 2 * enough
    while enough - short > 1:
        middle = (short + enough) // 2
        if chance_of_enough(middle, finals, retries) < confidence - _TIE:
            short = middle
        else:
            enough = middle
    return enough if finals else 0


def buffer_for(finals: int, retries: float, confidence: float = DEFAULT_CONFIDENCE) -> float:
    """Return the buffer on ``finals x retries`` that lasts with that confidence, never below 0."""
    needed = generations_needed(finals, retries, confidence)
    return max(0.0, needed / (finals * retries) - 1) if finals else 0.0


def chance_that_buffer_lasts(plan: Budget) -> float:
    """Return the chance that the generations a budget pays for give its finals.

    Raises `OutOfRangeError` for finals that are not whole or over 1,000,000, and for retries over
    1,000.
    """
    whole = plan.finals.denominator == 1 and plan.finals <= MAX_PLANNED_FINALS
    check_range("finals", plan.finals, f"whole, {_FINALS}", ok=whole)
    check_range("retries", plan.retries, _RETRIES, ok=plan.retries <= MAX_PLANNED_RETRIES)
    return chance_of_enough(plan.generations_paid_for, int(plan.finals), float(plan.retries))


def _add(weight: float, enough: float, short: float, *, reached: bool) -> tuple[float, float]:
    return (enough + weight, short) if reached else (enough, short + weight)
