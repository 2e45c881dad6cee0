"""What the computed cells of the Risk sheet must hold, by the core's exact quantiles."""

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, sqrt
from typing import Any

from former import sentence
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    require,
    typed_number,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.risk.search import SIZES, STEPS, key_of
from workbook_templates.sheets.risk.sheet import WORSE
from workbook_templates.sheets.risk.status import STATUS, SURE
from xl_pricing.estimation.chance import (
    CONFIDENCES,
    DEFAULT_CONFIDENCE,
    buffer_for,
    chance_of_enough,
    generations_needed,
)
from xl_pricing.functions.values import read_number
from xl_pricing.rates.card import RateCard

_LOW, _HIGH = LIMITS["usual_buffer_low"], LIMITS["usual_buffer_high"]
_DECIMALS, _CHANCE_DECIMALS = int(LIMITS["compared_decimals"]), int(LIMITS["risk_decimals"])

# Tests ask for hundreds of jobs of few sizes.
_needed = lru_cache(maxsize=4096)(generations_needed)
_buffer = lru_cache(maxsize=4096)(buffer_for)


def add_risk(v: Answers, card: RateCard, words: Words) -> None:  # noqa: ARG001 - as every sheet
    """Add the values of the sheet."""
    v["risk_valid"] = valid(lambda: _is_answered(v))
    v |= {"usual_buffer_low": _LOW, "usual_buffer_high": _HIGH}
    v.add(
        risk_finals=lambda: _answered(v, typed_number(v, "finals")),
        risk_retries=lambda: _answered(v, typed_number(v, "retries_used")),
        risk_paid=lambda: _answered(v, floor(round(v.generations_with_buffer, _CHANCE_DECIMALS))),
        risk_chance=lambda: chance_of_enough(v.risk_paid, int(v.risk_finals), _retries(v)),
    )
    for confidence in CONFIDENCES:
        _add_confidence(v, confidence)
    for size in SIZES:
        _add_size(v, size, words)
    for worse in WORSE:
        _add_worse(v, worse)
    _add_peak(v)
    v["note_risk"] = valid(lambda: getattr(v, SURE.format("covers")) == 1)
    v["risk_status"] = _status(v, words)
    v["risk_sizes_status"] = _sizes_status(v, words)


def _is_answered(v: Answers) -> bool:
    finals, retries = typed_number(v, "finals"), typed_number(v, "retries_used")
    return (
        v.plan_valid == 1
        and finals.denominator == 1
        and finals <= LIMITS["max_planned_finals"]
        and 1 <= retries <= LIMITS["max_planned_retries"]
    )


def _answered(v: Answers, value: Any) -> Any:
    require(v["risk_valid"])
    return value


def _retries(v: Answers) -> float:
    return float(v.risk_retries)


def _add_confidence(v: Answers, confidence: float) -> None:
    """Add what a confidence takes of this job."""
    key = key_of(confidence)
    _add_search(v, key, confidence, lambda: int(v.risk_finals))

    def buffer() -> float:
        return round(_buffer(int(v.risk_finals), _retries(v), confidence), _DECIMALS)

    v.add(
        **{
            f"risk_buffer_{key}": buffer,
            f"risk_budget_{key}": lambda: v.expected_cost * (1 + read_number(buffer(), "buffer")),
            f"risk_covers_{key}": lambda: int(v.risk_paid >= getattr(v, f"risk_needed_{key}")),
        }
    )


def _add_size(v: Answers, size: int, words: Words) -> None:
    """Add what a job of another size takes for the usual confidence."""
    key = f"size_{size}"
    _add_search(v, key, DEFAULT_CONFIDENCE, lambda: size)

    def says() -> str:
        buffer = read_number(getattr(v, f"risk_buffer_{key}"), "buffer")
        if buffer > _HIGH:
            return words("over the usual band")
        return words("below it") if buffer < _LOW else words("within it")

    v.add(
        **{
            f"risk_expected_{key}": lambda: size * v.risk_retries,
            f"risk_buffer_{key}": lambda: round(_buffer(size, _retries(v)), _DECIMALS),
            f"risk_says_{key}": says,
        }
    )


def _add_search(v: Answers, key: str, confidence: float, finals: Any) -> None:
    """Add the generations needed, and every step of the search for them.

    The steps are powers of two, so each sum is what is needed over the finals, cut to its step.
    """

    def span() -> float:
        rejected = finals() * (v.risk_retries - 1)
        sure = read_number(confidence, "confidence")
        spread = sqrt(rejected * v.risk_retries * sure / (1 - sure))
        return float(rejected + Fraction(spread) + 2) if rejected else 0.0

    def after(step: int) -> int:
        over = getattr(v, f"risk_needed_{key}") - finals()
        return int(finals() - 1 + over // step * step)

    search = f"risk_search.{key}"
    v[f"{search}.confidence"] = confidence
    v[f"{search}.finals"] = NOT_AVAILABLE
    v.add(
        **{
            f"{search}.finals": finals,
            f"{search}.start": lambda: finals() - 1,
            f"{search}.span": span,
            f"risk_needed_{key}": lambda: _needed(finals(), _retries(v), confidence),
        }
    )
    for i in range(STEPS):
        step = 2 ** (STEPS - 1 - i)
        v.add(**{f"{search}.{i}": lambda step=step: after(step)})


def _add_worse(v: Answers, worse: float) -> None:
    """Add the chance that is left where the retries turn out worse."""
    key = key_of(worse)

    def retries() -> Fraction:
        return Fraction(v.risk_retries * (1 + read_number(worse, "worse")))

    def chance() -> float:
        enough = chance_of_enough(v.risk_paid, int(v.risk_finals), float(retries()))
        return round(enough, _CHANCE_DECIMALS)

    v.add(**{f"risk_retries_{key}": retries, f"risk_worse_{key}": chance})


def _add_peak(v: Answers) -> None:
    """Add where the sizes need most, and from which on the usual band is enough."""

    def buffers() -> dict[int, Fraction]:
        found = {size: getattr(v, f"risk_buffer_size_{size}") for size in SIZES}
        return {size: read_number(buffer, "buffer") for size, buffer in found.items()}

    def over(band: Fraction) -> int:
        return max((size for size, buffer in buffers().items() if buffer > band), default=0)

    def first(band: Fraction) -> int:
        return min(size for size in SIZES if size > over(band))

    v.add(
        risk_peak=lambda: max(buffers().values()),
        risk_peak_size=lambda: max(SIZES, key=lambda size: buffers()[size]),
        risk_over_high=lambda: over(_HIGH),
        risk_first_high=lambda: first(_HIGH),
        risk_over_low=lambda: over(_LOW),
        risk_first_low=lambda: first(_LOW),
    )


def _status(v: Answers, words: Words) -> str:
    """Return what is wrong, or whether the buffer is enough."""
    if v["plan_valid"] != 1 or v["retries_used"] == NOT_AVAILABLE:
        return words(STATUS["mend"])
    if not v["risk_valid"]:
        whole = typed_number(v, "finals").denominator == 1
        return words(STATUS["large" if whole else "whole"])
    needed, covers, buffer = (v[SURE.format(part)] for part in ("needed", "covers", "buffer"))
    parts = {"needed": f"{needed:,}", "paid": f"{v.risk_paid:,}", "buffer": _percent_up(buffer)}
    return sentence.shown(words, STATUS["enough" if covers else "short"], **parts)


def _sizes_status(v: Answers, words: Words) -> str:
    """Return what jobs of other sizes need."""
    if not v["risk_valid"]:
        return ""
    parts = {
        "low": sentence.percent_text(_LOW),
        "high": sentence.percent_text(_HIGH),
        "first_low": f"{v.risk_first_low:,}",
        "first_high": f"{v.risk_first_high:,}",
        "peak": _percent_up(v.risk_peak),
        "peak_size": f"{v.risk_peak_size:,}",
    }
    return sentence.shown(words, STATUS["even" if v.risk_peak <= _HIGH else "sizes"], **parts)


def _percent_up(share: float | Fraction) -> str:
    """Return a share in whole percent, rounded up: what is surely enough."""
    return f"{ceil(100 * read_number(share, 'share'))}%"
