"""stage: both stages cost what the cell functions say."""

import pytest
from command_line import answer, assert_one_sentence, run, table

from xl_pricing.functions import IMGBUDGET, IMGCOST, pricing

JOB = "4:5 high 120 --retries 1.5 --buffer 20% --prompt 180 --references 1"


COST = IMGCOST("4:5", "high", None, 1, 180, 1)


def test_stages_cost_what_the_cell_functions_say() -> None:
    told = answer(
        "stage 4:5 high 12 --retries 3 --buffer 10% --draft-size 768x960 --draft-quality medium "
        "--drafts 4 --finish-retries 1.2 --prompt 200 --references 2 --tier batch"
    )
    inputs = (None, None, 200, 2, "batch")
    high = pricing.IMGCOST("4:5", "high", *inputs)
    draft = pricing.IMGCOST("768x960", "medium", *inputs)
    budgets = {
        "all_high": pricing.IMGBUDGET(high, 12, 3, 0.1),
        "drafts": pricing.IMGBUDGET(draft, 12, 4, 0.1),
        "finish": pricing.IMGBUDGET(high, 12, 1.2, 0.1),
    }
    assert told["budget_usd"] == pytest.approx(budgets["all_high"])
    assert told["drafts_usd"] == pytest.approx(budgets["drafts"])
    assert told["finish_usd"] == pytest.approx(budgets["finish"])
    both = budgets["drafts"] + budgets["finish"]
    assert told["staged_usd"] == pytest.approx(both)
    assert told["drafts"] + told["finish_generations"] == pytest.approx(12 * 5.2 * 1.1)
    assert told["saving_usd"] == pytest.approx(budgets["all_high"] - both)
    assert told["saving_share"] == pytest.approx(1 - both / budgets["all_high"])
    assert told["break_even_retries"] == pytest.approx(4 * draft / high)
    assert told["saved_retries"] == pytest.approx(1.8)
    assert told["draft"] == "768x960 medium"


def test_staging_is_drafts_and_then_fewer_finals() -> None:
    told = answer(f"stage {JOB} --drafts 3 --draft-size 768x960 --finish-retries 1.1")
    drafts = IMGBUDGET(IMGCOST("768x960", "low", None, 1, 180, 1), 120, 3, 0.2)
    finals = IMGBUDGET(COST, 120, 1.1, 0.2)
    assert told["staged_usd"] == pytest.approx(drafts + finals)
    assert told["saving_usd"] == pytest.approx(IMGBUDGET(COST, 120, 1.5, 0.2) - drafts - finals)
    again = answer(
        f"stage {JOB} --draft-size 768x960 --finish-retries {1.5 - told['break_even_retries']}"
    )
    assert again["saving_usd"] == pytest.approx(0, abs=1e-9)
    assert "staging pays off" in run(f"stage {JOB} --draft-size 768x960").stdout
    assert "does not pay off" in run(f"stage {JOB} --drafts 40").stdout
    assert_one_sentence(run(f"stage {JOB} --finish-retries 0.5"), "accepted: 1 or more")


def test_stages_as_a_table() -> None:
    assert table("stage 4:5 high 120 --retries 2") == [
        "gpt-image-2 1024x1280 high, tier standard",
        "120 finals, retries 2, buffer 20%: 288 generations",
        "",
        "stage                image             generations    USD per image    budget USD",
        "-------------------  --------------  -------------  ---------------  ------------",
        "all at full quality  1024x1280 high            288          0.18357         52.87",
        "drafts, 3 per final  1024x1280 low             432          0.00519          2.24",
        "finals, retries 1.1  1024x1280 high          158.4          0.18357         29.08",
        "both stages                                  590.4                          31.32",
        "",
        "staging pays off: it saves 21.55 USD (40.8%)",
        (
            "the drafts pay for themselves once they save 0.085 retries per final; "
            "from 2 to 1.1 they save 0.9"
        ),
    ]


def test_stages_that_cost_more_say_so() -> None:
    assert table("stage 4:5 high 12 --retries 1")[-2:] == [
        "staging does not pay off: it costs 0.488549 USD (18.5%) more",
        (
            "the drafts pay for themselves once they save 0.085 retries per final; "
            "from 1 to 1.1 they add 0.1"
        ),
    ]


def test_the_break_even_of_the_command_is_one() -> None:
    told = answer("stage 4:5 high 10 --retries 2")
    even = 1.1 + told["break_even_retries"]
    assert answer(f"stage 4:5 high 10 --retries {even!r}")["saving_usd"] == pytest.approx(0)


def test_stages_with_measured_tokens_name_them_and_a_tiny_break_even_is_not_0() -> None:
    lines = table("stage 1:1 6000 5 --retries 2 --draft-quality 1 --drafts 1")
    assert any("1024x1024 with 6000 output tokens" in line for line in lines)
    assert any("1024x1024 with 1 output tokens" in line for line in lines)
    assert any("once they save 0.000167 retries" in line for line in lines)
    assert lines[-1] == "note: The output tokens are those that you measured."


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("stage 4:5 high 9", "Missing option '--retries'; accepted: SIZE QUALITY FINALS"),
        ("stage 4:5 high 9 --retries 2 --drafts -1", "drafts per final -1 is out of range"),
        ("stage 4:5 high 9 --retries 2 --finish-retries 0.5", "accepted: 1 or more"),
        ("stage 4:5 high 9 --retries 2 --draft-size 1x1", "draft size 1x1 is not legal"),
        ("stage 4:5 high 9 --retries 2 --draft-quality auto", "draft quality 'auto' is chosen"),
        ("stage 4:5 high 9 --retries 2 --model gpt-image-2.6-flare", "draft quality 'low': no"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
