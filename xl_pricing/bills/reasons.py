"""Why a row of a bill has no price, or is no image cost: one sentence each."""

from enum import Enum
from typing import NamedTuple


class _Said(NamedTuple):
    sentence: str
    apart: bool = False
    """Whether it is no image cost at all, so that nothing is missing."""


class Reason(Enum):
    """Why a row is not priced; ``apart`` are those by which no image cost is missing."""

    NOT_WHOLE = _Said("it is not whole, or not readable as the rest of the file")
    NO_COUNT = _Said("a token count is no whole number from 0 on")
    NO_AMOUNT = _Said("an amount is no number, or can be read in two ways")
    NO_DAY = _Said("its time cannot be read")
    NO_USAGE = _Said("it tells no usage")
    NO_TOKENS = _Said("it made images and tells 0 tokens")
    NO_MODEL = _Said("no model is told: --model names it")
    UNKNOWN_MODEL = _Said("the rates hold no such model")
    NO_LINE_ITEM = _Said("an amount of no told product: group the costs by line_item")
    NO_METER = _Said("its meter is not known")
    NO_TIER = _Said("the rates hold no such tier")
    BEFORE_FIRST_RATE = _Said("it is before the first rate of its model")
    NO_RATE = _Said("a meter with tokens has no rate")

    OTHER_USAGE = _Said("its id was told before with another usage: only the first counts")

    OTHER_PRODUCT = _Said("another product", apart=True)
    PARTIAL = _Said("a part of a stream; its tokens are in the completed event", apart=True)
    OTHER_RECORD = _Said("a record without anything billed", apart=True)
    BLANK = _Said("a period without anything", apart=True)
    REPEATED = _Said("the same id once more", apart=True)
    REFUND = _Said("it takes something back: the amount counts, tokens do not", apart=True)
    FROM_CACHE = _Said("answered from a gateway's own cache, so nothing was bought", apart=True)
    FAILED = _Said("the call failed and tells no usage", apart=True)
    AMOUNT_ALONE = _Said("amounts alone: the file tells no tokens", apart=True)

    @property
    def sentence(self) -> str:
        """What is said of such rows."""
        return self.value.sentence

    @property
    def apart(self) -> bool:
        """Whether no image cost is missing by it."""
        return self.value.apart
