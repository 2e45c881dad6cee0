"""The process of an Excel that we started, to wait for and to end, on Windows and on Mac."""

from importlib import import_module
from typing import Protocol

_TERMINATE, _SYNCHRONIZE = 0x0001, 0x0010_0000


class Process(Protocol):
    """A running Excel, known for certain: its number may be given to another once it ended."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""

    def kill(self) -> None:
        """End it at once."""


class ProcessOnWindows:
    """Of pywin32, which xlwings needs there."""

    def __init__(self, pid: int) -> None:
        """Open a handle, which names this process and no later one."""
        self._api, self._event = import_module("win32api"), import_module("win32event")
        self._handle = self._api.OpenProcess(_TERMINATE | _SYNCHRONIZE, 0, pid)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""
        waited: int = self._event.WaitForSingleObject(self._handle, int(seconds * 1000))
        return waited == 0

    def kill(self) -> None:
        """End it at once."""
        self._api.TerminateProcess(self._handle, 1)


class ProcessOnMac:
    """Of psutil, which xlwings needs there."""

    def __init__(self, pid: int) -> None:
        """Find it; psutil tells it from a later one of the same number."""
        self._psutil = import_module("psutil")
        self._process = self._psutil.Process(pid)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""
        try:
            self._process.wait(seconds)
        except self._psutil.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
