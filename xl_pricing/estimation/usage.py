"""What was used: tokens on six meters that do not overlap, as a bill has them, and their price."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from fractions import Fraction

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.cost import TOKENS_PER_MTOK, Tariff

MOST_TOKENS = 10**12
"""Tokens of one meter at most."""


@dataclass(frozen=True, slots=True)
class Metered:
    """Whole tokens by meter; those that were read from a cache are not counted as input too."""

    text_in: int = 0
    text_cached: int = 0
    text_out: int = 0
    image_in: int = 0
    image_cached: int = 0
    image_out: int = 0

    def usd(self, tariff: Tariff) -> Fraction:
        """Return exact USD; raise `NotAvailableError` for tokens on a meter without a rate."""
        total = Fraction(0)
        for meter, tokens in zip(METER_NAMES, astuple(self), strict=True):
            if tokens and meter not in tariff.prices:
                raise NotAvailableError(f"no rate for {meter} of {tariff.missing}")
            if tokens:
                total += tokens * tariff.prices[meter].usd_per_mtok
        return total / TOKENS_PER_MTOK


METER_NAMES = tuple(field.name for field in fields(Metered))


def read_usage(usage: Mapping[str, object]) -> Metered:
    """Read the ``usage`` object of an answer.

    Input that the details leave open is text, output that they leave open is image. Cached tokens
    are part of the input; one number for both kinds is text first, the dearer reading. Raises
    `InvalidValueError` for what is no such object, `OutOfRangeError` for counts that are none.
    """
    told_in, told_out = _tokens(usage, "input_tokens"), _tokens(usage, "output_tokens")
    if told_in is None and told_out is None:
        raise InvalidValueError(
            "usage names no tokens; accepted: input_tokens, output_tokens and their details"
        )
    details = _part(usage, "input_tokens_details")
    image_in = _tokens(details, "image_tokens") or 0
    text_in = max(_tokens(details, "text_tokens") or 0, (told_in or 0) - image_in)
    text_cached, image_cached = _cached(usage, details, text_in, image_in)
    text_out, image_out = _output(_part(usage, "output_tokens_details"), told_out or 0)
    return Metered(
        text_in=text_in - text_cached,
        text_cached=text_cached,
        text_out=text_out,
        image_in=image_in - image_cached,
        image_cached=image_cached,
        image_out=image_out,
    )


def _cached(
    usage: Mapping[str, object], details: Mapping[str, object], text: int, image: int
) -> tuple[int, int]:
    """Return cached text and image tokens; raise where more is cached than was sent."""
    kinds = {**_part(usage, "cached_tokens_details"), **_part(details, "cached_tokens_details")}
    both = _tokens(details, "cached_tokens") or _tokens(usage, "cached_tokens") or 0
    of_text, of_image = (
        _tokens(kinds, f"{kind}_tokens") or _tokens(kinds, f"cached_{kind}_tokens") or 0
        for kind in ("text", "image")
    )
    if not of_text + of_image:
        of_text = min(both, text)
        of_image = both - of_text
    if of_text > text or of_image > image:
        raise OutOfRangeError("usage has more cached tokens than input; accepted: a part of it")
    return of_text, of_image


def _output(details: Mapping[str, object], told: int) -> tuple[int, int]:
    text = _tokens(details, "text_tokens") or 0
    return text, max(_tokens(details, "image_tokens") or 0, told - text)


def _part(usage: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = usage.get(name)
    return part if isinstance(part, Mapping) else {}


def _tokens(usage: Mapping[str, object], name: str) -> int | None:
    """Return a count, ``None`` where there is none; 40.0 and "196" are whole."""
    told = usage.get(name)
    return None if told is None else whole_tokens(told, name)


def whole_tokens(told: object, name: str) -> int:
    """Return a whole number of tokens; raise `OutOfRangeError` for anything else."""
    number = told
    if isinstance(told, str) and told.strip().isascii() and told.strip().isdigit():
        number = int(told.strip()[:20])
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_TOKENS:
        raise OutOfRangeError(
            f"{name} {str(told)[:40]!r} is no count; accepted: whole tokens, 0 to {MOST_TOKENS:,}"
        )
    return number
