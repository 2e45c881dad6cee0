"""The Stages sheet: explore with cheap drafts, then finish at full quality, if that pays off."""

from dataclasses import replace

from workbook_templates.book import blocks, charts, theme
from workbook_templates.book.blocks import Card, Figure, Input, at_least, words_listed
from workbook_templates.book.charts import Cells
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.conditions import Check, within
from workbook_templates.formulas.sentence import fixed, sentence, up
from workbook_templates.sheets.worksheet.workings import JOB, RATES, TOKENS, planned
from xl_pricing.estimation.budget import DEFAULT_RETRIES
from xl_pricing.estimation.image import QUALITIES

_PARTS = {
    "must": fixed("stage_break_even"),
    "saved": fixed("stage_saved_retries"),
    "retries": fixed("retries_used"),
    "finish": fixed("stage_finish_retries"),
}
PAYS = sentence(
    "✔ Pays off: the drafts must save {must} full-quality generations per final, and are expected "
    "to save {saved} (from {retries} down to {finish}).",
    **_PARTS,
)
EVEN = sentence(
    "Breaks even: the drafts must save {must} full-quality generations per final, just what they "
    "are expected to save (from {retries} to {finish}).",
    **_PARTS,
)
LOSES = sentence(
    "▲ Does not pay off: the drafts must save {must} full-quality generations per final, but are "
    "expected to save only {saved} (from {retries} to {finish}).",
    **_PARTS,
)
UNKNOWN = "No answer: the job has no price, or the drafts have none; see Checks."

NOTES = (
    Check(
        "note_stage",
        "The drafts of the Stages sheet can be made",
        "Drafts 0 or more, retries after them 1 or more, a quality and a size that the model "
        "takes; an empty size is the job's.",
        f"MIN({within('stage_drafts', 'stage_drafts>=0')},"
        f"{within('stage_finish_retries', 'stage_finish_retries>=1')},"
        "IF(ISNUMBER(stage_tokens),1,0))",
        ("ok_model", "ok_size", "ok_images_per_call"),
    ),
)
"""Rules for the Checks sheet."""


def _valid(text: str) -> str:
    return f"IF(stage_valid=1,{text},NA())"


_USD = charges.usd({**TOKENS, "image_out": "stage_tokens"}, RATES)
_FACTOR = replace(theme.CARD_MONEY, number=theme.FACTOR)
_SHARE = replace(theme.CARD_MONEY, number=theme.PERCENT)
_VERDICT = Style(size=11, bold=True, color=theme.NAVY, fill=theme.MIST, indent=1)
_JUDGED = f"IF(stage_saved_usd>0,{PAYS},IF(stage_saved_usd=0,{EVEN},{LOSES}))"
VERDICT = f'IF(stage_valid=0,"«{UNKNOWN}»",{_JUDGED})'
EXPLANATION = (
    (
        "Break-even is drafts x cost of a draft / cost of a final. An estimate: check it with a "
        "few real drafts."
    ),
    "Every draft is made with the job's model, tier, prompt and reference images, at token prices.",
)

CARDS = (
    Card("B", "Budget in two stages", "stage_total", "", replace(theme.CARD_MAIN, size=24),
         "drafts and finals, buffer included"),
    Card("C", "Saving, USD", "stage_saving", _valid("finals*(1+buffer)*stage_saved_usd"),
         theme.CARD_PRICE_USD, "minus: costs more"),
    Card("D", "Saving", "stage_saving_share",
         _valid("IF(stage_high_total=0,0,stage_saving/stage_high_total)"), _SHARE,
         "of the budget at full quality"),
    Card("F", "Break-even: the drafts must save", "stage_break_even",
         _valid("stage_drafts*stage_draft_cost/token_cost_per_image"), _FACTOR,
         "full-quality generations per final"),
    Card("G", "They are expected to save", "stage_saved_retries",
         _valid("retries_used-stage_finish_retries"), _FACTOR,
         "retries now less retries after the drafts"),
    Card("I", "All at full quality", "stage_high_total", "",
         replace(theme.CARD_PRICE_USD, size=14), "buffer included"),
)  # fmt: skip
EXPLORE = (
    Input("stage_drafts", 3, "Drafts per final", "cheap images to choose from",
          "How many drafts are made for each final, on average: a number, 0 or more.",
          "0.##", at_least(0)),
    Input("stage_quality", "low", "Draft quality", "any quality that the model takes",
          "A quality that the model takes; low is cheapest. Or a number: output tokens of a draft "
          "that you measured.", rule=words_listed(QUALITIES, others=True)),
    Input("stage_size", "768x960", "Draft size", "px or ratio; empty: the size of the job",
          "Px such as 768x960, or a ratio of the sizes table such as 4:5. Empty: the job's size."),
    Figure("stage_size_used", "Size of a draft", 'stage_width&"x"&stage_height',
           "px, 0x0 if not readable"),
    Figure("stage_draft_cost", "Cost of a draft", f"IF(spec_valid=1,{_USD},NA())",
           "USD per image", theme.COMPUTED_PRICE),
)  # fmt: skip
FINISH = (
    Input("stage_finish_retries", 1.1, "Retries after the drafts",
          "generations per final, once a draft is chosen",
          "Full-quality generations per final when a draft has been chosen: a number, 1 or more.",
          theme.FACTOR, at_least(1)),
    Figure("token_cost_per_image", "Cost at full quality", "",
           "USD per image, the job's quality", theme.COMPUTED_PRICE),
    Figure("retries_used", "Retries without drafts", "",
           "generations per final, as on the Worksheet", theme.COMPUTED_RATE),
)  # fmt: skip
DEFAULTS = {entry.name: entry.value for entry in (*EXPLORE, *FINISH) if isinstance(entry, Input)}
"""What is prefilled; drafts, quality and retries also serve blank cells of the campaign."""
NEUTRAL = {"stage_drafts": 0, "stage_size": None, "stage_finish_retries": int(DEFAULT_RETRIES)}
"""What is filled in where nothing is planned yet: no drafts."""
CAMPAIGN = (
    Figure("campaign_total", "All at full quality", "", "the lines of the Campaign sheet",
           theme.COMPUTED_USD),
    Figure("campaign_staged", "In two stages", look=theme.COMPUTED_USD),
    Figure("campaign_saving", "Saving, USD", look=theme.COMPUTED_USD),
    Figure("campaign_saving_share", "Saving", look=theme.COMPUTED_SHARE),
)  # fmt: skip

WAYS = ("All at full quality", "In two stages")
# A part that costs nothing has no label in the chart.
_USD_DRAWN = replace(theme.COMPUTED, number=theme.USD_DRAWN)
_ROUNDED = "Images are rounded up to whole ones; USD is of the exact figures, in the workings."
_BUFFERED = "(stage_draft_{0}+stage_finish_{0})*buffer"


def _part(name: str, images: str, usd_name: str, usd: str) -> tuple[Figure, Figure]:
    """Return a part of a way: images rounded up so that they add up, and USD, which is exact."""
    return (
        Figure(f"{name}_images", "", images, "", theme.COMPUTED_COUNT),
        Figure(usd_name, "", usd, "", _USD_DRAWN),
    )


def _total(name: str, usd: str) -> tuple[Figure, Figure]:
    return (
        Figure(f"{name}_images", "", up(f"{name}_generations"), "", theme.TOTAL_COUNT),
        Figure(name, "", usd, "", theme.TOTAL_USD),
    )


_NOTHING = (Figure("", ""), Figure("", ""))
_DRAFTED, _HIGH = up("stage_draft_generations"), up("stage_high_generations")
_MADE = up("(stage_draft_generations+stage_finish_generations)")
# Label; generations and USD of the first way, and of the second.
PARTS = (
    ("Drafts", _NOTHING,
     _part("stage_draft", _DRAFTED,
           "stage_draft_usd", _valid("stage_draft_cost*stage_draft_generations"))),
    ("Full quality",
     _part("stage_high", _HIGH,
           "stage_high_usd", planned("token_cost_per_image*stage_high_generations")),
     _part("stage_finish", f"{_MADE}-{_DRAFTED}",
           "stage_finish_usd", _valid("token_cost_per_image*stage_finish_generations"))),
    ("Buffer",
     _part("stage_high_buffer", f"{up('stage_high_total_generations')}-{_HIGH}",
           "stage_high_buffer", planned("stage_high_usd*buffer")),
     _part("stage_buffer", f"{up('stage_total_generations')}-{_MADE}",
           "stage_buffer", _valid(_BUFFERED.format("usd")))),
    ("Total",
     _total("stage_high_total", "stage_high_usd+stage_high_buffer"),
     _total("stage_total", "stage_draft_usd+stage_finish_usd+stage_buffer")),
)  # fmt: skip

_TEXT = replace(theme.COMPUTED, number=theme.TEXT)
_COUNTED = theme.COMPUTED_COUNT
_DRAFT = image.image_cells("stage_", images="stage_images")
_BOTH_COSTS = "stage_draft_cost*token_cost_per_image*retries_used"
_SAVED = "(token_cost_per_image*stage_saved_retries-stage_drafts*stage_draft_cost)"
SIZE_WORKINGS = (
    Figure("stage_size_text", "Draft size as read", image.size_text(_DRAFT, wide=True),
           "ratio or px", _TEXT),
    Figure("stage_width", "Draft width, px", image.width(_DRAFT, JOB), "0 = not readable",
           _COUNTED),
    Figure("stage_height", "Draft height, px", image.height(_DRAFT, JOB), "0 = not readable",
           _COUNTED),
    Figure("stage_legal", "Draft is legal", image.legal(_DRAFT), "1 = yes", _COUNTED),
    Figure("stage_grid", "Draft grid", image.grid(_DRAFT), "cells", _COUNTED),
    Figure("stage_cells", "Draft cells", image.cells(_DRAFT), "cells", _COUNTED),
    Figure("stage_listed", "Tokens of the fixed size",
           image.listed_tokens(_DRAFT), "0 = none", _COUNTED),
    Figure("stage_images", "Images per call", "IF(ok_images_per_call=1,images_per_call,1)",
           "images",
           _COUNTED),
    Figure("stage_tokens", "Draft tokens", image.output_tokens(_DRAFT), "per draft",
           _COUNTED),
)  # fmt: skip
_EXACT = replace(theme.COMPUTED, number=theme.COUNT, fraction=theme.FRACTION)
GENERATIONS = (
    ("Drafts", "stage_draft", _valid("finals*stage_drafts")),
    ("Full quality, after drafts", "stage_finish", _valid("finals*stage_finish_retries")),
    ("Buffer, in two stages", "stage_buffer", _valid(_BUFFERED.format("generations"))),
    ("Total, in two stages", "stage_total",
     "stage_draft_generations+stage_finish_generations+stage_buffer_generations"),
    ("All at full quality", "stage_high", planned("finals*retries_used")),
    ("Buffer, all at full quality", "stage_high_buffer", planned("stage_high_generations*buffer")),
    ("Total, all at full quality", "stage_high_total",
     "stage_high_generations+stage_high_buffer_generations"),
)  # fmt: skip
"""Exact generations: label, name and formula."""
SAVING_WORKINGS = (
    Figure("stage_valid", "Both ways have a price",
           f"IF(plan_valid*note_stage=1,IF(ISNUMBER({_BOTH_COSTS}),"
           "IF(token_cost_per_image>0,1,0),0),0)",
           "1 = yes", _COUNTED),
    Figure("stage_saved_usd", "Saved per final",
           _valid(charges.noticeable(_SAVED, "token_cost_per_image*retries_used")),
           "USD, before the buffer", theme.COMPUTED_PRICE),
    *(Figure(f"{name}_generations", label, formula, "generations, exact", _EXACT)
      for label, name, formula in GENERATIONS),
)  # fmt: skip


_WORKINGS_ROW = 35


def write(book: Book) -> None:
    """Write the sheet; it has one chart."""
    page = book.page("Stages", (1.5, 28, 19, 38, 1.5, 27.5, 17, 17, 17, 17, 1.5))
    says = "Explore with cheap drafts, then finish the chosen ones at full quality."
    blocks.head(page, "K", "Stages", says, {4: 20, 5: 40, 6: 18, 7: 6, 8: 24})
    blocks.write_cards(page, ("B4:D6", "F4:J6"), CARDS)
    page.fill("B8:J8", _VERDICT)
    page.formula("B8", "stage_verdict", VERDICT, _VERDICT)
    for row, text in enumerate(EXPLANATION, start=9):
        page.say(f"B{row}", text, theme.NOTE)
    blocks.section(page, "BCD", 11, "1   Explore: drafts", *EXPLORE)
    blocks.section(page, "BCD", 17, "2   Finish: full quality", *FINISH)
    blocks.section(page, "BCD", 22, "The whole campaign in two stages", *CAMPAIGN)
    page.say("B27", "Drafts, draft quality and retries after the drafts also", theme.NOTE)
    page.say("B28", "serve the campaign's lines that leave theirs blank.", theme.NOTE)
    _two_ways(page, 11)
    page.say("F18", _ROUNDED, theme.NOTE)
    _chart(page, 14, "F19")
    title = "Workings: nothing to type here"
    last = blocks.section(page, "BCD", _WORKINGS_ROW, title, *SIZE_WORKINGS) - 1
    blocks.section(page, "FGHIJ", _WORKINGS_ROW, "What drafts save", *SAVING_WORKINGS)
    page.flag_errors(f"B4:J{last}")
    page.print_setup(f"A1:K{_WORKINGS_ROW - 1}", pages=1)
    page.protect()


def _two_ways(page: Page, top: int) -> None:
    """Write the two ways side by side: generations, then USD."""
    blocks.title(page, f"F{top}:J{top}", "The two ways side by side")
    page.fill(f"F{top + 1}:J{top + 2}", theme.HEADER)
    blocks.headers(page, top + 1, "GHIJ", ("Generations", "Generations", "USD", "USD"))
    blocks.headers(page, top + 2, "GHIJ", WAYS * 2)
    for row, (label, *ways) in enumerate(PARTS, start=top + 3):
        is_total = row == top + 2 + len(PARTS)
        page.say(f"F{row}", label, theme.TOTAL_LABEL if is_total else theme.LABEL)
        for columns, figures in zip(("GI", "HJ"), ways, strict=True):
            for column, figure in zip(columns, figures, strict=True):
                blocks.put(page, f"{column}{row}", figure)


def _chart(page: Page, first: int, at: str) -> None:
    """Draw the two ways as stacked bars: drafts, full quality, buffer."""
    colors = (theme.AMBER, theme.TEAL, theme.NAVY)
    last = first + len(colors) - 1
    chart = charts.bars("bar")
    ways = Cells(first - 1, first - 1, 9, 10)
    charts.add(page, chart, Cells(first, last, 9, 10), ways, by_rows=True)
    for row, (series, color) in enumerate(zip(chart.series, colors, strict=True), start=first):
        charts.name(page, series, row, 6)
        labels = charts.value_labels(theme.USD_DRAWN, theme.white_labels())
        charts.fill(series, color, labels)
    charts.dress(chart, '"$"General', (17.2, 7.6), top_first=True)
    charts.place(
        page,
        chart,
        at,
        "The job's budget in USD as two bars: all at full quality, and in two stages, split into "
        "drafts, full quality and buffer",
    )
