"""Text without the images in it: base64 is dropped as the bytes come in, and never held.

A line of a log may hold hundreds of megabytes of ``b64_json``; nothing of it is of interest.
"""

import re

SHORTEST = 512
"""No word, number or id is that long."""

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\\"
"""Of base64, also with ``\\/`` for its slashes."""
_RUN = re.compile(rb"[A-Za-z0-9+/=_\\-]{%d,}" % SHORTEST)


class Thinned:
    """Bytes that come in parts, without runs of base64."""

    def __init__(self) -> None:
        """Begin outside of a run."""
        self._held = b""
        self._inside = False

    def feed(self, part: bytes) -> bytes:
        """Take a part; return what is kept for sure."""
        data = self._held + part
        if self._inside:
            rest = data.lstrip(_LETTERS)
            data = _escape_of(data[: len(data) - len(rest)]) + rest
            self._held = b"" if rest else data
            if not rest:
                return b""
            self._inside = False
        kept = data.rstrip(_LETTERS)
        tail = data[len(kept) :]
        self._inside = len(tail) >= SHORTEST
        self._held = _escape_of(tail) if self._inside else tail
        return _RUN.sub(lambda run: _escape_of(run[0]), kept)

    def end(self) -> bytes:
        """Return what was held back."""
        return self._held


def _escape_of(run: bytes) -> bytes:
    """Return the backslashes behind a run: they belong to what follows."""
    return run[len(run.rstrip(b"\\")) :]
