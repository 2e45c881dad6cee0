"""Hostile files: no more memory than their bounds, no network, nothing personal in any output."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from bill_document import read, run, sample, write

LINE = json.loads(sample("app_log.jsonl").splitlines()[0])
_MEMORY = """
import resource, sys
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import xl_pricing.bills.opened as opened
from xl_pricing.bills.reading import Reading
opened.MOST_BYTES = 60_000_000
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    rows = sum(row.tokens is not None for row in Reading([sys.argv[1]]))
except Exception as error:
    rows = type(error).__name__
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def memory(file: Path) -> tuple[str, int]:
    """Read a file in a process of its own; return the rows with tokens, and the MB it took."""
    pytest.importorskip("resource", reason="memory is told on Linux")
    ran = subprocess.run(
        [sys.executable, "-c", _MEMORY, file], capture_output=True, text=True, check=True
    )
    rows, took = ran.stdout.split()
    return rows, int(took)


def test_an_image_of_40_mb_in_a_line_takes_next_to_no_memory(tmp_path: Path) -> None:
    image = "iVBORw0KGgoAAAANSUhEUgAA" * (40 * 2**20 // 24)
    text = json.dumps({**LINE, "response": LINE["response"] | {"data": [{"b64_json": image}]}})
    rows, took = memory(write(tmp_path / "log.jsonl", text + "\n" + json.dumps(LINE)))
    assert rows == "2"
    assert took < 20


@pytest.mark.parametrize("letter", [b" ", b'{"a":1}\n', b"["], ids=["spaces", "lines", "lists"])
def test_a_packed_bomb_ends_at_the_bound(letter: bytes, tmp_path: Path) -> None:
    bomb = write(tmp_path / "bomb.gz", gzip.compress(letter * (100_000_000 // len(letter))))
    assert bomb.stat().st_size < 2**20
    rows, took = memory(bomb)
    assert rows == "InvalidValueError"
    assert took < 200


PERSONAL = ("user", "user_id", "api_key", "api_key_id", "email", "end_user", "prompt", "messages")


@pytest.mark.parametrize(
    "name", ["app_log.jsonl", "litellm_spend_logs.json", "langfuse_observations.jsonl",
             "organization_usage_completions.json", "organization_costs.json"],
)  # fmt: skip
@pytest.mark.parametrize("output", ["--json", "--by=day,model,tier,size,quality,project,file"])
def test_people_keys_and_prompts_never_come_out(name: str, output: str, tmp_path: Path) -> None:
    def marked(value: object) -> object:
        if isinstance(value, list):
            return [marked(each) for each in value]
        if isinstance(value, dict):
            return {k: marked(v) for k, v in value.items()} | dict.fromkeys(PERSONAL, "SECRET")
        return value

    text = sample(name)
    values = (
        [json.loads(line) for line in text.splitlines()] if name[-1] == "l" else [json.loads(text)]
    )
    result = run(write(tmp_path / name, [marked(value) for value in values]), output)
    assert result.exit_code in {0, 1}, result.output
    assert "SECRET" not in result.output


def test_no_address_in_a_file_is_ever_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", asked)
    monkeypatch.setattr("socket.getaddrinfo", asked)
    row = json.dumps({**LINE, "project": "https://example.com/a.parquet", "url": "s3://bucket/a"})
    assert read(write(tmp_path / "log.jsonl", row))["priced"] == 1
