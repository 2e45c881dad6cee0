"""``xl-pricing risk``: what buffer lasts with which confidence."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given, command, takes
from xl_pricing.cli.drawing import show_chance, show_figure, show_part, table
from xl_pricing.cli.job import finals_words
from xl_pricing.estimation.budget import MOST_BUFFER, USUAL_BUFFERS
from xl_pricing.estimation.chance import DEFAULT_CONFIDENCE, chance_that_buffer_lasts
from xl_pricing.planning.reserves import Reserve, beyond_budget, read_risk, reserves_of


@dataclass(frozen=True, slots=True)
class Confidence:
    """What lasts with a confidence, and whether the chosen buffer covers it."""

    reserve: Reserve = field(metadata=SPREAD)
    covered: bool


@dataclass(frozen=True, slots=True)
class Risk:
    """How well the chosen and the usual buffer last."""

    finals: int
    retries: Fraction
    total_generations: Fraction
    buffers: list[Confidence]
    buffer: Fraction
    generations_paid_for: int
    chance_that_it_lasts: float
    usual_buffer: Fraction
    usual_chance: float
    usual_is_enough: bool


def _draw_risk(risk: Risk) -> str:
    """Draw what each confidence takes, and how well the chosen and the usual buffer last."""
    count = finals_words(risk.finals)
    retries, generations = show_figure(risk.retries), show_figure(risk.total_generations)
    buffer, paid = show_part(risk.buffer), f"{risk.generations_paid_for} generations"
    chance = show_chance(risk.chance_that_it_lasts)
    return "\n".join(
        [
            f"{count}, retries {retries}: {generations} generations\n",
            table([*map(_row, risk.buffers)], ("confidence", "generations needed", "buffer")),
            f"\na buffer of {buffer} pays for {paid} and lasts with a chance of {chance}",
            *_usual_lines(risk),
        ]
    )


def _row(row: Confidence) -> dict[str, str]:
    """Round the buffer up to what is shown, so that the one that is read off lasts."""
    reserve = row.reserve
    return {
        "confidence": show_part(reserve.confidence),
        "generations needed": show_figure(reserve.generations_needed),
        "buffer": show_part(ceil(round(reserve.buffer * 10_000, 6)) / 10_000),
        "covered": "yes" if row.covered else "no",
    }


def _usual_lines(risk: Risk) -> Iterator[str]:
    """Say what the usual buffers would do, unless the chosen one is such a buffer and lasts."""
    low, high = map(show_part, USUAL_BUFFERS)
    chance = show_chance(risk.usual_chance)
    if not risk.usual_is_enough:
        yield (
            f"the usual {low} to {high} is not enough for so small a job: even {high} lasts with a "
            f"chance of only {chance}; {_advice(risk)}"
        )
    elif risk.buffer != risk.usual_buffer:
        yield f"the usual {high} would last with a chance of {chance}"


def _advice(risk: Risk) -> str:
    """Say which buffer lasts, or what to do where a budget takes none so large."""
    usual = (row.reserve for row in risk.buffers if row.reserve.confidence == DEFAULT_CONFIDENCE)
    reserve, sure = next(usual), show_part(DEFAULT_CONFIDENCE)
    if reserve.buffer > MOST_BUFFER:
        advice = beyond_budget(risk.finals, reserve.generations_needed)
        return f"{show_part(reserve.buffer)} would last with {sure}, but {advice}"
    return f"take {show_part(reserve.buffer)} for a chance of {sure}"


@command("xl-pricing risk 12 2 --buffer 20%", _draw_risk)
@takes(["finals", "retries"], ["buffer"])
def risk(finals: Given, retries: Given, buffer: Given) -> Risk:
    """Show what buffer lasts with which confidence.

    Each generation is accepted with chance 1 / retries. Generations needed give the finals with
    that confidence.
    """
    plan = read_risk(finals, retries, buffer)
    usual = replace(plan, buffer=USUAL_BUFFERS[1])
    reserves = reserves_of(plan)
    needed = {reserve.confidence: reserve.generations_needed for reserve in reserves}
    return Risk(
        finals=int(plan.finals),
        retries=plan.retries,
        total_generations=plan.total_generations,
        buffers=[
            Confidence(reserve, reserve.generations_needed <= plan.generations_paid_for)
            for reserve in reserves
        ],
        buffer=plan.buffer,
        generations_paid_for=plan.generations_paid_for,
        chance_that_it_lasts=chance_that_buffer_lasts(plan),
        usual_buffer=usual.buffer,
        usual_chance=chance_that_buffer_lasts(usual),
        usual_is_enough=needed[DEFAULT_CONFIDENCE] <= usual.generations_paid_for,
    )
