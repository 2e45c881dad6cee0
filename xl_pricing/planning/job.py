"""Planning around a job: read it, price it, move its levers, bill it by plans, stage it.

A job is a spec and a `Budget` around its price. Whatever is read here is read as the cell functions
read it; a card and a day are given, so that a host may price by its own table on any day.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError, XlPricingError
from xl_pricing.estimation.budget import (
    CONFIDENCES,
    DEFAULT_BUFFER,
    DEFAULT_RETRIES,
    MAX_PLANNED_FINALS,
    Budget,
    buffer_for,
    generations_needed,
)
from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.credits import Charge, Pack, charge, markup
from xl_pricing.estimation.levers import Effect, Move, Spec, moves, weigh
from xl_pricing.estimation.size import Size, check_size, parse_ratio, preset
from xl_pricing.estimation.stages import DEFAULT_DRAFTS, DEFAULT_FINISH_RETRIES, Stages
from xl_pricing.estimation.tokens import REFERENCE_RULES
from xl_pricing.functions.arguments import (
    Cell,
    read_inputs,
    read_n,
    read_pixels,
    read_quality,
    read_references,
    tier_word,
)
from xl_pricing.functions.values import is_blank, read_number, read_whole
from xl_pricing.rates.card import DEFAULT_MODEL, DEFAULT_TIER, RateCard
from xl_pricing.rates.rows import Model, Plan

DEFAULT_DRAFT_QUALITY = "low"
MEASURED = "measured"
"""The word by which a plan's ``any`` row bills an image of measured output tokens."""


def read_spec(
    model: Model,
    size: Cell,
    quality: Cell,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
) -> Spec:
    """Read the spec of one image; the last reference image is the one that a move takes away."""
    pixels, word = read_pixels(size, model), read_quality(quality)
    spec = Spec(pixels, word, read_n(n), tier=tier_word(tier))
    if not is_blank(prompt):
        # Without reference images, all but the prompt itself is the model's overhead per call.
        tokens = read_inputs(model, prompt, None)[0] - model.text.per_call
        spec = replace(spec, prompt_tokens=tokens)
    images = () if is_blank(references) else read_references(references)
    if not images:
        return spec
    others = tuple(image for image in images if image != images[-1])
    count = len(images) - len(others)
    return replace(spec, references=count, reference_size=images[-1], other_references=others)


def read_budget(cost: Fraction, finals: Cell, retries: Cell = None, buffer: Cell = None) -> Budget:
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
        overhead = model.text.per_call + model.text.per_reference * len(spec.reference_sizes)
        text_in = spec.prompt_tokens + overhead
    image_in = sum(map(REFERENCE_RULES[model.references.rule], spec.reference_sizes))
    return Usage(text_in, image_in, image_out, spec.n)


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


def effects_of(spec: Spec, plan: Budget, model: Model, card: RateCard, day: date) -> list[Effect]:
    """Return what every move around a spec does to its budget."""
    return weigh(moves_of(spec, plan.retries, model, card), plan, price_of(model, card, day))


def refusal_of(effect: Effect, price: Callable[[Spec], Fraction]) -> str | None:
    """Say why a move that is there has no price; ``None`` where it has one, or is not there."""
    if effect.move.spec is None:
        return None
    try:
        price(effect.move.spec)
    except XlPricingError as error:
        return str(error)
    return None


def presets_of(card: RateCard) -> Sequence[Size]:
    """Return the sizes that the card's ratios stand for, in its order."""
    legal = card.model(DEFAULT_MODEL).sizes
    return [preset(parse_ratio(row.ratio), legal) for row in card.ratios]


class Bill(NamedTuple):
    """What a plan charges for an image, and how far that is over the token price.

    ``row`` is ``None`` where the plan has no price for it; a figure that it does not tell is
    ``None``. ``refuses`` are the model's qualities for which it has none, ``takes`` the others;
    ``refusal`` says why there is no price at all.
    """

    plan: str
    row: Plan | None
    charge: Charge
    markup: Fraction | None
    refuses: tuple[str, ...]
    takes: tuple[str, ...] = ()
    refusal: str | None = None


def bills(spec: Spec, model: Model, card: RateCard, day: date) -> list[Bill]:
    """Return the bill of every plan, in the card's order; markups are over the list price.

    Raises `InvalidValueError` for a quality that the model does not know; one without a token
    count, such as auto, a plan may bill all the same.
    """
    if isinstance(spec.quality, str):
        with suppress(NotAvailableError):
            model.output.rule.counter(spec.quality)
    names = dict.fromkeys(plan.plan for plan in card.plans)
    return [_bill(name, spec, model, card, day) for name in names]


def list_price(spec: Spec, model: Model, card: RateCard, day: date) -> Fraction:
    """Return USD per image at the standard tier, which plans are compared with."""
    return price_of(model, card, day)(replace(spec, tier=DEFAULT_TIER))


def _bill(name: str, spec: Spec, model: Model, card: RateCard, day: date) -> Bill:
    def price() -> Fraction:
        return list_price(spec, model, card, day)

    row, told, over, refusal = None, Charge(None, None), None, None
    try:
        row = card.offer(name, model, spec.size, _billed_quality(spec))
        told = charge(row.terms, price)
    except NotAvailableError as error:
        refusal = str(error)
    with suppress(NotAvailableError):
        over = None if told.usd is None else markup(told.usd, price())
    refuses = [*_refused(name, spec.size, model, card)]
    takes = tuple(q for q in model.output.rule.qualities if q not in refuses)
    return Bill(name, row, told, over, tuple(refuses), takes, refusal)


def _billed_quality(spec: Spec) -> str:
    return spec.quality if isinstance(spec.quality, str) else MEASURED


def _refused(plan: str, size: Size, model: Model, card: RateCard) -> Iterator[str]:
    for quality in model.output.rule.qualities:
        try:
            card.offer(plan, model, size, quality)
        except NotAvailableError:
            yield quality


class PackBill(NamedTuple):
    """A job paid from prepaid packs, beside the same job paid by tokens; money in USD."""

    images: Fraction
    """How many images one pack pays for."""
    break_even_images: Fraction
    """The volume from which one pack is cheaper than tokens; never, where it holds fewer."""
    packs: int
    """Whole packs that the job takes, buffer included."""
    usd: Fraction
    token_usd: Fraction

    @property
    def saving(self) -> Fraction:
        """What the packs save against tokens; negative where they cost more."""
        return self.token_usd - self.usd


def pack_bill(pack: Pack, credits_per_image: Fraction, plan: Budget) -> PackBill:
    """Weigh a pack for a job; ``plan`` holds the token price per image.

    Raises `NotAvailableError` where tokens cost nothing.
    """
    packs = ceil(plan.generations_with_buffer / pack.images(credits_per_image))
    return PackBill(
        pack.images(credits_per_image),
        pack.break_even_images(plan.cost_per_image),
        packs,
        packs * pack.usd,
        plan.total,
    )


class Reserve(NamedTuple):
    """The generations that give the finals with a confidence, and the buffer that pays for them."""

    confidence: float
    generations_needed: int
    buffer: float


def read_risk(finals: Cell, retries: Cell, buffer: Cell = None) -> Budget:
    """Read whole finals, retries and a buffer; the cost is left open."""
    whole = read_whole(finals, "finals", 0, MAX_PLANNED_FINALS)
    return read_budget(Fraction(0), whole, retries, buffer)


def reserves_of(plan: Budget) -> list[Reserve]:
    """Return what each of the usual confidences takes."""
    finals, retries = int(plan.finals), float(plan.retries)
    return [
        Reserve(
            confidence,
            generations_needed(finals, retries, confidence),
            buffer_for(finals, retries, confidence),
        )
        for confidence in CONFIDENCES
    ]


def read_draft(model: Model, final: Spec, size: Cell = None, quality: Cell = None) -> Spec:
    """Read the spec of a draft; where omitted, the final's size and low quality.

    Prompt, reference images and tier are those of the final. An error says that it is the draft's.
    """
    with _of_the_draft():
        return replace(
            final,
            size=final.size if is_blank(size) else read_pixels(size, model),
            quality=read_quality(DEFAULT_DRAFT_QUALITY if is_blank(quality) else quality),
        )


def stages_of(
    all_high: Budget,
    draft: Spec,
    price: Callable[[Spec], Fraction],
    drafts: Cell = None,
    finish_retries: Cell = None,
) -> Stages:
    """Return a job in two stages; ``price`` is USD per image of a spec."""
    with _of_the_draft():
        draft_cost = price(draft)
    return Stages(
        all_high,
        draft_cost,
        DEFAULT_DRAFTS if is_blank(drafts) else read_number(drafts, "drafts"),
        DEFAULT_FINISH_RETRIES
        if is_blank(finish_retries)
        else read_number(finish_retries, "finish_retries"),
    )


@contextmanager
def _of_the_draft() -> Iterator[None]:
    try:
        yield
    except XlPricingError as error:
        error.args = (f"draft {error}",)
        raise
