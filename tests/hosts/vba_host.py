"""Our VBA in LibreOffice: what `vba_worker.py` reports, with a stand-in for xlwings' add-in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from hosts.programs import SOFFICE, UNO_PYTHON, require
from hosts.vba_stand_in import write_stand_in

FORMULAS = (
    "=IMGBUDGET(1;1;1;0)",
    '=IMGCOST("1024x1536";"high")',
    '=IMGCOST("17x3";"high")',
    '=IMGCOST("nix";"high")',
    '=IMGSIZE("4:5")',
    '=IMGCREDITS("4:5";"high";"PixAPI")',
    "=IMGBUFFER(120;1.5)",
    '=SUM(INDEX(IMGEXPLAIN("1024x1536";"high");0;5))/2',
)
_WORKER = Path(__file__).with_name("vba_worker.py")
_PATIENCE_S = 180


def run(workbook: bytes, folder: Path) -> dict[str, Any]:
    """Open a macro workbook, type and click; return the report, and leave the notes in the folder.

    Pictures of the screen are left where XL_PRICING_PICTURES says.
    """
    for program in (SOFFICE, "Xvfb", "xdotool", "import"):
        require(program)
    (folder / "budget.xlsm").write_bytes(workbook)
    request = {
        "profile": str(folder / "profile"),
        "addin": str(write_stand_in(folder)),
        "book": str(folder / "budget.xlsm"),
        "formulas": FORMULAS,
        "pictures": os.environ.get("XL_PRICING_PICTURES"),
    }
    # Without -noreset the screen begins anew, and refuses LibreOffice, after a first program's end.
    screen = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1400x900x24 -noreset"]
    return _ask([*screen, require(UNO_PYTHON), str(_WORKER)], json.dumps(request))


def _ask(command: list[str], request: str) -> dict[str, Any]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            told, said = process.communicate(request, timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, said
    report: dict[str, Any] = json.loads(told)
    return report
