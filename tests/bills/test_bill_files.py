"""Files as people have them: packed, re-saved, cut off, repeated; what is whole counts."""

import gzip
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bill_document import EXPECTED, ROOM, left, read, refused, run, sample, write
from exhaustive import many

from xl_pricing.bills import opened
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.thinned import Thinned

LOG = sample("app_log.jsonl")
LINES = LOG.splitlines()
USAGE = sample("usage_export.csv")
WHOLE = EXPECTED["app_log.jsonl"]
SUM = EXPECTED["usage_export.csv"]
BAD = Reason.NOT_WHOLE.sentence


def same(found: Any, expected: Any) -> bool:
    keys = ("rows", "priced", "images", "tokens", "usd", "by_day_model_tier")
    return all(found[key] == expected[key] for key in keys)


def as_list(**options: Any) -> str:
    return json.dumps([json.loads(line) for line in LINES], **options)


@pytest.mark.parametrize(
    "content",
    [
        LOG.encode("utf-8-sig"),
        LOG.encode("utf-16"),
        LOG.encode("utf-16-be").join([b"\xfe\xff", b""]),
        LOG.replace("\n", "\r\n").encode(),
        LOG.replace("\n", "\n\n").encode(),
        gzip.compress(LOG.encode()),
        gzip.compress("\n".join(LINES[:4]).encode() + b"\n")
        + gzip.compress("\n".join(LINES[4:]).encode()),
        as_list().encode(),
        as_list(indent=2).encode(),
        ("[\n" + ",\n".join(LINES) + "\n]").encode(),
        "\n".join(json.dumps(json.loads(line), indent=1) for line in LINES).encode(),
        "".join(f"event: x\ndata: {line}\n\n" for line in LINES).encode() + b"data: [DONE]\n",
    ],
    ids=["mark", "utf-16", "utf-16-be", "crlf", "blanks", "gz", "two gz", "list", "indented",
         "list of lines", "one after the other", "server-sent events"],
)  # fmt: skip
def test_json_comes_out_the_same_however_it_is_saved(tmp_path: Path, content: bytes) -> None:
    found = read(write(tmp_path / "any name", content))
    assert same(found, WHOLE)
    assert found["unpriced"] == []


def decimal_comma(text: str) -> str:
    return text.replace(",", ";").replace(".0;", ",0;").replace(".0\n", ",0\n")


def shuffled(text: str) -> str:
    table = [line.split(",") for line in text.splitlines()]
    order = random.Random(5).sample(range(len(table[0])), len(table[0]))
    return "\n".join(",".join(row[i] for i in order) for row in table)


def widened(text: str) -> str:
    head, *rows = text.splitlines()
    return "\n".join([f"{head},=new", *(f"{row},=1+1" for row in rows)])


@pytest.mark.parametrize(
    "change",
    [
        decimal_comma,
        lambda text: f"sep=;\n{decimal_comma(text)}",
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace(".0", ""),
        lambda text: text.replace("23488.0", "2.3488E+04"),
        lambda text: text.replace("23488.0", '"23,488"'),
        lambda text: f"\n{text}{',' * 23}\n\n",
        lambda text: text.partition("\n")[0].upper() + "\n" + text.partition("\n")[2],
        shuffled,
        widened,
    ],
)
def test_a_table_comes_out_the_same_however_it_is_saved(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    text = change(USAGE)
    assert text != USAGE
    found = read(write(tmp_path / "export", text))
    assert same(found, SUM)
    assert (found["unpriced"], found["doubts"]) == ([], [])


def test_a_table_in_utf_16_with_tabs_is_what_excel_calls_unicode_text(tmp_path: Path) -> None:
    file = write(tmp_path / "text.txt", USAGE.replace(",", "\t").encode("utf-16"))
    assert same(read(file), SUM)


def test_a_figure_that_nothing_decides_is_told_and_not_read(tmp_path: Path) -> None:
    text = "day;model;text_in;image_out\n2026-11-02;gpt-image-2;5;1.000\n"
    found = read(write(tmp_path / "counts.csv", text))
    assert left(found) == {Reason.NO_COUNT.sentence: 1}
    assert "1 or 1000" in found["unpriced"][0]["about"]
    proven = text + "2026-11-02;gpt-image-2;5,0;1\n"
    assert read(write(tmp_path / "proven.csv", proven))["tokens"]["image_out"] == 1001


# Cut off, or damaged: what is whole counts, what is not is counted and named.


@pytest.mark.parametrize("cut", [1, 30, 400, 900])
def test_a_line_that_is_cut_off_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    found = read(write(tmp_path / "log.jsonl", LOG.rstrip()[:-cut]))
    lost = LOG.rstrip()[:-cut].count("\n") + 1
    assert left(found) == {BAD: 1}
    assert (found["rows"], found["priced"]) == (lost, lost - 1)
    assert found["unpriced"][0]["places"] == [f"log.jsonl, line {lost}"]


@pytest.mark.parametrize(
    ("i", "form"), [(0, "{}"), (4, "{}"), (10, "{}"), (4, "[\n{}\n]"), (10, "[\n{}\n]")]
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, i: int, form: str) -> None:
    lines = [*LINES]
    lines[i] = lines[i][:200]
    text = (",\n" if "[" in form else "\n").join(lines)
    content = form.replace("{}", text)
    found = read(write(tmp_path / "log", content))
    assert left(found) == {BAD: 1}
    assert (found["rows"], found["priced"]) == (11, 10)


def test_a_list_that_is_cut_off_counts_up_to_there(tmp_path: Path) -> None:
    found = read(write(tmp_path / "log.json", as_list(indent=1)[:-400]))
    assert left(found) == {BAD: 1}
    assert found["priced"] == 10


def test_a_list_without_its_end_is_not_whole_even_where_all_its_rows_are(tmp_path: Path) -> None:
    for text in (as_list()[:-1], "[\n" + ",\n".join(LINES)):
        found = read(write(tmp_path / "log.json", text))
        assert (found["priced"], left(found)) == (11, {BAD: 1})


def test_a_page_that_is_cut_off_counts_the_rows_that_are_whole(tmp_path: Path) -> None:
    text = sample("organization_usage_completions.json")
    found = read(write(tmp_path / "page.json", text[: text.rindex('"model": "gpt-image-2"')]))
    assert left(found) == {BAD: 1}
    assert (found["rows"], found["priced"]) == (12, 10)


@pytest.mark.parametrize("cut", [10, 100, 300])
def test_a_packed_file_that_is_cut_off_counts_what_can_be_unpacked(
    tmp_path: Path, cut: int
) -> None:
    rng = random.Random(3)
    lines = [json.dumps({**json.loads(LINES[0]), "id": f"{rng.random()}"}) for _ in range(500)]
    data = gzip.compress("\n".join(lines).encode())
    found = read(write(tmp_path / "log.jsonl.gz", data[:-cut]))
    assert found["priced"] > 400
    assert left(found) == {BAD: found["rows"] - found["priced"]}
    assert found["rows"] > found["priced"]


def test_a_stray_quote_costs_its_own_row_alone(tmp_path: Path) -> None:
    text = USAGE.replace("proj_ads,2.0", '"proj_ads,2.0')
    found = read(write(tmp_path / "usage.csv", text))
    assert (found["rows"], found["priced"], left(found)) == (13, 10, {BAD: 1})
    assert found["unpriced"][0]["places"] == ["usage.csv, row 3"]


@pytest.mark.parametrize("row", ["1793577600,17936", "1," * 30])
def test_a_row_that_is_too_short_or_long_is_not_whole(tmp_path: Path, row: str) -> None:
    found = read(write(tmp_path / "usage.csv", USAGE + row))
    assert (found["priced"], left(found)) == (11, {BAD: 1})


def test_a_long_list_on_one_line_is_read_element_by_element(tmp_path: Path) -> None:
    rows = [{**json.loads(LINES[i % 11]), "id": str(i)} for i in range(many(3_000, 60_000))]
    text = json.dumps(rows)
    assert text.count("\n") == 0
    assert read(write(tmp_path / "log.json", text))["priced"] == len(rows)
    found = read(write(tmp_path / "cut.json", text[:-100]))
    assert (found["priced"], left(found)) == (len(rows) - 1, {BAD: 1})


# Several files.


def test_pages_that_are_missing_leave_the_sum_in_doubt(tmp_path: Path) -> None:
    page = json.loads(sample("organization_usage_completions.json"))
    parts = [{**page, "data": page["data"][i : i + 2], "has_more": i < 4} for i in (0, 2, 4)]
    files = [write(tmp_path / f"{i}.json", json.dumps(part)) for i, part in enumerate(parts)]
    assert same(read(*files), EXPECTED["organization_usage_completions.json"])
    assert read(*files)["doubts"] == []
    result = run(files[0], files[2], "--json")
    assert result.exit_code == 1
    (told,) = json.loads(result.stdout)["doubts"]
    assert "more follows" in told
    joined = write(tmp_path / "joined.json", "\n".join(map(json.dumps, parts)))
    assert same(read(joined), EXPECTED["organization_usage_completions.json"])


def test_a_copy_of_a_file_counts_once(tmp_path: Path) -> None:
    files = [write(tmp_path / name, USAGE) for name in ("usage.csv", "usage (1).csv")]
    found = read(*files)
    assert same(found, SUM)
    assert "copy" in found["notes"][0]
    assert same(read(files[0], files[0], tmp_path / "usage.*"), SUM)


def test_the_same_buckets_in_two_files_leave_the_sum_in_doubt(tmp_path: Path) -> None:
    json_file = ROOM / "organization_usage_completions.json"
    result = run(json_file, ROOM / "usage_export.csv", "--json")
    assert result.exit_code == 1
    assert "12 rows of the same bucket" in json.loads(result.stdout)["doubts"][0]
    page = sample("organization_usage_completions.json")
    twice = read(write(tmp_path / "two.json", f"{page}\n{page}"))
    assert twice["rows"] == 24
    assert twice["doubts"]


def test_folders_and_patterns_take_what_is_known_in_them(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "11"
    folder.mkdir(parents=True)
    write(folder / "a.jsonl", "\n".join(LINES[:6]))
    write(folder / "b.jsonl.gz", gzip.compress("\n".join(LINES[6:]).encode()))
    write(folder / "notes.txt", "nothing to see")
    write(folder / ".hidden", LINES[0])
    (folder / "a picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    found = read(tmp_path)
    assert same(found, WHOLE)
    assert [note.partition(":")[0] for note in found["notes"]] == ["not read"] * 2
    assert same(read(f"{tmp_path}/**/*.jsonl*"), WHOLE)
    assert "notes.txt" in refused(folder / "notes.txt")


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name, content in (("one", LINES[0]), ("two", LINES[1][:50])):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "log.jsonl", f"{content}\n{LINES[2]}")
    assert read(tmp_path)["unpriced"][0]["places"] == [f"{tmp_path}/two/log.jsonl, line 1"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PAR1" + b"\0" * 50, "a whole Parquet file"),
        (b"PK\x03\x04" + b"\0" * 50, "an Excel workbook"),
        (b"\x1f\x8b" + b"\0" * 50, "cannot be read"),
        (b"\0\1\2\3" * 50, "is no text"),
        (b'{"colour": 1}', "tried: batch objects (no output_file_id or input_file_id)"),
        (b"a,b\n1,2\n", "it has 'a', 'b'"),
        (b"model,model,image_out\n", "has the column 'model' twice"),
        (b"5\n", "of no shape"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    assert told in refused(write(tmp_path / "file", content))


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.json")
    assert "has no file" in refused(f"{tmp_path}/*.json")
    assert "has no file" in refused(tmp_path)
    assert "no name of a file" in refused("a\0b")


# Bounds.


@pytest.mark.parametrize("indent", [None, 1])
def test_images_in_a_log_are_never_held(tmp_path: Path, indent: int | None) -> None:
    """Four images of 3 MB each, in two pieces of a line with escaped slashes."""
    record = json.loads(LINES[0])
    image = ("Zm9v/+" * 500_000) + "=="
    record["response"]["data"] = [{"b64_json": image}] * 4
    text = json.dumps(record, indent=indent).replace("/", "\\/")
    found = read(write(tmp_path / "log.json", text + "\n" + LINES[1]))
    assert (found["priced"], found["images"], found["unpriced"]) == (2, 6, [])


@pytest.mark.parametrize("size", [1, 7, 100, 600, 5000])
def test_base64_is_dropped_however_it_is_parted(size: int) -> None:
    run_ = b"QUJD/+" * 400
    text = b'{"b64_json": "' + run_ + b'\\"", "a": "short/word", "b": "' + run_ + b'"} end'
    thinned = Thinned()
    parts = [thinned.feed(text[i : i + size]) for i in range(0, len(text), size)]
    assert b"".join([*parts, thinned.end()]) == text.replace(run_, b"")


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    file = write(tmp_path / "log.jsonl", LOG.rstrip() + "\n")
    with opened.opened(file) as source:
        lines = opened.read_lines(source)
        first = next(lines)
        with file.open("a", encoding="utf-8") as more:
            more.write(f"{LINES[0]}\n" * 1_000)
        assert len([first, *lines]) == len(LINES)


def test_a_file_beyond_the_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "MOST_BYTES", 10_000_000)
    bomb = gzip.compress(b'{"a": "' + b"\xc3\xa4" * 20_000_000)
    assert "accepted: less" in refused(write(tmp_path / "bomb.gz", bomb))


@pytest.mark.parametrize(
    "bad",
    ["[" * 100_000, '{"a":' * 100_000, '{"usage":{"input_tokens":' + "9" * 5_000 + "}}",
     '{"a": 1e99999999999999999999}', "\x00\x01", '{"a": "\\ud800"', '{"a": ' + "é" * 70_000],
)  # fmt: skip
def test_a_hostile_line_costs_itself_alone(tmp_path: Path, bad: str) -> None:
    found = read(write(tmp_path / "log.jsonl", "\n".join([LINES[0], bad, *LINES[1:]])))
    assert (found["priced"], left(found)) == (11, {BAD: 1})


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "NaN", "-Infinity", "1e400"])
def test_a_number_beyond_reason_is_no_count_and_no_amount(tmp_path: Path, number: str) -> None:
    row = f'{{"model": "gpt-image-2", "usage": {{"output_tokens": {number}}}}}'
    assert left(read(write(tmp_path / "a.jsonl", row))) == {Reason.NO_COUNT.sentence: 1}
    costs = sample("organization_costs.json").replace("0.037992", number)
    assert left(read(write(tmp_path / "b.json", costs))) == {Reason.NO_AMOUNT.sentence: 1}


def test_personal_fields_and_formulas_never_come_out(tmp_path: Path) -> None:
    row = json.loads(LINES[0]) | {"model": "=HYPERLINK(1)\x1b[31m\u202e", "user": "SECRET"}
    row |= {"email": "SECRET", "api_key": "SECRET", "prompt": "SECRET"}
    row["response"]["data"][0] |= {"revised_prompt": "SECRET", "url": "SECRET"}
    result = run(write(tmp_path / "log.jsonl", [row]), "--by", "project,file,model")
    assert "SECRET" not in result.output
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


# Sentences and places.


def test_amounts_whose_day_cannot_be_read_are_told_and_compared_with_no_day(
    tmp_path: Path,
) -> None:
    lines = [line.split(",", 2)[2] for line in sample("cost_export.csv").splitlines()]
    days = re.sub(r"2026-11-(0[0-9])T00:00:00\+00:00", r"\1/11/2026", "\n".join(lines))
    found = read(write(tmp_path / "costs.csv", days), options=("--from", "2026-11-01"))
    (told,) = found["unpriced"]
    assert told["reason"] == Reason.NO_DAY.sentence
    assert "the time '02/11/2026' can be read as 2026-11-02 or 2026-02-11;" in told["about"]
    assert found["billed"] == told["billed"]["usd"]
    assert found["doubts"] == []


def test_other_products_stay_so_whatever_their_day(tmp_path: Path) -> None:
    text = sample("cost_export.csv").replace("1793577600,1793664000", "soon,later")
    text = text.replace("2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00", "soon,later")
    found = read(write(tmp_path / "costs.csv", text))
    assert {each["about"] for each in found["left_out"]} >= {"gpt-5.6-terra"}
    assert found["other_usd"] == "0.139468"


def test_a_bill_that_is_cut_off_is_still_compared_with_its_own_tokens(tmp_path: Path) -> None:
    text = sample("organization_costs.json")
    found = read(write(tmp_path / "costs.json", text[: len(text) // 2]))
    assert found["priced"] > 0
    assert found["difference"] is not None
    assert left(found) == {BAD: 1}


def test_records_on_one_line_have_places_of_their_own(tmp_path: Path) -> None:
    page = json.loads(sample("organization_costs.json"))
    found = read(write(tmp_path / "page.json", [page]))
    places = found["assumed"][0]["places"]
    assert places == [f"page.json, line 1, record {i}" for i in (1, 2, 3)]


def test_a_page_that_is_missing_is_told_by_its_time(tmp_path: Path) -> None:
    page = json.loads(sample("organization_costs.json")) | {"has_more": True}
    (told,) = read(write(tmp_path / "page.json", [page]))["doubts"]
    assert "ends at 2026-11-07 00:00 UTC" in told
    page["data"][-1]["end_time"] = "soon"
    (told,) = read(write(tmp_path / "other.json", [page]))["doubts"]
    assert "ends at 'soon'" in told


def test_an_amount_beyond_reason_is_told_as_it_is_written(tmp_path: Path) -> None:
    text = sample("organization_costs.json").replace(
        "0.0117300000000000000000000000000000", "1e300"
    )
    (told,) = read(write(tmp_path / "costs.json", text))["unpriced"]
    assert "the amount '1E+300' is not readable" in told["about"]


@pytest.mark.parametrize("content", ["[]", "start_time,input_tokens,num_model_requests,model\n"])
def test_a_file_without_a_row_leaves_the_sum_in_doubt(tmp_path: Path, content: str) -> None:
    (told,) = read(write(tmp_path / "empty", content))["doubts"]
    assert told == "empty holds no row: look whether it was cut"
    assert read(ROOM / "batch.json")["doubts"] == []
    assert read(ROOM / "organization_usage_images.json")["doubts"] == []


def test_files_that_tell_of_others_alone_say_so() -> None:
    (note,) = read(ROOM / "batch.json")["notes"]
    assert note == "these files tell nothing that was used or billed"
