"""Planning around a job: what each lever would save, which three to advise, and two stages."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import oracle
import pytest
from exhaustive import many
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from that_day import THAT_DAY

from xl_pricing.errors import NotAvailableError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.image import QUALITIES, Image
from xl_pricing.estimation.levers import (
    LEVERS,
    Effect,
    Move,
    RatioMoves,
    SizeMoves,
    best,
    ratio_moves,
    rounded_saving,
    size_moves,
)
from xl_pricing.estimation.size import FreeSizes, Size, all_sizes
from xl_pricing.estimation.stages import Stages
from xl_pricing.functions import IMGBUDGET, IMGCOST
from xl_pricing.planning import moves as planned
from xl_pricing.planning.job import Job
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.rows import Model

pytestmark = pytest.mark.usefixtures("that_day")

F = Fraction
CARD = bundled_card()
MODEL = CARD.model("gpt-image-2")
FREE = MODEL.sizes
MODELS_OF_THREE_SIZES = ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "chatgpt-image-latest"]
MODELS_WITHOUT_BATCH = ["gpt-image-2.6-flare", "gpt-image-2.6-sunburst"]
WORDS = {
    "gpt-image-2": ("low", "medium", "high"),
    "gpt-image-2.5-flare": QUALITIES,
    "gpt-image-2.6-flare": QUALITIES[2:],
    "gpt-image-1": ("low", "medium", "high"),
}
"""The words that have a token count, of one model of each kind."""
GRIDS = {"gpt-image-2": oracle.GRIDS_2, "gpt-image-2.5-flare": oracle.GRIDS_2_5}

SQUARE = Size(1024, 1024)
JOB = Image(Size(1024, 1280), "high", 1, 180, (SQUARE,))
RETRIES = F(3, 2)

TIE = F(1, 10**9)
"""Savings that differ by less are the same."""

CHANGED_BY = {
    "size": "size",
    "ratio": "size",
    "quality": "quality",
    "retries": "retries",
    "images per call": "n",
    "prompt": "prompt_tokens",
    "references": "references",
    "tier": "tier",
}
"""The one field that a move of each lever changes."""

REFERENCES = [SQUARE, Size(300, 2000), Size(640, 480)]
legal_sizes = st.sampled_from([Size(*size) for size in oracle.legal_sizes()])
grids = st.sampled_from(sorted({*oracle.GRIDS_2.values(), *oracle.GRIDS_2_5.values()}))
measured = st.integers(1, 20_000) | st.fractions("1/10", 20_000, max_denominator=10)
amounts = st.fractions(0, 5000, max_denominator=100)
prices = st.fractions("1/1000", 10, max_denominator=1000)
factors = st.fractions(1, 20, max_denominator=100)
shares = st.fractions(0, 1, max_denominator=100)


@st.composite
def jobs(draw: st.DrawFn) -> tuple[Model, Image]:
    """Return a model and a image that it has a price for."""
    name = draw(st.sampled_from(sorted(WORDS)))
    model = CARD.model(name)
    of_three = st.sampled_from([Size(*size) for size in oracle.FIXED_TOKENS["low"]])
    image = Image(
        draw(legal_sizes if isinstance(model.sizes, FreeSizes) else of_three),
        draw(st.sampled_from(WORDS[name]) | measured),
        draw(st.integers(1, 10)),
        draw(st.none() | st.integers(0, 5000)),
        tuple(draw(st.lists(st.sampled_from(REFERENCES), max_size=16))),
        "standard"
        if name in MODELS_WITHOUT_BATCH
        else draw(st.sampled_from(("standard", "batch"))),
    )
    return model, image


plans = st.builds(Budget, st.just(F(0)), amounts, factors, shares)


def imgcost(model: Model, image: Image) -> float:
    """Price a image by the cell function."""
    images = ";".join(map(str, image.references)) or None
    prompt = image.prompt_tokens
    return IMGCOST(str(image.size), image.quality, model.id, image.n, prompt, images, image.tier)


def imgbudget(cost: float, plan: Budget, retries: Fraction) -> float:
    return IMGBUDGET(cost, plan.finals, retries, plan.buffer)


def effects_of(model: Model, image: Image, plan: Budget) -> tuple[Budget, list[Effect]]:
    """Return the budget of a image, and what every move around it does."""
    job = Job(image, model, CARD, THAT_DAY)
    plan = replace(plan, cost_per_image=job.usd(image))
    return plan, planned.effects_of(job, plan)


def moves_by_name(
    image: Image, retries: Fraction = RETRIES, model: Model = MODEL
) -> dict[str, Move]:
    return {move.name: move for move in moves_of(image, retries, model)}


def moves_of(image: Image, retries: Fraction, model: Model = MODEL) -> list[Move]:
    return planned.moves_of(Job(image, model, CARD, THAT_DAY), retries)


def changes(image: Image, retries: Fraction, move: Move) -> dict[str, Any]:
    """Return what a move changes."""
    assert move.image is not None
    before = {**asdict(image), "retries": retries}
    after = {**asdict(move.image), "retries": move.retries}
    return {name: value for name, value in after.items() if value != before[name]}


# Which moves there are.


def test_the_moves_around_a_job() -> None:
    moves = moves_of(JOB, RETRIES)
    found = [(m.lever, m.name, changes(JOB, RETRIES, m)) for m in moves]
    assert found == [
        ("size", "size_next", {"size": (960, 1200)}),
        ("size", "size_smallest", {"size": (768, 960)}),
        ("ratio", "ratio_nearest", {"size": (1008, 1344)}),
        ("ratio", "ratio_larger", {"size": (1008, 1344)}),
        ("quality", "quality_down", {"quality": "medium"}),
        ("quality", "quality_up", {"quality": "xhigh"}),
        ("retries", "retries_less", {"retries": 1}),
        ("retries", "retries_more", {"retries": 2}),
        ("images per call", "images_per_call_1", {}),
        ("images per call", "images_per_call_4", {"n": 4}),
        ("images per call", "images_per_call_10", {"n": 10}),
        ("prompt", "prompt_twice", {"prompt_tokens": 360}),
        ("references", "references_less", {"references": ()}),
        ("references", "references_more", {"references": (SQUARE, SQUARE)}),
        ("tier", "other_tier", {"tier": "batch"}),
    ]
    assert tuple(dict.fromkeys(lever for lever, _, _ in found)) == LEVERS


@given(jobs(), factors)
def test_a_move_changes_one_thing(job: tuple[Model, Image], retries: Fraction) -> None:
    model, image = job
    moves = moves_of(image, retries, model)
    assert [move.name for move in moves] == list(moves_by_name(JOB))
    for move in moves:
        if move.image is not None:
            assert set(changes(image, retries, move)) <= {CHANGED_BY[move.lever]}


@given(measured)
def test_measured_tokens_belong_to_one_size_and_quality(tokens: int | Fraction) -> None:
    moves = moves_of(replace(JOB, quality=tokens), RETRIES)
    for move in moves:
        assert (move.image is None) == (move.lever in {"size", "ratio", "quality"})


@pytest.mark.parametrize(
    ("quality", "down", "up"),
    [
        ("low", None, "medium"),
        ("medium", "low", "high"),
        ("high", "medium", "xhigh"),
        ("xhigh", "high", "max"),
        ("max", "xhigh", None),
    ],
)
def test_quality_goes_one_step_and_not_past_its_ends(
    quality: str, down: str | None, up: str | None
) -> None:
    flare = CARD.model("gpt-image-2.5-flare")
    moves = moves_by_name(replace(JOB, quality=quality), model=flare)
    stepped = [moves[name].image for name in ("quality_down", "quality_up")]
    assert [image and image.quality for image in stepped] == [down, up]


@pytest.mark.parametrize("count", range(17))
def test_references_go_one_step_within_0_to_16(count: int) -> None:
    moves = moves_by_name(replace(JOB, references=(SQUARE,) * count))
    for name, then in (("references_less", count - 1), ("references_more", count + 1)):
        image = moves[name].image
        assert (image is None) == (then not in range(17))
        assert image is None or len(image.references) == then


@given(factors)
def test_retries_go_by_a_half_and_never_below_1(retries: Fraction) -> None:
    moves = moves_by_name(JOB, retries)
    less, more = moves["retries_less"], moves["retries_more"]
    assert (less.image is None) == (retries < F(3, 2))
    assert (less.retries, more.retries) == (retries - F(1, 2), retries + F(1, 2))
    assert more.image == JOB


@pytest.mark.parametrize(("prompt", "twice"), [(None, None), (0, None), (1, 2), (180, 360)])
def test_only_a_prompt_can_be_twice_as_long(prompt: int | None, twice: int | None) -> None:
    image = moves_by_name(replace(JOB, prompt_tokens=prompt))["prompt_twice"].image
    assert (image and image.prompt_tokens) == twice


@pytest.mark.parametrize(("tier", "other"), [("standard", "batch"), ("batch", "standard")])
def test_the_other_tier_is_the_other_one(tier: str, other: str) -> None:
    image = moves_by_name(replace(JOB, tier=tier))["other_tier"].image
    assert image is not None
    assert image.tier == other


# Sizes: against a search of all of them.


@cache
def sizes_by_ratio() -> dict[Fraction, list[Size]]:
    assert isinstance(FREE, FreeSizes)
    found: dict[Fraction, list[Size]] = {}
    for size in all_sizes(FREE):
        found.setdefault(F(*size), []).append(size)
    return found


@cache
def presets() -> list[Size]:
    """Return the sizes of the card's ratios: exactly that ratio, the short side nearest 1024.

    Where that is over 16 px away, the cheapest size within 1 % with 1024 px or more.
    """
    return [_preset(F(w) / F(h)) for w, h in (row.ratio.split(":") for row in CARD.ratios)]


def _preset(ratio: Fraction) -> Size:
    exact = min(sizes_by_ratio()[ratio], key=lambda size: (abs(size.short - 1024), size.short))
    if abs(exact.short - 1024) <= 16:
        return exact
    near = [
        (oracle.grid_tokens(96, *size), abs(shape / ratio - 1), size)
        for shape, sizes in sizes_by_ratio().items()
        if abs(shape / ratio - 1) <= F(1, 100)
        for size in sizes
        if size.short >= 1024
    ]
    return min(near)[2]


def searched_sizes(size: Size, grid: int) -> SizeMoves:
    """Find by search what `size_moves` should."""
    now = oracle.grid_tokens(grid, *size)
    same = sorted(sizes_by_ratio()[F(*size)], key=lambda s: s.pixels)
    cheaper = [s for s in same if oracle.grid_tokens(grid, *s) < now]
    return SizeMoves(cheaper[-1], same[0]) if cheaper else SizeMoves()


def searched_ratios(size: Size, grid: int) -> RatioMoves:
    """Find by search what `ratio_moves` should: presets of another ratio only."""
    now = oracle.grid_tokens(grid, *size)
    found: list[Size | None] = []
    for fewest_pixels in (0, size.pixels + 1):
        nearest: tuple[Fraction, Size] | None = None
        for preset in presets():
            times = F(*preset) / F(*size)
            distance = max(times, 1 / times)
            if distance == 1 or preset.pixels < fewest_pixels:
                continue
            if oracle.grid_tokens(grid, *preset) < now and (not nearest or distance < nearest[0]):
                nearest = distance, preset
        found.append(nearest and nearest[1])
    return RatioMoves(*found)


def test_the_presets_are_those_of_the_card() -> None:
    assert planned.presets_of(CARD) == presets()


@pytest.mark.parametrize("model", GRIDS)
@pytest.mark.parametrize("row", CARD.ratios, ids=lambda row: row.ratio)
def test_every_preset_finds_the_cheaper_sizes_of_a_search(row: Any, model: str) -> None:
    size = presets()[CARD.ratios.index(row)]
    for quality, grid in GRIDS[model].items():
        moves = moves_by_name(Image(size, quality), model=CARD.model(model))
        found = {name: move.image and move.image.size for name, move in moves.items()}
        expected = {
            **searched_sizes(size, grid)._asdict(),
            **searched_ratios(size, grid)._asdict(),
        }
        assert {name: found[name] for name in expected} == expected


@given(legal_sizes, grids)
def test_cheaper_sizes_are_those_of_a_search_of_exactly_the_ratio(size: Size, grid: int) -> None:
    found = size_moves(size, FREE, lambda s: oracle.grid_tokens(grid, *s))
    assert found == searched_sizes(size, grid)
    smallest = min(sizes_by_ratio()[F(*size)], key=lambda s: s.pixels)
    assert (found == SizeMoves()) == (size == smallest)


@given(legal_sizes, grids)
def test_cheaper_ratios_are_those_of_a_search_of_the_presets(size: Size, grid: int) -> None:
    assume(F(*size) not in {F(*preset) for preset in presets()})
    found = ratio_moves(size, FREE, presets(), lambda s: oracle.grid_tokens(grid, *s))
    assert found == searched_ratios(size, grid)


def test_the_own_ratio_is_no_other_ratio() -> None:
    size = Size(1536, 1920)
    found = ratio_moves(size, FREE, presets(), lambda s: oracle.grid_tokens(96, *s))
    assert found == searched_ratios(size, 96)


def test_of_equally_near_ratios_the_earlier_is_offered() -> None:
    wide, tall = Size(1536, 1024), Size(1024, 1536)
    for given_, first in (((wide, tall), wide), ((tall, wide), tall)):
        found = ratio_moves(Size(2048, 2048), FREE, given_, lambda s: s.pixels)
        assert found == RatioMoves(first, None)


def test_a_preset_that_is_illegal_or_no_cheaper_is_not_offered() -> None:
    illegal, as_dear = Size(1000, 1500), Size(1024, 1536)
    tokens = {illegal: 1, as_dear: 2, Size(1024, 1024): 2}
    found = ratio_moves(Size(1024, 1024), FREE, (illegal, as_dear), lambda s: tokens[s])
    assert found == RatioMoves()


@pytest.mark.parametrize("model", MODELS_OF_THREE_SIZES)
@pytest.mark.parametrize(
    ("size", "quality", "nearest"),
    [
        *((Size(1024, 1024), quality, None) for quality in ("low", "medium", "high")),
        *((Size(1536, 1024), quality, Size(1024, 1024)) for quality in ("low", "medium", "high")),
        *((Size(1024, 1536), quality, Size(1024, 1024)) for quality in ("low", "medium", "high")),
    ],
)
def test_of_three_sizes_the_square_costs_least(
    model: str, size: Size, quality: str, nearest: Size | None
) -> None:
    moves = moves_by_name(Image(size, quality), model=CARD.model(model))
    names = ("size_next", "size_smallest", "ratio_nearest", "ratio_larger")
    found = [moves[name].image for name in names]
    assert [image and image.size for image in found] == [None, None, nearest, None]


# What a move saves.


@settings(max_examples=many(20, 60))
@given(jobs(), plans)
def test_a_move_saves_the_difference_of_two_budgets(job: tuple[Model, Image], plan: Budget) -> None:
    model, image = job
    now = imgbudget(imgcost(model, image), plan, plan.retries)
    plan, effects = effects_of(model, image, plan)
    for move, cost, budget, saving, share in effects:
        if move.image is None or not has_price(model, move.image):
            assert (cost, budget, saving, share) == (None, None, None, None)
            continue
        then = imgbudget(imgcost(model, move.image), plan, move.retries)
        assert float(cost) == pytest.approx(imgcost(model, move.image), rel=1e-12)
        assert float(budget) == pytest.approx(then, rel=1e-12)
        assert float(saving) == pytest.approx(now - then, rel=1e-12, abs=1e-12 * (now + then))
        assert share * plan.total == saving


def has_price(model: Model, image: Image) -> bool:
    try:
        imgcost(model, image)
    except XlPricingError:
        return False
    return True


@pytest.mark.parametrize(
    ("model", "quality", "priced"),
    [
        ("gpt-image-2", "high", {"quality_down": True, "quality_up": False, "other_tier": True}),
        ("gpt-image-2.5-flare", "high", {"quality_up": True, "other_tier": True}),
        ("gpt-image-2.6-flare", "high", {"quality_down": False, "other_tier": False}),
        ("gpt-image-2.6-sunburst", "xhigh", {"quality_down": True, "other_tier": False}),
        ("gpt-image-2.6-flare", 4000, {"quality_down": False, "other_tier": False}),
    ],
)
def test_a_move_without_a_price_has_no_figures(
    model: str, quality: str | int, priced: dict[str, bool]
) -> None:
    image = replace(JOB, quality=quality)
    _, effects = effects_of(CARD.model(model), image, Budget(F(0), F(120), RETRIES))
    figures = {effect.move.name: effect[1:] for effect in effects}
    for name, has_one in priced.items():
        assert (figures[name] == (None, None, None, None)) == (not has_one)


def test_a_job_that_costs_nothing_has_nothing_to_save() -> None:
    plan, effects = effects_of(MODEL, JOB, Budget(F(0), F(0), RETRIES))
    assert plan.total == 0
    there = [effect for effect in effects if effect.saving is not None]
    assert len(there) == len(effects) - 1  # all but xhigh, which gpt-image-2 does not take
    assert {(effect.budget, effect.saving, effect.share) for effect in there} == {(0, 0, 0)}
    assert best(effects) == []


# The best three.


def effect_of(lever: str, saving: Fraction | None, name: str = "") -> Effect:
    return Effect(Move(lever, name, None, F(1)), saving=saving)


savings = st.none() | st.sampled_from([F(-2), F(0), F(1), F(3, 2), F(2)]) | st.fractions(-9, 9)
tables = st.lists(st.lists(savings, max_size=3), min_size=len(LEVERS), max_size=len(LEVERS)).map(
    lambda table: [
        effect_of(lever, saving, f"{lever} {i}")
        for lever, row in zip(LEVERS, table, strict=True)
        for i, saving in enumerate(row)
    ]
)


@given(tables, st.integers(0, 8))
def test_the_best_are_those_left_after_crossing_out(effects: list[Effect], count: int) -> None:
    """Take the first of the largest savings, cross out its lever, and so on."""
    left = [effect for effect in effects if effect.move.lever != "ratio"]
    taken: list[Effect] = []
    while len(taken) < count:
        most = max((rounded_saving(effect) for effect in left), default=F(0))
        if most <= 0:
            break
        taken.append(next(effect for effect in left if rounded_saving(effect) == most))
        left = [effect for effect in left if effect.move.lever != taken[-1].move.lever]
    assert best(effects, count) == taken


@given(jobs(), plans)
@settings(max_examples=many(20, 40))
def test_the_best_are_at_most_three_of_different_levers_the_best_first(
    job: tuple[Model, Image], plan: Budget
) -> None:
    _, effects = effects_of(*job, plan)
    found = best(effects)
    savings_ = [effect.saving or F(0) for effect in found]
    levers = [effect.move.lever for effect in found]
    assert len(found) <= 3
    assert len(set(levers)) == len(levers)
    assert "ratio" not in levers
    assert all(saving > 0 for saving in savings_)
    assert all(one >= later - TIE for one, later in pairwise(savings_))
    others = [e.saving or F(0) for e in effects if e.move.lever not in {"ratio", *levers}]
    if found:
        assert max(others, default=F(0)) <= savings_[-1] + TIE
    if len(found) < 3:
        assert max(others, default=F(0)) <= TIE


def names_of(effects: Sequence[Effect]) -> list[str]:
    return [effect.move.name for effect in effects]


def test_another_ratio_is_never_advised() -> None:
    assert best([effect_of("ratio", F(100)), effect_of("tier", F(1), "tier")]) == [
        effect_of("tier", F(1), "tier")
    ]


def test_a_difference_below_a_billionth_is_a_tie_and_the_earlier_wins() -> None:
    noise = F(1, 10**11)
    effects = [
        effect_of("size", F(5), "size, first"),
        effect_of("size", F(5) + noise, "size, second"),
        effect_of("tier", F(5) + noise, "tier"),
        effect_of("prompt", noise, "prompt"),
    ]
    assert names_of(best(effects)) == ["size, first", "tier"]


@pytest.mark.parametrize(
    ("values", "count"), [((), 0), ((None, 0, -1), 0), ((1,), 1), ((1, 2, 3), 3), ((1, 2, 3, 4), 3)]
)
def test_fewer_than_three_save_where_there_are_no_more(
    values: tuple[int | None, ...], count: int
) -> None:
    levers = [lever for lever in LEVERS if lever != "ratio"]
    effects = [
        effect_of(lever, None if value is None else F(value), str(value))
        for lever, value in zip(levers, values, strict=False)
    ]
    assert names_of(best(effects)) == ["4", "3", "2", "1"][4 - len(values) :][:count]


# Two stages.


@given(prices, prices, amounts, factors, shares, amounts, factors)
def test_staged_and_saved_is_all_high(
    final: F, draft: F, finals: F, retries: F, buffer: F, drafts: F, finish: F
) -> None:
    high = Budget(final, finals, retries, buffer)
    staged = Stages(high, draft, drafts, finish)
    assert staged.total == finals * (1 + buffer) * (drafts * draft + finish * final)
    assert staged.total + staged.saving == high.total
    assert staged.total == staged.drafts.total + staged.finish.total
    assert staged.saving_share * high.total == staged.saving
    assert staged.saved_retries + finish == retries
    if finals:
        margin = staged.saved_retries - staged.break_even_retries
        assert (staged.saving > 0) == (margin > 0)
        assert (staged.saving < 0) == (margin < 0)


@given(prices, prices, amounts, factors, shares, st.fractions(0, 5, max_denominator=10))
def test_at_break_even_staging_saves_exactly_nothing(
    final: F, draft: F, finals: F, spare: F, buffer: F, drafts: F
) -> None:
    retries = spare + drafts * draft / final
    high = Budget(final, finals, retries, buffer)
    staged = Stages(high, draft, drafts)
    assert staged.break_even_retries * final == drafts * draft
    even = replace(staged, finish_retries=retries - staged.break_even_retries)
    assert (even.saving, even.saving_share) == (0, 0)
    assert even.total == high.total


@given(prices, prices, amounts, factors, shares, amounts, factors)
def test_stages_are_two_budgets_of_the_function(
    final: F, draft: F, finals: F, retries: F, buffer: F, drafts: F, finish: F
) -> None:
    staged = Stages(Budget(final, finals, retries, buffer), draft, drafts, finish)
    first = IMGBUDGET(draft, finals * drafts, 1, buffer)
    second = IMGBUDGET(final, finals, finish, buffer)
    assert float(staged.drafts.total) == pytest.approx(first, rel=1e-12)
    assert float(staged.finish.total) == pytest.approx(second, rel=1e-12)
    assert staged.drafts.total_generations == finals * drafts
    assert staged.finish.total_generations == finals * finish


def test_three_drafts_and_a_tenth_more_finals_if_not_said() -> None:
    staged = Stages(Budget(F("0.2"), F(100), F(2), F("0.2")), F("0.01"))
    assert staged.drafts.total == F("3.6")
    assert staged.finish.total == F("26.4")
    assert (staged.saving, staged.saving_share) == (18, F("0.375"))
    assert (staged.saved_retries, staged.break_even_retries) == (F("0.9"), F("0.15"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-0.01",), "draft cost -0.01 is out of range; accepted: 0 or more"),
        (("0.01", "-1"), "drafts per final -1 is out of range; accepted: 0 or more"),
        (("0.01", "3", "0.99"), "finish retries 0.99 is out of range; accepted: 1 or more"),
    ],
)
def test_stages_out_of_range_are_refused(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        Stages(Budget(F("0.2"), F(100)), *map(F, arguments))
    assert str(caught.value) == message


def test_the_least_that_stages_take_is_accepted() -> None:
    staged = Stages(Budget(F("0.2"), F(100)), F(0), F(0), F(1))
    assert (staged.saving, staged.break_even_retries) == (0, 0)


def test_drafts_cannot_pay_for_themselves_where_finals_cost_nothing() -> None:
    staged = Stages(Budget(F(0), F(100), F(2)), F("0.01"))
    with pytest.raises(NotAvailableError, match="a final costs nothing, so drafts cannot pay"):
        staged.break_even_retries  # noqa: B018
    assert staged.saving == -staged.drafts.total < 0
    assert staged.saving_share == 0
