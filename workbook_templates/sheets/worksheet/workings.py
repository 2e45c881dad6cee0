"""The workings of the Worksheet: every step of the estimate as one named formula.

Only functions that Excel 2016 and LibreOffice share are used.
"""

from collections.abc import Iterator

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure
from workbook_templates.formulas import charges, image, plan
from workbook_templates.formulas.conditions import holds, within
from workbook_templates.sheets.worksheet.chosen import HAS_PLAN, IS_CUSTOM, IS_MEASURED, OWN
from xl_pricing.estimation.image import DEFAULT_TIER

METERS = dict(
    zip(charges.METERS, ("Prompt text", "Reference images", "Output images"), strict=True)
)
"""What the sheet calls the meters of an estimate."""
JOB = image.image_cells(
    typed="ratio",
    text="ratio_used",
    model_row="model_row",
    model="model_used",
    counting="counting",
    width="size_width",
    height="size_height",
    long_edge="long_edge",
    short_edge="short_edge",
    pixels="pixels",
    px="size_used",
    legal="size_legal",
    quality="quality_used",
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
TOKENS = {meter: f"tokens_{meter}" for meter in charges.METERS}
RATES = {meter: f"rate_{meter}" for meter in charges.METERS}
_LIST_RATES = {meter: f"list_rate_{meter}" for meter in charges.METERS}
_TERMS = {term: f"plan_listed_{term}" for term in plan.TERMS}

_COUNT = theme.COMPUTED_FRACTION
_RATE = theme.COMPUTED_RATE
_USD = theme.COMPUTED_PRICE
_TEXT = theme.COMPUTED_NAME


def in_range(formula: str) -> str:
    """Return a figure of the image, #N/A where its inputs are out of range."""
    return f"IF(spec_valid=0,NA(),{formula})"


def planned(formula: str) -> str:
    """Return a figure of the job, #N/A where finals, retries or buffer are out of range."""
    return f"IF(plan_valid=1,{formula},NA())"


def _side(edge: str) -> str:
    """Return an edge of the size: the ratio's preset, or what is typed for a custom one."""
    row = "MATCH(ratio_used,tblSizes[ratio],0)"
    return f"IF({IS_CUSTOM},N(custom_{edge}),INDEX(tblSizes[{edge}_px],{row}))"


def _referred(edge: str) -> str:
    """Return an edge of the reference images, 0 where there are none."""
    return f"IF(references_valid=0,NA(),IF(N(reference_images)=0,0,{edge}))"


_EDGES = ("reference_long", "reference_short")
_RULE = image.of_model("reference_rule", "model_row")
IMAGE = (
    Figure("model_found", "Row of the model", image.model_row("model"), "row, 0 = unknown", _COUNT),
    Figure("model_row", "The same, if known", "IF(model_found=0,NA(),model_found)", "row", _COUNT),
    Figure("model_used", "Model as read", image.of_model("model", "model_row"), "", _TEXT),
    Figure("counting", "Output tokens counted by",
           image.of_model("counting", "model_row"),
           "grid or table", _TEXT),
    Figure("ratio_used", "Ratio as read", image.size_text(JOB, wide=True), "", _TEXT),
    Figure("size_width", "Width", _side("width"), "px", _COUNT),
    Figure("size_height", "Height", _side("height"), "px", _COUNT),
    Figure("long_edge", "Long edge", "MAX(size_width,size_height)", "px", _COUNT),
    Figure("short_edge", "Short edge", "MIN(size_width,size_height)", "px", _COUNT),
    Figure("pixels", "Pixels", "size_width*size_height", "px", _COUNT),
    Figure("size_legal", "Size is legal for the model", image.legal(JOB), "1 = yes", _COUNT),
    Figure("quality_used", "Quality as read", f"LOWER({image.quality_word('quality')})", "",
           _TEXT),
    Figure("quality_column", "Column of the quality", image.quality_column("quality_used"),
           "column", _COUNT),
    Figure("grid", "Grid of the quality", image.grid(JOB), "cells along the long edge", _COUNT),
    Figure("short_cells", "Grid cells along the short edge", image.cells(JOB),
           "rounded, exact halves to even", _COUNT),
    Figure("table_tokens", "Tokens from the fixed table", image.listed_tokens(JOB),
           "tokens per image", _COUNT),
    Figure("tokens_per_call", "Output tokens of one call",
           in_range(image.output_tokens(JOB, per_call=True)), "tokens, rounded up once", _COUNT),
    Figure("reference_long", "Reference image, long edge",
           _referred("MAX(reference_width,reference_height)"), "px", _COUNT),
    Figure("reference_short", "Reference image, short edge",
           _referred("MIN(reference_width,reference_height)"), "px", _COUNT),
    Figure("reference_patches", "Patches before their budget", image.reference_patches(*_EDGES),
           "patches", _COUNT),
    Figure("reference_tokens", "Tokens of one reference image",
           f"IF(reference_long=0,0,{image.reference_tokens(_RULE, *_EDGES, 'reference_patches')})",
           "tokens", _COUNT),
)  # fmt: skip
"""From model, ratio and quality to the tokens of a call and of a reference image."""


def _rate(meter: str, tier: str, kind: str, prefix: str = "") -> Iterator[Figure]:
    """Yield the row in force of a meter's rate, 0 for none, and the rate."""
    row, label = f"{prefix}rate_row_{meter}", f"{kind}: {METERS[meter]}"
    found = charges.rate_row(charges.rate_rows("model_used", meter, tier))
    rate = f"IF({row}=0,NA(),INDEX(tblRates[usd_per_mtok],{row}))"
    yield Figure(row, f"{label}, row", found, "row", _COUNT)
    yield Figure(f"{prefix}rate_{meter}", label, rate, "USD per 1M tokens", _RATE)


_DAYS = within("price_date", "price_date>=first_bill_day", "price_date<=last_bill_day")
RATE = (
    Figure("tier_used", "Price tier as read", "LOWER(TRIM(tier))", "", _TEXT),
    Figure("price_day", "Price date as read", f"IF({_DAYS}=1,price_date,NA())", "",
           theme.COMPUTED_DATE),
    *(figure
    for meter in METERS
    for figure in (
        *_rate(meter, "tier_used", "Rate"),
        *_rate(meter, f'"{DEFAULT_TIER}"', "List rate", "list_"),
    )),
)  # fmt: skip
"""The rates in force: of the chosen tier, and those that plans with a multiplier multiply."""
COST = (
    Figure("total_generations", "Total generations, exactly",
           planned("finals*retries_used"), "finals × retries", _COUNT),
    Figure("token_cost_per_image", "Cost per image by tokens",
           "+".join(f"usd_{meter}" for meter in METERS), "USD, before the bill's difference", _USD),
    Figure("retries_used", "Retries in use",
           f"IF({IS_MEASURED},IF(ISNUMBER(measured_retries),measured_retries,retries),retries)",
           "typed or measured", _RATE),
    Figure("list_cost_per_image", "List cost per image", charges.usd(TOKENS, _LIST_RATES),
           "USD at the standard tier", _USD),
    Figure("generations_with_buffer", "Generations with buffer",
           planned("total_generations*(1+buffer)"), "images", _COUNT),
    *(Figure(f"{part}_images", label, planned(images), "images", _COUNT)
      for part, label, images in (
          ("finals", "Finals, exactly", "finals"),
          ("retries", "Retries, exactly", "total_generations-finals"),
          ("buffer", "Buffer, exactly", "generations_with_buffer-total_generations"))),
    Figure("expected_cost", "Cost before the buffer",
           planned("cost_per_image*total_generations"), "USD", theme.COMPUTED_USD),
)  # fmt: skip
_LISTED = {
    "credits": "Listed credits per image",
    "usd": "Listed USD per image",
    "usd_per_credit": "Listed USD per credit",
    "multiplier": "Listed multiplier",
}
PLAN = (
    Figure("plan_used", "Plan as read", "TRIM(plan)", "", _TEXT),
    Figure("has_plan", "A plan is chosen", holds(HAS_PLAN), "1 = yes", _COUNT),
    Figure("plan_row", "Row of the plan",
           plan.row("size_legal*has_plan", plan.fits("plan_used", "quality_used", JOB)),
           "row, 0 = no price", _COUNT),
    *(
        Figure(_TERMS[term], label, plan.listed(term, "plan_row"), "0 = not told", _RATE)
        for term, label in _LISTED.items()
    ),
    Figure("plan_usd", "The plan's USD per image", plan.usd(_TERMS, "list_cost_per_image"), "USD",
           _USD),
    Figure("plan_credits", "The plan's credits per image", plan.credits_(_TERMS, "plan_usd"),
           "credits", _RATE),
    Figure("plan_bill_usd", "What the plan bills", "plan_usd*generations_with_buffer", "USD",
           theme.COMPUTED_USD),
)  # fmt: skip
CURRENCY = (
    Figure("currency_used", "Currency as read",
           f'IF(TRIM(currency)="","{OWN}",TRIM(currency))', "", _TEXT),
    Figure("has_rate", "The currency has its own rate",
           f'IF(currency_used="{OWN}",1,'
           'IF(AND(units_per_usd<>"",TRIM(rate_currency)=currency_used),ok_exchange,0))',
           "1 = yes", _COUNT),
)  # fmt: skip
