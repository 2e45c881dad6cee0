"""Why a row of a CSV file is not priced or counted: each field that is wrong, in the core's words.

The sheet finds that something is wrong, and tells the first thing; the core says what, of every
field of the row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from workbook_templates.csv_cells import Cell
from workbook_templates.formulas.constants import MOST_OF_A_ROW
from workbook_templates.formulas.faults import Fault
from xl_pricing.errors import InvalidValueError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.image import MAX_PROMPT_TOKENS, MAX_REFERENCES
from xl_pricing.functions.arguments import (
    billed_quality,
    read_budget,
    read_model,
    read_quality,
    tier_word,
)
from xl_pricing.functions.explaining import explain
from xl_pricing.functions.sizes import read_pixels
from xl_pricing.functions.values import read_number, read_whole, shown
from xl_pricing.rates.card import RateCard

Row = Mapping[str, Cell]
_Read = Callable[[Cell], object]

_COUNTS = {
    "prompt_tokens": MAX_PROMPT_TOKENS,
    "reference_images": MAX_REFERENCES,
    **dict.fromkeys(("generations", "accepted", "input_tokens", "output_tokens"), MOST_OF_A_ROW),
}


def reason(row: Row, needed: Sequence[str], fault: Fault, card: RateCard) -> str:
    """Say which fields of a row are wrong; what the sheet says where the core finds none."""
    return "; ".join(dict.fromkeys(said for _field, said in reasons(row, needed, fault, card)))


def reasons(row: Row, needed: Sequence[str], fault: Fault, card: RateCard) -> list[tuple[str, str]]:
    """Return the fields of a row that are wrong, and why each is.

    Where the core finds none, it is what the sheet says, of the first field.
    """
    lacks = [name for name in needed if row.get(name) is None]
    if "size" in lacks and _is_measured(row):
        lacks.remove("size")
    found = []
    if lacks:
        found.append((lacks[0], f"{', '.join(lacks)} {'are' if len(lacks) > 1 else 'is'} missing"))
    for name, read in _readers(row, card):
        if refusal := _refusal(read, row.get(name)):
            found.append((name, refusal))
    fix = f"{fault.fix[0].lower()}{fault.fix[1:].rstrip('.')}"
    return found or [(needed[0], f"{fault.says}: {fix}")]


def _refusal(read: _Read, cell: Cell) -> str | None:
    """Return why a cell cannot be read; nothing for a blank one, of which its default is told."""
    try:
        return None if cell is None else (read(cell), None)[1]
    except XlPricingError as error:
        return str(error)


def _readers(row: Row, card: RateCard) -> Iterator[tuple[str, _Read]]:
    """Yield how the core reads each field, one that hangs on others only where those are right."""
    yield "date", _day
    yield "model", lambda cell: read_model(cell, card)
    yield "tier", tier_word
    if _refusal(lambda cell: read_model(cell, card), row.get("model")) is None:
        yield (
            "quality",
            lambda cell: billed_quality(read_model(row.get("model"), card), _word(cell)),
        )
        yield "size", lambda cell: _size(cell, row, card)
    yield "finals", lambda cell: read_budget(Fraction(0), cell)
    yield "retries", lambda cell: read_budget(Fraction(0), 0, cell)
    yield "buffer", lambda cell: read_budget(Fraction(0), 0, 1, cell)
    for name in _COUNTS:
        yield name, partial(_count, name)
    yield "accepted", lambda cell: _accepted(cell, row.get("generations"))
    yield "billed", _billed


def _count(name: str, cell: Cell) -> int:
    return read_whole(cell, name, 0, _COUNTS[name])


def _word(cell: Cell) -> str | int | Fraction:
    return read_quality(cell)


def _size(cell: Cell, row: Row, card: RateCard) -> object:
    """Read a size; of one that is not legal the nearest are told with their prices."""
    model, quality = row.get("model"), row.get("quality")
    if _is_measured(row) or quality is None:
        return read_pixels(cell, read_model(model, card), 1)
    if "finals" not in row:  # of a bill the size is read, and may be any
        return read_pixels(cell, read_model(model, card))
    return explain(cell, quality, model, tier=row.get("tier"), rates=card)


def _is_measured(row: Row) -> bool:
    return isinstance(row.get("quality"), float | int) or row.get("output_tokens") is not None


def _day(cell: Cell) -> None:
    if isinstance(cell, str):
        raise InvalidValueError(f"date {shown(cell)} is not a day; accepted: such as 2026-11-23")


def _accepted(cell: Cell, generations: Cell) -> None:
    if isinstance(cell, float) and isinstance(generations, float) and cell > generations:
        raise OutOfRangeError(
            f"accepted {cell:g} are more than the {generations:g} generations; accepted: up to "
            f"{generations:g}, as generations count the rejected ones too"
        )


def _billed(cell: Cell) -> None:
    try:
        amount = read_number(cell, "billed")
    except InvalidValueError:
        raise InvalidValueError(
            f"billed {shown(cell)} is not an amount; accepted: USD as a plain number"
        ) from None
    if amount < 0:
        raise OutOfRangeError(
            f"billed {shown(cell)} is negative; accepted: 0 or more, a refund taken off its own row"
        )
