"""risk: what lasts with which confidence is IMGBUFFER's."""

from fractions import Fraction

import pytest
from command_line import answer, assert_one_sentence, run, table

from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.chance import (
    chance_of_enough,
    chance_that_buffer_lasts,
    generations_needed,
)
from xl_pricing.functions import IMGBUFFER, pricing

F = Fraction


def test_risk_is_imgbuffer_at_five_confidences() -> None:
    told = answer("risk 12 1.5 --buffer 25%")
    assert [row["confidence"] for row in told["buffers"]] == [0.5, 0.8, 0.9, 0.95, 0.99]
    for row in told["buffers"]:
        assert row["buffer"] == pricing.IMGBUFFER(12, 1.5, row["confidence"])
        assert row["generations_needed"] == generations_needed(12, 1.5, row["confidence"])
    assert told["total_generations"] == 18
    assert (told["buffer"], told["generations_paid_for"]) == (0.25, 22)  # 22.5
    assert told["chance_that_it_lasts"] == chance_of_enough(22, 12, 1.5)
    assert told["usual_chance"] == chance_of_enough(23, 12, 1.5)


@pytest.mark.parametrize(("finals", "retries"), [(12, 2), (120, 1.5), (1, 4), (0, 2), (7, 1)])
def test_a_buffer_for_a_confidence_is_imgbuffers(finals: int, retries: float) -> None:
    told = answer(f"risk {finals} {retries}")
    for row in told["buffers"]:
        assert row["buffer"] == pytest.approx(IMGBUFFER(finals, retries, row["confidence"]))
        assert row["covered"] == (row["generations_needed"] <= finals * retries * 1.2 + 1e-9)
        assert row["covered"] == (told["chance_that_it_lasts"] >= row["confidence"] - 1e-12)


def test_risk_says_where_the_usual_buffer_is_too_small() -> None:
    assert "not enough for so small a job" in run("risk 3 2").stdout
    assert "not enough" not in run("risk 120 1.5").stdout
    assert_one_sentence(run("risk 2.5 2"), "whole number")


def test_risk_as_a_table() -> None:
    assert table("risk 3 2") == [
        "3 finals, retries 2: 6 generations",
        "",
        "  confidence    generations needed    buffer  covered",
        "------------  --------------------  --------  ---------",
        "         50%                     5        0%  yes",
        "         80%                     8    33.34%  no",
        "         90%                     9       50%  no",
        "         95%                    11    83.34%  no",
        "         99%                    14   133.34%  no",
        "",
        "a buffer of 20% pays for 7 generations and lasts with a chance of 77.34%",
        (
            "the usual 10% to 30% is not enough for so small a job: even 30% lasts with a chance "
            "of only 77.34%; take 50% for a chance of 90%"
        ),
    ]


def test_where_the_usual_buffer_is_enough_its_chance_is_told_once() -> None:
    assert table("risk 120 1.5")[-1] == "the usual 30% would last with a chance of over 99.99%"
    assert table("risk 120 1.5 --buffer 30%")[-1].startswith("a buffer of 30% pays for 234 ")
    assert table("risk 3 2 --buffer 30%")[-1].startswith("the usual 10% to 30% is not enough")


@pytest.mark.parametrize("finals", [*range(1, 30), 60])
@pytest.mark.parametrize("retries", ["1", "1.2", "1.5", "2", "4"])
def test_the_usual_buffer_is_called_too_small_where_its_chance_is_under_nine_in_ten(
    finals: int, retries: str
) -> None:
    told = answer(f"risk {finals} {retries}")
    assert told["usual_is_enough"] == (told["usual_chance"] >= 0.9 - 1e-12)


@pytest.mark.parametrize(("finals", "retries"), [(3, "2"), (7, "1.3"), (12, "1.5"), (90, "1.7")])
def test_a_buffer_as_it_is_read_off_lasts(finals: int, retries: str) -> None:
    for row in table(f"risk {finals} {retries}")[4:9]:
        confidence, _, buffer = (float(cell.rstrip("%")) / 100 for cell in row.split()[:3])
        if buffer <= 1:
            plan = Budget(F(0), F(finals), F(retries), F(str(buffer)))
            assert chance_that_buffer_lasts(plan) >= confidence - 1e-12


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "risk 5 2 --buffer 150%",
            "0 to 1 (0.2 is 20 %), beyond that lower retries or more finals",
        ),
        ("risk 1.5 2", "accepted: whole numbers, 0 to 1,000,000"),
        ("risk 12 0.5", "accepted: 1 or more"),
        ("risk 12 1001", "accepted: 1 to 1,000"),
        ("risk 12 2 --buffer 2", "accepted: 0 to 1"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
