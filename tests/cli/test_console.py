"""The command line as a whole: its help, its JSON, its ways to end."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import click
import pytest
from command_line import answer, assert_one_sentence, run, start, table

import xl_pricing
from xl_pricing.cli.console import SPREAD, to_json
from xl_pricing.cli.main import main


def _commands(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


COMMANDS = sorted(_commands(main))


def example_of(command: str) -> str:
    example = re.search(
        r"^ *Example: xl-pricing (.*)$", run(f"{command} --help").stdout, re.MULTILINE
    )
    assert example, f"{command} has no example"
    return example[1]


def test_these_are_the_commands() -> None:
    assert COMMANDS == [
        "budget",
        "buffer",
        "cost",
        "credits",
        "excel doctor",
        "excel install",
        "excel uninstall",
        "explain",
        "levers",
        "plans",
        "rates audit",
        "rates diff",
        "rates history",
        "rates refresh",
        "rates rollback",
        "rates show",
        "risk",
        "size",
        "stage",
        "template",
        "tokens",
    ]


# Those for Excel change the machine that they run on: test_install.py makes one up.
# Nor is there anything to roll back on a fresh machine: see test_rates.py.
@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if not c.startswith("excel ") and c != "rates rollback"]
)
def test_the_example_in_the_help_runs_as_table_and_as_json(command: str) -> None:
    example = example_of(command)
    assert example.startswith(command)
    assert table(example)
    assert answer(example + (" --force" if command == "template" else ""))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_says_something_of_every_argument_and_option(command: str) -> None:
    shown = run(f"{command} --help").stdout
    found = main
    for name in command.split():
        found = found.commands[name]  # type: ignore[assignment]
    for param in found.params:
        name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
        assert re.search(rf"^  {re.escape(name)}( [A-Z_]+)?\n? {{2,}}\S", shown, re.MULTILINE), name


@pytest.mark.parametrize("line", ["", "--help", "rates", "rates --help"])
def test_a_group_alone_shows_its_help(line: str) -> None:
    result = run(line)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_the_version() -> None:
    assert run("--version").stdout == f"xl-pricing {xl_pricing.__version__}\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("paint", "No such command 'paint'; accepted: budget, buffer, cost,"),
        ("--paint", "No such option"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)


def test_a_process_ends_with_status_2_and_no_traceback() -> None:
    process = start("cost", "4:5", "auto")
    out, err = process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err.startswith(b"xl-pricing: quality 'auto'")
    assert err.count(b"\n") == 1


def test_a_console_without_the_letters_is_served() -> None:
    told, _ = start("size", "4：5", PYTHONIOENCODING="cp1252").communicate()
    assert b"4?5" in told
    process = start("cost", "4:5", "🙂", PYTHONIOENCODING="cp1252")
    _, err = process.communicate()
    assert process.returncode == 2
    assert err.count(b"\n") == 1


def test_a_closed_pipe_ends_quietly() -> None:
    process = start("rates", "show", "--json")
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


PLANNED = [
    "levers 4:5 high 120 --retries 1.5 --references 1",
    "plans 4:5 high 120",
    "risk 12 1.5",
    "stage 4:5 high 120 --retries 2",
]


@pytest.mark.parametrize("line", PLANNED)
def test_the_json_is_one_document_of_plain_values(line: str) -> None:
    result = run(f"{line} --json")
    assert json.loads(result.stdout)
    assert "NaN" not in result.stdout
    assert "Infinity" not in result.stdout


@dataclass(frozen=True)
class Price:
    """A record with every kind of value."""

    usd: Fraction
    billed: Decimal
    since: date
    until: date | None


@dataclass(frozen=True)
class Answer:
    """An answer with parts."""

    name: str
    price: Price = field(metadata=SPREAD)
    others: list[Price]


def test_json_has_the_names_of_the_fields_and_plain_values() -> None:
    price = Price(Fraction(1, 4), Decimal("0.1"), date(2026, 11, 1), None)
    plain = {"usd": 0.25, "billed": 0.1, "since": "2026-11-01", "until": None}
    assert json.loads(to_json(Answer("a", price, [price]))) == {
        "name": "a", **plain, "others": [plain],
    }  # fmt: skip
    with pytest.raises(TypeError, match="has no place in an answer"):
        to_json({1})


@pytest.mark.parametrize("line", ["-h", "rates -h", "cost -h"])
def test_h_is_help(line: str) -> None:
    assert run(line).stdout == run(line.replace("-h", "--help")).stdout


def test_python_m_xl_pricing_is_the_command_line() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "xl_pricing", "tokens", "1024x1024", "low", "--json"],
        capture_output=True,
        check=True,
    )
    assert json.loads(told.stdout) == answer("tokens 1024x1024 low")
