"""``xl-pricing size``: the cheapest size of a ratio, and the sizes for a place or for given px."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given, argument, command, option
from xl_pricing.cli.drawing import draw_noted, heading, note_lines, show, table
from xl_pricing.cli.image import Spec, notes_of, read_spec
from xl_pricing.errors import InvalidValueError, OutOfRangeError
from xl_pricing.estimation.delivery import Fit
from xl_pricing.estimation.image import DEFAULT_QUALITY
from xl_pricing.estimation.nearest import meant_by
from xl_pricing.estimation.size import Size, parse_size, plain
from xl_pricing.functions import pricing
from xl_pricing.functions.arguments import read_image, read_model
from xl_pricing.functions.sizes import read_pixels
from xl_pricing.functions.values import is_blank
from xl_pricing.planning.delivery import Choice, choices
from xl_pricing.planning.job import Job, read_job
from xl_pricing.rates.day import today
from xl_pricing.rates.destinations import find_destination
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Model

_ANY_RATIO = "1:1"
"""A size that every model takes; another one takes its place."""


@dataclass(frozen=True, slots=True)
class CheapestSize:
    """The cheapest legal size of a ratio."""

    ratio: Given
    spec: Spec = field(metadata=SPREAD)
    output_tokens_per_image: float
    notes: list[str]


@dataclass(frozen=True, slots=True)
class SizeChoice:
    """A size to generate for a delivered one; output only, ``None`` where no price is known."""

    size: str
    output_tokens_per_image: Fraction | None
    usd_per_image: Fraction | None
    scale: Fraction
    crop_width_px: int
    crop_height_px: int
    then: str
    is_cheaper: bool


@dataclass(frozen=True, slots=True)
class DeliverySizes:
    """The sizes to generate for a delivered one; ``destination`` is ``None`` where px are given."""

    destination: str | None
    delivered: str
    model: str
    quality: str
    choices: list[SizeChoice]
    notes: list[str]


def _draw(answer: CheapestSize | DeliverySizes) -> str:
    if isinstance(answer, CheapestSize):
        return draw_noted(answer)
    place = f"{answer.destination}: " if answer.destination else ""
    shown = [_choice_row(choice) for choice in answer.choices]
    figures = [*shown[0]][1:3] if shown else []
    lines = [f"{place}{answer.delivered}, {answer.model}, {answer.quality}"]
    lines += ["", table(shown, figures)] if shown else []
    return "\n".join([*lines, *note_lines(answer.notes)])


def _choice_row(choice: SizeChoice) -> dict[str, str]:
    names = ("output_tokens_per_image", "usd_per_image")
    return {
        "generate": choice.size,
        **{heading(name): show(name, getattr(choice, name)) for name in names},
        "then": choice.then,
        "": "cheaper" if choice.is_cheaper else "",
    }


@command("xl-pricing size 1920x1080", _draw)
@argument("ratio", "A ratio, 16:9; a size to deliver, 1920x1080; or where it goes, story.")
@option("short_side", "Least shorter side in px, for a ratio. If omitted, 1024.")
@option("quality", "low, medium, high (and xhigh, max from gpt-image-2.5 on). If omitted, high.")
@option("model")
def size(
    ratio: Given, short_side: Given, quality: Given, model: Given
) -> CheapestSize | DeliverySizes:
    """Show which size to generate for a ratio, px or a place.

    For a ratio the cheapest legal size, within 1%, its shorter side at least what you ask. For px,
    or a place such as story, "link preview" or banner: the nearest legal sizes around it and
    inside, what each costs, output only, and what to crop or scale.
    """
    word = DEFAULT_QUALITY if is_blank(quality) else quality
    delivered = _delivered(ratio or "")
    if delivered is None:
        return _cheapest(ratio, short_side, word, model)
    if short_side is not None:
        raise InvalidValueError("--short-side goes with a ratio; accepted: size 16:9 --short-side")
    return _for_delivery(*delivered, word, model)


def _delivered(text: str) -> tuple[str | None, Size] | None:
    """Read a size to deliver, or where it goes; ``None`` for a ratio, or what is meant as one."""
    words = plain(text)
    meant = meant_by(words)
    if ":" in words:
        return None
    with suppress(InvalidValueError):
        found = parse_size(words)
        return None if isinstance(meant, Fraction) else (None, found)
    if isinstance(meant, tuple):
        return None, Size(*meant)
    if not any(map(str.isalpha, words)):
        return None
    row = find_destination(words, active_card().destinations)
    return row.destination, row.size


def _cheapest(ratio: Given, short_side: Given, quality: Given, model: Given) -> CheapestSize:
    found = pricing.IMGSIZE(ratio, short_side, quality, model)
    counted = pricing.IMGTOKENS(found, quality, model)
    known = read_model(model, active_card())
    notes = [*_preset_note(ratio, found, known)]
    notes += notes_of(known, read_image(known, found, quality), None)
    return CheapestSize(ratio, read_spec(found, quality, model), counted, notes)


def _preset_note(ratio: Given, found: str, known: Model) -> Iterator[str]:
    """Say what the ratio alone stands for in the other commands, where that is another size."""
    with suppress(OutOfRangeError):
        stands_for = str(read_pixels(ratio, known))
        if stands_for != found:
            yield f"In the other commands {ratio} stands for {stands_for}, of exactly that ratio."


def _for_delivery(
    destination: str | None, delivered: Size, quality: Given, model: Given
) -> DeliverySizes:
    job = read_job(active_card(), today(), _ANY_RATIO, quality, model)
    word = job.image.quality
    if not isinstance(word, str):
        raise InvalidValueError(f"quality {quality!r} is a number; accepted: a word, such as high")
    found = choices(job, delivered)
    if not found:
        raise OutOfRangeError(f"no legal size is near {delivered}; accepted: ratios up to 3:1")
    told = [_told(choice) for choice in found]
    notes = dict.fromkeys(chain.from_iterable(_notes(job, choice) for choice in found))
    return DeliverySizes(destination, str(delivered), job.model.id, word, told, [*notes])


def _notes(job: Job, choice: Choice) -> Iterator[str]:
    if choice.refusal:
        yield f"{choice.refusal}."
    yield from notes_of(job.model, replace(job.image, size=choice.fit.size), None)


def _told(choice: Choice) -> SizeChoice:
    fit = choice.fit
    return SizeChoice(
        str(fit.size),
        choice.tokens,
        choice.usd,
        *fit[1:],
        _then(fit),
        choice.is_cheaper,
    )


def _then(fit: Fit) -> str:
    """Say what is to be done with the image that was generated."""
    cuts = (("width", fit.crop_width_px), ("height", fit.crop_height_px))
    cropped = " and ".join(f"{px} px of the {edge}" for edge, px in cuts if px)
    crop = f"crop {cropped}" if cropped else ""
    if fit.scale == 1:
        return crop or "as it is"
    percent = f"{float(100 * fit.scale):.1f} %"
    scaled = f"{'enlarge' if fit.scale > 1 else 'scale'} to {percent}"
    return ", then ".join(filter(None, (scaled, crop)))
