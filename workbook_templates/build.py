"""Build the workbook: sheets in reading order, prefilled, with the values of its formulas."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

import xl_pricing
import xl_pricing.functions.pricing
from workbook_templates.book.finish import finish
from workbook_templates.book.macros import AddIn, add_button, add_macros, add_ribbon
from workbook_templates.book.page import Book
from workbook_templates.book.theme import Theme
from workbook_templates.book.words import Words
from workbook_templates.contents import sheets_of
from workbook_templates.formulas.calculation import Calculation, Sheets
from workbook_templates.formulas.conditions import Check
from workbook_templates.formulas.faults import RowFaults
from workbook_templates.formulas.values import CellValue
from workbook_templates.sheets import checks, functions, guide, stages
from workbook_templates.sheets import help as help_sheet
from workbook_templates.sheets.actuals import rows as bills
from workbook_templates.sheets.actuals import sheet as actuals
from workbook_templates.sheets.bill import sheet as bill_sheet
from workbook_templates.sheets.bill.content import BillContent
from workbook_templates.sheets.campaign import lines
from workbook_templates.sheets.campaign import sheet as campaign
from workbook_templates.sheets.levers import sheet as levers
from workbook_templates.sheets.plans import sheet as plans
from workbook_templates.sheets.rates import sheet as rates
from workbook_templates.sheets.risk import sheet as risk
from workbook_templates.sheets.sizes import sheet as sizes
from workbook_templates.sheets.summary import sheet as summary
from workbook_templates.sheets.worksheet import inputs as worksheet_inputs
from workbook_templates.sheets.worksheet import sheet as worksheet
from xl_pricing.collector import collector_paused
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.day import today


class Sheet(NamedTuple):
    """A sheet: how it is written, what is prefilled by name, and what Checks lists of it.

    ``neutral`` is what a blank workbook holds instead of some of the ``defaults``.
    """

    write: Callable[[Book], None]
    defaults: Mapping[str, Any] = {}
    errors: Sequence[Check] = ()
    notes: Sequence[Check] = ()
    rows: Sequence[RowFaults] = ()
    neutral: Mapping[str, Any] = {}


SUMMARY = Sheet(summary.write, summary.DEFAULTS, notes=summary.NOTES)
SHEETS = (
    Sheet(
        campaign.write,
        campaign.DEFAULTS,
        campaign.ERRORS,
        campaign.NOTES,
        (campaign.ROWS,),
        campaign.NEUTRAL,
    ),
    Sheet(stages.write, stages.DEFAULTS, notes=stages.NOTES, neutral=stages.NEUTRAL),
    Sheet(levers.write, notes=levers.NOTES),
    Sheet(sizes.write, sizes.DEFAULTS, notes=sizes.NOTES),
    Sheet(plans.write, plans.DEFAULTS, plans.ERRORS, plans.NOTES, neutral=plans.NEUTRAL),
    Sheet(risk.write, notes=risk.NOTES),
    Sheet(actuals.write, actuals.DEFAULTS, actuals.ERRORS, actuals.NOTES, (actuals.ROWS,)),
)
"""The sheets between Worksheet and Rates, in reading order."""
_ALL = (*SHEETS, SUMMARY)
CHECKS = checks.Lists(
    errors=[*checks.ERRORS, *chain.from_iterable(sheet.errors for sheet in SHEETS)],
    notes=[*checks.NOTES, *chain.from_iterable(sheet.notes for sheet in _ALL)],
    tables=[*chain.from_iterable(sheet.rows for sheet in SHEETS)],
    codes=[actuals.CODES],
)
"""All that the Checks sheet lists."""
TABLES = (lines.TABLE, bills.TABLE)
"""The tables whose rows are the user's."""
BLANK_ROWS: Sequence[Mapping[str, Any]] = [{}] * 12
"""Rows of a table that has nothing in it yet, so that typing can begin: LibreOffice grows none."""


def write_template(path: Path, lang: str = "en", card: RateCard | None = None) -> None:
    """Write the workbook to ``path``; the same bytes on every run.

    The rates are those of ``card``; if omitted, the bundled ones.

    Raises `ValueError` for an unknown language and `OSError` where the file cannot be written.
    """
    path.write_bytes(build(lang, card).data)


class Built:
    """A built workbook: its file, where its inputs and computed cells are, what they show.

    ``values`` are those that the file caches, by the cell's name; a table's cell is
    ``tblCampaign.budget.0`` in the first row.
    """

    def __init__(self, book: Book, sheets: Sheets, today: date) -> None:
        """Keep the parts that callers and tests ask for."""
        self._book, self._sheets, self._today = book, sheets, today
        self._shown = Calculation(sheets, today=today)
        self.values: Mapping[str, CellValue] = self._shown

    @cached_property
    def data(self) -> bytes:
        """The file, which is made when it is asked for."""
        with collector_paused():
            return finish(self._book, self._shown, self._shown.columns)

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, str]]:
        """Sheet and address of each input, by name."""
        tables = (table.places(held=True) for table in self._book.grown)
        return self._book.inputs | dict(chain.from_iterable(tables))

    @cached_property
    def formulas(self) -> Mapping[tuple[str, str], str]:
        """The name of each computed cell, by sheet and address."""
        tables = (table.places(held=False) for table in self._book.grown)
        computed = {place: name for name, place in chain.from_iterable(tables)}
        return self._book.formulas | computed

    def calculate(
        self, changes: Mapping[str, CellValue | date], today: date | None = None
    ) -> Mapping[str, CellValue]:
        """Return what the workbook shows with other inputs, by name; `KeyError` for no input.

        ``today`` is what TODAY() gives; if omitted, the day on which the rates were checked.
        """
        return Calculation(self._sheets, changes, today=today or self._today)


@collector_paused()
def build(
    lang: str = "en",
    card: RateCard | None = None,
    *,
    macros: bool = False,
    blank: bool = False,
    inputs: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    bill: BillContent | None = None,
    progress: Callable[[int], None] | None = None,
) -> Built:
    """Build the workbook of a language from a rate card, with ``macros`` for a file in .xlsm.

    ``inputs`` are what is typed by the cell's name, ``rows`` those of the campaign and of the
    actuals by table and field; what is omitted is prefilled with examples, or neutral and
    ``blank``. Rows of a table of the Rates sheet stand below the card's. ``bill`` is what the
    sheet of that name is written from, which is left out without. ``progress`` is told how many of
    the rows were written.
    """
    card = card or bundled_card()
    words = Words(lang)
    book = Book(Workbook(), words, Theme(lang))
    book.typed = {**default_inputs(words, card, blank=blank), **(inputs or {}), **(rows or {})}
    book.typed = {**book.typed, "bill": bill}
    book.progress = progress or book.progress
    book.workbook.remove(book.workbook.worksheets[0])
    _write_sheets(book, card)
    if macros:
        functions.write(book)
        add_macros(book, "workbook", add_button(book))
    guide.connect(book)
    _describe(book, card)
    sheets = sheets_of(book, functions.ANSWERS if macros else {})
    sheets.compile()  # here, where the search for cycles is paused
    return Built(book, sheets, card.checked)


def _write_sheets(book: Book, card: RateCard) -> None:
    """Write the sheets in reading order; Rates first, for the others list its rows."""
    rates.write(book, card)
    SUMMARY.write(book)
    worksheet.write(book, card)
    for sheet in SHEETS:
        sheet.write(book)
    if bill := book.typed["bill"]:
        bill_sheet.write(book, bill, today())
    checks.write(book, CHECKS)
    help_sheet.write(book)
    rates_at = book.workbook.sheetnames.index(book.words("Checks")) - 1
    book.workbook.move_sheet(book.words("Rates"), rates_at)
    book.workbook.active = 0


def default_inputs(words: Words, card: RateCard, *, blank: bool = False) -> dict[str, Any]:
    """Return what is prefilled: every input by name, and the rows of the tables by field.

    They are examples, or with ``blank`` the neutral values of a workbook without any.
    """
    inputs: dict[str, Any] = {**worksheet_inputs.defaults(card, words.lang)}
    for sheet in _ALL:
        inputs |= sheet.defaults
    if blank:
        inputs |= dict.fromkeys(TABLES, BLANK_ROWS)
        inputs |= worksheet_inputs.NEUTRAL
        for sheet in _ALL:
            inputs |= sheet.neutral
    return {name: _in_words(value, words) for name, value in inputs.items()}


def _in_words(value: Any, words: Words) -> Any:  # noqa: ANN401 - what is typed, or rows of it
    """Return what is typed, or rows by field, with the marked words in the language."""
    if isinstance(value, str):
        return words.fill(value)
    if isinstance(value, Sequence):
        return [{name: _in_words(cell, words) for name, cell in row.items()} for row in value]
    return value


def build_addin(card: RateCard | None = None) -> bytes:
    """Build the add-in: the functions for every workbook, a ribbon tab, and the Help sheet."""
    book = Book(AddIn(), Words("en"), Theme("en"))
    book.workbook.remove(book.workbook.worksheets[0])
    help_sheet.write(book, guide=False)
    add_macros(book, "addin", add_ribbon())
    _describe(book, card or bundled_card())
    book.workbook.properties.title = "Image Pricing"
    return finish(book, {})


def _describe(book: Book, card: RateCard) -> None:
    """Set the properties; the dates are those of the rates, so that every run is the same."""
    day = datetime(card.checked.year, card.checked.month, card.checked.day)  # noqa: DTZ001 - a file has no zone
    properties = book.workbook.properties
    properties.creator = f"xl_pricing {xl_pricing.__version__}"
    properties.title = book.words("What will these images cost?")
    properties.created = properties.modified = day
    book.workbook.calculation.fullCalcOnLoad = True
