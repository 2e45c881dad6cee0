"""Our VBA in LibreOffice on a screen of its own: opened, typed at, clicked with a real mouse.

A script for LibreOffice's Python, under Xvfb. It takes a request as JSON and prints a report:

    {"profile": folder, "addin": path, "book": path, "formulas": [...], "pictures": folder}
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found, import-untyped, unused-ignore]

PATIENCE_S = 60.0
PUSH_BUTTON = 44  # com.sun.star.accessibility.AccessibleRole
ALWAYS_EXECUTE = 4  # com.sun.star.document.MacroExecMode
POSITION_AND_SIZE = 15  # com.sun.star.awt.PosSize
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
</oor:items>"""


class Office:
    """A LibreOffice that is seen."""

    def __init__(self, profile: Path) -> None:
        """Start it and connect."""
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
        pipe = f"xl_pricing_{os.getpid()}"
        options = ("--norestore", "--nologo", "--nofirststartwizard", "--nodefault")
        self.process = subprocess.Popen(
            [
                shutil.which("soffice") or "soffice",
                *options,
                f"-env:UserInstallation={profile.as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.desktop, self.toolkit = _connect(pipe)

    def open(self, path: str) -> Any:
        """Open a file with its macros."""
        settings = []
        for name, value in {"MacroExecutionMode": ALWAYS_EXECUTE}.items():
            item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            item.Name, item.Value = name, value
            settings.append(item)
        return self.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, tuple(settings))

    def message_box(self) -> tuple[str, Any] | None:
        """Return the text of a message box and its OK button."""
        for i in range(self.toolkit.TopWindowCount):
            window = self.toolkit.getTopWindow(i).AccessibleContext
            parts = {part.AccessibleName: part for part in _below(window, depth=3)}
            if "OK" in parts:
                return max(parts, key=len), parts["OK"]
        return None

    def stop(self) -> None:
        """End it, whatever it shows."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _connect(pipe: str) -> tuple[Any, Any]:
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    refused = uno.getClass("com.sun.star.connection.NoConnectException")
    for _ in range(int(PATIENCE_S / 0.1)):
        with contextlib.suppress(refused):
            office = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            make = office.ServiceManager.createInstanceWithContext
            desktop, toolkit = "com.sun.star.frame.Desktop", "com.sun.star.awt.Toolkit"
            return make(desktop, office), make(toolkit, office)
        time.sleep(0.1)
    raise TimeoutError("LibreOffice does not listen")


def _below(context: Any, depth: int) -> Iterator[Any]:
    """Yield what lies in an accessible object; of long lists only the beginning."""
    for i in range(min(context.AccessibleChildCount, 60)):
        child = context.getAccessibleChild(i)
        if child:
            yield child.AccessibleContext
            if depth:
                yield from _below(child.AccessibleContext, depth - 1)


def _wait(what: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Return the first true answer, or the last."""
    deadline = time.monotonic() + patience_s
    while not (answer := what()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


def _middle(part: Any) -> tuple[int, int]:
    at, size = part.LocationOnScreen, part.Size
    return at.X + size.Width // 2, at.Y + size.Height // 2


def _click(x: int, y: int) -> None:
    """Click with the mouse."""
    command = [
        shutil.which("xdotool") or "",
        "mousemove",
        str(x),
        str(y),
        "sleep",
        "0.3",
        "click",
        "1",
    ]
    subprocess.run(command, check=True)


class Session:
    """The workbook, and what is done with it."""

    def __init__(self, office: Office, request: dict[str, Any]) -> None:
        """Open the workbook."""
        self.office, self.request = office, request
        self.book = office.open(request["book"])
        self.controller = self.book.CurrentController

    def modules(self) -> dict[str, str]:
        """Return the VBA as LibreOffice has it."""
        library = self.book.BasicLibraries.getByName("VBAProject")
        return {name: library.getByName(name) for name in library.ElementNames}

    def button(self) -> dict[str, str]:
        """Return the only button's label and what it runs."""
        page = self.sheet("Rates").DrawPage
        (event,) = page.Forms.getByIndex(0).getScriptEvents(0)
        return {"label": page.getByIndex(0).Control.Label, "runs": event.ScriptCode}

    def sheet(self, name: str) -> Any:
        """Return a sheet, unprotected."""
        sheet = self.book.Sheets.getByName(name)
        sheet.unprotect("")
        return sheet

    def typed(self, formulas: list[str]) -> list[Any]:
        """Type formulas and return what their cells show."""
        sheet, answers = self.sheet("Help"), []
        for row, formula in enumerate(formulas, start=200):
            cell = sheet.getCellByPosition(1, row)
            cell.setFormula(formula)
            answers.append(cell.getValue() or cell.getString())
        return answers

    def functions_sheet(self, name: str) -> list[list[Any]]:
        """Calculate the Functions sheet and return its columns B to E."""
        sheet = self.sheet("Functions")
        for row in range(6, 14):
            cell = sheet.getCellByPosition(2, row)
            cell.setFormula(self._without_tables(cell.getFormula()))
        self.book.calculateAll()
        self.show("Functions")
        self.picture(f"functions-{name}")
        cells = sheet.getCellRangeByName("B4:E14").getDataArray()
        return [list(row) for row in cells]

    def choose(self, plan: str) -> None:
        """Choose a plan on the Worksheet: here an error that VBA answers is a text, unlike #N/A."""
        self.sheet("Worksheet")
        self.book.NamedRanges.getByName("plan").ReferredCells.setString(plan)

    def _without_tables(self, formula: str) -> str:
        """LibreOffice hands no structured reference to VBA: write the range itself."""
        for name in ("tblRates", "tblPlans"):
            area = self.book.DatabaseRanges.getByName(name).DataArea
            corners = (area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
            cells = self.book.Sheets.getByIndex(area.Sheet).getCellRangeByPosition(*corners)
            for written in (f"{name}[#All]", f"{name}[#all]"):
                formula = formula.replace(written, cells.AbsoluteName)
        return formula

    def use_value(self) -> None:
        """LibreOffice's ranges have no Value2: take Value for the rest of the session."""
        library = self.book.BasicLibraries.getByName("VBAProject")
        source = library.getByName("PythonCalls")
        library.replaceByName("PythonCalls", source.replace("cells.Value2", "cells.Value"))

    def show(self, name: str) -> None:
        """Bring a sheet to the front of the screen."""
        self.controller.setActiveSheet(self.book.Sheets.getByName(name))
        window = self.controller.Frame.ContainerWindow
        window.setPosSize(0, 0, 1400, 900, POSITION_AND_SIZE)
        window.toFront()

    def click(self, name: str) -> None:
        """Click the button with the mouse."""
        self.show("Rates")
        place = _wait(self._find_button)
        time.sleep(0.5)
        _click(*place)
        self.picture(f"{name}-clicked")

    def _find_button(self) -> tuple[int, int] | None:
        page = self.controller.ComponentWindow.AccessibleContext
        for found in _below(page, depth=6):
            is_button = found.AccessibleRole == PUSH_BUTTON and found.Size.Width
            if is_button and found.AccessibleName == "Refresh rates":
                return _middle(found)
        return None

    def message(self) -> str:
        """Return the text of the message box that comes, and close it."""
        text, button = _wait(self.office.message_box)
        self.picture("message")
        _click(*_middle(button))
        _wait(lambda: not self.office.message_box())
        return str(text)

    def rate(self, value: float | None = None) -> float:
        """Return the first rate of the table; type it first, if told to."""
        cell = self.sheet("Rates").getCellRangeByName("E8")
        if value is not None:
            cell.setValue(value)
        return float(cell.getValue())

    def picture(self, name: str) -> None:
        """Keep what the screen shows, where it is wanted."""
        if self.request.get("pictures"):
            path = Path(self.request["pictures"], f"{name}.png")
            time.sleep(1.0)  # the screen is drawn after the fact
            subprocess.run(
                [shutil.which("import") or "import", "-window", "root", str(path)], check=True
            )


def report(office: Office, request: dict[str, Any]) -> dict[str, Any]:
    """Do everything, first without the add-in of xlwings, then with its stand-in."""
    session, told = Session(office, request), {}
    told["modules"], told["button"] = session.modules(), session.button()
    told["without"] = session.typed(request["formulas"])
    session.use_value()
    told["functions_without"] = session.functions_sheet("without")
    session.click("without")
    told["message"] = session.message()
    office.open(request["addin"])
    told["with"] = session.typed(request["formulas"])
    Path(request["addin"]).with_name("dead.txt").touch()
    told["after_death"] = session.typed(request["formulas"][:1])
    session.choose("PixAPI")
    told["functions_with"] = session.functions_sheet("with")
    told["rate_before"] = session.rate(999.0)
    session.click("with")
    told["rate_after"] = _wait(lambda: session.rate() != 999.0 and session.rate())
    session.picture("refreshed")
    return told


def main() -> None:
    """Answer the request."""
    request = json.load(sys.stdin)
    office = Office(Path(request["profile"]))
    try:
        print(json.dumps(report(office, request)))  # noqa: T201 - the protocol
    finally:
        office.stop()


if __name__ == "__main__":
    main()
