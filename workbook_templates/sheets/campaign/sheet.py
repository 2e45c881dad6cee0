"""The Campaign: one line per output spec, priced in its row; totals and a chart above the lines.

Nothing stands below the table, so that it can grow; its columns follow it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbook_templates.book import theme
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.book.words import Words
from workbook_templates.formulas import image
from workbook_templates.formulas.conditions import Check, RowFaults, holds
from workbook_templates.formulas.constants import MOST_ROWS
from workbook_templates.sheets.campaign.lines import (
    CAPTION_ROW,
    CAPTIONS,
    FAULT_TABLE,
    FAULTS,
    FIRST_ROW,
    FORMULAS,
    LINES,
    MESSAGES,
    STYLES,
    TABLE,
    TYPED,
    WIDTHS,
)
from workbook_templates.sheets.campaign.use_cases import draw_uses, write_uses

_MONEY_CARD = replace(theme.CARD_MONEY, size=14, number=theme.USD)
_LAST_ROW = 1_048_576


def columns() -> Mapping[str, int]:
    """Return the column number of each field."""
    return {name: number for number, name in enumerate(CAPTIONS, start=2)}


def defaults(words: Words) -> dict[str, Any]:
    """Return the prefilled inputs: the cap, and the lines by field."""
    lines = [entry._asdict() for entry in LINES]
    return {
        "campaign_cap": 500,
        TABLE: [{**entry, "use_case": words(entry["use_case"])} for entry in lines],
    }


def write(book: Book, job: Mapping[str, Any], models: str) -> None:
    """Write the sheet; ``job`` holds its inputs, ``models`` the range of the models' dropdown."""
    widths = [WIDTHS.get(name, 11 if name in TYPED else 16) for name in CAPTIONS]
    page = book.page("Campaign", (2, *widths, 2))
    _head(page, job)
    write_uses(page)
    draw_uses(page)
    note = "One line per output spec. Paste or type below the last line: the table grows with it."
    page.say(f"B{CAPTION_ROW - 2}", note, theme.NOTE)
    page.say(f"B{CAPTION_ROW - 1}", "Blue on yellow: you type here. Boxed: computed.", theme.NOTE)
    rows = [[entry.get(name) for name in CAPTIONS] for entry in job[TABLE]]
    page.table(TABLE, (CAPTION_ROW, 2), CAPTIONS, rows, STYLES, FORMULAS)
    page.heights({CAPTION_ROW: 26})
    _messages(page, models)
    page.flag_errors(f"L{FIRST_ROW}:Z{FIRST_ROW + MOST_ROWS}")
    page.sheet.freeze_panes = "C3"
    last = page.at(FIRST_ROW + len(rows) - 1, columns()["share"])
    page.print_setup(f"A1:{last}", f"{CAPTION_ROW}:{CAPTION_ROW + 1}")


def _messages(page: Page, models: str) -> None:
    """Explain every input column down to the last row that a campaign may have."""
    for name, (message, rule) in MESSAGES.items():
        extra = {"type": "list", "formula1": f"={models}", "errorStyle": "warning"}
        column = columns()[name]
        cells = f"{page.at(FIRST_ROW, column)}:{page.at(FIRST_ROW + MOST_ROWS - 1, column)}"
        page.validate(cells, CAPTIONS[name], message, **(extra if name == "model" else rule))


_BELOW = tuple(
    f"COUNTA(${letter}${FIRST_ROW}:${letter}${_LAST_ROW})-COUNTA({TABLE}[{field}])"
    for letter, field in (("B", "use_case"), ("C", "size"), ("F", "finals"))
)
_TOTALS = {
    "campaign_rows_below": f"MAX({','.join(_BELOW)})",
    "campaign_rows": f'COUNTIF({TABLE}[fault],">=0")+campaign_rows_below',
    "campaign_priced": f"COUNT({TABLE}[budget])",
    "campaign_total": "IF(campaign_priced<campaign_rows,NA(),SUM(tblCampaign[budget]))",
    "campaign_priced_usd": f'SUMIF({TABLE}[budget],">=0")',
    "campaign_saving": image.noticeable("(campaign_total-campaign_staged)", "campaign_total"),
    "campaign_left": 'IF(ISNUMBER(campaign_cap),campaign_cap-campaign_total,"")',
}


def _complete(field: str) -> str:
    """Sum a column only where every line has a figure."""
    return f"IF(COUNT({TABLE}[{field}])<campaign_rows,NA(),SUM({TABLE}[{field}]))"


def _head(page: Page, job: Mapping[str, Any]) -> None:
    words = page.words
    page.fill(f"A1:{page.at(2, len(CAPTIONS) + 2)}", theme.SUBTITLE)
    page.heights({1: 32, 2: 22, 3: 8, 4: 20, 5: 36, 6: 20, 7: 8})
    page.say("B1", "Campaign", theme.TITLE)
    page.say("B2", "All output specs of a campaign, one line each, in one budget.", theme.SUBTITLE)
    page.fill("B4:R6", theme.CARD_LABEL)
    page.say("B4", "Budget in USD, buffers included", theme.CARD_LABEL)
    big = replace(theme.CARD_MAIN, size=24)
    page.formula("B5", "campaign_total", _TOTALS["campaign_total"], big)
    page.formula("B6", "campaign_status", _status(page), theme.CARD_NOTE)
    page.say("E4", "Lines priced", theme.CARD_LABEL)
    page.formula("E5", "campaign_priced", _TOTALS["campaign_priced"], theme.CARD_COUNT)
    of_rows = replace(theme.CARD_NOTE, number=f'"{words("of")} "0')
    page.formula("E6", "campaign_rows", _TOTALS["campaign_rows"], of_rows)
    page.say("F4", "Budget cap, USD", theme.CARD_LABEL)
    cap = replace(theme.INPUT, number=theme.USD, size=11)
    page.input("F5", "campaign_cap", job["campaign_cap"], cap)
    page.validate(
        "F5",
        "Budget cap",
        "The most that the campaign may cost, in USD; empty: no cap.",
        type="decimal",
        operator="greaterThanOrEqual",
        formula1="0",
    )
    left = f'"$"#,##0.00" {words("left")}";"$"#,##0.00" {words("over the cap")}"'
    note = replace(theme.CARD_NOTE, number=left, bold=True)
    page.formula("F6", "campaign_left", _TOTALS["campaign_left"], note)
    page.say("I4", "Total generations", theme.CARD_LABEL)
    page.formula("I5", "campaign_generations", _complete("generations"), theme.CARD_COUNT)
    page.formula("I6", "campaign_finals", _finals(), _noted(f'"{words("finals")} "#,##0'))
    page.formula("L4", "campaign_plan", f"{words.quoted('Credits of ')}&plan", theme.CARD_LABEL)
    page.formula("L5", "campaign_credits", _complete("credits"), theme.CARD_COUNT)
    page.say("L6", "the plan that the Worksheet names", theme.CARD_NOTE)
    page.say("N4", "In two stages", theme.CARD_LABEL)
    page.formula("N5", "campaign_staged", _complete("staged_budget"), _MONEY_CARD)
    saves = _noted(f'"{words("saves")} "0.0%;"{words("costs more by")} "0.0%')
    page.formula("N6", "campaign_saving_share", _saving_share(), saves)
    saving = _noted('"$"#,##0.00;-"$"#,##0.00')
    page.formula("O6", "campaign_saving", _TOTALS["campaign_saving"], saving)
    page.say("P4", "Before the buffers", theme.CARD_LABEL)
    expected = f"{_complete('finals_cost')}+{_complete('retries_cost')}"
    page.formula("P5", "campaign_expected_cost", expected, _MONEY_CARD)
    page.say("Q4", "Priced so far", theme.CARD_LABEL)
    so_far = _TOTALS["campaign_priced_usd"]
    page.formula("Q5", "campaign_priced_usd", so_far, _MONEY_CARD)
    below = _noted(f'0" {words("rows left out")}";;"{words("no row left out")}"')
    page.formula("Q6", "campaign_rows_below", _TOTALS["campaign_rows_below"], below)


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


def _finals() -> str:
    return f"IF(campaign_priced<campaign_rows,NA(),SUM({TABLE}[finals]))"


def _saving_share() -> str:
    return "IF(campaign_total=0,0,campaign_saving/campaign_total)"


def _status(page: Page) -> str:
    quoted = page.words.quoted
    return (
        f"IF(campaign_priced<campaign_rows,{quoted('✘ incomplete: see Checks for the rows')},"
        f"{quoted('✔ all lines are priced')})"
    )


ERRORS = (
    Check(
        "ok_campaign_rows",
        "Every line of the campaign is priced",
        "The rows to mend are listed below; rows under the table are not in it: drag its corner "
        "over them.",
        holds("campaign_priced>=campaign_rows"),
    ),
    Check(
        "ok_campaign_table",
        "The campaign's formulas are whole, and it has 5,000 lines at most",
        "Undo what was typed or pasted over computed columns; split a longer campaign.",
        f"IF(ROWS({TABLE}[fault])>most_rows,0,IF(SUMPRODUCT(1-_xlfn.ISFORMULA("
        f"{TABLE}[[check]:[share]]))+SUMPRODUCT(1-_xlfn.ISFORMULA("
        f"{TABLE}[[staged_budget]:[fault_row]]))=0,1,0))",
    ),
)
NOTES = (
    Check(
        "note_campaign_cap",
        "The campaign stays within its cap",
        "Lower retries, quality or size of the largest lines; see Levers and Stages.",
        "IFERROR(IF(ISNUMBER(campaign_cap),IF(campaign_total<=campaign_cap,1,0),1),0)",
    ),
    Check(
        "note_campaign_service",
        "No line uses a model that shuts down within 60 days of the price date",
        "Plan new work with another model.",
        f"IF(SUMPRODUCT({image.IN_FORCE}[lines]*{image.IN_FORCE}[leaves])=0,1,0)",
    ),
    Check(
        "note_campaign_basis",
        "No line rests on estimated output tokens",
        "Counts of gpt-image-2.6 are taken over from 2.5: measure a few images and type the "
        "tokens as the quality.",
        f"IF(SUMPRODUCT({image.IN_FORCE}[lines]*{image.IN_FORCE}[estimated])=0,1,0)",
    ),
)
ROWS = RowFaults("campaign", "Campaign: rows to mend", TABLE, FAULT_TABLE, FAULTS, FIRST_ROW)
