"""The lines of the Campaign: what is typed in one, how it is priced in its row, what is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.theme import Style
from workbook_templates.formulas import image, plan
from xl_pricing.estimation.image import QUALITIES, TIERS

TABLE = "tblCampaign"
FAULT_TABLE = "tblLineFaults"
TYPED = (
    *("use_case", "size", "quality", "model", "finals", "retries"),
    *("prompt_tokens", "reference_images", "tier", "buffer"),
)
DRAFTED = ("drafts_per_final", "draft_size", "draft_quality", "finish_retries")
INPUTS = (*TYPED, *DRAFTED)
PARTS = ("finals_cost", "retries_cost", "buffer_cost")
"""What a line's budget is made of."""
CAPTION_ROW = 22
FIRST_ROW = CAPTION_ROW + 2


class Line(NamedTuple):
    """A line as it is typed; the drafts of the second stage may be left blank."""

    use_case: str
    size: str
    quality: str
    model: str
    finals: float
    retries: float
    prompt_tokens: int | None
    reference_images: int | None
    tier: str = "standard"
    buffer: float = 0.2
    drafts_per_final: float | None = None
    draft_size: str | None = None
    draft_quality: str | None = None
    finish_retries: float | None = None


LINES = (
    Line("Shop pages", "4:5", "high", "gpt-image-2", 120, 1.5, 180, 1, draft_size="768x960"),
    Line("Shop pages", "4:5", "medium", "gpt-image-2", 240, 1.3, 180, 1),
    Line("Ad variants", "1:1", "medium", "gpt-image-2", 400, 1.6, 120, 1, "batch", 0.15),
    Line("Ad variants", "4:5", "medium", "gpt-image-2", 200, 1.6, 120, 1, "batch", 0.15),
    Line("Stories", "9:16", "high", "gpt-image-2", 60, 2, 150, 1, buffer=0.25),
    Line("Screens", "16:9", "high", "gpt-image-2", 12, 2.5, 420, 2, buffer=0.3),
    Line("Hero banners", "21:9", "high", "gpt-image-2", 6, 4, 260, 2, buffer=0.3),
    Line("Hero banners", "3:1", "high", "gpt-image-2", 6, 3, 260, 2, buffer=0.3),
    Line("Catalogue tiles", "1:1", "low", "gpt-image-2", 800, 1.1, 60, None, "batch", 0.1),
    Line("Posters", "2:3", "high", "gpt-image-2", 10, 3, 300, None, buffer=0.3),
    Line("Posters", "1024x1536", "medium", "gpt-image-2", 24, 1.8, 300, None),
    Line("Link previews", "2:1", "medium", "gpt-image-2", 48, 1.2, 90, None),
)
"""The prefilled lines: a season's launch of a shop."""

FAULTS = (
    ("✔ priced", "Nothing to do."),
    ("model unknown", "Choose a model of the list, or add it to the models table."),
    ("size not readable", "Type a ratio of the sizes table such as 4:5, or px such as 1024x1536."),
    ("size not legal", "Choose a size that the model takes; the Rates sheet says which."),
    ("quality has no token count", "Choose a quality of the model, or type measured tokens."),
    ("tier unknown", "Type standard or batch."),
    ("reference images", "Leave empty, or type a whole number from 0 to 16."),
    ("prompt tokens", "Leave empty, or type a whole number from 0 to 100,000."),
    ("no rate on that day", "Choose another tier, model or price date, or add the rate."),
    ("finals", "Type a number, 0 or more."),
    ("retries", "Type a number, 1 or more."),
    ("buffer", "Type a share from 0% to 100%."),
    ("drafts", "Mend the draft columns; the line itself is priced."),
)
"""What can be wrong with a line, by its code, and what to do; the first thing found is told."""
DRAFTS_FAULT = len(FAULTS) - 1

CAPTIONS = {
    "use_case": "Use case",
    "size": "Ratio or size",
    "quality": "Quality",
    "model": "Model",
    "finals": "Finals",
    "retries": "Retries",
    "prompt_tokens": "Prompt tokens",
    "reference_images": "Reference images",
    "tier": "Price tier",
    "buffer": "Buffer",
    "check": "Check",
    "output_tokens": "Output tokens per image",
    "cost_per_image": "USD per image",
    "generations": "Total generations",
    "budget": "Budget, USD",
    "credits": "Credits of the plan",
    "share": "Share of the total",
    "drafts_per_final": "Drafts per final",
    "draft_size": "Draft size",
    "draft_quality": "Draft quality",
    "finish_retries": "Retries after drafts",
    "staged_budget": "Staged budget, USD",
    "saving": "Saving, USD",
    "saving_share": "Saving",
    "break_even_retries": "Break-even, retries",
    "filled": "Filled in (1 = yes)",
    "model_row": "Row of the model",
    "tier_column": "Column of the tier",
    "size_text": "Size as read",
    "width": "Width, px",
    "height": "Height, px",
    "legal": "Legal (1 = yes)",
    "grid": "Grid",
    "cells": "Short-edge cells",
    "listed": "Tokens of the fixed size",
    "text_tokens": "Text tokens",
    "image_tokens": "Reference tokens",
    "token_cost": "USD by tokens",
    "finals_cost": "Finals, USD",
    "retries_cost": "Retries, USD",
    "buffer_cost": "Buffer, USD",
    "plan_row": "Row of the plan",
    "use_row": "First row of the use case",
    "use_first": "A use case begins",
    "draft_text": "Draft size as read",
    "draft_width": "Draft width, px",
    "draft_height": "Draft height, px",
    "draft_legal": "Draft is legal",
    "drafts": "Drafts in use",
    "finish": "Retries after drafts in use",
    "draft_word": "Draft quality in use",
    "draft_grid": "Draft grid",
    "draft_cells": "Draft cells",
    "draft_listed": "Draft tokens of the fixed size",
    "draft_tokens": "Draft tokens",
    "draft_cost": "USD per draft",
    "fault": "Code of the check",
    "fault_row": "Row to mend",
}

_IMAGE = image.image_cells()
_DRAFT = image.image_cells("draft_", text="[@draft_text]", quality="[@draft_word]")
_ROW = f"(ROW()-ROW({TABLE}[[#Headers],[use_case]]))"
_TOKENS = {"text_in": "[@text_tokens]", "image_in": "[@image_tokens]"}
_OUT = {"image_out": "[@output_tokens]"}
_RATES = image.rates()


def _is_number(cell: str, *conditions: str) -> str:
    return f"IF(ISNUMBER({cell}),IF(AND({','.join(conditions)}),1,0),0)"


def _filled(formula: str) -> str:
    return f'IF([@filled]=0,"",{formula})'


def _priced(formula: str) -> str:
    """Return a figure of a priced line, blank for a blank one, #N/A for a fault."""
    good = f"OR([@fault]=0,[@fault]={DRAFTS_FAULT})"
    return _filled(f"IF({good},{formula},NA())")


def _staged(formula: str) -> str:
    """Return a figure of the two stages, #N/A where a line or its drafts have a fault."""
    return _filled(f"IF([@fault]=0,{formula},NA())")


def _plan_row() -> str:
    """Find the best row of the chosen plan for the line in one pass; 0 where there is none."""
    model = "INDEX(tblModels[model],[@model_row])"
    fitting = plan.fits("plan", model, "[@quality]", "MAX([@width],[@height])")
    return plan.row("[@legal]", fitting)


def _credits() -> str:
    def listed(field: str) -> str:
        return f"N(INDEX(tblPlans[{field}],[@plan_row]))"

    list_cost = image.usd({**_TOKENS, **_OUT}, image.list_rates())
    usd = f"IF({listed('usd')}>0,{listed('usd')},{listed('multiplier')}*{list_cost})"
    per_image = (
        f"IF({listed('credits')}>0,{listed('credits')},"
        f"IF({listed('usd_per_credit')}*({listed('usd')}+{listed('multiplier')})>0,"
        f"{usd}/{listed('usd_per_credit')},NA()))"
    )
    return _priced(f"IF([@plan_row]=0,NA(),[@generations]*(1+[@buffer])*{per_image})")


def _fault() -> str:
    """Return the code of the first thing that is wrong; -1 for a blank row."""
    conditions = (
        "[@model_row]=0",
        "[@height]*[@width]<=0",
        "[@legal]=0",
        "ISERROR([@output_tokens])",
        "[@tier_column]<0",
        "ISERROR([@image_tokens])",
        "ISERROR([@text_tokens])",
        "ISERROR([@token_cost])",
        f"{_is_number('[@finals]', '[@finals]>=0')}=0",
        f"{_is_number('[@retries]', '[@retries]>=1')}=0",
        f"{_is_number('[@buffer]', '[@buffer]>=0', '[@buffer]<=1')}=0",
        "ISERROR([@draft_cost])",
    )
    nested = "".join(f"IF({test},{code}," for code, test in enumerate(conditions, start=1))
    return f"IF([@filled]=0,-1,{nested}0{')' * len(conditions)})"


def _or_default(typed: str, default: str) -> str:
    """Return what a line types, or what the stages say; a blank of theirs stays blank.

    Handed on as it is, it would be 0 in Excel and blank in LibreOffice.
    """
    return f'IF([@{typed}]="",IF({default}="","",{default}),[@{typed}])'


def _draft_cost() -> str:
    """Return USD per draft; prompt and reference images are those of the final."""
    valid = f"{_is_number('[@drafts]', '[@drafts]>=0')}*{_is_number('[@finish]', '[@finish]>=1')}"
    more = f"([@draft_tokens]-[@output_tokens])*{_RATES['image_out']}/tokens_per_mtok"
    return f"IF({valid}=0,NA(),[@token_cost]+{more})"


_BUFFERED = "(1+[@buffer])"
FORMULAS = {
    "check": _filled(f"INDEX({FAULT_TABLE}[says],[@fault]+1)"),
    "output_tokens": _filled(image.output_tokens(_IMAGE)),
    "cost_per_image": _priced("[@token_cost]"),
    "generations": _priced("[@finals]*[@retries]"),
    "budget": _priced(f"[@cost_per_image]*[@generations]*{_BUFFERED}"),
    "credits": _credits(),
    "share": _priced("IF(campaign_total=0,0,[@budget]/campaign_total)"),
    "staged_budget": _staged(
        f"[@finals]*([@drafts]*[@draft_cost]+[@finish]*[@cost_per_image])*{_BUFFERED}"
    ),
    "saving": _staged(image.noticeable("([@budget]-[@staged_budget])", "[@budget]")),
    "saving_share": _staged("IF([@budget]=0,0,[@saving]/[@budget])"),
    "break_even_retries": _staged(
        "IF([@cost_per_image]=0,NA(),[@drafts]*[@draft_cost]/[@cost_per_image])"
    ),
    "filled": f"IF(COUNTA({TABLE}[[#This Row],[use_case]:[buffer]])=0,0,1)",
    "model_row": image.model_row("[@model]"),
    "tier_column": f"IFERROR({image.tier_column('[@tier]')},-1)",
    "size_text": image.size_text(_IMAGE),
    "width": image.width(_IMAGE),
    "height": image.height(_IMAGE),
    "legal": image.legal(_IMAGE),
    "grid": image.grid(_IMAGE),
    "cells": image.cells(_IMAGE),
    "listed": image.listed_tokens(_IMAGE),
    "text_tokens": image.text_tokens(_IMAGE, image.inputs_valid(_IMAGE)),
    "image_tokens": image.image_tokens(_IMAGE, image.references_valid(_IMAGE)),
    "token_cost": _filled(f"IF([@tier_column]<0,NA(),{image.usd({**_TOKENS, **_OUT}, _RATES)})"),
    "finals_cost": _priced("[@cost_per_image]*[@finals]"),
    "retries_cost": _priced("[@cost_per_image]*[@finals]*([@retries]-1)"),
    "buffer_cost": _priced("[@cost_per_image]*[@generations]*[@buffer]"),
    "plan_row": _plan_row(),
    "use_row": f'IF([@filled]=0,0,IF([@use_case]="",0,'
    f"IFERROR(MATCH({image.exactly('[@use_case]')},{TABLE}[use_case],0),{_ROW})))",
    "use_first": f'IF([@use_row]={_ROW},[@use_row],"")',
    "draft_text": image.size_text(_DRAFT),
    "draft_width": image.width(_DRAFT, _IMAGE),
    "draft_height": image.height(_DRAFT, _IMAGE),
    "draft_legal": image.legal(_DRAFT),
    "drafts": _or_default("drafts_per_final", "stage_drafts"),
    "finish": _or_default("finish_retries", "stage_finish_retries"),
    "draft_word": _or_default("draft_quality", "stage_quality"),
    "draft_grid": image.grid(_DRAFT),
    "draft_cells": image.cells(_DRAFT),
    "draft_listed": image.listed_tokens(_DRAFT),
    "draft_tokens": _filled(image.output_tokens(_DRAFT)),
    "draft_cost": _filled(_draft_cost()),
    "fault": _fault(),
    "fault_row": 'IF([@fault]>0,ROW(),"")',
}

_MONEY = replace(theme.NUMBER, number=theme.USD)
_PRICE = replace(theme.NUMBER, number=theme.USD_FINE)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_DECIMAL = replace(theme.NUMBER, number="#,##0.0")
_FACTOR = replace(theme.NUMBER, number=theme.FACTOR)
_SHARE = replace(theme.NUMBER, number=theme.PERCENT)
_TYPED = replace(theme.INPUT, size=9, indent=0)
STYLES: Mapping[str, Style] = {
    **dict.fromkeys(CAPTIONS, _COUNT),
    **dict.fromkeys(INPUTS, _TYPED),
    "use_case": replace(_TYPED, align="left", indent=1),
    "size": replace(_TYPED, number=theme.TEXT),
    "draft_size": replace(_TYPED, number=theme.TEXT),
    **dict.fromkeys(("finals", "prompt_tokens"), replace(_TYPED, number=theme.COUNT)),
    **dict.fromkeys(("retries", "finish_retries"), replace(_TYPED, number=theme.FACTOR)),
    "buffer": replace(_TYPED, number=theme.WHOLE_PERCENT),
    "check": theme.CELL,
    "size_text": theme.CELL,
    "draft_text": theme.CELL,
    "draft_word": theme.CELL,
    "generations": _DECIMAL,
    "credits": _DECIMAL,
    **dict.fromkeys(("budget", "staged_budget", "saving", *PARTS), _MONEY),
    **dict.fromkeys(("cost_per_image", "token_cost", "draft_cost"), _PRICE),
    **dict.fromkeys(("share", "saving_share"), _SHARE),
    "break_even_retries": _FACTOR,
}
WIDTHS = {"use_case": 25, "size": 12, "quality": 10, "model": 22, "check": 27, "tier": 11}
WIDTHS |= {"finals": 14, "prompt_tokens": 15, "reference_images": 18, "output_tokens": 15}
MESSAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "use_case": ("What the images are for; lines with the same words are summed up.", {}),
    "size": ("A ratio of the sizes table such as 4:5, or px such as 1024x1536.", {}),
    "quality": (
        "low, medium, high; xhigh and max from gpt-image-2.5 on; or measured output tokens.",
        {"type": "list", "formula1": f'"{",".join(QUALITIES)}"', "errorStyle": "warning"},
    ),
    "model": ("The model of your API call.", {}),
    "finals": ("Images that must be accepted: a number, 0 or more.", {}),
    "retries": ("Generations per accepted final: a number, 1 or more.", {}),
    "prompt_tokens": ("Tokens of the prompt; empty: not counted.", {}),
    "reference_images": ("Reference images of 1024x1024 px with each generation, 0 to 16.", {}),
    "tier": (
        "standard or batch.",
        {"type": "list", "formula1": f'"{",".join(TIERS)}"', "errorStyle": "warning"},
    ),
    "buffer": ("Reserve on top, 0% to 100%; 10% to 30% is usual.", {}),
    "drafts_per_final": ("Empty: as on the Stages sheet.", {}),
    "draft_size": ("Empty: the size of the line.", {}),
    "draft_quality": ("Empty: as on the Stages sheet.", {}),
    "finish_retries": ("Empty: as on the Stages sheet.", {}),
}
