"""The inputs of the Worksheet: one job, in the order of its steps.

Prefilled are 120 shop product shots at 4:5, drawn from one saved baseline image.
"""

from collections.abc import Mapping
from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import (
    NO_RULE,
    Figure,
    Input,
    Rule,
    between,
    listed,
    words_listed,
)
from workbook_templates.book.page import Typed
from workbook_templates.formulas.constants import FREE_SIZES, MAX_PX, USUAL_BUFFERS
from workbook_templates.formulas.sentence import up
from workbook_templates.sheets.worksheet.chosen import NO, NONE, OWN, YES
from workbook_templates.sheets.worksheet.hints import hint
from xl_pricing.estimation.budget import DEFAULT_BUFFER, DEFAULT_RETRIES
from xl_pricing.estimation.image import (
    DEFAULT_TIER,
    LEAST_MEASURED_TOKENS,
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
_PX = between("whole", 1, MAX_PX)
_USUAL = f"{' to '.join(USUAL_BUFFERS)} is usual"
_CUSTOM_SAYS = (
    f"Whole px, a multiple of {FREE_SIZES.step_px} up to {FREE_SIZES.max_edge_px} for gpt-image-2 "
    "and later."
)


def _typed(
    name: str,
    value: Typed,
    label: str,
    message: str,
    number: str = theme.TEXT,
    rule: Rule = NO_RULE,
    label_look: theme.Style = theme.LABEL,
) -> Input:
    """Return an input with the cell beside it, which says what it is or what is wrong with it."""
    return Input(name, value, label, hint(name), message, number, rule, label_look)


SPEC = (
    _typed("model", DEFAULT_MODEL, "Model",
          "Choose the model. Its rates, sizes and qualities are on the Rates sheet.",
          rule=listed("tblModels[model]")),
    _typed("tier", DEFAULT_TIER, "Price tier",
          "standard or batch. Batch costs half and answers later.", rule=words_listed(TIERS)),
    _typed("ratio", "4:5", "Aspect ratio",
          "Choose a ratio; its size is on the Rates sheet. Choose custom to type a size below.",
          rule=listed("tblSizes[ratio]")),
    _typed("custom_width", 1024, "Custom width", _CUSTOM_SAYS, theme.COUNT, rule=_PX),
    _typed("custom_height", 1536, "Custom height", _CUSTOM_SAYS, theme.COUNT, rule=_PX),
    _typed("quality", "high", "Quality",
          "low, medium or high; xhigh and max from gpt-image-2.5 on. Draft low, finish high.",
          rule=words_listed(QUALITIES)),
    _typed("measured_tokens", None, "Measured output tokens",
          "Leave empty, or type the output tokens per image that your own usage shows. They "
          "replace the computed ones.",
          theme.COUNT,
          rule=between("decimal", float(LEAST_MEASURED_TOKENS), MAX_MEASURED_TOKENS)),
    _typed("images_per_call", 1, "Images per call",
          f"How many images one API call asks for, 1 to {MAX_IMAGES_PER_CALL}. Tokens are rounded "
          "up once per call.",
          theme.COUNT, rule=between("whole", 1, MAX_IMAGES_PER_CALL)),
    _typed("prompt_tokens", 180, "Prompt tokens",
          "Tokens of the prompt. Empty: not counted. English: characters x 0.214; Chinese: about "
          "one token a character.",
          theme.COUNT, rule=between("whole", 0, MAX_PROMPT_TOKENS)),
    _typed("reference_images", 1, "Reference images",
          f"How many reference images go with each generation, 0 to {MAX_REFERENCES}.",
          theme.COUNT, rule=between("whole", 0, MAX_REFERENCES)),
    _typed("reference_width", REFERENCE_SIZE.width, "Reference width",
          "Width of each reference image in px.", theme.COUNT, rule=_PX),
    _typed("reference_height", REFERENCE_SIZE.height, "Reference height",
          "Height of each reference image in px.", theme.COUNT, rule=_PX),
)  # fmt: skip
"""Step 1: what is made."""
STEPS = (
    _typed("finals", 120, "2   Finals", "How many finished, accepted images the job needs.",
           theme.COUNT, rule=between("decimal", 0, 10**9), label_look=theme.STEP_LABEL),
    _typed("retries", 1.5, "3   Retries",
           "How many generations one accepted final takes on average. 1 = every image is kept.",
           theme.FACTOR, rule=between("decimal", 1, 10**6), label_look=theme.STEP_LABEL),
    Figure("generations", "4   Total generations", up("total_generations"),
           hint("generations"),
           replace(theme.STEP_RESULT, fraction=None), theme.STEP_LABEL),
    _typed("buffer", float(DEFAULT_BUFFER), "5   Buffer",
           f"Reserve on top of the total generations, 0% to 100%. {_USUAL}.",
           theme.WHOLE_PERCENT, rule=between("decimal", 0, 1), label_look=theme.STEP_LABEL),
    _typed("use_measured", f"«{NO}»", "Use measured values",
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
}
"""What is filled in where nothing is planned yet: one image, output only."""


def bill(card: RateCard) -> tuple[Input, ...]:
    """Return the inputs that choose plan, currency and day; plans and day are the card's."""
    plans = dict.fromkeys(plan.plan for plan in card.plans)
    return (
        _typed("plan", f"«{NONE}»", "Plan",
               "Choose whose credits to show, or none. Plans and their prices are on the Rates "
               "sheet; a plan that you add there can be typed here.",
               rule=words_listed((f"«{NONE}»", *plans), others=True)),
        _typed("currency", OWN, "Currency",
               "Choose the currency to show beside USD.",
               rule=words_listed(CURRENCIES, others=True)),
        _typed("units_per_usd", None, "Units of it per USD",
               "Type how many units of the currency one US dollar costs. No rate is looked up.",
               "0.00##", rule=between("decimal", 0, 10**6)),
        _typed("rate_currency", None, "The rate is for",
               "Type the currency whose rate stands above. An amount is shown only where it is the "
               "currency that you chose.", rule=words_listed(CURRENCIES, others=True)),
        _typed("price_date", card.as_of(today()), "Prices as of",
               "The day whose prices to use, such as 2026-11-23. Old days keep their old prices.",
               theme.DATE,
               rule={"type": "date", "operator": "greaterThan", "formula1": "36526"}),
    )  # fmt: skip


def defaults(card: RateCard, lang: str) -> dict[str, Typed]:
    """Return what is prefilled, by name."""
    entries = (*SPEC, *STEPS, *bill(card))
    return {e.name: e.value for e in entries if isinstance(e, Input)} | _CURRENCY.get(lang, {})


_CURRENCY: Mapping[str, dict[str, Typed]] = {
    "zh-CN": {"currency": "CNY", "rate_currency": "CNY"},
}
"""The currency that a language starts with, if not USD; its rate is asked for."""
