"""What the budget assumes and on what that rests, and what the money is paid for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure, Input
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import first_of
from workbook_templates.sheets.summary.sound import sound
from workbook_templates.sheets.worksheet.chosen import IS_CUSTOM, IS_LABEL, RETRIES_MEASURED
from workbook_templates.sheets.worksheet.inputs import SPEC, STEPS
from workbook_templates.sheets.worksheet.workings import METERS
from xl_pricing.estimation.cost import BASES

TOP = 28
"""The row of the titles."""
TYPED, PREFILLED, MEASURED = "typed", "prefilled", "measured by you"
"""On what an assumption rests, where not on the rates' own basis."""
_SIZE = 9.5
_TEXT = replace(theme.NUMBER, size=_SIZE)
_LABEL = replace(theme.CELL, size=_SIZE)
_UNRULED = replace(_LABEL, border=None)
_BASIS = replace(theme.CELL, color=theme.SLATE)
_EXAMPLES = {one.name: one.value for one in (*SPEC, *STEPS) if isinstance(one, Input)}

_BASIS_WORDS = dict(
    zip(BASES, ("official list", "quoted source", "measurement", "an estimate"), strict=True)
)


def basis_said(basis: str) -> str:
    """Return the formula of a basis of the Rates sheet in words."""
    return first_of(
        tuple((f'{basis}="{known}"', f'"«{said}»"') for known, said in _BASIS_WORDS.items()), basis
    )


class Assumption(NamedTuple):
    """A line: its key, label, formula, look, and the formula of its basis."""

    key: str
    label: str
    value: str
    basis: str
    look: Style = _TEXT


def _typed(*names: str) -> str:
    """Return whether inputs were typed, or are those that the workbook came with."""
    same = [
        f'{name}_used="{_EXAMPLES[name]}"'
        if isinstance(_EXAMPLES[name], str)
        else f"{name}={_EXAMPLES[name]}"
        for name in names
    ]
    return f'IF(AND({",".join(same)}),"«{PREFILLED}»","«{TYPED}»")'


_REFERENCES = 'reference_images&" × "&reference_width&"x"&reference_height'
LINES = (
    Assumption("model", "Model", "model_used", _typed("model")),
    Assumption("tier", "Price tier", "tier_used", _typed("tier")),
    Assumption("size", "Size", f'IF({IS_CUSTOM},size_used,size_used&" ("&ratio_used&")")',
               _typed("ratio")),
    Assumption("quality", "Quality", f'IF({IS_LABEL},"«measured tokens»",quality_used)',
               _typed("quality")),
    Assumption("tokens", "Output tokens per image", "tokens_image_out",
               f'IF({IS_LABEL},"«{MEASURED}»",{basis_said("basis_tokens")})',
               replace(_TEXT, number=theme.COUNT, fraction=theme.FRACTION)),
    Assumption("prompt", "Prompt tokens", 'IF(prompt_tokens="","«not counted»",prompt_tokens)',
               _typed("prompt_tokens"), replace(_TEXT, number=theme.COUNT)),
    Assumption("references", "Reference images",
               f'IF(N(reference_images)=0,"«none»",{_REFERENCES})',
               _typed("reference_images")),
    Assumption("finals", "Finals", "finals", _typed("finals"),
               replace(_TEXT, number=theme.COUNT, fraction=theme.FRACTION)),
    Assumption("retries", "Generations per final", "retries_used",
               first_of([(RETRIES_MEASURED, f'"«{MEASURED}»"')],
                        _typed("retries")),
               replace(_TEXT, number=theme.FACTOR)),
    Assumption("buffer", "Buffer", "buffer", _typed("buffer"),
               replace(_TEXT, number=theme.PERCENT)),
    Assumption("rates", "Rates checked on", "rates_checked", basis_said("basis_image_out"),
               replace(_TEXT, number=theme.DATE)),
)  # fmt: skip
"""What the budget assumes, in the order of the Worksheet."""
LAST = TOP + 1 + len(LINES)
_TYPED_ROWS = ("model", "tier", "size", "quality", "prompt", "references", "finals", "retries",
               "buffer")  # fmt: skip
_ALL_PREFILLED = ",".join(f'summary_{key}_basis="«{PREFILLED}»"' for key in _TYPED_ROWS)
IS_EXAMPLE = Figure(
    "summary_is_example",
    "The job is the one that the workbook came with (1 = yes)",
    f"IF(AND({_ALL_PREFILLED}),1,0)",
)
"""Whether nothing of the job is the user's own."""
NOTE = "prefilled: an example until you type over it"


def _share(part: str) -> tuple[str, str]:
    """Return USD and share of a part of the job."""
    return f"{part}_cost", f"share_{part}"


def _where_measured(formula: str) -> str:
    """Return what is told only where a measured cost is in use."""
    return f'IF(summary_sound=1,IF(usd_measured="","",{formula}),"")'


def _meter(meter: str) -> tuple[str, str]:
    """Return USD and share of what a meter takes of the budget."""
    return f"budget_usd*share_{meter}", f"share_{meter}"


BY_IMAGES = (
    ("finals", "Finals, one image each", _share("finals")),
    ("retries", "Retries beyond these", _share("retries")),
    ("buffer", "Buffer", _share("buffer")),
)
BY_METER = (
    *((meter, label, _meter(meter)) for meter, label in METERS.items()),
    ("measured", "", _meter("measured")),
)
_DIFFERENCE = _where_measured('"«Difference on the bill»"')
_HEADS = ("USD", "Share")


def write(page: Page) -> None:
    """Write what is assumed on the left, and what is paid for on the right."""
    blocks.title(page, f"B{TOP}:E{TOP}", "What it assumes")
    page.fill(f"B{TOP + 1}:E{TOP + 1}", theme.HEADER)
    page.say(f"B{TOP + 1}", "Assumption", theme.HEADER_LEFT)
    page.say(f"D{TOP + 1}", "Value", theme.HEADER_RIGHT)
    page.say(f"E{TOP + 1}", "Rests on", replace(theme.HEADER_LEFT, indent=1))
    for row, line in enumerate(LINES, start=TOP + 2):
        page.fill(f"B{row}:E{row}", _LABEL)
        page.say(f"B{row}", line.label, _LABEL)
        value, basis = (f"summary_{line.key}", f"summary_{line.key}_basis")
        blocks.put(page, f"D{row}", Figure(value, "", sound(line.value), look=line.look))
        blocks.put(page, f"E{row}", Figure(basis, "", sound(line.basis), look=_BASIS))
        page.heights({row: 14.5})
    blocks.title(page, f"G{TOP}:I{TOP}", "What the money is paid for")
    row = _group(page, TOP + 1, "Of the images", BY_IMAGES)
    _group(page, row, "Of what is billed", BY_METER)
    page.formula(f"G{row + len(BY_METER)}", "summary_difference", _DIFFERENCE, _UNRULED)
    page.say(f"G{LAST}", NOTE, replace(theme.NOTE, indent=0))


def _group(
    page: Page, row: int, title: str, lines: Sequence[tuple[str, str, tuple[str, str]]]
) -> int:
    """Write lines with USD and share under a head; return the next row."""
    page.say(f"G{row}", title, theme.HEADER_LEFT)
    blocks.headers(page, row, "HI", _HEADS, theme.HEADER_RIGHT)
    for at, (key, label, (usd, share)) in enumerate(lines, start=row + 1):
        look = _LABEL if label else _UNRULED
        page.fill(f"G{at}:I{at}", look)
        if label:
            page.say(f"G{at}", label, _LABEL)
        figures = replace(_TEXT, border=look.border)
        looks = (replace(figures, number=theme.USD), replace(figures, number=theme.PERCENT))
        for column, name, formula, look in zip(
            "HI", ("usd", "share"), (usd, share), looks, strict=True
        ):
            said = sound(formula) if label else _where_measured(formula)
            blocks.put(page, f"{column}{at}", Figure(f"summary_{key}_{name}", "", said, look=look))
    return row + 1 + len(lines)
