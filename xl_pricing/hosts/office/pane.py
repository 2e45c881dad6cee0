"""What the task pane asks beyond the functions: its choices, figures of fields, sizes for a place.

It runs in the worker, beside the functions: plain values in, what JSON holds out.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xl_pricing.errors import InvalidValueError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES, MOST_BUFFER
from xl_pricing.estimation.image import (
    DEFAULT_QUALITY,
    DEFAULT_TIER,
    MAX_IMAGES_PER_CALL,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    TIERS,
)
from xl_pricing.estimation.size import parse_size
from xl_pricing.functions.arguments import Table, card_with, read_image, read_model, read_offer
from xl_pricing.functions.catalogue import FUNCTIONS, CellFunction
from xl_pricing.functions.sizes import Cell, read_pixels
from xl_pricing.functions.values import Typed, read_number
from xl_pricing.planning.delivery import Choice
from xl_pricing.planning.delivery import choices as sizes_to_generate
from xl_pricing.planning.job import read_job
from xl_pricing.rates.card import DEFAULT_MODEL, RATES_AGE_DAYS
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Model
from xl_pricing.rates.tables import with_plans
from xl_pricing.written import COMMA, in_doubt, plainly, readings

_ANY_RATIO = "1:1"
"""A size that every model takes; another one takes its place."""
_MOST_PX = 99_999
_LIMITS: Mapping[str, tuple[int, int | None]] = {
    "finals": (0, None),
    "retries": (1, None),
    "buffer": (0, MOST_BUFFER),
    "n": (1, MAX_IMAGES_PER_CALL),
    "prompt": (0, MAX_PROMPT_TOKENS),
    "references": (0, MAX_REFERENCES),
    "width": (1, _MOST_PX),
    "height": (1, _MOST_PX),
}
"""Of the fields that hold a figure, the least and the most."""
_OF_A_PLAN = ("plan", "size_tier", "quality", "source", "basis", "note")
_MAY_BE_BROKEN = {"finals", "retries", "buffer"}


def choices() -> Mapping[str, Any]:
    """Return what may be chosen, what is taken where nothing is, and the limits of figures."""
    card = active_card()
    return {
        "models": [_model(model) for model in card.models if not _is_over(model)],
        "ratios": [{"ratio": row.ratio, "use": row.use} for row in card.ratios],
        "destinations": [
            {"name": row.destination, "size": str(row.size), "ratio": row.ratio}
            for row in card.destinations
        ],
        "functions": [_function(function) for function in FUNCTIONS.values()],
        "tiers": list(TIERS),
        "defaults": {
            "model": DEFAULT_MODEL,
            "quality": DEFAULT_QUALITY,
            "tier": DEFAULT_TIER,
            "retries": float(DEFAULT_RETRIES),
            "buffer": float(DEFAULT_BUFFER),
        },
        "limits": {name: list(limits) for name, limits in _LIMITS.items()},
        "old_after_days": RATES_AGE_DAYS,
    }


def sizes(delivered: str, model: str, quality: str) -> list[Mapping[str, Any]]:
    """Return the legal sizes to generate for a delivered one, output only, and what to do then.

    Raises `InvalidValueError` for what cannot be read, `OutOfRangeError` where no size is near.
    """
    size = parse_size(delivered)
    found = sizes_to_generate(read_job(active_card(), today(), _ANY_RATIO, quality, model), size)
    if not found:
        raise OutOfRangeError(f"no legal size is near {size}; accepted: ratios up to 3:1")
    return [_choice(choice) for choice in found]


def pixels(size: str, model: str) -> str:
    """Return the px that a size or a ratio stands for; raise the project's errors."""
    return str(read_pixels(size, read_model(model, active_card())))


def figure(name: str, text: str, decimal: str) -> Mapping[str, Any]:
    """Return the figure of a field as the functions read the text of an argument.

    ``decimal`` is the decimal mark of the sheet. In place of ``value`` stand the ``ways`` to write
    what may be meant: two where the text has two readings, none where it is no number.
    """

    def fits(number: Decimal | Fraction) -> bool:
        return _fits(name, number)

    try:
        return {"value": float(read_number(_typed(text, decimal), name, fits))}
    except InvalidValueError:
        return {"ways": [*dict.fromkeys(map(plainly, filter(fits, readings(text).values())))]}
    except XlPricingError:
        return {"ways": []}


def _fits(name: str, number: Decimal | Fraction) -> bool:
    least, most = _LIMITS[name]
    is_within = number >= least and (most is None or number <= most)
    return is_within and (name in _MAY_BE_BROKEN or number == int(number))


def _typed(text: str, decimal: str) -> str:
    """Return text as the functions read it; where a comma is the decimal mark, 1,5 is 1.5."""
    if decimal != COMMA:
        return text
    found = readings(text)
    return Typed(text) if in_doubt(found) or not found else plainly(found[next(iter(found))])


def offer(
    size: Cell, quality: Cell, plan: Cell, model: Cell = None, plans: Table = None
) -> Mapping[str, Any] | None:
    """Return the row by which a plan bills an image; ``None`` for a number, USD per credit.

    Raises the project's errors for what IMGCREDITS refuses.
    """
    card = card_with(with_plans, plans)
    known = read_model(model, card)
    row = read_offer(plan, known, read_image(known, size, quality), card)
    if row is None:
        return None
    amounts = {
        name: None if amount is None else float(amount)
        for name, amount in row.terms._asdict().items()
    }
    return {
        **{name: getattr(row, name) for name in _OF_A_PLAN},
        "checked": row.checked.isoformat(),
        "amounts": amounts,
    }


def _choice(choice: Choice) -> Mapping[str, Any]:
    fit = choice.fit
    return {
        "size": str(fit.size),
        "usd": None if choice.usd is None else float(choice.usd),
        "refusal": choice.refusal,
        "scale": float(fit.scale),
        "crop_width_px": fit.crop_width_px,
        "crop_height_px": fit.crop_height_px,
        "is_cheaper": choice.is_cheaper,
    }


def _model(model: Model) -> Mapping[str, Any]:
    """Return a model with the qualities that have a count of tokens."""
    ends = model.shuts_down
    return {
        "id": model.id,
        "qualities": [word for word in model.output.rule.qualities if _is_counted(model, word)],
        "shuts_down": ends.isoformat() if ends else None,
    }


def _is_over(model: Model) -> bool:
    return model.shuts_down is not None and model.shuts_down <= today()


def _is_counted(model: Model, quality: str) -> bool:
    try:
        model.output.rule.counter(quality)
    except XlPricingError:
        return False
    return True


def _function(function: CellFunction) -> Mapping[str, Any]:
    return {
        "name": function.name,
        "doc": function.doc,
        "signature": function.signature,
        "arguments": [argument.name for argument in function.arguments],
    }


QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "pane.choices": choices,
    "pane.figure": figure,
    "pane.offer": offer,
    "pane.pixels": pixels,
    "pane.sizes": sizes,
}
"""By the names that the page calls them by."""
