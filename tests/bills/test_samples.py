"""Every sample file comes out to the last digit, in each shape that people really have."""

import json
from pathlib import Path
from typing import Any

import pytest
from bill_document import EXPECTED, ROOM, read

FILES = [name for name in EXPECTED if not name.startswith("reconcile")]
WITHOUT_MODEL = {"images_answers.jsonl", "stream_events.jsonl"}
BESIDE = {"batch_output.jsonl": ["batch.json"]}


def told(name: str) -> dict[str, Any]:
    files = [ROOM / each for each in [name, *BESIDE.get(name, [])]]
    return read(*files, model="gpt-image-2" if name in WITHOUT_MODEL else None)


@pytest.mark.parametrize("name", FILES)
def test_a_sample_comes_out_to_the_last_digit(name: str) -> None:
    expected, bill = EXPECTED[name], told(name)
    for key in ("rows", "priced", "images", "usd", "by_day_model_tier", "image_rows", "other_usd"):
        if key in expected:
            assert bill[key] == expected[key], key
    for key in ("usd_at_standard_rates", "usd_at_openai_list"):
        assert bill["usd"] == expected.get(key, bill["usd"])
    for key in ("billed_usd", "spend_usd"):
        assert bill["billed"] == expected.get(key, bill["billed"])
    tokens = expected.get("tokens", {})
    assert {name: bill["tokens"][name] for name in tokens} == tokens


def test_what_is_no_image_cost_is_told_apart() -> None:
    apart = EXPECTED["responses.jsonl"]["left_out"]
    assert told("responses.jsonl")["apart"] == apart
    left = told("organization_usage_completions.json")["left_out"]
    assert [(each["about"], each["rows"]) for each in left] == [("gpt-5.6-terra", 1)]


REAL = [json.loads(line) for line in (ROOM / "real_usage.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", [row for row in REAL if "usd_by_rule" in row])
def test_a_published_usage_costs_what_the_rule_says(row: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(row), "utf-8")
    assert read(file)["usd"] == row["usd_by_rule"]
