"""How far a long reading is, on standard error where that is a terminal."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

FIRST_AFTER_S, EVERY_S = 1.0, 0.2
"""Seconds after which something is shown, and between two times."""
_EVERY_ROWS = 2_000
_Row = TypeVar("_Row")


def counted(rows: Iterable[_Row]) -> Iterable[_Row]:
    """Return the rows; where a person waits for long, how many were read is shown meanwhile."""
    return _shown(rows) if sys.stderr.isatty() else rows


def _shown(rows: Iterable[_Row]) -> Iterator[_Row]:
    began = shown = time.monotonic()
    said = ""
    try:
        for i, row in enumerate(rows, start=1):
            yield row
            if i % _EVERY_ROWS == 0:
                now = time.monotonic()
                if now - began >= FIRST_AFTER_S and now - shown >= EVERY_S:
                    shown = now
                    said = f"{i:,} rows read, {i / (now - began):,.0f} a second"
                    click.echo(f"\r{said}", nl=False, err=True)
    finally:
        if said:
            click.echo(f"\r{' ' * len(said)}\r", nl=False, err=True)
