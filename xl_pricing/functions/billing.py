"""IMGBILL: what a usage costs that an API reported, to the token."""

from collections.abc import Sequence

from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.usage import METER_NAMES, Metered, whole_tokens
from xl_pricing.functions.arguments import Table, card_with, read_model, tier_word
from xl_pricing.functions.catalogue import cell_function
from xl_pricing.functions.pricing import read_day
from xl_pricing.functions.ranges import as_grid, is_grid
from xl_pricing.functions.sizes import Cell
from xl_pricing.functions.usage_text import read_usage_text
from xl_pricing.functions.values import is_blank, refuse_error
from xl_pricing.rates.tables import with_rates

Used = Cell | Metered


@cell_function('{"input_tokens":19,"output_tokens":439}')
def IMGBILL(
    usage: Used,
    model: Cell = None,
    tier: Cell = None,
    date: Cell = None,
    rates: Table = None,
) -> float:
    """USD of a usage object as the API answers it, or of six token counts in a row.

    The counts stand in the order of the meters: text_in, text_cached, text_out, image_in,
    image_cached, image_out. USD is rounded once, to the nearest float.
    """
    card = card_with(with_rates, rates)
    used = usage if isinstance(usage, Metered) else read_usage_text(usage).tokens
    tariff = card.tariff(read_model(model, card), tier_word(tier), read_day(date))
    return float(used.usd(tariff))


def read_used(usage: object) -> object:
    """Take a range of six counts over into one value; a single cell stays what it is."""
    if not is_grid(usage):
        return usage
    cells = [cell for row in as_grid(usage) for cell in row]
    return cells[0] if len(cells) == 1 else _read_counts(cells)


def _read_counts(cells: Sequence[object]) -> Metered:
    if len(cells) != len(METER_NAMES):
        raise InvalidValueError(
            f"usage has {len(cells)} cells; accepted: {len(METER_NAMES)}, {', '.join(METER_NAMES)}"
        )
    for name, cell in zip(METER_NAMES, cells, strict=True):
        refuse_error(cell, name)
    counts = {
        name: 0 if is_blank(cell) else whole_tokens(cell, name)
        for name, cell in zip(METER_NAMES, cells, strict=True)
    }
    return Metered(**counts)
