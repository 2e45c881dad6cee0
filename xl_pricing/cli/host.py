"""The command ``xl-pricing host``: the functions for other programs than Excel with Python."""

from dataclasses import dataclass
from pathlib import Path

import click

from xl_pricing.cli.console import Group, argument, command
from xl_pricing.errors import InvalidValueError
from xl_pricing.files import write_new, write_whole
from xl_pricing.words import quoted

_EXTENSION = ".oxt"


@dataclass(frozen=True, slots=True)
class Added:
    """What was written, and what to do with it."""

    path: str
    next: list[str]


def _draw(added: Added) -> str:
    return "\n".join([added.path, *added.next])


@command("xl-pricing host libreoffice image_pricing.oxt", _draw)
@argument("path", "The extension to write, a name in .oxt.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def libreoffice(path: str, *, force: bool) -> Added:
    """Write the functions for LibreOffice Calc: an extension of one file.

    It needs nothing beside LibreOffice. Rates are those of this machine: the card that
    xl-pricing rates refresh saved, else the ones that ship.
    """
    from xl_pricing.hosts.libreoffice.extension import build  # noqa: PLC0415 - loads the words

    if not path.lower().endswith(_EXTENSION):
        raise InvalidValueError(
            f"path {quoted(path)} is no extension; accepted: a name in {_EXTENSION}"
        )
    write = write_whole if force else write_new
    try:
        write(Path(path), build())
    except FileExistsError:
        raise InvalidValueError(
            f"path {quoted(path)} exists; accepted: another name, or --force"
        ) from None
    except OSError as error:
        raise InvalidValueError(
            f"path {quoted(path)} cannot be written: {error.strerror or error}; "
            "accepted: a folder that you may write to"
        ) from None
    return Added(
        path,
        [
            "Open it: LibreOffice asks to install it. Start LibreOffice again.",
            'Type =IMGCOST("1024x1536";"high") in any sheet. Menu Image Pricing: after a refresh.',
        ],
    )


@click.group(cls=Group, commands=[libreoffice])
def host() -> None:
    """Write the functions for other programs than Excel."""
