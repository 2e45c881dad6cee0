"""Words that earlier releases had for what is called otherwise now.

Names of cells and fields have never changed: whoever renames one adds the old name here.
"""

from collections.abc import Mapping

from workbook_templates.book.words import LANGUAGES, Words

_EARLIER: Mapping[str, tuple[str, ...]] = {
    "Levers": ("杠杆",),
    "Ad variants": ("广告变体",),
    "Stories": ("竖屏故事",),
    "Catalogue tiles": ("目录方图",),
    "first shelf": ("第一个货架",),
}
"""Sheets, choices and texts of examples, by their English text."""


def ever_said(text: str, lang: str = "") -> set[str]:
    """Return all words that any release has had for a text, in a language or in all of them."""
    languages = [lang] if lang else LANGUAGES
    now = {Words(language).data(text) for language in languages}
    return now if lang == "en" else now | {*_EARLIER.get(text, ())}
