"""Rows with tokens and an amount: the known causes are tried, named and counted."""

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bill_document import ROOM, read, run, write
from exhaustive import many

from xl_pricing.bills.reasons import Reason

SPENDS = json.loads((ROOM / "litellm_spend_logs.json").read_text("utf-8"))
USED = {
    "input_tokens": 3_000,
    "output_tokens": 5_488,
    "input_tokens_details": {
        "text_tokens": 1_000,
        "image_tokens": 2_000,
        "cached_tokens": 1_500,
        "cached_tokens_details": {"text_tokens": 500, "image_tokens": 1_000},
    },
}
"""0.0025 + 0.000625 + 0.008 + 0.002 + 0.16464 USD of gpt-image-2."""


def spent(usd: Any, i: int = 0) -> dict[str, Any]:
    """Return a row of a gateway that says what it spent on those tokens."""
    row = {**SPENDS[0], "request_id": f"r{i}", "spend": usd}
    row["metadata"] = {**row["metadata"], "usage_object": USED}
    return row


def bill(tmp_path: Path, *rows: dict[str, Any]) -> Any:
    return read(write(tmp_path / "spend.json", json.dumps(rows)))


@pytest.mark.parametrize(
    ("usd", "part"),
    [
        (0, "nothing logged, or free of charge"),
        (0.068005, "image output at the text rate"),
        (0.174015, "image input at the text rate"),
        (0.18564, "cached input in full"),
        (0.0888825, "billed at the batch rate"),
        (0.213318, "a reseller's multiple of the price"),
        (0.123456, "unexplained"),
    ],
)
def test_a_known_cause_is_named_with_how_many_and_where(
    usd: float, part: str, tmp_path: Path
) -> None:
    found = bill(tmp_path, *(spent(usd, i) for i in range(5)))
    named = {name: Fraction(usd) for name, usd in found["parts"].items() if usd != "0"}
    assert named == {part: 5 * (Fraction(str(usd)) - Fraction("0.177765"))}
    [said] = found["why"][part]
    assert said.startswith("5 rows (spend.json, record 1")
    assert said.count("spend.json, record") == 3
    assert run(tmp_path / "spend.json").exit_code == (part != "billed at the batch rate")


LINE = {"id": "a", "model": "gpt-image-2", "timestamp": "2026-11-02T08:00:00Z"}
FLAT = "id,model,date,input_tokens,text_tokens,image_tokens,cached_tokens,output_tokens"


@pytest.mark.parametrize("name", ["billed_usd", "cost_usd"])
@pytest.mark.parametrize("held", ["line", "answer", "text", "table"])
def test_an_own_log_may_tell_what_a_call_cost(name: str, held: str, tmp_path: Path) -> None:
    if held == "table":
        row = "a,gpt-image-2,2026-11-02,3000,1000,2000,,5488,"
        file = write(tmp_path / "log.csv", f"{FLAT},{name}\n{row}0.213\n{row.replace('a', 'b', 1)}")
    else:
        usage = USED | {"input_tokens_details": {"text_tokens": 1_000, "image_tokens": 2_000}}
        answer = {"response": {"usage": usage}} if held == "answer" else {"usage": usage}
        first = LINE | answer | {name: "$0.213" if held == "text" else 0.213}
        file = write(tmp_path / "log.jsonl", [first, LINE | answer | {"id": "b", name: None}])
    found = read(file)
    assert (found["usd"], found["billed"]) == ("0.37128", "0.213")
    assert found["parts"]["used, no amount told"] == "-0.18564"
    assert "0.02736" in found["parts"].values()


def test_an_amount_in_a_log_that_is_none_leaves_its_row_out(tmp_path: Path) -> None:
    lines = [LINE | {"id": i, "usage": USED, "cost_usd": usd} for i, usd in enumerate(["?", 0, ""])]
    found = read(write(tmp_path / "log.jsonl", lines))
    assert [each["reason"] for each in found["unpriced"]] == [Reason.NO_AMOUNT.sentence]
    assert found["parts"]["nothing logged, or free of charge"] == "-0.177765"


def test_what_agrees_to_its_rounding_is_rounding(tmp_path: Path) -> None:
    found = bill(tmp_path, spent(0.17776), spent(0.177765, 1))
    assert found["parts"] == {"rounding": "-0.000005", "unexplained": "0"}
    assert run(tmp_path / "spend.json").exit_code == 0


def test_rows_without_an_amount_beside_others_are_named(tmp_path: Path) -> None:
    found = bill(tmp_path, spent(0.177765), spent(None, 1))
    assert found["parts"]["used, no amount told"] == "-0.177765"
    assert run(tmp_path / "spend.json").exit_code == 1


def test_actuals_are_asked_by_size_and_quality(tmp_path: Path) -> None:
    header = "date,model,size,quality,generations,accepted,input_tokens,output_tokens,billed"
    rows = [
        "2026-11-02,gpt-image-2,1024x1024,high,1,1,0,7024,0.21",
        "2026-11-02,gpt-image-2,1024x1024,high,1,1,0,1756,0.21",
        "2026-11-02,gpt-image-2,1024x1024,high,1,1,0,7024,0.07",
    ]
    found = read(write(tmp_path / "actuals.csv", "\n".join([header, *rows])))
    assert {name for name, usd in found["parts"].items() if usd != "0"} == {
        "rounding", "tokens not of this size and quality", "image output at the text rate",
    }  # fmt: skip
    assert "usual: 7,024" in str(found["why"])


@pytest.mark.parametrize("seed", range(many(10, 500)))
def test_whatever_the_rows_tell_the_parts_are_the_difference(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    amounts = [0, None, 0.177765, 0.068005, -0.1, round(dice.random(), dice.randint(0, 9))]
    rows = [spent(dice.choice(amounts), i) for i in range(dice.randint(1, 20))]
    if seed % 3 == 0:
        rows.append({**spent(0.5, 99), "model": "gpt-image-9"})
    found = bill(tmp_path, *rows)
    if found["difference"] is not None:
        assert sum(map(Fraction, found["parts"].values())) == Fraction(found["difference"])
