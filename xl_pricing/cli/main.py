"""The command line, ``xl-pricing``: the cell functions and the workbook without Excel.

A command takes the arguments of its cell function and answers a document, which is drawn as a
table or printed as JSON. Whatever is wrong is said in one sentence on standard error, with exit
status 2.
"""

from collections.abc import Mapping

import click

import xl_pricing
from xl_pricing.cli.console import (
    Document,
    Given,
    Main,
    command,
    draw_table,
    heading,
    help_if_alone,
    show_figure,
    show_money,
    takes,
    takes_what,
)
from xl_pricing.cli.excel import excel
from xl_pricing.cli.planning import PLANNED
from xl_pricing.cli.rates import rates
from xl_pricing.cli.template import draw_template, template
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.budget import DEFAULT_CONFIDENCE, generations_needed
from xl_pricing.functions import pricing
from xl_pricing.functions.arguments import (
    card_with,
    read_budget,
    read_model,
    read_n,
    read_pixels,
    read_quality,
    tier_word,
)
from xl_pricing.functions.catalogue import ARGUMENTS
from xl_pricing.functions.values import is_blank, read_number
from xl_pricing.rates.card import RateCard


@click.group(cls=Main, invoke_without_command=True)
@click.version_option(xl_pricing.__version__, message="xl-pricing %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Say what GPT images will cost, before they are made."""
    help_if_alone(ctx)


@command(main, "xl-pricing cost 1024x1536 high --model gpt-image-2.5-flare")
@takes_what("IMGCOST")
def cost(**given: Given) -> Document:
    """Show USD per image.

    Without prompt and references: output only, as the official table counts.
    """
    usd = pricing.IMGCOST(**given)
    return {**_spec(given), "usd_per_image": usd, "basis": pricing.explain(**given).basis}


@command(main, "xl-pricing credits 1024x1536 high PixAPI")
@takes_what("IMGCREDITS")
def credits(**given: Given) -> Document:  # noqa: A001 - the command's name
    """Show credits per image in a plan."""
    credits_per_image = pricing.IMGCREDITS(**given)
    usd = pricing.read_charge(**given).usd
    return {
        "plan": given["plan"],
        **_spec(given),
        "credits_per_image": credits_per_image,
        "usd_per_image": None if usd is None else float(usd),
    }


@command(main, "xl-pricing tokens 4:5 medium")
@takes_what("IMGTOKENS")
def tokens(**given: Given) -> Document:
    """Show output tokens per image."""
    return {**_spec(given), "output_tokens_per_image": pricing.IMGTOKENS(**given)}


def _draw_estimate(document: Document) -> str:
    total = {"meter": "total", **document}
    return "\n".join(
        [draw_table([*document["lines"], total]), *map("note: {}".format, document["notes"])]
    )


@command(main, "xl-pricing explain 4:5 high --prompt 120 --references 2", _draw_estimate)
@takes_what("IMGEXPLAIN")
def explain(**given: Given) -> Document:
    """Show the estimate of an image line by line."""
    estimate = pricing.explain(**given)
    lines = [
        {
            "meter": line.meter,
            "tokens_per_image": float(line.tokens),
            "usd_per_mtok": float(line.usd_per_mtok),
            "usd_per_image": float(line.usd),
            **line.evidence._asdict(),
        }
        for line in estimate.lines
    ]
    total = {"usd_per_image": float(estimate.usd), "basis": estimate.basis}
    return {**_spec(given), "lines": lines, **total, "notes": estimate.notes}


def _draw_steps(document: Document) -> str:
    """Draw the five steps, and below them what follows."""
    spec = document["output_spec"]
    shown = {"output_spec": "{size} {quality}, {model}".format(**spec) if spec else "known by COST"}
    for name, figure in list(document.items())[1:-1]:
        shown[name] = (
            show_money(figure) if "cost" in name or name == "budget" else show_figure(name, figure)
        )
    rows = [
        {"step": str(i) if i <= 5 else "", "quantity": heading(name), "value": value}
        for i, (name, value) in enumerate(shown.items(), start=1)
    ]
    return f"{draw_table(rows)}\nbudget and costs in {document['unit'] or 'the unit of COST'}"


@command(
    main,
    "xl-pricing budget --size 4:5 --quality high --finals 120 --retries 1.5 --buffer 20%",
    _draw_steps,
)
@click.argument("cost", required=False)
@click.argument("finals", required=False)
@takes([], ["size", "quality"])
@click.option("--finals", "planned", metavar="FINALS", help=ARGUMENTS["finals"])
@takes([], ["retries", "buffer", "model", "n", "prompt", "references", "tier"])
def budget(
    cost: Given, finals: Given, planned: Given, retries: Given, buffer: Given, **spec: Given
) -> Document:
    """Show the five steps of a budget.

    Give COST and FINALS, and the budget is in the unit of COST; or --size, --quality and --finals,
    and it is in USD.
    """
    by_spec = any(value is not None for value in spec.values())
    if by_spec != (cost is None) or (finals is None) == (planned is None):
        raise InvalidValueError(
            "the budget is not told in one way; "
            "accepted: COST FINALS, or --size, --quality and --finals"
        )
    price = pricing.IMGCOST(**spec) if by_spec else cost
    return {
        "output_spec": _spec(spec) if by_spec else None,
        **_steps(price, planned if finals is None else finals, retries, buffer),
        "unit": "USD" if by_spec else None,
    }


def _steps(cost: Given, finals: Given, retries: Given, buffer: Given) -> dict[str, float]:
    total = pricing.IMGBUDGET(cost, finals, retries, buffer)
    plan = read_budget(read_number(cost, "cost"), finals, retries, buffer)
    return {
        "finals": float(plan.finals),
        "retries": float(plan.retries),
        "total_generations": float(plan.total_generations),
        "buffer": float(plan.buffer),
        "generations_with_buffer": float(plan.generations_with_buffer),
        "budget": total,
        "cost_per_generation": float(plan.cost_per_image),
        "cost_per_accepted_final": float(plan.cost_per_final),
        "cost_per_accepted_final_with_buffer": float(plan.cost_per_final_with_buffer),
    }


@command(main, "xl-pricing size 16:9 --short-side 1080")
@takes_what("IMGSIZE")
def size(ratio: Given, short_side: Given, quality: Given, model: Given) -> Document:
    """Show the cheapest legal size of a ratio.

    The ratio is met within 1%, the shorter side is at least what you ask.
    """
    found = pricing.IMGSIZE(ratio, short_side, quality, model)
    word = pricing.DEFAULT_QUALITY if is_blank(quality) else quality
    return {"ratio": ratio, **tokens(size=found, quality=word, model=model)}


@command(main, "xl-pricing buffer 120 1.5 --confidence 95%")
@takes_what("IMGBUFFER")
def buffer(finals: Given, retries: Given, confidence: Given) -> Document:
    """Show the buffer that lasts with a confidence.

    Total generations are finals x retries; generations needed give the finals with that confidence.
    """
    share = pricing.IMGBUFFER(finals, retries, confidence)
    chance = DEFAULT_CONFIDENCE if is_blank(confidence) else read_number(confidence, "confidence")
    images, tries = read_number(finals, "finals"), read_number(retries, "retries")
    return {
        "finals": int(images),
        "retries": float(tries),
        "confidence": float(chance),
        "total_generations": float(images * tries),
        "generations_needed": generations_needed(int(images), float(tries), float(chance)),
        "buffer": share,
    }


def _card() -> RateCard:
    """Return the card in force on this machine."""
    return card_with(RateCard.with_rates, None)


def _spec(given: Mapping[str, Given]) -> Document:
    """Say what was priced, with names and omitted arguments resolved."""
    model = read_model(given["model"], _card())
    quality = read_quality(given["quality"])
    return {
        "model": model.id,
        "size": str(read_pixels(given["size"], model)),
        "quality": quality if isinstance(quality, str) else float(quality),
        **({"n": read_n(given["n"])} if "n" in given else {}),
        **({"tier": tier_word(given["tier"])} if "tier" in given else {}),
    }


for planned in PLANNED:
    command(main, planned.example, planned.draw)(planned.answer)
main.add_command(excel)
command(main, "xl-pricing template budget.xlsx", draw_template)(template)
main.add_command(rates)
