"""Every command runs in a folder of its own."""

from pathlib import Path

import pytest

CONTRACT = """model,meter,tier,usd_per_mtok,effective_from,source,checked,basis
gpt-image-2,image_out,standard,24,2026-05-01,contract 7,2026-11-01,quoted
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not data_folder.exists()
    monkeypatch.chdir(tmp_path)
    Path("contract.csv").write_text(CONTRACT, encoding="utf-8")
