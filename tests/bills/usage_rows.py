"""Random rows of usage as tables hold them, good and bad, and what the Python rule says of them."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from operator import add
from typing import Any

from xl_pricing.bills.batches import Batches
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes.own import COUNTS as BY_METER
from xl_pricing.bills.shapes.shape import At, count, make_row, read_time, read_tokens
from xl_pricing.bills.told_sql import COUNTS
from xl_pricing.bills.total import OF_SERIES, Totals
from xl_pricing.estimation.usage import METER_NAMES, read_grouped_usage, read_usage
from xl_pricing.rates.card import bundled_card

TIMES = (
    *("2026-11-02T08:00:05Z", "2026-11-02T23:30:00-05:00", "1793606405", "1793606405000"),
    *("2026-11-02", "2026-11-02 10:00:00", "2026-11-02T10:00:00.123+0200", None, "", "hello"),
    *("2014-01-01T00:00:00Z", "2026-09-07T23:59:59Z", "2026-09-08T00:00:00Z"),
    *("1793606405.25", "2026-04-20T12:00:00Z", "2101-01-01"),
)
MODELS = (
    *("gpt-image-2", "openai/GPT-Image-2", "gpt-image-2-2026-04-21", "gpt-image-2.5-flare", ""),
    *("gpt-image-1", "gpt-image-9", "gpt-5.6-terra", None, "chatgpt-image-latest", "gpt-5-image"),
    *("gpt-image-2.6-sunburst", "google/imagen-9-image"),
)
TIERS = ("batch", "standard", None, "", "Batch", "flex")
ODD = (None, "", "0", "5", "40.0", " 12 ", "x", "-3", "40.5", "1.000", "1e3", "1000000000001")


def random_rows(number: int, counts: Sequence[str], seed: int) -> list[tuple[str | None, ...]]:
    """Return rows of time, model, tier, images and counts."""
    rng = random.Random(seed)

    def odd() -> str | None:
        return rng.choice(ODD) if rng.random() < 0.3 else str(rng.randrange(9000))

    def plain() -> dict[str, str]:
        text, image, made = rng.randrange(500), rng.randrange(2000), rng.randrange(9000)
        told = {"input": text + image, "text": text, "image": image, "output": made}
        told |= {"text_in": text, "image_in": image, "image_out": made}
        return {name: str(value) for name, value in told.items()}

    def row() -> tuple[str | None, ...]:
        told = {name: odd() for name in counts} if rng.random() < 0.4 else plain()
        head = (rng.choice(TIMES), rng.choice(MODELS), rng.choice(TIERS), odd())
        return *head, *(told.get(name) for name in counts)

    return [row() for _ in range(number)]


def _at(place: int) -> At:
    return At(Source("usage", "row"), place, Batches())


def _row_of(values: Sequence[str | None], usage: Any, read: Callable[..., Any]) -> Row:
    time, model, tier, images, *_ = values
    return make_row(
        _at(1),
        read_time(time),
        read_tokens(usage, read),
        model=model or None,
        tier=(tier or "").lower() or None,
        images=count(images),
    )


def of_answers(values: Sequence[str | None]) -> Row:
    """Read a row as the usage of an answer."""
    told = dict(zip(COUNTS, values[4:], strict=True))
    kinds = {"text_tokens": told["cached_text"], "image_tokens": told["cached_image"]}
    details = {"text_tokens": told["text"], "image_tokens": told["image"]}
    details |= {"cached_tokens": told["cached"], "cached_tokens_details": kinds}
    made = {"text_tokens": told["text_out"], "image_tokens": told["image_out"]}
    usage = {"input_tokens": told["input"], "output_tokens": told["output"]}
    usage |= {"input_tokens_details": details, "output_tokens_details": made}
    return _row_of(values, usage, read_usage)


def of_sums(values: Sequence[str | None]) -> Row:
    """Read a row as a sum of an organization."""
    names = ("input", "input_text", "input_image", "input_cached", "input_cached_text",
             "input_cached_image", "output", "output_text", "output_image")  # fmt: skip
    usage = {f"{name}_tokens": n for name, n in zip(names, values[4:], strict=True)}
    return _row_of(values, usage, read_grouped_usage)


def of_meters(values: Sequence[str | None]) -> Row:
    """Read a row as counts by meter."""
    names = ("day", "model", "tier", "images", *METER_NAMES)
    return BY_METER.read(dict(zip(names, values, strict=True)), _at(1))[0]


Bill = dict[tuple[date | None, str, str, str], tuple[int, int | None, tuple[int, ...], Fraction]]
"""Rows, images, tokens and USD by day, model, tier and the name of a `Reason`, if any."""


def python_bill(rows: Iterable[Row]) -> Bill:
    """Return what the Python rule says; of rows without a price how many they are."""
    rule = Rule(bundled_card())
    bill: Bill = {}
    for row in rows:
        series, reason, _ = rule.judge(row)
        if reason is not None:
            key = (row.day, series.model, series.tier, reason.name)
            bill[key] = (bill[key][0] + 1 if key in bill else 1, None, (), Fraction(0))
    totals = Totals(rule)
    totals.add_all(rows)
    for (day, model, tier), line in totals.used.lines(OF_SERIES).items():
        key = (date.fromisoformat(day) if day else None, model, tier, "")
        bill[key] = (line.rows, line.images, line.tokens, line.usd)
    return bill


def sql_bill(rows: Sequence[Sequence[Any]]) -> Bill:
    """Return a bill's rows by day, model, tier and reason, added up."""
    bill: Bill = {}
    for day, model, tier, number, images, _, *told in rows:
        *tokens, reason, usd = told
        key = (day, model, tier, reason)
        if reason:
            bill[key] = (bill[key][0] + number if key in bill else number, None, (), Fraction(0))
            continue
        before = bill.get(key, (0, None, (0,) * len(METER_NAMES), Fraction(0)))
        shown = before[1] if images is None else (before[1] or 0) + int(images)
        sums = tuple(map(add, before[2], map(int, tokens)))
        bill[key] = (before[0] + number, shown, sums, before[3] + Fraction(usd))
    return bill
