"""A plan as JSON: what ``xl-pricing budget --json`` prints, or lines in the same words."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from xl_pricing.bills.plan import Plan, PlanLine, plan_of
from xl_pricing.errors import InvalidValueError, XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.files import read_bounded
from xl_pricing.functions.arguments import read_budget
from xl_pricing.functions.sizes import Cell
from xl_pricing.planning.job import read_job
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.rows import read_date

MOST_BYTES = 5_000_000
MOST_LINES = 10_000
_IMAGE = ("size", "quality", "model", "n", "prompt", "references", "tier")
_COUNTS = ("finals", "retries", "buffer")
_NAMES = {"output_spec": "", "prompt_tokens": "prompt", "lines": ""}
_ACCEPTED = (
    'accepted: what xl-pricing budget --json prints, or {"priced_on": "2026-11-01", "lines": '
    '[{"size": "4:5", "quality": "high", "finals": 120, "retries": 1.5, "buffer": 0.2, "model": '
    '"gpt-image-2", "tier": "standard", "n": 1, "prompt": 180, "references": 1}]}'
)


def read_plan(path: Path, card: RateCard) -> Plan:
    """Read a plan in JSON; without ``priced_on`` it is priced by the rates of today.

    Raises `InvalidValueError` for what is no such plan, with the line that is wrong; `OSError`.
    """
    name, content = path.name, _content(path)
    content = {"lines": content} if isinstance(content, list) else content
    lines = content.get("lines", [content]) if isinstance(content, dict) else None
    if not isinstance(lines, list) or not 0 < len(lines) <= MOST_LINES:
        raise InvalidValueError(f"{name} is no plan; {_ACCEPTED}")
    told = content.get("priced_on")
    day = read_date(told) if told else today()
    notes = [] if told else [f"the plan tells no day (priced_on), so its rates are those of {day}"]
    return Plan([_line(name, i, each, card, day) for i, each in enumerate(lines, 1)], day, notes)


def plan_line(told: Mapping[str, Cell], card: RateCard, day: date) -> PlanLine:
    """Read a line by the names of the arguments of IMGCOST and IMGBUDGET."""
    job = read_job(card, day, *(told.get(name) for name in _IMAGE))
    return plan_of(job, _budget(told))


def _content(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(read_bounded(path, MOST_BYTES), parse_float=Decimal)
    except (ValueError, RecursionError):
        raise InvalidValueError(f"{path.name} is not whole JSON; {_ACCEPTED}") from None


def _line(name: str, number: int, told: object, card: RateCard, day: date) -> PlanLine:
    if not isinstance(told, dict) or "finals" not in told:
        raise InvalidValueError(f"{name}, line {number}, is none of a plan; {_ACCEPTED}")
    spec = told.get("output_spec")
    flat = {**(spec if isinstance(spec, dict) else {}), **told}
    try:
        return plan_line({_NAMES.get(k, k): _cell(k, v) for k, v in flat.items()}, card, day)
    except XlPricingError as error:
        raise InvalidValueError(f"{name}, line {number}: {error}") from None


def _cell(name: str, told: object) -> Cell:
    """Return a figure or text as a cell holds it; lists of sizes become one text."""
    if isinstance(told, list) and all(isinstance(each, str) for each in told):
        return "; ".join(told) or None
    if isinstance(told, Decimal):
        return str(told)
    if told is None or isinstance(told, str | int):
        return told
    return None if name in _NAMES else repr(told)


def _budget(told: Mapping[str, Cell]) -> Budget:
    return read_budget(Fraction(1), *(told.get(name) for name in _COUNTS))
