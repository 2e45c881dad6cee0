"""Made-up machines with Excel on them, before and after our add-in is installed."""

from pathlib import Path

import pytest

from hosts.made_up_machine import SYSTEMS, make, put
from xl_pricing.hosts.excel.machine import Machine


@pytest.fixture(params=SYSTEMS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    """Return a machine of each system, on which xlwings is and our add-in is not."""
    return make(request.param, tmp_path)


@pytest.fixture
def windows(tmp_path: Path) -> Machine:
    """Return the one with Windows."""
    return make("win32", tmp_path)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    """Return a machine of each system, on which everything is installed."""
    put(machine)
    return machine


@pytest.fixture
def installed_windows(windows: Machine) -> Machine:
    """Return the one with Windows, on which everything is installed."""
    put(windows)
    return windows
