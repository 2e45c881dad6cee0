"""``xl-pricing budget`` and ``buffer``: the five steps, and the reserve that lasts."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Unpack

import click

from xl_pricing.cli.answers import facts
from xl_pricing.cli.console import Argument, Given, command, option, takes, takes_what
from xl_pricing.cli.drawing import draw_noted, heading, note_lines, show, table
from xl_pricing.cli.image import REST, GivenTieredImage, TieredSpec, read_notes, read_tiered_spec
from xl_pricing.cli.job import read_today
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.budget import MOST_BUFFER
from xl_pricing.estimation.chance import generations_needed
from xl_pricing.estimation.image import Image
from xl_pricing.functions import pricing
from xl_pricing.functions.arguments import read_budget, read_confidence
from xl_pricing.functions.values import read_number
from xl_pricing.planning.reserves import beyond_budget
from xl_pricing.rates.day import today

_BELOW = {"unit", "notes", "prompt_tokens", "references", "priced_on"}
_FORMS = "COST FINALS | SIZE QUALITY FINALS"


@dataclass(frozen=True, slots=True)
class Steps:
    """The five steps of a budget, and what follows from them."""

    output_spec: TieredSpec | None
    finals: Fraction
    retries: Fraction
    total_generations: Fraction
    buffer: Fraction
    generations_with_buffer: Fraction
    budget: Fraction
    cost_per_generation: Fraction
    cost_per_accepted_final: Fraction | None
    cost_per_accepted_final_with_buffer: Fraction | None
    unit: str | None
    """USD, or ``None`` where the budget is in the unit of a cost that was given."""
    prompt_tokens: int | None
    references: list[str]
    """Sizes of the reference images."""
    priced_on: date
    """The day whose rates it is priced by; with these three a bill can be laid beside it."""
    notes: list[str]


def _draw_steps(steps: Steps) -> str:
    """Draw the five steps, and below them what follows."""
    shown = {name: show(name, value) for name, value in facts(steps).items() if name not in _BELOW}
    tiered = steps.output_spec
    shown["output_spec"] = f"{tiered.spec}, {tiered.spec.model}" if tiered else "known by COST"
    rows = [
        {"step": str(i) if i <= 5 else "", "quantity": heading(name), "value": value}
        for i, (name, value) in enumerate(shown.items(), start=1)
    ]
    unit = f"budget and costs in {steps.unit or 'the unit of COST'}"
    return "\n".join([table(rows, ()), unit, *note_lines(steps.notes)])


@command(
    "xl-pricing budget --size 4:5 --quality high --finals 120 --retries 1.5 --buffer 20%",
    _draw_steps,
)
@click.argument(
    "job",
    cls=Argument,
    forms=_FORMS,
    said="A cost and how many finals, or an image and how many finals.",
    required=False,
)
@takes(options=["size", "quality"])
@option("finals")
@takes(options=["retries", "buffer", *REST])
def budget(
    job: tuple[str, ...],
    finals: Given,
    retries: Given,
    buffer: Given,
    **options: Unpack[GivenTieredImage],
) -> Steps:
    """Show the five steps of a budget.

    Give COST and FINALS, and the budget is in the unit of COST; or SIZE, QUALITY and FINALS, also
    as options, and it is in USD.
    """
    cost, count, image = _read_job(job, finals, options)
    price = pricing.IMGCOST(**image) if image else cost
    plan = read_budget(read_number(price, "cost"), count, retries, buffer)
    per_final = plan.cost_per_final if plan.finals else None
    ordered = read_today(image).image if image else None
    return Steps(
        output_spec=read_tiered_spec(image) if image else None,
        finals=plan.finals,
        retries=plan.retries,
        total_generations=plan.total_generations,
        buffer=plan.buffer,
        generations_with_buffer=plan.generations_with_buffer,
        budget=plan.total,
        cost_per_generation=plan.cost_per_image,
        cost_per_accepted_final=per_final,
        cost_per_accepted_final_with_buffer=(
            None if per_final is None else plan.cost_per_final_with_buffer
        ),
        unit="USD" if image else None,
        prompt_tokens=ordered.prompt_tokens if ordered else None,
        references=[str(size) for size in ordered.references] if ordered else [],
        priced_on=today(),
        notes=[*read_notes(image), *_output_only(ordered)] if image else [],
    )


def _output_only(image: Image | None) -> list[str]:
    """Say what is not counted: the workbook's job begins with a prompt and a reference image."""
    if image is None or image.prompt_tokens is not None or image.references:
        return []
    return ["output only: --prompt and --references add what is sent; the workbook counts both"]


def _read_job(
    job: tuple[str, ...], finals: Given, image: GivenTieredImage
) -> tuple[Given, Given, GivenTieredImage | None]:
    """Return a cost or an image, and how many finals."""
    words, by_options = [*job, finals], any(value is not None for value in image.values())
    match words:
        case [cost, str(count)] | [cost, str(count), None] if not by_options:
            return cost, count, None
        case [str(count)] if by_options:
            return None, count, image
        case [size, quality, str(count), None] if image["size"] is image["quality"] is None:
            return None, count, {**image, "size": size, "quality": quality}
    raise InvalidValueError(
        "the budget needs one cost or image and one number of finals; "
        f"accepted: {_FORMS.replace(' | ', ', ')}, or --size, --quality and --finals"
    )


@dataclass(frozen=True, slots=True)
class Buffer:
    """The buffer that lasts with a confidence."""

    finals: int
    retries: Fraction
    confidence: float
    total_generations: Fraction
    generations_needed: int
    buffer: float
    notes: list[str]


@command("xl-pricing buffer 120 1.5 --confidence 95%", draw_noted)
@takes_what("IMGBUFFER")
def buffer(finals: Given, retries: Given, confidence: Given) -> Buffer:
    """Show the buffer that lasts with a confidence.

    Total generations are finals x retries; generations needed give the finals with that confidence.
    """
    part = pricing.IMGBUFFER(finals, retries, confidence)
    chance = read_confidence(confidence)
    count, tries = int(read_number(finals, "finals")), read_number(retries, "retries")
    needed = generations_needed(count, float(tries), chance)
    notes = [] if part <= MOST_BUFFER else [beyond_budget(count, needed)]
    return Buffer(count, tries, chance, count * tries, needed, part, notes)
