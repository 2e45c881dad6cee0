"""The command line, ``xl-pricing``: the cell functions and the workbook without Excel.

A command takes the arguments of its cell function and answers a document, which is drawn as a
table or printed as JSON. Whatever is wrong is said in one sentence on standard error, with exit
status 2.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

import xl_pricing
from workbook_templates.words import LANGUAGES
from xl_pricing import functions
from xl_pricing.arguments import (
    card_with,
    read_model,
    read_n,
    read_pixels,
    read_quality,
    tier_word,
)
from xl_pricing.cells import is_blank, is_number, read_number
from xl_pricing.console import (
    DOCS,
    FRACTIONS,
    Document,
    Main,
    Subcommand,
    draw_table,
    heading,
    show_figure,
    show_money,
)
from xl_pricing.declaration import ARGUMENTS, FUNCTIONS, TABLES
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.estimation.budget import DEFAULT_CONFIDENCE, Budget, generations_needed
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Rate, read_date

Given = Any
"""Text from the command line, or ``None``; the functions read it as they read a cell."""
_Command = TypeVar("_Command", bound=Callable[..., Document])


@click.group(cls=Main, invoke_without_command=True)
@click.version_option(xl_pricing.__version__, message="xl-pricing %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Say what GPT images will cost, before they are made."""
    _help_if_alone(ctx)


@main.group(invoke_without_command=True)
@click.pass_context
def rates(ctx: click.Context) -> None:
    """Look into the rate card."""
    _help_if_alone(ctx)


def _command(
    example: str, draw: Callable[[Document], str] = draw_table, group: click.Group = main
) -> Callable[[_Command], _Command]:
    """Make a command that prints the document its function answers, drawn or as JSON."""

    def declare(answer: _Command) -> _Command:
        @group.command(answer.__name__, cls=Subcommand, epilog=f"\b\nExample: {example}")
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
        @wraps(answer)
        def run(*, as_json: bool, **given: Given) -> None:
            read = {name: _read_percent(v) if name in FRACTIONS else v for name, v in given.items()}
            document = answer(**read)
            click.echo(json.dumps(document, indent=2) if as_json else draw(document))

        return answer

    return declare


def _takes(required: Iterable[str], optional: Iterable[str]) -> Callable[[_Command], _Command]:
    """Take arguments and options under the names and with the words of the cell functions."""

    def decorate(answer: _Command) -> _Command:
        for name in reversed([*optional]):
            flag = f"--{name.replace('_', '-')}"
            answer = click.option(flag, name, metavar=name.upper(), help=DOCS[name])(answer)
        for name in reversed([*required]):
            answer = click.argument(name)(answer)
        return answer

    return decorate


def _takes_what(function: str) -> Callable[[_Command], _Command]:
    """Take what a cell function takes, but for its tables."""
    arguments = [
        argument for argument in FUNCTIONS[function].arguments if argument.name not in TABLES
    ]
    return _takes(
        [argument.name for argument in arguments if not argument.optional],
        [argument.name for argument in arguments if argument.optional],
    )


def _draw_template(document: Document) -> str:
    return f"{document['path']}\nOpen it in Excel or LibreOffice and fill in its yellow cells."


@_command("xl-pricing template budget.xlsx", _draw_template)
@_takes(["path"], ["lang"])
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
def template(path: str, lang: str | None, *, force: bool) -> Document:
    """Write the budget workbook."""
    language = lang or LANGUAGES[0]
    if language not in LANGUAGES:
        raise InvalidValueError(f"lang {lang!r} is unknown; accepted: {', '.join(LANGUAGES)}")
    if not path.lower().endswith(".xlsx"):
        raise InvalidValueError(f"path {path!r} is not a workbook; accepted: a name in .xlsx")
    from workbook_templates.build import build  # noqa: PLC0415 - loads openpyxl

    try:
        if Path(path).exists() and not force:
            raise InvalidValueError(f"path {path!r} exists; accepted: another name, or --force")
        Path(path).write_bytes(build(language).data)
    except OSError as error:
        raise InvalidValueError(
            f"path {path!r} cannot be written: {error.strerror or error}; "
            "accepted: a file in a folder that you may write to"
        ) from None
    return {"path": path, "lang": language}


@_command("xl-pricing cost 1024x1536 high --model gpt-image-2.5-flare")
@_takes_what("IMGCOST")
def cost(**given: Given) -> Document:
    """Show USD per image.

    Without prompt and references: output only, as the official table counts.
    """
    usd = functions.IMGCOST(**given)
    return {**_spec(given), "usd_per_image": usd, "basis": functions.explain(**given).basis}


@_command("xl-pricing credits 1024x1536 high PixAPI")
@_takes_what("IMGCREDITS")
def credits(**given: Given) -> Document:  # noqa: A001 - the command's name
    """Show credits per image in a plan."""
    credits_per_image = functions.IMGCREDITS(**given)
    usd = functions.read_charge(**given).usd
    return {
        "plan": given["plan"],
        **_spec(given),
        "credits_per_image": credits_per_image,
        "usd_per_image": None if usd is None else float(usd),
    }


@_command("xl-pricing tokens 4:5 medium")
@_takes_what("IMGTOKENS")
def tokens(**given: Given) -> Document:
    """Show output tokens per image."""
    return {**_spec(given), "output_tokens_per_image": functions.IMGTOKENS(**given)}


def _draw_estimate(document: Document) -> str:
    total = {"meter": "total", **document}
    return "\n".join(
        [draw_table([*document["lines"], total]), *map("note: {}".format, document["notes"])]
    )


@_command("xl-pricing explain 4:5 high --prompt 120 --references 2", _draw_estimate)
@_takes_what("IMGEXPLAIN")
def explain(**given: Given) -> Document:
    """Show the estimate of an image line by line."""
    estimate = functions.explain(**given)
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


@_command(
    "xl-pricing budget --size 4:5 --quality high --finals 120 --retries 1.5 --buffer 20%",
    _draw_steps,
)
@click.argument("cost", required=False)
@click.argument("finals", required=False)
@_takes([], ["size", "quality"])
@click.option("--finals", "planned", metavar="FINALS", help=ARGUMENTS["finals"])
@_takes([], ["retries", "buffer", "model", "n", "prompt", "references", "tier"])
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
    price = functions.IMGCOST(**spec) if by_spec else cost
    return {
        "output_spec": _spec(spec) if by_spec else None,
        **_steps(price, planned if finals is None else finals, retries, buffer),
        "unit": "USD" if by_spec else None,
    }


def _steps(cost: Given, finals: Given, retries: Given, buffer: Given) -> dict[str, float]:
    total = functions.IMGBUDGET(cost, finals, retries, buffer)
    given = {"cost_per_image": cost, "finals": finals, "retries": retries, "buffer": buffer}
    plan = Budget(**{k: read_number(value, k) for k, value in given.items() if not is_blank(value)})
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


@_command("xl-pricing size 16:9 --short-side 1080")
@_takes_what("IMGSIZE")
def size(ratio: Given, short_side: Given, quality: Given, model: Given) -> Document:
    """Show the cheapest legal size of a ratio.

    The ratio is met within 1%, the shorter side is at least what you ask.
    """
    found = functions.IMGSIZE(ratio, short_side, quality, model)
    word = functions.DEFAULT_QUALITY if is_blank(quality) else quality
    return {"ratio": ratio, **tokens(size=found, quality=word, model=model)}


@_command("xl-pricing buffer 120 1.5 --confidence 95%")
@_takes_what("IMGBUFFER")
def buffer(finals: Given, retries: Given, confidence: Given) -> Document:
    """Show the buffer that lasts with a confidence.

    Total generations are finals x retries; generations needed give the finals with that confidence.
    """
    share = functions.IMGBUFFER(finals, retries, confidence)
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


@_command("xl-pricing rates show --model gpt-image-2 --tier standard", group=rates)
@_takes([], ["model", "tier", "date"])
def show(model: Given, tier: Given, date: Given) -> Document:
    """Show the rates in force on a day."""
    card = _card()
    wanted_model = None if is_blank(model) else read_model(model, card).id
    wanted_tier = None if is_blank(tier) else tier_word(tier)
    day = dt.date.today() if is_blank(date) else read_date(date)  # noqa: DTZ011 - the user's day
    rows = [
        _rate_row(rate)
        for rate in card.rates
        if wanted_model in {None, rate.model}
        and wanted_tier in {None, rate.tier}
        and _in_force(rate, card, day)
    ]
    if not rows:
        raise NotAvailableError(f"no such rate is in force on {day}; accepted: a later day")
    return rows


def _in_force(rate: Rate, card: RateCard, day: dt.date) -> bool:
    begun = rate.effective_from <= day
    return begun and card.rate(card.model(rate.model), rate.meter, rate.tier, day) is rate


def _rate_row(rate: Rate) -> Document:
    return {
        "model": rate.model,
        "meter": rate.meter,
        "tier": rate.tier,
        "usd_per_mtok": float(rate.usd_per_mtok),
        "effective_from": rate.effective_from.isoformat(),
        **rate.evidence._asdict(),
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


def _read_percent(text: Given) -> Given:
    """Read 20% as 0.2, and leave the rest to the functions."""
    number = (text or "").strip()
    if number.endswith("%") and is_number(number[:-1]):
        return str(Decimal(number[:-1].strip()) / 100)
    return text


def _help_if_alone(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
