"""Installing into Excel and out of it: add-ins and the interpreter that xlwings starts.

Everything that can be refused is found out before anything is changed; what belongs to somebody
else is kept and comes back.
"""

from collections.abc import Callable
from os.path import normcase
from pathlib import Path

from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.files import write_whole
from xl_pricing.hosts.excel.before import (
    MODULES_SETTING,
    PATH_SETTING,
    Before,
    bring_back,
    forget,
    is_ours,
    note_before,
    note_file,
    read_before,
)
from xl_pricing.hosts.excel.machine import OUR_ADDIN, XLWINGS_ADDIN, Answer, Machine
from xl_pricing.hosts.excel.settings import (
    Settings,
    encode_settings,
    read_settings,
    refusing_to_write,
    with_module,
    without_module,
    write_settings,
)

MODULE = "xl_pricing.excel"


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
    _refuse_what_is_in_the_way(machine)
    _ask_for_interpreter(machine, settings, agree)
    encode_settings(_ours(machine, settings, None), machine.encoding)
    before = note_before(machine, settings)
    said = [_install_xlwings(machine), _write_addin(machine, addin)]
    return [*said, *_write_interpreter(machine, before)]


def uninstall(machine: Machine) -> list[str]:
    """Undo just what install did; return what was done, a sentence each."""
    if not machine.has_excel:
        raise _no_excel_here()
    settings = read_settings(machine.config_file, machine.encoding)
    before = read_before(machine)
    said = [_remove_addin(machine), *_restore_settings(machine, settings, before)]
    if before:
        said += _restore_addins(machine, before)
    forget(machine)
    return said


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


def _refuse_what_is_in_the_way(machine: Machine) -> None:
    """Refuse a folder where a file must go, before anything is changed."""
    folder = machine.start_folder
    for path in (folder / OUR_ADDIN, folder / XLWINGS_ADDIN, note_file(machine)):
        if path.exists() and not path.is_file():
            raise InvalidValueError(f"{path} is in the way; accepted: no folder of that name")


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
        write_whole(target, addin, scratch=machine.start_folder.parent)
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
    if (ours.get(PATH_SETTING) or "").lower() != "false":
        said.append(f"{PATH_SETTING} stays as you set it: workbooks on SharePoint may not work.")
    return said


def _ours(machine: Machine, settings: Settings, before: Before | None) -> Settings:
    """Set the interpreter, and our module where no workbook can rely on there being none.

    Without that setting xlwings imports the functions of the module named like the workbook.
    """
    modules = settings.get(MODULES_SETTING)
    if modules or (before and not before.had_config):
        settings = settings.put(MODULES_SETTING, with_module(modules, MODULE))
    if settings.get(PATH_SETTING) is None:
        settings = settings.put(PATH_SETTING, "False")
    return settings.put(machine.interpreter_setting, str(machine.python))


def _remove_addin(machine: Machine) -> str:
    target = machine.start_folder / OUR_ADDIN
    if not target.exists():
        return f"{OUR_ADDIN} was not in {machine.start_folder}."
    if not is_ours(target):
        return f"{target} was not made by xl_pricing and was left as it is."
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
    ours = [*(before.wrote if before else ()), str(machine.python)]
    if before and known and any(same_path(known, Path(path)) for path in ours):
        restored = restored.put(machine.interpreter_setting, before.interpreter)
    if before and before.wrote and before.path is None and settings.get(PATH_SETTING) == "False":
        restored = restored.put(PATH_SETTING, None)
    if restored == settings:
        return []
    if before and not before.had_config and not any(line.strip() for line in restored.lines):
        with refusing_to_write(machine.config_file):
            machine.config_file.unlink()
        return [f"{machine.config_file} held nothing else and was removed."]
    write_settings(machine.config_file, restored, machine.encoding)
    return [f"{machine.config_file} is as it was before."]


def _restore_addins(machine: Machine, before: Before) -> list[str]:
    """Bring back the add-ins that were there, or let xlwings remove what it installed."""
    said = [bring_back(machine, before, OUR_ADDIN), bring_back(machine, before, XLWINGS_ADDIN)]
    if not before.had_xlwings_addin:
        said.append(_remove_xlwings(machine))
    return [sentence for sentence in said if sentence]


def _remove_xlwings(machine: Machine) -> str:
    """Let xlwings remove what it installed; it was not there before us."""
    _run_xlwings(machine, "remove")
    if (machine.start_folder / XLWINGS_ADDIN).exists():
        return f"{XLWINGS_ADDIN} is still there: close Excel and run: xlwings addin remove"
    return f"{XLWINGS_ADDIN} was removed: it was not there before."


def _run_xlwings(machine: Machine, command: str) -> Answer:
    """Run ``xlwings addin`` with this Python: the xlwings on the path may be another's."""
    return machine.run([str(machine.python), "-m", "xlwings.cli", "addin", command])
