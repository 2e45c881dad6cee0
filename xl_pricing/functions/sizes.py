"""Reading sizes from a cell: pixels, ratios, and what Excel makes of a ratio."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.estimation.image import (
    DEFAULT_QUALITY,
)
from xl_pricing.estimation.size import (
    AUTO_PIXELS,
    AUTO_SIZE,
    FreeSizes,
    Size,
    cheapest_size,
    is_auto,
    read_label,
    resolve_size,
)
from xl_pricing.functions.values import (
    is_blank,
    read_word,
    refuse_error,
    shown,
)
from xl_pricing.rates.rows import MINUTES_PER_DAY, Model, read_minutes

Cell = str | float | Decimal | Fraction | date | None

_SMALL_DIVISOR = 16


def read_pixels(size: Cell, model: Model, quality: str | int | Fraction = DEFAULT_QUALITY) -> Size:
    """Read a size or a ratio's preset, legal for the model; of measured tokens it is but a label.

    Raises `NotAvailableError` for auto, which the model chooses, unless tokens are measured.
    """
    text = ratio_word(size, "size")
    if not isinstance(quality, str):
        return read_label(text, model.sizes)
    if is_auto(text):
        raise _chosen_by_the_model(model, quality)
    return resolve_size(text, model.sizes)


def _chosen_by_the_model(model: Model, quality: str) -> NotAvailableError:
    """Return the error for size auto, with the most tokens that it can have where that is known."""
    said, accepted = "size 'auto' is chosen by the model", "1024x1536, 4:5"
    if isinstance(model.sizes, FreeSizes) and model.output.basis != "estimate":
        most = model.output.rule.counter(quality)(AUTO_SIZE)
        said += f": about {AUTO_PIXELS:,} px, at {quality} at most the {most:,} tokens of a square"
        accepted += f" or measured tokens as the quality, such as {most}"
    return NotAvailableError(f"{said}; accepted: {accepted}")


def ratio_word(value: Cell, name: str) -> str:
    """Return the text of a size or ratio, undoing what Excel makes of a ratio typed in a cell.

    Excel takes ``4:5`` for the time 04:05 and keeps the fraction of a day, 0.170138888888889.
    """
    if is_blank(value) or isinstance(value, str):
        return read_word(value, name)
    refuse_error(value, name)
    minutes = read_minutes(value)
    is_time = isinstance(value, time | datetime)
    if minutes is None or (not is_time and _may_be_decimal(minutes)):
        raise InvalidValueError(f"{name} {shown(value)} is not text; accepted: text such as 4:5")
    return "{}:{}".format(*divmod(minutes, 60))


def _may_be_decimal(minutes: int) -> bool:
    """Tell whether a time may as well be a decimal: 0.8 as it is typed, or 16/9 as it is computed.

    Every ratio of the ratios table makes a time with more decimals and a larger divisor.
    """
    divisor = Fraction(minutes, MINUTES_PER_DAY).denominator
    return divisor <= _SMALL_DIVISOR or 10_000 % divisor == 0


@lru_cache(maxsize=256)
def find_cheapest(ratio: Fraction, short_side_px: Fraction, quality: str, model: Model) -> Size:
    """Return the cheapest legal size, remembered; see `cheapest_size`."""
    return cheapest_size(
        ratio, short_side_px, model.sizes, model.output.rule.counter(quality, others="")
    )


def plain_reader(
    limits: FreeSizes, careful: Callable[[object], Size]
) -> Callable[[object], tuple[int, int]]:
    """Return a reader for ranges of thousands of sizes: ``careful``, but quick on plain text.

    What is written as ``1024x1536`` and legal is read at once; ``careful`` reads all else and says
    what is wrong.
    """
    edges = {str(px): px for px in range(limits.step_px, limits.max_edge_px + 1, limits.step_px)}
    aspect, fewest, most = limits.max_aspect, limits.min_pixels, limits.max_pixels

    def read(value: Any) -> tuple[int, int]:  # noqa: ANN401 - a cell's value
        try:
            left, _, right = value.partition("x")
            width, height = edges[left], edges[right]
        except (AttributeError, KeyError):  # no text, or no legal edge
            return careful(value)
        if (
            fewest <= width * height <= most
            and width <= aspect * height
            and height <= aspect * width
        ):
            return width, height
        return careful(value)

    return read
