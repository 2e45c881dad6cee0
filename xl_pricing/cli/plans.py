"""The bills of a job as documents: official tokens, every plan, a prepaid pack."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from xl_pricing.cli.console import Document, Given
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.cost import BASES, Evidence
from xl_pricing.estimation.credits import Charge, Pack, markup
from xl_pricing.functions import pricing
from xl_pricing.functions.values import is_blank, read_number
from xl_pricing.planning.plans import PlanBill, pack_bill
from xl_pricing.rates.rows import Plan

OFFICIAL = "official tokens"


def bill_documents(bills: Sequence[PlanBill], images: Budget, given: Given) -> Iterator[Document]:
    """Yield the bill by official tokens, then those by plans; ``given`` is what IMGCOST takes."""
    listed, _ = _estimate({**given, "tier": None})
    official, refusal = _estimate(given)
    evidence = official and official.lines[-1].evidence._replace(basis=official.basis)
    by_tokens = Charge(None, official and official.usd)
    yield {
        "plan": OFFICIAL,
        **_amounts(by_tokens, images, listed),
        "takes": "",
        "refuses": "",
        **_evidence(evidence),
        "note": "",
        "reason": refusal and f"{OFFICIAL}: {refusal}",
    }
    for bill in bills:
        yield {
            "plan": bill.plan,
            **_amounts(bill.charge, images, listed),
            "takes": ", ".join(bill.takes),
            "refuses": ", ".join(bill.refuses),
            **_evidence(_plan_evidence(bill.row, listed) if bill.row else None),
            "note": bill.row.note if bill.row else "",
            "reason": f"{bill.plan}: {bill.refusal}" if bill.row and bill.refusal else bill.refusal,
        }


def _estimate(given: Given) -> tuple[pricing.Estimate | None, str | None]:
    """Return the estimate by tokens, or why there is none."""
    try:
        return pricing.explain(**given), None
    except NotAvailableError as error:
        return None, str(error)


def _amounts(charged: Charge, images: Budget, listed: pricing.Estimate | None) -> Document:
    """Return what the image, the accepted final and the whole job cost in credits and USD."""
    credits_, usd = charged
    in_credits = None if credits_ is None else replace(images, cost_per_image=credits_)
    in_usd = None if usd is None else replace(images, cost_per_image=usd)
    return {
        "credits_per_image": in_credits and float(in_credits.cost_per_image),
        "usd_per_image": in_usd and float(in_usd.cost_per_image),
        "usd_per_final": in_usd and float(in_usd.cost_per_final),
        "bill_credits": in_credits and float(in_credits.total),
        "bill_usd": in_usd and float(in_usd.total),
        "markup": in_usd and listed and float(markup(in_usd.cost_per_image, listed.usd)),
    }


def _plan_evidence(row: Plan, listed: pricing.Estimate | None) -> Evidence:
    """Return a row's evidence; what multiplies tokens is known no better than they are."""
    bases = {row.basis, listed.basis} if row.multiplier and not row.usd and listed else {row.basis}
    return row.evidence._replace(basis=max(bases, key=BASES.index))


def _evidence(evidence: Evidence | None) -> Document:
    return evidence._asdict() if evidence else dict.fromkeys(Evidence._fields)


def pack_document(
    plan: Given, pack_usd: Given, pack_credits: Given, given: Given, by_tokens: Budget
) -> Document:
    """Weigh a prepaid pack of a plan against the same job by tokens.

    Raises `InvalidValueError` where a part is not told, `NotAvailableError` for a plan that names
    no credits.
    """
    if any(map(is_blank, (plan, pack_usd, pack_credits))):
        raise InvalidValueError(
            "a pack is told in part; accepted: --pack-usd, --pack-credits and --plan together"
        )
    credits_per_image = _credits(plan, given)
    pack = Pack(read_number(pack_usd, "pack_usd"), read_number(pack_credits, "pack_credits"))
    bill = pack_bill(pack, credits_per_image, by_tokens)
    return {
        "plan": plan,
        "pack_usd": float(pack.usd),
        "pack_credits": float(pack.credits),
        "credits_per_image": float(credits_per_image),
        "images_in_pack": float(bill.images),
        "usd_per_image": float(pack.usd / bill.images),
        "break_even_images": float(bill.break_even_images),
        "packs_for_the_job": bill.packs,
        "packs_usd": float(bill.usd),
        "tokens_usd": float(bill.token_usd),
        "saving_usd": float(bill.saving),
        "pays_off": bill.saving > 0,
    }


def _credits(plan: Given, given: Given) -> Fraction:
    charged = pricing.read_charge(
        plan=plan, **{name: value for name, value in given.items() if name != "tier"}
    )
    if charged.credits is None:
        raise NotAvailableError(
            f"plan {plan!r} names no credits for this image; accepted: a plan with credits"
        )
    return charged.credits
