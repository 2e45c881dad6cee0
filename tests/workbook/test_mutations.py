"""The outcomes see what is changed in a formula, if a person would see it."""

from collections import Counter

import pytest
from bench import Bench, Verdict
from exhaustive import many
from mutants import mutants
from mutations import bench_of, judged
from random_inputs import CARD, job

from workbook_templates.formulas.parse import parse

LEAST = 0.97


def test_every_operator_and_constant_is_changed_in_turn() -> None:
    said = [one for one, _ in mutants(parse('IF(a>=2,MAX(b,-c)&"x",b*1="y")'))]
    assert said == [
        *("branches of IF", ">= to >", "2 to 3"),
        *("& without its second", "MAX to MIN", "- to +", "0 to 1"),
        *("= to <>", "* to /", "1 to 2", "'y' changed"),
    ]


@pytest.fixture(scope="module")
def bench() -> Bench:
    return bench_of(CARD, [job(), job(finals=7, pack_credits=50), job(retries="few")])


@pytest.mark.parametrize("name", ["buffer_cost", "campaign_left", "stage_saving", "pack_needed"])
def test_a_mutant_is_seen(bench: Bench, name: str) -> None:
    results = Counter(one.result for one in bench.judge(bench.named_places[name]))
    assert results["seen"] > 0
    assert results["unseen"] == 0


def test_nearly_all_that_a_person_would_see_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    if not many(quick=False, exhaustive=True):
        pytest.skip("ten minutes: pytest --exhaustive")
    found = judged()
    with capsys.disabled():
        print(f"\n{figures(found)}")  # noqa: T201 - the figure is for whoever runs this
    unseen = [one for one in found if one.result == "unseen"]
    for sheet in {one.sheet for one in found}:
        of_sheet = Counter(one.result for one in found if one.sheet == sheet)
        read = of_sheet["seen"] + of_sheet["unseen"]
        assert of_sheet["seen"] >= LEAST * read, [one for one in unseen if one.sheet == sheet]


def figures(found: list[Verdict]) -> str:
    """Return what became of the mutants, a line a sheet."""
    counts: dict[str, Counter[str]] = {}
    for one in found:
        counts.setdefault(one.sheet, Counter())[one.result] += 1
        counts.setdefault("all sheets", Counter())[one.result] += 1
    lines = ["mutants: those that change what a person reads, and how many of them are seen"]
    for sheet, count in counts.items():
        read = count["seen"] + count["unseen"]
        share = count["seen"] / read if read else 1
        lines.append(
            f"{sheet:12} {count.total():6} mutants, {read:6} are read, {share:7.1%} seen, "
            f"{count['stopped']:4} stop the evaluator"
        )
    return "\n".join(lines)
