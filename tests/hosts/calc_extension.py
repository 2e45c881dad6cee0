"""The extension in a LibreOffice of its own: installed as a user does, asked by formulas."""

import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

from that_day import THAT_DAY

from xl_pricing.hosts.libreoffice.extension import build

from .programs import SOFFICE, require

_NOBODY = "nobody"
_DAY, _TODAY = "pythonpath/xl_pricing/rates/day.py", b"date.today()"


def of_that_day() -> bytes:
    """Return the extension with its clock stopped on the day of the cases."""
    stopped = BytesIO()
    with zipfile.ZipFile(BytesIO(build())) as whole, zipfile.ZipFile(stopped, "w") as parts:
        for name in whole.namelist():
            data = whole.read(name)
            if name == _DAY:
                assert _TODAY in data
                data = data.replace(_TODAY, f"date({THAT_DAY:%Y, %-m, %-d})".encode())
            parts.writestr(name, data)
    return stopped.getvalue()


def install(extension: bytes, folder: Path) -> None:
    """Install it in the profile ``folder/profile``; unopkg refuses to run as root."""
    path = folder / "image_pricing.oxt"
    path.write_bytes(extension)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [*as_user(folder), _unopkg(), "add", profile, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def as_user(folder: Path) -> list[str]:
    """Return what runs a program as somebody else than root, with a folder of theirs."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, _NOBODY)
    folder.chmod(0o755)
    return ["runuser", "-u", _NOBODY, "--", "env", f"HOME={folder}"]


def _unopkg() -> str:
    """Return LibreOffice's installer of extensions, which lies beside its starter."""
    beside = Path(require(SOFFICE)).resolve().with_name("unopkg")
    return str(beside) if beside.exists() else require("unopkg")
