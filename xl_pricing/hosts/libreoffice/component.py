"""The add-in as LibreOffice runs it, in its own Python: Calc's values in, answers out.

`extension` puts this file and the core into the extension; nothing else imports it.
"""

import struct
from collections.abc import Callable
from typing import Any

# Only LibreOffice's own Python has these, and no types of them.
import uno  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: F401 - makes com and org importable
import unohelper  # type: ignore[import-not-found, import-untyped, unused-ignore]
from com.sun.star.awt.MessageBoxType import INFOBOX  # type: ignore[import-not-found, unused-ignore]
from com.sun.star.lang import (  # type: ignore[import-not-found, unused-ignore]
    Locale,
    XLocalizable,
    XServiceInfo,
    XServiceName,
)
from com.sun.star.task import XJobExecutor  # type: ignore[import-not-found, unused-ignore]
from org.xlpricing import XImagePricing  # type: ignore[import-not-found, unused-ignore]

import xl_pricing.functions  # noqa: F401 - declares the functions
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS, ZERO_IS_A_VALUE, CellFunction
from xl_pricing.functions.ranges import as_grid
from xl_pricing.functions.values import error_in
from xl_pricing.rates.refresh.store import active_card, user_store

SERVICE = "org.xlpricing.ImagePricing"
REFRESH = "org.xlpricing.TakeRates"
QUIETLY = "quietly"
ERRORS = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 0x7FFF,
}
"""Calc's numbers of errors. A cell's error is a NaN that carries one in its low bits."""
_NAMES = {number: name for name, number in ERRORS.items()}
_NAN, _LOW_BITS = 0x7FF8_0000_0000_0000, 0xFFFF


def calc_error(name: str) -> float:
    """Return what Calc shows as an error."""
    bits = _NAN | ERRORS.get(name, ERRORS["#VALUE!"])
    number: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return number


def _cell_in(value: object) -> object:
    """Return a cell's value, an error as its name."""
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only NaN is unlike itself
        bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
        return _NAMES.get(bits & _LOW_BITS, "#VALUE!")
    return value


def _argument_in(name: str, value: object) -> object:
    """Return an argument; a blank cell comes as 0, which is nothing where 0 is no value."""
    if isinstance(value, tuple):
        return tuple(tuple(map(_cell_in, row)) for row in value)
    return None if value == 0 and name not in ZERO_IS_A_VALUE else _cell_in(value)


def _cell_out(value: object) -> object:
    error = error_in(value)
    return calc_error(error) if error else value


def _method(function: CellFunction) -> Callable[..., Any]:
    names = [argument.name for argument in function.arguments]

    def call(_self: object, *arguments: object) -> tuple[tuple[object, ...], ...]:
        values = [_argument_in(*pair) for pair in zip(names, arguments, strict=False)]
        answers = as_grid(answer(function, values))
        return tuple(tuple(map(_cell_out, row)) for row in answers)

    return call


class ImagePricing(unohelper.Base, XImagePricing, XServiceInfo, XServiceName, XLocalizable):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """All functions: each is a method named like it, in lower case."""

    def __init__(self, _context: object) -> None:
        """Begin in no language: the descriptions stand in the configuration."""
        self._locale = Locale()

    def getServiceName(self) -> str:
        """Return the name of the service."""
        return SERVICE

    def getImplementationName(self) -> str:
        """Return the name of the implementation."""
        return SERVICE

    def supportsService(self, name: str) -> bool:
        """Tell whether this is such a service."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """Return the services that this is."""
        return ("com.sun.star.sheet.AddIn", SERVICE)

    def setLocale(self, locale: object) -> None:
        """Take a language."""
        self._locale = locale

    def getLocale(self) -> object:
        """Return the language."""
        return self._locale


for _name, _function in FUNCTIONS.items():
    setattr(ImagePricing, _name.lower(), _method(_function))


class TakeRates(unohelper.Base, XJobExecutor):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """The menu entry: compute again by the card that ``xl-pricing rates refresh`` saved."""

    def __init__(self, context: Any) -> None:  # noqa: ANN401 - UNO's object
        """Keep what the desktop is found by."""
        self._context = context

    def trigger(self, how: str) -> None:
        """Compute every formula of the open documents again, and say by which rates."""
        user_store.cache_clear()  # a new store looks for a new card at once
        services = self._context.ServiceManager
        desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", self._context)
        documents = desktop.getComponents().createEnumeration()
        while documents.hasMoreElements():
            document = documents.nextElement()
            if hasattr(document, "calculateAll"):
                document.calculateAll()
        if how != QUIETLY:
            window = desktop.getCurrentFrame().getContainerWindow()
            says = f"Computed anew by the rates that were checked on {active_card().checked}."
            window.getToolkit().createMessageBox(
                window, INFOBOX, 1, "Image Pricing", says
            ).execute()


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - LibreOffice asks for this name
g_ImplementationHelper.addImplementation(
    ImagePricing, SERVICE, ("com.sun.star.sheet.AddIn", SERVICE)
)
g_ImplementationHelper.addImplementation(TakeRates, REFRESH, (REFRESH,))
