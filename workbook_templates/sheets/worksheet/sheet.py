"""The Worksheet: the five steps in column C, the answer on top, where the money goes beside it."""

from dataclasses import replace

from openpyxl.styles import Border, Side

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Figure
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.sentence import up
from workbook_templates.sheets.checks import FIRST_ROW
from workbook_templates.sheets.worksheet import advice, hints, workings
from workbook_templates.sheets.worksheet.as_text import READ
from workbook_templates.sheets.worksheet.cards import CARDS
from workbook_templates.sheets.worksheet.chosen import IS_MEASURED
from workbook_templates.sheets.worksheet.inputs import SPEC, STEPS, bill
from workbook_templates.sheets.worksheet.workings import JOB, METERS, in_range, planned
from xl_pricing.rates.card import RateCard

STEPS_ROW, BILL_ROW, WORKINGS_ROW = 8, 28, 36
STEPS_OF_CHART_ROW = WORKINGS_ROW + 12
_LAST_INPUT = WORKINGS_ROW - 3
_WIDTHS = (1.5, 31, 21, 47, 1.5, 25, 14, 14, 14, 14, 1.5)
_UNSEEN = Side(style="thin", color=theme.PAPER)


def _noted(number: str) -> Style:
    return replace(theme.CARD_NOTE, number=number)


CHECKED = Figure("rates_checked", "Rates checked on", "MAX(tblRates[checked])",
                 look=replace(theme.TITLE_RIGHT, number=theme.DATE))  # fmt: skip
STATUS = Figure(
    "status",
    formula='IF(errors_found>0,"✘ "&errors_found&"« to fix, see Checks»",'
    'IF(notes_found>0,"▲ "&notes_found&"« to note, see Checks»","«✔ All checks passed»"))',
    look=theme.STATUS,
)
_RED = f'SUMPRODUCT(--(LEFT(D{STEPS_ROW + 1}:D{_LAST_INPUT},1)="✘"))'
RED_CELLS = Figure("red_cells", "Cells to fix on this sheet", _RED, look=theme.COMPUTED_FRACTION)
BUFFERED = Figure("buffered_final", "", planned("cost_per_final*(1+buffer)"),
                  look=_noted('"$"0.0000'))  # fmt: skip
SIZE_USED = Figure("size_used", "", 'size_width&"x"&size_height', look=theme.STEP_VALUE)

_BLANK, _TOTAL = Figure(""), Figure("", look=theme.TOTAL)
_IN_TOKENS = {
    "text_in": in_range(image.text_tokens(JOB)),
    "image_in": in_range(image.image_tokens(JOB)),
    "image_out": "tokens_per_call/images_per_call",
}
_MEASURED_COST = f"IF({IS_MEASURED},ISNUMBER(measured_cost),FALSE)"
_USE = f'IF({_MEASURED_COST},measured_cost-token_cost_per_image,"")'


def _share_of_image(part: str) -> Figure:
    """Return a part's share; where what was measured cost nothing, nothing has one."""
    share = f"IF(cost_per_image=0,0,usd_{part}/cost_per_image)"
    return Figure(f"share_{part}", "", share, look=theme.COMPUTED_SHARE)


def _meter(meter: str) -> tuple[Figure, ...]:
    tokens, rate = f"tokens_{meter}", f"rate_{meter}"
    usd = f"{charges.charge(tokens, rate)}/tokens_per_mtok"
    return (
        Figure(tokens, "", _IN_TOKENS[meter], look=theme.COMPUTED_FRACTION),
        Figure(rate, look=theme.COMPUTED_RATE),
        Figure(f"usd_{meter}", "", usd, look=theme.COMPUTED_PRICE),
        _share_of_image(meter),
    )


def _part(part: str, images: str, usd: str) -> tuple[Figure, ...]:
    """Return a part of the job; images are rounded up so that they add up, USD is exact."""
    share = f"IF(budget_usd=0,0,{part}_cost/budget_usd)"
    return (
        Figure(f"whole_{part}", "", planned(images), look=theme.COMPUTED_COUNT),
        Figure("cost_per_image", look=theme.COMPUTED_PRICE),
        Figure(f"{part}_cost", "", usd, look=theme.COMPUTED_USD),
        Figure(f"share_{part}", "", share, look=theme.COMPUTED_SHARE),
    )


IMAGE_HEADS = ("Per image", "Tokens", "USD per 1M", "USD per image", "Share")
IMAGE_LINES: tuple[tuple[str | Figure, tuple[Figure, ...]], ...] = (
    *((label, _meter(meter)) for meter, label in METERS.items()),
    (Figure("measured_label", "", f'IF({_MEASURED_COST},"«Difference on the bill»","")',
            look=theme.LABEL),
     (_BLANK, _BLANK, Figure("usd_measured", "", _USE, look=theme.COMPUTED_PRICE),
      Figure("share_measured", "",
             'IF(usd_measured="","",IF(cost_per_image=0,0,usd_measured/cost_per_image))',
             look=theme.COMPUTED_SHARE))),
)  # fmt: skip
IMAGE_TOTAL = (
    _TOTAL,
    _TOTAL,
    Figure("cost_per_image", "", "SUM(I10:I13)", look=theme.TOTAL_PRICE),
    Figure("share_total", "", "SUM(J10:J13)", look=theme.TOTAL_SHARE),
)
JOB_HEADS = ("The job", "Images", "USD per image", "USD", "Share")
JOB_LINES = (
    ("Finals, one image each", _part("finals", up("finals"), "cost_per_image*finals_images")),
    ("Retries beyond these",
     _part("retries", f"generations-{up('finals')}", "cost_per_image*retries_images")),
    ("Buffer", _part("buffer", f"{up('generations_with_buffer')}-generations",
                     "expected_cost*buffer")),
)  # fmt: skip
JOB_TOTAL = (
    Figure("images_total", "", "SUM(G17:G19)", look=theme.TOTAL_COUNT),
    _TOTAL,
    Figure("job_total", "", "SUM(I17:I19)", look=theme.TOTAL_USD),
    Figure("share_job", "", "SUM(J17:J19)", look=theme.TOTAL_SHARE),
)

_EVIDENCE = {
    "checked": theme.COMPUTED_DATE,
    "basis": theme.COMPUTED_TEXT,
    "source": replace(theme.NOTE, indent=2),
}


def _evidence(name: str, found: str) -> tuple[Figure, ...]:
    """Return checked, basis and source of a figure; ``found`` is the look-up of a column."""
    return tuple(
        Figure(f"{field}_{name}", "", found.format(field), look=look)
        for field, look in _EVIDENCE.items()
    )


def _of_rate(meter: str) -> str:
    return f"IF(rate_row_{meter}=0,NA(),INDEX(tblRates[{{}}],rate_row_{meter}))"


PROVENANCE = (
    *((label, _evidence(meter, _of_rate(meter))) for meter, label in METERS.items()),
    (
        "Output tokens",
        _evidence("tokens", image.of_model("{}", "model_row")),
    ),
)
"""Where the figures in use come from."""


def _step(part: str, usd: str, base: str) -> tuple[Figure, Figure]:
    return (
        Figure(f"chart_base_{part}", "", base, look=theme.COMPUTED_USD),
        Figure(usd, look=theme.COMPUTED_USD),
    )


CHART_STEPS = (
    ("Cost of finals", _step("finals", "finals_cost", "0")),
    ("Cost of retries", _step("retries", "retries_cost", "finals_cost")),
    ("Cost of the buffer", _step("buffer", "buffer_cost", "finals_cost+retries_cost")),
    ("Budget", _step("budget", "budget_usd", "0")),
)
"""The chart's steps: an unseen base and the part that stands on it."""


def write(book: Book, card: RateCard) -> None:
    """Write the sheet; plans and the day of the prices are the card's. It has one chart."""
    page = book.page("Worksheet", _WIDTHS)
    says = "The bill is generations, not finals: finals × retries, plus a buffer."
    heights = {4: 20, 5: 46, 6: 20, 7: 8}
    blocks.head(page, "K", "What will these images cost?", says, heights)
    page.say("I1", CHECKED.label, theme.TITLE_RIGHT)
    blocks.put(page, "J1", CHECKED)
    blocks.put(page, "J2", STATUS)
    page.link("J2", f"'{page.words('Checks')}'!B{FIRST_ROW}")
    blocks.write_cards(page, ("B4:D6", "F4:J6"), CARDS)
    blocks.put(page, "J6", BUFFERED)
    blocks.section(page, "BCD", STEPS_ROW, "1   Output spec", *SPEC)
    blocks.put(page, f"C{STEPS_ROW}", SIZE_USED)
    blocks.write_entries(page, "BCD", STEPS_ROW + len(SPEC) + 2, STEPS)
    blocks.section(page, "BCD", BILL_ROW, "Bill and currency", *bill(card))
    _mark(page)
    page.say(f"B{_LAST_INPUT + 1}", "Blue on yellow: you type here. Boxed: computed.", theme.NOTE)
    _money(page)
    last = _workings(page)
    _chart(page, STEPS_OF_CHART_ROW + 1)
    page.sheet.freeze_panes = "A8"
    page.print_setup(f"A1:K{WORKINGS_ROW - 1}", pages=1)
    page.flag_errors(f"B4:J{last}")
    page.protect()


def _mark(page: Page) -> None:
    """Turn a wrong input red with what is said of it, and one that is not used grey."""
    first, inputs = STEPS_ROW + 1, f"C{STEPS_ROW + 1}:D{_LAST_INPUT}"
    page.mark(inputs, f'LEFT($D{first},1)="✘"', theme.RED, theme.RED_FILL)
    page.mark(inputs, f'LEFT($D{first},1)="▲"', theme.AMBER, theme.AMBER_FILL)
    page.mark("B6", 'LEFT($B$6,1)="▲"', theme.AMBER)
    page.mark("B6", "ISERROR($B$5)", theme.RED)
    for name, condition in hints.UNUSED.items():
        _, at = page.book.inputs[name]
        page.mark(at, page.words.fill(condition), theme.UNUSED, theme.UNUSED_FILL, bold=False)
    page.mark("F13:J13", '$I$13=""', border=Border(left=_UNSEEN, right=_UNSEEN))


def _money(page: Page) -> None:
    """Write the lines of one image and of the job."""
    blocks.title(page, "F8:J8", "Where the money goes")
    blocks.headers(page, 9, "FGHIJ", IMAGE_HEADS)
    for row, (label, figures) in enumerate(IMAGE_LINES, start=10):
        blocks.write_row(page, "FGHIJ", row, label, figures)
    blocks.write_row(page, "FGHIJ", 14, "Cost per image", IMAGE_TOTAL, theme.TOTAL_LABEL)
    blocks.headers(page, 16, "FGHIJ", JOB_HEADS)
    for row, (label, figures) in enumerate(JOB_LINES, start=17):
        blocks.write_row(page, "FGHIJ", row, label, figures)
    blocks.write_row(page, "FGHIJ", 20, "Budget", JOB_TOTAL, theme.TOTAL_LABEL)
    note = "Images are rounded up to whole ones; USD is of the exact figures, in the workings."
    page.say("F21", note, theme.NOTE)
    blocks.title(page, "F22:J22", "From finals to budget, in USD")


def _workings(page: Page) -> int:
    """Write the workings, the rates' provenance and the chart's steps; return the last row."""
    top = WORKINGS_ROW
    entries = (*workings.IMAGE, *workings.RATE)
    left = blocks.section(page, "BCD", top, "Workings: nothing to type here", *entries)
    blocks.title(page, f"F{top}:J{top}", "Where the rates come from")
    page.fill(f"F{top + 1}:J{top + 1}", theme.HEADER)
    blocks.headers(page, top + 1, "FGH", ("Rate and its source", "Checked on", "Basis"))
    for i, (label, (*figures, source)) in enumerate(PROVENANCE):
        blocks.write_row(page, "FGH", top + 2 + 2 * i, label, figures)
        blocks.put(page, f"F{top + 3 + 2 * i}", source)
    steps_row = STEPS_OF_CHART_ROW
    blocks.title(page, f"F{steps_row}:J{steps_row}", "Steps of the chart")
    blocks.headers(page, steps_row + 1, "FGH", ("Part", "Base, USD", "USD"))
    for row, (label, steps) in enumerate(CHART_STEPS, start=steps_row + 2):
        blocks.write_row(page, "FGH", row, label, steps)
    entries = (*workings.COST, *workings.PLAN, *workings.CURRENCY, *advice.ADVICE, RED_CELLS, *READ)
    blocks.title(page, f"F{steps_row + 8}:J{steps_row + 8}", "Cost and plan")
    right = blocks.write_entries(page, "FGH", steps_row + 9, entries)
    return max(left, right) - 1


def _chart(page: Page, top: int) -> None:
    """Draw the budget as steps: finals, what retries add, what the buffer adds, the sum."""
    last = top + len(CHART_STEPS)
    chart = charts.bars("col")
    charts.add(page, chart, Cells(top, last, 7, 8), Cells(top + 1, last, 6, 6))
    base, part = chart.series
    charts.fill(base, None)
    charts.fill(part, theme.TEAL, charts.value_labels('"$"#,##0.00', theme.white_labels()))
    charts.fill_point(part, len(CHART_STEPS) - 1, theme.NAVY)
    charts.dress(chart, '"$"#,##0', (15, 6), legend=None)
    says = "From finals to budget: what retries and the buffer add, in USD"
    charts.place(page, chart, "F23", says)
