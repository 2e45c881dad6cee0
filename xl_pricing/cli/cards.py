"""``xl-pricing rates`` and the cards that are kept: refresh, history, diff, rollback."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import click

from xl_pricing.cli.console import Given, argument, command
from xl_pricing.cli.drawing import draw_table, note_lines
from xl_pricing.errors import OutOfRangeError
from xl_pricing.functions.values import read_number, read_whole
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.fetch import Manners
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.sources import PUBLIC, find_source
from xl_pricing.rates.refresh.store import BUNDLED, Store, user_store
from xl_pricing.rates.refresh.verdict import SHUTS_DOWN, Change
from xl_pricing.rates.rows import Rate
from xl_pricing.rates.tables import header_of

MAX_TIMEOUT_S = 3600

_CARD = "A card's number, as history lists it"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of a price or of a last day, and what speaks against it."""

    model: str
    meter: str
    old: Decimal | dt.date | str
    new: Decimal | dt.date | str
    since: dt.date
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did; ``card`` is ``None`` where the card that was in force stays."""

    day: dt.date
    asked: list[str]
    card: int | None
    accepted: list[ChangeRow]
    held: list[ChangeRow]
    notes: list[str]
    complaint: str


def _draw_refresh(done: Refreshed) -> str:
    outcome = "the card in force stays" if done.card is None else f"card {done.card} is in force"
    drawn = [f"{' and '.join(done.asked)} asked on {done.day}: {outcome}"]
    for title, rows in {"accepted": done.accepted, "held back": done.held}.items():
        drawn += [f"\n{title}:", draw_table(rows)] if rows else []
    return "\n".join([*drawn, *note_lines(done.notes)])


def _complain(done: Refreshed) -> str:
    return done.complaint


@command("xl-pricing rates refresh --source contract.csv --accept", _draw_refresh, _complain)
@click.option(
    "--source",
    "sources",
    metavar="SOURCE",
    multiple=True,
    help=(
        f"{' or '.join(PUBLIC)}, alone or with =ADDRESS for a mirror; or your own card, JSON or "
        f"CSV with the columns {', '.join(header_of(Rate))}: a file or an https address. "
        "May be repeated. If omitted, both public ones."
    ),
)
@click.option("--accept", is_flag=True, help="Take also what is in doubt. Look at it first.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    help=f"Longest wait for a document. If omitted, {Manners.whole}.",
)
def refresh(sources: tuple[str, ...], timeout: Given, *, accept: bool) -> Refreshed:
    """Bring the rates up to date from independent sources.

    What two sources agree on is accepted. What one alone says, or says against the other, is
    shown, and accepted only with --accept; so is a change of more than 10 times, and any
    change to a model of which a source has dropped a price. Past days keep their prices.
    """
    report = refresh_card(
        user_store(),
        today(),
        [find_source(text) for text in sources or PUBLIC],
        accept=accept,
        manners=Manners() if timeout is None else Manners.within(_seconds(timeout)),
        tell=lambda line: click.echo(line, err=True),
    )
    return Refreshed(
        report.day,
        [*report.asked],
        report.number,
        [*map(_change_row, report.accepted)],
        [*map(_change_row, report.held)],
        [*report.notes],
        report.complaint,
    )


def _seconds(timeout: str) -> float:
    seconds = float(read_number(timeout, "timeout"))
    if not 0 < seconds <= MAX_TIMEOUT_S:
        raise OutOfRangeError(
            f"timeout {timeout} is out of range; accepted: more than 0, up to {MAX_TIMEOUT_S} s"
        )
    return seconds


def _change_row(change: Change) -> ChangeRow:
    meter = f"{change.meter} {change.tier}".rstrip()
    old, new = ("-" if value is None else value for value in (change.old, change.new))
    return ChangeRow(change.model, meter, old, new, change.since, change.source, change.why)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card that is kept: when and why it was saved, and how many rates it has."""

    card: int
    saved: dt.date
    why: str
    rates: int


@command("xl-pricing rates history", draw_table)
def history() -> list[CardRow]:
    """List the cards that are kept, the one in force first."""
    kept = user_store().history()
    saved = [CardRow(each.number, each.saved, each.why, len(each.card().rates)) for each in kept]
    bundled = bundled_card()
    return [*saved, CardRow(BUNDLED, bundled.checked, "bundled", len(bundled.rates))]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A price or a last day that a card has and an older one has not."""

    model: str
    meter: str
    new: Decimal | dt.date | str
    since: dt.date | str
    source: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What a card has and an older one has not."""

    old: int
    new: int
    changes: list[NewRow]


def _draw_diff(found: Differences) -> str:
    rows = found.changes
    title = f"from card {found.old} to card {found.new}: {len(rows)} changes"
    return f"{title}\n{draw_table(rows)}" if rows else title


@command("xl-pricing rates diff 0", _draw_diff)
@argument("old", f"{_CARD}. If omitted, the one before NEW.", required=False)
@argument("new", "A card's number. If omitted, the one in force.", required=False)
def diff(old: Given, new: Given) -> Differences:
    """Show the rates that one card has and an older one has not."""
    store = user_store()
    newest = _number(new) if new else max((each.number for each in store.history()), default=0)
    oldest = _number(old) if old else _before(store, newest)
    return Differences(oldest, newest, [*_changes(store.card(oldest), store.card(newest))])


def _number(given: str) -> int:
    return read_whole(given, "number", BUNDLED, 1_000_000)


def _before(store: Store, number: int) -> int:
    return max((e.number for e in store.history() if e.number < number), default=BUNDLED)


def _changes(before: RateCard, after: RateCard) -> Iterator[NewRow]:
    """Yield the prices and last days of one card that another has not."""
    known = {_promise(rate) for rate in before.rates}
    for rate in after.rates:
        if _promise(rate) not in known:
            meter = f"{rate.meter} {rate.tier}"
            yield NewRow(rate.model, meter, rate.usd_per_mtok, rate.effective_from, rate.source)
    lives = {model.id: model.shuts_down for model in before.models}
    for model in after.models:
        if model.shuts_down != lives.get(model.id):
            yield NewRow(model.id, SHUTS_DOWN, model.shuts_down or "-", "", "")


def _promise(rate: Rate) -> object:
    return rate.series, rate.effective_from, rate.usd_per_mtok


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The new number of an older card that is in force again."""

    card: int
    said: str


def _draw_rollback(done: BroughtBack) -> str:
    return done.said


@command("xl-pricing rates rollback 0", _draw_rollback)
@argument("number", f"{_CARD}; 0 is the bundled one.", required=False)
def rollback(number: Given) -> BroughtBack:
    """Bring an older card back: the one before, or NUMBER."""
    store = user_store()
    made = store.restore(_number(number) if number else None, today())
    saved = store.current()
    older = saved.restores if saved else None
    back = "the bundled card" if older == BUNDLED else f"card {older}"
    said = f"{back} is back, as card {made}: card {made} is in force"
    return BroughtBack(made, f"{said}; xl-pricing rates history lists all")
