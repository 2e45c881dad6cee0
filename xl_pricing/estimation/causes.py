"""Why a row is billed as it is: the first known cause that explains the amount to its rounding."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.cost import TOKENS_PER_MTOK
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.estimation.usage import METER_NAMES, Metered

TEXT_OUT_USD = 10
"""USD per 1M tokens at which tools bill images as text where a model has no rate for that."""
UNTOLD_INPUT = 2_000
"""Input tokens of an image that may be behind a row which tells none: a long prompt, an image."""
USUAL_PERCENT = 2
"""By so much may output tokens differ from their formula: they are counted per call."""
MORE_TOKENS = 500
"""Output tokens of an image on top: three partial images of 100 each, or text (439 were seen)."""
MULTIPLE_STEPS = 20
"""A multiple is round in steps of 1/20."""
MOST_MULTIPLE = 10
LEAST_PLACES, MOST_PLACES = 2, 6
"""Decimals of USD to which an amount is taken to be rounded."""


class Cause(StrEnum):
    """What explains a billed amount, in the order in which it is asked."""

    NOTHING_BILLED = "nothing billed: free of charge or not logged"
    AGREES = "agrees"
    AGREES_AS_TOLD = "agrees as far as its tokens are told"
    AGREES_BATCH = "agrees at the batch rate"
    OUTPUT_AS_TEXT = "image output billed at the text rate"
    INPUT_AS_TEXT = "image input billed at the text rate"
    CACHE_IGNORED = "cached input billed in full"
    BATCH_NOT_HALVED = "batch billed at the standard rate"
    BILLED_AS_BATCH = "billed at the batch rate"
    OTHER_TOKENS = "tokens of another size or quality; usual:"
    MULTIPLE = "a reseller's multiple of the price:"
    NO_TOKENS = "billed without tokens"
    DIFFERS = "differs from the price of its tokens by"

    @property
    def is_agreement(self) -> bool:
        """Tell whether the amount is what the tokens cost."""
        return self in {Cause.AGREES, Cause.AGREES_AS_TOLD, Cause.AGREES_BATCH}


class Finding(NamedTuple):
    """A cause and its figure: the usual tokens, the multiple, or the share of the difference."""

    cause: Cause
    figure: Fraction | None = None


Rates = Mapping[str, Fraction]
"""USD per 1M tokens by meter."""
Span = tuple[Fraction, Fraction]
"""USD of the cheapest and of the dearest reading of the tokens."""


@dataclass(frozen=True, slots=True)
class Billed:
    """A row of a bill: its amount, its tokens, and the rates in force on its day by tier.

    ``least`` and ``most`` are the cheapest and the dearest reading of the tokens, one and the same
    where their kinds are told. ``tier`` is ``None`` where nobody told it. ``usual_tokens`` are
    output tokens of one of its ``images`` by the formula, ``None`` where they are not known.
    """

    usd: Fraction
    least: Metered
    most: Metered
    rates: Mapping[str, Rates]
    tier: str | None = None
    images: int = 0
    usual_tokens: Fraction | int | None = None
    tolerance: Fraction | None = None
    """Half of the last decimal that was written, see `rounding`, where it is not given."""

    @property
    def expected(self) -> Fraction:
        """Exact USD of the tokens, in their cheapest reading.

        Raises `NotAvailableError` for tokens on a meter without a rate.
        """
        return _usd(self.least, self.rates.get(self.tier or DEFAULT_TIER, {}))


def rounding(usd: Fraction) -> Fraction:
    """Return half of the last decimal of an amount, from cents to a millionth of a dollar."""
    places = range(LEAST_PLACES, MOST_PLACES)
    found = (place for place in places if (usd * 10**place).denominator == 1)
    return Fraction(1, 2 * 10 ** next(found, MOST_PLACES))


def readings(
    text_or_image: int | None,
    output: int,
    images: int,
    usual: Fraction | int | None,
    *,
    may_write: bool,
) -> tuple[Metered, Metered]:
    """Return the cheapest and the dearest reading of a row that tells two sums of tokens.

    Input is text or image; where it is not told there may be some. Output is image; over the
    ``usual`` tokens of its images it may be text where a model ``may_write``: has a rate for it.
    """
    text_out = max(output - ceil(images * usual), 0) if may_write and images and usual else 0
    least = Metered(text_in=text_or_image or 0, image_out=output - text_out, text_out=text_out)
    untold = UNTOLD_INPUT * images
    image_in = untold if text_or_image is None else text_or_image
    return least, Metered(image_in=image_in, image_out=output)


def find_cause(row: Billed) -> Finding:
    """Return the first cause that explains the billed amount to within its tolerance.

    Raises `NotAvailableError` for tokens on a meter without a rate.
    """
    off = row.tolerance if row.tolerance is not None else rounding(row.usd)
    span = _span(row, row.tier or DEFAULT_TIER)
    return next(_findings(row, span, off))


def _findings(row: Billed, span: Span, off: Fraction) -> Iterator[Finding]:
    """Yield what the row can be, the first one first."""
    low, high = span
    other = Finding(Cause.OTHER_TOKENS, row.images * Fraction(row.usual_tokens or 0))
    is_usual = _is_usual(row)
    if not row.usd and low:
        yield Finding(Cause.NOTHING_BILLED)
    if abs(row.usd - low) <= off:
        yield Finding(Cause.AGREES) if is_usual else other
    for cause, (least, most) in _spans(row, span):
        if least - off <= row.usd <= most + off:
            yield Finding(cause) if is_usual or not cause.is_agreement else other
    if not is_usual:
        yield other
    if not high:
        yield Finding(Cause.NO_TOKENS)
    multiple = _multiple(row.usd, span, off)
    if multiple:
        yield Finding(Cause.MULTIPLE, multiple)
    nearest = high if row.usd > high or not low else low
    yield Finding(Cause.DIFFERS, row.usd / nearest - 1)


def _usd(tokens: Metered, rates: Rates) -> Fraction:
    if not rates:
        raise NotAvailableError("no rate for the row's model, tier and day")
    total = Fraction(0)
    for meter, count in zip(METER_NAMES, tokens, strict=True):
        if count and meter not in rates:
            raise NotAvailableError(f"no rate for {meter} of the row's model, tier and day")
        total += count and count * rates[meter]
    return total / TOKENS_PER_MTOK


def _as_it_is(tokens: Metered) -> Metered:
    return tokens


def _span(
    row: Billed, tier: str, change: Callable[[Metered], Metered] = _as_it_is, **more: int
) -> Span:
    """Return what both readings cost, their tokens changed; ``more`` are rates if there is none."""
    rates = {**{meter: Fraction(usd) for meter, usd in more.items()}, **row.rates.get(tier, {})}
    return _usd(change(row.least), rates), _usd(change(row.most), rates)


def _spans(row: Billed, span: Span) -> Iterator[tuple[Cause, Span]]:
    """Yield what the row would cost by each known cause that may be one here."""
    tier, told = row.tier or DEFAULT_TIER, row.least
    yield Cause.AGREES_AS_TOLD, span
    can_be_batch = "image_out" in row.rates.get("batch", {}) and row.tier != "batch"
    if can_be_batch and row.tier is None:
        yield Cause.AGREES_BATCH, _span(row, "batch")
    if row.most.image_out:
        yield Cause.OUTPUT_AS_TEXT, _span(row, tier, _output_as_text, text_out=TEXT_OUT_USD)
    if told.image_in + told.image_cached:
        yield Cause.INPUT_AS_TEXT, _span(row, tier, _input_as_text)
    if told.text_cached + told.image_cached:
        yield Cause.CACHE_IGNORED, _span(row, tier, _uncached)
    if row.tier == "batch":
        yield Cause.BATCH_NOT_HALVED, _span(row, DEFAULT_TIER)
    if can_be_batch and row.tier is not None:
        yield Cause.BILLED_AS_BATCH, _span(row, "batch")


def _output_as_text(tokens: Metered) -> Metered:
    return tokens._replace(image_out=0, text_out=tokens.text_out + tokens.image_out)


def _input_as_text(tokens: Metered) -> Metered:
    text, cached = tokens.text_in + tokens.image_in, tokens.text_cached + tokens.image_cached
    return tokens._replace(image_in=0, image_cached=0, text_in=text, text_cached=cached)


def _uncached(tokens: Metered) -> Metered:
    text, image = tokens.text_in + tokens.text_cached, tokens.image_in + tokens.image_cached
    return tokens._replace(text_in=text, text_cached=0, image_in=image, image_cached=0)


def _is_usual(row: Billed) -> bool:
    """Tell whether the output tokens may be those of its size and quality, as far as is known."""
    usual = row.images * (row.usual_tokens or 0)
    if not usual:
        return True
    off = row.least.image_out - usual
    more = max(off - MORE_TOKENS * row.images, 0) if off > 0 else -off
    return 100 * more <= USUAL_PERCENT * usual


def _multiple(usd: Fraction, span: Span, off: Fraction) -> Fraction | None:
    """Return the round multiple of the price that was billed, if no other is as near."""
    low, high = span
    if not low or usd <= off:
        return None
    least, most = (usd - off) / high, (usd + off) / low
    found = Fraction(ceil(least * MULTIPLE_STEPS), MULTIPLE_STEPS)
    is_one = found <= most and 2 * MULTIPLE_STEPS * (most - least) <= 1
    return found if is_one and found <= MOST_MULTIPLE else None
