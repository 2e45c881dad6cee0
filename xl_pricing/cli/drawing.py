"""How figures, shares, money and tables are drawn, the same in all commands."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from tabulate import MIN_PADDING, tabulate

from xl_pricing.cli.answers import facts, terminal_width

Number = int | float | Fraction | Decimal

_PARTS = {"buffer", "confidence"}
_MONEY = ("budget", "cost_per_", "bill_usd")
_WIDEST_COLUMN = 44
_NARROWEST = 12
_GAP = 2


def draw_table(answer: object) -> str:
    """Draw records, or the only one, under the names of the first; figures stand to the right."""
    rows = [facts(row) for row in (answer if isinstance(answer, list) else [answer])]
    figures = {name for row in rows for name, v in row.items() if isinstance(v, Number)}
    shown = [{heading(name): show(name, row.get(name)) for name in rows[0]} for row in rows]
    return table(shown, [*map(heading, figures)])


def table(rows: Sequence[Mapping[str, str]], figures: Collection[str]) -> str:
    """Draw rows of shown values under the names of the first; ``figures`` stand to the right.

    On a terminal words go on below where a line is too long; columns too many for it stand below
    each other.
    """
    width, columns = terminal_width(), [*zip(*map(dict.values, map(dict, rows)), strict=True)]
    widths = [_widest(*column) for column in zip(rows[0], columns, strict=True)]
    if width is None:
        return _aligned(rows, figures, [_WIDEST_COLUMN] * len(widths))
    room = width - _GAP * (len(widths) - 1)
    least = [_longest_word(*column) for column in zip(rows[0], columns, strict=True)]
    if sum(least) > room:
        return "\n\n".join(map(_listed, rows))
    return _aligned(rows, figures, _fitted(widths, least, room))


def _aligned(
    rows: Sequence[Mapping[str, str]], figures: Collection[str], widths: Sequence[int]
) -> str:
    return tabulate(
        [list(row.values()) for row in rows],
        headers=list(rows[0]),
        colalign=["right" if name in figures else "left" for name in rows[0]],
        maxcolwidths=list(widths),
        maxheadercolwidths=[width - MIN_PADDING for width in widths],
        disable_numparse=True,
    )


def _widest(name: str, column: Iterable[str]) -> int:
    return min(_WIDEST_COLUMN, max(len(name) + MIN_PADDING, *map(len, column)))


def _longest_word(name: str, column: Iterable[str]) -> int:
    """Return what a column needs so that no short word is broken."""
    heading_words = (len(word) + MIN_PADDING for word in name.split())
    words = (len(word) for cell in column for word in cell.split())
    return min(_NARROWEST, max([*heading_words, *words]))


def _fitted(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Narrow the widest column that can be, again and again, until a line fits."""
    fitted = list(widths)
    while sum(fitted) > room:
        spare = [i for i, width in enumerate(fitted) if width > least[i]]
        fitted[max(spare, key=fitted.__getitem__)] -= 1
    return fitted


def _listed(row: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in row.items() if value)


def draw_noted(answer: object) -> str:
    """Draw a record as a table, and its notes below."""
    held = facts(answer)
    notes = held.pop("notes")
    return "\n".join([draw_table(held), *note_lines(notes if isinstance(notes, list) else [])])


def note_lines(notes: Iterable[str]) -> Iterator[str]:
    """Draw notes, a line each."""
    return map("note: {}".format, notes)


def heading(name: str) -> str:
    """Turn a JSON name into words: ``usd_per_mtok`` into ``USD per 1M tokens``."""
    return name.replace("_", " ").replace("usd", "USD").replace("mtok", "1M tokens")


def show(name: str, value: object) -> str:
    """Write what a record holds under a name: parts as percentages, money as such."""
    if not isinstance(value, Number):
        return "" if value is None else str(value)
    if name.startswith(_MONEY):
        return show_money(value)
    return show_part(value) if name in _PARTS else show_figure(value)


def show_figure(number: Number | None) -> str:
    """Write up to two decimals from 1 on, up to six below; the very large and small as 1e+20."""
    if number is None:
        return ""
    figure = float(number)
    if figure and not 1e-5 <= figure < 1e15:
        return f"{figure:g}"
    return f"{figure:.{2 if figure >= 1 else 6}f}".rstrip("0").rstrip(".")


def show_part(part: Number) -> str:
    """Write a buffer or a confidence as a percentage, with the decimals of a figure."""
    return f"{show_figure(100 * float(part))}%"


def show_money(amount: Number) -> str:
    """Write an amount: two decimals from 1 on, more below."""
    figure = float(amount)
    return f"{figure:.2f}" if 1 <= figure < 1e15 else show_figure(figure)


def show_percent(share: Number | None, sign: str = "") -> str:
    """Write a part as a percentage with one decimal; ``sign`` "+" marks what is above 0."""
    if share is None:
        return ""
    rounded = round(100 * float(share), 1) + 0.0  # no -0.0
    return f"{rounded:{sign if rounded else ''}.1f}%"


def show_chance(chance: float) -> str:
    """Write a chance as a percentage that claims neither certainty nor impossibility."""
    if 0 < chance < 0.0001:
        return "under 0.01%"
    return "over 99.99%" if 0.9999 < chance < 1 else f"{show_figure(round(100 * chance, 2))}%"
