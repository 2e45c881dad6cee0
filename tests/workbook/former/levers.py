"""What the Levers sheet must hold: the core's moves, their effects, and the best in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

from former.line import Spec as SizedSpec
from former.line import attempt, tier_column
from former.sentence import fixed_text, percent_text, shown, usd_text
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    Value,
    known_model,
    require,
    typed_number,
    used_size,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.levers.moves import COLUMNS, NO_PRICE, NOT_THERE, TABLE
from workbook_templates.sheets.levers.sheet import (
    BEST,
    BEST_SAYS,
    MEASURED,
    NO_ANSWER,
    NO_OTHER_SAVES,
    NO_SURPRISE,
    NONE_SAVES,
    SURPRISE,
)
from workbook_templates.sheets.levers.sizes import RATIO_COLUMNS, RATIO_ROWS, RATIOS
from workbook_templates.sheets.levers.tornado import SWINGS, TORNADO
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.levers import Effect, best
from xl_pricing.estimation.size import REFERENCE_SIZE, FreeSizes, Size
from xl_pricing.estimation.tokens import REFERENCE_RULES, GridRule
from xl_pricing.functions.values import is_blank
from xl_pricing.planning import job as planning
from xl_pricing.planning.moves import (
    AS_NOW,
    LEVERS,
    MOVES,
    SPEED,
    MoveWords,
    effects_of,
    presets_of,
)
from xl_pricing.planning.moves import MEASURED as MEASURED_SIZE
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model, read_date

_DISTANCE_DIGITS = int(LIMITS["compared_decimals"])

_FIELDS = [column.name for column in COLUMNS]
_RATIO_FIELDS = [column.name for column in RATIO_COLUMNS]


@dataclass(frozen=True, eq=False)
class Job:
    """A job that has a budget, and the effects of the core's moves around it."""

    spec: Image
    plan: Budget
    model: Model
    card: RateCard
    day: date

    @classmethod
    def of(cls, v: Answers, card: RateCard) -> "Job":
        """Read the job, or raise `MissingError` where it has no budget at token prices."""
        require(v.plan_valid)
        finals, buffer = (typed_number(v, name) for name in ("finals", "buffer"))
        plan = Budget(v.token_cost_per_image, finals, v.retries_used, buffer)
        model = known_model(v, card)
        day = read_date(v["price_date"])
        return cls(job_spec(v), plan, model, card, day)

    @cached_property
    def effects(self) -> list[Effect]:
        """The effects of the moves, in the order of the rows."""
        return effects_of(planning.Job(self.spec, self.model, self.card, self.day), self.plan)

    @cached_property
    def now(self) -> int:
        """Computed output tokens of one image; 0 where they are measured."""
        if not isinstance(self.spec.quality, str):
            return 0
        return self.tokens(self.spec.size)

    @cached_property
    def grid(self) -> int:
        """The grid by which the output tokens are counted; 0 where there is none."""
        rule, quality = self.model.output.rule, self.spec.quality
        if isinstance(rule, GridRule) and isinstance(quality, str):
            return rule.grids[quality]
        return 0

    def tokens(self, size: Size) -> int:
        """Count the output tokens of a size at the job's quality."""
        return self.model.output.rule.counter(str(self.spec.quality))(size)

    def size_of(self, name: str) -> Size | None:
        """Return the size of a move, if it is there."""
        spec = next(e.move.image for e in self.effects if e.move.name == name)
        return spec.size if spec else None


def job_spec(v: Answers) -> Image:
    """Return the job's spec; without reference images one more would be of the usual size."""
    measured, prompt, typed = (
        v[name] for name in ("measured_tokens", "prompt_tokens", "reference_images")
    )
    references = 0 if is_blank(typed) else int(typed)
    edges = REFERENCE_SIZE
    if references:
        edges = Size(int(v["reference_width"]), int(v["reference_height"]))
    by_word = is_blank(measured)
    return Image(
        used_size(v),
        str(v["quality"]).lower() if by_word else typed_number(v, "measured_tokens"),
        int(v["images_per_call"]),
        None if is_blank(prompt) else int(prompt),
        (edges,) * references,
        str(v["tier"]).lower(),
    )


def add_levers(v: Answers, card: RateCard, words: Words) -> None:
    """Add every computed cell of the sheet."""
    found = attempt(lambda: Job.of(v, card))
    job = None if found == NOT_AVAILABLE else found
    v["lever_before"] = job.plan.total if job else NOT_AVAILABLE
    v["note_lever_ratios"] = int(len(card.ratios) + 1 <= RATIO_ROWS)
    _add_workings(v, job)
    _add_ratios(v, card, job)
    rows = [_row(i, v, job, words) for i in range(len(MOVES))]
    for i, row in enumerate(rows):
        v |= {f"{TABLE}.{name}.{i}": row[name] for name in _FIELDS}
    _add_swings(v, job, words)
    for place in range(1, BEST + 1):
        v[f"lever_best_{place}"] = _best(place, rows, job, words)
    v["lever_surprise"] = _surprise(v, job, words)


def _add_workings(v: Answers, job: Job | None) -> None:
    spec = job and job.spec
    typed = v["reference_images"]
    blank_prompt = v["prompt_tokens"] is None or v["prompt_tokens"] == ""
    measured = v["measured_tokens"]
    is_measured = not isinstance(measured, str) and measured is not None
    v |= {
        "lever_priced": int(job is not None),
        "lever_quality": measured if is_measured else v["quality"],
        "lever_prompt": "" if blank_prompt else v["prompt_tokens"],
        "lever_references": 0 if isinstance(typed, str | None) else typed,
        "lever_reference_tokens": 0,
        "lever_now": job.now if job else 0,
        "lever_grid": job.grid if job else 0,
    }
    if job and spec:
        rule = REFERENCE_RULES[job.model.references.rule]
        v["lever_reference_tokens"] = rule((*spec.references, REFERENCE_SIZE)[0])
    v |= {f"lever_{name}": 0 for name in _STEPS}
    if job and job.grid:
        v |= {f"lever_{name}": value for name, value in _same_ratio(job).items()}
    for name, move in (("nearest", "ratio_nearest"), ("larger", "ratio_larger")):
        size = job.size_of(move) if job else None
        v[f"lever_row_{name}"] = presets_of(job.card).index(size) + 2 if job and size else 0


_STEPS = ("unit_width", "unit_height", "k_smallest", "k_cheaper", "k_next")


def _same_ratio(job: Job) -> dict[str, int]:
    """Count the sizes of the job's ratio by asking the core for the tokens of each."""
    legal, size, now = job.model.sizes, job.spec.size, job.now
    assert isinstance(legal, FreeSizes)
    shared = gcd(*size)
    unit = Size(*(legal.step_px * edge // shared for edge in size))
    whole = size.width // unit.width
    sizes = {k: Size(k * unit.width, k * unit.height) for k in range(1, whole + 1)}
    smallest = next(k for k, one in sizes.items() if legal.fault(one) is None)
    cheaper = max((k for k, one in sizes.items() if job.tokens(one) < now), default=0)
    return {
        "unit_width": unit.width,
        "unit_height": unit.height,
        "k_smallest": smallest,
        "k_cheaper": cheaper,
        "k_next": cheaper if cheaper >= smallest else 0,
    }


def _add_ratios(v: Answers, card: RateCard, job: Job | None) -> None:
    """Add the sizes of other ratios; the first row of the sizes table is the custom size."""
    sizes = [Size(0, 0), *presets_of(card)]
    for i in range(RATIO_ROWS):
        size = sizes[i] if i < len(sizes) else Size(0, 0)
        cells = {**_ratio(v, size, job), "row": i + 1}
        v |= {f"{RATIOS}.{name}.{i}": value for name, value in cells.items()}


def _ratio(v: Answers, size: Size, job: Job | None) -> dict[str, Any]:
    cells: dict[str, Any] = dict.fromkeys(_RATIO_FIELDS, 0)
    cells |= {"width": size.width, "height": size.height, "cheaper": "", "larger": ""}
    if job is None or not job.now:
        return cells
    cells["model_row"] = v.model_row
    if not size.short or job.model.sizes.fault(size):
        return cells
    times = Fraction(*size) / Fraction(*job.spec.size)
    distance = round(float(max(times, 1 / times)), _DISTANCE_DIGITS)
    tokens = job.tokens(size)
    cells |= {"legal": 1, "tokens": tokens, "distance": distance}
    cells |= _counted(SizedSpec(job.model, size, job.spec.quality))
    if tokens < job.now and distance > 1:
        cells["cheaper"] = distance
        cells["larger"] = distance if size.pixels > job.spec.size.pixels else ""
    return cells


def _counted(sized: SizedSpec) -> dict[str, int]:
    return {name: getattr(sized, name) for name in ("grid", "cells", "listed")}


def _row(i: int, v: Answers, job: Job | None, words: Words) -> dict[str, Any]:
    """Return the cells of a row of the table."""
    row = MOVES[i]
    effect = job.effects[i] if job else None
    cells: dict[str, Any] = dict.fromkeys(_FIELDS, 0)
    cells |= dict.fromkeys(("cost_per_image", "budget", "saving", "saving_share"), NOT_AVAILABLE)
    cells |= {"row": i + 1, "lever": words(LEVERS[row.lever].title), "tier_column": -1}
    cells |= dict.fromkeys(("now", "then", "quality", "prompt", "tier"), "")
    cells |= dict.fromkeys(("tokens", "less"), NOT_AVAILABLE)
    cells |= {"change": words(NOT_THERE), "costs": words(_lack(row, job))}
    if job and effect and effect.move.image:
        cells |= _asked(v, job, effect)
        if effect.saving is not None:
            cells |= _weighed(row, cells, job, effect, words)
            cells |= _placed(job, effect)
    return cells


def _lack(row: MoveWords, job: Job | None) -> str:
    if job is None:
        return NO_PRICE
    measured = not isinstance(job.spec.quality, str)
    return MEASURED_SIZE if measured and LEVERS[row.lever].by_rule else row.absent or NO_PRICE


def _asked(v: Answers, job: Job, effect: Effect) -> dict[str, Any]:
    """Return what a move asks for, and its tokens."""
    spec, retries = effect.move.image, effect.move.retries
    assert spec is not None
    sized = SizedSpec(job.model, spec.size, spec.quality)
    # Text and references do not depend on the quality, which may be unknown to the model.
    usage = job.model.counting.usage(replace(spec, quality=1))
    tokens = attempt(lambda: Fraction(job.model.counting.usage(spec).image_out) / spec.n)
    now, then = (_told(effect.move.lever, *one) for one in _now_and_then(job, effect))
    return {
        "there": 1,
        "now": now,
        "then": then,
        "width": spec.size.width,
        "height": spec.size.height,
        "quality": v["lever_quality"] if spec.quality == job.spec.quality else spec.quality,
        "n": spec.n,
        "prompt": "" if spec.prompt_tokens is None else spec.prompt_tokens,
        "references": len(spec.references),
        "tier": spec.tier,
        "retries": retries,
        "model_row": v.model_row,
        "tier_column": tier_column(spec.tier),
        "legal": 1,
        **_counted(sized),
        "tokens": tokens,
        "text_tokens": usage.text_in,
        "image_tokens": usage.image_in,
    }


def _now_and_then(job: Job, effect: Effect) -> Sequence[tuple[Image, Fraction]]:
    assert effect.move.image is not None
    return (job.spec, job.plan.retries), (effect.move.image, effect.move.retries)


def _told(lever: str, spec: Image, retries: Fraction) -> str:
    """Return a lever's state in words."""
    told: Mapping[str, Callable[[], str]] = {
        "size": lambda: str(spec.size),
        "ratio": lambda: str(spec.size),
        "quality": lambda: str(spec.quality),
        "retries": lambda: fixed_text(retries),
        "images per call": lambda: fixed_text(Fraction(spec.n), 0),
        "prompt": lambda: fixed_text(Fraction(spec.prompt_tokens or 0), 0),
        "references": lambda: fixed_text(Fraction(len(spec.references)), 0),
        "tier": lambda: spec.tier,
    }
    return told[lever]()


def _weighed(
    row: MoveWords, cells: Mapping[str, Any], job: Job, effect: Effect, words: Words
) -> dict[str, Any]:
    """Return what a move does to the budget, in figures and in words."""
    spec, cost, saving = effect.move.image, effect.cost_per_image, effect.saving
    assert spec is not None and cost is not None  # noqa: PT018 - the caller looked
    pixels = Fraction(spec.size.pixels, job.spec.size.pixels)
    parts = {"fewer": percent_text(1 - pixels), "more": percent_text(pixels - 1)}
    costs = SPEED[spec.tier] if row.lever == "tier" else row.costs
    now, then = cells["now"], cells["then"]
    return {
        "change": shown(words, AS_NOW, now=now) if now == then else f"{now} → {then}",
        "cost_per_image": cost,
        "budget": effect.budget,
        "saving": saving,
        "saving_share": effect.share,
        "costs": shown(words, costs, **parts),
        "less": job.plan.cost_per_image - cost,
        "effect": saving,
    }


def _placed(job: Job, effect: Effect) -> dict[str, int]:
    """Return whether a move is the best of its lever, and its place among those."""
    champions = best(job.effects, len(LEVERS))
    place = champions.index(effect) + 1 if effect in champions else 0
    return {"champion": int(place > 0), "place": place}


def _add_swings(v: Answers, job: Job | None, words: Words) -> None:
    """Add what each lever can move, in the core's order and the widest first."""
    swings = [_swing(lever, job) for lever in LEVERS]
    widths = [round(swing["swing"], _DISTANCE_DIGITS) for swing in swings]
    order = sorted(range(len(LEVERS)), key=lambda i: (-widths[i], i))
    for i, (lever, swing) in enumerate(zip(LEVERS, swings, strict=True)):
        swing |= {"row": i + 1, "lever": words(LEVERS[lever].title), "place": order.index(i) + 1}
        v |= {f"{SWINGS}.{name}.{i}": value for name, value in swing.items()}
    for i, position in enumerate(order):
        placed = {"row": i + 1, "lever": swings[position]["lever"]}
        for name in ("saves", "adds"):
            placed[f"drawn_{name}"] = _drawn(swings[position][name], job)
        v |= {f"{TORNADO}.{name}.{i}": value for name, value in placed.items()}


def _swing(lever: str, job: Job | None) -> dict[str, Any]:
    if job is None:
        return {"saves": NOT_AVAILABLE, "adds": NOT_AVAILABLE, "swing": 0}
    savings = [e.saving or Fraction(0) for e in job.effects if e.move.lever == lever]
    nothing = Fraction(0)
    saves, adds = max([nothing, *savings]), -min([nothing, *savings])
    return {"saves": -saves, "adds": adds, "swing": saves + adds}


def _drawn(moved: Value, job: Job | None) -> Value:
    """Return a bar of the chart, 0 for one that is too short to be seen."""
    if job is None:
        return NOT_AVAILABLE
    return 0 if abs(moved) < job.plan.total * LIMITS["drawn_share"] else moved


def _best(place: int, rows: Sequence[Mapping[str, Any]], job: Job | None, words: Words) -> str:
    """Return the sentence of the move in a place."""
    if job is None:
        return words(NO_ANSWER) if place == 1 else ""
    found = {row["place"]: row for row in rows}
    last = max(found)
    if last < place:
        said = NO_OTHER_SAVES if place > 1 else NONE_SAVES
        return words(said) if last == place - 1 else ""
    row = found[place]
    told = {name: row[name] for name in ("lever", "now", "then", "costs")}
    figures = {"usd": usd_text(row["saving"]), "share": percent_text(row["saving_share"])}
    return shown(words, BEST_SAYS, place=place, **told, **figures)


def _surprise(v: Answers, job: Job | None, words: Words) -> str:
    """Return the sentence about a larger size that costs less."""
    if job is None:
        return ""
    size = job.size_of("ratio_larger")
    if size is None:
        return words(NO_SURPRISE if job.now else MEASURED)
    tokens = job.tokens(size)
    return shown(
        words,
        SURPRISE,
        size=size,
        more=percent_text(Fraction(size.pixels, job.spec.size.pixels) - 1),
        now=v.size_used,
        tokens=fixed_text(Fraction(tokens), 0),
        tokens_now=fixed_text(Fraction(job.now), 0),
        share=percent_text(1 - Fraction(tokens, job.now)),
    )
