"""How the answers of the planning commands are drawn: from documents to lines and tables."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil

from tabulate import tabulate

from xl_pricing.cli.console import Document, draw_table, heading, show_figure, show_money
from xl_pricing.estimation.budget import DEFAULT_CONFIDENCE, USUAL_BUFFERS
from xl_pricing.functions.values import is_number

_WIDEST_COLUMN = 44
_LEVER_FIGURES = ("USD per image", "budget USD", "saving USD", "share")
_BILL_FIGURES = (
    "credits_per_image",
    "usd_per_image",
    "usd_per_final",
    "bill_credits",
    "bill_usd",
    "markup",
)
_RISK_FIGURES = ("retries", "total_generations", "buffer", "generations_paid_for")
_PLANNED = ("retries", "buffer", "generations_with_buffer")
_STAGE_FIGURES = ("generations", "USD per image", "budget USD")


def draw_levers(document: Document) -> str:
    """Draw the moves that are there as a table, and the best ones below it."""
    moves = {
        # Two names for one and the same change are one row.
        (move["lever"], move["change"]): move
        for move in reversed(document["moves"])
        if move["reason"] is None
    }
    each, budget = _plain(document["usd_per_image"]), document["budget_usd"]
    rows = [_lever_row(move, budget) for move in reversed(moves.values())]
    return "\n".join(
        [
            *_job_lines(document),
            f"{each} USD per image, budget {show_money(budget)} USD; each move is counted alone\n",
            _table(rows, _LEVER_FIGURES),
            "" if document["best"] else "\nno move saves anything here",
            *(f"{rank}. {move['words']}" for rank, move in enumerate(document["best"], start=1)),
            *map("note: {}".format, document["notes"]),
        ]
    )


def _lever_row(move: Document, budget: float) -> dict[str, str]:
    return {
        "lever": move["lever"],
        "change": move["change"],
        "USD per image": _plain(move["usd_per_image"]),
        "budget USD": _show_beside(budget, move["budget_usd"]),
        "saving USD": _show_beside(budget, move["saving_usd"]),
        "share": show_percent(move["saving_share"]),
        "in quality or time": move["costs"],
    }


def _show_beside(budget: float, amount: float) -> str:
    """Write an amount, negative ones too, with no more decimals than the budget beside it."""
    shown = show_money(abs(amount)) if budget < 1 else f"{abs(amount):.2f}"
    return f"-{shown}" if amount < 0 and float(shown) else shown


def draw_plans(document: Document) -> str:
    """Draw prices as a table, their sources as another, and what has no price line by line."""
    priced = [bill for bill in document["plans"] if bill["reason"] is None]
    drawn = [*_job_lines(document), ""]
    if priced:
        drawn += [_table([*map(_bill_row, priced)], [*map(heading, _BILL_FIGURES)]), ""]
        drawn += [_table([*map(_source_row, priced)], ()), ""]
    return "\n".join(
        [
            *drawn,
            *(_refusal(bill) for bill in document["plans"] if bill["reason"]),
            *(_pack_lines(document["pack"]) if document["pack"] else []),
            f"note: {document['note']}",
            *map("note: {}".format, document["notes"]),
        ]
    )


def _bill_row(bill: Document) -> dict[str, str]:
    return {
        "billed by": bill["plan"],
        **{heading(name): show_figure(name, bill[name]) for name in _BILL_FIGURES},
        "bill USD": "" if bill["bill_usd"] is None else show_money(bill["bill_usd"]),
        "markup": show_percent(bill["markup"], "+"),
    }


def _source_row(bill: Document) -> dict[str, str]:
    return {
        "billed by": bill["plan"],
        "refuses": bill["refuses"] or "none",
        "source": bill["source"],
        "seen on": bill["checked"],
        "basis": bill["basis"],
        "note": bill["note"],
    }


def _refusal(bill: Document) -> str:
    other_quality = bill["takes"] and bill["source"] is None
    taken = f"; it takes {bill['takes']}" if other_quality else ""
    return f"{bill['reason']}{taken}"


def _pack_lines(pack: Document) -> Iterator[str]:
    shown = {name: show_figure(name, value) for name, value in pack.items()}
    shown["plan"] += " USD" if is_number(pack["plan"]) else ""
    yield (
        "pack: {pack_credits} credits of {plan} for {pack_usd} USD make {images_in_pack} images, "
        "{usd_per_image} USD each"
    ).format(**shown)
    yield f"break-even: {shown['break_even_images']} images; " + (
        "from there on it is cheaper than tokens"
        if pack["break_even_images"] < pack["images_in_pack"]
        else "it does not hold more, so it never pays off"
    )
    yield "this job: {} pack{}, {} USD; by tokens {} USD: {}".format(
        pack["packs_for_the_job"],
        "" if pack["packs_for_the_job"] == 1 else "s",
        show_money(pack["packs_usd"]),
        show_money(pack["tokens_usd"]),
        _verdict(pack["saving_usd"]),
    )


def _verdict(saving: float) -> str:
    if not saving:
        return "it costs the same"
    if saving < 0:
        return f"it does not pay off, {show_money(-saving)} USD more"
    return f"it pays off, {show_money(saving)} USD less"


def draw_risk(document: Document) -> str:
    """Draw what each confidence takes, and how well the chosen and the usual buffer last."""
    shown = {name: show_figure(name, document[name]) for name in _RISK_FIGURES}
    rows = [
        {**row, "buffer": _round_up(row["buffer"]), "covered": "yes" if row["covered"] else "no"}
        for row in document["buffers"]
    ]
    planned = "retries {retries}: {total_generations} generations".format(**shown)
    chance = show_chance(document["chance_that_it_lasts"])
    return "\n".join(
        [
            f"{_finals(document)}, {planned}\n",
            draw_table(rows),
            "\na buffer of {buffer} pays for {generations_paid_for} generations".format(**shown)
            + f" and lasts with a chance of {chance}",
            *_usual_lines(document, rows),
        ]
    )


def _usual_lines(document: Document, rows: Sequence[Document]) -> Iterator[str]:
    """Say what the usual buffers would do, unless the chosen one is such a buffer and lasts."""
    low, high = (show_figure("buffer", float(buffer)) for buffer in USUAL_BUFFERS)
    chance = show_chance(document["usual_chance"])
    needed = {row["confidence"]: show_figure("buffer", row["buffer"]) for row in rows}
    if not document["usual_is_enough"]:
        yield (
            f"the usual {low} to {high} is not enough for so small a job: even {high} lasts with a "
            f"chance of only {chance}; take {needed[DEFAULT_CONFIDENCE]} for a chance of "
            f"{show_figure('confidence', DEFAULT_CONFIDENCE)}"
        )
    elif document["buffer"] != document["usual_buffer"]:
        yield f"the usual {high} would last with a chance of {chance}"


def _round_up(buffer: float) -> float:
    """Round up to what is shown, so that the buffer that is read off lasts."""
    return ceil(round(buffer * 10_000, 6)) / 10_000


def draw_stage(document: Document) -> str:
    """Draw the job in one stage and in two, and what the drafts must save."""
    final = image_words(document["size"], document["quality"])
    drafts, retries = (_plain(document[name]) for name in ("drafts_per_final", "finish_retries"))
    full, draft = document["usd_per_image"], document["usd_per_draft"]
    first, second = document["drafts"], document["finish_generations"]
    rows = [
        ("all at full quality", final, document["generations_with_buffer"], full, "budget_usd"),
        (f"drafts, {drafts} per final", document["draft"], first, draft, "drafts_usd"),
        (f"finals, retries {retries}", final, second, full, "finish_usd"),
        ("both stages", "", first + second, None, "staged_usd"),
    ]
    return "\n".join(
        [
            *_job_lines(document),
            "",
            _table([_stage_row(*row[:4], document[row[4]]) for row in rows], _STAGE_FIGURES),
            *_stage_lines(document),
            *map("note: {}".format, document["notes"]),
        ]
    )


def _stage_row(
    stage: str, image: str, generations: float, usd: float | None, budget: float
) -> dict[str, str]:
    return {
        "stage": stage,
        "image": image,
        "generations": _plain(generations),
        "USD per image": _plain(usd),
        "budget USD": show_money(budget),
    }


def _stage_lines(document: Document) -> Iterator[str]:
    saving, saved = document["saving_usd"], document["saved_retries"]
    money, share = show_money(abs(saving)), show_percent(abs(document["saving_share"]))
    yield (
        f"\nstaging pays off: it saves {money} USD ({share})"
        if saving > 0
        else f"\nstaging does not pay off: it costs {money} USD ({share}) more"
    )
    yield (
        f"the drafts pay for themselves once they save {_short(document['break_even_retries'])} "
        f"retries per final; from {_plain(document['retries'])} to "
        f"{_plain(document['finish_retries'])} they {'add' if saved < 0 else 'save'} "
        f"{_short(abs(saved))}"
    )


def _short(figure: float) -> str:
    return _plain(round(figure, 3) or figure)


def _job_lines(document: Document) -> list[str]:
    """Say which job is planned: the image, then how many."""
    n, prompt, references = (document[name] for name in ("n", "prompt_tokens", "references"))
    said = [f"{document['model']} {image_words(document['size'], document['quality'])}"]
    said += [f"{n} images per call"] if n > 1 else []
    said += [] if prompt is None else [f"prompt of {prompt} tokens"]
    said += [f"{references} reference image{'s' if references > 1 else ''}"] if references else []
    return [", ".join([*said, f"tier {document['tier']}"]), _planned(document)]


def _planned(document: Document) -> str:
    shown = {name: show_figure(name, document[name]) for name in _PLANNED}
    return f"{_finals(document)}, " + (
        "retries {retries}, buffer {buffer}: {generations_with_buffer} generations".format(**shown)
    )


def _finals(document: Document) -> str:
    return f"{_plain(document['finals'])} final{'' if document['finals'] == 1 else 's'}"


def image_words(size: str, quality: str | float) -> str:
    """Say size and quality; measured output tokens are named as such."""
    word = quality if isinstance(quality, str) else f"with {_plain(quality)} output tokens"
    return f"{size} {word}"


def show_percent(share: float | Fraction | None, sign: str = "") -> str:
    """Write a part as a percentage with one decimal; ``sign`` "+" marks what is above 0."""
    if share is None:
        return ""
    rounded = round(100 * float(share), 1) + 0.0  # no -0.0
    return f"{rounded:{sign if rounded else ''}.1f}%"


def show_chance(chance: float) -> str:
    """Write a chance as a percentage that claims neither certainty nor impossibility."""
    if 0 < chance < 0.0001:
        return "under 0.01%"
    return "over 99.99%" if 0.9999 < chance < 1 else _plain(round(100 * chance, 2)) + "%"


def _plain(figure: float | None) -> str:
    return show_figure("", figure)


def _table(rows: Sequence[Mapping[str, str]], figures: Sequence[str]) -> str:
    """Draw rows of shown values under the names of the first; ``figures`` stand to the right."""
    return tabulate(
        [list(row.values()) for row in rows],
        headers=list(rows[0]),
        colalign=["right" if name in figures else "left" for name in rows[0]],
        maxcolwidths=_WIDEST_COLUMN,
        disable_numparse=True,
    )
