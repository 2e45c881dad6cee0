"""What stands beside an input: a hint that goes with the other inputs, or what is wrong with it."""

from collections.abc import Mapping

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure
from workbook_templates.formulas import image
from workbook_templates.formulas.conditions import first_of
from workbook_templates.formulas.constants import FIXED_SIZES, USUAL_BUFFERS
from workbook_templates.formulas.sentence import fixed, is_whole, sentence
from workbook_templates.sheets.worksheet.chosen import (
    BY_GRID,
    HAS_PLAN,
    HAS_REFERENCES,
    IS_CUSTOM,
    IS_LABEL,
    IS_MEASURED,
    IS_OWN,
    RETRIES_MEASURED,
)
from workbook_templates.sheets.worksheet.wrong import WRONG
from xl_pricing.estimation.image import MAX_IMAGES_PER_CALL, MAX_REFERENCES

_RETRIES = fixed("measured_retries")
_USE = "INDEX(tblSizes[use],MATCH(ratio_used,tblSizes[ratio],0))"
_CODE = {"code": "currency_used"}
_LIMITS = sentence(
    "px, a multiple of {step}, up to {most}",
    step=image.of_model("step_px", "model_row"),
    most=fixed(image.of_model("max_edge_px", "model_row"), 0),
)
_OF_FAMILY = sentence(f"px: {', '.join(map(str, FIXED_SIZES))}")
_EDGE = first_of(
    (
        ('ratio_used=""', sentence("px, not used without a ratio")),
        (f"NOT({IS_CUSTOM})", sentence("px, not used: the ratio is {ratio}", ratio="ratio_used")),
        (IS_LABEL, sentence("px, but a label: tokens are measured")),
    ),
    f"IFERROR(IF({BY_GRID},{_LIMITS},{_OF_FAMILY}),{sentence('px')})",
)
_REFERENCE_EDGE = first_of(
    ((HAS_REFERENCES, sentence("px of each reference image")),),
    sentence("px, not used: no reference images"),
)
_NOT_USED = sentence("not used: the currency is USD")
_GENERATIONS = sentence("finals × retries")
_HINTS: Mapping[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "model": ((("note_service=0", sentence("▲ it is shut down, or about to be")),),
              sentence("the model of your API call")),
    "tier": ((), sentence("batch is half the price, answers later")),
    "ratio": (((IS_CUSTOM, sentence("type width and height below")),
               (IS_LABEL, sentence("a label: tokens are measured"))), f'IFERROR({_USE}&"","")'),
    "custom_width": ((), _EDGE),
    "custom_height": ((), _EDGE),
    "quality": (((IS_LABEL, sentence("for the plan only: tokens are measured")),),
                sentence("this model: {words}", words="quality_words")),
    "measured_tokens": ((), sentence("per image; leave empty to compute them")),
    "images_per_call": ((), sentence(f"1 to {MAX_IMAGES_PER_CALL}")),
    "prompt_tokens": ((), sentence("a fifth of the letters; each call adds a few")),
    "reference_images": ((), sentence(f"sent with every generation, 0 to {MAX_REFERENCES}")),
    "reference_width": ((), _REFERENCE_EDGE),
    "reference_height": ((), _REFERENCE_EDGE),
    "finals": ((), sentence("images that must be accepted")),
    "retries": (((RETRIES_MEASURED,
                  sentence("not used: {retries} is measured", retries=_RETRIES)),),
                sentence("generations per accepted final, 1 or more")),
    "generations": ((("NOT(ISNUMBER(total_generations))", _GENERATIONS),
                     (is_whole("total_generations"), _GENERATIONS)),
                    sentence("finals × retries: {exact}, rounded up",
                             exact=fixed("total_generations"))),
    "buffer": ((), sentence(f"{' to '.join(USUAL_BUFFERS)} is usual")),
    "use_measured": ((("actuals_own=0", sentence("no data of your own in Actuals yet")),
                      (RETRIES_MEASURED,
                       sentence("measured retries in use: {retries}", retries=_RETRIES)),
                      (IS_MEASURED, sentence("nothing is measured yet"))),
                     sentence("retries and cost of the Actuals sheet")),
    "plan": (((HAS_PLAN, sentence("whose credits to show")),),
             sentence("choose one to see its credits")),
    "currency": (((IS_OWN, sentence("of the rates; choose another to see it too")),),
                 sentence("shown beside USD")),
    "units_per_usd": (((f'AND({IS_OWN},units_per_usd<>"")', sentence("not used: 1 USD is 1 USD")),
                       (IS_OWN, _NOT_USED),
                       ('units_per_usd=""',
                        sentence("type how many {code} one USD buys", **_CODE))),
                      sentence("your rate: none is looked up")),
    "rate_currency": (((IS_OWN, _NOT_USED),
                       ('TRIM(rate_currency)=""',
                        sentence("type {code}, once the rate is its own", **_CODE))),
                      sentence("so that no rate serves another currency")),
    "price_date": ((("price_date=written_on", sentence("the day on which this file was made")),),
                   sentence("day on which the images are made")),
}  # fmt: skip
"""What an input is: under conditions, and otherwise."""
UNUSED = {
    "custom_width": f"NOT({IS_CUSTOM})",
    "custom_height": f"NOT({IS_CUSTOM})",
    "reference_width": f"NOT({HAS_REFERENCES})",
    "reference_height": f"NOT({HAS_REFERENCES})",
    "retries": RETRIES_MEASURED,
    "units_per_usd": IS_OWN,
    "rate_currency": IS_OWN,
}
"""When an input is not used."""


def hint(name: str) -> Figure:
    """Return the cell beside an input, or beside the generations."""
    cases, otherwise = _HINTS[name]
    says = first_of((*WRONG.get(name, ()), *cases), otherwise)
    return Figure(f"says_{name}", "", says, look=theme.NOTE)
