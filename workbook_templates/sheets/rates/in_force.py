"""The prices in force on the price date, one row per model: what rows of tables look up."""

from dataclasses import replace

from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Page
from workbook_templates.book.tables import write_table
from workbook_templates.book.theme import COUNT, DATE, NUMBER, SECTION
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.charges import IN_FORCE
from xl_pricing.estimation.image import TIERS

MODELS = 20
"""Rows of the table; Checks says when there are more models."""
PERIODS = 2
"""Days from which a model has other prices, at most; the latest ones are known."""

_RATE = replace(NUMBER, number="0.00####")
_COUNT = replace(NUMBER, number=COUNT)
_DAY = replace(NUMBER, number=DATE)
_FLAG = replace(NUMBER, number="0;-0;")
"""A yes; in a row without a model nothing is seen."""


def _of_model(formula: str, without: str) -> str:
    """Return a figure of a model, ``without`` in a row that has none."""
    return f'IF([@model]="",{without},{formula})'


def _rate(tier: str, meter: str) -> str:
    """Look up the latest rate up to the price date; #N/A where there is none."""
    row = charges.rate_row(charges.rate_rows("[@model]", meter, f'"{tier}"'), without="NA()")
    return _of_model(f"INDEX(tblRates[usd_per_mtok],{row})", '""')


def _since(period: int) -> str:
    """Return the day from which a model has the prices of a period, the latest first; or blank."""
    days, before = "(tblRates[model]=[@model])*tblRates[effective_from]", f"[@since_{period - 1}]"
    if period == 1:
        found = f'IF(COUNTIF(tblRates[model],[@model])=0,"",SUMPRODUCT(MAX({days})))'
        return _of_model(found, '""')
    days += f"*(tblRates[effective_from]<{before})"
    earlier = f'COUNTIFS(tblRates[model],[@model],tblRates[effective_from],"<"&{before})'
    return f'IF({before}="","",IF({earlier}=0,"",SUMPRODUCT(MAX({days}))))'


_MODEL, _ALIASES, _ENDS, _RULE, _BASIS = (
    image.of_model(field, "[@row]")
    for field in ("model", "aliases", "shuts_down", "reference_rule", "basis")
)
_SQUARE = ("reference_px", "reference_px")
_TOKENS = image.reference_tokens(_RULE, *_SQUARE, image.reference_patches(*_SQUARE))
_GONE = f"IF({_ENDS}>price_day+retirement_notice_days,0,1)"
_METERS = dict(
    zip(charges.METERS, ("prompt text", "reference images", "output images"), strict=True)
)
COLUMNS = (
    Column("row", "Row of the model", f"ROW()-ROW({IN_FORCE}[[#Headers],[row]])", _COUNT, 7),
    Column("model", "Model", f'IF([@row]>ROWS(tblModels[model]),"",{_MODEL}&"")', width=24),
    Column("other_name", "Other name",
           _of_model(f'IFERROR(LEFT({_ALIASES},FIND(",",{_ALIASES}&",")-1),"")', '""'), width=30),
    *(
        Column(f"{tier}_{meter}", f"{tier.capitalize()}: {said}", _rate(tier, meter), _RATE, 12)
        for tier in TIERS
        for meter, said in _METERS.items()
    ),
    Column("reference_tokens", "Tokens of a reference image", _of_model(_TOKENS, '""'), _COUNT, 12),
    Column("lines", "Lines of the campaign", "COUNTIF(tblCampaign[model_row],[@row])", _FLAG, 10),
    Column("leaves", "Shut down or about to be (1 = yes)",
           _of_model(f"IF(N({_ENDS})=0,0,IFERROR({_GONE},0))", "0"), _FLAG, 14),
    Column("estimated", "Tokens are an estimate (1 = yes)",
           _of_model(f'IF({_BASIS}="estimate",1,0)', "0"), _FLAG, 14),
    *(
        Column(f"since_{period}", "Latest prices since" if period == 1 else "Those before since",
               _since(period), _DAY, 14)
        for period in range(1, PERIODS + 1)
    ),
)  # fmt: skip


def write(page: Page, title_row: int, left: int) -> int:
    """Write the table at a column of the Rates sheet; return the last column."""
    page.say(page.at(title_row, left), "Prices in force on the price date", SECTION)
    write_table(page, IN_FORCE, (title_row + 1, left), COLUMNS, [{}] * MODELS)
    return left + len(COLUMNS) - 1
