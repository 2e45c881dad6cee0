"""Which rows of an older workbook's tables are its user's own: no examples, none of the card."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from math import isclose

from workbook_templates.book.theme import DATE
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.carry_over.cells import Held
from workbook_templates.carry_over.earlier import EXAMPLES, ever_said
from workbook_templates.carry_over.old_workbook import OldTable
from workbook_templates.carry_over.typed import Lines, Translation, typed_value
from workbook_templates.formulas import examples
from workbook_templates.formulas.constants import MOST_ROWS, RULES
from workbook_templates.formulas.values import CellValue
from workbook_templates.sheets.actuals import rows as bills
from workbook_templates.sheets.campaign import lines as campaign
from workbook_templates.sheets.rates.tables import Part
from xl_pricing.rates.kept_rows import IDENTITIES, Identity, merge
from xl_pricing.rates.tables import DESTINATIONS, OTHER_MODELS, PLANS, RATES

EPOCH = date(1899, 12, 30)
SIZES, CONSTANTS = "tblSizes", "tblRules"
Row = dict[str, CellValue | date]

_EVIDENCE = {"source", "checked", "basis", "note", "use", "their_quality"}
_OF_SHEET = {
    SIZES: Identity(("ratio",), ("ratio",)),
    DESTINATIONS: Identity(("destination",), ("destination",)),
    OTHER_MODELS: Identity(("model", "quality", "size_tier", "max_pixels"), ("model",)),
}
"""How rows are told apart in tables that a refresh leaves alone."""
_SHOWN = (RATES, PLANS, SIZES, DESTINATIONS, OTHER_MODELS)
"""Tables in which a user may have typed over a figure of the card's."""


def own_rows(
    table: OldTable, fields: Sequence[str], translation: Translation, lines: Lines
) -> tuple[list[Row], int]:
    """Return the rows of the campaign or of the actuals, and how many examples are left out."""
    rows: list[Row] = []
    left_out = 0
    for i, held in enumerate(table.rows):
        typed = {field: held[field] for field in fields if field in held}
        if all(_is_blank(cell.value) for cell in typed.values()):
            continue
        if _is_example(table.name, {field: cell.value for field, cell in typed.items()}, fields):
            left_out += 1
        elif len(rows) == MOST_ROWS:
            lines.tell(table.at(i, fields[0]), f"only {MOST_ROWS:,} rows are carried over")
            break
        else:
            values = {f: typed_value(c, table.at(i, f), lines) for f, c in typed.items()}
            rows.append({f: translation.said(f, value) for f, value in values.items()})
    return rows, left_out


def tell_own_columns(table: OldTable, known: Iterable[str], lines: Lines) -> None:
    """Tell of columns that are none of ours, and hold anything that was typed."""
    for name in sorted({*table.fields.values()} - {*known}):
        first = next((i for i, row in enumerate(table.rows) if _is_typed(row, name)), None)
        if first is not None:
            lines.tell(table.at(first, name), f"the column {name} is your own, not carried over")


def own_of_card(table: OldTable, new: Part, translation: Translation, lines: Lines) -> list[Row]:
    """Return the rows of a table of the Rates sheet that the card does not know."""
    old = _typed_rows(table, new, translation, lines)
    here = {*table.fields.values()} - _EVIDENCE
    shipped = [{name: cell for name, cell in row.items() if name in here} for row in new.rows]
    identity = {**IDENTITIES, **_OF_SHEET}[table.name]
    merged = merge(table.name, old, shipped, identity)
    where = f"{table.sheet}, {table.name}"
    for told in merged.changed if table.name in _SHOWN else ():
        lines.tell(where, f"{told}: the card's figure serves")
    for told in merged.removed:
        lines.tell(where, f"{told}: not carried over, as the card has other rows in its place")
    own = [dict(row) for row in merged.rows[len(shipped) :]]
    for row in own:
        key = " ".join(str(row.get(column) or "any") for column in identity.row)
        lines.tell(where, f"{key}: carried over, a row of your own")
    return own


def _is_same(value: CellValue, constant: float) -> bool:
    """Compare a constant; a program keeps 15 digits of it."""
    return isinstance(value, int | float) and isclose(value, constant, rel_tol=1e-12)


def tell_constants(table: OldTable, lines: Lines) -> None:
    """Tell of constants that somebody changed: they are not carried over."""
    known = {rule.name: rule.value for rule in RULES}
    for i, row in enumerate(table.rows):
        name, value = (row[field].value if field in row else None for field in ("name", "value"))
        if name in known and not _is_same(value, known[name]):
            told = f"{name} {value}: not carried over, the constant is {known[name]:.15g}"
            lines.tell(table.at(i, "value"), told)


def _typed_rows(table: OldTable, new: Part, translation: Translation, lines: Lines) -> list[Row]:
    dates = {column.name for column in new.columns if column.look.number == DATE}
    rows: list[Row] = []
    for i, held in enumerate(table.rows):
        typed = {c.name: held[c.name] for c in new.columns if c.name in held}
        if all(_is_blank(cell.value) for cell in typed.values()):
            continue
        values = {f: typed_value(cell, table.at(i, f), lines) for f, cell in typed.items()}
        row: Row = {f: translation.said(f, value) for f, value in values.items()}
        row |= {field: _as_day(row[field]) for field in dates & row.keys()}
        rows.append(row)
    return rows


def _as_day(value: CellValue | date) -> CellValue | date:
    """Return the day that a number stands for; what is none stays."""
    if isinstance(value, int | float) and 0 < value < _LAST_DAY:
        return EPOCH + timedelta(days=int(value))
    return value


_LAST_DAY = (date.max - EPOCH).days


def _is_blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_typed(row: Mapping[str, Held], name: str) -> bool:
    return name in row and not row[name].is_formula and not _is_blank(row[name].value)


def _is_example(table: str, row: Mapping[str, CellValue], fields: Sequence[str]) -> bool:
    """Tell whether a row is an example: marked, or as releases before the marks shipped it."""
    return _is_marked(row) or tuple(_compared(row.get(f)) for f in fields) in _shipped(table)


def _is_marked(row: Mapping[str, CellValue]) -> bool:
    """Tell whether a row's text begins with the mark of its table, in any language."""
    images = f" ({row.get('generations')} → {row.get('accepted')})"
    return any(
        str(row.get("use_case") or "").startswith(words(examples.WORD))
        or str(row.get("note") or "").startswith(words(bills.MARK) + images)
        for words in map(Words, LANGUAGES)
    )


@cache
def _shipped(table: str) -> frozenset[tuple[CellValue, ...]]:
    """Return the examples of a table without marks, in every word that they have ever had."""
    rows = campaign.LINES if table == campaign.TABLE else (*bills.ROWS, *EXAMPLES)
    said = [
        [ever_said(cell) if isinstance(cell, str) else {_compared(cell)} for cell in row]
        for row in rows
    ]
    return frozenset(cells for row in said for cells in product(*row))


def _compared(value: CellValue | date) -> CellValue:
    """Return a cell so that two that hold the same are equal."""
    if isinstance(value, date):
        return (value - EPOCH).days
    return None if value == "" else value
