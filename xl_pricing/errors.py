"""The errors of xl_pricing, one small tree.

    XlPricingError
    ├── InvalidValueError    (ValueError)    a word or value that cannot be read      #VALUE!
    ├── OutOfRangeError      (ValueError)    a number that is not accepted            #NUM!
    ├── NotAvailableError    (LookupError)   nothing is known: no rate, no formula    #N/A
    ├── CardError            (ValueError)    a rate card or table that is not whole   #VALUE!
    │   └── LaterCardError                   a card of a newer version or a later day
    ├── CellError            (ValueError)    an input cell holds an error             that error
    ├── SourceError          (OSError)       a source of rates that does not answer well
    ├── StoreError           (OSError)       a folder of rate cards that cannot be used
    └── NotAcceptedError     (ValueError)    something that was not done, for it is in doubt

The last three come from refreshing the rates, never into a cell. Each also derives from the
fitting builtin, so a caller may catch either. The message is one sentence that says what was wrong
and what is accepted.
"""


class XlPricingError(Exception):
    """Base of all errors; ``cell_error`` is the Excel error that a cell shows.

    ``exit_status`` is the command line's: 2 for a mistake in the call, 1 for a refresh that failed.
    """

    cell_error: str = "#VALUE!"
    exit_status: int = 2


class InvalidValueError(XlPricingError, ValueError):
    """A word is unknown or a value cannot be read."""


class OutOfRangeError(XlPricingError, ValueError):
    """A number is outside what is accepted."""

    cell_error = "#NUM!"


class NotAvailableError(XlPricingError, LookupError):
    """Nothing is known: a rate is missing on that day, or no formula is published."""

    cell_error = "#N/A"


class CardError(XlPricingError, ValueError):
    """A rate card, or a table of rates or plans, is not whole."""


class LaterCardError(CardError):
    """A card that is whole, but of a newer version or from the future: it is left where it is."""


class CellError(XlPricingError, ValueError):
    """An input cell holds an error, which comes out as it went in."""

    def __init__(self, cell_error: str, name: str) -> None:
        """Name the error and the argument that holds it."""
        super().__init__(f"{name} holds the error {cell_error}; fix that cell first")
        self.cell_error = cell_error


class SourceError(XlPricingError, OSError):
    """A source of rates cannot be asked, or answers what is not acceptable."""

    exit_status = 1


class StoreError(XlPricingError, OSError):
    """The folder of the user's rate cards cannot be used."""

    exit_status = 1


class NotAcceptedError(XlPricingError, ValueError):
    """Something was not done because it is in doubt."""

    exit_status = 1
