"""Random calls that every host is told in the same way: cells of one number or text each."""

from random import Random
from typing import Any, NamedTuple

from exhaustive import many

from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS

SIZES = ("1024x1024", "4:5", "1920x1080", "10x10", "auto", "2048x1152", "1.91:1", "x", "16:9")
QUALITIES = ("low", "medium", "high", "xhigh", "高", "hd", 1158, 0.5)
MODELS = (None, "gpt-image-2", "gpt-image-1", "gpt-image-2.5-flare", "gpt-image-2.6-flare", "z")


class Call(NamedTuple):
    """A call, and what the functions of Python answer."""

    function: str
    arguments: list[Any]
    answer: Any


def random_calls() -> list[Call]:
    """Make the calls, each with its answer on the day that it is today."""
    dice = Random(20261126)
    return [_random_call(dice) for _ in range(many(200, 10_000))]


def _random_call(dice: Random) -> Call:
    size, quality, model = map(dice.choice, (SIZES, QUALITIES, MODELS))
    number = round(dice.uniform(0.01, 9), dice.choice((0, 2, 5))) or 1
    calls = {
        "IMGCOST": [size, quality, model, dice.randint(1, 10), dice.randint(1, 900)],
        "IMGTOKENS": [size, quality, model, dice.choice((None, 3, 11))],
        "IMGCREDITS": [size, quality, dice.choice(("PixAPI", "ComfyUI", 0.01, "no")), model],
        "IMGBUDGET": [number, dice.randint(0, 400), 1 + number / 4, dice.choice((0, 0.2, 1, 1.5))],
        "IMGBUFFER": [dice.randint(1, 60), round(1 + dice.random(), 2), dice.choice((None, 0.95))],
        "IMGSIZE": [dice.choice(("4:5", "3:1", "5:1", "2.39:1")), dice.choice((None, 500, 3000))],
        "IMGRATE": [model or "gpt-image-2", dice.choice(("image_out", "text_in", "px")), "batch"],
    }
    name = dice.choice([*calls])
    arguments = calls[name]
    full = [*arguments, *[None] * (len(FUNCTIONS[name].arguments) - len(arguments))]
    return Call(name, arguments, answer(FUNCTIONS[name], full))
