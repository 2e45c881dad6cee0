"""The planning commands: their figures are the cell functions', their words are true."""

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from test_cli import _own_folder, answer, assert_one_sentence, run, table  # noqa: F401

from xl_pricing.cli.drawing import show_chance, show_percent
from xl_pricing.cli.main import main
from xl_pricing.estimation.budget import (
    Budget,
    chance_of_enough,
    chance_that_buffer_lasts,
    generations_needed,
)
from xl_pricing.functions import pricing

F = Fraction
COMMANDS = {
    "levers": "levers 4:5 high 120 --retries 1.5 --references 1",
    "plans": "plans 4:5 high 120",
    "risk": "risk 12 1.5",
    "stage": "stage 4:5 high 120 --retries 2",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_has_an_example_that_runs(name: str) -> None:
    assert name in main.commands
    shown = run(f"{name} --help").stdout
    example = shown.partition("Example: xl-pricing ")[2].strip()
    assert example.startswith(name)
    assert answer(example)
    assert table(example)


# --- Levers


def test_a_move_saves_the_difference_of_two_budgets() -> None:
    told = answer("levers 4:5 high 120 --retries 1.5 --buffer 10% --references 1 --prompt 200")
    same = ("4:5", "high", None, None, 200, 1)

    def budget(cost: float, retries: float = 1.5) -> float:
        return pricing.IMGBUDGET(cost, 120, retries, 0.1)

    now = budget(pricing.IMGCOST(*same))
    assert told["usd_per_image"] == pricing.IMGCOST(*same)
    assert told["budget_usd"] == now
    after = {
        "size_next": budget(pricing.IMGCOST("960x1200", *same[1:])),
        "size_smallest": budget(pricing.IMGCOST("768x960", *same[1:])),
        "ratio_nearest": budget(pricing.IMGCOST("1008x1344", *same[1:])),
        "ratio_larger": budget(pricing.IMGCOST("1008x1344", *same[1:])),
        "quality_down": budget(pricing.IMGCOST("4:5", "medium", *same[2:])),
        "quality_up": None,
        "retries_less": budget(pricing.IMGCOST(*same), 1),
        "retries_more": budget(pricing.IMGCOST(*same), 2),
        "images_per_call_1": None,
        "images_per_call_4": budget(pricing.IMGCOST("4:5", "high", None, 4, 200, 1)),
        "images_per_call_10": budget(pricing.IMGCOST("4:5", "high", None, 10, 200, 1)),
        "prompt_twice": budget(pricing.IMGCOST("4:5", "high", None, None, 400, 1)),
        "references_less": budget(pricing.IMGCOST("4:5", "high", None, None, 200, 0)),
        "references_more": budget(pricing.IMGCOST("4:5", "high", None, None, 200, 2)),
        "other_tier": budget(pricing.IMGCOST(*same, "batch")),
    }
    assert [move["move"] for move in told["moves"]] == [*after]
    for move in told["moves"]:
        if after[move["move"]] is None:
            assert move["saving_usd"] is None
            assert move["reason"]
        else:
            assert move["budget_usd"] == pytest.approx(after[move["move"]])
            assert move["saving_usd"] == pytest.approx(now - after[move["move"]], abs=1e-12)
            assert move["saving_share"] == pytest.approx(1 - after[move["move"]] / now, abs=1e-12)
            assert (move["change"], move["costs"], move["reason"])[2] is None


def cells(lines: list[str]) -> list[list[str]]:
    """Part the lines of a table into what stands in them."""
    return [re.split(r" {2,}", line) for line in lines]


def unwrapped(lines: list[str]) -> list[str]:
    """Put the lines on which words went on back behind the ones that they belong to."""
    whole: list[str] = []
    for line in lines:
        if line.startswith(" "):
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line)
    return whole


def test_levers_as_a_table() -> None:
    lines = unwrapped(table("levers 4:5 high 120 --retries 1.5 --references 1"))
    assert lines[:4] == [
        "gpt-image-2 1024x1280 high, 1 reference image, tier standard",
        "120 finals, retries 1.5, buffer 20%: 216 generations",
        "0.191762 USD per image, budget 41.42 USD; each move is counted alone",
        "",
    ]
    coarser = "coarser detail and small text: try a sample first"
    later = "answers come within a day, not at once"
    baseline = "a saved baseline, and one change at a time"
    variants = "variants of one prompt, not {} different images; rounded up once"
    call, less, more = (
        "images per call",
        "12% fewer pixels: look at fine detail and small text",
        "another picture: it must be composed anew",
    )
    assert cells([lines[4], *lines[6:17]]) == [
        [
            "lever",
            "change",
            "USD per image",
            "budget USD",
            "saving USD",
            "share",
            "in quality or time",
        ],
        ["size", "1024x1280 -> 960x1200", "0.182942", "39.52", "1.91", "4.6%", less],
        [
            "size",
            "1024x1280 -> 768x960",
            "0.159962",
            "34.55",
            "6.87",
            "16.6%",
            "44% fewer pixels: enough for drafts and small places",
        ],
        ["ratio", "1024x1280 -> 1008x1344", "0.182132", "39.34", "2.08", "5.0%", more],
        [
            "quality",
            "high -> medium",
            "0.053492",
            "11.55",
            "29.87",
            "72.1%",
            coarser,
        ],
        [
            "retries",
            "1.5 -> 1",
            "0.191762",
            "27.61",
            "13.81",
            "33.3%",
            baseline,
        ],
        [
            "retries",
            "1.5 -> 2",
            "0.191762",
            "55.23",
            "-13.81",
            "-33.3%",
            "what drift and rerolls would cost",
        ],
        [call, "1 -> 4", "0.19174", "41.42", "0.00", "0.0%", variants.format("four")],
        [call, "1 -> 10", "0.191741", "41.42", "0.00", "0.0%", variants.format("ten")],
        [
            "references",
            "1 -> 0",
            "0.18357",
            "39.65",
            "1.77",
            "4.3%",
            "less to hold on to: drift may cost retries",
        ],
        [
            "references",
            "1 -> 2",
            "0.199954",
            "43.19",
            "-1.77",
            "-4.3%",
            "a steadier picture may save retries",
        ],
        [
            "tier",
            "standard -> batch",
            "0.095881",
            "20.71",
            "20.71",
            "50.0%",
            "answers come within a day, not at once",
        ],
    ]
    for name in ("USD per image", "budget USD", "saving USD", "share"):
        end = lines[4].index(name) + len(name)
        assert all(line[end - 1] != " " == line[end] for line in lines[4:17])
    assert lines[17:] == [
        "",
        f"1. quality high -> medium saves 29.87 USD (72.1%): {coarser}",
        f"2. tier standard -> batch saves 20.71 USD (50.0%): {later}",
        f"3. retries 1.5 -> 1 saves 13.81 USD (33.3%): {baseline}",
    ]


def moves(line: str) -> dict[str, Any]:
    return {move["move"]: move for move in answer(line)["moves"]}


MEASURED = "output tokens are measured: only this size and quality are known"
FULL = "there cannot be more, or they have no rate"


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        ("768x960 low 9", "size_next", "no legal size of this ratio costs less"),
        ("768x960 low 9", "size_smallest", "no legal size of this ratio costs less"),
        ("3:1 low 9", "ratio_nearest", "no other ratio of the sizes table costs less"),
        ("1:3 high 9", "ratio_larger", "no larger size of the sizes table costs less"),
        ("4:5 low 9", "quality_down", "none is lower, or its tokens are not known"),
        ("4:5 max 9 --model gpt-image-2.5-flare", "quality_up",
         "none is higher, or its tokens are not known"),
        ("4:5 high 9 --retries 1.4", "retries_less", "a final takes at least one generation"),
        ("4:5 high 9 --n 4", "images_per_call_4", "4, as now"),
        ("4:5 high 9", "prompt_twice", "no prompt tokens are typed"),
        ("4:5 high 9 --prompt 0", "prompt_twice", "no prompt tokens are typed"),
        ("4:5 high 9", "references_less", "there is none to leave out"),
        ("4:5 high 9 --references 16", "references_more", FULL),
        ("4:5 5000 9", "size_next", MEASURED),
        ("4:5 5000 9", "ratio_larger",
         MEASURED),
        ("4:5 5000 9", "quality_up",
         MEASURED),
    ],
)  # fmt: skip
def test_a_move_that_is_not_there_says_why_and_is_not_drawn(
    line: str, name: str, reason: str
) -> None:
    move = moves(f"levers {line}")[name]
    assert move.pop("reason") == reason
    assert [move.pop("lever"), move.pop("move")][1] == name
    assert set(move.values()) == {None}
    assert reason not in "\n".join(table(f"levers {line}"))


def test_a_move_that_is_refused_says_the_refusal() -> None:
    told = moves("levers 4:5 high 9 --model gpt-image-2.6-flare")
    down, tier = told["quality_down"], told["other_tier"]
    assert down["change"] == "high -> medium"
    assert down["usd_per_image"] is None
    assert down["reason"].startswith("quality 'medium': no formula is published")
    assert tier["reason"].startswith("no rate for image_out of gpt-image-2.6-flare, tier batch")
    assert "is not known to this model" in moves("levers 4:5 high 9")["quality_up"]["reason"]
    assert "note: Batch is said to be unsupported." in "\n".join(
        table("levers 4:5 high 9 --model gpt-image-2.6-flare")
    )


def test_one_change_with_two_names_is_one_row() -> None:
    told = moves("levers 832x1040 high 9")
    assert told["size_next"]["change"] == told["size_smallest"]["change"]
    assert sum(line.startswith("size ") for line in table("levers 832x1040 high 9")) == 1
    assert told["ratio_nearest"]["change"] == told["ratio_larger"]["change"]
    assert sum(line.startswith("ratio ") for line in table("levers 832x1040 high 9")) == 1
    calls = [line for line in table("levers 1:1 low 9 --model gpt-image-1") if "per call" in line]
    assert [cells([line])[0][1] for line in calls] == ["1 -> 4", "1 -> 10"]


@pytest.mark.parametrize(
    ("line", "name", "change", "in_return"),
    [
        ("1:1 high 9", "ratio_larger", "1024x1024 -> 1024x1280",
         "another picture: it must be composed anew; 25% more pixels"),
        ("16:9 high 9", "ratio_nearest", "1792x1008 -> 2048x1024",
         "another picture: it must be composed anew"),
        ("4:5 low 9", "quality_up", "low -> medium", "finer detail and small text"),
        ("4:5 low 9 --n 10", "images_per_call_1", "10 -> 1", "each image is rounded up by itself"),
        ("4:5 low 9 --prompt 150", "prompt_twice", "150 -> 300",
         "a longer prompt is not a steadier one"),
        ("4:5 low 9 --references '1024x1024; 64x64'", "references_less", "2 -> 1",
         "less to hold on to: drift may cost retries"),
        ("4:5 low 9 --tier batch", "other_tier", "batch -> standard",
         "answers come at once"),
        ("4:5 low 9 --retries 1.25", "retries_more", "1.25 -> 1.75",
         "what drift and rerolls would cost"),
    ],
)  # fmt: skip
def test_a_move_in_words(line: str, name: str, change: str, in_return: str) -> None:
    move = moves(f"levers {line}")[name]
    assert (move["change"], move["costs"], move["reason"]) == (change, in_return, None)


def test_only_savings_worth_a_thousandth_are_named_best() -> None:
    told = answer("levers 4:5 high 100 --model gpt-image-2.6-flare")
    assert [best["move"] for best in told["best"]] == ["size_smallest"]
    assert moves("levers 4:5 high 100 --model gpt-image-2.6-flare")["images_per_call_10"][
        "saving_usd"
    ] == pytest.approx(0.00108)
    told = answer("levers 4:5 high 0")
    assert told["best"] == []
    assert told["budget_usd"] == 0
    assert "no move saves anything here" in table("levers 4:5 high 0")


def test_a_small_job_is_drawn_with_its_parts_of_a_cent() -> None:
    lines = table("levers 1024x1024 low 1 --model gpt-image-1-mini")
    assert "0.002176 USD per image, budget 0.002611 USD; each move is counted alone" in lines
    assert any(
        "0.010138     -0.007526  -288.2%  finer detail and small text" in line for line in lines
    )


def test_the_job_is_told_above_the_table() -> None:
    line = "levers 1:1 5488.5 1 --n 4 --prompt 20 --references 2 --tier batch --retries 1.5"
    assert table(line)[:2] == [
        (
            "gpt-image-2 1024x1024 with 5488.5 output tokens, 4 images per call, "
            "prompt of 20 tokens, 2 reference images, tier batch"
        ),
        "1 final, retries 1.5, buffer 20%: 1.8 generations",
    ]


# --- Plans


def bills(line: str) -> dict[str, Any]:
    return {bill["plan"]: bill for bill in answer(line)["plans"]}


def test_official_tokens_come_first_and_are_what_cost_says() -> None:
    line = "4:5 high --prompt 100 --references 1 --n 4 --tier batch"
    told = bills(f"plans {line.replace('high', 'high 20')} --retries 1.5 --buffer 10%")
    official, cost = next(iter(told.values())), answer(f"cost {line}")
    assert official["plan"] == "official tokens"
    assert official["usd_per_image"] == cost["usd_per_image"]
    assert official["basis"] == cost["basis"]
    assert official["usd_per_final"] == pytest.approx(1.5 * cost["usd_per_image"])
    assert official["bill_usd"] == pricing.IMGBUDGET(cost["usd_per_image"], 20, 1.5, 0.1)
    assert official["markup"] == -0.5  # batch, against the list price
    assert official["credits_per_image"] is official["bill_credits"] is None


@pytest.mark.parametrize("line", ["4:5 high", "2048x2048 medium --references 2",
                                  "16:9 low --model gpt-image-2.5-flare --prompt 50"])  # fmt: skip
def test_a_plan_charges_what_credits_says(line: str) -> None:
    size, quality, *options = line.split()
    rest = " ".join(options)
    told = bills(f"plans {size} {quality} 50 --retries 2 {rest}")
    listed = answer(f"cost {line}")["usd_per_image"]
    for plan, bill in told.items():
        if bill["reason"] or plan == "official tokens":
            continue
        credits_, usd = bill["credits_per_image"], bill["usd_per_image"]
        if credits_ is None:
            assert_one_sentence(
                run(f"credits {size} {quality} '{plan}' {rest}"), "names no credits"
            )
        else:
            alone = answer(f"credits {size} {quality} '{plan}' {rest}")
            assert (credits_, usd) == (alone["credits_per_image"], alone["usd_per_image"])
            assert bill["bill_credits"] == pytest.approx(credits_ * 50 * 2 * 1.2)
        if usd is None:
            assert bill["bill_usd"] is bill["markup"] is bill["usd_per_final"] is None
        else:
            assert bill["usd_per_final"] == pytest.approx(2 * usd)
            assert bill["bill_usd"] == pytest.approx(usd * 50 * 2 * 1.2)
            assert bill["markup"] == pytest.approx(usd / listed - 1, abs=1e-12)
        assert bill["source"]
        assert bill["checked"]
        assert bill["basis"]


def test_what_multiplies_estimated_tokens_is_an_estimate() -> None:
    told = bills("plans 4:5 high 10 --model gpt-image-2.6-flare")
    assert told["official tokens"]["basis"] == "estimate"
    assert told["ComfyUI"]["basis"] == "estimate"
    assert told["LaoZhang VIP"]["basis"] == "quoted"
    assert bills("plans 4:5 high 10")["ComfyUI"]["basis"] == "quoted"


def test_plans_as_tables() -> None:
    lines = table("plans 4:5 max 20 --model gpt-image-2.5-flare --tier batch")
    assert lines[:3] == [
        "gpt-image-2.5-flare 1024x1280 max, tier batch",
        "20 finals, retries 1, buffer 20%: 24 generations",
        "",
    ]
    assert cells([lines[3], *lines[5:9]]) == [
        ["billed by", "credits per image", "USD per image", "USD per final",
         "bill credits", "bill USD", "markup"],
        ["official tokens", "0.091785", "0.091785", "2.20", "-50.0%"],
        ["ComfyUI", "55.39", "0.262505", "0.262505", "1329.33", "6.30", "+43.0%"],
        ["LaoZhang VIP", "0.03", "0.03", "0.72", "-83.7%"],
        ["fal.ai", "0.18357", "0.18357", "4.41", "0.0%"],
    ]  # fmt: skip
    assert cells([lines[10]]) == [["billed by", "refuses", "source", "seen on", "basis", "note"]]
    taken = "it takes low, medium, high"
    assert lines[-2:] == [
        f"plan PiAPI has no price for gpt-image-2.5-flare 1024x1280 at quality max; {taken}",
        "note: prices of plans and resellers change often: check them at their source before use",
    ]
    assert "plan PixAPI has no price for gpt-image-2.5-flare 1024x1280 at quality max" in lines


def test_the_qualities_that_a_plan_refuses_stand_beside_its_source() -> None:
    lines = table("plans 4:5 high 20 --model gpt-image-2.5-flare")
    (row,) = [line for line in lines if line.startswith("PiAPI") and "piapi.ai" in line]
    assert cells([row])[0][1] == "xhigh, max"
    assert (
        bills("plans 4:5 high 20 --model gpt-image-2.5-flare")["PiAPI"]["refuses"] == "xhigh, max"
    )
    (row,) = [line for line in lines if line.startswith("fal.ai") and "passed through" in line]
    assert cells([row])[0][1] == "none"


def test_a_quality_without_a_token_price_is_still_billed_by_plans() -> None:
    told = bills("plans 4:5 auto 10")
    assert told["PixAPI"]["credits_per_image"] == 14
    assert told["LaoZhang VIP"]["usd_per_image"] == 0.03
    assert told["LaoZhang VIP"]["markup"] is None
    assert told["official tokens"]["usd_per_image"] is None
    assert told["official tokens"]["reason"].startswith("official tokens: quality 'auto' is chosen")
    assert told["ComfyUI"]["reason"].startswith("ComfyUI: quality 'auto' is chosen by the model")
    lines = table("plans 4:5 auto 10")
    assert not any(line.startswith("official tokens  ") for line in lines)
    assert any(line.startswith("official tokens: quality 'auto'") for line in lines)
    assert any(line.startswith("ComfyUI: ") and "it takes" not in line for line in lines)


def test_no_batch_price_is_told_and_the_markup_stays_over_the_list_price() -> None:
    told = bills("plans 4:5 high 20 --model gpt-image-2.6-flare --tier batch")
    assert "no rate for image_out" in told["official tokens"]["reason"]
    listed = pricing.IMGCOST("4:5", "high", "gpt-image-2.6-flare")
    assert told["LaoZhang VIP"]["markup"] == pytest.approx(0.03 / listed - 1)


def test_where_nothing_has_a_price_there_are_no_tables() -> None:
    lines = table("plans 4:5 auto 3 --model gpt-image-2.5-sunburst")
    assert "billed by" in "\n".join(lines)  # LaoZhang VIP takes any quality
    lines = table("plans 1:1 auto 3 --model gpt-image-1")
    assert not any(line.startswith("billed by") for line in lines)
    assert any(line.startswith("official tokens: ") for line in lines)


def test_a_pack_that_pays_off() -> None:
    line = "plans 4:5 high 1000 --plan PixAPI --pack-usd 10 --pack-credits 1000"
    told = answer(line)["pack"]
    usd = pricing.IMGCOST("4:5", "high")
    assert told["images_in_pack"] == pytest.approx(1000 / 14)
    assert told["usd_per_image"] == pytest.approx(0.14)
    assert told["break_even_images"] == pytest.approx(10 / usd)
    assert (told["packs_for_the_job"], told["packs_usd"]) == (17, 170)  # 1200 x 14 credits
    assert told["tokens_usd"] == pricing.IMGBUDGET(usd, 1000)
    assert told["saving_usd"] == pytest.approx(told["tokens_usd"] - 170)
    assert told["pays_off"] is True
    assert table(line)[-4:-1] == [
        "pack: 1000 credits of PixAPI for 10 USD make 71.43 images, 0.14 USD each",
        "break-even: 54.48 images; from there on it is cheaper than tokens",
        "this job: 17 packs, 170.00 USD; by tokens 220.28 USD: it pays off, 50.28 USD less",
    ]


def test_a_pack_that_is_too_large_or_too_dear() -> None:
    assert table("plans 4:5 high 10 --plan 0.01 --pack-usd 8 --pack-credits 1000")[-4:-1] == [
        "pack: 1000 credits of 0.01 USD for 8 USD make 54.48 images, 0.146856 USD each",
        "break-even: 43.58 images; from there on it is cheaper than tokens",
        "this job: 1 pack, 8.00 USD; by tokens 2.20 USD: it does not pay off, 5.80 USD more",
    ]
    assert "break-even: 54.48 images; it does not hold more, so it never pays off" in table(
        "plans 4:5 high 10 --plan PixAPI --pack-usd 10 --pack-credits 700"
    )
    # 0.01 USD a credit is the token price itself: as many images, and nothing won.
    even = "plans 4:5 high 10 --plan 0.01 --pack-usd 1.8357 --pack-credits 183.57 --buffer 0"
    assert table(even)[-3:-1] == [
        "break-even: 10 images; it does not hold more, so it never pays off",
        "this job: 1 pack, 1.84 USD; by tokens 1.84 USD: it costs the same",
    ]
    assert answer("plans 4:5 high 10")["pack"] is None


# --- Risk


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
    ("chance", "shown"),
    [(0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.123456, "12.35%"), (0.9999, "99.99%"),
     (0.99995, "over 99.99%"), (0.00002, "under 0.01%"), (0.0001, "0.01%"), (0.07, "7%")],
)  # fmt: skip
def test_a_chance_claims_neither_certainty_nor_impossibility(chance: float, shown: str) -> None:
    assert show_chance(chance) == shown


@pytest.mark.parametrize(
    ("share", "sign", "shown"),
    [(0.5, "", "50.0%"), (0.5, "+", "+50.0%"), (-0.5, "+", "-50.0%"), (-0.0001, "", "0.0%"),
     (0.0001, "+", "0.0%"), (F(1, 3), "", "33.3%"), (None, "", "")],
)  # fmt: skip
def test_a_part_is_written_with_one_decimal(
    share: float | Fraction | None, sign: str, shown: str
) -> None:
    assert show_percent(share, sign) == shown


# --- Stages


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
    assert "once they save 0.000167 retries" in lines[-1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("levers 4:5 high", "Missing argument 'FINALS'; accepted: SIZE QUALITY FINALS"),
        ("levers 4:5 auto 9", "quality 'auto' is chosen by the model"),
        ("levers 4:5 high -9", "finals -9 is out of range; accepted: 0 or more"),
        ("levers 4:5 high 9 --retries 0.5", "accepted: 1 or more"),
        ("levers 4:5 high 9 --buffer 120%", "accepted: 0 to 1"),
        ("levers 4:5 high 9 --model dall-e", "accepted: gpt-image-2"),
        ("levers 4:5 high 1e308 --retries 1e9", "over 1e308"),
        ("plans 4:5 huge 9", "quality 'huge' is not known"),
        ("plans 4:5 high ten", "finals 'ten' is not a number"),
        ("plans 4:5 high 9 --plan PixAPI", "--pack-usd, --pack-credits and --plan together"),
        ("plans 4:5 high 9 --pack-usd 5", "--pack-usd, --pack-credits and --plan together"),
        ("plans 4:5 high 9 --plan Nobody --pack-usd 5 --pack-credits 9", "accepted: PixAPI"),
        ("plans 4:5 high 9 --plan 'LaoZhang VIP' --pack-usd 5 --pack-credits 9",
         "accepted: a plan with credits"),
        ("plans 4:5 high 9 --plan PixAPI --pack-usd 0 --pack-credits 9", "accepted: more than 0"),
        ("plans 4:5 high 9 --plan PixAPI --pack-usd 5 --pack-credits some", "is not a number"),
        ("plans 4:5 auto 9 --plan PixAPI --pack-usd 5 --pack-credits 9", "chosen by the model"),
        ("risk 1.5 2", "accepted: whole numbers, 0 to 1,000,000"),
        ("risk 12 0.5", "accepted: 1 or more"),
        ("risk 12 1001", "accepted: 1 to 1,000"),
        ("risk 12 2 --buffer 2", "accepted: 0 to 1"),
        ("stage 4:5 high 9", "Missing option '--retries'; accepted: SIZE QUALITY FINALS"),
        ("stage 4:5 high 9 --retries 2 --drafts -1", "drafts per final -1 is out of range"),
        ("stage 4:5 high 9 --retries 2 --finish-retries 0.5", "accepted: 1 or more"),
        ("stage 4:5 high 9 --retries 2 --draft-size 1x1", "draft size 1x1 is not legal"),
        ("stage 4:5 high 9 --retries 2 --draft-quality auto", "draft quality 'auto' is chosen"),
        ("stage 4:5 high 9 --retries 2 --model gpt-image-2.6-flare", "draft quality 'low': no"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)


@pytest.mark.parametrize("line", COMMANDS.values())
def test_the_json_is_one_document_of_plain_values(line: str) -> None:
    result = run(f"{line} --json")
    assert json.loads(result.stdout)
    assert "NaN" not in result.stdout
    assert "Infinity" not in result.stdout
