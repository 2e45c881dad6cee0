"""The inputs of the Worksheet: one job, in the order of its steps.

Prefilled are 120 shop product shots at 4:5, drawn from one saved baseline image.
"""

from collections.abc import Mapping

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure, Input, between, listed, words_listed
from workbook_templates.book.page import Typed
from workbook_templates.formulas.constants import FREE_SIZES, MAX_PX, USUAL_BUFFERS
from workbook_templates.formulas.sentence import fixed
from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES
from xl_pricing.estimation.image import (
    DEFAULT_TIER,
    MAX_IMAGES_PER_CALL,
    MAX_MEASURED_TOKENS,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    QUALITIES,
    TIERS,
)
from xl_pricing.estimation.size import REFERENCE_SIZE
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.day import today

CURRENCIES = ("USD", "EUR", "GBP", "CNY", "JPY", "CHF", "CAD", "AUD", "INR", "SGD", "HKD")
YES, NO = "yes", "no"
ASKS_MEASURED = f'TRIM(use_measured)="«{YES}»"'
IS_MEASURED = f"AND({ASKS_MEASURED},actuals_own>0)"
"""The condition under which what the Actuals sheet measures is used: never examples."""

_PX = between("whole", 1, MAX_PX)
_USUAL = f"{' to '.join(USUAL_BUFFERS)} is usual"
_CUSTOM_HINT = "px, used when the ratio is custom"
_CUSTOM_SAYS = (
    f"Whole px, a multiple of {FREE_SIZES.step_px} up to {FREE_SIZES.max_edge_px} for gpt-image-2 "
    "and later."
)
_RETRIES_SAY = f'"«measured retries in use: »"&{fixed("measured_retries")}'
_MEASURED = (
    'IF(actuals_own=0,"«no data of your own in Actuals yet»",'
    f'IF({IS_MEASURED},IF(ISNUMBER(measured_retries),{_RETRIES_SAY},"«nothing is measured yet»"),'
    '"«retries and cost of the Actuals sheet»"))'
)

SPEC = (
    Input("model", DEFAULT_MODEL, "Model", "the model of your API call",
          "Choose the model. Its rates, sizes and qualities are on the Rates sheet.",
          rule=listed("tblModels[model]")),
    Input("tier", DEFAULT_TIER, "Price tier", "batch is half the price, answers later",
          "standard or batch. Batch costs half and answers later.", rule=words_listed(TIERS)),
    Input("ratio", "4:5", "Aspect ratio", "width to height, or custom",
          "Choose a ratio; its size is on the Rates sheet. Choose custom to type a size below.",
          rule=listed("tblSizes[ratio]")),
    Input("custom_width", 1024, "Custom width", _CUSTOM_HINT, _CUSTOM_SAYS, theme.COUNT, _PX),
    Input("custom_height", 1536, "Custom height", _CUSTOM_HINT, _CUSTOM_SAYS, theme.COUNT, _PX),
    Input("quality", "high", "Quality", "xhigh and max from gpt-image-2.5 on",
          "low, medium or high; xhigh and max from gpt-image-2.5 on. Draft low, finish high.",
          rule=words_listed(QUALITIES)),
    Input("measured_tokens", None, "Measured output tokens",
          "per image; leave empty to compute them",
          "Leave empty, or type the output tokens per image that your own usage shows. They "
          "replace the computed ones.",
          theme.COUNT, between("decimal", 0, MAX_MEASURED_TOKENS)),
    Input("images_per_call", 1, "Images per call", f"1 to {MAX_IMAGES_PER_CALL}",
          f"How many images one API call asks for, 1 to {MAX_IMAGES_PER_CALL}. Tokens are rounded "
          "up once per call.",
          theme.COUNT, between("whole", 1, MAX_IMAGES_PER_CALL)),
    Input("prompt_tokens", 180, "Prompt tokens", "about a fifth of the English characters",
          "Tokens of the prompt. Empty: not counted. English: characters x 0.214; Chinese: about "
          "one token a character.",
          theme.COUNT, between("whole", 0, MAX_PROMPT_TOKENS)),
    Input("reference_images", 1, "Reference images",
          f"sent with every generation, 0 to {MAX_REFERENCES}",
          f"How many reference images go with each generation, 0 to {MAX_REFERENCES}.",
          theme.COUNT, between("whole", 0, MAX_REFERENCES)),
    Input("reference_width", REFERENCE_SIZE.width, "Reference width", "px of each reference image",
          "Width of each reference image in px.", theme.COUNT, _PX),
    Input("reference_height", REFERENCE_SIZE.height, "Reference height",
          "px of each reference image", "Height of each reference image in px.", theme.COUNT, _PX),
)  # fmt: skip
"""Step 1: what is made."""
STEPS = (
    Input("finals", 120, "2   Finals", "images that must be accepted",
          "How many finished, accepted images the job needs.",
          theme.COUNT, between("decimal", 0, 10**9), theme.STEP_LABEL),
    Input("retries", 1.5, "3   Retries", "generations per accepted final, 1 or more",
          "How many generations one accepted final takes on average. 1 = every image is kept.",
          theme.FACTOR, between("decimal", 1, 10**6), theme.STEP_LABEL),
    Figure("total_generations", "4   Total generations",
           "IF(plan_valid=1,finals*retries_used,NA())", "finals × retries",
           theme.STEP_RESULT, theme.STEP_LABEL),
    Input("buffer", float(DEFAULT_BUFFER), "5   Buffer", _USUAL,
          f"Reserve on top of the total generations, 0% to 100%. {_USUAL}.",
          theme.WHOLE_PERCENT, between("decimal", 0, 1), theme.STEP_LABEL),
    Input("use_measured", f"«{NO}»", "Use measured values",
          Figure("measured_note", "", _MEASURED, look=theme.NOTE),
          "yes: the retries and the cost per image that the Actuals sheet measures replace those "
          "of steps 1 and 3. no: what is typed here.",
          rule=words_listed((f"«{YES}»", f"«{NO}»"))),
)  # fmt: skip

NEUTRAL: Mapping[str, Typed] = {
    "ratio": "1:1",
    "custom_width": 1024,
    "custom_height": 1024,
    "quality": "medium",
    "prompt_tokens": None,
    "reference_images": None,
    "finals": 1,
    "retries": int(DEFAULT_RETRIES),
    "currency": "USD",
    "units_per_usd": 1,
}
"""What is filled in where nothing is planned yet: one image, output only, in USD."""


def bill(card: RateCard) -> tuple[Input, ...]:
    """Return the inputs that choose plan, currency and day; plans and day are the card's."""
    plans = dict.fromkeys(plan.plan for plan in card.plans)
    return (
        Input("plan", "ComfyUI", "Plan", "whose credits to show",
              "Choose whose credits to show. Plans and their prices are on the Rates sheet; a plan "
              "that you add there can be typed here.", rule=words_listed(plans, others=True)),
        Input("currency", "EUR", "Currency", "shown beside USD",
              "Choose the currency to show beside USD.",
              rule=words_listed(CURRENCIES, others=True)),
        Input("units_per_usd", 0.9, "Units of it per USD", "an example: type your own rate",
              "Type how many units of the currency one US dollar costs. No rate is looked up.",
              "0.00##", between("decimal", 0, 10**6)),
        Input("price_date", card.as_of(today()), "Prices as of", "day on which the images are made",
              "The day whose prices to use, such as 2026-11-23. Old days keep their old prices.",
              theme.DATE, {"type": "date", "operator": "greaterThan", "formula1": "36526"}),
    )  # fmt: skip


def defaults(card: RateCard) -> dict[str, Typed]:
    """Return what is prefilled, by name."""
    entries = (*SPEC, *STEPS, *bill(card))
    return {entry.name: entry.value for entry in entries if isinstance(entry, Input)}
