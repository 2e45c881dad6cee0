"""xlwings' own Windows pipeline without Windows: what Excel would be handed.

On Windows a cell function goes from Excel through VBA and COM to `XLPython.CallUDF`. Here that
method and all below it are xlwings' code; only pywin32, the layer underneath, is stand-ins. xlwings
chooses its platform while it is imported, so this runs as a script, in a process of its own:

    stdin   {"module": "xl_pricing.excel", "vba": true,
             "calls": [{"function": "IMGCOST", "args": ["1024x1536", "high"]}]}
    stdout  {"results": [0.165], "vba": "Function IMGCOST(...", "functions": {"IMGCOST":
             {"doc": "...", "args": [{"name": "size", "doc": "...", "optional": false}]}}}

A number is a double and a list a tuple, as Excel sends them. What JSON cannot say is written
{"decimal": "0.0412"} for a currency cell, {"datetime": "2026-05-01T00:00:00"}, {"error": 2042} for
the CVErr of that code, {"missing": true} for an argument left out, and {"range": [[...]]} for a
Range object, as xlwings' own VBA passes it, where a bare list is the Value2 of one. A call that
fails has the result {"raised": "Type: message"}.
"""

import asyncio
import contextlib
import ctypes
import importlib
import io
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

_MISSING_ARGUMENT = -2147352572
_CVERR_0 = -2146828288
_RANGE_INTERFACE = "{00020846-0000-0000-C000-000000000046}"
_NOT_NEEDED = ("numpy", "pandas", "polars", "PIL")
_ASK_FOR_THE_PLATFORM = (asyncio, tempfile, uuid)
"""Modules that xlwings imports and that, like it, look at `sys.platform` only once: they must have
been loaded under the true one."""


def run(module: str, calls: list[dict[str, Any]], *, vba: bool = False) -> dict[str, Any]:
    """Make `calls` of the functions of `module`, in a host that can import what we can."""
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("XLWINGS")}
    from hosts.programs import run_apart

    return run_apart(__file__, {"module": module, "calls": calls, "vba": vba}, environment)


class _Time(datetime):
    """The date type of pywin32."""


class _Range:
    """The cells of one area, both as pywin32 delivers them and as its `Dispatch` wraps them."""

    Row = Column = 1
    Worksheet = SimpleNamespace(Parent=SimpleNamespace(Application=SimpleNamespace(Hwnd=0)))

    def __init__(self, rows: tuple[tuple[object, ...], ...]) -> None:
        self.Value = rows if (len(rows), len(rows[0])) != (1, 1) else rows[0][0]
        self.Rows = SimpleNamespace(Count=len(rows))
        self.Columns = SimpleNamespace(Count=len(rows[0]))
        self._oleobj_ = self

    @staticmethod
    def GetTypeInfo() -> SimpleNamespace:
        """Say what xlwings asks of any COM object: the name and the id of its interface."""
        return SimpleNamespace(
            GetDocumentation=lambda _member: ("Range", None, 0, None),
            GetTypeAttr=lambda: SimpleNamespace(iid=_RANGE_INTERFACE),
        )


# What xlwings touches of pywin32 while it is imported and while it calls. The `unwrap` of
# `win32com.server.util` is left out: it fails here as it does on all that Excel sends.
_PYWIN32: dict[str, dict[str, object]] = {
    "pythoncom": {
        "__file__": "pythoncom.dll",
        "CoInitialize": lambda: None,
        "IID_IDispatch": "IDispatch",
        "TypeIIDs": {"IDispatch": _Range},
    },
    "pywintypes": {"IID": str, "TimeType": _Time},
    "win32api": {},
    "win32con": {},
    "win32event": {},
    "win32gui": {},
    "win32process": {"GetWindowThreadProcessId": lambda _window: (1, 1)},
    "win32timezone": {"TimeZoneInfo": SimpleNamespace(utc=lambda: UTC)},
    "win32com": {},
    "win32com.client": {
        "CDispatch": type("CDispatch", (), {}),
        "Dispatch": lambda wrapped, **_names: wrapped,
        "DispatchBaseClass": type("DispatchBaseClass", (), {}),
        "DispatchEx": None,
    },
    "win32com.server": {},
    "win32com.server.dispatcher": {},
    "win32com.server.exception": {},
    "win32com.server.policy": {},
    "win32com.server.util": {},
}


def _install_stand_ins() -> None:
    for name, contents in _PYWIN32.items():
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(contents)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


def _import_xlwings() -> None:
    """Import xlwings as on Windows, and as on a machine with nothing but xlwings installed."""
    _install_stand_ins()
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]
    libraries = {name: MagicMock() for name in ("windll", "oledll", "PyDLL")}
    with patch.object(sys, "platform", "win32"), patch.multiple(ctypes, create=True, **libraries):
        importlib.import_module("xlwings")
        importlib.import_module("xlwings._xlwindows")  # fails aloud where xlwings goes on without
    for name in _NOT_NEEDED:
        del sys.modules[name]


def _refuse_network(event: str, _details: object) -> None:
    if event in {"socket.connect", "socket.getaddrinfo"}:
        message = "a cell function must not use the network"
        raise PermissionError(message)


def _decode(value: object) -> object:
    """Turn an argument of the request into what pywin32 makes of Excel's."""
    if isinstance(value, dict):
        ((kind, content),) = value.items()
        return _SPECIAL[kind](content)
    if isinstance(value, list):
        return _decode_row(value)
    return float(value) if type(value) is int else value


def _decode_row(values: list[object]) -> tuple[object, ...]:
    return tuple(map(_decode, values))


_SPECIAL: dict[str, Callable[[Any], object]] = {
    "decimal": Decimal,
    "datetime": lambda text: _Time.fromisoformat(text).replace(tzinfo=UTC),
    "error": lambda code: _CVERR_0 + code,
    "missing": lambda _true: _MISSING_ARGUMENT,
    "range": lambda rows: _Range(tuple(map(_decode_row, rows))),
}


def _encode(value: object) -> object:
    """Turn what pywin32 would hand to Excel into JSON; refuse what pywin32 refuses."""
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    message = f"Objects of type '{type(value).__name__}' can not be converted to a COM VARIANT"
    raise TypeError(message)


def _call(call_udf: Callable[..., object], module: str, call: dict[str, Any]) -> object:
    try:
        return _encode(call_udf(module, call["function"], _decode_row(call["args"])))
    except Exception as error:  # noqa: BLE001  whatever it is, Excel's user meets it as text
        return {"raised": f"{type(error).__name__}: {error}"}


def _vba(module: ModuleType) -> str:
    source = io.StringIO()
    workbook = SimpleNamespace(Name="Book1.xlsm")
    udfs = importlib.import_module("xlwings.udfs")
    udfs.generate_vba_wrapper(module.__name__, module, source, workbook)
    return source.getvalue()


def _functions(module: ModuleType) -> dict[str, object]:
    entries = [getattr(module, name) for name in dir(module)]  # as xlwings itself looks them up
    declared = [entry.__xlfunc__ for entry in entries if hasattr(entry, "__xlfunc__")]
    return {
        function["name"]: {
            "doc": function["ret"]["doc"],
            "args": [
                {"name": arg["name"], "doc": arg["doc"], "optional": "optional" in arg}
                for arg in function["args"]
            ],
        }
        for function in declared
    }


def answer(request: dict[str, Any]) -> dict[str, object]:
    """Make the calls of a request, in a process where xlwings is not imported yet."""
    _import_xlwings()
    sys.addaudithook(_refuse_network)
    module = importlib.import_module(request["module"])
    call_udf = importlib.import_module("xlwings.com_server").XLPython().CallUDF
    return {
        "results": [_call(call_udf, module.__name__, call) for call in request["calls"]],
        "vba": _vba(module) if request["vba"] else None,
        "functions": _functions(module),
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # a stray print must not spoil the answer
        document = json.dumps(answer(json.load(sys.stdin)))
    sys.stdout.write(document)
