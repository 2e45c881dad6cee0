"""budget shows the five steps, buffer what lasts with a confidence."""

import pytest
from command_line import answer, assert_one_sentence, run, table

from xl_pricing.estimation.chance import (
    generations_needed,
)
from xl_pricing.functions import pricing

WAYS = "COST FINALS, SIZE QUALITY FINALS, or --size"


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
        "note: output only: --prompt and --references add what is sent; the workbook counts both",
    ]
    assert answer(f"{line} --prompt 0")["notes"] == []
    assert answer(f"{line} --references 1")["notes"] == []


def test_budget_takes_an_image_as_the_planning_commands_do() -> None:
    same = answer("budget --size 4:5 --quality high --finals 120 --retries 1.5 --n 4")
    assert answer("budget 4:5 high 120 --retries 1.5 --n 4") == same
    assert same["output_spec"]["n"] == 4


def test_budget_from_a_cost_has_the_unit_of_the_cost() -> None:
    told = answer("budget 14 120")
    assert (told["output_spec"], told["unit"]) == (None, None)
    assert told["budget"] == pricing.IMGBUDGET(14, 120)
    assert answer("budget 14 --finals 120") == told
    assert answer("budget 14 120 --buffer 0.2 --retries 1") == told


@pytest.mark.parametrize("confidence", ["0.95", "95%", "95 %"])
def test_buffer_is_imgbuffer_with_its_generations(confidence: str) -> None:
    told = answer(f"buffer 120 1.5 --confidence '{confidence}'")
    assert told["buffer"] == pricing.IMGBUFFER(120, 1.5, 0.95)
    assert told["total_generations"] == 180
    assert told["generations_needed"] == generations_needed(120, 1.5, 0.95)
    assert told["buffer"] == pytest.approx(told["generations_needed"] / 180 - 1)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("budget", f"accepted: {WAYS}, --quality and --finals"),
        ("budget 0.1", f"accepted: {WAYS}, --quality and --finals"),
        ("budget 0.1 10 --finals 10", f"accepted: {WAYS}"),
        (
            "budget 0.1 10 --size 4:5 --quality high",
            f"accepted: {WAYS}",
        ),
        (
            "budget 0.1 10 --model gpt-image-2",
            f"accepted: {WAYS}",
        ),
        ("budget 4:5 high 10 --size 1:1", f"accepted: {WAYS}"),
        ("budget 4:5 high 10 5", f"accepted: {WAYS}"),
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
        ("buffer 1.5 2", "accepted: whole numbers, 0 to 1,000,000"),
        ("buffer 120 0.5", "accepted: 1 to 1,000"),
        ("buffer 120 1.5 --confidence 100%", "accepted: between 0 and 1"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)


def test_without_finals_there_is_no_cost_of_a_final() -> None:
    told = answer("budget 0.1 0")
    assert told["cost_per_accepted_final"] is told["cost_per_accepted_final_with_buffer"] is None
    assert answer("budget 0.1 2.5 --retries 1.5")["total_generations"] == 3.75
    assert "4       total generations                    3.75" in table(
        "budget 0.1 2.5 --retries 1.5"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("budget 0.2 120 --retries 1,125", "retries '1,125' can be read in two ways"),
        ("budget 0.2 1.000", "finals '1.000' can be read in two ways; accepted: 1 or 1000"),
        ("cost 1:1 1,500", "quality '1,500' can be read in two ways; accepted: 1500 or 1.5"),
        ("cost 1:1 high --prompt 1,234", "prompt '1,234' can be read in two ways"),
    ],
)
def test_a_figure_that_can_be_another_is_refused(line: str, said: str) -> None:
    result = run(line)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_buffer_that_no_budget_takes_is_told_with_what_to_do() -> None:
    advice = "lower the retries, or count the 21 generations as finals in place of the 1"
    assert advice in answer("buffer 1 5 --confidence 99%")["notes"][0]
    assert answer("buffer 120 1.5")["notes"] == []
    (usual,) = [line for line in table("risk 1 5") if line.startswith("the usual")]
    assert "120% would last with 90%, but a budget takes a buffer of up to 100%" in usual
    assert answer("budget 0.1 21 --retries 1 --buffer 0")["generations_with_buffer"] == 21
