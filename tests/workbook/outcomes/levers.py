"""What the Levers sheet must answer: the core's moves around the job, the best ones in words."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from outcomes.job import Job
from outcomes.said import NA, Outcome, Said, fixed, percent, rounded, usd
from outcomes.strict import cell
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.levers import LEVERS, Effect, Image, best
from xl_pricing.planning.moves import effects_of

TABLE, TORNADO = "tblLevers", "tblTornado"
BEST = 3
DIGITS = 9
DRAWN_SHARE = Fraction(1, 1000)
TITLES = {
    **{lever: lever.capitalize() for lever in LEVERS},
    "prompt": "Prompt tokens",
    "references": "Reference images",
    "tier": "Price tier",
}


class Words(NamedTuple):
    """By which words a move is known: what it costs in quality or time, why it is not there."""

    costs: str
    lacks: str


_SIZE, _NO_PRICE = "^no legal size", "^the job has no price"
WORDS = {
    "size_next": Words("look at fine detail", _SIZE),
    "size_smallest": Words("enough for drafts", _SIZE),
    "ratio_nearest": Words("composed anew$", "^no other ratio"),
    "ratio_larger": Words("composed anew;", "^no larger size"),
    "quality_down": Words("^coarser detail", "^none is lower"),
    "quality_up": Words("^finer detail", "^none is higher"),
    "retries_less": Words("^a saved baseline", "^a final takes"),
    "retries_more": Words("^what drift", _NO_PRICE),
    "images_per_call_1": Words("^each image is rounded", _NO_PRICE),
    "images_per_call_4": Words("not four different", _NO_PRICE),
    "images_per_call_10": Words("not ten different", _NO_PRICE),
    "prompt_twice": Words("^a longer prompt", "^no prompt tokens"),
    "references_less": Words("^less to hold on to", "^there is none"),
    "references_more": Words("^a steadier picture", "^there cannot be more"),
    "other_tier": Words("^answers come within a day", "^no rate for that tier"),
}
_ORDER: tuple[str, ...] = tuple(WORDS)


class Moved(NamedTuple):
    """A job that has a budget, and what the moves around it do."""

    image: Image
    plan: Budget
    effects: Sequence[Effect]


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet, and what the chart draws."""
    found: dict[str, Outcome] = {"lever_before": cell(lambda: job.plan(job.token_cost()).total)}
    moved = _moved(job)
    for i, name in enumerate(_ORDER):
        row = _no_answer(name) if moved is None else _row(moved.effects[i], moved)
        found |= {f"{TABLE}.{column}.{i}": one for column, one in row.items()}
    for place in range(1, BEST + 1):
        found[f"lever_best_{place}"] = _best(moved, place)
    return found | {"lever_surprise": _surprise(job, moved)} | _tornado(moved)


def _moved(job: Job) -> Moved | None:
    try:
        priced, plan = job.priced(), job.plan(job.token_cost())
        return Moved(priced.image, plan, effects_of(priced, plan))
    except XlPricingError:
        return None


_FIGURES = ("cost_per_image", "budget", "saving", "saving_share")


def _lever_of(name: str) -> str:
    """Return the lever of a move by its name."""
    known = {"images": "images per call", "other": "tier"}
    first = name.split("_", maxsplit=1)[0]
    return known.get(first, first)


def _no_answer(name: str) -> dict[str, Outcome]:
    title, costs = TITLES[_lever_of(name)], Said(_NO_PRICE)
    figures: dict[str, Outcome] = dict.fromkeys(_FIGURES, NA)
    return {"lever": title, "change": "not available", **figures, "costs": costs}


def _row(effect: Effect, moved: Moved) -> dict[str, Outcome]:
    name, lever = effect.move.name, effect.move.lever
    if effect.saving is None or effect.move.image is None or _repeated(effect, moved):
        blank: dict[str, Outcome] = dict.fromkeys(_FIGURES, "")
        return {**_no_answer(name), **blank, "costs": Said(_lacks(effect, moved))}
    now, then = _states(effect, moved)
    change = Said("^" + f"{now}, as now", (now,)) if now == then else f"{now} → {then}"
    return {
        "lever": TITLES[lever],
        "change": change,
        "cost_per_image": effect.cost_per_image or 0,
        "budget": effect.budget or 0,
        "saving": effect.saving,
        "saving_share": effect.share or 0,
        "costs": _costs(effect, moved),
    }


def _lacks(effect: Effect, moved: Moved) -> str:
    """Return by which words a move without a price is known."""
    if _repeated(effect, moved):
        return "^the same size as in the row (above|below)$"
    measured = not isinstance(moved.image.quality, str)
    if measured and effect.move.lever in {"size", "ratio", "quality"}:
        return "^output tokens are measured"
    return WORDS[effect.move.name].lacks


def _repeated(effect: Effect, moved: Moved) -> bool:
    """Say whether a move gives the size of another one, which stands above or below it."""
    others = {"size_smallest": "size_next", "ratio_nearest": "ratio_larger"}
    if effect.move.name not in others or effect.move.image is None:
        return False
    other = moved.effects[_ORDER.index(others[effect.move.name])].move.image
    return other is not None and other.size == effect.move.image.size


def _states(effect: Effect, moved: Moved) -> tuple[str, str]:
    """Return what the lever is before and after the move."""
    assert effect.move.image
    both = ((moved.image, moved.plan.retries), (effect.move.image, effect.move.retries))
    told: Mapping[str, Callable[[Image, Fraction], str]] = {
        "size": lambda image, _: str(image.size),
        "ratio": lambda image, _: str(image.size),
        "quality": lambda image, _: str(image.quality),
        "retries": lambda _, retries: fixed(retries),
        "images per call": lambda image, _: str(image.n),
        "prompt": lambda image, _: f"{image.prompt_tokens or 0:,}",
        "references": lambda image, _: str(len(image.references)),
        "tier": lambda image, _: image.tier,
    }
    now, then = (told[effect.move.lever](*one) for one in both)
    return now, then


def _costs(effect: Effect, moved: Moved) -> Said:
    assert effect.move.image
    if effect.move.lever == "tier" and moved.image.tier == "batch":
        return Said("^answers come at once$")
    pixels = Fraction(effect.move.image.size.pixels, moved.image.size.pixels)
    figures = {"size": (percent(1 - pixels),), "ratio": (percent(pixels - 1),)}
    of_size = effect.move.name in {"size_next", "size_smallest", "ratio_larger"}
    shown = figures[effect.move.lever] if of_size else ()
    return Said(WORDS[effect.move.name].costs, shown)


def _best(moved: Moved | None, place: int) -> Outcome:
    if moved is None:
        return Said("^No answer") if place == 1 else ""
    champions = best(moved.effects, len(LEVERS))
    if place > len(champions) + 1:
        return ""
    if place > len(champions):
        return Said("^No other move saves" if champions else "^No move saves")
    effect = champions[place - 1]
    now, then = _states(effect, moved)
    begins = f"^{place}   {TITLES[effect.move.lever]}: {then} instead of {now} saves "
    costs = _costs(effect, moved)
    anywhere = "" if costs.english.startswith("^") else ".*"
    english = f"{begins}.*: {anywhere}{costs.english.removeprefix('^')}"
    saved = (usd(effect.saving or Fraction(0)), percent(effect.share or Fraction(0)))
    return Said(english, (*saved, *costs.figures))


def _surprise(job: Job, moved: Moved | None) -> Outcome:
    """Return the sentence about a larger size that costs less."""
    if moved is None:
        return ""
    if not isinstance(moved.image.quality, str):
        return Said("^With measured output tokens")
    larger = next(e.move.image for e in moved.effects if e.move.name == "ratio_larger")
    if larger is None:
        return Said("^Here no larger size")

    def tokens(image: Image) -> Fraction:
        alone = Image(image.size, image.quality)
        return Fraction(job.model.counting.usage(alone).image_out)

    now, then = tokens(moved.image), tokens(larger)
    more = percent(Fraction(larger.size.pixels, moved.image.size.pixels) - 1)
    figures = (more, fixed(then, 0), fixed(now, 0), percent(1 - then / now))
    english = f"^{larger.size} has .* more pixels than {moved.image.size} and yet costs less"
    return Said(english, figures)


def _tornado(moved: Moved | None) -> dict[str, Outcome]:
    """Return the bars of the chart: what each lever can save and add, the widest first."""
    spans: dict[str, tuple[Fraction, Fraction]] = dict.fromkeys(LEVERS, (Fraction(0), Fraction(0)))
    for effect in moved.effects if moved else ():
        saves, adds = spans[effect.move.lever]
        saving = effect.saving or Fraction(0)
        spans[effect.move.lever] = (max(saves, saving), max(adds, -saving))
    widest = sorted(LEVERS, key=lambda lever: -rounded(sum(spans[lever]), DIGITS))
    found: dict[str, Outcome] = {}
    for i, lever in enumerate(widest):
        saves, adds = spans[lever]
        found |= {
            f"{TORNADO}.row.{i}": i + 1,
            f"{TORNADO}.lever.{i}": TITLES[lever],
            f"{TORNADO}.drawn_saves.{i}": -_drawn(saves, moved) if moved else NA,
            f"{TORNADO}.drawn_adds.{i}": _drawn(adds, moved) if moved else NA,
        }
    return found


def _drawn(moves: Fraction, moved: Moved) -> Fraction:
    return Fraction(0) if moves < moved.plan.total * DRAWN_SHARE else moves
