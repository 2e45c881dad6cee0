"""The commands ``xl-pricing excel``: into Excel, out of it, and what is wrong with it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from xl_pricing.cli.answers import to_json
from xl_pricing.cli.console import Given, Group, command, option, subcommand, takes_json
from xl_pricing.errors import InvalidValueError
from xl_pricing.hosts.excel import install as installing
from xl_pricing.hosts.excel.doctor import FAULT, examine
from xl_pricing.hosts.excel.machine import this_machine


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, a line each."""

    done: list[str]


def _draw_done(answer: Done) -> str:
    return "\n".join(answer.done)


@command("xl-pricing excel install --yes", _draw_done)
@click.option("--yes", is_flag=True, help="Replace another interpreter without asking.")
def install(*, yes: bool) -> Done:
    """Install the functions and the ribbon tab.

    They are for this user, and come with the xlwings add-in. Close Excel first.
    """
    with _saying_what_is_in_the_way():
        addin = installing.addin_bytes()
        return Done(installing.install(this_machine(), addin, lambda q: yes or _agrees(q)))


@command("xl-pricing excel uninstall", _draw_done)
def uninstall() -> Done:
    """Undo what install did, and only that.

    Close Excel first.
    """
    with _saying_what_is_in_the_way():
        return Done(installing.uninstall(this_machine()))


@subcommand("xl-pricing excel doctor")
@takes_json
def doctor(*, as_json: bool) -> None:
    """Check everything that the functions need, and say what to do.

    The exit status is 0 if nothing is at fault, 1 otherwise.
    """
    addin = None
    with suppress(OSError):
        addin = installing.addin_bytes()
    found = examine(this_machine(), addin)
    lines = (f"{each.state:5}  {each.name}: {each.says}" for each in found)
    click.echo(to_json(found) if as_json else "\n".join(lines))
    if any(each.state == FAULT for each in found):
        sys.exit(1)


@subcommand("xl-pricing excel selftest --to tried")
@option("to", "A new folder for the report and the pictures. If omitted, xl-pricing-selftest.")
@takes_json
def selftest(*, to: Given, as_json: bool) -> None:
    """Try workbooks and functions in real Excel.

    In an Excel of its own, with a report of what did not hold and a picture (PDF) of each sheet.
    Takes some minutes, and touches neither your workbooks nor your settings. The exit status is 0
    if all held, 1 otherwise.
    """
    from xl_pricing.hosts.excel.selftest import run  # noqa: PLC0415 - loads openpyxl

    folder = Path(to or "xl-pricing-selftest")
    with _saying_what_is_in_the_way():
        report = run.selftest(this_machine(), folder)
        (folder / "report.txt").write_text(report.text() + "\n", encoding="utf-8")
        (folder / "report.json").write_text(to_json(report) + "\n", encoding="utf-8")
    click.echo(to_json(report) if as_json else report.text())
    if not report.held:
        sys.exit(1)


@click.group(cls=Group, commands=[install, uninstall, doctor, selftest])
def excel() -> None:
    """Install into Excel, and find out what is wrong there."""


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
