"""The Campaign: one line per output spec, priced in its row; totals and a chart above the lines.

Nothing stands below the table, so that it can grow; its columns follow it.
"""

from dataclasses import replace

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Card, Figure, Input, at_least
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import charges, examples
from workbook_templates.formulas.conditions import Check, first_of, holds, is_number
from workbook_templates.formulas.constants import MOST_ROWS, RETIREMENT_NOTICE_DAYS
from workbook_templates.formulas.faults import RowFaults, places
from workbook_templates.formulas.sentence import fixed, is_whole, sentence, up
from workbook_templates.sheets.campaign import use_cases
from workbook_templates.sheets.campaign.lines import (
    CAPTION_ROW,
    COLUMNS,
    DRAFTS_FAULT,
    FAULT_TABLE,
    FAULTS,
    FIRST_ROW,
    LINES,
    TABLE,
    example,
)

_LETTERS = tables.letters(COLUMNS)
_LAST_ROW = 1_048_576
_BELOW = (
    f"COUNTA(${_LETTERS[field]}${FIRST_ROW}:${_LETTERS[field]}${_LAST_ROW})"
    f"-COUNTA({TABLE}[{field}])"
    for field in ("use_case", "size", "finals")
)


def _complete(field: str, figures: str = "") -> str:
    """Sum a column only where every line has a figure; what is left out has none."""
    counted = figures or f"COUNT({TABLE}[{field}])"
    return f"IF({counted}<campaign_rows,NA(),SUMIF({TABLE}[filled],1,{TABLE}[{field}]))"


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


_MONEY = replace(theme.CARD_MONEY, size=14, number=theme.USD_SHORT)
_STATUS = (
    'IF(campaign_priced<campaign_rows,"«✘ incomplete: see Checks»",'
    'IF(campaign_rows=0,"«no line yet»",IF(campaign_own=0,"«▲ of EXAMPLE lines»",'
    '"«✔ all lines are priced»")))'
)
CAP = Input("campaign_cap", 500, "Budget cap", "",
            "The most that the campaign may cost, in USD; empty: no cap.",
            theme.USD, at_least(0))  # fmt: skip
LEFT = Figure(
    "campaign_left",
    "",
    f'IF({is_number("campaign_cap")},campaign_cap-campaign_total,"")',
    look=replace(_noted('"$"#,##0.00" «left»";"$"#,##0.00" «over the cap»"'), bold=True),
)
"""What stands below the cap."""
CARDS = (
    Card("B", "Budget, buffers included", "campaign_total",
         _complete("budget", "campaign_priced"), replace(theme.CARD_MAIN, size=24),
         Figure("campaign_status", "", _STATUS, look=theme.CARD_NOTE)),
    Card("C", "Lines priced", "campaign_priced", f"COUNT({TABLE}[budget])", theme.CARD_COUNT,
         Figure("campaign_rows", "", f'COUNTIF({TABLE}[fault],">=0")+campaign_rows_below',
                look=_noted('"«of» "0'))),
    Card("I", "Total generations", "campaign_images", up("campaign_generations"),
         replace(theme.CARD_COUNT, size=14, fraction=None),
         Figure("campaign_finals", "", _complete("finals", "campaign_priced"),
                look=_noted('"«finals» "#,##0'))),
    Card("L", Figure("plan_caption", look=theme.CARD_LABEL),
         "campaign_credits", f'IF(has_plan=1,{_complete("credits")},"–")', theme.CARD_COUNT,
         Figure("campaign_rows_below", "", f"MAX({','.join(_BELOW)})",
                look=_noted('0" «rows left out»";;"«no row left out»"'))),
    Card("E", "In two stages", "campaign_staged", _complete("staged_budget"), _MONEY,
         Figure("campaign_saving_share", "",
                "IF(campaign_total=0,0,campaign_saving/campaign_total)",
                look=_noted('"«saves» "0.0%;"«costs more by» "0.0%'))),
    Card("J", "Before the buffers", "campaign_expected_cost",
         f"{_complete('finals_cost')}+{_complete('retries_cost')}", _MONEY),
)  # fmt: skip
SO_FAR = Figure(
    "campaign_priced_usd",
    "",
    f'SUMIF({TABLE}[budget],">=0")',
    look=_noted('"«priced so far» $"#,##0.00'),
)
"""What stands below the total, which is #N/A as long as a line is not priced."""
_EXACT = "campaign_generations"
ROUNDED = Figure(
    "campaign_rounded",
    "",
    first_of(
        ((f"NOT(ISNUMBER({_EXACT}))", '""'), (is_whole(_EXACT), '""')),
        sentence("rounded up from {exact}", exact=fixed(_EXACT)),
    ),
    look=theme.CARD_NOTE,
)
"""What stands below the generations where they are not whole."""
EXACT = Figure(_EXACT, "All lines", _complete("generations"), look=theme.TOTAL_FRACTION)
"""What stands above the exact generations of the lines."""
SAVING = Figure(
    "campaign_saving",
    "",
    charges.noticeable("(campaign_total-campaign_staged)", "campaign_total"),
    look=_noted('"$"#,##0.00;-"$"#,##0.00'),
)
"""What stands beside the saving's share."""
EXAMPLES = Figure("campaign_told", "", examples.told("campaign"), look=theme.WARNING)
"""What stands above the lines where there are examples among them."""


DEFAULTS = {
    CAP.name: CAP.value,
    TABLE: [*map(example, LINES)],
}
"""What is prefilled: the cap, and the lines by field."""
NEUTRAL = {CAP.name: None}


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Campaign", tables.widths(COLUMNS, 16))
    says = "All output specs of a campaign, one line each, in one budget."
    right = page.at(2, len(COLUMNS) + 2).rstrip("2")
    blocks.head(page, right, "Campaign", says, {4: 20, 5: 36, 6: 20, 7: 18, 8: 26})
    _cards(page)
    use_cases.write(page)
    note = "One line per output spec. Paste or type below the last line: the table grows with it."
    blocks.put(page, f"B{CAPTION_ROW - 3}", EXAMPLES)
    page.say(f"B{CAPTION_ROW - 2}", note, theme.NOTE)
    page.say(f"B{CAPTION_ROW - 1}", "Blue on yellow: you type here. Boxed: computed.", theme.NOTE)
    exact = _LETTERS["generations"]
    page.say(f"{exact}{CAPTION_ROW - 2}", EXACT.label, theme.NOTE)
    blocks.put(page, f"{exact}{CAPTION_ROW - 1}", EXACT)
    lines = book.typed[TABLE]
    tables.write_table(page, TABLE, (CAPTION_ROW, 2), COLUMNS, lines)
    page.heights({CAPTION_ROW: 38})
    last_row = FIRST_ROW + MOST_ROWS - 1
    tables.explain_columns(page, COLUMNS, (FIRST_ROW, 2), last_row)
    finals = _LETTERS["finals"]
    page.show_fractions(f"{finals}{FIRST_ROW}:{finals}{last_row}", theme.FRACTION)
    page.flag_errors(f"L{FIRST_ROW}:Z{FIRST_ROW + MOST_ROWS}")
    tables.mark_wrong_cells(page, _LETTERS, places(FAULTS), (FIRST_ROW, last_row))
    check = _LETTERS["check"]
    page.mark(f"{check}{FIRST_ROW}:{check}{last_row}", f'LEFT({check}{FIRST_ROW},1)="▲"',
              theme.AMBER)  # fmt: skip
    page.sheet.freeze_panes = "C3"
    _print(page, FIRST_ROW + len(lines) - 1)


def _print(page: Page, last_row: int) -> None:
    """Print what is typed and checked with the answers above, then what each line gives."""
    typed = f"A1:{_LETTERS['check']}{last_row}"
    gives = f"{_LETTERS['output_tokens']}{CAPTION_ROW}:{_LETTERS['break_even_retries']}{last_row}"
    names = _LETTERS["use_case"]
    page.print_setup(
        typed, gives, title_rows=f"{CAPTION_ROW}:{CAPTION_ROW}", title_columns=f"{names}:{names}"
    )


def _cards(page: Page) -> None:
    """Write the answers, and among them the cap, which is typed."""
    blocks.write_cards(page, ("B4:L6",), CARDS)
    page.fill("B7:L7", theme.CARD_NOTE)
    page.say("H4", "Budget cap, USD", theme.CARD_LABEL)
    blocks.write_input(page, "H5", CAP, replace(theme.INPUT, size=11))
    for at, figure in (("H6", LEFT), ("F6", SAVING), ("B7", SO_FAR), ("I7", ROUNDED)):
        blocks.put(page, at, figure)


_WITHOUT_DRAFTS = f"COUNTIF({TABLE}[fault],{DRAFTS_FAULT})"
_LINES_WITH = f"IF(SUMPRODUCT({charges.IN_FORCE}[lines]*{charges.IN_FORCE}[{{}}])=0,1,0)"
ERRORS = (
    Check("ok_campaign_rows", "Every line of the campaign is priced",
          "The rows to fix are listed below; rows under the table are not in it: drag its corner "
          "over them.",
          holds("campaign_priced>=campaign_rows"), ("ok_day",), f"{TABLE}[check]",
          many="campaign_rows-campaign_priced"),
    Check("ok_campaign_table",
          f"The campaign's formulas are whole, and it has {MOST_ROWS:,} lines at most",
          "Undo what was typed or pasted over computed columns; split a longer campaign.",
          f"IF(ROWS({TABLE}[fault])>most_rows,0,IF(SUMPRODUCT(1-_xlfn.ISFORMULA("
          f"{TABLE}[[check]:[share]]))+SUMPRODUCT(1-_xlfn.ISFORMULA("
          f"{TABLE}[[staged_budget]:[fault_row]]))=0,1,0))"),
)  # fmt: skip
NOTES = (
    Check("note_campaign_cap", "The campaign stays within its cap",
          "Lower retries, quality or size of the largest lines; see Levers and Stages.",
          f"IF({is_number('campaign_cap')},IF(campaign_total<=campaign_cap,1,0),1)",
          ("ok_campaign_rows",), CAP.name),
    Check("note_campaign_service",
          f"No line uses a model that shuts down within {RETIREMENT_NOTICE_DAYS} days of the "
          "price date",
          "Plan new work with another model.", _LINES_WITH.format("leaves"), ("ok_day",)),
    Check("note_campaign_basis", "No line rests on estimated output tokens",
          "Counts of gpt-image-2.6 are taken over from 2.5: measure a few images and type the "
          "tokens as the quality.", _LINES_WITH.format("estimated")),
    Check("note_campaign_drafts", "Every line has a price for its drafts",
          "The lines marked ▲ are priced at full quality; the budget in two stages is not known. "
          "Choose drafts that their model takes.",
          holds(f"{_WITHOUT_DRAFTS}=0"), ("note_stage",), f"{TABLE}[draft_size]",
          many=_WITHOUT_DRAFTS),
)  # fmt: skip
ROWS = RowFaults("campaign", "Campaign: rows to fix", TABLE, FAULT_TABLE, FAULTS, FIRST_ROW)
