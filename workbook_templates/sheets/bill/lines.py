"""The table of the Bill sheet: tokens used and billed, priced by the workbook's own rates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from workbook_templates.book import tables, theme
from workbook_templates.book.blocks import Column
from workbook_templates.book.page import Page
from workbook_templates.book.words import Words
from workbook_templates.formulas import charges
from workbook_templates.sheets.bill.texts import plain
from xl_pricing.bills.bill_lines import BATCH, STANDARD, BillLine
from xl_pricing.bills.parts import Part

TABLE = "tblBill"


def _rate(tier: str, used: str, billed: str) -> str:
    """Look up the rate of a tier on the day of a line, where it needs one."""
    rows = f'(tblRates[model]=[@model])*(tblRates[meter]=[@meter])*(tblRates[tier]="{tier}")'
    found = f"INDEX(tblRates[usd_per_mtok],{charges.rate_row(rows, '[@day]', 'NA()')})"
    return f"IF(OR({used}>0,AND([@used]=0,{billed}>0)),{found},0)"


def _usd(tokens: str, batch: str) -> str:
    """Price tokens of which some are at batch rates."""
    standard = f"([@{tokens}]-[@{batch}])*[@rate_{STANDARD}]"
    return f"({standard}+[@{batch}]*[@rate_{BATCH}])/tokens_per_mtok"


# Billed tokens cost what the used ones do on average; an amount alone is for those that were used.
_LISTED = (
    f"IF([@used]=0,{_usd('billed_tokens', 'billed_batch')},"
    "IF(ISBLANK([@billed_tokens]),[@usage_usd],[@usage_usd]*[@billed_tokens]/[@used]))"
)
_WHY = (
    'IF(OR([@rate_part]="",[@rate_part]=[@tokens_part]),[@tokens_part]&"",'
    'IF([@tokens_part]="","",[@tokens_part]&"; ")&[@rate_part])'
)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_USD = replace(theme.NUMBER, number='"$"#,##0.0000##')
_SIGNED = replace(theme.NUMBER, number='+"$"#,##0.0000##;-"$"#,##0.0000##;"–"')
_RATE = replace(theme.NUMBER, number="0.00####")
COLUMNS = (
    Column("model", "Model", width=26),
    Column("day", "Day", look=theme.NUMBER_DATE, width=12),
    Column("project", "Project", width=17),
    Column("meter", "Meter", width=16),
    Column("used", "Tokens used", look=_COUNT, width=12),
    Column("used_batch", "of them batch", look=_COUNT, width=11),
    Column("billed_tokens", "Tokens billed", look=_COUNT, width=12),
    Column("usage_usd", "Used, at the rates in force, USD", _usd("used", "used_batch"), _USD, 14),
    Column("billed", "Billed, USD", look=_USD, width=13),
    Column("difference", "Difference, USD", "[@tokens_usd]+[@rate_usd]", _SIGNED, 13),
    Column("why", "Why it differs", _WHY, theme.CELL, 36),
    Column("billed_batch", "Billed at batch rates, where none was used", look=_COUNT, width=16),
    Column("tokens_part", "Why the tokens differ", width=30),
    Column("rate_part", "Why the rate differs", width=30),
    Column(f"rate_{STANDARD}", "Standard rate, USD per 1M",
           _rate(STANDARD, "[@used]-[@used_batch]", "[@billed_tokens]-[@billed_batch]"), _RATE, 13),
    Column(f"rate_{BATCH}", "Batch rate, USD per 1M",
           _rate(BATCH, "[@used_batch]", "[@billed_batch]"), _RATE, 13),
    Column("listed_usd", "Billed tokens at the rates, USD", _LISTED, _USD, 15),
    Column("tokens_usd", "By the tokens, USD",
           'IF([@tokens_part]="",0,[@listed_usd]-[@usage_usd])', _SIGNED, 15),
    Column("rate_usd", "By the rate, USD",
           'IF([@rate_part]="",0,[@billed]-[@listed_usd])', _SIGNED, 15),
)  # fmt: skip
LETTERS = tables.letters(COLUMNS)
LAST_READ = LETTERS["why"]
"""The last column that is worth printing."""


def of_part(said: str) -> str:
    """Return the USD that all lines have of a part, by its cell."""
    return (
        f"SUMIFS({TABLE}[tokens_usd],{TABLE}[tokens_part],{said})"
        f"+SUMIFS({TABLE}[rate_usd],{TABLE}[rate_part],{said})"
    )


def rows(lines: Sequence[BillLine], words: Words, without_day: date) -> list[dict[str, Any]]:
    """Return the rows of the table; a line without a day is priced on ``without_day``."""

    def part(told: Part | None) -> str | None:
        return words.data(str(told)) if told else None

    return [
        {
            **line._asdict(),
            "day": line.day or without_day,
            "model": plain(line.model),
            "project": plain(line.project),
            "billed": float(line.billed),
            "tokens_part": part(line.tokens_part),
            "rate_part": part(line.rate_part),
        }
        for line in lines
    ]


def write(page: Page, top: int, held: Sequence[dict[str, Any]]) -> str:
    """Write the table with its captions in the row ``top``; return the cells worth printing."""
    tables.write_table(page, TABLE, (top, 2), COLUMNS, held or [{}])
    page.heights({top: 38})
    last = top + 1 + max(len(held), 1)
    page.flag_errors(f"{LETTERS['usage_usd']}{top + 2}:{LETTERS['rate_usd']}{last}")
    return f"B{top}:{LAST_READ}{last}"
