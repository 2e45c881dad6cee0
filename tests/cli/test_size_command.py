"""size: for a ratio, for px to deliver, and for a place."""

import pytest
from command_line import answer, assert_one_sentence, cells, run, table

from xl_pricing.functions import IMGCOST, IMGTOKENS


def test_px_to_deliver_give_the_sizes_around_and_inside_with_their_prices() -> None:
    told = answer("size 1920x1080 --quality medium")
    assert (told["delivered"], told["destination"]) == ("1920x1080", None)
    above, below = told["choices"]
    assert (above["size"], above["then"]) == ("1920x1088", "crop 8 px of the height")
    assert below["then"] == "enlarge to 100.8 %, then crop 1 px of the height"
    for choice in (above, below):
        assert choice["usd_per_image"] == IMGCOST(choice["size"], "medium")
        assert choice["output_tokens_per_image"] == IMGTOKENS(choice["size"], "medium")
    assert (above["is_cheaper"], below["is_cheaper"]) == (False, True)


@pytest.mark.parametrize("word", ["story", "reel", "快拍", "Story, Reel"])
def test_a_place_is_its_usual_size(word: str) -> None:
    told = answer(f"size '{word}'")
    assert (told["destination"], told["delivered"]) == ("story, reel", "1080x1920")
    assert told["choices"] == answer("size 1080x1920")["choices"]


@pytest.mark.parametrize(
    ("word", "then"),
    [
        ("720p", "as it is"),
        ("square", "crop 8 px of the width and 8 px of the height"),
        ("'link preview'", "scale to 98.7 %, then crop 4 px of the height"),
        ("a4", "enlarge to 102.6 %, then crop 7 px of the height"),
        ("1920×1080", "crop 8 px of the height"),
    ],
)
def test_what_to_do_then_is_said(word: str, then: str) -> None:
    assert answer(f"size {word}")["choices"][0]["then"] == then


def test_sizes_as_a_table() -> None:
    lines = table("size presentation --quality low")
    assert lines[0] == "presentation: 1920x1080, gpt-image-2, low"
    assert cells([lines[2], *lines[4:6]]) == [
        ["generate", "output tokens per image", "USD per image", "then"],
        ["1920x1088", "148", "0.00444", "crop 8 px of the height"],
        ["1904x1072", "146", "0.00438", "enlarge to 100.8 %, then crop 1 px of the",
         "cheaper"],
    ]  # fmt: skip


def test_a_model_of_three_sizes_takes_the_nearest_and_what_is_not_known_says_so() -> None:
    told = answer("size story --model gpt-image-1")
    assert [choice["size"] for choice in told["choices"]] == ["1024x1536"]
    assert "shut down" in told["notes"][0]
    unknown = answer("size story --model gpt-image-2.6-flare --quality low")
    assert {choice["usd_per_image"] for choice in unknown["choices"]} == {None}
    assert any("no formula is published" in note for note in unknown["notes"])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("size stroy", "did you mean story, reel?"),
        ("size 4/5", "accepted: 4:5"),
        ("size 0x5", "accepted: edges of 1 to 100,000 px"),
        ("size 99999x100", "accepted: ratios up to 3:1"),
        ("size auto", "chosen by the model"),
        ("size story --quality 500", "accepted: a word, such as high"),
        ("size story --quality huge", "quality 'huge' is not known"),
        ("size story --short-side 500", "--short-side goes with a ratio"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
