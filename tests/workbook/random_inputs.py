"""Random inputs of the whole workbook: jobs, campaign lines and bills, with faults among them.

They are made in English; `in_words` gives them as they are typed in another language.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from workbook_templates.book.words import Words
from workbook_templates.build import TABLES, default_inputs
from xl_pricing.estimation.levers import QUALITIES
from xl_pricing.rates.card import bundled_card

EXCEL_EPOCH = date(1899, 12, 30)
EN = Words("en")
CARD = bundled_card()
MODELS = [model.id for model in CARD.models]
RATIOS = [row.ratio for row in CARD.ratios]
CURRENCIES = ("USD", "EUR", "CNY", "JPY")
LINE = (
    *("use_case", "size", "quality", "model", "finals", "retries"),
    *("prompt_tokens", "reference_images", "tier", "buffer"),
    *("drafts_per_final", "draft_size", "draft_quality", "finish_retries"),
)
BILL = (
    *("date", "model", "size", "quality", "generations", "accepted"),
    *("input_tokens", "output_tokens", "billed", "note"),
)
CHOSEN = {"ratio": ("custom",), "use_measured": ("yes", "no")}
CHOSEN |= {"plan": ("none",)}
PLACES = tuple(row.destination for row in CARD.destinations)
CHOSEN |= {"compare_with": ("the job", "the campaign"), "delivery_place": PLACES}
"""The inputs that are chosen from words of the language."""
MARKS = ("EXAMPLE: overwrite", "EXAMPLE: ")
"""What the text of an example begins with."""
_MARK, _MARKED = re.compile(r"^EXAMPLE: (overwrite \([^)]*\)(, )?)?"), {"use_case", "note"}


def job(words: Words = EN, **changes: Any) -> dict[str, Any]:
    """Return the prefilled inputs, their examples as rows of one's own, with some changed.

    Changes are in English.
    """
    prefilled = default_inputs(EN, CARD)
    own = {name: [_as_own(row) for row in prefilled[name]] for name in TABLES}
    return in_words({**prefilled, **own, **changes}, words)


def _as_own(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example without its mark."""
    return {
        field: _MARK.sub("", cell) or None if field in _MARKED else cell
        for field, cell in row.items()
    }


def in_words(inputs: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return inputs as they are typed in a language."""
    chosen = {name for name, choices in CHOSEN.items() if inputs.get(name) in choices}
    said = {name: words(one) if name in chosen else one for name, one in inputs.items()}
    tables = {name: rows for name, rows in inputs.items() if isinstance(rows, list)}
    return said | {name: _marked(rows, words) for name, rows in tables.items()}


def _marked(rows: Sequence[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    """Return rows with the marks of examples in a language."""

    def marked(cell: Any) -> Any:
        mark = next((m for m in MARKS if isinstance(cell, str) and cell.startswith(m)), "")
        return words(mark) + cell.removeprefix(mark) if mark else cell

    return [{field: marked(cell) for field, cell in row.items()} for row in rows]


def cells_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs by the name of their cell, those of tables too."""
    cells = {}
    for name, value in inputs.items():
        if isinstance(value, list):
            for i, row in enumerate(value):
                cells |= {f"{name}.{field}.{i}": typed for field, typed in row.items()}
        else:
            cells[name] = value
    return cells


def as_cell(value: Any) -> Any:
    """Return what a cell keeps: a day is a number."""
    return (value - EXCEL_EPOCH).days if isinstance(value, date) else value


def picker(rng: random.Random, faults: float) -> Any:
    """Return a choice that is now and then a bad one."""

    def pick(good: Sequence[Any], bad: Sequence[Any] = ()) -> Any:
        return rng.choice(bad if bad and rng.random() < faults else good)

    return pick


def random_job(rng: random.Random, words: Words = EN) -> dict[str, Any]:
    """Return inputs over the whole range of the dropdowns; about one in three has a fault."""
    pick = picker(rng, 0.03)
    edges = [16 * k for k in range(40, 160)]
    pixels = [1, 341, 400, 768, 1024, 1179, 2048, 6000, rng.randint(1, 9999)]
    return job(
        words,
        model=pick(MODELS[:3] * 4 + MODELS, ["gpt-image-2 ", "openai/gpt-image-2"]),
        tier=pick(["standard", "batch"], ["batch ", " Standard"]),
        ratio=pick([*RATIOS, *["custom"] * 20, *["1:1", "2:3", "3:2"] * 4]),
        custom_width=pick(edges, [0, 1, 1000, 1024.5, 3856]),
        custom_height=pick(edges, [0, 16, 4096, None, -1024]),
        quality=pick(["low", "medium", "high"] * 3 + list(QUALITIES), [" High", "中", "超高"]),
        measured_tokens=pick([None, None, None, 229, 663.5], [0, 0.0009, "many", 1e7]),
        images_per_call=pick([1, 1, 2, 3, 10], [0, 11, 1.5, "one", None]),
        prompt_tokens=pick([None, 0, 31, 636], [-1, 2.5, "long", 100_001]),
        reference_images=pick([None, 0, 1, 2, 16], [17, -1, 0.5, "two"]),
        reference_width=pick(pixels, [0, -5, 10.5, "wide"]),
        reference_height=pick(pixels, [0, -5, 10.5, None]),
        finals=pick([0, 1, 7, 120, 5000, 2.5], [-1, "all", None, "1\u00a0200", "\uff11\uff12"]),
        retries=pick([1, 1.3, 1.5, 2, 8], [0.5, 0, None, "few", "1,5", "0\uff0e5"]),
        buffer=pick([0, 0.1, 0.2, 0.3, 1], [1.5, -0.1, None, "some", "20 \uff05"]),
        plan=pick(["none"] * 3 + list(dict.fromkeys(plan.plan for plan in CARD.plans)), ["Comfy*"]),
        currency=pick(CURRENCIES),
        units_per_usd=pick([1, 0.9, 7.12, 155, None], [0, "rate"]),
        rate_currency=pick([*CURRENCIES, None]),
        use_measured=pick(["yes", "no"], ["maybe"]),
        stage_drafts=pick([3, 0, 2.5], [-1, "x", None]),
        stage_quality=pick(["low", "medium"], ["best", None]),
        stage_size=pick(["768x960", "1:1", None], ["10x10", "small", "\uff11:1"]),
        stage_finish_retries=pick([1.1, 1], [0.5, None]),
        campaign_cap=pick([500, None, 0, 1e6], ["no"]),
        compare_with=pick(["the job", "the campaign"]),
        pack_usd=pick([10, 0.5, 99], [0, "x", None]),
        pack_credits=pick([1000, 50], [0, "x", None]),
        delivery_place=pick(PLACES, ["nowhere", None, "bann*"]),
        delivery_size=pick(
            [*[None] * 4, "4:5", f"{rng.randint(100, 4000)}x{rng.randint(100, 4000)}"],
            ["big", "0x9", "100001x9", "728x90", "90x728", "1x1", "99999x50000", 5],
        ),
        **random_cases(pick),
        price_date=pick([CARD.checked, date(2027, 1, 1)], [date(2025, 5, 1), date(2026, 4, 20)]),
    )


def random_cases(pick: Callable[..., Any]) -> dict[str, Any]:
    """Return what is typed of the Summary: its title block, and the low and the high case."""
    found = {name: pick([None, "Shop", "=1+1"]) for name in ("project", "owner", "version")}
    found["summary_date"] = pick([None, CARD.checked])
    for case, retries, buffer in (("low", 0.9, 0.1), ("high", 1.3, 0.3)):
        found |= {
            f"{case}_finals_share": pick([1, 1, 1, 0.5, 1.25], [11, -1, "all", None]),
            f"{case}_retries_share": pick([retries, retries, 1, 0], [10.5, -0.1, "few", None]),
            f"{case}_buffer": pick([buffer, buffer, 0, 1], [1.01, -0.1, "some", None]),
        }
    return found


def random_line(rng: random.Random, faults: float = 0.03) -> dict[str, Any]:
    """Return a campaign line as it may be pasted; without faults it has a price."""
    pick = picker(rng, faults)
    models = [*MODELS, "gpt-image-2-2026-04-21", " GPT-image-2 "] if faults else MODELS[:1]
    qualities = ["xhigh", "max", "High", 229, 663.5] if faults else [229, 663.5]
    if rng.random() < 2 * faults:
        return dict.fromkeys(LINE)
    sizes = [*RATIOS, *["1:1", "2:3", "3:2"] * 4, "1024x1536", "1536 × 1024", "1024*1024",
             "4\uff1a5", "1024\u00a0x\u00a01536"]  # fmt: skip
    time = [(4 * 60 + 5) / 1440, (16 * 60 + 9) / 1440]
    bad_sizes = [
        "\uff11\uff10\uff12\uff14x1024",
        *time,
        0.8,
        1024,
        "1000x1000",
        "4:7",
        "4:?",
        "1e3x1024",
        "big",
        None,
        "1024x",
    ]
    uses = ["Shop", "Ads", "Hero*", "Hero?", "shop", "a~b", "x1", "x2", "x3", "x4", "x5", "x6"]
    return {
        "use_case": pick(uses, [None, "=1+1", "<>", "long " * 60]),
        "size": pick([*sizes, "2048x1152", "1008X1344"], bad_sizes),
        "quality": pick(
            ["low", "medium", "high"] * 4 + qualities,
            ["auto", "hi*", 0, -1, 2e6, None, "5488"],
        ),
        "model": pick(
            MODELS[:3] * 4 + models,
            ["gpt*", "dall-e-3", None, 5, "gpt-image-2?"],
        ),
        "finals": pick([0, 1, 7, 120, 2.5, 5000], [-1, "many", None, "12"]),
        "retries": pick([1, 1.3, 1.5, 2, 8], [0.5, "few", None]),
        "prompt_tokens": pick([None, 0, 31, 636], [-1, 2.5, "long", 100_001]),
        "reference_images": pick([None, 0, 1, 2, 16], [17, -1, 0.5, "two"]),
        "tier": pick(["standard", "batch", "Batch"], ["flex", None, 1]),
        "buffer": pick([0, 0.1, 0.2, 0.3, 1], [1.5, -0.1, None, "20%"]),
        "drafts_per_final": pick([None, None, 0, 2, 4.5], [-1, "x"]),
        "draft_size": pick([None, None, "768x960", "1:1"], ["10x10", "?"]),
        "draft_quality": pick([None, None, "low", "medium", 200], ["none"]),
        "finish_retries": pick([None, None, 1, 1.2], [0.9, "y"]),
    }


def random_bill(rng: random.Random, faults: float = 0.02) -> dict[str, Any]:
    """Return a row of the actuals as it may be pasted."""
    pick = picker(rng, faults)
    if rng.random() < 2 * faults:
        return dict.fromkeys(BILL)
    generations = rng.choice([0, 1, 5, 30, 40, 100])
    day = date(2026, rng.randint(1, 10), rng.randint(1, 28))
    known = ["gpt-image-2", "openai/gpt-image-2", "gpt-image-2-2026-04-21", "gpt-image-1"]
    return {
        "date": pick(
            [day, day, f"{day}T23:30:00-05:00"],
            [date(2064, 1, 1), "2026-11-01", "soon", None, -5, 1e9],
        ),
        "model": pick(known, ["dall-e", None, "gpt*"]),
        "size": pick(
            ["4:5", "1024x1280", "1:1", "1024x1536", "Tokens only"], [None, "big", 245 / 1440]
        ),
        "quality": pick(["low", "medium", "high", "High"], ["best", None, "auto"]),
        "generations": pick([generations], [-1, 2.5, "30", None]),
        "accepted": pick([rng.randint(0, generations)], [generations + 1, -1, "x", None, None]),
        "input_tokens": pick([None, 1200, 0], [-1, "many"]),
        "output_tokens": pick([None, 6119 * generations, 6000, 0], [-1, "many"]),
        "billed": pick(
            [round(generations * 0.184, 2), 0.06119 * generations, 5.5, 0],
            [-3, "12 EUR", "€12.30", None],
        ),
        "note": pick([None, "=1+1", "ok"]),
    }


def random_inputs(
    rng: random.Random, words: Words, rows: int, faults: float = 0.02
) -> dict[str, Any]:
    """Return inputs of the whole workbook, with tables of so many rows; half of them good."""
    share = rng.choice([0, faults])
    tables = {
        "tblCampaign": [random_line(rng, share) for _ in range(rows)],
        "tblActuals": [random_bill(rng, share) for _ in range(rows)],
    }
    for of in tables.values():
        make_examples(rng, of)
    return {**random_job(rng, words), **tables}


def make_examples(rng: random.Random, rows: Sequence[dict[str, Any]]) -> None:
    """Mark all rows, some or none as examples; of the bills some whose images are others."""
    share = rng.choice([0, 0, 0.3, 1])
    for row in rows:
        if rng.random() >= share:
            continue
        if "use_case" in row:
            row["use_case"] = f"EXAMPLE: {row['use_case']}"
        elif row["generations"] is not None:
            images = f"{row['generations']} → {row['accepted'] or ''}"
            row["note"] = f"EXAMPLE: overwrite ({images}){rng.choice(['', ' x'])}"
            row["generations"] = rng.choice([row["generations"]] * 4 + [31])
