"""What the functions say of a mistake: the nearest right value, in a sentence that fits a cell."""

from typing import Any

import pytest

from xl_pricing.errors import OutOfRangeError, XlPricingError
from xl_pricing.functions import IMGBUFFER, IMGCOST, IMGCREDITS, IMGRATE, IMGSIZE, IMGTOKENS
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.explaining import explain

LONG = "x" * 300
ODD: tuple[Any, ...] = (
    *(LONG, LONG.upper(), "9" * 300, "1" * 300 + "x16", "99999x100", "999999999x999999999", "10:1"),
    *("gpt-image-2.5", "gpt-image", "dall-e-3", "auto", "hd", "1080p", "4/5", "ä" * 300, "!" * 300),
    *("\n" * 300, "'" * 300, "1.000", "1,5", -1, 1e308, True, "2026-13-45", 0.5, "#REF!"),
)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:20])
def test_every_sentence_fits_a_cell_of_an_array(function: Any, odd: Any) -> None:
    """Excel cuts or refuses texts over 255 characters in the cells of an array."""
    takes = [*function.example, *[None] * (len(function.arguments) - len(function.example))]
    for place in range(len(takes)):
        said = ""
        try:
            function.call(*takes[:place], odd, *takes[place + 1 :])
        except XlPricingError as error:
            said = f"{error.cell_error} {error}"
        assert len(said) <= 255


@pytest.mark.parametrize(
    ("typed", "quality"),
    [("低", "low"), ("中", "medium"), ("高", "high"), (" 高 ", "high")],
)
def test_the_words_of_the_chinese_workbook_are_qualities(typed: str, quality: str) -> None:
    assert IMGCOST("4:5", typed) == IMGCOST("4:5", quality)
    assert IMGTOKENS("4:5", typed) == IMGTOKENS("4:5", quality)
    assert IMGCREDITS("4:5", typed, "PixAPI") == IMGCREDITS("4:5", quality, "PixAPI")
    assert IMGSIZE("4:5", 1024, typed) == IMGSIZE("4:5", 1024, quality)


def test_the_best_chinese_qualities_are_those_of_later_models() -> None:
    flare = "gpt-image-2.5-flare"
    assert IMGCOST("4:5", "超高", flare) == IMGCOST("4:5", "xhigh", flare)
    assert IMGCOST("4:5", "最高", flare) == IMGCOST("4:5", "max", flare)


@pytest.mark.parametrize(
    ("quality", "told"),
    [
        ("hgih", "; did you mean high?"),
        ("med", "; did you mean medium?"),
        ("hd", ": dall-e-3 has it, here high is nearest;"),
        ("standard", ": dall-e-3 has it, here medium is nearest;"),
        ("xhigh", ";"),
    ],
)
def test_a_misspelt_or_foreign_quality_is_told_first(quality: str, told: str) -> None:
    with pytest.raises(XlPricingError) as caught:
        IMGCOST("4:5", quality)
    assert str(caught.value).startswith(
        f"quality {quality!r} is not known to this model{told} accepted: low, medium, high"
    )


def test_a_misspelt_plan_tier_or_meter_is_told_first() -> None:
    for call, told in (
        (lambda: IMGCREDITS("4:5", "high", "pixap"), "did you mean PixAPI? accepted: PixAPI, "),
        (lambda: IMGCOST("4:5", "high", None, None, None, None, "btach"), "did you mean batch?"),
        (lambda: IMGRATE("gpt-image-2", "image out"), "did you mean image_out?"),
    ):
        with pytest.raises(XlPricingError) as caught:
            call()
        assert told in str(caught.value)


def test_an_illegal_size_is_told_with_the_nearest_ones_and_their_price() -> None:
    near = "1920x1088 ({:.3g} USD), 1904x1072 ({:.3g} USD)".format(
        IMGCOST("1920x1088", "high"), IMGCOST("1904x1072", "high")
    )
    with pytest.raises(OutOfRangeError) as caught:
        IMGCOST("1920x1080", "high")
    assert str(caught.value).endswith(f"; nearest legal: {near}")
    told = answer(FUNCTIONS["IMGEXPLAIN"], ["1920x1080", "high"])
    assert told == f"#NUM! {caught.value}"


def test_a_price_that_is_not_known_is_left_out() -> None:
    with pytest.raises(OutOfRangeError) as caught:
        explain("1920x1080", "auto")
    assert str(caught.value).endswith("; nearest legal: 1920x1088, 1904x1072")


@pytest.mark.parametrize("ratio", ["1.91:1", "1:1.91", "2.39:1", "1.85:1", "1.78:1", "239:240"])
def test_a_ratio_without_a_size_near_1024_is_the_same_size_everywhere(ratio: str) -> None:
    assert str(explain(ratio, "high").size) == IMGSIZE(ratio)


@pytest.mark.parametrize(
    ("typed", "ratio"), [("4/5", "4:5"), ("4x5", "4:5"), ("square", "1:1"), ("1080p", "16:9")]
)
def test_a_ratio_in_other_words_is_told(typed: str, ratio: str) -> None:
    with pytest.raises(XlPricingError, match=f"is not readable; accepted: {ratio}$"):
        IMGSIZE(typed)


def test_the_tokens_of_a_prompt_in_words_are_an_estimate() -> None:
    assert explain("4:5", "high", prompt="a cat on a mat").lines[0].evidence.basis == "estimate"
    assert explain("4:5", "high", prompt="120").lines[0].evidence.basis != "estimate"


def test_a_confidence_of_95_may_be_95_percent() -> None:
    with pytest.raises(OutOfRangeError, match=r"such as 0\.9 or 95%"):
        IMGBUFFER(120, 1.5, 95)
