"""Fetching has manners, and what answers badly is told in one sentence."""

import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hosts import price_server as ps

from xl_pricing.errors import SourceError
from xl_pricing.rates.refresh.fetch import MAX_BYTES, Manners, Page, fetch
from xl_pricing.rates.refresh.refresh import refresh_card
from xl_pricing.rates.refresh.sources import find_source
from xl_pricing.rates.refresh.store import Store

AT_ONCE = replace(Manners(), retry=0)
SOON_WHOLE = replace(AT_ONCE, whole=0.6)
SOON_BYTES = replace(AT_ONCE, next_bytes=0.3)
BODY = b'{"a": 1}'
PACKED = gzip.compress(BODY, mtime=0)


@pytest.fixture(scope="module")
def server() -> Iterator[ps.PriceServer]:
    with ps.running() as server:
        yield server


def refused(address: str, manners: Manners = AT_ONCE) -> str:
    with pytest.raises(SourceError) as caught:
        fetch(address, manners=manners)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_document_is_fetched_packed_and_by_an_honest_asker(server: ps.PriceServer) -> None:
    server.asked.clear()
    page = fetch(server.serve("/good", ps.document({"a": 1})), manners=AT_ONCE)
    assert json.loads(page.body) == {"a": 1}
    assert page.etag
    [(_, asked)] = server.asked
    assert asked["User-Agent"].startswith("xl-pricing/")
    assert asked["Accept-Encoding"] == "gzip"
    assert "If-None-Match" not in asked


def test_what_still_stands_is_not_sent_again(server: ps.PriceServer) -> None:
    address = server.serve("/stands", ps.document({"a": 1}))
    page = fetch(address)
    assert fetch(address, page) is page
    assert fetch(address, Page(b"old", '"other"')).body == page.body
    assert fetch(address, Page(b"old")).body == page.body


def test_a_tag_that_is_no_header_is_not_kept(server: ps.PriceServer) -> None:
    assert fetch(server.serve("/tag", ps.plain(BODY, etag="caf\xe9"))).etag == ""


def test_what_was_never_asked_for_cannot_still_stand(server: ps.PriceServer) -> None:
    assert "status 304" in refused(server.serve("/304", lambda to: to.send(304)))


@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "text/csv", "application/json", ""])
def test_json_and_csv_come_under_several_names(server: ps.PriceServer, kind: str) -> None:
    assert fetch(server.serve("/kind", ps.plain(BODY, content_type=kind))).body == BODY


def test_a_web_page_is_no_document(server: ps.PriceServer) -> None:
    address = server.serve("/page", ps.plain(b"<html>", content_type="text/html"))
    assert refused(address) == f"{address} holds text/html; accepted: JSON or CSV"


def test_only_https_is_asked_but_on_loopback() -> None:
    for address in ("http://example.org/a", "ftp://example.org/a", "file:///etc/passwd"):
        assert refused(address).endswith(" is not accepted: its address must begin with https://")


def test_what_is_no_address_is_told() -> None:
    assert "https://a:b:c/ cannot be asked: Invalid port" in refused("https://a:b:c/")
    assert "must begin with https" in refused("http://localhost.example.org/")


def test_a_proxy_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy")
    assert "https://example.org cannot be asked: " in refused("https://example.org")


def test_a_company_s_proxy_is_asked(
    server: ps.PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url(""))
    assert "https://prices.invalid/ cannot be reached: " in refused("https://prices.invalid/")
    assert fetch(server.serve("/own", ps.plain(BODY))).body == BODY


def test_nobody_there() -> None:
    with ps.PriceServer() as gone:
        address = gone.url("/")
    assert refused(address).startswith(f"{address} cannot be reached: ")
    assert "cannot be reached" in refused(address.replace("127.0.0.1", "localhost"))


def test_redirects_are_followed_three_times(server: ps.PriceServer) -> None:
    server.serve("/3", ps.plain(BODY))
    for i in (2, 1, 0):
        address = server.serve(f"/{i}", ps.redirect(f"/{i + 1}"))
    assert fetch(address).body == BODY
    address = server.serve("/loop", ps.redirect("/loop"))
    assert refused(address) == f"{address} redirects more than 3 times"


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "https://127.0.0.1:1/", "ftp://a/"])
def test_a_redirect_keeps_the_scheme(server: ps.PriceServer, elsewhere: str) -> None:
    address = server.serve("/away", ps.redirect(elsewhere))
    told = refused(address).replace("file:/e", "file:///e")
    assert told == f"{address} leads to {elsewhere}; accepted: a redirect that keeps the scheme"


def test_a_redirect_off_the_machine_is_not_followed_without_https(server: ps.PriceServer) -> None:
    assert "must begin with https" in refused(server.serve("/o", ps.redirect("http://example.org")))


def test_a_passing_fault_is_tried_once_more(server: ps.PriceServer) -> None:
    assert fetch(server.serve("/500", ps.failing(500, 1, ps.plain(BODY))), manners=AT_ONCE).body
    address = server.serve("/502", ps.failing(502, 2, ps.plain(BODY)))
    assert refused(address) == f"{address} answered with status 502"
    server.asked.clear()
    assert "status 404" in refused(server.serve("/404", lambda to: to.send(404)))
    assert len(server.asked) == 1


def test_a_cut_connection(server: ps.PriceServer) -> None:
    assert "cannot be reached: peer closed" in refused(server.serve("/cut", ps.cut(BODY)))


@pytest.mark.parametrize(
    ("packed", "said"),
    [(PACKED[:-9], "is cut off"), (b"\x1f\x8bnonsense", "damaged"), (BODY, "damaged")],
)
def test_what_cannot_be_unpacked(server: ps.PriceServer, packed: bytes, said: str) -> None:
    assert said in refused(server.serve("/z", ps.plain(packed, content_encoding="gzip")))


def test_a_packing_that_was_not_asked_for(server: ps.PriceServer) -> None:
    address = server.serve("/br", ps.plain(BODY, content_encoding="br"))
    assert refused(address) == f"{address} is packed as br; accepted: gzip"


def test_a_document_that_is_too_large(server: ps.PriceServer) -> None:
    address = server.serve("/40", ps.plain(bytes(40 * 2**20)))
    assert refused(address, Manners()) == f"{address} is over 32 MB"


def test_a_little_that_unpacks_to_a_lot_is_stopped_at_the_cap(server: ps.PriceServer) -> None:
    address = server.serve("/bomb", ps.bomb(400))
    tracemalloc.start()
    assert refused(address, Manners()) == f"{address} is over 32 MB"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MAX_BYTES * 1.5


def test_a_slow_drip_is_not_waited_for(server: ps.PriceServer) -> None:
    address = server.serve("/drip", ps.drip(BODY * 9, 0.05))
    assert refused(address, SOON_WHOLE) == f"{address} takes too long"


def test_silence_is_not_waited_for(server: ps.PriceServer) -> None:
    address = server.serve("/silent", ps.silent(1))
    assert refused(address, SOON_BYTES) == f"{address} did not answer within 0.3 s"


def test_the_waits_of_a_given_time_are_no_longer_than_it() -> None:
    assert Manners.within(2) == Manners(2, 2, 1)
    assert Manners.within(600) == Manners(600, 10, 1)


def test_a_page_is_kept_only_once_it_was_believed(server: ps.PriceServer, tmp_path: Path) -> None:
    store = Store(tmp_path)
    address = server.serve("/map", ps.document({}))
    source = find_source(f"litellm={address}")
    with pytest.raises(SourceError, match="names no gpt-image model"):
        refresh_card(store, ps.DAY, [source])
    assert store.page(address) is None
    server.serve("/map", ps.document(ps.published("litellm")))
    for _ in range(2):
        server.asked.clear()
        refresh_card(store, ps.DAY, [source])
    assert "If-None-Match" in server.asked[0][1]
    assert store.page(address)


@pytest.mark.parametrize("line", [b"X-More: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_headers_without_an_end_are_not_waited_for(line: bytes) -> None:
    """Each line comes in time, so that no read ever times out."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def talk() -> None:
            while not stop.is_set():
                talking, _ = listening.accept()
                with talking, suppress(OSError):
                    talking.sendall(b"" if line.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n")
                    while not stop.wait(0.05):
                        talking.sendall(line)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        began = time.monotonic()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert "takes longer than 0.6 s" in refused(address, SOON_WHOLE)
        assert time.monotonic() - began < 5
        stop.set()
        thread.join(2)


def test_a_gzip_of_several_members_is_read_whole(server: ps.PriceServer) -> None:
    packed = gzip.compress(b'{"a":') + gzip.compress(b" 1}")
    answer = ps.plain(packed, **{"content-encoding": "gzip"})
    assert fetch(server.serve("/members", answer)).body == BODY
