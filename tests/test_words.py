"""The nearest right word, and sentences that fit a cell."""

import pytest

from xl_pricing.words import LONGEST_SENTENCE, fitted, nearest, quoted, unknown


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("cots", ["cost"]),
        ("Cost", ["cost"]),
        ("zh_CN", ["zh-CN"]),
        ("zh", ["zh-CN"]),
        ("std", []),
        ("stage1", []),
        ("temp", ["template"]),
        ("image", ["image_in", "image_out"]),
        ("x" * 10_000, []),
        ("", []),
        ("?", []),
    ],
)
def test_the_nearest_word_is_alike_or_begun(word: str, meant: list[str]) -> None:
    known = ["cost", "zh-CN", "template", "stage", "image_in", "image_out"]
    assert nearest(word, known) == meant


def test_a_word_of_which_many_are_begun_is_none_of_them() -> None:
    assert nearest("gpt", ["gpt-1", "gpt-2", "gpt-3"]) == []


def test_what_is_typed_is_quoted_short() -> None:
    assert quoted("a'b") == repr("a'b")
    assert quoted("x" * 32_767) == f"'{'x' * 56}..."
    assert len(quoted([1] * 1000)) == 60


def test_a_sentence_names_as_many_words_as_a_cell_takes() -> None:
    many = [f"model-{number}" for number in range(100)]
    sentence = unknown("model", "x" * 300, many, others="or a number")
    assert len(sentence) <= LONGEST_SENTENCE
    assert sentence.endswith(" more, or a number")
    assert fitted("accepted: ", ["y" * 300]) == "accepted:"
