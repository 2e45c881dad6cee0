"""The rate card: what ships, how it is looked up, what is refused, and that its history stands."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from importlib.resources import files
from itertools import product
from typing import Any

import oracle
import pytest
from cases import FOLDER, read_points
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import CardError, InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.size import Size
from xl_pricing.rates import tables
from xl_pricing.rates.card import (
    DOCUMENTS,
    RateCard,
    bundled_card,
    read_card,
    read_meter,
    read_tier,
)
from xl_pricing.rates.rows import METERS, Rate, read_date
from xl_pricing.words import LONGEST_SENTENCE

IN_BOUNDS = "it must be from 0.000000001 to 1,000,000 USD"
CARD = bundled_card()
CHECKED = date(2026, 11, 23)
RELEASED = {
    "gpt-image-2": date(2026, 4, 21),
    "gpt-image-2.5-flare": date(2026, 9, 8),
    "gpt-image-2.5-sunburst": date(2026, 9, 8),
    "gpt-image-2.6-flare": date(2026, 11, 4),
    "gpt-image-2.6-sunburst": date(2026, 11, 4),
    "gpt-image-1.5": date(2025, 12, 16),
    "chatgpt-image-latest": date(2025, 12, 16),
    "gpt-image-1": date(2025, 4, 23),
    "gpt-image-1-mini": date(2025, 10, 6),
}
SHUT_DOWN = {
    "gpt-image-1": date(2026, 10, 23),
    "gpt-image-1-mini": date(2026, 12, 1),
    "gpt-image-1.5": date(2026, 12, 1),
    "chatgpt-image-latest": date(2026, 12, 1),
}
WITHOUT_BATCH = {"gpt-image-2.6-flare", "gpt-image-2.6-sunburst"}
RATES_HEADER = [
    "model", "meter", "tier", "usd_per_mtok", "effective_from", "source", "checked", "basis",
]  # fmt: skip
RATES_ROW = [
    "gpt-image-2", "image_out", "standard", 45, "2026-05-01", "contract", "2026-10-05", "quoted",
]  # fmt: skip
PLANS_HEADER = [
    "plan", "shape", "model", "size_tier", "max_long_edge_px", "quality", "credits", "usd",
    "usd_per_credit", "multiplier", "source", "checked", "basis", "note",
]  # fmt: skip
PLANS_ROW = [
    "Ours", "flat", "any", "any", 3840, "any", None, 0.03, None, None, "invoice", 46300, "measured",
    None,
]  # fmt: skip
RATE_HISTORY = FOLDER / "rate_history.sha256"


def bundled(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        files("xl_pricing.rates").joinpath("data", f"{name}.json").read_bytes()
    )
    return document


def rate(model: str, meter: str, tier: str, day: date, card: RateCard = CARD) -> Decimal:
    return card.rate(card.model(model), meter, tier, day).usd_per_mtok


# What ships


@pytest.mark.parametrize("model", oracle.LIST_PRICES)
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("meter", METERS)
def test_the_bundled_rates_are_the_published_ones(model: str, tier: str, meter: str) -> None:
    published = oracle.list_price(model, meter, tier)
    if published is None or (tier == "batch" and model in WITHOUT_BATCH):
        with pytest.raises(NotAvailableError):
            rate(model, meter, tier, CHECKED)
    else:
        assert rate(model, meter, tier, CHECKED) == published


def test_no_model_ships_that_the_facts_do_not_name() -> None:
    assert {model.id for model in CARD.models} == set(RELEASED)
    assert {row.model for row in CARD.rates} == set(RELEASED)


@pytest.mark.parametrize("name", RELEASED)
def test_a_model_has_its_days_of_release_and_shutdown(name: str) -> None:
    model = CARD.model(name)
    assert model.released == RELEASED[name]
    assert model.shuts_down == SHUT_DOWN.get(name)


@pytest.mark.parametrize(
    ("basis", "model", "meter", "tier"),
    [
        ("official", "gpt-image-2", "image_out", "standard"),
        ("official", "gpt-image-2.6-sunburst", "image_out", "standard"),
        ("quoted", "gpt-image-2.6-flare", "image_out", "standard"),
        ("quoted", "gpt-image-2", "image_out", "batch"),
        ("measured", "gpt-image-2.5-sunburst", "image_out", "batch"),
        ("measured", "gpt-image-2.5-sunburst", "text_in", "batch"),
        ("quoted", "gpt-image-2.5-sunburst", "text_cached", "batch"),
        ("estimate", "chatgpt-image-latest", "image_cached", "batch"),
    ],
)
def test_a_rate_says_how_sure_it_is(basis: str, model: str, meter: str, tier: str) -> None:
    assert CARD.rate(CARD.model(model), meter, tier, CHECKED).basis == basis


def test_a_batch_rate_that_one_list_alone_has_says_so() -> None:
    alone = {
        (row.model, row.meter) for row in CARD.rates if "on one price list alone" in row.source
    }
    latest = {"text_in", "text_cached", "text_out", "image_in", "image_out"}
    newer = ("gpt-image-2.5-flare", "gpt-image-2.5-sunburst", "gpt-image-1.5", "gpt-image-1")
    assert alone == {
        *(("chatgpt-image-latest", meter) for meter in latest),
        *((model, "image_cached") for model in newer),
        ("gpt-image-1", "image_out"),
    }


def test_every_row_is_sourced_and_dated() -> None:
    counted = [row for m in CARD.models for row in (m.output, m.references, m.text)]
    for row in (*CARD.rates, *CARD.plans, *CARD.other_models, *counted):
        assert row.source
        assert row.checked >= date(2026, 1, 1)
        assert row.evidence == (row.source, row.checked.isoformat(), row.basis)


def test_the_card_was_checked_when_its_newest_rate_was() -> None:
    assert CARD.checked == max(row.checked for row in CARD.rates) >= CHECKED


def test_every_plan_that_was_found_ships_as_it_was_found() -> None:
    shipped = {
        (row.plan, row.model, row.size_tier, row.quality): (
            row.shape, row.credits, row.usd, row.usd_per_credit, row.multiplier,
            row.source, row.checked.isoformat(),
        )
        for row in CARD.plans
    }  # fmt: skip
    for found in read_points("plans"):
        key = tuple(found[name].replace("*", "any") for name in ("model", "size_tier", "quality"))
        qualities = ["low", "medium", "high"] if found["plan"] == "PiAPI" else [key[2]]
        amounts = ("credits", "usd", "usd_per_credit", "multiplier")
        expected = (found["shape"], *(Decimal(found[a]) if found[a] else None for a in amounts))
        for quality in qualities:  # PiAPI refuses xhigh and max
            row = shipped[found["plan"], key[0], key[1], quality]
            assert row[:-2] == expected
            assert row[-2:] == (found["source"], found["seen"])


def test_every_ratio_on_offer_has_a_use() -> None:
    ratios = [row.ratio for row in CARD.ratios]
    assert {"1:1", "4:5", "16:9"} <= set(ratios)
    assert len(set(ratios)) == len(ratios)
    assert all(row.use for row in CARD.ratios)


def test_the_bundled_card_is_read_once() -> None:
    assert bundled_card() is bundled_card()


# History


def canonical(row: dict[str, str]) -> str:
    """Write what a rate row promises; its source and day of checking may be brought up to date."""
    usd = Decimal(row["usd_per_mtok"]).normalize()
    return "|".join([*series(row), row["effective_from"], f"{usd:f}"])


def series(row: dict[str, str]) -> tuple[str, str, str]:
    return row["model"], row["meter"], row["tier"]


def pinned() -> dict[str, str]:
    """Label by hash; to pin new rows too, run this module and keep what it writes."""
    lines = RATE_HISTORY.read_text(encoding="utf-8").splitlines()
    return dict(line.split("  ", 1) for line in lines)


def history() -> Iterator[tuple[str, dict[str, str]]]:
    for row in bundled("rates")["rates"]:
        yield sha256(canonical(row).encode()).hexdigest(), row


def test_no_shipped_rate_ever_changes_or_vanishes() -> None:
    shipped = {digest for digest, _row in history()}
    assert {digest: label for digest, label in pinned().items() if digest not in shipped} == {}


def test_an_added_rate_takes_effect_after_the_ones_that_shipped_were_checked() -> None:
    """Otherwise it would change the price of days that are over."""
    known = {series(row) for digest, row in history() if digest in pinned()}
    for digest, row in history():
        if digest not in pinned() and series(row) in known:
            assert date.fromisoformat(row["effective_from"]) > CHECKED, row


def test_a_changed_rate_would_be_noticed() -> None:
    row = bundled("rates")["rates"][0]
    assert sha256(canonical(row).encode()).hexdigest() in pinned()
    for column, value in {
        "model": "gpt-image-3",
        "meter": "text_cached",
        "tier": "batch",
        "usd_per_mtok": "5.01",
        "effective_from": "2026-04-22",
    }.items():
        changed = sha256(canonical(row | {column: value}).encode()).hexdigest()
        assert changed not in pinned()


# Look-up


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gpt-image-2", "gpt-image-2"),
        (" GPT-IMAGE-2 ", "gpt-image-2"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5-flare"),
        ("gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-sunburst"),
        ("gpt-image-1.5-2025-12-16", "gpt-image-1.5"),
        ("chatgpt-image-latest", "chatgpt-image-latest"),
    ],
)
def test_a_model_is_found_by_id_and_by_snapshot(name: str, model: str) -> None:
    assert CARD.model(name).id == model


@pytest.mark.parametrize("name", ["", "gpt-image", "gpt-image-2-2026-04-22", "gpt-image-9"])
def test_an_unknown_model_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CARD.model(name)
    assert str(caught.value) == f"model {name!r} is unknown; accepted: {', '.join(RELEASED)}"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gptimage2", "; did you mean gpt-image-2?"),
        ("gpt image 2", "; did you mean gpt-image-2?"),
        ("gpt-imag-2", "; did you mean gpt-image-2?"),
        ("gpt-image-2.5", "; did you mean gpt-image-2.5-flare or gpt-image-2.5-sunburst?"),
        ("gpt-image-2.6", "; did you mean gpt-image-2.6-flare or gpt-image-2.6-sunburst?"),
        ("dall-e-3", ": it was billed per image, not by tokens;"),
        ("DALL·E 2", ": it was billed per image, not by tokens;"),
        ("gpt-4o", ": it writes text, its images are made by the models here;"),
        ("imagen-4", ": it is Google's;"),
    ],
)
def test_a_misspelt_or_foreign_model_is_told_first(name: str, told: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CARD.model(name)
    assert str(caught.value).startswith(f"model {name!r} is unknown{told} accepted: gpt-image-2, ")
    assert len(str(caught.value)) <= LONGEST_SENTENCE


@pytest.mark.parametrize("name", RELEASED)
def test_there_is_no_rate_on_the_day_before_the_release(name: str) -> None:
    assert rate(name, "image_out", "standard", RELEASED[name])
    before = RELEASED[name] - timedelta(days=1)
    with pytest.raises(NotAvailableError) as caught:
        rate(name, "image_out", "standard", before)
    assert str(caught.value) == f"no rate for image_out of {name}, tier standard, on {before}"


@pytest.mark.parametrize("name", SHUT_DOWN)
def test_a_retired_model_keeps_its_price(name: str) -> None:
    after = SHUT_DOWN[name] + timedelta(days=365)
    assert rate(name, "image_out", "standard", after) == oracle.list_price(name, "image_out")


def with_rates(*rows: tuple[str, float]) -> RateCard:
    table = [RATES_HEADER]
    for day, usd in rows:
        table.append(
            [usd if cell == 45 else day if cell == "2026-05-01" else cell for cell in RATES_ROW]
        )  # type: ignore[misc]
    return tables.with_rates(CARD, table)


def test_a_later_rate_does_not_change_an_earlier_day() -> None:
    card = with_rates(("2026-09-01", 20), ("2026-05-01", 30), ("2026-07-01", 25))
    days = ["2026-05-01", "2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01", "2030-01-01"]
    found = [
        rate("gpt-image-2", "image_out", "standard", date.fromisoformat(day), card) for day in days
    ]
    assert found == [30, 30, 25, 25, 20, 20]


@given(st.dates(date(2026, 4, 21), date(2030, 1, 1)), st.dates(date(2026, 4, 21), date(2030, 1, 1)))
def test_a_rate_counts_from_its_day_on(effective: date, day: date) -> None:
    card = with_rates((effective.isoformat(), 33))
    if day < effective:
        with pytest.raises(NotAvailableError):
            rate("gpt-image-2", "image_out", "standard", day, card)
    else:
        assert rate("gpt-image-2", "image_out", "standard", day, card) == 33


def test_two_rates_from_one_day_are_refused() -> None:
    with pytest.raises(CardError) as caught:
        rate(
            "gpt-image-2",
            "image_out",
            "standard",
            CHECKED,
            with_rates(("2026-05-01", 30), ("2026-05-01", 31)),
        )
    assert str(caught.value) == (
        "gpt-image-2 image_out standard has two rates from 2026-05-01; accepted: one rate a day"
    )


def test_a_tariff_holds_the_rates_of_one_day() -> None:
    tariff = CARD.tariff(CARD.model("gpt-image-1.5"), "batch", CHECKED)
    assert {meter: price.usd_per_mtok for meter, price in tariff.prices.items()} == {
        meter: oracle.list_price("gpt-image-1.5", meter, "batch") for meter in METERS
    }


def test_a_tariff_before_the_release_is_empty() -> None:
    assert CARD.tariff(CARD.model("gpt-image-2"), "standard", date(2026, 4, 20)).prices == {}


@pytest.mark.parametrize("word", ["standard", " Batch "])
def test_a_tier_is_read_in_any_case(word: str) -> None:
    assert read_tier(word) == word.strip().lower()


@pytest.mark.parametrize("word", METERS)
def test_a_meter_is_read_in_any_case(word: str) -> None:
    assert read_meter(f" {word.upper()} ") == word


def test_an_unknown_tier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_tier("flex")
    assert str(caught.value) == "tier 'flex' is unknown; accepted: standard, batch"


def test_an_unknown_meter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_meter("image")
    assert str(caught.value) == (
        "meter 'image' is unknown; "
        "accepted: text_in, text_cached, text_out, image_in, image_cached, image_out"
    )


# Plans


@pytest.mark.parametrize(
    ("size", "tier"),
    [
        (Size(1024, 1536), "1K"),
        (Size(1536, 1536), "1K"),
        (Size(1552, 1024), "2K"),
        (Size(2048, 2048), "2K"),
        (Size(1024, 2064), "4K"),
        (Size(3840, 2160), "4K"),
    ],
)
def test_a_plan_bills_the_smallest_size_tier_that_holds_the_image(size: Size, tier: str) -> None:
    for plan in ("PixAPI", "kie.ai", "muapi"):
        assert CARD.offer(plan, CARD.model("gpt-image-2"), size, "high").size_tier == tier


def test_a_named_model_and_quality_win_over_any() -> None:
    def row(model: str, quality: str, usd: float) -> list[object]:
        named = {"model": model, "quality": quality, "usd": usd}
        return [named.get(c, v) for c, v in zip(PLANS_HEADER, PLANS_ROW, strict=True)]

    rows = [
        row("any", "any", 1),
        row("any", "high", 2),
        row("gpt-image-2", "any", 3),
        row("gpt-image-2", "high", 4),
    ]
    card = tables.with_plans(CARD, [PLANS_HEADER, *rows])
    asked = product(["gpt-image-1", "gpt-image-2"], ["low", "high"])
    usd = [card.offer("ours", card.model(m), Size(1024, 1024), q).usd for m, q in asked]
    assert usd == [1, 2, 3, 4]


def test_a_plan_without_a_row_for_the_image_has_no_price() -> None:
    with pytest.raises(NotAvailableError) as caught:
        CARD.offer("piapi", CARD.model("gpt-image-2.5-flare"), Size(1024, 1024), "max")
    assert str(caught.value) == (
        "plan PiAPI has no price for gpt-image-2.5-flare 1024x1024 at quality max; it takes low, "
        "medium, high"
    )


def test_an_image_beyond_the_largest_size_tier_has_no_price() -> None:
    row = [1536 if cell == 3840 else cell for cell in PLANS_ROW]
    card = tables.with_plans(CARD, [PLANS_HEADER, row])
    with pytest.raises(NotAvailableError):
        card.offer("Ours", card.model("gpt-image-2"), Size(2048, 2048), "high")


def test_an_unknown_plan_is_refused_with_the_known_ones() -> None:
    plans = ", ".join(dict.fromkeys(row["plan"] for row in read_points("plans")))
    with pytest.raises(InvalidValueError) as caught:
        CARD.offer("Midjourney", CARD.model("gpt-image-2"), Size(1024, 1024), "high")
    assert str(caught.value) == (
        f"plan 'Midjourney' is unknown; accepted: {plans}, or a number: USD per credit"
    )


def test_the_terms_of_a_plan_are_exact() -> None:
    row = CARD.offer("ComfyUI", CARD.model("gpt-image-2"), Size(1024, 1024), "high")
    assert row.terms == (None, None, Fraction("0.004739336"), Fraction("1.43"))


# What a planner is told


def remarks(name: str, size: Size, day: date) -> list[str]:
    return list(CARD.model(name).remarks(size, day))


def test_a_model_with_nothing_to_say_says_nothing() -> None:
    assert remarks("gpt-image-2", Size(2560, 1440), CHECKED) == []


def test_a_size_over_2560x1440_is_called_experimental() -> None:
    assert remarks("gpt-image-2", Size(2576, 1440), CHECKED) == [
        "Sizes over 3,686,400 pixels are called experimental."
    ]


@pytest.mark.parametrize(
    ("day", "remark"),
    [
        (date(2026, 11, 30), "gpt-image-1.5 shuts down on 2026-12-01."),
        (
            date(2026, 12, 1),
            "gpt-image-1.5 was shut down on 2026-12-01; its prices stand for old bills.",
        ),
    ],
)
def test_a_shutdown_is_announced_and_then_told(day: date, remark: str) -> None:
    assert remarks("gpt-image-1.5", Size(1024, 1024), day)[0] == remark


def test_open_questions_are_told() -> None:
    assert any(
        "300 tokens more" in said for said in remarks("gpt-image-1-mini", Size(1024, 1024), CHECKED)
    )
    assert any(
        "Batch" in said for said in remarks("gpt-image-2.6-flare", Size(1024, 1024), CHECKED)
    )


# Days


@pytest.mark.parametrize(
    "value",
    [
        "2026-05-01",
        " 2026-05-01 ",
        "20260501",
        "01.05.2026",
        "1 May 2026",
        "01-May-26",
        "May 1, 2026",
        "2026年5月1日",
        "2026-04-30T23:30:00-05:00",
        date(2026, 5, 1),
        datetime(2026, 5, 1, 23, 59),  # noqa: DTZ001 - as a sheet has it
        46143,
        46143.999,
        Decimal(46143),
    ],
)
def test_a_day_is_read_however_a_sheet_holds_it(value: object) -> None:
    assert read_date(value) == date(2026, 5, 1)


@pytest.mark.parametrize("text", ["05/11/2026", "11-05-2026", "5/11/26"])
def test_a_day_that_can_be_another_is_refused_with_both(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_date(text)
    assert {"2026-05-11", "2026-11-05"} <= {*str(caught.value).replace(";", "").split()}


def test_a_day_that_can_be_no_other_is_read_whatever_comes_first() -> None:
    assert read_date("31/12/2025") == read_date("12/31/2025") == date(2025, 12, 31)


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)))
def test_a_day_is_the_serial_number_that_excel_keeps(day: date) -> None:
    assert read_date((day - date(1899, 12, 30)).days) == day


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-13-01", "32.05.2026", None, True, [], "46143"]
)
def test_what_is_no_day_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_date(value)
    assert str(caught.value) == (
        f"date {value!r} is not readable; accepted: an Excel date or text such as 2026-05-01"
    )


@pytest.mark.parametrize("value", [0, -5, 2_958_466, 1e308, float("nan"), float("inf")])
def test_a_number_that_is_no_day_is_out_of_range(value: float) -> None:
    with pytest.raises(OutOfRangeError, match=r"date .* is out of range; accepted: 1 to 2,958,465"):
        read_date(value)


# Tables from a sheet


def table(column: str, value: object) -> list[list[object]]:
    row = [
        value if name == column else cell
        for name, cell in zip(RATES_HEADER, RATES_ROW, strict=True)
    ]
    return [RATES_HEADER, row]


def test_a_sheets_table_replaces_the_rates_and_leaves_the_rest() -> None:
    card = tables.with_rates(CARD, [RATES_HEADER, RATES_ROW])
    assert rate("gpt-image-2", "image_out", "standard", date(2026, 5, 1), card) == 45
    assert len(card.rates) == 1
    assert (card.models, card.plans, card.ratios) == (CARD.models, CARD.plans, CARD.ratios)


def test_a_sheets_table_replaces_the_plans_and_leaves_the_rest() -> None:
    card = tables.with_plans(CARD, [PLANS_HEADER, PLANS_ROW])
    assert [row.plan for row in card.plans] == ["Ours"]
    assert (card.models, card.rates, card.ratios) == (CARD.models, CARD.rates, CARD.ratios)


def test_columns_may_stand_in_any_order_and_case_beside_others() -> None:
    header = ["Remark", *(name.upper() for name in reversed(RATES_HEADER)), None]
    row = ["mine", *reversed(RATES_ROW), None]
    assert tables.read_table(Rate, [header, row], "the rates table") == list(
        tables.with_rates(CARD, [RATES_HEADER, RATES_ROW]).rates
    )


def test_blank_rows_are_skipped_wherever_they_are() -> None:
    blank = [None, "", " ", None, "", None, None, None]
    card = tables.with_rates(CARD, [RATES_HEADER, blank, RATES_ROW, blank])
    assert len(card.rates) == 1


def test_a_table_of_a_header_alone_has_no_rates() -> None:
    with pytest.raises(NotAvailableError):
        rate(
            "gpt-image-2", "image_out", "standard", CHECKED, tables.with_rates(CARD, [RATES_HEADER])
        )


@pytest.mark.parametrize("value", [45, 45.0, "45", " 45 ", Decimal("45.0000")])
def test_a_rate_may_be_a_number_or_text_that_is_one(value: object) -> None:
    assert tables.with_rates(CARD, table("usd_per_mtok", value)).rates[0].usd_per_mtok == 45


def test_a_rate_is_the_decimal_that_the_cell_shows() -> None:
    assert tables.with_rates(CARD, table("usd_per_mtok", 0.1)).rates[0].usd_per_mtok == Decimal(
        "0.1"
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (
            "usd_per_mtok",
            0,
            "usd_per_mtok 0 is not accepted: it must be from 0.000000001 to 1,000,000 USD",
        ),
        (
            "usd_per_mtok",
            -5,
            "usd_per_mtok -5 is not accepted: it must be from 0.000000001 to 1,000,000 USD",
        ),
        (
            "usd_per_mtok",
            1e308,
            f"usd_per_mtok 1e+308 is not accepted: {IN_BOUNDS}",
        ),
        (
            "usd_per_mtok",
            float("nan"),
            "usd_per_mtok nan is not accepted: input should be a finite number",
        ),
        (
            "usd_per_mtok",
            "cheap",
            "usd_per_mtok 'cheap' is not accepted: input should be a valid decimal",
        ),
        (
            "usd_per_mtok",
            True,
            (
                "usd_per_mtok True is not accepted: "
                "decimal input should be an integer, float, string or Decimal object"
            ),
        ),
        ("model", "", "model '' is not accepted: string should have at least 1 character"),
        ("model", 2, "model 2 is not accepted: input should be a valid string"),
        (
            "source",
            "s" * 256,
            f"source '{'s' * 56}... is not accepted: string should have at most 255 characters",
        ),
        (
            "tier",
            "flex",
            "tier 'flex' is not accepted: input should be 'standard' or 'batch'",
        ),
        (
            "basis",
            "rumour",
            (
                "basis 'rumour' is not accepted: "
                "input should be 'official', 'quoted', 'measured' or 'estimate'"
            ),
        ),
        ("source", None, "source None is not accepted: input should be a valid string"),
        (
            "effective_from",
            "May",
            (
                "effective_from 'May' is not accepted: date 'May' is not readable; "
                "accepted: an Excel date or text such as 2026-05-01"
            ),
        ),
        (
            "checked",
            -1,
            (
                "checked -1 is not accepted: date -1 is out of range; "
                "accepted: 1 to 2,958,465, as Excel counts"
            ),
        ),
    ],
)
def test_a_damaged_cell_is_named_with_what_is_accepted(
    column: str, value: object, said: str
) -> None:
    with pytest.raises(CardError) as caught:
        tables.with_rates(CARD, table(column, value))
    assert str(caught.value) == f"the rates table, row 1: {said}"


def test_the_row_that_is_damaged_is_counted_from_the_header() -> None:
    damaged = table("meter", "pixels")[1]
    with pytest.raises(CardError, match=r"^the rates table, row 3: meter 'pixels' is not accepted"):
        tables.with_rates(CARD, [RATES_HEADER, RATES_ROW, RATES_ROW, damaged])


@pytest.mark.parametrize("column", RATES_HEADER)
def test_a_missing_column_is_named_with_the_whole_header(column: str) -> None:
    header = [name for name in RATES_HEADER if name != column]
    with pytest.raises(CardError) as caught:
        tables.with_rates(CARD, [header])
    sentence = str(caught.value)
    assert sentence.startswith(f"the rates table has no column '{column}'; its header must name: ")
    assert all(name in sentence.partition("must name: ")[2].split(", ") for name in RATES_HEADER)


@pytest.mark.parametrize("no_table", [[], [[]], [[None, None]]])
def test_a_table_without_a_header_is_refused(no_table: list[list[None]]) -> None:
    with pytest.raises(CardError, match="the plans table has no column"):
        tables.with_plans(CARD, no_table)


def test_a_row_shorter_than_the_header_lacks_a_field() -> None:
    with pytest.raises(CardError) as caught:
        tables.with_rates(CARD, [RATES_HEADER, RATES_ROW[:-1]])
    assert str(caught.value) == "the rates table, row 1: basis is not accepted: field required"


def test_a_table_may_be_long_but_not_a_whole_column() -> None:
    assert tables.with_rates(CARD, [RATES_HEADER, *([[None] * 8] * 9_999)]).rates == ()
    with pytest.raises(CardError) as caught:
        tables.with_rates(CARD, [RATES_HEADER, *([[None] * 8] * 10_000)])
    assert str(caught.value) == "the rates table has 10001 rows; accepted: up to 10000"


@pytest.mark.parametrize("edge", [0, -1, 1.5, "wide"])
def test_a_size_tier_of_a_plan_has_whole_px(edge: object) -> None:
    row = [edge if cell == 3840 else cell for cell in PLANS_ROW]
    with pytest.raises(
        CardError, match=r"row 1: max_long_edge_px .* is not accepted: input should"
    ):
        tables.with_plans(CARD, [PLANS_HEADER, row])


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_blank_amount_in_a_plan_is_none(blank: str | None) -> None:
    row = [
        blank if name == "credits" else cell
        for name, cell in zip(PLANS_HEADER, PLANS_ROW, strict=True)
    ]
    assert tables.with_plans(CARD, [PLANS_HEADER, row]).plans[0].credits is None


# Documents


def documents() -> dict[str, dict[str, Any]]:
    return {name: bundled(name) for name in DOCUMENTS}


def set_format(of: dict[str, Any]) -> None:
    of["rates"]["format"] = 2


def lose_format(of: dict[str, Any]) -> None:
    del of["models"]["format"]


def lose_list(of: dict[str, Any]) -> None:
    del of["plans"]["plans"]


def make_list_a_word(of: dict[str, Any]) -> None:
    of["ratios"]["ratios"] = "1:1"


def misspell_rule(of: dict[str, Any]) -> None:
    of["models"]["models"][0]["output"] = "gpt-image-3"


def lose_rules(of: dict[str, Any]) -> None:
    del of["models"]["size_rules"]


def misspell_meter(of: dict[str, Any]) -> None:
    of["rates"]["rates"][1]["meter"] = "text_cashed"


def add_column(of: dict[str, Any]) -> None:
    of["plans"]["plans"][0]["price"] = "1"


def make_row_a_word(of: dict[str, Any]) -> None:
    of["ratios"]["ratios"][0] = "1:1"


def test_the_documents_that_ship_make_the_bundled_card() -> None:
    card = read_card(**documents())
    assert (card.models, card.rates, card.plans, card.ratios) == (
        CARD.models, CARD.rates, CARD.plans, CARD.ratios
    )  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (set_format, "rates have format 2; accepted: 1"),
        (lose_format, "models have format None; accepted: 1"),
        (lose_list, "the file has no list of plans; accepted: a file as it ships"),
        (make_list_a_word, "the file has no list of ratios; accepted: a file as it ships"),
        (
            misspell_meter,
            (
                "rates, row 2: meter 'text_cashed' is not accepted: input should be 'text_in', "
                "'text_cached', 'text_out', 'image_in', 'image_cached' or 'image_out'"
            ),
        ),
        (add_column, "plans, row 1: price '1' is not accepted: extra inputs are not permitted"),
        (
            misspell_rule,
            (
                "models, row 1: output None is not accepted: "
                "input should be a valid dictionary or instance of Counted"
            ),
        ),
        (
            lose_rules,
            ("models, row 1: sizes None is not accepted: it must be a size rule as it ships"),
        ),
        (
            make_row_a_word,
            (
                "ratios, row 1: row '1:1' is not accepted: "
                "input should be a valid dictionary or instance of Ratio"
            ),
        ),
    ],
)
def test_a_damaged_document_is_refused_with_its_first_fault(
    damage: Callable[[dict[str, Any]], None], said: str
) -> None:
    damaged = documents()
    damage(damaged)
    with pytest.raises(CardError) as caught:
        read_card(**damaged)
    assert str(caught.value) == said


if __name__ == "__main__":
    sys.stdout.writelines(
        f"{digest}  {' '.join(series(row))} from {row['effective_from']}\n"
        for digest, row in history()
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("size_tier", "6:4", "a ratio must be in lowest terms: 3:2"),
        ("usd", "0." + "1" * 30, "it must have 24 digits at most"),
    ],
)
def test_a_plan_of_an_odd_ratio_or_amount_is_refused(column: str, value: str, said: str) -> None:
    from xl_pricing.rates.records import read_row
    from xl_pricing.rates.rows import Plan

    row = asdict(CARD.plans[0]) | {column: value}
    with pytest.raises(CardError, match=said):
        read_row(Plan, row, "plans")
