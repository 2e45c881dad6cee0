"""The Functions sheet of the macro workbook: each cell function live, beside the native result.

Both price the job of the Worksheet, so the difference is 0 whatever is typed there.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.sheets.risk.status import SURE
from xl_pricing.estimation.chance import DEFAULT_CONFIDENCE
from xl_pricing.functions.catalogue import FUNCTIONS

_FIRST_ROW, _ARGUMENTS_ROW = 7, 19
_JOB = "size_used,fn_quality,model,fn_images,fn_prompt,fn_references"
_COST = f"{_JOB},tier,tblRates[#All]"
_PLAN_QUALITY = "IF(plan_listed_multiplier>0,fn_quality,quality)"
_PLAIN = theme.COMPUTED
_SHARE = replace(_PLAIN, number=theme.PERCENT)
_COUNT = replace(_PLAIN, number=theme.COUNT)


class Live(NamedTuple):
    """A function's live formula, the name of the native result, what that is, and its look."""

    function: str
    formula: str
    native: str
    meaning: str
    look: Style = _PLAIN


class Constant(NamedTuple):
    """An argument that the sheet holds: its name, label, value and look."""

    name: str
    label: str
    value: str | float
    look: Style = _PLAIN


FUNCTION_ROWS = (
    Live("IMGCOST", f"IMGCOST({_COST})", "token_cost_per_image", "USD per image",
         theme.COMPUTED_PRICE),
    Live("IMGCREDITS",
         f"IMGCREDITS(size_used,{_PLAN_QUALITY},plan,model,fn_images,fn_prompt,fn_references,"
         "tblPlans[#All])",
         "fn_plan_credits", "credits per image", theme.COMPUTED_RATE),
    Live("IMGBUDGET", "IMGBUDGET(cost_per_image,IF(plan_valid=1,finals,NA()),retries_used,buffer)",
         "budget_usd", "USD, buffer included", theme.COMPUTED_USD),
    Live("IMGTOKENS", "IMGTOKENS(size_used,fn_quality,model,fn_images)", "tokens_image_out",
         "output tokens per image", _COUNT),
    Live("IMGSIZE", "IMGSIZE(fn_ratio)", "fn_size", "preset of the ratio below"),
    Live("IMGBUFFER", "IMGBUFFER(finals,retries_used,fn_confidence)", "fn_buffer",
         "from the generations that the Risk sheet finds", _SHARE),
    Live("IMGRATE", 'IMGRATE(model,"image_out",tier,price_date,tblRates[#All])', "rate_image_out",
         "USD per 1M output tokens", theme.COMPUTED_RATE),
    Live("IMGEXPLAIN", f"SUM(INDEX(IMGEXPLAIN({_COST}),0,5))/2", "token_cost_per_image",
         "USD per image: the lines and their total, halved", theme.COMPUTED_PRICE),
)  # fmt: skip


def _valid(formula: str) -> str:
    return f"IF(spec_valid=1,{formula},NA())"


_PRESET = "INDEX(tblSizes[{}],MATCH(fn_ratio,tblSizes[ratio],0))"
_SIZES = (
    'SUBSTITUTE(TRIM(REPT(reference_width&"x"&reference_height&" ",N(reference_images)))," ","; ")'
)
_NEEDED = SURE.format("needed")
ARGUMENTS: tuple[Figure | Constant, ...] = (
    Figure("fn_quality", "Quality, or the measured tokens",
           'IF(measured_tokens="",quality,measured_tokens)'),
    Figure("fn_images", "Images per call", _valid("images_per_call")),
    Figure("fn_prompt", "Prompt tokens", _valid('IF(prompt_tokens="","",prompt_tokens)')),
    Figure("fn_references", "Sizes of the reference images", _valid(_SIZES)),
    Figure("fn_plan_credits", "The plan's credits, where the inputs are in range",
           _valid("plan_credits"), look=theme.COMPUTED_RATE),
    Constant("fn_ratio", "Ratio for the size", "4:5"),
    Figure("fn_size", "Its preset",
           f'{_PRESET.format("width_px")}&"x"&{_PRESET.format("height_px")}'),
    Constant("fn_confidence", "Confidence of the buffer", DEFAULT_CONFIDENCE, _SHARE),
    Figure("fn_buffer", "The buffer that lasts with that confidence",
           f"IF(risk_finals=0,0,MAX(0,{_NEEDED}/(finals*retries_used)-1))", look=_SHARE),
)  # fmt: skip
"""The arguments as the functions take them."""
_HOSTS_ROW = _ARGUMENTS_ROW + len(ARGUMENTS) + 2
LOADED = Figure("functions_loaded", "The functions are loaded (1 = yes)",
                "IF(ISNUMBER(IMGBUDGET(1,1,1,0)),1,0)")  # fmt: skip
NOT_LOADED = (
    "Functions not loaded: enable macros, and install xl_pricing and xlwings (Windows). "
    "The other sheets do not need them."
)
AGREE = "✔ The functions are loaded and agree with the worksheet"
DIFFER = "✘ The functions differ from the worksheet"
_DIFFERENCES = f"E{_FIRST_ROW}:E{_FIRST_ROW + len(FUNCTION_ROWS) - 1}"
STATUS = Figure(
    "functions_status",
    formula=f'IF(functions_loaded=0,"«{NOT_LOADED}»",'
    f'IF(COUNTIF({_DIFFERENCES},0)={len(FUNCTION_ROWS)},"«{AGREE}»","«{DIFFER}»"))',
    look=theme.STRONG,
)

HOSTS = (
    "Excel on Windows with Python: here and in any sheet.",
    "Excel on Windows, the Mac and the web with the Office add-in: typed into any sheet.",
    "Excel with xlwings Lite: typed into any sheet of its workbook; #SPILL! is #VALUE!.",
    "LibreOffice with the extension: typed into any sheet; TRUE counts as 1, a blank buffer as 0.",
    "Excel on the Mac with Python alone: #N/A; the button works.",
    "Elsewhere: #NAME?. The other sheets need no functions.",
)
"""What each host answers."""

ANSWERS: Mapping[str, str] = {
    LOADED.name: "0",
    **{f"fn_{row.function}": "NA()" for row in FUNCTION_ROWS},
}
"""What the cells that ask VBA show until the functions are loaded, so in a file just written."""


def write(book: Book) -> None:
    """Write the sheet."""
    page = book.page("Functions", (1.5, 76, 17, 17, 14, 57, 1.5))
    says = "Each function beside the result of the worksheet's own formulas."
    blocks.head(page, "G", "Functions", says)
    blocks.write_entry(page, "BCD", 4, LOADED)
    blocks.put(page, "B5", STATUS)
    heads = ("Function", "Its answer", "The worksheet's", "Difference", "What it is")
    blocks.headers(page, _FIRST_ROW - 1, "BCDEF", heads, theme.HEADER_LEFT)
    for at, row in enumerate(FUNCTION_ROWS, start=_FIRST_ROW):
        _compare(page, at, row)
    note = "IMGCOST and IMGEXPLAIN price today: set the price date of the Worksheet to today."
    page.say(f"B{_ARGUMENTS_ROW - 3}", note, theme.NOTE)
    page.say(f"B{_ARGUMENTS_ROW - 1}", "Arguments as the functions take them", theme.SECTION)
    for at, entry in enumerate(ARGUMENTS, start=_ARGUMENTS_ROW):
        _argue(page, at, entry)
    page.say(f"B{_HOSTS_ROW - 1}", "Where the functions answer", theme.SECTION)
    for at, text in enumerate(HOSTS, start=_HOSTS_ROW):
        page.say(f"B{at}", text, theme.NOTE)
    page.print_setup(f"A1:G{_HOSTS_ROW + len(HOSTS)}")
    page.protect()


def _compare(page: Page, at: int, row: Live) -> None:
    """Write a function's answer, the worksheet's, and the difference: 0 where both are errors."""
    page.put(f"B{at}", FUNCTIONS[row.function].signature, theme.CODE)
    blocks.put(page, f"C{at}", Figure(f"fn_{row.function}", "", row.formula, look=row.look))
    blocks.put(page, f"D{at}", Figure(row.native, look=row.look))
    same = f"IF(ISNUMBER(D{at}),ROUND(C{at}-D{at},9),IF(C{at}=D{at},0,1))"
    both = f"IF(AND(ISERROR(C{at}),ISERROR(D{at})),0,{same})"
    difference = f'IF(functions_loaded=0,"«not loaded»",{both})'
    page.formula(f"E{at}", f"difference_{row.function}", difference, theme.RESULT)
    page.say(f"F{at}", row.meaning, theme.NOTE)
    page.heights({at: 20})


def _argue(page: Page, at: int, entry: Figure | Constant) -> None:
    if isinstance(entry, Figure):
        blocks.write_entry(page, "BCD", at, entry)
    else:
        page.say(f"B{at}", entry.label, theme.LABEL)
        page.put(f"C{at}", entry.value, entry.look)
        page.define(entry.name, f"C{at}")
