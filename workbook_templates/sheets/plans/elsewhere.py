"""The same job elsewhere: a line for each of the other image models, which make another picture.

They stand apart from the plans: no markup, no place among the cheapest, no bar. A line's cells are
named after it, such as ``elsewhere_usd_3``.
"""

from collections.abc import Sequence
from dataclasses import replace

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.book.page import Page
from workbook_templates.formulas.conditions import Check, first_of, holds
from workbook_templates.formulas.sentence import fixed, sentence
from workbook_templates.sheets.plans.layout import (
    FIRST_OTHER,
    LAST_OTHER,
    OTHER_ROOM,
    OTHER_ROW,
    OTHER_WORK_ROW,
    PRICED,
    heights,
    in_words,
)
from workbook_templates.sheets.plans.lines import (
    BAD_IMAGE,
    BAD_PLAN,
    BAD_QUALITY,
    BAD_SIZE,
    NOT_OFFERED,
    if_offered,
    per_final,
    seen_long_ago,
)
from xl_pricing.rates.rows import ANY

NO_ROW = "no price for this size or quality"
NOT_KNOWN = "what it charges for this size is not known"
UNCOUNTED = "references are not counted"
MORE = f"▲ There are more models than these {OTHER_ROOM}: further ones are not shown here."
_TITLE = "The same job elsewhere: other models, which make another picture"
_LEGEND = (
    "Not the same product, so no markup and no place among the plans above. The quality that "
    "stands for ours was chosen by hand. Rows of the table of other models on the Rates sheet."
)
_FLAT = "${usd} per image"
_BY_MEGAPIXEL = "${usd} + {further} × ${price}/MP"
_BY_REFERENCE = " + {images} × ${price}/ref."

_TABLE = "tblOtherModels"
_POSITION = f"(ROW({_TABLE}[model])-ROW({_TABLE}[[#Headers],[model]]))"
_BASE = "row_base"


def _first(rows: str) -> str:
    """Return the first of such rows; 0 where there is none."""
    return f"MOD(-SUMPRODUCT(MAX({rows}*({_BASE}-{_POSITION}))),{_BASE})"


def _of(field: str, row: str = "[@row]") -> str:
    return f"INDEX({_TABLE}[{field}],{row})"


def _used(formula: str) -> str:
    """Return the formula of a line; one that no model uses is blank."""
    return f'IF([@at]=0,"",{formula})'


def _shown(field: str) -> str:
    """Return what the row for the job says, or the model's first one where none fits."""
    return _of(field, "IF([@row]=0,[@at],[@row])")


def _up_to(field: str, figure: str) -> str:
    """Return in which rows a limit that may be blank is kept."""
    column = f"{_TABLE}[{field}]"
    return f"((({column}>={figure})*ISNUMBER({column})+({column}=0))>0)"


_FITS = (
    f"({_TABLE}[model]=[@name])"
    f'*(({_TABLE}[quality]=quality_used)+({_TABLE}[quality]="{ANY}"))'
    f"*{_up_to('max_long_edge_px', 'long_edge')}*{_up_to('max_pixels', 'pixels')}"
)
_ASKED = "[@at]*size_legal*plans_quality_taken"
_LISTED = ("usd", "usd_per_further_mp", "usd_per_reference")
_PRICE = "[@listed_usd]+[@listed_usd_per_further_mp]*[@further]"
_USD = f"{_PRICE}+[@listed_usd_per_reference]*N(reference_images)"
_UNPRICED = f"IF(AND(N(reference_images)>0,NOT(ISNUMBER({_of('usd_per_reference')}))),1,0)"


def _usd(field: str) -> str:
    return fixed(f"[@listed_{field}]", 4)


def _counted() -> str:
    """Say how a price came about."""
    usd, images = _usd("usd"), fixed("N(reference_images)", 0)
    further, price = fixed("[@further]", 0), _usd("usd_per_further_mp")
    by_megapixel = sentence(_BY_MEGAPIXEL, usd=usd, further=further, price=price)
    by_reference = sentence(_BY_REFERENCE, images=images, price=_usd("usd_per_reference"))
    first = f"IF([@listed_usd_per_further_mp]>0,{by_megapixel},{sentence(_FLAT, usd=usd)})"
    more = f'IF([@listed_usd_per_reference]*N(reference_images)>0,{by_reference},"")'
    return f'IF(ISNUMBER([@usd]),{first}&{more},"")'


def _note() -> str:
    """Say why there is no price, or what there is to know of it."""
    faults = (
        ("size_legal=0", sentence(BAD_SIZE)),
        ("plans_quality_taken=0", sentence(BAD_QUALITY)),
        ("references_valid=0", sentence(BAD_IMAGE)),
        ("[@row]=0", sentence(NO_ROW)),
    )
    note = _of("note")
    lacks = f'IF({_UNPRICED}=1,IF({note}&""="","",{sentence("; ")})&{sentence(UNCOUNTED)},"")'
    known = f"{note}&{lacks}"
    said = f"IF(plan_valid=0,{sentence(BAD_PLAN)},{known}&{seen_long_ago(f'({known})')})"
    return f"IF(ISNUMBER([@usd]),{said},{first_of(faults, sentence(NOT_KNOWN))})"


_SEEN = _shown("checked")
COLUMNS = (
    Column("name", "Model", _used(_of("model", "MAX(1,[@at])")),
           replace(theme.WRAPPED_CELL, bold=True)),
    Column("quality", "Ours → its quality",
           _used(f'IF([@row]=0,"",quality_used&" → "&{_of("their_quality", "MAX(1,[@row])")})'),
           theme.WRAPPED_CELL),
    Column("tier", "Size tier", _used(f'IF([@row]=0,"",{_of("size_tier", "MAX(1,[@row])")}&"")')),
    Column("usd", "USD per image",
           _used(f"IF(references_valid=0,NA(),IF([@listed_usd]=0,{NOT_OFFERED},{_USD}))"), PRICED),
    Column("final", "USD per accepted final", _used(if_offered(per_final("[@usd]"))), PRICED),
    Column("bill", "The job's bill, USD", _used(if_offered("[@usd]*generations_with_buffer")),
           theme.NUMBER_USD),
    Column("counted", "How it is counted", _used(_counted())),
)  # fmt: skip
"""What a line shows from column B on; how it is counted has the room up to the evidence."""
EVIDENCE = (
    Column("basis", "Basis", _used(in_words(_shown("basis")))),
    Column("checked", "Seen on", _used(f"IF(N({_SEEN})=0,NA(),{_SEEN})"), theme.NUMBER_DATE),
    Column("note", "What to know", _used(_note()), theme.WRAPPED_CELL),
    Column("source", "Source", _used(f'{_shown("source")}&""'), theme.WRAPPED_CELL),
)
"""The same, from column N on."""
_FURTHER = "MAX(0,ROUNDUP(pixels/megapixel_px,0)-1)"
WORKINGS = (
    Column("name", "Model"),
    Column("at", "First row", "", theme.NUMBER_COUNT),
    Column("row", "Row for this job", f"IF({_ASKED}=0,0,{_first(_FITS)})", theme.NUMBER_COUNT),
    *(Column(f"listed_{field}", caption, f"IF([@row]=0,0,N({_of(field)}))", PRICED)
      for field, caption in zip(_LISTED, (
          "Listed USD", "Per further megapixel", "Per reference image"), strict=True)),
    Column("further", "Further megapixels", f"IF([@row]=0,0,{_FURTHER})", theme.NUMBER_COUNT),
)  # fmt: skip
NOTES = (
    Check(
        "note_other_room",
        "The Plans sheet has room for every other model",
        f"It shows the first {OTHER_ROOM} models of the table of other models.",
        holds("elsewhere_left_out=0"),
    ),
)
"""Rules for the Checks sheet."""


def _unnamed(k: int) -> str:
    """Return which rows belong to none of the models before line ``k``."""
    others = (f"*({_TABLE}[model]<>elsewhere_name_{i})" for i in range(1, k))
    return f'({_TABLE}[model]<>""){"".join(others)}'


LEFT_OUT = Figure(
    "elsewhere_left_out", "Rows of further models", f"SUMPRODUCT({_unnamed(OTHER_ROOM + 1)})"
)


def write(page: Page) -> None:
    """Write the lines below those of the plans."""
    blocks.title(page, f"B{OTHER_ROW}:Q{OTHER_ROW}", _TITLE)
    page.say(f"B{OTHER_ROW + 1}", _LEGEND, theme.NOTE)
    page.fill(f"B{OTHER_ROW + 2}:Q{OTHER_ROW + 2}", theme.HEADER)
    blocks.captions(page, f"B{OTHER_ROW + 2}", COLUMNS)
    page.say(f"H{OTHER_ROW + 2}", COLUMNS[-1].caption, replace(theme.HEADER_LEFT, wrap=False))
    blocks.captions(page, f"N{OTHER_ROW + 2}", EVIDENCE)
    models = page.book.held(_TABLE, "model")
    page.heights({OTHER_ROW + 2: 30, **heights(models, FIRST_OTHER, LAST_OTHER, lines=3)})
    page.fill(f"I{FIRST_OTHER}:M{LAST_OTHER}", theme.CELL)
    for k, row in _numbered(FIRST_OTHER):
        _line(page, (row, 2), COLUMNS, k)
        _line(page, (row, 14), EVIDENCE, k)
    more = f'IF(elsewhere_left_out=0,"",{sentence(MORE)})'
    page.formula(f"B{LAST_OTHER + 1}", "elsewhere_more", more, theme.WARNING)


def write_workings(page: Page) -> None:
    """Write the rows of the table that the lines show."""
    blocks.captions(page, f"B{OTHER_WORK_ROW}", WORKINGS)
    page.heights({OTHER_WORK_ROW: 30})
    for k, row in _numbered(OTHER_WORK_ROW + 1):
        first = Figure(f"elsewhere_at_{k}", "", _first(_unnamed(k)))
        name = Figure(f"elsewhere_name_{k}", "")
        _line(page, (row, 2), WORKINGS, k, {"name": name, "at": first})


def _numbered(first: int) -> Sequence[tuple[int, int]]:
    return [*enumerate(range(first, first + OTHER_ROOM), start=1)]


def _line(
    page: Page,
    at: tuple[int, int],
    columns: Sequence[Column],
    k: int,
    held: blocks.Held | None = None,
) -> None:
    blocks.write_line(page, at, columns, f"elsewhere_{{}}_{k}", held)
