"""Whatever comes to a door: a sentence or the right answer, in time; no traceback, nothing lost.

`pytest --exhaustive` sends 200,000 calls and 500 documents to each door.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import odd
import oracle
import pytest
from click.testing import CliRunner, Result
from exhaustive import many
from hosts.made_up_machine import ADDIN, SYSTEMS, config, make, put, runner

from workbook_templates.csv_rows import read_rows
from workbook_templates.csv_shapes import ACTUALS, CAMPAIGN, CsvTable
from xl_pricing.cli.main import main
from xl_pricing.errors import XlPricingError
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.values import ERROR_NAMES
from xl_pricing.hosts.excel.doctor import examine
from xl_pricing.hosts.excel.install import uninstall
from xl_pricing.hosts.excel.machine import Answer, Machine
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.records import columns, read_row
from xl_pricing.rates.refresh.saved_card import Saved, beyond_bundled, read_saved, saved_text
from xl_pricing.rates.refresh.sources import GENAI_PRICES, LITELLM, Source, read_own_card
from xl_pricing.rates.refresh.store import Store
from xl_pricing.rates.refresh.verdict import judge
from xl_pricing.rates.rows import Plan, Rate
from xl_pricing.rates.tables import table_rows

CALLS = many(4_000, 200_000)
DOCUMENTS = many(60, 500)
MOST_SECONDS = 5
MOST_CHARACTERS = 255
DAY = date(2026, 11, 26)
SOURCES = Path(__file__).parent / "cases" / "sources"
OWN = Source("own.json", "own.json", read_own_card)
OWN_CSV = """model,meter,tier,usd_per_mtok,effective_from,source,checked,basis
gpt-image-2,image_out,standard,25.5,2026-01-01,contract,2026-11-20,official
gpt-image-1.5,image_in,batch,4,2027-01-01,contract,2026-11-20,quoted
"""
LINES = """use_case,size,quality,model,finals,retries,buffer,tier
Feed,4:5,high,gpt-image-2,120,1.5,20%,standard
Story,1024x1536,1158,,7,2,0.1,batch
"""
BILLS = """date,model,size,quality,generations,accepted,billed
2026-11-20,gpt-image-2,1024x1536,high,12,7,1.98
2026-11-21,gpt-image-1.5,1024x1024,low,3,3,0.03
"""


def in_time(call: Callable[[], Any], most_characters: int = MOST_CHARACTERS) -> Any:
    """Return a call's answer, or its sentence where it refuses; either comes soon."""
    began, said = perf_counter(), "answered"
    found: Any = None
    try:
        found = call()
    except XlPricingError as error:
        found, said = error, str(error)
    assert perf_counter() - began < MOST_SECONDS
    assert 0 < len(said) < most_characters, said
    return found


# Cells

SPELT_SIZES = ("{0}x{1}", " {0} X {1} ", "{0}×{1}", "{0}*{1}")
SIZES = [(1024, 1024), (1024, 1536), (1536, 1024), (1280, 720), (3840, 2160), (2048, 688)]
QUALITIES = ("low", "medium", "high", "xhigh", "max")
MODELS = {name: oracle.GRIDS_2 if name.endswith("-2") else oracle.GRIDS_2_5 for name in (
    "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"
)}  # fmt: skip


def ordered(dice: Random) -> tuple[list[Any], Fraction | None]:
    """Return the first arguments of an image in some spelling, and its output tokens a call."""
    size, model = dice.choice(SIZES), dice.choice([*MODELS])
    quality, n = dice.choice([*QUALITIES, 1158, 229.5]), dice.choice([1, 1, 2, 10])
    tokens: Fraction | None = None
    if not isinstance(quality, str):
        tokens = Fraction(quality) * n if oracle.is_legal(*size) else None
    elif quality in MODELS[model] and oracle.is_legal(*size):
        tokens = Fraction(oracle.grid_tokens(MODELS[model][quality], *size, n))
    typed = dice.choice(SPELT_SIZES).format(*size)
    spelt = dice.choice([quality, str(quality).upper(), f" {quality} "])
    return [typed, spelt, model, dice.choice([n, f"{n}", float(n)])], tokens


def test_an_image_in_any_spelling_has_the_price_of_the_rules_or_an_error() -> None:
    dice = Random(10)
    for _ in range(CALLS // 2):
        row, tokens = ordered(dice)
        tier = dice.choice(["standard", "batch", " Batch "])
        count = answer(FUNCTIONS["IMGTOKENS"], row)
        usd = answer(FUNCTIONS["IMGCOST"], [*row, None, None, tier])
        if tokens is None:
            assert count in ERROR_NAMES.values(), row
            assert usd == count
        else:
            rate = oracle.list_price(row[2], "image_out", tier.strip().lower())
            assert rate is not None
            assert count == float(tokens / int(row[3])), row
            assert usd == float(tokens * rate / 1_000_000 / int(row[3])), row


def test_a_budget_is_the_product_of_what_is_typed() -> None:
    dice = Random(11)
    for _ in range(CALLS // 4):
        numbers = [dice.choice([0, 1, 120, 0.1, dice.random(), dice.random() * 1e6, 5e-324, 1e308])
                   for _ in range(2)]  # fmt: skip
        retries, buffer = 1 + dice.random(), dice.random()
        exact = Fraction(1)
        for each in (*numbers, retries, 1 + Fraction(repr(buffer))):
            exact *= each if isinstance(each, Fraction) else Fraction(repr(each))
        found = answer(FUNCTIONS["IMGBUDGET"], [*numbers, retries, buffer])
        if exact and not Fraction(1, 10**307) < exact < 10**308:
            assert found == "#NUM!" or found == float(exact)
        else:
            assert found == float(exact)


def test_an_odd_cell_anywhere_is_answered_or_refused() -> None:
    dice = Random(12)
    for _ in range(CALLS):
        function = dice.choice([*FUNCTIONS.values()])
        row: list[Any] = [*function.example]
        row += [None] * (len(function.arguments) - len(row))
        for _ in range(dice.choice((1, 1, 2, 3))):
            row[dice.randrange(len(row))] = dice.choice(odd.NESTED)
        if dice.random() < 0.1:
            row[0] = [[row[0]], [dice.choice(odd.NESTED)]]
        found = in_time(lambda: answer(function, row))  # noqa: B023 - called at once
        assert not isinstance(found, XlPricingError), row
        if dice.random() < 0.1:  # its sentence may look for the nearest sizes
            in_time(lambda: function.call(*row))  # noqa: B023 - called at once


# Ranges


@pytest.mark.parametrize(("kind", "argument"), [(Rate, "rates"), (Plan, "plans")])
def test_an_odd_cell_of_a_table_is_refused_or_prices(kind: Any, argument: str) -> None:
    name = "tblRates" if argument == "rates" else "tblPlans"
    rows = [[row[column] for column in columns(kind)] for row in
            table_rows(bundled_card(), name)[:12]]  # fmt: skip
    call, first = ("IMGCOST", 5) if argument == "rates" else ("IMGCREDITS", 5)
    row = [*FUNCTIONS[call].example[:3], *[None] * (len(FUNCTIONS[call].arguments) - 4)]
    row = row[: first + 2]
    for table in odd.tables([[*columns(kind)], *rows], Random(13), DOCUMENTS):
        in_time(lambda: FUNCTIONS[call].call(*row[:2], **{argument: table}, **(  # noqa: B023
            {"plan": "PixAPI"} if argument == "plans" else {})))  # fmt: skip


# Documents


def judged(source: Source, document: bytes) -> None:
    """Read a document, take over all it says, and save that."""
    verdict = judge(bundled_card(), [source.read(document, DAY)], DAY, accept=True)
    content = {"number": 1, "saved": DAY, "why": "test", **beyond_bundled(verdict.card)}
    saved_text(read_row(Saved, content, "it"))


@pytest.mark.parametrize("source", [LITELLM, GENAI_PRICES], ids=lambda source: source.name)
def test_a_public_document_is_read_or_refused(source: Source) -> None:
    whole = json.loads((SOURCES / f"{source.name.lower()}.json").read_bytes())
    for document in odd.json_documents(whole, Random(14), DOCUMENTS):
        in_time(lambda: judged(source, document))  # noqa: B023 - called at once


def test_an_own_card_is_read_or_refused() -> None:
    header, *rows = [line.split(",") for line in OWN_CSV.strip().split("\n")]
    whole = {"format": 1, "rates": [dict(zip(header, row, strict=True)) for row in rows]}
    for rate in whole["rates"]:  # type: ignore[attr-defined]
        rate["usd_per_mtok"] = float(rate["usd_per_mtok"])
    in_time(lambda: judged(OWN, json.dumps(whole).encode()))
    for document in (
        *odd.json_documents(whole, Random(15), DOCUMENTS),
        *odd.csv_documents(OWN_CSV, Random(15), DOCUMENTS),
    ):
        in_time(lambda: judged(OWN, document))  # noqa: B023 - called at once


def test_a_saved_card_is_used_or_told_and_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    verdict = judge(bundled_card(), [OWN.read(OWN_CSV.encode(), DAY)], DAY, accept=True)
    content = {"number": 1, "saved": DAY, "why": "test", **beyond_bundled(verdict.card)}
    whole = json.loads(saved_text(read_row(Saved, content, "it")))
    for document in odd.json_documents(whole, Random(16), DOCUMENTS):
        path.write_bytes(document)
        store = Store(tmp_path)
        in_time(store.active)
        in_time(store.history)
        told = in_time(store.warning)
        read = in_time(lambda: _saved(path))
        assert (told is None) == (read is not None), document
        assert path.read_bytes() == document


def _saved(path: Path) -> Saved | None:
    with suppress(XlPricingError, OSError):
        return read_saved(path)
    return None


@pytest.mark.parametrize(
    ("table", "whole"), [(CAMPAIGN, LINES), (ACTUALS, BILLS)], ids=["campaign", "actuals"]
)
def test_a_csv_file_is_read_or_refused(table: CsvTable, whole: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    for document in odd.csv_documents(whole, Random(17), DOCUMENTS):
        path.write_bytes(document)
        # It names up to eight faults, and no cell shows it.
        in_time(lambda: read_rows(path, table.shape), 8 * MOST_CHARACTERS)


# The command line

WORDS = [str(value) for value in odd.VALUES if "\x00" not in str(value) and value != "x" * 40_000]
COMMANDS = {
    "cost": ["1024x1536", "high"],
    "credits": ["1024x1536", "high", "PixAPI"],
    "tokens": ["1024x1536", "high"],
    "explain": ["1024x1536", "high"],
    "budget": ["0.16", "120"],
    "size": ["4:5"],
    "buffer": ["120", "1.5"],
    "levers": ["4:5", "high", "12"],
    "plans": ["4:5", "high", "12"],
    "risk": ["4:5", "high", "12"],
    "stage": ["4:5", "high", "12"],
    "models": [],
    "rates show": [],
    "rates history": [],
    "rates diff": ["0", "0"],
    "rates rollback": ["0"],
    "rates refresh --source": ["/nowhere.csv"],
    "template": ["/nowhere/b.xlsx"],
}
OPTIONS = (
    *("--model", "--n", "--prompt", "--references", "--tier", "--retries", "--confidence"),
    *("--buffer", "--date", "--short-side", "--quality", "--plan", "--campaign", "--actuals"),
)


def lines(dice: Random, count: int) -> Iterator[list[str]]:
    """Yield calls of all commands with odd words in them."""
    for _ in range(count):
        command = dice.choice([*COMMANDS])
        words = [*COMMANDS[command]]
        if words:
            words[dice.randrange(len(words))] = dice.choice(WORDS)
        if dice.random() < 0.4:
            words += [dice.choice(OPTIONS), dice.choice(WORDS)]
        words += ["--json"] * (dice.random() < 0.3)
        yield [*command.split(), *words]


def assert_plain(result: Result, line: list[str]) -> None:
    """Assert that a command ended by itself, with a sentence where it refused."""
    assert isinstance(result.exception, SystemExit | None), (line, result.exc_info)
    assert result.exit_code in {0, 1, 2}, line
    assert "Traceback" not in result.output, line
    if result.exit_code == 2:
        said = json.loads(result.stdout)["error"]["message"] if "--json" in line else result.stderr
        path = len(line[1]) if line[0] == "template" else 0  # which is told whole
        assert len(said.removeprefix("xl-pricing: ")) <= MOST_CHARACTERS + path, line


def test_every_command_answers_or_refuses_in_a_sentence(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert data_folder.parent == tmp_path
    monkeypatch.chdir(tmp_path)
    for line in lines(Random(18), 4 * DOCUMENTS):
        result = in_time(lambda: CliRunner().invoke(main, line))  # noqa: B023 - called at once
        assert_plain(result, line)


# Machines


@pytest.fixture(params=SYSTEMS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return make(request.param, tmp_path)


def test_doctor_examines_an_interpreter_that_answers_anything(machine: Machine) -> None:
    put(machine)
    told = {"bits": 64, "xlwings": "0.37.8", "xl_pricing": "1", "prefix": "/a", "package": "/b"}
    answers = [*odd.json_documents(told, Random(19), DOCUMENTS)]
    for said in [b"5", b"[1]", b"null", b"", b"\n\n", b'"', *answers]:
        text = said.decode("utf-8", "replace")
        asked = replace(machine, run=lambda _line: Answer(succeeded=True, said=text))  # noqa: B023
        assert all(check.says for check in in_time(lambda: examine(asked, ADDIN)))  # noqa: B023


def test_doctor_examines_a_configuration_that_names_anything(machine: Machine) -> None:
    put(machine)
    for value in map(str, odd.VALUES):
        lines = f'"{machine.interpreter_setting}","{value}"\n"UDF MODULES","{value}"\n'
        machine.config_file.write_bytes(lines.encode(machine.encoding, "replace"))
        assert all(check.says for check in in_time(lambda: examine(machine, ADDIN)))


def test_install_and_uninstall_among_odd_files_lose_nothing(machine: Machine) -> None:
    dice = Random(20)
    put(machine)
    settings = machine.config_file.read_bytes()
    note = json.loads(machine.config_file.with_name("xl_pricing.json").read_bytes())
    foreign = machine.start_folder / "others.xlam"
    foreign.write_bytes(b"another's")
    notes = odd.json_documents(note, dice, DOCUMENTS // 2)
    # A folder's path is as long as the machine makes it.
    most_characters = MOST_CHARACTERS + len(str(machine.config_file.parent))
    for i, document in enumerate(notes):
        config(machine, '"LICENSE_KEY","kept"')
        kept = machine.config_file.read_bytes()
        machine.config_file.write_bytes(kept + odd.spoilt(settings, dice))
        machine.config_file.with_name("xl_pricing.json").write_bytes(document)
        in_time(lambda: examine(machine, ADDIN))
        for step in (lambda: put(machine, lambda _question: True), lambda: uninstall(machine)):
            in_time(step, most_characters)
            assert machine.config_file.read_bytes().startswith(kept.rstrip()), i
        assert foreign.read_bytes() == b"another's"
    assert runner(machine).calls
