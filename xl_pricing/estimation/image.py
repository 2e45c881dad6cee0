"""What is priced: an image as it is ordered, and the tokens of the call that makes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.size import LegalSizes, Size, check_size
from xl_pricing.estimation.tokens import OutputRule

QUALITIES = ("low", "medium", "high", "xhigh", "max")
"""The words for quality in rising order; a model takes some of them."""
DEFAULT_QUALITY = "high"
TIERS = ("standard", "batch")
DEFAULT_TIER = TIERS[0]
MAX_IMAGES_PER_CALL = 10
MAX_REFERENCES = 16
"""Reference images of a call at most."""
MAX_PROMPT_TOKENS = 100_000
LEAST_MEASURED_TOKENS, MAX_MEASURED_TOKENS = Fraction(1, 1000), 1_000_000
"""Output tokens of an image, where they are measured; an average may be any part of one."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image as it is ordered, at the tier that bills it; sizes in px.

    ``quality`` is a word, or measured output tokens per image. ``n`` images are made per call, all
    of the same prompt and reference images. Without ``prompt_tokens`` the prompt is not counted.
    """

    size: Size
    quality: str | int | Fraction
    n: int = 1
    prompt_tokens: int | None = None
    references: tuple[Size, ...] = ()
    tier: str = DEFAULT_TIER


class Counting(NamedTuple):
    """How a model counts: the sizes it takes, its output tokens, and what goes in, in tokens."""

    sizes: LegalSizes
    output: OutputRule
    reference_tokens: Callable[[Size], int]
    text_per_call: int
    text_per_reference: int

    def inputs(self, prompt_tokens: int | None, references: Sequence[Size]) -> tuple[int, int]:
        """Return the text and image tokens that go into one image.

        Text is the prompt with what the model adds to it, nothing where no prompt is counted.
        """
        text_in = 0
        if prompt_tokens is not None:
            overhead = self.text_per_call + self.text_per_reference * len(references)
            text_in = prompt_tokens + overhead
        return text_in, sum(map(self.reference_tokens, references))

    def usage(self, image: Image) -> Usage:
        """Count the tokens of one call.

        Where tokens are measured, the size is but a label. Raises `OutOfRangeError` for a size that
        is not legal, `InvalidValueError` for a quality that is unknown, and `NotAvailableError` for
        one whose tokens nobody knows.
        """
        image_out: int | Fraction
        if isinstance(image.quality, str):
            size = check_size(image.size, self.sizes)
            image_out = self.output.counter(image.quality, image.n)(size)
        else:
            image_out = image.quality * image.n
        text_in, image_in = self.inputs(image.prompt_tokens, image.references)
        return Usage(text_in, image_in, image_out, image.n)
