"""The same job elsewhere: what other image models charge for an image of its size and quality."""

from fractions import Fraction
from typing import NamedTuple

from xl_pricing.estimation.elsewhere import image_usd
from xl_pricing.functions.arguments import billed_quality
from xl_pricing.planning.job import Job
from xl_pricing.rates.other_models import OtherModel


class OtherBill(NamedTuple):
    """What another model charges for an image; another picture.

    ``row`` is ``None`` where it has no price for the size or the quality, ``usd`` where none is
    known; ``refusal`` says which. ``is_partial`` where references are not counted.
    """

    model: str
    row: OtherModel | None
    usd: Fraction | None
    refusal: str | None = None
    is_partial: bool = False


def bills_elsewhere(job: Job) -> list[OtherBill]:
    """Return the bill of every other model, in the card's order.

    Raises `InvalidValueError` for a quality that the job's model does not know.
    """
    quality = billed_quality(job.model, job.image.quality)
    models: dict[str, list[OtherModel]] = {}
    for row in job.card.other_models:
        models.setdefault(row.model.lower(), []).append(row)
    return [_bill(rows, quality, job) for rows in models.values()]


def _bill(rows: list[OtherModel], quality: str, job: Job) -> OtherBill:
    name, image = rows[0].model, job.image
    row = next((row for row in rows if row.fits(image.size, quality)), None)
    if row is None:
        return OtherBill(name, None, None, f"{name} has no price for {image.size} at {quality}")
    usd = image_usd(row.price, image.size.pixels, len(image.references))
    if usd is None:
        return OtherBill(name, row, None, f"what {name} charges for {image.size} is not known")
    uncounted = bool(image.references) and row.usd_per_reference is None
    return OtherBill(name, row, usd, is_partial=uncounted)
