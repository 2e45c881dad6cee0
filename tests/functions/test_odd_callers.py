"""Whatever a Python caller passes, the answer is a sentence or an Excel error, no traceback."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import _lru_cache_wrapper
from gc import collect
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from tracemalloc import get_traced_memory, start, stop
from typing import Any, NoReturn

import pytest
from exhaustive import many

import xl_pricing
from xl_pricing import functions
from xl_pricing.errors import OutOfRangeError, XlPricingError
from xl_pricing.functions import pricers
from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.rates.records import columns
from xl_pricing.rates.rows import Rate
from xl_pricing.words import LONGEST_SENTENCE

CALLS = many(10_000, 200_000)


class Raising:
    """Of this all raises."""

    def __eq__(self, _other: object) -> NoReturn:
        """Do not."""
        raise RuntimeError("no comparing")

    def __hash__(self) -> NoReturn:
        """Do not."""
        raise RuntimeError("no hash")

    def __repr__(self) -> NoReturn:
        """Do not."""
        raise RuntimeError("no words")


class Array:
    """What an array of numpy does where one value is wanted."""

    __hash__ = None  # type: ignore[assignment]

    def __array__(self) -> NoReturn:
        """Do not."""
        raise AssertionError

    def __eq__(self, _other: object) -> Any:
        """Do not."""
        return self

    def __bool__(self) -> NoReturn:
        """Do not."""
        raise ValueError("the truth of more than one element is ambiguous")


ODD: dict[str, object] = {
    "set": {1},
    "dict": {"a": 1},
    "bytes": b"1024x1024",
    "bytearray": bytearray(b"high"),
    "raising": Raising(),
    "array": Array(),
    "nested list": [[[1]]],
    "ragged list": [[1, 2], 5],
    "list of odd": [["high"], [Raising()]],
    "complex": 1j,
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "Decimal NaN": Decimal("NaN"),
    "Decimal sNaN": Decimal("sNaN"),
    "tiny Decimal": Decimal("1e-99999999"),
    "huge Decimal": Decimal("1e99999999"),
    "huge int": 10**5000,
    "tiny Fraction": Fraction(1, 10**400),
    "lone surrogate": "\ud800",
    "long text": "x" * 40_000,
}
EXAMPLES = {
    name: [*function.example, *[None] * (len(function.arguments) - len(function.example))]
    for name, function in FUNCTIONS.items()
}
PLACES = [(name, place) for name, row in EXAMPLES.items() for place in range(len(row))]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize(("name", "place"), PLACES)
def test_an_odd_argument_is_refused_in_a_sentence(name: str, place: int, odd: object) -> None:
    row = [*EXAMPLES[name]]
    row[place] = odd
    if FUNCTIONS[name].arguments[place].name == "prompt" and isinstance(odd, str):
        row[place] = "x" * 32_001  # for a prompt is any text
    with pytest.raises(XlPricingError) as caught:
        getattr(functions, name)(*row)
    assert 0 < len(str(caught.value)) <= LONGEST_SENTENCE
    assert "Error" not in repr(answer(FUNCTIONS[name], row))


def test_an_odd_cell_of_a_range_is_an_error_in_its_place_only() -> None:
    column = [["1024x1536"], [{1}], [Raising()], [Array()], [Decimal("sNaN")], ["1024x1536"]]
    found = answer(FUNCTIONS["IMGCOST"], [column, "high"])
    error = "#VALUE!"
    assert found == [[0.16464], [error], [error], [error], [error], [0.16464]]


@pytest.mark.parametrize(
    ("call", "row"),
    [
        ("IMGBUDGET", [1e-300, 1e-300]),
        ("IMGBUDGET", [5e-324, 1]),
        ("IMGBUDGET", [1, Decimal("1e-320")]),
        ("IMGCOST", ["1024x1024", 5e-324]),
        ("IMGTOKENS", ["1024x1024", 1e-300]),
        ("IMGCREDITS", ["1024x1024", "high", 1e308]),
        ("IMGCREDITS", ["1024x1024", 1e-300, 1]),
    ],
)
def test_what_no_cell_can_tell_from_0_is_refused(call: str, row: list[Any]) -> None:
    with pytest.raises(OutOfRangeError):
        getattr(functions, call)(*row)


def test_a_rate_of_the_last_day_is_none_before() -> None:
    header = ["model", "meter", "tier", "usd_per_mtok", "effective_from"]
    row = ["gpt-image-2", "image_out", "standard", 30, "9999-12-31"]
    table = [[*header, "source", "checked", "basis"], [*row, "a", "2026-11-26", "official"]]
    with pytest.raises(XlPricingError, match="no rate for image_out of gpt-image-2"):
        functions.IMGCOST("1024x1536", "high", rates=table)
    assert functions.IMGRATE("gpt-image-2", "image_out", None, "9999-12-31", table) == 30


def spellings(word: str) -> Iterator[str]:
    """Yield ever other spellings of a word: in capitals or not, with blanks before and behind."""
    for i in count():
        capitals = "".join(c.upper() if i >> k & 1 else c for k, c in enumerate(word))
        blanks, behind = divmod(i >> len(word), 100)
        yield " " * blanks + capitals + " " * behind


def rows(i: int, quality: str, model: str) -> list[list[Any]]:
    """Return calls of which each argument is another one than before."""
    table = [[*columns(Rate)], ["a", "2026-01-01", "official", "gpt-image-2"]]
    table[1] += ["image_out", "standard", f"{1 + i}", "2026-01-01"]
    return [
        ["IMGCOST", "1024x1536", quality, model],
        ["IMGCOST", f"{' ' * (i % 50)}1024x1536{' ' * (i // 50)}", "high", None, 1, i % 90_000],
        ["IMGCOST", "1024x1536", 1 + i / 1000, None, 1, f"prompt {i}", f"{1 + i}x1"],
        ["IMGTOKENS", "1024x1536", quality, model],
        ["IMGBUDGET", i / 7, i, 1 + i / 1000, i % 1000 / 1000],
        ["IMGCREDITS", "1024x1536", quality, 1 + i],
    ] + [  # what takes longer
        ["IMGSIZE", f"{1000 + i % 1000}:{1001 + i % 999}", 16 + i % 700],
        ["IMGCOST", "1024x1536", "high", *[None] * 5, table],
    ] * (i % 50 == 0)


def call_all(most: int) -> None:
    """Call with so many distinct inputs of each kind."""
    inputs = zip(range(most // 7), spellings("high"), spellings("gpt-image-2"), strict=False)
    for i, quality, model in inputs:
        for name, *row in rows(i, quality, model):
            answer(FUNCTIONS[name], row)


def test_every_memo_is_bounded() -> None:
    elsewhere = "xl_pricing.hosts.libreoffice.component"  # only LibreOffice's Python imports it
    path = Path(xl_pricing.__path__[0], "hosts", "libreoffice", "component.py")
    assert "functools" not in path.read_text(encoding="utf-8")
    for module in walk_packages(xl_pricing.__path__, "xl_pricing."):
        if "__main__" not in module.name and module.name != elsewhere:
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, _lru_cache_wrapper) and value.__module__ == module.name:
                    most = value.cache_parameters()["maxsize"]
                    assert most is not None, name
                    assert most <= 1024, name


def test_memos_do_not_grow_with_the_inputs() -> None:
    call_all(CALLS // 2)  # all memos that fill up have filled up
    start()
    try:
        call_all(CALLS)
        collect()
        assert get_traced_memory()[0] < 8_000_000
    finally:
        stop()
    model = xl_pricing.rates.card.bundled_card().model("gpt-image-2")
    assert len(pricers._counters(model, 1)) <= pricers._SPELLINGS
