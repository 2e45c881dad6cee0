"""The wheel of what a price needs, made from the installed package: pure Python, no dependency."""

import io
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.resources import files

import xl_pricing
from xl_pricing.hosts.core_files import core_files

_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file knows, so that every run gives the same bytes."""
_TAG = "py3-none-any"


def wheel(*modules: str) -> tuple[str, bytes]:
    """Return name and content, with these modules beside the core: ``hosts/lite.py``.

    The name changes with the content, so that no cache is stale.
    """
    parts = dict(core_files())
    package = files("xl_pricing")
    parts |= {f"xl_pricing/{name}": package.joinpath(name).read_bytes() for name in modules}
    about = f"xl_pricing-{xl_pricing.__version__}.dist-info"
    parts[f"{about}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: xl-pricing\nVersion: {xl_pricing.__version__}\n"
    ).encode()
    parts[f"{about}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: xl-pricing\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    ).encode()
    record = f"{about}/RECORD"
    parts[record] = "".join([*map(_recorded, parts, parts.values()), f"{record},,\n"]).encode()
    content = _zipped(parts)
    build = f"1_{sha256(content).hexdigest()[:12]}"
    return f"xl_pricing-{xl_pricing.__version__}-{build}-{_TAG}.whl", content


def _recorded(name: str, content: bytes) -> str:
    digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def _zipped(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), content, zipfile.ZIP_DEFLATED, 9)
    return data.getvalue()
