"""What was used: tokens on six meters that do not overlap, as a bill has them, and their price."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.cost import TOKENS_PER_MTOK, MeterCost, Tariff

MOST_TOKENS = 10**12
"""Tokens of one meter at most."""


class Metered(NamedTuple):
    """Whole tokens by meter; those that were read from a cache are not counted as input too."""

    text_in: int = 0
    text_cached: int = 0
    text_out: int = 0
    image_in: int = 0
    image_cached: int = 0
    image_out: int = 0

    def usd(self, tariff: Tariff) -> Fraction:
        """Return exact USD; raise `NotAvailableError` for tokens on a meter without a rate."""
        total = 0
        for meter, tokens in zip(METER_NAMES, self, strict=True):
            if tokens and meter not in tariff.usd:
                raise NotAvailableError(f"no rate for {meter} of {tariff.missing}")
            total += tokens and tokens * tariff.usd[meter]
        return Fraction(total, tariff.per_tokens)

    def lines(self, tariff: Tariff) -> Iterator[MeterCost]:
        """Itemise tokens that all have a rate; they are measured, so the rate's basis holds."""
        for meter, tokens in zip(METER_NAMES, self, strict=True):
            if tokens:
                rate, known = tariff.prices[meter]
                usd = tokens * rate / TOKENS_PER_MTOK
                yield MeterCost(meter, Fraction(tokens), rate, usd, known)


METER_NAMES = Metered._fields


class Counted(NamedTuple):
    """Tokens by meter, and what was assumed in counting them."""

    tokens: Metered
    assumed: int = 0
    """Flags of `Assumed`."""


def read_usage(usage: Mapping[str, object]) -> Counted:
    """Read the ``usage`` object of an answer, also with the names of chat completions.

    Input that the details leave open is text, output that they leave open is image; details that
    add up to more than their total count. Cached tokens are part of the input; one number for both
    kinds is text first, the dearer reading. Raises `InvalidValueError` for what is no such object,
    `OutOfRangeError` for counts that are none.
    """
    sent, sent_details, made, made_details = _sides(usage)
    told_in, told_out = _tokens(usage, sent), _tokens(usage, made)
    if told_in is None and told_out is None:
        raise InvalidValueError(
            "usage names no tokens; accepted: input_tokens, output_tokens and their details"
        )
    details = _part(usage, sent_details)
    text_in, image_in, assumed = _input(details, told_in or 0)
    text_cached = image_cached = 0
    if not (_CACHED.isdisjoint(usage) and _CACHED.isdisjoint(details)):
        text_cached, image_cached, open_kind = _cached(usage, details, text_in, image_in)
        assumed |= open_kind
    text_out, image_out, more = _output(_part(usage, made_details), told_out or 0)
    tokens = Metered(
        text_in - text_cached,
        text_cached,
        text_out,
        image_in - image_cached,
        image_cached,
        image_out,
    )
    return Counted(tokens, assumed | more)


_NO_PART: Mapping[str, object] = MappingProxyType({})
_CACHED = {"cached_tokens", "cached_tokens_details"}
_SIDES = ("input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details")
_OF_CHAT = (
    *("prompt_tokens", "prompt_tokens_details"),
    *("completion_tokens", "completion_tokens_details"),
)


def _sides(usage: Mapping[str, object]) -> tuple[str, str, str, str]:
    """Return what input and output are called, and their details."""
    return _OF_CHAT if "prompt_tokens" in usage and "input_tokens" not in usage else _SIDES


def _input(details: Mapping[str, object], told: int) -> tuple[int, int, int]:
    """Return text and image tokens of the input, and what was assumed."""
    text, image = _tokens(details, "text_tokens"), _tokens(details, "image_tokens")
    if text is None and image is None:
        return told, 0, told and int(Assumed.ALL_TEXT)
    text, image = text or 0, image or 0
    if (rest := told - text - image) > 0:
        return text + rest, image, int(Assumed.REST_IS_TEXT)
    return text, image, rest and told and int(Assumed.MORE_IN_DETAILS)


def _cached(
    usage: Mapping[str, object], details: Mapping[str, object], text: int, image: int
) -> tuple[int, int, int]:
    """Return cached text and image tokens; raise where more is cached than was sent."""
    kinds = {**_part(usage, "cached_tokens_details"), **_part(details, "cached_tokens_details")}
    both = _tokens(details, "cached_tokens") or _tokens(usage, "cached_tokens") or 0
    of_text, of_image = (
        _either(kinds, f"{kind}_tokens", f"cached_{kind}_tokens") for kind in ("text", "image")
    )
    cached = [of_text or 0, of_image or 0]
    rest = both - sum(cached)
    assumed = int(Assumed.CACHED_TEXT_FIRST) if rest > 0 else 0
    if rest > 0 and (of_text is None) == (of_image is None):
        first = min(rest, max(text - cached[0], 0))
        cached = [cached[0] + first, cached[1] + rest - first]
    elif rest > 0:  # the kind that is not told has what the other one leaves
        cached[0 if of_text is None else 1] += rest
        assumed = 0
    if cached[0] > text or cached[1] > image:
        raise OutOfRangeError("usage has more cached tokens than input; accepted: a part of it")
    return cached[0], cached[1], assumed


def _output(details: Mapping[str, object], told: int) -> tuple[int, int, int]:
    if not details:
        return 0, told, 0
    text, image = _tokens(details, "text_tokens") or 0, _tokens(details, "image_tokens") or 0
    rest = told - text - image
    return text, image + max(rest, 0), int(Assumed.MORE_IN_DETAILS) if rest < 0 < told else 0


def read_grouped_usage(usage: Mapping[str, object]) -> Counted:
    """Read a sum of usage as organizations get it, where text and image exclude what was cached.

    Raises `InvalidValueError` where none are named, `OutOfRangeError` for counts that are none.
    """
    told_in, told_out = _tokens(usage, "input_tokens"), _tokens(usage, "output_tokens")
    if told_in is None and told_out is None:
        raise InvalidValueError("usage names no tokens; accepted: input_tokens, output_tokens")
    text, image = (_tokens(usage, f"input_{kind}_tokens") for kind in ("text", "image"))
    cached = [_tokens(usage, f"input_cached_{kind}_tokens") or 0 for kind in ("text", "image")]
    assumed = 0
    open_cached = (_tokens(usage, "input_cached_tokens") or 0) - sum(cached)
    if open_cached > 0:
        cached[0] += open_cached
        assumed |= Assumed.CACHED_TEXT_FIRST
    rest = (told_in or 0) - (text or 0) - (image or 0) - sum(cached)
    if rest > 0:
        assumed |= Assumed.ALL_TEXT if text is image is None else Assumed.REST_IS_TEXT
    made = {f"{kind}_tokens": usage.get(f"output_{kind}_tokens") for kind in ("text", "image")}
    text_out, image_out, more = _output(made, told_out or 0)
    if rest < 0 < (told_in or 0):
        more |= Assumed.MORE_IN_DETAILS
    tokens = Metered(
        (text or 0) + max(rest, 0), cached[0], text_out, image or 0, cached[1], image_out
    )
    return Counted(tokens, int(assumed | more))


def read_meters(counts: Mapping[str, object]) -> Counted:
    """Read six counts by the names of the meters; one that is not told is 0."""
    return Counted(Metered(*[_tokens(counts, meter) or 0 for meter in METER_NAMES]))


def _part(usage: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = usage.get(name)
    if type(part) is dict:
        return part
    return part if isinstance(part, Mapping) else _NO_PART


def _either(part: Mapping[str, object], name: str, other: str) -> int | None:
    told = _tokens(part, name)
    return _tokens(part, other) if told is None else told


def _tokens(usage: Mapping[str, object], name: str) -> int | None:
    """Return a count, ``None`` where there is none; 40.0 and "196" are whole."""
    told = usage.get(name)
    if type(told) is int and 0 <= told <= MOST_TOKENS:
        return told
    if type(told) is str and (plain := plain_count(told)) is not None:
        return plain
    return None if told is None or told == "" else whole_tokens(told, name)


@lru_cache(maxsize=1024)
def plain_count(text: str) -> int | None:
    """Return the count of digits alone, or with .0 behind, as most files write it."""
    digits = text.removesuffix(".0")
    return (
        int(digits)
        if digits.isascii() and digits.isdigit() and len(digits) < _SURELY_FEWER
        else None
    )


def whole_tokens(told: object, name: str) -> int:
    """Return a whole number of tokens; raise `OutOfRangeError` for anything else."""
    number = told
    if isinstance(told, str) and _IN_DOUBT.fullmatch(told.strip()):
        raise OutOfRangeError(
            f"{name} {told[:40]!r} is one figure or a thousand times it; accepted: written as 1000"
        )
    if isinstance(told, str) and len(told) <= _LONGEST and _WHOLE.fullmatch(told.strip()):
        number = Decimal(told.strip())
    if isinstance(number, float | Decimal) and _is_whole(number):
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_TOKENS:
        raise OutOfRangeError(
            f"{name} {str(told)[:40]!r} is no count; accepted: whole tokens, 0 to {MOST_TOKENS:,}"
        )
    return number


_SURELY_FEWER = len(str(MOST_TOKENS))
_LONGEST = 40
"""Characters of a count at most."""
_IN_DOUBT = re.compile(r"[1-9][0-9]{0,2}\.000")
_WHOLE = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?")


def _is_whole(number: float | Decimal) -> bool:
    """Tell whether a number is whole, and small enough to be written out."""
    if isinstance(number, float):
        return number.is_integer()
    if not number.is_finite() or number.adjusted() > _LONGEST:
        return False
    return not number or (number.adjusted() >= 0 and number == number.to_integral_value())
