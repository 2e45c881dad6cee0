"""The command line answers what the functions answer, and says in one sentence what is wrong."""

import json
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import xl_pricing
from xl_pricing.cli.main import main
from xl_pricing.estimation.budget import generations_needed
from xl_pricing.functions import pricing


def _commands(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


COMMANDS = sorted(_commands(main))


CONTRACT = """model,meter,tier,usd_per_mtok,effective_from,source,checked,basis
gpt-image-2,image_out,standard,24,2026-05-01,contract 7,2026-11-01,quoted
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not data_folder.exists()
    monkeypatch.chdir(tmp_path)
    Path("contract.csv").write_text(CONTRACT, encoding="utf-8")


def run(line: str) -> Result:
    return CliRunner().invoke(main, shlex.split(line))


def answer(line: str) -> Any:
    result = run(f"{line} --json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def table(line: str) -> list[str]:
    result = run(line)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.isascii()
    return [line.rstrip() for line in result.stdout.splitlines()]


def example_of(command: str) -> str:
    example = re.search(
        r"^ *Example: xl-pricing (.*)$", run(f"{command} --help").stdout, re.MULTILINE
    )
    assert example, f"{command} has no example"
    return example[1]


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    call = "from xl_pricing.cli.main import main; main()"
    root = str(Path(xl_pricing.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", call, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": root, "SYSTEMROOT": "C:\\Windows", **environment},
    )


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
@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith("excel ")])
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
        name = param.opts[0] if isinstance(param, click.Option) else str(param.name).upper()
        assert re.search(rf"^  {name}( [A-Z_]+)?\n? {{2,}}\S", shown, re.MULTILINE), name


@pytest.mark.parametrize("line", ["", "--help", "rates", "rates --help"])
def test_a_group_alone_shows_its_help(line: str) -> None:
    result = run(line)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_the_version() -> None:
    assert run("--version").stdout == f"xl-pricing {xl_pricing.__version__}\n"


def test_cost_is_imgcost() -> None:
    assert answer("cost 4:5 high") == {
        "model": "gpt-image-2",
        "size": "1024x1280",
        "quality": "high",
        "n": 1,
        "tier": "standard",
        "usd_per_image": pricing.IMGCOST("4:5", "high"),
        "basis": "quoted",
    }
    line = "cost 1024x1536 low --model gpt-image-1 --n 3 --prompt 'a red shoe' --references 2"
    usd = pricing.IMGCOST("1024x1536", "low", "gpt-image-1", 3, "a red shoe", 2, "batch")
    assert answer(f"{line} --tier batch")["usd_per_image"] == usd


def test_cost_as_a_table() -> None:
    assert table("cost 1024x1536 high") == [
        "model        size       quality      n  tier        USD per image  basis",
        "-----------  ---------  ---------  ---  --------  ---------------  -------",
        "gpt-image-2  1024x1536  high         1  standard          0.16464  quoted",
    ]


def test_credits_are_imgcredits_with_usd_where_the_plan_tells() -> None:
    told = answer("credits 4:5 high 0.01")
    assert told["credits_per_image"] == pricing.IMGCREDITS("4:5", "high", 0.01)
    assert told["usd_per_image"] == pricing.IMGCOST("4:5", "high")
    assert answer("credits 4:5 high PixAPI")["credits_per_image"] == 14
    assert answer("credits 4:5 high PixAPI")["usd_per_image"] is None


def test_tokens_are_imgtokens_and_not_rounded() -> None:
    assert answer("tokens 1024x1024 low --n 2")["output_tokens_per_image"] == 195.5
    assert answer("tokens 1024x1024 5488.25")["quality"] == 5488.25


def test_explain_itemises_what_cost_sums_up() -> None:
    line = "4:5 high --prompt 120 --references 2"
    told = answer(f"explain {line}")
    assert [row["meter"] for row in told["lines"]] == ["text_in", "image_in", "image_out"]
    assert told["usd_per_image"] == answer(f"cost {line}")["usd_per_image"]
    assert told["usd_per_image"] == pytest.approx(sum(r["usd_per_image"] for r in told["lines"]))
    assert all(row["source"] and row["checked"] and row["basis"] for row in told["lines"])


def test_explain_shows_notes_below_the_table() -> None:
    assert "note: The release day is approximate." in table(
        "explain 1024x1024 low --model gpt-image-1"
    )


def test_budget_from_a_spec_shows_the_five_steps() -> None:
    line = "budget --size 4:5 --quality high --finals 120 --retries 1.5 --buffer 20%"
    usd = pricing.IMGCOST("4:5", "high")
    told = answer(line)
    assert told["output_spec"]["size"] == "1024x1280"
    assert told["unit"] == "USD"
    assert (told["finals"], told["retries"], told["buffer"]) == (120, 1.5, 0.2)
    assert (told["total_generations"], told["generations_with_buffer"]) == (180, 216)
    assert told["budget"] == pricing.IMGBUDGET(usd, 120, 1.5, 0.2)
    assert told["cost_per_accepted_final"] == pytest.approx(1.5 * usd)
    assert table(line) == [
        "step    quantity                             value",
        "------  -----------------------------------  ---------------------------",
        "1       output spec                          1024x1280 high, gpt-image-2",
        "2       finals                               120",
        "3       retries                              1.5",
        "4       total generations                    180",
        "5       buffer                               20%",
        "        generations with buffer              216",
        "        budget                               39.65",
        "        cost per generation                  0.18357",
        "        cost per accepted final              0.275355",
        "        cost per accepted final with buffer  0.330426",
        "budget and costs in USD",
    ]


def test_budget_from_a_cost_has_the_unit_of_the_cost() -> None:
    told = answer("budget 14 120")
    assert (told["output_spec"], told["unit"]) == (None, None)
    assert told["budget"] == pricing.IMGBUDGET(14, 120)
    assert answer("budget 14 --finals 120") == told
    assert answer("budget 14 120 --buffer 0.2 --retries 1") == told


def test_size_is_imgsize() -> None:
    told = answer("size 16:9 --short-side 1080")
    assert told["size"] == pricing.IMGSIZE("16:9", 1080)
    assert told["output_tokens_per_image"] == pricing.IMGTOKENS(told["size"], "high")
    assert answer("size 1:1 --quality low --model gpt-image-1")["size"] == "1024x1024"


@pytest.mark.parametrize("confidence", ["0.95", "95%", "95 %"])
def test_buffer_is_imgbuffer_with_its_generations(confidence: str) -> None:
    told = answer(f"buffer 120 1.5 --confidence '{confidence}'")
    assert told["buffer"] == pricing.IMGBUFFER(120, 1.5, 0.95)
    assert told["total_generations"] == 180
    assert told["generations_needed"] == generations_needed(120, 1.5, 0.95)
    assert told["buffer"] == pytest.approx(told["generations_needed"] / 180 - 1)


def test_rates_show_what_imgrate_answers_on_the_day() -> None:
    rows = answer("rates show")
    assert {row["tier"] for row in rows} == {"standard", "batch"}
    for row in rows:
        assert row["usd_per_mtok"] == pricing.IMGRATE(row["model"], row["meter"], row["tier"])
    keys = [(row["model"], row["meter"], row["tier"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_rates_show_can_be_narrowed_to_a_model_tier_and_day() -> None:
    rows = answer("rates show --model gpt-image-2-2026-04-21 --tier batch")
    assert {(row["model"], row["tier"]) for row in rows} == {("gpt-image-2", "batch")}
    before = answer("rates show --date 2026-04-20")
    assert "gpt-image-2" not in {row["model"] for row in before}
    assert all(row["effective_from"] <= "2026-04-20" for row in before)


@pytest.mark.parametrize("lang", ["", "--lang en", "--lang zh-CN"])
def test_template_writes_a_workbook(lang: str) -> None:
    written, what_next = table(f"template budget.xlsx {lang}")
    assert written == "budget.xlsx"
    assert what_next.startswith("Open it")
    assert "xl/workbook.xml" in zipfile.ZipFile("budget.xlsx").namelist()


def test_template_overwrites_only_when_told() -> None:
    Path("budget.xlsx").write_text("mine", encoding="utf-8")
    refused = run("template budget.xlsx")
    assert_one_sentence(refused, "path 'budget.xlsx' exists; accepted: another name, or --force")
    assert Path("budget.xlsx").read_text(encoding="utf-8") == "mine"
    assert answer("template budget.xlsx --force") == {"path": "budget.xlsx", "lang": "en"}
    assert answer("template budget.xlsm") == {"path": "budget.xlsm", "lang": "en"}
    assert "xl/vbaProject.bin" in zipfile.ZipFile("budget.xlsm").namelist()
    assert zipfile.is_zipfile("budget.xlsx")


def assert_one_sentence(result: Result, told: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("xl-pricing: ")
    assert result.stderr.count("\n") == 1
    assert ". " not in result.stderr
    assert told in result.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("paint", "No such command 'paint'; accepted: budget, buffer, cost,"),
        ("--paint", "No such option"),
        ("rates paint", "No such command 'paint'; accepted: audit, diff, history"),
        ("cost", "Missing argument 'SIZE'; accepted: SIZE QUALITY --json --model"),
        ("cost 4:5", "Missing argument 'QUALITY'; accepted: SIZE QUALITY"),
        ("cost 4:5 high extra", "unexpected extra argument (extra); accepted: SIZE QUALITY"),
        ("cost 4:5 high 'two\nlines'", "unexpected extra argument (two lines); accepted:"),
        ("cost 4:5 high --modle x", "No such option"),
        ("cost 4:5 high --n", "requires an argument"),
        ("cost 4:5 high --json=1", "does not take a value"),
        ("cost '' high", "size is missing"),
        ("cost 4:5 ''", "quality is missing"),
        ("cost 4:5 auto", "quality 'auto' is chosen by the model"),
        ("cost 4:5 huge", "accepted: low, medium, high"),
        ("cost 4:5 xhigh", "accepted: low, medium, high"),
        ("cost big high", "accepted: 1024x1536"),
        ("cost 1000x1000 high", "multiples of 16"),
        ("cost 4000x4000 high", "at most 3840 px"),
        ("cost 3072x1008 high", "at most 3 times"),
        ("cost 512x512 high", "655,360 to 8,294,400 pixels"),
        ("cost 4:5 high --model dall-e", "accepted: gpt-image-2"),
        ("cost 4:5 high --n 11", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --n -1", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --n 1.5", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --references 17", "accepted: whole numbers, 0 to 16"),
        ("cost 4:5 high --tier flex", "accepted: standard, batch"),
        (f"cost 4:5 high --prompt {'🙂' * 32_001}", "32,001 characters"),
        ("cost 4:5 -5", "accepted as output tokens per image"),
        ("cost 4:5 nan", "quality 'nan' is not known"),
        ("credits 4:5 high", "Missing argument 'PLAN'"),
        ("credits 4:5 high Nobody", "accepted: PixAPI"),
        ("credits 4:5 high -0.01", "more than 0 USD per credit"),
        ("tokens 4:5 low --model gpt-image-2.6-flare", "no formula is published"),
        ("explain 4:5 '#N/A'", "holds the error #N/A"),
        ("budget", "accepted: COST FINALS, or --size, --quality and --finals"),
        ("budget 0.1", "accepted: COST FINALS, or --size, --quality and --finals"),
        ("budget 0.1 10 --finals 10", "accepted: COST FINALS, or --size"),
        ("budget 0.1 10 --size 4:5 --quality high", "accepted: COST FINALS, or --size"),
        ("budget 0.1 10 --model gpt-image-2", "accepted: COST FINALS, or --size"),
        ("budget --size 4:5 --finals 10", "quality is missing"),
        ("budget -5 10", "cost -5 is out of range; accepted: 0 or more"),
        ("budget 5 -10", "finals -10 is out of range; accepted: 0 or more"),
        ("budget 5 ten", "finals 'ten' is not a number"),
        ("budget 5 inf", "finals 'inf' is not a number"),
        ("budget 5 10 --retries 0.5", "accepted: 1 or more"),
        ("budget 5 10 --buffer 120%", "accepted: 0 to 1"),
        ("budget 5 10 --buffer much%", "buffer 'much%' is not a number"),
        ("budget 1e308 1000", "over 1e308"),
        ("budget 1e999 1000", "accepted: a finite number"),
        ("budget 0 1e308 --retries 1000", "over 1e308"),
        ("size 4x5", "accepted: 4:5"),
        ("size 4:1", "no legal size"),
        ("size 4:5 --short-side 0", "accepted: px > 0"),
        ("size 4:5 --quality auto", "chosen by the model"),
        ("buffer 1.5 2", "accepted: whole numbers, 0 to 1,000,000"),
        ("buffer 120 0.5", "accepted: 1 to 1,000"),
        ("buffer 120 1.5 --confidence 100%", "accepted: between 0 and 1"),
        ("rates show --model dall-e", "accepted: gpt-image-2"),
        ("rates show --tier flex", "accepted: standard, batch"),
        ("rates show --date yesterday", "accepted: an Excel date or text such as 2026-05-01"),
        ("rates show --date 2020-01-01", "accepted: a later day"),
        ("template", "Missing argument 'PATH'"),
        ("template budget.xls", "accepted: a name in .xlsx or .xlsm"),
        ("template budget.xlsx --lang fr", "accepted: en, zh-CN"),
        ("template nowhere/budget.xlsx", "accepted: a file in a folder that you may write to"),
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
