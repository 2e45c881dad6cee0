"""What of the sources' word is believed, and the card that follows. Neither files nor network.

Two public sources that agree are believed. What one alone says, or says against another, is held
back until the user accepts it; so is a change of more than ten times, and whatever is said of a
model that lost a meter. A believed price is a new row from a day on; one of today or later that is
corrected replaces that day's row, so no past day's price ever changes. What a card of the user's
own said is not overruled by the public.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from xl_pricing.errors import CardError
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.records import read_row
from xl_pricing.rates.refresh.sources import OWN, Quotes
from xl_pricing.rates.rows import METERS, Model, Rate, Series

MAX_FACTOR = 10
SHUTS_DOWN = "shuts_down"
"""Stands for the meter where a change is one of a model's last day."""

_AGREED = "; agreed by "
_HALVED = " (half of standard)"
_CENT = Decimal("0.01")
_MAX_WORD = 255

Said = Mapping[str, Decimal]
"""USD per 1M tokens, by source."""


class Change(NamedTuple):
    """A new price, or a model's new last day; ``why`` says what speaks against it."""

    model: str
    meter: str
    tier: str
    old: Decimal | date | None
    new: Decimal | date | None
    since: date
    source: str
    why: str = ""


class Verdict(NamedTuple):
    """The card that follows, what was accepted and what held back, and what else to know."""

    card: RateCard
    accepted: Sequence[Change]
    held: Sequence[Change]
    notes: Sequence[str]


def judge(
    card: RateCard, quotes: Collection[Quotes], day: date, *, accept: bool = False
) -> Verdict:
    """Judge what sources say on a day: the card takes what is believed, ``accept`` also doubts.

    Of two prices that differ ``accept`` takes the higher, and of two last days the earlier: a plan
    should not run short. Who means the other one asks its source alone.
    """
    book = _Book(card, day, accept=accept)
    ordered = sorted(quotes, key=lambda said: said.source)
    public = [said for said in ordered if not said.own]
    _merge_prices(book, public)
    _merge_shutdowns(book, public)
    for said in ordered:
        if said.own:
            _merge_own(book, said)
    book.notes += [note for said in public for note in _left_apart(said, card, day)]
    return book.merged()


class _Book:
    """A merge in the making."""

    def __init__(self, card: RateCard, day: date, *, accept: bool) -> None:
        self.card, self.day, self.accept = card, day, accept
        self.models = {model.id: model for model in card.models}
        self.history: dict[Series, dict[date, Rate]] = {}
        for rate in card.rates:
            self.history.setdefault(rate.series, {})[rate.effective_from] = rate
        self.accepted: list[Change] = []
        self.held: list[Change] = []
        self.notes: list[str] = []
        self._usual: dict[tuple[str, str], list[Decimal]] = {}
        for series in self.history:
            if known := self.on(series, day):
                self._usual.setdefault(series[1:], []).append(known.usd_per_mtok)

    def usual(self, series: Series) -> list[Decimal]:
        """Return what a meter costs with the models that were known before."""
        return self._usual.get(series[1:], [])

    def on(self, series: Series, day: date) -> Rate | None:
        """Return the rate in force on a day."""
        rates = self.history.get(series, {})
        return rates[max(begun)] if (begun := [d for d in rates if d <= day]) else None

    def offer(self, rate: Rate, why: str) -> None:
        """Add a rate from its day on; hold it back where something speaks against it.

        A rate that is there from that very day is corrected: the cards before keep it.
        """
        series, since = rate.series, rate.effective_from
        old = self.on(series, since)
        known = old.usd_per_mtok if old else None
        if self.decide(Change(*series, known, rate.usd_per_mtok, since, rate.source, why)):
            self.history.setdefault(series, {})[since] = rate
            if rate.model not in self.models:
                self.models[rate.model] = self.card.newcomer(rate.model, self.day)

    def decide(self, change: Change) -> bool:
        """List a change as accepted or held back."""
        believed = self.accept or not change.why
        (self.accepted if believed else self.held).append(change)
        return believed

    def confirm(self, rate: Rate, source: str, checked: date) -> None:
        """Say that a rate still stands."""
        row = replace(rate, source=source, checked=max(checked, rate.checked))
        self.history[rate.series][rate.effective_from] = row

    def keep(self, rate: Rate, why: str) -> None:
        """Note that a rate stays although another was offered."""
        self.notes.append(f"{' '.join(rate.series)} stays at {rate.usd_per_mtok} {why}")

    def merged(self) -> Verdict:
        """Return the outcome."""
        rates = tuple(rate for dated in self.history.values() for rate in dated.values())
        card = replace(self.card, models=tuple(self.models.values()), rates=rates)
        return Verdict(card, self.accepted, self.held, self.notes)


def is_own(rate: Rate) -> bool:
    """Tell whether a rate came from a card of the user's own."""
    return rate.source.startswith(OWN)


def _merge_prices(book: _Book, quotes: Sequence[Quotes]) -> None:
    lost = dict(_lost_meters(book, quotes))
    offers: dict[Series, dict[str, Decimal]] = {}
    for said in quotes:
        for series, source, usd in _said_by(book, said):
            offers.setdefault(series, {})[source] = usd
    for series in sorted(offers):
        _weigh(book, series, offers[series], lost.get(series[0], ""))


def _weigh(book: _Book, series: Series, said: Said, lost: str) -> None:
    """Confirm what is known, leave what is the user's own, and offer what is news."""
    known, highest = book.on(series, book.day), max(said.values())
    same = known is not None and {*said.values()} == {known.usd_per_mtok}
    stays = known is not None and known.usd_per_mtok == highest
    if known and is_own(known):
        if not same:
            book.keep(known, f"by your own card; {_each(said)}")
    elif known and same:
        book.confirm(known, _agreed(known.source, _names(said)), book.day)
    elif known and stays and book.accept:
        book.keep(known, f"of two prices; {_each(said)}")
    else:
        usd = min(said.values()) if stays else highest
        names = _names(source for source, each in said.items() if each == usd)
        doubts = filter(None, [*_doubts(book, series, said, usd), lost])
        book.offer(_row(series, usd, names, book.day), "; ".join(doubts))


def _doubts(book: _Book, series: Series, said: Said, usd: Decimal) -> Iterator[str]:
    if len({*said.values()}) > 1:
        yield _each(said)
    elif len(said) == 1:
        yield f"only {_names(said)} says so"
    known = book.on(series, book.day)
    usual = [known.usd_per_mtok] if known else book.usual(series)
    if usual and not min(usual) <= usd * MAX_FACTOR <= max(usual) * MAX_FACTOR**2:
        yield f"more than {MAX_FACTOR} times off what {'it was' if known else 'others cost'}"


def _said_by(book: _Book, quotes: Quotes) -> Iterator[tuple[Series, str, Decimal]]:
    """Yield a source's prices, and half of its standard ones where batch is known as the half.

    Hardly a source lists all batch prices, and some round theirs to cents.
    """
    said = {rate.series: rate.usd_per_mtok for rate in quotes.rates}
    halves = {
        (model, meter, "batch"): usd / 2
        for (model, meter, tier), usd in said.items()
        if tier == "standard" and _is_halved(book, model, meter)
    }
    for series, usd in said.items():
        half = halves.pop(series, usd)
        rounded = half.quantize(_CENT, ROUND_HALF_UP)
        yield series, quotes.source, half if usd == rounded else usd
    for series, half in halves.items():
        yield series, quotes.source + _HALVED, half


def _is_halved(book: _Book, model: str, meter: str) -> bool:
    standard, batch = (book.on((model, meter, tier), book.day) for tier in ("standard", "batch"))
    return bool(standard and batch and standard.usd_per_mtok == 2 * batch.usd_per_mtok)


def _lost_meters(book: _Book, quotes: Sequence[Quotes]) -> Iterator[tuple[str, str]]:
    """Yield models of which a source no longer names a meter, with that said.

    Prices are not taken back, so what is accepted is that the meter keeps its price.
    """
    for said in quotes:
        named = {rate.series for rate in said.rates}
        for model in sorted({rate.model for rate in said.rates}):
            for meter in METERS:
                series = (model, meter, "standard")
                known = book.on(series, book.day)
                if known and not is_own(known) and series not in named:
                    why = f"{said.source} no longer names {meter}"
                    usd = known.usd_per_mtok
                    book.decide(Change(*series, usd, None, book.day, said.source, why))
                    yield model, why


def _merge_shutdowns(book: _Book, quotes: Sequence[Quotes]) -> None:
    """Bring the models' last days up to date; one source is enough: no price follows from it."""
    days: dict[str, dict[str, date]] = {}
    for said in quotes:
        for name, day in said.shutdowns.items():
            days.setdefault(name, {})[said.source] = day
    for name in sorted(days.keys() & book.models.keys()):
        _retire(book, book.models[name], days[name])


def _retire(book: _Book, model: Model, told: Mapping[str, date]) -> None:
    known, earliest = model.shuts_down, min(told.values())
    if {*told.values()} == {known} or (book.accept and known == earliest):
        return
    day = max(told.values()) if known == earliest else earliest
    why = _each(told) if len({*told.values()}) > 1 else ""
    if day <= model.released:
        why = f"it was released only on {model.released}"
    change = Change(model.id, SHUTS_DOWN, "", known, day, book.day, _names(told), why)
    if book.decide(change):
        book.models[model.id] = replace(model, shuts_down=day)


def _merge_own(book: _Book, quotes: Quotes) -> None:
    """Merge a card of the user's own: dated rows, of which those of past days count from today.

    Raises `CardError` for two prices of one series on one day.
    """
    latest: dict[tuple[Series, date], Rate] = {}
    told: dict[tuple[Series, date], Decimal] = {}
    past: dict[Series, date] = {}
    for rate in sorted(quotes.rates, key=lambda rate: rate.effective_from):
        model = book.card.model(rate.model).id
        _refuse_another(told, (model, rate.meter, rate.tier), rate, quotes.source)
        row = replace(rate, model=model, effective_from=max(rate.effective_from, book.day))
        latest[row.series, row.effective_from] = row
        if rate.effective_from < book.day:
            past[row.series] = rate.effective_from
    for (series, since), row in sorted(latest.items(), key=lambda dated: dated[0]):
        known = book.on(series, since)
        same = known is not None and known.usd_per_mtok == row.usd_per_mtok
        if known and same and is_own(known):
            book.confirm(known, row.source, row.checked)
        else:
            said = {quotes.source: row.usd_per_mtok}
            doubts = [] if same else _doubts(book, series, said, row.usd_per_mtok)
            book.offer(row, "; ".join(doubts))
            if since == book.day and series in past:
                book.notes.append(
                    f"{' '.join(series)} from {past[series]} counts from {since}, today: the "
                    "prices of past days never change"
                )


def _refuse_another(
    told: dict[tuple[Series, date], Decimal], series: Series, rate: Rate, source: str
) -> None:
    """Refuse a second price of one day."""
    usd = told.setdefault((series, rate.effective_from), rate.usd_per_mtok)
    if usd != rate.usd_per_mtok:
        raise CardError(
            f"{source} has two prices for {' '.join(series)} from {rate.effective_from}: {usd} and "
            f"{rate.usd_per_mtok}; accepted: one"
        )


def _left_apart(quotes: Quotes, card: RateCard, day: date) -> Iterator[str]:
    """Say which models a source does not name, and how many of Azure it does."""
    named = {rate.model for rate in quotes.rates}
    current = [m.id for m in card.models if m.shuts_down is None or m.shuts_down > day]
    unnamed = [model for model in current if model not in named]
    if unnamed:
        yield f"{quotes.source} does not name {', '.join(unnamed)}: what is known of them stays"
    if quotes.azure:
        yield f"{quotes.source} names {len(quotes.azure)} models of Azure, which are left apart"


def _row(series: Series, usd: Decimal, source: str, day: date) -> Rate:
    row = dict(zip(("model", "meter", "tier"), series, strict=True))
    more = {"usd_per_mtok": usd, "effective_from": day, "source": source, "checked": day}
    return read_row(Rate, {**row, **more, "basis": "quoted"}, source)


def _agreed(source: str, names: str) -> str:
    """Add to a source who else says so, in place of who said so before."""
    before = source.partition(_AGREED)[0]
    said = f"{_AGREED}{names}"
    return source if before == names else before[: _MAX_WORD - len(said)] + said


def _names(sources: Iterable[str]) -> str:
    """Name the sources that say a price; those that only imply it where no other says it."""
    ordered = sorted(sources)
    return " and ".join([name for name in ordered if not name.endswith(_HALVED)] or ordered)


def _each(said: Mapping[str, object]) -> str:
    return ", ".join(f"{source} says {value}" for source, value in sorted(said.items()))
