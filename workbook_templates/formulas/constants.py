"""The figures that the sheet's formulas name instead of holding them: one table of constants."""

from typing import NamedTuple

from xl_pricing.estimation import (
    actuals,
    budget,
    causes,
    chance,
    cost,
    elsewhere,
    image,
    levers,
    size,
    tokens,
)
from xl_pricing.estimation.size import FixedSizes, FreeSizes
from xl_pricing.rates.card import RATES_AGE_DAYS, bundled_card
from xl_pricing.rates.rows import MINUTES_PER_DAY

MOST_ROWS = 5_000
"""Rows of the campaign, and of the actuals, at most."""
MOST_OF_A_ROW = 100_000_000
"""Images, or USD, of a row of the actuals at most."""
FIRST_BILL_DAY = 36_526
"""2000-01-01 as a cell holds it; no bill is older."""
DRIFT_PERIODS = 12
MAX_PX = 100_000
"""Edge of an image in px at most, where a sheet asks for one."""
FREE_SIZES = next(m.sizes for m in bundled_card().models if isinstance(m.sizes, FreeSizes))
"""What newer models take: texts tell it, formulas read the table of models."""
FIXED_SIZES = next(m.sizes for m in bundled_card().models if isinstance(m.sizes, FixedSizes)).sizes
"""What the gpt-image-1 family takes; texts tell it."""
USUAL_BUFFERS = tuple(f"{share:.0%}" for share in map(float, budget.USUAL_BUFFERS))
"""The usual buffer in words, from and to."""
LINE_ITEMS = tuple(
    f"{kind}, {way}" for kind in ("text", "image") for way in ("input", "cached input", "output")
)
"""What a cost export writes behind a model, one row a meter."""
RETIREMENT_NOTICE_DAYS = 60


class Rule(NamedTuple):
    """A named constant of the formulas."""

    name: str
    value: float
    meaning: str


RULES = (
    Rule("grid_base_px", tokens.GRID_BASE_PX, "grid rule: added to the pixels"),
    Rule("grid_divisor_px", tokens.GRID_DIVISOR_PX, "grid rule: divides grid cells x pixels"),
    Rule("patch_px", tokens.PATCH_PX, "patch rule: edge of a patch in px"),
    Rule("patch_full_px", tokens.PATCH_FULL_PX, "patch rule: longer images are halved at most"),
    Rule("patch_budget", tokens.PATCH_BUDGET, "patch rule: patches at most"),
    Rule("tile_px", tokens.TILE_PX, "tile rule: edge of a tile in px"),
    Rule("tile_fit_px", tokens.TILE_FIT_PX, "tile rule: longer images are fitted"),
    Rule("tile_base_tokens", tokens.TILE_BASE_TOKENS, "tile rule: tokens of any image"),
    Rule("tile_tokens", tokens.TILE_TOKENS, "tile rule: tokens of a tile"),
    Rule("tokens_per_mtok", cost.TOKENS_PER_MTOK, "rates are USD per so many tokens"),
    Rule("max_images_per_call", image.MAX_IMAGES_PER_CALL, "images per call at most"),
    Rule("max_references", image.MAX_REFERENCES, "reference images at most"),
    Rule("max_reference_px", MAX_PX, "edge of a reference image in px at most"),
    Rule("max_prompt_tokens", image.MAX_PROMPT_TOKENS, "prompt tokens at most"),
    Rule("least_measured_tokens", float(image.LEAST_MEASURED_TOKENS), "measured tokens at least"),
    Rule("max_measured_tokens", image.MAX_MEASURED_TOKENS, "measured tokens at most"),
    Rule("plan_rank_base", 100_000_000, "ranks a plan's rows: the smallest size tier first"),
    Rule("cent_fraction_usd", 0.000001, "sums may differ by so many USD"),
    Rule("row_base", 10_000, "keeps a row beside its rank"),
    Rule("megapixel_px", elsewhere.MEGAPIXEL_PX, "other models: pixels of a megapixel"),
    Rule("plan_marks", 3, "marks of a quality: refused, unknown, priced"),
    Rule("near_base", 256, "nearest sizes: keeps height and width, in steps, beside a rank"),
    Rule("closeness_parts", 1_000_000, "nearest sizes: how finely they are compared"),
    Rule("compared_decimals", 9, "prices are compared to so many decimals"),
    Rule("negligible_share", 0.000001, "a saving of a smaller part of the budget is none"),
    Rule("retries_step", float(levers.RETRIES_STEP), "levers: retries less and more by"),
    Rule("images_per_call_some", levers.IMAGES_PER_CALL[1], "levers: some images per call"),
    Rule("images_per_call_many", levers.IMAGES_PER_CALL[2], "levers: many images per call"),
    Rule("drawn_share", 0.001, "levers: a bar of a smaller part of the budget is not drawn"),
    Rule("usual_buffer_low", float(budget.USUAL_BUFFERS[0]), "usual buffer from"),
    Rule("usual_buffer_high", float(budget.USUAL_BUFFERS[1]), "usual buffer to"),
    Rule("max_planned_finals", chance.MAX_PLANNED_FINALS, "risk: finals at most"),
    Rule("max_planned_retries", chance.MAX_PLANNED_RETRIES, "risk: retries at most"),
    Rule("risk_tie", 5e-11, "risk: a chance so little below the confidence reaches it"),
    Rule("risk_decimals", 6, "risk: decimals of chances, and of generations before the cut"),
    Rule("reference_px", size.REFERENCE_SIZE.width, "edge of a campaign's reference images in px"),
    Rule("most_rows", MOST_ROWS, "rows of the campaign and of the actuals at most"),
    Rule("most_of_a_row", MOST_OF_A_ROW, "actuals: images or USD of a row at most"),
    Rule("first_bill_day", FIRST_BILL_DAY, "actuals: no day before this one, 2000-01-01"),
    Rule("last_bill_day", 73_050, "actuals: no day after this one, 2099-12-31"),
    Rule("minutes_per_day", MINUTES_PER_DAY, "actuals: minutes of a day, to turn times into UTC"),
    Rule("drift_periods", DRIFT_PERIODS, "actuals: periods of the retries over time"),
    Rule("interval_z", actuals.INTERVAL_Z, "actuals: standard deviations that hold 90 % of cases"),
    Rule("text_out_usd", causes.TEXT_OUT_USD, "actuals: output as text where a model has no rate"),
    Rule("untold_input", causes.UNTOLD_INPUT, "actuals: input tokens an image that may be untold"),
    Rule("usual_percent", causes.USUAL_PERCENT, "actuals: % by which usual output tokens differ"),
    Rule("more_tokens", causes.MORE_TOKENS, "actuals: output tokens an image that may come on top"),
    Rule("multiple_steps", causes.MULTIPLE_STEPS, "actuals: steps of a round multiple in 1"),
    Rule("most_multiple", causes.MOST_MULTIPLE, "actuals: round multiples up to"),
    Rule("rates_age_days", RATES_AGE_DAYS, "rates that were checked longer ago are flagged"),
    Rule(
        "retirement_notice_days",
        RETIREMENT_NOTICE_DAYS,
        "a model that shuts down within so many days is flagged",
    ),
)
