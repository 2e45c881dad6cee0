"""The workbook's words: English in the code, other languages in tables beside it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh-CN")

# Innermost marks first: a sentence may hold others.
_MARK = re.compile(r"«([^«»⟨]*)((?:⟨\w+:[^«»⟩]*⟩)*)»")
_PART = re.compile(r"⟨(\w+):([^⟩]*)⟩")
_FIELD = re.compile(r"\{(\w+)\}")

_LAST_NARROW = 0x2E7F


def breadth(text: str) -> int:
    """Return how many letters a text is wide; a Chinese one is as wide as two."""
    return sum(2 if ord(letter) > _LAST_NARROW else 1 for letter in text)


@cache
def _table(lang: str) -> Mapping[str, str]:
    """Load the table of a language, once: single words are asked for by the hundred."""
    table: dict[str, str] = {}
    if lang != "en":
        for part in sorted(files("workbook_templates").joinpath(lang).iterdir(), key=str):
            table |= json.loads(part.read_text("utf-8"))
    return table


class Words:
    """Translates English text; a text without a translation is an error, not English."""

    def __init__(self, lang: str) -> None:
        """Load the table of a language; raise `ValueError` for one that there is not."""
        if lang not in LANGUAGES:
            raise ValueError(f"language {lang!r} is unknown; accepted: {', '.join(LANGUAGES)}")
        self.lang, self._table = lang, _table(lang)

    def __call__(self, text: str) -> str:
        """Return ``text`` in the language."""
        return text if self.lang == "en" else self._table[text]

    def data(self, text: str) -> str:
        """Return the text of a data row in the language, where it has a translation."""
        return self._table.get(text, text)

    def fill(self, text: str) -> str:
        """Return a formula, rule or number format with its marked texts in the language.

        ``"«yes»"`` is a word in quotes; `sentence` makes the marks of a sentence with figures.
        """
        while "«" in text:
            text = _MARK.sub(self._marked, text)
        return text

    def _marked(self, mark: re.Match[str]) -> str:
        said, parts = self(mark[1]).replace('"', '""'), dict(_PART.findall(mark[2]))
        if not parts:
            return said
        pieces = (parts[p] if i % 2 else f'"{p}"' for i, p in enumerate(_FIELD.split(said)))
        return "&".join(piece for piece in pieces if piece != '""')
