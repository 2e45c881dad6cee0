"""What the Plans sheet must answer: every plan's price of the job, the cheapest, the pack."""

from collections.abc import Callable
from fractions import Fraction
from math import floor

from outcomes import elsewhere, strict
from outcomes.job import Job
from outcomes.offers import COLUMNS, Offer, Official, rounded
from outcomes.pack import JobPack
from outcomes.said import Outcome, Said
from outcomes.strict import cell, holds
from xl_pricing.estimation.credits import charge, markup

ROOM, BARS = 20, 10


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet, and what the chart draws."""
    official = Official(job)
    names = list(dict.fromkeys(plan.plan.lower() for plan in job.card.plans))
    offers = [Offer(name, official) for name in names[:ROOM]]
    priced = [offer for offer in offers if offer.compared is not None]
    priced.sort(key=lambda offer: offer.compared or 0)
    found = official.outcomes()
    for k in range(1, ROOM + 1):
        line = offers[k - 1].outcomes() if k <= len(offers) else dict.fromkeys(COLUMNS, "")
        found |= {f"plans_{name}_{k}": value for name, value in line.items()}
    return {
        **found,
        **_cards(official, offers, priced),
        **_bars(official, priced),
        "plans_more": Said("^▲ There are more", ("20",)) if len(names) > ROOM else "",
        **elsewhere.outcomes(official),
        **JobPack(job).outcomes(),
    }


def _cards(official: Official, offers: list[Offer], priced: list[Offer]) -> dict[str, Outcome]:
    job = official.job

    def cheapest(of: Callable[[Offer], Outcome]) -> Outcome:
        def answer() -> Outcome:
            strict.need(priced)
            return of(priced[0])

        return cell(answer)

    def chosen() -> Fraction:
        strict.need(official.taken)
        usd_ = charge(job.card.plans[job.offer()].terms, job.list_cost).usd
        strict.need(usd_ is not None)
        return Fraction(usd_ or 0) * job.plan().retries

    return {
        "plans_listed": len(offers),
        "plans_priced": len(priced),
        "plans_priced_of": Said("^of .* plans compared", (str(len(offers)),)),
        "plans_list_final": cell(lambda: job.plan(job.list_cost()).cost_per_final),
        "plans_cheapest": cheapest(lambda offer: offer.rows[0].plan),
        "plans_cheapest_final": cheapest(Offer.final),
        "plans_cheapest_markup": cheapest(lambda one: markup(one.usd(), job.list_cost())),
        "plans_chosen_final": cell(chosen) if job.has_plan else "–",
        "plans_says": _verdict(official, priced),
    }


def _verdict(official: Official, priced: list[Offer]) -> Said:
    job = official.job
    if not holds(job.plan):
        return Said("^Finals, retries or buffer are out")
    if not priced:
        return Said("^No plan has a price")
    name = priced[0].rows[0].plan
    if not holds(job.token_cost):
        return Said("is the cheapest plan", (name,))
    official_final = rounded(job.plan(job.token_cost()).cost_per_final)
    if rounded(priced[0].final()) < official_final:
        return Said("costs less than official tokens", (name,))
    return Said("^No plan is cheaper")


def _bars(official: Official, priced: list[Offer]) -> dict[str, Outcome]:
    """Return the bars: official tokens, then the cheapest plans."""
    job = official.job
    known = holds(lambda: job.plan(job.token_cost()))
    finals = [job.plan(job.token_cost()).cost_per_final if known else None]
    finals += [offer.final() for offer in priced[:BARS]]
    finals += [None] * (BARS + 1 - len(finals))
    highest = max(filter(None, finals), default=Fraction(0))
    official_label = "Official tokens" if known else Said("^Official tokens .*not known")
    labels = [official_label, *map(_label, priced[:BARS]), *[""] * BARS]
    found: dict[str, Outcome] = {}
    for k, final in enumerate(finals):
        found[f"plans_bar_label_{k}"] = labels[k]
        found[f"plans_bar_{k}"] = "" if final is None else final
        found[f"plans_drawn_{k}"] = _drawn(final, highest) if final else ""
    return found


def _drawn(final: Fraction, highest: Fraction) -> str:
    """Return a bar that is as long as its price, the highest one's has 28 blocks."""
    return "█" * max(1, floor(rounded(28 * final / highest) + Fraction(1, 2)))


def _label(offer: Offer) -> Outcome:
    name = offer.rows[0].plan
    return Said(r"\(assumed\)$", (name,)) if offer.shown.basis == "estimate" else name
