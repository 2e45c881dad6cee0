"""Planning around a job: one spec priced by a rate card, so that its levers can be moved."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.levers import Move, Spec, moves
from xl_pricing.estimation.size import Size, check_size, parse_ratio, preset
from xl_pricing.estimation.tokens import REFERENCE_RULES
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.rows import Model


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
