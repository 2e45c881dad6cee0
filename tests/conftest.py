"""What all tests share: a fixed day, and property tests that try the same examples on every run."""

import hypothesis
import pytest
from that_day import stop_the_clock

hypothesis.settings.register_profile("xl_pricing", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("xl_pricing")


@pytest.fixture
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock on the day of the cases, for one test."""
    stop_the_clock(monkeypatch.setattr)
