"""What ``xl-pricing bill`` answers, drawn for the terminal."""

from collections.abc import Iterator, Mapping, Sequence

from xl_pricing.bills.parts import IN_DOUBT
from xl_pricing.cli.bill_report import (
    Bill,
    PlanFactor,
    PlanTold,
    Unpriced,
    amounts_of,
    apart_of,
    refunds_of,
    rows_of,
    unexplained,
)
from xl_pricing.cli.drawing import note_lines, show_figure, show_percent, table
from xl_pricing.estimation.bridge import Factor

UNITS: Mapping[str, str] = {
    Factor.SIZE_AND_QUALITY: " (tokens per image)",
    Factor.TOKENS: " (usual tokens of these images)",
    Factor.MODEL: " (USD per 1M output tokens)",
    Factor.INPUTS: " (USD)",
    Factor.BATCH: " (of the standard price)",
    Factor.CACHE: " (of the input from a cache)",
}
"""What the figures of a factor are, where its name does not say it."""
SHARES: frozenset[str] = frozenset({Factor.BATCH, Factor.CACHE})
FIGURES = {"rows", "images", "tokens in", "tokens out", "USD", "billed", "difference"}
"""What of a line is a figure; the rest are words."""


def draw_bill(bill: Bill) -> str:
    """Draw the equation, then what it is made of, what is not priced, and what was assumed."""
    lines = [*_equation(bill), "", *(_draw_plan(bill.plan) if bill.plan else ())]
    if bill.by:
        told = {name for line in bill.by for name, v in line.items() if v is not None}
        shown = [
            {k: "" if v is None else str(v) for k, v in line.items() if k in told | {"images"}}
            for line in bill.by
        ]
        lines += [table(shown, FIGURES), ""]
    lines += _draw_left("not priced", bill.unpriced)
    lines += _draw_left("compared", amounts_of(bill))
    lines += _draw_left("taken back", refunds_of(bill))
    lines += _draw_left("no image cost", apart_of(bill))
    for whose, tokens in bill.apart.items():
        lines.append(
            f"apart: {tokens['input_tokens']:,} tokens in and {tokens['output_tokens']:,} out "
            f"of the {whose}"
        )
    for each in bill.assumed:
        lines.append(f"assumed of {rows_of(each.rows)}: {each.assumed} ({'; '.join(each.places)})")
    lines += [f"in doubt: {each}" for each in bill.doubts]
    lines += [f"look next: {each}" for each in bill.look_next]
    return "\n".join([*lines, *note_lines(bill.notes)]).rstrip()


def _equation(bill: Bill) -> Iterator[str]:
    usd = "not priced" if bill.usd is None else f"{bill.usd} USD"
    yield f"at the rates in force  {usd}, {bill.priced:,} of {rows_of(bill.rows)} priced"
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


def _draw_plan(plan: PlanTold) -> Iterator[str]:
    """Draw the way from the plan to the bill, one factor after the other."""
    yield f"planned                {plan.expected} USD at the rates of {plan.rates_of}"
    yield f"  with its buffer      {plan.budget} USD"
    yield f"came to                {plan.actual} USD"
    yield f"difference             {plan.difference} USD, one factor at a time in this order:"
    width = max(len(each.usd) for each in plan.factors)
    for each in plan.factors:
        yield f"  {each.usd:>{width}} USD  {each.factor}{figures_of(each)}"
    yield ""


def figures_of(each: PlanFactor) -> str:
    """Say what a factor was in the plan and in fact, or what it is about."""
    if each.planned is None or each.actual is None:
        return f": {'; '.join(each.about)}" if each.about else ""
    unit = UNITS.get(each.factor, "")
    show = show_percent if each.factor in SHARES else show_figure
    return f": {show(each.planned)} planned, {show(each.actual)} in fact{unit}"


def _said_of(bill: Bill) -> str:
    if bill.difference == "0" and not unexplained(bill):
        return "agrees to the token"
    open_usd = unexplained(bill)
    if open_usd:
        return f"{open_usd} USD unexplained"
    in_doubt = (bill.unpriced, bill.unconfirmed, bill.doubts, bill.other_currencies)
    is_open = any(in_doubt) or any(part in bill.parts for part in IN_DOUBT)
    return "named below, but it does not agree" if is_open else "explained to the token"


def _draw_left(said: str, left: Sequence[Unpriced]) -> Iterator[str]:
    for each in left:
        about = f": {each.about}" if each.about else ""
        tokens = sum(each.tokens.values())
        counted = f", {tokens:,} tokens" if tokens else ""
        billed = "".join(f", {amount} {c.upper()} billed" for c, amount in each.billed.items())
        places = "; ".join(each.places)
        yield f"{said}: {rows_of(each.rows)}{counted}{billed}, {each.reason}{about} ({places})"
