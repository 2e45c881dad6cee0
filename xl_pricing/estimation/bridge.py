"""From a plan to what was used: one factor at a time, in exact USD that add up to the difference.

The factors are asked in the order of `Factor`. Each is changed from planned to actual while those
before it are actual already and those after it still planned, so that nothing is left over:

1. finals, then generations per final; generations alone where the accepted finals are not told
2. size and quality: from the planned tokens per image to the usual ones of what was made
3. tokens per image: from the usual ones to those that were used
4. output where images, size or quality are not told: 2 and 3 in one
5. model: from the planned rates to those of the models that were used, on the day of the plan
6. inputs: prompts, reference images and written text, as if nothing were cached
7. batch, then cache, then the change of rates since the plan
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.cost import TOKENS_PER_MTOK
from xl_pricing.estimation.usage import METER_NAMES, Metered

Rates = Mapping[str, Fraction]
"""USD per 1M tokens by meter."""


class Factor(StrEnum):
    """What can differ from a plan, in the order in which it is asked."""

    FINALS = "finals"
    RETRIES = "retries"
    GENERATIONS = "generations"
    SIZE_AND_QUALITY = "size and quality"
    TOKENS = "tokens per image"
    OUTPUT = "output tokens, their images, size or quality not told"
    MODEL = "model"
    INPUTS = "inputs"
    BATCH = "batch"
    CACHE = "cache"
    RATES = "rate change"


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of a plan: how many, tokens per generation by meter, and the rates it was priced by.

    ``standard`` are the rates of its model and day without batch.
    """

    finals: Fraction
    generations: Fraction
    tokens: Mapping[str, Fraction]
    rates: Rates
    standard: Rates

    @property
    def usd(self) -> Fraction:
        """Expected USD, before any buffer."""
        return self.generations * _usd(self.tokens, self.rates)


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one model, day, tier, size and quality.

    ``usual_tokens`` are output tokens per image by the formula. ``rates`` are those in force,
    ``as_planned`` those of the same tier on the day of the plan, ``standard`` without batch.
    """

    tokens: Metered
    rates: Rates
    as_planned: Rates
    standard: Rates
    images: int | None = None
    usual_tokens: Fraction | None = None

    @property
    def usd(self) -> Fraction:
        """USD at the rates in force."""
        return _usd(self.tokens._asdict(), self.rates)


class Step(NamedTuple):
    """What one factor adds in USD, and its figure in the plan and in fact, where it has one.

    Figures are counts of finals and generations, generations per final, tokens per image, tokens,
    USD per 1M tokens (model), USD (inputs), shares of the standard price (batch), and the share of
    the input that was cached (cache).
    """

    factor: Factor
    usd: Fraction
    planned: Fraction | None = None
    actual: Fraction | None = None


def planned_usd(plan: Iterable[Planned]) -> Fraction:
    """Return the expected USD of a plan, before any buffer."""
    return _added(line.usd for line in plan)


def bridge(
    plan: Sequence[Planned],
    used: Sequence[Used],
    *,
    finals: Fraction | None = None,
    generations: Fraction | None = None,
) -> list[Step]:
    """Return the steps from the expected USD of a plan to the USD of what was used.

    Their sum is exactly the difference. ``finals`` are those accepted; ``generations`` stand in
    where not every row tells its images. Raises `NotAvailableError` for a plan without finals,
    generations or output, and for tokens on a meter without a rate.
    """
    sums = _Sums.of(plan)
    made = _generations(used) if generations is None else generations
    counts = [*_counts(sums, finals, made)]
    share = _share(sums, finals, made)
    steps = [*counts, *_output(sums, used, share, told=made is not None)]
    return [*steps, *_prices(sums, used, share)]


class _Sums(NamedTuple):
    """A plan as a whole; ``out`` are output tokens."""

    finals: Fraction
    generations: Fraction
    usd: Fraction
    out: Fraction
    out_usd: Fraction
    out_standard_usd: Fraction

    @classmethod
    def of(cls, plan: Sequence[Planned]) -> "_Sums":
        """Add up the lines of a plan."""
        out = [line.generations * line.tokens.get("image_out", Fraction(0)) for line in plan]
        sums = cls(
            _added(line.finals for line in plan),
            _added(line.generations for line in plan),
            planned_usd(plan),
            _added(out),
            _added(_out_usd(n, line.rates) for n, line in zip(out, plan, strict=True)),
            _added(_out_usd(n, line.standard) for n, line in zip(out, plan, strict=True)),
        )
        if not (sums.finals and sums.generations and sums.out_usd):
            raise NotAvailableError("the plan has no finals or no generations to compare with")
        return sums

    @property
    def tier(self) -> Fraction:
        """The planned rates as a part of the standard ones: 1, or less where batch is planned."""
        return self.out_usd / self.out_standard_usd

    @property
    def out_rate(self) -> Fraction:
        """USD per output token."""
        return self.out_usd / self.out

    @property
    def inputs_usd(self) -> Fraction:
        """USD of what goes in."""
        return self.usd - self.out_usd


_NONE = Fraction(0)


def _generations(used: Sequence[Used]) -> Fraction | None:
    """Return how many images were made, ``None`` where that is not told throughout."""
    counted = [each.images for each in used if each.tokens.image_out or each.images]
    told = [images for images in counted if images is not None]
    return Fraction(sum(told)) if len(told) == len(counted) else None


def _share(sums: _Sums, finals: Fraction | None, made: Fraction | None) -> Fraction:
    """Return which part of the plan was carried out, as far as that is counted."""
    if made is not None:
        return made / sums.generations
    return finals / sums.finals if finals is not None else Fraction(1)


def _counts(sums: _Sums, finals: Fraction | None, made: Fraction | None) -> Iterator[Step]:
    """Yield what more or fewer finals and generations add, at the planned price of an image."""
    by_finals = sums.usd
    if finals is not None:
        by_finals = sums.usd * finals / sums.finals
        yield Step(Factor.FINALS, by_finals - sums.usd, sums.finals, finals)
    if made is None:
        return
    usd = sums.usd * made / sums.generations - by_finals
    if finals is None:
        yield Step(Factor.GENERATIONS, usd, sums.generations, made)
    else:
        per_final = made / finals if finals else None
        yield Step(Factor.RETRIES, usd, sums.generations / sums.finals, per_final)


def _output(sums: _Sums, used: Sequence[Used], share: Fraction, *, told: bool) -> Iterator[Step]:
    """Yield what other output tokens add, at the planned rate of a token."""
    known = [each for each in used if told and each.images and each.usual_tokens]
    images = Fraction(sum(each.images or 0 for each in known))
    usual = _added((each.images or 0) * (each.usual_tokens or _NONE) for each in known)
    out = Fraction(sum(each.tokens.image_out for each in known))
    per_image = sums.out / sums.generations
    if images:
        usd = (usual - images * per_image) * sums.out_rate
        yield Step(Factor.SIZE_AND_QUALITY, usd, per_image, usual / images)
        yield Step(Factor.TOKENS, (out - usual) * sums.out_rate, usual / images, out / images)
    rest = sum(each.tokens.image_out for each in used) - out
    planned = share * sums.out - images * per_image
    if rest or planned:
        yield Step(Factor.OUTPUT, (rest - planned) * sums.out_rate, planned, rest)


def _prices(sums: _Sums, used: Sequence[Used], share: Fraction) -> Iterator[Step]:
    """Yield what models, inputs, batch, cache and the day add, with the tokens that were used."""
    out = sum(each.tokens.image_out for each in used)
    out_usd = sums.tier * _added(_out_usd(e.tokens.image_out, e.standard) for e in used)
    rates = (
        sums.out_rate * TOKENS_PER_MTOK / sums.tier,
        out_usd / out * TOKENS_PER_MTOK / sums.tier if out else None,
    )
    yield Step(Factor.MODEL, out_usd - out * sums.out_rate, *rates)
    fresh = [_uncached(each.tokens) for each in used]
    standard = _added(_usd(t, e.standard) for t, e in zip(fresh, used, strict=True))
    inputs, planned = sums.tier * standard - out_usd, share * sums.inputs_usd
    yield Step(Factor.INPUTS, inputs - planned, planned, inputs)
    tier = _added(_usd(t, e.as_planned) for t, e in zip(fresh, used, strict=True))
    ratio = tier / standard if standard else None
    yield Step(Factor.BATCH, tier - sums.tier * standard, sums.tier, ratio)
    cached = _added(_usd(each.tokens._asdict(), each.as_planned) for each in used)
    yield Step(Factor.CACHE, cached - tier, _NONE, _cached_share(used))
    yield Step(Factor.RATES, _added(each.usd for each in used) - cached)


def _out_usd(tokens: int | Fraction, rates: Rates) -> Fraction:
    return _usd({"image_out": tokens}, rates)


def _uncached(tokens: Metered) -> Mapping[str, int]:
    """Return the tokens as if none had come from a cache."""
    text, image = tokens.text_in + tokens.text_cached, tokens.image_in + tokens.image_cached
    fresh = tokens._replace(text_in=text, text_cached=0, image_in=image, image_cached=0)
    return fresh._asdict()


def _cached_share(used: Sequence[Used]) -> Fraction | None:
    cached = sum(each.tokens.text_cached + each.tokens.image_cached for each in used)
    fresh = sum(each.tokens.text_in + each.tokens.image_in for each in used)
    return Fraction(cached, cached + fresh) if cached + fresh else None


def _usd(tokens: Mapping[str, int | Fraction], rates: Rates) -> Fraction:
    counted = ((meter, tokens.get(meter, 0)) for meter in METER_NAMES)
    return (
        _added(count * _rate(rates, meter) for meter, count in counted if count) / TOKENS_PER_MTOK
    )


def _added(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, _NONE)


def _rate(rates: Rates, meter: str) -> Fraction:
    if meter not in rates:
        raise NotAvailableError(f"no rate for {meter} of a model of the plan or of what was used")
    return rates[meter]
