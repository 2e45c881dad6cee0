"""The inputs of the worksheet: label, hint, input message, number format and rule of each."""

from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.words import Words
from workbook_templates.sheets.rates.sheet import QUALITIES
from xl_pricing.estimation import image
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import TIERS

CURRENCIES = ("USD", "EUR", "GBP", "CNY", "JPY", "CHF", "CAD", "AUD", "INR", "SGD", "HKD")
STEPS_ROW, BILL_ROW = 8, 28
YES, NO = "yes", "no"

# Steps 2, 3 and 5, and the switch; step 4 is computed.
_STEP_ROWS = (22, 23, 25, 26)
_WHOLE_PX = {"type": "whole", "operator": "between", "formula1": "1", "formula2": "100000"}


class Input(NamedTuple):
    """One input row: name, label, hint beside it, input message, number format, rule."""

    name: str
    label: str
    hint: str
    message: str
    number: str
    rule: Mapping[str, Any]


def input_rows(card: RateCard, lists: Mapping[str, str], words: Words) -> dict[int, Input]:
    """Return the inputs by row number; ``lists`` are the ranges of the dropdowns."""
    plans = ",".join(dict.fromkeys(plan.plan for plan in card.plans))
    spec = (
        Input(
            "model",
            "Model",
            "the model of your API call",
            "Choose the model. Its rates, sizes and qualities are on the Rates sheet.",
            theme.TEXT,
            _listed(f"={lists['tblModels']}"),
        ),
        Input(
            "tier",
            "Price tier",
            "batch is half the price, answers later",
            "standard or batch. Batch costs half and answers later.",
            theme.TEXT,
            _listed(f'"{",".join(TIERS)}"'),
        ),
        Input(
            "ratio",
            "Aspect ratio",
            "width to height, or custom",
            "Choose a ratio; its size is on the Rates sheet. Choose custom to type a size below.",
            theme.TEXT,
            _listed(f"={lists['tblSizes']}"),
        ),
        Input(
            "custom_width",
            "Custom width",
            "px, used when the ratio is custom",
            "Whole px, a multiple of 16 up to 3840 for gpt-image-2 and later.",
            theme.COUNT,
            _WHOLE_PX,
        ),
        Input(
            "custom_height",
            "Custom height",
            "px, used when the ratio is custom",
            "Whole px, a multiple of 16 up to 3840 for gpt-image-2 and later.",
            theme.COUNT,
            _WHOLE_PX,
        ),
        Input(
            "quality",
            "Quality",
            "xhigh and max from gpt-image-2.5 on",
            "low, medium or high; xhigh and max from gpt-image-2.5 on. Draft low, finish high.",
            theme.TEXT,
            _listed(f'"{",".join(QUALITIES)}"'),
        ),
        Input(
            "measured_tokens",
            "Measured output tokens",
            "per image; leave empty to compute them",
            "Leave empty, or type the output tokens per image that your own usage shows. They "
            "replace the computed ones.",
            theme.COUNT,
            _number("decimal", 0, image.MAX_MEASURED_TOKENS),
        ),
        Input(
            "images_per_call",
            "Images per call",
            "1 to 10",
            "How many images one API call asks for, 1 to 10. Tokens are rounded up once per call.",
            theme.COUNT,
            _number("whole", 1, image.MAX_IMAGES_PER_CALL),
        ),
        Input(
            "prompt_tokens",
            "Prompt tokens",
            "about a fifth of the English characters",
            "Tokens of the prompt. Empty: not counted. English: characters x 0.214; Chinese: "
            "about one token a character.",
            theme.COUNT,
            _number("whole", 0, image.MAX_PROMPT_TOKENS),
        ),
        Input(
            "reference_images",
            "Reference images",
            "sent with every generation, 0 to 16",
            "How many reference images go with each generation, 0 to 16.",
            theme.COUNT,
            _number("whole", 0, image.MAX_REFERENCES),
        ),
        Input(
            "reference_width",
            "Reference width",
            "px of each reference image",
            "Width of each reference image in px.",
            theme.COUNT,
            _WHOLE_PX,
        ),
        Input(
            "reference_height",
            "Reference height",
            "px of each reference image",
            "Height of each reference image in px.",
            theme.COUNT,
            _WHOLE_PX,
        ),
    )
    steps = (
        Input(
            "finals",
            "2   Finals",
            "images that must be accepted",
            "How many finished, accepted images the job needs.",
            theme.COUNT,
            _number("decimal", 0, 10**9),
        ),
        Input(
            "retries",
            "3   Retries",
            "generations per accepted final, 1 or more",
            "How many generations one accepted final takes on average. 1 = every image is kept.",
            theme.FACTOR,
            _number("decimal", 1, 10**6),
        ),
        Input(
            "buffer",
            "5   Buffer",
            "10% to 30% is usual",
            "Reserve on top of the total generations, 0% to 100%. 10% to 30% is usual.",
            theme.WHOLE_PERCENT,
            _number("decimal", 0, 1),
        ),
        Input(
            "use_measured",
            "Use measured values",
            "",
            "yes: the retries and the cost per image that the Actuals sheet measures replace "
            "those of steps 1 and 3. no: what is typed here.",
            theme.TEXT,
            _listed(f'"{words(YES)},{words(NO)}"'),
        ),
    )
    bill = (
        Input(
            "plan",
            "Plan",
            "whose credits to show",
            "Choose whose credits to show. Plans and their prices are on the Rates sheet; a plan "
            "that you add there can be typed here.",
            theme.TEXT,
            {**_listed(f'"{plans}"'), "errorStyle": "warning"},
        ),
        Input(
            "currency",
            "Currency",
            "shown beside USD",
            "Choose the currency to show beside USD.",
            theme.TEXT,
            {**_listed(f'"{",".join(CURRENCIES)}"'), "errorStyle": "warning"},
        ),
        Input(
            "units_per_usd",
            "Units of it per USD",
            "an example: type your own rate",
            "Type how many units of the currency one US dollar costs. No rate is looked up.",
            "0.00##",
            _number("decimal", 0, 10**6),
        ),
        Input(
            "price_date",
            "Prices as of",
            "day on which the images are made",
            "The day whose prices to use, such as 2026-11-23. Old days keep their old prices.",
            theme.DATE,
            {"type": "date", "operator": "greaterThan", "formula1": "36526"},
        ),
    )
    numbered = chain(
        enumerate(spec, start=STEPS_ROW + 1),
        zip(_STEP_ROWS, steps, strict=True),
        enumerate(bill, start=BILL_ROW + 1),
    )
    return dict(numbered)


def _listed(source: str) -> dict[str, str]:
    return {"type": "list", "formula1": source}


def _number(kind: str, low: float, high: float) -> dict[str, str]:
    return {"type": kind, "operator": "between", "formula1": f"{low}", "formula2": f"{high}"}
