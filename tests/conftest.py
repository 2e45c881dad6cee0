"""What all tests share: a fixed day, no refreshed card, the same examples on every run."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import hypothesis
import pytest
from exhaustive import Choice, many
from hosts.libreoffice import LibreOffice
from hosts.programs import SOFFICE, UNO_PYTHON, require
from that_day import put, stop_the_clock

# Before anything asks for a card: the machine's own refreshed card is no test's business.
os.environ["XL_PRICING_DATA"] = str(Path(gettempdir(), f"xl_pricing-tests-{os.getpid()}"))

LONGEST = (
    *("test_mutations.py", "test_carry_over.py", "test_outcomes.py", "test_workbook.py"),
    *("test_second_engine.py", "test_rules.py"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs everything."""
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="run everything: all random sets, tables of thousands of rows, both languages",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note what was asked for before the tests are collected, and stop the clock.

    Workbooks say on which day they were made, and some are made while tests are collected.
    """
    stop_the_clock(put)
    os.environ.pop("COLUMNS", None)  # whoever runs several tests at a time sets it
    Choice.exhaustive = config.getoption("--exhaustive")
    hypothesis.settings.register_profile(
        "xl_pricing",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=many(25, 100),
    )
    hypothesis.settings.load_profile("xl_pricing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, lest one of several processes ends long after the others."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else 99)


def pytest_collection_finish() -> None:
    """Let the collector look at what the tests make only, and seldom: a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to run the rest."""
    if not Choice.exhaustive:
        terminalreporter.write_line("A quick run; pytest --exhaustive runs all, as CI does.")


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give one test a data folder of its own."""
    from xl_pricing.rates.refresh.store import FOLDER_VARIABLE, user_store

    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "data"))
    user_store.cache_clear()
    yield tmp_path / "data"
    user_store.cache_clear()


@pytest.fixture
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock on the day of the cases, for one test."""
    stop_the_clock(monkeypatch.setattr)


@pytest.fixture(scope="session")
def running_libreoffice() -> Iterator[LibreOffice]:
    """Run one LibreOffice for all tests."""
    require(SOFFICE)
    require(UNO_PYTHON)
    with LibreOffice() as running:
        yield running


@pytest.fixture(scope="module")
def libreoffice(running_libreoffice: LibreOffice) -> LibreOffice:
    """Return the LibreOffice of the run, with an empty workbook at a module's beginning."""
    running_libreoffice.open_empty()
    return running_libreoffice
