"""The user's refreshed card, on disk: always whole, its older versions kept, and one writer a time.

The folder is the user's data folder, or what the environment variable ``XL_PRICING_DATA`` names:

    card.json       the card in force: what was learnt beyond the bundled card, with a checksum
    older/          the cards before it, by number, the last 20
    pages/          what the sources last answered, with its ETag
    set_aside/      cards that could not be read; the bundled card serves in their place
    card.lock       is locked while a card is written; the file itself stays

A file is written beside its place, flushed and renamed, so that a reader finds the old card or the
new one, whatever is killed meanwhile.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

from xl_pricing.errors import CardError, InvalidValueError, StoreError
from xl_pricing.rates.card import RateCard, bundled_card
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
        """Return what is saved, or ``None``; what cannot be read is set aside first."""
        try:
            return read_saved(self._path)
        except FileNotFoundError:
            return None
        except (CardError, OSError):
            self._set_aside()
            return None

    def update(self, why: str, day: date, change: Callable[[RateCard], RateCard]) -> int | None:
        """Save what ``change`` makes of the card in force; return its number, ``None`` if equal.

        Raises `StoreError` where the folder cannot be written or another writer does not end.
        """
        with self._locked():
            current = self.current()
            before = current.card() if current else bundled_card()
            after = change(before)
            if _same(before, after):
                return None
            return self._save(current, {"saved": day, "why": why, **beyond_bundled(after)})

    def restore(self, number: int | None, day: date) -> int:
        """Bring an older card back, as a new one; the one before it where no number is given.

        Brought back once more, the card before that one comes back. Raises `InvalidValueError` for
        a number that is not kept.
        """
        with self._locked():
            current = self.current()
            if number is None:
                number = self._number_before(current)
            older = self._kept(number)
            content = older.model_dump(include={"models", "rates"}) if older else {}
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
            write_whole(self._page_path(address), page.etag.encode("ascii") + b"\n" + page.body)

    def warning(self) -> str | None:
        """Return a sentence where the bundled card serves in place of one that cannot be read."""
        current = self.current()
        aside = sorted(self._aside.glob("*.json"))
        if current or not (aside or self._path.exists()):
            return None
        path = aside[-1] if aside else self._path
        return (
            f"the refreshed rate card {path} is set aside ({_fault(path)}) and the bundled one of "
            f"{bundled_card().checked} serves; accepted: xl-pricing rates refresh, or rollback"
        )

    def _page_path(self, address: str) -> Path:
        return self.folder / "pages" / sha256(address.encode()).hexdigest()[:16]

    def _look(self) -> None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - half the time of Path.stat
            seen: object = (found.st_mtime_ns, found.st_ino, found.st_size)
        except OSError:
            seen = None
        if seen != self._seen:
            current = self.current() if seen else None
            self._card, self._seen = (current.card() if current else bundled_card()), seen

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
        names = (path.stem for path in self._older.glob("*.json"))
        return sorted(int(name) for name in names if name.isdecimal())

    def _save(self, current: Saved | None, content: Mapping[str, Any]) -> int:
        """Keep the card in force among the older ones, then put the new one in its place."""
        newest = max(self._numbers(), default=BUNDLED)
        if current:
            write_whole(self._older / f"{current.number:06}.json", saved_text(current))
            newest = max(newest, current.number)
        saved = Saved.model_validate({"number": newest + 1, **content})
        write_whole(self._path, saved_text(saved))
        self._look_again = 0.0
        for number in self._numbers()[:-KEPT]:
            (self._older / f"{number:06}.json").unlink(missing_ok=True)
        return saved.number

    def _set_aside(self) -> None:
        """Put away a card that cannot be read, unless it is whole by now or the disk forbids it."""
        with suppress(StoreError, OSError), self._locked():
            try:
                read_saved(self._path)
            except CardError:
                self._aside.mkdir(exist_ok=True)
                number = len([*self._aside.iterdir()]) + 1
                self._path.replace(self._aside / f"{number:06}.json")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - a price needs no lock

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Of one thread, so that a card that is found damaged while saving can be set aside.
            with FileLock(self.folder / "card.lock", timeout=_LOCK_SECONDS, is_singleton=True):
                yield
        except Timeout:
            raise StoreError(
                f"another refresh has held {self.folder} for {_LOCK_SECONDS} s; "
                "accepted: to try again when it has ended"
            ) from None
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
    from platformdirs import user_data_path  # noqa: PLC0415 - once, and not where a folder is named

    return Store(user_data_path("xl_pricing", appauthor=False))


def active_card() -> RateCard:
    """Return the card in force: the user's refreshed one, or the bundled one."""
    return user_store().active()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that its place holds the old bytes or the new ones, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _fault(path: Path) -> str:
    try:
        read_saved(path)
    except (CardError, OSError) as error:
        return str(error)
    return "it was from the future"


def _same(one: RateCard, other: RateCard) -> bool:
    return {*one.rates} == {*other.rates} and {*one.models} == {*other.models}
