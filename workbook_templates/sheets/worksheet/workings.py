"""The workings of the worksheet: every step of the estimate as one named formula.

The names are those of `workbook_templates.answers`, which computes the same values with the core.
Only functions that Excel 2016 and LibreOffice share are used.
"""

from collections.abc import Iterator
from typing import NamedTuple

from workbook_templates.book import theme
from xl_pricing.rates.card import ANY, DEFAULT_TIER

METERS = {"text_in": "Prompt text", "image_in": "Reference images", "image_out": "Output images"}


class Working(NamedTuple):
    """One computed row: name, label, unit, formula and number format."""

    name: str
    label: str
    unit: str
    formula: str
    number: str = theme.COUNT


def size_workings(custom: str) -> tuple[Working, ...]:
    """Return the rows from ratio or custom size to legality; ``custom`` is the quoted word."""
    legal = (
        "MOD(size_width,INDEX(tblModels[step_px],model_row))=0,"
        "MOD(size_height,INDEX(tblModels[step_px],model_row))=0,"
        "long_edge<=INDEX(tblModels[max_edge_px],model_row),"
        "long_edge<=short_edge*INDEX(tblModels[max_aspect],model_row),"
        "pixels>=INDEX(tblModels[min_pixels],model_row),"
        "pixels<=INDEX(tblModels[max_pixels],model_row)"
    )
    return (
        Working("model_row", "Row of the model", "row", "MATCH(model,tblModels[model],0)"),
        Working(
            "counting",
            "Output tokens counted by",
            "grid or table",
            "INDEX(tblModels[counting],model_row)",
            theme.TEXT,
        ),
        Working("size_width", "Width", "px", _side("custom_width", "width_px", custom)),
        Working("size_height", "Height", "px", _side("custom_height", "height_px", custom)),
        Working("long_edge", "Long edge", "px", "MAX(size_width,size_height)"),
        Working("short_edge", "Short edge", "px", "MIN(size_width,size_height)"),
        Working("pixels", "Pixels", "px", "size_width*size_height"),
        Working(
            "size_legal",
            "Size is legal for the model",
            "1 = yes",
            f'IF(short_edge<=0,0,IF(counting="grid",IF(AND({legal}),1,0),'
            "MIN(1,COUNTIFS(tblFixed[model],model,tblFixed[size],size_used))))",
        ),
    )


OUTPUT_WORKINGS = (
    Working(
        "quality_column",
        "Column of the quality",
        "column",
        "MATCH(quality,tblModels[[#Headers],[low]:[max]],0)",
    ),
    Working(
        "grid",
        "Grid of the quality",
        "cells along the long edge",
        "N(INDEX(tblModels[[low]:[max]],model_row,quality_column))",
    ),
    Working(
        "short_cells",
        "Grid cells along the short edge",
        "rounded, exact halves to even",
        "IF(grid*size_legal=0,0,ROUND(grid*short_edge/long_edge,0)"
        "-IF(2*MOD(grid*short_edge,long_edge)=long_edge,"
        "MOD(ROUND(grid*short_edge/long_edge,0),2),0))",
    ),
    Working(
        "table_tokens",
        "Tokens from the fixed table",
        "tokens per image",
        'IF(counting="table",IFERROR(SUMIFS(INDEX(tblFixed[[low]:[high]],0,quality_column),'
        "tblFixed[model],model,tblFixed[size],size_used),0),0)",
    ),
    Working(
        "tokens_per_call",
        "Output tokens of one call",
        "tokens, rounded up once",
        "IF(size_legal*spec_valid=0,NA(),"
        "IF(ISNUMBER(measured_tokens),measured_tokens*images_per_call,"
        "IF(grid>0,ROUNDUP(images_per_call*grid*short_cells*(grid_base_px+pixels)"
        "/grid_divisor_px,0),"
        "IF(table_tokens>0,images_per_call*table_tokens,NA()))))",
    ),
)


def _used(edge: str) -> str:
    """Return an edge of the reference images, 0 where there are none."""
    return f"IF(ok_references=0,NA(),IF(N(reference_images)=0,0,{edge}))"


_RAISED = "MAX(3*reference_short,reference_long)"
_DOWN = "MIN(MAX(reference_long,patch_full_px),2*patch_full_px)"
INPUT_WORKINGS = (
    Working(
        "reference_long",
        "Reference image, long edge",
        "px",
        _used("MAX(reference_width,reference_height)"),
    ),
    Working(
        "reference_short",
        "Reference image, short edge",
        "px",
        _used("MIN(reference_width,reference_height)"),
    ),
    Working(
        "reference_patches",
        "Patches before their budget",
        "patches",
        f"ROUNDUP(reference_long*patch_full_px/(patch_px*{_DOWN}),0)"
        f"*ROUNDUP({_RAISED}*patch_full_px/(3*patch_px*{_DOWN}),0)",
    ),
    Working(
        "reference_tokens",
        "Tokens of one reference image",
        "tokens",
        'IF(reference_long=0,0,IF(INDEX(tblModels[reference_rule],model_row)="patch",'
        "IF(reference_patches>patch_budget,"
        f"INT(SQRT(3*patch_budget*reference_long/{_RAISED}))"
        f"*INT(SQRT(patch_budget*{_RAISED}/(3*reference_long))),reference_patches),"
        "tile_base_tokens+tile_tokens*IF("
        "reference_short*MIN(reference_long,tile_fit_px)>tile_px*reference_long,"
        "ROUNDUP(reference_long/reference_short,0),"
        "ROUNDUP(MIN(reference_long,tile_fit_px)/tile_px,0))))",
    ),
)


def rate_workings() -> Iterator[Working]:
    """Yield the row and the rate of each meter, in the chosen tier and in the standard one."""
    for meter, label in METERS.items():
        list_tier = f'"{DEFAULT_TIER}"'
        for tier, prefix, kind in (("tier", "", "Rate"), (list_tier, "list_", "List rate")):
            row = f"{prefix}rate_row_{meter}"
            yield Working(row, f"{kind}: {label}, row", "row", _rate_row(meter, tier))
            yield Working(
                f"{prefix}rate_{meter}",
                f"{kind}: {label}",
                "USD per 1M tokens",
                f"IF({row}=0,NA(),INDEX(tblRates[usd_per_mtok],{row}))",
                theme.RATE,
            )


PLAN_FITS = (
    "(tblPlans[plan]={plan})"
    f'*((tblPlans[model]={{model}})+(tblPlans[model]="{ANY}"))'
    f'*((tblPlans[quality]={{quality}})+(tblPlans[quality]="{ANY}"))'
    "*(tblPlans[max_long_edge_px]>={long_edge})"
)
# Smaller size tier first, then a named model, then a named quality; never 0 for a row that fits.
PLAN_PREFERENCE = (
    "(plan_rank_base-4*tblPlans[max_long_edge_px]"
    f'-2*(tblPlans[model]="{ANY}")-(tblPlans[quality]="{ANY}"))'
)
PLAN_POSITION = "(ROW(tblPlans[plan])-ROW(tblPlans[[#Headers],[plan]]))"


def plan_row(fits: str) -> str:
    """Return the best row of those that fit, 0 where none does; of equal ones the first."""
    rank = f"({PLAN_PREFERENCE}*plan_row_base-{PLAN_POSITION})"
    return f"MOD(-SUMPRODUCT(MAX({fits}*{rank})),plan_row_base)"


_FITS = PLAN_FITS.format(plan="plan", model="model", quality="quality", long_edge="long_edge")
PLAN_WORKINGS = (
    Working(
        "plan_row",
        "Row of the plan",
        "row, 0 = no price",
        f"IF(size_legal=0,0,IFERROR({plan_row(_FITS)},NA()))",
    ),
    *(
        Working(
            f"plan_listed_{field}",
            label,
            "0 = not told",
            f"IF(plan_row=0,0,N(INDEX(tblPlans[{field}],plan_row)))",
            theme.RATE,
        )
        for field, label in (
            ("credits", "Listed credits per image"),
            ("usd", "Listed USD per image"),
            ("usd_per_credit", "Listed USD per credit"),
            ("multiplier", "Listed multiplier"),
        )
    ),
    Working(
        "plan_usd",
        "The plan's USD per image",
        "USD",
        "IF(plan_listed_usd>0,plan_listed_usd,"
        "IF(plan_listed_multiplier>0,plan_listed_multiplier*list_cost_per_image,"
        "IF(plan_listed_credits*plan_listed_usd_per_credit>0,"
        "plan_listed_credits*plan_listed_usd_per_credit,NA())))",
        theme.USD_FINE,
    ),
    Working(
        "plan_credits",
        "The plan's credits per image",
        "credits",
        "IF(plan_listed_credits>0,plan_listed_credits,"
        "IF(plan_listed_usd_per_credit>0,plan_usd/plan_listed_usd_per_credit,NA()))",
        theme.RATE,
    ),
)


def cost_workings(measured: str) -> tuple[Working, ...]:
    """Return the rows of the cost; ``measured`` is the condition of using measured values."""
    return (
        Working(
            "token_cost_per_image",
            "Cost per image by tokens",
            "USD, before the bill's difference",
            "usd_text_in+usd_image_in+usd_image_out",
            theme.USD_FINE,
        ),
        Working(
            "retries_used",
            "Retries in use",
            "typed or measured",
            f"IF({measured},IF(ISNUMBER(measured_retries),measured_retries,retries),retries)",
            theme.RATE,
        ),
        Working(
            "list_cost_per_image",
            "List cost per image",
            "USD at the standard tier",
            "+".join(
                f"IF(tokens_{meter}=0,0,tokens_{meter}*list_rate_{meter}/tokens_per_mtok)"
                for meter in METERS
            ),
            theme.USD_FINE,
        ),
        Working(
            "generations_with_buffer",
            "Generations with buffer",
            "images",
            "IF(plan_valid=1,total_generations*(1+buffer),NA())",
            theme.COUNT,
        ),
        Working(
            "expected_cost",
            "Cost before the buffer",
            "USD",
            "IF(plan_valid=1,cost_per_image*total_generations,NA())",
            theme.USD,
        ),
    )


def _side(custom_side: str, column: str, custom: str) -> str:
    preset = f"INDEX(tblSizes[{column}],MATCH(ratio,tblSizes[ratio],0))"
    return f"IF(ratio={custom},N({custom_side}),{preset})"


def _rate_row(meter: str, tier: str) -> str:
    """Find the row with the latest day up to the price date; 0 where there is none."""
    rows = f'(tblRates[model]=model)*(tblRates[meter]="{meter}")*(tblRates[tier]={tier})'
    days = "tblRates[effective_from]"
    latest = f"SUMPRODUCT(MAX({rows}*({days}<=price_date)*{days}))"
    position = "(ROW(tblRates[model])-ROW(tblRates[[#Headers],[model]]))"
    return f"SUMPRODUCT({rows}*({days}={latest})*{position})"
