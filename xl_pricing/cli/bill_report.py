"""What ``xl-pricing bill`` answers, as a document and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xl_pricing.bills.advice import advice
from xl_pricing.bills.amounts import exact_text
from xl_pricing.bills.by import ByLine, lines_by
from xl_pricing.bills.compared import Compared
from xl_pricing.bills.parts import IN_DOUBT, Part
from xl_pricing.bills.plan import AgainstPlan
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.reconcile import Explained
from xl_pricing.bills.total import OF_SERIES, USD, Left, Totals
from xl_pricing.estimation.assumed import SENTENCES
from xl_pricing.estimation.usage import METER_NAMES

CONFIRM = "not confirmed: --uplift says which rates are agreed"


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
class PlanFactor:
    """What one factor added to the plan in USD, and its figure in the plan and in fact."""

    factor: str
    usd: str
    planned: Fraction | None
    actual: Fraction | None
    about: list[str]


@dataclass(frozen=True, slots=True)
class PlanTold:
    """From a plan to its bill: expected + factors = actual, as exact decimal text."""

    rates_of: str
    budget: str
    """With the buffer."""
    expected: str
    actual: str
    difference: str
    factors: list[PlanFactor]


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
    unconfirmed: list[str]
    """Parts at other rates than those in force, which somebody has to confirm."""
    plan: PlanTold | None
    look_next: list[str]
    """What to look at next, the largest amount first."""
    notes: list[str]


def amounts_of(bill: Bill) -> list[Unpriced]:
    """Return the rows whose amounts are compared as they are, for they tell no tokens."""
    return [each for each in bill.left_out if each.reason == Reason.AMOUNT_ALONE.sentence]


def refunds_of(bill: Bill) -> list[Unpriced]:
    """Return the rows that take something back: their amounts count."""
    return [each for each in bill.left_out if each.reason == Reason.REFUND.sentence]


def apart_of(bill: Bill) -> list[Unpriced]:
    """Return the rows that are no image cost."""
    counted = {Reason.AMOUNT_ALONE.sentence, Reason.REFUND.sentence}
    return [each for each in bill.left_out if each.reason not in counted]


def unexplained(bill: Bill) -> str:
    """Return the USD that nothing explains, empty where there are none."""
    usd = bill.parts.get(Part.UNEXPLAINED, "0")
    return "" if usd == "0" else usd


def rows_of(count: int) -> str:
    """Say how many rows."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def complaint_of(bill: Bill) -> str:
    """Say why the bill does not agree; nothing where it does."""
    rows = sum(each.rows for each in bill.unpriced)
    said = [f"{rows_of(rows)} not priced"] if rows else []
    if unexplained(bill):
        said.append(f"{unexplained(bill)} USD not explained")
    said += [f"{bill.parts[part]} USD {part}" for part in IN_DOUBT if part in bill.parts]
    unsure = ", ".join(f"{bill.parts[part]} USD {part}" for part in bill.unconfirmed)
    said += [f"{unsure}, {CONFIRM}"] if unsure else []
    if bill.other_currencies:
        said.append("amounts in other currencies")
    said += bill.doubts
    return f"it does not agree: {'; '.join(said)}" if said else ""


def bill_of(
    totals: Totals,
    compared: Compared,
    reading: Reading,
    chosen: Sequence[str],
    notes: list[str],
    plan: AgainstPlan | None = None,
) -> Bill:
    """Put together what there is to say: of what was used where it is told, else of the bill."""
    side, paid, told, difference, parts = (
        compared.side,
        compared.paid,
        compared.billed,
        compared.difference,
        compared.parts,
    )
    whole = side.whole
    left = [(each.reason.apart, _unpriced(each)) for each in totals.left]
    return Bill(
        rows=totals.rows,
        priced=whole.rows,
        images=whole.images,
        tokens=whole.tokens._asdict(),
        usd=exact_text(whole.usd) if whole.rows or not totals.rows else None,
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
            TakenForGranted(SENTENCES[flag], taken.rows, [*taken.places])
            for flag, taken in totals.assumed().items()
        ],
        left_out=[each for apart, each in left if apart],
        apart={
            whose: {"input_tokens": sent, "output_tokens": made}
            for whose, (sent, made) in totals.apart.items()
        },
        image_rows=side.image_rows,
        other_usd=exact_text(_sum(paid.other, USD)),
        other_currencies={c: exact_text(a) for c, a in paid.billed.items() if c != USD},
        by=[
            {**dict(zip(chosen, key, strict=True)), **_figures(line, priced=bool(whole.rows))}
            for key, line in lines_by(totals, side, chosen).items()
        ],
        files={file.name: dict(file.shapes) for file in reading.files},
        doubts=[*reading.doubts, *compared.doubts],
        unconfirmed=[part for part, each in parts.items() if not each.sure],
        plan=_planned(plan) if plan else None,
        look_next=_look_next(compared, [each for apart, each in left if not apart]),
        notes=notes,
    )


def _look_next(compared: Compared, unpriced: Sequence[Unpriced]) -> list[str]:
    """Say what to do about the difference, and about rows that are not priced."""
    parts = {part: each.usd for part, each in compared.parts.items()}
    unsure = {part for part, each in compared.parts.items() if not each.sure}
    rows = sum(each.rows for each in unpriced)
    said = [
        f"{rows_of(rows)} not priced, the first: {each.reason} ({each.places[0]})"
        for each in unpriced[:1]
    ]
    others = [c.upper() for c in compared.paid.billed if c != USD]
    said += [f"Convert the amounts in {c}: --currency {c}, and --rate" for c in others]
    return [*said, *advice(parts, unsure), *compared.doubts]


def _planned(plan: AgainstPlan) -> PlanTold:
    return PlanTold(
        plan.day.isoformat(),
        exact_text(plan.budget_usd),
        exact_text(plan.expected_usd),
        exact_text(plan.actual_usd),
        exact_text(plan.difference_usd),
        [
            PlanFactor(part.name, exact_text(part.usd), part.planned, part.actual, [*part.about])
            for part in plan.parts
        ],
    )


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
        [*left.places],
    )


def _figures(by: ByLine, *, priced: bool) -> dict[str, str | int | None]:
    """Return the figures of a line; of the amounts alone where nothing at all is priced."""
    line, tokens = by.used, by.used.tokens
    sent = tokens.text_in + tokens.text_cached + tokens.image_in + tokens.image_cached
    figures = {
        "rows": line.rows,
        "images": line.images,
        "tokens in": sent,
        "tokens out": tokens.text_out + tokens.image_out,
        "USD": exact_text(line.usd),
        "billed": None if by.billed is None else exact_text(by.billed),
        "difference": None if by.difference is None else exact_text(by.difference),
    }
    return figures if priced else {**dict.fromkeys(figures), "billed": figures["billed"]}
