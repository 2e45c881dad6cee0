"""The commands ``xl-pricing rates``: what the rate card holds, and how it stays true."""

import datetime as dt
from collections.abc import Iterable

import click

from xl_pricing.cli.console import Document, Given, command, draw_table, help_if_alone, takes
from xl_pricing.errors import NotAvailableError, OutOfRangeError
from xl_pricing.functions.arguments import card_with, read_model, tier_word
from xl_pricing.functions.values import is_blank, read_number, read_whole
from xl_pricing.rates.audit import Finding, official_prices
from xl_pricing.rates.audit import audit as audit_card
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.refresh.fetch import Manners
from xl_pricing.rates.refresh.refresh import Report
from xl_pricing.rates.refresh.refresh import refresh as refresh_card
from xl_pricing.rates.refresh.sources import PUBLIC, find_source
from xl_pricing.rates.refresh.store import BUNDLED, Store, active_card, user_store
from xl_pricing.rates.refresh.verdict import SHUTS_DOWN, Change
from xl_pricing.rates.rows import Rate, read_date

MAX_TIMEOUT = 3600


@click.group(invoke_without_command=True)
@click.pass_context
def rates(ctx: click.Context) -> None:
    """Look into the rate card, and keep it up to date."""
    help_if_alone(ctx)


@command(rates, "xl-pricing rates show --model gpt-image-2 --tier standard")
@takes([], ["model", "tier", "date"])
def show(model: Given, tier: Given, date: Given) -> Document:
    """Show the rates in force on a day."""
    card = card_with(RateCard.with_rates, None)
    wanted_model = None if is_blank(model) else read_model(model, card).id
    wanted_tier = None if is_blank(tier) else tier_word(tier)
    day = _today() if is_blank(date) else read_date(date)
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


def _draw_refresh(document: Document) -> str:
    number = document["card"]
    asked = " and ".join(document["asked"])
    drawn = [f"{asked} asked on {document['day']}: " + (
        "the card in force stays" if number is None else f"card {number} is in force"
    )]  # fmt: skip
    for title, rows in {"accepted": document["accepted"], "held back": document["held"]}.items():
        drawn += [f"\n{title}:", draw_table(rows)] if rows else []
    return "\n".join([*drawn, *map("note: {}".format, document["notes"])])


def _complain(document: Document) -> str:
    return str(document["complaint"])


@command(rates, "xl-pricing rates refresh --source contract.csv --accept", _draw_refresh, _complain)
@click.option(
    "--source",
    "sources",
    metavar="SOURCE",
    multiple=True,
    help=(
        f"{' or '.join(PUBLIC)}, alone or with =ADDRESS for a mirror; or your own card, JSON or "
        "CSV: a file or an https address. May be repeated. If omitted, both public ones."
    ),
)
@click.option("--accept", is_flag=True, help="Take also what is in doubt. Look at it first.")
@click.option("--timeout", metavar="SECONDS", help="Longest wait for a document. If omitted, 60.")
def refresh(sources: tuple[str, ...], timeout: Given, *, accept: bool) -> Document:
    """Bring the rates up to date from independent sources.

    What two sources agree on is accepted. What one alone says, or says against the other, is
    shown, and accepted only with --accept; so is a change of more than 10 times, and a price that
    is no longer named. Past days keep their prices.
    """
    report = refresh_card(
        user_store(),
        _today(),
        [find_source(text) for text in sources or PUBLIC],
        accept=accept,
        manners=Manners() if timeout is None else Manners.within(_seconds(timeout)),
        tell=lambda line: click.echo(line, err=True),
    )
    return _report(report)


@command(rates, "xl-pricing rates history")
def history() -> Document:
    """List the cards that are kept, the one in force first."""
    store = user_store()
    saved = [
        {"card": each.number, "saved": each.saved.isoformat(), "why": each.why,
         "rates": len(each.card().rates)}
        for each in store.history()
    ]  # fmt: skip
    bundled = bundled_card()
    return [
        *saved,
        {"card": BUNDLED, "saved": bundled.checked.isoformat(), "why": "bundled",
         "rates": len(bundled.rates)},
    ]  # fmt: skip


def _draw_diff(document: Document) -> str:
    title = f"from card {document['old']} to card {document['new']}: "
    rows = document["changes"]
    return f"{title}{len(rows)} changes" + (f"\n{draw_table(rows)}" if rows else "")


@command(rates, "xl-pricing rates diff 0", _draw_diff)
@click.argument("old", required=False)
@click.argument("new", required=False)
def diff(old: Given, new: Given) -> Document:
    """Show the rates that one card has and an older one has not."""
    store = user_store()
    newest = _number(new) if new else max((each.number for each in store.history()), default=0)
    oldest = _number(old) if old else _before(store, newest)
    before, after = store.card(oldest), store.card(newest)
    return {"old": oldest, "new": newest, "changes": [*_changes(before, after)]}


@command(rates, "xl-pricing rates rollback 0", lambda document: document["said"])
@click.argument("number", required=False)
def rollback(number: Given) -> Document:
    """Bring an older card back: the one before, or NUMBER."""
    made = user_store().restore(_number(number) if number else None, _today())
    return {"card": made, "said": f"card {made} is in force; xl-pricing rates history lists all"}


def _draw_audit(document: Document) -> str:
    rows = document["differ"]
    title = f"{document['agree']} of {document['prices']} official prices are tokens x rate"
    return f"{title}, rounded to 0.001 USD; the others:\n{draw_table(rows)}" if rows else title


@command(rates, "xl-pricing rates audit", _draw_audit)
def audit() -> Document:
    """Recompute every official price per image, and show where tokens x rate differ."""
    table = official_prices()
    findings = [*audit_card(active_card(), table)]
    differ = [_finding_row(finding) for finding in findings if not finding.agrees]
    return {
        "source": table.source,
        "checked": table.checked.isoformat(),
        "prices": len(findings),
        "agree": len(findings) - len(differ),
        "differ": differ,
    }


def _today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - the user's own day


def _seconds(timeout: Given) -> float:
    seconds = float(read_number(timeout, "timeout"))
    if not 0 < seconds <= MAX_TIMEOUT:
        raise OutOfRangeError(
            f"timeout {timeout} is out of range; accepted: more than 0, up to {MAX_TIMEOUT} s"
        )
    return seconds


def _number(given: Given) -> int:
    return read_whole(given, "number", BUNDLED, 1_000_000)


def _before(store: Store, number: int) -> int:
    return max((e.number for e in store.history() if e.number < number), default=BUNDLED)


def _report(report: Report) -> Document:
    return {
        "day": report.day.isoformat(),
        "asked": [*report.asked],
        "card": report.number,
        "accepted": [_change_row(change) for change in report.accepted],
        "held": [_change_row(change) for change in report.held],
        "notes": [*report.notes],
        "complaint": report.complaint,
    }


def _change_row(change: Change) -> Document:
    return {
        "model": change.model,
        "meter": " ".join(filter(None, [change.meter, change.tier])),
        "old": _shown(change.old),
        "new": _shown(change.new),
        "since": change.since.isoformat(),
        "source": change.source,
        "why": change.why,
    }


def _shown(value: object) -> str | float:
    if value is None:
        return "-"
    return value.isoformat() if isinstance(value, dt.date) else float(str(value))


def _changes(before: RateCard, after: RateCard) -> Iterable[Document]:
    """Yield the prices and last days of one card that another has not."""
    known = {_promise(rate) for rate in before.rates}
    for rate in after.rates:
        if _promise(rate) not in known:
            yield {
                "model": rate.model,
                "meter": f"{rate.meter} {rate.tier}",
                "new": float(rate.usd_per_mtok),
                "since": rate.effective_from.isoformat(),
                "source": rate.source,
            }
    lives = {model.id: model.shuts_down for model in before.models}
    for model in after.models:
        if model.shuts_down != lives.get(model.id):
            new = _shown(model.shuts_down)
            yield {"model": model.id, "meter": SHUTS_DOWN, "new": new, "since": "", "source": ""}


def _promise(rate: Rate) -> object:
    return rate.model, rate.meter, rate.tier, rate.effective_from, rate.usd_per_mtok


def _finding_row(finding: Finding) -> Document:
    return {
        "model": finding.model,
        "size": finding.size,
        "quality": finding.quality,
        "official_usd": float(finding.official),
        "tokens_x_rate_usd": float(finding.computed),
        "off_usd": float(finding.off),
        "off_percent": round(float(100 * finding.off / finding.computed), 2),
    }


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
