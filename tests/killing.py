"""Processes that are killed at any moment, or run on a full disk."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from exhaustive import many

KILLS = many(60, 200)
ROOT = Path(__file__).parents[1]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
needs_limits = pytest.mark.skipif(
    sys.platform == "win32", reason="limits the size of files as Unix does"
)


def in_child(call: Callable[[], object]) -> int:
    """Run a call in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        call()
    finally:
        os._exit(0)


def took(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes in a process of its own."""
    began = monotonic()
    os.waitpid(in_child(call), 0)
    return monotonic() - began


def kill_at_any_moment(call: Callable[[], object], dice: Random, span: float) -> None:
    """Run a call in a process of its own, and kill it within so many seconds."""
    child = in_child(call)
    sleep(dice.random() * span)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def adapted(span: float, *, done: bool) -> float:
    """Return the next span: half of the kills come after the end on any machine."""
    return span * (0.9 if done else 1.1)


def full_after(size: int) -> str:
    """Return a program that runs the command line where no file can hold more bytes.

    It sends no signal where one grows too large: the write fails, as on a full disk.
    """
    return (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "from xl_pricing.__main__ import run\n"
        "run()\n"
    )


def start(*arguments: Path | str, code: str = "") -> "subprocess.Popen[str]":
    """Start the command line, or a program in its place."""
    command = [sys.executable, *(["-c", code] if code else ["-m", "xl_pricing"])]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
