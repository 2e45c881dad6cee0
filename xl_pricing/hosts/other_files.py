"""Files in a folder that we wrote which are not ours: those of systems and web servers stay."""

from collections.abc import Iterator
from pathlib import Path

_STAYING = frozenset(
    (
        *("thumbs.db", "desktop.ini"),
        *("web.config", "staticwebapp.config.json", "cname", "_headers", "_redirects"),
    )
)
"""Names, in lower case, that Windows and web servers give; other systems' begin with a dot."""


def staying(folder: Path) -> list[str]:
    """Return the names of what stays when the folder is written anew, such as ``.htaccess``."""
    return [name for name in _names(folder) if _stays(Path(name))]


def others(folder: Path) -> list[str]:
    """Return the names of all other files, in order."""
    return [name for name in _names(folder) if not _stays(Path(name))]


def _names(folder: Path, before: str = "") -> Iterator[str]:
    """Yield files, and whole folders that stay: one such as ``.git`` is nothing without them."""
    for each in sorted(folder.iterdir()):
        name = f"{before}{each.name}"
        if each.is_dir() and not each.is_symlink() and not _stays(each):
            yield from _names(each, f"{name}/")
        else:
            yield name


def _stays(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _STAYING
