"""The Risk sheet: its search against exact quantiles, its edges, its sentences."""

import random
from collections.abc import Mapping
from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

import oracle
import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from openpyxl import Workbook
from random_inputs import job
from shown import shown

from workbook_templates.book import theme
from workbook_templates.book.finish import finish
from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import Theme
from workbook_templates.book.words import Words
from workbook_templates.formulas.constants import RULES
from workbook_templates.sheets.risk import sheet as risk
from workbook_templates.sheets.risk.search import SIZES, STEPS, key_of
from xl_pricing.estimation.chance import (
    CONFIDENCES,
    MAX_PLANNED_FINALS,
    MAX_PLANNED_RETRIES,
    chance_of_enough,
    generations_needed,
)

JOB = {"finals": 120, "retries": 1.5, "buffer": 0.2}
COST_USD = 0.25
NEEDED = [f"risk_needed_{key_of(confidence)}" for confidence in CONFIDENCES]
SIZE_NEEDED = [f"risk_needed_size_{size}" for size in SIZES]


class RiskBook:
    """The sheet with the few cells of the Worksheet that it needs, open in LibreOffice."""

    def __init__(self, libreoffice: LibreOffice, path: Path) -> None:
        """Write the workbook to ``path`` and open it."""
        book = Book(Workbook(), Words("en"), Theme("en"))
        book.workbook.remove(book.workbook.worksheets[0])
        write_worksheet(book)
        risk.write(book)
        path.write_bytes(finish(book, dict.fromkeys(book.formulas.values(), 0)))
        libreoffice.open(path)
        self.libreoffice = libreoffice
        self.cells = {name: f"'{sheet}'!{at}" for (sheet, at), name in book.formulas.items()}
        self.inputs = {name: f"'{sheet}'!{at}" for name, (sheet, at) in book.inputs.items()}

    def ask(self, jobs: list[Mapping[str, Any]], names: list[str]) -> list[list[Any]]:
        """Return what LibreOffice computes in named cells, for each job."""
        cases = [{self.inputs[name]: value for name, value in one.items()} for one in jobs]
        return self.libreoffice.run(cases, [self.cells[name] for name in names])

    def one(self, name: str, **job: Any) -> Any:
        """Return one cell for the job of `JOB`, changed."""
        return self.ask([{**JOB, **job}], [name])[0][0]


def write_worksheet(book: Book) -> None:
    """Write inputs, totals and rules under the names that the sheet refers to."""
    page = Page(book, book.workbook.create_sheet("Job"))
    for row, (name, value) in enumerate(JOB.items(), start=1):
        page.input(f"A{row}", name, value, theme.INPUT)
    valid = "IF(COUNT(finals,retries,buffer)<3,0,IF(AND(finals>=0,retries>=1,buffer>=0),1,0))"
    formulas = {
        "plan_valid": valid,
        "retries_used": "IF(plan_valid=1,retries,NA())",
        "total_generations": "IF(plan_valid=1,finals*retries_used,NA())",
        "generations_with_buffer": "IF(plan_valid=1,total_generations*(1+buffer),NA())",
        "expected_cost": f"{COST_USD}*total_generations",
    }
    for row, (name, formula) in enumerate(formulas.items(), start=1):
        page.formula(f"B{row}", name, formula, theme.COMPUTED)
    for row, rule in enumerate(RULES, start=1):
        page.put(f"C{row}", rule.value, theme.COMPUTED)
        page.define(rule.name, f"C{row}")


@pytest.fixture(scope="module")
def sheet(libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory) -> RiskBook:
    return RiskBook(libreoffice, tmp_path_factory.mktemp("risk") / "risk.xlsx")


def test_the_generations_needed_are_the_exact_quantile(sheet: RiskBook) -> None:
    retries = ("1.01", "1.11", "1.25", "1.5", "2", "2.5", "4", "10")
    jobs = [(finals, one) for finals in range(1, 26, many(6, 1)) for one in retries]
    asked = [{"finals": finals, "retries": float(one)} for finals, one in jobs]
    got = sheet.ask(asked, NEEDED)
    exact = [
        [oracle.generations_needed(f, 1 / Fraction(r), Fraction(str(c))) for c in CONFIDENCES]
        for f, r in jobs
    ]
    assert got == exact


def test_the_search_finds_what_the_core_finds_for_large_jobs(sheet: RiskBook) -> None:
    """At retries 2 the chance is exactly 50 %, at retries 5 it is nearly so."""
    rng = random.Random(5)
    retries = [1.000001, 1.01, 1.3, 2, 2, 3, 5, 5, 7.25, 10, 1000 / 7]
    jobs = [(int(10 ** rng.uniform(2, 5)), rng.choice(retries)) for _ in range(many(25, 120))]
    jobs += [(100_000, one) for one in retries]
    got = sheet.ask([{"finals": f, "retries": r} for f, r in jobs], NEEDED)
    assert got == [[generations_needed(f, r, c) for c in CONFIDENCES] for f, r in jobs]


def test_the_other_sizes_are_searched_at_the_retries_of_the_job(sheet: RiskBook) -> None:
    retries = [1, 1.05, 1.5, 2.5, 8, 30, 999]
    got = sheet.ask([{"retries": one} for one in retries], SIZE_NEEDED)
    assert got == [[generations_needed(size, one, 0.9) for size in SIZES] for one in retries]


def test_the_largest_job_is_answered(sheet: RiskBook) -> None:
    finals, retries = MAX_PLANNED_FINALS, MAX_PLANNED_RETRIES
    (got,) = sheet.ask([{"finals": finals, "retries": retries}], NEEDED)
    core = [generations_needed(finals, retries, confidence) for confidence in CONFIDENCES]
    assert got == pytest.approx(core, rel=2e-9)
    assert core[-1] - finals < 2**STEPS


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize(("finals", "retries"), [(1, 1.001), (1, 1000), (7, 3), (500, 1.2)])
def test_no_step_is_left_out_that_is_needed(finals: int, retries: float, confidence: float) -> None:
    """The steps are bounded by Cantelli's inequality, written down here once more."""
    mean, spread = finals * retries, sqrt(finals * retries * (retries - 1))
    enough = int(mean + spread * sqrt(confidence / (1 - confidence))) + 1
    assert chance_of_enough(enough, finals, retries) >= confidence


def test_the_buffer_covers_a_confidence_where_its_chance_reaches_it(sheet: RiskBook) -> None:
    rng = random.Random(7)
    jobs = [
        {
            "finals": rng.randint(0, 400),
            "retries": rng.choice([1, 1.1, 1.5, 2, 6]),
            "buffer": rng.choice([0, 0.05, 0.1, 0.2, 0.3, 1]),
        }
        for _ in range(many(40, 150))
    ]
    covers = [f"risk_covers_{key_of(confidence)}" for confidence in CONFIDENCES]
    answers = sheet.ask(jobs, ["risk_chance", *covers])
    assert {covered for _, *row in answers for covered in row} == {0, 1}
    for one, (chance, *row) in zip(jobs, answers, strict=True):
        assert row == [int(chance >= c - 1e-12) for c in CONFIDENCES], one


def test_the_chance_is_the_exact_one(sheet: RiskBook) -> None:
    jobs = [(3, "2.25", "0.2", 8), (12, "1.5", "0.3", 23), (1, "10", "0.1", 11), (7, "1.3", "0", 9)]
    for finals, retries, buffer, paid in jobs:
        asked = {"finals": finals, "retries": float(retries), "buffer": float(buffer)}
        chance = oracle.chance_of_enough(paid, finals, 1 / Fraction(retries))
        got = sheet.ask([asked], ["risk_paid", "risk_chance"])
        assert got == [[paid, pytest.approx(float(chance), rel=1e-12)]]


def test_a_whole_number_of_generations_is_paid_for_in_spite_of_floats(sheet: RiskBook) -> None:
    assert 100 * 1.15 * (1 + 0.2) < 138  # as floats: 137.99999999999997
    assert sheet.one("risk_paid", finals=100, retries=1.15, buffer=0.2) == 138
    assert sheet.one("risk_buffer_50", finals=100, retries=1.15) == 0


def test_the_budget_of_a_confidence_pays_for_what_it_takes(sheet: RiskBook) -> None:
    budget, needed = sheet.ask([{}], ["risk_budget_99", "risk_needed_99"])[0]
    assert budget == pytest.approx(COST_USD * needed, rel=1e-8)


def test_worse_retries_leave_less(sheet: RiskBook) -> None:
    worse = [f"risk_worse_{key_of(one)}" for one in risk.WORSE]
    chance, *left = sheet.ask([{}], ["risk_chance", *worse])[0]
    exact = [oracle.chance_of_enough(216, 120, 1 / Fraction(r)) for r in ("1.65", "1.8", "1.95")]
    assert left == pytest.approx([float(one) for one in exact], abs=1e-6)
    assert [chance, *left] == sorted([chance, *left], reverse=True)


def test_no_finals_need_nothing(sheet: RiskBook) -> None:
    names = ["risk_needed_99", "risk_buffer_99", "risk_budget_99", "risk_covers_99", "risk_chance"]
    assert sheet.ask([{"finals": 0}], names) == [[0, 0, 0, 1, 1]]


def test_where_every_image_is_kept_the_finals_are_enough(sheet: RiskBook) -> None:
    names = ["risk_needed_99", "risk_buffer_99", "risk_chance", "risk_buffer_size_1"]
    assert sheet.ask([{"retries": 1, "buffer": 0}], names) == [[120, 0, 1, 0]]
    assert sheet.one("risk_sizes_status", retries=1).startswith("With this job's retries luck")


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ({"finals": 2.5}, "Risk needs whole finals"),
        ({"finals": 1_000_001}, "Risk is answered for up to 1,000,000 finals"),
        ({"retries": 1000.5}, "Risk is answered for up to 1,000,000 finals"),
        ({"finals": 0, "retries": 5000}, "Risk is answered for up to 1,000,000 finals"),
        ({"finals": "all"}, "First fix"),
        ({"finals": -1}, "First fix"),
        ({"retries": 0.5}, "First fix"),
        ({"retries": None}, "First fix"),
        ({"buffer": "some"}, "First fix"),
    ],
)
def test_what_is_not_answered_is_missing_and_a_sentence_says_why(
    sheet: RiskBook, job: dict[str, Any], says: str
) -> None:
    texts = {"risk_status", "risk_sizes_status"}
    given = {"risk_valid", "buffer", "total_generations", "plan_valid", "expected_cost"}
    given |= {"retries_used", "generations_with_buffer", "usual_buffer_low", "usual_buffer_high"}
    fixed = {name for name in sheet.cells if name.endswith(".confidence")}
    fixed |= {name for name in sheet.cells if ".size_" in name and name.endswith(("s", "start"))}
    missing = sorted(sheet.cells.keys() - texts - given - fixed)
    (answers,) = sheet.ask([job], missing)
    assert {n: a for n, a in zip(missing, answers, strict=True) if a != "#N/A"} == {}
    assert sheet.one("risk_status", **job).startswith(says)
    assert sheet.one("risk_sizes_status", **job) == ""
    assert sheet.one("risk_valid", **job) == 0


def test_the_sentences_say_the_figures_of_the_job(sheet: RiskBook) -> None:
    assert sheet.one("risk_status", finals=12_000) == (
        "✔ Enough for 90%: 9 of 10 such jobs need at most 18,122 generations; your budget pays "
        "for 21,600 whole ones."
    )
    assert sheet.one("risk_status", finals=3, retries=2.25) == (
        "✘ Not enough for 90%: 9 of 10 such jobs need at most 11 generations; your budget pays "
        "for 8 whole ones. It takes a buffer of 63%."
    )
    assert sheet.one("risk_sizes_status") == (
        "Small jobs need more than 30%, big ones less: with this job's retries a buffer of 30% "
        "is enough from 10 finals on, 10% from 100 on, of the sizes listed. The need is highest, "
        "100%, for finals = 1."
    )


def test_a_single_final_may_need_less_than_a_few(sheet: RiskBook) -> None:
    """At 1.11 a final is accepted at once with 90.09 %, five are not: 10 % is not enough at 1."""
    names = ["risk_buffer_size_1", "risk_peak_size", "risk_over_low", "risk_first_low"]
    alone, peak, over, first = sheet.ask([{"retries": 1.11}], names)[0]
    assert (alone, peak) == (0, 5)
    assert peak <= over < first


@pytest.mark.parametrize("retries", [1.02, 1.11, 1.5, 2, 5, 40, 1000])
def test_the_buffer_that_is_told_as_enough_is_enough_from_that_size_on(
    sheet: RiskBook, retries: float
) -> None:
    names = ["risk_first_high", "risk_first_low"]
    firsts = sheet.ask([{"retries": retries}], names)[0]
    buffers = [generations_needed(size, retries, 0.9) / (size * retries) - 1 for size in SIZES]
    for first, band in zip(firsts, (0.3, 0.1), strict=True):
        place = SIZES.index(int(first))
        assert all(buffer <= band + 1e-9 for buffer in buffers[place:])
        assert place == 0 or buffers[place - 1] > band


def test_the_chinese_sentences_say_the_same() -> None:
    values = shown(job(**JOB), Words("zh-CN"))
    assert values["risk_status"] == (
        "✔ 在 90% 置信度下够用：十个同类任务中有九个最多需要 192 次生成；"
        "您的预算可支付完整的 216 次。"
    )
    assert values["risk_sizes_status"] == (
        "小任务需要的缓冲超过 30%，大任务则较低：按本任务的重试系数，在所列规模中，"
        "成品数 10 起 30% 的缓冲够用，100 起 10% 够用。"
        "需求最高的是成品数 1，为 100%。"
    )
