"""What a prepaid pack of the chosen plan must answer."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from outcomes import strict
from outcomes.job import Job
from outcomes.offers import rounded
from outcomes.said import Outcome, Said, usd
from outcomes.strict import cell, holds
from xl_pricing.estimation.credits import Pack


def pack_outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a prepaid pack of the chosen plan buys, and whether it pays off."""

    def pack() -> Pack:
        return Pack(strict.figure(job["pack_usd"]), strict.figure(job["pack_credits"]))

    def needed() -> int:
        total = job.credits() * job.plan().generations_with_buffer
        return ceil(rounded(total / pack().credits))

    def tokens() -> Fraction:
        return job.list_cost() * job.plan().generations_with_buffer

    def per_image() -> Fraction:
        return pack().usd / pack().images(job.credits())

    blank = strict.blank(job["pack_usd"]) and strict.blank(job["pack_credits"])
    return {
        "pack_images": cell(lambda: pack().images(job.credits())),
        "pack_usd_per_image": cell(per_image),
        "pack_break_even": cell(lambda: pack().break_even_images(job.list_cost())),
        "pack_needed": cell(needed),
        "pack_cost": cell(lambda: needed() * pack().usd),
        "pack_tokens_usd": cell(tokens),
        "pack_says": _pack_says(job, pack, needed, tokens),
        "ok_pack": 1 if blank else holds(pack),
    }


def _pack_says(
    job: Job,
    pack: Callable[[], Pack],
    needed: Callable[[], int],
    tokens: Callable[[], Fraction],
) -> Said:
    lacks: tuple[tuple[Callable[[], object], str], ...] = (
        (pack, "^Type the price"),
        (job.credits, "^The chosen plan has no credits"),
        (job.plan, "^Mend finals"),
        (tokens, "^The token price is not known"),
    )
    for figure_, said in lacks:
        if not holds(figure_):
            return Said(said)
    packs = needed() * pack().usd
    figures = (usd(packs), usd(tokens()))
    if not needed():
        return Said("^The job needs no images")
    if rounded(packs) < rounded(tokens()):
        return Said("^The pack pays off", figures)
    if rounded(pack().usd / pack().images(job.credits())) >= rounded(job.list_cost()):
        return Said("^The pack never pays off")
    return Said("^The pack does not pay off", figures)
