"""Bringing the rate card up to date: ask the sources, believe or hold back, save.

Whatever fails, the card on disk is the old one or the new one, and what is said says which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xl_pricing.errors import CardError, InvalidValueError, SourceError
from xl_pricing.files import read_bounded
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.refresh.fetch import MAX_BYTES, Manners, fetch
from xl_pricing.rates.refresh.sources import PUBLIC, Quotes, Source
from xl_pricing.rates.refresh.store import Store
from xl_pricing.rates.refresh.verdict import Change, Verdict, judge

Tell = Callable[[str], None]
"""Takes a line on what is going on."""


@dataclass(frozen=True)
class Report:
    """What a refresh did."""

    day: date
    asked: tuple[str, ...]
    """The sources that answered well."""
    failures: tuple[str, ...]
    """What was wrong with the others, a sentence each."""
    number: int | None
    """The number of the new card; ``None`` where the card that was in force stays."""
    accepted: Sequence[Change]
    held: Sequence[Change]
    notes: Sequence[str]

    @property
    def complaint(self) -> str:
        """Return why not all that was asked for is done; empty where it is."""
        said = [*self.failures]
        if self.held:
            said.append(f"held back: {len(self.held)}; accepted with --accept, once you checked")
        return "; ".join(said)


def refresh_card(
    store: Store,
    day: date,
    sources: Sequence[Source] = tuple(PUBLIC.values()),
    *,
    accept: bool = False,
    manners: Manners | None = None,
    tell: Tell = lambda _line: None,
) -> Report:
    """Ask the sources, merge what they say into the card in force, and save it if it is news.

    Raises `SourceError` where no source answers well; then nothing is changed.
    """
    quotes: list[Quotes] = []
    failures: list[str] = []
    for source in sources:
        tell(f"asking {source.name} ...")
        try:
            quotes.append(_ask(source, store, day, manners))
        except CardError as error:  # its sentence names the source
            failures.append(str(error))
        except SourceError as error:
            failures.append(f"{source.name}: {error}")
    if not quotes:
        raise SourceError(f"nothing is changed, for no source answered well: {'; '.join(failures)}")
    number, done = _save(store, quotes, day, accept=accept)
    return Report(day, tuple(said.source for said in quotes), tuple(failures), number, *done[1:])


def _save(
    store: Store, quotes: Sequence[Quotes], day: date, *, accept: bool
) -> tuple[int | None, Verdict]:
    """Judge and save under the store's lock: what another refresh has just saved is kept."""
    verdicts: list[Verdict] = []

    def change(card: RateCard) -> RateCard:
        verdicts.append(judge(card, quotes, day, accept=accept))
        return verdicts[0].card

    why = "refresh from " + ", ".join(sorted(said.source for said in quotes))
    number = store.update(why[:255], day, change)
    return number, verdicts[0]


def _ask(source: Source, store: Store, day: date, manners: Manners | None) -> Quotes:
    """Read a source; its page is kept only once it was read well."""
    if "://" not in source.address:
        return source.read(_read_file(source.address), day)
    known = store.page(source.address)
    page = fetch(source.address, known, manners)
    quotes = source.read(page.body, day)
    if page is not known:
        store.keep_page(source.address, page)
    return quotes


def _read_file(path: str) -> bytes:
    try:
        return read_bounded(Path(path), MAX_BYTES)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    except InvalidValueError as error:
        raise SourceError(str(error)) from None
