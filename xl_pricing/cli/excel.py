"""The commands ``xl-pricing excel``: into Excel, out of it, and what is wrong with it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from xl_pricing.cli.console import Document, Subcommand, command, help_if_alone
from xl_pricing.errors import InvalidValueError
from xl_pricing.hosts.excel import install as installing
from xl_pricing.hosts.excel.doctor import FAULT, examine
from xl_pricing.hosts.excel.machine import this_machine


@click.group(invoke_without_command=True)
@click.pass_context
def excel(ctx: click.Context) -> None:
    """Install into Excel, and find out what is wrong there."""
    help_if_alone(ctx)


def _draw_steps(document: Document) -> str:
    return "\n".join(document["done"])


@command(excel, "xl-pricing excel install --yes", _draw_steps)
@click.option("--yes", is_flag=True, help="Replace another interpreter without asking.")
def install(*, yes: bool) -> Document:
    """Install the functions and the ribbon tab for this user, and the xlwings add-in.

    Close Excel first.
    """
    with _saying_what_is_in_the_way():
        addin = installing.addin_bytes()
        return {"done": installing.install(this_machine(), addin, lambda q: yes or _agrees(q))}


@command(excel, "xl-pricing excel uninstall", _draw_steps)
def uninstall() -> Document:
    """Undo what install did, and only that.

    Close Excel first.
    """
    with _saying_what_is_in_the_way():
        return {"done": installing.uninstall(this_machine())}


@excel.command(cls=Subcommand, epilog="\b\nExample: xl-pricing excel doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(*, as_json: bool) -> None:
    """Check everything that the functions need, and say what to do.

    The exit status is 0 if nothing is at fault, 1 otherwise.
    """
    addin = None
    with suppress(OSError):
        addin = installing.addin_bytes()
    checks = [check._asdict() for check in examine(this_machine(), addin)]
    click.echo(json.dumps(checks, indent=2) if as_json else _draw_checks(checks))
    if any(check["state"] == FAULT for check in checks):
        sys.exit(1)


def _draw_checks(checks: Document) -> str:
    return "\n".join("{state:5}  {name}: {says}".format(**check) for check in checks)


def _agrees(question: str) -> bool:
    """Ask on standard error, so that what is printed stays one document; no answer is no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


@contextmanager
def _saying_what_is_in_the_way() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidValueError(
            f"{error.filename or 'a file'} is in the way: {error.strerror or error}; "
            "accepted: Excel closed, and a folder that you may write to"
        ) from None
