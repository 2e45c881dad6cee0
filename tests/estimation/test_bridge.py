"""From a plan to what was used: each factor alone is named alone, and all add up exactly."""

import random
from fractions import Fraction
from typing import Any

import pytest
from exhaustive import many

from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.bridge import Factor, Planned, Step, Used, bridge, planned_usd
from xl_pricing.estimation.usage import METER_NAMES, Metered

RATES = {
    name: Fraction(usd) for name, usd in zip(METER_NAMES, (5, "1.25", 10, 8, 2, 30), strict=True)
}
BATCH = {name: usd / 2 for name, usd in RATES.items()}
PLAN = Planned(
    finals=Fraction(100),
    generations=Fraction(150),
    tokens={"text_in": Fraction(200), "image_in": Fraction(1_000), "image_out": Fraction(5_000)},
    rates=RATES,
    standard=RATES,
)
PLANNED = Metered(text_in=150 * 200, image_in=150 * 1_000, image_out=150 * 5_000)


def used(tokens: Metered = PLANNED, images: int | None = 150, **told: Any) -> Used:
    """Return what was used, just as it was planned where nothing else is told."""
    facts = {"rates": RATES, "as_planned": RATES, "standard": RATES, **told}
    return Used(tokens, images=images, **{"usual_tokens": Fraction(5_000), **facts})


def moved(steps: list[Step]) -> dict[Factor, Fraction]:
    """Return the steps that are not 0."""
    return {step.factor: step.usd for step in steps if step.usd}


def times(tokens: Metered, by: Fraction) -> Metered:
    return Metered(*(int(count * by) for count in tokens))


def test_a_plan_that_is_carried_out_has_no_difference() -> None:
    assert planned_usd([PLAN]) == Fraction("23.85")
    assert moved(bridge([PLAN], [used()], finals=Fraction(100))) == {}
    assert moved(bridge([PLAN], [used()])) == {}


@pytest.mark.parametrize(
    ("made", "finals", "expected"),
    [
        ((times(PLANNED, Fraction(2)), 300), 200, {Factor.FINALS: "23.85"}),
        ((times(PLANNED, Fraction(2)), 300), 100, {Factor.RETRIES: "23.85"}),
        ((times(PLANNED, Fraction(2)), 300), None, {Factor.GENERATIONS: "23.85"}),
        ((PLANNED._replace(image_out=150 * 5_100), 150), 100, {Factor.TOKENS: "0.45"}),
        ((PLANNED._replace(image_in=0), 150), 100, {Factor.INPUTS: "-1.2"}),
        ((PLANNED._replace(text_out=1_000), 150), 100, {Factor.INPUTS: "0.01"}),
        ((PLANNED._replace(image_in=0, image_cached=150_000), 150), 100, {Factor.CACHE: "-0.9"}),
        ((PLANNED._replace(image_out=150 * 5_100), None), None, {Factor.OUTPUT: "0.45"}),
    ],
)
def test_one_factor_alone_is_named_alone(
    made: tuple[Metered, int | None], finals: int | None, expected: dict[Factor, str]
) -> None:
    accepted = None if finals is None else Fraction(finals)
    steps = bridge([PLAN], [used(*made)], finals=accepted)
    assert moved(steps) == {factor: Fraction(usd) for factor, usd in expected.items()}


def test_another_size_is_told_from_other_tokens_of_the_same() -> None:
    made = used(PLANNED._replace(image_out=150 * 8_100), usual_tokens=Fraction(8_000))
    found = moved(bridge([PLAN], [made], finals=Fraction(100)))
    assert found == {Factor.SIZE_AND_QUALITY: Fraction("13.5"), Factor.TOKENS: Fraction("0.45")}


def test_what_is_not_told_of_an_image_is_one_step() -> None:
    unknown = used(PLANNED._replace(image_out=150 * 8_000), usual_tokens=None)
    assert moved(bridge([PLAN], [unknown])) == {Factor.OUTPUT: Fraction("13.5")}


def test_generations_that_are_told_stand_in_for_images_that_are_not() -> None:
    made = used(times(PLANNED, Fraction(2)), images=None)
    steps = bridge([PLAN], [made], finals=Fraction(100), generations=Fraction(300))
    assert moved(steps) == {Factor.RETRIES: Fraction("23.85")}
    alone = bridge([PLAN], [made], finals=Fraction(200))
    assert moved(alone) == {Factor.FINALS: Fraction("23.85")}


def test_rates_of_another_day_tier_and_model_are_three_steps() -> None:
    dearer = {name: 2 * usd for name, usd in RATES.items()}
    late = used(rates=dearer)
    assert moved(bridge([PLAN], [late])) == {Factor.RATES: Fraction("23.85")}
    halved = used(rates=BATCH, as_planned=BATCH)
    assert moved(bridge([PLAN], [halved])) == {Factor.BATCH: Fraction("-11.925")}
    other = used(rates=dearer, as_planned=dearer, standard=dearer)
    assert moved(bridge([PLAN], [other])) == {
        Factor.MODEL: Fraction("22.5"),
        Factor.INPUTS: Fraction("1.35"),
    }


def test_a_plan_in_batch_that_was_batch_differs_by_its_finals_alone() -> None:
    plan = Planned(Fraction(100), Fraction(150), PLAN.tokens, BATCH, RATES)
    made = used(times(PLANNED, Fraction(2)), 300, rates=BATCH, as_planned=BATCH)
    assert moved(bridge([plan], [made], finals=Fraction(200))) == {
        Factor.FINALS: Fraction("11.925")
    }


def test_nothing_used_is_all_finals_and_no_figure_is_forced() -> None:
    steps = bridge([PLAN], [], finals=Fraction(0))
    assert moved(steps) == {Factor.FINALS: Fraction("-23.85")}
    retries = next(step for step in steps if step.factor is Factor.RETRIES)
    assert retries.actual is None
    assert {step.actual for step in steps[-4:-1]} == {None, Fraction(0)}


def test_a_plan_without_anything_and_a_missing_rate_are_errors() -> None:
    with pytest.raises(NotAvailableError, match="no finals"):
        bridge([], [used()])
    with pytest.raises(NotAvailableError, match="text_out"):
        bridge([PLAN], [used(Metered(text_out=1), standard={})])


@pytest.mark.parametrize("seed", range(many(50, 3_000)))
def test_whatever_was_used_the_steps_are_the_difference(seed: int) -> None:
    dice = random.Random(seed)

    def figure() -> Fraction:
        return Fraction(dice.randint(0, 9_999), dice.choice([1, 7, 100]))

    def rates() -> dict[str, Fraction]:
        return {name: figure() + 1 for name in METER_NAMES}

    def line() -> Planned:
        tokens = {name: figure() for name in METER_NAMES if dice.random() < 0.6}
        tokens["image_out"] = figure() + 1
        return Planned(figure() + 1, figure() + 1, tokens, rates(), rates())

    def group() -> Used:
        tokens = Metered(*(dice.choice([0, dice.randint(0, 10**6)]) for _ in METER_NAMES))
        images = dice.choice([None, 0, dice.randint(1, 500)])
        usual = dice.choice([None, figure() + 1])
        return Used(tokens, rates(), rates(), rates(), images, usual)

    plan = [line() for _ in range(dice.randint(1, 4))]
    made = [group() for _ in range(dice.randint(0, 6))]
    told = {name: dice.choice([None, Fraction(0), figure()]) for name in ("finals", "generations")}
    steps = bridge(plan, made, **told)
    off = sum((each.usd for each in made), Fraction(0)) - planned_usd(plan)
    assert sum((step.usd for step in steps), Fraction(0)) == off
    order = [step.factor for step in steps]
    assert order == sorted(order, key=list(Factor).index)
