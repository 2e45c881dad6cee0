"""What the table of prices in force must hold."""

from datetime import timedelta
from fractions import Fraction

from former.line import reference_tokens
from former.values import LIMITS, NOT_AVAILABLE, Answers
from workbook_templates.formulas.image import IN_FORCE, METERS, RATE_COLUMNS
from workbook_templates.sheets.rates.in_force import MODELS
from xl_pricing.estimation.image import TIERS
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model, read_date


def add_in_force(v: Answers, card: RateCard) -> None:
    """Add a row per model and, up to the table's end, blank ones; needs the campaign's lines."""
    used = [v[name] for name in v if name.startswith("tblCampaign.model_row.")]
    for i in range(MODELS):
        cells = _row(v, card, card.models[i]) if i < len(card.models) else _blank_row()
        cells |= {"row": i + 1, "lines": used.count(i + 1)}
        v |= {f"{IN_FORCE}.{name}.{i}": value for name, value in cells.items()}


def _row(v: Answers, card: RateCard, model: Model) -> dict[str, object]:
    day = read_date(v["price_date"])
    cells: dict[str, object] = {}
    for tier in TIERS:
        prices = card.tariff(model, tier, day).prices
        for meter in METERS:
            known = prices[meter].usd_per_mtok if meter in prices else NOT_AVAILABLE
            cells[f"{tier}_{meter}"] = known
    notice = timedelta(days=int(LIMITS["retirement_notice_days"]))
    gone = model.shuts_down is not None and model.shuts_down <= day + notice
    return cells | {
        "model": model.id,
        "other_name": model.aliases[0] if model.aliases else "",
        "reference_tokens": Fraction(reference_tokens(model)),
        "leaves": int(gone),
        "estimated": int(model.output.basis == "estimate"),
    }


def _blank_row() -> dict[str, object]:
    texts = dict.fromkeys((*RATE_COLUMNS, "model", "other_name", "reference_tokens"), "")
    return texts | {"leaves": 0, "estimated": 0}
