"""What of Python's library the page needs, compiled: a browser would take seconds for its source.

    PYTHONPATH=tests python -m hosts.compiled_stdlib

writes `xl_pricing/hosts/office/python_stdlib.zip` anew, from that of the npm package `pyodide`:
the modules that Pyodide, the case table and the task pane load. It is run when Pyodide changes, or
when a test says that a module is missing.
"""

import io
import sysconfig
import zipfile
from base64 import b64decode
from importlib.resources import files
from pathlib import Path
from typing import Any

from . import office_page, pyodide
from .office_cells import CASES, calls

PLACE = Path(str(files("xl_pricing.hosts.office").joinpath("python_stdlib.zip")))
LICENCE = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
_USED = """
import base64, importlib._bootstrap_external as compiled, io, json, marshal, sys, zipfile
from xl_pricing.hosts.office.cells import answers
from xl_pricing.hosts.office.pane import QUESTIONS

WHOLE = zipfile.ZipFile("/lib/python314.zip")
ALWAYS = ("asyncio/", "pyodide/", "_pyodide/", "importlib/", "json/", "re/", "zipfile/", "pathlib/",
    *(f"encodings/{name}.py" for name in ("ascii", "latin_1", "utf_8_sig", "utf_16", "idna")))

def main(given):
    answers(given)
    QUESTIONS["pane.choices"]()
    loaded = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
    names = [name for name in sorted(WHOLE.namelist()) if name.endswith(".py")
        and (f"/lib/python314.zip/{name}" in loaded or name.startswith(ALWAYS))]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            code = compile(WHOLE.read(name), name, "exec", dont_inherit=True, optimize=0)
            found = compiled._code_to_hash_pyc(code, bytes(8), checked=False)
            archive.writestr(zipfile.ZipInfo(f"{name}c"), bytes(found), zipfile.ZIP_DEFLATED, 9)
    return json.dumps(base64.b64encode(data.getvalue()).decode())
"""
_FAULTS = """
import base64, io, json, marshal, zipfile

WHOLE = zipfile.ZipFile("/lib/python314.zip")

def main(given):
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(json.loads(given))))
    names = [name for name in archive.namelist() if name.endswith(".pyc")]
    return json.dumps([name for name in names if marshal.loads(archive.read(name)[16:]) != compile(
        WHOLE.read(name[:-1]), name[:-1], "exec", dont_inherit=True, optimize=0)])
"""


def used() -> bytes:
    """Return the archive of compiled modules, with Python's licence."""
    data = io.BytesIO(b64decode(pyodide.run(_USED, calls(CASES), [office_page.stopped_wheel()])))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(LICENCE.name), LICENCE.read_bytes())
    return data.getvalue()


def faults(archive: str) -> Any:
    """Return the names of modules in an archive, in Base64, that are not those of the package."""
    return pyodide.run(_FAULTS, archive, [])


if __name__ == "__main__":
    PLACE.write_bytes(used())
