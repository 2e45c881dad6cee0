"""Python as a browser runs it, under Node.js: Pyodide of the npm package `pyodide`.

    answers([("IMGCOST", ["1024x1536", "high"])])

gives `[0.16464]`, computed by the core that the extension of LibreOffice carries, on the day of the
cases. `run` takes any other source and archive. Values pass as JSON that Python writes and reads on
both sides, so a number arrives to the last bit.
"""

import io
import json
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from that_day import THAT_DAY

from xl_pricing.hosts.libreoffice import extension

from .programs import NODE, PYODIDE, require

_WORKER = Path(__file__).with_name("pyodide_worker.mjs")
_CORE = "pythonpath/"
_ANSWERS = f"""
import json
from datetime import date
import xl_pricing.functions
import xl_pricing.rates.day
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS

xl_pricing.rates.day.system_day = lambda: date({THAT_DAY:%Y, %-m, %-d})

def main(given):
    return json.dumps([answer(FUNCTIONS[name], cells) for name, cells in json.loads(given)])
"""


def answers(calls: Sequence[tuple[str, Sequence[Any]]], archive: bytes | None = None) -> list[Any]:
    """Answer calls of JSON's values in Pyodide, by the core or by an archive that holds it."""
    found: list[Any] = run(_ANSWERS, calls, [archive or core()])
    return found


def run(source: str, given: object, archives: Sequence[bytes], timeout_s: float = 300) -> Any:
    """Run a source that defines ``main``, from JSON text to JSON text, beside unpacked archives."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.zip") for number in range(len(archives))]
        for file, data in zip(files, archives, strict=True):
            file.write_bytes(data)
        asked = {"archives": list(map(str, files)), "source": source, "given": json.dumps(given)}
        done = subprocess.run(
            [require(NODE), str(_WORKER), require(PYODIDE)],
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return json.loads(done.stdout)


def core() -> bytes:
    """Return the core as an archive of its own, as the extension of LibreOffice carries it."""
    whole, alone = zipfile.ZipFile(io.BytesIO(extension.build())), io.BytesIO()
    with whole, zipfile.ZipFile(alone, "w") as parts:
        for name in whole.namelist():
            if name.startswith(_CORE):
                parts.writestr(name.removeprefix(_CORE), whole.read(name))
    return alone.getvalue()
