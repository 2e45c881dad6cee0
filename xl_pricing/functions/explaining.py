"""Where an estimate comes from, line by line: what IMGEXPLAIN shows."""

from fractions import Fraction
from typing import NamedTuple

from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.assumed import SENTENCES, Assumed
from xl_pricing.estimation.cost import BASES, Evidence, MeterCost
from xl_pricing.estimation.nearest import SizeError
from xl_pricing.estimation.size import Size
from xl_pricing.functions.arguments import (
    Table,
    card_with,
    is_estimated,
    read_image,
    read_model,
    tier_word,
)
from xl_pricing.functions.pricers import price_reader
from xl_pricing.functions.sizes import Cell
from xl_pricing.functions.usage_text import read_usage_text
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.day import today
from xl_pricing.rates.tables import with_rates

EXPLAIN_HEADER = ("line", "quantity", "unit", "rate", "USD", "source", "checked on", "basis")

_ESTIMATED = Evidence("estimated from the characters of the prompt", "", "estimate")
_MEASURED_BY_USER = Evidence("measured by the user", "", "measured")


class Estimate(NamedTuple):
    """An itemised estimate per image, or of a usage without a size; USD as an exact fraction."""

    model: str
    size: Size | None
    lines: list[MeterCost]
    usd: Fraction
    notes: list[str]

    @property
    def basis(self) -> str:
        """The weakest basis of its lines."""
        bases = (line.evidence.basis for line in self.lines)
        return max(bases, key=BASES.index, default=BASES[0])


def explain(
    size: Cell,
    quality: Cell,
    model: Cell = None,
    n: Cell = None,
    prompt: Cell = None,
    references: Cell = None,
    tier: Cell = None,
    rates: Table = None,
) -> Estimate:
    """Return the itemised estimate behind IMGEXPLAIN."""
    card = card_with(with_rates, rates)
    known = read_model(model, card)
    try:
        image = read_image(known, size, quality, n, prompt, references, tier)
    except SizeError as error:
        pricer = price_reader(model, n, prompt, references, tier, card, today())
        error.usd = lambda found: pricer(str(found), quality)
        raise
    tariff, usage = card.tariff(known, image.tier, today()), known.counting.usage(image)
    by_rule = isinstance(image.quality, str)
    counted = {
        "text_in": _ESTIMATED if is_estimated(prompt) else known.text.evidence,
        "image_in": known.references.evidence,
        "image_out": known.output.evidence if by_rule else _MEASURED_BY_USER,
    }
    usd, lines = tariff.exact_usd_per_image(usage), tariff.lines(usage, counted)
    return Estimate(known.id, image.size, lines, usd, list(known.remarks(image.size, today())))


def explain_usage(
    usage: Cell, model: Cell = None, tier: Cell = None, rates: Table = None
) -> Estimate:
    """Return the lines of a usage that an API reported, at the rates of today."""
    card = card_with(with_rates, rates)
    known, counted = read_model(model, card), read_usage_text(usage)
    tariff = card.tariff(known, tier_word(tier), today())
    usd, lines = counted.tokens.usd(tariff), list(counted.tokens.lines(tariff))
    notes = [f"{SENTENCES[flag].capitalize()}." for flag in Assumed(counted.assumed)]
    return Estimate(known.id, None, lines, usd, notes)


def refuse_beside_usage(**given: Cell) -> None:
    """Refuse what a usage already tells."""
    told = [name for name, value in given.items() if not is_blank(value)]
    if told:
        raise InvalidValueError(
            f"a usage tells its tokens, so {' and '.join(told)} must be empty; "
            "accepted beside it: model, tier, rates"
        )


def explained_rows(estimate: Estimate) -> list[list[str | float]]:
    """Return `EXPLAIN_HEADER`, the lines, the total and the notes, as they stand in cells."""
    total: list[str | float] = ["total", "", "", "", float(estimate.usd), "", "", estimate.basis]
    notes: list[list[str | float]] = [
        ["note", "", "", "", "", note, "", ""] for note in estimate.notes
    ]
    return [list(EXPLAIN_HEADER), *map(_explain_row, estimate.lines), total, *notes]


def _explain_row(line: MeterCost) -> list[str | float]:
    source, checked, basis = line.evidence
    rate, usd = float(line.usd_per_mtok), float(line.usd)
    return [line.meter, float(line.tokens), "tokens", rate, usd, source, checked, basis]
