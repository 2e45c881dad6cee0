"""Where a bill is written to beside the terminal: CSV, one page of HTML, a picture."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from xl_pricing.cli.bill_page import page_of, title_of, usd
from xl_pricing.cli.bill_report import Bill
from xl_pricing.cli.cells import plain_text
from xl_pricing.cli.waterfall import Bar, waterfall_of
from xl_pricing.cli.written_files import refuse_taken, write_file
from xl_pricing.errors import InvalidValueError
from xl_pricing.words import quoted

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

ENDINGS: Mapping[str, Sequence[str]] = {
    "csv": (".csv",),
    "html": (".html", ".htm"),
    "png": (".png",),
}
_BAR_PX, _AMOUNT_PX, _ROW_PX, _EDGE_PX, _FONT_PX = 860, 240, 64, 28, 26
_INK, _SOFT = "#1e293b", "#64748b"
_COLOURS = {"total": "#334155", "more": "#c2410c", "less": "#0f766e"}


class Outputs:
    """The files that were asked for; nothing that is read is written over."""

    def __init__(self, given: Mapping[str, str | None], *, force: bool) -> None:
        """Check the names before anything is read; raise `InvalidValueError`.

        Without ``force`` nothing that is there is replaced.
        """
        self._force = force
        self._paths = {kind: Path(name) for kind, name in given.items() if name}
        for kind, path in self._paths.items():
            if path.suffix.lower() not in ENDINGS[kind] or "\0" in str(path):
                said = " or ".join(ENDINGS[kind])
                raise InvalidValueError(f"{kind} {quoted(str(path))}; accepted: a name in {said}")

    @property
    def are_none(self) -> bool:
        """Whether no file was asked for."""
        return not self._paths

    def spare(self, read: Iterable[Path]) -> None:
        """Refuse to write over files that are read, also those found in a folder, and others."""
        known = {path.resolve() for path in read}
        for path in self._paths.values():
            if path.resolve() in known:
                raise InvalidValueError(f"{path.name} is read; accepted: another name to write to")
            refuse_taken(path, force=self._force)

    def write(self, bill: Bill) -> None:
        """Write them, each whole or not at all; raise `InvalidValueError` where one cannot be."""
        for kind, path in self._paths.items():
            data = {"csv": csv_of, "html": html_of, "png": png_of}[kind](bill)
            write_file(path, data, force=self._force)


def html_of(bill: Bill) -> bytes:
    """Return the page."""
    return page_of(bill).encode()


def csv_of(bill: Bill) -> bytes:
    """Return the equation and the sums as a table: section, what, then figures; UTF-8 for Excel."""
    file = StringIO()
    out = csv.writer(file)
    names = list(bill.by[0]) if bill.by else []
    out.writerow(["section", "what", "usd", "about"])
    for what, amount in (("used", bill.usd), ("billed", bill.billed)):
        out.writerow(["equation", what, amount or "", ""])
    out.writerow(["equation", "difference", bill.difference or "", ""])
    for part, amount in bill.parts.items():
        out.writerow(["part", part, amount, plain_text("; ".join(bill.why.get(part, [])))])
    for each in bill.plan.factors if bill.plan else ():
        out.writerow(["plan", each.factor, each.usd, plain_text("; ".join(each.about))])
    for left in bill.unpriced:
        about = f"{left.reason}: {left.about}" if left.about else left.reason
        out.writerow(["not priced", f"{left.rows} rows", "", plain_text(about)])
    out.writerow([])
    out.writerow(names)
    for line in bill.by:
        out.writerow([_csv_cell(line[name], name) for name in names])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


_AMOUNTS = {"USD", "billed", "difference"}


def _csv_cell(told: str | int | None, name: str) -> str | int:
    if told is None:
        return ""
    return plain_text(told) if isinstance(told, str) and name not in _AMOUNTS else told


def png_of(bill: Bill) -> bytes:
    """Return the waterfall as a picture; raise `InvalidValueError` without Pillow or a way."""
    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - an extra
    except ImportError:
        raise InvalidValueError(
            "a picture needs Pillow; accepted: pip install 'xl-pricing[png]'"
        ) from None
    drawn = waterfall_of(bill)
    if drawn is None:
        raise InvalidValueError("png has nothing to draw; accepted: usage with a bill or a plan")
    font = ImageFont.load_default(_FONT_PX)
    label = round(max(font.getlength(bar.label) for bar in drawn.bars)) + 2 * _EDGE_PX
    rows = len(drawn.bars) + 1 + (drawn.begins_at > 0)
    image = Image.new("RGB", (label + _BAR_PX + _AMOUNT_PX, 2 * _EDGE_PX + rows * _ROW_PX), "white")
    draw = ImageDraw.Draw(image)
    draw.text((_EDGE_PX, _EDGE_PX), title_of(bill), fill=_INK, font=font)
    for i, bar in enumerate(drawn.bars, start=1):
        _draw_bar(draw, font, (label, _EDGE_PX + i * _ROW_PX), bar)
    if drawn.begins_at > 0:
        said = f"The scale begins at {_plain(drawn.begins_at)} USD."
        draw.text((label, _EDGE_PX + (rows - 1) * _ROW_PX + 12), said, fill=_SOFT, font=font)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_bar(
    draw: "ImageDraw", font: "FreeTypeFont | ImageFont", at: tuple[int, int], bar: Bar
) -> None:
    label, top = at
    left, middle = label + bar.at * _BAR_PX, top + _ROW_PX // 2
    right = left + max(bar.width * _BAR_PX, 3)
    colour = _COLOURS[bar.kind]
    draw.text((label - _EDGE_PX, middle), bar.label, fill=_INK, font=font, anchor="rm")
    draw.rounded_rectangle((left, top + 10, right, top + _ROW_PX - 10), 4, fill=colour)
    sign = "+" if bar.kind == "more" else ""
    beside = (label + _BAR_PX + _EDGE_PX, middle)
    draw.text(beside, f"{sign}{_plain(bar.usd)}", fill=colour, font=font, anchor="lm")


def _plain(amount: Fraction) -> str:
    """Write USD in letters that every font has."""
    return usd(amount).replace("\N{MINUS SIGN}", "-")
