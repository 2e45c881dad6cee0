"""The manifest, by which Excel finds the add-in's page, and the origin that stands in it."""

import re
from html import escape
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import urlsplit

import xl_pricing
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

IDENTIFIER = "0a8ff6a5-5f4e-4d0e-9a53-6f2c2b6f4c11"
"""By which Excel knows the add-in again, in every version."""
LONGEST_ORIGIN = 200
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_FOLDER = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def read_origin(text: str, *, loopback: bool = False) -> str:
    """Return where the folder will stand: ``https://host``, a port and folders where wanted.

    ``loopback`` takes http on this machine. Raises `InvalidValueError` for anything else.
    """
    origin = text.strip().removesuffix("/")
    if len(origin) <= LONGEST_ORIGIN and _is_accepted(origin, loopback=loopback):
        return origin
    raise InvalidValueError(
        f"origin {quoted(text)} is no place for the folder; accepted: an address such as "
        "https://addins.example.com/image-pricing"
    )


def _is_accepted(origin: str, *, loopback: bool) -> bool:
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    address = f"{host}:{port}" if port is not None else host
    return (
        origin == f"{parts.scheme}://{address}{parts.path}"  # no user, query or fragment
        and (
            parts.scheme == "https" or (loopback and parts.scheme == "http" and _is_loopback(host))
        )
        and _HOST.fullmatch(host) is not None
        and _FOLDER.fullmatch(parts.path) is not None
    )


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
