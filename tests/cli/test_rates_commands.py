"""The commands about the rate card; how it is refreshed: tests/rates/test_refresh.py."""

import pytest
from command_line import answer, assert_one_sentence, run

from xl_pricing.functions import pricing


def test_rates_show_what_imgrate_answers_on_the_day() -> None:
    rows = answer("rates show")
    assert {row["tier"] for row in rows} == {"standard", "batch"}
    for row in rows:
        assert row["usd_per_mtok"] == pricing.IMGRATE(row["model"], row["meter"], row["tier"])
    keys = [(row["model"], row["meter"], row["tier"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_rates_show_can_be_narrowed_to_a_model_tier_and_day() -> None:
    rows = answer("rates show --model gpt-image-2-2026-04-21 --tier batch")
    assert {(row["model"], row["tier"]) for row in rows} == {("gpt-image-2", "batch")}
    before = answer("rates show --date 2026-04-20")
    assert "gpt-image-2" not in {row["model"] for row in before}
    assert all(row["effective_from"] <= "2026-04-20" for row in before)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rates paint", "command 'paint' is unknown; accepted: audit, diff, history"),
        ("rates show --model dall-e", "accepted: gpt-image-2"),
        ("rates show --tier flex", "accepted: standard, batch"),
        ("rates show --date yesterday", "accepted: an Excel date or text such as 2026-05-01"),
        ("rates show --date 2020-01-01", "accepted: a later day"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
