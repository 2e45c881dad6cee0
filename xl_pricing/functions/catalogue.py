"""The declaration from which every host makes its functions, and how a call from a sheet runs."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from xl_pricing.errors import XlPricingError
from xl_pricing.functions.arguments import card_with
from xl_pricing.functions.ranges import map_cells, read_only_cell, read_range
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.card import RateCard

ARGUMENTS = {
    "size": "Pixels such as 1024x1536, or a ratio such as 4:5, which stands for its preset.",
    "quality": "low, medium, high (and xhigh, max from gpt-image-2.5 on), or output tokens per "
    "image that you measured. If omitted in IMGSIZE, high.",
    "model": "Model id, alias or dated snapshot. If omitted, gpt-image-2 (IMGRATE needs one).",
    "n": "Images per call, 1 to 10. If omitted, 1. Output tokens are rounded once per call.",
    "prompt": "Tokens of the prompt, or the prompt itself, estimated by script. If omitted, the "
    "prompt is not counted.",
    "references": "Number of 1024x1024 reference images, or their sizes: 1024x1024; 800x600. If "
    "omitted, none.",
    "tier": "standard or batch. If omitted, standard.",
    "rates": "A range with the header of the workbook's rates table. If omitted, the rate card of "
    "this machine.",
    "plan": "Name of a plan, or a number: USD per credit.",
    "plans": "A range with the header of the workbook's plans table. If omitted, the plans of "
    "this machine.",
    "cost": "Cost per image in any unit: IMGCOST, IMGCREDITS or a quoted price.",
    "finals": "Images that must be accepted, 0 or more.",
    "retries": "Generations per final on average, 1 or more. If omitted in IMGBUDGET, 1.",
    "buffer": "Reserve on top, 0 to 1. If omitted, 20%.",
    "ratio": "Width to height, such as 4:5.",
    "short_side": "Shorter side in px, at least. If omitted, 1024.",
    "confidence": "Chance that the buffer lasts, between 0 and 1. If omitted, 90%.",
    "meter": "text_in, text_cached, text_out, image_in, image_cached or image_out.",
    "date": "Day of the price. If omitted, today.",
}


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
    is_table: bool = False
    bind: Callable[..., Callable[[Any, Any], Any]] | None = None

    @property
    def signature(self) -> str:
        """The signature as Excel users read it: ``IMGSIZE(ratio, [short_side])``."""
        names = (f"[{a.name}]" if a.optional else a.name for a in self.arguments)
        return f"{self.name}({', '.join(names)})"

    @property
    def formula(self) -> str:
        """An example as it is typed into a cell."""
        shown = (f'"{value}"' if isinstance(value, str) else f"{value}" for value in self.example)
        return f"={self.name}({','.join(shown)})"

    def answer(self, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - a cell or a range
        """Answer a call from a sheet: cell values in, cell values out, errors as their names.

        A function that answers a table takes one row of arguments and says an error's reason.
        """
        try:
            values = list(map(self._read, self.arguments, arguments))
            if not self.is_table:
                return map_cells(self.call, values, bind=self.bind, blank=self._prices_an_image)
            return "" if all(map(is_blank, values[:2])) else self.call(*values)
        except XlPricingError as error:
            return f"{error.cell_error} {error}" if self.is_table else error.cell_error

    @property
    def _prices_an_image(self) -> bool:
        return self.arguments[0].name == "size"

    def _read(self, argument: Argument, value: object) -> object:
        """Take a table over into a card, and the only cell of a range where one is wanted."""
        if argument.name in TABLES:
            return card_with(TABLES[argument.name], read_range(value, argument.name))
        return read_only_cell(value, argument.name) if self.is_table else value


FUNCTIONS: dict[str, CellFunction] = {}
TABLES = {"rates": RateCard.with_rates, "plans": RateCard.with_plans}
"""Arguments that take a whole range, and how a card takes it over."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def cell_function(
    *example: str | float,
    is_table: bool = False,
    bind: Callable[..., Callable[[Any, Any], Any]] | None = None,
) -> Callable[[_Function], _Function]:
    """Declare a cell function with the arguments of an example.

    The first paragraph of its docstring is what Excel shows.
    ``bind`` takes all but the first two arguments and returns the function of those two: a range
    that varies in size and quality is then priced in a tight loop.
    """

    def declare(call: _Function) -> _Function:
        name = call.__name__
        parameters = inspect.signature(call).parameters.values()
        arguments = tuple(
            Argument(p.name, ARGUMENTS[p.name], p.default is not p.empty) for p in parameters
        )
        doc = " ".join(str(call.__doc__).split("\n\n", 1)[0].split())
        FUNCTIONS[name] = CellFunction(name, doc, call, arguments, example, is_table, bind)
        return call

    return declare
