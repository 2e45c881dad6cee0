"""What was there before the first install: a note beside xlwings' configuration, and kept copies.

Add-ins of somebody else are kept in a folder beside the note, where Excel does not load them.
"""

import json
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path

from pydantic import TypeAdapter

from xl_pricing.files import read_bounded, write_whole
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Machine
from xl_pricing.hosts.excel.settings import (
    BACKUP_SUFFIX,
    Settings,
    back_up,
    read_settings,
    refusing_to_write,
)

MODULES_SETTING = "UDF MODULES"
PATH_SETTING = "ADD_WORKBOOK_TO_PYTHONPATH"
"""Adds a workbook's folder to Python's path; fails for one on SharePoint without a local copy."""

_NOTE = "xl_pricing.json"
_KEPT = "before-xl-pricing"
_MOST_NOTE_BYTES = 100_000
_MOST_ADDIN_BYTES = 50_000_000
_CREATOR = b">xl_pricing "


@dataclass(frozen=True)
class Before:
    """What uninstall brings back, and which interpreters were written meanwhile.

    ``kept`` maps an add-in to the copy of what was there under its name.
    """

    had_xlwings_addin: bool
    had_config: bool
    interpreter: str | None
    modules: str | None
    path: str | None = None
    kept: dict[str, str] = field(default_factory=dict)
    wrote: list[str] = field(default_factory=list)


def read_before(machine: Machine) -> Before | None:
    """Return the note of the first install, or ``None`` where there is none that can be read."""
    with suppress(OSError, ValueError):
        return TypeAdapter(Before).validate_json(read_bounded(note_file(machine), _MOST_NOTE_BYTES))
    return None


def note_before(machine: Machine, settings: Settings) -> Before:
    """Write down what was there, once, and keep copies of what install replaces.

    Where the note was damaged, the copy of the configuration tells what was there.
    """
    before = read_before(machine)
    if before is None:
        copy = _newest_backup(machine) if note_file(machine).exists() else None
        known = read_settings(copy, machine.encoding) if copy else settings
        before = Before(
            # Who put it there is not known without the note: it stays.
            had_xlwings_addin=(machine.start_folder / XLWINGS_ADDIN).exists(),
            had_config=bool(copy) or machine.config_file.exists(),
            interpreter=known.get(machine.interpreter_setting),
            modules=known.get(MODULES_SETTING),
            path=known.get(PATH_SETTING),
        )
        if copy is None:
            back_up(machine.config_file)
    copies = {name: _keep(machine, name) for name in (OUR_ADDIN, XLWINGS_ADDIN)}
    before = replace(
        before,
        kept=before.kept | {name: copy for name, copy in copies.items() if copy},
        wrote=list(dict.fromkeys([*before.wrote, str(machine.python)])),
    )
    note = note_file(machine)
    with refusing_to_write(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        write_whole(note, json.dumps(asdict(before)).encode())
    return before


def bring_back(machine: Machine, before: Before, name: str) -> str | None:
    """Put a kept add-in back where it was; return what was done, or ``None`` where none is kept."""
    copy, target = _kept_folder(machine) / before.kept.get(name, ""), machine.start_folder / name
    if name not in before.kept or not copy.is_file():
        return None
    with refusing_to_write(target):
        write_whole(target, copy.read_bytes(), scratch=machine.start_folder.parent)
    return f"{name} that was there before is back in {machine.start_folder}."


def forget(machine: Machine) -> None:
    """Remove the note and the kept copies."""
    folder = _kept_folder(machine)
    with refusing_to_write(note_file(machine)):
        for copy in folder.iterdir() if folder.is_dir() else ():
            copy.unlink()
        if folder.is_dir():
            folder.rmdir()
        note_file(machine).unlink(missing_ok=True)


def is_ours(addin: Path) -> bool:
    """Tell whether an add-in was made by this package, of whatever version."""
    try:
        archive = zipfile.ZipFile(BytesIO(read_bounded(addin, _MOST_ADDIN_BYTES)))
        with archive, archive.open("docProps/core.xml") as properties:
            return _CREATOR in properties.read(_MOST_NOTE_BYTES)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False


def note_file(machine: Machine) -> Path:
    """Return where the note is."""
    return machine.config_file.with_name(_NOTE)


def _keep(machine: Machine, name: str) -> str | None:
    """Copy an add-in that somebody else put there; return the copy's name."""
    there = machine.start_folder / name
    if not there.is_file() or is_ours(there) or _is_the_packages(machine, there):
        return None
    data, folder = read_bounded(there, _MOST_ADDIN_BYTES), _kept_folder(machine)
    with refusing_to_write(folder):
        folder.mkdir(parents=True, exist_ok=True)
        copy = _free_name(folder / name)
        write_whole(copy, data)
    return copy.name


def _is_the_packages(machine: Machine, there: Path) -> bool:
    """Tell whether an add-in is what the installed xlwings would put there anyway."""
    source = machine.xlwings_addin
    return source is not None and source.is_file() and there.read_bytes() == source.read_bytes()


def _free_name(path: Path) -> Path:
    """Return the path, or with the first number behind it that no file has."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _newest_backup(machine: Machine) -> Path | None:
    name = machine.config_file.name + BACKUP_SUFFIX
    found = sorted(machine.config_file.parent.glob(f"{name}*"), key=lambda p: p.stat().st_mtime_ns)
    return found[-1] if found else None


def _kept_folder(machine: Machine) -> Path:
    return machine.config_file.with_name(_KEPT)
