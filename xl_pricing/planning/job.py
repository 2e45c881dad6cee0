"""A job: an image as it is ordered, priced by a card on a day, with other images beside it.

Whatever is read here is read as the cell functions read it; a card and a day are given, so that a
host may price by its own table on any day.
"""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.estimation.image import Image
from xl_pricing.estimation.nearest import SizeError
from xl_pricing.functions.arguments import read_image, read_model
from xl_pricing.functions.sizes import Cell
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model


class Job(NamedTuple):
    """An image of a model, and the card and the day that price it."""

    image: Image
    model: Model
    card: RateCard
    day: date

    def usd(self, image: Image) -> Fraction:
        """Return the exact USD of such an image by this job's model, card and day.

        Raises the project's errors for what the model does not take and for a missing rate.
        """
        tariff = self.card.tariff(self.model, image.tier, self.day)
        return tariff.exact_usd_per_image(self.model.counting.usage(image))


def read_job(
    card: RateCard,
    day: date,
    size: Cell,
    quality: Cell,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
) -> Job:
    """Read a job from what IMGCOST takes."""
    known = read_model(model, card)
    rest = (quality, n, prompt, references, tier)
    try:
        return Job(read_image(known, size, *rest), known, card, day)
    except SizeError as error:
        error.usd = lambda found: _usd(Job(read_image(known, str(found), *rest), known, card, day))
        raise


def _usd(job: Job) -> float:
    return float(job.usd(job.image))
