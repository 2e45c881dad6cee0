"""The user's refreshed card, on disk: always whole, its older versions kept, and one writer a time.

The folder is the user's data folder, or what the environment variable ``XL_PRICING_DATA`` names:

    card.json       the card in force: what was learnt beyond the bundled card, with a checksum
    older/          the cards before it, by number, the last 20
    pages/          what the sources last answered, with its ETag
    set_aside/      damaged cards, which a refresh or rollback found
    card.lock       is locked while a card is written; the file itself stays

A file is written beside its place, flushed and renamed, so that a reader finds the old card or the
new one, whatever is killed meanwhile. Looking at a price changes nothing here: where a card cannot
be read the bundled one serves, and only a command moves a damaged one aside.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

from xl_pricing.errors import CardError, InvalidValueError, LaterCardError, StoreError
from xl_pricing.files import write_whole
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.day import today
from xl_pricing.rates.records import read_row
from xl_pricing.rates.refresh.fetch import Page
from xl_pricing.rates.refresh.saved_card import Saved, beyond_bundled, read_saved, saved_text

FOLDER_VARIABLE = "XL_PRICING_DATA"
BUNDLED = 0
"""The number of the bundled card in the history."""
KEPT = 20

_LOCK_SECONDS = 30
# A cell must not wait for the disk (on Windows, asking takes longer than pricing), and yet see a
# new card at the next calculation, which is later than this after the refresh of another process.
_LOOK_SECONDS = 0.05


class Store:
    """A folder with the card in force and those before it."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when the first card is saved."""
        self.folder = folder
        self._path = folder / "card.json"
        self._older = folder / "older"
        self._aside = folder / "set_aside"
        self._look_again = 0.0
        self._seen: object = ()
        self._card = bundled_card()

    def active(self) -> RateCard:
        """Return the card in force: the saved one, or the bundled one. Costs next to nothing."""
        now = monotonic()
        if now >= self._look_again:
            self._look()
            self._look_again = now + _LOOK_SECONDS
        return self._card

    def current(self) -> Saved | None:
        """Return what is saved, ``None`` where nothing is or it cannot be read."""
        with suppress(CardError, OSError):
            return read_saved(self._path)
        return None

    def update(self, why: str, day: date, change: Callable[[RateCard], RateCard]) -> int | None:
        """Save what ``change`` makes of the card in force; return its number, ``None`` if equal.

        Raises `StoreError` where the folder cannot be written or another writer does not end.
        """
        with self._locked():
            current = self._current_to_change()
            before = current.card() if current else bundled_card()
            after = change(before)
            if _same(before, after):
                return None
            return self._save(current, {"saved": day, "why": why, **beyond_bundled(after)})

    def restore(self, number: int | None, day: date) -> int:
        """Bring an older card back, as a new one; the one before it where no number is given.

        Brought back once more, the card before that one comes back. Raises `InvalidValueError` for
        a number that is not kept, and where nothing was ever saved.
        """
        with self._locked():
            current = self._current_to_change()
            if current is None and not (self._numbers() or self._set_aside_numbers()):
                raise InvalidValueError(
                    "no card was saved yet, the bundled one serves; accepted: xl-pricing rates "
                    "refresh first"
                )
            if number is None:
                number = self._number_before(current)
            older = self._kept(number)
            content = {"models": older.models, "rates": older.rates} if older else {}
            more = {"saved": day, "restores": number, "why": f"rollback to {number}"}
            return self._save(current, {**content, **more})

    def history(self) -> list[Saved]:
        """Return the saved cards that can be read, the newest first."""
        found = {saved.number: saved for saved in map(self._kept_or_none, self._numbers()) if saved}
        current = self.current()
        if current:
            found[current.number] = current
        return [found[number] for number in sorted(found, reverse=True)]

    def card(self, number: int) -> RateCard:
        """Return the card of a number; raise `StoreError` for one that is not kept."""
        kept = self._kept(number)
        return kept.card() if kept else bundled_card()

    def page(self, address: str) -> Page | None:
        """Return what was last believed from an address; ``None`` where nothing whole is kept."""
        with suppress(OSError):
            etag, found, body = self._page_path(address).read_bytes().partition(b"\n")
            return Page(body, etag.decode("ascii", "replace")) if found else None
        return None

    def keep_page(self, address: str, page: Page) -> None:
        """Keep what was believed, so that the next refresh may hear that it still stands."""
        with suppress(StoreError), self._locked():
            self._write(self._page_path(address), page.etag.encode("ascii") + b"\n" + page.body)

    def warning(self) -> str | None:
        """Return a sentence where the bundled card serves in place of one that cannot be read."""
        try:
            read_saved(self._path)
        except FileNotFoundError:
            return self._warning_of_set_aside()
        except LaterCardError as error:
            return self._not_used(self._path, error, "a newer xl_pricing, or the clock set right")
        except CardError as error:
            return self._not_used(self._path, error, "xl-pricing rates refresh, or rollback")
        except OSError as error:
            accepted = f"{FOLDER_VARIABLE} naming a folder that you may read"
            return self._not_used(self._path, error.strerror or error, accepted)
        return None

    def _warning_of_set_aside(self) -> str | None:
        numbers = self._set_aside_numbers()
        if not numbers:
            return None
        path = self._aside / f"{numbers[-1]:06}.json"
        return self._not_used(path, _fault(path), "xl-pricing rates refresh, or rollback")

    def _not_used(self, path: Path, fault: object, accepted: str) -> str:
        return (
            f"the refreshed rate card {path} is not used ({fault}) and the bundled one of "
            f"{bundled_card().checked} serves; accepted: {accepted}"
        )

    def _page_path(self, address: str) -> Path:
        return self.folder / "pages" / sha256(address.encode()).hexdigest()[:16]

    def _look(self) -> None:
        """Read the card if it is another one; what fails is tried again at the next look."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - half the time of Path.stat
            # A card from the future serves from its day on.
            seen: object = (found.st_mtime_ns, found.st_ino, found.st_size, today())
        except FileNotFoundError:
            seen = None
        except OSError:
            return
        if seen != self._seen:
            with suppress(OSError):
                self._card, self._seen = self._read() if seen else bundled_card(), seen

    def _read(self) -> RateCard:
        """Return the saved card, or the bundled one where it cannot be used."""
        with suppress(CardError):
            return read_saved(self._path).card()
        return bundled_card()

    def _current_to_change(self) -> Saved | None:
        """Return what is saved, with the lock held; a damaged card is set aside first.

        Raises `StoreError` for one that is newer than this version, or cannot be read now.
        """
        try:
            return read_saved(self._path)
        except FileNotFoundError:
            return None
        except LaterCardError as error:
            raise StoreError(
                f"{self._path} stays as it is: {error}; accepted: a newer xl_pricing, or the clock "
                "set right"
            ) from None
        except CardError:
            self._aside.mkdir(exist_ok=True)
            number = max(self._set_aside_numbers(), default=0) + 1
            self._path.replace(self._aside / f"{number:06}.json")
            return None

    def _number_before(self, current: Saved | None) -> int:
        """Return the number of the card before the one in force, or before what that restored."""
        if current is None:
            return max(self._numbers(), default=BUNDLED)
        number = current.number if current.restores is None else current.restores
        if number == BUNDLED:
            raise InvalidValueError("no card is before the bundled one; accepted: a number")
        return max((n for n in self._numbers() if n < number), default=BUNDLED)

    def _kept(self, number: int) -> Saved | None:
        """Return a saved card by its number, ``None`` for the bundled one."""
        if number == BUNDLED:
            return None
        found = {saved.number: saved for saved in self.history()}
        if number not in found:
            known = ", ".join(map(str, [*found, BUNDLED]))
            raise InvalidValueError(f"card {number} is not kept; accepted: {known}")
        return found[number]

    def _kept_or_none(self, number: int) -> Saved | None:
        with suppress(CardError, OSError):
            return read_saved(self._older / f"{number:06}.json")
        return None

    def _numbers(self) -> list[int]:
        return _numbers_in(self._older)

    def _set_aside_numbers(self) -> list[int]:
        return _numbers_in(self._aside)

    def _save(self, current: Saved | None, content: Mapping[str, Any]) -> int:
        """Keep the card in force among the older ones, then put the new one in its place."""
        newest = max(self._numbers(), default=BUNDLED)
        if current:
            self._write(self._older / f"{current.number:06}.json", saved_text(current))
            newest = max(newest, current.number)
        saved = read_row(Saved, {"number": newest + 1, **content}, "the new card")
        self._write(self._path, saved_text(saved))
        self._look_again = 0.0
        for number in self._numbers()[:-KEPT]:
            (self._older / f"{number:06}.json").unlink(missing_ok=True)
        return saved.number

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file that its owner alone may read: a company's prices are nobody else's."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, data, mode=0o600)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - a price needs no lock

        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Of one thread, so that a card that is found damaged while saving can be set aside.
            with FileLock(self.folder / "card.lock", timeout=_LOCK_SECONDS, is_singleton=True):
                yield
        except Timeout:
            raise StoreError(
                f"another refresh has held {self.folder} for {_LOCK_SECONDS} s; "
                "accepted: to try again when it has ended"
            ) from None
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(
                f"folder {self.folder} cannot be written: {error.strerror or error}; "
                f"accepted: {FOLDER_VARIABLE} naming a folder that you may write to"
            ) from None


@lru_cache(maxsize=1)
def user_store() -> Store:
    """Return the store of the user; where it lies is read once a process."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Store(Path(named))
    return Store(_data_folder() / "xl_pricing")


def _data_folder() -> Path:
    """Return where the system keeps the data of a user's programs."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def active_card() -> RateCard:
    """Return the card in force: the user's refreshed one, or the bundled one."""
    return user_store().active()


def _numbers_in(folder: Path) -> list[int]:
    names = (path.stem for path in folder.glob("*.json"))
    return sorted(int(name) for name in names if name.isdecimal())


def _fault(path: Path) -> str:
    try:
        read_saved(path)
    except (CardError, OSError) as error:
        return str(error)
    return "it was from the future"


def _same(one: RateCard, other: RateCard) -> bool:
    return {*one.rates} == {*other.rates} and {*one.models} == {*other.models}
