"""Where the sheets are stricter than the cell functions; all outcomes read cells by these rules.

A function takes what a person may have meant. A sheet shows its rules and says which one does not
hold, so that it refuses what a function would read or complete:

- A figure is a number. Text that looks like one is none, a prompt is given in tokens.
- Retries, buffer, images per call, and all figures of a line have no default: blank is refused.
  A blank prompt, blank reference images and blank measured tokens mean that there are none.
- A ratio is one of the sizes table, px are written without leading zeros, a model by its name or
  its first other name. A ratio that Excel took for a time of day is that ratio at any second.
- Reference images of the job have whole edges in px, up to 100,000.
- Plans are asked for the quality that is chosen, also where output tokens were measured.
- A saving of less than a millionth of the budget is none.
- Bills count by day from 2000 to 2099, up to 100,000,000 images or USD a row, 5,000 rows.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any, TypeVar

from outcomes.said import EPOCH, NA, Outcome
from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.image import LEAST_MEASURED_TOKENS, MAX_MEASURED_TOKENS
from xl_pricing.estimation.size import Size, parse_ratio, parse_size, preset
from xl_pricing.functions.arguments import CHINESE_QUALITIES
from xl_pricing.functions.values import read_number
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.rows import Model

MAX_REFERENCE_PX = 100_000
MOST_ROWS = 5_000
MOST_OF_A_ROW = 100_000_000
FIRST_BILL_DAY, LAST_BILL_DAY = date(2000, 1, 1), date(2099, 12, 31)
NEGLIGIBLE_SHARE = Fraction(1, 1_000_000)
ANY = Fraction(10**300)
ANY_SIZE = Size(1024, 1024)
"""What a size that is a label is counted as: all models take it."""

_SECONDS_PER_DAY = 86_400
_PX = re.compile(r"[1-9]\d*x[1-9]\d{0,8}")

Cell = Any
T = TypeVar("T")


def cell(compute: Callable[[], Outcome]) -> Outcome:
    """Return what a cell must hold: #N/A where the core refuses."""
    try:
        return compute()
    except XlPricingError:
        return NA


def holds(compute: Callable[[], object]) -> int:
    """Return 1 where the core does not refuse, 0 where it does."""
    try:
        compute()
    except XlPricingError:
        return 0
    return 1


def need(condition: object, said: str = "not answered") -> None:
    """Refuse where a condition does not hold."""
    if not condition:
        raise NotAvailableError(said)


def blank(typed: Cell) -> bool:
    """Tell whether a cell is empty."""
    return typed is None or typed == ""


def figure(typed: Cell, low: Fraction | int = 0, high: Fraction = ANY) -> Fraction:
    """Read a number from ``low`` to ``high``; text is none."""
    if isinstance(typed, str | bool) or typed is None:
        raise InvalidValueError(f"{typed!r} is not a number")
    number = read_number(typed, "a figure")
    if not low <= number <= high:
        raise OutOfRangeError(f"{typed!r} is out of range")
    return number


def whole(typed: Cell, low: int = 0, high: float = MOST_OF_A_ROW) -> int:
    """Read a whole number from ``low`` to ``high``."""
    number = figure(typed, low, Fraction(high))
    if number.denominator != 1:
        raise OutOfRangeError(f"{typed!r} is not whole")
    return int(number)


def read_as_text(typed: Cell) -> Fraction | None:
    """Return the number that a cell or its text means; none where it may be a thousand."""
    if is_measured(typed):
        return Fraction(typed)
    text = _plain(typed).replace(" ", "") if isinstance(typed, str) else ""
    found = re.fullmatch(r"(\d*)(?:[.,](\d*))?(%?)", text, re.ASCII)
    if not found or not (found[1] or found[2]):
        return None
    digits, places = found[1], found[2] or ""
    if len(places) == 3 and not text.startswith("0"):
        return None
    return Fraction(int(digits + places), 10 ** len(places)) / (100 if found[3] else 1)


def word(typed: Cell) -> str:
    """Read a quality's word, as it is called in English."""
    said = typed.strip(" ").lower() if isinstance(typed, str) else ""
    return CHINESE_QUALITIES.get(said, said)


def is_measured(typed: Cell) -> bool:
    """Tell whether a quality is a number of output tokens."""
    return isinstance(typed, int | float) and not isinstance(typed, bool)


def read(typed: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return what is typed of a job, its words as they are read."""
    names = ("model", "tier", "plan", "currency", "rate_currency", "use_measured")
    words = {name: " ".join((typed[name] or "").split()).removeprefix("openai/") for name in names}
    words["tier"], words["ratio"] = words["tier"].lower(), size_text(typed["ratio"], wide=True)
    return {**typed, **words, "quality": word(typed["quality"])}


def quality(typed: Cell) -> str | Fraction:
    """Read a quality: a word, or measured output tokens."""
    if blank(typed) or isinstance(typed, str):
        return word(typed)
    return figure(typed, LEAST_MEASURED_TOKENS, Fraction(MAX_MEASURED_TOKENS))


def model(typed: Cell, card: RateCard) -> Model:
    """Find a model by its name or its first other name, with spaces around it or not."""
    name = " ".join(typed.split()).lower() if isinstance(typed, str) else ""
    name = name.removeprefix("openai/")
    for one in card.models:
        if name in (one.id, *one.aliases[:1]):
            return one
    raise InvalidValueError(f"model {typed!r} is unknown")


def ratio_size(ratio: str, card: RateCard) -> Size:
    """Return the size of a ratio of the sizes table."""
    need(ratio in {row.ratio for row in card.ratios})
    return preset(parse_ratio(ratio), card.model(DEFAULT_MODEL).sizes)


def size_text(typed: Cell, *, wide: bool = False) -> str:
    """Return a size or ratio as it is read; full-width digits are read outside of tables."""
    text: str = _time_as_ratio(figure(typed, -MOST_OF_A_ROW)) if _is_figure(typed) else typed or ""
    text = _plain(text) if wide else text.replace("\uff1a", ":").replace("\u00a0", "")
    for mark, plain in ((" ", ""), ("×", "x"), ("*", "x"), ("-x-", "x")):
        text = text.lower().replace(mark, plain)
    return text


def size(typed: Cell, card: RateCard, *, wide: bool = False) -> Size:
    """Read px, or a ratio of the sizes table; legal or not."""
    text = size_text(typed, wide=wide)
    if ":" in text:
        return ratio_size(text, card)
    need(_PX.fullmatch(text))
    return parse_size(text)


def day(typed: Cell) -> date:
    """Read the day of a bill: a date, or the number that Excel keeps for one."""
    if isinstance(typed, date):
        found = typed.date() if isinstance(typed, datetime) else typed
    else:
        number = figure(
            typed, (FIRST_BILL_DAY - EPOCH).days, Fraction((LAST_BILL_DAY - EPOCH).days)
        )
        found = date.fromordinal(EPOCH.toordinal() + int(number))
    need(FIRST_BILL_DAY <= found <= LAST_BILL_DAY)
    return found


def noticeable(saving: Fraction, budget: Fraction) -> Fraction:
    """Return a saving, 0 for one that nobody would notice."""
    return saving if abs(saving) > budget * NEGLIGIBLE_SHARE else Fraction(0)


def share(part: Fraction, all_: Fraction) -> Fraction:
    """Return a part of a whole, 0 of nothing."""
    return part / all_ if all_ else Fraction(0)


def total(parts: list[Fraction]) -> Fraction:
    """Add up."""
    return sum(parts, Fraction(0))


def _plain(text: str) -> str:
    """Return a text with plain blanks, digits and marks in place of the full-width ones."""
    wide = "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff1a\uff0e\uff0c\uff05"
    return text.translate(str.maketrans(wide + "\u00a0\u202f\u3000", "0123456789:.,%   "))


def _is_figure(typed: Cell) -> bool:
    return not isinstance(typed, str | None | date | time)


def _time_as_ratio(days: Fraction) -> str:
    minutes = round(days % 1 * _SECONDS_PER_DAY) % _SECONDS_PER_DAY // 60
    return "{}:{}".format(*divmod(minutes, 60))
