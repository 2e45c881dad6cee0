"""The name by which VBA and people's workbooks call `xl_pricing.hosts.excel`."""

from types import ModuleType
from typing import Any

from xl_pricing.hosts import excel


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Answer with the module's own, but for modules, which are here by other names."""
    found = getattr(excel, name)
    if isinstance(found, ModuleType):
        raise AttributeError(  # noqa: TRY004 - as a module does that has no such name
            f"module {__name__!r} has no attribute {name!r}"
        )
    return found


def __dir__() -> list[str]:
    """List the functions: xlwings finds them here."""
    return [name for name in dir(excel) if not isinstance(vars(excel).get(name), ModuleType)]
