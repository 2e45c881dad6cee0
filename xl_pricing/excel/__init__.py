"""The name by which VBA and people's workbooks call `xl_pricing.hosts.excel`."""

from typing import Any

from xl_pricing.hosts import excel


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Answer with the module's own."""
    return getattr(excel, name)


def __dir__() -> list[str]:
    """List the functions: xlwings finds them here."""
    return dir(excel)
