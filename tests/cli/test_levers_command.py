"""levers: its figures are the cell functions', its words are true."""

from typing import Any

import pytest
from command_line import answer, assert_one_sentence, cells, run, table, unwrapped

from xl_pricing.functions import IMGBUDGET, IMGCOST, pricing

JOB = "4:5 high 120 --retries 1.5 --buffer 20% --prompt 180 --references 1"


COST = IMGCOST("4:5", "high", None, 1, 180, 1)


def moves(line: str) -> dict[str, Any]:
    return {move["move"]: move for move in answer(line)["moves"]}


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


def test_a_lever_saves_what_two_budgets_differ_by() -> None:
    told = answer(f"levers {JOB}")
    before = IMGBUDGET(COST, 120, 1.5, 0.2)
    assert told["budget_usd"] == pytest.approx(before)
    moves = {row["move"]: row for row in told["moves"]}
    for name, cost, retries in (
        ("quality_down", IMGCOST("4:5", "medium", None, 1, 180, 1), 1.5),
        ("size_smallest", IMGCOST("768x960", "high", None, 1, 180, 1), 1.5),
        ("retries_less", COST, 1),
        ("images_per_call_10", IMGCOST("4:5", "high", None, 10, 180, 1), 1.5),
        ("prompt_twice", IMGCOST("4:5", "high", None, 1, 360, 1), 1.5),
        ("references_more", IMGCOST("4:5", "high", None, 1, 180, 2), 1.5),
        ("other_tier", IMGCOST("4:5", "high", None, 1, 180, 1, "batch"), 1.5),
    ):
        after = IMGBUDGET(cost, 120, retries, 0.2)
        assert moves[name]["budget_usd"] == pytest.approx(after), name
        assert moves[name]["saving_usd"] == pytest.approx(before - after, abs=1e-9), name
    assert moves["quality_up"]["saving_usd"] is None


def test_levers_take_the_reference_images_that_cost_takes() -> None:
    one = answer("levers 4:5 high 10 --references '800x600; 800x600'")
    assert one["usd_per_image"] == pytest.approx(
        IMGCOST("4:5", "high", None, 1, None, "800x600; 800x600")
    )
    two = answer("levers 4:5 high 10 --references '800x600; 900x600'")
    assert two["usd_per_image"] == pytest.approx(
        IMGCOST("4:5", "high", None, 1, None, "800x600; 900x600")
    )


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


def test_the_best_levers_are_named_in_words() -> None:
    best = run(f"levers {JOB}").stdout.split("\n\n")[-1].splitlines()
    assert [line[:20] for line in best] == [
        "1. quality high -> m",
        "2. tier standard -> ",
        "3. retries 1.5 -> 1 ",
    ]
    nothing = run("levers 816x816 low 0 --tier batch").stdout
    assert nothing.endswith("no move saves anything here\n")


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
        ("16:9 high 9", "ratio_nearest", "1792x1008 -> 1952x1024",
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
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
