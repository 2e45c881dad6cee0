"""``xl-pricing models`` and ``plans --list``: what may be asked for."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import command
from xl_pricing.cli.drawing import draw_table
from xl_pricing.estimation.cost import Evidence
from xl_pricing.estimation.size import FixedSizes
from xl_pricing.rates.card import DEFAULT_MODEL
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Model


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that is priced here."""

    model: str
    aliases: list[str]
    qualities: list[str]
    sizes: str
    released: date
    shuts_down: date | None
    basis: str
    is_default: bool


def _draw_models(models: list[KnownModel]) -> str:
    rows = [
        {
            "model": f"{each.model}{' (default)' if each.is_default else ''}",
            "qualities": " ".join(each.qualities),
            "sizes": each.sizes,
            "released": each.released,
            "shuts down": each.shuts_down or "",
            "output tokens": each.basis,
        }
        for each in models
    ]
    return draw_table(rows)


@command("xl-pricing models", _draw_models)
def models() -> list[KnownModel]:
    """List the models that are priced.

    Their qualities, their sizes, and the day on which they shut down.
    """
    return [_known(model) for model in active_card().models]


def _known(model: Model) -> KnownModel:
    return KnownModel(
        model.id,
        [*model.aliases],
        [*model.output.rule.qualities],
        _sizes(model),
        model.released,
        model.shuts_down,
        model.output.basis,
        model.id == DEFAULT_MODEL,
    )


def _sizes(model: Model) -> str:
    legal = model.sizes
    if isinstance(legal, FixedSizes):
        return ", ".join(map(str, legal.sizes))
    return (
        f"multiples of {legal.step_px} px, up to {legal.max_edge_px} px and {legal.max_aspect}:1, "
        f"{legal.min_pixels:,} to {legal.max_pixels:,} pixels"
    )


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan whose prices are known; how many rows they take, and the evidence of the first."""

    plan: str
    shape: str
    usd_per_credit: Decimal | None
    prices: int
    evidence: Evidence = field(metadata=SPREAD)


@command("xl-pricing plans --list", draw_table)
def plan_list() -> list[KnownPlan]:
    """List the plans whose prices are known."""
    rows = sorted(active_card().plans, key=lambda row: row.plan.lower())
    plans = {name: [*group] for name, group in groupby(rows, key=lambda row: row.plan)}
    return [
        KnownPlan(name, held[0].shape, held[0].usd_per_credit, len(held), held[0].evidence)
        for name, held in plans.items()
    ]
