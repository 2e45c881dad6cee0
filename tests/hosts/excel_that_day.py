"""`xl_pricing.excel` on the day of the cases: the module that `xlwings_com` is given."""

from importlib import import_module

from that_day import stop_the_clock


def _put(path: str, value: object) -> None:
    module, _, name = path.rpartition(".")
    setattr(import_module(module), name, value)


stop_the_clock(_put)
globals().update(vars(import_module("xl_pricing.excel")))
