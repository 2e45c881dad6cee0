"""What a plan charges for an image: the best row of the plans table for it, and its amounts.

The same formulas serve named cells and rows. ``terms`` are the cells or formulas that hold what the
row lists, by the core's names: 0 where it says nothing.
"""

from collections.abc import Mapping

from workbook_templates.formulas.image import ImageCells
from xl_pricing.estimation.credits import Terms
from xl_pricing.rates.rows import ANY

TERMS = Terms._fields
POSITION = "(ROW(tblPlans[plan])-ROW(tblPlans[[#Headers],[plan]]))"
"""Which rows of the plans table these are, from 1 on."""
# Smaller size tier first, then a named model, then a named quality; never 0 for a row that fits.
_PREFERENCE = (
    "(plan_rank_base-4*tblPlans[max_long_edge_px]"
    f'-2*(tblPlans[model]="{ANY}")-(tblPlans[quality]="{ANY}"))'
)
RANK = f"({_PREFERENCE}*row_base-{POSITION})"
"""How well a row that fits is liked; of equal ones the first."""


def fits(plan: str, quality: str, image: ImageCells) -> str:
    """Return which rows of the plans table bill an image, 1 or 0 each.

    A size tier that is a ratio, such as 3:2, holds images of that ratio alone.
    """
    divisor = f"GCD({image.width},{image.height})"
    ratio = f'{image.width}/{divisor}&":"&{image.height}/{divisor}'
    model = image.model
    return (
        f"(tblPlans[plan]={plan})"
        f'*((tblPlans[model]={model})+(tblPlans[model]="{ANY}"))'
        f'*((tblPlans[quality]={quality})+(tblPlans[quality]="{ANY}"))'
        f"*(tblPlans[max_long_edge_px]>={image.long_edge})"
        f'*(ISERROR(FIND(":",tblPlans[size_tier]))+(tblPlans[size_tier]={ratio})>0)'
    )


def row(asked: str, fitting: str) -> str:
    """Return the best of the rows that fit, 0 where none does or where ``asked`` is 0."""
    best = f"MOD(-SUMPRODUCT(MAX({fitting}*{RANK})),row_base)"
    return f"IF({asked}=0,0,IFERROR({best},NA()))"


def listed(term: str, row_: str) -> str:
    """Return what a row lists under one of `TERMS`; 0 for nothing, or no row."""
    return f"IF({row_}=0,0,N(INDEX(tblPlans[{term}],{row_})))"


def usd(terms: Mapping[str, str], list_cost: str, otherwise: str = "NA()") -> str:
    """Return USD per image; ``otherwise`` where the plan does not tell.

    ``list_cost`` is by tokens.
    """
    in_credits = f"{terms['credits']}*{terms['usd_per_credit']}"
    return (
        f"IF({terms['usd']}>0,{terms['usd']},"
        f"IF({terms['multiplier']}>0,{terms['multiplier']}*{list_cost},"
        f"IF({in_credits}>0,{in_credits},{otherwise})))"
    )


def credits_(terms: Mapping[str, str], usd_: str, otherwise: str = "NA()") -> str:
    """Return credits per image of a plan that charges ``usd_``, ``otherwise`` where it has none."""
    per_credit = terms["usd_per_credit"]
    of_usd = f"IF({per_credit}>0,{usd_}/{per_credit},{otherwise})"
    return f"IF({terms['credits']}>0,{terms['credits']},{of_usd})"
