"""How the command line talks: answers drawn or as JSON, every mistake in one sentence, status 2.

A command's function takes text and returns its answer, a frozen dataclass or a list of them; the
names of the fields are the names in the JSON document.
"""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from io import TextIOWrapper
from typing import Any, TypeVar

import click

from xl_pricing.cli.answers import to_json, within_terminal
from xl_pricing.cli.completion import Completed, completed
from xl_pricing.cli.order import swapped
from xl_pricing.cli.refusals import give_up, refuse
from xl_pricing.errors import InvalidValueError, NotAcceptedError, XlPricingError
from xl_pricing.functions.catalogue import ARGUMENTS, FUNCTIONS, TABLES
from xl_pricing.functions.values import Typed, is_number
from xl_pricing.rates.refresh.store import user_store
from xl_pricing.words import unknown

Given = str | None
"""What the command line was given for an argument; the functions read it as they read a cell."""

# What is so in some cell functions only: "If omitted in IMGSIZE, high. (IMGRATE needs one)".
_ELSEWHERE = re.compile(
    r" If omitted in IMGEXPLAIN, [^.]*\.| in IMG[A-Z]+(?=,)| \([^)]*IMG[A-Z]+[^)]*\)"
)
_OMITTED = re.compile(r" ?If omitted, [^.]*(?:\.\d[^.]*)*\.")

_FILES = frozenset(
    {
        "path",
        "pyodide",
        "campaign",
        "actuals",
        "sources",
        "files",
        "plan_file",
        "csv_file",
        "html_file",
        "png_file",
    }
)
"""Arguments that name files."""
_LOST = re.compile("[\udc80-\udcff]")
"""Bytes of a word that the code page in use has no letters for."""

_Answer = TypeVar("_Answer")
_Function = TypeVar("_Function", bound=Callable[..., object])


class Group(click.Group):
    """A group of commands, which shows its help where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take nothing at all for a question."""
        return super().parse_args(ctx, args or ["--help"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one is nearest."""
        known = self.list_commands(ctx)
        if not ctx.resilient_parsing and args[0] not in known and not args[0].startswith("-"):
            raise InvalidValueError(unknown("command", args[0], known))
        return super().resolve_command(ctx, args)


class Main(Group):
    """The whole command line."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run and exit; every error becomes one sentence and its exit status, mostly 2."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")  # a console may lack a letter
        given = args[0] if args else extra.pop("args", None)
        words = [*map(_in_letters, sys.argv[1:] if given is None else given)]
        as_json = "--json" in words
        try:
            super().main(words, *args[1:], **{**extra, "standalone_mode": False})
            sys.stdout.flush()
        except (click.Abort, KeyboardInterrupt):
            sys.exit(128 + signal.SIGINT)
        except (click.ClickException, XlPricingError, OverflowError) as error:
            refuse(error, as_json=as_json)
        except OSError as error:
            give_up(error)
        sys.exit(0)


def _in_letters(word: str) -> str:
    """Return a word in UTF-8 that came in a code page without its letters, as under LC_ALL=C."""
    with suppress(UnicodeError):
        return os.fsencode(word).decode() if _LOST.search(word) else word
    return word


def _as_file(name: str) -> str:
    """Return the name of a file as this system wants it, where its code page lacks a letter."""
    try:
        os.fsencode(name)
    except UnicodeError:
        with suppress(UnicodeError):
            return os.fsdecode(name.encode())
    return name


class Subcommand(click.Command):
    """A command that takes negative numbers as arguments, and describes its arguments."""

    instead: Mapping[str, click.Command] = {}
    """Commands that run in place of this one where an option asks for them."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's own signature
    ) -> click.Context:
        """Hand over to the command that an option asks for."""
        for flag, other in self.instead.items():
            if flag in args:
                rest = [arg for arg in args if arg != flag]
                return other.make_context(info_name, rest, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

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
        self,
        names: Sequence[str],
        said: str,
        *,
        required: bool,
        forms: str | None = None,
        shell_complete: Completed | None = None,
    ) -> None:
        """Keep what there is to say of it."""
        super().__init__(
            names,
            required=required,
            metavar=forms,
            nargs=-1 if forms else 1,
            shell_complete=shell_complete,
        )
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
            try:
                answered = answer(**{name: _typed(value, name) for name, value in given.items()})
            except XlPricingError:
                if told := swapped(_in_order(click.get_current_context().command, given)):
                    raise InvalidValueError(told) from None
                raise
            warning = user_store().warning()
            document = to_json(answered, warning)
            if warning:
                click.echo(f"xl-pricing: warning: {warning}", err=True)
            click.echo(document if as_json else within_terminal(draw(answered)))
            if complaint := complain(answered):
                raise NotAcceptedError(complaint)

        return subcommand(example)(takes_json(run))

    return declare


def subcommand(example: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command that prints for itself."""
    return click.command(cls=Subcommand, epilog=f"\b\nExample: {example}")


def _in_order(called: click.Command, given: Mapping[str, object]) -> dict[str, str]:
    """Return the arguments that were typed without a name, by their names."""
    taken = {p.name: p for p in called.params if isinstance(p, Argument) and p.name}
    words: dict[str, str] = {}
    for name, param in taken.items():
        value = given[name]
        if isinstance(value, tuple):
            names = [form.lower().split() for form in (param.metavar or "").split(" | ")]
            fitting = next((form for form in names if len(form) == len(value)), [])
            words |= dict(zip(fitting, value, strict=False))
        elif isinstance(value, str):
            words[name] = value
    return words


def _typed(given: object, name: str) -> object:
    """Mark words as typed: 1,125 is 1.125 to half of the world, so that figure is refused."""
    if isinstance(given, tuple):
        return tuple(_typed(each, name) for each in given)
    if isinstance(given, str):
        return _as_file(given) if name in _FILES else Typed(given)
    return given


def argument(
    name: str, said: str | None = None, *, required: bool = True
) -> Callable[[_Function], _Function]:
    """Take an argument, with the words of the cell functions where it has none of its own."""
    said = said or _said(name, required=required)
    values = completed(name)
    return click.argument(name, cls=Argument, said=said, required=required, shell_complete=values)


def option(
    name: str, said: str | None = None, *, required: bool = False, flag: str = ""
) -> Callable[[_Function], _Function]:
    """Take an option, with the words of the cell functions where it has none of its own.

    A ``flag`` is given where it is not the name: a word of Python, such as ``--from``.
    """
    flag, help_ = flag or f"--{name.replace('_', '-')}", said or _said(name, required=required)
    values = completed(name)
    return click.option(
        flag, name, metavar=name.upper(), required=required, help=help_, shell_complete=values
    )


def _said(name: str, *, required: bool) -> str:
    """Return the words of the cell functions, without what goes for other functions."""
    text = _ELSEWHERE.sub("", ARGUMENTS[name])
    return _OMITTED.sub("", text).strip() if required else text


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


def takes_what(function: str, **said: str) -> Callable[[_Function], _Function]:
    """Take what a cell function takes, but for its tables; ``said`` is of those that differ."""
    taken = [each for each in FUNCTIONS[function].arguments if each.name not in TABLES]

    def decorate(answer: _Function) -> _Function:
        for each in reversed(taken):
            take = option if each.optional else argument
            answer = take(each.name, said.get(each.name))(answer)
        return answer

    return decorate
