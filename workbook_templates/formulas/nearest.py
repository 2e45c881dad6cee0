"""The right value nearest to a wrong one: formulas that search where a person looks for advice.

They are asked only where something is wrong. A search ranks its rows and keeps the row in the
last digits of the rank, so that one SUMPRODUCT finds both.
"""

import re
from collections.abc import Iterable

from workbook_templates.formulas import image
from xl_pricing.estimation.nearest import RATIO_TOLERANCE

_MODELS = "(ROW(tblModels[model])-ROW(tblModels[[#Headers],[model]]))"
_RATIOS = "(ROW(tblSizes[ratio])-ROW(tblSizes[[#Headers],[ratio]]))"
_NEAR, _NEARER = RATIO_TOLERANCE, 5 * RATIO_TOLERANCE
"""How far a size may be off the wanted ratio: one that covers it, one inside it."""


def model(typed: str, otherwise: str) -> str:
    """Return the first model whose name begins as what is typed, marks between words aside."""
    plain = f'SUBSTITUTE(LOWER(TRIM({typed})),"openai/","")'
    for mark in " _-":
        plain = f'SUBSTITUTE({plain},"{mark}","")'
    begins = f'LEFT(SUBSTITUTE(tblModels[model],"-",""),LEN({plain}))={plain}'
    row = f"MOD(-SUMPRODUCT(MAX(({begins})*(row_base-{_MODELS}))),row_base)"
    return f'IF({row}=0,"{otherwise}",INDEX(tblModels[model],{row}))'


def ratio_value(text: str) -> str:
    """Return width over height of a text such as 1.91:1, 4/5 or 1920x1080; 0 for anything else."""
    plain = text
    for mark in "/x":
        plain = f'SUBSTITUTE({plain},"{mark}",":")'
    left, right = f'LEFT({plain},FIND(":",{plain})-1)', f'MID({plain},FIND(":",{plain})+1,9)'
    value = f"VALUE({left})/VALUE({right})"
    return f"IFERROR(MAX(0,{value}),0)"


def ratio(value: str) -> str:
    """Return the ratio of the sizes table that is nearest to width over height."""
    listed = "(tblSizes[width_px]/(tblSizes[height_px]+(tblSizes[height_px]=0)))"
    off = f"(ABS({listed}-{value})/({listed}+{value}))"
    rank = f"INT((1-{off})*closeness_parts)*row_base+row_base-{_RATIOS}"
    return f"INDEX(tblSizes[ratio],MOD(-SUMPRODUCT(MAX({rank})),row_base))"


_ROWS = "ROW($A$1:$A$240)"
"""Every height that a model takes, in steps: so many rows as there may be steps."""
_TARGET = f"size_width*{_ROWS}/size_height"
"""The width, in steps, that has the ratio of the size."""
LIMITS = {
    "near_step": image.of_model("step_px", "model_row"),
    "near_aspect": image.of_model("max_aspect", "model_row"),
    "near_edge": f"INT({image.of_model('max_edge_px', 'model_row')}/near_step)",
    "near_from": f"{image.of_model('min_pixels', 'model_row')}/(near_step*near_step)",
    "near_to": f"{image.of_model('max_pixels', 'model_row')}/(near_step*near_step)",
}
"""What is legal: the step in px; in steps long to short edge, an edge, and the area."""


def _best(candidates: Iterable[tuple[str, str, str]]) -> str:
    """Return height and width of the best legal size in one number; 0 for none.

    A candidate is a width in steps for each height, what it must keep besides the limits, and its
    rank. The best width of a height is one of them: the wanted one, or a limit.
    """
    ranked = (
        f"SUMPRODUCT(MAX(({width}<=near_aspect*{_ROWS})*({_ROWS}<=near_aspect*{width})"
        f"*({width}<=near_edge)*({_ROWS}<=near_edge)*({width}*{_ROWS}>=near_from)"
        f"*({width}*{_ROWS}<=near_to)*{kept}"
        f"*(INT({rank})*near_base*near_base+near_base*{_ROWS}+{width})))"
        for width, kept, rank in candidates
    )
    return f"MOD(MAX({','.join(ranked)}),near_base*near_base)"


def _between(width: str, low: int, high: int) -> str:
    """Return the condition that a width is from ``low`` to ``high`` percent of the target."""
    scaled, target = f"100*{width}*size_height", f"size_width*{_ROWS}"
    return f"({scaled}>={low}*{target})*({scaled}<={high}*{target})"


_ANY = 1_000_000
"""Percent of a ratio that no size is off."""


def covering(*, any_ratio: bool) -> str:
    """Return the smallest legal size that covers the size: near its ratio, or of any.

    Of equally small ones that which is nearest in ratio.
    """
    near = int(100 * _NEAR)
    low, high = (0, _ANY) if any_ratio else (100 - near, 100 + near)
    widths = (
        "ROUNDUP(size_width/near_step,0)",
        f"ROUNDUP({_ROWS}/near_aspect,0)",
        f"ROUNDUP(near_from/{_ROWS},0)",
        *(() if any_ratio else (f"ROUNDUP({low}*size_width*{_ROWS}/(100*size_height),0)",)),
    )
    covers = f"(near_step*{{0}}>=size_width)*(near_step*{_ROWS}>=size_height)*"
    tie = f"1/({{0}}/({_TARGET})+{_TARGET}/{{0}})"
    rank = f"row_base*(closeness_parts-{{0}}*{_ROWS}+{tie})"
    return _best(
        (width, covers.format(width) + _between(width, low, high), rank.format(width))
        for width in widths
    )


def inside(*, any_ratio: bool) -> str:
    """Return the legal size inside the size that loses least, in its ratio and its edges.

    That is the least ``|ln(ratio / wanted)| + ln(area / wanted) / 2``, written without logarithms
    on either side of the wanted ratio.
    """
    near = int(100 * _NEARER)
    low, high = (0, _ANY) if any_ratio else (100 - near, 100 + near)
    square = "(size_width*size_width/(size_height*size_height))"
    below = (f"INT({_TARGET})", f"(near_aspect*{_ROWS})", f"INT(near_to/{_ROWS})", "near_edge")
    above = (f"ROUNDUP({_TARGET},0)", f"ROUNDUP({_ROWS}/near_aspect,0)")
    fits = f"(near_step*{_ROWS}<=size_height)*(near_step*{{0}}<=size_width)*({{0}}>=1)*"
    sides = (
        (below, (low, 100), f"{{0}}^3/{_ROWS}/{square}*closeness_parts"),
        (above, (100, high), f"{_ROWS}^3/{{0}}*{square}*closeness_parts"),
    )
    return _best(
        (width, fits.format(width) + _between(width, *kept), rank.format(width))
        for widths, kept, rank in sides
        for width in widths
    )


def size_of(code: str) -> str:
    """Write the size of a code, in px."""
    return f'near_step*MOD({code},near_base)&"x"&near_step*INT({code}/near_base)'


_SEARCHED = re.compile(r"\b(?:size_(width|height)|near_(step|aspect|edge|from|to))\b")


def of(search: str, width: str, height: str, limits: str) -> str:
    """Return a search for another size than the job's; ``limits`` begins the names of its limits.

    The names are those of `LIMITS`, with another beginning.
    """
    edges = {"width": width, "height": height}
    return _SEARCHED.sub(lambda m: edges[m[1]] if m[1] else f"{limits}_{m[2]}", search)
