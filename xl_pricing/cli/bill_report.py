"""What ``xl-pricing bill`` answers, as a document and drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xl_pricing.bills.amounts import exact_text
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reconcile import (
    HALF_A_CENT,
    IN_DOUBT,
    ROUNDING_USD,
    Explained,
    Part,
    Piece,
    gather,
    reconcile,
)
from xl_pricing.bills.total import OF_SERIES, USD, Left, Line, Totals
from xl_pricing.cli.drawing import note_lines, table
from xl_pricing.estimation.assumed import SENTENCES
from xl_pricing.estimation.usage import METER_NAMES
from xl_pricing.rates.day import today

_FIGURES = {"rows", "images", "tokens in", "tokens out", "USD"}


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Rows that are not priced, or no image cost, for one reason."""

    reason: str
    about: str
    rows: int
    tokens: dict[str, int]
    billed: dict[str, str]
    places: list[str]


@dataclass(frozen=True, slots=True)
class TakenForGranted:
    """What was assumed of some rows."""

    assumed: str
    rows: int
    places: list[str]


@dataclass(frozen=True, slots=True)
class Bill:
    """What was read, priced and billed; USD as exact decimal text."""

    rows: int
    priced: int
    images: int | None
    tokens: dict[str, int]
    usd: str | None
    by_day_model_tier: list[list[str | None]]
    billed: str | None
    difference: str | None
    parts: dict[str, str]
    """USD of the difference by what explains it, which add up to it."""
    unpriced: list[Unpriced]
    assumed: list[TakenForGranted]
    why: dict[str, list[str]]
    """What each part is about, three places at most."""
    left_out: list[Unpriced]
    apart: dict[str, dict[str, int]]
    """Tokens that are no image cost."""
    image_rows: int
    other_usd: str
    """Amounts of other products."""
    other_currencies: dict[str, str]
    """Amounts for images that are not in USD."""
    by: list[dict[str, str | int | None]]
    files: dict[str, dict[str, int]]
    """Records by file and shape."""
    doubts: list[str]
    """By which no sum is sure."""
    notes: list[str]


def draw_bill(bill: Bill) -> str:
    """Draw the equation, then what it is made of, what is not priced, and what was assumed."""
    lines = [*_equation(bill), ""]
    if bill.by:
        shown = [{k: "" if v is None else str(v) for k, v in line.items()} for line in bill.by]
        lines += [table(shown, _FIGURES), ""]
    lines += _draw_left("not priced", bill.unpriced)
    lines += _draw_left("no image cost", bill.left_out)
    for whose, tokens in bill.apart.items():
        lines.append(
            f"apart: {tokens['input_tokens']:,} tokens in and {tokens['output_tokens']:,} out "
            f"of the {whose}"
        )
    for each in bill.assumed:
        lines.append(f"assumed of {_rows(each.rows)}: {each.assumed} ({'; '.join(each.places)})")
    lines += [f"in doubt: {each}" for each in bill.doubts]
    return "\n".join([*lines, *note_lines(bill.notes)]).rstrip()


def _equation(bill: Bill) -> Iterator[str]:
    usd = "not priced" if bill.usd is None else f"{bill.usd} USD"
    yield f"at the rates in force  {usd}, {bill.priced:,} of {_rows(bill.rows)} priced"
    if bill.billed is None:
        yield "billed                 not told in these files"
    else:
        yield f"billed                 {bill.billed} USD"
    for currency, amount in bill.other_currencies.items():
        yield f"billed                 {amount} {currency.upper()}, not compared"
    if bill.difference is not None:
        yield f"difference             {bill.difference} USD, {_said_of(bill)}"
    if bill.difference not in {None, "0"}:
        width = max(map(len, bill.parts.values()))
        for part, usd in bill.parts.items():
            about = "; ".join(bill.why.get(part, []))
            yield f"  {usd:>{width}} USD  {part}{f': {about}' if about else ''}"


def _said_of(bill: Bill) -> str:
    if bill.difference == "0" and not _unexplained(bill):
        return "agrees to the token"
    open_usd = _unexplained(bill)
    if open_usd:
        return f"{open_usd} USD unexplained"
    in_doubt = any(part in bill.parts for part in IN_DOUBT)
    return "named below, but it does not agree" if in_doubt else "explained to the token"


def _unexplained(bill: Bill) -> str:
    """Return the USD that nothing explains, empty where there are none."""
    usd = bill.parts.get(Part.UNEXPLAINED, "0")
    return "" if usd == "0" else usd


def _draw_left(said: str, left: Sequence[Unpriced]) -> Iterator[str]:
    for each in left:
        about = f": {each.about}" if each.about else ""
        tokens = sum(each.tokens.values())
        counted = f", {tokens:,} tokens" if tokens else ""
        billed = "".join(f", {amount} {c.upper()} billed" for c, amount in each.billed.items())
        places = "; ".join(each.places)
        yield f"{said}: {_rows(each.rows)}{counted}{billed}, {each.reason}{about} ({places})"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def complaint_of(bill: Bill) -> str:
    """Say why the bill does not agree; nothing where it does."""
    rows = sum(each.rows for each in bill.unpriced)
    said = [f"{_rows(rows)} not priced"] if rows else []
    if _unexplained(bill):
        said.append(f"{_unexplained(bill)} USD not explained")
    said += [f"{bill.parts[part]} USD {part}" for part in IN_DOUBT if part in bill.parts]
    if bill.other_currencies:
        said.append("amounts in other currencies")
    said += bill.doubts
    return f"it does not agree: {'; '.join(said)}" if said else ""


def bill_of(
    totals: Totals,
    reading: Reading,
    chosen: Sequence[str],
    notes: list[str],
    invoice: Fraction | None = None,
    rounding_usd: Fraction | None = None,
) -> Bill:
    """Put together what there is to say: of what was used where it is told, else of the bill."""
    used, billed = totals.used, totals.bill
    side = used if used.rows or not billed.rows else billed
    whole = side.whole
    paid = billed if billed.rows else used
    amounts = paid.billed
    in_files = amounts.get(USD) if amounts else None
    told = in_files if invoice is None else invoice
    difference = told - whole.usd if told is not None and whole.rows else None
    parts = {}
    if difference is not None:
        pieces = _pieces(totals, in_files, invoice, rounding_usd)
        parts = gather([*pieces, Piece(Part.UNEXPLAINED, difference - sum(p.usd for p in pieces))])
    left = [(each.reason.apart, _unpriced(each)) for each in totals.left.values()]
    return Bill(
        rows=used.rows + billed.rows,
        priced=whole.rows,
        images=whole.images,
        tokens=whole.tokens._asdict(),
        usd=exact_text(whole.usd) if whole.rows or not side.rows else None,
        by_day_model_tier=[
            [day or None, model, tier, exact_text(line.usd)]
            for (day, model, tier), line in side.lines(OF_SERIES).items()
        ],
        billed=None if told is None else exact_text(told),
        difference=None if difference is None else exact_text(difference),
        parts={part: exact_text(each.usd) for part, each in parts.items()},
        why={part: _about(each) for part, each in parts.items() if each.about},
        unpriced=[each for apart, each in left if not apart],
        assumed=[
            TakenForGranted(SENTENCES[flag], taken.rows, taken.places)
            for flag, taken in totals.assumed().items()
        ],
        left_out=[each for apart, each in left if apart],
        apart={
            whose: {"input_tokens": sent, "output_tokens": made}
            for whose, (sent, made) in totals.apart.items()
        },
        image_rows=side.image_rows,
        other_usd=exact_text(_sum(paid.other, USD)),
        other_currencies={c: exact_text(a) for c, a in amounts.items() if c != USD},
        by=[
            {**dict(zip(chosen, key, strict=True)), **_figures(line)}
            for key, line in side.lines(chosen).items()
        ],
        files={file.name: dict(file.shapes) for file in reading.files},
        doubts=reading.doubts,
        notes=notes,
    )


def _pieces(
    totals: Totals,
    in_files: Fraction | None,
    invoice: Fraction | None,
    rounding_usd: Fraction | None,
) -> list[Piece]:
    """Return what explains the difference: by lines of a bill, and by an invoice beside them."""
    pieces: list[Piece] = []
    if totals.bill.rows and in_files is not None:
        pieces += reconcile(totals, today(), ROUNDING_USD if rounding_usd is None else rounding_usd)
    if invoice is not None:
        off = invoice - (totals.used.whole.usd if in_files is None else in_files)
        near = abs(off) <= (HALF_A_CENT if rounding_usd is None else rounding_usd)
        far = Part.UNEXPLAINED if in_files is None else Part.FILES
        pieces.append(Piece(Part.ROUNDING if near else far, off))
    return pieces


def _about(each: Explained) -> list[str]:
    more = each.count - len(each.about)
    return [*each.about, f"and {more:,} more"] if more else each.about


def _sum(amounts: Mapping[str, Fraction], currency: str) -> Fraction:
    return amounts.get(currency, Fraction(0))


def _unpriced(left: Left) -> Unpriced:
    return Unpriced(
        left.reason.sentence,
        left.detail,
        left.rows,
        {name: tokens for name, tokens in zip(METER_NAMES, left.counts, strict=True) if tokens},
        {currency: exact_text(amount) for currency, amount in left.billed.items()},
        left.places,
    )


def _figures(line: Line) -> dict[str, str | int | None]:
    tokens = line.tokens
    return {
        "rows": line.rows,
        "images": line.images,
        "tokens in": tokens.text_in + tokens.text_cached + tokens.image_in + tokens.image_cached,
        "tokens out": tokens.text_out + tokens.image_out,
        "USD": exact_text(line.usd),
    }
