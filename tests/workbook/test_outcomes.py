"""What a person reads of the workbook is what the core says, for random jobs in both languages."""

import random

import pytest
from edges import edge_jobs, jobs_of_the_long_card, long_card
from exhaustive import many
from outcomes import outcomes, rules
from random_inputs import CARD, EN, job, random_inputs
from readable import readable
from shown import built_with, judged

from workbook_templates.book.words import LANGUAGES, Words

JOBS = many(12, 500)
EVERY = 4
ROWS = 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_that_a_person_reads_has_an_outcome(lang: str) -> None:
    assert set(readable(built_with(lang), Words(lang))) - set(outcomes(blank(), CARD)) == set()


def blank() -> dict[str, object]:
    """Return the prefilled job with tables of blank rows."""
    return job(tblCampaign=[{}] * ROWS, tblActuals=[{}] * ROWS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_random_jobs_show_what_the_core_says(lang: str) -> None:
    """Tables of 12 rows; about every second job has faults."""
    rng, words = random.Random(f"outcomes {lang}"), Words(lang)
    for _ in range(JOBS):
        assert "\n".join(judged(random_inputs(rng, EN, ROWS), words)[:20]) == ""


@pytest.mark.parametrize("first", range(EVERY))
def test_jobs_at_the_edges_show_what_the_core_says(first: int) -> None:
    for typed in edge_jobs()[first :: many(8 * EVERY, EVERY)]:
        assert "\n".join(judged(typed)[:20]) == ""


def test_a_card_with_more_plans_and_rates_shows_what_the_core_says() -> None:
    card = long_card()
    for typed in jobs_of_the_long_card()[:: many(4, 1)]:
        assert "\n".join(judged(typed, card=card)[:20]) == ""


def test_the_jobs_are_worth_it() -> None:
    """Most of what can be answered is; every rule holds in some jobs and is broken in others."""
    rng = random.Random("worth")
    jobs = [outcomes(random_inputs(rng, EN, ROWS), CARD) for _ in range(24)]
    for name in ("budget_usd", "campaign_total", "variance_price", "measured_retries"):
        assert sum(one[name] != "#N/A" for one in jobs) > 5, name
    jobs += [rules(typed, CARD) for typed in edge_jobs()]
    names = [name for name in jobs[0] if name.startswith(("ok_", "note_"))]
    assert {name for name in names if all(one[name] == 1 for one in jobs)} == NEVER_BROKEN
    assert {name for name in names if all(one[name] == 0 for one in jobs)} == set()


NEVER_BROKEN = {
    *("ok_tier", "ok_ratio", "ok_quality_word"),
    *("ok_model", "ok_table", "ok_rates_once"),
    *("ok_campaign_table", "ok_plans_table", "ok_actuals_table"),
    *("ok_variance", "note_card", "note_lever_ratios", "note_plans_room"),
    *("note_other_room", "note_places_room"),
}
"""The rules that only a card, a table of thousands of rows or an overwritten formula breaks.

A model, tier, ratio or quality that there is not: see test_rules.
"""
