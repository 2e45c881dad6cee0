"""What is typed in a cell of an older workbook, as a new one may hold it."""

from collections.abc import Collection, Mapping

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.carry_over.cells import Held
from workbook_templates.carry_over.earlier import ever_said
from workbook_templates.csv_cells import MOST
from workbook_templates.csv_rows import LONGEST_TEXT, NO_CHARACTER
from workbook_templates.formulas.values import CellValue, Error
from xl_pricing.functions.arguments import CHINESE_QUALITIES
from xl_pricing.words import quoted


class Lines:
    """What is told of single cells, in the order in which it is found: where, and why."""

    def __init__(self) -> None:
        """Tell nothing yet."""
        self.told: list[str] = []

    def tell(self, at: str, reason: str) -> None:
        """Add a line."""
        self.told.append(f"{at}: {reason}")


def typed_value(held: Held, at: str, lines: Lines) -> CellValue:
    """Return what may be typed anew: nothing for what no cell takes, a formula's value for it."""
    value, reason = held.value, _refused(held)
    if reason:
        lines.tell(at, f"{reason}, not carried over")
        return None
    if held.is_formula:
        lines.tell(at, f"a formula: its value {quoted(value)} is carried over")
    return value


def _refused(held: Held) -> str:
    """Say why a value is not taken over; nothing where it is."""
    value = held.value
    if held.is_formula and value is None:
        return "a formula whose value the file does not hold"
    if isinstance(value, Error):
        return f"holds the error {value}"
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            return f"{len(value):,} characters, up to {LONGEST_TEXT:,} fit"
        return "a control character" if NO_CHARACTER.search(value) else ""
    if isinstance(value, int | float) and abs(value) > MOST:
        return f"{value:.15g} is over {MOST:,.0f}"
    return ""


class Translation:
    """Says the words that can be chosen in another language."""

    def __init__(self, lang: str, chosen: Mapping[str, Collection[str]]) -> None:
        """Take the language of the new workbook, and the English words by cell or field."""
        self._new, self._chosen = Words(lang), chosen

    def said(self, name: str, value: CellValue) -> CellValue:
        """Return what a cell or a field holds in the language; other words are as they were."""
        if not isinstance(value, str):
            return value
        said, words = value.strip().lower(), self._chosen.get(name, ())
        found = (word for word in words if said in {one.lower() for one in ever_said(word)})
        word = next(found, None)
        if word is not None:
            return self._new.data(word)
        if "quality" in name and self._new.lang == LANGUAGES[0]:
            return CHINESE_QUALITIES.get(value.strip(), value)
        return value
