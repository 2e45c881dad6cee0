"""A declaration as xlwings reads one: a Python function with its name, help and arguments."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature
from typing import Any

from xl_pricing.functions.catalogue import CellFunction

_KIND = Parameter.POSITIONAL_OR_KEYWORD


def registered(
    function: CellFunction,
    call: Callable[..., Any],
    names: Sequence[str],
    arguments: Mapping[str, Any],
    answers: Mapping[str, Any],
    **about: str,
) -> Callable[..., Any]:
    """Register a call without type hints, which xlwings would run.

    ``names`` are those of its arguments; how xlwings brings ``arguments`` and takes ``answers``
    are options of its converters.
    """
    import xlwings  # noqa: PLC0415 - slow, and doctor must run where it is broken

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.doc
    call.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, _KIND, default=None if each.optional else Parameter.empty)
            for name, each in zip(names, function.arguments, strict=True)
        ]
    )
    for name, each in zip(names, function.arguments, strict=True):
        call = xlwings.arg(name, **arguments, doc=each.doc)(call)
    made: Callable[..., Any] = xlwings.func(**about)(xlwings.ret(**answers)(call))
    return made
