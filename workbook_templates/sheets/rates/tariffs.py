"""The prices of each model over time: what bills of an earlier day are checked with."""

from dataclasses import replace

from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Page
from workbook_templates.book.tables import write_table
from workbook_templates.book.theme import COUNT, DATE, NUMBER, SECTION
from workbook_templates.formulas import charges
from workbook_templates.formulas.charges import IN_FORCE
from workbook_templates.sheets.rates.in_force import MODELS, PERIODS
from xl_pricing.estimation.image import TIERS

TABLE = "tblTariffs"
METERS = {
    "text_in": "prompt text",
    "image_in": "reference images",
    "image_out": "output images",
    "text_out": "output text",
}
"""The meters of an answer without a cache, and what they are called."""

_RATE = replace(NUMBER, number="0.00####")
_COUNT = replace(NUMBER, number=COUNT)
_SINCE = f"{IN_FORCE}[[since_1]:[since_{PERIODS}]]"


def _rate(tier: str, meter: str) -> str:
    """Look up the rate on the first day of the prices; #N/A where there is none."""
    row = charges.rate_row(charges.rate_rows("[@model]", meter, f'"{tier}"'), "[@since]", "NA()")
    return f'IF([@since]="","",INDEX(tblRates[usd_per_mtok],{row}))'


COLUMNS = (
    Column("row", "Row", f"ROW()-ROW({TABLE}[[#Headers],[row]])", _COUNT, 8),
    Column("model_row", "Row of the model", f"INT(([@row]-1)/{PERIODS})+1", _COUNT, 8),
    Column("since", "Prices since",
           f"INDEX({_SINCE},[@model_row],[@row]-{PERIODS}*([@model_row]-1))",
           replace(NUMBER, number=DATE), 14),
    Column("model", "Model", f'IF([@since]="","",INDEX({IN_FORCE}[model],[@model_row]))', width=24),
    *(
        Column(f"{tier}_{meter}", f"{tier.capitalize()}: {said}", _rate(tier, meter), _RATE, 14)
        for tier in TIERS
        for meter, said in METERS.items()
    ),
)  # fmt: skip


def place(model_row: str, day: str) -> str:
    """Return the row of the table that prices a model on a day; #N/A where none does."""
    found = "NA()"
    for period in range(PERIODS, 0, -1):
        found = f"IF({day}>=INDEX({IN_FORCE}[since_{period}],{model_row}),{period},{found})"
    return f"({model_row}-1)*{PERIODS}+{found}"


def rate(tier: str, meter: str, row: str) -> str:
    """Return the rate of a row of the table, in USD per 1M tokens."""
    return f"INDEX({TABLE}[{tier}_{meter}],{row})"


def write(page: Page, title_row: int, left: int) -> None:
    """Write the table at a column of the Rates sheet."""
    page.say(page.at(title_row, left), "Prices over time, by which bills are checked", SECTION)
    write_table(page, TABLE, (title_row + 1, left), COLUMNS, [{}] * (MODELS * PERIODS))
