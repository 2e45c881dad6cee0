"""xl-pricing bill: the equation first, then what it is made of; its exit status is its answer."""

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bill_document import EXPECTED, ROOM, read, refused, run, sample, write
from exhaustive import many

from xl_pricing.bills.reading import Reading
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.total import Totals
from xl_pricing.errors import XlPricingError
from xl_pricing.rates.card import bundled_card

USAGE = ROOM / "organization_usage_completions.json"
COSTS = ROOM / "organization_costs.json"


def test_the_report_says_the_equation_first() -> None:
    result = run(ROOM / "litellm_spend_logs.csv", "--by", "model")
    assert result.exit_code == 0
    assert result.stdout.isascii()
    *lines, assumed = (line.rstrip() for line in result.stdout.splitlines())
    assert [line[:79].rstrip() for line in lines] == [
        "at the rates in force  1.409773 USD, 11 of 11 rows priced",
        "billed                 1.409773 USD",
        "difference             0 USD, agrees to the token",
        "",
        "model                     rows    images    tokens in    tokens out       USD",
        "----------------------  ------  --------  -----------  ------------  --------",
        "gpt-image-1-mini             1                     60          1088  0.008824",
        "gpt-image-1.5                2                    380          6294  0.192177",
        "gpt-image-2                  4                   1364         25448  0.773332",
        "gpt-image-2.5-flare          2                     54          2147   0.06468",
        "gpt-image-2.5-sunburst       2                   5224         10976   0.37076",
        "",
    ]
    assert [line[79:].split() for line in lines[4:7]] == [
        ["billed", "difference"],
        ["--------", "------------"],
        ["0.008824", "0"],
    ]
    places = "; ".join(f"litellm_spend_logs.csv, row {i}" for i in (2, 3, 4))
    assert assumed == f"assumed of 11 rows: times without a zone are UTC ({places})"


def test_usage_and_costs_are_two_sides_and_never_added() -> None:
    found = read(USAGE, COSTS)
    assert (found["rows"], found["priced"]) == (43, 11)
    told = EXPECTED[next(name for name in EXPECTED if name.startswith("reconcile"))]
    assert (found["usd"], found["billed"]) == (told["usage_priced"], told["billed"])
    assert found["difference"] == told["difference"]
    assert found["other_usd"] == told["other_products_usd"]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([ROOM / "app_log.jsonl"], 0),
        ([ROOM / "litellm_spend_logs.json"], 0),
        ([USAGE, COSTS], 0),
        ([USAGE, ROOM / "cost_export.csv"], 0),
        ([USAGE, ROOM / "azure_cost_details.csv"], 1),
        ([ROOM / "images_answers.jsonl"], 1),
        ([ROOM / "stream_events.jsonl", "--model", "gpt-image-2"], 0),
        ([ROOM / "README.md"], 2),
        ([ROOM / "none.json"], 2),
        ([], 2),
    ],
)
def test_the_exit_status_says_whether_it_agrees(files: list[Path | str], status: int) -> None:
    result = run(*files)
    assert result.exit_code == status
    assert bool(result.stderr) == (status != 0)


def test_mistakes_in_the_call_are_said() -> None:
    log = ROOM / "app_log.jsonl"
    assert "did you mean month?" in refused(log, "--by", "months")
    assert "gpt-image-9" in refused(log, "--model", "gpt-image-9")
    assert "tier" in refused(log, "--tier", "cheap")
    assert "date" in refused(log, "--from", "soon")
    assert "accepted: 0.85\n" in refused(log, "--uplift", "0,85")
    assert "accepted: 1000.5\n" in refused(log, "--billed", "1,000.50")
    assert "accepted: an amount, as 12.34" in refused(log, "--tolerance", "some")


def test_days_from_and_to_are_both_within() -> None:
    found = read(ROOM / "app_log.jsonl", options=("--from", "2026-11-03", "--to", "2026-11-04"))
    assert (found["rows"], found["usd"]) == (4, "0.386381")
    assert found["notes"] == ["7 rows of other days are left out"]


def test_rows_without_a_day_are_in_no_range_of_days_and_damaged_ones_are_told(
    tmp_path: Path,
) -> None:
    undated = json.dumps({"model": "gpt-image-2", "at": None, "usage": {"output_tokens": 1}})
    text = "\n".join([sample("app_log.jsonl").strip(), undated, undated[:20]])
    found = read(write(tmp_path / "log", text), options=("--from", "2026-11-03"))
    assert (found["priced"], found["rows"]) == (5, 6)
    assert "1 rows without a day are left out" in found["notes"]


def test_no_row_of_the_days_that_are_asked_for_is_said_with_those_there_are() -> None:
    said = refused(ROOM / "app_log.jsonl", "--from", "2025-01-01", "--to", "2025-01-31")
    assert "no row is from 2025-01-01 to 2025-01-31" in said
    assert "days from 2026-11-02 to 2026-11-05" in said


@pytest.mark.parametrize("by", ["model", "day", "month", "project", "model,day"])
def test_billed_and_difference_stand_in_each_line_and_add_up(by: str) -> None:
    found = read(USAGE, COSTS, options=("--by", by))
    for name, total in (("billed", found["billed"]), ("difference", found["difference"])):
        assert sum(Fraction(each[name]) for each in found["by"]) == Fraction(total)
    assert {each["billed"] for each in read(USAGE, COSTS, options=("--by", "tier"))["by"]} == {None}


def test_amounts_alone_are_no_missing_image_cost() -> None:
    told = run(USAGE, ROOM / "cost_export.csv").stdout
    assert "compared: 28 rows, 1.8365245 USD billed, amounts alone: the file tells no" in told


@pytest.mark.parametrize("by", ["model", "month", "day,tier", "project,size,quality", "file"])
def test_whatever_it_is_summed_by_the_parts_are_the_whole(by: str) -> None:
    found = read(ROOM / "app_log.jsonl", options=("--by", by))
    assert sum(Fraction(each["USD"]) for each in found["by"]) == Fraction(found["usd"])
    assert sum(each["rows"] for each in found["by"]) == found["priced"]
    assert {*by.split(",")} <= {*found["by"][0]}


def test_the_document_holds_the_keys_that_are_promised() -> None:
    keys = ["rows", "priced", "images", "tokens", "usd", "by_day_model_tier"]
    keys += ["billed", "difference", "parts", "unpriced", "assumed"]
    assert list(read(USAGE))[: len(keys)] == keys


ODD: list[Any] = [
    *(None, [], {}, [1], {"a": 1}, "", 0, -1, 1.5, "=1+1", True, "\x00\x1b[31m", 10**30, "9" * 200),
    *([[]], "2026-13-45", float("nan"), 1e300, "1e5", {"usage": {}}, "{", "\u202e"),
]


def changed(rng: random.Random, value: Any, chance: float) -> Any:
    if rng.random() < chance:
        return rng.choice(ODD)
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if rng.random() > chance / 2}
        return {k: changed(rng, v, chance) for k, v in kept.items()}
    return [changed(rng, v, chance) for v in value] if isinstance(value, list) else value


def damaged(rng: random.Random, data: bytes) -> bytes:
    content = bytearray(data)
    for _ in range(rng.choice([1, 3, 20])):
        at = rng.randrange(len(content))
        match rng.randrange(4):
            case 0:
                content[at] = rng.randrange(256)
            case 1:
                del content[at : at + rng.randrange(1, 40)]
            case 2:
                content[at:at] = rng.choice([b'"', b",", b";", b"\n", b"{", b"]", b"\\", b"\r"])
            case _:
                content[at:at] = content[at : at + rng.randrange(200)]
    return bytes(content)


@pytest.mark.parametrize("name", [name for name in EXPECTED if (ROOM / name).is_file()])
def test_whatever_a_file_holds_every_row_is_priced_or_named(name: str, tmp_path: Path) -> None:
    rng, rule = random.Random(name), Rule(bundled_card())
    for i in range(many(6, 300)):
        text = sample(name)
        if i % 2 and name.endswith(".jsonl"):
            rows = [changed(rng, json.loads(line), 0.1) for line in text.splitlines()]
            file = write(tmp_path / "a", rows)
        elif i % 2 and name.endswith(".json"):
            file = write(tmp_path / "a", json.dumps(changed(rng, json.loads(text), 0.02)))
        else:
            file = write(tmp_path / "a", damaged(rng, (ROOM / name).read_bytes()))
        totals = Totals(rule)
        try:
            totals.add_all(Reading([file], "gpt-image-2"))
        except XlPricingError:
            continue
        sides = (totals.used, totals.bill)
        left = sum(each.rows for each in totals.left)
        assert totals.rows == left + sum(side.whole.rows for side in sides)
        assert all(side.whole.usd >= 0 for side in sides)
