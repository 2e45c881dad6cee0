"""A file that a bill writes is the old or a whole new one: killed, disk full, while logs grow."""

import gzip
import json
import os
import threading
from collections.abc import Mapping
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any, Self, cast
from zipfile import ZipFile

import pytest
from bill_document import ROOM, read, run, sample, write
from exhaustive import many
from killing import (
    KILLS,
    adapted,
    full_after,
    kill_at_any_moment,
    needs_fork,
    needs_limits,
    start,
    took,
)

from xl_pricing.cli import bill_files
from xl_pricing.cli.bill_files import Outputs
from xl_pricing.cli.written_files import write_file

USAGE, COSTS = ROOM / "usage_export.csv", ROOM / "cost_export.csv"
KINDS = ("csv", "html", "png", "xlsx")


def options(folder: Path) -> list[Path | str]:
    """Return the options that write a file of each kind."""
    named = {kind: folder / f"bill.{kind}" for kind in KINDS}
    flags = {"xlsx": "--into"}
    return [word for kind, path in named.items() for word in (flags.get(kind, f"--{kind}"), path)]


def there(folder: Path) -> dict[str, bytes]:
    """Return what the files hold that are there, without those that a killed process left."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name[0] != "."}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Return the files that are written of usage and costs."""
    pytest.importorskip("PIL")
    folder = tmp_path_factory.mktemp("written")
    assert run(USAGE, COSTS, *options(folder)).exit_code == 0
    return there(folder)


@needs_fork
def test_killed_while_writing_each_file_is_the_old_one_or_the_new_one(
    written: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, drawn = Random(5), {kind: str(tmp_path / f"bill.{kind}") for kind in KINDS[:3]}
    outputs = Outputs(drawn, force=True)
    for kind in drawn:  # only the writing is of interest
        monkeypatch.setattr(bill_files, f"{kind}_of", lambda _, name=f"bill.{kind}": written[name])

    def replace() -> None:
        outputs.write(cast("Any", None))
        write_file(tmp_path / "bill.xlsx", written["bill.xlsx"], force=True)

    old = dict.fromkeys(written, b"old" * 10_000)
    span, seen = 2 * took(replace), set[int]()
    for _ in range(KILLS):
        for name, data in old.items():
            (tmp_path / name).write_bytes(data)
        kill_at_any_moment(replace, dice, span)
        found = there(tmp_path)
        assert found.keys() == old.keys()
        assert all(found[name] in {old[name], written[name]} for name in old)
        seen.add(sum(found[name] == written[name] for name in old))
        span = adapted(span, done=found == written)
    assert {0, len(KINDS)} < seen  # killed before, between and after


def test_the_whole_command_killed_leaves_no_file_or_whole_ones(
    written: Mapping[str, bytes], tmp_path: Path
) -> None:
    began, dice = monotonic(), Random(6)
    process = start("bill", USAGE, COSTS, *options(tmp_path))
    process.communicate()
    span = monotonic() - began
    for _ in range(many(2, 6)):
        for path in tmp_path.iterdir():
            path.unlink()
        process = start("bill", USAGE, COSTS, *options(tmp_path))
        sleep(span * (0.4 + 0.7 * dice.random()))
        process.kill()
        process.communicate()
        found = there(tmp_path)
        assert found.keys() <= written.keys()
        book = found.pop("bill.xlsx", None)
        assert book is None or ZipFile(BytesIO(book)).testzip() is None
        assert all(data == written[name] for name, data in found.items())


@needs_limits
@pytest.mark.parametrize("old", [True, False], ids=["over an old file", "a new file"])
@pytest.mark.parametrize("kind", KINDS)
def test_on_a_full_disk_the_old_file_stays_and_nothing_lies_beside_it(
    kind: str, old: bool, tmp_path: Path
) -> None:
    if kind == "png":
        pytest.importorskip("PIL")
    path = write(tmp_path / f"bill.{kind}", "old" if old else "")
    if not old:
        path.unlink()
    flag = "--into" if kind == "xlsx" else f"--{kind}"
    process = start("bill", USAGE, COSTS, flag, path, "--force", code=full_after(1_000))
    told, said = process.communicate()
    assert (process.returncode, told) == (2, "")
    said = said.removeprefix("Pricing and writing\n")
    assert said.startswith("xl-pricing: path ")
    assert "cannot be written: File too large; accepted: a file in a folder" in said
    assert said.count("\n") == 1
    assert there(tmp_path) == ({path.name: b"old"} if old else {})
    assert len([*tmp_path.iterdir()]) == old


@needs_limits
def test_where_a_disk_is_full_in_between_each_file_is_the_old_one_or_the_new_one(
    written: Mapping[str, bytes], tmp_path: Path
) -> None:
    for name in written:
        write(tmp_path / name, "old")
    size = sorted(map(len, written.values()))[1]
    process = start("bill", USAGE, COSTS, *options(tmp_path), "--force", code=full_after(size))
    process.communicate()
    assert process.returncode == 2
    found = there(tmp_path)
    assert [*map(len, found.values())].count(3) >= 2
    assert all(data in {b"old", written[name]} for name, data in found.items())
    assert {each.name for each in tmp_path.iterdir()} == written.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_disk_says_is_told(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "png":
        pytest.importorskip("PIL")
    path, flag = (
        write(tmp_path / f"bill.{kind}", "old"),
        "--into" if kind == "xlsx" else f"--{kind}",
    )

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run(USAGE, COSTS, flag, path, "--force")
    assert result.exit_code == 2
    assert "cannot be written: No space left on device; accepted: a file in" in result.stderr
    assert there(tmp_path) == {path.name: b"old"}
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no device that is always full")
def test_a_device_is_no_file_to_write_and_a_full_one_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.symlink_to("/dev/full")
    assert "it is a folder, pipe or device" in run(USAGE, "--csv", path, "--force").stderr
    assert path.is_symlink()
    code = "import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)\n" + full_after(10**9)
    process = start("bill", USAGE, "--json", code=code)
    assert "the answer cannot be written: No space left" in process.communicate()[1]
    assert process.returncode == 1


LINE: dict[str, Any] = json.loads(sample("app_log.jsonl").splitlines()[0])
USED = LINE["response"]["usage"]["output_tokens"]


HALF = 300


def line(number: int) -> bytes:
    """Return a line of a log with an id of its own."""
    return json.dumps(LINE | {"id": f"i{number:09}"}).encode() + b"\n"


class Growing:
    """A log to which a line is added again and again, in two writes each, until it is left."""

    def __init__(self, path: Path) -> None:
        """Begin with some lines, the last of which is not whole yet."""
        self.path, self.lines = path, many(4_000, 40_000)
        path.write_bytes(b"".join(map(line, range(self.lines))) + line(self.lines)[:HALF])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._grow)

    def __enter__(self) -> Self:
        """Begin to grow."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _grow(self) -> None:
        with self.path.open("ab", buffering=0) as file:
            for i in count(self.lines):
                if self._over.wait(0.001):
                    break
                file.write(line(i)[HALF:])
                self._over.wait(0.001)
                file.write(line(i + 1)[:HALF])


@pytest.mark.parametrize("engine", [False, True], ids=["python", "duckdb"])
def test_a_file_that_grows_while_it_is_read_is_summed_to_a_whole_line_and_told(
    engine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine:
        pytest.importorskip("duckdb", reason="DuckDB is not installed")
        monkeypatch.setattr("xl_pricing.bills.large.LARGE_BYTES", 0)
    target = tmp_path / "bill.csv"
    with Growing(write(tmp_path / "log.jsonl", "")) as log:
        found = read(log.path, options=("--csv", str(target)))
    rows, not_whole = found["rows"], sum(each["rows"] for each in found["unpriced"])
    assert rows >= log.lines
    assert not_whole <= 1
    assert found["priced"] == rows - not_whole
    assert found["tokens"]["image_out"] == found["priced"] * USED
    assert found["doubts"] == ["log.jsonl changed while it was read"]
    assert target.read_bytes().startswith(b"\xef\xbb\xbfsection,what,usd,about")


def test_a_packed_file_that_grows_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(map(line, range(100))))
    found = read(write(tmp_path / "log.jsonl.gz", whole + whole[:20]))
    assert (found["priced"], found["tokens"]["image_out"]) == (100, 100 * USED)
    assert sum(each["rows"] for each in found["unpriced"]) == 1
