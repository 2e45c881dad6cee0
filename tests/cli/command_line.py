"""The command line as a user has it, for the tests of all commands."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

import xl_pricing
from xl_pricing.cli.main import main


def run(line: str) -> Result:
    """Run a command as it is typed."""
    return CliRunner().invoke(main, shlex.split(line))


def answer(line: str) -> Any:
    """Return the JSON document of a command that answers."""
    result = run(f"{line} --json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def table(line: str) -> list[str]:
    """Return the lines that a command draws."""
    result = run(line)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.isascii()
    return [line.rstrip() for line in result.stdout.splitlines()]


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start a process."""
    call = "from xl_pricing.cli.main import main; main()"
    root = str(Path(xl_pricing.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", call, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": root, "SYSTEMROOT": "C:\\Windows", **environment},
    )


def assert_one_sentence(result: Result, told: str) -> None:
    """Assert that a command refused with status 2 and one sentence."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("xl-pricing: ")
    assert result.stderr.count("\n") == 1
    assert ". " not in result.stderr
    assert told in result.stderr


def cells(lines: list[str]) -> list[list[str]]:
    """Part the lines of a table into what stands in them."""
    return [re.split(r" {2,}", line) for line in lines]


def unwrapped(lines: list[str]) -> list[str]:
    """Put the lines on which words went on back behind the ones that they belong to."""
    whole: list[str] = []
    for line in lines:
        if line.startswith(" "):
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line)
    return whole
