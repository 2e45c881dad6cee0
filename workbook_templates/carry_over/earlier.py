"""What earlier releases had otherwise: words, and rows of examples.

Names of cells and fields have never changed: whoever renames one adds the old name here.
"""

from collections.abc import Mapping
from datetime import date

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.sheets.actuals.rows import ActualsRow

_EARLIER: Mapping[str, tuple[str, ...]] = {
    "Levers": ("杠杆",),
    "Ad variants": ("广告变体",),
    "Stories": ("竖屏故事",),
    "Catalogue tiles": ("目录方图",),
    "first shelf": ("第一个货架", "首批上架"),
    "tokens not exported": ("词元未导出",),
    "glass and reflections": ("玻璃与反光",),
    "the last ones are hard": ("最后几张较难",),
}
"""Sheets, choices and texts of examples, by their English text."""
_JOB = ("gpt-image-2", "4:5", "high")
EXAMPLES = (
    ActualsRow(date(2026, 11, 2), *_JOB, 30, 22, 36_300, 183_570, 5.80, "first shelf"),
    ActualsRow(date(2026, 11, 17), *_JOB, 33, 18, 39_930, 201_927, 6.36, "glass and reflections"),
    ActualsRow(date(2026, 11, 9), "gpt-image-2", "1024x1280", "high", 32, 21, None, None, 6.20,
               "tokens not exported"),
    ActualsRow(date(2026, 11, 20), *_JOB, 22, 11, 26_620, 134_618, 4.31,
               "the last ones are hard"),
)  # fmt: skip
"""Rows of the actuals that release 0.1.0 was prefilled with, without a mark; now they differ."""


def ever_said(text: str, lang: str = "") -> set[str]:
    """Return all words that any release has had for a text, in a language or in all of them."""
    languages = [lang] if lang else LANGUAGES
    now = {Words(language).data(text) for language in languages}
    return now if lang == "en" else now | {*_EARLIER.get(text, ())}
