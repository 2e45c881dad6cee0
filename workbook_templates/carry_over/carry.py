"""What an older workbook hands on to a new one: its inputs, the rows of its user, and what not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from workbook_templates.book.words import Words
from workbook_templates.build import BLANK_ROWS, default_inputs
from workbook_templates.carry_over import own_rows
from workbook_templates.carry_over.old_workbook import OldWorkbook, read_workbook
from workbook_templates.carry_over.own_rows import CONSTANTS, EPOCH, SIZES, Row
from workbook_templates.carry_over.typed import Lines, Translation, typed_value
from workbook_templates.formulas.values import CellValue
from workbook_templates.sheets.actuals import rows as bills
from workbook_templates.sheets.actuals.variance import CAMPAIGN, JOB
from workbook_templates.sheets.campaign import lines as campaign
from workbook_templates.sheets.rates.sheet import MADE_ON
from workbook_templates.sheets.rates.tables import CUSTOM, tables
from workbook_templates.sheets.worksheet.chosen import NO, NONE, OWN, YES
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.tables import (
    DESTINATIONS,
    FIXED,
    MODELS,
    OTHER_MODELS,
    PLANS,
    RATES,
    table_rows,
)

TYPED = {campaign.TABLE: campaign.INPUTS, bills.TABLE: bills.TYPED}
"""The tables that are typed, and their typed fields."""
OF_CARD = (RATES, MODELS, FIXED, SIZES, PLANS, OTHER_MODELS, DESTINATIONS)
"""The tables of the Rates sheet to which rows of one's own may be added."""
CHOICES: Mapping[str, Sequence[str]] = {
    "ratio": (CUSTOM,),
    "use_measured": (YES, NO),
    "plan": (NONE,),
    "compare_with": (JOB, CAMPAIGN),
}
"""The inputs that are chosen among words of the workbook's language, in English."""
PRICE_DATE = "price_date"
EXAMPLE_RATE = ("EUR", 0.9)
"""What earlier releases were prefilled with."""
_OURS = {
    name: {column.name for column in columns}
    for name, columns in ((campaign.TABLE, campaign.COLUMNS), (bills.TABLE, bills.COLUMNS))
}
_KNOWN_BY: Mapping[str, Sequence[str]] = {
    campaign.TABLE: ("use_case", "size", "finals", "retries", "buffer"),
    bills.TABLE: ("date", "generations", "accepted", "billed"),
    RATES: ("model", "meter", "tier", "usd_per_mtok"),
    MODELS: ("model", "aliases", "counting"),
    FIXED: ("model", "size", "low", "medium", "high"),
    SIZES: ("ratio", "width_px", "height_px"),
    PLANS: ("plan", "shape", "usd_per_credit"),
    OTHER_MODELS: ("model", "their_quality", "usd"),
    DESTINATIONS: ("destination", "ratio", "width_px"),
    CONSTANTS: ("name", "value", "meaning"),
}
"""Fields by which a table is found whose own part was lost."""


Rows = dict[str, Sequence[Mapping[str, Any]]]
"""Rows by field, by table."""


class Carried(NamedTuple):
    """What a new workbook takes over: by name of a cell, by table; and a line for what it does not.

    ``lang`` is the language of the new one; ``broken`` are rules that the old one breaks too.
    """

    lang: str
    inputs: dict[str, CellValue]
    rows: Rows
    lines: list[str]
    broken: frozenset[str]


def carry(path: Path, lang: str | None, card: RateCard) -> Carried:
    """Return what an older workbook holds for a new one that ``card`` prices.

    ``lang`` is the new one's language; if omitted, the old one's. Raises `InvalidValueError` for a
    file that is no such workbook, or too large.
    """
    old = read_workbook(path, _KNOWN_BY)
    lang = lang or old.lang
    words, lines, translation = Words(lang), Lines(), Translation(lang, _chosen(card))
    inputs = _inputs(old, default_inputs(words, card), translation, lines)
    _choose_rate(old, inputs, lines)
    _choose_day(old, inputs, card, lines)
    rows = _own_of_user(old, translation, lines)
    rows |= _own_of_card(old, card, words, translation, lines)
    for title in old.others:
        lines.tell(title, "a sheet of your own, not carried over")
    broken = frozenset(name for name, cell in old.cells.items() if cell.held.value == 0)
    return Carried(lang, inputs, rows, lines.told, broken)


def _chosen(card: RateCard) -> dict[str, Sequence[str]]:
    """Return the English words that can be chosen, by cell or field: places are the card's."""
    places = [str(row["destination"]) for row in table_rows(card, DESTINATIONS)]
    return {**CHOICES, "destination": places, "delivery_place": places}


def counted(rows: Sequence[Mapping[str, Any]]) -> int:
    """Return how many rows were carried over: blank ones are room to type."""
    return sum(1 for row in rows if row)


def _inputs(
    old: OldWorkbook, known: Mapping[str, object], translation: Translation, lines: Lines
) -> dict[str, CellValue]:
    """Return what the named cells hold; tell of those that the new workbook does not have."""
    inputs: dict[str, CellValue] = {}
    for name, cell in old.cells.items():
        if name in known:
            before = len(lines.told)
            value = typed_value(cell.held, f"{cell.at} {name}", lines)
            if value is not None or len(lines.told) == before:
                inputs[name] = translation.said(name, value)
        elif cell.is_unlocked and cell.held.value not in {None, ""}:
            lines.tell(f"{cell.at} {name}", "no cell of that name any more, not carried over")
    for name in old.lost:
        if name in known:
            lines.tell(name, "the name has no cell any more, so the new one's default stands")
    return inputs


def _choose_day(
    old: OldWorkbook, inputs: dict[str, CellValue], card: RateCard, lines: Lines
) -> None:
    """Leave out a price date that was only the day of the old rates, so that new ones serve."""
    typed, new = inputs.get(PRICE_DATE), (card.as_of(today()) - EPOCH).days
    if not isinstance(typed, int | float) or typed >= new:
        return
    at = f"{old.cells[PRICE_DATE].at} {PRICE_DATE}"
    if typed in _days_of_rates(old) | _made_on(old):
        del inputs[PRICE_DATE]
        lines.tell(at, "the day of the old rates, so that of the new ones takes its place")
    else:
        lines.tell(at, "carried over as it was typed, so that rates after that day do not serve")


def _made_on(old: OldWorkbook) -> set[CellValue]:
    """Return the day that the old workbook itself put as that of prices, where it keeps it."""
    return {old.cells[MADE_ON].held.value} if MADE_ON in old.cells else set()


def _choose_rate(old: OldWorkbook, inputs: dict[str, CellValue], lines: Lines) -> None:
    """Say whose rate an earlier release had beside its currency; its example is none."""
    currency, rate = (inputs.get(name) for name in ("currency", "units_per_usd"))
    if "rate_currency" in old.cells or rate is None:
        return
    if (currency, rate) == EXAMPLE_RATE:
        del inputs["currency"], inputs["units_per_usd"]
        at = f"{old.cells['units_per_usd'].at} units_per_usd"
        lines.tell(at, "the example of an earlier release, not carried over")
    elif currency != OWN:
        inputs["rate_currency"] = currency


def _days_of_rates(old: OldWorkbook) -> set[CellValue]:
    """Return the days that a workbook with these rates was written for: checked, or begun since."""
    table = old.tables.get(RATES)
    days: dict[str, set[float]] = {"checked": set(), "effective_from": set()}
    for row in table.rows if table else ():
        for name, known in days.items():
            value = row[name].value if name in row else None
            if isinstance(value, int | float):
                known.add(value)
    last = max(days["checked"], default=0)
    return {last, *(day for day in days["effective_from"] if day > last)}


def _own_of_user(old: OldWorkbook, translation: Translation, lines: Lines) -> Rows:
    """Return the rows of the tables that are typed; no examples stand beside any.

    A table in which there was nothing but examples is left out: the new one has its own.
    """
    found: dict[str, list[Row]] = {}
    had_examples: set[str] = set()
    for name, fields in TYPED.items():
        if name not in old.tables:
            continue
        table = old.tables[name]
        found[name], examples = own_rows.own_rows(table, fields, translation, lines)
        own_rows.tell_own_columns(table, _OURS[name], lines)
        if examples:
            had_examples.add(name)
            lines.tell(f"{table.sheet}, {name}", f"{examples} example rows, not carried over")
    if any(found.values()):
        return {name: found.get(name) or BLANK_ROWS for name in TYPED}
    return dict.fromkeys(found.keys() - had_examples, BLANK_ROWS)


def _own_of_card(
    old: OldWorkbook, card: RateCard, words: Words, translation: Translation, lines: Lines
) -> Rows:
    """Return the rows of the Rates sheet that the card does not know."""
    new = {part.name: part for part in tables(card, words)}
    if CONSTANTS in old.tables:
        own_rows.tell_constants(old.tables[CONSTANTS], lines)
    return {
        name: own_rows.own_of_card(old.tables[name], new[name], translation, lines)
        for name in OF_CARD
        if name in old.tables
    }
