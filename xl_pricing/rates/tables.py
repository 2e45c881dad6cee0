"""The card as the tables that a sheet holds: a card's rows by column out, a header and rows in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from xl_pricing.errors import CardError
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.estimation.size import FreeSizes
from xl_pricing.estimation.tokens import GridRule, TableRule
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.records import Record, columns, read_rows, required
from xl_pricing.rates.rows import Model, Plan, Rate, Sourced, blank_is_none

MAX_TABLE_ROWS = 10_000
"""Rows of a table that is read, its header among them, at most."""

Cell = str | int | float | date | None
Row = dict[str, Cell]
"""What stands in a row, by column; ``None`` where a cell is blank."""

RATES, MODELS, FIXED, PLANS = "tblRates", "tblModels", "tblFixed", "tblPlans"
OTHER_MODELS, DESTINATIONS = "tblOtherModels", "tblDestinations"
"""The names of the tables in a workbook."""


def table_rows(card: RateCard, name: str) -> list[Row]:
    """Return the rows of a table, each with every column; amounts as numbers, dates as dates."""
    return list(_TABLES[name](card))


def with_rates(card: RateCard, table: Sequence[Sequence[Any]]) -> RateCard:
    """Return the card with the rates of a sheet's table in place of its own."""
    return replace(card, rates=tuple(read_table(Rate, table, "the rates table")))


def with_plans(card: RateCard, table: Sequence[Sequence[Any]]) -> RateCard:
    """Return the card with the plans of a sheet's table in place of its own."""
    return replace(card, plans=tuple(read_table(Plan, table, "the plans table")))


def header_of(kind: type[Record]) -> list[str]:
    """Return the columns that a table of rows must have: what they say first, their source last."""
    needed = [*required(kind)]
    return sorted(needed, key=[*required(Sourced)].__contains__)


def read_table(kind: type[Record], table: Sequence[Sequence[Any]], where: str) -> list[Record]:
    """Validate a table from a sheet: a header row, then rows; wholly blank rows are skipped.

    Raises `CardError` with the first fault as a sentence.
    """
    header = [str(cell or "").strip().lower() for cell in table[0]] if table else []
    needed, known = header_of(kind), columns(kind)
    absent = [name for name in needed if name not in header]
    if absent:
        raise CardError(
            f"{where} has no column {', '.join(map(repr, absent))}; its header must name: "
            f"{', '.join(needed)}"
        )
    if len(table) > MAX_TABLE_ROWS:
        raise CardError(f"{where} has {len(table)} rows; accepted: up to {MAX_TABLE_ROWS}")
    rows = [
        {name: cell for name, cell in zip(header, row, strict=False) if name in known}
        for row in table[1:]
        if any(blank_is_none(cell) is not None for cell in row)
    ]
    return read_rows(kind, rows, where)


def _rates(card: RateCard) -> Iterator[Row]:
    return map(_cells, card.rates)


def _models(card: RateCard) -> Iterator[Row]:
    return map(_model, card.models)


def _fixed(card: RateCard) -> Iterator[Row]:
    for model in card.models:
        if isinstance(model.output.rule, TableRule):
            for size, tokens in model.output.rule.table.items():
                yield {"model": model.id, "size": size, **tokens, **_sourced(model.output)}


def _plans(card: RateCard) -> Iterator[Row]:
    return map(_cells, card.plans)


def _other_models(card: RateCard) -> Iterator[Row]:
    return map(_cells, card.other_models)


def _destinations(card: RateCard) -> Iterator[Row]:
    for row in card.destinations:
        edges = {"width_px": row.width_px, "height_px": row.height_px}
        yield {"destination": row.destination, "ratio": row.ratio, **edges}


_TABLES: Mapping[str, Callable[[RateCard], Iterator[Row]]] = {
    RATES: _rates,
    MODELS: _models,
    FIXED: _fixed,
    PLANS: _plans,
    OTHER_MODELS: _other_models,
    DESTINATIONS: _destinations,
}


def _model(model: Model) -> Row:
    rule, sizes = model.output.rule, model.sizes
    grids = rule.grids if isinstance(rule, GridRule) else {}
    return {
        "model": model.id,
        "aliases": ", ".join(model.aliases),
        "released": model.released,
        "shuts_down": model.shuts_down,
        "counting": "grid" if grids else "table",
        **{quality: grids.get(quality) for quality in QUALITIES},
        **{field.name: getattr(sizes, field.name, None) for field in fields(FreeSizes)},
        "reference_rule": model.references.rule,
        "text_per_call": model.text.per_call,
        "text_per_reference": model.text.per_reference,
        **_sourced(model.output),
    }


def _sourced(row: Sourced) -> Row:
    return {"source": row.source, "checked": row.checked, "basis": row.basis}


def _cells(row: Sourced) -> Row:
    values = ((name, getattr(row, name)) for name in columns(type(row)))
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in values}
