"""The name by which VBA calls the macros of `xl_pricing.hosts.excel`."""

from xl_pricing.hosts.excel.macros import new_worksheet, refresh_rates

__all__ = ["new_worksheet", "refresh_rates"]
