"""The sizes of a CSV file as a sheet reads them: pixels, or a ratio of its own table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from workbook_templates.csv_cells import Cell
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.size import Size, preset, ratio_text, size_in
from xl_pricing.functions.arguments import read_model
from xl_pricing.rates.card import RateCard

FIELDS = ("size", "draft_size")
_MOST_TOLD = 5


def sizes_as_read(
    rows: Sequence[Mapping[str, Cell]], card: RateCard
) -> tuple[list[Mapping[str, Cell]], list[str]]:
    """Return rows whose sizes a sheet reads as the functions do, and a note of the ratios in px."""
    told: dict[str, str] = {}
    read: list[Mapping[str, Cell]] = [{**row, **dict(_sizes(row, card, told))} for row in rows]
    said = [f"{ratio} is written as {size}" for ratio, size in [*told.items()][:_MOST_TOLD]]
    return read, ["; ".join(said)] if said else []


def _sizes(
    row: Mapping[str, Cell], card: RateCard, told: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name in FIELDS:
        typed = row.get(name)
        with suppress(XlPricingError):
            if isinstance(typed, str) and (read := _as_read(typed, row.get("model"), card)):
                yield name, read
                if ":" not in read and not isinstance(size_in(typed), Size):
                    told[typed] = read


def _as_read(typed: str, model: Cell, card: RateCard) -> str | None:
    """Return a size in px; a ratio of the card's table stays one, another is its preset."""
    shape = size_in(typed)
    if shape is None or isinstance(shape, Size):
        return shape and str(shape)
    ratio = ratio_text(shape)
    if any(ratio == known.ratio for known in card.ratios):
        return ratio
    return str(preset(shape, read_model(model, card).sizes))
