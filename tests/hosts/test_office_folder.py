"""The folder for Excel: what stands in it, how it is written, how this machine shows it."""

import http.client
import json
import re
import socket
import subprocess
import tarfile
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha512
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from xl_pricing.cli.main import main
from xl_pricing.errors import InvalidValueError, SourceError
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.hosts.office import folder, pyodide
from xl_pricing.hosts.office.manifest import manifest, read_origin
from xl_pricing.hosts.office.serve import Preview

from .programs import PYODIDE, require

ORIGIN = "https://addins.example.com/image-pricing"
PARTS = dict.fromkeys(pyodide.PINNED["files"], b"") | {"pyodide-lock.json": b'{"info": {}}'}


@pytest.mark.parametrize(
    "origin",
    ["https://a.example", "https://a.example:8443/x/y_z", " https://a.example/x/ ", ORIGIN],
)
def test_an_origin_is_an_https_address(origin: str) -> None:
    assert read_origin(origin) == origin.strip().removesuffix("/")


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("", "is empty;"),
        ("https://a.example/" + 200 * "x", "is over 200 characters;"),
        *((each, "does not begin with https://;") for each in ("a.example", "ftp://a.example")),
        *((f"http://{each}", "begin with https://") for each in ("a.example", "127.0.0.1:8765")),
        *((each, "names no host") for each in ("https:///x", "https://:80")),
        ("https://", "names no host"),
        *((f"https://a.example:{each}", "a port that is none") for each in ("99999", "x")),
        ("https://[::1", "has a host or a port that is none"),
        ("https://[::1]/", "has an IPv6 address"),
        ("https://u:p@a.example", "the name of a user"),
        *((each, "other signs than a-z") for each in ("https://-a.example", "https://a_b/x")),
        ("https://图.example", "other signs than a-z"),
        (
            "https://Ada.GitHub.io/X",
            "capitals in its host; did you mean 'https://ada.github.io/X'?",
        ),
        *(
            (f"https://a.example/{each}", "name is empty or begins with '.'")
            for each in ("../x", "x/..", "/x", ".x")
        ),
        ("https://a.example/my%20add-in", "has '%20' in its path"),
        ("https://a.example/图片", "has '图' in its path"),
        ("https://a.example/ x", "has ' ' in its path"),
        ('https://a.example/"><x', "has '\"' in its path"),
        (
            "https://a.example/x/manifest.xml",
            "a file; did you mean its folder, 'https://a.example/x'?",
        ),
        *((f"https://a.example{each}", "more than a folder's address") for each in ("?x", "/#x")),
        ("https://a.example:0443/x", "did you mean 'https://a.example:443/x'?"),
    ],
)
def test_any_other_origin_is_refused_with_the_reason(origin: str, told: str) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(told)) as refused:
        read_origin(origin)
    assert " accepted: the folder's address, such as https://addins" in str(refused.value)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8765", "http://localhost:8765"])
def test_http_is_for_this_machine_alone(origin: str) -> None:
    assert read_origin(origin, loopback=True) == origin
    with pytest.raises(InvalidValueError):
        read_origin("http://a.example", loopback=True)


def test_every_address_of_the_manifest_is_of_the_origin_and_is_a_file_of_the_folder() -> None:
    root = ET.fromstring(manifest(ORIGIN))  # noqa: S314 - we wrote it
    found = [value for each in root.iter() for value in each.attrib.values()]
    addresses = {value for value in found if value.startswith("https://")}
    names = {address.removeprefix(f"{ORIGIN}/") for address in addresses}
    assert names == {
        *("taskpane.html", "functions.js", "functions.json"),
        *(f"icon-{px}.png" for px in (16, 32, 64, 80)),
    }
    assert names <= {*folder.parts(ORIGIN, PARTS)}
    assert "{" not in manifest(ORIGIN)
    assert "AppDomain" not in manifest(ORIGIN)  # one holds no path, and the page's own needs none


def test_names_of_functions_and_help_come_from_the_declaration() -> None:
    told = json.loads(folder.parts(ORIGIN, PARTS)["functions.json"])
    assert told["allowErrorForDataTypeAny"]
    assert [each["id"] for each in told["functions"]] == [*FUNCTIONS]
    for each, function in zip(told["functions"], FUNCTIONS.values(), strict=True):
        given = [(p["name"], p.get("optional", False)) for p in each["parameters"]]
        assert given == [(a.name, a.optional) for a in function.arguments]
        assert each["options"] == {"cancelable": True}


def test_the_wheel_holds_what_a_price_needs_and_no_command() -> None:
    parts = folder.parts(ORIGIN, PARTS)
    name = next(name for name in parts if name.endswith(".whl"))
    with zipfile.ZipFile(BytesIO(parts[name])) as archive:
        rooms = {each.split("/")[1] for each in archive.namelist()}
    assert {"estimation", "rates", "functions", "hosts", "RECORD", "METADATA"} <= rooms
    assert not rooms & {"cli", "bills", "excel", "__main__.py"}
    assert json.loads(parts["site.json"])["wheel"] == name
    assert folder.parts(ORIGIN, PARTS) == parts


# Pyodide


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pack Pyodide as npm does; its checksum is that of the day."""
    path = tmp_path / "pyodide.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name in pyodide.PINNED["files"]:
            archive.add(Path(require(PYODIDE), name), f"package/{name}")
    sum_ = f"sha512-{b64encode(sha512(path.read_bytes()).digest()).decode()}"
    monkeypatch.setitem(pyodide.PINNED, "integrity", sum_)
    return path


def test_pyodide_is_read_from_its_package_or_its_folder(package: Path) -> None:
    found = pyodide.read_pyodide(package)
    assert found == pyodide.read_pyodide(Path(require(PYODIDE)))
    assert [*found] == [*pyodide.PINNED["files"]]


def test_another_package_is_refused(package: Path, tmp_path: Path) -> None:
    package.write_bytes(package.read_bytes() + b" ")
    with pytest.raises(InvalidValueError, match=r"pyodide '/.* is not pyodide@314"):
        pyodide.read_pyodide(package)
    for name in pyodide.PINNED["files"]:
        (tmp_path / name).write_bytes(b"other")
    with pytest.raises(InvalidValueError, match=r"is not that of pyodide@314"):
        pyodide.read_pyodide(tmp_path)


@pytest.mark.usefixtures("data_folder")
def test_npm_fetches_pyodide_once(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def npm(line: list[str], cwd: str, **_how: object) -> None:
        asked.append(line)
        Path(cwd, f"{pyodide.FOLDER}.tgz").write_bytes(package.read_bytes())

    monkeypatch.setattr(pyodide, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(pyodide, "run", npm)
    told: list[str] = []
    assert pyodide.kept_pyodide(told.append) == pyodide.kept_pyodide(told.append)
    assert [line[:3] for line in asked] == [["/bin/npm", "pack", pyodide.NPM_NAME]]
    assert "--fetch-retries=1" in asked[0]
    assert told == [f"fetching {pyodide.NPM_NAME} by npm, once ..."]


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize("found", [None, "/nowhere/npm"])
def test_without_npm_the_way_out_is_told(
    found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyodide, "which", lambda _name: found)
    result = CliRunner().invoke(main, ["host", "office", "x", "--origin", ORIGIN])
    assert result.exit_code == 1
    assert result.stderr.startswith("fetching pyodide@314")
    assert "accepted: on a machine with network npm pack pyodide@314" in result.stderr
    assert f"--pyodide {pyodide.FOLDER}.tgz" in result.stderr


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (b"npm error code ENOTFOUND\nnpm error syscall getaddrinfo", "offline"),
        (b"npm ERR! code EAI_AGAIN\n", r"offline, or npm's registry does not answer \(EAI_AGAIN"),
        (b"npm error code E404\n", r": npm says \(E404\); accepted"),
        (b"\xff", r"could not fetch pyodide@[\d.]+; accepted"),
        (None, r"pyodide@[\d.]+ in 180 s; accepted"),
    ],
)
def test_what_npm_says_is_told(
    error: bytes | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def npm(line: list[str], **_how: object) -> None:
        if error is None:
            raise subprocess.TimeoutExpired(line, pyodide.FETCH_S)
        raise subprocess.CalledProcessError(1, line, stderr=error)

    monkeypatch.setattr(pyodide, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(pyodide, "run", npm)
    with pytest.raises(SourceError, match=told):
        pyodide.kept_pyodide(lambda _told: None)


def test_a_folder_without_pyodide_is_told_by_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"is a folder without 'pyodide\S*'; accepted"):
        pyodide.read_pyodide(tmp_path)


# The command


def run(path: Path, *more: str, origin: str = ORIGIN) -> Result:
    line = ["host", "office", str(path), "--origin", origin, "--pyodide", require(PYODIDE)]
    return CliRunner().invoke(main, [*line, *more])


def test_the_command_writes_the_folder_whole(tmp_path: Path) -> None:
    path = tmp_path / "add-in"
    result = run(path)
    assert result.exit_code == 0, result.stderr
    names = {each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()}
    assert names == {*json.loads((path / "site.json").read_bytes())["files"]}
    assert [each.name for each in tmp_path.iterdir()] == ["add-in"]
    assert ORIGIN in (path / "manifest.xml").read_text(encoding="utf-8")


def test_a_folder_that_is_there_is_replaced_only_when_asked_and_only_if_it_is_ours(
    tmp_path: Path,
) -> None:
    path = tmp_path / "add-in"
    assert run(path).exit_code == 0
    assert "exists; accepted: another name, or --force" in run(path).stderr
    (path / "names.js").unlink()
    assert run(path, "--force").exit_code == 0
    assert (path / "names.js").exists()
    (path / "notes.txt").write_bytes(b"mine")
    for result in (run(path), run(path, "--force")):
        assert result.exit_code == 2
        assert "holds 'notes.txt', which is not of xl-pricing" in result.stderr
        assert "--force" not in result.stderr
    assert (path / "notes.txt").read_bytes() == b"mine"


def test_what_systems_and_servers_put_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "add-in"
    assert run(path).exit_code == 0
    names = [".DS_Store", ".htaccess", "web.config", "Thumbs.db", "words/.DS_Store", ".git/HEAD"]
    for name in names:
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(name, encoding="utf-8")
    assert run(path, "--force").exit_code == 0
    assert [(path / name).read_text(encoding="utf-8") for name in names] == names


@pytest.mark.parametrize(
    ("site", "stranger"),
    [(None, "a"), (b"[]", "a"), (b'{"files": 5}', "a"), (b"\xff", "a"), (b'{"files": ["a"]}', "s")],
)
def test_a_folder_of_somebody_else_is_not_taken_for_ours(
    tmp_path: Path, site: bytes | None, stranger: str
) -> None:
    (tmp_path / "a").write_bytes(b"")
    if site is not None:
        (tmp_path / "site.json").write_bytes(site)
    found = folder.foreign_file(tmp_path)
    assert found is not None
    assert found.startswith(stranger)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run(tmp_path / "none" / "add-in")
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in result.stderr


def test_another_package_is_told_with_what_is_accepted(tmp_path: Path) -> None:
    line = ["host", "office", str(tmp_path / "x"), "--origin", ORIGIN, "--pyodide"]
    result = CliRunner().invoke(main, [*line, str(tmp_path / "none.tgz")])
    assert result.exit_code == 2
    assert "accepted: the npm package pyodide@314" in result.stderr


# The preview


@pytest.fixture(scope="module")
def preview() -> Iterator[Preview]:
    with Preview(0) as shown:
        shown.show({**folder.parts(shown.origin, PARTS), "a.wasm": 999 * b"\0"})
        threading.Thread(target=shown.serve_forever, daemon=True).start()
        yield shown
        shown.shutdown()


def ask(
    preview: Preview, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", preview.server_port, timeout=10)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=names)
    found = connection.getresponse()
    body = found.read()
    connection.close()
    return found.status, dict(found.getheaders()), body


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("taskpane.html", "text/html; charset=utf-8"),
        ("worker.js", "text/javascript; charset=utf-8"),
        ("functions.json", "application/json"),
        ("manifest.xml", "application/xml"),
        ("a.wasm", "application/wasm"),
        ("icon-16.png", "image/png"),
        (f"{pyodide.FOLDER}/pyodide.mjs", "text/javascript; charset=utf-8"),
        (f"{pyodide.FOLDER}/python_stdlib.zip", "application/octet-stream"),
    ],
)
def test_a_file_comes_with_its_type_and_the_policy(preview: Preview, name: str, kind: str) -> None:
    status, headers, body = ask(preview, f"/{name}")
    assert (status, headers["Content-Type"], body) == (200, kind, preview.parts[name])
    assert headers["Content-Security-Policy"] == folder.POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ask(preview, f"/{name}", "HEAD")[2] == b""
    assert ask(preview, f"/{name}", If_None_Match=headers["ETag"])[0] == 304


def test_it_is_packed_for_those_who_take_it(preview: Preview) -> None:
    _, headers, body = ask(preview, "/a.wasm", Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < 100


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/site", "/%2e%2e/x", "/taskpane.html/"])
def test_nothing_else_is_shown(preview: Preview, path: str) -> None:
    assert ask(preview, path)[0] == 404


def test_the_bare_address_leads_to_the_pane(preview: Preview) -> None:
    status, headers, _ = ask(preview, "/")
    assert (status, headers["Location"]) == (302, "/taskpane.html")
    assert ask(preview, headers["Location"])[0] == 200
    assert ask(preview, "/", Host="evil.example")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_it_takes_nothing(preview: Preview, method: str) -> None:
    status, headers, _ = ask(preview, "/taskpane.html", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_a_page_of_another_name_that_leads_here_gets_nothing(preview: Preview) -> None:
    assert ask(preview, "/site.json", Host="evil.example")[0] == 404


def test_it_listens_on_this_machine_alone(preview: Preview) -> None:
    assert preview.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_or_none_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port)])
        assert (result.exit_code, "accepted: another --port" in result.stderr) == (2, True)
    assert "accepted: whole numbers" in CliRunner().invoke(main, ["serve", "--port", "80"]).stderr


def test_serve_says_what_to_do_and_ends_on_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_preview: Preview) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Preview, "serve_forever", interrupted)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = ["serve", "--port", str(port), "--pyodide", require(PYODIDE)]
    result = CliRunner().invoke(main, line)
    assert result.exit_code == 130
    assert f"http://127.0.0.1:{port}/manifest.xml" in result.stdout
    assert "Real Excel was not asked yet\nwhether it takes one without https" in result.stdout
