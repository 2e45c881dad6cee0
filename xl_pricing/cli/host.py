"""The command ``xl-pricing host``: the functions for other programs than Excel with Python."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from xl_pricing.cli.console import Given, Group, argument, command, option, subcommand
from xl_pricing.cli.written_files import refuse_taken, write_file
from xl_pricing.errors import InvalidValueError
from xl_pricing.files import write_folder
from xl_pricing.functions.values import read_whole
from xl_pricing.words import quoted

DEFAULT_PORT = 8765
PYODIDE_HELP = "The npm package pyodide, or its folder. If omitted, npm fetches it once."
_EXTENSION = ".oxt"
_FROM_INDEX = (
    "Lite takes xl-pricing from its index, PyPI unless set otherwise: see first that it is ours.",
    "Else give --origin, where this folder will stand: it then holds the wheel.",
)


@dataclass(frozen=True, slots=True)
class Added:
    """What was written, and what to do with it."""

    path: str
    next: list[str]


def _draw(added: Added) -> str:
    return "\n".join([added.path, *added.next])


@command("xl-pricing host libreoffice image_pricing.oxt", _draw)
@argument("path", "The extension to write, a name in .oxt.")
@click.option("--force", is_flag=True, help="Replace an extension that this command wrote.")
def libreoffice(path: str, *, force: bool) -> Added:
    """Write an extension for LibreOffice Calc.

    It is one file and needs nothing beside LibreOffice. Rates are those of this machine: the card
    that xl-pricing rates refresh saved, else the ones that ship.
    """
    from xl_pricing.hosts.libreoffice.extension import (  # noqa: PLC0415 - loads the words
        build,
        is_extension,
    )

    if not path.lower().endswith(_EXTENSION):
        raise InvalidValueError(
            f"path {quoted(path)} is no extension; accepted: a name in {_EXTENSION}"
        )
    if os.path.lexists(path) and not is_extension(Path(path)):
        raise InvalidValueError(
            f"path {quoted(path)} exists and is no extension of xl-pricing; accepted: another name"
        )
    refuse_taken(Path(path), force=force)
    write_file(Path(path), build(), force=force)
    return Added(
        path,
        [
            "Open it: LibreOffice asks to install it. Start LibreOffice again.",
            'Type =IMGCOST("1024x1536";"high") in any sheet. Menu Image Pricing: after a refresh.',
        ],
    )


@command("xl-pricing host office DIR --origin https://addins.example.com/image-pricing", _draw)
@argument("path", "The folder to write.")
@option("origin", "Where the folder will stand: its address, https://…", required=True)
@option("pyodide", PYODIDE_HELP)
@click.option("--force", is_flag=True, help="Replace a folder that this command wrote.")
def office(path: str, origin: str, pyodide: Given, *, force: bool) -> Added:
    """Write an Office add-in for Excel.

    The functions for Excel on Windows, on the Mac and in a browser: a folder of files for any web
    server; nothing else is installed. Whoever can open its page can read the rates, which are those
    of this machine.
    """
    from xl_pricing.hosts.office.folder import (  # noqa: PLC0415 - loads the functions
        foreign_file,
        parts,
    )
    from xl_pricing.hosts.office.manifest import read_origin  # noqa: PLC0415 - the same

    address = read_origin(origin)
    _refuse_folder(Path(path), foreign_file, force=force)
    _write_folder(Path(path), parts(address, _pyodide(pyodide)))
    return Added(
        path,
        [
            f"Let a web server show it at {address}, compressed.",
            f"Then add {path}/manifest.xml to Excel, or in the Microsoft 365 admin center.",
        ],
    )


@command("xl-pricing host lite image-pricing", _draw)
@argument("path", "The folder to write.")
@option(
    "origin",
    "Where the folder will stand: its address, https://… If omitted, Lite asks its package index.",
)
@click.option("--force", is_flag=True, help="Replace a folder that this command wrote.")
def lite(path: str, origin: Given, *, force: bool) -> Added:
    """Write the files for xlwings Lite.

    Lite is an add-in of Excel on Windows, the Mac and the web. A main.py of one line and
    requirements.txt are to be added to what stands there. With an origin the wheel that they need
    is written beside them, for any web server that lets other pages read it.
    """
    from xl_pricing.hosts.lite_folder import (  # noqa: PLC0415 - loads the functions
        lite_foreign_file,
        lite_parts,
    )
    from xl_pricing.hosts.office.manifest import read_origin  # noqa: PLC0415 - the same

    address = None if origin is None else read_origin(origin)
    _refuse_folder(Path(path), lite_foreign_file, force=force)
    _write_folder(Path(path), lite_parts(address))
    served = (f"Let a web server show it at {address}, to pages of other origins too (CORS).",)
    return Added(
        path,
        [
            *(served if address else _FROM_INDEX),
            "In xlwings Lite add requirements.txt, then main.py, on top of the tabs of that name.",
            "What stands there stays below.",
            'Type =IMGCOST("1024x1536","high") in any sheet of that workbook.',
        ],
    )


def _write_folder(path: Path, found: dict[str, bytes]) -> None:
    from xl_pricing.hosts.other_files import staying  # noqa: PLC0415 - hosts are loaded when asked

    try:
        write_folder(path, found, staying(path) if path.exists() else ())
    except OSError as error:
        raise InvalidValueError(
            f"path {quoted(str(path))} cannot be written: {error.strerror or error}; "
            "accepted: a folder that you may write to"
        ) from None


def _refuse_folder(
    folder: Path, foreign_file: Callable[[Path], str | None], *, force: bool
) -> None:
    """Refuse a folder that holds what is not ours, and without ``force`` any that is there."""
    if not os.path.lexists(folder):
        return
    name = quoted(str(folder))
    if not folder.is_dir():
        raise InvalidValueError(f"path {name} is no folder; accepted: another name")
    try:
        stranger = foreign_file(folder)
    except OSError as error:
        raise InvalidValueError(
            f"path {name} cannot be read: {error.strerror or error}; accepted: another name"
        ) from None
    if stranger:
        raise InvalidValueError(
            f"path {name} holds {quoted(stranger)}, which is not of xl-pricing; accepted: another "
            "name"
        )
    refuse_taken(folder, force=force)


def _pyodide(given: Given) -> dict[str, bytes]:
    from xl_pricing.hosts.office.pyodide import (  # noqa: PLC0415 - reads a file
        ACCEPTED,
        kept_pyodide,
        read_pyodide,
    )

    if not given:
        return kept_pyodide(lambda said: click.echo(said, err=True))
    try:
        return read_pyodide(Path(given))
    except OSError as error:
        raise InvalidValueError(
            f"pyodide {quoted(given)} cannot be read: {error.strerror or error}; {ACCEPTED}"
        ) from None


@subcommand("xl-pricing serve")
@option("port", f"The port of this machine. If omitted, {DEFAULT_PORT}.")
@option("pyodide", PYODIDE_HELP)
def serve(port: Given, pyodide: Given) -> None:
    """Show the add-in for Excel on this machine.

    For trying it out; Ctrl-C ends it. Only this machine can reach it. For others, xl-pricing host
    office writes the folder.
    """
    from xl_pricing.hosts.office.folder import parts  # noqa: PLC0415 - loads the functions
    from xl_pricing.hosts.office.serve import Preview  # noqa: PLC0415 - the same

    number = DEFAULT_PORT if port is None else read_whole(port, "port", 1024, 65535)
    try:
        preview = Preview(number)
    except OSError as error:
        raise InvalidValueError(
            f"port {number} cannot be used: {error.strerror or error}; accepted: another --port"
        ) from None
    with preview:
        preview.show(parts(preview.origin, _pyodide(pyodide)))
        click.echo(
            f"{preview.origin}/taskpane.html shows the pane in a browser.\n"
            f"Its manifest is {preview.origin}/manifest.xml. Real Excel was not asked yet\n"
            "whether it takes one without https; with it, see xl-pricing host office.\n"
            "Ctrl-C ends this."
        )
        preview.serve_forever()


@click.group(cls=Group, commands=[libreoffice, lite, office])
def host() -> None:
    """Write the functions for programs without Python."""
