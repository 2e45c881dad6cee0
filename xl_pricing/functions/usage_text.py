"""A usage as JSON text in a cell, as the API answers it."""

import json

from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.usage import Counted, read_usage
from xl_pricing.functions.sizes import Cell
from xl_pricing.functions.values import refuse_error, shown

MOST_CHARACTERS = 32_767
"""Of a cell, in Excel."""


def is_usage(text: Cell) -> bool:
    """Tell whether a text is meant as a usage, and not as a size."""
    return isinstance(text, str) and text.lstrip().startswith("{")


def read_usage_text(usage: Cell) -> Counted:
    """Read JSON text: a ``usage`` object, or an answer that holds one."""
    refuse_error(usage, "usage")
    if not isinstance(usage, str) or len(usage) > MOST_CHARACTERS:
        raise InvalidValueError(f"usage {shown(usage)} is not accepted; accepted: JSON text")
    try:
        content = json.loads(usage, parse_int=_bounded)
    except (ValueError, RecursionError):
        raise InvalidValueError(
            f"usage {shown(usage)} is not whole JSON; accepted: a usage object as the API answers"
        ) from None
    content = content.get("usage", content) if isinstance(content, dict) else content
    if not isinstance(content, dict):
        raise InvalidValueError(f"usage {shown(usage)} is no object; accepted: {{...}} in JSON")
    return read_usage(content)


def _bounded(digits: str) -> int | float:
    """Read a whole number; a longer one than any count is no count, whatever it is."""
    return int(digits) if len(digits) <= 20 else float("inf")
