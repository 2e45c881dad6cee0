"""The formulas of rates and charges: which rate is in force, and what tokens cost at it.

``[@field]`` is a cell of the same row, and outside a table the named cell (see `Page.formula`).
Missing answers are #N/A.
"""

from collections.abc import Mapping

from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.image import DEFAULT_TIER, TIERS
from xl_pricing.rates import rows

METERS = tuple(meter for meter in rows.METERS if meter in Usage._fields)
"""The meters of an estimate; what a cache saves is known only from the bill."""
IN_FORCE = "tblInForce"
"""The table of the prices in force, one row per model, in the order of the models."""
RATE_COLUMNS = tuple(f"{tier}_{meter}" for tier in TIERS for meter in METERS)
_RATES = f"{IN_FORCE}[[{RATE_COLUMNS[0]}]:[{RATE_COLUMNS[-1]}]]"
_RATE_POSITION = "(ROW(tblRates[model])-ROW(tblRates[[#Headers],[model]]))"


def rate_rows(model: str, meter: str, tier: str) -> str:
    """Return which rows of the rates table are of a model, a meter and a tier."""
    return f'(tblRates[model]={model})*(tblRates[meter]="{meter}")*(tblRates[tier]={tier})'


def rate_row(rows: str, day: str = "price_day", without: str = "0") -> str:
    """Return the row in force of such rows on a day; ``without`` where there is none, or two.

    The latest day is found with the row behind it: the last row of that day, and the first one.
    """
    days = "tblRates[effective_from]"
    latest = f"{rows}*({days}<={day})*({days}*row_base"
    last, first = (f"SUMPRODUCT(MAX({latest}{place}))" for place in (
        f"+{_RATE_POSITION})", f"+row_base-{_RATE_POSITION})"))  # fmt: skip
    row = f"MOD({last},row_base)"
    return f"IF({row}+MOD({first},row_base)=row_base,{row},{without})"


def tier_column(tier: str) -> str:
    """Return the column before a tier's rates in force; #N/A for an unknown tier."""
    columns = "".join(
        f'IF(TRIM({tier})="{name}",{position * len(METERS)},' for position, name in enumerate(TIERS)
    )
    return f"{columns}NA(){')' * len(TIERS)}"


def rates(row: str = "[@model_row]", column: str = "[@tier_column]") -> dict[str, str]:
    """Return by meter the rate in force, in USD per 1M tokens."""
    return {
        meter: f"INDEX({_RATES},{row},{column}+{number})"
        for number, meter in enumerate(METERS, start=1)
    }


def list_rates(row: str = "[@model_row]") -> dict[str, str]:
    """Return by meter the rate in force at the standard tier."""
    return {meter: f"INDEX({IN_FORCE}[{DEFAULT_TIER}_{meter}],{row})" for meter in METERS}


def charge(tokens: str, rate: str) -> str:
    """Return tokens times their rate; a meter without tokens needs no rate."""
    return f"IF({tokens}=0,0,{tokens}*{rate})"


def usd(tokens: Mapping[str, str], rates: Mapping[str, str]) -> str:
    """Return USD per image: the charges of all meters."""
    charged = "+".join(charge(tokens[meter], rates[meter]) for meter in METERS)
    return f"({charged})/tokens_per_mtok"


def noticeable(saving: str, budget: str) -> str:
    """Return a saving, 0 where it is too small a part of the budget to be one."""
    return f"IF(ABS({saving})>{budget}*negligible_share,{saving},0)"
