"""The five steps: output spec, finals, retries, total generations, buffer; and how big a buffer.

Finals are the images that must be accepted. Retries is the number of generations that one final
takes on average (1 = every image is kept), so each generation is accepted with chance 1/retries.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from xl_pricing.errors import OutOfRangeError

DEFAULT_RETRIES = Fraction(1)
DEFAULT_BUFFER = Fraction(1, 5)
DEFAULT_CONFIDENCE = 0.9
CONFIDENCES = (0.5, 0.8, 0.9, 0.95, 0.99)
"""The confidences that a table of buffers shows."""
USUAL_BUFFERS = Fraction(1, 10), Fraction(3, 10)
"""The rule of thumb, from the least to the most; small jobs need more."""
MAX_PLANNED_FINALS = 1_000_000
MAX_PLANNED_RETRIES = 1_000

_NEGLIGIBLE = 1e-20
# A chance that equals the confidence but for float noise counts as reached.
_TIE = 1e-12
# So does a generation that is paid for but for the digits that a buffer was written with.
_WHOLE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """A plan in the unit of ``cost_per_image``: USD, credits or a quoted price.

    Raises `OutOfRangeError` for cost or finals < 0, retries < 1, or a buffer outside 0 to 1.
    """

    cost_per_image: Fraction
    finals: Fraction
    retries: Fraction = DEFAULT_RETRIES
    buffer: Fraction = DEFAULT_BUFFER

    def __post_init__(self) -> None:
        """Check the ranges."""
        _check("cost", self.cost_per_image, "0 or more", ok=self.cost_per_image >= 0)
        _check("finals", self.finals, "0 or more", ok=self.finals >= 0)
        _check("retries", self.retries, "1 or more (1: every image is kept)", ok=self.retries >= 1)
        _check("buffer", self.buffer, "0 to 1 (0.2 is 20 %)", ok=0 <= self.buffer <= 1)

    @property
    def total_generations(self) -> Fraction:
        """Step 4: finals x retries, not rounded: retries is an average."""
        return self.finals * self.retries

    @property
    def generations_with_buffer(self) -> Fraction:
        """Generations that the budget pays for."""
        return self.total_generations * (1 + self.buffer)

    @property
    def generations_paid_for(self) -> int:
        """Whole generations that the budget pays for, for a part of one makes no image.

        What is less than half a millionth short of whole is whole.
        """
        return floor(round(self.generations_with_buffer, _WHOLE_DIGITS))

    @property
    def expected_cost(self) -> Fraction:
        """Cost of the total generations, before the buffer."""
        return self.cost_per_image * self.total_generations

    @property
    def buffer_amount(self) -> Fraction:
        """Step 5: what the buffer adds."""
        return self.expected_cost * self.buffer

    @property
    def total(self) -> Fraction:
        """The budget: cost x finals x retries x (1 + buffer)."""
        return self.expected_cost + self.buffer_amount

    @property
    def cost_per_final(self) -> Fraction:
        """Expected cost per accepted final, before the buffer."""
        return self.cost_per_image * self.retries

    @property
    def cost_per_final_with_buffer(self) -> Fraction:
        """Cost per accepted final if the whole buffer is spent."""
        return self.cost_per_final * (1 + self.buffer)


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
    _check("finals", finals, "0 to 1,000,000", ok=0 <= finals <= MAX_PLANNED_FINALS)
    _check("retries", retries, "1 to 1,000", ok=1 <= retries <= MAX_PLANNED_RETRIES)
    _check("confidence", confidence, "between 0 and 1, such as 0.9", ok=0 < confidence < 1)
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
    _check("finals", plan.finals, "whole, 0 to 1,000,000", ok=whole)
    _check("retries", plan.retries, "1 to 1,000", ok=plan.retries <= MAX_PLANNED_RETRIES)
    return chance_of_enough(plan.generations_paid_for, int(plan.finals), float(plan.retries))


def _add(weight: float, enough: float, short: float, *, reached: bool) -> tuple[float, float]:
    return (enough + weight, short) if reached else (enough, short + weight)


def _check(name: str, value: float | Fraction, accepted: str, *, ok: bool) -> None:
    if not ok:
        raise OutOfRangeError(f"{name} {float(value):.10g} is out of range; accepted: {accepted}")
