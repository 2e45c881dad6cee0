"""What can explain a part of the difference between a bill and its usage."""

from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Part(StrEnum):
    """What explains a part of the difference, in the order in which it is told."""

    ORIGINS = "two origins: used with one, billed by another"
    NOT_YET = "not billed yet"
    NOT_BILLED = "used, not in the bill"
    NOT_USED = "billed, not in the usage"
    TOKENS = "token counts differ"
    NO_AMOUNT = "used, no amount told"
    FREE = "free of charge"
    UNDER = "billed under the rate in force"
    BATCH = "billed at the batch rate"
    NOT_HALVED = "batch billed at the standard rate"
    NOTHING_LOGGED = "nothing logged, or free of charge"
    OUTPUT_AS_TEXT = "image output at the text rate"
    INPUT_AS_TEXT = "image input at the text rate"
    CACHE_IGNORED = "cached input in full"
    OTHER_TOKENS = "tokens not of this size and quality"
    MULTIPLE = "a reseller's multiple of the price"
    AGREED = "the uplift that you gave"
    RESIDENCY = "data residency or data zone, a tenth more"
    NEGOTIATED = "one ratio to the rates on all lines"
    CHANGED = "one ratio to the rates from a day on"
    REFUND = "taken back"
    UNPRICED = "billed, not priced"
    FILES = "the invoice against the files"
    ROUNDING = "rounding"
    UNEXPLAINED = "unexplained"


IN_DOUBT = (
    *(Part.ORIGINS, Part.NOT_BILLED, Part.NOT_USED, Part.TOKENS, Part.NO_AMOUNT, Part.NOT_HALVED),
    *(Part.NOTHING_LOGGED, Part.OUTPUT_AS_TEXT, Part.INPUT_AS_TEXT, Part.CACHE_IGNORED),
    *(Part.OTHER_TOKENS, Part.FILES),
)
"""Parts whose cause is known to be a mistake on one side, so that the bill does not agree."""
MOST_ABOUT = 3
"""Places that are named of a part."""


class Piece(NamedTuple):
    """A piece of the difference at one place."""

    part: Part
    usd: Fraction
    about: str = ""
    sure: bool = True
    """Whether nothing is left for a person to confirm."""
