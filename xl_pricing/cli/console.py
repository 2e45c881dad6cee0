"""How the command line talks: answers drawn or as JSON, every mistake in one sentence, status 2.

A command's function takes text and returns its answer, a frozen dataclass or a list of them; the
names of the fields are the names in the JSON document.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from io import TextIOWrapper
from types import MappingProxyType
from typing import Any, TypeVar

import click

from xl_pricing.errors import NotAcceptedError, XlPricingError
from xl_pricing.functions.catalogue import ARGUMENTS, FUNCTIONS, TABLES
from xl_pricing.functions.values import is_number
from xl_pricing.rates.refresh.store import user_store

Given = str | None
"""What the command line was given for an argument; the functions read it as they read a cell."""

SPREAD = MappingProxyType({"spread": True})
"""Marks a field whose own fields stand in its place: ``evidence`` as source, checked, basis."""

_Answer = TypeVar("_Answer")
_Function = TypeVar("_Function", bound=Callable[..., object])


def facts(record: object) -> dict[str, object]:
    """Return what a record (a dataclass, a named tuple, a mapping) holds by its names in JSON."""
    if isinstance(record, Mapping):
        return {**record}
    if isinstance(record, tuple) and hasattr(record, "_asdict"):
        return {**record._asdict()}
    if not is_dataclass(record):
        raise TypeError(f"{record!r} has no place in an answer")
    held: dict[str, object] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        held |= facts(value) if "spread" in field.metadata else {field.name: value}
    return held


def to_json(answer: object) -> str:
    """Write an answer as JSON: exact numbers as floats, days in ISO, what is not known as null."""
    return json.dumps(_plain(answer), indent=2)


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [*map(_plain, value)]
    return {name: _plain(part) for name, part in facts(value).items()}


class Group(click.Group):
    """A group of commands, which shows its help where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take nothing at all for a question."""
        return super().parse_args(ctx, args or ["--help"])


class Main(Group):
    """The whole command line."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run and exit; every error becomes one sentence and its exit status, mostly 2."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a Windows console may lack a letter
        try:
            super().main(*args, **{**extra, "standalone_mode": False})
        except click.Abort:
            sys.exit(130)
        except click.ClickException as error:
            _fail(_sentence(error))
        except XlPricingError as error:
            _fail(str(error), error.exit_status)
        except OverflowError:
            _fail("the answer is over 1e308; accepted: smaller numbers")
        sys.exit(0)


def _sentence(error: click.ClickException) -> str:
    """Say a mistake in the call itself in one sentence, with what the command accepts."""
    said = " ".join((error.message or error.format_message()).split()).rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; accepted: {_accepted(ctx)}" if ctx else said


def _accepted(ctx: click.Context) -> str:
    if isinstance(ctx.command, click.Group):
        return ", ".join(ctx.command.list_commands(ctx))
    params = sorted(ctx.command.params, key=lambda param: param.param_type_name)
    return " ".join(p.opts[0] if p.opts[0] != p.name else p.human_readable_name for p in params)


def _fail(sentence: str, status: int = 2) -> None:
    click.echo(f"xl-pricing: {sentence}", err=True)
    sys.exit(status)


class Subcommand(click.Command):
    """A command that takes negative numbers as arguments, and describes its arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take -5 for a number, so that the function can say what it accepts instead."""
        ctx.ignore_unknown_options = any(arg[:1] == "-" and is_number(arg) for arg in args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Describe the arguments above the options."""
        arguments = [param for param in self.params if isinstance(param, Argument)]
        described = [(param.human_readable_name, param.said) for param in arguments]
        if described:
            with formatter.section("Arguments"):
                formatter.write_dl(described)
        super().format_options(ctx, formatter)


class Argument(click.Argument):
    """An argument that says what it is, as options do; with ``forms``, one or more words."""

    def __init__(
        self, names: Sequence[str], said: str, *, required: bool, forms: str | None = None
    ) -> None:
        """Keep what there is to say of it."""
        super().__init__(names, required=required, metavar=forms, nargs=-1 if forms else 1)
        self.said = said


takes_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def command(
    example: str,
    draw: Callable[[_Answer], str],
    complain: Callable[[_Answer], str] = lambda _answer: "",
) -> Callable[[Callable[..., _Answer]], click.Command]:
    """Make a command that prints the answer of its function, drawn or as JSON.

    What ``complain`` says of the answer follows on standard error, with status 1. Before all comes
    a warning where the user's rate card had to be set aside.
    """

    def declare(answer: Callable[..., _Answer]) -> click.Command:
        @wraps(answer)
        def run(*, as_json: bool, **given: object) -> None:
            answered = answer(**given)
            document = to_json(answered)
            if warning := user_store().warning():
                click.echo(f"xl-pricing: warning: {warning}", err=True)
            click.echo(document if as_json else draw(answered))
            if complaint := complain(answered):
                raise NotAcceptedError(complaint)

        return subcommand(example)(takes_json(run))

    return declare


def subcommand(example: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command that prints for itself."""
    return click.command(cls=Subcommand, epilog=f"\b\nExample: {example}")


def argument(
    name: str, said: str | None = None, *, required: bool = True
) -> Callable[[_Function], _Function]:
    """Take an argument, with the words of the cell functions where it has none of its own."""
    return click.argument(name, cls=Argument, said=said or ARGUMENTS[name], required=required)


def option(
    name: str, said: str | None = None, *, required: bool = False
) -> Callable[[_Function], _Function]:
    """Take an option, with the words of the cell functions where it has none of its own."""
    flag, help_ = f"--{name.replace('_', '-')}", said or ARGUMENTS[name]
    return click.option(flag, name, metavar=name.upper(), required=required, help=help_)


def takes(
    arguments: Iterable[str] = (), options: Iterable[str] = ()
) -> Callable[[_Function], _Function]:
    """Take arguments and options of the cell functions."""

    def decorate(answer: _Function) -> _Function:
        for name in reversed([*options]):
            answer = option(name)(answer)
        for name in reversed([*arguments]):
            answer = argument(name)(answer)
        return answer

    return decorate


def takes_what(function: str) -> Callable[[_Function], _Function]:
    """Take what a cell function takes, but for its tables."""
    taken = [each for each in FUNCTIONS[function].arguments if each.name not in TABLES]
    return takes(
        [each.name for each in taken if not each.optional],
        [each.name for each in taken if each.optional],
    )
