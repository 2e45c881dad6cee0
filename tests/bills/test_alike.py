"""Records that are alike are summed at once: every figure and place is as if read one by one."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from bill_document import ROOM, read, sample, write
from exhaustive import many
from usage_rows import MODELS, ODD, TIERS, TIMES

from xl_pricing.bills import alike
from xl_pricing.bills.quick_counts import QuickCounts
from xl_pricing.bills.quick_lines import QuickLines
from xl_pricing.bills.quick_table import QuickTable
from xl_pricing.bills.reading import Reading
from xl_pricing.estimation.usage import METER_NAMES

BY = ("--by", "day,model,tier,size,quality,project,file")
SAMPLES = [
    file for file in sorted(ROOM.iterdir()) if file.stem not in {"expected", "plan", "README"}
]
LINES = [json.loads(line) for line in sample("app_log.jsonl").splitlines()]


@pytest.fixture
def same(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Say what files come to, which is the same when each record is read by itself."""

    def both(*files: Path, options: tuple[str, ...] = BY) -> Any:
        told = read(*files, model="gpt-image-2", options=options)
        with monkeypatch.context() as slow:
            slow.setattr(QuickLines, "read", lambda *_: None)
            slow.setattr(QuickTable, "read", lambda *_: None)
            slow.setattr(QuickCounts, "can_read", lambda *_: False)
            assert told == read(*files, model="gpt-image-2", options=options)
        return told

    return both


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_comes_out_the_same(file: Path, same: Callable[..., Any]) -> None:
    same(file)


def test_all_samples_at_once_come_out_the_same(same: Callable[..., Any]) -> None:
    same(*SAMPLES, options=(*BY, "--from", "2026-11-03", "--to", "2026-11-04"))


def changed(rng: random.Random, line: Any) -> Any:
    """Return a log line with a field that is odd, or missing, in it or its parts."""
    line = json.loads(json.dumps(line))
    part = rng.choice([line, line["request"], line["response"], line["response"]["usage"]])
    values = [*TIMES, *MODELS, *ODD, True, 1, 7, 0, [], [{}], {}, {"n": 1}, 1793606405123, "auto"]
    names = ["n", "images", "type", "created", "created_at", "ts", "error", "params", *part]
    names += ["billed_usd", "cost_usd"]
    name = rng.choice(names)
    if rng.random() < 0.2:
        part.pop(name, None)
    else:
        part[name] = rng.choice(values)
    return line


@pytest.mark.parametrize("held", [True, False], ids=["answer", "usage"])
@pytest.mark.parametrize("most", [50, 50_000])
def test_random_lines_come_out_the_same(
    *, most: int, held: bool, tmp_path: Path, same: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("xl_pricing.bills.alike.MOST_HELD", most)
    rng, lines = random.Random(most), []
    for i in range(many(900, 4_000)):
        plain = LINES[i % 11] | {"id": f"i{i if rng.random() < 0.9 else rng.randrange(1 + i)}"}
        line = changed(rng, plain) if rng.random() < 0.3 else plain
        if not held:
            told = line.pop("response", None)
            line = line | (told if isinstance(told, dict) else {})
        lines.append(json.dumps(line))
    write(tmp_path / "one.jsonl", "\n".join(lines))
    write(tmp_path / "two.jsonl", "\n".join(lines[::7]))
    found = same(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
    assert found["priced"] > len(lines) // 3


FLAT = ("input_tokens", "output_tokens", "input_image_tokens", "cached_tokens", "num")


def rows_of(rng: random.Random, names: Sequence[str]) -> list[str]:
    """Return rows of a table, a fifth of which are odd."""

    def cell(name: str, i: int, *, odd: bool) -> object:
        if odd and rng.random() < 0.3:
            return rng.choice([*ODD, *TIMES, *MODELS, "１２", "1_0", "+5", '"7"', '"a,b"']) or ""
        told = {
            "id": f"i{rng.randrange(1 + i)}", "model": rng.choice(MODELS[:4]), "n": i % 3,
            "tier": rng.choice(TIERS[:4]) or "", "project": rng.choice(["一", "b", ""]),
            "day": f"2026-11-0{1 + i % 9}", "timestamp": f"2026-11-02T08:{i % 60:02d}:00Z",
        }  # fmt: skip
        return told.get(name, rng.choice([0, "", rng.randrange(900)]))

    return [
        ",".join(str(cell(name, i, odd=odd)) for name in names)
        for i, odd in enumerate(rng.random() < 0.2 for _ in range(many(900, 4_000)))
    ]


@pytest.mark.parametrize("counts", [METER_NAMES, ("text_in", "image_out"), FLAT], ids=len)
@pytest.mark.parametrize(
    "beside", [(), ("id",), ("timestamp",), ("id", "timestamp"), ("cost_usd",)], ids=str
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_random_tables_come_out_the_same(
    counts: Sequence[str], beside: Sequence[str], delimiter: str, tmp_path: Path,
    same: Callable[..., Any],
) -> None:  # fmt: skip
    names = [*beside, "day", "model", "tier", "n", "project", *counts]
    lines = [",".join(names), *rows_of(random.Random(len(names)), names)]
    found = same(write(tmp_path / "usage.csv", "\n".join(lines).replace(",", delimiter)))
    assert found["priced"] > len(lines) // 4


def test_what_is_alike_is_one_row(tmp_path: Path) -> None:
    lines = ["day,model,text_in,image_out", *["2026-11-02,gpt-image-2,5,100"] * 40, "x,y,z,1"]
    rows = list(Reading([write(tmp_path / "usage.csv", "\n".join(lines))]))
    assert [row.rows for row in rows] == [1, 40]
    assert rows[1].tokens is not None
    assert (rows[1].tokens.text_in, rows[1].tokens.image_out) == (200, 4000)


def test_a_group_of_ids_is_told_apart_where_one_comes_again(
    tmp_path: Path, same: Callable[..., Any]
) -> None:
    lines = [LINES[0] | {"id": f"i{i}"} for i in range(9)]
    first = write(tmp_path / "a.jsonl", lines)
    second = write(tmp_path / "b.jsonl", [*lines[4:6], LINES[0] | {"id": "new"}])
    found = same(first, second)
    assert (found["rows"], found["priced"]) == (12, 10)
    assert found["left_out"][0]["places"] == ["b.jsonl, line 1", "b.jsonl, line 2"]


def test_a_meter_without_a_rate_is_told_row_by_row(
    tmp_path: Path, same: Callable[..., Any]
) -> None:
    lines = ["id,day,model,text_out,image_out"]
    lines += [f"r{i},2026-11-02,gpt-image-2,{i % 2},100" for i in range(8)]
    found = same(write(tmp_path / "usage.csv", "\n".join(lines)))
    assert (found["priced"], found["unpriced"][0]["rows"]) == (4, 4)


def test_what_is_kept_is_bounded(
    tmp_path: Path, same: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("kept", "quick_counts", "quick_table"):
        monkeypatch.setattr(f"xl_pricing.bills.{module}.MOST_KEPT", 2)
    monkeypatch.setattr("xl_pricing.bills.quick_lines._MOST_LAYOUTS", 1)
    assert alike.MOST_HELD > 2
    days = [f"2026-11-{1 + i % 9:02d},gpt-image-2,{i},{i}" for i in range(60)]
    meters = write(tmp_path / "a.csv", "\n".join(["day,model,text_in,image_out", *days]))
    flat = write(tmp_path / "b.csv", "\n".join(["day,model,input_tokens,output_tokens", *days]))
    log = write(tmp_path / "c.jsonl", [changed(random.Random(i), LINES[0]) for i in range(60)])
    assert same(meters, flat, log)["priced"] > 100
