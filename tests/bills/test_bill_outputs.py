"""A bill as a page, a table and a picture: whole, escaped, and nothing from elsewhere."""

import base64
import csv
import gzip
import hashlib
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from time import sleep
from typing import Any
from unittest.mock import patch

import pytest
from bill_document import ROOM, read, refused, run, sample, write

from xl_pricing.bills.reading import Reading
from xl_pricing.bills.row import Row, Source
from xl_pricing.cli.bill_files import csv_of
from xl_pricing.cli.progress import counted

USAGE, COSTS = ROOM / "usage_export.csv", ROOM / "cost_export.csv"
LOG, PLAN = ROOM / "app_log.jsonl", ROOM / "plan.json"
HOSTILE = '=HYPERLINK("http://x","<script>alert(1)</script>")'
VOID = {"meta", "br", "rect", "line"}


class Page(HTMLParser):
    """The elements of a page, and whether each that begins also ends."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that begins."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the last one that began ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(StringIO(path.read_text("utf-8-sig"), newline="")))


def page(tmp_path: Path, *arguments: Path | str) -> str:
    target = tmp_path / "bill.html"
    assert run(*arguments, "--html", target, "--force").exit_code in {0, 1}
    return target.read_text("utf-8")


def test_the_page_is_whole_and_takes_nothing_from_elsewhere(tmp_path: Path) -> None:
    text = page(tmp_path, USAGE, COSTS)
    found = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "form"} & {*found.tags}
    assert not {"src", "href", "style", "onclick", "onload"} & {*found.attributes}
    assert "http:" not in text
    assert "https:" not in text
    style = re.search("<style>(.*)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    said = " ".join(found.texts)
    for words in ("1.95", "1.84", "not billed yet", "-0.05277", "nothing stays open", "2026-11-05"):
        assert words in said


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    row = json.loads(sample("app_log.jsonl").splitlines()[0])
    row |= {"model": f"gpt-image-{HOSTILE}", "project": HOSTILE}
    log = write(tmp_path / "log.jsonl", [row, {**row, "id": "r2", "model": "gpt-image-2"}])
    text = page(tmp_path, log, "--by", "project")
    assert "script" not in Page(text).tags
    assert "&lt;script&gt;" in text
    assert not re.search(r"<td[^>]*>=", text)
    target = tmp_path / "bill.csv"
    run(log, "--by", "project", "--csv", target)
    cells = [cell for line in table(target) for cell in line]
    assert f"'{HOSTILE}" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_the_plan_is_drawn_where_there_is_one(tmp_path: Path) -> None:
    text = page(tmp_path, LOG, "--plan", PLAN, "--accepted", "20")
    found = Page(text)
    assert found.tags.count("rect") == 8  # what was planned, six factors that moved it, what it is
    assert "From plan to bill" in found.texts
    assert "svg" not in Page(page(tmp_path, LOG)).tags


def test_a_scale_that_does_not_begin_at_0_says_so(tmp_path: Path) -> None:
    assert "The scale begins at 1.72 USD." in page(tmp_path, USAGE, COSTS)
    assert "scale begins" not in page(tmp_path, LOG, "--plan", PLAN)


def test_the_table_holds_the_equation_and_the_sums(tmp_path: Path) -> None:
    target = tmp_path / "bill.csv"
    assert run(USAGE, COSTS, "--csv", target).exit_code == 0
    lines = table(target)
    usd = {what: Fraction(amount) for _, what, amount, _ in lines[1:4]}
    assert usd["billed"] - usd["used"] == usd["difference"]
    assert sum(Fraction(line[2]) for line in lines if line[:1] == ["part"]) == usd["difference"]
    header = next(i for i, line in enumerate(lines) if line[:2] == ["model", "day"])
    at = lines[header].index("difference")
    assert sum(Fraction(line[at]) for line in lines[header + 1 :]) == usd["difference"]


def test_the_picture_is_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    from PIL import Image

    target = tmp_path / "bill.png"
    assert run(USAGE, COSTS, "--png", target).exit_code == 0
    with Image.open(target) as image:
        assert image.format == "PNG"
        colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert {(0x33, 0x41, 0x55), (0x0F, 0x76, 0x6E)} <= colours
    assert "nothing to draw" in refused_late(LOG, "--png", target, "--force")


def refused_late(*arguments: Path | str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    return result.stderr


def test_names_of_other_kinds_and_of_files_that_are_read_are_refused(tmp_path: Path) -> None:
    assert "accepted: a name in .html or .htm" in refused(LOG, "--html", tmp_path / "bill.txt")
    own = write(tmp_path / "log.csv", USAGE.read_bytes())
    assert "is read" in refused(own, "--csv", own)
    assert own.read_bytes() == USAGE.read_bytes()
    assert "cannot be written" in refused_late(LOG, "--html", tmp_path / "no" / "bill.html")


@pytest.mark.parametrize("kind", ["csv", "html", "png"])
def test_a_file_that_is_there_is_replaced_with_force_only(kind: str, tmp_path: Path) -> None:
    if kind == "png":
        pytest.importorskip("PIL")
    target = write(tmp_path / f"bill.{kind}", "mine")
    said = refused(USAGE, COSTS, f"--{kind}", target)
    assert "exists; accepted: another name, or --force" in said
    assert target.read_text("utf-8") == "mine"
    assert run(USAGE, COSTS, f"--{kind}", target, "--force").exit_code == 0
    assert b"mine" not in target.read_bytes()[:4]
    assert [*tmp_path.iterdir()] == [target]


def test_a_file_that_comes_while_the_bill_is_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "bill.csv"

    def late(bill: Any) -> bytes:
        write(target, "theirs")
        return csv_of(bill)

    monkeypatch.setattr("xl_pricing.cli.bill_files.csv_of", late)
    assert "exists; accepted: another name, or --force" in refused_late(LOG, "--csv", target)
    assert target.read_text("utf-8") == "theirs"
    assert [*tmp_path.iterdir()] == [target]


def test_force_spares_the_plan_too_and_is_refused_without_a_file(tmp_path: Path) -> None:
    plan = write(tmp_path / "plan.csv", "finals,model,size,quality\n5,gpt-image-2,1024x1024,low\n")
    said = refused(LOG, "--plan", plan, "--csv", plan, "--force")
    assert "plan.csv is read; accepted: another name" in said
    assert plan.read_text("utf-8").startswith("finals")
    assert "accepted: with --into, --csv, --html or --png" in refused(LOG, "--force")


def test_only_some_models_and_tiers() -> None:
    usage = ROOM / "organization_usage_completions.json"
    whole = read(usage)
    batch = read(usage, options=("--only", "batch"))
    assert {tier for _, _, tier, _ in batch["by_day_model_tier"]} == {"batch"}
    two = read(usage, options=("--only", "gpt-image-2,gpt-image-1.5,standard"))
    expected = [
        line
        for line in whole["by_day_model_tier"]
        if line[1] in {"gpt-image-2", "gpt-image-1.5"} and line[2] == "standard"
    ]
    assert two["by_day_model_tier"] == expected
    assert "gpt-image-9" in refused(usage, "--only", "gpt-image-9")


def test_what_to_look_at_next_is_said_by_size() -> None:
    found = read(USAGE, ROOM / "azure_cost_details.csv")
    [said] = found["look_next"]
    assert said.startswith("Name the usage and the costs of one provider: ")
    assert said.endswith("(two origins: used with one, billed by another)")
    assert "1 row not priced, the first" in str(read(ROOM / "real_usage.jsonl")["look_next"])


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Row(Source("a", "row"), 0, rows=500)] * 4
    assert counted(rows, float) is rows
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("xl_pricing.cli.progress.FIRST_AFTER_S", 0.001)
    monkeypatch.setattr("xl_pricing.cli.progress.EVERY_S", 0.001)
    shares = iter([0, 0.5, 0.25, *[0.75] * 10_000])
    shown = iter(counted(rows, lambda: next(shares)))
    assert [next(shown), sleep(0.1), *shown] == [rows[0], None, *rows[1:]]
    told = capsys.readouterr().err
    said = [part.strip() for part in told.split("\r") if part.strip()]
    assert said[0].startswith("0 % read")
    assert re.fullmatch(r"75 % read, 500 rows, [0-9,]+ a second", said[-1])
    assert not any(part.startswith("25 %") for part in said)
    assert told.endswith(" \r")


@pytest.mark.parametrize("name", ["usage.csv", "usage.csv.gz", "log.jsonl", "list.json"])
def test_the_share_that_was_read_goes_from_0_to_1(name: str, tmp_path: Path) -> None:
    rows = [f"i{i},2026-11-02,gpt-image-2,{i},{i}" for i in range(30_000)]
    text = "\n".join(["id,day,model,text_in,image_out", *rows])
    if "json" in name:
        line = json.loads(sample("app_log.jsonl").splitlines()[0])
        lines = [json.dumps(line | {"id": f"i{i}", "request": {}}) for i in range(6_000)]
        text = "[\n" + ",\n".join(lines) + "\n]" if name == "list.json" else "\n".join(lines)
    data = gzip.compress(text.encode()) if name.endswith("gz") else text.encode()
    reading = Reading([write(tmp_path / name, data), USAGE])
    assert reading.share() == 0
    with patch("xl_pricing.bills.alike.MOST_HELD", 500):
        shares = [reading.share() for _ in reading]
    assert shares == sorted(shares)
    assert any(0.2 < share < 0.9 for share in shares)
    assert reading.share() == 1


def test_the_engine_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    monkeypatch.setattr("xl_pricing.bills.large.LARGE_BYTES", 0)
    packed = tmp_path / "usage.parquet"
    with duckdb.connect() as connection:
        connection.read_csv(str(USAGE), all_varchar=True).write_parquet(str(packed))
    reading = Reading([LOG, packed])
    shares = [reading.share() for _ in reading]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    assert reading.share() == 1


def test_a_file_found_in_a_folder_is_never_written_over(tmp_path: Path) -> None:
    usage = write(tmp_path / "usage.csv", sample("usage_export.csv"))
    before = usage.read_bytes()
    assert "usage.csv is read" in refused(tmp_path, "--csv", usage)
    assert usage.read_bytes() == before


def test_accepted_finals_without_a_plan_are_refused() -> None:
    said = refused(ROOM / "usage_export.csv", "--accepted", "5")
    assert "need a plan; accepted: --plan FILE" in said
