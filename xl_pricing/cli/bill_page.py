"""A bill as one page of HTML: nothing from elsewhere, no script, every text escaped."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape
from importlib.resources import files

from xl_pricing.cli.bill_drawn import FIGURES, figures_of
from xl_pricing.cli.bill_report import (
    Bill,
    PlanFactor,
    Unpriced,
    amounts_of,
    apart_of,
    complaint_of,
    refunds_of,
)
from xl_pricing.cli.cells import plain_text
from xl_pricing.cli.waterfall import Bar, Waterfall, waterfall_of

_LABEL_PX, _BAR_PX, _AMOUNT_PX, _ROW_PX = 300, 430, 130, 34
"""Of the waterfall: label, bars and amount stand beside each other in rows."""
_LONGEST_LABEL = 36


def page_of(bill: Bill) -> str:
    """Return the page."""
    style = files("xl_pricing.cli").joinpath("bill_page.css").read_text("utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(title_of(bill))}</title><style>{style}</style></head><body><main>",
            *_head(bill),
            *_way(bill),
            *_look_next(bill),
            *_by(bill),
            *_left("Not priced", bill.unpriced, "No amount is made up for these rows."),
            *_assumed(bill),
            *_left("Compared as amounts", amounts_of(bill), "They are in the sums above."),
            *_left("Taken back", refunds_of(bill), "Their amounts are in the sums above."),
            *_left("No image cost", apart_of(bill), "Told apart, and in no sum above."),
            *_files(bill),
            "</main></body></html>\n",
        ]
    )


def usd(amount: str | Fraction) -> str:
    """Write USD for people: cents from 1 on, more below; the exact text stands beside it."""
    figure = Fraction(amount)
    places = 2 if abs(figure) >= 1 or not figure else 4 if abs(figure) >= Fraction(1, 100) else 6
    return f"{float(figure):,.{places}f}".replace("-", "\N{MINUS SIGN}")


def title_of(bill: Bill) -> str:
    """Say what the bill is of, and of which days."""
    days = sorted(day for day, *_ in bill.by_day_model_tier if day)
    span = f"{days[0]} to {days[-1]}" if days else "no day told"
    return f"Bill of GPT images, {span}"


def _head(bill: Bill) -> Iterator[str]:
    wrong = complaint_of(bill)
    name, _, span = title_of(bill).partition(", ")
    yield f"<header><h1>{_text(name)}</h1><p>{_text(span)}</p></header>"
    mark = "bad" if wrong else "open" if bill.billed is None else "good"
    said = wrong or _agreement(bill)
    sign = {"bad": "✘", "open": "▲", "good": "✔"}[mark]
    yield f'<p class="verdict {mark}"><b>{sign}</b> {_text(said[:1].upper() + said[1:])}</p>'
    yield '<section class="cards">'
    yield _card("At the rates in force", bill.usd, f"{bill.priced:,} rows priced")
    yield _card("Billed", bill.billed, "not told in these files")
    yield _card("Difference", bill.difference, "nothing to compare with")
    if bill.plan:
        yield _card("Planned", bill.plan.expected, f"{usd(bill.plan.budget)} with its buffer")
    yield "</section>"


def _agreement(bill: Bill) -> str:
    if bill.billed is None:
        return "priced; nothing billed is told in these files"
    if bill.difference == "0":
        return "it agrees to the token"
    return "the difference is explained to the token; nothing stays open"


def _card(name: str, amount: str | None, beside: str) -> str:
    if amount is None:
        return f"<div><h2>{name}</h2><strong>–</strong><small>{_text(beside)}</small></div>"
    exact = f"exactly {amount} USD" if name in {"Billed", "Difference"} else f"{amount}; {beside}"
    return (
        f"<div><h2>{name}</h2><strong>{usd(amount)} <span>USD</span></strong>"
        f"<small>{_text(exact)}</small></div>"
    )


def _way(bill: Bill) -> Iterator[str]:
    drawn = waterfall_of(bill)
    if drawn is None:
        return
    yield f"<section><h2>{'From plan to bill' if bill.plan else 'From usage to bill'}</h2>"
    yield _svg(drawn)
    rows = [*map(_factor_row, bill.plan.factors)] if bill.plan else [*_part_rows(bill)]
    shown = [
        f'<tr><td>{_text(name)}</td><td class="n">{escape(amount)}</td><td>{_text(about)}</td></tr>'
        for name, amount, about in rows
    ]
    head = '<tr><th>part</th><th class="n">USD, exactly</th><th>what it is about</th></tr>'
    yield f"<table><thead>{head}</thead><tbody>{''.join(shown)}</tbody></table></section>"


def _part_rows(bill: Bill) -> Iterator[tuple[str, str, str]]:
    for part, amount in bill.parts.items():
        yield part, amount, "; ".join(bill.why.get(part, []))


def _factor_row(each: PlanFactor) -> tuple[str, str, str]:
    return each.factor, each.usd, figures_of(each).removeprefix(": ")


def _svg(drawn: Waterfall) -> str:
    """Draw bars below each other; what cannot be told at sight is said in words for readers."""
    height = _ROW_PX * len(drawn.bars) + 8
    width = _LABEL_PX + _BAR_PX + _AMOUNT_PX
    said = ", ".join(f"{bar.label} {usd(bar.usd)} USD" for bar in drawn.bars)
    rows = "".join(_svg_bar(i, bar, drawn) for i, bar in enumerate(drawn.bars))
    scale = (
        f'<p class="scale">The scale begins at {usd(drawn.begins_at)} USD.</p>'
        if drawn.begins_at > 0
        else ""
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{_text(said)}">{rows}</svg>'
        f"{scale}"
    )


def _svg_bar(i: int, bar: Bar, drawn: Waterfall) -> str:
    top, left = 4 + i * _ROW_PX, _LABEL_PX + bar.at * _BAR_PX
    middle, wide = top + _ROW_PX / 2 + 4, max(bar.width * _BAR_PX, 2)
    sign = "+" if bar.kind == "more" else ""
    label = bar.label if len(bar.label) <= _LONGEST_LABEL else f"{bar.label[:_LONGEST_LABEL]}…"
    next_top = top + _ROW_PX + 5
    joint = left + wide if bar.kind != "less" else left
    line = (
        f'<line x1="{joint:.1f}" y1="{top + _ROW_PX - 5}" x2="{joint:.1f}" y2="{next_top}"/>'
        if i < len(drawn.bars) - 1
        else ""
    )
    return (
        f'<text class="{bar.kind}" x="{_LABEL_PX - 14}" y="{middle}" text-anchor="end">'
        f"{_text(label)}</text>"
        f'<rect class="{bar.kind}" x="{left:.1f}" y="{top + 5}" width="{wide:.1f}" '
        f'height="{_ROW_PX - 10}" rx="3"/>{line}'
        f'<text class="{bar.kind} n" x="{_LABEL_PX + _BAR_PX + 14}" y="{middle}">'
        f"{sign}{usd(bar.usd)}</text>"
    )


def _look_next(bill: Bill) -> Iterator[str]:
    if bill.look_next:
        items = "".join(f"<li>{_text(each)}</li>" for each in bill.look_next)
        yield f"<section><h2>What to look at next</h2><ol>{items}</ol></section>"


def _by(bill: Bill) -> Iterator[str]:
    if not bill.by:
        return
    told = [name for name in bill.by[0] if any(line[name] is not None for line in bill.by)]
    head = "".join(f"<th{_number(name)}>{_text(name)}</th>" for name in told)
    yield f"<section><h2>By {_text(', '.join(n for n in told if n not in FIGURES))}</h2>"
    yield f"<table><thead><tr>{head}</tr></thead><tbody>"
    for line in bill.by:
        off = " class=off" if line["difference"] not in {None, "0"} else ""
        cells = "".join(f"<td{_number(n)}>{_cell(n, line[n])}</td>" for n in told)
        yield f"<tr{off}>{cells}</tr>"
    yield "</tbody></table></section>"


def _number(name: str) -> str:
    return ' class="n"' if name in FIGURES else ""


def _cell(name: str, told: str | int | None) -> str:
    if told is None:
        return ""
    if isinstance(told, int):
        return f"{told:,}"
    return _text(told) if name not in FIGURES else escape(told)


def _left(name: str, left: Sequence[Unpriced], said: str) -> Iterator[str]:
    if not left:
        return
    yield f"<section><h2>{name}</h2><p>{said}</p><table><thead><tr>"
    yield '<th class="n">rows</th><th class="n">tokens</th><th>why</th><th>where</th></tr></thead>'
    for each in left:
        tokens = sum(each.tokens.values())
        about = f"{each.reason}: {each.about}" if each.about else each.reason
        billed = "".join(f", {usd(amount)} {c.upper()} billed" for c, amount in each.billed.items())
        yield (
            f'<tr><td class="n">{each.rows:,}</td><td class="n">{tokens:,}</td>'
            f"<td>{_text(about + billed)}</td><td>{_lines(each.places)}</td></tr>"
        )
    yield "</table></section>"


def _assumed(bill: Bill) -> Iterator[str]:
    if not bill.assumed:
        return
    yield "<section><h2>Assumed</h2><table><thead><tr>"
    yield '<th class="n">rows</th><th>what was taken for granted</th><th>where</th></tr></thead>'
    for each in bill.assumed:
        yield (
            f'<tr><td class="n">{each.rows:,}</td><td>{_text(each.assumed)}</td>'
            f"<td>{_lines(each.places)}</td></tr>"
        )
    yield "</table></section>"


def _files(bill: Bill) -> Iterator[str]:
    yield "<section><h2>Files</h2><table><tbody>"
    for name, shapes in bill.files.items():
        said = ", ".join(f"{shape}: {count:,}" for shape, count in shapes.items())
        yield f"<tr><td>{_text(name)}</td><td>{_text(said)}</td></tr>"
    yield "</tbody></table>"
    yield from (f"<p>{_text(note)}</p>" for note in [*bill.doubts, *bill.notes])
    yield "</section>"


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(map(_text, texts))


def _text(text: str) -> str:
    """Escape a text; a sheet that opens the page takes no text for a formula."""
    return escape(plain_text(text))
