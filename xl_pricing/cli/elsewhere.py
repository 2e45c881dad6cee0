"""What ``xl-pricing plans`` says of the same job on other image models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from xl_pricing.cli.drawing import show_figure, show_money, table
from xl_pricing.estimation.budget import Budget
from xl_pricing.planning.elsewhere import OtherBill

TITLE = "the same job elsewhere: other models, which make another picture"
_UNCOUNTED = "references are not counted"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The job on another model; ``reason`` says why there is no price."""

    model: str
    quality: str | None
    usd_per_image: Fraction | None
    usd_per_final: Fraction | None
    bill_usd: Fraction | None
    source: str | None = None
    checked: str | None = None
    basis: str | None = None
    note: str = ""
    reason: str | None = None


def elsewhere(bill: OtherBill, images: Budget) -> Elsewhere:
    """Return what there is to say of another model's bill for a job of so many images."""
    row, usd = bill.row, bill.usd
    if row is None:
        return Elsewhere(bill.model, None, None, None, None, reason=bill.refusal)
    note = "; ".join(filter(None, (row.note, _UNCOUNTED if bill.is_partial else "")))
    evidence = (*row.evidence, note, bill.refusal)
    if usd is None:
        return Elsewhere(bill.model, row.their_quality, None, None, None, *evidence)
    job = replace(images, cost_per_image=usd)
    return Elsewhere(bill.model, row.their_quality, usd, job.cost_per_final, job.total, *evidence)


def elsewhere_lines(bills: Sequence[Elsewhere]) -> Iterator[str]:
    """Draw prices as a table, their sources as another, and what has no price line by line."""
    yield f"{TITLE}:"
    priced = [bill for bill in bills if bill.reason is None]
    if priced:
        prices = [_price_row(bill) for bill in priced]
        yield from (table(prices, {*prices[0]} - {"model", "its quality"}), "")
        yield from (table([_source_row(bill) for bill in priced], ()), "")
    yield from (bill.reason for bill in bills if bill.reason)


def _price_row(bill: Elsewhere) -> dict[str, str]:
    return {
        "model": bill.model,
        "its quality": bill.quality or "",
        "USD per image": show_figure(bill.usd_per_image),
        "USD per final": show_figure(bill.usd_per_final),
        "bill USD": show_money(bill.bill_usd or 0),
    }


def _source_row(bill: Elsewhere) -> dict[str, str]:
    return {
        "model": bill.model,
        "source": bill.source or "",
        "seen on": bill.checked or "",
        "basis": bill.basis or "",
        "note": bill.note,
    }
