"""The tables of the Rates sheet: what their columns are, and a card's rows in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Typed
from workbook_templates.book.theme import COUNT, DATE, NUMBER
from workbook_templates.book.words import Words
from workbook_templates.formulas.constants import FREE_SIZES, RULES
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.estimation.size import PRESET_SHORT_SIDE_PX, parse_ratio, preset
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.tables import (
    DESTINATIONS,
    FIXED,
    MODELS,
    OTHER_MODELS,
    PLANS,
    RATES,
    Row,
    table_rows,
)

CUSTOM = "custom"
CHANGES = "tblChanges"
"""The table that the Refresh rates button fills; a new workbook has nothing to list."""

Cells = Mapping[str, Typed]
"""A row by field; a field that is not named is blank."""
_DATE = replace(NUMBER, number=DATE)
_PRICE = replace(NUMBER, number="0.00####")
_COUNT = replace(NUMBER, number=COUNT)


class _Declared(NamedTuple):
    """A table: its name, title, columns, and where its rows come from."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[RateCard, Words], Iterable[Cells]]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the sheet with its rows, each with every field in the order of the columns."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[dict[str, Typed]]


def tables(card: RateCard, words: Words) -> list[Part]:
    """Return the tables in the order of the sheet; the refresh macro writes the same rows."""
    return [
        Part(
            table.name,
            table.title,
            table.columns,
            [
                {column.name: row.get(column.name) for column in table.columns}
                for row in table.rows(card, words)
            ],
        )
        for table in _TABLES
    ]


def _of_the_card(name: str) -> Callable[[RateCard, Words], Iterable[Cells]]:
    """Return how a table of the card is told: sources and notes in the language."""

    def rows(card: RateCard, words: Words) -> Iterator[Cells]:
        for row in table_rows(card, name):
            yield row | told_in(words, row)

    return rows


_TOLD = ("source", "note", "their_quality", "destination")


def told_in(words: Words, row: Row) -> Row:
    """Return what of a row is told in the language: what is known by its words."""
    return {field: words.data(str(row[field])) for field in _TOLD if field in row}


def _sizes(card: RateCard, words: Words) -> Iterator[Cells]:
    legal = card.model(DEFAULT_MODEL).sizes
    rule = words(
        f"rule: exact ratio, multiples of {FREE_SIZES.step_px} px, shorter side nearest "
        f"{PRESET_SHORT_SIDE_PX} px"
    )
    any_size = words("any size: type it on the worksheet")
    cheapest = words(
        "rule: the cheapest size within 1 % of the ratio, shorter side at least "
        f"{PRESET_SHORT_SIDE_PX} px"
    )
    yield {"ratio": words(CUSTOM), "use": any_size, "source": "", "basis": ""}
    for row in card.ratios:
        ratio = parse_ratio(row.ratio)
        width, height = preset(ratio, legal)
        edges = {"width_px": width, "height_px": height}
        is_exact = Fraction(width, height) == ratio
        sourced = {"source": rule if is_exact else cheapest, "basis": "official"}
        yield {"ratio": row.ratio, **edges, "use": words(row.use), **sourced}


def _no_changes(_card: RateCard, _words: Words) -> Iterator[Cells]:
    yield {}


def _rules(_card: RateCard, words: Words) -> Iterator[Cells]:
    return ({**rule._asdict(), "meaning": words(rule.meaning)} for rule in RULES)


_SOURCED = (
    Column("source", "Source", width=84),
    Column("checked", "Checked on", look=_DATE),
    Column("basis", "Basis"),
)
_MODEL = Column("model", "Model", width=24)
_METER = Column("meter", "Meter", width=15)
_TIER = Column("tier", "Price tier")
_TABLES = (
    _Declared(RATES, "Rates", (
        _MODEL,
        _METER,
        _TIER,
        Column("usd_per_mtok", "USD per 1M tokens", look=_PRICE, width=14),
        Column("effective_from", "In force from", look=_DATE, width=14),
        *_SOURCED,
    ), _of_the_card(RATES)),
    _Declared(
        PLANS,
        "Plans: credits and resellers' prices, which change often: check them before use", (
        Column("plan", "Plan", width=21),
        Column("shape", "Kind of price", width=13),
        _MODEL,
        Column("size_tier", "Size tier"),
        Column("max_long_edge_px", "Long edge up to, px", look=_COUNT),
        Column("quality", "Quality"),
        Column("credits", "Credits per image", look=_PRICE),
        Column("usd", "USD per image", look=_PRICE),
        Column("usd_per_credit", "USD per credit", look=_PRICE),
        Column("multiplier", "Times the token cost", look=_PRICE),
        Column("note", "Note", width=88),
        *_SOURCED,
    ), _of_the_card(PLANS)),
    _Declared(OTHER_MODELS, "Other image models: another picture, for comparison only", (
        _MODEL,
        Column("quality", "Our quality"),
        Column("their_quality", "Its quality, chosen by hand", width=18),
        Column("size_tier", "Size tier"),
        Column("max_long_edge_px", "Long edge up to, px; blank: any", look=_COUNT),
        Column("max_pixels", "Pixels up to; blank: any", look=_COUNT),
        Column("usd", "USD per image, or for its first megapixel", look=_PRICE),
        Column("usd_per_further_mp", "USD per further megapixel", look=_PRICE),
        Column("usd_per_reference", "USD per reference image", look=_PRICE),
        Column("note", "Note", width=60),
        *_SOURCED,
    ), _of_the_card(OTHER_MODELS)),
    _Declared(MODELS, "Models: what they take and how they count", (
        _MODEL,
        Column("aliases", "Other names", width=34),
        Column("released", "Released", look=_DATE),
        Column("shuts_down", "Shuts down", look=_DATE),
        Column("counting", "Output tokens by"),
        *(Column(quality, f"Grid at {quality}", look=_COUNT) for quality in QUALITIES),
        Column("step_px", "Edge step, px", look=NUMBER),
        Column("max_edge_px", "Longest edge, px", look=_COUNT),
        Column("max_aspect", "Long to short, at most", look=NUMBER),
        Column("min_pixels", "Pixels from", look=_COUNT),
        Column("max_pixels", "Pixels to", look=_COUNT),
        Column("experimental_pixels", "Experimental over, pixels", look=_COUNT),
        Column("reference_rule", "Reference images by"),
        Column("text_per_call", "Text tokens per call", look=NUMBER),
        Column("text_per_reference", "Text tokens per reference", look=NUMBER),
        *_SOURCED,
    ), _of_the_card(MODELS)),
    _Declared(FIXED, "Output tokens of the fixed sizes", (
        _MODEL,
        Column("size", "Size, px"),
        *(Column(quality, f"Tokens at {quality}", look=_COUNT) for quality in QUALITIES[:3]),
        *_SOURCED,
    ), _of_the_card(FIXED)),
    _Declared("tblSizes", "Sizes: what a ratio stands for", (
        Column("ratio", "Ratio"),
        Column("width_px", "Width, px", look=_COUNT),
        Column("height_px", "Height, px", look=_COUNT),
        Column("use", "Often used for", width=30),
        Column("source", "Source", width=72),
        Column("basis", "Basis"),
    ), _sizes),
    _Declared(DESTINATIONS, "Places: where images go, and in which size", (
        Column("destination", "Where it goes", width=24),
        Column("ratio", "Ratio"),
        Column("width_px", "Width, px", look=_COUNT),
        Column("height_px", "Height, px", look=_COUNT),
    ), _of_the_card(DESTINATIONS)),
    _Declared(CHANGES, "What the last refresh changed", (
        _MODEL,
        _METER,
        _TIER,
        Column("old", "Old", look=_PRICE),
        Column("new", "New", look=_PRICE),
        Column("since", "In force from", look=_DATE),
        Column("source", "Source", width=72),
    ), _no_changes),
    _Declared("tblRules", "Constants that the formulas name", (
        Column("name", "Name in formulas", width=24),
        Column("value", "Value", look=NUMBER),
        Column("meaning", "Meaning", width=46),
    ), _rules),
)  # fmt: skip
