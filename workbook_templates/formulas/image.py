"""Pricing a spec in one row of a table: the worksheet's workings as formulas of a row.

``[@field]`` is a cell of the same row. A row that is priced has the columns of `SPEC`; what a row
is asked for (size, quality, model …) and how it is called may differ, so those are parameters.
"""

from collections.abc import Mapping
from typing import NamedTuple

from workbook_templates.sheets.worksheet.workings import METERS
from xl_pricing.rates.card import DEFAULT_TIER
from xl_pricing.rates.rows import TIERS

SHEET_METERS = tuple(METERS)
IN_FORCE = "tblInForce"
RATE_COLUMNS = tuple(f"{tier}_{meter}" for tier in TIERS for meter in SHEET_METERS)
_RATES = f"{IN_FORCE}[[{RATE_COLUMNS[0]}]:[{RATE_COLUMNS[-1]}]]"
_QUALITIES = "tblModels[[#Headers],[low]:[max]]"


class Sizing(NamedTuple):
    """The columns of a size: what is typed, its text, and its edges in px."""

    typed: str
    text: str
    width: str
    height: str


def exactly(text: str) -> str:
    """Take the wildcards out of a text that is looked up."""
    for mark in "~*?":
        text = f'SUBSTITUTE({text},"{mark}","~{mark}")'
    return text


def model_row(model: str) -> str:
    """Find a model by its id or its other name; 0 where nobody knows it."""
    sought = exactly(f"TRIM({model})")
    return (
        f'IF(TRIM({model})="",0,IFERROR(MATCH({sought},tblModels[model],0),'
        f"IFERROR(MATCH({sought},{IN_FORCE}[other_name],0),0)))"
    )


def size_columns(size: Sizing, otherwise: Sizing | None = None) -> dict[str, str]:
    """Return the formulas of a size typed as ratio or px; edges are 0 where it cannot be read.

    Excel takes a typed 4:5 for the time 04:05, which is read back. A blank size is ``otherwise``.
    """
    text = f"[@{size.text}]"
    cleaned = f"LOWER({size.typed})"
    for mark, plain in ((" ", ""), ("×", "x"), ("*", "x"), ("?", "!"), ("~", "!")):
        cleaned = f'SUBSTITUTE({cleaned},"{mark}","{plain}")'
    of_time = f'HOUR({size.typed})&":"&MINUTE({size.typed})'
    row = f"MATCH({text},tblSizes[ratio],0)"
    typed_width = f'VALUE(LEFT({text},FIND("x",{text})-1))'
    typed_height = f'VALUE(MID({text},FIND("x",{text})+1,9))'
    whole = f'INT({typed_width})&"x"&INT({typed_height})={text}'
    whole = f"AND({typed_width}>=1,{typed_height}>=1,{whole})"
    width = f"IFERROR(N(INDEX(tblSizes[width_px],{row})),IFERROR(IF({whole},{typed_width},0),0))"
    height = f"IFERROR(N(INDEX(tblSizes[height_px],{row})),IF([@{size.width}]=0,0,{typed_height}))"
    if otherwise:
        width = f'IF({text}="",[@{otherwise.width}],{width})'
        height = f'IF({text}="",[@{otherwise.height}],{height})'
    return {
        size.text: f'IFERROR(IF(ISNUMBER({size.typed}),{of_time},{cleaned}),"?")',
        size.width: width,
        size.height: height,
    }


def legal(width: str, height: str) -> str:
    """Return 1 where a size is legal for the row's model."""

    def limit(field: str) -> str:
        return f"INDEX(tblModels[{field}],[@model_row])"

    sides = f"{width},{height}"
    conditions = (
        f"MOD({width},{limit('step_px')})=0",
        f"MOD({height},{limit('step_px')})=0",
        f"MAX({sides})<={limit('max_edge_px')}",
        f"MAX({sides})<=MIN({sides})*{limit('max_aspect')}",
        f"{width}*{height}>={limit('min_pixels')}",
        f"{width}*{height}<={limit('max_pixels')}",
    )
    listed = f'COUNTIFS(tblFixed[model],{limit("model")},tblFixed[size],{width}&"x"&{height})'
    by_grid = f"IF(AND({','.join(conditions)}),1,0)"
    by_table = f"MIN(1,{listed})"
    return f'IF([@model_row]*MIN({sides})<=0,0,IF({limit("counting")}="grid",{by_grid},{by_table}))'


def grid(quality: str, legal_: str) -> str:
    """Return the grid cells along the long edge; 0 where model and quality have none."""
    column = f"MATCH({exactly(quality)},{_QUALITIES},0)"
    return f"IF({legal_}=0,0,IFERROR(N(INDEX(tblModels[[low]:[max]],[@model_row],{column})),0))"


def cells(grid_: str, width: str, height: str) -> str:
    """Return the grid cells along the short edge: rounded, exact halves to even."""
    exact = f"{grid_}*MIN({width},{height})/MAX({width},{height})"
    return f"IF({grid_}=0,0,ROUND({exact},0)-IF(2*MOD({exact},2)=1,1,0))"


def listed_tokens(quality: str, legal_: str, width: str, height: str) -> str:
    """Return the tokens that the table of fixed sizes lists, 0 for none."""
    column = f"MATCH({exactly(quality)},{_QUALITIES},0)"
    listed = (
        f"SUMIFS(INDEX(tblFixed[[low]:[high]],0,{column}),"
        f"tblFixed[model],INDEX(tblModels[model],[@model_row]),"
        f'tblFixed[size],{width}&"x"&{height})'
    )
    counting = "INDEX(tblModels[counting],[@model_row])"
    return f'IF({legal_}=0,0,IF({counting}="table",IFERROR({listed},0),0))'


def output_tokens(fields: Mapping[str, str], images: str = "1") -> str:
    """Return output tokens per image of a call with ``images``; #N/A where they are not known.

    ``fields`` names the cells quality, legal, grid, cells, listed, width and height. A number for
    a quality is measured output tokens.
    """
    f = fields
    pixels = f"(grid_base_px+{f['width']}*{f['height']})"
    times = "" if images == "1" else f"{images}*"
    of_call = f"ROUNDUP({times}{f['grid']}*{f['cells']}*{pixels}/grid_divisor_px,0)"
    by_grid = of_call if images == "1" else f"{of_call}/{images}"
    measured = f"IF(AND({f['quality']}>0,{f['quality']}<=max_measured_tokens),{f['quality']},NA())"
    return (
        f"IF({f['legal']}=0,NA(),IF(ISNUMBER({f['quality']}),{measured},"
        f"IF({f['grid']}>0,{by_grid},IF({f['listed']}>0,{f['listed']},NA()))))"
    )


def text_tokens(prompt: str, references: str) -> str:
    """Return the text tokens of a prompt with its overhead; 0 for a blank, #N/A for a fault."""
    valid = (
        f"{whole_number(prompt, 'max_prompt_tokens')}"
        f'*IF({references}="",1,{whole_number(references, "max_references")})'
    )

    def overhead(field: str) -> str:
        return f"INDEX(tblModels[{field}],[@model_row])"

    return (
        f'IF({prompt}="",0,IF([@model_row]*{valid}>0,'
        f"{prompt}+{overhead('text_per_call')}+N({references})*{overhead('text_per_reference')},"
        "NA()))"
    )


def image_tokens(references: str) -> str:
    """Return the tokens of reference images of 1024x1024 px; #N/A for a fault."""
    tokens = f"INDEX({IN_FORCE}[reference_tokens],[@model_row])"
    valid = whole_number(references, "max_references")
    return f'IF({references}="",0,IF([@model_row]*{valid}>0,{references}*{tokens},NA()))'


def whole_number(cell: str, most: str) -> str:
    """Return 1 for a whole number from 0 to ``most``; text is caught before it is compared."""
    return f"IF(ISNUMBER({cell}),IF(AND({cell}>=0,{cell}<={most},{cell}=INT({cell})),1,0),0)"


def noticeable(saving: str, budget: str) -> str:
    """Return a saving, 0 where it is too small a part of the budget to be one."""
    return f"IF(ABS({saving})>{budget}*negligible_share,{saving},0)"


def tier_column(tier: str) -> str:
    """Return the column before a tier's rates in force; #N/A for an unknown tier."""
    return (
        "".join(
            f'IF({tier}="{name}",{position * len(SHEET_METERS)},'
            for position, name in enumerate(TIERS)
        )
        + "NA()"
        + ")" * len(TIERS)
    )


def rate(meter: str, column: str = "[@tier_column]") -> str:
    """Return a meter's rate in force for the row's model, in USD per 1M tokens."""
    return f"INDEX({_RATES},[@model_row],{column}+{SHEET_METERS.index(meter) + 1})"


def list_rate(meter: str) -> str:
    """Return a meter's rate at the standard tier."""
    return f"INDEX({IN_FORCE}[{DEFAULT_TIER}_{meter}],[@model_row])"


def usd(tokens: Mapping[str, str], rates: Mapping[str, str]) -> str:
    """Return USD per image; a meter without tokens needs no rate."""
    lines = (f"IF({tokens[meter]}=0,0,{tokens[meter]}*{rates[meter]})" for meter in SHEET_METERS)
    return f"({'+'.join(lines)})/tokens_per_mtok"
