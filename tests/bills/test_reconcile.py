"""Usage against bill: the parts add up to the difference, and each is shown by the figures."""

import json
import random
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bill_document import ROOM, read, refused, run, sample, write
from exhaustive import many

from xl_pricing.bills.reconcile import gather, reconcile
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.total import USD, Totals
from xl_pricing.estimation.usage import METER_NAMES, Metered
from xl_pricing.rates.card import bundled_card

USAGE = ROOM / "organization_usage_completions.json"
COSTS = ROOM / "organization_costs.json"
CSV_PAIR = (ROOM / "usage_export.csv", ROOM / "cost_export.csv")
DAY, TODAY = date(2026, 11, 2), date(2026, 11, 26)
TOKENS = 12_000
FILE = Source("costs.json", "record")


def used(tokens: int, meter: str = "image_out", **told: Any) -> Row:
    """Return a row of usage, of gpt-image-2 where it is not told."""
    counts = Metered()._replace(**{meter: tokens})
    facts = {"day": DAY, "model": "gpt-image-2", "project": "p", "tokens": counts, **told}
    return Row(FILE, 1, **facts)


def billed(tokens: int, usd: str | Fraction, meter: str = "image_out", **told: Any) -> Row:
    """Return a line of a bill."""
    amount = {"billed_side": True, "billed": Fraction(usd), "currency": USD}
    return used(tokens, meter, **amount, **told)


def parts(*rows: Row) -> dict[str, Fraction]:
    """Return the parts of a difference that are not 0."""
    totals = Totals(Rule(bundled_card()), ("project",))
    totals.add_all(rows)
    found = gather(reconcile(totals, TODAY))
    return {str(part): each.usd for part, each in found.items() if each.usd}


def test_the_sample_month_is_explained_to_the_token() -> None:
    found = read(USAGE, COSTS)
    assert (found["usd"], found["billed"]) == ("1.9490445", "1.8365245")
    assert found["difference"] == "-0.11252"
    assert found["parts"] == {
        "not billed yet": "-0.05975",
        "billed under the rate in force": "-0.05277",
        "rounding": "0",
        "unexplained": "0",
    }
    assert "gpt-image-2.5-flare, 2026-11-02, proj_ads, image_out" in str(found["why"])
    assert found["other_usd"] == "0.139468"


def test_a_bill_alone_is_compared_with_its_own_tokens() -> None:
    found = read(ROOM / "azure_cost_details.csv")
    assert found["parts"]["data residency or data zone, a tenth more"] == "1.0536"
    assert found["parts"]["unexplained"] == "0"
    assert read(COSTS)["parts"]["billed at the batch rate"] == "-0.2611275"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([billed(TOKENS, "0.36")], {}),
        ([billed(TOKENS, "0.3600004")], {"rounding": "0.0000004"}),
        ([billed(TOKENS, "0")], {"free of charge": "-0.36"}),
        ([billed(TOKENS, "0.18")], {"billed at the batch rate": "-0.18"}),
        ([billed(TOKENS, "0.396")], {"data residency or data zone, a tenth more": "0.036"}),
        ([billed(TOKENS, "0.12")], {"billed under the rate in force": "-0.24"}),
        ([billed(TOKENS, "0.123456")], {"unexplained": "-0.236544"}),
        ([billed(TOKENS, "0.5")], {"unexplained": "0.14"}),
        ([billed(13_000, "0.39")], {"token counts differ": "0.03"}),
        ([billed(13_000, "0.40")], {"token counts differ": "0.03", "unexplained": "0.01"}),
        (
            [billed(TOKENS, "0.36"), billed(1_000, "0.005", "text_in")],
            {"billed, not in the usage": "0.005"},
        ),
        (
            [billed(1_000, "0.03", day=date(2026, 11, 3))],
            {"billed, not in the usage": "0.03", "used, not in the bill": "-0.36"},
        ),
        (
            [billed(1_000, "0.03", day=date(2026, 11, 1))],
            {"billed, not in the usage": "0.03", "not billed yet": "-0.36"},
        ),
        ([billed(TOKENS, "0.36"), billed(5, "2", model="gpt-image-9")], {"billed, not priced": 2}),
    ],
)
def test_amount_by_quantity_tells_the_cause(rows: list[Row], expected: dict[str, str]) -> None:
    assert parts(used(TOKENS), *rows) == {k: Fraction(v) for k, v in expected.items()}


def unconfirmed(*rows: Row, uplift: str | None = None) -> set[str]:
    """Return the parts that somebody has to confirm."""
    totals = Totals(Rule(bundled_card()), ("project",))
    totals.add_all(rows)
    pieces = reconcile(totals, TODAY, uplift=Fraction(uplift) if uplift else None)
    return {str(part) for part, each in gather(pieces).items() if not each.sure}


def test_rates_that_nobody_confirmed_are_asked_for() -> None:
    dearer = [used(TOKENS), billed(TOKENS, "0.396")]
    assert unconfirmed(*dearer) == {"data residency or data zone, a tenth more"}
    assert unconfirmed(*dearer, uplift="1.1") == set()
    assert unconfirmed(used(TOKENS), billed(TOKENS, "0.396", zoned=True)) == set()
    cheaper = [used(TOKENS), billed(TOKENS, "0.288")]
    assert unconfirmed(*cheaper) == {"billed under the rate in force"}
    assert unconfirmed(*cheaper, uplift="0.8") == set()
    partly_free = [*cheaper, used(500, "text_in"), billed(500, "0.0025", "text_in")]
    assert unconfirmed(*partly_free) == set()


def test_a_bill_that_tells_batch_is_at_the_batch_rate_whatever_the_usage_tells() -> None:
    rows = [billed(TOKENS, "0.36"), billed(TOKENS, "0.18", tier="batch")]
    assert parts(used(2 * TOKENS), *rows) == {"billed at the batch rate": Fraction("-0.18")}
    assert parts(used(5, "text_in"), billed(TOKENS, "0.18", tier="batch"))[
        "billed, not in the usage"
    ] == Fraction("0.18")


def test_usage_and_bill_of_two_origins_are_not_compared() -> None:
    rows = [used(TOKENS, origin="OpenAI"), billed(9_000, "0.27", origin="Azure")]
    name = "two origins: used with one, billed by another"
    assert parts(*rows) == {name: Fraction("-0.09")}
    both = [*rows, billed(TOKENS, "0.36", origin="OpenAI")]
    assert parts(*both) == {name: Fraction("0.27")}
    assert parts(rows[0]._replace(origin=""), rows[1]) == {"token counts differ": Fraction("-0.09")}
    assert run(USAGE, ROOM / "azure_cost_details.csv").exit_code == 1
    assert name in read(USAGE, ROOM / "azure_cost_details.csv")["parts"]


def test_projects_called_otherwise_are_put_together_where_tokens_agree() -> None:
    rows = [used(TOKENS, project="shop"), billed(TOKENS, "0.36", project="sub-1")]
    assert parts(*rows) == {}
    other = [rows[0], rows[1]._replace(tokens=Metered(image_out=5), billed=Fraction("0.00015"))]
    assert set(parts(*other)) == {"used, not in the bill", "billed, not in the usage"}


def test_amounts_alone_with_their_meter_say_as_much_as_tokens() -> None:
    json_pair, csv_pair = read(USAGE, COSTS), read(*CSV_PAIR)
    for name in ("usd", "billed", "difference", "parts", "why", "unconfirmed"):
        assert json_pair[name] == csv_pair[name]
    assert run(*CSV_PAIR).exit_code == run(USAGE, COSTS).exit_code == 0


def test_costs_that_end_before_the_usage_are_told(tmp_path: Path) -> None:
    late = "usage goes on to 2026-11-05 and the costs end on 2026-11-04"
    found = read(USAGE, COSTS)
    assert any(late in note for note in found["notes"])
    assert not found["doubts"]
    header, *rows = (ROOM / "cost_export.csv").read_text("utf-8").splitlines()
    cut = write(tmp_path / "cut.csv", "\n".join([header, *(r for r in rows if "2026-11-02T" in r)]))
    found = read(CSV_PAIR[0], cut)
    assert "the costs end on 2026-11-02" in str(found["doubts"])
    assert run(CSV_PAIR[0], cut).exit_code == 1


def test_a_tenth_more_is_residency_only_of_models_that_have_it() -> None:
    old = {"model": "gpt-image-1.5"}
    found = parts(used(TOKENS, **old), billed(TOKENS, Fraction("0.4224"), **old))
    assert set(found) == {"unexplained"}


def test_batch_that_is_not_halved_is_named() -> None:
    found = parts(used(TOKENS, tier="batch"), billed(TOKENS, "0.36"))
    assert found == {"batch billed at the standard rate": Fraction("0.18")}


def test_one_ratio_on_all_lines_of_a_model_is_a_price_of_its_own() -> None:
    days = [date(2026, 11, i) for i in (2, 3, 4)]
    usage = [used(1_000 * i, day=day) for i, day in enumerate(days, 1)]
    bill = [billed(1_000 * i, Fraction(i * 27, 1_000), day=day) for i, day in enumerate(days, 1)]
    assert parts(*usage, *bill) == {"one ratio to the rates on all lines": Fraction(-18, 1_000)}
    del usage[0], bill[0]
    assert "one ratio to the rates on all lines" not in parts(*usage, *bill)


def test_a_price_that_changes_within_the_month_is_one_ratio_from_a_day_on() -> None:
    days = [date(2026, 11, i) for i in range(2, 8)]
    usage = [used(1_000, day=day) for day in days]
    bill = [billed(1_000, "0.03" if day.day < 5 else "0.036", day=day) for day in days]
    assert parts(*usage, *bill) == {"one ratio to the rates from a day on": Fraction(18, 1_000)}
    bill[3] = billed(1_000, "0.0360001", day=days[3])
    assert [*parts(*usage, *bill)] == ["one ratio to the rates from a day on"]
    bill[3], bill[-1] = (
        bill[3]._replace(billed=Fraction("0.036")),
        billed(1_000, "0.035", day=days[-1]),
    )
    assert parts(*usage, *bill) == {"unexplained": Fraction(17, 1_000)}


def test_usage_without_projects_is_compared_with_all_of_them() -> None:
    bill = [billed(5_000, "0.15", project="a"), billed(7_000, "0.21", project="b")]
    assert parts(used(TOKENS, project=None), *bill) == {}


@pytest.mark.parametrize("seed", range(many(30, 2_000)))
def test_the_parts_always_add_up(seed: int) -> None:
    dice = random.Random(seed)

    def told() -> dict[str, Any]:
        return {
            "day": date(2026, 11, dice.randint(1, 4)),
            "model": dice.choice(["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2-2026-04-21"]),
            "project": dice.choice(["a", "b", None]) if seed % 2 else "a",
            "tier": dice.choice([None, "standard", "batch"]),
        }

    def one() -> Row:
        tokens, meter = dice.randint(0, 9), dice.choice(METER_NAMES)
        if dice.random() < 0.5:
            return used(tokens, meter, **told())
        amount = Fraction(dice.randint(-3, 400), 1_000_000)
        row = billed(tokens, amount, meter, **told())
        return row._replace(tokens=None) if dice.random() < 0.1 else row

    totals = Totals(Rule(bundled_card()), ("project",))
    totals.add_all([used(3), billed(3, "0.00009"), *(one() for _ in range(dice.randint(0, 40)))])
    pieces = reconcile(totals, TODAY)
    assert sum(p.usd for p in pieces) == totals.bill.billed[USD] - totals.used.whole.usd


def test_an_invoice_is_compared_too() -> None:
    agrees = read(ROOM / "app_log.jsonl", options=("--billed", "1.41"))
    assert agrees["parts"] == {"rounding": "0.000227", "unexplained": "0"}
    assert run(ROOM / "app_log.jsonl", "--billed", "1.41").exit_code == 0
    off = read(USAGE, COSTS, options=("--billed", "2"))
    assert off["parts"]["the invoice against the files"] == "0.1634755"
    assert sum(map(Fraction, off["parts"].values())) == Fraction(off["difference"])
    assert run(ROOM / "app_log.jsonl", "--billed", "2").exit_code == 1
    assert "billed" in refused(ROOM / "app_log.jsonl", "--billed", "-1")


def test_amounts_in_another_currency_are_converted_by_the_rate_that_is_told(tmp_path: Path) -> None:
    costs = json.loads(COSTS.read_text("utf-8"))
    for bucket in costs["data"]:
        for result in bucket["results"]:
            value = str(result["amount"]["value"])
            result["amount"] = {"value": value, "currency": "eur"}
    path = write(tmp_path / "costs.json", json.dumps(costs))
    assert run(USAGE, path).exit_code == 1
    same = read(USAGE, path, options=("--currency", "EUR", "--rate", "1"))
    assert same["billed"] == "1.8365245"
    half = read(USAGE, path, options=("--currency", "EUR", "--rate", "0.5"))
    assert half["billed"] == "3.673049"
    assert "needs its rate" in refused(USAGE, path, "--currency", "EUR")


def test_what_is_taken_back_is_told_by_its_day_and_model_and_counts_there(tmp_path: Path) -> None:
    costs = json.loads(sample("organization_costs.json"))
    results = costs["data"][0]["results"]
    results.append({**results[0], "amount": {"value": -5, "currency": "usd"}})
    file = write(tmp_path / "costs.json", json.dumps(costs, indent=1))
    found = read(USAGE, file)
    assert found["parts"]["taken back"] == "-5"
    assert found["why"]["taken back"] == ["gpt-image-2.5-flare, 2026-11-02, proj_ads, image_out"]
    assert sum(Fraction(line["billed"]) for line in found["by"]) == Fraction(found["billed"])
    assert "\ntaken back: 1 row, -5 USD billed, " in run(USAGE, file).stdout


def test_amounts_alone_have_no_price_and_no_difference_in_the_sums() -> None:
    lines = read(ROOM / "cost_export.csv")["by"]
    assert {line["USD"] for line in lines} == {line["difference"] for line in lines} == {None}
    assert sum(Fraction(line["billed"]) for line in lines) == Fraction("1.8365245")


def test_amounts_in_another_currency_say_what_to_give(tmp_path: Path) -> None:
    text = sample("organization_costs.json").replace('"usd"', '"eur"', 3)
    file = write(tmp_path / "costs.json", text)
    assert "Convert the amounts in EUR: --currency EUR, and --rate" in read(file)["look_next"]
    told = ("--currency", "EUR", "--rate", "0.9")
    assert not any("changed nothing" in note for note in read(file, options=told)["notes"])
    (note,) = read(ROOM / "cost_export.csv", options=told)["notes"]
    assert note == "no amount is in EUR: --rate changed nothing"


def test_an_export_that_was_rounded_to_cents_is_told(tmp_path: Path) -> None:
    text = re.sub(r"(0\.[0-9]{2})[0-9]{6,}", r"\1", sample("cost_export.csv"))
    file = write(tmp_path / "costs.csv", text)
    (told,) = read(ROOM / "usage_export.csv", file)["doubts"]
    assert "all amounts are whole cents" in told
    allowed = read(ROOM / "usage_export.csv", file, options=("--tolerance", "0.01"))
    assert allowed["doubts"] == []
