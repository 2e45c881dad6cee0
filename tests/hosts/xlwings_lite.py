"""xlwings Lite without Excel: `main.py`, run as there, its functions called as Excel calls them.

Open is xlwings' package of converters, and that is what runs here. What Lite puts around it, which
is not, is stand-ins written from what its documentation says and from what it was seen to do:

- every argument is a matrix, also one cell; what was left out is null;
- a blank cell is "" or null; an error is an object with the name in `basicValue`;
- a row comes flat, a single cell by itself, and a null as ``None``;
- the names of seven errors go out as error objects, from CustomFunctionsRuntime 1.4 on.

It runs as a script, in a process of its own, for xlwings' decorators do nothing on this system:

    stdin   {"main": "from ... import *", "runtime": "1.4",
             "calls": [["IMGCOST", [[["4:5"]], [["high"]], null]]]}
    stdout  {"results": [[[0.18357]]], "functions": {"IMGCOST": {"doc": "...", "args": [...]}}}
"""

import asyncio
import inspect
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import xlwings
from xlwings import conversion

Rows = list[list[Any]]
_ENGINE = "officejs"
ERRORS = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}


def run(main: str, calls: Sequence[tuple[str, list[Any]]], runtime: str = "1.4") -> dict[str, Any]:
    """Make calls of what a `main.py` offers, in a process that can import what we can."""
    from hosts.programs import run_apart

    return run_apart(__file__, {"main": main, "runtime": runtime, "calls": calls}, os.environ)


class _Engine:
    """What the converters ask of Excel: how a cell's value comes in, and how one goes out."""

    name, type = _ENGINE, "remote"

    @staticmethod
    def clean_value_data(
        rows: Rows, _dates: object, empty: object, _numbers: object, err_to_str: bool
    ) -> Rows:
        """Return cells as Python has them; without ``err_to_str`` an error is blank."""

        def cell(value: Any) -> Any:
            if isinstance(value, dict) and value["type"] == "Error":
                return value["basicValue"] if err_to_str else None
            if isinstance(value, dict):
                return value["basicValue"]
            return empty if value in ("", None) else value

        return [list(map(cell, row)) for row in rows]

    @staticmethod
    def prepare_xl_data_element(value: object, options: dict[str, Any]) -> object:
        """Return what Excel is given for a value."""
        if value is None:
            return ""
        if isinstance(value, str) and value in ERRORS and options["runtime"] >= "1.4":
            return {"type": "Error", "errorType": ERRORS[value]}
        return value


def _function(**about: Any) -> Callable[..., Any]:
    """Mark a function for Lite, which looks for the mark in `main.py`."""

    def mark(call: Any) -> Any:
        _told(call)["about"] = about
        return call

    return mark


def _argument(name: str, **options: Any) -> Callable[..., Any]:
    def mark(call: Any) -> Any:
        _told(call)["arguments"][name] |= options
        return call

    return mark


def _answer(**options: Any) -> Callable[..., Any]:
    def mark(call: Any) -> Any:
        _told(call)["answer"] |= options
        return call

    return mark


def _told(call: Any) -> dict[str, Any]:
    if not hasattr(call, "told"):
        names = inspect.signature(call).parameters
        call.told = {"arguments": {name: {} for name in names}, "answer": {}}
    told: dict[str, Any] = call.told
    return told


def _cell(argument: Any) -> Any:
    """Return what Lite makes of a matrix before the converters see it: rows and cells come bare."""
    if isinstance(argument, list) and len(argument) == 1:
        return _cell(argument[0])
    return argument


async def _call(function: Any, arguments: list[Any], runtime: str) -> Any:
    arguments = list(map(_cell, arguments))
    given = [
        conversion.read(None, value, dict(options), engine_name=_ENGINE)
        if value is not None
        else None
        for value, options in zip(arguments, function.told["arguments"].values(), strict=False)
    ]
    options = {**function.told["answer"], "runtime": runtime, "date_format": None}
    return await conversion.async_write(function(*given), None, options, engine_name=_ENGINE)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run `main.py` and make the calls of a request."""
    xlwings.func, xlwings.arg, xlwings.ret = _function, _argument, _answer
    xlwings.engines.add(xlwings.Engine(impl=_Engine()))
    main: dict[str, Any] = {"__name__": "main"}
    exec(compile(request["main"], "main.py", "exec"), main)  # noqa: S102 - as Lite does
    functions = {name: made for name, made in main.items() if hasattr(made, "told")}
    calls = [(functions[name], arguments) for name, arguments in request["calls"]]
    return {
        "results": [asyncio.run(_call(*call, request["runtime"])) for call in calls],
        "functions": {name: _shown(made) for name, made in functions.items()},
    }


def _shown(function: Any) -> dict[str, Any]:
    """Return what Excel shows of a function."""
    parameters = inspect.signature(function).parameters
    return {
        "doc": function.__doc__,
        "args": [
            {
                "name": name,
                "doc": function.told["arguments"][name]["doc"],
                "optional": parameter.default is None,
            }
            for name, parameter in parameters.items()
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin))))
