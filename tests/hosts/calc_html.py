"""What a person sees in LibreOffice: the texts, colours and links of cells, from its HTML.

In it stand the colours that conditional formats give, which no interface tells.
"""

from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from openpyxl.utils import get_column_letter


class Seen(NamedTuple):
    """A cell as it is seen: its text, its fill such as ``#FDE2E2``, where a click leads."""

    text: str = ""
    fill: str = ""
    link: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, dict[str, Seen]] = {}
        self.taken: set[tuple[int, int]] = set()
        self.row = self.column = 0
        self.at = self.span = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "em":
            self.at = "name"
        elif tag == "tr":
            self.row, self.column = self.row + 1, 0
        elif tag == "td":
            self._begin(told)
        elif tag == "a" and "href" in told and self.sheets:
            self._add(link=told["href"])

    def handle_data(self, data: str) -> None:
        if self.at == "name":
            self.cells = self.sheets[data] = {}
            self.row, self.taken, self.at = 0, set(), ""
        elif self.at:
            self._add(text=self.cells[self.at].text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.at = ""

    def _begin(self, told: dict[str, str]) -> None:
        """Begin a cell at the next place that no cell above or before reaches into."""
        self.column += 1
        while (self.row, self.column) in self.taken:
            self.column += 1
        down, across = (int(told.get(span, "1")) for span in ("rowspan", "colspan"))
        self.taken |= {(self.row + i, self.column + k) for i in range(down) for k in range(across)}
        self.at = f"{get_column_letter(self.column)}{self.row}"
        self.cells[self.at] = Seen(fill=told.get("bgcolor", ""))

    def _add(self, **seen: str) -> None:
        self.cells[self.at] = self.cells[self.at]._replace(**seen)


def read_cells(path_html: Path) -> dict[str, dict[str, Seen]]:
    """Return the cells by sheet and address, of sheets whose column A holds something."""
    reader = _Reader()
    reader.feed(path_html.read_text(encoding="utf-8"))
    return reader.sheets
