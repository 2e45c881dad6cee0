"""A real HTTP server on loopback that serves price documents, well or badly."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep
from typing import Any

DAY = date(2026, 11, 24)
"""The day of the refreshes: the day after the bundled card was checked."""
CASES = Path(__file__).parents[1] / "cases" / "sources"
Answer = Callable[["Handler"], None]


def published(name: str) -> Any:
    """Return a document as it was published, to be changed at will."""
    return json.loads((CASES / f"{name}.json").read_bytes())


class Handler(BaseHTTPRequestHandler):
    """Answers with what the server holds for a path."""

    server: "PriceServer"

    def do_GET(self) -> None:
        """Answer, and note who asked for what."""
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers[self.path](self)

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        headers = {"content_type": "application/json", "content_length": str(len(body)), **headers}
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class PriceServer(ThreadingHTTPServer):
    """Holds an answer for each path, and what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port of loopback."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, path: str, answer: Answer) -> str:
        """Answer so from now on; return the address."""
        self.answers[path] = answer
        return self.url(path)

    def handle_error(self, *_: object) -> None:
        """Expect clients that hang up."""


@contextmanager
def running() -> Iterator[PriceServer]:
    """Run a server."""
    with PriceServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def document(content: object) -> Answer:
    """Serve JSON with an ETag, packed, and say when it still stands; NaN is written as NaN."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    etag = f'"{sha256(body).hexdigest()[:8]}"'

    def answer(to: Handler) -> None:
        if to.headers["If-None-Match"] == etag:
            to.send(304, etag=etag)
        else:
            to.send(200, gzip.compress(body), etag=etag, content_encoding="gzip")

    return answer


def plain(body: bytes, **headers: str) -> Answer:
    """Serve bytes as they are."""
    return lambda to: to.send(200, body, **headers)


def redirect(location: str) -> Answer:
    """Lead elsewhere."""
    return lambda to: to.send(302, location=location)


def failing(status: int, times: int, then: Answer) -> Answer:
    """Fail some times first."""
    left = [status] * times

    def answer(to: Handler) -> None:
        if left:
            to.send(left.pop())
        else:
            then(to)

    return answer


def cut(body: bytes) -> Answer:
    """Promise twice of what is sent."""
    return lambda to: to.send(200, body, content_length=str(2 * len(body)))


def drip(body: bytes, pause: float) -> Answer:
    """Send a byte at a time."""

    def answer(to: Handler) -> None:
        to.send(200, content_length=str(len(body)))
        for i in range(len(body)):
            to.wfile.write(body[i : i + 1])
            sleep(pause)

    return answer


def silent(seconds: float) -> Answer:
    """Wait before the first byte."""

    def answer(to: Handler) -> None:
        sleep(seconds)
        to.send(200)

    return answer


def bomb(megabytes: int) -> Answer:
    """Serve a little that unpacks to a lot."""
    body = gzip.compress(bytes(megabytes * 2**20))
    return plain(body, content_encoding="gzip")
