"""The rule for a row, point by point, as `xl_pricing.bills.rule` counts them."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import mul
from pathlib import Path
from typing import Any

import pytest
from bill_document import assumed, left, read, sample, write
from exhaustive import many

from xl_pricing.bills.amounts import exact_text
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.rule import Rule, bare_name
from xl_pricing.bills.total import Totals
from xl_pricing.errors import OutOfRangeError
from xl_pricing.estimation.assumed import SENTENCES, Assumed
from xl_pricing.estimation.usage import METER_NAMES, whole_tokens
from xl_pricing.rates.card import bundled_card

DAY = 1793606405
"""Seconds on 2026-11-02, in UTC."""
USD_PER_MTOK = (5, 1.25, 8, 2, 30)
"""Of gpt-image-2, written down once more: text, cached text, image, cached image, image out."""


def line(usage: object, **changes: object) -> dict[str, object]:
    return {"model": "gpt-image-2", "created": DAY, "usage": usage} | changes


def bill(tmp_path: Path, *lines: object, **options: Any) -> Any:
    return read(write(tmp_path / "log.jsonl", lines), **options)


def tokens(tmp_path: Path, usage: object) -> dict[str, int]:
    found = bill(tmp_path, line(usage))["tokens"]
    return {meter: found[meter] for meter in METER_NAMES if found[meter]}


# 1. Tokens are whole numbers from 0 on.


@pytest.mark.parametrize("told", [40, 40.0, "40", "40.0", " 40 ", "4e1", "40."])
def test_whole_tokens_are_read_however_they_are_written(tmp_path: Path, told: object) -> None:
    usage = {"input_tokens": told, "input_tokens_details": {"text_tokens": told}}
    assert tokens(tmp_path, usage) == {"text_in": 40}


@pytest.mark.parametrize(
    "told", [-1, 40.5, "40.5", "forty", True, [40], {"n": 40}, 10**13, "-3", "1,000", "4 0", "٤٠"]
)
def test_what_is_no_count_makes_a_row_unreadable_and_not_0(tmp_path: Path, told: object) -> None:
    found = bill(tmp_path, line({"input_tokens": 5, "output_tokens": told}))
    assert left(found) == {Reason.NO_COUNT.sentence: 1}
    assert (found["rows"], found["priced"], found["usd"]) == (1, 0, None)


# 2. and 4. Details, and what they leave open.


@pytest.mark.parametrize(
    ("usage", "counted", "said"),
    [
        ({"input_tokens": 9}, {"text_in": 9}, Assumed.ALL_TEXT),
        (
            {"input_tokens": 9, "input_tokens_details": {"image_tokens": 4}},
            {"text_in": 5, "image_in": 4},
            Assumed.REST_IS_TEXT,
        ),
        (
            {"input_tokens": 5, "input_tokens_details": {"text_tokens": 4, "image_tokens": 4}},
            {"text_in": 4, "image_in": 4},
            Assumed.MORE_IN_DETAILS,
        ),
        ({"output_tokens": 9}, {"image_out": 9}, None),
        (
            {"output_tokens": 9, "output_tokens_details": {"text_tokens": 0}},
            {"image_out": 9},
            None,
        ),
        (
            {"output_tokens": 3, "output_tokens_details": {"image_tokens": 4}},
            {"image_out": 4},
            Assumed.MORE_IN_DETAILS,
        ),
    ],
)
def test_what_details_leave_open_is_counted_and_said(
    tmp_path: Path, usage: object, counted: object, said: Assumed | None
) -> None:
    assert tokens(tmp_path, usage) == counted
    told = {SENTENCES[said]: 1} if said else {}
    assert assumed(bill(tmp_path, line(usage))) == told


def test_partial_images_are_within_the_output(tmp_path: Path) -> None:
    event = {"type": "image_edit.completed", "created_at": DAY, "usage": {"output_tokens": 4460}}
    part = {"type": "image_edit.partial_image", "created_at": DAY, "partial_image_index": 0}
    found = bill(tmp_path, part, part, part, event, model="gpt-image-1")
    assert (found["rows"], found["priced"], found["images"], found["usd"]) == (4, 1, 1, "0.1784")


# 3. Cached tokens.


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        (
            {"cached_tokens": 50},
            {"text_cached": 40, "image_in": 50, "image_cached": 10},
        ),
        (
            {"cached_tokens_details": {"text_tokens": 10, "image_tokens": 20}},
            {"text_in": 30, "text_cached": 10, "image_in": 40, "image_cached": 20},
        ),
        (
            {"cached_tokens": 30, "cached_tokens_details": {"cached_text_tokens": 10}},
            {"text_in": 30, "text_cached": 10, "image_in": 40, "image_cached": 20},
        ),
        (
            {"cached_tokens": 30, "cached_tokens_details": {}},
            {"text_in": 10, "text_cached": 30, "image_in": 60},
        ),
        ({"cached_tokens": 0}, {"text_in": 40, "image_in": 60}),
        ({"cached_tokens": None}, {"text_in": 40, "image_in": 60}),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_cached_tokens_are_part_of_the_input(
    tmp_path: Path, told: dict[str, object], counted: object, inside: bool
) -> None:
    details: dict[str, object] = {"text_tokens": 40, "image_tokens": 60}
    usage: dict[str, object] = {"input_tokens": 100, "input_tokens_details": details}
    (details if inside else usage).update(told)
    assert tokens(tmp_path, usage) == counted


def test_one_number_for_both_kinds_is_said(tmp_path: Path) -> None:
    usage = {"input_tokens": 9, "input_tokens_details": {"text_tokens": 9, "cached_tokens": 4}}
    found = bill(tmp_path, line(usage))
    assert assumed(found) == {SENTENCES[Assumed.CACHED_TEXT_FIRST]: 1}
    assert found["usd"] == "0.00003"


def test_more_cached_than_sent_is_unreadable(tmp_path: Path) -> None:
    found = bill(tmp_path, line({"input_tokens": 4, "cached_tokens": 5}))
    assert left(found) == {Reason.NO_COUNT.sentence: 1}


def test_sums_of_an_organization_exclude_what_was_cached(tmp_path: Path) -> None:
    result = {
        "num_model_requests": 1, "model": "gpt-image-2", "batch": False, "input_tokens": 100,
        "input_text_tokens": 10, "input_image_tokens": 20, "input_cached_text_tokens": 30,
        "input_cached_image_tokens": 40, "output_tokens": 0,
    }  # fmt: skip
    bucket = {"object": "bucket", "start_time": DAY, "end_time": DAY + 1, "results": [result]}
    counted = {"text_in": 10, "image_in": 20, "text_cached": 30, "image_cached": 40}
    assert bill(tmp_path, bucket)["tokens"] == counted | {"text_out": 0, "image_out": 0}
    older = {"num_model_requests": 1, "input_tokens": 9, "input_cached_tokens": 4} | {
        "output_tokens": 5, "model": "gpt-image-1", "batch": None}  # fmt: skip
    found = bill(tmp_path, bucket | {"results": [older]})
    kept = {name: count for name, count in found["tokens"].items() if count}
    assert kept == {"text_in": 5, "text_cached": 4, "image_out": 5}
    said = (Assumed.ALL_TEXT, Assumed.CACHED_TEXT_FIRST, Assumed.BATCH_NOT_TOLD, Assumed.SHUT_DOWN)
    assert set(assumed(found)) == {SENTENCES[each] for each in said}


# 5. What is not priced is named, with its tokens, and has no USD.


@pytest.mark.parametrize(
    ("row", "reason", "about"),
    [
        (line({}), Reason.NO_USAGE, ""),
        (line({"total_tokens": 5}), Reason.NO_USAGE, ""),
        (line({"output_tokens": 5}, model="gpt-image-9"), Reason.UNKNOWN_MODEL, "gpt-image-9"),
        (line({"output_tokens": 5}, model=None), Reason.NO_MODEL, ""),
        (line({"output_tokens": 5}, created=DAY - 10**8), Reason.BEFORE_FIRST_RATE, "gpt-image-2"),
        (
            line({"output_tokens": 5, "output_tokens_details": {"text_tokens": 5}}),
            Reason.NO_RATE,
            "text_out of gpt-image-2, standard",
        ),
        (line({"input_tokens": 0, "output_tokens": 0}, data=[{}]), Reason.NO_TOKENS, ""),
        (line({"output_tokens": 5}, created="soon", timestamp="5"), Reason.NO_DAY, None),
        (line({"output_tokens": 5}, data=[{}], model="my-own"), Reason.UNKNOWN_MODEL, "my-own"),
    ],
)
def test_a_row_without_a_price_is_named_with_its_reason(
    tmp_path: Path, row: object, reason: Reason, about: str | None
) -> None:
    found = bill(tmp_path, row)
    assert (found["priced"], found["usd"], found["by_day_model_tier"]) == (0, None, [])
    (told,) = found["unpriced"]
    assert told["reason"] == reason.sentence
    assert about is None or told["about"] == about
    assert told["places"] == ["log.jsonl, line 1"]
    assert sum(told["tokens"].values()) in {0, 5}


def test_three_places_are_named_and_all_rows_are_counted(tmp_path: Path) -> None:
    found = bill(tmp_path, *[line({"output_tokens": 5}, model="gpt-image-9")] * 5)
    (told,) = found["unpriced"]
    assert (told["rows"], told["tokens"], len(told["places"])) == (5, {"image_out": 25}, 3)


def test_unreadable_values_are_told_together_and_models_apart_but_not_without_end(
    tmp_path: Path,
) -> None:
    counts = [line({"output_tokens": -i}) for i in range(1, 9)]
    (told,) = bill(tmp_path, *counts)["unpriced"]
    assert (told["rows"], "'-1'" in told["about"]) == (8, True)
    names = [line({"output_tokens": 1}, model=f"gpt-image-{i}") for i in range(10, 400)]
    found = bill(tmp_path, *names)["unpriced"]
    assert len(found) <= 101
    assert found[-1]["about"] == "others"
    assert sum(each["rows"] for each in found) == 390


# 6. and 9. Models.


@pytest.mark.parametrize(
    "name",
    ["gpt-image-2", "GPT-Image-2", "openai/gpt-image-2", "azure/eu/gpt-image-2-2026-04-21",
     "gpt-image-2-2031-01-01", " gpt-image-2 "],
)  # fmt: skip
def test_a_model_is_known_by_its_name_alone(tmp_path: Path, name: str) -> None:
    found = bill(tmp_path, line({"output_tokens": 100}, model=name))
    assert found["by_day_model_tier"] == [["2026-11-02", "gpt-image-2", "standard", "0.003"]]
    assert bare_name(name) == "gpt-image-2"


def test_after_its_end_the_last_rate_of_a_model_holds_with_a_word(tmp_path: Path) -> None:
    found = bill(tmp_path, line({"output_tokens": 100}, model="gpt-image-1"))
    assert found["usd"] == "0.004"
    assert assumed(found) == {SENTENCES[Assumed.SHUT_DOWN]: 1}


@pytest.mark.parametrize("name", ["gpt-5.6-terra", "dall-e-3", "gemini/imagen-4", "text-only"])
def test_other_products_are_told_apart(tmp_path: Path, name: str) -> None:
    found = bill(tmp_path, line({"input_tokens": 7}, model=name), line({"output_tokens": 1}))
    assert (found["priced"], found["unpriced"]) == (1, [])
    (told,) = found["left_out"]
    assert (told["reason"], told["rows"]) == ("another product", 1)


def test_the_author_of_an_svg_is_told_apart(tmp_path: Path) -> None:
    author = {"model": "gpt-5.6", "input_tokens": 5, "output_tokens": 7, "total_tokens": 12}
    found = bill(tmp_path, line({"output_tokens": 1}, svg_usage=author))
    assert found["usd"] == "0.00003"
    assert found["apart"] == {"SVG author": {"input_tokens": 5, "output_tokens": 7}}


# 7. The day is the UTC day.


@pytest.mark.parametrize(
    ("time", "priced"),
    [
        ("2026-11-04T00:00:00Z", True),
        ("2026-11-03T23:59:59.999Z", False),
        ("2026-11-04T01:30:00+02:00", False),
        ("2026-11-03T22:30:00-02:00", True),
        ("2026-11-04T05:29:59+05:30", False),
        ("2026-11-04T05:30:00+05:30", True),
        ("2026-11-04 00:00:00 UTC", True),
        ("2026-11-03 19:00:00-05", True),
        (1793750400, True),
        (1793750399, False),
        (1793750400000, True),
        (1793750399999, False),
        ("1793750400", True),
        ("1793750400.0", True),
        (1793750399.99, False),
    ],
)
def test_the_first_rate_begins_at_midnight_in_utc(
    tmp_path: Path, time: object, priced: bool
) -> None:
    """2.6 has its first rates from 2026-11-04 on."""
    usage, model = {"output_tokens": 10}, "gpt-image-2.6-flare"
    found = bill(tmp_path, {"model": model, "timestamp": time, "usage": usage})
    assert found["priced"] == priced
    assert assumed(found) == {}
    assert left(found) == ({} if priced else {Reason.BEFORE_FIRST_RATE.sentence: 1})


def test_a_new_rate_holds_from_midnight_in_utc_to_the_last_digit(tmp_path: Path) -> None:
    """The new one, 24.000025 USD for 1M tokens, is no whole number of nano-USD a token."""
    card = bundled_card()
    old = card.rate(card.model("gpt-image-2"), "image_out", "standard", date(2026, 11, 1))
    new = replace(old, usd_per_mtok=Decimal("24.000025"), effective_from=date(2026, 11, 3))
    times = ("2026-11-03T00:59:59+01:00", "2026-11-02T20:00:00-04:00", "2026-11-03T00:00:00Z")
    rows = [{"model": "gpt-image-2", "ts": t, "usage": {"output_tokens": 7}} for t in times]
    totals = Totals(Rule(replace(card, rates=(*card.rates, new))))
    totals.add_all(Reading([write(tmp_path / "log.jsonl", rows)]))
    assert {day: exact_text(line.usd) for (day,), line in totals.used.lines(["day"]).items()} == {
        "2026-11-02": "0.00021",
        "2026-11-03": "0.00033600035",
    }


@pytest.mark.parametrize("time", ["2026-11-02", "2026-11-02 23:59:59", "02.11.2026 10:00"])
def test_a_time_without_a_zone_is_utc_with_a_word(tmp_path: Path, time: str) -> None:
    found = bill(tmp_path, {"model": "gpt-image-2", "at": time, "usage": {"output_tokens": 100}})
    assert found["by_day_model_tier"][0][0] == "2026-11-02"
    assert assumed(found) == {SENTENCES[Assumed.NO_ZONE]: 1}


def test_without_a_day_the_rates_of_today_hold_with_a_word(tmp_path: Path) -> None:
    found = bill(tmp_path, {"model": "gpt-image-2", "at": None, "usage": {"output_tokens": 100}})
    assert found["by_day_model_tier"] == [[None, "gpt-image-2", "standard", "0.003"]]
    assert assumed(found) == {SENTENCES[Assumed.NO_DAY]: 1}


# 8. Batch.


def test_batch_rates_hold_where_the_row_says_so(tmp_path: Path) -> None:
    text = sample("batch_output.jsonl")
    file = write(tmp_path / "out.jsonl", text)
    assert left(read(file)) == {Reason.NO_MODEL.sentence: 3}
    assert read(file, model="gpt-image-2")["usd"] == "0.2611275"
    other = read(file, model="gpt-image-2.6-flare")
    assert left(other) == {Reason.NO_RATE.sentence: 3}
    line_ = line({"output_tokens": 100})
    assert bill(tmp_path, line_, options=("--tier", "batch"))["usd"] == "0.0015"


def test_a_service_tier_without_rates_has_no_price(tmp_path: Path) -> None:
    text = sample("usage_export.csv").replace("FALSE,default,1174.0", "FALSE,priority,1174.0")
    found = read(write(tmp_path / "usage.csv", text))
    assert found["priced"] == 10
    (told,) = found["unpriced"]
    assert (told["reason"], told["about"]) == (Reason.NO_TIER.sentence, "priority")


# 10. The same id counts once.


def test_the_same_id_counts_once_whatever_the_file(tmp_path: Path) -> None:
    one, other = line({"output_tokens": 100}, id="a"), line({"output_tokens": 100}, id="b")
    found = bill(tmp_path, one, other, one)
    assert (found["rows"], found["priced"], found["usd"]) == (3, 2, "0.006")
    more = write(tmp_path / "more.jsonl", [other, line({"output_tokens": 1})])
    found = read(tmp_path / "log.jsonl", more)
    assert (found["rows"], found["priced"]) == (5, 3)
    assert [each["rows"] for each in found["left_out"]] == [2]


def test_an_id_told_again_with_another_usage_is_in_no_sum_and_named(tmp_path: Path) -> None:
    found = bill(
        tmp_path, line({"output_tokens": 100}, id="a"), line({"output_tokens": 90}, id="a")
    )
    assert (found["priced"], found["usd"]) == (1, "0.003")
    assert left(found) == {Reason.OTHER_USAGE.sentence: 1}


def test_without_an_id_every_row_counts(tmp_path: Path) -> None:
    assert bill(tmp_path, *[line({"output_tokens": 100})] * 3)["usd"] == "0.009"


def test_an_id_told_before_without_a_usage_counts_with_it(tmp_path: Path) -> None:
    begun = line(None, id="a", response={"error": {"code": "later"}})
    found = bill(tmp_path, begun, line({"output_tokens": 100}, id="a"))
    assert (found["priced"], found["usd"]) == (1, "0.003")


# 11. Refunds.


def test_a_refund_is_an_amount_and_no_usage(tmp_path: Path) -> None:
    text = sample("azure_cost_details.csv")
    row = text.splitlines()[1].replace("0.64", "-0.64").replace(",0.128,", ",-0.128,")
    before = read(write(tmp_path / "bill.csv", text))
    found = read(write(tmp_path / "refund.csv", text + row.replace("Usage", "Refund") + "\n"))
    assert (found["rows"], found["usd"]) == (8, before["usd"])
    assert Fraction(found["billed"]) == Fraction(before["billed"]) - Fraction("0.64")


def test_random_usages_cost_what_an_own_count_says(tmp_path: Path) -> None:
    rng = random.Random(12)
    rows, total = [], Fraction(0)
    for _ in range(many(300, 20_000)):
        text, image, out = (rng.randrange(10 ** rng.randrange(1, 7)) for _ in range(3))
        of_text, of_image = rng.randint(0, text), rng.randint(0, image)
        usage = {
            "input_tokens": text + image,
            "input_tokens_details": {"text_tokens": text, "image_tokens": image},
            "cached_tokens_details": {"text_tokens": of_text, "image_tokens": of_image},
            "output_tokens": out,
        }
        rows.append(line(usage))
        counted = (text - of_text, of_text, image - of_image, of_image, out)
        total += sum(map(mul, counted, map(Fraction, USD_PER_MTOK)))
    assert Fraction(bill(tmp_path, *rows)["usd"]) == total / 1_000_000


@pytest.mark.parametrize("told", ["1.000", "12.000", "999.000"])
def test_a_count_that_may_be_a_thousand_times_as_much_is_refused(told: str) -> None:
    with pytest.raises(OutOfRangeError, match="one figure or a thousand times it"):
        whole_tokens(told, "input_tokens")


def test_a_count_with_other_zeros_behind_the_point_is_whole() -> None:
    assert [whole_tokens(told, "n") for told in ("40.0", "1000.000", "0.000", "59200.0")] == [
        *(40, 1000, 0, 59200)
    ]
