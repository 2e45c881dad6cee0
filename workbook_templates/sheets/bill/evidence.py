"""What the Bill sheet rests on: the rows that are not priced, and the files that were read."""

from workbook_templates.book import blocks, theme
from workbook_templates.book.page import Page
from workbook_templates.sheets.bill.content import BillContent
from workbook_templates.sheets.bill.texts import clipped, place, some_of

MOST_SHOWN = 30
"""Reasons, and files, that are listed; the others are counted."""
_REASON, _PLACES, _NAME, _SHAPES = 80, 60, 52, 36
"""Letters that fit in the cells."""
_COUNT = theme.NUMBER_COUNT


def write(page: Page, content: BillContent, row: int) -> int:
    """Write both from a row on; return the next free row."""
    row = _not_priced(page, content, row)
    return _files(page, content, row + 1) + 1


def _not_priced(page: Page, content: BillContent, row: int) -> int:
    blocks.title(page, f"B{row}:L{row}", "Not priced: no rate is guessed")
    if not content.not_priced:
        page.say(f"B{row + 1}", "✔ Every row has a price.", theme.NOTE)
        return row + 2
    page.fill(f"B{row + 1}:L{row + 1}", theme.HEADER)
    page.say(f"B{row + 1}", "Why", theme.HEADER_LEFT)
    blocks.headers(page, row + 1, "GHI", ("Rows", "Tokens", "Billed"))
    page.say(f"J{row + 1}", "For example", theme.HEADER_LEFT)
    words = page.words
    for at, left in enumerate(content.not_priced[:MOST_SHOWN], start=row + 2):
        page.fill(f"B{at}:L{at}", theme.CELL)
        about = f": {left.about}" if left.about else ""
        page.put(f"B{at}", clipped(f"{words.data(left.reason)}{about}", _REASON), theme.CELL)
        page.put(f"G{at}", left.rows, _COUNT)
        page.put(f"H{at}", left.tokens, _COUNT)
        page.put(f"I{at}", clipped(", ".join(left.billed), 14), theme.NUMBER)
        places = [place(text, words) for text in left.places]
        page.put(f"J{at}", some_of(places, len(places), _PLACES, words), theme.CELL)
    return _more(page, row + 2, len(content.not_priced))


def _files(page: Page, content: BillContent, row: int) -> int:
    blocks.title(page, f"B{row}:L{row}", "The files, as they were read")
    page.fill(f"B{row + 1}:L{row + 1}", theme.HEADER)
    for column, text in (("B", "File"), ("E", "Known as"), ("I", "SHA-256")):
        page.say(f"{column}{row + 1}", text, theme.HEADER_LEFT)
    page.say(f"H{row + 1}", "Records", theme.HEADER)
    for at, file in enumerate(content.files[:MOST_SHOWN], start=row + 2):
        page.fill(f"B{at}:L{at}", theme.CELL)
        page.put(f"B{at}", clipped(file.name, _NAME), theme.CELL)
        page.put(
            f"E{at}", clipped(", ".join(map(page.words.data, file.shapes)), _SHAPES), theme.CELL
        )
        page.put(f"H{at}", file.rows, _COUNT)
        page.put(f"I{at}", file.sha256, theme.CELL)
    return _more(page, row + 2, len(content.files))


def _more(page: Page, row: int, count: int) -> int:
    """Say how many more there are than are listed; return the next free row."""
    shown = min(count, MOST_SHOWN)
    if count > shown:
        said = page.words("and {n} more").format(n=f"{count - shown:,}")
        page.put(f"B{row + shown}", said, theme.NOTE)
    return row + shown + 1
