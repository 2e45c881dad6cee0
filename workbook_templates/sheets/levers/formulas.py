"""The formulas of the Levers sheet: moves, workings and the columns of its tables.

Each row of the table of levers is one move of the core, in its order, and changes one thing of the
job. The rows differ only in what they ask for, so that every column has one formula: it chooses
by row. Sizes of the job's own ratio are k times its smallest one in steps of the model; their
short edge has the same grid cells, so that tokens rise with k and the largest cheaper k follows
from a square root. All in it are whole numbers below 2^53, so that floats hit an exact square
exactly, and miss no other by less than 1 part in 10^11.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.words import Words
from workbook_templates.formulas import image
from workbook_templates.formulas.sentence import fixed, formula, percent
from workbook_templates.sheets.worksheet.workings import JOB
from xl_pricing.estimation.levers import IMAGES_PER_CALL

TABLE, RATIOS, SWINGS, TORNADO = "tblLevers", "tblRatios", "tblSwings", "tblTornado"
TITLES: Mapping[str, str] = {
    "size": "Size",
    "ratio": "Ratio",
    "quality": "Quality",
    "retries": "Retries",
    "images per call": "Images per call",
    "prompt": "Prompt tokens",
    "references": "Reference images",
    "tier": "Price tier",
}
"""What the sheet calls the levers of the core."""


class Working(NamedTuple):
    """One computed row: name, label, unit, formula and number format."""

    name: str
    label: str
    unit: str
    formula: str
    number: str = theme.COUNT


class Row(NamedTuple):
    """A move: when it is there, what it asks for, its words now and then, and what it costs.

    ``costs`` and ``lacks`` are sentences: what is given up, and why a move is not there.
    """

    name: str
    lever: str
    there: str
    now: str
    then: str
    costs: str
    lacks: str
    asks: Mapping[str, str]


_JOB = {
    "width": "size_width",
    "height": "size_height",
    "quality": "lever_quality",
    "n": "images_per_call",
    "prompt": "lever_prompt",
    "references": "lever_references",
    "tier": "tier",
    "retries": "retries_used",
}
"""What a row asks for where its move changes nothing."""
_SIZE_THEN = '[@width]&"x"&[@height]'
_OTHER_TIER = 'IF(tier="batch","standard","batch")'
_QUALITIES = "tblModels[[#Headers],[low]:[max]]"
MEASURED_SIZE = "output tokens are measured: only this size and quality are known"
AT_ONCE, LATER = "answers come at once", "answers come within a day, not at once"
NO_PRICE = "the job has no price: see Checks"
NOT_THERE = "not available"
AS_NOW = "{now}, as now"


def _k(name: str) -> dict[str, str]:
    """Return the edges of a size of the job's own ratio."""
    return {
        "width": f"lever_k_{name}*lever_unit_width",
        "height": f"lever_k_{name}*lever_unit_height",
    }


def _preset(name: str) -> dict[str, str]:
    """Return the edges of a ratio's size."""
    return {edge: f"INDEX({RATIOS}[{edge}],lever_row_{name})" for edge in ("width", "height")}


def _sized(
    name: str, lever: str, there: str, asks: Mapping[str, str], costs: str, lacks: str
) -> Row:
    return Row(name, lever, there, "size_used", _SIZE_THEN, costs, lacks, asks)


def _stepped(name: str, sign: str, costs: str, lacks: str) -> Row:
    """Return a move of the quality by one step."""
    column = f"quality_column{sign}1"
    within = f"AND({column}>=1,{column}<=COLUMNS({_QUALITIES}))"
    there = f"IF(ISNUMBER(measured_tokens),0,{within})"
    asks = {"quality": f"INDEX({_QUALITIES},{column})"}
    return Row(name, "quality", there, "quality", "[@quality]", costs, lacks, asks)


def _retried(name: str, sign: str, costs: str, lacks: str) -> Row:
    changed = f"retries_used{sign}retries_step"
    there = f"ROUND({changed},compared_decimals)>=1"
    now, then = fixed("retries_used"), fixed("[@retries]")
    return Row(name, "retries", there, now, then, costs, lacks, {"retries": changed})


def _called(n: int, costs: str) -> Row:
    counts = ("1", "images_per_call_some", "images_per_call_many")
    asks = {"n": dict(zip(IMAGES_PER_CALL, counts, strict=True))[n]}
    name, now, then = f"images_per_call_{n}", fixed("images_per_call", 0), fixed("[@n]", 0)
    return Row(name, "images per call", "1", now, then, costs, NO_PRICE, asks)


def _referred(name: str, sign: str, costs: str, lacks: str) -> Row:
    changed = f"lever_references{sign}1"
    there = f"AND({changed}>=0,{changed}<=max_references)"
    now, then = fixed("lever_references", 0), fixed("[@references]", 0)
    return Row(name, "references", there, now, then, costs, lacks, {"references": changed})


ROWS = (
    _sized(
        "size_next",
        "size",
        "lever_k_next>0",
        _k("next"),
        "{fewer} fewer pixels: look at fine detail and small text",
        "no legal size of this ratio costs less",
    ),
    _sized(
        "size_smallest",
        "size",
        "lever_k_next>0",
        _k("smallest"),
        "{fewer} fewer pixels: enough for drafts and small places",
        "no legal size of this ratio costs less",
    ),
    _sized(
        "ratio_nearest",
        "ratio",
        "lever_row_nearest>0",
        _preset("nearest"),
        "another picture: it must be composed anew",
        "no other ratio of the sizes table costs less",
    ),
    _sized(
        "ratio_larger",
        "ratio",
        "lever_row_larger>0",
        _preset("larger"),
        "another picture: it must be composed anew; {more} more pixels",
        "no larger size of the sizes table costs less",
    ),
    _stepped(
        "quality_down",
        "-",
        "coarser detail and small text: try a sample first",
        "none is lower, or its tokens are not known",
    ),
    _stepped(
        "quality_up",
        "+",
        "finer detail and small text",
        "none is higher, or its tokens are not known",
    ),
    _retried(
        "retries_less",
        "-",
        "a saved baseline, and one change at a time",
        "a final takes at least one generation",
    ),
    _retried("retries_more", "+", "what drift and rerolls would cost", NO_PRICE),
    _called(1, "each image is rounded up by itself"),
    _called(4, "variants of one prompt, not four different images; rounded up once"),
    _called(10, "variants of one prompt, not ten different images; rounded up once"),
    Row(
        "prompt_twice",
        "prompt",
        "N(prompt_tokens)>0",
        fixed("N(prompt_tokens)", 0),
        fixed("N([@prompt])", 0),
        "a longer prompt is not a steadier one",
        "no prompt tokens are typed",
        {"prompt": "2*prompt_tokens"},
    ),
    _referred(
        "references_less",
        "-",
        "less to hold on to: drift may cost retries",
        "there is none to leave out",
    ),
    _referred(
        "references_more",
        "+",
        "a steadier picture may save retries",
        "there cannot be more, or they have no rate",
    ),
    Row(
        "other_tier",
        "tier",
        "1",
        "tier",
        "[@tier]",
        LATER,
        "no rate for that tier on the price date",
        {"tier": _OTHER_TIER},
    ),
)
"""The moves of the core, in its order."""


def _by_grid(formula_: str) -> str:
    return f"IF(lever_grid=0,0,{formula_})"


def _unit(edge: str) -> str:
    step = "INDEX(tblModels[step_px],model_row)"
    return _by_grid(f"{step}*{edge}/GCD(size_width,size_height)")


def _nearest(column: str) -> str:
    cells = f"{RATIOS}[{column}]"
    return f"IF(COUNT({cells})=0,0,MATCH(MIN({cells}),{cells},0))"


_ONE = replace(JOB, images="1")
_UNIT_PIXELS = "(lever_unit_width*lever_unit_height)"
_CHEAPER = f"((lever_now-1)*grid_divisor_px/(grid*short_cells)-grid_base_px)/{_UNIT_PIXELS}"
_SMALLEST = f"ROUNDUP(SQRT(INDEX(tblModels[min_pixels],model_row)/{_UNIT_PIXELS}),0)"
WORKINGS = (
    Working(
        "lever_priced",
        "The job has a budget",
        "1 = yes",
        "IF(ISNUMBER(lever_before),1,0)",
    ),
    Working(
        "lever_quality",
        "Quality, or measured tokens",
        "word or tokens",
        "IF(ISNUMBER(measured_tokens),measured_tokens,quality)",
        "General",
    ),
    Working("lever_prompt", "Prompt", "tokens", 'IF(prompt_tokens="","",prompt_tokens)'),
    Working("lever_references", "Reference images", "images", "N(reference_images)"),
    Working(
        "lever_reference_tokens",
        "Tokens of a reference image",
        "of 1024x1024 px if none",
        "IF(lever_priced=0,0,IF(lever_references>0,reference_tokens,"
        f"IFERROR(INDEX({image.IN_FORCE}[reference_tokens],model_row),NA())))",
    ),
    Working(
        "lever_now",
        "Output tokens of one image",
        "0 = measured",
        f"IF(lever_priced=0,0,IF(ISNUMBER(measured_tokens),0,{image.output_tokens(_ONE)}))",
    ),
    Working("lever_grid", "Grid, if it counts", "cells", "IF(lever_now=0,0,grid)"),
    Working("lever_unit_width", "Sizes of the ratio: k times", "px wide", _unit("size_width")),
    Working("lever_unit_height", "and k times", "px high", _unit("size_height")),
    Working("lever_k_smallest", "Smallest legal k", "k", _by_grid(_SMALLEST)),
    Working(
        "lever_k_cheaper",
        "Largest cheaper k",
        "k",
        _by_grid(f"INT(SQRT(MAX(0,{_CHEAPER})))"),
    ),
    Working(
        "lever_k_next",
        "The same, if legal",
        "0 = none",
        "IF(lever_k_cheaper<lever_k_smallest,0,lever_k_cheaper)",
    ),
    Working("lever_row_nearest", "Nearest cheaper ratio", "row", _nearest("cheaper")),
    Working("lever_row_larger", "Nearest larger one", "row", _nearest("larger")),
)

_RATIO = image.image_cells(quality="quality")
_IMAGE = image.image_cells(
    images="[@n]",
    prompt="[@prompt]",
    references="[@references]",
    reference_tokens="lever_reference_tokens",
)
_TIMES = "[@width]*size_height/([@height]*size_width)"
RATIO_FORMULAS = {
    "row": f"ROW()-ROW({RATIOS}[[#Headers],[row]])",
    "width": "IF([@row]>ROWS(tblSizes[ratio]),0,N(INDEX(tblSizes[width_px],[@row])))",
    "height": "IF([@row]>ROWS(tblSizes[ratio]),0,N(INDEX(tblSizes[height_px],[@row])))",
    "model_row": "IF(lever_now=0,0,model_row)",
    "legal": image.legal(_IMAGE),
    "grid": "IF([@legal]=0,0,lever_grid)",
    "cells": image.cells(_IMAGE),
    "listed": image.listed_tokens(_RATIO),
    "tokens": f"IF([@legal]=0,0,IFERROR({image.output_tokens(_RATIO)},0))",
    "distance": f"IF([@tokens]=0,0,ROUND(MAX({_TIMES},1/({_TIMES})),compared_decimals))",
    "cheaper": 'IF([@tokens]*([@tokens]<lever_now)*([@distance]>1)=0,"",[@distance])',
    "larger": 'IF([@cheaper]="","",IF([@width]*[@height]>pixels,[@distance],""))',
}
RATIO_CAPTIONS = {
    "row": "Row of the sizes table",
    "width": "Width, px",
    "height": "Height, px",
    "model_row": "Row of the model",
    "legal": "Legal (1 = yes)",
    "grid": "Grid",
    "cells": "Short-edge cells",
    "listed": "Tokens of the fixed size",
    "tokens": "Output tokens",
    "distance": "How far from the job's ratio",
    "cheaper": "The same, if cheaper",
    "larger": "If larger, too",
}

_TOKENS = {"text_in": "[@text_tokens]", "image_in": "[@image_tokens]", "image_out": "[@tokens]"}
_NOW = {
    "text_in": "tokens_text_in",
    "image_in": "tokens_image_in",
    "image_out": "IF(ISNUMBER(measured_tokens),measured_tokens,tokens_image_out)",
}
_RATES = image.rates()


def _choose(formulas: Iterable[str]) -> str:
    return f"CHOOSE([@row],{','.join(formulas)})"


def _asked(name: str, missing: str) -> str:
    """Return what each row asks for, ``missing`` where its move is not there."""
    return f"IF([@there]=0,{missing},{_choose(row.asks.get(name, _JOB[name]) for row in ROWS)})"


def _if_priced(formula_: str) -> str:
    return f"IF(ISNUMBER([@cost_per_image]),{formula_},NA())"


def _less() -> str:
    """Return what an image costs less, meter by meter: exact where a budget hardly changes."""
    lines = (
        f"IF({_NOW[meter]}+{_TOKENS[meter]}=0,0,({_NOW[meter]}-{_TOKENS[meter]})*rate_{meter}"
        f"+{_TOKENS[meter]}*(rate_{meter}-{_RATES[meter]}))"
        for meter in image.METERS
    )
    return _if_priced(f"({'+'.join(lines)})/tokens_per_mtok")


def _over(column: str) -> str:
    """Tell for each row whether it saves more than this one; of the same ones the earlier."""
    all_, mine = (f"ROUND({cell},compared_decimals)" for cell in (column, "[@effect]"))
    return f"(({all_}>{mine})+({all_}={mine})*({TABLE}[row]<[@row]))"


def _champion(words: Words) -> str:
    others = f"SUMPRODUCT(({TABLE}[lever]=[@lever])*{_over(f'{TABLE}[effect]')})"
    saves = "ROUND([@effect],compared_decimals)>0"
    advised = f"[@lever]<>{words.quoted(TITLES['ratio'])}"
    return f"IF(AND({advised},{saves}),IF({others}=0,1,0),0)"


def _saving() -> str:
    fewer = "[@cost_per_image]*(retries_used-[@retries])"
    return _if_priced(f"finals*(1+buffer)*([@less]*retries_used+{fewer})")


def formulas(words: Words) -> dict[str, str]:
    """Return the computed columns of the table of levers; only words differ by language."""
    priced = "ISNUMBER([@saving])"
    change = f'IF([@now]=[@then],{formula(words, AS_NOW, now="[@now]")},[@now]&" → "&[@then])'
    lacks = f"IF(lever_priced=0,{words.quoted(NO_PRICE)},{_choose(_lacks(words))})"
    place = f"1+SUMPRODUCT({TABLE}[champion]*{_over(f'{TABLE}[effect]')})"
    tokens = image.output_tokens(_IMAGE)
    cost = f"IF([@there]=0,NA(),IFERROR({image.usd(_TOKENS, _RATES)},NA()))"
    return {
        "lever": _choose(words.quoted(TITLES[row.lever]) for row in ROWS),
        "change": f"IF({priced},{change},{words.quoted(NOT_THERE)})",
        "cost_per_image": cost,
        "budget": _if_priced("[@cost_per_image]*finals*[@retries]*(1+buffer)"),
        "saving": _saving(),
        "saving_share": _if_priced("IF(lever_before=0,0,[@saving]/lever_before)"),
        "costs": f"IF({priced},{_choose(_costs(words))},{lacks})",
        "row": f"ROW()-ROW({TABLE}[[#Headers],[row]])",
        "there": f"IF(lever_priced=0,0,IF({_choose(row.there for row in ROWS)},1,0))",
        "now": f'IF([@there]=0,"",{_choose(row.now for row in ROWS)})',
        "then": f'IF([@there]=0,"",{_choose(row.then for row in ROWS)})',
        "width": _asked("width", "0"),
        "height": _asked("height", "0"),
        "quality": _asked("quality", '""'),
        "n": _asked("n", "0"),
        "prompt": _asked("prompt", '""'),
        "references": _asked("references", "0"),
        "tier": _asked("tier", '""'),
        "retries": _asked("retries", "0"),
        "model_row": "IF([@there]=0,0,model_row)",
        "tier_column": f"IFERROR({image.tier_column('[@tier]')},-1)",
        "legal": image.legal(_IMAGE),
        "grid": image.grid(_IMAGE),
        "cells": image.cells(_IMAGE),
        "listed": image.listed_tokens(_IMAGE),
        "tokens": f"IF([@there]=0,NA(),{tokens})",
        "text_tokens": image.text_tokens(_IMAGE),
        "image_tokens": image.image_tokens(_IMAGE),
        "less": _less(),
        "effect": f"IF({priced},[@saving],0)",
        "champion": _champion(words),
        "place": f"IF([@champion]=0,0,{place})",
    }


def _costs(words: Words) -> list[str]:
    """Return what each move gives up, as formulas."""
    pixels = "[@width]*[@height]/pixels"
    parts = {"fewer": percent(f"1-{pixels}"), "more": percent(f"{pixels}-1")}
    said = [formula(words, row.costs, **parts) for row in ROWS]
    said[-1] = f'IF(tier="batch",{words.quoted(AT_ONCE)},{words.quoted(LATER)})'
    return said


def _lacks(words: Words) -> Iterable[str]:
    """Yield why each move is not there, as formulas."""
    for row in ROWS:
        said = words.quoted(row.lacks)
        by_rule = row.lever in {"size", "ratio", "quality"}
        yield (
            f"IF(ISNUMBER(measured_tokens),{words.quoted(MEASURED_SIZE)},{said})"
            if by_rule
            else said
        )


CAPTIONS: Mapping[str, str] = {
    "lever": "Lever",
    "change": "Now → then",
    "cost_per_image": "USD per image",
    "budget": "Budget, USD",
    "saving": "Saving, USD (minus: costs more)",
    "saving_share": "Saving",
    "costs": "What it costs in quality or time",
    "row": "Row",
    "there": "There (1 = yes)",
    "now": "Now",
    "then": "Then",
    "width": "Width, px",
    "height": "Height, px",
    "quality": "Quality",
    "n": "Images per call",
    "prompt": "Prompt tokens",
    "references": "Reference images",
    "tier": "Price tier",
    "retries": "Retries",
    "model_row": "Row of the model",
    "tier_column": "Column of the tier",
    "legal": "Legal (1 = yes)",
    "grid": "Grid",
    "cells": "Short-edge cells",
    "listed": "Tokens of the fixed size",
    "tokens": "Output tokens per image",
    "text_tokens": "Text tokens",
    "image_tokens": "Reference tokens",
    "less": "USD less per image",
    "effect": "Saving, 0 if not there",
    "champion": "Best of its lever (1 = yes)",
    "place": "Place among the best",
}
SWING_FORMULAS = {
    "row": f"ROW()-ROW({SWINGS}[[#Headers],[row]])",
    "saves": f"IF(lever_priced=0,NA(),0-SUMPRODUCT(MAX(({TABLE}[lever]=[@lever])"
    f"*{TABLE}[effect])))",
    "adds": f"IF(lever_priced=0,NA(),0-SUMPRODUCT(MIN(({TABLE}[lever]=[@lever])*{TABLE}[effect])))",
    "swing": "IF(lever_priced=0,0,[@adds]-[@saves])",
    "place": f"1+SUMPRODUCT((ROUND({SWINGS}[swing],compared_decimals)"
    f">ROUND([@swing],compared_decimals))+(ROUND({SWINGS}[swing],compared_decimals)"
    f"=ROUND([@swing],compared_decimals))*({SWINGS}[row]<[@row]))",
}
SWING_CAPTIONS = {
    "row": "Row",
    "lever": "Lever",
    "saves": "The most it saves",
    "adds": "The most it adds",
    "swing": "Both together",
    "place": "Place",
}
_PLACED = f"MATCH([@row],{SWINGS}[place],0)"


def _drawn(name: str) -> str:
    """Return a bar of the chart; one that is too short to be seen gets no label."""
    found = f"INDEX({SWINGS}[{name}],{_PLACED})"
    return f"IF(ABS({found})<lever_before*drawn_share,0,{found})"


TORNADO_FORMULAS = {
    "row": f"ROW()-ROW({TORNADO}[[#Headers],[row]])",
    "lever": f"INDEX({SWINGS}[lever],{_PLACED})",
    **{f"drawn_{name}": _drawn(name) for name in ("saves", "adds")},
}
TORNADO_CAPTIONS = {
    "row": "Place",
    "lever": "Lever",
    "drawn_saves": "The most it saves, USD",
    "drawn_adds": "The most it adds, USD",
}
