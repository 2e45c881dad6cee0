"""Large files come out of DuckDB as of Python, to the last digit; what is odd Python reads."""

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bill_document import ROOM, left, read, refused, sample, write
from exhaustive import many
from usage_rows import MODELS, ODD, TIERS, TIMES

from xl_pricing.bills import large, parquet
from xl_pricing.bills.engine import engine
from xl_pricing.bills.quick import quick_table
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reasons import Reason
from xl_pricing.estimation.usage import METER_NAMES

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")

LOG = sample("app_log.jsonl")
LINES = LOG.splitlines()
BY = ("--by", "day,model,tier,size,quality,project,file")


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the engine read files of any size; return the names of those that it took."""
    names: list[str] = []
    held = large._held

    def noted(file: Any, grouped: Any) -> Any:
        found = held(file, grouped)
        names.extend([file.name] if found else [])
        return found

    monkeypatch.setattr(large, "_held", noted)
    return names


def same(files: Sequence[Path], monkeypatch: pytest.MonkeyPatch, model: str | None = None) -> Any:
    """Return what both say, which is the same."""
    monkeypatch.setattr(large, "LARGE_BYTES", 2**60)
    alone = read(*files, model=model, options=BY)
    monkeypatch.setattr(large, "LARGE_BYTES", 0)
    found = read(*files, model=model, options=BY)
    assert comparable(found) == comparable(alone)
    return found


def comparable(bill: Any) -> Any:
    """Return a bill without what hangs on the order of rows: which places are named, and first."""
    lists = {
        name: sorted(
            ({**each, "places": len(each["places"]), "about": ""} for each in bill[name]), key=str
        )
        for name in ("assumed", "unpriced", "left_out")
    }
    next_ = [said.partition(", the first: ")[0] for said in bill["look_next"]]
    return bill | lists | {"look_next": next_}


SAMPLES = [
    file for file in sorted(ROOM.iterdir()) if file.stem not in {"expected", "plan", "README"}
]


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_comes_out_the_same(
    file: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    same([file], monkeypatch, "gpt-image-2")
    assert taken == ([file.name] if file.name in {"app_log.jsonl", "real_usage.jsonl"} else [])


ROW = json.loads(LINES[0])
ANSWER = ROW["response"]
ODD_VALUES = (
    None,
    "",
    0,
    5,
    40.0,
    40.5,
    " 12 ",
    "x",
    -3,
    "1.000",
    10**12 + 1,
    True,
    [],
    {},
    "auto",
)


def odd_line(rng: random.Random, held: bool) -> str:
    """Return a log line in which some fields are odd, or there are others."""
    row = json.loads(rng.choice(LINES))
    answer = row["response"] if held else row.pop("response")
    usage = answer["usage"]
    row["id"] = rng.choice(["a", "b", "-", "", f"r{rng.random()}", f"r{rng.random()}"])
    row["model"] = rng.choice(MODELS)
    row["timestamp"] = rng.choice(TIMES)
    for _ in range(rng.randrange(3)):
        part = rng.choice([row, answer, usage, usage.get("input_tokens_details")])
        part = part if isinstance(part, dict) else row
        name = rng.choice([*part, *EXTRA])
        part[name] = rng.choice(ODD_VALUES)
    if not held:
        row |= {name: answer[name] for name in answer if rng.random() < 0.8}
    return json.dumps(row)


EXTRA = (
    *("created", "usage", "cached_tokens", "cached_tokens_details", "svg_usage", "type", "data"),
    *("output", "tool_usage", "custom_id", "request", "params", "size", "project_id", "team", "n"),
    *("output_tokens_details", "prompt_tokens", "error", "start_time", "text_tokens", "model"),
    *("billed_usd", "cost_usd"),
)


@pytest.mark.parametrize("held", [True, False], ids=["answer", "usage"])
def test_random_log_lines_come_out_the_same(
    held: bool, tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(6)
    plain = [json.loads(line) for line in LINES]
    if not held:
        plain = [row | row.pop("response") for row in plain]
    lines = [json.dumps(plain[i % 11] | {"id": f"i{i}"}) for i in range(many(700, 20_000))]
    lines += [odd_line(rng, held) for _ in range(many(400, 12_000))]
    rng.shuffle(lines)
    found = same([write(tmp_path / "log.jsonl", "\n".join(lines))], monkeypatch)
    assert taken == ["log.jsonl"]
    assert found["priced"] > len(lines) // 2
    assert len(left(found)) > 3


def table(number: int, counts: Sequence[str], rng: random.Random) -> list[list[str | None]]:
    """Return rows of time, model, tier, images, id, project and counts, a fifth of them odd."""

    def row(i: int) -> list[str | None]:
        odd = rng.random() < 0.2
        head = [
            rng.choice(TIMES) if odd else f"2026-11-{1 + i % 9:02d}T08:00:00Z",
            rng.choice(MODELS if odd else MODELS[:4]),
            rng.choice(TIERS if odd else TIERS[:2]),
            rng.choice(ODD) if odd else str(i % 4),
            rng.choice(["a", "b", "0", None, f"r{i}"]) if odd else f"i{i}",
            rng.choice(["one", "two", None, "=1+1"]),
            rng.choice(["0", "0.5", "-1", "1.50", "x"]) if rng.random() < 0.1 else None,
        ]
        told = [
            rng.choice(ODD) if odd and rng.random() < 0.5 else str(rng.randrange(900))
            for _ in counts
        ]
        return [*head, *told]

    return [row(i) for i in range(number)]


HEAD = ("timestamp", "model", "tier", "images", "id", "project", "cost_usd")
FLAT = ("input_tokens", "output_tokens", "text_tokens", "image_tokens", "cached_tokens")


@pytest.mark.parametrize("counts", [METER_NAMES, FLAT], ids=["meters", "flat"])
def test_random_tables_come_out_the_same_as_csv_gzip_and_parquet(
    counts: Sequence[str], tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(many(800, 30_000), counts, random.Random(8))
    columns = [*HEAD, *counts]
    lines = [",".join(columns), *(",".join(cell or "" for cell in row) for row in rows)]
    file = write(tmp_path / "usage.csv", "\n".join(lines) + "\n")
    packed = write(tmp_path / "usage.csv.gz", gzip.compress(file.read_bytes()))
    found = same([file], monkeypatch)
    assert len(left(found)) > 3
    for other in (packed, as_parquet(file, columns)):
        there = same([other], monkeypatch) if other is packed else read(other, options=BY)
        for key in ("priced", "usd", "tokens", "images", "by_day_model_tier", "billed", "parts"):
            assert there[key] == found[key], key
        assert left(there) == left(found)
    assert taken == ["usage.csv", "usage.csv.gz", "usage.parquet"]


def as_parquet(file: Path, columns: Sequence[str], kinds: dict[str, str] | None = None) -> Path:
    """Write a CSV file as Parquet, as texts or of other kinds."""
    target = file.with_suffix(".parquet")
    told = {name: (kinds or {}).get(name, "VARCHAR") for name in columns}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{file}', auto_detect = false, header = true, "  # noqa: S608 - a test's own file
            f"delim = ',', columns = {told})) TO '{target}'"
        )
    return target


def test_duplicates_and_lines_that_are_not_whole_are_counted_and_named(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [json.dumps({**ROW, "id": f"{i}-"}) for i in range(40)]
    rows[7:7] = ["", '{"a": 1} {"b": 2}', rows[3], "not JSON", rows[4][:200]]
    rows.append(rows[0].replace('"output_tokens": 7024', '"output_tokens": 7025', 1))
    file = write(tmp_path / "log.jsonl", "\n".join(rows)[:-1])
    found = same([file, write(tmp_path / "more.jsonl", rows[5] + "\n" + rows[6])], monkeypatch)
    assert taken[0] == "log.jsonl"
    assert left(found) == {Reason.NOT_WHOLE.sentence: 4}
    assert "log.jsonl, line 9" in found["unpriced"][0]["places"]
    assert found["priced"] == 40


def test_rows_of_a_group_that_are_not_priced_are_named_by_three_places(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        json.dumps({**ROW, "id": f"i{i}", "model": f"gpt-image-{9 * (i > 2)}"}) for i in range(9)
    ]
    found = same([write(tmp_path / "log.jsonl", "\n\n".join(rows))], monkeypatch)
    places = {each["about"]: each["places"] for each in found["unpriced"]}
    assert places["gpt-image-9"] == [f"log.jsonl, line {line}" for line in (7, 9, 11)]
    assert taken == ["log.jsonl"]


@pytest.mark.parametrize(
    "name", ["azure_cost_details.csv", "focus_1_2.csv", "cost_export.csv", "usage_export.csv",
             "litellm_spend_logs.csv"],
)  # fmt: skip
def test_bills_and_exports_in_parquet_come_out_as_in_csv(name: str, tmp_path: Path) -> None:
    text = sample(name)
    file = write(tmp_path / name, text)
    columns = text.partition("\n")[0].strip().split(",")
    found, alone = read(as_parquet(file, columns)), read(file)
    for key in ("rows", "priced", "usd", "billed", "tokens", "by_day_model_tier"):
        assert found[key] == alone[key], key


def test_parquet_without_duckdb_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "has_engine", lambda: False)
    assert "pip install 'xl-pricing[bills]'" in refused(write(tmp_path / "a", b"PAR1" + b"\0" * 9))


def test_the_engine_opens_the_named_files_and_nothing_else(tmp_path: Path) -> None:
    named, other = write(tmp_path / "a'b.csv", "a\n1\n"), write(tmp_path / "other.csv", "a\n1\n")
    with engine([named]) as connection:
        name = str(named).replace("'", "''")
        assert connection.execute(f"FROM read_csv('{name}')").fetchall() == [(1,)]
        for query in (
            f"FROM read_csv('{other}')",
            f"COPY (SELECT 1) TO '{tmp_path}/new.csv'",
            "FROM read_csv('https://example.com/a.csv')",
            "INSTALL httpfs",
            "ATTACH 'new.db'",
            "SET enable_external_access = true",
            "SET memory_limit = '99GB'",
        ):
            with pytest.raises(duckdb.Error, match=r"disabled|locked|Permission"):
                connection.execute(query)
    assert not (tmp_path / "new.csv").exists()


def test_a_file_that_changes_while_it_is_read_leaves_the_sum_in_doubt(tmp_path: Path) -> None:
    file = write(tmp_path / "log.jsonl", LOG)
    reading = Reading([file])
    rows = iter(reading)
    next(rows)
    with file.open("a", encoding="utf-8") as more:
        more.write(LINES[0] + "\n")
    assert len(list(rows)) == len(LINES) - 1
    assert reading.doubts == ["log.jsonl changed while it was read"]


COUNTED = dict.fromkeys((*METER_NAMES, "images"), "BIGINT")


def test_amounts_of_rows_in_parquet_are_read(tmp_path: Path) -> None:
    columns = ("day", "model", "images", "cost_usd", *METER_NAMES)
    line = "2026-11-02,gpt-image-2,1,0.5,1,1,1,1,0,1\n"
    file = write(tmp_path / "usage.csv", f"{','.join(columns)}\n{line * 3}")
    kinds = COUNTED | {"day": "DATE", "cost_usd": "DOUBLE"}
    assert read(as_parquet(file, columns, kinds))["billed"] == read(file)["billed"] == "1.5"


@pytest.mark.parametrize("day", ["DATE", "TIMESTAMP", "TIMESTAMPTZ"])
@pytest.mark.parametrize("least", [1, 0])
def test_whole_counts_in_parquet_are_summed_as_they_are_where_nothing_is_open(
    day: str, least: int, tmp_path: Path
) -> None:
    rng = random.Random(9)
    columns = ("day", "model", "images", "project", *METER_NAMES)
    lines = [",".join(columns)]
    for i in range(many(500, 5_000)):
        counts = [rng.randrange(least, 900) for _ in METER_NAMES]
        model = rng.choice(["gpt-image-2", "gpt-image-1.5", "GPT-image-2", "gpt-image-9", ""])
        head = [f"2026-11-{1 + i % 9:02d}", model, i % 3, rng.choice(["one", ""])]
        lines.append(",".join(map(str, [*head, *(counts if i % 5 else [least] * 6)])))
    file = write(tmp_path / "usage.csv", "\n".join(lines) + "\n")
    kept, alone = as_parquet(file, columns, COUNTED | {"day": day}), read(file, options=BY)
    found = read(kept, options=BY)
    found, alone = comparable(found), comparable(alone)
    for key in ("rows", "priced", "usd", "tokens", "images", "by_day_model_tier", "unpriced"):
        assert found[key] == alone[key], key
    assert found["priced"] > 0
    with engine([kept]) as connection:
        assert (quick_table(connection, kept) is not None) == bool(least)


def spent(i: int, output: int) -> dict[str, Any]:
    """Return a row of a gateway that tells of a call."""
    used = {"prompt_tokens": 10, "completion_tokens": output, "request_id": f"i{i}"}
    return SPENDS[0] | used | {"metadata": {}, "spend": None}


SPENDS = json.loads(sample("litellm_spend_logs.json"))


@pytest.mark.parametrize("first", ["log", "spends"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_id_counts_once_whether_python_or_the_engine_reads_it(
    *, first: str, packed: bool, tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [json.dumps(ROW | {"id": f"i{i}"}) for i in range(40)]
    log = write(tmp_path / "log.jsonl", "\n".join(rows))
    text = json.dumps([spent(i, 7024) for i in range(30, 60)])
    spends = write(tmp_path / f"spends.json{'.gz' * packed}", text)
    if packed:
        spends.write_bytes(gzip.compress(text.encode()))
    found = same([log, spends] if first == "log" else [spends, log], monkeypatch)
    assert taken == ["log.jsonl"]
    assert (found["rows"], found["priced"]) == (70, 60)
    assert sum(each["rows"] for each in found["left_out"] + found["unpriced"]) == 10


@pytest.mark.parametrize("change", [";", "\t", "|", "sep=,", "quoted"])
def test_a_table_that_is_parted_in_another_way_is_left_to_python_with_its_ids(
    change: str, tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [json.dumps(ROW | {"id": f"i{i}"}) for i in range(40)]
    log = write(tmp_path / "log.jsonl", "\n".join(rows))
    lines = ["id,model,day,text_in", *(f"i{i},gpt-image-2,2026-11-02,5" for i in range(31, 49))]
    table = "\n".join(lines).replace(",", change if len(change) == 1 else ",")
    table = table.replace("model", '"model"') if change == "quoted" else table
    table = f"{change}\n{table}" if change == "sep=," else table
    found = same([write(tmp_path / "other.csv", table), log], monkeypatch)
    assert taken == ["log.jsonl"]
    assert (found["rows"], found["priced"]) == (58, 49)
