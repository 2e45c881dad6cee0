"""The commands ``xl-pricing rates``: what the rate card holds."""

import datetime as dt

import click

from xl_pricing.arguments import card_with, read_model, tier_word
from xl_pricing.cells import is_blank
from xl_pricing.console import Document, Given, command, help_if_alone, takes
from xl_pricing.errors import NotAvailableError
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Rate, read_date


@click.group(invoke_without_command=True)
@click.pass_context
def rates(ctx: click.Context) -> None:
    """Look into the rate card."""
    help_if_alone(ctx)


@command(rates, "xl-pricing rates show --model gpt-image-2 --tier standard")
@takes([], ["model", "tier", "date"])
def show(model: Given, tier: Given, date: Given) -> Document:
    """Show the rates in force on a day."""
    card = card_with(RateCard.with_rates, None)
    wanted_model = None if is_blank(model) else read_model(model, card).id
    wanted_tier = None if is_blank(tier) else tier_word(tier)
    day = dt.date.today() if is_blank(date) else read_date(date)  # noqa: DTZ011 - the user's day
    rows = [
        _rate_row(rate)
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


def _rate_row(rate: Rate) -> Document:
    return {
        "model": rate.model,
        "meter": rate.meter,
        "tier": rate.tier,
        "usd_per_mtok": float(rate.usd_per_mtok),
        "effective_from": rate.effective_from.isoformat(),
        **rate.evidence._asdict(),
    }
