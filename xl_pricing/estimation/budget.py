"""The five steps: output spec, finals, retries, total generations, buffer.

Finals are the images that must be accepted. Retries is the number of generations that one final
takes on average (1 = every image is kept); `chance` says how far a buffer lasts.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from xl_pricing.errors import OutOfRangeError

DEFAULT_RETRIES = Fraction(1)
DEFAULT_BUFFER = Fraction(1, 5)
USUAL_BUFFERS = Fraction(1, 10), Fraction(3, 10)
"""The rule of thumb, from the least to the most; small jobs need more."""

MOST_BUFFER = 1
_BUFFER = f"0 to {MOST_BUFFER} (0.2 is 20 %), beyond that lower retries or more finals"

# A generation that is paid for but for the digits that a buffer was written with is paid for.
_WHOLE_DIGITS = 6


def is_amount(figure: Decimal | Fraction) -> bool:
    """Tell whether a figure may be a cost or a number of finals."""
    return figure >= 0


def is_retries(figure: Decimal | Fraction) -> bool:
    """Tell whether a figure may be generations per final."""
    return figure >= 1


def is_buffer(figure: Decimal | Fraction) -> bool:
    """Tell whether a figure may be a buffer."""
    return 0 <= figure <= MOST_BUFFER


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
        check_range("cost", self.cost_per_image, "0 or more", ok=is_amount(self.cost_per_image))
        check_range("finals", self.finals, "0 or more", ok=is_amount(self.finals))
        check_range(
            "retries",
            self.retries,
            "1 or more (1: every image is kept)",
            ok=is_retries(self.retries),
        )
        check_range("buffer", self.buffer, _BUFFER, ok=is_buffer(self.buffer))

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


def check_range(name: str, value: float | Fraction, accepted: str, *, ok: bool) -> None:
    """Raise `OutOfRangeError` that names a figure and what is accepted, unless it is ``ok``."""
    if not ok:
        raise OutOfRangeError(f"{name} {float(value):.10g} is out of range; accepted: {accepted}")
