"""Files are read within bounds, and written whole or not at all."""

import os
import stat
import threading
from pathlib import Path

import pytest

from xl_pricing import files
from xl_pricing.errors import InvalidValueError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "budget.xlsx"


def left(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def fail(*_arguments: object, **_more: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_replaced_whole_and_nothing_lies_beside_it(path: Path) -> None:
    path.write_bytes(b"old")
    files.write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert left(path) == ["budget.xlsx"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_on_a_full_disk_the_old_file_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path.write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="No space left"):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert left(path) == ["budget.xlsx"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links need the right to make them")
def test_a_link_stays_a_link_to_what_is_replaced(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "real" / "file"
    real.parent.mkdir()
    real.write_bytes(b"old")
    path.symlink_to(real)
    files.write_whole(path, b"new")
    assert path.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_file_keeps_who_may_read_it(path: Path) -> None:
    files.write_whole(path, b"mine", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    files.write_whole(path, b"still mine")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_or_pipe_is_not_replaced(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match="it is a folder, pipe or device"):
        files.write_whole(path, b"new")
    os.mkfifo(path.with_name("pipe"))
    with pytest.raises(OSError, match="it is a folder, pipe or device"):
        files.write_whole(path.with_name("pipe"), b"new")


def test_a_new_file_never_replaces_one(path: Path) -> None:
    files.write_new(path, b"first")
    with pytest.raises(FileExistsError):
        files.write_new(path, b"second")
    assert path.read_bytes() == b"first"
    path.with_name("dangling").symlink_to(path.with_name("nowhere"))
    with pytest.raises(FileExistsError):
        files.write_new(path.with_name("dangling"), b"third")
    assert left(path) == ["budget.xlsx", "dangling"]


@pytest.mark.parametrize("links", [True, False])
def test_of_many_who_write_the_same_new_file_one_succeeds(
    path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr(os.path, "lexists", lambda _path: False)  # all come at the same moment
    won: list[bytes] = []

    def write(data: bytes) -> None:
        try:
            files.write_new(path, data)
        except FileExistsError:
            return
        won.append(data)

    threads = [threading.Thread(target=write, args=(f"{i}".encode(),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [path.read_bytes()]
    assert left(path) == ["budget.xlsx"]


def test_what_is_read_is_bounded_and_a_file(path: Path) -> None:
    path.write_bytes(b"1234")
    assert files.read_bounded(path, 4) == b"1234"
    with pytest.raises(InvalidValueError, match="over 3 bytes"):
        files.read_bounded(path, 3)
    os.mkfifo(path.with_name("pipe"))
    for odd in (path.parent, path.with_name("pipe"), Path("/dev/zero")):
        with pytest.raises(InvalidValueError, match="no file that can be read"):
            files.read_bounded(odd, 4)


def test_a_folder_is_replaced_whole_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    files.write_folder(path, {"a": b"1", "b/c": b"2"})
    files.write_folder(path, {"d": b"3"})
    assert [each.name for each in path.iterdir()] == ["d"]
    assert left(path) == ["folder"]


def test_what_is_kept_of_a_folder_is_taken_over_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    files.write_folder(path, {"a": b"1", "b/.c": b"2", ".git/HEAD": b"3"})
    (path / ".git" / "refs").mkdir()
    (path / ".link").symlink_to("nowhere")
    files.write_folder(path, {"d": b"4"}, ["b/.c", ".git", ".link"])
    assert left(path / "d") == [".git", ".link", "b", "d"]
    assert (path / "b" / ".c").read_bytes() == b"2"
    assert left(path / ".git" / "HEAD") == ["HEAD", "refs"]
    assert (path / ".link").readlink() == Path("nowhere")


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_on_a_full_disk_the_old_folder_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "folder"
    files.write_folder(path, {"a": b"old"})
    with monkeypatch.context() as full:
        full.setattr(*((os, "fsync") if step == "fsync" else (Path, "rename")), fail)
        with pytest.raises(OSError, match="No space left"):
            files.write_folder(path, {"a": b"new"})
    assert (path / "a").read_bytes() == b"old"
    assert left(path) == ["folder"]
