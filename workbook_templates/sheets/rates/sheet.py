"""The Rates sheet: rates, models, sizes, plans and rules as Excel tables, each row sourced."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openpyxl.worksheet.pagebreak import Break

from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import (
    COUNT,
    DATE,
    NOTE,
    NUMBER,
    SECTION,
    SUBTITLE,
    TITLE,
    WARNING,
)
from workbook_templates.book.words import Words
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.rates import in_force
from xl_pricing.estimation.size import FreeSizes, parse_ratio, preset
from xl_pricing.estimation.tokens import GridRule, TableRule
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.rows import Model, Plan, Rate

QUALITIES = ("low", "medium", "high", "xhigh", "max")
CUSTOM = "custom"
CARD_NOTE = "card_note"
"""The name of the cell for what is wrong with the card of the machine that refreshed."""
CHANGES = "tblChanges"
"""The table that the Refresh rates button fills; a new workbook has nothing to list."""
TITLE_ROW, CAPTION_ROW, FIRST_ROW = 5, 6, 8

_DATES = ("since", "effective_from", "checked", "released", "shuts_down")
_PRICES = ("old", "new", "usd_per_mtok", "usd", "credits", "usd_per_credit", "multiplier")
_COUNTS = (
    *("width_px", "height_px", "max_long_edge_px", "max_edge_px"),
    *("min_pixels", "max_pixels", "experimental_pixels", *QUALITIES),
)
_PLAIN = ("step_px", "max_aspect", "text_per_call", "text_per_reference", "value")
_STYLES = {
    **dict.fromkeys(_DATES, replace(NUMBER, number=DATE)),
    **dict.fromkeys(_PRICES, replace(NUMBER, number="0.00####")),
    **dict.fromkeys(_COUNTS, replace(NUMBER, number=COUNT)),
    **dict.fromkeys(_PLAIN, NUMBER),
}
_WIDTHS = {"source": 72, "note": 60, "meaning": 46, "aliases": 34, "model": 24, "use": 30}
_WIDTHS |= {"name": 24, "meter": 15, "plan": 14, "shape": 13}
_WIDTHS |= {"usd_per_mtok": 14, "effective_from": 14}
_SOURCED = {"source": "Source", "checked": "Checked on", "basis": "Basis"}


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the sheet: captions by field, and rows in the order of the fields."""

    name: str
    title: str
    captions: Mapping[str, str]
    rows: Sequence[Sequence[Any]]


def write(book: Book, card: RateCard) -> dict[str, str]:
    """Write the sheet; return by table name the range of its first column, for dropdowns."""
    parts = tables(card, book.words)
    widths = [2.0]
    for part in parts:
        widths += [*(_WIDTHS.get(name, max(12, len(name) + 4)) for name in part.captions), 3]
    widths += in_force.WIDTHS
    page = book.page("Rates", widths)
    _head(page, len(widths))
    firsts, left = {}, 2
    for part in parts:
        page.say(page.at(TITLE_ROW, left), part.title, SECTION)
        page.table(part.name, (CAPTION_ROW, left), part.captions, part.rows, _STYLES)
        last = FIRST_ROW + len(part.rows) - 1
        firsts[part.name] = page.absolute(FIRST_ROW, last, left)
        if part.name == "tblRules":
            for row, rule in enumerate(RULES, start=FIRST_ROW):
                page.define(rule.name, page.at(row, left + 1))
        left += len(part.captions) + 1
        page.sheet.col_breaks.append(Break(id=left - 1))
    last_column = in_force.write(page, TITLE_ROW, left)
    page.sheet.freeze_panes = page.at(FIRST_ROW, 1)
    page.print_setup(f"A1:{page.at(page.sheet.max_row, last_column)}", "1:7", one_page_wide=False)
    return firsts


def _head(page: Page, width: int) -> None:
    page.fill(f"A1:{page.at(2, width)}", SUBTITLE)
    page.heights({1: 32, 2: 22, CAPTION_ROW: 26, CAPTION_ROW + 1: 18})
    page.say("B1", "Rates", TITLE)
    said = "Every figure that the worksheet computes with, and where it comes from."
    page.say("B2", said, SUBTITLE)
    page.say(
        "B3",
        "A new price is a new row with a later effective_from; old rows stay, so old bills "
        "reconcile. Rows that you add below a table are used at once.",
        NOTE,
    )
    page.put("B4", None, WARNING)
    page.define(CARD_NOTE, "B4")


def tables(card: RateCard, words: Words) -> list[Part]:
    """Return the tables in the order of the sheet; the refresh macro writes the same rows."""
    return [
        Part(
            "tblRates",
            "Rates",
            {
                "model": "Model",
                "meter": "Meter",
                "tier": "Price tier",
                "usd_per_mtok": "USD per 1M tokens",
                "effective_from": "In force from",
                **_SOURCED,
            },
            [_rate_row(rate, words) for rate in card.rates],
        ),
        Part(
            "tblModels",
            "Models: what they take and how they count",
            {
                "model": "Model",
                "aliases": "Other names",
                "released": "Released",
                "shuts_down": "Shuts down",
                "counting": "Output tokens by",
                **{quality: f"Grid at {quality}" for quality in QUALITIES},
                "step_px": "Edge step, px",
                "max_edge_px": "Longest edge, px",
                "max_aspect": "Long to short, at most",
                "min_pixels": "Pixels from",
                "max_pixels": "Pixels to",
                "experimental_pixels": "Experimental over, pixels",
                "reference_rule": "Reference images by",
                "text_per_call": "Text tokens per call",
                "text_per_reference": "Text tokens per reference",
                **_SOURCED,
            },
            [_model_row(model, words) for model in card.models],
        ),
        Part(
            "tblFixed",
            "Output tokens of the fixed sizes",
            {
                "model": "Model",
                "size": "Size, px",
                "low": "Tokens at low",
                "medium": "Tokens at medium",
                "high": "Tokens at high",
                **_SOURCED,
            },
            [row for model in card.models for row in _fixed_rows(model, words)],
        ),
        Part(
            "tblSizes",
            "Sizes: what a ratio stands for",
            {
                "ratio": "Ratio",
                "width_px": "Width, px",
                "height_px": "Height, px",
                "use": "Often used for",
                "source": "Source",
                "basis": "Basis",
            },
            list(_size_rows(card, words)),
        ),
        Part(
            "tblPlans",
            "Plans: credits and resellers' prices, which change often: check them before use",
            {
                "plan": "Plan",
                "shape": "Kind of price",
                "model": "Model",
                "size_tier": "Size tier",
                "max_long_edge_px": "Long edge up to, px",
                "quality": "Quality",
                "credits": "Credits per image",
                "usd": "USD per image",
                "usd_per_credit": "USD per credit",
                "multiplier": "Times the token cost",
                "note": "Note",
                **_SOURCED,
            },
            [_plan_row(plan, words) for plan in card.plans],
        ),
        Part(
            CHANGES,
            "What the last refresh changed",
            {
                "model": "Model",
                "meter": "Meter",
                "tier": "Price tier",
                "old": "Old",
                "new": "New",
                "since": "In force from",
                "source": "Source",
            },
            [(None,) * 7],
        ),
        Part(
            "tblRules",
            "Constants that the formulas name",
            {"name": "Name in formulas", "value": "Value", "meaning": "Meaning"},
            [(rule.name, rule.value, words(rule.meaning)) for rule in RULES],
        ),
    ]


def _rate_row(rate: Rate, words: Words) -> tuple[Any, ...]:
    price = float(rate.usd_per_mtok)
    sourced = (words.data(rate.source), rate.checked, rate.basis)
    return (rate.model, rate.meter, rate.tier, price, rate.effective_from, *sourced)


def _model_row(model: Model, words: Words) -> tuple[Any, ...]:
    rule, sizes = model.output.rule, model.sizes
    grids = rule.grids if isinstance(rule, GridRule) else {}
    limits: tuple[int | None, ...] = (None,) * 6
    if isinstance(sizes, FreeSizes):
        limits = (
            sizes.step_px,
            sizes.max_edge_px,
            sizes.max_aspect,
            sizes.min_pixels,
            sizes.max_pixels,
            sizes.experimental_pixels,
        )
    return (
        model.id,
        ", ".join(model.aliases),
        model.released,
        model.shuts_down,
        "grid" if grids else "table",
        *map(grids.get, QUALITIES),
        *limits,
        model.references.rule,
        model.text.per_call,
        model.text.per_reference,
        words.data(model.output.source),
        model.output.checked,
        model.output.basis,
    )


def _fixed_rows(model: Model, words: Words) -> Iterator[tuple[Any, ...]]:
    known = model.output
    if isinstance(known.rule, TableRule):
        for size, tokens in known.rule.table.items():
            sourced = (words.data(known.source), known.checked, known.basis)
            yield (model.id, size, *tokens.values(), *sourced)


def _size_rows(card: RateCard, words: Words) -> Iterator[tuple[Any, ...]]:
    legal = card.model(DEFAULT_MODEL).sizes
    rule = words("rule: exact ratio, multiples of 16 px, shorter side nearest 1024 px")
    yield words(CUSTOM), None, None, words("any size: type it on the worksheet"), "", ""
    for row in card.ratios:
        size = preset(parse_ratio(row.ratio), legal)
        yield row.ratio, size.width, size.height, words(row.use), rule, "official"


def _plan_row(plan: Plan, words: Words) -> tuple[Any, ...]:
    amounts = (plan.credits, plan.usd, plan.usd_per_credit, plan.multiplier)
    return (
        plan.plan,
        plan.shape,
        plan.model,
        plan.size_tier,
        plan.max_long_edge_px,
        plan.quality,
        *(None if amount is None else float(amount) for amount in amounts),
        words.data(plan.note),
        words.data(plan.source),
        plan.checked,
        plan.basis,
    )
