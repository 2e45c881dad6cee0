"""cost, credits, tokens, explain and size answer what the cell functions answer."""

import pytest
from command_line import answer, assert_one_sentence, run, table

from xl_pricing.functions import pricing


def test_cost_is_imgcost() -> None:
    assert answer("cost 4:5 high") == {
        "model": "gpt-image-2",
        "size": "1024x1280",
        "quality": "high",
        "n": 1,
        "tier": "standard",
        "usd_per_image": pricing.IMGCOST("4:5", "high"),
        "basis": "quoted",
        "notes": [],
    }
    line = "cost 1024x1536 low --model gpt-image-1 --n 3 --prompt 'a red shoe' --references 2"
    usd = pricing.IMGCOST("1024x1536", "low", "gpt-image-1", 3, "a red shoe", 2, "batch")
    assert answer(f"{line} --tier batch")["usd_per_image"] == usd


def test_cost_as_a_table() -> None:
    assert table("cost 1024x1536 high") == [
        "model        size       quality      n  tier        USD per image  basis",
        "-----------  ---------  ---------  ---  --------  ---------------  -------",
        "gpt-image-2  1024x1536  high         1  standard          0.16464  quoted",
    ]


def test_credits_are_imgcredits_with_usd_where_the_plan_tells() -> None:
    told = answer("credits 4:5 high 0.01")
    assert told["credits_per_image"] == pricing.IMGCREDITS("4:5", "high", 0.01)
    assert told["usd_per_image"] == pricing.IMGCOST("4:5", "high")
    assert answer("credits 4:5 high PixAPI")["credits_per_image"] == 14
    assert answer("credits 4:5 high PixAPI")["usd_per_image"] is None


def test_tokens_are_imgtokens_and_not_rounded() -> None:
    assert answer("tokens 1024x1024 low --n 2")["output_tokens_per_image"] == 195.5
    assert answer("tokens 1024x1024 5488.25")["quality"] == 5488.25


def test_explain_itemises_what_cost_sums_up() -> None:
    line = "4:5 high --prompt 120 --references 2"
    told = answer(f"explain {line}")
    assert [row["meter"] for row in told["lines"]] == ["text_in", "image_in", "image_out"]
    assert told["usd_per_image"] == answer(f"cost {line}")["usd_per_image"]
    assert told["usd_per_image"] == pytest.approx(sum(r["usd_per_image"] for r in told["lines"]))
    assert all(row["source"] and row["checked"] and row["basis"] for row in told["lines"])


def test_explain_shows_notes_below_the_table() -> None:
    assert "note: The release day is approximate." in table(
        "explain 1024x1024 low --model gpt-image-1"
    )


def test_size_is_imgsize() -> None:
    told = answer("size 16:9 --short-side 1080")
    assert told["size"] == pricing.IMGSIZE("16:9", 1080)
    assert told["output_tokens_per_image"] == pricing.IMGTOKENS(told["size"], "high")
    assert answer("size 1:1 --quality low --model gpt-image-1")["size"] == "1024x1024"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cost", "Missing argument 'SIZE'; accepted: SIZE QUALITY --json --model"),
        ("cost 4:5", "Missing argument 'QUALITY'; accepted: SIZE QUALITY"),
        ("cost 4:5 high extra", "unexpected extra argument (extra); accepted: SIZE QUALITY"),
        ("cost 4:5 high 'two\nlines'", "unexpected extra argument (two lines); accepted:"),
        ("cost 4:5 high --modle x", "option '--modle' is unknown; did you mean --model?"),
        ("cost 4:5 high --n", "requires an argument"),
        ("cost 4:5 high --json=1", "does not take a value"),
        ("cost '' high", "size is missing"),
        ("cost 4:5 ''", "quality is missing"),
        ("cost 4:5 auto", "quality 'auto' is chosen by the model"),
        ("cost 4:5 huge", "accepted: low, medium, high"),
        ("cost 4:5 xhigh", "accepted: low, medium, high"),
        ("cost big high", "accepted: 1024x1536"),
        ("cost 1000x1000 high", "multiples of 16"),
        ("cost 4000x4000 high", "at most 3840 px"),
        ("cost 3072x1008 high", "at most 3 times"),
        ("cost 512x512 high", "655,360 to 8,294,400 pixels"),
        ("cost 4:5 high --model dall-e", "accepted: gpt-image-2"),
        ("cost 4:5 high --n 11", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --n -1", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --n 1.5", "accepted: whole numbers, 1 to 10"),
        ("cost 4:5 high --references 17", "accepted: whole numbers, 0 to 16"),
        ("cost 4:5 high --tier flex", "accepted: standard, batch"),
        (f"cost 4:5 high --prompt {'🙂' * 32_001}", "32,001 characters"),
        ("cost 4:5 -5", "accepted as output tokens per image"),
        ("cost 4:5 nan", "quality 'nan' is not known"),
        ("credits 4:5 high", "Missing argument 'PLAN'"),
        ("credits 4:5 high Nobody", "accepted: PixAPI"),
        ("credits 4:5 high -0.01", "more than 0 USD per credit"),
        ("tokens 4:5 low --model gpt-image-2.6-flare", "no formula is published"),
        ("explain 4:5 '#N/A'", "holds the error #N/A"),
        ("size 4x5", "accepted: 4:5"),
        ("size 4:1", "no legal size"),
        ("size 4:5 --short-side 0", "accepted: px > 0"),
        ("size 4:5 --quality auto", "chosen by the model"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
