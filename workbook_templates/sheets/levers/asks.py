"""What the moves of the core ask for on the Levers sheet, and what tells the state of a lever.

``[@width]`` is the width in the row of a move; plain names are those of the job.
"""

from collections.abc import Mapping
from typing import NamedTuple

from workbook_templates.formulas import image
from workbook_templates.formulas.conditions import compared
from workbook_templates.formulas.sentence import fixed
from workbook_templates.sheets.levers.sizes import RATIOS
from xl_pricing.estimation.levers import IMAGES_PER_CALL


class Ask(NamedTuple):
    """When a move is there, and the columns that differ from the job's, by name."""

    there: str
    changes: Mapping[str, str]


REPEATS = {
    "size_smallest": (
        "AND(lever_k_next>0,lever_k_smallest=lever_k_next)",
        "the same size as in the row above",
    ),
    "ratio_nearest": (
        "AND(lever_row_nearest>0,lever_row_larger=lever_row_nearest)",
        "the same size as in the row below",
    ),
}
"""When a move gives the size of another row, and what is said then."""


def _own_ratio(name: str) -> Ask:
    edges = {edge: f"lever_k_{name}*lever_unit_{edge}" for edge in ("width", "height")}
    return Ask("lever_k_next>0", edges)


def _other_ratio(name: str) -> Ask:
    row = f"lever_row_{name}"
    # A program that computes every choice must find a row in each of them.
    edges = {edge: f"INDEX({RATIOS}[{edge}],MAX(1,{row}))" for edge in ("width", "height")}
    return Ask(f"{row}>0", edges)


def _unless_repeated(name: str, ask: Ask) -> Ask:
    return ask._replace(there=f"IF({REPEATS[name][0]},FALSE,{ask.there})")


def _quality(sign: str) -> Ask:
    words, column = image.QUALITY_WORDS, f"quality_column{sign}1"
    within = f"AND({column}>=1,{column}<=COLUMNS({words}))"
    there = f"IF(ISNUMBER(measured_tokens),0,{within})"
    inside = f"MAX(1,MIN({column},COLUMNS({words})))"
    return Ask(there, {"quality": f"INDEX({words},{inside})"})


def _retries(sign: str) -> Ask:
    changed = f"retries_used{sign}retries_step"
    return Ask(f"{compared(changed)}>=1", {"retries": changed})


def _references(sign: str) -> Ask:
    changed = f"lever_references{sign}1"
    there = f"AND({changed}>=0,{changed}<=max_references)"
    return Ask(there, {"references": changed})


_COUNTS = ("1", "images_per_call_some", "images_per_call_many")
ASKS = {
    "size_next": _own_ratio("next"),
    "size_smallest": _unless_repeated("size_smallest", _own_ratio("smallest")),
    "ratio_nearest": _unless_repeated("ratio_nearest", _other_ratio("nearest")),
    "ratio_larger": _other_ratio("larger"),
    "quality_down": _quality("-"),
    "quality_up": _quality("+"),
    "retries_less": _retries("-"),
    "retries_more": _retries("+"),
    **{
        f"images_per_call_{n}": Ask("1", {"n": count})
        for n, count in zip(IMAGES_PER_CALL, _COUNTS, strict=True)
    },
    "prompt_twice": Ask("N(prompt_tokens)>0", {"prompt": "2*prompt_tokens"}),
    "references_less": _references("-"),
    "references_more": _references("+"),
    "other_tier": Ask("1", {"tier": 'IF(tier_used="batch","standard","batch")'}),
}
"""What each move of the core asks for."""
JOB_ASKS = {
    "width": "size_width",
    "height": "size_height",
    "quality": "lever_quality",
    "n": "images_per_call",
    "prompt": "lever_prompt",
    "references": "lever_references",
    "tier": "tier_used",
    "retries": "retries_used",
}
"""What a row asks for where its move changes nothing."""
SHOWN = {
    "size": ("size_used", '[@width]&"x"&[@height]'),
    "quality": ("quality_used", "[@quality]"),
    "retries": (fixed("retries_used"), fixed("[@retries]")),
    "n": (fixed("images_per_call", 0), fixed("[@n]", 0)),
    "prompt": (fixed("N(prompt_tokens)", 0), fixed("N([@prompt])", 0)),
    "references": (fixed("lever_references", 0), fixed("[@references]", 0)),
    "tier": ("tier_used", "[@tier]"),
}
"""What tells the state of the levers, now and then, by the core's names."""
