"""What can explain a part of the difference between a bill and its usage."""

from enum import StrEnum


class Part(StrEnum):
    """What explains a part of the difference, in the order in which it is told."""

    ORIGINS = "two origins: used with one, billed by another"
    NOT_YET = "not billed yet"
    NOT_BILLED = "used, not in the bill"
    NOT_USED = "billed, not in the usage"
    TOKENS = "token counts differ"
    FREE = "free of charge"
    UNDER = "billed under the rate in force"
    BATCH = "billed at the batch rate"
    NOT_HALVED = "batch billed at the standard rate"
    AGREED = "the uplift that you gave"
    RESIDENCY = "data residency or data zone, a tenth more"
    NEGOTIATED = "one ratio to the rates on all lines"
    REFUND = "taken back"
    UNPRICED = "billed, not priced"
    FILES = "the invoice against the files"
    ROUNDING = "rounding"
    UNEXPLAINED = "unexplained"


IN_DOUBT = (
    *(Part.ORIGINS, Part.NOT_BILLED, Part.NOT_USED, Part.TOKENS, Part.NOT_HALVED, Part.FILES),
)
"""Parts whose cause is known to be a mistake on one side, so that the bill does not agree."""
