"""The folder on this machine, for trying it out: loopback only, read only."""

import gzip
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from xl_pricing.hosts.office.folder import POLICY, is_named_by_content

LOOPBACK = "127.0.0.1"
FIRST_PAGE = "taskpane.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".wasm": "application/wasm",
    ".png": "image/png",
}
_PACKED = (".whl", ".zip", ".png")
_FOREVER = "max-age=31536000, immutable"
_SECONDS = 10
"""For a request to come in whole."""


class Preview(ThreadingHTTPServer):
    """A web server of files that are given to it; nothing else on the disk can be asked for."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        """Take a port of this machine, any free one for 0; raise `OSError` where it is taken."""
        self.parts: dict[str, bytes] = {}
        super().__init__((LOOPBACK, port), _Visit)

    @property
    def origin(self) -> str:
        """The address of the folder."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def show(self, parts: dict[str, bytes]) -> None:
        """Show these files from now on."""
        self.parts = parts

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a visitor who left."""


def packed(name: str, data: bytes) -> bytes:
    """Return a file as it goes over the network to a browser that takes gzip."""
    return data if name.endswith(_PACKED) else _gzipped(data)


@lru_cache(maxsize=64)
def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@lru_cache(maxsize=64)
def _tag(data: bytes) -> str:
    return f'"{sha256(data).hexdigest()[:32]}"'


class _Visit(BaseHTTPRequestHandler):
    """One visitor: GET and HEAD, of names that are known."""

    server: Preview
    protocol_version = "HTTP/1.1"
    server_version = "xl-pricing"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = _SECONDS

    def do_GET(self) -> None:
        """Answer a file, or nothing but that it has not changed."""
        self._answer(self.wfile.write)

    def do_HEAD(self) -> None:
        """Answer a file's headers."""
        self._answer(lambda _data: None)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Write no log."""

    def _answer(self, write: Callable[[bytes], object]) -> None:
        name = self.path.partition("?")[0].removeprefix("/")
        if self._is_for_us() and not name:
            self._head(HTTPStatus.FOUND, {"Location": f"/{FIRST_PAGE}", "Content-Length": "0"})
            return
        data = self.server.parts.get(name)
        if not self._is_for_us() or data is None:
            self._head(HTTPStatus.NOT_FOUND, {"Content-Length": "0"})
            return
        headers = {"ETag": _tag(data), "Content-Type": _type(name)}
        headers["Cache-Control"] = _FOREVER if is_named_by_content(name) else "no-cache"
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._head(HTTPStatus.NOT_MODIFIED, headers)
            return
        if not name.endswith(_PACKED) and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = packed(name, data)
            headers["Content-Encoding"] = "gzip"
        self._head(HTTPStatus.OK, {**headers, "Content-Length": str(len(data))})
        write(data)

    def _is_for_us(self) -> bool:
        """Tell whether the visitor asked for this machine: another name may lead here as well."""
        host = self.headers.get("Host", "")
        return host in {f"{name}:{self.server.server_port}" for name in (LOOPBACK, "localhost")}

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **_ALWAYS}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request of ours by its number alone."""
        del message, explain
        known = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else code
        self.close_connection = True
        self._head(HTTPStatus(known), {"Content-Length": "0", "Allow": "GET, HEAD"})


_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
}


def _type(name: str) -> str:
    return _TYPES.get(name[name.rfind(".") :], "application/octet-stream")
