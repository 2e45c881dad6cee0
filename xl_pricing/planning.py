"""Planning around a job: its spec read, priced by a rate card, moved, and billed by plans."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.arguments import (
    Cell,
    read_inputs,
    read_n,
    read_pixels,
    read_quality,
    read_references,
    tier_word,
)
from xl_pricing.cells import is_blank, read_number
from xl_pricing.errors import InvalidValueError, NotAvailableError, XlPricingError
from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES, Budget
from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.credits import Charge, charge, markup
from xl_pricing.estimation.levers import REFERENCE_SIZE, Move, Spec, moves
from xl_pricing.estimation.size import Size, check_size, parse_ratio, preset
from xl_pricing.estimation.tokens import REFERENCE_RULES
from xl_pricing.rates.card import DEFAULT_MODEL, DEFAULT_TIER, RateCard
from xl_pricing.rates.rows import Model, Plan


def read_spec(
    model: Model,
    size: Cell,
    quality: Cell,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
) -> Spec:
    """Read the arguments of IMGCOST into a spec.

    Raises `InvalidValueError` for reference images of several sizes, which no lever can move.
    """
    images = () if is_blank(references) else read_references(references)
    if len(set(images)) > 1:
        raise InvalidValueError("reference images have several sizes; accepted here: one size")
    tokens = None
    if not is_blank(prompt):
        tokens = read_inputs(model, prompt, None)[0] - model.text.per_call
    return Spec(
        read_pixels(size, model),
        read_quality(quality),
        read_n(n),
        tokens,
        len(images),
        images[0] if images else REFERENCE_SIZE,
        tier_word(tier),
    )


def read_budget(cost: Fraction, finals: Cell, retries: Cell, buffer: Cell) -> Budget:
    """Read finals, retries and buffer, with IMGBUDGET's defaults, into a budget."""
    return Budget(
        cost,
        read_number(finals, "finals"),
        DEFAULT_RETRIES if is_blank(retries) else read_number(retries, "retries"),
        DEFAULT_BUFFER if is_blank(buffer) else read_number(buffer, "buffer"),
    )


def usage_of(spec: Spec, model: Model) -> Usage:
    """Count the tokens of one call; raise the project's errors for what the model does not take."""
    size = check_size(spec.size, model.sizes)
    if isinstance(spec.quality, str):
        image_out: int | Fraction = model.output.rule.counter(spec.quality, spec.n)(size)
    else:
        image_out = spec.quality * spec.n
    text_in = 0
    if spec.prompt_tokens is not None:
        overhead = model.text.per_call + model.text.per_reference * spec.references
        text_in = spec.prompt_tokens + overhead
    reference_tokens = REFERENCE_RULES[model.references.rule](spec.reference_size)
    return Usage(text_in, spec.references * reference_tokens, image_out, spec.n)


def price_of(model: Model, card: RateCard, day: date) -> Callable[[Spec], Fraction]:
    """Return the exact USD per image of a spec, at the rates of a day."""

    def usd(spec: Spec) -> Fraction:
        tariff = card.tariff(model, spec.tier, day)
        return tariff.exact_usd_per_image(usage_of(spec, model))

    return usd


def moves_of(spec: Spec, retries: Fraction, model: Model, card: RateCard) -> list[Move]:
    """Return every move around a spec; presets are those of the card's ratios."""
    counter = model.output.rule.counter
    by_rule = isinstance(spec.quality, str)
    tokens = counter(str(spec.quality)) if by_rule else lambda _size: 0
    return list(moves(spec, retries, model.sizes, presets_of(card), tokens))


def presets_of(card: RateCard) -> Sequence[Size]:
    """Return the sizes that the card's ratios stand for, in its order."""
    legal = card.model(DEFAULT_MODEL).sizes
    return [preset(parse_ratio(row.ratio), legal) for row in card.ratios]


class Bill(NamedTuple):
    """What a plan charges for an image, and how far that is over the token price.

    ``row`` is ``None`` where the plan has no price for it; a figure that it does not tell is
    ``None``. ``refuses`` are the model's qualities for which it has none.
    """

    plan: str
    row: Plan | None
    charge: Charge
    markup: Fraction | None
    refuses: tuple[str, ...]


def bills(spec: Spec, model: Model, card: RateCard, day: date) -> list[Bill]:
    """Return the bill of every plan, in the card's order; markups are over the list price."""
    names = dict.fromkeys(plan.plan for plan in card.plans)
    return [_bill(name, spec, model, card, day) for name in names]


def list_price(spec: Spec, model: Model, card: RateCard, day: date) -> Fraction:
    """Return USD per image at the standard tier, which plans are compared with."""
    return price_of(model, card, day)(replace(spec, tier=DEFAULT_TIER))


def _bill(name: str, spec: Spec, model: Model, card: RateCard, day: date) -> Bill:
    row = _offer(name, str(spec.quality), spec, model, card)
    told = Charge(None, None)
    if row:
        try:
            told = charge(row.terms, lambda: list_price(spec, model, card, day))
        except XlPricingError:  # no token price to multiply
            told = Charge(row.terms.credits, None)
    over = None
    with suppress(XlPricingError):
        over = None if told.usd is None else markup(told.usd, list_price(spec, model, card, day))
    qualities = model.output.rule.qualities
    refuses = tuple(q for q in qualities if _offer(name, q, spec, model, card) is None)
    return Bill(name, row, told, over, refuses)


def _offer(name: str, quality: str, spec: Spec, model: Model, card: RateCard) -> Plan | None:
    try:
        return card.offer(name, model, spec.size, quality)
    except NotAvailableError:
        return None
