"""Values of the worksheet by name, and how a missing one spreads."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from workbook_templates.formulas.constants import RULES
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.size import Size
from xl_pricing.functions.values import read_number
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model

NOT_AVAILABLE = "#N/A"
LIMITS = {rule.name: read_number(rule.value, rule.name) for rule in RULES}


Value = Any
"""What a cell holds: a number, a text, a day, an error, or nothing."""


class MissingError(Exception):
    """A value that is needed is #N/A."""


class Answers(dict[str, Any]):
    """Values by name; ``answers.name`` computes on a value, and a missing one spreads."""

    def __getattr__(self, name: str) -> Value:
        """Return a value, or stop the computation that needs it."""
        value = self[name]
        if value == NOT_AVAILABLE:
            raise MissingError
        return value

    def add(self, **computed: Callable[[], Any]) -> None:
        """Add values one after another; #N/A where one cannot be computed."""
        for name, compute in computed.items():
            try:
                self[name] = compute()
            except (XlPricingError, MissingError):
                self[name] = NOT_AVAILABLE


def typed_number(values: Answers, name: str) -> Fraction:
    """Return a typed number; in the sheet text that looks like one is not."""
    value = values[name]
    if isinstance(value, str) or value is None:
        raise MissingError
    return read_number(value, name)


def valid(check: Callable[[], object]) -> int:
    """Return 1 where a check holds or returns anything but False, 0 where it fails."""
    try:
        return int(check() is not False)
    except (XlPricingError, MissingError):
        return 0


def require(holds: object) -> None:
    """Make the answer missing where a condition does not hold."""
    if not holds:
        raise MissingError


def share(v: Answers, part: str, whole: str) -> Fraction:
    """Return a part of a whole, 0 of nothing."""
    parts, all_ = Fraction(getattr(v, part)), Fraction(getattr(v, whole))
    return parts / all_ if all_ else Fraction(0)


def known_model(v: Answers, card: RateCard) -> Model:
    """Return the chosen model."""
    return card.model(v["model"])


def used_size(v: Answers) -> Size:
    """Return the size in use, in px."""
    return Size(int(v.size_width), int(v.size_height))
