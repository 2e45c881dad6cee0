"""The sizes for what is delivered, with their tokens and prices; and where images go."""

from fractions import Fraction

import pytest
from read_jobs import CARD, read

from workbook_templates.book.words import Words
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.nearest import NAMED_RATIOS
from xl_pricing.estimation.size import Size, parse_ratio
from xl_pricing.functions import IMGCOST, IMGTOKENS
from xl_pricing.planning.delivery import choices
from xl_pricing.rates.destinations import find_destination


@pytest.mark.parametrize("quality", ["low", "medium", "high"])
def test_a_choice_has_the_tokens_and_the_price_of_the_cell_functions(quality: str) -> None:
    job = read("gpt-image-2", "1:1", quality, n=4, prompt=50, references=1, tier="batch")
    for choice in choices(job, Size(1920, 1080)):
        size = str(choice.fit.size)
        usd = IMGCOST(size, quality, None, 4, 50, 1, "batch")
        assert float(choice.usd or 0) == usd
        assert float(choice.tokens or 0) == IMGTOKENS(size, quality, None, 4)


def test_the_cheaper_of_two_is_marked() -> None:
    above, below = choices(read("gpt-image-2"), Size(1920, 1080))
    assert (above.is_cheaper, below.is_cheaper) == (False, True)
    (alone,) = choices(read("gpt-image-2"), Size(1280, 720))
    assert not alone.is_cheaper


def test_a_larger_size_that_costs_less_is_the_cheaper_one() -> None:
    """A grid cell more or less along the short edge counts for more than the pixels."""
    above, below = choices(read("gpt-image-2", quality="low"), Size(1936, 2296))
    assert (str(above.fit.size), above.tokens) == ("1936x2304", 336)
    assert (str(below.fit.size), below.tokens) == ("1936x2288", 361)
    assert (above.is_cheaper, below.is_cheaper) == (True, False)


def test_sizes_without_a_token_count_are_named_and_not_priced() -> None:
    found = choices(read("gpt-image-2.6-flare", quality="low"), Size(1920, 1080))
    assert [str(choice.fit.size) for choice in found] == ["1920x1088", "1904x1072"]
    assert all(choice.usd is None and choice.tokens is None for choice in found)
    assert all("no formula" in (choice.refusal or "") for choice in found)


def test_a_destination_is_called_as_its_ratio_within_a_percent() -> None:
    for row in CARD.destinations:
        assert abs(Fraction(*row.size) / parse_ratio(row.ratio) - 1) < Fraction(1, 100)


def test_no_word_stands_for_two_destinations() -> None:
    names = [n.lower() for row in CARD.destinations for n in (row.destination, *row.words)]
    assert len(names) == len({*names})


def test_a_word_for_a_ratio_is_the_ratio_of_its_destination() -> None:
    for row in CARD.destinations:
        for word in row.words:
            if word in NAMED_RATIOS:
                assert Fraction(*NAMED_RATIOS[word]) == parse_ratio(row.ratio), word


def test_the_first_word_of_a_destination_is_its_name_in_the_chinese_workbook() -> None:
    words = Words("zh-CN")
    assert [words(row.destination) for row in CARD.destinations] == [
        row.words[0] for row in CARD.destinations
    ]


@pytest.mark.parametrize("word", ["story", " Reels ", "快拍", "STORY, REEL"])
def test_a_destination_is_found_by_any_of_its_names(word: str) -> None:
    assert find_destination(word, CARD.destinations).size == (1080, 1920)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("stroy", "destination 'stroy' is unknown; did you mean story, reel?"),
        ("link prview", "did you mean link preview?"),
        ("billboard", "destination 'billboard' is unknown; accepted: shop page, catalogue tile"),
    ],
)
def test_an_unknown_destination_is_told_with_the_nearest_one(word: str, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        find_destination(word, CARD.destinations)
    assert said in str(caught.value)
