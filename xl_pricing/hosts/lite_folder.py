"""The files for xlwings Lite: `main.py`, `requirements.txt`, and the wheel that it names."""

import re
from pathlib import Path

import xl_pricing
from xl_pricing.errors import XlPricingError
from xl_pricing.files import read_bounded
from xl_pricing.hosts.other_files import others
from xl_pricing.hosts.wheel import wheel

MAIN = "from xl_pricing.hosts.lite import *\n"
_MODULES = ("hosts/__init__.py", "hosts/lite.py", "hosts/registered.py")
_WHEEL = re.compile(r"xl_pricing-[\w.]+-[\w-]+\.whl")
_REQUIREMENT = re.compile(rf"(xl-pricing==|https://\S*/{_WHEEL.pattern})[\w.]*\n")
_MOST_BYTES = 16 * 1024 * 1024


def lite_parts(origin: str | None) -> dict[str, bytes]:
    """Return every file by its name.

    Without an origin Lite asks its package index for this release; with one, it takes the wheel
    from there, which is then a file too.
    """
    name, content = wheel(*_MODULES)
    wanted = f"{origin}/{name}" if origin else f"xl-pricing=={xl_pricing.__version__}"
    texts = {"main.py": MAIN.encode(), "requirements.txt": f"{wanted}\n".encode()}
    return texts | ({name: content} if origin else {})


def lite_foreign_file(folder: Path) -> str | None:
    """Return the name of a file that was not written with the folder; `None` where all were."""
    return next((name for name in others(folder) if not _is_ours(folder, name)), None)


def _is_ours(folder: Path, name: str) -> bool:
    """Tell our files from a person's, who may have added lines."""
    try:
        data = read_bounded(folder / name, _MOST_BYTES)
    except (OSError, XlPricingError):
        return False
    if name == "requirements.txt":
        return _REQUIREMENT.fullmatch(data.decode("latin-1")) is not None
    is_main = (name, data) == ("main.py", MAIN.encode())
    return is_main or _WHEEL.fullmatch(name) is not None
