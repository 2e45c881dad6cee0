"""Jobs as they are read for planning, and the inputs that its tests try."""

from collections.abc import Callable
from typing import Any

from xl_pricing.errors import XlPricingError
from xl_pricing.planning.job import Job, read_job
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today

CARD = bundled_card()
TODAY = today()
MODELS = [model.id for model in CARD.models]
PLANS = [*dict.fromkeys(row.plan for row in CARD.plans)]
QUALITIES = ["low", "medium", "high", "xhigh", "max", "auto", 5488.25]
INPUTS: list[tuple[Any, Any, Any]] = [
    (None, None, None),
    (4, 120, 2),
    ("10", "a red shoe on white", "1024x1024; 800x600;1024x1024"),
    (1, "", 0),
    (3, "0", "16"),
]
"""Images per call, prompt and reference images, as cells hold them."""


def read(model: str, size: str = "1024x1024", quality: Any = "high", **rest: Any) -> Job:
    """Return the job of a model, priced today by the bundled card."""
    return read_job(CARD, TODAY, size, quality, model, **rest)


def answer_or_error(question: Callable[[], Any]) -> Any:
    """Return the answer, or which error it is and what it says."""
    try:
        return question()
    except XlPricingError as error:
        return type(error), str(error)
