"""What the Checks must find: which rules hold, and the first rows to fix."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from outcomes import bills as rows_of_bills
from outcomes import elsewhere, plans, rates, risk, stages, strict, summary
from outcomes import lines as rows_of_lines
from outcomes import sizes as delivered_sizes
from outcomes.bills import Bills
from outcomes.campaign import Campaign
from outcomes.job import NO, USD, YES, Job
from outcomes.pack import JobPack
from outcomes.rules import SAYS
from outcomes.said import Outcome, Said
from outcomes.strict import holds
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import USUAL_BUFFERS
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import MAX_REFERENCES, QUALITIES
from xl_pricing.estimation.size import FreeSizes
from xl_pricing.rates.card import read_tier
from xl_pricing.rates.rows import read_date

RATES_AGE = timedelta(days=45)
LISTED_ROWS = 10
UNJUDGED = 2
"""What a rule shows that rests on one that does not hold."""
_OF_IMAGE = (
    *("ok_images_per_call", "ok_measured_tokens", "ok_prompt_tokens", "ok_reference_images"),
    *("ok_reference_width", "ok_reference_height"),
)
AFTER = {
    "ok_size": ("ok_model", "ok_ratio"),
    "ok_quality": ("ok_model", "ok_size", "ok_quality_word", *_OF_IMAGE),
    "ok_rates": ("ok_model", "ok_tier", "ok_day", "ok_rates_once"),
    "ok_reference_width": ("ok_reference_images",),
    "ok_reference_height": ("ok_reference_images",),
    "ok_sums": (
        "ok_quality",
        "ok_rates",
        "ok_finals",
        "ok_retries",
        "ok_buffer",
        "ok_use_measured",
    ),
    "note_plan_price": ("ok_plan", "ok_quality", "ok_rates"),
    "note_exchange": ("ok_exchange",),
    "ok_campaign_rows": ("ok_day",),
    "note_service": ("ok_model", "ok_day"),
    "note_age": ("ok_day",),
    "note_buffer": ("ok_buffer",),
    "note_basis": ("ok_quality", "ok_rates"),
    "note_size": ("ok_size",),
    "note_plan": ("note_plan_price",),
    "note_stage": ("ok_model", "ok_size", "ok_images_per_call"),
    "note_risk": ("ok_finals", "ok_retries", "ok_buffer"),
    "note_campaign_cap": ("ok_campaign_rows",),
    "note_campaign_service": ("ok_day",),
    "note_campaign_drafts": ("note_stage",),
    "note_measured": (
        *("ok_model", "ok_size", "ok_quality_word", "ok_use_measured", "ok_actuals_rows"),
    ),
}
"""The rules that each rule rests on; those that it names come before it."""


def outcomes(
    campaign_: Campaign, bills: Bills, today: date, found: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """Return every rule, 1 where it holds, and what follows from them.

    ``found`` is what the Worksheet and the actuals answer.
    """
    job = campaign_.job
    errors = _of_image(job) | _of_job(job) | _of_tables(campaign_, bills)
    notes = _notes(job, today) | _notes_of_tables(campaign_, bills)
    notes["note_bill_days"] = int(not _to_come(bills, today))
    _leave_unjudged(errors, notes)
    notes |= _of_summary(job, {**found, **errors})
    rows_each = _rows_each(campaign_, bills, today)
    wrong, noted = (
        sum(rows_each.get(name, 1) for name, one in found.items() if one == 0)
        for found in (errors, notes)
    )
    rules: dict[str, Outcome] = {**errors, **notes}
    lines = [(rows_of_lines.FIRST_ROW + i, rows_of_lines.SAYS[line.fault])
             for i, line in enumerate(campaign_.lines) if line.filled and line.fault]  # fmt: skip
    rows = [(bill.row, rows_of_bills.SAYS[bill.fault]) for bill in bills.wrong]
    tables = (("campaign", campaign_), ("actuals", bills))
    return {
        **rules,
        "errors_found": wrong,
        "notes_found": noted,
        "first_error": _first(errors),
        "first_note": _first(notes),
        "status": _status(wrong, noted),
        "rates_once_says": Said("^A correction replaces"),
        "rates_twice": 0,
        "references_valid": holds(lambda: job.references),
        "spec_valid": holds(job.inputs),
        **{f"{name}_own": len(of.own) for name, of in tables},
        **{f"{name}_examples": len(of.examples) for name, of in tables},
        "plan_valid": holds(job.plan),
        **_to_fix("campaign", lines),
        **_to_fix("actuals", rows),
    }


def _to_come(bills: Bills, today: date) -> list[rows_of_bills.Bill]:
    """Return the rows that count and are dated after today."""
    return [bill for bill in bills.counted if bill.is_after(today)]


def _rows_each(campaign_: Campaign, bills: Bills, today: date) -> dict[str, int]:
    """Return how many rows break a rule, of the rules of which each row counts."""
    return {
        "ok_campaign_rows": len(campaign_.filled) - len(campaign_.priced),
        "ok_actuals_rows": len(bills.wrong),
        "note_campaign_drafts": sum(map(_lacks_drafts, campaign_.filled)),
        "note_billed": sum(bill.differs for bill in bills.counted),
        "note_bill_days": len(_to_come(bills, today)),
    }


def _of_image(job: Job) -> dict[str, int]:
    day, tier = read_date(job["price_date"]), job["tier"].lower()
    meters = ("text_in", "image_in", "image_out")
    names = {plan.plan.lower() for plan in job.card.plans}

    def rates_() -> list[object]:
        return [job.card.rate(job.model, meter, tier, day) for meter in meters]

    return {
        "ok_model": 1,
        "ok_tier": holds(lambda: read_tier(job["tier"])),
        "ok_ratio": 1,
        "ok_quality_word": holds(
            lambda: strict.need(
                job["quality"].lower() in QUALITIES or not strict.blank(job["measured_tokens"])
            )
        ),
        "ok_day": int(day >= min(rate.effective_from for rate in job.card.rates)),
        "ok_size": 1 if strict.is_measured(job["measured_tokens"]) else holds(lambda: job.size),
        "ok_quality": holds(job.usage),
        "ok_rates_once": 1,
        "ok_rates": holds(rates_),
        "ok_images_per_call": holds(lambda: job.images_per_call),
        "ok_measured_tokens": holds(lambda: job.measured_tokens),
        "ok_prompt_tokens": holds(lambda: job.prompt_tokens),
        **_of_references(job),
        "ok_plan": int(not job.has_plan or job["plan"].lower() in names),
        "ok_table": 1,
    }


def _of_references(job: Job) -> dict[str, int]:
    """Return how many there are, and their edges, each of which is asked for by itself."""

    def count() -> int:
        typed = job["reference_images"]
        return 0 if strict.blank(typed) else strict.whole(typed, 0, MAX_REFERENCES)

    def edge(name: str) -> None:
        if count():
            strict.whole(job[name], 1, strict.MAX_REFERENCE_PX)

    edges = ("reference_width", "reference_height")
    return {
        "ok_reference_images": holds(count),
        **{f"ok_{name}": holds(lambda name=name: edge(name)) for name in edges},
    }


def _has_plan_price(job: Job) -> int:
    """Return 1 where no plan is asked for its price, or it has one for the image."""

    def price() -> None:
        terms = job.card.plans[job.offer()].terms
        # Credits that are listed need no token price.
        found = terms if terms.credits else charge(terms, job.list_cost)
        strict.need(found.credits is not None or found.usd is not None)

    if not job.has_plan:
        return 1
    return holds(price) if holds(lambda: job.size) else UNJUDGED


def _exchange(job: Job) -> dict[str, int]:
    """Return whether the rate is one; and whether it is one of the currency that is shown."""
    asked = job.currency != USD and not strict.blank(job["units_per_usd"])
    owner = job["rate_currency"].upper()
    return {
        "ok_exchange": holds(job.units_per_usd) if asked else 1,
        "note_exchange": int(not asked or not owner or owner == job.currency.upper()),
    }


def _leave_unjudged(*found: dict[str, int]) -> None:
    """Leave the rules unjudged that rest on one that does not hold."""
    known = {name: one for rules in found for name, one in rules.items()}
    for name, rests_on in AFTER.items():
        if any(known[other] != 1 for other in rests_on):
            known[name] = UNJUDGED
    for rules in found:
        rules.update({name: known[name] for name in rules})


def _of_job(job: Job) -> dict[str, int]:
    return {
        "ok_finals": holds(lambda: strict.figure(job["finals"])),
        "ok_retries": holds(lambda: strict.figure(job["retries"], 1)),
        "ok_buffer": holds(lambda: strict.figure(job["buffer"], 0, Fraction(1))),
        "ok_use_measured": int(job["use_measured"] in {"", YES, NO}),
        "ok_exchange": _exchange(job)["ok_exchange"],
        "ok_sums": holds(lambda: job.plan(job.cost())),
        "ok_plans_table": 1,
    }


def _of_tables(campaign_: Campaign, bills: Bills) -> dict[str, int]:
    return {
        "ok_campaign_rows": int(len(campaign_.priced) == len(campaign_.filled)),
        "ok_campaign_table": int(len(campaign_.lines) <= strict.MOST_ROWS),
        "ok_pack": JobPack(campaign_.job).is_sound(),
        "ok_actuals_rows": int(not bills.wrong),
        "ok_actuals_table": int(len(bills.rows) <= strict.MOST_ROWS),
        "ok_variance": 1,
    }


def _notes(job: Job, today: date) -> dict[str, int]:
    sizes, day = job.model.sizes, read_date(job["price_date"])
    low, high = USUAL_BUFFERS
    width, height = job.edges

    def assumes_nothing() -> None:
        strict.need(not job.has_plan or job.card.plans[job.offer()].basis != "estimate")

    tried = isinstance(sizes, FreeSizes) and width * height > sizes.experimental_pixels
    return {
        "note_service": 1 - rates.leaves(job.model, job["price_date"]),
        "note_age": int(max(day, today) - job.card.checked <= RATES_AGE),
        "note_card": 1,
        "note_buffer": holds(lambda: strict.figure(job["buffer"], low, high)),
        "note_basis": _basis(job),
        "note_size": int(not tried),
        "note_plan_price": _has_plan_price(job),
        "note_exchange": _exchange(job)["note_exchange"],
        "note_plan": holds(assumes_nothing),
        "note_stage": stages.drafts_can_be_made(job),
        "note_lever_ratios": int(len(job.card.ratios) + 1 <= 40),
        "note_delivery": delivered_sizes.can_be_read(job),
        "note_places_room": int(len(job.card.destinations) <= delivered_sizes.ROOM),
        "note_other_room": int(len({row.model for row in job.card.other_models}) <= elsewhere.ROOM),
        "note_plans_room": int(len({plan.plan.lower() for plan in job.card.plans}) <= plans.ROOM),
        "note_risk": holds(lambda: strict.need(risk.covers(job))),
    }


def _basis(job: Job) -> int:
    """Return 0 where output tokens or a rate in use are an estimate, or there is no rate."""
    day, tier = read_date(job["price_date"]), job["tier"].lower()
    try:
        used = job.usage()
        counted = [job.model.output.basis] if strict.blank(job["measured_tokens"]) else []
        rated = [
            job.card.rate(job.model, meter, tier, day).basis
            for meter in ("text_in", "image_in", "image_out")
            if getattr(used, meter)
        ]
    except XlPricingError:
        return 0
    return int("estimate" not in {*counted, *rated})


def _lacks_drafts(line: rows_of_lines.Line) -> bool:
    return line.fault == rows_of_lines.DRAFTS


def _notes_of_tables(campaign_: Campaign, bills: Bills) -> dict[str, int]:
    job = campaign_.job
    retries, cost = bills.measured_retries(), bills.measured_cost()
    return {
        "note_billed": int(not any(bill.differs for bill in bills.counted)),
        "note_campaign_cap": _under_the_cap(campaign_),
        "note_campaign_drafts": int(not any(map(_lacks_drafts, campaign_.filled))),
        "note_campaign_service": int(not rates.lines_with(campaign_, "leaves")),
        "note_campaign_basis": int(not rates.lines_with(campaign_, "estimated")),
        "note_measured": int(
            job["use_measured"] != YES or (bool(bills.own) and None not in {retries, cost})
        ),
    }


def _under_the_cap(campaign_: Campaign) -> int:
    try:
        cap = strict.figure(campaign_.job["campaign_cap"], -strict.MOST_OF_A_ROW)
    except XlPricingError:
        return 1
    return holds(lambda: strict.need(campaign_.total() <= cap))


def _of_summary(job: Job, found: Mapping[str, Outcome]) -> dict[str, int]:
    """Return whether the cases of the Summary lie about the base; it rests on the sums."""
    in_order = summary.in_order(job, found) if found["ok_sums"] == 1 else UNJUDGED
    return {"note_summary_cases": in_order}


def _first(found: Mapping[str, int]) -> str:
    """Return what the first rule says that does not hold, in the sheet's order."""
    return next((says for name, says in SAYS.items() if found.get(name) == 0), "")


def _status(errors: int, notes: int) -> Said:
    if errors:
        return Said("^✘ .* to fix", (str(errors),))
    return Said("^▲ .* to note", (str(notes),)) if notes else Said("^✔ All checks passed")


def _to_fix(table: str, rows: list[tuple[int, str]]) -> Mapping[str, Outcome]:
    """Return the first rows of a table that have a fault, and what is wrong with them."""
    listed: list[tuple[Outcome, str]] = [*rows, *[("", "")] * LISTED_ROWS]
    found: dict[str, Outcome] = {}
    for k, (row, says) in enumerate(listed[:LISTED_ROWS], start=1):
        told = Said(f"^{re.escape(says)}: [A-Z].*[.]$") if says else ""
        found |= {f"{table}_to_fix_{k}": row, f"{table}_to_fix_{k}_says": told}
    return found
