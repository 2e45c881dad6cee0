"""`xl_pricing.excel` on the day of the cases: the module that `xlwings_com` is given."""

from importlib import import_module

from that_day import put, stop_the_clock

stop_the_clock(put)
globals().update(vars(import_module("xl_pricing.excel")))
