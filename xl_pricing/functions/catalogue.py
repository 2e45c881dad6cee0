"""The declaration from which every host makes its functions: names, docs, arguments, examples."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES
from xl_pricing.estimation.chance import DEFAULT_CONFIDENCE
from xl_pricing.estimation.image import DEFAULT_QUALITY, DEFAULT_TIER, MAX_IMAGES_PER_CALL, TIERS
from xl_pricing.estimation.size import PRESET_SHORT_SIDE_PX, REFERENCE_SIZE
from xl_pricing.functions.odd import refusing_odd
from xl_pricing.rates.card import DEFAULT_MODEL
from xl_pricing.rates.rows import METERS

ARGUMENTS = {
    "size": "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.",
    "quality": "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per "
    f"image that you measured. If omitted in IMGSIZE, {DEFAULT_QUALITY}. "
    "If omitted in IMGEXPLAIN, size is a usage.",
    "model": f"Model id, alias or dated snapshot. If omitted, {DEFAULT_MODEL} (IMGRATE needs one).",
    "n": f"Images per call, 1 to {MAX_IMAGES_PER_CALL}. If omitted, 1. Output tokens are rounded "
    "once per call.",
    "prompt": "Tokens of the prompt, or the prompt itself, estimated by script. If omitted, the "
    "prompt is not counted.",
    "references": f"Number of {REFERENCE_SIZE} reference images, or their sizes: 1024x1024; "
    "800x600. If omitted, none.",
    "tier": f"{' or '.join(TIERS)}. If omitted, {DEFAULT_TIER}.",
    "rates": "A range with the header of the workbook's rates table. If omitted, the rate card of "
    "this machine.",
    "plan": "Name of a plan, or a number: USD per credit.",
    "plans": "A range with the header of the workbook's plans table. If omitted, the plans of "
    "this machine.",
    "cost": "Cost per image in any unit: IMGCOST, IMGCREDITS or a quoted price.",
    "finals": "Images that must be accepted, 0 or more.",
    "retries": f"Generations per final on average, 1 or more. If omitted in IMGBUDGET, "
    f"{DEFAULT_RETRIES}.",
    "buffer": f"Reserve on top, 0 to 1. If omitted, {float(DEFAULT_BUFFER):.0%}.",
    "ratio": "Width to height, such as 4:5.",
    "short_side": f"Shorter side in px, at least. If omitted, {PRESET_SHORT_SIDE_PX}.",
    "confidence": f"Chance that the buffer lasts, between 0 and 1. If omitted, "
    f"{DEFAULT_CONFIDENCE:.0%}.",
    "usage": "A usage object in JSON as the API answers it, or a row of six token counts: "
    f"{', '.join(METERS)}.",
    "meter": f"{', '.join(METERS[:-1])} or {METERS[-1]}.",
    "date": "Day of the price. If omitted, today.",
}


Pricer = Callable[..., Callable[..., Any]]
"""Takes all arguments but the first two, and returns the function of those two."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: name, help of at most 255 characters, and whether it may be omitted."""

    name: str
    doc: str
    optional: bool

    @property
    def vba_name(self) -> str:
        """The name in VBA, which keeps some for itself."""
        return {"date": "on_date"}.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class CellFunction:
    """One declaration, from which every host makes its function."""

    name: str
    doc: str
    call: Callable[..., Any]
    arguments: tuple[Argument, ...]
    example: tuple[str | float, ...]
    pricer: Pricer
    is_table: bool = False

    @property
    def signature(self) -> str:
        """The signature as Excel users read it: ``IMGSIZE(ratio, [short_side])``."""
        names = (f"[{a.name}]" if a.optional else a.name for a in self.arguments)
        return f"{self.name}({', '.join(names)})"

    @property
    def formula(self) -> str:
        """An example as it is typed into a cell."""
        shown = (_literal(value) for value in self.example)
        return f"={self.name}({','.join(shown)})"

    @property
    def prices_an_image(self) -> bool:
        """Whether it answers for an image, so that a row without one answers nothing."""
        return self.arguments[0].name == "size"


def _literal(value: str | float) -> str:
    """Write a value as a formula holds it."""
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else f"{value}"


FUNCTIONS: dict[str, CellFunction] = {}
TABLES = frozenset({"rates", "plans"})
"""Arguments that take a whole range."""
WHOLE = TABLES | {"usage"}
"""Arguments of which a range is one value."""

ZERO_IS_A_VALUE = frozenset({"cost", "finals", "buffer", "prompt", "references"})
"""Arguments of which 0 is a value; of all others it is none, as a host may pass a blank cell."""

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


def cell_function(
    *example: str | float,
    is_table: bool = False,
    pricer: Pricer | None = None,
) -> Callable[[Callable[_Arguments, _Answer]], Callable[_Arguments, _Answer]]:
    """Declare a cell function with the arguments of an example.

    The first paragraph of its docstring is what Excel shows.
    ``pricer`` is what it calls, where much can be read once for a range that varies in its first
    two arguments.
    """

    def declare(call: Callable[_Arguments, _Answer]) -> Callable[_Arguments, _Answer]:
        name = call.__name__
        parameters = inspect.signature(call).parameters.values()
        arguments = tuple(
            Argument(p.name, ARGUMENTS[p.name], p.default is not p.empty) for p in parameters
        )
        doc = " ".join(str(call.__doc__).split("\n\n", 1)[0].split())
        made, checked = pricer or _unread(call), refusing_odd(call)
        FUNCTIONS[name] = CellFunction(name, doc, checked, arguments, example, made, is_table)
        return checked

    return declare


def _unread(call: Callable[..., Any]) -> Pricer:
    """Return the pricer of a function that reads all its arguments anew for every cell."""
    return lambda *rest: lambda *first: call(*first, *rest)
