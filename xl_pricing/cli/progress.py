"""How far a long reading is, on standard error where that is a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from threading import Event, Thread
from typing import Self

import click

from xl_pricing.bills.row import Row

FIRST_AFTER_S, EVERY_S = 1.0, 0.2
"""Seconds after which something is shown, and between two times."""


def counted(rows: Iterable[Row], share: Callable[[], float]) -> Iterable[Row]:
    """Return the rows; where a person waits for long, how far it is is shown meanwhile.

    ``share`` tells the part that was read, from 0 to 1; it is asked in another thread, for an
    engine gives no row before its sums.
    """
    return _shown(rows, share) if sys.stderr.isatty() else rows


def _shown(rows: Iterable[Row], share: Callable[[], float]) -> Iterator[Row]:
    with _Line(share) as line:
        for row in rows:
            line.rows += row.rows
            yield row


class _Line:
    """A line that says how far it is, and is gone at the end."""

    def __init__(self, share: Callable[[], float]) -> None:
        self.rows = 0
        self._share, self._most = share, 0.0
        self._over, self._said = Event(), ""
        self._thread = Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._said:
            click.echo(f"\r{' ' * len(self._said)}\r", nl=False, err=True)

    def _tell(self) -> None:
        wait = FIRST_AFTER_S
        while not self._over.wait(wait):
            said = self._says().ljust(len(self._said))
            click.echo(f"\r{said}", nl=False, err=True)
            self._said, wait = said, EVERY_S

    def _says(self) -> str:
        """Say the share, which never falls, and the rows as far as there are some."""
        self._most = max(self._most, self._share())
        a_second = self.rows / (time.monotonic() - self._began)
        rows = f", {self.rows:,} rows, {a_second:,.0f} a second" if self.rows else ""
        return f"{int(100 * self._most)} % read{rows}"
