"""What texts were found to be: in a file most of them come again and again."""

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

MOST_KEPT = 50_000
LONGEST_KEPT = 128
"""Characters; longer texts seldom come again, and take room."""


class Kept(dict[str, Found]):
    """Finds what a text is, and keeps it; of so many texts at most, none of them long."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        """Begin with none."""
        self._find = find

    def __missing__(self, text: str) -> Found:
        """Find what a new one is; what cannot be found raises as ``find`` does."""
        found = self._find(text)
        if len(self) >= MOST_KEPT:
            self.clear()
        if len(text) <= LONGEST_KEPT:
            self[text] = found
        return found
