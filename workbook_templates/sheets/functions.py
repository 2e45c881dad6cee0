"""The Functions sheet of the macro workbook: each cell function live, beside the native result.

Both price the job of the Worksheet, so the difference is 0 whatever is typed there.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from xl_pricing.estimation.budget import DEFAULT_CONFIDENCE
from xl_pricing.functions.catalogue import FUNCTIONS

STATUS = "✔ The functions are loaded and agree with the worksheet"
OTHERWISE = "✘ The functions differ from the worksheet"
NOT_LOADED = (
    "Functions not loaded: enable macros, and install xl_pricing and xlwings (Windows). "
    "The other sheets do not need them."
)
_FIRST_ROW, _ARGUMENTS_ROW = 7, 19
_WINDOW = 2000
_JOB = "size_used,fn_quality,model,fn_images,fn_prompt,fn_references"
_COST = f"{_JOB},tier,tblRates[#All]"
_PLAN_QUALITY = "IF(plan_listed_multiplier>0,fn_quality,quality)"
_SIZE = "INDEX(tblSizes[{}],MATCH(fn_ratio,tblSizes[ratio],0))"


class Row(NamedTuple):
    """A function's live formula, the native result, and what that is."""

    function: str
    formula: str
    native: str
    meaning: str
    number: str = "General"


class Input(NamedTuple):
    """An argument as the functions take it: its formula, or a constant of this sheet."""

    name: str
    label: str
    value: str | float
    number: str = "General"


ROWS = (
    Row("IMGCOST", f"IMGCOST({_COST})", "token_cost_per_image", "USD per image", theme.USD_FINE),
    Row(
        "IMGCREDITS",
        f"IMGCREDITS(size_used,{_PLAN_QUALITY},plan,model,fn_images,fn_prompt,fn_references,"
        "tblPlans[#All])",
        "fn_plan_credits",
        "credits per image",
        theme.RATE,
    ),
    Row(
        "IMGBUDGET",
        "IMGBUDGET(cost_per_image,IF(plan_valid=1,finals,NA()),retries_used,buffer)",
        "budget_usd",
        "USD, buffer included",
        theme.USD,
    ),
    Row(
        "IMGTOKENS",
        "IMGTOKENS(size_used,fn_quality,model,fn_images)",
        "tokens_image_out",
        "output tokens per image",
        theme.COUNT,
    ),
    Row("IMGSIZE", "IMGSIZE(fn_ratio)", "fn_size", "preset of the ratio below"),
    Row(
        "IMGBUFFER",
        "IMGBUFFER(finals,retries_used,fn_confidence)",
        "fn_buffer",
        "binomial distribution, up to 2,000 generations over the finals",
        theme.PERCENT,
    ),
    Row(
        "IMGRATE",
        'IMGRATE(model,"image_out",tier,price_date,tblRates[#All])',
        "rate_image_out",
        "USD per 1M output tokens",
        theme.RATE,
    ),
    Row(
        "IMGEXPLAIN",
        f"SUM(INDEX(IMGEXPLAIN({_COST}),0,5))/2",
        "token_cost_per_image",
        "USD per image: the lines and their total, halved",
        theme.USD_FINE,
    ),
)
INPUTS = (
    Input(
        "fn_quality",
        "Quality, or the measured tokens",
        'IF(measured_tokens="",quality,measured_tokens)',
    ),
    Input("fn_images", "Images per call", "IF(spec_valid=1,images_per_call,NA())"),
    Input(
        "fn_prompt",
        "Prompt tokens",
        'IF(spec_valid=1,IF(prompt_tokens="","",prompt_tokens),NA())',
    ),
    Input(
        "fn_references",
        "Sizes of the reference images",
        'IF(spec_valid=1,SUBSTITUTE(TRIM(REPT(reference_width&"x"&reference_height&" ",'
        'N(reference_images)))," ","; "),NA())',
    ),
    Input(
        "fn_plan_credits",
        "The plan's credits, where the inputs are in range",
        "IF(spec_valid=1,plan_credits,NA())",
        theme.RATE,
    ),
    Input("fn_ratio", "Ratio for the size", "4:5"),
    Input("fn_size", "Its preset", f'{_SIZE.format("width_px")}&"x"&{_SIZE.format("height_px")}'),
    Input("fn_confidence", "Confidence of the buffer", DEFAULT_CONFIDENCE, theme.PERCENT),
    Input(
        "fn_short",
        "Generations over the finals that are not enough",
        "IF(plan_valid*(finals=INT(finals)),SUMPRODUCT(--(BINOMDIST(MAX(finals,1)-1,"
        f"MAX(finals,1)-1+ROW($1:${_WINDOW}),1/retries_used,TRUE)>1-fn_confidence)),NA())",
    ),
    Input(
        "fn_buffer",
        "The buffer that lasts with that confidence",
        f"IF(fn_short<{_WINDOW},IF(finals=0,0,MAX(0,(finals+fn_short)/(finals*retries_used)-1)),NA())",
        theme.PERCENT,
    ),
)

ANSWERS: Mapping[str, str] = {
    "functions_loaded": "1",
    **{f"fn_{row.function}": row.native for row in ROWS},
}
"""What the cells that ask VBA show once the functions are loaded: what the worksheet shows."""


def write(book: Book) -> None:
    """Write the sheet."""
    page = book.page("Functions", (2, 80, 18, 18, 14, 60, 2))
    page.fill("A1:G2", theme.SUBTITLE)
    page.heights({1: 32, 2: 22})
    page.say("B1", "Functions", theme.TITLE)
    page.say(
        "B2", "Each function beside the result of the worksheet's own formulas.", theme.SUBTITLE
    )
    loaded = "IF(ISNUMBER(IMGBUDGET(1,1,1,0)),1,0)"
    page.formula("C4", "functions_loaded", loaded, theme.COMPUTED)
    page.say("B4", "The functions are loaded (1 = yes)", theme.LABEL)
    page.formula("B5", "functions_status", _status(page), theme.STRONG)
    _rows(page)
    _inputs(page)
    note = "IMGCOST and IMGEXPLAIN price today: set the price date of the Worksheet to today."
    page.say(f"B{_ARGUMENTS_ROW - 3}", note, theme.NOTE)
    page.sheet.freeze_panes = "A3"
    page.print_setup(f"A1:G{_ARGUMENTS_ROW + len(INPUTS)}", "1:2")
    page.protect()


def _status(page: Page) -> str:
    quoted = page.words.quoted
    return (
        f"IF(functions_loaded=0,{quoted(NOT_LOADED)},"
        f"IF(COUNTIF(E{_FIRST_ROW}:E{_FIRST_ROW + len(ROWS) - 1},0)={len(ROWS)},"
        f"{quoted(STATUS)},{quoted(OTHERWISE)}))"
    )


def _rows(page: Page) -> None:
    heads = ("Function", "Its answer", "The worksheet's", "Difference", "What it is")
    for column, text in zip("BCDEF", heads, strict=True):
        page.say(f"{column}{_FIRST_ROW - 1}", text, theme.HEADER_LEFT)
    not_loaded = page.words.quoted("not loaded")
    for at, row in enumerate(ROWS, start=_FIRST_ROW):
        style = replace(theme.COMPUTED, number=row.number)
        page.put(f"B{at}", FUNCTIONS[row.function].signature, theme.CODE)
        page.formula(f"C{at}", f"fn_{row.function}", row.formula, style)
        page.same(f"D{at}", row.native, style)
        same = f"IF(ISNUMBER(D{at}),ROUND(C{at}-D{at},9),IF(C{at}=D{at},0,1))"
        both = f"IF(AND(ISERROR(C{at}),ISERROR(D{at})),0,{same})"
        difference = f"IF(functions_loaded=0,{not_loaded},{both})"
        page.formula(f"E{at}", f"difference_{row.function}", difference, theme.RESULT)
        page.say(f"F{at}", row.meaning, theme.NOTE)
        page.heights({at: 20})


def _inputs(page: Page) -> None:
    page.say(f"B{_ARGUMENTS_ROW - 1}", "Arguments as the functions take them", theme.SECTION)
    for at, entry in enumerate(INPUTS, start=_ARGUMENTS_ROW):
        page.say(f"B{at}", entry.label, theme.LABEL)
        style = replace(theme.COMPUTED, number=entry.number)
        if entry.name in ("fn_ratio", "fn_confidence"):
            page.put(f"C{at}", entry.value, style)
            page.define(entry.name, f"C{at}")
        else:
            page.formula(f"C{at}", entry.name, str(entry.value), style)
