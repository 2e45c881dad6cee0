"""Meters as bills name them: line items of OpenAI, meters of Azure."""

import re
from typing import NamedTuple

from xl_pricing.bills.kept import Kept


class Meter(NamedTuple):
    """What is counted: a model, one of the six meters, tier and data zone where they are named."""

    model: str
    name: str
    tier: str | None = None
    zoned: bool = False
    origin: str = ""
    """Whose spelling it is, where nobody else has it."""


_LINE_ITEM = re.compile(
    r"(?P<model>\S+?)(?P<batch>,? batch)? (?P<kind>image|text), "
    r"(?P<batch2>batch )?(?P<way>(?:cached )?input|output)(?:[ _]tokens)?(?P<batch3>,? batch)?",
    re.IGNORECASE,
)
_WAYS = {"input": "in", "cached input": "cached", "output": "out"}
# Image 2 txt cd inp Gl 1M Tokens, Image 2 img Batch opt DZ 1M Tokens, Image-2.5-flare img opt Gl …
_AZURE = re.compile(
    r"(?:gpt[ -])?image[ -](?P<model>[0-9][0-9.]*(?:[ -](?:flare|sunburst|mini))?)"
    r" (?P<words>(?:(?:txt|img|inp|opt|outp|cd|batch|gl|glbl|dz|dzone|rgnl|data zone) )+)"
    r"1[km] tokens",
    re.IGNORECASE,
)
# gpt-image-1-inp-cached-txt-glbl Tokens, gpt-image-1-output-img-dzone Tokens
_AZURE_DASHED = re.compile(
    r"gpt-image-(?P<model>[0-9][0-9.]*(?:-(?:flare|sunburst|mini))?)"
    r"(?P<words>(?:-(?:txt|img|inp|outp|output|opt|cached|cd|batch|glbl|gl|dzone|dz|rgnl|regnl))+)"
    r" tokens",
    re.IGNORECASE,
)


def _line_item_meter(text: str) -> Meter | None:
    """Read a line item, such as ``gpt-image-2-2026-04-21 image, cached input``."""
    found = _LINE_ITEM.fullmatch(text.strip())
    if found is None:
        return None
    way = _WAYS[found["way"].lower()]
    batch = found["batch"] or found["batch2"] or found["batch3"]
    return Meter(found["model"], f"{found['kind'].lower()}_{way}", "batch" if batch else None)


def _azure_meter(text: str) -> Meter | None:
    """Read a meter of Azure, wherever it stands in a text."""
    found = _AZURE.search(text) or _AZURE_DASHED.search(text)
    if found is None:
        return None
    words = set(re.split(r"[ -]", found["words"].lower()))
    kind = "image" if "img" in words else "text" if "txt" in words else ""
    out, cached = words & {"opt", "outp", "output"}, words & {"cd", "cached"}
    if not kind or bool(out) == ("inp" in words):
        return None
    way = "out" if out else "cached" if cached else "in"
    model = found["model"].lower().replace(" ", "-")
    tier = "batch" if "batch" in words else "standard"
    zoned = bool(words & {"dz", "dzone", "zone"})
    return Meter(f"gpt-image-{model}", f"{kind}_{way}", tier, zoned, "Azure")


line_item_meter = Kept(_line_item_meter).__getitem__
azure_meter = Kept(_azure_meter).__getitem__


def names_images(text: str) -> bool:
    """Tell whether a meter that cannot be read may be one of GPT images."""
    return "gpt-image" in text.lower()
