"""What can be wrong with an input: said beside it, with the right value nearest to it.

The rules are those of the Checks sheet. A sentence that begins with ✘ turns its cell red.
"""

from collections.abc import Mapping
from fractions import Fraction

from workbook_templates.formulas.conditions import first_of, is_number
from workbook_templates.formulas.constants import FIXED_SIZES, FREE_SIZES, MAX_PX
from workbook_templates.formulas.sentence import day, fixed, percent, sentence
from workbook_templates.sheets.worksheet.chosen import BY_GRID, IS_OWN
from xl_pricing.estimation.image import (
    LEAST_MEASURED_TOKENS,
    MAX_IMAGES_PER_CALL,
    MAX_MEASURED_TOKENS,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    TIERS,
)
from xl_pricing.estimation.size import ratio_text

Cases = tuple[tuple[str, str], ...]
"""Conditions, the worst first, and the formulas of what is said."""


_IS_TEXT = "✘ text, not a number: type {near}, without ' or spaces"


def _whole(number: str) -> str:
    return fixed(number, 0)


def _clamped(name: str, low: str, high: str = "") -> str:
    """Return the accepted whole number nearest to what is typed."""
    found = f"MAX({low},ROUND(read_{name},0))"
    return _whole(f"MIN({high},{found})" if high else found)


def _number(name: str, says: str, near: str) -> Cases:
    """Return what is said of a number: what is accepted, and which is nearest to a wrong one."""
    nearest = _as_number(name, f"✘ {says}; nearest {{near}}", near)
    return ((f"ok_{name}=0", f"IF(ISNUMBER(read_{name}),{nearest},{sentence(f'✘ {says}')})"),)


def _as_number(name: str, says: str, near: str) -> str:
    """Return what is said of what can be read; a text that can be is right but for being one."""
    return f"IF(ISNUMBER({name}),{sentence(says, near=near)},{sentence(_IS_TEXT, near=near)})"


def _least(name: str, low: str) -> str:
    """Return the accepted number nearest to what is typed, with decimals where it has some."""
    found = f"MAX({low},read_{name})"
    return f"IF({found}=INT({found}),{_whole(found)},{fixed(found)})"


def _px(name: str) -> Cases:
    return _number(name, f"whole px, 1 to {MAX_PX:,}", _clamped(name, "1", "max_reference_px"))


_NEAR_TOKENS = (
    f"IF(read_measured_tokens<1,{fixed('least_measured_tokens', 3)},"
    f"{_whole('MIN(max_measured_tokens,read_measured_tokens)')})"
)
# 20 in a cell of percent is meant to be 20 %.
_NEAR_BUFFER = (
    f"IF(read_buffer>=2,{percent('MIN(1,read_buffer/100)')},{percent('MIN(1,MAX(0,read_buffer))')})"
)
_NEAR_UNITS = (
    f"IF(ROUND(read_units_per_usd,2)=read_units_per_usd,{fixed('read_units_per_usd')},"
    f"{fixed('read_units_per_usd', 4)})"
)
_NO_UNITS = first_of(
    (
        (
            "IF(ISNUMBER(read_units_per_usd),read_units_per_usd>0,FALSE)",
            _as_number("units_per_usd", "✘ a number above 0; nearest {near}", _NEAR_UNITS),
        ),
    ),
    sentence("✘ a number above 0"),
)
# A currency that the workbook came with is asked for its rate without a mark.
_NO_RATE_YET = f'AND(NOT({IS_OWN}),units_per_usd="",TRIM(rate_currency)<>currency_used)'
_SIZES = ", ".join(map(str, FIXED_SIZES))
_RATIOS = ", ".join(ratio_text(Fraction(*size)) for size in FIXED_SIZES)
_ILLEGAL = first_of(
    (
        (f"NOT({BY_GRID})", sentence(f"✘ this model takes {_SIZES}")),
        ('near_sizes=""', sentence(f"✘ whole px, multiples of {FREE_SIZES.step_px}")),
    ),
    sentence("✘ {size} is not legal: {near}", size="size_used", near="near_sizes"),
)
_NO_RATIO = first_of(
    (("ratio_value=0", sentence("✘ a ratio of the list, or custom")),),
    sentence("✘ not in the list: {near} is nearest", near="ratio_near"),
)
_ILLEGAL_RATIO = f"IF({BY_GRID},{_ILLEGAL},{sentence(f'✘ this model takes {_RATIOS} alone')})"
_NO_COUNT = first_of(
    (('quality_words=""', sentence("✘ no count is known: type measured tokens")),),
    sentence("✘ no count is known for it: {words}", words="quality_words"),
)
_NO_DAY = first_of(
    ((is_number("price_date"), sentence("✘ a day from {day} on", day=day("first_rate_day"))),),
    sentence("✘ a date such as 2026-11-23, not text"),
)
_NO_RATES_YET = sentence("✘ the first rates of this model: {day}", day=day("first_day"))
WRONG: Mapping[str, Cases] = {
    "model": (("ok_model=0", sentence("✘ unknown: such as {near}", near="model_near")),),
    "tier": (
        ("ok_tier=0", sentence(f"✘ {' or '.join(TIERS)}")),
        ("rates_wrong=1", sentence(f"✘ this model has no such rates: {TIERS[0]}")),
    ),
    "ratio": (("ok_ratio=0", _NO_RATIO), ("size_wrong=1", _ILLEGAL_RATIO)),
    "custom_width": (("size_wrong=2", _ILLEGAL),),
    "custom_height": (("size_wrong=3", _ILLEGAL),),
    "quality": (
        ("ok_quality_word=0", sentence("✘ unknown: {words}", words="quality_words")),
        ("ok_quality=0", _NO_COUNT),
    ),
    "measured_tokens": _number(
        "measured_tokens",
        f"empty, or {float(LEAST_MEASURED_TOKENS)} to {MAX_MEASURED_TOKENS:,}",
        _NEAR_TOKENS,
    ),
    "images_per_call": _number(
        "images_per_call",
        f"a whole number, 1 to {MAX_IMAGES_PER_CALL}",
        _clamped("images_per_call", "1", "max_images_per_call"),
    ),
    "prompt_tokens": _number(
        "prompt_tokens",
        f"empty, or whole, 0 to {MAX_PROMPT_TOKENS:,}",
        _clamped("prompt_tokens", "0", "max_prompt_tokens"),
    ),
    "reference_images": _number(
        "reference_images",
        f"empty, or whole, 0 to {MAX_REFERENCES}",
        _clamped("reference_images", "0", "max_references"),
    ),
    "reference_width": _px("reference_width"),
    "reference_height": _px("reference_height"),
    "finals": _number("finals", "a number, 0 or more", _least("finals", "0")),
    "retries": _number("retries", "a number, 1 or more", _least("retries", "1")),
    "buffer": _number("buffer", "0% to 100%", _NEAR_BUFFER),
    "use_measured": (("ok_use_measured=0", sentence("✘ yes or no")),),
    "plan": (
        ("ok_plan=0", sentence("✘ unknown: a plan of the list, or none")),
        ("note_plan_price=0", sentence("▲ no price for this model, size or quality")),
        ("note_plan=0", sentence("▲ a part of its price is assumed: check it")),
    ),
    "units_per_usd": (
        ("ok_exchange=0", _NO_UNITS),
        (_NO_RATE_YET, sentence("▲ type how many {code} one USD buys", code="currency_used")),
    ),
    "rate_currency": (
        ("note_exchange=0", sentence("▲ this rate is no rate of {code}", code="currency_used")),
    ),
    "price_date": (("ok_day=0", _NO_DAY), ("rates_wrong=2", _NO_RATES_YET)),
}
"""What can be wrong with an input, or must be known of it, by its name."""
