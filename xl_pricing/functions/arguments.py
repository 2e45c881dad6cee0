"""Reading the arguments of the cell functions: from a cell's value to what the core computes with.

A value is a scalar; ``None`` or empty text is an omitted argument. What repeats from cell to cell
(model, size, quality, table) is read once and remembered.
"""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.budget import (
    DEFAULT_BUFFER,
    DEFAULT_RETRIES,
    Budget,
    is_amount,
    is_buffer,
    is_retries,
)
from xl_pricing.estimation.chance import DEFAULT_CONFIDENCE, is_confidence
from xl_pricing.estimation.credits import Terms
from xl_pricing.estimation.image import (
    DEFAULT_TIER,
    LEAST_MEASURED_TOKENS,
    MAX_IMAGES_PER_CALL,
    MAX_MEASURED_TOKENS,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    Image,
)
from xl_pricing.estimation.size import (
    REFERENCE_SIZE,
    Size,
    parse_size,
    plain,
    size_in,
)
from xl_pricing.estimation.tokens import text_tokens
from xl_pricing.functions.ranges import Grid, as_grid, is_grid
from xl_pricing.functions.sizes import Cell, read_pixels
from xl_pricing.functions.values import (
    Typed,
    is_blank,
    is_figure,
    is_number,
    read_number,
    read_whole,
    read_word,
    refuse_error,
    shown,
)
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard, read_tier
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Model, Plan

MAX_PROMPT_CHARACTERS = 32_000

CHINESE_QUALITIES = {
    "低": "low",
    "中": "medium",
    "高": "high",
    "超高": "xhigh",
    "最高": "max",
}
"""The qualities as the Chinese workbook writes them."""

MEASURED = "measured"
"""The word by which a plan's ``any`` row bills an image of measured output tokens."""

MOST_CARDS = 8
"""Cards, which may be large, that each memo of them holds."""

Table = RateCard | Grid | None


def read_image(
    model: Model,
    size: Cell,
    quality: Cell,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
) -> Image:
    """Read an image as it is ordered, of a size that the model takes, or of measured tokens."""
    billed_at, sizes, tokens = tier_word(tier), read_references(references), read_prompt(prompt)
    count, word = read_n(n), read_quality(quality)
    return Image(read_pixels(size, model, word), word, count, tokens, sizes, billed_at)


def read_model(model: Cell, card: RateCard) -> Model:
    """Read a model's name; the default model where omitted."""
    return card.model(DEFAULT_MODEL if is_blank(model) else read_word(model, "model"))


def tier_word(tier: Cell) -> str:
    """Read a tier's name; standard where omitted."""
    return DEFAULT_TIER if is_blank(tier) else read_tier(read_word(tier, "tier"))


def read_n(n: Cell) -> int:
    """Read images per call; 1 where omitted."""
    return 1 if is_blank(n) else read_whole(n, "n", 1, MAX_IMAGES_PER_CALL)


def read_retries(retries: Cell) -> Fraction:
    """Read generations per final; 1 where omitted."""
    return DEFAULT_RETRIES if is_blank(retries) else read_number(retries, "retries", is_retries)


def read_buffer(buffer: Cell) -> Fraction:
    """Read the reserve on top; 20 % where omitted."""
    return DEFAULT_BUFFER if is_blank(buffer) else read_number(buffer, "buffer", is_buffer)


def read_confidence(confidence: Cell) -> float:
    """Read the chance that a buffer is to last with; 90 % where omitted."""
    if is_blank(confidence):
        return DEFAULT_CONFIDENCE
    return float(read_number(confidence, "confidence", is_confidence))


def read_budget(cost: Fraction, finals: Cell, retries: Cell = None, buffer: Cell = None) -> Budget:
    """Read finals, retries and buffer into a budget around a cost per image."""
    number = read_number(finals, "finals", is_amount)
    return Budget(cost, number, read_retries(retries), read_buffer(buffer))


def read_quality(quality: Cell) -> str | int | Fraction:
    """Read a quality: a word in lower case, or measured output tokens per image.

    Raises `OutOfRangeError` for tokens outside 0.001 to 1,000,000.
    """
    refuse_error(quality, "quality")
    if is_blank(quality):
        raise InvalidValueError("quality is missing; accepted: a word or a measured token count")
    word = quality.strip().lower() if isinstance(quality, str) else ""
    word = CHINESE_QUALITIES.get(word, word)
    if word[:1].isalpha() or word.endswith(("%", "％")):  # 50% is no half token, but unknown
        return word
    if isinstance(quality, str) and not is_figure(quality):
        raise _no_quality(quality)
    tokens = read_number(quality, "quality")
    if not LEAST_MEASURED_TOKENS <= tokens <= MAX_MEASURED_TOKENS:
        raise OutOfRangeError(
            f"quality {shown(quality)} is out of range; accepted as output tokens per image: "
            f"{float(LEAST_MEASURED_TOKENS):g} or more, up to {MAX_MEASURED_TOKENS:,}"
        )
    return int(tokens) if tokens.denominator == 1 else tokens


def _no_quality(text: str) -> InvalidValueError:
    """Return the error for text that is neither a word nor a number."""
    if size_in(text):
        said = f"quality {shown(text)} is a size, which stands before the quality"
        return InvalidValueError(f"{said}; accepted: {plain(text)} high")
    return InvalidValueError(
        f"quality {shown(text)} is not readable; accepted: a word such as high, or a measured "
        "token count"
    )


def read_references(references: Cell) -> tuple[Size, ...]:
    """Read reference images: how many of 1024x1024, or their sizes parted by semicolons.

    None where omitted.
    """
    if is_blank(references):
        return ()
    refuse_error(references, "references")
    text = plain(references).lower() if isinstance(references, str) else ""
    if any(mark in text for mark in "x×*"):
        sizes = tuple(parse_size(part.strip()) for part in text.split(";") if part.strip())
        read_whole(len(sizes), "references", 0, MAX_REFERENCES)
        if not all(size.short for size in sizes):
            raise OutOfRangeError(
                f"references {shown(references)} hold a side of 0; accepted: 1 px or more"
            )
        return sizes
    try:
        return (REFERENCE_SIZE,) * read_whole(references, "references", 0, MAX_REFERENCES)
    except InvalidValueError as error:
        raise InvalidValueError(f"{error}; or sizes such as 1024x1024; 800x600") from None


def read_terms(plan: Cell, model: Model, image: Image, card: RateCard) -> Terms:
    """Read a plan into its terms for an image.

    A number is USD per credit on the token cost; raises `OutOfRangeError` unless above 0.
    """
    row = read_offer(plan, model, image, card)
    if row is not None:
        return row.terms
    usd_per_credit = read_number(plan, "plan")
    if usd_per_credit <= 0:
        raise OutOfRangeError(
            f"plan {shown(plan)} is out of range; accepted: more than 0 USD per credit, or a name"
        )
    return Terms(usd_per_credit=usd_per_credit, multiplier=Fraction(1))


def read_offer(plan: Cell, model: Model, image: Image, card: RateCard) -> Plan | None:
    """Return the row by which a named plan bills an image; ``None`` for a number."""
    refuse_error(plan, "plan")
    if isinstance(plan, str) and (not is_figure(plan) or plan.strip().endswith("%")):
        return card.offer(plan, model, image.size, billed_quality(model, image.quality))
    return None


def billed_quality(model: Model, quality: str | int | Fraction) -> str:
    """Return the word by which plans bill a quality: `MEASURED` for measured tokens.

    Raises `InvalidValueError` for a quality that the model does not know; one without a token
    count, such as auto, a plan may bill all the same.
    """
    if not isinstance(quality, str):
        return MEASURED
    with suppress(NotAvailableError):
        model.output.rule.counter(quality)
    return quality


def card_with(replace: Callable[[RateCard, Grid], RateCard], table: Table) -> RateCard:
    """Return the card in force, or one with its rates or plans replaced by a sheet's table."""
    if isinstance(table, RateCard):
        return table
    if table is None or is_blank(table):
        return active_card()
    if not is_grid(table) or not all(map(is_grid, as_grid(table))):
        raise InvalidValueError(
            f"table {shown(table)} is not a range; accepted: a range with a header"
        )
    return _replaced(active_card(), replace, tuple(map(tuple, as_grid(table))))


@lru_cache(maxsize=MOST_CARDS, typed=True)
def _replaced(
    card: RateCard, replace: Callable[[RateCard, Grid], RateCard], table: Grid
) -> RateCard:
    return replace(card, table)


def is_estimated(prompt: Cell) -> bool:
    """Tell whether a prompt's tokens are not told but estimated from its characters."""
    if not isinstance(prompt, str) or is_blank(prompt):
        return False
    # 1,5 that is typed as an option is a number; a cell may hold any words.
    return not (is_figure(prompt) if isinstance(prompt, Typed) else is_number(prompt))


@lru_cache(maxsize=256, typed=True)
def read_prompt(prompt: Cell) -> int | None:
    """Read the tokens of a prompt, given as a number or as text; ``None`` where omitted."""
    if is_blank(prompt):
        return None
    refuse_error(prompt, "prompt")
    if isinstance(prompt, str) and is_estimated(prompt):
        if len(prompt) > MAX_PROMPT_CHARACTERS:
            raise OutOfRangeError(
                f"the prompt has {len(prompt):,} characters; "
                f"accepted: up to {MAX_PROMPT_CHARACTERS:,}"
            )
        return text_tokens(prompt)
    return read_whole(prompt, "prompt", 0, MAX_PROMPT_TOKENS)
