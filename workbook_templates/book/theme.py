"""Colours, fonts and cell styles of the workbook: one theme for all sheets.

Contrast of every text on its fill is at least 4.5:1; no meaning is carried by colour alone.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RichTextProperties,
)
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

NAVY, SLATE, MIST, PAPER, LINE = "1F3A5F", "52606D", "EAF0F7", "FFFFFF", "C9D3DF"
GREY, FIELD_SIZE = "6B7783", 7
"""Colour and size of what formulas read and people need not."""
INPUT_TEXT, INPUT_FILL = "0000FF", "FFF2CC"
TEAL, TEAL_FILL = "0B5F59", "E3F4F1"
AMBER, AMBER_FILL = "8A4B00", "FDEBD0"
RED, RED_FILL = "9B1C1C", "FDE2E2"
UNUSED, UNUSED_FILL = "757C84", "F2F4F6"
TABS = {"input": "F2C94C", "calculation": TEAL, "reference": SLATE}
"""Colours of the sheets' tabs by what a sheet is for."""

FONTS = {"en": "Arial", "zh-CN": "Microsoft YaHei"}
UPRIGHT = {"zh-CN"}
"""Languages whose letters are never slanted."""

USD = '"$"#,##0.00'
USD_SHORT = '[>=1000]"$"#,##0;"$"#,##0.00'
USD_FINE = '"$"#,##0.00000'
USD_SIGNED = '"$"#,##0.00;-"$"#,##0.00'
# Nothing is no label in a chart.
USD_DRAWN = f"{USD_SIGNED};"
MONEY = "#,##0.00"
COUNT = "#,##0"
FRACTION = "#,##0.0#"
RATE = "#,##0.00####"
PERCENT = "0.0%"
WHOLE_PERCENT = "0%"
FACTOR = "0.00"
DATE = "yyyy-mm-dd"
TEXT = "@"

Align = Literal["left", "center", "right", "centerContinuous"]

_THIN = Side(style="thin", color=LINE)
_MEDIUM = Side(style="medium", color=NAVY)


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. Sizes are in points, colours RRGGBB.

    ``fraction`` is the number format of a value that is not whole; ``#,##0.##`` shows ``180.``.
    """

    size: float = 10
    bold: bool = False
    italic: bool = False
    color: str = "1B1F24"
    fill: str | None = None
    align: Align = "left"
    wrap: bool = False
    border: Literal["box", "line", "under", "top"] | None = None
    number: str = "General"
    fraction: str | None = None
    unlocked: bool = False
    indent: int = 0
    underline: bool = False


TITLE = Style(size=18, bold=True, color=PAPER, fill=NAVY)
TITLE_RIGHT = Style(size=9, color=PAPER, fill=NAVY, align="right")
SUBTITLE = Style(color=PAPER, fill=NAVY, italic=True)
# LibreOffice draws links in its own dark blue, so no dark ground.
BACK = Style(size=14, bold=True, color=NAVY, fill=MIST, align="center")
STEP = Style(size=11, bold=True, color=NAVY, fill=MIST, border="under")
LABEL = Style(indent=1)
LINK = Style(indent=1, underline=True)
STRONG = Style(bold=True)
NOTE = Style(size=9, color=SLATE, indent=1)
WARNING = Style(size=9, bold=True, color=AMBER, indent=1)
WRAPPED_NOTE = Style(size=9, color=SLATE, wrap=True, indent=1)
INPUT = Style(
    color=INPUT_TEXT, fill=INPUT_FILL, border="box", align="right", indent=1, unlocked=True
)
RESULT = Style(bold=True, fill=MIST, border="box", align="right", indent=1)
COMPUTED = Style(border="box", align="right", indent=1)
HEADER = Style(size=9, bold=True, color=PAPER, fill=NAVY, align="center", wrap=True)
FIELD = Style(size=FIELD_SIZE, color=GREY, indent=1)
CELL = Style(size=9, border="line", indent=1)
WRAPPED_CELL = Style(size=9, wrap=True, border="line", indent=1)
SECTION = Style(size=11, bold=True, color=NAVY)
NUMBER = Style(size=9, align="right", border="line", indent=1)
TYPED_CELL = replace(INPUT, size=9)
TYPED_TEXT_CELL = replace(TYPED_CELL, align="left", indent=1)
CODE = Style(size=9, color=NAVY, bold=True, border="line", indent=1)
CARD_LABEL = Style(size=9, color=SLATE, fill=TEAL_FILL, indent=1)
CARD_MAIN = Style(size=30, bold=True, color=TEAL, fill=TEAL_FILL, indent=1, number=USD)
CARD_MONEY = Style(size=18, bold=True, color=TEAL, fill=TEAL_FILL, indent=1, number=MONEY)
CARD_COUNT = replace(CARD_MONEY, number=COUNT, fraction=FRACTION)
CARD_PRICE_USD = replace(CARD_MONEY, number=USD)
CARD_PRICE = replace(CARD_MONEY, size=16, number='"$"0.0000')
CARD_NOTE = Style(size=9, color=SLATE, fill=TEAL_FILL, indent=1)
STATUS = Style(bold=True, color=PAPER, fill=NAVY, align="right", underline=True)
STATUS_LEFT = replace(STATUS, align="left", underline=False)
HEADER_LEFT = replace(HEADER, align="left")
HEADER_RIGHT = replace(HEADER, align="right")
VALUE = Style(size=9, bold=True, border="line", indent=1, number="General")
STEP_LABEL = Style(bold=True, color=NAVY)
STEP_VALUE = replace(STEP, align="right", indent=1)
STEP_RESULT = replace(RESULT, number=COUNT, fraction=FRACTION)
NUMBER_COUNT = replace(NUMBER, number=COUNT)
NUMBER_RATE = replace(NUMBER, number=RATE)
NUMBER_PRICE = replace(NUMBER, number=USD_FINE)
NUMBER_USD = replace(NUMBER, number=USD)
NUMBER_SHARE = replace(NUMBER, number=PERCENT)
NUMBER_FACTOR = replace(NUMBER, number=FACTOR)
NUMBER_DATE = replace(NUMBER, number=DATE)
COMPUTED_COUNT = replace(COMPUTED, number=COUNT)
COMPUTED_FRACTION = replace(COMPUTED, number=COUNT, fraction=FRACTION)
COMPUTED_RATE = replace(COMPUTED, number=RATE)
COMPUTED_PRICE = replace(COMPUTED, number=USD_FINE)
COMPUTED_USD = replace(COMPUTED, number=USD)
COMPUTED_NAME = replace(COMPUTED, number=TEXT)
COMPUTED_SHARE = replace(COMPUTED, number=PERCENT)
COMPUTED_DATE = replace(COMPUTED, number=DATE)
COMPUTED_TEXT = Style(size=9, border="box", indent=1)
TOTAL = Style(bold=True, border="top", align="right", indent=1)
TOTAL_LABEL = Style(bold=True, border="top", indent=1)
TOTAL_COUNT = replace(TOTAL, number=COUNT)
TOTAL_FRACTION = replace(TOTAL, number=COUNT, fraction=FRACTION)
TOTAL_PRICE = replace(TOTAL, number=USD_FINE)
TOTAL_USD = replace(TOTAL, number=USD)
TOTAL_SHARE = replace(TOTAL, number=PERCENT)
OK_OR_FIX = Style(bold=True, align="center", border="box", number='[=1]"✔";[=0]"✘ ";"–"')
OK_OR_NOTE = Style(bold=True, align="center", border="box", number='[=1]"✔";[=0]"▲ ";"–"')


def hairline() -> LineProperties:
    """Return the thin grey line of a chart's grid."""
    return LineProperties(solidFill=LINE, w=6350)


def white_labels() -> RichText:
    """Return bold white text for the labels inside a chart's bars."""
    return chart_letters(1000, b=True, solidFill=PAPER)


def chart_letters(size: int, **look: Any) -> RichText:  # noqa: ANN401 - openpyxl's keywords
    """Return text of a chart, its size in hundredths of a point."""
    properties = CharacterProperties(sz=size, **look)
    return RichText(
        bodyPr=RichTextProperties(),
        p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)],
    )


class Theme:
    """Turns styles into openpyxl's parts, each made once for a font."""

    def __init__(self, lang: str) -> None:
        """Choose the font of a language."""
        self.font, self._slants = FONTS[lang], lang not in UPRIGHT
        self._parts: dict[Style, dict[str, object]] = {}

    def parts(self, style: Style) -> dict[str, object]:
        """Return font, fill, alignment, border, protection and number format of a style."""
        if style not in self._parts:
            self._parts[style] = {
                "font": Font(
                    name=self.font,
                    size=style.size,
                    bold=style.bold,
                    italic=style.italic and self._slants,
                    color=style.color,
                    underline="single" if style.underline else None,
                ),
                "fill": PatternFill("solid", style.fill) if style.fill else PatternFill(),
                "alignment": Alignment(
                    horizontal=style.align,
                    vertical="center",
                    wrap_text=style.wrap,
                    # LibreOffice forgets it for some figures on the right: they would be ragged.
                    indent=0 if style.align == "right" else style.indent,
                ),
                "border": _border(style.border),
                "protection": Protection(locked=not style.unlocked),
                "number_format": style.number,
            }
        return self._parts[style]


def _border(kind: str | None) -> Border:
    if kind == "box":
        return Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
    if kind == "line":
        return Border(bottom=_THIN)
    if kind == "under":
        return Border(bottom=_MEDIUM)
    if kind == "top":
        return Border(top=_MEDIUM)
    return Border()
