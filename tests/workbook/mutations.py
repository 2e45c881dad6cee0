"""Mutations: every operator and constant of the sheets' formulas changed, and whether it is seen.

A mutant is one formula with one thing in it changed. It is computed for a fixed set of jobs, of
which only what depends on the formula is computed again. Of the mutants that change anything that a
person reads (`readable`, told from the workbook), the outcomes must see nearly all.

Formulas that differ only in their number, such as those of the twenty lines for plans, are one:
their first, second and last copy are changed. Of a formula with hundreds of mutants `MOST` are
judged, spread over it. What is said in words is no constant: text counts
where it is compared or looked up.
"""

import random
from collections.abc import Iterable, Mapping
from typing import Any

from bench import Bench, Verdict
from edges import edge_jobs, jobs_of_the_long_card, long_card
from random_inputs import CARD, EN, job, random_inputs
from shown import TABLES, built_with

from xl_pricing.rates.card import RateCard

ROWS = 12
JOBS = 12


def jobs() -> list[dict[str, Any]]:
    """Return the jobs by which mutants are judged: the prefilled one, random ones, and edges."""
    rng = random.Random("mutations")
    return [job(), *(random_inputs(rng, EN, ROWS, 0.04) for _ in range(JOBS)), *edge_jobs()]


def benches() -> tuple[Bench, Bench]:
    """Return the benches that judge: the shipped card's, and that of a longer card."""
    return bench_of(CARD, jobs()), bench_of(long_card(), jobs_of_the_long_card())


def judged() -> list[Verdict]:
    """Return what becomes of all mutants.

    What changes nothing in the first bench is judged in the second.
    """
    first, second = benches()
    return [one for place in first.places() for one in first.judge(place, second)]


def bench_of(card: RateCard, jobs: Iterable[Mapping[str, Any]]) -> Bench:
    """Return the bench of a card, with tables of `ROWS` rows."""
    return Bench.of(built_with("en", ROWS, card), card, map(_padded, jobs))


def _padded(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with blank rows up to the end of the tables."""
    found = dict(typed)
    for table, fields in TABLES.items():
        rows = [*typed[table], *[dict.fromkeys(fields)] * ROWS]
        found[table] = rows[:ROWS]
    return found
