"""The macros of Excel's buttons; xlwings starts them with no argument (``RunPython``).

`refresh_rates` replaces rows of the Rates tables by those of the card in force. Rows that the card
does not know are the user's own and stay, formulas among them; so do columns added to a table.
All is read and checked before the first cell is written, and put back if Excel refuses one.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.sheets.rates.sheet import CARD_NOTE
from workbook_templates.sheets.rates.tables import CHANGES, told_in
from xl_pricing.errors import InvalidValueError, NotAvailableError, XlPricingError
from xl_pricing.hosts.excel.sheet_table import SheetTable
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.kept_rows import IDENTITIES, Merged, Row, merge
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.store import active_card, user_store
from xl_pricing.rates.refresh.verdict import Change
from xl_pricing.rates.tables import table_rows

TITLE = "Image Pricing"
AS_OF, MADE_ON = "price_date", "written_on"
"""The name of the cell that says which day's prices the worksheet uses."""

_MOST_LINES = 12
_MOST_CHANGES = 100


def refresh_rates() -> str:
    """Ask the sources, bring the calling workbook up to date, and tell the user what changed.

    Where no source answers, the workbook still gets the rates that are known on this machine.
    """
    book = calling_book()
    news, changes = _ask_sources()
    try:
        told = update_workbook(book, active_card(), changes, user_store().warning())
        message = f"{told}\n\n{news}"
    except XlPricingError as error:
        message = f"The rates were not refreshed: {error}."
    book.app.alert(message, TITLE)
    return message


def _ask_sources() -> tuple[str, Sequence[Change]]:
    """Bring the card itself up to date; return what the sources said, and what was accepted."""
    try:
        report = refresh_card(user_store(), today())
    except XlPricingError as error:
        return f"Known rates were used: {error}.", ()
    lines = [f"Asked: {', '.join(report.asked)}.", *report.failures]
    lines += [f"New: {_change(change)} from {change.since}." for change in report.accepted]
    lines += [f"Held back: {_change(change)}, because {change.why}." for change in report.held]
    more = [f"... and {len(lines) - _MOST_LINES} more."] if len(lines) > _MOST_LINES else []
    return "\n".join([*lines[:_MOST_LINES], *more]), report.accepted


def _change(change: Change) -> str:
    series = " ".join(filter(None, (change.model, change.meter, change.tier)))
    return f"{series} {change.old} -> {change.new} ({change.source})"


def new_worksheet() -> str:
    """Write a budget workbook into the user's documents, open it, and return its path.

    Its rates are those of the card in force; Excel's status bar says of which day.
    """
    import xlwings  # noqa: PLC0415 - slow, and only a macro needs it

    from workbook_templates.build import write_template  # noqa: PLC0415 - loads openpyxl

    path = _free_path(Path.home())
    card = active_card()
    write_template(path, card=card)
    app = xlwings.apps.active
    app.books.open(path)
    app.status_bar = f"{TITLE}: rates as of {card.checked}"
    return str(path)


def _free_path(home: Path) -> Path:
    """Return a name in the documents, or at home, that no file has yet."""
    folder = home / "Documents"
    folder = folder if folder.is_dir() else home
    names = (f"Image budget{number}.xlsx" for number in chain([""], map(" {}".format, count(2))))
    return next(path for path in map(folder.joinpath, names) if not path.exists())


def update_workbook(  # xlwings has no types to speak of
    book: Any,  # noqa: ANN401 - xlwings'
    card: RateCard,
    changes: Sequence[Change] = (),
    warning: str | None = None,
) -> str:
    """Write the card into a workbook of xlwings; return what changed, for its user.

    ``changes`` are listed on the Rates sheet; where there are none, the last list stays. So is a
    ``warning`` about the card, which Checks repeats.

    Raises `NotAvailableError` for a workbook without the tables, and `InvalidValueError` where the
    sheet is protected, rows are in the way, or Excel refuses; the workbook is then as it was.
    """
    steps = [_plan(book, name, card) for name in IDENTITIES]
    if changes:
        steps.append(_plan_changes(book, changes))
    stamp = _plan_stamp(book, card, steps[0].table)
    _write(steps, [stamp, _plan_made_on(book, stamp), _plan_note(book, warning)])
    return _tell(steps, stamp, card)


class _Step(NamedTuple):
    """One table, and what it will hold."""

    table: SheetTable
    merged: Merged


class _Stamp(NamedTuple):
    """A named cell, what it holds, and what it will hold."""

    name: str
    cell: Any
    old: Any
    new: Any


def calling_book() -> Any:  # noqa: ANN401 - xlwings has no types to speak of
    """Return the workbook whose button was pressed; exit where Excel does not say which."""
    import xlwings  # noqa: PLC0415 - slow, and only a macro needs it

    try:
        return xlwings.Book.caller()
    except Exception as error:  # noqa: BLE001 - each system raises its own
        # Without a workbook there is no Excel to show a message; xlwings shows this one.
        sys.exit(
            "Excel did not say which workbook asks, so nothing was changed; accepted: the button "
            f"of an open workbook whose name has no = sign. (xlwings: {error})"
        )


def _plan(book: Any, name: str, card: RateCard) -> _Step:  # noqa: ANN401 - as above
    table = _find_table(book, name)
    if _is_protected(table.sheet):
        raise InvalidValueError(
            f"the sheet {table.sheet.name} is protected; accepted: a sheet that was unprotected "
            "under Review"
        )
    words = _words_of(table)
    rows = [row | told_in(words, row) for row in table_rows(card, name)]
    table.require_columns(next(iter(rows), {}))
    card_rows = [{field: _as_cell(value) for field, value in row.items()} for row in rows]
    merged = merge(name, table.rows, card_rows)
    table.require_room(len(merged.rows))
    return _Step(table, merged)


def _words_of(table: SheetTable) -> Words:
    """Return the words of the workbook's language, which its sheet's title tells."""
    known = (lang for lang in LANGUAGES if Words(lang)("Rates") == table.sheet.name)
    return Words(next(known, "en"))


def _plan_changes(book: Any, changes: Sequence[Change]) -> _Step:  # noqa: ANN401 - as above
    table = _find_table(book, CHANGES)
    rows: list[Row] = [
        {
            "model": change.model,
            "meter": change.meter,
            "tier": change.tier or None,
            "old": _as_figure(change.old),
            "new": _as_figure(change.new),
            "since": _as_cell(change.since),
            "source": change.source,
        }
        for change in changes[:_MOST_CHANGES]
    ]
    table.require_columns(rows[0])
    table.require_room(len(rows))
    return _Step(table, Merged(CHANGES, rows, [], [], [], 0, 0))


def _as_figure(value: Decimal | date | None) -> float | str | None:
    """Return a price as a number, a model's last day as ISO text."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else float(value)


def _find_table(book: Any, name: str) -> SheetTable:  # noqa: ANN401 - as above
    for sheet in book.sheets:
        for table in sheet.tables:
            if table.name == name:
                return SheetTable(sheet, table)
    raise NotAvailableError(
        f"{book.name} has no table {name}; accepted: a workbook that xl-pricing template wrote"
    )


def _is_protected(sheet: Any) -> bool:  # noqa: ANN401 - as above
    if sys.platform == "win32":
        return bool(sheet.api.ProtectContents)
    return bool(sheet.api.protect_contents.get())


def _as_cell(value: Any) -> Any:  # noqa: ANN401 - a cell's value
    """Return a value of the generator as a cell gives it back."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a sheet's dates
    return None if value == "" else value


def _plan_stamp(
    book: Any,  # noqa: ANN401 - xlwings'
    card: RateCard,
    rates: SheetTable,
) -> _Stamp | None:
    """Move the day of prices on with the rates, unless the user has set another day."""
    cell = _named_cell(book, AS_OF)
    if cell is None:
        return None
    held = cell.value
    follows = held is None or held in _days_of(rates.rows) | _made_on(book)
    typed = not str(cell.formula).startswith("=")
    new = _as_cell(card.as_of(today())) if follows and typed else held
    return _Stamp(AS_OF, cell, held, new)


def _plan_note(book: Any, warning: str | None) -> _Stamp | None:  # noqa: ANN401 - as above
    cell = _named_cell(book, CARD_NOTE)
    return None if cell is None else _Stamp(CARD_NOTE, cell, cell.value, warning)


def _named_cell(book: Any, name: str) -> Any:  # noqa: ANN401 - as above
    return next((known.refers_to_range for known in book.names if known.name == name), None)


def _made_on(book: Any) -> set[Any]:  # noqa: ANN401 - as above
    """Return the day that the workbook itself put as that of prices, where it keeps it."""
    cell = _named_cell(book, MADE_ON)
    return set() if cell is None else {cell.value}


def _plan_made_on(book: Any, day: _Stamp | None) -> _Stamp | None:  # noqa: ANN401 - as above
    """Keep the day of prices as the workbook's own, where it was moved on."""
    cell = _named_cell(book, MADE_ON)
    if cell is None or day is None or day.new == day.old:
        return None
    return _Stamp(MADE_ON, cell, cell.value, day.new)


def _days_of(rows: Sequence[Row]) -> set[datetime]:
    """Return the days that a sheet's rates were checked last, and that the last of them began."""
    last = {name: [row.get(name) for row in rows] for name in ("checked", "effective_from")}
    days = {name: [d for d in held if isinstance(d, datetime)] for name, held in last.items()}
    checked = max(days["checked"], default=None)
    now = _as_cell(today())
    begun = [day for day in days["effective_from"] if isinstance(now, datetime) and day <= now]
    return {checked, max([checked, *begun])} if checked else set()


def _write(steps: Sequence[_Step], stamps: Sequence[_Stamp | None]) -> None:
    """Write everything, or leave everything as it was."""
    try:
        for step in steps:
            if step.merged.rows != step.table.rows:
                step.table.write(step.merged.rows)
        for stamp in filter(None, stamps):
            if stamp.new != stamp.old:
                stamp.cell.value = stamp.new
    except Exception as error:
        lost = list(_put_back(steps, stamps))
        end = (
            f"{', '.join(lost)} could not be put back: close the workbook without saving it"
            if lost
            else "everything is as it was"
        )
        raise InvalidValueError(
            f"Excel refused to write ({error}); {end}; accepted: a workbook that is not being "
            "edited, with unlocked cells"
        ) from error


def _put_back(steps: Sequence[_Step], stamps: Sequence[_Stamp | None]) -> Iterator[str]:
    """Put back what was written; yield the names of what Excel refuses even then."""
    for step in steps:
        try:
            step.table.restore()
        except Exception:  # noqa: BLE001 - the others must still be put back
            yield step.table.name
    for stamp in filter(None, stamps):
        try:
            if stamp.cell.value != stamp.old:
                stamp.cell.value = stamp.old
        except Exception:  # noqa: BLE001 - as above
            yield stamp.name


def _tell(steps: Sequence[_Step], stamp: _Stamp | None, card: RateCard) -> str:
    lines = [line for step in steps for line in step.merged.report()]
    head = [f"Rates as of {card.checked}."]
    if not any(step.merged.is_news for step in steps):
        head.append("Everything was up to date.")
    if stamp and stamp.new != _as_cell(card.as_of(today())):
        day = f"{stamp.new:%Y-%m-%d}" if isinstance(stamp.new, datetime) else stamp.new
        head.append(f"Prices as of stays on {day}, as you set it.")
    more = [f"... and {len(lines) - _MOST_LINES} more."] if len(lines) > _MOST_LINES else []
    return "\n".join([*head, *lines[:_MOST_LINES], *more])
