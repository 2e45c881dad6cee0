"""What will these images cost? Excel functions and a budget workbook for GPT image models.

The cell functions are here by name; they are loaded when the first of them is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_pricing.functions import (
        IMGBILL,
        IMGBUDGET,
        IMGBUFFER,
        IMGCOST,
        IMGCREDITS,
        IMGEXPLAIN,
        IMGRATE,
        IMGSIZE,
        IMGTOKENS,
    )

__version__ = "0.1.0"
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


def __getattr__(name: str) -> object:
    """Load the cell functions."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xl_pricing import functions  # noqa: PLC0415 - errors alone must stay cheap

    return getattr(functions, name)


def __dir__() -> list[str]:
    """List the functions too."""
    return sorted({*globals(), *__all__})
