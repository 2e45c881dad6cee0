"""The cell functions, IMGCOST and its sisters, once for every host."""

from xl_pricing.functions.billing import IMGBILL
from xl_pricing.functions.pricing import (
    IMGBUDGET,
    IMGBUFFER,
    IMGCOST,
    IMGCREDITS,
    IMGEXPLAIN,
    IMGRATE,
    IMGSIZE,
    IMGTOKENS,
)

__all__ = [
    "IMGBILL",
    "IMGBUDGET",
    "IMGBUFFER",
    "IMGCOST",
    "IMGCREDITS",
    "IMGEXPLAIN",
    "IMGRATE",
    "IMGSIZE",
    "IMGTOKENS",
]
