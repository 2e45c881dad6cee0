"""The name by which VBA calls the macros of `xl_pricing.hosts.excel`."""

from xl_pricing.hosts.excel.macros import new_worksheet, refresh_rates
from xl_pricing.hosts.excel.selftest.refresh import refresh_in_selftest

__all__ = ["new_worksheet", "refresh_in_selftest", "refresh_rates"]
