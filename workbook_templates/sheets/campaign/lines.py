"""The lines of the Campaign: what is typed in one, how it is priced in its row, what is wrong."""

from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column, listed, words_listed
from workbook_templates.formulas import charges, examples, faults, image, plan
from workbook_templates.formulas.conditions import is_number, within
from workbook_templates.formulas.faults import Fault, if_filled
from xl_pricing.estimation.image import MAX_PROMPT_TOKENS, MAX_REFERENCES, QUALITIES, TIERS
from xl_pricing.estimation.size import REFERENCE_SIZE

TABLE = "tblCampaign"
FAULT_TABLE = "tblLineFaults"
CAPTION_ROW = 22
FIRST_ROW = CAPTION_ROW + 2


class CampaignLine(NamedTuple):
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


INPUTS = CampaignLine._fields
TYPED = INPUTS[: INPUTS.index("buffer") + 1]
"""What makes a line: one with drafts only is blank."""
LINES = (
    CampaignLine("Shop pages", "4:5", "high", "gpt-image-2", 120, 1.5, 180, 1,
                 draft_size="768x960"),
    CampaignLine("Shop pages", "4:5", "medium", "gpt-image-2", 240, 1.3, 180, 1),
    CampaignLine("Ad variants", "1:1", "medium", "gpt-image-2", 400, 1.6, 120, 1, "batch", 0.15),
    CampaignLine("Ad variants", "4:5", "medium", "gpt-image-2", 200, 1.6, 120, 1, "batch", 0.15),
    CampaignLine("Stories", "9:16", "high", "gpt-image-2", 60, 2, 150, 1, buffer=0.25),
    CampaignLine("Screens", "16:9", "high", "gpt-image-2", 12, 2.5, 420, 2, buffer=0.3),
    CampaignLine("Hero banners", "21:9", "high", "gpt-image-2", 6, 4, 260, 2, buffer=0.3),
    CampaignLine("Hero banners", "3:1", "high", "gpt-image-2", 6, 3, 260, 2, buffer=0.3),
    CampaignLine("Catalogue tiles", "1:1", "low", "gpt-image-2", 800, 1.1, 60, None, "batch", 0.1),
    CampaignLine("Posters", "2:3", "high", "gpt-image-2", 10, 3, 300, None, buffer=0.3),
    CampaignLine("Posters", "1024x1536", "medium", "gpt-image-2", 24, 1.8, 300, None),
    CampaignLine("Link previews", "2:1", "medium", "gpt-image-2", 48, 1.2, 90, None),
)  # fmt: skip
"""The example lines: a season's launch of a shop."""


def example(line: CampaignLine) -> dict[str, str | float | None]:
    """Return an example by field, its use case marked, in marked words."""
    return {**line._asdict(), "use_case": f"«{examples.WORD}»«{line.use_case}»"}


_FINALS = within("[@finals]", "[@finals]>=0")
_RETRIES = within("[@retries]", "[@retries]>=1")
_BUFFER = within("[@buffer]", "[@buffer]>=0", "[@buffer]<=1")
# Where output tokens are measured the size is a label; no draft can be counted by it.
_MEASURED = is_number("[@quality]")
_IS_LABEL = f'AND({_MEASURED},[@legal]=0,[@draft_size]="")'
FAULTS = (
    Fault("", "✔ priced", "Nothing to do."),
    Fault("[@model_row]=0", "model unknown",
          "Choose a model of the list, or add it to the models table.", ("model",)),
    Fault(f"IF({_MEASURED},FALSE,[@height]*[@width]<=0)", "size not readable",
          "Type a ratio of the sizes table such as 4:5, or px such as 1024x1536.", ("size",)),
    Fault(f"IF({_MEASURED},FALSE,[@legal]=0)", "size not legal",
          "Choose a size that the model takes; the Rates sheet says which.", ("size",)),
    Fault("ISERROR([@output_tokens])", "quality has no token count",
          "Choose a quality of the model, or type measured tokens.", ("quality",)),
    Fault("[@tier_column]<0", "tier unknown", f"Type {' or '.join(TIERS)}.", ("tier",)),
    Fault("ISERROR([@image_tokens])", "reference images",
          f"Leave empty, or type a whole number from 0 to {MAX_REFERENCES}.",
          ("reference_images",)),
    Fault("ISERROR([@text_tokens])", "prompt tokens",
          f"Leave empty, or type a whole number from 0 to {MAX_PROMPT_TOKENS:,}.",
          ("prompt_tokens",)),
    Fault("IF(ok_day=1,ISERROR([@token_cost]),FALSE)", "no rate on that day",
          "Choose another tier, model or price date, or add the rate.", ("tier",)),
    Fault(f"{_FINALS}=0", "finals", "Type a number, 0 or more.", ("finals",)),
    Fault(f"{_RETRIES}=0", "retries", "Type a number, 1 or more.", ("retries",)),
    Fault(f"{_BUFFER}=0", "buffer", "Type a share from 0% to 100%.", ("buffer",)),
    Fault("ok_day<>1", "▲ the price date is wrong", "Fix it on the Worksheet.", is_note=True),
    Fault(f"IF({_IS_LABEL},FALSE,ISERROR([@draft_cost]))", "▲ priced, its drafts are not",
          "Choose a quality and size that the model takes for drafts, on Stages or in the line.",
          is_note=True),
)  # fmt: skip
"""What can be wrong with a line; the first thing found is told."""
DRAFTS_FAULT = len(FAULTS) - 1


def _priced(formula: str) -> str:
    """Return a figure of a priced line, blank for a blank one, #N/A for a fault."""
    return if_filled(f"IF(OR([@fault]=0,[@fault]={DRAFTS_FAULT}),{formula},NA())")


def _staged(formula: str) -> str:
    """Return a figure of the two stages, #N/A where a line has a fault or a draft no cost."""
    return if_filled(f"IF(AND([@fault]=0,ISNUMBER([@draft_cost])),{formula},NA())")


def _or_default(typed: str, default: str) -> str:
    """Return what a line types, or what the stages say; a blank of theirs stays blank.

    Handed on as it is, it would be 0 in Excel and blank in LibreOffice.
    """
    return f'IF([@{typed}]="",IF({default}="","",{default}),[@{typed}])'


_IMAGE = image.image_cells()
_DRAFT = image.image_cells("draft_", text="[@draft_text]", quality="[@draft_word]")
_TOKENS = {
    "text_in": "[@text_tokens]",
    "image_in": "[@image_tokens]",
    "image_out": "[@output_tokens]",
}
_RATES = charges.rates()
_POSITION = f"(ROW()-ROW({TABLE}[[#Headers],[use_case]]))"
_BUFFERED = "(1+[@buffer])"
_PLAN_FITS = plan.fits("plan_used", image.quality_word("[@quality]"), _IMAGE)
_TERMS = {term: plan.listed(term, "[@plan_row]") for term in plan.TERMS}
_CREDITS = plan.credits_(_TERMS, plan.usd(_TERMS, charges.usd(_TOKENS, charges.list_rates())))
_USE_BEGINS = f"IFERROR(MATCH({image.exactly('[@use_case]')},{TABLE}[use_case],0),{_POSITION})"
_DRAFTS_VALID = f"{within('[@drafts]', '[@drafts]>=0')}*{within('[@finish]', '[@finish]>=1')}"
# Prompt and reference images of a draft are those of the final.
_DRAFT_MORE = f"([@draft_tokens]-[@output_tokens])*{_RATES['image_out']}/tokens_per_mtok"

_TYPED = theme.TYPED_CELL
_SIZE = replace(_TYPED, number=theme.TEXT)
_TYPED_COUNT = replace(_TYPED, number=theme.COUNT)
_TYPED_FACTOR = replace(_TYPED, number=theme.FACTOR)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_DECIMAL = replace(theme.NUMBER, number="#,##0.0")
_MONEY = replace(theme.NUMBER, number=theme.USD)
_PRICE = replace(theme.NUMBER, number=theme.USD_FINE)
_SHARE = replace(theme.NUMBER, number=theme.PERCENT)
# Name, caption, formula (empty: it is typed), look; width, message and rule.
COLUMNS = (
    Column("use_case", "Use case", "", theme.TYPED_TEXT_CELL, 25,
           "What the images are for; lines with the same words are summed up. EXAMPLE in front "
           "marks an example."),
    Column("size", "Ratio or size", "", _SIZE, 12,
           "A ratio of the sizes table such as 4:5, or px such as 1024x1536; "
           "any words where the quality is a number of measured tokens."),
    Column("quality", "Quality", "", _TYPED, 10,
           "low, medium, high; xhigh and max from gpt-image-2.5 on; or measured output tokens.",
           words_listed(QUALITIES, others=True)),
    Column("model", "Model", "", _TYPED, 20, "The model of your API call.",
           listed("tblModels[model]", others=True)),
    Column("finals", "Finals", "", _TYPED_COUNT, 14,
           "Images that must be accepted: a number, 0 or more."),
    Column("retries", "Retries", "", _TYPED_FACTOR, 11,
           "Generations per accepted final: a number, 1 or more."),
    Column("prompt_tokens", "Prompt tokens", "", _TYPED_COUNT, 16,
           "Tokens of the prompt; empty: not counted."),
    Column("reference_images", "Reference images", "", _TYPED, 16,
           f"Reference images of {REFERENCE_SIZE} px with each generation, 0 to {MAX_REFERENCES}."),
    Column("tier", "Price tier", "", _TYPED, 13, f"{' or '.join(TIERS)}.",
           words_listed(TIERS, others=True)),
    Column("buffer", "Buffer", "", replace(_TYPED, number=theme.WHOLE_PERCENT), 10,
           "Reserve on top, 0% to 100%; 10% to 30% is usual."),
    Column("check", "Check", examples.check(FAULT_TABLE), theme.CELL, 31),
    Column("output_tokens", "Output tokens per image",
           if_filled(image.output_tokens(_IMAGE)), _COUNT, 11),
    Column("cost_per_image", "USD per image", _priced("[@token_cost]"), _PRICE, 12),
    Column("generations", "Generations, exact", _priced("[@finals]*[@retries]"), _DECIMAL,
           13),
    Column("budget", "Budget, USD",
           _priced(f"[@cost_per_image]*[@generations]*{_BUFFERED}"), _MONEY, 13),
    Column("credits", "Credits of the plan",
           _priced(f'IF(has_plan=1,[@generations]*{_BUFFERED}*{_CREDITS},"–")'), _DECIMAL, 13),
    Column("share", "Share of the total",
           _priced("IF(campaign_total=0,0,[@budget]/campaign_total)"), _SHARE, 10),
    Column("drafts_per_final", "Drafts per final", "", _TYPED, 9,
           "Empty: as on the Stages sheet."),
    Column("draft_size", "Draft size", "", _SIZE, 12, "Empty: the size of the line."),
    Column("draft_quality", "Draft quality", "", _TYPED, 9, "Empty: as on the Stages sheet."),
    Column("finish_retries", "Retries after drafts", "", _TYPED_FACTOR, 10,
           "Empty: as on the Stages sheet."),
    Column("staged_budget", "Staged budget, USD",
           _staged("[@finals]*([@drafts]*[@draft_cost]+[@finish]*[@cost_per_image])"
                   f"*{_BUFFERED}"), _MONEY, 13),
    Column("saving", "Saving, USD",
           _staged(charges.noticeable("([@budget]-[@staged_budget])", "[@budget]")), _MONEY, 12),
    Column("saving_share", "Saving",
           _staged("IF(ISNUMBER([@saving]),IF([@budget]=0,0,[@saving]/[@budget]),NA())"), _SHARE,
           9),
    Column("break_even_retries", "Break-even, retries",
           _staged("IF([@cost_per_image]=0,NA(),[@drafts]*[@draft_cost]/[@cost_per_image])"),
           replace(theme.NUMBER, number=theme.FACTOR), 11),
    Column("filled", "Filled in (1 = yes)", examples.filled("campaign_own"), _COUNT),
    Column("kind", "Own row (1), example (2)",
           examples.kind(f"COUNTA({TABLE}[[#This Row],[{TYPED[0]}]:[{TYPED[-1]}]])>0",
                         "[@use_case]", f'"«{examples.WORD}»"'), _COUNT),
    Column("model_row", "Row of the model",
           f"IF([@filled]=1,{image.model_row('[@model]')},0)", _COUNT),
    Column("tier_column", "Column of the tier",
           f"IFERROR({charges.tier_column('[@tier]')},-1)", _COUNT),
    Column("size_text", "Size as read", image.size_text(_IMAGE), theme.CELL),
    Column("width", "Width, px", image.width(_IMAGE), _COUNT),
    Column("height", "Height, px", image.height(_IMAGE), _COUNT),
    Column("legal", "Legal (1 = yes)", image.legal(_IMAGE), _COUNT),
    Column("grid", "Grid", image.grid(_IMAGE), _COUNT),
    Column("cells", "Short-edge cells", image.cells(_IMAGE), _COUNT),
    Column("listed", "Tokens of the fixed size", image.listed_tokens(_IMAGE), _COUNT),
    Column("text_tokens", "Text tokens",
           image.text_tokens(_IMAGE, image.inputs_valid(_IMAGE)), _COUNT),
    Column("image_tokens", "Reference tokens",
           image.image_tokens(_IMAGE, image.references_valid(_IMAGE)), _COUNT),
    Column("token_cost", "USD by tokens",
           if_filled(f"IF([@tier_column]<0,NA(),{charges.usd(_TOKENS, _RATES)})"), _PRICE),
    Column("finals_cost", "Finals, USD", _priced("[@cost_per_image]*[@finals]"), _MONEY),
    Column("retries_cost", "Retries, USD",
           _priced("[@cost_per_image]*[@finals]*([@retries]-1)"), _MONEY),
    Column("buffer_cost", "Buffer, USD",
           _priced("[@cost_per_image]*[@generations]*[@buffer]"), _MONEY),
    Column("plan_row", "Row of the plan", plan.row("[@legal]*has_plan", _PLAN_FITS), _COUNT),
    Column("use_row", "First row of the use case",
           f'IF([@filled]=0,0,IF([@use_case]="",0,{_USE_BEGINS}))', _COUNT),
    Column("use_first", "A use case begins",
           f'IF([@use_row]={_POSITION},[@use_row],"")', _COUNT),
    Column("draft_text", "Draft size as read", image.size_text(_DRAFT), theme.CELL),
    Column("draft_width", "Draft width, px", image.width(_DRAFT, _IMAGE), _COUNT),
    Column("draft_height", "Draft height, px", image.height(_DRAFT, _IMAGE), _COUNT),
    Column("draft_legal", "Draft is legal", image.legal(_DRAFT), _COUNT),
    Column("drafts", "Drafts in use", _or_default("drafts_per_final", "stage_drafts"), _COUNT),
    Column("finish", "Retries after drafts in use",
           _or_default("finish_retries", "stage_finish_retries"), _COUNT),
    Column("draft_word", "Draft quality in use",
           _or_default("draft_quality", "stage_quality"), theme.CELL),
    Column("draft_grid", "Draft grid", image.grid(_DRAFT), _COUNT),
    Column("draft_cells", "Draft cells", image.cells(_DRAFT), _COUNT),
    Column("draft_listed", "Draft tokens of the fixed size", image.listed_tokens(_DRAFT), _COUNT),
    Column("draft_tokens", "Draft tokens", if_filled(image.output_tokens(_DRAFT)), _COUNT),
    Column("draft_cost", "USD per draft",
           if_filled(f"IF({_DRAFTS_VALID}=0,NA(),[@token_cost]+{_DRAFT_MORE})"), _PRICE),
    Column("fault", "Code of the check", faults.code(FAULTS), _COUNT),
    Column("fault_row", "Row to fix", faults.FAULT_ROW, _COUNT),
)  # fmt: skip
PARTS = ("finals_cost", "retries_cost", "buffer_cost")
"""The columns that make up a line's budget."""
