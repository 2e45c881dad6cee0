"""The prices in force on the price date, one row per model: what rows of tables look up."""

from dataclasses import replace

from workbook_templates.book.page import Page
from workbook_templates.book.theme import COUNT, NUMBER, SECTION
from workbook_templates.formulas import image
from workbook_templates.formulas.image import IN_FORCE, RATE_COLUMNS
from xl_pricing.rates.rows import TIERS

MODELS = 20
"""Rows of the table; Checks says when there are more models."""

WIDTHS = (8, 24, 28, *(14,) * 6, 14, 12, 14, 14)

_RATE = replace(NUMBER, number="0.00####")
_COUNT = replace(NUMBER, number=COUNT)
_CAPTIONS = {
    "row": "Row of the model",
    "model": "Model",
    "other_name": "Other name",
    "standard_text_in": "Standard: prompt text",
    "standard_image_in": "Standard: reference images",
    "standard_image_out": "Standard: output images",
    "batch_text_in": "Batch: prompt text",
    "batch_image_in": "Batch: reference images",
    "batch_image_out": "Batch: output images",
    "reference_tokens": "Tokens of a reference image",
    "lines": "Lines of the campaign",
    "leaves": "Shut down or about to be (1 = yes)",
    "estimated": "Tokens are an estimate (1 = yes)",
}


def _rate(tier: str, meter: str) -> str:
    """Look up the latest rate up to the price date; #N/A where there is none."""
    rows = image.rate_rows("[@model]", meter, f'"{tier}"')
    found = f"INDEX(tblRates[usd_per_mtok],{image.rate_row(rows)})"
    return f'IF([@model]="","",IF({image.rate_day(rows)}=0,NA(),{found}))'


_ALIASES, _ENDS, _RULE, _BASIS = (
    image.of_model(field, "[@row]")
    for field in ("aliases", "shuts_down", "reference_rule", "basis")
)
_SQUARE = ("reference_px", "reference_px")
_TOKENS = image.reference_tokens(_RULE, *_SQUARE, image.reference_patches(*_SQUARE))
_FORMULAS = {
    "row": f"ROW()-ROW({IN_FORCE}[[#Headers],[row]])",
    "model": f'IF([@row]>ROWS(tblModels[model]),"",{image.of_model("model", "[@row]")}&"")',
    "other_name": f'IF([@model]="","",IFERROR(LEFT({_ALIASES},FIND(",",{_ALIASES}&",")-1),""))',
    **{f"{tier}_{meter}": _rate(tier, meter) for tier in TIERS for meter in image.METERS},
    "reference_tokens": f'IF([@model]="","",{_TOKENS})',
    "lines": "COUNTIF(tblCampaign[model_row],[@row])",
    "leaves": f'IF([@model]="",0,IF(N({_ENDS})=0,0,'
    f"IF({_ENDS}>price_date+retirement_notice_days,0,1)))",
    "estimated": f'IF([@model]="",0,IF({_BASIS}="estimate",1,0))',
}
_COUNTS = ("row", "reference_tokens", "lines", "leaves", "estimated")
_STYLES = dict.fromkeys(RATE_COLUMNS, _RATE) | dict.fromkeys(_COUNTS, _COUNT)


def write(page: Page, title_row: int, left: int) -> int:
    """Write the table at a column of the Rates sheet; return the last column."""
    page.say(page.at(title_row, left), "Prices in force on the price date", SECTION)
    rows = [(None,) * len(_CAPTIONS)] * MODELS
    page.table(IN_FORCE, (title_row + 1, left), _CAPTIONS, rows, _STYLES, _FORMULAS)
    return left + len(_CAPTIONS) - 1
