"""The cell functions, once: IMGCOST and its sisters.

Each is a plain function of scalar cell values that raises the project's errors; an argument that
is ``None`` or empty text is omitted. `catalogue` declares them to every host.
"""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.budget import is_retries
from xl_pricing.estimation.chance import MAX_PLANNED_FINALS, buffer_for
from xl_pricing.estimation.credits import Charge, charge
from xl_pricing.estimation.image import DEFAULT_QUALITY
from xl_pricing.estimation.nearest import SizeError, meant_by
from xl_pricing.estimation.size import (
    PRESET_SHORT_SIDE_PX,
    parse_ratio,
    plain,
    ratio_text,
    size_in,
)
from xl_pricing.functions.arguments import (
    Table,
    card_with,
    read_budget,
    read_confidence,
    read_image,
    read_model,
    read_n,
    read_quality,
    read_terms,
    tier_word,
)
from xl_pricing.functions.catalogue import cell_function
from xl_pricing.functions.explaining import (
    explain,
    explain_usage,
    explained_rows,
    refuse_beside_usage,
)
from xl_pricing.functions.pricers import price_reader, token_counter
from xl_pricing.functions.products import times
from xl_pricing.functions.sizes import Cell, find_cheapest, ratio_word
from xl_pricing.functions.usage_text import is_usage
from xl_pricing.functions.values import (
    is_blank,
    read_number,
    read_whole,
    read_word,
    refuse_error,
    shown,
    to_cell,
)
from xl_pricing.rates.card import read_meter
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import read_date
from xl_pricing.rates.tables import with_plans, with_rates


def cost_pricer(
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
    rates: Table = None,
) -> Callable[[Cell, Cell], float]:
    """Return IMGCOST for all but size and quality, which are what varies down a column."""
    card = card_with(with_rates, rates)
    return price_reader(model, n, prompt, references, tier, card, today())


@cell_function("1024x1536", "high", pricer=cost_pricer)
def IMGCOST(
    size: Cell,
    quality: Cell,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
    rates: Table = None,
) -> float:
    """USD per image. Without prompt and references: output only, as the official table counts.

    Tokens are exact integers; USD is rounded once, to the nearest float.
    """
    pricer = cost_pricer(model, n, prompt, references, tier, rates)
    try:
        return pricer(size, quality)
    except SizeError as error:
        error.usd = lambda found: pricer(str(found), quality)
        raise


@cell_function("1024x1536", "high", "PixAPI")
def IMGCREDITS(
    size: Cell,
    quality: Cell,
    plan: Cell,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    plans: Table = None,
) -> float:
    """Credits per image in a plan, or the token cost at a price per credit."""
    charged = read_charge(size, quality, plan, model, n, prompt, references, plans)
    if charged.credits is None:
        raise NotAvailableError(f"plan {shown(plan)} names no credits, only USD per image")
    return to_cell(charged.credits, "number of credits")


def budget_pricer(retries: Cell = None, buffer: Cell = None) -> Callable[[Cell, Cell], float]:
    """Return IMGBUDGET for one retries and buffer; finals are looked up where they change."""
    known: object = budget_pricer  # no finals are this
    budget: Callable[[Cell], float]

    def total(cost: Cell, finals: Cell) -> float:
        nonlocal known, budget
        if finals is not known:
            try:
                budget, known = _budget_of(finals, retries, buffer), finals
            except XlPricingError:
                read_number(cost, "cost")  # what is wrong with the first argument is told first
                raise
        return budget(cost)

    return total


@lru_cache(maxsize=1024, typed=True)
def _budget_of(finals: Cell, retries: Cell, buffer: Cell) -> Callable[[Cell], float]:
    """Return the budget as a function of the cost; what repeats from cell to cell is read once."""

    def careful(cost: Cell) -> float:
        total = read_budget(read_number(cost, "cost"), finals, retries, buffer).total
        return to_cell(total, "budget")

    number = read_number(finals, "finals")
    per_final = _generations_per_final(retries, buffer)
    if number < 0:
        careful(1)
    return times(number * per_final, careful)


@lru_cache(maxsize=1024, typed=True)
def _generations_per_final(retries: Cell, buffer: Cell) -> Fraction:
    return read_budget(Fraction(1), 1, retries, buffer).generations_with_buffer


@cell_function(0.16464, 120, 1.5, 0.2, pricer=budget_pricer)
def IMGBUDGET(cost: Cell, finals: Cell, retries: Cell = None, buffer: Cell = None) -> float:
    """Budget in the unit of cost: cost x finals x retries x (1 + buffer)."""
    return budget_pricer(retries, buffer)(cost, finals)


def token_pricer(model: Cell = None, n: Cell = None) -> Callable[[Cell, Cell], float]:
    """Return IMGTOKENS for one model and n."""
    count, images = token_counter(read_model(model, active_card()), n), read_n(n)
    return lambda size, quality: float(count(size, quality) / images)


@cell_function("1024x1536", "high", pricer=token_pricer)
def IMGTOKENS(size: Cell, quality: Cell, model: Cell = None, n: Cell = None) -> float:
    """Output tokens per image. With n images per call the sum is rounded up once, then shared."""
    return token_pricer(model, n)(size, quality)


@cell_function("4:5", 1024)
def IMGSIZE(ratio: Cell, short_side: Cell = None, quality: Cell = None, model: Cell = None) -> str:
    """Find the cheapest legal size with that ratio (within 1%) and at least that shorter side."""
    least = Fraction(PRESET_SHORT_SIDE_PX)
    if not is_blank(short_side):
        least = read_number(short_side, "short_side")
    if least <= 0:
        raise OutOfRangeError(f"short_side {shown(short_side)} is out of range; accepted: px > 0")
    known = read_model(model, active_card())
    word = DEFAULT_QUALITY if is_blank(quality) else read_quality(quality)
    if not isinstance(word, str):
        raise InvalidValueError(
            "quality is a measured token count, which belongs to one size; "
            f"accepted: {', '.join(known.output.rule.qualities)}"
        )
    shape = _read_ratio(ratio_word(ratio, "ratio"))
    return str(find_cheapest(shape, least, word, known))


@cell_function(120, 1.5)
def IMGBUFFER(finals: Cell, retries: Cell, confidence: Cell = None) -> float:
    """Return the buffer that lasts with that confidence, if 1 generation in retries is accepted.

    Exact negative binomial: the fewest generations that give the finals, over finals x retries.
    """
    return buffer_for(
        read_whole(finals, "finals", 0, MAX_PLANNED_FINALS),
        float(read_number(retries, "retries", is_retries)),
        read_confidence(confidence),
    )


@cell_function("gpt-image-2", "image_out")
def IMGRATE(
    model: Cell, meter: Cell, tier: Cell = None, date: Cell = None, rates: Table = None
) -> float:
    """USD per 1M tokens of a meter, on a day."""
    card = card_with(with_rates, rates)
    known = card.model(read_word(model, "model"))
    day = read_day(date)
    rate = card.rate(known, read_meter(read_word(meter, "meter")), tier_word(tier), day)
    return float(rate.usd_per_mtok)


@cell_function("1024x1536", "high", is_table=True)
def IMGEXPLAIN(
    size: Cell,
    quality: Cell = None,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
    rates: Table = None,
) -> list[list[str | float]]:
    """Show the estimate line by line, per image, with source and basis; or the reason for an error.

    In place of a size, a usage as IMGBILL takes it: its lines are those of a bill, of one call. The
    first row is `EXPLAIN_HEADER`; notes follow the total.
    """
    if is_usage(size):
        refuse_beside_usage(quality=quality, n=n, prompt=prompt, references=references)
        estimate = explain_usage(size, model, tier, rates)
    else:
        estimate = explain(size, quality, model, n, prompt, references, tier, rates)
    return explained_rows(estimate)


def read_charge(
    size: Cell,
    quality: Cell,
    plan: Cell,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    plans: Table = None,
) -> Charge:
    """Return credits and USD per image of a plan, each ``None`` where the plan does not tell."""
    card = card_with(with_plans, plans)
    known = read_model(model, card)
    image = read_image(known, size, quality, n, prompt, references)

    def token_usd() -> Fraction:
        tariff = card.tariff(known, image.tier, today())
        return tariff.exact_usd_per_image(known.counting.usage(image))

    return charge(read_terms(plan, known, image, card), token_usd)


def _read_ratio(text: str) -> Fraction:
    """Read a ratio; where text is none but it is clear what is meant, the error names it."""
    try:
        return parse_ratio(text)
    except InvalidValueError:
        meant = meant_by(plain(text))
        if meant is None:
            raise
        shape = meant if isinstance(meant, Fraction) else Fraction(*meant)
        if size_in(ratio_text(shape)) is None:  # as of 99999:1
            raise
        said = f"ratio {shown(text)} is not readable; accepted: {ratio_text(shape)}"
        raise InvalidValueError(said) from None


def read_day(date: Cell) -> dt.date:
    """Read the day of a price; today where omitted."""
    refuse_error(date, "date")
    return today() if is_blank(date) else read_date(date)
