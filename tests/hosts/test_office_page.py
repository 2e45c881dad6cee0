"""The add-in for Excel in a real browser: Python in a worker, Office.js stood in for."""

import json
from collections.abc import Iterator

import pytest

from xl_pricing.functions.calls import answer
from xl_pricing.functions.catalogue import FUNCTIONS
from xl_pricing.functions.ranges import as_grid

from . import office_page
from .chromium import Chromium, Page
from .office_cells import CASES, calls, fault, named, typed
from .office_page import opened, shown
from .random_calls import random_calls
from .timeline import watched

ASK_ALL = "Promise.all({}.map(([name, given]) => cell(name, given)))"
ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#SPILL!")


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with pytest.MonkeyPatch.context() as patch, Chromium() as started:
        stopped = [*office_page.stopped_core()]
        patch.setattr("xl_pricing.hosts.wheel.core_files", lambda: stopped)
        yield started


@pytest.fixture(scope="module")
def page(browser: Chromium) -> Iterator[Page]:
    with shown() as preview:
        yield opened(browser, preview)


def test_a_cell_gives_the_answer_of_every_case(page: Page) -> None:
    assert len(CASES) > 350
    found = page.run(ASK_ALL.format(json.dumps(calls(CASES))))
    faults = {str(case): fault(case, got) for case, got in zip(CASES, found, strict=True)}
    assert {name: said for name, said in faults.items() if said} == {}


@pytest.mark.usefixtures("that_day")
def test_cells_answer_random_calls_as_python_does(page: Page) -> None:
    asked = random_calls()
    given = [[each.function, [*map(typed, each.arguments), None]] for each in asked]
    found = page.run(ASK_ALL.format(json.dumps(given)))
    got = [each["error"] if "error" in each else named(each["rows"])[0][0] for each in found]
    assert got == [each.answer for each in asked]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_any_argument_comes_out_as_that_error(page: Page, error: str) -> None:
    """Python says which functions take over an error; here every argument of each holds one."""
    cell = [[{"type": "Error", "basicType": "Error", "basicValue": error}]]
    names = page.run("[...associated.keys()]")
    for name in names:
        first = page.run(f"cell('{name}', {json.dumps([cell] * 9)})")
        told = first.get("error") or str(named(first["rows"])[0][0])
        assert told.startswith(error), (name, first)


@pytest.mark.usefixtures("that_day")
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_one_argument_is_answered_as_python_does(page: Page, error: str) -> None:
    """The others hold the example's values; each argument of each function has its turn."""
    asked = [
        (function, [*example[:place], error, *example[place + 1 :]])
        for function in FUNCTIONS.values()
        for place in range(len(function.arguments))
        if (example := [*function.example, *[None] * 9][: len(function.arguments)])
    ]
    given = [[function.name, [*map(typed, values)]] for function, values in asked]
    found = page.run(ASK_ALL.format(json.dumps(given)))
    wanted = [as_grid(answer(function, values))[0][0] for function, values in asked]
    got = [each.get("error") or named(each["rows"])[0][0] for each in found]
    assert got == wanted
    assert wanted.count(error) > len(FUNCTIONS)


def test_a_call_of_one_turn_is_one_batch(page: Page) -> None:
    """Python is asked once for what a turn of the page's loop asked."""
    page.run("""(() => {
        window.batches = 0;
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (sent) {
            window.batches += 1;
            post.call(this, sent);
        };
    })()""")
    asked = "Promise.all(Array.from({length: 200}, () => cell('IMGCOST', [[['4:5']], [['high']]])))"
    assert page.run(f"{asked}.then((found) => found.length)") == 200
    assert page.run("window.batches") == 1


def test_a_thousand_cells_at_once_are_answered(page: Page) -> None:
    found = page.run("""Promise.all(Array.from({length: 1000}, (_, i) =>
        cell('IMGCOST', [[[`${1024 + 16 * (i % 50)}x1536`]], [['high']]])))""")
    assert len(found) == 1000
    assert all(isinstance(each["rows"][0][0], float) for each in found)


def longest_work(browser: Chromium) -> float:
    """Return for how many ms at once the page works: start, many cells, and a long range."""
    with watched(browser) as held, shown() as preview:
        page = opened(browser, preview)
        assert page.run("""Promise.all(Array.from({length: 10000}, (_, i) =>
            cell('IMGCOST', [[[`${1024 + 16 * (i % 50)}x1536`]], [['high']]])))
            .then((found) => found.every((each) => each.rows))""")
        assert (
            page.run("""cell('IMGCOST', [Array.from({length: 100000}, () => ['4:5']), [['high']]])
            .then(({ rows }) => rows.length)""")
            == 100_000
        )
    assert len(held) > 100
    return max(each.own for each in held)


def test_the_page_is_never_busy_long_enough_to_be_felt(browser: Chromium) -> None:
    """Whoever else works on the processor slows it down now and then, but not thrice."""
    assert any(longest_work(browser) < 50 for _ in range(3))


def test_cells_that_are_cancelled_midway_cost_nothing_and_leave_the_others(page: Page) -> None:
    page.run("""(() => {
        window.given = Array.from({length: 4000}, () => ({}));
        window.answered = 0;
        window.refused = 0;
        given.forEach((invocation, i) => cell('IMGBUFFER', [[[120 + i]], [[1.5]]], invocation).then(
            (found) => { found.rows ? window.answered += 1 : window.refused += 1; }));
    })()""")
    page.wait_until("window.answered > 0")
    page.run("given.slice(0, 3990).forEach((invocation) => invocation.onCanceled())")
    page.wait_until("window.answered + window.refused === 4000")
    assert page.run("window.answered") < 2000
    assert page.run("cell('IMGCOST', [[['4:5']], [['high']]])") == {"rows": [[0.18357]]}


def test_the_pane_asks_in_words_and_is_told_the_day(page: Page) -> None:
    assert page.run("pricing.call('IMGCOST', ['4:5', 'high'])") == 0.18357
    told = page.run("pricing.call('IMGEXPLAIN', ['4:5', 'hihg'])")
    assert told["error"] == "#VALUE!"
    assert "did you mean high?" in told["reason"]
    sizes = page.run("pricing.call('pane.sizes', ['1920x1080', 'gpt-image-2', 'high'])")
    assert "1920x1088" in json.dumps(sizes)
    card = page.run("pricing.card()")
    assert (card["prices_as_of"], card["age_days"]) == ("2026-11-23", 0)


def test_the_page_and_its_policy_complain_of_nothing(page: Page) -> None:
    assert page.faults == []
