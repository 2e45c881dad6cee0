"""What a person reads of the workbook is what the core says, for random jobs in both languages."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from former import answer
from outcomes import Outcome, Reader, outcomes
from random_inputs import CARD, in_words, job, random_inputs
from readable import readable

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build

JOBS = 200
ROWS = 12


def reader(words: Words) -> Reader:
    return Reader(None if words.lang == "en" else words.data)


def wrong(
    expected: Mapping[str, Outcome], shown: Mapping[str, Any], words: Words, typed: object
) -> list[str]:
    """Return the cells that show something else than the core says."""
    agrees = reader(words).agrees
    return [
        f"{name}: core {one!r}, sheet {shown[name]!r}, for {typed}"
        for name, one in expected.items()
        if not agrees(one, shown[name])
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_that_a_person_reads_has_an_outcome(lang: str) -> None:
    words = Words(lang)
    assert set(readable(build(lang), words)) - set(outcomes(job(), CARD)) == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_random_jobs_show_what_the_core_says(lang: str) -> None:
    """Tables of 12 rows; about every second job has faults."""
    rng, words = random.Random(f"outcomes {lang}"), Words(lang)
    answered: dict[str, int] = {}
    for _ in range(JOBS):
        typed = random_inputs(rng, Words("en"), ROWS)
        expected = outcomes(typed, CARD)
        shown = answer(in_words(typed, words), CARD, words)
        assert "\n".join(wrong(expected, shown, words, typed)[:20]) == ""
        for name, one in expected.items():
            answered[name] = answered.get(name, 0) + (one != "#N/A")
    for name in ("budget_usd", "campaign_total", "variance_price", "measured_retries"):
        assert answered[name] > JOBS / 4
