"""The manifest, by which Excel finds the add-in's page, and the origin that stands in it."""

import re
from html import escape
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import xl_pricing
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

IDENTIFIER = "0a8ff6a5-5f4e-4d0e-9a53-6f2c2b6f4c11"
"""By which Excel knows the add-in again, in every version."""
LONGEST_ORIGIN = 200
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_FOLDER = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_ODD_SIGN = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/-]")
_ENDINGS = (".xml", ".html", ".htm", ".js", ".json")


def read_origin(text: str, *, loopback: bool = False) -> str:
    """Return where the folder will stand: ``https://host``, a port and folders where wanted.

    ``loopback`` takes http on this machine. Raises `InvalidValueError` for anything else.
    """
    origin = text.strip().removesuffix("/")
    fault = _fault(origin, loopback=loopback)
    if not fault:
        return origin
    mark = "" if fault.endswith("?") else ";"
    raise InvalidValueError(
        f"origin {quoted(text)} {fault}{mark} accepted: the folder's address, such as "
        "https://addins.example.com/image-pricing"
    )


def _fault(origin: str, *, loopback: bool) -> str:
    """Say why an address is no origin; nothing where it is one."""
    if not origin:
        return "is empty"
    if len(origin) > LONGEST_ORIGIN:
        return f"is over {LONGEST_ORIGIN} characters"
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "has a host or a port that is none"
    is_http = loopback and parts.scheme == "http" and _is_loopback(host)
    if parts.scheme != "https" and not is_http:
        return "does not begin with https://"
    address = f"{host}:{port}" if port is not None else host
    plain = f"{parts.scheme}://{address}{parts.path}".rstrip("/")
    return _host_fault(parts, host, plain) or _odd(origin, plain) or _path_fault(parts.path, plain)


def _host_fault(parts: SplitResult, host: str, plain: str) -> str:
    if "@" in parts.netloc:
        return "holds the name of a user"
    if not host:
        return "names no host"
    if ":" in host:
        return "has an IPv6 address where the name of a host is needed"
    if not _HOST.fullmatch(host):
        return "has a host with other signs than a-z, 0-9, '-' and '.'"
    if parts.netloc != parts.netloc.lower():
        return f"has capitals in its host; did you mean {quoted(plain, LONGEST_ORIGIN)}?"
    return ""


def _path_fault(path: str, plain: str) -> str:
    if not _FOLDER.fullmatch(path):
        odd = _ODD_SIGN.search(path)
        what = (
            f"{quoted(odd[0])} in its path"
            if odd
            else "a folder whose name is empty or begins with '.'"
        )
        return f"has {what}, where names of a-z, A-Z, 0-9, '_', '~', '-' and '.' are taken"
    if path.endswith(_ENDINGS):
        folder = plain.rpartition("/")[0]
        return f"names a file; did you mean its folder, {quoted(folder, LONGEST_ORIGIN)}?"
    return ""


def _odd(origin: str, plain: str) -> str:
    """Refuse what `urlsplit` reads away: a query, a fragment, a port such as 080."""
    if origin == plain:
        return ""
    return f"holds more than a folder's address; did you mean {quoted(plain, LONGEST_ORIGIN)}?"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def manifest(origin: str) -> str:
    """Return the manifest of the add-in at an origin that was read."""
    template = files(__package__).joinpath("manifest.xml").read_text(encoding="utf-8")
    facts = {"origin": origin, "identifier": IDENTIFIER, "version": f"{xl_pricing.__version__}.0"}
    for name, value in facts.items():
        template = template.replace(f"{{{name}}}", escape(value))
    return template
