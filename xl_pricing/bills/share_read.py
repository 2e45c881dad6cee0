"""How much of the files is read, as a share of their bytes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xl_pricing.bills.opened import state_of


class ShareRead:
    """Counts the bytes of files that were read; another thread may ask how far it is."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Begin at nothing of the files."""
        self._sizes = {path: state_of(path)[0] for path in paths}
        self._size, self._done = sum(self._sizes.values()), 0
        self._now: tuple[int, Callable[[], float]] = (0, float)

    @contextmanager
    def reading(self, path: Path, share: Callable[[], float]) -> Iterator[None]:
        """Read a file, of which ``share`` tells the part that was read, from 0 to 1."""
        self._now = (self._sizes[path], share)
        try:
            yield
        finally:
            self._now = (0, float)

    def note(self, path: Path, *, is_read: bool = True) -> None:
        """Note that a file was read, or has to be read again."""
        self._done += self._sizes[path] if is_read else -self._sizes[path]

    def __call__(self) -> float:
        """Return the share, from 0 to 1."""
        size, share = self._now
        read = self._done + size * min(max(share(), 0), 1)
        return min(max(read / self._size, 0), 1) if self._size else 0
