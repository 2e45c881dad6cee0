"""Odd values, and documents in which one of them stands where it does not belong."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, -0.0, 0.5, 5e-324, 1e-9, 1e6, 1e308, 10**50, float("nan")),
    *("", " ", "x", "x" * 300, "x" * 40_000, "9" * 5_000, "\x00", "a\x01", "\ud800", "\uffff"),
    *("1.000", "1,5", "1 000", "1e5", "1e-400", "1e9999", "--1", "²", "٣", "２０", "5%", "NaN"),
    *("=1+1", "#N/A", "'", '"', '""', ";", "\t", "\r", "\n", "\u2028", "\ufeff", "*", "?", "~"),
    *("0000-00-00", "2026-13-45", "9999-12-31", "02.11.2026", "05/11/2026", "20260501", 46_143),
    *("1024x1024", "0x0", "999999999x1", "4:5", "0:1", "9999:1", "4k", "auto", "high", "hd", "高"),
    *("gpt-image-2", "openai/gpt-image-2", "gpt-image-7", "PixAPI", "image_out", "batch", "any"),
)
NESTED: tuple[Any, ...] = (*VALUES, [], {}, [[]], [1], {"a": 1}, [[[[[]]]]])
# As text, where JSON's own writer would make another thing of it.
NUMBERS = ("1e1000000000000000000000", "1e-99999999999", "1" * 5_000, "-0", "NaN", "Infinity", "01")
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")


def json_documents(whole: object, dice: Random, count: int) -> Iterator[bytes]:
    """Yield a document so many times, with something wrong in each."""
    for _ in range(count):
        document = deepcopy(whole)
        for _ in range(dice.choice((1, 1, 2))):
            _spoil(document, dice)
        text = json.dumps(document).replace('"1e-400"', dice.choice(NUMBERS))
        if dice.random() < 0.05:
            text = text.replace(":", ": [" * dice.choice((1, 50_000)), 1)
        yield spoilt(text.encode("utf-8", "surrogatepass"), dice)


def csv_documents(whole: str, dice: Random, count: int) -> Iterator[bytes]:
    """Yield a table so many times, with something wrong in each."""
    for _ in range(count):
        rows = [line.split(",") for line in whole.strip().split("\n")]
        for _ in range(dice.choice((1, 1, 2, 4))):
            row, value = dice.choice(rows), str(dice.choice(VALUES))
            place = dice.randrange(len(row))
            row[place : place + (dice.random() < 0.8)] = [value]
        lines = dice.choice((",", ",", ";", "\t")).join
        text = dice.choice(("\n", "\r\n", "\r")).join(map(lines, rows))
        yield spoilt(text.encode(dice.choice(ENCODINGS), "surrogatepass"), dice)


def spoilt(data: bytes, dice: Random) -> bytes:
    """Return bytes as they are, or at times cut off, with another byte, or quite others."""
    fate, place = dice.random(), dice.randrange(len(data) + 1)
    if fate < 0.05:
        return data[:place]
    if fate < 0.1:
        return data[:place] + dice.randbytes(1) + data[place + 1 :]
    return dice.randbytes(dice.randrange(400)) if fate < 0.13 else data


def tables(rows: list[list[Any]], dice: Random, count: int) -> Iterator[list[list[Any]]]:
    """Yield a range so many times, with an odd cell in each."""
    for _ in range(count):
        table = deepcopy(rows)
        row = dice.choice(table)
        row[dice.randrange(len(row))] = dice.choice(NESTED)
        yield table


def _spoil(document: Any, dice: Random) -> None:
    """Replace, drop or add something, however deep."""
    places = [*_places(document)]
    if not places:
        return
    inside, key = dice.choice(places)
    fate = dice.random()
    if fate < 0.75:
        inside[key] = dice.choice(NESTED)
    elif fate < 0.9:
        del inside[key]
    elif isinstance(inside, dict):
        inside[str(dice.choice(VALUES))] = dice.choice(NESTED)


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = ()
    if isinstance(document, dict | list):
        keys = list(document) if isinstance(document, dict) else range(len(document))
    for key in keys:
        yield document, key
        yield from _places(document[key])
