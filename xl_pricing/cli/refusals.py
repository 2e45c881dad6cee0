"""How a command that cannot answer ends: one sentence, or one JSON document, and its status."""

import errno
import json
import os
import sys
from io import TextIOWrapper

import click

from xl_pricing import errors
from xl_pricing.errors import InvalidValueError, NotAcceptedError, OutOfRangeError, XlPricingError
from xl_pricing.words import unknown


def refuse(error: click.ClickException | XlPricingError | OverflowError, *, as_json: bool) -> None:
    """Say what was wrong and exit; as one JSON document where that was asked for.

    What is in doubt comes after an answer, which is a document already.
    """
    status = error.exit_status if isinstance(error, XlPricingError) else 2
    said = str(error)
    if isinstance(error, click.ClickException):
        said = _sentence(error)
    elif isinstance(error, OverflowError):
        said = "the answer is over 1e308; accepted: smaller numbers"
    if as_json and not isinstance(error, NotAcceptedError):
        click.echo(json.dumps({"error": {"type": _kind(error), "message": said}}, indent=2))
    else:
        click.echo(f"xl-pricing: {said}", err=True)
    sys.exit(status)


def _kind(error: Exception) -> str:
    """Return the name of an error in the tree of errors; a mistake in the call is a value's."""
    kinds = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    other = OutOfRangeError if isinstance(error, OverflowError) else InvalidValueError
    return next(kinds, other.__name__)


def give_up(error: OSError) -> None:
    """Exit where the answer cannot be written: quietly where nobody reads on."""
    if isinstance(sys.stdout, TextIOWrapper):
        # What is left in the buffer would be tried, and told of, once more at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno != errno.EPIPE:
        click.echo(f"xl-pricing: the answer cannot be written: {error.strerror or error}", err=True)
    sys.exit(1)


def _sentence(error: click.ClickException) -> str:
    """Say a mistake in the call itself in one sentence, with what the command accepts."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx and isinstance(error, click.NoSuchOption):
        flags = [name for p in ctx.command.get_params(ctx) for name in p.opts if name[:2] == "--"]
        return unknown("option", error.option_name, flags)
    said = " ".join((error.message or error.format_message()).split()).rstrip(".")
    return f"{said}; accepted: {_accepted(ctx)}" if ctx else said


def _accepted(ctx: click.Context) -> str:
    if isinstance(ctx.command, click.Group):
        return ", ".join(ctx.command.list_commands(ctx))
    params = sorted(ctx.command.params, key=lambda param: param.param_type_name)
    return " ".join(p.opts[0] if p.opts[0] != p.name else p.human_readable_name for p in params)
