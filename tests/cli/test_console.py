"""The command line as a whole: its help, its JSON, its ways to end."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import answer, assert_one_sentence, run, start, table

import xl_pricing
from xl_pricing.cli.answers import SPREAD, to_json
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
        "bill",
        "budget",
        "buffer",
        "cost",
        "credits",
        "excel doctor",
        "excel install",
        "excel selftest",
        "excel uninstall",
        "explain",
        "host libreoffice",
        "host lite",
        "host office",
        "levers",
        "models",
        "plans",
        "rates audit",
        "rates diff",
        "rates history",
        "rates refresh",
        "rates rollback",
        "rates show",
        "risk",
        "serve",
        "size",
        "stage",
        "template",
        "tokens",
    ]


# Those for Excel change the machine that they run on: test_install.py makes one up.
# Nor is there anything to roll back on a fresh machine, or a bill: see test_rates.py, bills/. The
# add-in for Excel needs Pyodide, and `serve` goes on for ever.
ELSEWHERE = {"rates rollback", "bill", "host office", "serve"}


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if not c.startswith("excel ") and c not in ELSEWHERE]
)
def test_the_example_in_the_help_runs_as_table_and_as_json(command: str) -> None:
    example = example_of(command)
    assert example.startswith(command)
    assert table(example)
    writes = command == "template" or command.startswith("host ")
    assert answer(example + (" --force" if writes else ""))


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
        ("paint", "command 'paint' is unknown; accepted: bill, budget, buffer,"),
        ("--paint", "option '--paint' is unknown; accepted: --version"),
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


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "gbk", "utf-8"])
def test_chinese_words_are_read_where_the_code_page_has_none(encoding: str, tmp_path: Path) -> None:
    place = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    place |= {"PYTHONIOENCODING": encoding, "XL_PRICING_DATA": str(tmp_path / "none")}
    told, _ = start("cost", "4：5", "高", "--json", **place).communicate()
    assert json.loads(told)["usd_per_image"] == answer("cost 4:5 high")["usd_per_image"]
    lines = tmp_path / "线.csv"
    lines.write_text("size,质量,成品数\n4:5,高,3\n", encoding="utf-8")
    path = tmp_path / "预算.xlsx"
    told, said = start("template", str(path), "--campaign", str(lines), **place).communicate()
    assert path.exists(), said
    assert b"1 of 1 lines are priced" in told
    for line in (["cost", "4:5", "糟"], ["template", "预算.xls"], ["价格"]):
        _, said = start(*line, **place).communicate()
        assert said.count(b"\n") == 1
        assert b"Traceback" not in said
        assert b"udc" not in said


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


DRAWN = [
    *("rates show", "plans 4:5 high 120", "levers 4:5 high 120 --retries 1.5", "rates audit"),
    *("explain 4:5 high --references 1", "models", "plans --list", "stage 4:5 high 9 --retries 2"),
    *("budget 4:5 high 120", "risk 12 2", "credits 4:5 high PixAPI", "size 16:9"),
]


@pytest.mark.parametrize("line", DRAWN)
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_what_is_drawn_fits_the_terminal(
    line: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", f"{columns}")
    assert max(map(len, table(line))) <= columns


@pytest.mark.parametrize("line", ["models", "plans --list"])
def test_what_may_be_asked_for_is_listed(line: str) -> None:
    names = [row[line.removesuffix("s").removesuffix("s --list")] for row in answer(line)]
    assert {"gpt-image-2", "PixAPI"} & {*names}
    assert len(names) == len({*names})
    assert all(any(name in drawn for drawn in table(line)) for name in names)


@pytest.mark.parametrize(
    ("line", "kind", "status"),
    [
        ("cost 4:5 high --model gptimage2", "InvalidValueError", 2),
        ("cost 1920x1080 high", "OutOfRangeError", 2),
        ("cost 4:5 auto", "NotAvailableError", 2),
        ("cost 4:5", "InvalidValueError", 2),
        ("cots", "InvalidValueError", 2),
        ("cost 4:5 high --modle x", "InvalidValueError", 2),
        ("budget 1e308 1000", "OutOfRangeError", 2),
        ("rates refresh --source nowhere.json", "SourceError", 1),
    ],
)
def test_with_json_an_error_is_a_document_too(line: str, kind: str, status: int) -> None:
    told, said = run(f"{line} --json"), run(line)
    assert told.exit_code == said.exit_code == status
    error = json.loads(told.stdout)["error"]
    assert error["type"] == kind
    assert f"xl-pricing: {error['message']}" == said.stderr.splitlines()[-1]
    assert "xl-pricing: " not in told.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cots", "command 'cots' is unknown; did you mean cost?"),
        ("rates shwo", "command 'shwo' is unknown; did you mean show?"),
        ("cost 4:5 high --modle x", "option '--modle' is unknown; did you mean --model?"),
        ("cost high 1024x1536", "'high' and '1024x1536' are swapped; accepted: 1024x1536 high"),
        ("budget 4:5 120 high", "'120' and 'high' are swapped; accepted: 4:5 high 120"),
        ("stage 120 4:5 高 --retries 2", "accepted: 4:5 高 120"),
        ("credits 4:5 PixAPI high", "'PixAPI' and 'high' are swapped"),
        ("budget --finals 5 --size high --quality 4:5", "quality '4:5' is a size"),
        ("credits 4:5 high 0,01", "plan '0,01' is not a number; accepted: 0.01"),
        ("cost 4:5 high --n 2,5", "n '2,5' is not a whole number; accepted: whole numbers, 1 to"),
        ("cost 4:5 high --references 1,5", "not a whole number; accepted: whole numbers, 0 to 16"),
        ("cost 4:5 high --references two", "or sizes such as 1024x1024; 800x600"),
        ("cost 4:5 high --prompt 1.234", "prompt '1.234' can be read in two ways; accepted: 1234"),
        ("cost 4:5 high --prompt 1,5", "prompt '1,5' is not a whole number"),
        ("budget 0.1 1,000", "finals '1,000' can be read in two ways"),
        ("size 99999:1", "ratio '99999:1' is not readable; accepted: 4:5, 16:9 or 1.91:1"),
        ("size 4:5 --quality auto", "not known before; accepted: low, medium, high\n"),
        ("size 4:5 --quality 99", "belongs to one size; accepted: low, medium, high\n"),
        ("size 4:5 --model gpt-image-1", "accepted: 1024x1024, 1024x1536, 1536x1024"),
        ("rates show --date 05/11/2026", "can be read as 2026-11-05 or 2026-05-11"),
        ("template b.xlsx --lang zh", "lang 'zh' is unknown; did you mean zh-CN?"),
        ("template b.xlsx --lang zh_CN", "lang 'zh_CN' is unknown; did you mean zh-CN?"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_word(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("cost 1:1 high --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("budget 1:1 high 9 --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("credits 1:1 high 0.01 --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("tokens 1:1 high --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("levers 1:1 high 9 --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("stage 1:1 high 9 --retries 2 --model gpt-image-1", "gpt-image-1 was shut down"),
        ("plans 1:1 high 9 --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("explain 1:1 high --model gpt-image-1", "gpt-image-1 was shut down on 2026-10-23"),
        ("cost 3840x2160 high", "called experimental"),
        ("cost 4:5 high --model gpt-image-2.6-flare", "The output tokens are an estimate: "),
        ("cost 4:5 high --prompt 'a red shoe'", "an estimate from its characters"),
        ("cost 4:5 1056", "those that you measured"),
        ("size 16:9", "In the other commands 16:9 stands for 1792x1008"),
    ],
)
def test_what_a_planner_should_know_is_a_note(
    line: str, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xl_pricing.cli.image.today", lambda: date(2026, 11, 26))
    monkeypatch.setattr("xl_pricing.functions.explaining.today", lambda: date(2026, 11, 26))
    assert any(note in each for each in answer(line)["notes"])
    assert any(each.startswith("note: ") and note in each for each in table(line))


def test_a_damaged_card_is_a_note_of_the_document_too(data_folder: Path) -> None:
    data_folder.mkdir()
    (data_folder / "card.json").write_text("garbage")
    for line in ("cost 4:5 high", "risk 12 2"):
        document = json.loads(run(f"{line} --json").stdout)
        assert "the bundled one" in document["notes"][-1]


def test_a_shell_completes_the_values() -> None:
    def completed(*words: str) -> list[str]:
        line = ["xl-pricing", *words]
        told = CliRunner().invoke(
            main,
            [],
            prog_name="xl-pricing",
            env={
                "_XL_PRICING_COMPLETE": "bash_complete",
                "COMP_WORDS": " ".join(line),
                "COMP_CWORD": f"{len(line) - 1}",
            },
        )
        return [item.partition(",")[2] for item in told.stdout.split()]

    assert "gpt-image-2.5-flare" in completed("cost", "4:5", "high", "--model", "gpt-image-2")
    assert completed("cost", "4:5", "me") == ["medium"]
    assert completed("rates", "show", "--tier", "b") == ["batch"]
    assert completed("template", "b.xlsx", "--lang", "z") == ["zh-CN"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is made of /dev/full")
@pytest.mark.parametrize("line", ["rates show", "cost 4:5 high"])
def test_a_full_disk_is_told_in_one_sentence(line: str) -> None:
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(
            [sys.executable, "-m", "xl_pricing", *line.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert told.returncode == 1
    assert told.stderr.startswith(b"xl-pricing: the answer cannot be written: ")
    assert told.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_ends_a_command_that_is_loading_without_a_traceback() -> None:
    code = (
        "import builtins, os, signal\n"
        "real = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'xl_pricing.cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "import xl_pricing.__main__ as entry\n"
        "builtins.__import__ = slow\n"
        "entry.run()\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert told.returncode == -signal.SIGINT
    assert told.stderr == b""


def test_the_help_says_what_is_so_of_this_command() -> None:
    assert "If omitted" not in run("cost --help").stdout.partition("Options:")[0]
    assert "measured" not in run("size --help").stdout
    listed = "".join(run(f"{group} --help").stdout for group in ("", "rates", "excel"))
    assert "..." not in listed.replace("COMMAND [ARGS]...", "")
    assert "IMG" not in "".join(run(f"{command} --help").stdout for command in COMMANDS)


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
