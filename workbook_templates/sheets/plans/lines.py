"""The lines of the Plans sheet: official tokens, and each plan of the plans table.

A line's cells are named after it, such as ``plans_usd_3``, official tokens' ``plans_official_usd``;
``[@usd]`` is the cell of the same line, wherever it stands.
"""

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.formulas import plan
from workbook_templates.formulas.conditions import compared, first_of
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.plans.layout import (
    FIRST_ROW,
    FIRST_WORK,
    KIND_ROW,
    LAST_KIND,
    LAST_ROW,
    LAST_WORK,
    MARKS,
    MARKUP,
    PRICE,
    PRICED,
    in_words,
)
from workbook_templates.sheets.worksheet.workings import JOB, planned
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.rates.card import RATES_AGE_DAYS

BAD_SIZE = "the size is not legal for the model"
BAD_QUALITY = "the model does not have this quality"
BAD_IMAGE = "the inputs of one image are out of range, see Checks"
BAD_PLAN = "finals, retries or buffer are out of range, see Checks"
BAD_TABLE = "fix the plans table, see Checks"
NO_TOKENS = "the output tokens are not known"
NO_RATE = "no rate for this model, tier and day"
ESTIMATED = "the token count is an estimate"
NO_ROW = "no price for this model, size or quality"
NO_BASE = "the token price that it multiplies is not known"
NO_CREDIT_PRICE = "the price of a credit is not published"
OLD = f"over {RATES_AGE_DAYS} days old: check it again"
NO_AMOUNT = "its row in the plans table names no price"

NOTHING = "–"
"""What stands in the place of a price that there is not, through no fault of the inputs."""
NOT_OFFERED = f'IF(size_legal*plans_quality_taken=1,"{NOTHING}",NA())'
"""What stands in a line where none of its rows fits the job."""

_PRICED = MARKS[-1]
_COUNT = theme.NUMBER_COUNT
_MARK = replace(theme.CELL, align="center", indent=0)
_LISTED = replace(theme.NUMBER, number=f'{theme.RATE};;"–"')
_TERMS = {term: f"[@listed_{term}]" for term in plan.TERMS}


def per_final(usd: str) -> str:
    """Return USD per accepted final of an image that costs ``usd``."""
    return planned(f"{usd}*retries_used")


def markup(usd: str) -> str:
    """Return by how much an image that costs ``usd`` is over its token list price."""
    return f"IF(list_cost_per_image=0,NA(),{usd}/list_cost_per_image-1)"


def if_offered(formula: str) -> str:
    """Return a figure that rests on a line's price; without one what stands there."""
    return f"IF(ISNUMBER([@usd]),{formula},[@usd])"


# What a plan's line shows: what its row of the plans table says, or the plan's first one.


def _shown(field: str) -> str:
    return f"INDEX(tblPlans[{field}],IF(N([@row])=0,[@at],[@row]))"


def _used(formula: str) -> str:
    """Return the formula of a line; one that no plan uses is blank."""
    return f'IF([@at]=0,"",{formula})'


def _fitting(quality: str) -> str:
    """Return which rows of the plans table bill such an image."""
    return plan.fits("[@name]", quality, JOB)


def _mark(quality: str) -> str:
    """Return the mark of a plan for a quality of the model: the best row's last digit, as it were.

    0 where no row fits, 1 for a row without a price that can be told, 2 for one with a price.
    """
    priced = (
        "SIGN(ISNUMBER(tblPlans[usd])*(tblPlans[usd]>0)"
        "+ISNUMBER(tblPlans[credits])*(tblPlans[credits]>0)"
        "+ISNUMBER(tblPlans[multiplier])*(tblPlans[multiplier]>0)"
        f'*(plans_official_{quality}="{_PRICED}"))'
    )
    fitting = _fitting(f'"{quality}"')
    best = f"SUMPRODUCT(MAX({fitting}*({plan.RANK}*plan_marks+1+{priced})))"
    mark = f"MOD(MOD({best},row_base*plan_marks),plan_marks)"
    return f'IF(plans_official_{quality}="","",IFERROR(MID("{MARKS}",1+{mark},1),NA()))'


def _note() -> str:
    """Say why a plan has no price, or what its row in the plans table says."""
    faults = (
        ("size_legal=0", sentence(BAD_SIZE)),
        ("plans_quality_taken=0", sentence(BAD_QUALITY)),
        ("ISERROR([@row])", sentence(BAD_TABLE)),
        ("[@row]=0", sentence(NO_ROW)),
        ("[@listed_multiplier]>0", sentence(NO_BASE)),
        ("[@listed_credits]>0", sentence(NO_CREDIT_PRICE)),
    )
    fault, note = first_of(faults, sentence(NO_AMOUNT)), "INDEX(tblPlans[note],[@row])"
    said = f"IF(plan_valid=0,{sentence(BAD_PLAN)},{note}&{seen_long_ago(note)})"
    return f"IF(ISNUMBER([@usd]),{said},{fault})"


def seen_long_ago(note: str) -> str:
    """Return what follows a line's note where its price was seen long before the price date."""
    old = "IF(ISNUMBER([@checked]),IFERROR(price_day-[@checked]>rates_age_days,FALSE),FALSE)"
    return f'IF({old},IF({note}&""="","",{sentence("; ")})&{sentence(OLD)},"")'


# Who has a price needs no credits.
_CREDITS = plan.credits_(_TERMS, "[@usd]", '""')
_USD = plan.usd(_TERMS, "list_cost_per_image", f'"{NOTHING}"')
_SHAPES, _IN_WORDS = (f"${letter}${KIND_ROW}:${letter}${LAST_KIND}" for letter in "BC")
_SHAPE, _SEEN = _shown("shape"), _shown("checked")
COLUMNS = (
    Column("name", "Plan", _used("INDEX(tblPlans[plan],MAX(1,[@at]))"),
           replace(theme.WRAPPED_CELL, bold=True)),
    Column("kind", "Kind of price",
           _used(f'IFERROR(INDEX({_IN_WORDS},MATCH({_SHAPE}&"",{_SHAPES},0)),{_SHAPE}&"")'),
           theme.WRAPPED_CELL),
    Column("credits", "Credits per image",
           _used(f"IF([@listed_credits]=0,{if_offered(_CREDITS)},{_CREDITS})"),
           replace(theme.NUMBER, number=theme.MONEY)),
    Column("usd", "USD per image", _used(f"IF([@row]=0,{NOT_OFFERED},{_USD})"), PRICED),
    Column("final", "USD per accepted final", _used(if_offered(per_final("[@usd]"))), PRICED),
    Column("bill", "The job's bill, USD", _used(if_offered("[@usd]*generations_with_buffer")),
           theme.NUMBER_USD),
    Column("markup", "Over the token list price", _used(if_offered(markup("[@usd]"))),
           replace(theme.NUMBER, number=MARKUP)),
    *(Column(quality, "", _used(_mark(quality)), _MARK) for quality in QUALITIES),
    Column("basis", "Basis", _used(in_words(_shown("basis")))),
    Column("checked", "Seen on", _used(f"IF(N({_SEEN})=0,NA(),{_SEEN})"),
           theme.NUMBER_DATE),
    Column("note", "What to know", _used(_note()), theme.WRAPPED_CELL),
    Column("source", "Source", _used(f'{_shown("source")}&""'), theme.WRAPPED_CELL),
)  # fmt: skip
"""The comparison, from column B on."""


# Behind a line: its row of the plans table, what that lists, and its place by price.

_COMPARED = f"$C${FIRST_WORK}:$C${LAST_WORK}"
_CHEAPER = f"SUMPRODUCT(ISNUMBER({_COMPARED})*({_COMPARED}<[@compared]))"
_TIES = f"SUMPRODUCT(--($C${FIRST_WORK}:C[#row]=[@compared]))"
WORKINGS = (
    Column("name", "Plan"),
    Column("compared", "USD per accepted final, compared",
           f'IF(ISNUMBER([@final]),{compared("[@final]")},"")', replace(_LISTED, number=PRICE)),
    Column("row", "Row for this job",
           plan.row("[@at]*size_legal*plans_quality_taken", _fitting("quality_used")), _COUNT),
    *(Column(f"listed_{term}", caption, plan.listed(term, "[@row]"), _LISTED)
      for term, caption in (
          ("credits", "Listed credits"),
          ("usd", "Listed USD"),
          ("usd_per_credit", "Listed USD per credit"),
          ("multiplier", "Listed multiplier"))),
    Column("at", "First row", "", _COUNT),
    Column("order", "Order", f'IF(ISNUMBER([@compared]),{_CHEAPER}+{_TIES},"")', _COUNT),
)  # fmt: skip
"""The workings of a plan's line, from column B on; `first_row_of` is what "at" holds."""


def unnamed(k: int) -> str:
    """Return which rows of the plans table belong to none of the plans before line ``k``.

    Plain comparisons, because MATCH and COUNTIF would take a * in a name for a wildcard.
    """
    others = (f"*(tblPlans[plan]<>plans_name_{i})" for i in range(1, k))
    return f'(tblPlans[plan]<>""){"".join(others)}'


def first_row_of(k: int) -> Figure:
    """Return the first row of the plans table that line ``k`` is for; 0 for an unused line."""
    first = f"SUMPRODUCT(MAX({unnamed(k)}*(row_base-{plan.POSITION})))"
    return Figure(f"plans_at_{k}", "", f"MOD(-{first},row_base)")


def lines(field: str) -> str:
    """Return the cells of a column of the comparison, official tokens left out."""
    return _cells(COLUMNS, field, FIRST_ROW, LAST_ROW)


def worked(field: str) -> str:
    """Return the cells of a column of the workings."""
    return _cells(WORKINGS, field, FIRST_WORK, LAST_WORK)


def _cells(columns: Sequence[Column], field: str, first: int, last: int) -> str:
    letter = get_column_letter(2 + [column.name for column in columns].index(field))
    return f"${letter}${first}:${letter}${last}"
