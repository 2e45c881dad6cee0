"""A job's image as it is delivered: the sizes to generate it in, and what each of them costs."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.delivery import Fit, fits
from xl_pricing.estimation.size import Size
from xl_pricing.planning.job import Job


class Choice(NamedTuple):
    """A size to generate, and its output tokens and USD per image; ``None`` where nobody knows.

    ``refusal`` says why. The cheaper of two choices is marked.
    """

    fit: Fit
    tokens: Fraction | None
    usd: Fraction | None
    refusal: str | None = None
    is_cheaper: bool = False


def choices(job: Job, delivered: Size) -> list[Choice]:
    """Return the choices for a delivered size by the job's model, quality and price.

    Raises `InvalidValueError` for an unknown quality, `OutOfRangeError` for edges out of range.
    """
    priced = [_priced(job, fit) for fit in fits(delivered, job.model.sizes)]
    known = [choice.usd for choice in priced if choice.usd is not None]
    return [*_marked(priced, min(known) if len({*known}) > 1 else None)]


def _priced(job: Job, fit: Fit) -> Choice:
    image = replace(job.image, size=fit.size)
    tokens = None
    try:
        tokens = Fraction(job.model.counting.usage(image).image_out) / image.n
        return Choice(fit, tokens, job.usd(image))
    except NotAvailableError as error:
        return Choice(fit, tokens, None, str(error))


def _marked(priced: list[Choice], least: Fraction | None) -> Iterator[Choice]:
    for choice in priced:
        yield choice._replace(is_cheaper=least is not None and choice.usd == least)
