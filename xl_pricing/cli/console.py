"""How the command line talks: tables, figures, and every mistake in one sentence with status 2."""

import json
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import wraps
from io import TextIOWrapper
from typing import Any, TypeVar

import click
from tabulate import tabulate

from xl_pricing.errors import NotAcceptedError, XlPricingError
from xl_pricing.functions.catalogue import ARGUMENTS, FUNCTIONS, TABLES
from xl_pricing.functions.values import is_number
from xl_pricing.rates.refresh.store import user_store

DOCS = {
    **ARGUMENTS,
    "path": "Workbook to write, a name in .xlsx.",
    "lang": "en or zh-CN. If omitted, en.",
    "pack_usd": "What a prepaid pack costs in USD.",
    "pack_credits": "How many credits a prepaid pack holds.",
    "drafts": "Drafts for each final. If omitted, 3.",
    "draft_size": "Size or ratio of a draft. If omitted, that of the final.",
    "draft_quality": "Quality of a draft. If omitted, low.",
    "finish_retries": "Full-quality generations per final after the drafts. If omitted, 1.1.",
    "campaign": "CSV file with the lines of a campaign, up to 5,000.",
    "actuals": "CSV file with what was generated and billed, up to 5,000 rows.",
    "number": "A card's number, as history lists it; 0 is the bundled one.",
    "old": "A card's number, as history lists it. If omitted, the one before NEW.",
    "new": "A card's number. If omitted, the one in force.",
}
FRACTIONS = {"buffer", "confidence"}

_WIDEST_COLUMN = 44

Given = Any
"""Text from the command line, or ``None``; the functions read it as they read a cell."""
Document = Any
"""A mapping of JSON names to values, or a list of such rows."""

CommandFunction = TypeVar("CommandFunction", bound=Callable[..., Document])


class Main(click.Group):
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


class Subcommand(click.Command):
    """A command that takes negative numbers as arguments, and describes its arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take -5 for a number, so that the function can say what it accepts instead."""
        ctx.ignore_unknown_options = any(arg[:1] == "-" and is_number(arg) for arg in args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Describe the arguments above the options."""
        names = [str(param.name) for param in self.params if isinstance(param, click.Argument)]
        if names:
            with formatter.section("Arguments"):
                formatter.write_dl([(name.upper(), DOCS[name]) for name in names])
        super().format_options(ctx, formatter)


def draw_table(document: Document) -> str:
    """Draw rows, or the only one, under the names of the first; figures stand to the right."""
    rows = document if isinstance(document, list) else [document]
    figures = {name for row in rows for name, v in row.items() if isinstance(v, int | float)}
    return tabulate(
        [[show_figure(name, row.get(name)) for name in rows[0]] for row in rows],
        headers=list(map(heading, rows[0])),
        colalign=["right" if name in figures else "left" for name in rows[0]],
        maxcolwidths=_WIDEST_COLUMN,
        disable_numparse=True,
    )


def show_figure(name: str, value: str | float | None) -> str:
    """Write a value; a buffer or confidence as a percentage."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{_plain(100 * value)}%" if name in FRACTIONS else _plain(value)


def _plain(number: float) -> str:
    """Write up to two decimals from 1 on, up to six below; the very large and small as 1e+20."""
    if number and not 1e-5 <= number < 1e15:
        return f"{number:g}"
    return f"{number:.{2 if number >= 1 else 6}f}".rstrip("0").rstrip(".")


def show_money(amount: float) -> str:
    """Write an amount: two decimals from 1 on, more below."""
    return f"{amount:.2f}" if 1 <= amount < 1e15 else _plain(amount)


def heading(name: str) -> str:
    """Turn a JSON name into words: ``usd_per_mtok`` into ``USD per 1M tokens``."""
    return name.replace("_", " ").replace("usd", "USD").replace("mtok", "1M tokens")


def _sentence(error: click.ClickException) -> str:
    """Say a mistake in the call itself in one sentence, with what the command accepts."""
    said = " ".join((error.message or error.format_message()).split()).rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; accepted: {_accepted(ctx)}" if ctx else said


def _accepted(ctx: click.Context) -> str:
    if isinstance(ctx.command, click.Group):
        return ", ".join(ctx.command.list_commands(ctx))
    params = sorted(ctx.command.params, key=lambda param: param.param_type_name)
    return " ".join(p.opts[0] if p.opts[0] != p.name else p.name.upper() for p in params)


def _fail(sentence: str, status: int = 2) -> None:
    click.echo(f"xl-pricing: {sentence}", err=True)
    sys.exit(status)


def _nothing_to_say(_document: Document) -> str:
    return ""


def command(
    group: click.Group,
    example: str,
    draw: Callable[[Document], str] = draw_table,
    complain: Callable[[Document], str] = _nothing_to_say,
) -> Callable[[CommandFunction], CommandFunction]:
    """Make a command that prints the document its function answers, drawn or as JSON.

    What ``complain`` says of the document follows on standard error, with status 1. Before all
    comes a warning where the user's rate card had to be set aside.
    """

    def declare(answer: CommandFunction) -> CommandFunction:
        @group.command(answer.__name__, cls=Subcommand, epilog=f"\b\nExample: {example}")
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
        @wraps(answer)
        def run(*, as_json: bool, **given: Given) -> None:
            read = {name: _read_percent(v) if name in FRACTIONS else v for name, v in given.items()}
            document = answer(**read)
            if warning := user_store().warning():
                click.echo(f"xl-pricing: warning: {warning}", err=True)
            click.echo(json.dumps(document, indent=2) if as_json else draw(document))
            if complaint := complain(document):
                raise NotAcceptedError(complaint)

        return answer

    return declare


def takes(
    required: Iterable[str], optional: Iterable[str]
) -> Callable[[CommandFunction], CommandFunction]:
    """Take arguments and options under the names and with the words of the cell functions."""

    def decorate(answer: CommandFunction) -> CommandFunction:
        for name in reversed([*optional]):
            flag = f"--{name.replace('_', '-')}"
            answer = click.option(flag, name, metavar=name.upper(), help=DOCS[name])(answer)
        for name in reversed([*required]):
            answer = click.argument(name)(answer)
        return answer

    return decorate


def takes_what(function: str) -> Callable[[CommandFunction], CommandFunction]:
    """Take what a cell function takes, but for its tables."""
    arguments = [
        argument for argument in FUNCTIONS[function].arguments if argument.name not in TABLES
    ]
    return takes(
        [argument.name for argument in arguments if not argument.optional],
        [argument.name for argument in arguments if argument.optional],
    )


def _read_percent(text: Given) -> Given:
    """Read 20% as 0.2, and leave the rest to the functions."""
    number = (text or "").strip()
    if number.endswith("%") and is_number(number[:-1]):
        return str(Decimal(number[:-1].strip()) / 100)
    return text


def help_if_alone(ctx: click.Context) -> None:
    """Show a group's help where no command is named."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
