"""The workings of the worksheet: every step of the estimate as one named formula.

Only functions that Excel 2016 and LibreOffice share are used.
"""

from collections.abc import Iterator
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.formulas import image
from xl_pricing.rates.card import ANY, DEFAULT_TIER

METERS = dict(zip(image.METERS, ("Prompt text", "Reference images", "Output images"), strict=True))
"""What the sheet calls the meters of an estimate."""
JOB = image.image_cells(
    model_row="model_row",
    model="model",
    counting="counting",
    width="size_width",
    height="size_height",
    long_edge="long_edge",
    short_edge="short_edge",
    pixels="pixels",
    px="size_used",
    legal="size_legal",
    quality="quality",
    quality_column="quality_column",
    measured="measured_tokens",
    grid="grid",
    cells="short_cells",
    listed="table_tokens",
    images="images_per_call",
    prompt="prompt_tokens",
    references="reference_images",
    reference_tokens="reference_tokens",
)
"""The named cells of the job's image."""
TOKENS = {meter: f"tokens_{meter}" for meter in image.METERS}
RATES = {meter: f"rate_{meter}" for meter in image.METERS}
_LIST_RATES = {meter: f"list_rate_{meter}" for meter in image.METERS}


class Working(NamedTuple):
    """One computed row: name, label, unit, formula and number format."""

    name: str
    label: str
    unit: str
    formula: str
    number: str = theme.COUNT


def size_workings(custom: str) -> tuple[Working, ...]:
    """Return the rows from ratio or custom size to legality; ``custom`` is the quoted word."""
    model = f"MATCH({image.exactly('model')},tblModels[model],0)"
    counting = image.of_model("counting", "model_row")
    return (
        Working("model_row", "Row of the model", "row", model),
        Working("counting", "Output tokens counted by", "grid or table", counting, theme.TEXT),
        Working("size_width", "Width", "px", _side("custom_width", "width_px", custom)),
        Working("size_height", "Height", "px", _side("custom_height", "height_px", custom)),
        Working("long_edge", "Long edge", "px", "MAX(size_width,size_height)"),
        Working("short_edge", "Short edge", "px", "MIN(size_width,size_height)"),
        Working("pixels", "Pixels", "px", "size_width*size_height"),
        Working("size_legal", "Size is legal for the model", "1 = yes", image.legal(JOB)),
    )


def in_range(formula: str) -> str:
    """Return a figure of the image, #N/A where its inputs are out of range."""
    return f"IF(spec_valid=0,NA(),{formula})"


OUTPUT_WORKINGS = (
    Working(
        "quality_column",
        "Column of the quality",
        "column",
        f"MATCH({image.exactly('quality')},{image.QUALITY_WORDS},0)",
    ),
    Working("grid", "Grid of the quality", "cells along the long edge", image.grid(JOB)),
    Working(
        "short_cells",
        "Grid cells along the short edge",
        "rounded, exact halves to even",
        image.cells(JOB),
    ),
    Working(
        "table_tokens",
        "Tokens from the fixed table",
        "tokens per image",
        image.listed_tokens(JOB),
    ),
    Working(
        "tokens_per_call",
        "Output tokens of one call",
        "tokens, rounded up once",
        in_range(image.output_tokens(JOB, per_call=True)),
    ),
)


def _used(edge: str) -> str:
    """Return an edge of the reference images, 0 where there are none."""
    return f"IF(ok_references=0,NA(),IF(N(reference_images)=0,0,{edge}))"


_EDGES = ("reference_long", "reference_short")
_BY_RULE = image.reference_tokens(
    image.of_model("reference_rule", "model_row"), *_EDGES, "reference_patches"
)
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
        image.reference_patches(*_EDGES),
    ),
    Working(
        "reference_tokens",
        "Tokens of one reference image",
        "tokens",
        f"IF(reference_long=0,0,{_BY_RULE})",
    ),
)


def rate_workings() -> Iterator[Working]:
    """Yield the row and the rate of each meter, in the chosen tier and in the standard one."""
    for meter, label in METERS.items():
        list_tier = f'"{DEFAULT_TIER}"'
        for tier, prefix, kind in (("tier", "", "Rate"), (list_tier, "list_", "List rate")):
            row = f"{prefix}rate_row_{meter}"
            found = image.rate_row(image.rate_rows("model", meter, tier))
            yield Working(row, f"{kind}: {label}, row", "row", found)
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
            image.usd(TOKENS, _LIST_RATES),
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
    row = f"MATCH({image.exactly('ratio')},tblSizes[ratio],0)"
    preset = f"INDEX(tblSizes[{column}],{row})"
    return f"IF(ratio={custom},N({custom_side}),{preset})"
