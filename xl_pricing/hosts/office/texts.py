"""The words of the task pane in a language: its own, and those of the rate card."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from workbook_templates.book.words import LANGUAGES, Words
from xl_pricing.estimation.size import Size
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today

__all__ = ["LANGUAGES", "texts"]

_SITE = files("xl_pricing.hosts.office").joinpath("site")
_LARGE = Size(3840, 2160)
"""A size with every remark that a size can have."""


def texts(lang: str, card: RateCard) -> dict[str, Any]:
    """Return ``says``, the pane's words by their key, and ``data``, the translated texts of a card.

    A text of the card without a translation stays English, and the page marks it so.
    """
    own = json.loads(_SITE.joinpath("words", f"{lang}.json").read_bytes())
    words = Words(lang)
    found = {text: words.data(text) for text in _card_texts(card)}
    data = {text: said for text, said in sorted(found.items()) if said != text}
    return {**own, "data": data | own.get("data", {})}


def _card_texts(card: RateCard) -> Iterator[str]:
    """Yield the texts that answers and lists show: help, uses, places, sources and notes."""
    yield from (function.doc for function in FUNCTIONS.values())
    yield from (row.use for row in card.ratios)
    yield from (row.destination for row in card.destinations)
    yield from (rate.source for rate in card.rates)
    yield from (text for plan in card.plans for text in (plan.source, plan.note) if text)
    for model in card.models:
        yield from (model.output.source, model.references.source, model.text.source)
        yield from model.remarks(_LARGE, today())
