"""The commands ``xl-pricing rates``: what the rate card holds, and whether it is right."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import click

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.cards import diff, history, refresh, rollback
from xl_pricing.cli.console import Given, Group, command, option
from xl_pricing.cli.drawing import draw_table
from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.cost import Evidence
from xl_pricing.functions.arguments import read_model, tier_word
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.audit import audit as audit_card
from xl_pricing.rates.audit import official_prices
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Rate, read_date


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate in force on a day."""

    model: str
    meter: str
    tier: str
    usd_per_mtok: Decimal
    effective_from: dt.date
    evidence: Evidence = field(metadata=SPREAD)


@command("xl-pricing rates show --model gpt-image-2 --tier standard", draw_table)
@option("model", "Model id, alias or dated snapshot. If omitted, all.")
@option("tier", "standard or batch. If omitted, both.")
@option("date")
def show(model: Given, tier: Given, date: Given) -> list[RateRow]:
    """Show the rates in force on a day."""
    card = active_card()
    wanted_model = None if is_blank(model) else read_model(model, card).id
    wanted_tier = None if is_blank(tier) else tier_word(tier)
    day = today() if is_blank(date) else read_date(date)
    rows = [
        RateRow(*rate.series, rate.usd_per_mtok, rate.effective_from, rate.evidence)
        for rate in card.rates
        if wanted_model in {None, rate.model}
        and wanted_tier in {None, rate.tier}
        and _in_force(rate, card, day)
    ]
    if not rows:
        raise NotAvailableError(f"no such rate is in force on {day}; accepted: a later day")
    return rows


def _in_force(rate: Rate, card: RateCard, day: dt.date) -> bool:
    begun = rate.effective_from <= day
    return begun and card.rate(card.model(rate.model), rate.meter, rate.tier, day) is rate


@dataclass(frozen=True, slots=True)
class Departure:
    """An official price that is not tokens x rate, in USD per image."""

    model: str
    size: str
    quality: str
    official_usd: Decimal
    tokens_x_rate_usd: Fraction
    off_usd: Fraction
    off_percent: float


@dataclass(frozen=True, slots=True)
class Audit:
    """How many official prices are tokens x rate, and which are not."""

    source: str
    checked: dt.date
    prices: int
    agree: int
    differ: list[Departure]


def _draw_audit(found: Audit) -> str:
    title = f"{found.agree} of {found.prices} official prices are tokens x rate"
    others = f", rounded to 0.001 USD; the others:\n{draw_table(found.differ)}"
    return title + (others if found.differ else "")


@command("xl-pricing rates audit", _draw_audit)
def audit() -> Audit:
    """Recompute every official price per image.

    Those that tokens x rate do not give are shown.
    """
    listed = official_prices()
    findings = [*audit_card(active_card(), listed)]
    differ = [
        Departure(
            each.model,
            each.size,
            each.quality,
            official_usd=each.official,
            tokens_x_rate_usd=each.computed,
            off_usd=each.off,
            off_percent=round(float(100 * each.off / each.computed), 2),
        )
        for each in findings
        if not each.agrees
    ]
    count = len(findings)
    return Audit(listed.source, listed.checked, count, count - len(differ), differ)


@click.group(cls=Group, commands=[show, refresh, history, diff, rollback, audit])
def rates() -> None:
    """Look into the rate card, and keep it up to date."""
