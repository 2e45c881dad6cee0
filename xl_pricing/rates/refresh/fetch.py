"""Fetching a document with good manners: https, little, soon, and honest about who asks.

httpx2 is imported when something is fetched. It uses the system's proxy; certificates are checked
by the system's own store, as company networks need it.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

import xl_pricing
from xl_pricing.errors import SourceError

if TYPE_CHECKING:
    import httpx2

MAX_BYTES = 32 * 1024 * 1024
MAX_REDIRECTS = 3

# What ends by itself in time says better why.
_GRACE_SECONDS = 0.5
_MB = 1024 * 1024
_TYPES = ("application/json", "text/plain", "text/csv", "application/octet-stream", "")
_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_MODIFIED = 304
_OK = 200
_GZIP = 16 + zlib.MAX_WBITS


class Page(NamedTuple):
    """A document, and the tag by which its server knows it again."""

    body: bytes
    etag: str = ""


@dataclass(frozen=True)
class Manners:
    """How long to wait, in seconds: for a whole document, for its next bytes, before a retry."""

    whole: float = 60
    next_bytes: float = 10
    retry: float = 1

    @classmethod
    def within(cls, seconds: float) -> "Manners":
        """Wait so long for a whole document, and for nothing longer than that."""
        return cls(seconds, min(seconds, cls.next_bytes), min(seconds, cls.retry))


class _PassingError(SourceError):
    """A fault that may be gone at the next try."""


def fetch(address: str, known: Page | None = None, manners: Manners | None = None) -> Page:
    """Fetch a document, or return the one that is known where the server says it still stands.

    Raises `SourceError` with one sentence. What may be a passing fault is tried twice.
    """
    wait = manners or Manners()
    try:
        return _fetch_in_time(address, known, wait)
    except _PassingError:
        sleep(wait.retry)
        return _fetch_in_time(address, known, wait)


def _fetch_in_time(address: str, known: Page | None, wait: Manners) -> Page:
    """Fetch in a thread that is left behind when the time is up.

    A server that sends a header a second never lets a read time out.
    """
    answers: SimpleQueue[Page | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_fetch(address, known, wait))
        except Exception as error:  # noqa: BLE001 - raised again, by the thread that waits
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=wait.whole + _GRACE_SECONDS)
    except Empty:
        raise SourceError(f"{address} takes longer than {wait.whole:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _fetch(address: str, known: Page | None, wait: Manners) -> Page:
    import httpx2  # noqa: PLC0415 - a price needs no network

    try:
        with _client(address, wait) as client:
            return _follow(client, httpx2.URL(address), known, monotonic() + wait.whole)
    except (httpx2.InvalidURL, ValueError) as error:  # of the address, or of the system's proxy
        raise SourceError(f"{address} cannot be asked: {error}") from None
    except httpx2.TimeoutException:
        raise _PassingError(f"{address} did not answer within {wait.next_bytes:g} s") from None
    except httpx2.TransportError as error:
        said = str(error) or type(error).__name__
        raise _PassingError(f"{address} cannot be reached: {said}") from None


def _client(address: str, wait: Manners) -> "httpx2.Client":
    import ssl  # noqa: PLC0415 - a price needs no network

    import httpx2  # noqa: PLC0415 - the same
    import truststore  # noqa: PLC0415 - the same

    headers = {
        "User-Agent": f"xl-pricing/{xl_pricing.__version__} (refreshes a rate card)",
        "Accept": "application/json, text/csv, text/plain",
        "Accept-Encoding": "gzip",
    }
    return httpx2.Client(
        headers=headers,
        timeout=wait.next_bytes,
        trust_env=not _is_loopback(httpx2.URL(address)),
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def _follow(client: "httpx2.Client", url: "httpx2.URL", known: Page | None, until: float) -> Page:
    """Ask, and follow up to three redirects that keep the scheme."""
    tag = {"If-None-Match": known.etag} if known and known.etag else {}
    for _ in range(MAX_REDIRECTS + 1):
        _refuse_scheme(url)
        with client.stream("GET", url, headers=tag) as answer:
            if answer.status_code not in _REDIRECTS:
                return _page(answer, known, until)
            onward = url.join(answer.headers.get("location", ""))
        if onward.scheme != url.scheme:
            raise SourceError(
                f"{url} leads to {onward}; accepted: a redirect that keeps the scheme"
            )
        url = onward
    raise SourceError(f"{url} redirects more than {MAX_REDIRECTS} times")


def _refuse_scheme(url: "httpx2.URL") -> None:
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url)):
        raise SourceError(f"{url} is not accepted: its address must begin with https://")


def _is_loopback(url: "httpx2.URL") -> bool:
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"


def _page(answer: "httpx2.Response", known: Page | None, until: float) -> Page:
    """Read an answer, unless it says that what is known still stands."""
    if answer.status_code == _NOT_MODIFIED and known:
        return known
    _refuse_answer(answer)
    body = b"".join(_capped(answer, until))
    return Page(body, _ascii(answer.headers.get("etag", "")))


def _refuse_answer(answer: "httpx2.Response") -> None:
    status, url = answer.status_code, answer.url
    if status != _OK:
        kind = _PassingError if status >= 500 else SourceError
        raise kind(f"{url} answered with status {status}")
    held = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if held not in _TYPES:
        raise SourceError(f"{url} holds {held}; accepted: JSON or CSV")


def _capped(answer: "httpx2.Response", until: float) -> Iterator[bytes]:
    """Yield the document's bytes, up to the cap and in time."""
    size = 0
    for part in _decoded(answer):
        size += len(part)
        if size > MAX_BYTES:
            raise SourceError(f"{answer.url} is over {MAX_BYTES // _MB} MB")
        if monotonic() > until:
            raise SourceError(f"{answer.url} takes too long")
        yield part


def _decoded(answer: "httpx2.Response") -> Iterator[bytes]:
    """Yield the bytes as they came, or unpacked a step at a time: a little may hold a lot."""
    packed = answer.headers.get("content-encoding", "identity").lower()
    if packed == "identity":
        yield from answer.iter_raw()
    elif packed == "gzip":
        yield from _unpacked(answer.iter_raw(), str(answer.url))
    else:
        raise SourceError(f"{answer.url} is packed as {packed}; accepted: gzip")


def _unpacked(parts: Iterator[bytes], address: str) -> Iterator[bytes]:
    unpack = zlib.decompressobj(_GZIP)
    try:
        for part in parts:
            rest = part
            while rest:
                if unpack.eof:  # another member follows
                    unpack = zlib.decompressobj(_GZIP)
                yield unpack.decompress(rest, _MB)
                rest = unpack.unconsumed_tail or unpack.unused_data
    except zlib.error:
        raise _PassingError(f"{address} is damaged on the way: no whole gzip") from None
    if not unpack.eof:
        raise _PassingError(f"{address} is cut off: no whole gzip")


def _ascii(text: str) -> str:
    return text if text.isascii() and text.isprintable() else ""
