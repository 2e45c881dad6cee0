"""Prices and output tokens by size and quality, with all else read but once: for whole ranges."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from xl_pricing.estimation.size import FreeSizes, Size
from xl_pricing.functions.arguments import (
    MOST_CARDS,
    read_model,
    read_n,
    read_prompt,
    read_quality,
    read_references,
    tier_word,
)
from xl_pricing.functions.sizes import Cell, plain_reader, read_pixels
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model

_SPELLINGS = 64
"""Of a quality, that are remembered."""

_Counter = Callable[[Cell], int | Fraction]


def price_reader(
    model: Cell, n: Cell, prompt: Cell, references: Cell, tier: Cell, card: RateCard, day: date
) -> Callable[[Cell, Cell], float]:
    """Return USD per image as a function of a size and a quality; all else is read but once."""
    # By its tokens: a thousand prompts of 32,000 characters would be remembered.
    tokens = None if prompt is None else read_prompt(prompt)
    return _read_with(card).price(model, n, tokens, references, tier, day)


class _CardReader:
    """What was read with one card; it is forgotten with the card."""

    def __init__(self, card: RateCard) -> None:
        self._card = card
        self.price = lru_cache(maxsize=1024, typed=True)(self._price)
        self._tariff = lru_cache(maxsize=64)(card.tariff)

    def _price(
        self, model: Cell, n: Cell, tokens: int | None, references: Cell, tier: Cell, day: date
    ) -> Callable[[Cell, Cell], float]:
        known = read_model(model, self._card)
        tariff = self._tariff(known, tier_word(tier), day)
        sizes = read_references(references)
        text_in, image_in = known.counting.inputs(tokens, sizes)
        count = read_n(n)
        price = tariff.pricer(text_in, image_in, count)
        counters = _counters(known, count)
        return lambda size, quality: price(counters[quality](size))


@lru_cache(maxsize=MOST_CARDS)
def _read_with(card: RateCard) -> _CardReader:
    return _CardReader(card)


def token_counter(model: Model, n: Cell) -> Callable[[Cell, Cell], int | Fraction]:
    """Return the count of output tokens of one call by size and quality."""
    counters = _counters(model, read_n(n))
    return lambda size, quality: counters[quality](size)


@lru_cache(maxsize=64)
def _pixels_reader(model: Model, quality: str) -> Callable[[Cell], tuple[int, int]]:
    def careful(size: Any) -> Size:  # noqa: ANN401 - a cell's value
        return read_pixels(size, model, quality)

    return plain_reader(model.sizes, careful) if isinstance(model.sizes, FreeSizes) else careful


class _Counters(dict[Cell, _Counter]):
    """Output tokens of a call by quality, then size; some spellings are kept for a range."""

    def __init__(self, model: Model, n: int) -> None:
        super().__init__()
        self._model, self._n = model, n

    def __missing__(self, quality: Cell) -> _Counter:
        word, n = read_quality(quality), self._n
        if not isinstance(word, str):
            return self._measured(word)
        counted = self._model.output.rule.counter(word, n)
        pixels = _pixels_reader(self._model, word)

        def counter(size: Cell) -> int | Fraction:
            return counted(pixels(size))

        if len(self) < _SPELLINGS:
            self[quality] = counter
        return counter

    def _measured(self, tokens: int | Fraction) -> _Counter:
        def counter(size: Cell) -> int | Fraction:
            read_pixels(size, self._model, tokens)  # only to refuse what is no size
            return tokens * self._n

        return counter


@lru_cache(maxsize=256)
def _counters(model: Model, n: int) -> _Counters:
    return _Counters(model, n)
