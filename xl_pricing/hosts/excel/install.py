"""Installing into Excel and out of it: add-ins, interpreter, and a note of what was there before.

Everything that can be refused is found out before anything is changed.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from os.path import normcase
from pathlib import Path

from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Answer, Machine
from xl_pricing.hosts.excel.settings import (
    Settings,
    back_up,
    encode_settings,
    read_settings,
    refusing_to_write,
    with_module,
    without_module,
    write_settings,
    write_whole,
)

MODULE = "xl_pricing.excel"
MODULES_SETTING = "UDF MODULES"

_NOTE = "xl_pricing.json"


@dataclass(frozen=True)
class Before:
    """What was there before the first install, which uninstall brings back."""

    had_xlwings_addin: bool
    had_config: bool
    interpreter: str | None
    modules: str | None


def addin_bytes() -> bytes:
    """Return the add-in of this version; the same bytes on every run."""
    from workbook_templates.build import build_addin  # noqa: PLC0415 - loads openpyxl

    return build_addin()


def install(machine: Machine, addin: bytes, agree: Callable[[str], bool]) -> list[str]:
    """Install for this user; return what was done, a sentence each.

    ``agree`` is asked before another interpreter is replaced. Raises `NotAvailableError` without
    Excel, `InvalidValueError` where a file is in the way.
    """
    _require_excel(machine)
    settings = read_settings(machine.config_file, machine.encoding)
    _ask_for_interpreter(machine, settings, agree)
    encode_settings(_ours(machine, settings, None), machine.encoding)
    before = _note_before(machine, settings)
    said = [_install_xlwings(machine), _write_addin(machine, addin)]
    return [*said, *_write_interpreter(machine, before)]


def uninstall(machine: Machine) -> list[str]:
    """Undo just what install did; return what was done, a sentence each."""
    if not machine.has_excel:
        raise _no_excel_here()
    settings = read_settings(machine.config_file, machine.encoding)
    before = read_before(machine)
    said = [_remove_addin(machine), *_restore_settings(machine, settings, before)]
    if before and not before.had_xlwings_addin:
        said.append(_remove_xlwings(machine))
    with refusing_to_write(_note_file(machine)):
        _note_file(machine).unlink(missing_ok=True)
    return said


def read_before(machine: Machine) -> Before | None:
    """Return the note of the first install, or ``None`` where there is none."""
    with suppress(OSError, ValueError, TypeError):
        return Before(**json.loads(_note_file(machine).read_text(encoding="utf-8")))
    return None


def same_path(one: str, other: Path) -> bool:
    """Tell whether two paths name one file, as the system compares names."""
    return normcase(one) == normcase(str(other))


def _require_excel(machine: Machine) -> None:
    if not machine.has_excel:
        raise _no_excel_here()
    if machine.excel is None:
        raise NotAvailableError("Excel was not found; accepted: Excel installed from Microsoft 365")
    if machine.xlwings is None:
        raise NotAvailableError("xlwings was not found; accepted: pip install xlwings")


def _no_excel_here() -> NotAvailableError:
    return NotAvailableError(
        "there is no Excel on this system to install into; accepted: Windows or Mac; "
        "the command line and the workbook work here as they are"
    )


def _ask_for_interpreter(
    machine: Machine, settings: Settings, agree: Callable[[str], bool]
) -> None:
    known = settings.get(machine.interpreter_setting)
    if known and not same_path(known, machine.python):
        question = f"xlwings starts {known}. Let it start {machine.python} instead?"
        if not agree(question):
            raise InvalidValueError(
                f"xlwings goes on to start {known} and nothing was installed; accepted: yes, "
                "or --yes"
            )


def _note_before(machine: Machine, settings: Settings) -> Before:
    """Write down what was there, once, and keep a copy of the configuration."""
    before = read_before(machine)
    if before is None:
        before = Before(
            had_xlwings_addin=(machine.start_folder / XLWINGS_ADDIN).exists(),
            had_config=machine.config_file.exists(),
            interpreter=settings.get(machine.interpreter_setting),
            modules=settings.get(MODULES_SETTING),
        )
        back_up(machine.config_file)
        note = _note_file(machine)
        with refusing_to_write(note):
            note.parent.mkdir(parents=True, exist_ok=True)
            write_whole(note, json.dumps(asdict(before)).encode(), note.parent)
    return before


def _install_xlwings(machine: Machine) -> str:
    answer = _run_xlwings(machine, "install")
    source, target = machine.xlwings_addin, machine.start_folder / XLWINGS_ADDIN
    # xlwings answers 0 even when it failed: only the file tells.
    if source is None or not target.exists() or target.read_bytes() != source.read_bytes():
        told = answer.said.splitlines()[-1] if answer.said else "nothing"
        raise NotAvailableError(
            f"xlwings did not install its add-in in {machine.start_folder} and said: {told}; "
            "accepted: Excel closed, then the same command again"
        )
    return f"xlwings {machine.xlwings_version}: its add-in is in {machine.start_folder}."


def _write_addin(machine: Machine, addin: bytes) -> str:
    target = machine.start_folder / OUR_ADDIN
    with refusing_to_write(target):
        # Not beside it: Excel would load whatever lies in its start folder.
        write_whole(target, addin, machine.start_folder.parent)
    return f"{OUR_ADDIN} is beside it: start Excel again to load it."


def _write_interpreter(machine: Machine, before: Before) -> list[str]:
    settings = read_settings(machine.config_file, machine.encoding)
    ours = _ours(machine, settings, before)
    if ours != settings:
        write_settings(machine.config_file, ours, machine.encoding)
    said = [f"xlwings starts {machine.python}, as set in {machine.config_file}."]
    if ours.get(MODULES_SETTING) is None:
        said.append(
            f"{MODULES_SETTING} stays unset, for your other workbooks; only xlwings' own "
            f"Import Functions would need {MODULE} there."
        )
    return said


def _ours(machine: Machine, settings: Settings, before: Before | None) -> Settings:
    """Set the interpreter, and our module where no workbook can rely on there being none.

    Without that setting xlwings imports the functions of the module named like the workbook.
    """
    modules = settings.get(MODULES_SETTING)
    if modules or (before and not before.had_config):
        settings = settings.put(MODULES_SETTING, with_module(modules, MODULE))
    return settings.put(machine.interpreter_setting, str(machine.python))


def _remove_addin(machine: Machine) -> str:
    target = machine.start_folder / OUR_ADDIN
    if not target.exists():
        return f"{OUR_ADDIN} was not in {machine.start_folder}."
    with refusing_to_write(target):
        target.unlink()
    return f"{OUR_ADDIN} was removed from {machine.start_folder}."


def _restore_settings(machine: Machine, settings: Settings, before: Before | None) -> list[str]:
    """Bring back what install replaced, unless it was changed again since."""
    modules = settings.get(MODULES_SETTING)
    restored = settings
    if modules is not None and MODULE in modules.split(";"):
        restored = restored.put(MODULES_SETTING, without_module(modules, MODULE))
    known = settings.get(machine.interpreter_setting)
    if before and known and same_path(known, machine.python):
        restored = restored.put(machine.interpreter_setting, before.interpreter)
    if restored == settings:
        return []
    if before and not before.had_config and not any(line.strip() for line in restored.lines):
        with refusing_to_write(machine.config_file):
            machine.config_file.unlink()
        return [f"{machine.config_file} held nothing else and was removed."]
    write_settings(machine.config_file, restored, machine.encoding)
    return [f"{machine.config_file} is as it was before."]


def _remove_xlwings(machine: Machine) -> str:
    """Let xlwings remove what it installed; it was not there before us."""
    _run_xlwings(machine, "remove")
    if (machine.start_folder / XLWINGS_ADDIN).exists():
        return f"{XLWINGS_ADDIN} is still there: close Excel and run: xlwings addin remove"
    return f"{XLWINGS_ADDIN} was removed: it was not there before."


def _run_xlwings(machine: Machine, command: str) -> Answer:
    """Run ``xlwings addin`` with this Python: the xlwings on the path may be another's."""
    return machine.run([str(machine.python), "-m", "xlwings.cli", "addin", command])


def _note_file(machine: Machine) -> Path:
    return machine.config_file.with_name(_NOTE)
