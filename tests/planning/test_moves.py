"""The table of moves: every move of the core is told, in its order, in words that can be filled."""

from dataclasses import replace
from fractions import Fraction

import pytest

from xl_pricing.estimation import levers
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import Move
from xl_pricing.estimation.size import Size
from xl_pricing.planning.job import Job
from xl_pricing.planning.moves import LEVERS, MOVES, moves_of, tell
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.day import today

CARD = bundled_card()
MODEL = CARD.model("gpt-image-2")
NOW = Image(Size(1024, 1280), "medium", 2, 180, (Size(1024, 1024),))
RETRIES = Fraction(2)


def around(image: Image) -> list[Move]:
    return moves_of(Job(image, MODEL, CARD, today()), RETRIES)


def test_the_table_tells_the_core_s_levers_and_moves_in_their_order() -> None:
    assert tuple(LEVERS) == levers.LEVERS
    told = [(move.lever, move.name) for move in MOVES]
    assert told == [(move.lever, move.name) for move in around(NOW)]


def test_a_move_that_is_there_says_what_changes_and_what_that_costs() -> None:
    for move in around(NOW):
        told = tell(move, NOW, RETRIES, None)
        assert told.reason is None, move
        before, _, after = str(told.change).partition(" -> ")
        assert before != after
        assert told.costs
        assert "{" not in told.costs


def test_a_move_without_a_price_says_the_refusal_and_what_it_would_change() -> None:
    told = {m.name: tell(m, NOW, RETRIES, "no rate") for m in around(NOW)}
    assert told["other_tier"] == ("standard -> batch", None, "no rate")


def test_a_move_that_changes_nothing_is_none() -> None:
    four = replace(NOW, n=4)
    moves = {move.name: move for move in around(four)}
    told = tell(moves["images_per_call_4"], four, RETRIES, None)
    assert told == (None, None, "4, as now")


@pytest.mark.parametrize("lever", LEVERS)
def test_measured_tokens_are_the_reason_of_the_levers_that_count(lever: str) -> None:
    measured = Image(NOW.size, 5000)
    for move in around(measured):
        if move.lever == lever:
            reason = tell(move, measured, RETRIES, None).reason
            assert (reason or "").startswith("output tokens are measured") == LEVERS[lever].by_rule
