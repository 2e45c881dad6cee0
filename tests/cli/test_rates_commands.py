"""The commands about the rate card; how it is refreshed: tests/rates/test_refresh.py."""

from pathlib import Path

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


def test_a_rate_of_a_past_day_is_told_to_count_from_today() -> None:
    told = answer("rates refresh --source contract.csv --accept")
    note = f"from 2026-05-01 counts from {told['day']}, today: the prices of past days never change"
    assert any(note in each for each in told["notes"])


def test_a_rollback_says_which_card_is_back_and_under_which_number(data_folder: Path) -> None:
    for _ in range(2):
        assert run("rates refresh --source contract.csv --accept").exit_code == 0
    (data_folder / "card.json").write_text("garbage")
    assert answer("rates rollback")["said"].startswith("the bundled card is back, as card 1: ")


def test_a_card_without_its_columns_is_told_all_of_them() -> None:
    Path("bad.csv").write_text("model,meter\n", encoding="utf-8")
    header = "model, meter, tier, usd_per_mtok, effective_from, source, checked, basis"
    assert f"its header must name: {header}\n" in run("rates refresh --source bad.csv").stderr
    assert header in " ".join(run("rates refresh -h").stdout.split())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("credits 4:5 high fal.ai", "known for gpt-image-2.5-flare, gpt-image-2.5-sunburst (list"),
        ("credits 4:5 high Apiframe", "it takes 1:1, 2:3, 3:2, up to"),
        ("credits 4:5 max PiAPI --model gpt-image-2.5-flare", "it takes low, medium, high"),
    ],
)
def test_a_plan_without_a_price_says_for_what_it_has_one(line: str, reason: str) -> None:
    assert reason in run(line).stderr
